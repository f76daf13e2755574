/// Working time: what users worked, on which activity and day, and against their schedule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crm/activity.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"
#include "crm/user.hpp"

namespace crm::inline v1 {

/// Minutes that a user worked on an activity on one day. Seen with the activity. Whoever sees the
/// activity books for itself. To book for another user, and to change the day and minutes of what
/// is booked for him, takes the right to change the activity and a scope of that right in which the
/// user's own activities lie, his unit or all of them: else Denied.
struct TimeEntry {
    Head head{};
    Id<Activity> activity{};
    Id<User> user{};           ///< the session's, if none
    Date worked_on{};          ///< a day where the user is
    std::int64_t minutes = 0;  ///< 1 to 1,440; all entries of a user's day have no more together
    std::string note{};
    bool operator==(const TimeEntry&) const = default;
};

/// What worked time is summed by, and of whom and when.
struct WorkQuery {
    Date from{}, to{};              ///< both included, at most 366 days apart
    std::vector<Id<User>> users{};  ///< empty: everybody, those who left too
    bool by_user = false, by_day = false, by_activity = false, by_project = false;
};

/// A sum of worked time; what it is not summed by is empty.
struct WorkedTime {
    Id<User> user{};
    std::optional<Date> day{};
    Id<Activity> activity{};
    Id<Project> project{};  ///< empty too for what belongs to none, or to one that is hidden
    std::int64_t minutes = 0;
    bool operator==(const WorkedTime&) const = default;
};

/// One day of a user against his schedule.
struct WorkBalance {
    Date day{};
    Id<User> user{};
    std::int64_t worked = 0;     ///< minutes booked
    std::int64_t scheduled = 0;  ///< minutes of working hours, holidays and absences taken off
    std::int64_t difference() const { return worked - scheduled; }
    bool operator==(const WorkBalance&) const = default;
};

/// Time entries and reports of them. Reports count what the session sees: entries of hidden
/// activities are in no sum, and hidden absences are not taken off.
class CRM_API TimeEntries : public Records<TimeEntry> {
public:
    using Records::Records;
    /// The entries of an activity, by day.
    std::vector<TimeEntry> of(Id<Activity> activity) const;
    /// Worked time by whatever is asked for, in that order: user, day, activity, project. Throws
    /// Invalid where `to` lies before `from` or more than 366 days after it. Cost: grows with the
    /// entries of these days.
    std::vector<WorkedTime> hours(const WorkQuery& query) const;
    /// Worked and scheduled time of users, all active ones if none is named, by date, then in the
    /// order of the users; days with neither are left out. Throws as Schedule::schedule.
    std::vector<WorkBalance> balance(std::vector<Id<User>> users, const Date& from,
                                     const Date& to) const;
};

template <>
CRM_API const Kind& kind_of<TimeEntry>();

}  // namespace crm
