/// A naive model of history: a list of what each command was seen to do, and the state as a plain
/// replay of those that stand. Shares no code with the library.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace crm::test::history {

using Fields = std::map<std::string, std::string>;
/// Records by their number in the sequence; references to one are written "@number".
using State = std::map<int, Fields>;

struct Effect {
    enum class What { created, changed, removed };
    What what;
    int record;
    Fields fields;  ///< of a creation all, of a change the one that changed
};

/// A command as it was seen from outside: it did something, or it turned others back.
struct Seen {
    long long id = 0;
    std::string user;
    std::vector<Effect> effects;
    std::set<int> targets;                             ///< positions of what it turned back
    std::set<std::tuple<int, int, std::string>> left;  ///< … but for these: target, record, field
};

/// What an undo must come to.
struct Verdict {
    bool accepted = true;
    bool judged = true;  ///< false where two records would come by the same unique value
    std::set<int> targets;
    std::set<std::tuple<int, int, std::string>> left;
    State state;
};

class Model {
public:
    void add(Seen seen) { log_.push_back(std::move(seen)); }
    /// The difference between two states as the effects of a command.
    static std::vector<Effect> difference(const State& before, const State& after);

    const std::vector<Seen>& log() const { return log_; }
    State now() const { return replay({}, {}); }
    Verdict undo(const std::set<int>& wanted, bool skips) const;
    bool touches(int position, int record) const;

private:
    friend class Judge;
    using Left = std::set<std::tuple<int, int, std::string>>;
    bool stands(int position, int record, const std::string& field, const std::set<int>& undone,
                const Left& left) const;
    bool is_undone(int position, const std::set<int>& undone) const;
    bool reaches(int from, int to) const;
    State replay(const std::set<int>& undone, const Left& left) const;

    std::vector<Seen> log_;
};

}  // namespace crm::test::history
