/// Stretches of time: half-open ranges of instants, and what remains of them.
#pragma once

#include <chrono>
#include <vector>

#include "crm/time.hpp"

namespace crm::inline v1 {

/// The instants from `start` on, before `end`. Empty where `end` does not lie after `start`.
struct TimeRange {
    Time start{};
    Time end{};
    constexpr bool contains(Time time) const { return start <= time && time < end; }
    constexpr bool overlaps(const TimeRange& other) const {
        return start < other.end && other.start < end;
    }
    constexpr std::chrono::microseconds length() const {
        return start < end ? end - start : std::chrono::microseconds{0};
    }
    friend constexpr auto operator<=>(const TimeRange&, const TimeRange&) = default;
};

/// The same instants in ascending ranges that neither overlap nor touch; empty ones are left out.
CRM_API std::vector<TimeRange> united(std::vector<TimeRange> ranges);
/// What of `ranges` is in none of `taken`, as `united` has it.
CRM_API std::vector<TimeRange> without(std::vector<TimeRange> ranges, std::vector<TimeRange> taken);
/// What of `ranges` is in some of `others` too, as `united` has it.
CRM_API std::vector<TimeRange> common_to(std::vector<TimeRange> ranges,
                                         std::vector<TimeRange> others);

}  // namespace crm
