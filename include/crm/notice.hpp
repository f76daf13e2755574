/// Notices: what the engine tells a user of what others did, each handed out once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crm/id.hpp"
#include "crm/query.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

struct User;

/// One thing that a user is told. Made by the engine in the command that it tells of; nobody else,
/// administrators included, reads it. It is no record: it has no history, and undoing a command
/// that read notices does not make them unread.
struct Notice {
    std::int64_t id = 0;
    std::string reason{};           ///< list notice_reason: assignment, mention, message …
    Ref record{};                   ///< what it is about; none where that is hidden or gone
    std::string text{};             ///< the words of a message; else empty
    Id<User> from{};                ///< whose command made it
    CommandId command{};            ///< that command
    Time noticed_at{};              ///< the command's time
    std::optional<Time> read_at{};  ///< when it was handed out
    bool operator==(const Notice&) const = default;
};

/// The notices of the session's user. A user is never told of what he did himself, and once of one
/// record for one reason by one command. What an undone command told is not there, unless it was
/// read before; a redo brings back what was not. Reading costs one look-up for each notice, those
/// of undone commands included.
class CRM_API Notices {
public:
    explicit Notices(Session& session) : session_(&session) {}
    /// Hands out the oldest unread ones and marks them read, one command "notice.take", none where
    /// there is nothing new. Over all sessions and processes each is handed out once, and also not
    /// again where the process ends before it shows it: `list` still has it. `limit`: 1 to 1,000.
    std::vector<Notice> take(int limit = 100);
    /// The oldest unread ones, left as they are. `limit`: 1 to 1,000.
    std::vector<Notice> unread(int limit = 100) const;
    /// All, newest first. `limit`: 1 to 1,000.
    Page<Notice> list(int limit = 50, const std::string& after = {}) const;
    /// Marks one read, one command "notice.read"; one that is read already stays as it is. Throws
    /// NotFound where it is no notice of the user's.
    void mark_read(std::int64_t id);

private:
    Session* session_;
};

}  // namespace crm
