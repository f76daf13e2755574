#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

Info info_of(const std::filesystem::path& path) {
    auto database = open(path);
    return database.trusted_session("ana").info();
}

}  // namespace

TEST_CASE("EMB-02 a new file says what it is, and wrong options make none") {
    const Folder folder;
    const auto path = folder.path() / "firm.crm";
    CHECK_THROWS_AS(create(path, {.admin = " "}), Invalid);
    CHECK_THROWS_AS(create(path, {.admin = "ana", .country = "XX"}), Invalid);
    CHECK_THROWS_AS(create(path, {.admin = "ana", .zone = "Europe/Nowhere"}), Invalid);
    CHECK_THROWS_AS(create(path, {.admin = "ana", .language = "xx"}), Invalid);
    CHECK_THROWS_AS(create(path, {.admin = "ana", .currency = "XXXX"}), Invalid);
    CHECK(std::filesystem::is_empty(folder.path()));
    {
        auto database = create(
            path, {.admin = "ana", .country = "MD", .zone = "Europe/Chisinau", .language = "ro"});
        CHECK_THROWS_AS(create(path, {.admin = "ana"}), Conflict);
        CHECK_THROWS_AS(database.trusted_session("nobody"), NotFound);
    }
    const Info info = info_of(path);
    CHECK(info.schema_version == 4);
    CHECK(info.copy_number == 0);
    CHECK(info.country == "MD");
    CHECK(info.zone == "Europe/Chisinau");
}

TEST_CASE("a backup is a copy with a number of its own, and what both make never has one id") {
    Desk desk;
    const auto before = desk.parties.add({.name = "Acme SRL"});
    const auto target = desk.folder.path() / "backup.crm";
    desk.database.backup(target);
    CHECK_THROWS_AS(desk.database.backup(target), Conflict);
    const auto here = desk.parties.add({.name = "Here"});
    auto copy = open(target);
    auto me = copy.trusted_session("ion");
    CHECK(Parties(me).get(before.head.id) == before);
    CHECK(Parties(me).count().rows == 1);
    const auto there = Parties(me).add({.name = "There"});
    CHECK(here.head.id.copy() == 0);
    CHECK(there.head.id.copy() != 0);
    CHECK(there.code != here.code);
    CHECK(me.info().copy_uuid != desk.ion.info().copy_uuid);
}

TEST_CASE("a copy made behind our back gets a number of its own, a file left alone keeps it") {
    const Folder folder;
    const auto path = folder.path() / "firm.crm", copied = folder.path() / "copied.crm";
    create(path, {.admin = "ana"});
    const Info original = info_of(path);
    std::filesystem::copy_file(path, copied);
    const Info copy = info_of(copied);
    CHECK(copy.copy_number != original.copy_number);
    CHECK(copy.copy_uuid != original.copy_uuid);
    CHECK(info_of(copied).copy_number == copy.copy_number);
    CHECK(info_of(path).copy_number == original.copy_number);
    open(copied).new_copy();
    CHECK(info_of(copied).copy_number != copy.copy_number);
}

TEST_CASE("a closed database makes no sessions, and those it has do nothing more") {
    Desk desk;
    desk.database.close();
    CHECK_THROWS_AS(desk.database.trusted_session("ana"), Misuse);
    CHECK_THROWS_AS(desk.parties.add({.name = "Acme SRL"}), Misuse);
}

TEST_CASE("a file opened for reading only refuses every write and shows everything") {
    const Folder folder;
    const auto path = folder.path() / "firm.crm";
    Ref party;
    {
        auto database = create(path, {.admin = "ana"});
        auto me = database.trusted_session("ana");
        party = Parties(me).add({.name = "Acme SRL"}).head.id;
    }
    auto database = open(path, {.read_only = true});
    auto me = database.trusted_session("ana");
    CHECK(me.get(party).get("name").text() == "Acme SRL");
    CHECK(me.search("acme").rows.size() == 1);
    CHECK_THROWS_AS(Parties(me).add({.name = "Bacarat SA"}), ReadOnly);
    CHECK_THROWS_AS(me.undo(CommandId{1}), ReadOnly);
}

TEST_CASE("an update of a row that a list read without its long text keeps the long text") {
    Desk desk;
    desk.parties.add({.name = "Acme SRL", .description = "vinuri"});
    auto row = desk.parties.list().rows.at(0);
    CHECK(row.description.empty());
    row.name = "Acme Grup SRL";
    CHECK(desk.parties.update(row).description == "vinuri");
    auto whole = desk.parties.get(row.head.id);
    whole.description.clear();
    CHECK(desk.parties.update(whole).description.empty());
}

TEST_CASE("RIG-03 a record is handed to another owner with the right to assign, and not without") {
    Desk desk;
    auto party = desk.parties.add({.name = "Acme SRL"});
    party.head.owner = desk.petru.user();
    CHECK_THROWS_AS(desk.parties.update(party), Denied);
    CHECK_THROWS_AS(desk.parties.add({.head = {.owner = desk.petru.user()}, .name = "Bacarat SA"}),
                    Denied);
    party.head.unit = desk.petru.unit();
    const auto moved = Parties(desk.ana).update(party);
    CHECK(moved.head.owner == desk.petru.user());
    CHECK(desk.petru.find(party.head.id));
    CHECK_FALSE(desk.ion.find(party.head.id));
}

TEST_CASE("RIG-03 handing a record out of one's own sight succeeds and returns it") {
    Desk desk;
    Rights(desk.ana).grant(desk.ion.user(), "party", "assign", "unit");
    auto party = desk.parties.add({.name = "Acme SRL"});
    party.head.owner = desk.petru.user();
    party.head.unit = desk.petru.unit();
    CHECK(desk.parties.update(party).head.owner == desk.petru.user());
    CHECK_FALSE(desk.ion.find(party.head.id));
}

TEST_CASE("RIG-03 a user who is moved adds records to the new unit at once") {
    Desk desk;
    Users(desk.ana).change(desk.ion.user(), any_version, {{"unit_id", desk.petru.unit().value()}});
    CHECK(desk.parties.add({.name = "Acme SRL"}).head.unit == desk.petru.unit());
}

TEST_CASE("a record removed in the same unit of work gets no children") {
    Desk desk;
    CHECK_THROWS_AS(desk.ion.write("orphan",
                                   [&](Work&) {
                                       const auto party = desk.parties.add({.name = "Acme SRL"});
                                       desk.parties.remove(party.head.id);
                                       desk.parties.add_point(party.head.id,
                                                              {.type = "email", .value = "a@b.md"});
                                   }),
                    Invalid);
}

TEST_CASE("PAR-01 the owner of a person changes with whichever half is handed over") {
    Desk desk;
    Session& ana = desk.ana;
    const auto person = Parties(ana).add_person({.last_name = "Rusu"});
    ana.write("hand over", [&](Work&) {
        Contacts(ana).change(person.contact.head.id, any_version, {{"title", "Director"}});
        Parties(ana).change(person.party.head.id, any_version,
                            {{"owner_id", desk.ion.user().value()}});
    });
    CHECK(Parties(ana).get(person.party.head.id).head.owner == desk.ion.user());
    CHECK(Contacts(ana).get(person.contact.head.id).head.owner == desk.ion.user());
}

TEST_CASE("HIS-02 undo of another's creation is denied to who may see it but not change it") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL"});
    Rights rights(desk.ana);
    rights.revoke(desk.ion.user(), "*", "change", "unit");
    const auto creation = party.head.created_in;
    CHECK_THROWS_AS(desk.ion.undo(creation), Denied);
    CHECK(desk.parties.find(party.head.id));
}
