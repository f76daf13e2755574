#include "crm/time_range.hpp"

#include <algorithm>

namespace crm::inline v1 {

std::vector<TimeRange> united(std::vector<TimeRange> ranges) {
    std::erase_if(ranges, [](const TimeRange& range) { return range.end <= range.start; });
    std::ranges::sort(ranges);
    std::vector<TimeRange> all;
    for (const TimeRange& range : ranges)
        if (all.empty() || all.back().end < range.start)
            all.push_back(range);
        else
            all.back().end = std::max(all.back().end, range.end);
    return all;
}

std::vector<TimeRange> without(std::vector<TimeRange> ranges, std::vector<TimeRange> taken) {
    std::vector<TimeRange> left;
    const auto gaps = united(std::move(taken));
    auto next = gaps.begin();
    for (TimeRange range : united(std::move(ranges))) {
        while (next != gaps.end() && next->end <= range.start) ++next;
        for (auto gap = next; gap != gaps.end() && gap->start < range.end; ++gap) {
            left.push_back({range.start, gap->start});
            range.start = gap->end;
        }
        left.push_back(range);
    }
    return united(std::move(left));
}

std::vector<TimeRange> common_to(std::vector<TimeRange> ranges, std::vector<TimeRange> others) {
    auto outside = without(ranges, std::move(others));
    return without(std::move(ranges), std::move(outside));
}

}  // namespace crm
