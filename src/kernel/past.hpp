/// Reading the past: one record by walking back, everything by views in the place of the tables.
#pragma once

#include <optional>

#include "crm/past.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

/// A record as it was just after a command, whatever the rights, with long texts; nullopt where it
/// was not there. Its version is 0.
std::optional<AnyRecord> state_at(Reading& reading, Ref id, CommandId moment);

/// A reading in which the names of kinds mean what the session sees of the records as they were
/// just after a command. `list`, `count`, `find` and named queries read it like any other. Throws
/// Misuse inside a unit of work, LimitExceeded for too many records touched since.
Reading read_past(SessionState& session, CommandId moment);

}  // namespace crm::kernel
