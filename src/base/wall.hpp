/// Wall times: what a clock of some zone shows, kept as if that zone were UTC.
#pragma once

#include "crm/time.hpp"

namespace crm::inline v1::recurrence {

using Wall = Time;

struct Instant {
    Time at{};
    bool moved = false;  ///< out of a gap: later wall times may come before it
};

/// When a wall time takes place by RFC 5545 §3.3.5: of two the first, in a gap by the offset
/// before.
Instant instant_of(Wall wall, const Zone& zone);

inline Wall wall_of(Time at, const Zone& zone) { return at + zone.offset_at(at); }

}  // namespace crm::recurrence
