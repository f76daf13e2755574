/// The feed: what changed since a position, for mirrors and live views in other processes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crm/id.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// One change of one record by one command.
struct FeedEntry {
    enum class What : std::uint8_t {
        created,   ///< made, or come into sight: read it, with its children, links and parts
        changed,   ///< read it again
        removed,   ///< drop it
        restored,  ///< came back under its id: read it
        left,      ///< no more in sight: drop it, with its children, the links to it, its parts and
                   ///< the other half of a person
    };
    CommandId command{};
    Ref record{};
    What what = What::changed;
    std::vector<std::string> fields{};  ///< with `FeedOptions::fields`, of a change: the fields
                                        ///< that changed and may be seen
    bool operator==(const FeedEntry&) const = default;
};

struct FeedOptions {
    int limit = 1'000;                 ///< entries a page, 1 to 100,000
    bool fields = false;               ///< names of changed fields too
    std::vector<std::string> kinds{};  ///< empty: every kind
};

/// Some entries, and where to go on.
struct FeedPage {
    std::vector<FeedEntry> entries{};
    std::string position{};  ///< for the next `Feed::read`; opaque, good for the life of this file
    bool at_end = true;      ///< nothing more was there in this page's snapshot
};

/// The changes of the file in the order of their commands, without gaps. Refers to the session and
/// must not outlive it.
///
/// An entry tells of a record that the session sees now or, of one removed, would see; of any other
/// there is none, but `left` where a change took it out of the session's sight: by its owner, unit
/// or territory, its parent or the end of a link, or by a share or a task that goes. Entries hold
/// no values: what a record holds is read as always. Where the session's own rights changed on the
/// way (its rights, hidden fields, groups, position or unit, its territories, the trees these stand
/// in), the feed cannot say what left, and throws Resync. It does not tell when the last day of a
/// share passes, which is no command.
class CRM_API Feed {
public:
    explicit Feed(Session& session) : session_(&session) {}

    /// What comes after a position; empty: from the first command on, by the rights of now, for who
    /// has nothing of the file yet. Each page is a snapshot of its own; it may hold fewer entries
    /// than the limit, even none, and not be at the end, or a few more where one change took
    /// several records out of sight. Throws Resync for a position of before a restore or of another
    /// copy of the file, or where the session's rights changed on the way; Invalid for what is no
    /// position, an unknown kind or a limit that is none; Misuse inside `Session::write`. Cost: for
    /// a session that sees all, below 2 µs an entry; else one look-up each.
    FeedPage read(const std::string& position = {}, const FeedOptions& options = {}) const;
    /// The position of the end: what is read from it begins with the next command.
    std::string now() const;

private:
    Session* session_;
};

}  // namespace crm
