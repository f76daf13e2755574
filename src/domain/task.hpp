/// Who is told of tasks: what the rules of activities and participants ask.
#pragma once

#include "crm/activity.hpp"
#include "crm/user.hpp"

namespace crm::domain {

/// Whether nothing is left to do on it.
bool is_over(const Activity& activity);

/// Whether what the open command makes for another is given to him: not by an import.
bool gives_work(Work& work);

/// Tells of an activity that the open command made, when it ends.
void tell_of_creation(Work& work, const Activity& activity);
/// The same of one that it completed.
void tell_of_completion(Work& work, const Activity& activity);
/// Tells a user that he takes part, unless the activity is over, an import makes him, or he takes
/// part in the series that it comes of.
void tell_of_invitation(Work& work, Id<Activity> activity, Id<User> user);

}  // namespace crm::domain
