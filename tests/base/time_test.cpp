#include "crm/time.hpp"

#include <doctest/doctest.h>

#include "crm/error.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

std::string local(std::string_view zone, std::string_view date, microseconds time_of_day) {
    return to_text(Zone{zone}.from_local(Date::parse(date), time_of_day));
}

std::string start(std::string_view zone, std::string_view date) {
    return to_text(Zone{zone}.start_of(Date::parse(date)));
}

seconds offset(std::string_view zone, std::string_view at) {
    return Zone{zone}.offset_at(parse_time(at));
}

}  // namespace

TEST_CASE("A date is a day that exists") {
    CHECK(Date{}.text() == "0001-01-01");
    CHECK(Date{2024, 2, 29}.text() == "2024-02-29");
    CHECK(Date{9999, 12, 31}.text() == "9999-12-31");
    CHECK_THROWS_AS((Date{2023, 2, 29}), Invalid);
    CHECK_THROWS_AS((Date{1900, 2, 29}), Invalid);
    CHECK_THROWS_AS((Date{2024, 4, 31}), Invalid);
    CHECK_THROWS_AS((Date{2024, 13, 1}), Invalid);
    CHECK_THROWS_AS((Date{2024, 0, 1}), Invalid);
    CHECK_THROWS_AS((Date{2024, 257, 1}), Invalid);
    CHECK_THROWS_AS((Date{0, 1, 1}), Invalid);
    CHECK_THROWS_AS((Date{10000, 1, 1}), Invalid);
    CHECK_THROWS_AS((Date{67536, 1, 1}), Invalid);
}

TEST_CASE("A date is read from exactly YYYY-MM-DD") {
    const Date date = Date::parse("2026-03-02");
    CHECK(date.year() == 2026);
    CHECK(date.month() == 3);
    CHECK(date.day() == 2);
    CHECK(date == Date{2026, 3, 2});
    for (auto text :
         {"", "2026-3-2", "2026-03-02 ", " 2026-03-02", "02.03.2026", "2026/03/02", "2026-02-30",
          "0000-01-01", "2026-00-10", "20260302", "+026-03-02", "2026-03-0x", "-001-01-01"}) {
        CHECK_FALSE(Date::try_parse(text));
        CHECK_THROWS_AS(Date::parse(text), Invalid);
    }
}

TEST_CASE("Dates are ordered as days are") {
    CHECK(Date{2025, 12, 31} < Date{2026, 1, 1});
    CHECK(Date{999, 1, 1} < Date{1000, 1, 1});
}

TEST_CASE("Days become dates and back, over all years") {
    for (auto day = Date{}.days(); day <= Date(9999, 12, 31).days(); day += days{37}) {
        const Date date = Date::from_days(day);
        REQUIRE(date.days() == day);
        REQUIRE(Date::parse(date.text()) == date);
    }
    CHECK_THROWS_AS(Date::from_days(Date{}.days() - days{1}), Invalid);
    CHECK_THROWS_AS(Date::from_days(Date(9999, 12, 31).days() + days{1}), Invalid);
}

TEST_CASE("Instants are written in UTC, with a fraction only where there is one") {
    CHECK(to_text(Time{}) == "1970-01-01T00:00:00Z");
    CHECK(to_text(Time{1500ms}) == "1970-01-01T00:00:01.5Z");
    CHECK(to_text(Time{1us}) == "1970-01-01T00:00:00.000001Z");
    CHECK(to_text(Time{-1us}) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("Instants are read with Z or an offset, never without a zone") {
    const auto nine = "2026-03-02T09:00:00Z";
    for (auto text :
         {"2026-03-02T09:00:00Z", "2026-03-02T09:00Z", "2026-03-02 09:00:00z",
          "2026-03-02T12:00:00+03:00", "2026-03-02T12:00:00+0300", "2026-03-02T12:00:00+03",
          "2026-03-02T04:00:00.000-05:00", "2026-03-01T23:30:00-09:30", "2026-03-02T09:00:00,0Z"})
        CHECK(to_text(parse_time(text)) == nine);
    for (auto text :
         {"", "2026-03-02", "2026-03-02T09:00:00", "2026-03-02T24:00:00Z", "2026-03-02T09:60:00Z",
          "2026-03-02T09:00:60Z", "2026-03-02T9:00:00Z", "2026-03-02T09:00:00.Z",
          "2026-03-02T09:00:00+3:00", "2026-03-02T09:00:00+", "2026-03-02T09:00:00ZZ",
          "2026-02-30T09:00:00Z", "2026-03-02T09:00:00+03:", "2026-03-02T09:00:00 EET"})
        CHECK_THROWS_AS(parse_time(text), Invalid);
}

TEST_CASE("Digits beyond the microsecond are cut") {
    CHECK(parse_time("1970-01-01T00:00:00.1234567999Z") == Time{123456us});
}

TEST_CASE("What is written is read back as the same instant") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    const Time end = parse_time("9999-12-31T23:59:59Z");
    const auto last = static_cast<std::size_t>(end.time_since_epoch().count());
    for (int i = 0; i < 10'000; ++i) {
        const Time time{microseconds{test::between(random, 0, last)}};
        REQUIRE(parse_time(to_text(time)) == time);
    }
}

TEST_CASE("Zones are known by their IANA names") {
    CHECK(Zone{}.name() == "UTC");
    CHECK(Zone{"UTC"}.offset_at(Time{}) == 0s);
    CHECK(Zone{"Europe/Chisinau"}.name() == "Europe/Chisinau");
    CHECK(Zone{"Europe/Kiev"}.offset_at(Time{}) == Zone{"Europe/Kyiv"}.offset_at(Time{}));
    for (auto name : {"", "Mars/Olympus", "europe/chisinau", "Europe", "../etc/passwd", "zone.tab"})
        CHECK_THROWS_AS(Zone{name}, Invalid);
}

TEST_CASE("A local day begins where the clocks of its zone say so") {
    CHECK(start("UTC", "2026-03-02") == "2026-03-02T00:00:00Z");
    CHECK(start("Europe/Chisinau", "2026-03-02") == "2026-03-01T22:00:00Z");
    CHECK(start("Europe/Chisinau", "2026-07-01") == "2026-06-30T21:00:00Z");
    CHECK(start("America/New_York", "2026-07-01") == "2026-07-01T04:00:00Z");
    CHECK(Zone{"Europe/Chisinau"}.date_of(parse_time("2026-03-01T22:00:00Z")) == Date{2026, 3, 2});
    CHECK(Zone{"Europe/Chisinau"}.date_of(parse_time("2026-03-01T21:59:59.999999Z")) ==
          Date{2026, 3, 1});
}

TEST_CASE("A day without midnight begins after the gap") {
    CHECK(start("America/Sao_Paulo", "2018-11-04") == "2018-11-04T03:00:00Z");  // 00:00 -> 01:00
    CHECK(start("Pacific/Apia", "2011-12-30") == "2011-12-30T10:00:00Z");       // never happened
    CHECK(start("Pacific/Apia", "2011-12-31") == "2011-12-30T10:00:00Z");
}

TEST_CASE("A wall time in the gap of spring is the instant after the gap") {
    CHECK(local("Europe/Chisinau", "2021-03-28", 2h + 30min) == "2021-03-28T00:00:00Z");
    CHECK(local("Europe/Chisinau", "2021-03-28", 1h + 59min) == "2021-03-27T23:59:00Z");
    CHECK(local("America/New_York", "2026-03-08", 2h + 30min) == "2026-03-08T07:00:00Z");
    CHECK(local("America/New_York", "2026-03-08", 3h) == "2026-03-08T07:00:00Z");
}

TEST_CASE("A wall time repeated in autumn is the first of the two") {
    CHECK(local("Europe/Chisinau", "2021-10-31", 2h + 30min) == "2021-10-30T23:30:00Z");
    CHECK(local("Europe/Chisinau", "2021-10-31", 3h) == "2021-10-31T01:00:00Z");
    CHECK(local("America/New_York", "2026-11-01", 1h + 30min) == "2026-11-01T05:30:00Z");
    CHECK(local("America/New_York", "2026-11-01", 2h) == "2026-11-01T07:00:00Z");
}

TEST_CASE("Moscow went to summer time for ever in 2011 and to winter time in 2014") {
    CHECK(offset("Europe/Moscow", "2011-03-26T22:59:59Z") == 3h);
    CHECK(offset("Europe/Moscow", "2011-03-26T23:00:00Z") == 4h);
    CHECK(offset("Europe/Moscow", "2012-01-01T00:00:00Z") == 4h);
    CHECK(offset("Europe/Moscow", "2014-10-25T21:59:59Z") == 4h);
    CHECK(offset("Europe/Moscow", "2014-10-25T22:00:00Z") == 3h);
    CHECK(offset("Europe/Moscow", "2026-07-01T00:00:00Z") == 3h);
    CHECK(local("Europe/Moscow", "2011-03-27", 2h + 30min) == "2011-03-26T23:00:00Z");
    CHECK(local("Europe/Moscow", "2014-10-26", 1h + 30min) == "2014-10-25T21:30:00Z");
}

TEST_CASE("Fractions of a second survive a zone") {
    CHECK(local("Europe/Chisinau", "2026-03-02", 9h + 1us) == "2026-03-02T07:00:00.000001Z");
}

TEST_CASE("Clocks go on changing beyond 2037, where the zone files end") {
    CHECK(offset("Europe/Chisinau", "2038-07-01T00:00:00Z") == 3h);
    CHECK(offset("Europe/Chisinau", "2050-01-15T00:00:00Z") == 2h);
    CHECK(offset("America/New_York", "2052-02-29T12:00:00Z") == -5h);
    CHECK(offset("Australia/Sydney", "2044-01-01T00:00:00Z") == 11h);
    CHECK(offset("Asia/Tokyo", "2100-07-01T00:00:00Z") == 9h);
    CHECK(offset("Europe/Berlin", "2060-03-28T00:59:59Z") == 1h);  // the last Sunday of March 2060
    CHECK(offset("Europe/Berlin", "2060-03-28T01:00:00Z") == 2h);
    CHECK(local("Europe/Berlin", "2040-03-25", 2h + 30min) == "2040-03-25T01:00:00Z");
    CHECK(local("Europe/Berlin", "2040-10-28", 2h + 30min) == "2040-10-28T00:30:00Z");
    CHECK(start("Europe/Chisinau", "2099-07-01") == "2099-06-30T21:00:00Z");
}

TEST_CASE("Where no rule is known after the last listed change, every day begins once") {
    const Zone zone{"Africa/Casablanca"};
    for (const Date date : {Date(2094, 3, 1), Date(2100, 3, 1), Date(2106, 3, 1)})
        CHECK(zone.date_of(zone.start_of(date)) == date);
}

TEST_CASE("Every local wall time leads to an instant that shows it again, gaps apart") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    for (auto name : {"Europe/Chisinau", "America/New_York", "Europe/Moscow", "Asia/Kathmandu",
                      "Australia/Lord_Howe", "Africa/Casablanca", "Europe/Dublin"}) {
        const Zone zone{name};
        for (int i = 0; i < 1'000; ++i) {
            const Date date = Date::from_days(sys_days{days{test::between(random, 0, 50'000)}});
            const Time at = zone.from_local(date, 12h);
            REQUIRE(zone.date_of(at) == date);
            REQUIRE(at + zone.offset_at(at) == Time{date.days()} + 12h);
            REQUIRE(zone.date_of(zone.start_of(date)) == date);
            REQUIRE(zone.date_of(zone.start_of(date) - 1us) < date);
        }
    }
}
