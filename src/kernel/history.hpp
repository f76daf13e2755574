/// Reading history under rights: the life of a record, commands, runs.
#pragma once

#include <vector>

#include "crm/history.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

std::vector<HistoryEntry> history(Reading& reading, Ref id);
/// Throws NotFound for others' commands without the right to administer.
Command command(Reading& reading, CommandId id);
std::vector<Command> newest_commands(Reading& reading, int limit, CommandId before);

}  // namespace crm::kernel
