/// Reminders: their schedule, kept true by the rules of what they remind of.
#pragma once

#include "crm/id.hpp"
#include "crm/session.hpp"

namespace crm::domain {

/// A record's start, state or dates changed: at the end of the command its reminders are scheduled
/// anew. In an undo too. Cost where it has none: one look-up.
void follow_reminders(Work& work, Ref record);

}  // namespace crm::domain
