#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

CommandId last(Session& session) { return session.commands(1).front().id; }

std::vector<CommandId> ids(const std::vector<Command>& commands) {
    std::vector<CommandId> ids;
    for (const Command& command : commands) ids.push_back(command.id);
    return ids;
}

Party renamed(Parties& parties, Id<Party> id, std::string name) {
    Party party = parties.get(id);
    party.name = std::move(name);
    return parties.update(party);
}

template <class Body>
std::vector<FieldConflict> conflicts_of(const Body& body) {
    try {
        body();
    } catch (const Conflict& conflict) {
        return conflict.conflicts;
    }
    return {};
}

}  // namespace

TEST_CASE("HIS-06 a user's hour is turned back as one, and the rest stays") {
    Desk desk;
    const auto kept = desk.parties.add({.name = "Acme SRL"});
    desk.clock.advance(hour);
    const Time since = desk.clock.now();
    const auto made = desk.parties.add({.name = "Bacarat SA"});
    renamed(desk.parties, kept.head.id, "Acme Grup SRL");
    const auto by_ana = Parties(desk.ana).add({.name = "Cricova SA"});
    desk.clock.advance(hour);
    const CommandFilter filter{.user = desk.ion.user(), .since = since, .until = desk.clock.now()};
    const auto meant = ids(desk.ana.commands(filter));
    CHECK(meant.size() == 2);
    desk.parties.add({.name = "Dava SRL"});
    const auto undone = desk.ana.undo(filter);
    CHECK(undone.commands == std::vector<CommandId>{meant[1], meant[0]});
    CHECK(undone.conflicts.empty());
    CHECK(undone.not_undoable.empty());
    CHECK_FALSE(desk.ion.find(made.head.id));
    CHECK(desk.parties.get(kept.head.id).name == "Acme SRL");
    CHECK(desk.ana.find(by_ana.head.id));
    CHECK_THROWS_AS(desk.ana.undo(filter), Conflict);  // all of it is undone already
    desk.ana.undo(undone.command.id);
    CHECK(desk.parties.get(kept.head.id).name == "Acme Grup SRL");
    CHECK(desk.ion.get(made.head.id).head().id == made.head.id);
}

TEST_CASE("HIS-06 commands are found by user, verb, time, run and record") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    const auto added = last(desk.ion);
    desk.clock.advance(hour);
    renamed(desk.parties, party.head.id, "Acme Grup SRL");
    const auto changed = last(desk.ion);
    desk.clock.advance(hour);
    Parties(desk.ana).add({.name = "Bacarat SA"});
    const auto by_ana = last(desk.ana);
    using Ids = std::vector<CommandId>;
    CHECK(ids(desk.ana.commands({.record = party.head.id})) == Ids{changed, added});
    CHECK(ids(desk.ana.commands({.verb = "party.add"})) == Ids{by_ana, added});
    CHECK(ids(desk.ana.commands({.verb = "party.add"}, 1)) == Ids{by_ana});
    CHECK(ids(desk.ana.commands({.verb = "party.add"}, 1, by_ana)) == Ids{added});
    CHECK(ids(desk.ana.commands({.user = desk.ion.user()})) == Ids{changed, added});
    CHECK(ids(desk.ana.commands({.since = monday + hour})) == Ids{by_ana, changed});
    CHECK(ids(desk.ana.commands({.since = monday + hour, .until = monday + 2 * hour})) ==
          Ids{changed});
    CHECK(ids(desk.ana.commands({.commands = {added, by_ana}})) == Ids{by_ana, added});
    CHECK(ids(desk.ana.commands({.commands = {added, by_ana}, .record = party.head.id})) ==
          Ids{added});
    CHECK(ids(desk.ion.commands({.verb = "party.add"})) == Ids{added});
    CHECK(desk.petru.commands({.record = party.head.id}).empty());
}

TEST_CASE("HIS-06 a filter must mean something that the session may see") {
    Desk desk;
    desk.parties.add({.name = "Acme SRL"});
    CHECK_THROWS_AS(desk.ana.undo(CommandFilter{}), Invalid);
    CHECK_THROWS_AS(desk.ana.undo({.verb = "no.such"}), NotFound);
    CHECK_THROWS_AS(desk.petru.undo({.user = desk.ion.user()}), NotFound);
    CHECK_THROWS_AS(desk.petru.undo({.commands = {last(desk.ion)}}), NotFound);
    CHECK_THROWS_AS(desk.ion.undo({.runs = {RunId{77}}}), NotFound);
}

TEST_CASE("HIS-06 conflicts say who changed what and when, and those of hidden records nothing") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    renamed(desk.parties, party.head.id, "Acme Grup SRL");
    const auto change = last(desk.ion);
    desk.clock.advance(hour);
    Parties by_ana(desk.ana);
    renamed(by_ana, party.head.id, "Acme Holding SA");
    const auto later = last(desk.ana);
    const auto told = conflicts_of([&] { desk.ion.undo(change); });
    REQUIRE(told.size() == 1);
    CHECK(told[0] ==
          FieldConflict{party.head.id, "name", later, "ana", monday + hour, "was changed since"});

    const auto other = desk.parties.add({.name = "Bacarat SA"});
    const auto creation = last(desk.ion);
    Rights(desk.ana).share(other.head.id, desk.petru.user(), "change");
    for (int i = 0; i < 2; ++i)
        Activities(desk.petru).plan(call(other.head.id, "hidden " + std::to_string(i)));
    const auto hidden = conflicts_of([&] { desk.ion.undo(creation); });
    const auto nothing = std::ranges::count(hidden, Ref{}, &FieldConflict::record);
    CHECK(nothing == 1);
    for (const auto& conflict : hidden) {
        if (conflict.record) continue;
        CHECK(conflict.field.empty());
        CHECK(conflict.user.empty());
        CHECK(conflict.changed_in == CommandId{});
        CHECK(conflict.at == Time{});
    }
}

TEST_CASE("HIS-06 with skip_conflicts all is turned back that can be, and what was left is told") {
    Desk desk;
    auto party =
        desk.parties.add({.name = "Acme SRL", .annual_revenue = Money{100, Currency("MDL")}});
    const auto start = last(desk.ion);
    desk.ion.change(party.head.id, any_version,
                    {{"name", std::string_view{"Acme Grup SRL"}},
                     {"status", std::string_view{"active"}},
                     {"annual_revenue_minor", std::int64_t{200}},
                     {"annual_revenue_currency", std::string_view{"USD"}}});
    const auto change = last(desk.ion);
    desk.ion.change(
        party.head.id, any_version,
        {{"name", std::string_view{"ACME GRUP SRL"}}, {"annual_revenue_minor", std::int64_t{300}}});
    const auto undone = desk.ion.undo({.commands = {change}}, {.skip_conflicts = true});
    CHECK(undone.commands == std::vector{change});
    party = desk.parties.get(party.head.id);
    CHECK(party.status.empty());
    CHECK(party.name == "ACME GRUP SRL");
    CHECK(desk.ion.quick("acme grup").rows.size() == 1);         // its key stayed with it
    CHECK(party.annual_revenue == Money{300, Currency("USD")});  // no amount in a currency of
                                                                 // before
    std::vector<std::string> fields;
    for (const auto& conflict : undone.conflicts) {
        fields.push_back(conflict.field);
        CHECK(conflict.user == "ion");
    }
    std::ranges::sort(fields);
    CHECK(fields.size() == 2);
    CHECK(fields.back() == "name");

    CHECK_THROWS_AS(desk.ion.undo(change), Conflict);  // is undone
    desk.ion.undo(undone.command.id);
    party = desk.parties.get(party.head.id);
    CHECK(party.status == "active");
    CHECK(party.name == "ACME GRUP SRL");

    desk.activities.plan(call(party.head.id));  // holds the party
    const auto nothing = desk.ion.undo({.commands = {start}}, {.skip_conflicts = true});
    CHECK_FALSE(nothing.conflicts.empty());
    CHECK(desk.parties.find(party.head.id));
}

TEST_CASE("HIS-06 a record that cannot go stays with what belongs to it and what it needs") {
    Desk desk;
    Id<Party> held, free;
    Id<Point> phone;
    Id<Contact> person;
    const auto made = desk.ion.write("several", [&](Work&) {
        held = desk.parties.add({.name = "Acme SRL"}).head.id;
        phone = desk.parties.add_point(held, {.type = "phone", .value = "022 123 456"}).head.id;
        free = desk.parties.add({.name = "Bacarat SA"}).head.id;
        person = desk.contacts.add({.last_name = "Rusu"}).head.id;
        desk.contacts.join(person, held, "Director");
    });
    desk.notes.write(held, "o notă");
    CHECK_THROWS_AS(desk.ion.undo(made.id), Conflict);
    CHECK(desk.parties.find(free));
    desk.ion.undo({.commands = {made.id}}, {.skip_conflicts = true});
    CHECK(desk.parties.find(held));
    CHECK(desk.points.find(phone));
    CHECK_FALSE(desk.parties.find(free));
    CHECK_FALSE(desk.contacts.find(person));
}

TEST_CASE("HIS-06 a command and its undo in one set come to nothing") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    renamed(desk.parties, party.head.id, "Acme Grup SRL");
    const auto change = last(desk.ion);
    const auto undo = desk.ion.undo(change).id;
    const auto both = desk.ion.undo({.commands = {change, undo}});
    CHECK(both.commands == std::vector{change, undo});
    CHECK(desk.parties.get(party.head.id).name == "Acme SRL");
    CHECK_THROWS_AS(desk.ion.undo(change), Conflict);
    desk.ion.undo(both.command.id);
    CHECK(desk.parties.get(party.head.id).name == "Acme SRL");
    desk.ion.undo(undo);
    CHECK(desk.parties.get(party.head.id).name == "Acme Grup SRL");
}

TEST_CASE("HIS-06 two records may exchange what is unique, and a taken value is a conflict") {
    Desk desk;
    auto one = desk.parties.add({.code = "A", .name = "Acme SRL"});
    auto two = desk.parties.add({.code = "B", .name = "Bacarat SA"});
    const auto coded = [&](Id<Party> id, const char* code) {
        desk.ion.change(id, any_version, {{"code", std::string_view{code}}});
        return last(desk.ion);
    };
    const auto first = coded(one.head.id, "C"), second = coded(two.head.id, "A"),
               third = coded(one.head.id, "B");
    desk.ion.undo({.commands = {first, second, third}});
    CHECK(desk.parties.get(one.head.id).code == "A");
    CHECK(desk.parties.get(two.head.id).code == "B");

    const auto freed = coded(one.head.id, "D");
    desk.parties.add({.code = "A", .name = "Cricova SA"});
    const auto told = conflicts_of([&] { desk.ion.undo(freed); });
    REQUIRE(told.size() == 1);
    CHECK(told[0].record == one.head.id);
    CHECK(desk.parties.get(one.head.id).code == "D");
}

TEST_CASE("HIS-06 HIS-01 what one command set and set back is no change, and no conflict") {
    Desk desk;
    const auto acme = desk.parties.add({.name = "Acme SRL", .status = "active"});
    const auto creation = last(desk.ion);
    desk.ion.write("party.waver", [&](Work&) {
        for (const std::string_view status : {"closed", "active"})
            desk.ion.change(acme.head.id, any_version, {{"status", status}});
    });
    CHECK(desk.ion.history(acme.head.id).back().fields.empty());
    CHECK(verify(desk.ana).defects.empty());
    CHECK_NOTHROW(desk.ion.undo(creation));
    CHECK_FALSE(desk.parties.find(acme.head.id));
}

TEST_CASE("HIS-06 an amount comes back in the currency in which it was left") {
    Desk desk;
    const auto acme = desk.parties.add({.name = "Acme SRL"}).head.id;
    const auto set = [&](std::vector<Assignment> fields) {
        desk.ion.change(acme, any_version, fields);
        return last(desk.ion);
    };
    const auto in_dollars = set({{"annual_revenue_minor", std::int64_t{700}},
                                 {"annual_revenue_currency", std::string_view{"USD"}}});
    const auto lowered = set({{"annual_revenue_minor", std::int64_t{600}}});
    const auto undo = desk.ion.undo(lowered).id;
    desk.ion.undo({.commands = {in_dollars, undo}});
    CHECK(desk.parties.get(acme).annual_revenue == Money{600, Currency{"USD"}});
}

TEST_CASE("HIS-06 what would refer to a record that is gone does not come back") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    const auto person = desk.contacts.add({.last_name = "Rusu"});
    auto visit = call(party.head.id);
    visit.contact = person.head.id;
    visit = desk.activities.plan(visit);
    desk.ion.change(visit.head.id, any_version, {{"contact_id", Value{}}});
    const auto cleared = last(desk.ion);
    desk.contacts.remove(person.head.id);
    const auto told = conflicts_of([&] { desk.ion.undo(cleared); });
    REQUIRE(told.size() == 1);
    CHECK(told[0].field == "contact_id");
    CHECK_FALSE(desk.activities.get(visit.head.id).contact);
}

TEST_CASE("HIS-02 the redo of a run's undo makes it done again, and so does that of a set") {
    Desk desk;
    const auto rows = desk.folder.path() / "rows.csv";
    std::ofstream(rows) << "name\nAcme SRL\nBacarat SA\n";
    const auto report = import_csv(desk.ana, rows, {}, {.kind = "party"});
    CHECK(desk.ana.run(report.run).state == "done");
    const auto undone = desk.ana.undo(report.run);
    CHECK(desk.ana.run(report.run).state == "undone");
    desk.ana.undo(undone.id);
    CHECK(desk.ana.run(report.run).state == "done");
    const auto again = desk.ana.undo({.runs = {report.run}, .verb = "import"});
    CHECK(desk.ana.run(report.run).state == "undone");
    desk.ana.undo(again.command.id);
    const auto by_time = desk.ana.undo({.user = desk.ana.user(), .verb = "import"});
    CHECK(by_time.commands == again.commands);
    CHECK(desk.ana.run(report.run).state == "undone");
    CHECK(desk.ana.count(kind_of<Party>(), {}).rows == 0);
}

TEST_CASE("HIS-05 a rehearsed undo tells what it would do and keeps nothing") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    renamed(desk.parties, party.head.id, "Acme Grup SRL");
    const auto change = last(desk.ion);
    const auto made = desk.parties.add({.name = "Bacarat SA"});
    const auto newest = last(desk.ion);
    const auto effects = desk.ion.rehearse_undo({.commands = {change, newest}});
    REQUIRE(effects.changed.size() == 1);
    CHECK(effects.changed[0].record == party.head.id);
    CHECK(effects.removed == std::vector{made.head.id});
    CHECK(effects.denials.empty());
    CHECK(desk.parties.get(party.head.id).name == "Acme Grup SRL");
    CHECK(last(desk.ion) == newest);
    Rights(desk.ana).lock(desk.ion.user(), "party", "name");
    const auto denied = desk.ion.rehearse_undo({.commands = {change}});
    CHECK(denied.denials.size() == 1);
    CHECK(denied.changed.empty());
}

TEST_CASE("HIS-05 a rehearsal tells what rights do not allow, with what was done before it") {
    Desk desk;
    const auto party = Parties(desk.ana).add(
        {.head = {.owner = desk.ana.user(), .unit = desk.ion.unit()}, .name = "Acme SRL"});
    const auto effects = desk.ion.rehearse([&](Work&) {
        desk.parties.add({.name = "Bacarat SA"});
        desk.parties.remove(party.head.id);  // of the unit, but not his own
    });
    CHECK(effects.created.size() == 1);
    REQUIRE(effects.denials.size() == 1);
    CHECK(effects.denials[0].reason.find("delete") != std::string::npos);
    CHECK(effects.duplicates.empty());
    CHECK(desk.ion.count(kind_of<Party>(), {}).rows == 1);
    CHECK_THROWS_AS(desk.ion.rehearse([&](Work&) { desk.parties.get(Id<Party>{12345}); }),
                    NotFound);
}

TEST_CASE("HIS-06 an undo fires no rule that writes other records") {
    Desk desk;
    const auto region = Records<Territory>(desk.ana).add({.name = "Nord"});
    const auto party = Parties(desk.ana).add({.name = "Acme SRL"});
    Parties(desk.ana).change(party.head.id, any_version,
                             {{"territory_id", region.head.id.value()}});
    const auto moved = last(desk.ana);
    const auto visit = Activities(desk.ana).plan(call(party.head.id));
    CHECK(desk.ana.get(visit.head.id).head().territory == region.head.id);
    desk.ana.undo(moved);
    CHECK_FALSE(desk.ana.get(party.head.id).head().territory);
    // Moving the party by hand would take the visit along.
    CHECK(desk.ana.get(visit.head.id).head().territory == region.head.id);
}

TEST_CASE("HIS-06 of very many conflicts a thousand are told, and how many more there are") {
    Desk desk;
    constexpr int many = 1'005;
    std::vector<Id<Party>> parties;
    const auto made = desk.ion.write("many", [&](Work&) {
        for (int i = 0; i < many; ++i)
            parties.push_back(desk.parties.add({.name = "P" + std::to_string(i)}).head.id);
    });
    desk.ion.write("change", [&](Work&) {
        for (const auto id : parties)
            desk.ion.change(id, any_version, {{"description", std::string_view{"x"}}});
    });
    try {
        desk.ion.undo(made.id);
        FAIL("undone over later changes");
    } catch (const Conflict& conflict) {
        CHECK(conflict.conflicts.size() == 1'000);
        CHECK(std::string(conflict.what()).find("and 5 more") != std::string::npos);
    }
}

TEST_CASE("HIS-06 RIG-08 skipping conflicts takes no right that is missing") {
    for (const bool sees : {true, false}) {
        CAPTURE(sees);
        Desk desk;
        const Ref party = desk.parties.add({.name = "Acme"}).head.id;
        const CommandId made = desk.ion.commands(1).front().id;
        const Ref point = Points(desk.ana)
                              .add({.record = party, .type = "email", .value = "one@acme.md"})
                              .head.id;
        desk.points.change(point, any_version, {{"label", "by Ion"}});
        const CommandId changed = desk.ion.commands(1).front().id;
        Rights rights(desk.ana);
        for (const char* scope : {"unit", "shared"}) {
            rights.revoke(desk.ion.user(), "*", "change", scope);
            if (!sees) rights.revoke(desk.ion.user(), "*", "read", scope);
        }
        CHECK_THROWS_AS(desk.ion.undo({.commands = {made, changed}}, {.skip_conflicts = true}),
                        Denied);
        CHECK(Points(desk.ana).get(point).label == "by Ion");
    }
}

TEST_CASE("HIS-06 RIG-06 what is locked or hidden does not come back changed with its record") {
    for (const bool hidden : {true, false}) {
        CAPTURE(hidden);
        Desk desk;
        const auto party = desk.parties.add({.name = "Acme", .description = "old"}).head.id;
        desk.parties.change(party, any_version, {{"description", "new"}});
        const CommandId changed = desk.ion.commands(1).front().id;
        Rights rights(desk.ana);
        hidden ? rights.hide(desk.ion.user(), "party", "description")
               : rights.lock(desk.ion.user(), "party", "description");
        desk.parties.remove(party);
        const CommandId removed = desk.ion.commands(1).front().id;
        CHECK_THROWS_AS(desk.ion.undo({.commands = {changed, removed}}, {}), Denied);
        desk.ion.undo(removed);
        CHECK(Parties(desk.ana).get(party).description == "new");
    }
}

TEST_CASE(
    "HIS-06 RIG-08 to read a record is not enough to turn back one's change of a colleague's "
    "note") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme"}).head.id;
    const auto note = Notes(desk.ana).add({.record = party, .text = "by Ana"}).head.id;
    desk.ion.change(note, any_version, {{"text", "by Ion"}});
    const CommandId changed = desk.ion.commands(1).front().id;
    Rights rights(desk.ana);
    for (const char* scope : {"unit", "shared"})
        rights.revoke(desk.ion.user(), "*", "change", scope);
    CHECK_THROWS_AS(desk.ion.undo(changed), Denied);
    CHECK(Notes(desk.ana).get(note).text == "by Ion");
}
