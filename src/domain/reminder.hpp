/// Reminders: their schedule, kept true by the rules of what they remind of.
#pragma once

#include "crm/id.hpp"
#include "crm/session.hpp"

namespace crm::domain {

/// A record's start, state or dates changed: at the end of the command its reminders are scheduled
/// anew. In an undo too. Cost where it has none: one look-up.
void follow_reminders(Work& work, Ref record);

/// Reminds of a series the same users before the same occurrences as of the one that it goes on
/// from; what was handed out of that, or put off, is so of this too. Instants stay with that one.
void copy_reminders(Work& work, Ref from, Ref to, Time since);

}  // namespace crm::domain
