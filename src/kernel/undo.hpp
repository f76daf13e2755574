/// Undo: turning back a set of commands, field by field, or saying all that stands in the way.
#pragma once

#include <vector>

#include "kernel/transaction.hpp"

namespace crm::kernel {

/// The commands of a run, oldest first.
std::vector<CommandId> commands_of(storage::Connection& connection, RunId run);
/// Turns back the effects of `commands` within the open unit of work. Throws Conflict with
/// everything that stands in the way, Denied where the session may not change what they touched.
void undo(Transaction& transaction, std::vector<CommandId> commands);
/// Whether a command stands as turned back.
bool is_undone(storage::Connection& connection, CommandId command);

/// One command or a whole run, as a command of its own.
Command undo(SessionState& session, CommandId command);
Command undo(SessionState& session, RunId run);

}  // namespace crm::kernel
