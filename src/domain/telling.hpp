/// Who is told of what: given work and mentions. Of tasks, to-dos and completion: task.hpp.
#pragma once

#include "crm/activity.hpp"
#include "crm/note.hpp"
#include "crm/project.hpp"
#include "crm/session.hpp"

namespace crm::domain {

/// Called by the rules of a kind when a record was made (`before` is null) or changed; the notices
/// are made at the end of the command. An undo and a run (an import) tell nobody.
///
/// assignment: the new owner of an open activity or project; of a new to-do task.hpp tells, of what
/// comes of a series (recurring.hpp) nobody. mention: each user whose login stands as "@login" in a
/// text after the unit of work and in none before it, nor in the series that it comes of, if he may
/// read the record.
void tell_of(Work& work, const Activity& activity, const Activity* before);
void tell_of(Work& work, const Project& project, const Project* before);
void tell_of(Work& work, const Note& note, const Note* before);

/// Whether a user may read a stored record.
bool sees(Work& work, Id<User> user, Ref record);

}  // namespace crm::domain
