/// When users work, for reads and for the rules of other concepts.
#pragma once

#include <vector>

#include "crm/working_hours.hpp"
#include "kernel/state.hpp"

namespace crm::domain {

/// As WorkCalendar::working_hours, by what the session sees; for a unit of work whatever the
/// rights.
std::vector<TimeRange> working_hours(kernel::Reading& reading, Id<User> user, const Date& from,
                                     const Date& to);
std::vector<TimeRange> working_hours(Work& work, Id<User> user, const Date& from, const Date& to);

/// Whether a user works at an instant.
bool works_at(kernel::Reading& reading, Id<User> user, Time time);
bool works_at(Work& work, Id<User> user, Time time);

/// The user's own zone, else the file's. Throws NotFound for no user.
Zone zone_of(kernel::Reading& reading, Id<User> user);

}  // namespace crm::domain
