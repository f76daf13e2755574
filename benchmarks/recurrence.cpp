/// Occurrences of ten years, by rules of every kind, in a zone whose clocks change.
#include "crm/recurrence.hpp"
#include "bench.hpp"

namespace {

using namespace bench;

constexpr int times = 20;  // a measurement

/// Milliseconds for all occurrences of `rule` in ten years, `target` of them allowed.
Line measure(const char* name, const char* rule, double target, const Arguments& arguments) {
    const auto recurrence = crm::Recurrence::parse(rule);
    const crm::Zone zone{"Europe/Bucharest"};
    const auto start = crm::parse_time("2026-01-01T08:00:00Z"),
               until = crm::parse_time("2036-01-01T00:00:00Z");
    std::vector<double> cpu;
    for (int run = 0; run < arguments.runs; ++run) {
        const Seconds spent = timed([&] {
            for (int i = 0; i < times; ++i)
                crm::occurrences(recurrence, start, zone, start, until, crm::most_occurrences);
        });
        cpu.push_back(spent.cpu);
    }
    return {.name = name, .unit = "ms", .crm = median(cpu) / times * 1e3, .target = target};
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    if (!arguments.json) std::printf("ten years each; load %s\n", load().c_str());
    print({measure("daily: 3,652 occurrences", "FREQ=DAILY", 2, arguments),
           measure("daily, counted", "FREQ=DAILY;COUNT=3652", 2, arguments),
           measure("working days", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 2, arguments),
           measure("first Monday of the month", "FREQ=MONTHLY;BYDAY=1MO", 5, arguments),
           measure("last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1", 5, arguments),
           measure("hourly: 87,640 occurrences", "FREQ=HOURLY", 50, arguments)},
          arguments.json);
}
