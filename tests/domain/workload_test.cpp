#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

using Counts = Workload::Counts;

Workload of(const std::vector<Workload>& loads, Id<User> user) {
    for (const Workload& load : loads)
        if (load.user == user) return load;
    return {};
}

}  // namespace

TEST_CASE("ACT-13 a running project counts until today, also when it was due before the window") {
    Desk desk;  // on 2026-03-02
    Projects projects(desk.ion);
    projects.start(projects.add({.name = "Late", .due_on = Date(2026, 2, 10)}).head.id);
    projects.complete(projects.add({.name = "Done", .due_on = Date(2026, 2, 10)}).head.id,
                      Date(2026, 2, 12));
    const auto counts = [&](const Date& from, const Date& to) {
        return of(workload(desk.ana, desk.ana.unit(), from, to), desk.ion.user()).projects;
    };
    CHECK(counts(Date(2026, 3, 1), Date(2026, 4, 1)) == Counts{.running = 1, .overdue = 1});
    CHECK(counts(Date(2026, 2, 1), Date(2026, 3, 1)) ==
          Counts{.running = 1, .finished = 1, .overdue = 1});
    CHECK(counts(Date(2026, 3, 3), Date(2026, 4, 1)) == Counts{});
}

TEST_CASE("ACT-13 workload counts activities, projects and hours of each user under a unit") {
    Desk desk;
    auto& activities = desk.activities;
    const auto plan = [&](Time start, std::optional<Time> end, bool is_todo = false) {
        return activities
            .plan(
                {.subject = "Work", .kind = "task", .start = start, .end = end, .is_todo = is_todo})
            .head.id;
    };
    plan(friday, friday + hour * 2);
    activities.start(plan(monday - hour * 5, monday - hour));  // overdue
    activities.complete(plan(monday, monday + hour), "done");
    activities.cancel(plan(monday, monday + hour));
    plan(monday, monday + day * 30, true);  // no hours of a to-do
    plan(monday - day * 9, std::nullopt);   // begins before
    plan(friday, friday + day * 30);        // reaches beyond: 2026-03-06 10:00 to the 9th, 00:00
    Projects projects(desk.ion);
    projects.add({.name = "Late", .start_on = Date(2026, 2, 1), .due_on = Date(2026, 3, 1)});
    projects.start(projects.add({.name = "Running", .start_on = Date(2026, 3, 3)}).head.id);
    projects.complete(projects.add({.name = "Done"}).head.id, Date(2026, 3, 4));
    projects.complete(projects.add({.name = "Done long ago"}).head.id, Date(2026, 1, 4));
    projects.add({.name = "Later", .start_on = Date(2026, 4, 1)});

    const auto loads = workload(desk.ana, desk.ana.unit(), Date(2026, 3, 1), Date(2026, 3, 9));
    CHECK(loads.size() == 3);
    const auto ion = of(loads, desk.ion.user());
    CHECK(ion.name == "Ion Rusu");
    CHECK(ion.activities == Counts{.planned = 3, .running = 1, .finished = 1, .overdue = 1});
    CHECK(ion.projects == Counts{.planned = 1, .running = 1, .finished = 1, .overdue = 1});
    CHECK(ion.planned_time == std::chrono::hours{2 + 4 + 62});
    CHECK(of(loads, desk.petru.user()).activities == Counts{});
    // Another sees the people, and of their work what he may.
    const auto seen = workload(desk.petru, desk.ana.unit(), Date(2026, 3, 1), Date(2026, 3, 9));
    CHECK(of(seen, desk.ion.user()).activities == Counts{});
    CHECK(workload(desk.ana, desk.petru.unit(), Date(2026, 3, 1), Date(2026, 3, 9)).size() == 1);
    CHECK_THROWS_AS(
        workload(desk.ana, Id<Unit>{desk.ion.user().ref()}, Date(2026, 3, 1), Date(2026, 3, 9)),
        NotFound);
    CHECK(refused_field([&] {
              workload(desk.ana, desk.ana.unit(), Date(2026, 3, 1), Date(2027, 4, 1));
          }) == "query.to");
}

TEST_CASE("ACT-13 workload counts a series by its occurrences") {
    Desk desk;
    Activity master{.subject = "Stand-up",
                    .kind = "meeting",
                    .start = monday + hour,
                    .end = monday + hour * 2,
                    .zone = "Europe/Chisinau",
                    .recurrence = Recurrence::parse("FREQ=DAILY")};
    const Id<Activity> series{desk.activities.plan(master).head.id};
    Series(desk.ion).cancel(series, master.start + day);
    Series(desk.ion).complete(series, master.start, Report{.result = "said"});
    const auto ion = [&](const Date& from, const Date& to) {
        return of(workload(desk.ana, desk.ana.unit(), from, to), desk.ion.user());
    };
    const Workload week = ion(Date(2026, 3, 2), Date(2026, 3, 9));
    CHECK(week.activities == Counts{.planned = 5, .finished = 1});
    CHECK(week.planned_time == std::chrono::hours{5});
    CHECK(ion(Date(2026, 5, 4), Date(2026, 5, 11)).activities == Counts{.planned = 7});
    CHECK(ion(Date(2026, 2, 1), Date(2026, 3, 1)).activities == Counts{});
    desk.clock.advance(day * 3);  // Thursday, 10:00: Wednesday's was not held
    CHECK(ion(Date(2026, 3, 2), Date(2026, 3, 9)).activities ==
          Counts{.planned = 5, .finished = 1, .overdue = 1});
}
