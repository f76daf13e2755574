#include <doctest/doctest.h>

#include <cstdlib>

#include "kernel/state.hpp"
#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

/// Ion's parties, a call and a natural person, which petru is to have.
struct Leaving : Desk {
    Ref acme = parties.add({.name = "Acme", .status = "active"}).head.id;
    Ref rex = parties.add({.name = "Rex"}).head.id;
    Ref visit = activities.plan(call(acme)).head.id;
    Person maria = parties.add_person({.first_name = "Maria"});

    Ref maria_party() const { return maria.party.head.id; }
    Ref maria_contact() const { return maria.contact.head.id; }
    HandedOver hand_over(const HandOver& what = {}) {
        return Users(ana).hand_over(ion.user(), petru.user(), what);
    }
    Id<User> owner(Ref record) { return ana.get(record).head().owner; }
    Id<Unit> unit(Ref record) { return ana.get(record).head().unit; }
};

using Counts = std::vector<std::pair<std::string, std::int64_t>>;

}  // namespace

TEST_CASE("PAR-11 everything of a user goes to another and to that one's unit, in one command") {
    Leaving desk;
    const HandedOver done = desk.hand_over();
    CHECK(done.records == Counts{{"party", 3}, {"contact", 1}, {"activity", 1}});
    CHECK(done.total() == 5);
    for (const Ref record :
         {desk.acme, desk.rex, desk.visit, desk.maria_party(), desk.maria_contact()}) {
        CHECK(desk.owner(record) == desk.petru.user());
        CHECK(desk.unit(record) == desk.petru.unit());
        CHECK(desk.petru.find(record));
        CHECK(desk.ana.get(record).head().version == 2);  // moved once, the halves of a person too
        const auto entry = desk.ana.history(record).back();
        CHECK(entry.command.verb == "user.hand_over");
        CHECK(entry.fields.size() == 2);
    }
    CHECK(desk.hand_over().records.empty());
}

TEST_CASE("PAR-11 a hand-over is undone as a whole") {
    Leaving desk;
    desk.hand_over();
    desk.ana.undo(desk.ana.commands(1).front().id);
    for (const Ref record : {desk.acme, desk.visit, desk.maria_party(), desk.maria_contact()}) {
        CHECK(desk.owner(record) == desk.ion.user());
        CHECK(desk.unit(record) == desk.ion.unit());
    }
}

TEST_CASE("PAR-11 a part is handed over: by kind, and by a condition on one") {
    Leaving desk;
    SUBCASE("one kind; a person's contact goes along") {
        CHECK(desk.hand_over({.kinds = {"party"}}).records == Counts{{"party", 3}});
        CHECK(desk.owner(desk.visit) == desk.ion.user());
        CHECK(desk.owner(desk.maria_contact()) == desk.petru.user());
        CHECK(desk.unit(desk.maria_contact()) == desk.petru.unit());
    }
    SUBCASE("a person goes with its contact") {
        CHECK(desk.hand_over({.kinds = {"contact"}}).records == Counts{{"contact", 1}});
        CHECK(desk.owner(desk.maria_party()) == desk.petru.user());
        CHECK(desk.owner(desk.acme) == desk.ion.user());
    }
    SUBCASE("a condition") {
        const HandOver active{.kinds = {"party"}, .where = field("status") == "active"};
        CHECK(desk.hand_over(active).records == Counts{{"party", 1}});
        CHECK(desk.owner(desk.rex) == desk.ion.user());
    }
    SUBCASE("records may stay in their units, the halves of a person alike") {
        desk.hand_over({.kinds = {"party"}, .keep_unit = true});
        for (const Ref record : {desk.acme, desk.maria_party(), desk.maria_contact()}) {
            CHECK(desk.owner(record) == desk.petru.user());
            CHECK(desk.unit(record) == desk.ion.unit());
        }
    }
}

TEST_CASE("PAR-11 a hand-over that makes no sense is refused") {
    Leaving desk;
    const auto refused = [&](const HandOver& what) {
        return refused_field([&] { desk.hand_over(what); });
    };
    CHECK(refused({.kinds = {"planet"}}) == "hand_over.kinds");
    CHECK(refused({.kinds = {"note"}}) == "hand_over.kinds");
    CHECK(refused({.where = field("status") == "active"}) == "hand_over.where");
    CHECK(refused({.kinds = {"party", "contact"}, .where = field("name") == "x"}) ==
          "hand_over.where");
    CHECK_THROWS_AS(desk.hand_over({.kinds = {"party"}, .where = field("nothing") == 1}), Invalid);
    Users users(desk.ana);
    const auto petru = desk.petru.user(), ion = desk.ion.user();
    CHECK(refused_field([&] { users.hand_over(ion, ion); }) == "hand_over.to");
    CHECK(refused_field([&] { users.hand_over(ion, {}); }) == "hand_over.to");
    users.change(petru, any_version, {{"is_active", std::int64_t{0}}});
    CHECK(refused({}) == "hand_over.to");
    CHECK(users.hand_over(petru, ion).records.empty());  // one who has left may still give
}

TEST_CASE("PAR-11 the right to assign is needed for each record, or nothing is handed over") {
    Leaving desk;
    const Ref hidden = Parties(desk.ana).add({.name = "Secret"}).head.id;
    Users(desk.ana).hand_over(desk.ana.user(), desk.ion.user(), {.keep_unit = true});
    const auto elena = Users(desk.ana).add({.login = "elena", .unit = desk.ion.unit()}).head.id;
    Rights rights(desk.ana);
    rights.grant(elena, "*", "read", "unit");
    rights.grant(elena, "party", "assign", "unit");
    auto session = desk.database.trusted_session("elena");
    Users hers(session);
    try {
        hers.hand_over(desk.ion.user(), desk.petru.user());
        FAIL("handed over without the right");
    } catch (const Denied& refused) {
        CHECK(std::string(refused.what()) ==
              "activity: the right to assign is missing for 1 of 1 records to be handed over; "
              "nothing was");
    }
    CHECK(desk.owner(desk.acme) == desk.ion.user());
    // Of what she sees and may assign, a person's contact included; and not of what is hidden.
    CHECK(hers.hand_over(desk.ion.user(), desk.petru.user(), {.kinds = {"party", "contact"}})
              .records == Counts{{"party", 3}, {"contact", 1}});
    CHECK(desk.owner(hidden) == desk.ion.user());
    CHECK(desk.owner(desk.maria_contact()) == desk.petru.user());
}

TEST_CASE("PAR-11 a user with no right to assign hands over nothing, not even its own") {
    Leaving desk;
    CHECK_THROWS_AS(Users(desk.ion).hand_over(desk.ion.user(), desk.petru.user()), Denied);
    CHECK(desk.owner(desk.acme) == desk.ion.user());
}

TEST_CASE("PAR-11 a hand-over joins a unit of work and is gone with it") {
    Leaving desk;
    CHECK_THROWS_AS(desk.ana.write("leave",
                                   [&](Work&) {
                                       desk.hand_over();
                                       throw Error("changed my mind");
                                   }),
                    Error);
    CHECK(desk.owner(desk.acme) == desk.ion.user());
}

TEST_CASE("PAR-11 thousands of records, people too, are handed over and back") {
    Leaving desk;
    const int people = std::getenv("CRM_TEST_LONG") ? 50'000 : 1'000;
    desk.ion.write("fill", [&](Work&) {
        for (int i = 0; i < people; ++i) desk.parties.add_person({.first_name = "Ion"});
    });
    const HandedOver done = desk.hand_over();
    CHECK(done.records == Counts{{"party", people + 3}, {"contact", people + 1}, {"activity", 1}});
    CHECK(desk.database.state()->file->read().connection().integer(
              "SELECT count(*) FROM (SELECT 1 FROM contact WHERE owner_id = " +
              std::to_string(desk.ion.user().value()) + " LIMIT 1)") == 0);
    desk.ana.undo(desk.ana.commands(1).front().id);
    CHECK(desk.owner(desk.maria_contact()) == desk.ion.user());
}
