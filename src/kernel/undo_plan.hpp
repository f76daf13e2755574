/// What an undo comes to: for each record what it would be, worked out before anything is written.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "kernel/history.hpp"
#include "kernel/obstacles.hpp"
#include "kernel/standing.hpp"
#include "kernel/transaction.hpp"

namespace crm::kernel {

/// The fields of a record that have a value, without id, version and commands.
using StoredFields = std::map<std::string, Json, std::less<>>;

/// A record at some moment.
struct RecordState {
    bool exists = false;
    StoredFields fields;
    bool operator==(const RecordState&) const = default;
};

/// Takes the commands away that a `Standing` has chosen: every field is what the last command that
/// still stands there left, and a record is there if its creation stands and no removal does. What
/// a command that stays did later to the same field stands in the way, and then that field, or the
/// record, is left as it is.
class UndoPlan {
public:
    /// What becomes of a record that has a history.
    struct Outcome {
        RecordState actual, wanted;
        CommandId creation{};     ///< the command that made it; 0 where history knows none
        bool is_touched = false;  ///< some of what the commands did to it is turned back
        bool is_derived = false;  ///< its derived columns follow from the others, not from history
    };
    /// Records that one of the commands created.
    struct Fresh {
        KindNumber kind;
        CommandId command;
        std::int64_t first, last;
    };

    UndoPlan(Transaction& transaction, Standing& standing, Obstacles& obstacles, bool skips)
        : transaction_(transaction), standing_(standing), obstacles_(obstacles), skips_(skips) {}

    /// Works it out anew, with what was left meanwhile.
    void make();
    /// Leaves a record as it is from now on.
    void stay(Ref record);

    const std::map<Ref, Outcome>& outcomes() const { return outcomes_; }
    const std::vector<Fresh>& fresh() const { return fresh_; }  ///< by kind and id
    /// Whether a record made by one of the commands and untouched since is to go.
    bool goes_untouched(Ref record) const {
        return !outcomes_.contains(record) && !staying_.contains(record);
    }
    bool is_fresh(Ref record) const { return fresh_range_of(record) != nullptr; }
    /// Whether a record that is there will not be.
    bool is_going(Ref record) const;
    /// What a record that is not there held when it was removed.
    StoredFields last_fields(Ref record) const;
    /// The row as history kept it when the record was removed, with the fields as they are wanted.
    Json::Object row_to_restore(Ref record, const RecordState& wanted) const;

private:
    struct Write;
    struct Log;
    struct Obstacle;

    void collect(CommandId command);
    void collect_reached(CommandId command, bool is_chosen);
    Log log_of(Ref record) const;
    std::vector<Write> own_writes(const Log& log) const;
    bool is_explained(const Log& log, std::size_t step, const Standing::Slot& slot) const;
    Outcome evaluate(Ref record);
    std::optional<Obstacle> obstacle_to(const Log& log, bool& derived) const;
    CommandId first_reaching(const Log& log) const;
    std::optional<Obstacle> obstacle_to_vanishing(const Log& log) const;
    std::optional<Obstacle> obstacle_to_write(const Log& log, std::size_t at, bool& derived) const;
    void give_way(const Log& log, const Obstacle& obstacle);
    void leave_whole(const Log& log);
    RecordState wanted(const Log& log) const;
    bool is_touched(const Log& log) const;
    bool stands(const Log& log, const Write& write, Standing::When when) const;
    bool creation_stands(const Log& log, Standing::When when) const;
    Json replayed(const Log& log, const std::string& field, Standing::When when) const;

    void check_references();
    bool check_reference(Ref record, const std::string& field, const Json& value);
    void check_dependants();
    void check_dependants(const Kind& kind, Ref first, Ref last);
    void check_dependant(Ref target, Ref from, const Column& column);
    void check_bound(Ref record);
    void bind(Ref record, std::string reason);
    void keep_children(Ref record);
    const Fresh* fresh_range_of(Ref record) const;
    bool will_exist(Ref record) const;
    CommandId origin_of(Ref record, const std::string& field) const;

    Transaction& transaction_;
    Standing& standing_;
    Obstacles& obstacles_;
    const bool skips_;
    bool changed_ = false;  // something was left, so that more may have to be
    std::set<Ref> touched_;
    std::map<Ref, Outcome> outcomes_;
    std::vector<Fresh> fresh_;
    std::unordered_set<Ref> staying_;  // of those made by the commands and untouched since
    std::set<Ref> stuck_;              // others that are left as a whole
};

/// The name by which an undo takes a field together with those that only mean something with it:
/// an amount and its currency, owner and unit, a text and its folded key.
Standing::Slot slot_of(const Kind& kind, std::string_view field);

}  // namespace crm::kernel
