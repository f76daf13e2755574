#include <doctest/doctest.h>

#include <limits>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

using Amounts = std::vector<std::string>;

Amounts texts(const std::vector<Money>& amounts) {
    Amounts texts;
    for (const Money& amount : amounts)
        texts.push_back(amount.text() + " " + std::string(amount.currency.code()));
    return texts;
}

struct Works {
    Desk desk;
    HourlyRates rates{desk.ana};
    Id<User> ion = desk.ion.user(), petru = desk.petru.user();
    Id<Project> project = Projects(desk.ion).add({.name = "Cramă"}).head.id;

    HourlyRate rate(Id<User> user, const char* from, const char* amount,
                    const char* currency = "MDL") {
        HourlyRate rate{.starts_on = Date::parse(from),
                        .rate = Money::parse(amount, Currency{currency})};
        rate.head.owner = user;
        return rates.add(rate);
    }
    Id<Activity> plan(std::optional<std::int64_t> minutes, Id<Activity> parent = {},
                      Id<Project> of = {}) {
        return desk.activities
            .plan({.subject = "Montaj",
                   .kind = "task",
                   .start = monday,
                   .parent = parent,
                   .project = of,
                   .planned_minutes = minutes})
            .head.id;
    }
    void book(Id<Activity> activity, const char* day, std::int64_t minutes, Id<User> user) {
        TimeEntries(desk.ana).add({.activity = activity,
                                   .user = user,
                                   .worked_on = Date::parse(day),
                                   .minutes = minutes});
    }
};

}  // namespace

TEST_CASE("ACT-17 a user's hourly cost holds from a day on, until the next one") {
    Works works;
    works.rate(works.ion, "2026-01-01", "100");
    const auto raised = works.rate(works.ion, "2026-03-03", "120.50");
    CHECK(works.rates.of(works.ion).front() == raised);
    CHECK(works.rates.of(works.ion).size() == 2);
    CHECK_THROWS_AS(works.rate(works.ion, "2026-03-03", "130"), Conflict);
    CHECK(refused_field([&] { works.rate(works.ion, "2026-05-01", "-1"); }) ==
          "hourly_rate.rate_minor");
    CHECK(works.rates.add({.starts_on = Date(2026, 1, 1), .rate = {500, {}}}).rate.currency ==
          Currency{"MDL"});
    CHECK(refused_field([&] { works.rates.add({.rate = {1, {}}}); }) == "hourly_rate.starts_on");
}

TEST_CASE("ACT-17 labour cost of an activity, ahead and actual, with its sub-activities") {
    Works works;
    works.rate(works.ion, "2026-01-01", "100");
    works.rate(works.ion, "2026-03-03", "120");
    works.rate(works.petru, "2026-01-01", "10.01", "EUR");
    const auto top = works.plan(90), part = works.plan(60, top);
    works.plan(std::nullopt, part);
    works.book(top, "2026-03-02", 30, works.ion);   // 50.00 at the old rate
    works.book(part, "2026-03-03", 30, works.ion);  // 60.00 at the new one
    works.book(part, "2026-03-03", 20, works.petru);
    works.book(part, "2025-12-31", 7, works.ion);  // before his first rate
    const Labour labour = works.rates.labour(top);
    CHECK(labour.planned_minutes == 150);
    CHECK(texts(labour.estimated) == Amounts{"250.00 MDL"});
    CHECK(labour.worked_minutes == 87);
    CHECK(labour.worked_without_rate == 7);
    CHECK(texts(labour.actual) == Amounts{"3.34 EUR", "110.00 MDL"});  // 3.33666…
    CHECK(works.rates.labour(part).planned_minutes == 60);
    CHECK_THROWS_AS(works.rates.labour(Id<Activity>{}), NotFound);
}

TEST_CASE("ACT-17 labour cost of a project is that of its activities and subprojects") {
    Works works;
    works.rate(works.ion, "2026-01-01", "60");
    const auto below =
        Projects(works.desk.ion).add({.name = "Etapa", .parent = works.project}).head.id;
    const auto task = works.plan(60, {}, works.project);
    works.plan(30, task);
    const auto other = works.plan(15, {}, below);
    works.plan(1'000);  // of no project
    works.book(other, "2026-03-02", 5, works.ion);
    const Labour labour = works.rates.labour(works.project);
    CHECK(labour.planned_minutes == 105);
    CHECK(texts(labour.estimated) == Amounts{"105.00 MDL"});
    CHECK(texts(labour.actual) == Amounts{"5.00 MDL"});
    CHECK(works.rates.labour(below).planned_minutes == 15);
}

TEST_CASE("ACT-17 what is cancelled is planned no more; what was worked on it was") {
    Works works;
    works.rate(works.ion, "2026-01-01", "60");
    const auto task = works.plan(60, {}, works.project);
    const auto part = works.plan(30, task);
    works.book(part, "2026-03-02", 5, works.ion);
    works.desk.activities.cancel(part);
    for (const Ref record : {task.ref(), works.project.ref()}) {
        const Labour labour = works.rates.labour(record);
        CHECK(labour.planned_minutes == 60);
        CHECK(texts(labour.estimated) == Amounts{"60.00 MDL"});
        CHECK(texts(labour.actual) == Amounts{"5.00 MDL"});
    }
}

TEST_CASE("ACT-17 an activity counts with its project, whether or not its parent is seen") {
    Works works;
    const auto hidden = works.plan(60, {}, works.project);
    const auto part = works.plan(30, hidden);
    works.plan(7, part);
    Rights rights(works.desk.ana);
    rights.share(works.project, works.petru, "read");
    rights.share(part, works.petru, "read");
    const HourlyRates by_petru(works.desk.petru);
    CHECK(by_petru.labour(works.project).planned_minutes == 30);
    CHECK(by_petru.labour(part).planned_minutes == 30);
}

TEST_CASE("ACT-17 a sum is exact and rounded once, half up; one beyond 64 bits is an error") {
    Works works;
    works.rate(works.ion, "2026-01-01", "0.01");
    const auto task = works.plan(std::nullopt);
    for (const char* day : {"2026-03-02", "2026-03-03", "2026-03-04"})
        works.book(task, day, 10, works.ion);  // half a ban in all, none of each
    CHECK(texts(works.rates.labour(task).actual) == Amounts{"0.01 MDL"});
    const auto huge = std::numeric_limits<std::int64_t>::max();
    HourlyRate rate{.starts_on = Date(2026, 4, 1), .rate = {huge, Currency{"MDL"}}};
    rate.head.owner = works.ion;
    works.rates.add(rate);
    works.book(task, "2026-04-01", 59, works.ion);
    CHECK_NOTHROW(works.rates.labour(task));
    works.book(task, "2026-04-02", 2, works.ion);
    CHECK_THROWS_AS(works.rates.labour(task), LimitExceeded);
}

TEST_CASE(
    "ACT-17 rates are confidential: rights for everything do not show them, those by name do") {
    Works works;
    works.rate(works.ion, "2026-01-01", "100");
    const auto of_petru = works.rate(works.petru, "2026-01-01", "100").head.id;
    const auto task = works.plan(60);
    HourlyRates by_ion(works.desk.ion);
    Rights rights(works.desk.ana);
    for (const char* action : {"read", "create", "change", "assign"})
        rights.grant(works.ion, "*", action, "all");
    CHECK(by_ion.of(works.ion).empty());
    CHECK_FALSE(by_ion.find(of_petru));
    CHECK(by_ion.list({}).rows.empty());
    CHECK_THROWS_AS(by_ion.add({.starts_on = Date(2026, 5, 1), .rate = {1, {}}}), Denied);
    CHECK(by_ion.labour(task) == Labour{.planned_minutes = 60, .planned_without_rate = 60});
    CHECK_FALSE(Rights(works.desk.ana).explain(works.ion, of_petru).verdicts.front().allowed);

    rights.grant(works.ion, "hourly_rate", "read", "own");
    CHECK(by_ion.of(works.ion).size() == 1);
    CHECK_FALSE(by_ion.find(of_petru));
    CHECK(texts(by_ion.labour(task).estimated) == Amounts{"100.00 MDL"});
    rights.grant(works.ion, "hourly_rate", "read", "all");
    CHECK(by_ion.find(of_petru));
    rights.hide(works.ion, "hourly_rate", "rate_minor");
    CHECK(by_ion.labour(task).planned_without_rate == 60);
    CHECK_FALSE(by_ion.get(of_petru).rate.currency);
}

TEST_CASE("ACT-17 a rate that has no amount yet, and one whose amount is hidden, can be shown") {
    Works works;
    const AnyRecord blank(kind_of<HourlyRate>());
    CHECK(blank.json().find("rate_currency"));
    CHECK(blank.json()["rate_minor"].is_null());
    const auto rate = works.rate(works.ion, "2026-01-01", "100").head.id;
    Rights rights(works.desk.ana);
    rights.grant(works.ion, "hourly_rate", "read", "own");
    rights.hide(works.ion, "hourly_rate", "rate_minor");
    const AnyRecord hidden = works.desk.ion.get(rate);
    CHECK(hidden.json()["hidden"].array().size() == 2);
    CHECK_FALSE(hidden.json().find("rate_minor"));
    CHECK_FALSE(hidden.json().find("rate_currency"));
}

TEST_CASE("ACT-17 nothing belongs to a rate, and it is handed over by name only") {
    Works works;
    const auto rate = works.rate(works.ion, "2026-01-01", "100").head.id;
    CHECK_THROWS_AS(Notes(works.desk.ana).write(rate, "raise?"), Invalid);
    CHECK_THROWS_AS(Rights(works.desk.ana).share(rate, works.petru, "read"), Invalid);
    Users(works.desk.ana).hand_over(works.ion, works.petru);
    CHECK(works.rates.get(rate).head.owner == works.ion.ref());
}

TEST_CASE("ACT-17 planned minutes are estimated ahead, within reason") {
    Works works;
    CHECK(works.desk.activities.get(works.plan(45)).planned_minutes == 45);
    CHECK(refused_field([&] { works.plan(-1); }) == "activity.planned_minutes");
    CHECK(refused_field([&] { works.plan(10'000'001); }) == "activity.planned_minutes");
}

TEST_CASE("ACT-17 a file with hours, schedules, worked time and rates is sound") {
    Works works;
    works.rate(works.ion, "2026-01-01", "100");
    works.book(works.plan(60), "2026-03-02", 30, works.petru);
    WorkCalendar(works.desk.ana).add({.user = works.ion, .starts = "09:00", .ends = "17:00"});
    Records<Holiday>(works.desk.ana).add({.falls_on = Date(2026, 5, 1), .name = "1 Mai"});
    Schedule(works.desk.ion).add({.starts_on = Date(2026, 3, 3), .whereabouts = "leave"});
    Schedule(works.desk.ion)
        .add({.starts_on = Date(2026, 3, 3),
              .starts = "10:00",
              .ends = "11:00",
              .whereabouts = "client"});
    CHECK(verify(works.desk.ana).defects.empty());
}
