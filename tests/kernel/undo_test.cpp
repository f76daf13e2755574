#include <doctest/doctest.h>

#include <functional>
#include <map>

#include "support/content.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace ::test;

namespace {

CommandId last(Session& session) { return session.commands(1).front().id; }

}  // namespace

TEST_CASE("HIS-01 history says who changed what, when, from which value to which") {
    Desk desk;
    auto party = desk.parties.add({.name = "Acme SRL"});
    desk.clock.advance(hour);
    party.name = "Acme Grup SRL";
    party.description = "vinuri";
    party = desk.parties.update(party);
    desk.clock.advance(hour);
    party.name = "Acme Holding SA";
    party = Parties(desk.ana).update(party);
    const auto history = desk.ion.history(party.head.id);
    REQUIRE(history.size() == 3);
    CHECK(history[0].what == HistoryEntry::What::created);
    CHECK(history[0].command.at == monday);
    CHECK(history[1].user_login == "ion");
    CHECK(history[2].user_login == "ana");
    CHECK(history[2].command.at == monday + 2 * hour);
    const auto named = [](const HistoryEntry& entry, std::string_view field) {
        for (const auto& change : entry.fields)
            if (change.field == field) return change;
        return FieldChange{};
    };
    CHECK(named(history[1], "name") == FieldChange{"name", "Acme SRL", "Acme Grup SRL"});
    CHECK(named(history[1], "description") == FieldChange{"description", {}, "vinuri"});
    CHECK(named(history[2], "name") == FieldChange{"name", "Acme Grup SRL", "Acme Holding SA"});
}

TEST_CASE("HIS-01 the history of a removed record stays with those who could see it") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    desk.parties.remove(party.head.id);
    const auto history = desk.ion.history(party.head.id);
    REQUIRE(history.size() == 2);
    CHECK(history[1].what == HistoryEntry::What::removed);
    CHECK_THROWS_AS(desk.petru.history(party.head.id), NotFound);
    CHECK_THROWS_AS(desk.petru.command(last(desk.ion)), NotFound);
}

TEST_CASE("HIS-02 a change, a creation and a removal are each undone, and the undo is undone") {
    Desk desk;
    auto party = desk.parties.add({.name = "Acme SRL", .description = "vinuri"});
    desk.parties.add_point(party.head.id, {.type = "phone", .value = "022 123 456"});
    const auto start = content(desk.ana);

    party = desk.parties.get(party.head.id);
    party.name = "Acme Grup SRL";
    desk.parties.update(party);
    const auto undone = desk.ion.undo(last(desk.ion));
    CHECK(undone.verb == "undo");
    CHECK(content(desk.ana) == start);
    desk.ion.undo(undone.id);
    CHECK(desk.parties.get(party.head.id).name == "Acme Grup SRL");
    desk.ion.undo(last(desk.ion));
    CHECK(content(desk.ana) == start);

    desk.parties.remove(party.head.id);
    CHECK(desk.ion.search("acme").rows.empty());
    desk.ion.undo(last(desk.ion));
    CHECK(content(desk.ana) == start);
    CHECK(desk.ion.search("acme").rows.size() == 1);
    CHECK(desk.ion.quick("022123").rows.size() == 1);

    desk.parties.add({.name = "Bacarat SA"});
    desk.ion.undo(last(desk.ion));
    CHECK(content(desk.ana) == start);
}

TEST_CASE("HIS-02 what was changed since is listed, and then nothing is done") {
    Desk desk;
    auto party = desk.parties.add({.name = "Acme SRL"});
    party.name = "Acme Grup SRL";
    party.status = "active";
    party = desk.parties.update(party);
    const auto change = last(desk.ion);
    party.name = "Acme Holding SA";
    party = desk.parties.update(party);
    const auto later = last(desk.ion);
    try {
        desk.ion.undo(change);
        FAIL("undone over a later change");
    } catch (const Conflict& conflict) {
        REQUIRE(conflict.conflicts.size() == 1);
        CHECK(conflict.conflicts[0].record == party.head.id);
        CHECK(conflict.conflicts[0].changed_in == later);
    }
    CHECK(desk.parties.get(party.head.id).status == "active");
    desk.ion.undo(later);
    desk.ion.undo(change);
    CHECK(desk.parties.get(party.head.id).name == "Acme SRL");
    CHECK(desk.parties.get(party.head.id).status.empty());
    CHECK_THROWS_AS(desk.ion.undo(change), Conflict);  // twice
}

TEST_CASE("HIS-02 a creation that others build upon is not undone before them") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    const auto creation = last(desk.ion);
    const auto visit = desk.activities.plan(call(party.head.id));
    const auto planning = last(desk.ion);
    try {
        desk.ion.undo(creation);
        FAIL("undone under a later record");
    } catch (const Conflict& conflict) {
        REQUIRE_FALSE(conflict.conflicts.empty());
        CHECK(conflict.conflicts[0].record == visit.head.id);
    }
    CHECK(desk.activities.get(visit.head.id) == visit);
    desk.ion.undo(planning);
    desk.ion.undo(creation);
    CHECK_FALSE(desk.parties.find(party.head.id));
}

TEST_CASE("HIS-02 undoing another's command needs the right to change all that it touched") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    CHECK_THROWS_AS(desk.petru.undo(last(desk.ion)), NotFound);
    CHECK(desk.parties.find(party.head.id));
    desk.ana.undo(last(desk.ion));
    CHECK_FALSE(desk.parties.find(party.head.id));
}

TEST_CASE("HIS-02 a child does not come back without its parent") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    const auto point =
        desk.parties.add_point(party.head.id, {.type = "phone", .value = "022 123 456"});
    desk.points.remove(point.head.id);
    const auto removal = last(desk.ion);
    desk.parties.remove(party.head.id);
    const auto parent_removal = last(desk.ion);
    CHECK_THROWS_AS(desk.ion.undo(removal), Conflict);
    CHECK(desk.ana.count(kind_of<Point>(), {}).rows == 0);
    desk.ion.undo(parent_removal);
    desk.ion.undo(removal);
    CHECK(desk.points.get(point.head.id).value == "022 123 456");
}

TEST_CASE("HIS-02 RIG-01 an undo cannot leave the file without an administrator") {
    Desk desk;
    Rights(desk.ana).grant(desk.ion.user(), "*", "administer", "all");
    const auto appointment = last(desk.ana);
    Rights(desk.ion).revoke(desk.ana.user(), "*", "administer", "all");
    CHECK_THROWS_AS(desk.ion.undo(appointment), Conflict);
    CHECK_NOTHROW(Units(desk.ion).add({.name = "Depot"}));
}

TEST_CASE("HIS-02 a user or unit that records belong to does not vanish by an undo") {
    Desk desk;
    const auto unit = Units(desk.ana).add({.name = "Depot"});
    const auto creation = last(desk.ana);
    Parties(desk.ana).add({.head = {.unit = unit.head.id}, .name = "Acme SRL"});
    CHECK_THROWS_AS(desk.ana.undo(creation), Conflict);
    CHECK_THROWS_AS(desk.ana.undo(desk.ana.get(desk.ion.user()).head().created_in), Conflict);
}

TEST_CASE(
    "HIS-02 HIS-01 the newest command of any random work is undone and redone without a trace") {
    Desk desk;
    CAPTURE(crm::test::seed());
    crm::test::Random random(crm::test::seed());
    const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
    Session& me = desk.ana;
    Parties parties(me);
    Contacts contacts(me);
    Activities activities(me);
    Notes notes(me);
    std::vector<Party> known{parties.add({.name = "Party 0"})};
    std::vector<Contact> people{contacts.add({.last_name = "Person 0"})};
    const auto any_party = [&] { return known[pick(known.size())].head.id; };
    const auto any_contact = [&] { return people[pick(people.size())].head.id; };
    const std::vector<std::function<void()>> verbs{
        [&] {
            known.push_back(parties.add(
                {.name = "Party " + std::to_string(random() % 50), .description = "d"}));
        },
        [&] {
            people.push_back(
                parties
                    .add_person({.first_name = "Ion", .last_name = "P" + std::to_string(pick(50))})
                    .contact);
        },
        [&] {
            people.push_back(contacts.add({.last_name = "Person " + std::to_string(pick(50))}));
        },
        [&] {
            auto party = parties.get(any_party());
            party.status = pick(2) ? "active" : "";
            party.description = std::to_string(pick(9));
            parties.update(party);
        },
        [&] {
            contacts.change(any_contact(), any_version,
                            {{"last_name", Value{std::string_view{"Nou"}}}});
        },
        [&] { contacts.join(any_contact(), any_party(), "Director"); },
        [&] {
            parties.add_point(any_party(),
                              {.type = "email", .value = "a" + std::to_string(pick(99)) + "@b.md"});
        },
        [&] { parties.add_role(any_party(), "client"); },
        [&] {
            activities.plan({.subject = "Call",
                             .kind = "call",
                             .party = any_party(),
                             .contact = any_contact(),
                             .start = monday});
        },
        [&] {
            const auto open = activities.list({.where = field("state") == "planned"});
            if (!open.rows.empty())
                activities.complete(open.rows[pick(open.rows.size())].head.id, "done",
                                    Plan{.subject = "Next", .start = friday});
        },
        [&] { notes.write(any_party(), "o notă " + std::to_string(pick(99))); },
        [&] { parties.remove(any_party()); },
        [&] { contacts.remove(any_contact()); },
    };
    int done = 0, undone = 0;
    for (int step = 0; done < 150; ++step) {
        REQUIRE(step < 3'000);  // much is refused: what was removed is asked for again
        const auto before = content(me);
        const auto command = last(me);
        try {
            verbs[pick(verbs.size())]();
        } catch (const Error&) {
            CHECK(content(me) == before);  // a refusal changes nothing
            continue;
        }
        if (last(me) == command) continue;
        ++done;
        if (pick(2)) continue;
        const auto after = content(me);
        INFO("turning back ", me.command(last(me)).verb);
        const auto undo = me.undo(last(me));
        CHECK(content(me) == before);
        try {
            me.undo(undo.id);
        } catch (const Conflict& conflict) {
            for (const auto& way : conflict.conflicts)
                MESSAGE(me.get(way.record).kind().name, ".", way.field, " ", way.reason);
            throw;
        }
        CHECK(content(me) == after);
        ++undone;
    }
    CHECK(undone > 40);
    CHECK(desk.database.quick_check().empty());
}
