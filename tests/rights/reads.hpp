/// The registry of the public read paths: for each a way to make up a read and to tell its answer.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crm/crm.hpp"
#include "rights/sight.hpp"
#include "support/random.hpp"

namespace crm::test::rights {

/// Who reads: the user with its rights, or one who is shown all that there is in the file, and what
/// an answer is told without: what the user's hidden fields have made of the fields shown.
struct Reader {
    Session& session;
    const Sight& sight;
    bool is_restricted;  ///< the user's own rights, on the file as it is
};

/// What came of a read.
struct Answer {
    std::string text;
    std::size_t rows = 0;    ///< records, fields or words in it; 0: nothing, or an error
    bool is_denied = false;  ///< refused for a field that is hidden
};

/// One read, made up once and run on several files.
struct Read {
    std::string entry;                                       ///< of the registry
    std::string description;                                 ///< what a failure prints
    std::vector<std::pair<std::string, std::string>> names;  ///< fields that it asks for: kind,
                                                             ///< field
    std::function<void(const Reader&, Answer&)> body;

    /// Runs it; errors of the library are answers.
    Answer run(const Reader& reader) const;
    /// Whether it asks for a field that the user may not see.
    bool names_hidden(const Sight& sight) const;
};

/// What reads are made up from: everything in the file, hidden or not.
class Draw {
public:
    Draw(Random& random, const Sight& sight);

    Random& random;
    const Sight& sight;
    std::vector<std::int64_t> all, roots, parties, contacts, activities, projects, leads, children;

    bool one_in(std::size_t n) { return between(random, 1, n) == 1; }
    template <class T>
    const T& any(const std::vector<T>& values) {
        return values[between(random, 0, values.size() - 1)];
    }
    /// An id of one of them, at times one that never was.
    Ref some(const std::vector<std::int64_t>& ids);
    /// A value that some record has in a column; null where none has.
    Json value_in(const std::string& kind, std::string_view column);
    std::string word();

private:
    std::map<std::pair<std::string, std::string>, std::vector<Json>> values_;
};

/// One way of reading.
struct Entry {
    const char* name;
    std::size_t weight;     ///< how often it is drawn, among the others
    bool is_often_partial;  ///< whether every run must have seen it show a part of all
    Read (*make)(Draw&);
};
const std::vector<Entry>& entries();

/// A read of a random entry.
Read draw_read(Draw& draw);

}  // namespace crm::test::rights
