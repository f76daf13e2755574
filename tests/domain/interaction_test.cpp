#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;
using Names = std::vector<std::string>;

namespace {

Names names(const Page<Break>& page) {
    Names names;
    for (const Break& each : page.rows) names.push_back(each.name);
    return names;
}

struct Field {
    Desk desk;
    Interactions interactions{desk.ion};

    Id<Party> party(const char* name, const char* status = "") {
        return desk.parties.add({.name = name, .status = status}).head.id;
    }
    Id<Activity> done(Id<Party> party, Time at) {
        return desk.activities
            .report({.subject = "Done", .kind = "call", .party = party, .start = at, .end = at})
            .head.id;
    }
    Names all(BreakQuery query) {
        Names found;
        do {
            const auto page = interactions.breaks(query);
            for (const auto& name : names(page)) found.push_back(name);
            query.after = page.next;
        } while (!query.after.empty());
        return found;
    }
};

}  // namespace

TEST_CASE("ACT-05 parties with nothing planned, and those silent for so many days, are listed") {
    Field field;
    const auto planned = field.party("Planned"), silent = field.party("Silent, planned");
    field.party("Never");
    field.party("Lost", "lost");
    const auto idle = field.party("Idle", "active");
    const auto recent = field.done(idle, monday - day * 3);
    field.done(idle, monday - day * 30);
    const auto old = field.done(silent, monday - day * 20);
    field.done(planned, monday - day);
    field.desk.activities.plan(call(planned));
    const auto next = field.desk.activities.plan(call(silent, "Next", friday)).head.id;
    field.desk.activities.cancel(field.desk.activities.plan(call(idle)).head.id);

    CHECK(field.all({}) == Names{"Idle", "Never"});
    CHECK(field.all({.unplanned = false, .silent_days = 14}) == Names{"Never", "Silent, planned"});
    CHECK(field.all({.unplanned = false, .silent_days = 2}) ==
          Names{"Idle", "Never", "Silent, planned"});
    CHECK(field.all({.silent_days = 14, .limit = 1}) == Names{"Idle", "Never", "Silent, planned"});
    const auto found = field.interactions.breaks({.silent_days = 14}).rows;
    CHECK(found[0].last == recent);
    CHECK(found[0].last_at == monday - day * 3);
    CHECK_FALSE(found[0].planned);
    CHECK_FALSE(found[1].last_at);
    CHECK(found[2].last == old);
    CHECK(found[2].planned == next);
    CHECK(found[2].planned_at == friday);
}

TEST_CASE("ACT-05 what recurs is planned until its last time") {
    Field field;
    auto weekly = call(field.party("Weekly"));
    weekly.zone = "Europe/Chisinau";
    weekly.recurrence = Recurrence::parse("RRULE:FREQ=WEEKLY;COUNT=2");
    field.desk.activities.plan(weekly);
    CHECK(field.all({}).empty());
    field.desk.clock.advance(day * 30);
    const auto found = field.interactions.breaks({}).rows;
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found[0].planned);
}

TEST_CASE("ACT-05 breaks are of a user or of a unit and those below it, and of what one sees") {
    Field field;
    field.party("Of Ion");
    const auto secret = field.party("Called by Ana");
    Parties(field.desk.petru).add({.name = "Of Petru"});
    Session& ana = field.desk.ana;
    Activities(ana).plan(call(secret));
    Interactions of_ana(ana);
    CHECK(names(of_ana.breaks({.unit = ana.unit()})) == Names{"Of Ion", "Of Petru"});
    CHECK(names(of_ana.breaks({.unit = field.desk.petru.unit()})) == Names{"Of Petru"});
    CHECK(names(of_ana.breaks({.user = field.desk.ion.user()})) == Names{"Of Ion"});
    CHECK(names(of_ana.breaks({})).empty());
    // What Ana planned is no plan to who does not see it, and what is Petru's is not there.
    CHECK(names(field.interactions.breaks({.unit = ana.unit()})) ==
          Names{"Called by Ana", "Of Ion"});
    Rights(ana).hide(field.desk.ion.user(), "party", "name");
    CHECK_THROWS_AS(field.interactions.breaks({}), Denied);
    CHECK(refused_field([&] { of_ana.breaks({.unit = ana.unit(), .user = ana.user()}); }) ==
          "query.user");
    CHECK(refused_field([&] { of_ana.breaks({.unplanned = false}); }) == "query.unplanned");
    CHECK(refused_field([&] { of_ana.breaks({.silent_days = 0}); }) == "query.silent_days");
    CHECK(refused_field([&] { of_ana.breaks({.after = "nonsense"}); }) == "query.after");
}

TEST_CASE("ACT-05 a page looks at no more than 1,000 parties, and the next one goes on") {
    Field field;
    field.desk.ion.write("many", [&](Work&) {
        for (int i = 0; i < 1'003; ++i) {
            const auto id = field.party(("P" + std::to_string(10'000 + i)).c_str());
            if (i < 1'001) field.desk.activities.plan(call(id));
        }
    });
    const auto first = field.interactions.breaks({});
    CHECK(first.rows.empty());
    CHECK_FALSE(first.next.empty());
    CHECK(names(field.interactions.breaks({.after = first.next})) == Names{"P11001", "P11002"});
}

TEST_CASE("ACT-05 chains that broke off: done, followed by nothing, with nothing planned in them") {
    Field field;
    auto& activities = field.desk.activities;
    const auto acme = field.party("Acme"), lost = field.party("Lost", "lost");
    const auto chain = [&](Id<Party> party, Time at) {
        const auto first = field.done(party, at - day);
        const auto next = activities.follow_up(first, {.subject = "Next", .start = at}).head.id;
        return next;
    };
    field.done(acme, monday - day * 9);  // alone: no chain
    const auto old = chain(acme, monday - day * 40), late = chain(acme, monday - day * 4),
               open = chain(acme, monday - day * 3), dead = chain(lost, monday - day * 2);
    for (const auto id : {old, late, dead}) activities.complete(id, "done");
    const auto ends = [&](BreakQuery query) {
        std::vector<Id<Activity>> found;
        do {
            const auto page = field.interactions.broken_chains(query);
            for (const Activity& each : page.rows) found.push_back(each.head.id);
            query.after = page.next;
        } while (!query.after.empty());
        return found;
    };
    using Ids = std::vector<Id<Activity>>;
    CHECK(ends({}) == Ids{late, old});
    CHECK(ends({.limit = 1}) == Ids{late, old});
    CHECK(ends({.silent_days = 30}) == Ids{old});
    CHECK(ends({.unit = field.desk.ion.unit()}) == Ids{late, old});
    activities.complete(open, "done");
    CHECK(ends({}) == Ids{open, late, old});
    // Another branch of the same chain goes on.
    const auto first = activities.get(late).follow_up_of;
    activities.follow_up(first, {.subject = "Beside", .start = friday});
    CHECK(ends({}) == Ids{open, old});
}

TEST_CASE("ACT-05 what follows an activity that one does not see is the end of no chain") {
    Field field;
    const auto acme = field.party("Acme");
    const auto secret = Activities(field.desk.ana).plan(call(acme, "Secret")).head.id;
    Activity next{.subject = "Next", .kind = "call", .start = monday, .follow_up_of = secret};
    next.head.owner = field.desk.ion.user();
    const auto end = Activities(field.desk.ana).report(next).head.id;
    Activities(field.desk.ana).complete(secret, "done");
    CHECK(field.interactions.broken_chains({}).rows.empty());
    Rights(field.desk.ana).share(secret, field.desk.ion.user());
    REQUIRE(field.interactions.broken_chains({}).rows.size() == 1);
    CHECK(field.interactions.broken_chains({}).rows[0].head.id == end);
}

TEST_CASE("ACT-05 frequency counts interactions by month in the session's zone, and their gap") {
    Field field;
    const auto acme = field.party("Acme");
    CHECK_FALSE(
        field.interactions.frequency(acme, Date(2026, 1, 1), Date(2026, 2, 1)).mean_gap_days);
    field.done(acme, parse_time("2025-12-31T21:59:59Z"));  // the 31st in Chișinău still
    field.done(acme, parse_time("2025-12-31T22:00:00Z"));
    field.done(acme, parse_time("2026-01-10T22:00:00Z"));
    field.done(acme, parse_time("2026-03-01T10:00:00Z"));
    field.desk.activities.plan(call(acme, "Planned", parse_time("2026-01-15T10:00:00Z")));
    const auto found = field.interactions.frequency(acme, Date(2026, 1, 1), Date(2026, 4, 1));
    CHECK(found.months == std::vector<Frequency::Month>{{2026, 1, 2}, {2026, 2, 0}, {2026, 3, 1}});
    CHECK(found.interactions == 3);
    CHECK(*found.mean_gap_days == doctest::Approx(29.75));
    CHECK_THROWS_AS(
        Interactions(field.desk.petru).frequency(acme, Date(2026, 1, 1), Date(2026, 4, 1)),
        NotFound);
    CHECK(refused_field([&] {
              field.interactions.frequency(acme, Date(2026, 1, 1), Date(2026, 1, 1));
          }) == "query.to");
    CHECK(refused_field([&] {
              field.interactions.frequency(acme, Date(2000, 1, 1), Date(2026, 1, 1));
          }) == "query.to");
}
