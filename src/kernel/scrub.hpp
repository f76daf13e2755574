/// The scrub: rewrites what still holds deleted words in the file, in steps that let others write.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "kernel/state.hpp"

namespace crm::kernel {

/// Rewrites the search indexes, the spaces between rows and the WAL until nothing is left of what
/// was deleted up to the newest erasure; then says so in every erasure up to that. Short
/// transactions under the gate; how far it is stands in the file, so that any process goes on.
/// False where the deadline came first, or readers did not let the WAL go.
bool scrub(DatabaseState& database, std::chrono::steady_clock::time_point deadline);

}  // namespace crm::kernel
