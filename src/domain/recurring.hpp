/// The rules of activities that recur, and of those that are one occurrence of such.
#pragma once

#include <optional>
#include <vector>

#include "base/recurrence_edit.hpp"
#include "crm/activity.hpp"
#include "crm/session.hpp"
#include "crm/time_range.hpp"
#include "kernel/transaction.hpp"

namespace crm::domain {

inline bool recurs(const Activity& activity) { return !activity.recurrence.text().empty(); }
/// What the occurrences of a recurring activity are counted from.
recurrence::Anchor anchor_of(const Activity& activity);
/// How long each lasts; 0 where it has no end.
std::chrono::microseconds length_of(const Activity& activity);
/// Whether a series takes place at an instant.
bool takes_place_at(const Activity& series, Time at);
/// The same; throws Invalid (recurrence_id) where it does not.
void require_occurrence(const Activity& series, Time at);

/// While one lives, what the engine makes is made out of a series: an activity of one occurrence,
/// or the master of what goes on from one, with what stands around it. It is news to nobody: who
/// was given the series, takes part in it or is mentioned there was told then.
class Copying {
public:
    Copying(Work& work, Id<Activity> series);
    ~Copying();
    Copying(const Copying&) = delete;
    Copying& operator=(const Copying&) = delete;

private:
    kernel::Transaction& transaction_;
};
bool is_copying(Work& work);

/// Whether a new activity comes of a series: stands for one occurrence of it or goes on from one.
bool comes_of_series(Work& work, const Activity& activity);
/// The series that it comes of; nullopt where it comes of none.
std::optional<Activity> origin_of(Work& work, const Activity& activity);

/// A series as a query reads it.
struct SeriesRow {
    Id<Activity> id{};
    Time start{};
    Zone zone{};
    Recurrence recurrence{};
};
/// When the occurrences of a series start within a window that have no activity of their own, as
/// far as the session sees. Throws LimitExceeded for more than 100,000. Cost: grows with them.
std::vector<Time> untouched_starts(kernel::Reading& reading, const SeriesRow& series,
                                   const TimeRange& window);

/// Derives when it ends; where the start moved, the dates of the recurrence go along.
void derive_recurrence(Work& work, Activity& activity);
/// What holds of masters and occurrences, `before` null on creation; where a master's start moved,
/// its occurrences go along.
void check_recurrence(Work& work, const Activity& activity, const Activity* before);

}  // namespace crm::domain
