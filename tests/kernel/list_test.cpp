#include <doctest/doctest.h>

#include "kernel/world.hpp"

namespace {

using namespace crm;
using crm::test::between;
using crm::test::Random;
using crm::test::Viewer;
using crm::test::World;

std::vector<std::int64_t> pages(const Session& session, const Kind& kind, Query query) {
    std::vector<std::int64_t> ids;
    do {
        const auto page = session.list(kind, query);
        for (const auto& row : page.rows) ids.push_back(row.head().id.value());
        REQUIRE(page.rows.size() <= static_cast<std::size_t>(query.limit));
        REQUIRE((page.next.empty() || page.rows.size() == static_cast<std::size_t>(query.limit)));
        query.after = page.next;
    } while (!query.after.empty());
    return ids;
}

std::vector<std::int64_t> expected(const World& world, const Viewer& viewer, const Kind& kind,
                                   const Filter& where, const Column* by, bool descending) {
    std::vector<std::pair<World::Key, std::int64_t>> set, unset;
    for (const AnyRecord* record : world.visible(viewer, kind)) {
        if (!world.fulfils(viewer, *record, where)) continue;
        const auto key = by ? world.key(viewer, *record, *by) : World::Key{std::int64_t{0}};
        (key ? set : unset).emplace_back(key, record->head().id.value());
    }
    for (auto* part : {&set, &unset}) {
        std::ranges::sort(*part);
        if (descending) std::ranges::reverse(*part);
    }
    std::vector<std::int64_t> ids;
    for (const auto* part : {&set, &unset})
        for (const auto& [key, id] : *part) ids.push_back(id);
    return ids;
}

std::vector<const Kind*> listed_kinds() {
    std::vector<const Kind*> kinds;
    for (const char* name :
         {"party", "contact", "activity", "point", "membership", "party_role", "share", "user"})
        kinds.push_back(&kind_named(name));
    return kinds;
}

std::string refused_field(const std::function<void()>& body) {
    try {
        body();
    } catch (const Invalid& error) {
        return error.kind + "." + error.field;
    }
    return "accepted";
}

std::string reason(const std::function<void()>& body) {
    try {
        body();
    } catch (const Invalid& error) {
        return error.reason;
    }
    return "";
}

}  // namespace

TEST_CASE(
    "SEA-02 RIG-03 under random rights every list, filter, order and count is what a naive walk "
    "finds") {
    CAPTURE(crm::test::seed());
    Random random(crm::test::seed());
    std::size_t filtered = 0;
    for (int round = 0; round < 2; ++round) {
        World world(random);
        REQUIRE(world.refused < 60);
        for (const Viewer& viewer : world.viewers) {
            Session session = world.desk.database.trusted_session(viewer.login);
            CAPTURE(viewer.login);
            for (const Kind* kind : listed_kinds()) {
                for (int i = 0; i < 25; ++i) {
                    const Filter where = i < 3 ? Filter{} : world.random_filter(*kind);
                    const Column& by = kind->columns[between(random, 0, kind->columns.size() - 1)];
                    if (by.has(body)) continue;
                    const bool descending = world.chance(2);
                    Query query{.where = where,
                                .order = (descending ? "-" : "") + std::string(by.name)};
                    query.limit = static_cast<int>(between(random, 1, 30));
                    CAPTURE(kind->name);
                    CAPTURE(where.json().dump());
                    CAPTURE(query.order);
                    const auto wanted = expected(world, viewer, *kind, where, &by, descending);
                    const auto found = pages(session, *kind, query);
                    CHECK(found == wanted);
                    filtered += i < 3 ? 0 : wanted.size();
                    const auto limit = static_cast<std::int64_t>(between(random, 1, 80));
                    const auto counted = session.count(*kind, where, limit);
                    const auto rows = static_cast<std::int64_t>(wanted.size());
                    CHECK(counted == Count{std::min(rows, limit), rows > limit});
                    CHECK(session.count(*kind, !where).rows + rows ==
                          session.count(*kind, {}).rows);
                }
            }
        }
    }
    CHECK(filtered > 1'000);  // the walk had something to find
}

TEST_CASE("SEA-02 a list sorts by any column, absent values last, either way, page by page") {
    CAPTURE(crm::test::seed());
    Random random(crm::test::seed());
    World world(random);
    Viewer all{"ana", world.desk.ana.user().ref(), {}, {}, {}};
    for (const auto& name : crm::test::root_names) all.scopes[name].insert("all");
    for (const Kind* kind : listed_kinds())
        for (const Column& by : kind->columns)
            for (const bool descending : {false, true}) {
                if (by.has(body)) continue;
                CAPTURE(kind->name);
                CAPTURE(by.name);
                const std::string order = (descending ? "-" : "") + std::string(by.name);
                const auto wanted = expected(world, all, *kind, {}, &by, descending);
                for (const int limit : {7, 1'000})
                    CHECK(pages(world.desk.ana, *kind, {.order = order, .limit = limit}) == wanted);
            }
}

TEST_CASE("SEA-02 lists have stated limits and refuse what is no page of theirs") {
    ::test::Desk desk;
    const Kind& party = kind_named("party");
    for (const char* name : {"A", "B", "C"}) desk.parties.add({.name = name});
    const auto list = [&](Query query) {
        return [&desk, &party, query] { desk.ion.list(party, query); };
    };
    CHECK_THROWS_AS(list({.limit = 1'001})(), LimitExceeded);
    CHECK(refused_field(list({.limit = 0})) == "query.limit");
    CHECK(refused_field(list({.order = "nmae"})) == "query.order");
    CHECK(refused_field(list({.order = "description"})) == "query.order");
    const auto next = desk.ion.list(party, {.limit = 1}).next;
    CHECK(desk.ion.list(party, {.limit = 5, .after = next}).rows.size() == 2);
    for (const std::string& after :
         {std::string("x"), std::string("[]"), std::string("[\"name\",1,2]"),
          std::string("[\"name\",\"a\",0]"), std::string("[\"name\",null,5]"),
          std::string("[\"name\",\"a\",\"b\"]"), next + " ", next + "x"}) {
        CAPTURE(after);
        if (after != next + " ") CHECK(refused_field(list({.after = after})) == "query.after");
    }
    CHECK(refused_field(list({.order = "-name", .after = next})) == "query.after");
    CHECK(refused_field([&] { desk.ion.count(party, {}, 0); }) == "query.limit");
    CHECK(desk.ion.count(party, {}, 2) == Count{2, true});
    CHECK(desk.ion.count(party, {}, 3) == Count{3, false});
}

TEST_CASE(
    "SEA-02 an unknown field, operator or value of a filter is told before anything is read") {
    ::test::Desk desk;
    const auto count = [&](Filter where, const char* kind = "party") {
        return [&desk, where, kind] { desk.ion.count(kind_named(kind), where); };
    };
    CHECK(reason(count(field("nam") == "x")).find("name") != std::string::npos);
    CHECK(refused_field(count(field("industri") == "x")) == "filter.industri");
    CHECK(refused_field(count(field("contact.nme") == "x", "activity")) == "filter.contact.nme");
    CHECK(reason(count(field("partyy.name") == "x", "activity")).find("party") !=
          std::string::npos);
    CHECK(refused_field(count(field("name") == 5)) == "filter.name");
    CHECK(refused_field(count(field("name") == Json::Object{{"relative", "today"}})) ==
          "filter.name");
    CHECK(reason(count(field("industry") == "nonsense")).find("industry") != std::string::npos);
    CHECK(refused_field(count(field("nature") == "nonsense")) == "filter.nature");
    CHECK(refused_field(count(field("employees") == "many")) == "filter.employees");
    CHECK(refused_field(count(field("industry") < "a")) == "filter.industry");
    CHECK(refused_field(count(field("employees").contains("1"))) == "filter.employees");
    CHECK(refused_field(count(field("start_at") == "2026-03-02T09:00:00", "activity")) ==
          "filter.start_at");
    CHECK(refused_field(count(field("next_contact_on") == "2026-02-31", "activity")) ==
          "filter.next_contact_on");
    CHECK(refused_field(count(field("party_id") == "abc", "activity")) == "filter.party_id");
    CHECK(refused_field(count(field("party_id") == desk.ion.user().value(), "activity")) ==
          "filter.party_id");
    CHECK(refused_field(count(field("owner") == "nobody")) == "filter.owner");
    CHECK(refused_field(count(field("annual_revenue_currency") == "XXXX")) ==
          "filter.annual_revenue_currency");
    CHECK(refused_field(count(field("") == "x")) == "filter.");
    CHECK(refused_field(count(field("a..b") == "x")) == "filter.a..b");
    CHECK(refused_field(count(field("name') OR 1 --") == "x")) == "filter.name') OR 1 --");
}

TEST_CASE("SEA-02 relative dates are periods in the session's zone, weeks begin on Monday") {
    ::test::Desk desk;
    desk.clock.set(parse_time("2026-03-04T23:30:00Z"));  // Thursday the 5th in Chisinau
    const auto party = ::test::acme(desk);
    const auto plan = [&](const char* subject, const char* start) {
        auto activity = ::test::call(party, subject, parse_time(start));
        activity.next_contact_on = Date::parse(std::string_view(start).substr(0, 10));
        desk.activities.plan(activity);
    };
    plan("last week", "2026-03-01T21:59:59Z");
    plan("monday", "2026-03-01T22:00:00Z");
    plan("today", "2026-03-05T09:00:00Z");
    plan("sunday", "2026-03-08T21:59:59Z");
    plan("next week", "2026-03-08T22:00:00Z");
    plan("next month", "2026-04-01T00:00:00Z");
    const auto found = [&](const Filter& where) {
        std::vector<std::string> subjects;
        for (const auto& row : desk.activities.list({.where = where}).rows)
            subjects.push_back(row.subject);
        return subjects;
    };
    const auto relative = [](const char* name) { return Json(Json::Object{{"relative", name}}); };
    const auto days = [](int offset) {
        return Json(Json::Object{{"relative", "days"}, {"offset", offset}});
    };
    using Subjects = std::vector<std::string>;
    const field start("start_at");
    CHECK(found(start == relative("today")) == Subjects{"today"});
    CHECK(found(start == relative("this_week")) == Subjects{"monday", "today", "sunday"});
    CHECK(found(start < relative("this_week")) == Subjects{"last week"});
    CHECK(found(start <= relative("this_week")) ==
          Subjects{"last week", "monday", "today", "sunday"});
    CHECK(found(start > relative("this_week")) == Subjects{"next week", "next month"});
    CHECK(found(start != relative("this_month")) == Subjects{"next month"});
    CHECK(found(start == "2026-03-05") == Subjects{"today"});
    CHECK(found(start.between(days(-3), days(0))) == Subjects{"monday", "today"});
    CHECK(found(field("next_contact_on") == relative("this_week")) ==
          Subjects{"today", "sunday", "next week"});
    CHECK(found(field("next_contact_on") >= relative("next_month")) == Subjects{"next month"});
    CHECK(found(field("next_contact_on") > relative("next_year")).empty());
    CHECK(found(field("created_at") == relative("today")).size() == 6);
    CHECK(found(field("created_at") < relative("today")).empty());
}

TEST_CASE("SEA-02 filters go by owner, unit and id, through references and into children") {
    ::test::Desk desk;
    const auto acme = ::test::acme(desk);
    const auto other = desk.parties.add({.name = "Other"}).head.id;
    desk.parties.add_point(acme, {.type = "phone", .value = "022 123456"});
    desk.parties.add_role(acme, "client");
    desk.activities.plan(::test::call(acme, "a"));
    desk.activities.plan(::test::call(other, "b"));
    const auto parties = [&](const Filter& where) { return desk.parties.count(where).rows; };
    CHECK(parties(field("owner") == "ION") == 2);
    CHECK(parties(field("owner") == "ana") == 0);
    CHECK(parties(field("owner.login") == "ion") == 2);
    CHECK(parties(field("unit") == "sales") == 2);
    CHECK(parties(field("id") == std::to_string(acme.value())) == 1);
    CHECK(parties(field("id").in({acme.value(), other.value()})) == 2);
    CHECK(parties(field("point.normalized") == "+37322123456") == 1);
    CHECK(parties(field("point.normalized").starts_with("+37322")) == 1);
    CHECK(parties(field("point.normalized") != "x") == 1);
    CHECK(parties(!(field("point.normalized") == "x")) == 2);
    CHECK(parties(field("party_role.role") == "client") == 1);
    CHECK(desk.activities.count(field("party.name") == "Acme SRL").rows == 1);
    CHECK(desk.activities.count(field("party") == acme.value()).rows == 1);
    CHECK(desk.activities.count(field("party.party_role.role") == "client").rows == 1);
    CHECK(desk.activities.count(field("contact.last_name") != "x").rows == 2);
    CHECK(desk.activities.count(field("contact.last_name").is_null()).rows == 2);
}
