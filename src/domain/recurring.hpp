/// The rules of activities that recur, and of those that are one occurrence of such.
#pragma once

#include "base/recurrence_edit.hpp"
#include "crm/activity.hpp"
#include "crm/session.hpp"

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

/// Derives when it ends; where the start moved, the dates of the recurrence go along.
void derive_recurrence(Work& work, Activity& activity);
/// What holds of masters and occurrences, `before` null on creation; where a master's start moved,
/// its occurrences go along.
void check_recurrence(Work& work, const Activity& activity, const Activity* before);

}  // namespace crm::domain
