/// The calendar: what users do when, who is free, and when all of them are.
///
///     const Calendar calendar(session);
///     const auto week = week_of(today, session.zone());
///     for (const CalendarEntry& entry : calendar.agenda({ana, ion}, week).entries) …
///
/// A calendar shows what its session may read and nothing else: a colleague's hidden activity is
/// absent, and the colleague looks free then. Who is to see it needs the right to read activities
/// by a scope that covers it (docs/calendar.md).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "crm/activity.hpp"
#include "crm/participant.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"
#include "crm/time_range.hpp"
#include "crm/user.hpp"

namespace crm::inline v1 {

/// A civil day of a zone, 00:00 to 24:00: 23 or 25 hours where clocks change.
CRM_API TimeRange day_of(const Date& date, const Zone& zone);
/// The week in which a day lies, Monday to Sunday.
CRM_API TimeRange week_of(const Date& date, const Zone& zone);
/// The month in which a day lies.
CRM_API TimeRange month_of(const Date& date, const Zone& zone);

/// The longest window that a calendar is asked for.
inline constexpr std::chrono::days longest_calendar{366};

/// Something in the calendar of a user; what it takes to show it, colour it and open it.
struct CalendarEntry {
    Id<Activity> activity{};  ///< of an occurrence that nobody touched: the series
    Id<User> user{};          ///< in whose calendar it stands
    Id<User> owner{};         ///< who is responsible; another where the user takes part
    std::optional<Acceptance> acceptance{};  ///< of a user who takes part; none where it is hidden
    Time start{};
    Time end{};              ///< the start where the activity has no end
    std::string subject{};   ///< empty where a field right hides it, like those below
    std::string kind{};      ///< list activity_kind
    std::string status{};    ///< list activity_status
    std::string priority{};  ///< list priority
    ActivityState state = ActivityState::planned;
    std::string zone{};                   ///< IANA zone that it is bound to; empty: none
    Id<Party> party{};                    ///< none where it is hidden
    std::string party_name{};             ///< of that party
    Id<Activity> series{};                ///< of an occurrence; none where the series is hidden
    std::optional<Time> recurrence_id{};  ///< of an occurrence, touched or not

    /// An occurrence that has an activity of its own: moved, completed, given to another …
    bool is_touched() const { return recurrence_id && activity != series; }
    bool operator==(const CalendarEntry&) const = default;
};

/// A stretch of working time of a user.
struct WorkingTime {
    Id<User> user{};
    TimeRange hours{};
    bool operator==(const WorkingTime&) const = default;
};

struct Agenda {
    std::vector<CalendarEntry> entries{};  ///< by start, then end, user and activity
    std::vector<WorkingTime> working{};  ///< user by user as asked for, each ascending, cut to the
                                         ///< window
};

struct AgendaOptions {
    bool cancelled_too = false;
    bool working_hours = true;  ///< false leaves `Agenda::working` empty
};

/// When a user is busy.
struct BusyTime {
    Id<User> user{};
    std::vector<TimeRange> busy{};  ///< as `united` has it, cut to the window
    bool operator==(const BusyTime&) const = default;
};

/// What a slot is looked for by.
struct SlotQuery {
    TimeRange window{};
    std::chrono::microseconds length = std::chrono::hours{1};
    bool in_working_hours = true;   ///< of every one of the users
    std::chrono::minutes step{15};  ///< slots begin at multiples of it after midnight by the clock
                                    ///< of the session's zone; 1 to 1,440
    int limit = 5;                  ///< 1 to 1,000
};

/// Calendars of users: what a user is responsible for, and what he takes part in (`Participant`)
/// and has not declined, of a series its occurrences that nobody touched. To-dos are not in them.
/// Every call reads one snapshot, takes up to 1,000 users, whose order is kept and who count once
/// each, and for none the session's own; throws NotFound for no user, Invalid for a window that
/// ends before it begins or is longer than `longest_calendar`, LimitExceeded where one series takes
/// place 100,000 times in it. Cost for each user: what lies in the window and a day before it, the
/// series that have not ended, what is longer than a day and ends after the beginning of the
/// window, and a look-up for each activity that the user ever took part in. Refers to the session
/// and must not outlive it; one thread at a time.
class CRM_API Calendar {
public:
    explicit Calendar(Session& session) : session_(&session) {}

    /// What overlaps the window, also what began before it; what has no end where it starts in it.
    Agenda agenda(const std::vector<Id<User>>& users, const TimeRange& window,
                  const AgendaOptions& options = {}) const;
    /// When the users are busy (FREEBUSY of RFC 5545): with everything that lasts some time and is
    /// not cancelled.
    std::vector<BusyTime> free_busy(const std::vector<Id<User>>& users,
                                    const TimeRange& window) const;
    /// The first slots in which every one of the users is free, in order and without overlap.
    /// Throws Invalid too for a length that is not positive, a step and a limit outside of theirs.
    std::vector<TimeRange> find_slots(const std::vector<Id<User>>& users,
                                      const SlotQuery& query) const;

private:
    Session* session_;
};

}  // namespace crm
