/// SQL texts that depend on rights only by their shape: made once, prepared once a connection.
#pragma once

#include <functional>
#include <string>

#include "kernel/rights.hpp"

namespace crm::kernel {

/// The statement for `variant` of what `of` points at (a kind, a named query), with the rights
/// bound. `make` gives the text the first time that rights of this shape ask. Thread-safe.
storage::Use use_shaped(storage::Connection& connection, const Rights& rights, const void* of,
                        int variant, const std::function<std::string()>& make);

}  // namespace crm::kernel
