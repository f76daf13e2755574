/// Suppressions: what erased people are known by, kept as keyed hashes only.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "kernel/transaction.hpp"

namespace crm::kernel {

/// Keeps identifiers of an erasure, whatever their form: they are compared as they are.
void suppress(Transaction& transaction, std::int64_t erasure,
              const std::set<std::string>& identifiers);
bool is_suppressed(storage::Connection& connection, std::string_view identifier);
/// Forgets the identifiers of an erasure.
void lift_suppression(Transaction& transaction, std::int64_t erasure);

}  // namespace crm::kernel
