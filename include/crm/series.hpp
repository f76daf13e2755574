/// Series: activities that recur by RFC 5545, and what becomes of one occurrence of them.
///
///     const auto weekly = activities.plan({.subject = "Stand-up", .kind = "meeting", .start =
///     monday,
///                                          .zone = "Europe/Chisinau",
///                                          .recurrence = Recurrence::parse("FREQ=WEEKLY")});
///     Series series(session);
///     series.cancel(weekly.head.id, easter_monday, "holiday");
///
/// The master is one planned activity with a recurrence, a zone and, as start, a whole second: the
/// template of all. Its occurrences stand nowhere until one is touched; then that one gets an
/// activity of its own, which says by `series` and `recurrence_id` what it stands for, and it alone
/// is changed from then on. All of them are changed by changing the master (`Activities::change`):
/// where its start or zone moves, the dates of the recurrence and the `recurrence_id`s of touched
/// occurrences go along by the clock on the wall.
///
/// Every verb is one command, and its undo is exact. `recurrence_id` is the instant at which the
/// occurrence was to start before anybody moved it; Invalid is thrown where the series is not to
/// take place then, NotFound where the session does not see the series.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "crm/activity.hpp"

namespace crm::inline v1 {

/// What is done to one occurrence, to some or to all that follow. The first touch of an occurrence
/// needs the right to change the series, and no other: its activity is the owner's of the series,
/// given by who gave that (`Activity::assigned_by`), who keeps sight of it, and has the
/// participants of the series with role and acceptance, its own from then on. Nobody is told of
/// what he was told of the series. Later ones need the right to change that activity. Throws
/// Conflict where that one is hidden. Refers to the session and must not outlive it; one thread at
/// a time.
class CRM_API Series {
public:
    explicit Series(Session& session) : session_(&session) {}

    /// When the series is to take place in the window [since, until), touched or not: their
    /// recurrence_ids. Throws LimitExceeded for 100,000 and more.
    std::vector<Time> times(Id<Activity> series, Time since, Time until) const;
    /// One occurrence as it stands: its own activity, else what that would be, without an id.
    Activity occurrence(Id<Activity> series, Time recurrence_id) const;
    /// The activities of touched occurrences that the session sees, by recurrence_id.
    std::vector<Activity> touched(Id<Activity> series) const;

    /// Changes one occurrence only: moves it, gives it to a colleague (`owner_id`, with the right
    /// to assign), or, with no fields, gives it an activity to hang things on.
    Activity change(Id<Activity> series, Time recurrence_id,
                    const std::vector<Assignment>& fields = {});
    /// As `Activities::start`, of one occurrence.
    Activity start(Id<Activity> series, Time recurrence_id);
    /// As `Activities::complete`, of one occurrence; the follow-up follows that.
    Activity complete(Id<Activity> series, Time recurrence_id, const Report& report,
                      const std::optional<Plan>& follow_up = {});
    /// As `Activities::cancel`, of one occurrence, which stays to be seen as cancelled.
    Activity cancel(Id<Activity> series, Time recurrence_id, std::string_view reason = {});
    /// Leaves an occurrence out (EXDATE) as if it had never been planned. Throws Conflict where it
    /// has an activity of its own: cancel or remove that.
    Activity skip(Id<Activity> series, Time recurrence_id);

    /// Changes this occurrence and all that follow: the series ends before it, and a new one, which
    /// is returned, goes on from it with the given fields, the participants, the shares in force
    /// and, but for those at an instant, the reminders. Touched occurrences from then on belong to
    /// the new one. On the first occurrence: changes the series itself. Throws Invalid where the
    /// rule could not go on from there as it was: an RDATE, or one that clocks or SKIP moved.
    Activity change_following(Id<Activity> series, Time recurrence_id,
                              const std::vector<Assignment>& fields);
    /// The series does not take place from this occurrence on. Touched ones stay as they are.
    /// Throws Invalid for the first one: remove the series, or cancel it.
    Activity end_before(Id<Activity> series, Time recurrence_id);

private:
    Session* session_;
};

}  // namespace crm
