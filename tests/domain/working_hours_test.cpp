#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

using Texts = std::vector<std::string>;

/// "2026-03-02T07:00:00Z 2026-03-02T16:00:00Z".
Texts texts(const std::vector<TimeRange>& ranges) {
    Texts texts;
    for (const auto& [start, end] : ranges) texts.push_back(to_text(start) + " " + to_text(end));
    return texts;
}

struct Office {
    Desk desk;
    WorkCalendar calendar{desk.ana};
    Id<User> ion = desk.ion.user(), petru = desk.petru.user();

    Texts on(Id<User> user, const Date& day) {
        return texts(calendar.working_hours(user, day, day));
    }
    void work(const char* weekday, const char* starts, const char* ends, Id<User> user = {},
              Id<Unit> unit = {}, const char* zone = "") {
        AnyRecord hours(kind_of<WorkingHours>());
        hours.set("weekday", weekday), hours.set("starts", starts), hours.set("ends", ends);
        if (user) hours.set("user_id", user.value());
        if (unit) hours.set("unit_id", unit.value());
        hours.set("zone", *zone ? Value{std::string_view{zone}} : Value{});
        desk.ana.add(hours);
    }
};

const Date monday_2(2026, 3, 2), saturday_7(2026, 3, 7);

}  // namespace

TEST_CASE("ACT-12 without any definition one works from Monday to Friday, 9 to 18 of one's zone") {
    Office office;
    CHECK(texts(office.calendar.working_hours(office.ion, Date(2026, 3, 5), Date(2026, 3, 9))) ==
          Texts{"2026-03-05T07:00:00Z 2026-03-05T16:00:00Z",
                "2026-03-06T07:00:00Z 2026-03-06T16:00:00Z",
                "2026-03-09T07:00:00Z 2026-03-09T16:00:00Z"});
    Users(office.desk.ana).change(office.petru, any_version, {{"zone", "America/New_York"}});
    CHECK(office.on(office.petru, monday_2) == Texts{"2026-03-02T14:00:00Z 2026-03-02T23:00:00Z"});
    CHECK(office.calendar.works_at(office.ion, parse_time("2026-03-02T07:00:00Z")));
    CHECK_FALSE(office.calendar.works_at(office.ion, parse_time("2026-03-02T16:00:00Z")));
    CHECK(office.calendar.works_at(office.petru, parse_time("2026-03-02T22:59:59Z")));
}

TEST_CASE("ACT-12 the nearest definition counts: the user's, his unit's, one above, everybody's") {
    Office office;
    office.work("MO", "10:00", "12:00");
    CHECK(office.on(office.ion, monday_2) == Texts{"2026-03-02T08:00:00Z 2026-03-02T10:00:00Z"});
    CHECK(office.on(office.ion, Date(2026, 3, 3)).empty());
    office.work("MO", "11:00", "12:00", {}, office.desk.ana.unit());
    CHECK(office.on(office.ion, monday_2) == Texts{"2026-03-02T09:00:00Z 2026-03-02T10:00:00Z"});
    office.work("MO", "08:00", "12:00", {}, office.desk.ion.unit());
    office.work("MO", "13:00", "17:00", {}, office.desk.ion.unit());
    CHECK(office.on(office.ion, monday_2) == Texts{"2026-03-02T06:00:00Z 2026-03-02T10:00:00Z",
                                                   "2026-03-02T11:00:00Z 2026-03-02T15:00:00Z"});
    CHECK(office.on(office.petru, monday_2) == Texts{"2026-03-02T09:00:00Z 2026-03-02T10:00:00Z"});
    office.work("SA", "22:00", "06:00", office.ion);
    CHECK(office.on(office.ion, monday_2).empty());
    CHECK(office.on(office.ion, saturday_7) == Texts{"2026-03-07T20:00:00Z 2026-03-08T04:00:00Z"});
    CHECK(office.calendar.works_at(office.ion, parse_time("2026-03-08T03:59:59Z")));
}

TEST_CASE("ACT-12 hours follow the wall clock across the change to summer time") {
    Office office;
    office.work("SU", "00:00", "24:00", office.ion);
    office.work("MO", "09:00", "10:00", office.petru, {}, "Europe/Chisinau");
    CHECK(office.on(office.ion, Date(2026, 3, 29)) ==
          Texts{"2026-03-28T22:00:00Z 2026-03-29T21:00:00Z"});  // 23 hours
    CHECK(office.on(office.ion, Date(2026, 10, 25)) ==
          Texts{"2026-10-24T21:00:00Z 2026-10-25T22:00:00Z"});  // 25
    CHECK(office.on(office.petru, Date(2026, 3, 30)) ==
          Texts{"2026-03-30T06:00:00Z 2026-03-30T07:00:00Z"});
}

TEST_CASE("ACT-12 holidays are days off, and some days are worked as others; the nearest counts") {
    Office office;
    Records<Holiday> holidays(office.desk.ana);
    holidays.add({.falls_on = monday_2, .name = "Mărțișor"});
    holidays.add({.falls_on = saturday_7, .name = "In place of it", .worked_as = Weekday::monday});
    CHECK(office.on(office.ion, monday_2).empty());
    CHECK(office.on(office.ion, saturday_7) == Texts{"2026-03-07T07:00:00Z 2026-03-07T16:00:00Z"});
    holidays.add({.falls_on = monday_2,
                  .name = "Service works",
                  .unit = office.desk.petru.unit(),
                  .worked_as = Weekday::monday});
    CHECK(office.on(office.ion, monday_2).empty());
    CHECK(office.on(office.petru, monday_2).size() == 1);
    holidays.add({.falls_on = monday_2, .name = "Closed", .unit = office.desk.petru.unit()});
    CHECK(office.on(office.petru, monday_2).empty());
}

TEST_CASE("ACT-12 hours that make no sense are refused, and only administrators keep them") {
    Office office;
    const auto field = [&](const char* starts, const char* ends) {
        return refused_field([&] { office.work("MO", starts, ends); });
    };
    for (const char* text : {"9:00", "24:00", "09:60", "0900", "ab:cd"})
        CHECK(field(text, "18:00") == "working_hours.starts");
    CHECK(field("09:00", "24:01") == "working_hours.ends");
    CHECK(field("09:00", "09:00") == "working_hours.ends");
    CHECK(refused_field([&] { office.work("XX", "09:00", "10:00"); }) == "working_hours.weekday");
    CHECK(refused_field([&] {
              office.work("MO", "09:00", "10:00", office.ion, office.desk.ion.unit());
          }) == "working_hours.unit_id");
    WorkCalendar as_seller(office.desk.ion);
    CHECK_THROWS_AS(as_seller.add({.starts = "09:00", .ends = "10:00"}), Denied);
    CHECK(refused_field([&] { office.calendar.working_hours(office.ion, saturday_7, monday_2); }) ==
          "working_hours.to");
    CHECK(refused_field([&] {
              office.calendar.working_hours(office.ion, monday_2, Date(2046, 1, 1));
          }) == "working_hours.to");
    CHECK_THROWS_AS(office.calendar.working_hours(Id<User>{}, monday_2, monday_2), NotFound);
}
