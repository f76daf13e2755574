/// What schedules say of working time, for reads and for the rules of other concepts.
#pragma once

#include <vector>

#include "crm/schedule.hpp"
#include "kernel/state.hpp"

namespace crm::domain {

/// The entries of a user that touch the days from `from` to `to`, by start; as the session sees
/// them, or for a unit of work whatever the rights.
std::vector<ScheduleEntry> schedule_entries(kernel::Reading& reading, Id<User> user,
                                            const Date& from, const Date& to);
std::vector<ScheduleEntry> schedule_entries(Work& work, Id<User> user, const Date& from,
                                            const Date& to);

/// When they keep a user from working.
std::vector<TimeRange> absences(const std::vector<ScheduleEntry>& entries, const Zone& zone);

/// Throws LimitExceeded where so many users and days are too much for one answer.
void require_days_of_users(std::size_t users, const Date& from, const Date& to);
/// Those named, or every active one.
std::vector<Id<User>> users_or_all(kernel::Reading& reading, std::vector<Id<User>> users);

}  // namespace crm::domain
