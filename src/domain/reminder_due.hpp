/// When each reminder is due and what of it was handed out: kept beside the records, of which no
/// kind has it. A command's undo does not turn it back; the rules schedule anew.
#pragma once

#include <optional>
#include <vector>

#include "domain/reminder_outlook.hpp"
#include "kernel/state.hpp"

namespace crm::domain {

struct DueRow {
    Id<Reminder> reminder;
    Time due, event;
};

/// Of a user, the first in order.
std::vector<DueRow> due_rows(kernel::Reading& reading, Id<User> user, Time now, int limit);
HandedOut handed_out(Work& work, Ref reminder);

void write_due(Work& work, const Reminder& reminder, const std::optional<Coming>& coming);
/// Nothing is due any more.
void switch_off(Work& work, Ref reminder);
/// Whatever is handed out ends a snooze.
void write_handed(Work& work, Ref reminder, Time event);
/// What was handed out ahead of its start: asked for until that is past.
void write_handed_start(Work& work, Ref reminder, const Coming& coming);
void write_snooze(Work& work, Ref reminder, Time until);
/// What of one was handed out or put off from an instant on is so of another.
void copy_handed_out(Work& work, Ref from, Ref to, Time since);

}  // namespace crm::domain
