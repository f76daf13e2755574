#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

TEST_CASE("HIS-01 one unit of work is one command, with user, time and verb") {
    Desk desk;
    const auto before = desk.ana.commands(1).front().id;
    const auto command = desk.ion.write("party.register", [&](Work& work) {
        CHECK(work.now() == monday);
        desk.parties.add({.name = "Acme SRL"});
        desk.parties.add({.name = "Bacarat SA"});
    });
    CHECK(static_cast<std::int64_t>(command.id) == static_cast<std::int64_t>(before) + 1);
    const auto read = desk.ion.command(command.id);
    CHECK(read.verb == "party.register");
    CHECK(read.user == desk.ion.user());
    CHECK(read.at == monday);
    CHECK(desk.parties.count().rows == 2);
}

TEST_CASE("HIS-01 a unit of work that throws leaves nothing behind, not even its command") {
    Desk desk;
    const auto before = desk.ana.commands(1).front().id;
    CHECK_THROWS_AS(desk.ion.write("party.register",
                                   [&](Work&) {
                                       desk.parties.add({.name = "Acme SRL"});
                                       throw std::runtime_error("changed my mind");
                                   }),
                    std::runtime_error);
    CHECK(desk.parties.count().rows == 0);
    CHECK(desk.ana.commands(1).front().id == before);
    CHECK(desk.ana.search("acme").rows.empty());
}

TEST_CASE(
    "HIS-01 a verb that fails inside a unit of work undoes itself alone, and the rest stands") {
    Desk desk;
    desk.ion.write("party.register", [&](Work&) {
        desk.parties.add({.name = "Acme SRL"});
        const Contact unborn{.last_name = "Rusu", .born_on = Date(2200, 1, 1)};
        CHECK_THROWS_AS(desk.parties.add_person(unborn), Invalid);  // the party half was written by
                                                                    // then
        CHECK_THROWS_AS(desk.parties.add({.name = ""}), Invalid);
        desk.parties.add({.name = "Bacarat SA"});
    });
    CHECK(desk.parties.count().rows == 2);
    CHECK(desk.contacts.count().rows == 0);
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(desk.parties.count().rows == 0);
}

TEST_CASE("HIS-01 what fails half done inside a unit of work and is caught spoils the whole") {
    Desk desk;
    CHECK_THROWS_AS(desk.ion.write("party.register",
                                   [&](Work&) {
                                       try {
                                           desk.ion.write("half", [&](Work&) {
                                               desk.parties.add({.name = "Acme SRL"});
                                               throw std::runtime_error("half done");
                                           });
                                       } catch (const std::runtime_error&) {}
                                   }),
                    Error);
    CHECK(desk.parties.count().rows == 0);
    const auto keyed = [&](Work&) { desk.ion.write("inner", [](Work&) {}, {.key = "k"}); };
    CHECK_THROWS_AS(desk.ion.write("outer", keyed), Misuse);
}

TEST_CASE("HIS-05 a rehearsal tells nothing of what is hidden") {
    Desk desk;
    const auto contact = desk.contacts.add({.last_name = "Rusu"});
    const auto hidden = Activities(desk.ana).plan(
        {.subject = "Secret", .kind = "call", .contact = contact.head.id, .start = monday});
    const auto effects = desk.ion.rehearse([&](Work&) { desk.contacts.remove(contact.head.id); });
    CHECK(effects.removed == std::vector<Ref>{contact.head.id});
    CHECK(effects.changed.empty());
    CHECK(Activities(desk.ana).get(hidden.head.id).contact == contact.head.id);
}

TEST_CASE("EMB-01 the embedder's clock is the only one, and a command's time never goes back") {
    Desk desk;
    desk.clock.set(friday);
    const auto party = desk.parties.add({.name = "Acme SRL"});
    CHECK(desk.ion.command(party.head.created_in).at == friday);
    desk.clock.set(monday);
    const auto next = desk.parties.add({.name = "Bacarat SA"});
    CHECK(desk.ion.command(next.head.created_in).at == friday);
    desk.clock.advance(365 * day);
    const auto late = desk.parties.add({.name = "Cricova SA"});
    CHECK(desk.ion.command(late.head.created_in).at == monday + 365 * day);
}

TEST_CASE("HIS-01 a key makes a command happen once; other arguments under it are a conflict") {
    Desk desk;
    const auto intake = [&](const std::string& name) {
        return desk.ion.write(
            "web.intake",
            [&](Work& work) {
                work.set_result(std::to_string(desk.parties.add({.name = name}).head.id.value()));
            },
            {.key = "form-17", .arguments = name});
    };
    const auto first = intake("Acme SRL");
    const auto again = intake("Acme SRL");
    CHECK_FALSE(first.replayed);
    CHECK(again.replayed);
    CHECK(again.id == first.id);
    CHECK(again.result == first.result);
    CHECK(desk.parties.count().rows == 1);
    CHECK_THROWS_AS(intake("Bacarat SA"), Conflict);
    CHECK(desk.parties.count().rows == 1);
    const auto other =
        desk.petru.write("web.intake", [](Work&) {}, {.key = "form-17", .arguments = "x"});
    CHECK_FALSE(other.replayed);  // keys are each user's own
}

TEST_CASE("HIS-05 a rehearsal tells what would be done and keeps nothing") {
    Desk desk;
    const auto kept = desk.parties.add({.name = "Acme SRL"});
    const auto gone = desk.parties.add({.name = "Bacarat SA"});
    const auto effects = desk.ion.rehearse([&](Work&) {
        auto party = desk.parties.get(kept.head.id);
        party.name = "Acme Grup SRL";
        desk.parties.update(party);
        desk.parties.remove(gone.head.id);
        desk.parties.add({.name = "Cricova SA"});
    });
    REQUIRE(effects.changed.size() == 1);
    CHECK(effects.changed[0].record == kept.head.id);
    CHECK(effects.removed == std::vector<Ref>{gone.head.id});
    REQUIRE(effects.created.size() == 1);
    CHECK_FALSE(desk.ion.find(effects.created[0]));
    CHECK(desk.parties.get(kept.head.id).name == "Acme SRL");
    CHECK(desk.parties.get(gone.head.id) == gone);
    CHECK_THROWS_AS(desk.ion.rehearse([&](Work&) { desk.parties.add({.name = ""}); }), Invalid);
}

TEST_CASE(
    "HIS-01 an update that carries an older version is refused with the record as it is now") {
    Desk desk;
    auto mine = desk.parties.add({.name = "Acme SRL"});
    auto theirs = mine;
    theirs.name = "Acme Grup SRL";
    desk.parties.update(theirs);
    mine.status = "active";
    try {
        desk.parties.update(mine);
        FAIL("a lost update");
    } catch (const Conflict& conflict) {
        CHECK(conflict.record == mine.head.id);
        CHECK(conflict.current.find("Acme Grup SRL") != std::string::npos);
    }
    CHECK_THROWS_AS(desk.parties.remove(mine.head.id, 1), Conflict);
    CHECK(desk.parties.get(mine.head.id).name == "Acme Grup SRL");
}

TEST_CASE("HIS-01 an update that changes nothing makes no version and no history") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    CHECK(desk.parties.update(party).head.version == 1);
    CHECK(desk.ion.history(party.head.id).size() == 1);
}

TEST_CASE("ids are never reused, also not the last one") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    desk.parties.remove(party.head.id);
    CHECK(desk.parties.add({.name = "Bacarat SA"}).head.id > party.head.id);
}
