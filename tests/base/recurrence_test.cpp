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

// ---- Clocks that change

TEST_CASE("ACT-15 a meeting at 10:00 stays at 10:00 when the clocks change") {
    CHECK(first(4, "FREQ=WEEKLY", "Europe/Bucharest", "2026-03-16T10:00") ==
          Texts{"2026-03-16T08:00:00Z", "2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z",
                "2026-04-06T07:00:00Z"});
    CHECK(first(3, "FREQ=DAILY", "America/New_York", "2026-10-31T10:00") ==
          Texts{"2026-10-31T14:00:00Z", "2026-11-01T15:00:00Z", "2026-11-02T15:00:00Z"});
    CHECK(first(3, "FREQ=MONTHLY", "Europe/Kyiv", "2026-02-28T10:00") ==
          Texts{"2026-02-28T08:00:00Z", "2026-03-28T08:00:00Z", "2026-04-28T07:00:00Z"});
    CHECK(first(3, "FREQ=YEARLY", "Europe/Bucharest", "2026-03-29T10:00") ==
          Texts{"2026-03-29T07:00:00Z", "2027-03-29T07:00:00Z", "2028-03-29T07:00:00Z"});
}

TEST_CASE("ACT-15 Moscow's changes of 2011 and 2014 move the instant, not the clock") {
    CHECK(first(2, "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=11", "Europe/Moscow", "2011-01-11T10:00") ==
          Texts{"2011-01-11T07:00:00Z", "2012-01-11T06:00:00Z"});
    CHECK(first(2, "FREQ=WEEKLY", "Europe/Moscow", "2014-10-22T10:00") ==
          Texts{"2014-10-22T06:00:00Z", "2014-10-29T07:00:00Z"});
}

TEST_CASE("ACT-15 a time that the clocks skip counts by the offset before") {
    // 03:00 -> 04:00 on 29 March 2026 in Bucharest and Kyiv, 02:00 -> 03:00 on 8 March in New York.
    CHECK(first(3, "FREQ=DAILY", "Europe/Bucharest", "2026-03-28T03:30") ==
          Texts{"2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"});
    CHECK(first(3, "FREQ=DAILY", "Europe/Kyiv", "2026-03-28T03:00") ==
          Texts{"2026-03-28T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"});
    CHECK(first(2, "FREQ=DAILY", "America/New_York", "2026-03-07T02:30") ==
          Texts{"2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z"});  // 03:30 EDT
    CHECK(first(3, "FREQ=DAILY", "Europe/Moscow", "2011-03-26T02:15") ==
          Texts{"2011-03-25T23:15:00Z", "2011-03-26T23:15:00Z", "2011-03-27T22:15:00Z"});
}

TEST_CASE("ACT-15 a time that the clocks repeat is the first of both") {
    CHECK(first(2, "FREQ=DAILY", "Europe/Bucharest", "2026-10-24T03:30") ==
          Texts{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z"});
    CHECK(first(2, "FREQ=DAILY", "America/New_York", "2026-10-31T01:30") ==
          Texts{"2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z"});
    CHECK(first(2, "FREQ=DAILY", "Europe/Moscow", "2014-10-25T01:30") ==
          Texts{"2014-10-24T21:30:00Z", "2014-10-25T21:30:00Z"});
}

TEST_CASE("ACT-15 a start in the second of two equal hours is itself") {
    const Zone zone{"Europe/Bucharest"};
    const Time second = parse_time("2026-10-25T01:30:00Z");  // 03:30 again
    CHECK(texts(occurrences(Recurrence::parse("FREQ=DAILY;COUNT=2"), second, zone, long_ago,
                            far_off)) == Texts{"2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"});
}

TEST_CASE("ACT-15 times moved out of a gap are given once and in order") {
    CHECK(first(8, "FREQ=MINUTELY;INTERVAL=30", "Europe/Bucharest", "2026-03-29T02:00") ==
          Texts{"2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z",
                "2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z", "2026-03-29T02:30:00Z",
                "2026-03-29T03:00:00Z", "2026-03-29T03:30:00Z"});
    // 29 to 31 December 2011 in Samoa, which had no 30th.
    CHECK(first(3, "FREQ=DAILY", "Pacific/Apia", "2011-12-29T10:00") ==
          Texts{"2011-12-29T20:00:00Z", "2011-12-30T20:00:00Z", "2011-12-31T20:00:00Z"});
    const Zone zone{"Europe/Bucharest"};
    const auto rule = Recurrence::parse("FREQ=MINUTELY;INTERVAL=20");
    const Time start = local(zone, "2026-03-29T02:10");
    const auto all = occurrences(rule, start, zone, long_ago, far_off, 20);
    CHECK(std::ranges::is_sorted(all));
    for (std::size_t limit = 1; limit < 20; ++limit)
        CHECK(occurrences(rule, start, zone, long_ago, far_off, limit) ==
              std::vector<Time>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(limit)));
}

// ---- Days

TEST_CASE("ACT-15 months without the day are left out and the day does not drift") {
    CHECK(first_days(4, "FREQ=MONTHLY", "2026-01-31") ==
          Texts{"2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"});
    CHECK(first_days(3, "FREQ=YEARLY", "2024-02-29") ==
          Texts{"2024-02-29", "2028-02-29", "2032-02-29"});
    CHECK(first_days(3, "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31") ==
          Texts{"2026-01-31", "2026-02-28", "2026-03-31"});
}

TEST_CASE("ACT-15 SKIP moves the day that a month lacks") {
    CHECK(first_days(4, "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD", "2026-01-31") ==
          Texts{"2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"});
    CHECK(first_days(4, "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD", "2026-01-31") ==
          Texts{"2026-01-31", "2026-03-01", "2026-03-31", "2026-05-01"});
    CHECK(first_days(3, "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD", "2024-02-29") ==
          Texts{"2024-02-29", "2025-03-01", "2026-03-01"});
    CHECK(first_days(3, "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", "2026-01-31") ==
          first_days(3, "FREQ=MONTHLY", "2026-01-31"));
    const auto moved = Recurrence::parse("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD");
    CHECK(texts(occurrences(moved, Date{2026, 1, 31}, Date{2030, 3, 1}, Date{2030, 4, 1})) ==
          Texts{"2030-03-01", "2030-03-31"});
}

TEST_CASE("ACT-15 COUNT counts from the start, UNTIL is included") {
    CHECK(first(9, "FREQ=DAILY;COUNT=2", "UTC", "2026-03-02T10:00").size() == 2);
    const auto three = Recurrence::parse("FREQ=DAILY;COUNT=3");
    CHECK(texts(occurrences(three, Date{2026, 3, 2}, Date{2026, 3, 4}, Date{2027, 1, 1})) ==
          Texts{"2026-03-04"});
    CHECK(first(9, "FREQ=DAILY;UNTIL=20260303T100000", "Europe/Kyiv", "2026-03-02T10:00").size() ==
          2);
    CHECK(first(9, "FREQ=DAILY;UNTIL=20260303T080000Z", "Europe/Kyiv", "2026-03-02T10:00").size() ==
          2);
    CHECK(first(9, "FREQ=DAILY;UNTIL=20260303T075959Z", "Europe/Kyiv", "2026-03-02T10:00").size() ==
          1);
    CHECK(first(9, "FREQ=DAILY;UNTIL=20260303", "Europe/Kyiv", "2026-03-02T23:30").size() == 2);
    CHECK(first_days(9, "FREQ=DAILY;UNTIL=20260303T235959Z", "2026-03-02").size() == 2);
    CHECK(first(9, "FREQ=DAILY;UNTIL=20200101", "UTC", "2026-03-02T10:00").empty());
    // Until the second 03:30 of 25 October; the occurrence is the first one.
    CHECK(first(9, "FREQ=DAILY;UNTIL=20261025T013000Z", "Europe/Bucharest", "2026-10-24T03:30")
              .size() == 2);
    CHECK(first(9, "FREQ=DAILY;UNTIL=20261025T002959Z", "Europe/Bucharest", "2026-10-24T03:30")
              .size() == 1);
}

TEST_CASE("ACT-15 dates are added and excepted") {
    const std::string daily = "RRULE:FREQ=DAILY;COUNT=3\n";
    CHECK(first(9, daily + "EXDATE:20260303T100000", "Europe/Kyiv", "2026-03-02T10:00") ==
          Texts{"2026-03-02T08:00:00Z", "2026-03-04T08:00:00Z"});
    CHECK(first(9, daily + "EXDATE:20260303T080000Z\nEXDATE;VALUE=DATE:20260304", "Europe/Kyiv",
                "2026-03-02T10:00") == Texts{"2026-03-02T08:00:00Z"});
    CHECK(first(9, daily + "EXDATE:20260303T100001", "Europe/Kyiv", "2026-03-02T10:00").size() ==
          3);
    CHECK(first(9, daily + "RDATE;TZID=America/New_York:20260310T100000\nRDATE;VALUE=DATE:20260301",
                "Europe/Kyiv", "2026-03-02T10:00") ==
          Texts{"2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z",
                "2026-03-04T08:00:00Z", "2026-03-10T14:00:00Z"});
    CHECK(first(9, "RDATE:20260305T100000,20260302T100000", "UTC", "2026-03-02T10:00") ==
          Texts{"2026-03-02T10:00:00Z", "2026-03-05T10:00:00Z"});
    CHECK(first_days(9, daily + "EXDATE:20260303T100000\nRDATE;VALUE=DATE:20260401",
                     "2026-03-02") == Texts{"2026-03-02", "2026-03-04", "2026-04-01"});
    CHECK(first_days(9, "", "2026-03-02") == Texts{"2026-03-02"});
    CHECK(first_days(9, "EXDATE;VALUE=DATE:20260302", "2026-03-02").empty());
}

// ---- Windows

TEST_CASE("ACT-15 a window is half open and needs no walk from the start") {
    const Zone zone{"Europe/Bucharest"};
    const auto rule = Recurrence::parse("FREQ=SECONDLY;INTERVAL=7");
    const Time start = parse_time("1600-01-01T00:00:00Z");
    const auto found = occurrences(rule, start, zone, parse_time("2500-07-01T00:00:00Z"),
                                   parse_time("2500-07-01T00:01:10Z"));
    CHECK(found.size() == 10);
    const auto monthly = Recurrence::parse("FREQ=MONTHLY;INTERVAL=7;BYDAY=-1FR");
    const auto all = occurrences(monthly, local(zone, "1990-01-26T10:00"), zone, long_ago, far_off);
    for (std::size_t i = 100; i < 900; i += 100) {
        CHECK(occurrences(monthly, all.front(), zone, all[i], all[i + 3]) ==
              std::vector<Time>{all[i], all[i + 1], all[i + 2]});
        CHECK(occurrences(monthly, all.front(), zone, all[i] + 1us, all[i + 1]).empty());
        CHECK(next_occurrence(monthly, all.front(), zone, all[i] + 1us) == all[i + 1]);
        CHECK(next_occurrence(monthly, all.front(), zone, all[i]) == all[i]);
    }
    CHECK(occurrences(monthly, all.front(), zone, all[1], all[1]).empty());
    CHECK(occurrences(monthly, all.front(), zone, Time::min(), Time::max(), 5).size() == 5);
}

TEST_CASE("ACT-15 rules that never come to pass end, and those without bound are refused") {
    for (auto never :
         {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
          "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=5MO",
          "FREQ=MONTHLY;INTERVAL=12;BYMONTH=4", "FREQ=MONTHLY;BYDAY=6MO",
          "FREQ=HOURLY;INTERVAL=24;BYHOUR=5", "FREQ=YEARLY;BYWEEKNO=10;BYMONTH=7",
          "FREQ=DAILY;BYHOUR=1;BYSETPOS=2", "FREQ=YEARLY;BYYEARDAY=-366;BYMONTH=2"}) {
        CAPTURE(never);
        const auto rule = Recurrence::parse(never);
        const Time start = parse_time("2026-01-01T10:00:00Z");
        CHECK(occurrences(rule, start, Zone{}, start, start + years{50}).empty());
        CHECK_FALSE(next_occurrence(rule, start, Zone{}, start));
    }
    const Time start = parse_time("2026-01-01T10:00:00Z");
    const auto counted = Recurrence::parse("FREQ=SECONDLY;COUNT=1000000000");
    CHECK_THROWS_AS(occurrences(counted, start, Zone{}, start + years{20}, start + years{21}),
                    LimitExceeded);
    const auto rare =
        Recurrence::parse("FREQ=SECONDLY;INTERVAL=32767;BYSECOND=1;BYMINUTE=1;BYHOUR=1");
    CHECK_NOTHROW(occurrences(rare, start, Zone{}, start, start + years{100}));
}

TEST_CASE("ACT-15 the next occurrence is found far ahead, and none after the last") {
    const Zone zone{"Europe/Kyiv"};
    const auto leap = Recurrence::parse("FREQ=YEARLY");
    CHECK(next_occurrence(leap, Date{2024, 2, 29}, Date{2096, 3, 1}) == Date{2104, 2, 29});
    const auto until = Recurrence::parse("FREQ=WEEKLY;UNTIL=20260401");
    const Time start = local(zone, "2026-03-02T10:00");
    CHECK(next_occurrence(until, start, zone, long_ago) == start);
    CHECK(next_occurrence(until, start, zone, start + 1us) == start + weeks{1});
    CHECK_FALSE(next_occurrence(until, start, zone, start + weeks{5}));
    CHECK_FALSE(next_occurrence(Recurrence{}, start, zone, start + 1us));
    CHECK_FALSE(next_occurrence(leap, start, zone, Time::max()));
}

TEST_CASE("ACT-15 what is asked of a window is checked") {
    const auto rule = Recurrence::parse("FREQ=DAILY");
    const Time start = parse_time("2026-01-01T10:00:00Z");
    CHECK_THROWS_AS(occurrences(rule, start, Zone{}, start, start - 1us), Invalid);
    CHECK_THROWS_AS(occurrences(rule, start, Zone{}, start, start, 0), Invalid);
    CHECK_THROWS_AS(occurrences(rule, start, Zone{}, start, start, most_occurrences + 1),
                    LimitExceeded);
    CHECK_THROWS_AS(occurrences(rule, Date{1500, 1, 1}, Date{}, Date{2000, 1, 1}), Invalid);
    CHECK_THROWS_AS(
        occurrences(Recurrence::parse("FREQ=HOURLY"), Date{2026, 1, 1}, Date{}, Date{2027, 1, 1}),
        Invalid);
    CHECK(occurrences(rule, start, Zone{}, start, far_off, 7).size() == 7);
    CHECK(occurrences(rule, start, Zone{}, start, far_off).size() == 1'000);
}

// ---- Text

TEST_CASE("ACT-15 the text of a recurrence is canonical") {
    const auto same = [](const char* text) { return Recurrence::parse(text).text(); };
    CHECK(same("freq=weekly;wkst=mo;interval=1;byday=th, mo,MO;") ==
          "RRULE:FREQ=WEEKLY;BYDAY=MO,TH");
    CHECK(same("RRULE:BYDAY=-1SU,+2MO,FR;FREQ=MONTHLY;COUNT=03") ==
          "RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=-1SU,FR,2MO");
    CHECK(same("RRULE:FREQ=DA\r\n ILY;UNTIL=20260301T235960z\r\n\r\n") ==
          "RRULE:FREQ=DAILY;UNTIL=20260301T235959Z");
    CHECK(same("RSCALE=gregorian;FREQ=MONTHLY;SKIP=backward;BYMONTHDAY=31") ==
          "RRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD");
    CHECK(same("EXDATE:20260303T100000,20260302T100000\nEXDATE;VALUE=DATE:20260304\n"
               "RDATE;TZID=\"Europe/Kyiv\":20260305T100000\nRDATE;TZID=UTC:20260306T100000\n"
               "RDATE:20260306T100000Z") ==
          "RDATE;TZID=Europe/Kyiv:20260305T100000\nRDATE:20260306T100000Z\n"
          "EXDATE;VALUE=DATE:20260304\nEXDATE:20260302T100000,20260303T100000");
    CHECK(same("") == "");
    CHECK(same("\n \n") == "");
    CHECK(Recurrence::parse("FREQ=DAILY") == Recurrence::parse("RRULE:FREQ=DAILY;INTERVAL=1"));
    CHECK(Recurrence{}.text().empty());
}

TEST_CASE("ACT-15 a rule knows whether it ends") {
    CHECK(Recurrence::parse("FREQ=DAILY").is_endless());
    CHECK_FALSE(Recurrence::parse("FREQ=DAILY;COUNT=1").is_endless());
    CHECK_FALSE(Recurrence::parse("FREQ=DAILY;UNTIL=20260101").is_endless());
    CHECK_FALSE(Recurrence::parse("RDATE:20260101T000000").is_endless());
}

TEST_CASE("ACT-15 what RFC 5545 does not know is refused by the name of the part") {
    CHECK(refusal("FREQ=") == "FREQ");
    CHECK(refusal("FREQ=FORTNIGHTLY") == "FREQ");
    CHECK(refusal("RRULE:COUNT=3") == "FREQ");
    CHECK(refusal("FREQ=DAILY;FREQ=DAILY") == "FREQ");
    CHECK(refusal("FREQ=DAILY;INTERVAL=0") == "INTERVAL");
    CHECK(refusal("FREQ=DAILY;INTERVAL=-1") == "INTERVAL");
    CHECK(refusal("FREQ=DAILY;INTERVAL=1x") == "INTERVAL");
    CHECK(refusal("FREQ=DAILY;COUNT=0") == "COUNT");
    CHECK(refusal("FREQ=DAILY;COUNT=99999999999999999999") == "COUNT");
    CHECK(refusal("FREQ=DAILY;COUNT=2;UNTIL=20260101") == "UNTIL");
    for (auto until : {"", "2026", "20260230", "20260101T", "20260101T250000", "20260101T1000",
                       "2026-1-1", "20260101T100000ZZ", "20260101Z", "20260101T100000+02"})
        CHECK(refusal(std::string{"FREQ=DAILY;UNTIL="} + until) == "UNTIL");
    CHECK(refusal("FREQ=DAILY;BYHOUR=24") == "BYHOUR");
    CHECK(refusal("FREQ=DAILY;BYHOUR=1,,2") == "BYHOUR");
    CHECK(refusal("FREQ=DAILY;BYMINUTE=60") == "BYMINUTE");
    CHECK(refusal("FREQ=DAILY;BYSECOND=61") == "BYSECOND");
    CHECK(refusal("FREQ=MONTHLY;BYMONTHDAY=0") == "BYMONTHDAY");
    CHECK(refusal("FREQ=MONTHLY;BYMONTHDAY=32") == "BYMONTHDAY");
    CHECK(refusal("FREQ=WEEKLY;BYMONTHDAY=1") == "BYMONTHDAY");
    CHECK(refusal("FREQ=MONTHLY;BYDAY=0MO") == "BYDAY");
    CHECK(refusal("FREQ=MONTHLY;BYDAY=XX") == "BYDAY");
    CHECK(refusal("FREQ=MONTHLY;BYDAY=") == "BYDAY");
    CHECK(refusal("FREQ=WEEKLY;BYDAY=2MO") == "BYDAY");
    CHECK(refusal("FREQ=YEARLY;BYWEEKNO=3;BYDAY=2MO") == "BYDAY");
    CHECK(refusal("FREQ=MONTHLY;BYWEEKNO=3") == "BYWEEKNO");
    CHECK(refusal("FREQ=DAILY;BYYEARDAY=3") == "BYYEARDAY");
    CHECK(refusal("FREQ=YEARLY;BYYEARDAY=367") == "BYYEARDAY");
    CHECK(refusal("FREQ=YEARLY;BYMONTH=13") == "BYMONTH");
    CHECK(refusal("FREQ=YEARLY;BYMONTH=5L") == "BYMONTH");
    CHECK(refusal("FREQ=YEARLY;BYSETPOS=1") == "BYSETPOS");
    CHECK(refusal("FREQ=DAILY;WKST=1MO") == "WKST");
    CHECK(refusal("RSCALE=HEBREW;FREQ=DAILY") == "RSCALE");
    CHECK(refusal("FREQ=MONTHLY;SKIP=FORWARD") == "SKIP");
    CHECK(refusal("RSCALE=GREGORIAN;FREQ=DAILY;SKIP=FORWARD") == "SKIP");
    CHECK(refusal("RSCALE=GREGORIAN;FREQ=MONTHLY;BYDAY=MO;SKIP=FORWARD") == "SKIP");
    CHECK(refusal("FREQ=DAILY;X-LOCAL=1") == "X-LOCAL");
    CHECK(refusal("RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY") == "RRULE");
    CHECK(refusal("EXRULE:FREQ=DAILY") == "EXRULE");
    CHECK(refusal("DTSTART:20260101T000000") == "DTSTART");
    CHECK(refusal("RDATE;VALUE=PERIOD:20260101T000000Z/PT1H") == "RDATE");
    CHECK(refusal("RDATE;VALUE=DATE:20260101T000000") == "RDATE");
    CHECK(refusal("RDATE;TZID=Europe/Kyiv:20260101T000000Z") == "RDATE");
    CHECK(refusal("RDATE:") == "RDATE");
    CHECK(refusal("every monday") == "");
    CHECK_THROWS_AS(Recurrence::parse("RDATE;TZID=Mars/Olympus:20260101T000000"), Invalid);
    CHECK_THROWS_AS(Recurrence::parse(std::string(70'000, ' ')), LimitExceeded);
}

TEST_CASE("ACT-15 text at random is read and written again, or refused; never more") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    const Texts pieces{
        "RRULE:",     "FREQ=",    "DAILY",   "WEEKLY",   "MONTHLY",     "YEARLY",  ";",
        ";",          ";BYDAY=",  "MO",      "-1FR",     ",",           ";COUNT=", "3",
        "12",         "-1",       ";UNTIL=", "20260301", "T100000",     "Z",       "\n",
        "RDATE:",     "=",        "EXDATE",  ";TZID=",   "Europe/Kyiv", ":",       ";BYMONTHDAY=",
        ";BYSETPOS=", ";BYHOUR=", " "};
    int read = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = test::between(random, 0, 1) == 0 ? "FREQ=MONTHLY" : "";
        for (auto left = test::between(random, 0, 8); left > 0; --left)
            text += pieces[test::between(random, 0, pieces.size() - 1)];
        if (test::between(random, 0, 9) == 0) text += test::bytes(random, 20);
        CAPTURE(text);
        try {
            const auto recurrence = Recurrence::parse(text);
            REQUIRE(Recurrence::parse(recurrence.text()) == recurrence);
            const Time start = parse_time("2026-03-01T10:00:00Z");
            occurrences(recurrence, start, Zone{}, start, start + days{400}, 20);
            ++read;
        } catch (const Invalid&) {}
    }
    CHECK(read > 100);
}

TEST_CASE("ACT-15 the rules of real calendars are read or refused") {
    const auto folder = test::data("ical/collective+icalendar");
    if (!folder) {
        MESSAGE("skipped: the shared test data is not here");
        return;
    }
    int read = 0, refused = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{*folder}) {
        std::ifstream file{entry.path()};
        for (std::string line; std::getline(file, line);) {
            if (!line.starts_with("RRULE") && !line.starts_with("RDATE") &&
                !line.starts_with("EXDATE"))
                continue;
            try {
                const auto recurrence = Recurrence::parse(line);
                CHECK(Recurrence::parse(recurrence.text()) == recurrence);
                ++read;
            } catch (const Invalid&) {
                ++refused;
            }
        }
    }
    CHECK(read > 500);
    CHECK(refused < 50);
}

// ---- Against days counted one by one

namespace {

/// A simple rule, and whether a day is one of its own, asked of every day.
struct Plain {
    std::string frequency{};
    int interval = 1, week_start = 1;
    std::set<int> weekdays{}, month_days{}, months{};  ///< ISO days; month days also from the end
    sys_days start{};

    std::string text() const {
        static const Texts names{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
        std::string all = "FREQ=" + frequency + ";INTERVAL=" + std::to_string(interval) +
                          ";WKST=" + names[static_cast<std::size_t>(week_start - 1)];
        const auto list = [&](const char* name, const std::set<int>& values, const auto& text_of) {
            for (const int value : values)
                all += (value == *values.begin() ? ';' + std::string{name} + '=' : ",") +
                       text_of(value);
        };
        const auto number = [](int value) { return std::to_string(value); };
        list("BYDAY", weekdays, [](int day) { return names[static_cast<std::size_t>(day - 1)]; });
        list("BYMONTHDAY", month_days, number);
        list("BYMONTH", months, number);
        return all;
    }

    bool has(sys_days day) const {
        const year_month_day date{day}, first{start};
        const int month = int(unsigned{date.month()}), of_month = int(unsigned{date.day()});
        const int length = int(
            unsigned{year_month_day_last{date.year() / date.month() / std::chrono::last}.day()});
        const int weekday_number = iso(day);
        if (!months.empty() && !months.contains(month)) return false;
        if (!weekdays.empty() && !weekdays.contains(weekday_number)) return false;
        if (!month_days.empty() && !month_days.contains(of_month) &&
            !month_days.contains(of_month - length - 1))
            return false;
        if (frequency == "DAILY") return (day - start).count() % interval == 0;
        if (frequency == "WEEKLY") {
            const auto weeks_between = (week(day) - week(start)).count() / 7;
            return weeks_between % interval == 0 &&
                   (!weekdays.empty() || weekday_number == iso(start));
        }
        const auto months_between =
            (date.year() / date.month() - first.year() / first.month()).count();
        return months_between % interval == 0 &&
               (!weekdays.empty() || !month_days.empty() || date.day() == first.day());
    }

private:
    static int iso(sys_days day) { return int(weekday{day}.iso_encoding()); }
    sys_days week(sys_days day) const {
        while (iso(day) != week_start) day -= days{1};
        return day;
    }
};

std::set<int> some(test::Random& random, int first, int last, std::size_t most) {
    std::set<int> values;
    for (auto left = test::between(random, 0, most); left > 0; --left) {
        const int value = first + int(test::between(random, 0, std::size_t(last - first)));
        if (value != 0) values.insert(value);
    }
    return values;
}

Plain plain(test::Random& random) {
    Plain rule{.frequency = Texts{"DAILY", "WEEKLY", "MONTHLY"}[test::between(random, 0, 2)],
               .interval = int(test::between(random, 1, 5)),
               .week_start = int(test::between(random, 1, 7))};
    rule.start = sys_days{days{test::between(random, 0, 30'000)}};
    rule.weekdays = some(random, 1, 7, 3);
    if (rule.frequency != "WEEKLY") rule.month_days = some(random, -31, 31, 4);
    rule.months = some(random, 1, 12, 2);
    return rule;
}

}  // namespace

TEST_CASE("ACT-15 random rules give the days that counting day by day gives") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    for (int i = 0; i < 1'000; ++i) {
        const Plain rule = plain(random);
        const auto count = test::between(random, 1, 30);
        const auto end = rule.start + days{test::between(random, 0, 2'000)};
        CAPTURE(rule.text());
        CAPTURE(Date::from_days(rule.start).text());
        std::vector<Date> expected;
        for (auto day = rule.start; day < end; day += days{1})
            if (rule.has(day)) expected.push_back(Date::from_days(day));
        const auto found = [&](const std::string& more, sys_days since, sys_days until) {
            return occurrences(Recurrence::parse(rule.text() + more), Date::from_days(rule.start),
                               Date::from_days(since), Date::from_days(until), 10'000);
        };
        REQUIRE(found("", rule.start, end) == expected);
        const auto middle = rule.start + (end - rule.start) / 2;
        auto late = expected;
        std::erase_if(late, [&](const Date& date) { return date.days() < middle; });
        REQUIRE(found("", middle, end) == late);
        std::string until{Date::from_days(middle).text()};
        std::erase(until, '-');
        auto early = expected;
        std::erase_if(early, [&](const Date& date) { return date.days() > middle; });
        REQUIRE(found(";UNTIL=" + until, rule.start, end) == early);
        if (expected.size() > count) expected.resize(count);
        REQUIRE(found(";COUNT=" + std::to_string(count), rule.start, end) == expected);
    }
}
