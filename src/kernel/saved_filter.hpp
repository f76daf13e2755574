/// What a saved filter says, for whoever compiles one.
#pragma once

#include <string>

#include "crm/filter.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

/// A saved filter as its use finds it.
struct Saved {
    std::string name;
    Filter where;
};

/// The saved filter that an operand of `Op::saved`, a name or an id, means for a kind, among those
/// that the session sees; its own before those of others. Throws Invalid("filter", "saved", reason)
/// where there is none, or where several people share one of the name.
Saved saved_filter(Reading& reading, const Kind& kind, const Json& which);

}  // namespace crm::kernel
