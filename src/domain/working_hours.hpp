/// When users work, for reads and for the rules of other concepts.
#pragma once

#include <utility>
#include <vector>

#include "crm/user.hpp"
#include "crm/working_hours.hpp"
#include "kernel/state.hpp"

namespace crm::domain {

/// As WorkCalendar::working_hours, by what the session sees of his schedule; for a unit of work
/// whatever the rights.
std::vector<TimeRange> working_hours(kernel::Reading& reading, Id<User> user, const Date& from,
                                     const Date& to);
std::vector<TimeRange> working_hours(Work& work, Id<User> user, const Date& from, const Date& to);
/// The same by the day on which each stretch of work begins; days without any are left out.
std::vector<std::pair<Date, std::vector<TimeRange>>> working_days(kernel::Reading& reading,
                                                                  Id<User> user, const Date& from,
                                                                  const Date& to);

/// Whether a user works at an instant.
bool works_at(kernel::Reading& reading, Id<User> user, Time time);
bool works_at(Work& work, Id<User> user, Time time);

/// Throws NotFound for no user.
User user_of(kernel::Reading& reading, Id<User> user);
/// The user's own zone, else the file's.
Zone zone_of(kernel::Reading& reading, const User& user);

}  // namespace crm::domain
