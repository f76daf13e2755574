/// Undo: taking a set of commands back as if they had never been, or saying all that stands in the
/// way.
#pragma once

#include <vector>

#include "kernel/standing.hpp"
#include "kernel/transaction.hpp"

namespace crm::kernel {

/// The commands of a run, oldest first.
std::vector<CommandId> commands_of(storage::Connection& connection, RunId run);
/// Chooses those of `commands` that are not undone; of a command and its undo both, which comes to
/// nothing.
void choose_standing(Standing& standing, std::vector<CommandId> commands);
/// Turns back what `standing` has chosen, within the open unit of work. Throws Denied where the
/// session may not change what it touched; Conflict with everything that stands in the way, or with
/// `skip_conflicts` answers it.
std::vector<FieldConflict> undo(Transaction& transaction, Standing& standing,
                                const UndoOptions& options = {});
/// All of what some commands did. Throws Conflict where all are undone already, too.
void undo(Transaction& transaction, std::vector<CommandId> commands);

/// One command, a whole run or any set, as a command of its own.
Command undo(SessionState& session, CommandId command);
Command undo(SessionState& session, RunId run);
Undone undo(SessionState& session, const CommandFilter& which, const UndoOptions& options);
Effects rehearse_undo(SessionState& session, const CommandFilter& which,
                      const UndoOptions& options);

}  // namespace crm::kernel
