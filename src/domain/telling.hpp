/// Who is told of what: of work given, done and shared, and of mentions.
#pragma once

#include "crm/activity.hpp"
#include "crm/note.hpp"
#include "crm/project.hpp"
#include "crm/session.hpp"
#include "crm/user.hpp"

namespace crm::domain {

/// Called by the rules of a kind when a record was made (`before` is null) or changed; the notices
/// are made at the end of the command.
///
/// assignment: the new owner of an open activity or project. to_do: the owner of a new to-do and
/// the responsible of its project. Of what comes of a series (recurring.hpp) neither is told.
/// completion: who gave, made or awaits an activity, when another completed it. mention: each user
/// whose login stands as "@login" in a text after the unit of work and in none before it, nor in
/// the series that it comes of, if he may read the record.
void tell_of(Work& work, const Activity& activity, const Activity* before);
void tell_of(Work& work, const Project& project, const Project* before);
void tell_of(Work& work, const Note& note, const Note* before);

/// Tells a user that he takes part, unless the activity is over or he takes part in the series that
/// it comes of.
void tell_of_invitation(Work& work, Id<Activity> activity, Id<User> user);

/// Whether nobody is told of what the command does: an import, an undo, a look at a snapshot.
bool is_silent(Work& work);

/// Whether a user may read a stored record.
bool sees(Work& work, Id<User> user, Ref record);

}  // namespace crm::domain
