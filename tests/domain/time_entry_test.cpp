#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

Date march(unsigned day) { return {2026, 3, day}; }

struct Shop {
    Desk desk;
    TimeEntries times{desk.ion};
    TimeEntries of_all{desk.ana};
    Id<User> ana = desk.ana.user(), ion = desk.ion.user(), petru = desk.petru.user();
    Id<Party> acme = test::acme(desk);
    Id<Project> project = Projects(desk.ion).add({.name = "Cramă", .party = acme}).head.id;
    Id<Activity> call = desk.activities.plan(test::call(acme)).head.id;
    Id<Activity> work =
        desk.activities
            .plan({.subject = "Montaj", .kind = "task", .start = monday, .project = project})
            .head.id;

    TimeEntry book(TimeEntries& by, Id<Activity> activity, unsigned day, std::int64_t minutes,
                   Id<User> user = {}) {
        return by.add(
            {.activity = activity, .user = user, .worked_on = march(day), .minutes = minutes});
    }
};

using Sums = std::vector<WorkedTime>;

}  // namespace

TEST_CASE(
    "ACT-18 whoever sees an activity books time on it for itself, for others who may change it") {
    Shop shop;
    const auto mine = shop.book(shop.times, shop.call, 2, 90);
    CHECK(mine.user == shop.ion);
    CHECK(shop.times.of(shop.call) == std::vector{mine});
    CHECK(shop.times.change(mine.head.id, any_version, {{"minutes", std::int64_t{60}}}).minutes ==
          60);
    // Ion may change the call, and activities of his colleagues, but none of Petru's.
    const auto colleague =
        Users(shop.desk.ana).add({.login = "dan", .unit = shop.desk.ion.unit()}).head.id;
    CHECK_NOTHROW(shop.book(shop.times, shop.call, 2, 30, colleague));
    CHECK_THROWS_AS(shop.book(shop.times, shop.call, 2, 30, shop.petru), Denied);

    Rights(shop.desk.ana).share(shop.call, shop.petru, "read");
    TimeEntries by_petru(shop.desk.petru);
    const auto his = shop.book(by_petru, shop.call, 2, 15).head.id;
    CHECK_NOTHROW(by_petru.change(his, any_version, {{"note", "by phone"}}));
    CHECK_THROWS_AS(shop.book(by_petru, shop.call, 2, 15, shop.ion), Denied);
    CHECK_THROWS_AS(by_petru.change(mine.head.id, any_version, {{"minutes", std::int64_t{1}}}),
                    Denied);
    CHECK_THROWS_AS(by_petru.remove(mine.head.id), Denied);
    CHECK_THROWS_AS(shop.book(by_petru, shop.work, 2, 15), Invalid);  // he does not see it
    shop.desk.ana.undo(shop.desk.ana.commands(1).front().id);
}

TEST_CASE("ACT-18 a user's day holds 24 hours, whatever is booked on and by whom") {
    Shop shop;
    shop.book(shop.times, shop.call, 2, 1'000);
    shop.book(shop.times, shop.work, 2, 440);
    const auto field = [&](unsigned day, std::int64_t minutes, Id<User> user = {}) {
        return refused_field([&] { shop.book(shop.times, shop.call, day, minutes, user); });
    };
    CHECK(field(2, 1) == "time_entry.minutes");
    CHECK(field(3, 1'440) == "accepted");
    CHECK(field(3, 1) == "time_entry.minutes");
    CHECK_NOTHROW(shop.book(shop.of_all, shop.call, 2, 1));
    CHECK(field(4, 0) == "time_entry.minutes");
    CHECK(field(4, -5) == "time_entry.minutes");
    CHECK(field(4, 1'441) == "time_entry.minutes");
    CHECK(refused_field([&] { shop.times.add({.activity = shop.call, .minutes = 5}); }) ==
          "time_entry.worked_on");
    const auto first = shop.times.of(shop.call).front().head.id;
    CHECK(refused_field([&] {
              shop.times.change(first, any_version, {{"minutes", std::int64_t{1'001}}});
          }) == "time_entry.minutes");
    const auto shorter =
        shop.times.change(first, any_version, {{"minutes", std::int64_t{500}}}).head;
    const auto change = shop.desk.ion.commands(1).front().id;
    shop.book(shop.times, shop.work, 2, 500);
    CHECK_THROWS(shop.desk.ion.undo(change));  // there is no room for it any more
    CHECK(shop.times.get(Id<TimeEntry>{shorter.id}).minutes == 500);
}

TEST_CASE("ACT-18 nobody fills or measures the day of one whose work he may not change") {
    Shop shop;
    const auto hidden = Activities(shop.desk.ana)
                            .plan({.subject = "Hidden", .kind = "task", .start = monday})
                            .head.id;
    shop.book(shop.of_all, hidden, 2, 600);
    const auto guess = [&](std::int64_t minutes) {
        shop.book(shop.times, shop.call, 2, minutes, shop.ana);
    };
    CHECK_THROWS_AS(guess(840), Denied);
    CHECK_THROWS_AS(guess(841), Denied);  // not that the day is full
    CHECK_THROWS_AS(shop.desk.ion.write("made here",
                                        [&](Work&) {
                                            const auto made =
                                                shop.desk.activities.plan(test::call(shop.acme));
                                            shop.book(shop.times, made.head.id, 2, 841, shop.ana);
                                        }),
                    Denied);
    // What she booked on his call he may remark on, and not lengthen.
    const auto hers = shop.book(shop.of_all, shop.call, 2, 10).head.id;
    CHECK_NOTHROW(shop.times.change(hers, any_version, {{"note", "with Ana"}}));
    CHECK_THROWS_AS(shop.times.change(hers, any_version, {{"minutes", std::int64_t{841}}}), Denied);
    CHECK_THROWS_AS(shop.times.change(hers, any_version, {{"worked_on", "2026-03-03"}}), Denied);
    Rights(shop.desk.ana).grant(shop.ion, "activity", "change", "all");
    CHECK(refused_field([&] { guess(841); }) == "time_entry.minutes");
    CHECK_NOTHROW(guess(830));
}

TEST_CASE("ACT-18 worked hours by user, day, activity and project") {
    Shop shop;
    shop.book(shop.times, shop.call, 2, 60);
    shop.book(shop.times, shop.work, 2, 120);
    shop.book(shop.times, shop.work, 3, 30);
    shop.book(shop.of_all, shop.work, 3, 45);
    WorkQuery query{.from = march(1), .to = march(31)};
    CHECK(shop.times.hours(query) == Sums{{.minutes = 255}});
    query.by_user = true;
    CHECK(shop.times.hours(query) ==
          Sums{{.user = shop.ana, .minutes = 45}, {.user = shop.ion, .minutes = 210}});
    query.by_day = true, query.users = {shop.ion, shop.ion};
    CHECK(shop.times.hours(query) == Sums{{.user = shop.ion, .day = march(2), .minutes = 180},
                                          {.user = shop.ion, .day = march(3), .minutes = 30}});
    WorkQuery by_work{.from = march(2), .to = march(2), .by_activity = true, .by_project = true};
    CHECK(shop.times.hours(by_work) ==
          Sums{{.activity = shop.call, .minutes = 60},
               {.activity = shop.work, .project = shop.project, .minutes = 120}});
    query.users = {shop.petru};
    CHECK(shop.times.hours(query).empty());
    CHECK(refused_field([&] { shop.times.hours({.from = march(2), .to = march(1)}); }) ==
          "time_entry.to");
}

TEST_CASE("ACT-18 reports count what the session sees") {
    Shop shop;
    shop.book(shop.times, shop.work, 2, 120);
    TimeEntries by_petru(shop.desk.petru);
    const WorkQuery query{.from = march(1), .to = march(31), .by_project = true};
    CHECK(by_petru.hours(query).empty());
    CHECK(by_petru.of(shop.work).empty());
    Rights(shop.desk.ana).share(shop.work, shop.petru, "read");
    CHECK(by_petru.hours(query) == Sums{{.minutes = 120}});  // of a project that is hidden
}

TEST_CASE(
    "ACT-18 worked time stands against the schedule: working hours without holidays and leave") {
    Shop shop;
    shop.book(shop.times, shop.work, 2, 600);
    shop.book(shop.times, shop.work, 7, 60);  // a Saturday
    Schedule(shop.desk.ion).add({.starts_on = march(3), .whereabouts = "leave"});
    Schedule(shop.desk.ion)
        .add({.starts_on = march(4),
              .starts = "09:00",
              .ends = "10:30",
              .whereabouts = "other",
              .is_absence = true});
    Records<Holiday>(shop.desk.ana).add({.falls_on = march(5), .name = "Liber"});
    const auto balance = shop.times.balance({shop.ion}, march(2), march(7));
    CHECK(balance == std::vector<WorkBalance>{{march(2), shop.ion, 600, 540},
                                              {march(4), shop.ion, 0, 450},
                                              {march(6), shop.ion, 0, 540},
                                              {march(7), shop.ion, 60, 0}});
    CHECK(balance.front().difference() == 60);
    CHECK(shop.times.balance({}, march(2), march(2)).size() == 3);
}

TEST_CASE("ACT-18 entries go with their activity, come back with it, and stand in its history") {
    Shop shop;
    const auto entry = shop.book(shop.times, shop.call, 2, 60).head.id;
    shop.desk.ana.remove(shop.call);
    CHECK_FALSE(shop.of_all.find(entry));
    shop.desk.ana.undo(shop.desk.ana.commands(1).front().id);
    CHECK(shop.of_all.get(entry).minutes == 60);
}
