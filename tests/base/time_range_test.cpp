#include "crm/time_range.hpp"

#include <doctest/doctest.h>

using namespace crm;

namespace {

/// From one minute of an hour to another.
TimeRange minutes(int from, int to) {
    const auto hour = parse_time("2026-03-02T08:00:00Z");
    return {hour + std::chrono::minutes{from}, hour + std::chrono::minutes{to}};
}
using Ranges = std::vector<TimeRange>;

}  // namespace

TEST_CASE("a range holds its start and not its end") {
    const auto range = minutes(10, 20);
    CHECK(range.contains(range.start));
    CHECK_FALSE(range.contains(range.end));
    CHECK(range.length() == std::chrono::minutes{10});
    CHECK(minutes(20, 10).length() == std::chrono::minutes{0});
    CHECK(range.overlaps(minutes(19, 30)));
    CHECK_FALSE(range.overlaps(minutes(20, 30)));
}

TEST_CASE("ranges are united, taken away and intersected without overlaps or empty ones") {
    CHECK(united({minutes(30, 40), minutes(0, 10), minutes(10, 20), minutes(5, 5),
                  minutes(32, 35)}) == Ranges{minutes(0, 20), minutes(30, 40)});
    CHECK(without({minutes(0, 60)}, {minutes(50, 70), minutes(10, 20), minutes(15, 25)}) ==
          Ranges{minutes(0, 10), minutes(25, 50)});
    CHECK(without({minutes(0, 10), minutes(20, 30)}, {minutes(5, 25)}) ==
          Ranges{minutes(0, 5), minutes(25, 30)});
    CHECK(without({minutes(0, 10)}, {minutes(0, 10)}).empty());
    CHECK(common_to({minutes(0, 10), minutes(20, 30)}, {minutes(5, 25)}) ==
          Ranges{minutes(5, 10), minutes(20, 25)});
}
