/// History: commands, runs, what they changed, and turning them back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crm/duplicate.hpp"
#include "crm/error.hpp"
#include "crm/id.hpp"
#include "crm/json.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

struct User;

/// One command: a named, attributed, atomic change of the file.
struct Command {
    CommandId id{};
    Time at{};  ///< never goes backwards along ids
    Id<User> user{};
    std::string verb{};    ///< "activity.complete"
    std::string key{};     ///< the caller's idempotency key, if any
    std::string result{};  ///< what the work left with `Work::set_result`
    CommandId undo_of{};   ///< the command that this one turned back
    RunId run{};
    bool replayed = false;  ///< the key was known: nothing was done, this is the command of then
    bool operator==(const Command&) const = default;
};

/// Which commands are meant. What is given must all be fulfilled; nothing given means every
/// command.
struct CommandFilter {
    std::vector<CommandId> commands{};
    std::vector<RunId> runs{};    ///< those of these runs; with `commands`, these as well
    Id<User> user{};              ///< given by this user
    std::string verb{};           ///< "party.add"
    std::optional<Time> since{};  ///< at or after
    std::optional<Time> until{};  ///< before
    Ref record{};                 ///< those that made, changed or removed it
    bool operator==(const CommandFilter&) const = default;
};

/// How to turn back.
struct UndoOptions {
    /// Turns back what can be and leaves the rest as it is, telling what that was; otherwise
    /// nothing is done where anything stands in the way.
    bool skip_conflicts = false;
};

/// What an undo did.
struct Undone {
    Command command{};
    std::vector<CommandId> commands{};       ///< those turned back, oldest first
    std::vector<FieldConflict> conflicts{};  ///< what was left as it is, with `skip_conflicts`
    std::vector<Ref> not_undoable{};         ///< messages that were sent: effects outside the file
};

/// One field's change as history shows it.
struct FieldChange {
    std::string field{};
    Json from{};
    Json to{};
    bool operator==(const FieldChange&) const = default;
};

/// One step in the life of a record.
struct HistoryEntry {
    enum class What { created, changed, removed, restored };
    Command command{};
    std::string user_login{};
    What what = What::changed;
    std::vector<FieldChange> fields{};  ///< of a change; for a removal all fields, from value to
                                        ///< null
};

/// What one unit of work did, or in a rehearsal would have done.
struct Effects {
    /// Something that the session's rights do not allow: the work would end there.
    struct Denial {
        std::string reason{};
    };
    struct Changed {
        Ref record{};
        std::vector<FieldChange> fields{};
    };
    std::vector<Ref> created{};
    std::vector<Changed> changed{};
    std::vector<Ref> removed{};
    std::vector<Denial> denials{};        ///< of a rehearsal: what was done before stands above
    std::vector<Duplicate> duplicates{};  ///< of a rehearsal: visible records that those created or
                                          ///< changed may repeat
};

/// How a run stands.
struct Run {
    RunId id{};
    std::string verb{};  ///< "import"
    Id<User> user{};
    Time started_at{};
    std::optional<Time> ended_at{};
    std::string source{};  ///< name of the file read
    std::string state{};   ///< running, done, undone
    std::int64_t rows = 0, created = 0, updated = 0, unchanged = 0, skipped = 0, rejected = 0;
};

}  // namespace crm
