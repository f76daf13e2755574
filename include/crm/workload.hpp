/// Workload: what the people of a unit have to do.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "crm/session.hpp"
#include "crm/time.hpp"
#include "crm/user.hpp"

namespace crm::inline v1 {

/// What one user is responsible for within a window of days.
struct Workload {
    struct Counts {
        std::int64_t planned = 0, running = 0, finished = 0;
        std::int64_t overdue = 0;  ///< of those planned and running; of projects by their due day
        bool operator==(const Counts&) const = default;
    };
    Id<User> user{};
    std::string name{};
    Counts activities{};  ///< those that begin within the window; of series each occurrence
    Counts projects{};    ///< those whose days touch it: an open one lasts until today at least,
                          ///< also when it was due before; finished are those that ended within it
    std::chrono::minutes planned_time{};  ///< of planned and running activities with an end, as far
                                          ///< as it lies within the window; to-dos left out
    bool operator==(const Workload&) const = default;
};

/// The workload of the active users of a unit and the units below it, by name, from one day to
/// another, that day excluded, in the session's zone; of the activities and projects that the
/// session sees. Throws NotFound for no such unit, Invalid for a window that is empty or longer
/// than 366 days, LimitExceeded where a series takes place 100,000 times in it. Cost: reads each
/// activity of the window and each project of those users, and counts the occurrences of series.
CRM_API std::vector<Workload> workload(const Session& session, Id<Unit> unit, Date from, Date to);

}  // namespace crm
