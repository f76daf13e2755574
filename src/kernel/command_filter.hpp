/// Choosing commands: which of those that a session may see a filter means.
#pragma once

#include <functional>
#include <vector>

#include "crm/history.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

/// Whether nothing is asked of the commands: every one is meant.
bool means_all(const CommandFilter& filter);
/// Those that a filter means, newest first, below `before` where that is given.
std::vector<Command> commands(Reading& reading, const CommandFilter& filter, int limit,
                              CommandId before);
/// All that a filter means, newest first. Throws NotFound for a command or run named in it that the
/// session may not see.
std::vector<CommandId> chosen_commands(Reading& reading, const CommandFilter& filter);

}  // namespace crm::kernel
