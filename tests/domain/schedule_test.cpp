#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

using Texts = std::vector<std::string>;

Date march(unsigned day) { return {2026, 3, day}; }
/// Of the desk's Monday and the days after it, by the clock of Chișinău.
Time at(unsigned day, int hour, int minute = 0) {
    return Zone("Europe/Chisinau")
        .from_local(march(day), std::chrono::hours{hour} + std::chrono::minutes{minute});
}

struct Plan2026 {
    Desk desk;
    Schedule schedule{desk.ion};
    Schedule of_all{desk.ana};
    Id<User> ion = desk.ion.user(), petru = desk.petru.user();

    ScheduleEntry days(unsigned first, unsigned last, const char* where) {
        return {.starts_on = march(first), .ends_on = march(last), .whereabouts = where};
    }
    ScheduleEntry hours(unsigned day, const char* starts, const char* ends, const char* where) {
        return {.starts_on = march(day), .starts = starts, .ends = ends, .whereabouts = where};
    }
    std::string place(Time time) { return schedule.where_is(ion, time).place; }
};

}  // namespace

TEST_CASE("ACT-12 a schedule says where a user is by date, at which client, where to and why") {
    Plan2026 plan;
    const auto acme = test::acme(plan.desk);
    auto trip = plan.days(3, 5, "business_trip");
    trip.town = "Cahul", trip.organisation = "Vinuri de Sud", trip.purpose = "Punere în funcțiune";
    const auto made = plan.schedule.add(trip);
    CHECK(plan.schedule.get(made.head.id) == made);
    CHECK(made.head.owner == plan.ion.ref());
    auto visit = plan.hours(4, "10:00", "12:30", "client");
    visit.party = acme, visit.purpose = "Demo";
    const auto met = plan.schedule.add(visit);
    CHECK(met.ends_on == march(4));
    CHECK(plan.schedule.list({.where = field("party.name") == "Acme SRL"}).rows.size() == 1);

    CHECK(plan.place(at(2, 12)) == "office");
    CHECK(plan.place(at(2, 20)) == "off");
    CHECK(plan.place(at(3, 3)) == "business_trip");
    CHECK(plan.place(at(4, 9, 59)) == "business_trip");
    CHECK(plan.place(at(4, 10)) == "client");
    CHECK(plan.place(at(4, 12, 30)) == "business_trip");
    CHECK(plan.place(at(6, 0)) == "off");
    const auto now = plan.schedule.where_is(plan.ion, at(4, 11));
    CHECK(now.entry == met);
    CHECK(now.works);
    CHECK(now.name == "Ion Rusu");
    CHECK_FALSE(plan.schedule.where_is(plan.ion, at(4, 20)).works);
    CHECK_THROWS_AS(plan.schedule.where_is(Id<User>{}, at(4, 11)), NotFound);
}

TEST_CASE("ACT-12 where everybody is: active users by login, with their entries or their hours") {
    Plan2026 plan;
    plan.schedule.add(plan.days(2, 2, "remote"));
    const auto places = [&](Session& session, Time time) {
        Texts all;
        for (const auto& each : Schedule(session).where_is_everybody(time))
            all.push_back(each.name + " " + each.place);
        return all;
    };
    CHECK(places(plan.desk.ana, at(2, 12)) ==
          Texts{"Ana Ursu office", "Ion Rusu remote", "Petru Lupu office"});
    CHECK(places(plan.desk.petru, at(2, 12)) ==  // an entry that he does not see is not there
          Texts{"Ana Ursu office", "Ion Rusu office", "Petru Lupu office"});
    Users(plan.desk.ana).change(plan.petru, any_version, {{"is_active", std::int64_t{0}}});
    CHECK(places(plan.desk.ana, at(2, 20)) == Texts{"Ana Ursu off", "Ion Rusu remote"});
}

TEST_CASE("ACT-12 leave and other absences are no working time, whatever the weekly hours") {
    Plan2026 plan;
    WorkCalendar calendar(plan.desk.ion);
    const auto texts = [&](unsigned from, unsigned to) {
        Texts all;
        for (const auto& range : calendar.working_hours(plan.ion, march(from), march(to)))
            all.push_back(to_text(range.start).substr(8, 8) + to_text(range.end).substr(10, 6));
        return all;
    };
    CHECK(plan.schedule.add(plan.days(3, 4, "leave")).is_absence);
    CHECK(texts(2, 5) == Texts{"02T07:00T16:00", "05T07:00T16:00"});
    plan.schedule.add(plan.hours(4, "10:00", "12:00", "client"));  // called back from leave
    CHECK(texts(4, 4) == Texts{"04T08:00T10:00"});
    auto doctor = plan.hours(5, "09:00", "10:00", "other");
    doctor.is_absence = true;
    plan.schedule.add(doctor);
    CHECK(texts(5, 5) == Texts{"05T08:00T16:00"});
    CHECK_FALSE(calendar.works_at(plan.ion, at(5, 9, 30)));
    plan.schedule.add(plan.days(7, 7, "business_trip"));  // on a Saturday: no hours of his
    CHECK(texts(7, 7).empty());
    CHECK(WorkCalendar(plan.desk.petru).works_at(plan.ion, at(5, 9, 30)));  // does not see it
}

TEST_CASE("ACT-12 one place at a time: what overlaps is refused, hours may stand in a whole day") {
    Plan2026 plan;
    const auto field = [&](ScheduleEntry entry) {
        return refused_field([&] { plan.schedule.add(entry); });
    };
    const auto trip = plan.schedule.add(plan.days(3, 5, "business_trip")).head.id;
    CHECK(field(plan.days(5, 6, "leave")) == "schedule_entry.starts_on");
    CHECK(field(plan.days(1, 9, "leave")) == "schedule_entry.starts_on");
    CHECK(field(plan.days(6, 6, "leave")) == "accepted");
    CHECK(field(plan.hours(4, "10:00", "12:00", "client")) == "accepted");
    CHECK(field(plan.hours(4, "11:59", "13:00", "client")) == "schedule_entry.starts_on");
    CHECK(field(plan.hours(4, "12:00", "24:00", "client")) == "accepted");
    auto daily = plan.hours(2, "09:00", "10:30", "client");
    daily.ends_on = march(6);
    CHECK(field(daily) == "schedule_entry.starts_on");
    daily.ends = "10:00";
    CHECK(field(daily) == "accepted");
    CHECK(refused_field([&] {
              plan.schedule.change(trip, any_version, {{"ends_on", "2026-03-06"}});
          }) == "schedule_entry.starts_on");
    auto of_petru = plan.days(3, 5, "leave");
    of_petru.head.owner = plan.petru;
    CHECK_NOTHROW(plan.of_all.add(of_petru));
    CHECK_THROWS_AS(plan.schedule.add(of_petru), Denied);  // without the right to assign
}

TEST_CASE("ACT-12 an undo may pass through what overlaps, and not end in it") {
    Plan2026 plan;
    const auto first = plan.schedule.add(plan.days(3, 3, "leave")).head.id;
    const auto moved = plan.desk.ion.write("test.move", [&](Work&) {
        plan.schedule.change(first, any_version,
                             {{"ends_on", "2026-03-04"}, {"starts_on", "2026-03-04"}});
        plan.schedule.add(plan.days(3, 3, "office"));
    });
    plan.desk.ion.undo(moved.id);
    CHECK(plan.schedule.get(first).starts_on == march(3));
    const auto gone = plan.desk.ion.write("test.gone", [&](Work&) { plan.schedule.remove(first); });
    plan.schedule.add(plan.days(1, 5, "office"));
    CHECK_THROWS(plan.desk.ion.undo(gone.id));
    CHECK_FALSE(plan.schedule.find(first));
}

TEST_CASE("ACT-12 entries that make no sense are refused") {
    Plan2026 plan;
    const auto field = [&](ScheduleEntry entry) {
        return refused_field([&] { plan.schedule.add(entry); });
    };
    CHECK(field({.whereabouts = "office"}) == "schedule_entry.starts_on");
    CHECK(field(plan.days(3, 2, "office")) == "schedule_entry.ends_on");
    CHECK(field({.starts_on = march(1), .ends_on = Date(2027, 3, 3), .whereabouts = "office"}) ==
          "schedule_entry.ends_on");
    CHECK(field({.starts_on = march(1), .ends_on = Date(2027, 3, 2), .whereabouts = "office"}) ==
          "accepted");
    CHECK(field(plan.days(1, 1, "moon")) == "schedule_entry.whereabouts");
    CHECK(field(plan.days(1, 1, "")) == "schedule_entry.whereabouts");
    CHECK(field(plan.hours(1, "10:00", "", "office")) == "schedule_entry.ends");
    CHECK(field(plan.hours(1, "", "10:00", "office")) == "schedule_entry.starts");
    CHECK(field(plan.hours(1, "22:00", "06:00", "office")) == "schedule_entry.ends");
}

TEST_CASE("ACT-12 the schedule of users by date, with working hours and entries of each day") {
    Plan2026 plan;
    Records<Holiday>(plan.desk.ana).add({.falls_on = march(3), .name = "Zi liberă"});
    const auto trip = plan.schedule.add(plan.days(1, 2, "business_trip"));
    const auto visit = plan.schedule.add(plan.hours(2, "10:00", "11:00", "client"));
    const auto days = plan.schedule.schedule({plan.petru, plan.ion}, march(2), march(3));
    REQUIRE(days.size() == 4);
    CHECK(days[0].user == plan.petru);
    CHECK(days[0].entries.empty());
    CHECK(days[1] == ScheduledDay{march(2), plan.ion, {{at(2, 9), at(2, 18)}}, {trip, visit}});
    CHECK(days[2].day == march(3));
    CHECK(days[2].hours.empty());
    CHECK(plan.of_all.schedule({}, march(2), march(2)).size() == 3);
    CHECK(refused_field([&] { plan.schedule.schedule({}, march(2), march(1)); }) == "schedule.to");
    CHECK_THROWS_AS(plan.schedule.schedule(std::vector(200, plan.ion), march(1), Date(2026, 12, 1)),
                    LimitExceeded);
    CHECK_THROWS_AS(plan.schedule.schedule({Id<User>{}}, march(1), march(1)), NotFound);
}

TEST_CASE("ACT-12 what users hand over leaves their schedules where they are, unless it is named") {
    Plan2026 plan;
    const auto entry = plan.schedule.add(plan.days(3, 3, "leave")).head.id;
    test::acme(plan.desk);
    Users users(plan.desk.ana);
    users.hand_over(plan.ion, plan.petru);
    CHECK(plan.of_all.get(entry).head.owner == plan.ion.ref());
    users.hand_over(plan.ion, plan.petru, {.kinds = {"schedule_entry"}});
    CHECK(plan.of_all.get(entry).head.owner == plan.petru.ref());
}

TEST_CASE("RIG-03 of a kind that no task names nothing is given, and nothing fails") {
    Plan2026 plan;
    plan.schedule.add(plan.days(3, 3, "leave"));
    Rights(plan.desk.ana).grant(plan.petru, "*", "read", "given");
    Schedule of_petru(plan.desk.petru);
    CHECK(of_petru.list({}).rows.empty());
    CHECK(of_petru.list({.where = field("purpose").is_null()}).rows.empty());
    CHECK(of_petru.count().rows == 0);
}

TEST_CASE("ACT-12 entries of many years cost as little as those of one") {
    Plan2026 plan;
    plan.desk.ion.write("test.many", [&](Work&) {
        for (int year = 2000; year < 2026; ++year)
            for (unsigned month = 1; month <= 12; ++month)
                plan.schedule.add(
                    {.starts_on = Date(year, month, 1), .whereabouts = "business_trip"});
    });
    CHECK(plan.place(at(2, 12)) == "office");
    CHECK(plan.schedule.where_is(plan.ion, parse_time("2001-02-01T12:00:00Z")).place ==
          "business_trip");
}
