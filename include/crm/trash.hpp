/// The trash: what was removed, and bringing it back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crm/history.hpp"
#include "crm/query.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// Which removed records to list. What is given must all be fulfilled.
struct TrashQuery {
    std::string kind{};  ///< "party"; empty: every kind
    Id<User> removed_by{};
    std::optional<Time> since{};  ///< removed at or after
    std::optional<Time> until{};  ///< removed before
    bool undone = false;          ///< those too that an undo took away
    int limit = 50;               ///< items a page, 1 to 1,000
    std::string after{};          ///< `Page::next` of the page before; opaque
};

/// A record that is not there any more.
struct TrashItem {
    /// Something that was removed, or lost a reference, by the same command because of the record.
    struct Along {
        Ref record{};
        std::string field{};  ///< the reference that was cleared; empty where the record is gone
        bool operator==(const Along&) const = default;
    };
    AnyRecord record;            ///< as it was last, without what the session may not see
    std::string title{};         ///< its name or subject
    Command command{};           ///< that removed it
    std::string user_login{};    ///< who gave that
    std::vector<Along> along{};  ///< what comes back with it; at most 100
};

/// Removed records: they stand in history, and a restore brings them back under their ids.
class CRM_API Trash {
public:
    explicit Trash(Session& session) : session_(&session) {}

    /// What was removed and is not there again, last removed first: of roots what the session would
    /// see by the rights of today, of children what belongs to a record that it sees. What went
    /// along with a record stands in that, and of it only what can be a record by itself is also an
    /// item of its own. Throws Invalid for an unknown kind, a limit or a page that is none. Cost:
    /// one step on an index for each removal walked over, those of hidden records too.
    Page<TrashItem> list(const TrashQuery& query = {}) const;

    /// Brings a removed record back under its id, with all that went along with it in the same
    /// command: what belonged to it, and the references to it that were cleared and are still
    /// empty. What of those cannot come back is told in `Undone::conflicts`; where the record
    /// itself cannot, Conflict is thrown and nothing is done. One command "trash.restore", which
    /// can be undone. Throws NotFound for what was never there or is hidden, Conflict for what is
    /// there, Misuse inside `write`. Rights: change, as for an undo.
    Undone restore(Ref record);

private:
    Session* session_;
};

}  // namespace crm
