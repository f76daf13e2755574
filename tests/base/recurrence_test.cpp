#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "crm/error.hpp"
#include "crm/recurrence.hpp"
#include "support/data.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;

const Time long_ago = parse_time("1600-01-01T00:00:00Z"),
           far_off = parse_time("2582-01-01T00:00:00Z");

/// Local wall time in a zone: "2026-03-02T10:00".
Time local(const Zone& zone, const std::string& text) {
    const Time wall = parse_time(text + "Z");
    const auto day = floor<days>(wall);
    return zone.from_local(Date::from_days(day), wall - day);
}

Texts texts(const std::vector<Time>& times) {
    Texts all;
    for (const Time at : times) all.push_back(to_text(at));
    return all;
}

Texts texts(const std::vector<Date>& dates) {
    Texts all;
    for (const Date& date : dates) all.emplace_back(date.text());
    return all;
}

/// The first occurrences of a rule that starts at a wall time of a zone, in UTC.
Texts first(std::size_t count, const std::string& rule, const char* zone_name,
            const std::string& start) {
    const Zone zone{zone_name};
    return texts(
        occurrences(Recurrence::parse(rule), local(zone, start), zone, long_ago, far_off, count));
}

Texts first_days(std::size_t count, const std::string& rule, const char* start) {
    return texts(occurrences(Recurrence::parse(rule), Date::parse(start), Date{1900, 1, 1},
                             Date{2500, 1, 1}, count));
}

std::string refusal(const std::string& text) {
    try {
        Recurrence::parse(text);
    } catch (const Invalid& error) {
        CHECK(error.kind == "recurrence");
        CHECK(error.reason.size() > 10);
        return error.field;
    }
    return "none";
}

/// "19970902T090000Z" as "1997-09-02T09:00:00Z", "19970902" as "1997-09-02".
std::string readable(const std::string& ical) {
    auto text = ical.substr(0, 4) + '-' + ical.substr(4, 2) + '-' + ical.substr(6, 2);
    if (ical.size() < 15) return text;
    return text + 'T' + ical.substr(9, 2) + ':' + ical.substr(11, 2) + ':' + ical.substr(13, 2) +
           'Z';
}

struct Vector {
    std::string rule{}, start{};
    Texts instances{};
};

std::vector<Vector> vectors(const std::filesystem::path& path) {
    std::ifstream file{path};
    std::vector<Vector> all;
    for (std::string line; std::getline(file, line);) {
        const auto value = line.substr(line.find(':') + 1);
        if (line.starts_with("RRULE:")) all.push_back({.rule = value});
        if (line.starts_with("DTSTART:")) all.back().start = value;
        if (!line.starts_with("INSTANCES:")) continue;
        if (value.starts_with(" ***"))  // libical does not know days of the month in numbered weeks
            all.back().instances = {"2024-12-30", "2025-12-30", "2030-12-30", "2031-12-30"};
        if (value.starts_with(" ***")) continue;
        std::istringstream list{value};
        for (std::string item; std::getline(list, item, ',');)
            all.back().instances.push_back(readable(item));
    }
    return all;
}

Texts expanded(const Vector& vector) {
    const auto rule = Recurrence::parse(vector.rule);
    const auto count = vector.instances.size() + (rule.is_endless() ? 0 : 10);
    const auto start = readable(vector.start);
    if (start.size() == 10)
        return texts(
            occurrences(rule, Date::parse(start), Date{1900, 1, 1}, Date{2500, 1, 1}, count));
    return texts(occurrences(rule, parse_time(start), Zone{}, long_ago, far_off, count));
}

}  // namespace

TEST_CASE("ACT-15 rules give the occurrences of libical's vectors") {
    const auto path = test::data("ical/libical+libical/src/test/icalrecur_test.txt");
    if (!path) {
        MESSAGE("skipped: the shared test data is not here");
        return;
    }
    std::size_t count = 0;
    for (const auto& vector : vectors(*path)) {
        CAPTURE(vector.rule);
        CAPTURE(vector.start);
        CHECK(expanded(vector) == vector.instances);
        count += vector.instances.size();
    }
    CHECK(count == 1'348 + 4);
}
