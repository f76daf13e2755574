/// Who is in a segment, for whoever compiles a filter that asks.
#pragma once

#include <optional>
#include <string>

#include "crm/filter.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

/// A segment as a filter finds it.
struct FoundSegment {
    Ref id;
    std::string name;
    std::optional<Filter> where;  ///< of a dynamic one
};

/// Whether records of a kind can be in segments: of every root kind that is not personal.
bool may_be_in_segments(const Kind& kind);

/// The segment that an operand, a name or an id, means for a kind, among those that the session
/// sees; its own before those of others. A text that may be both, "2024", is a name first. Throws
/// Invalid("filter", field, reason) where there is none, or where several people share one of the
/// name.
FoundSegment segment(Reading& reading, const std::string& field, const Kind& kind,
                     const Json& which);

}  // namespace crm::kernel
