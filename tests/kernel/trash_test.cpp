#include <doctest/doctest.h>

#include <algorithm>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

CommandId last(Session& session) { return session.commands(1).front().id; }

std::vector<std::string> titles(const Page<TrashItem>& page) {
    std::vector<std::string> titles;
    for (const auto& item : page.rows) titles.push_back(item.title);
    return titles;
}
using Titles = std::vector<std::string>;

}  // namespace

TEST_CASE("HIS-02 the trash lists what was removed, last first, with who and when") {
    Desk desk;
    const auto acme = desk.parties.add({.name = "Acme SRL", .status = "active"});
    const auto phone =
        desk.parties.add_point(acme.head.id, {.type = "phone", .value = "022 123 456"});
    const auto bacarat = desk.parties.add({.name = "Bacarat SA"});
    desk.clock.advance(hour);
    desk.parties.remove(acme.head.id);
    desk.clock.advance(hour);
    desk.parties.remove(bacarat.head.id);
    Trash trash(desk.ion);
    const auto page = trash.list();
    CHECK(titles(page) == Titles{"Bacarat SA", "Acme SRL"});
    const TrashItem& item = page.rows.back();
    CHECK(item.record.as<Party>().status == "active");
    CHECK(item.command.at == monday + hour);
    CHECK(item.user_login == "ion");
    CHECK(item.along == std::vector{TrashItem::Along{phone.head.id, {}}});
    CHECK(titles(trash.list({.until = monday + 2 * hour})) == Titles{"Acme SRL"});
    CHECK(titles(trash.list({.since = monday + 2 * hour})) == Titles{"Bacarat SA"});
    CHECK(trash.list({.kind = "contact"}).rows.empty());
    CHECK(trash.list({.removed_by = desk.ana.user()}).rows.empty());
    CHECK(Trash(desk.petru).list().rows.empty());
    CHECK_THROWS_AS(trash.list({.kind = "no_such"}), Invalid);
    CHECK_THROWS_AS(trash.list({.after = "x"}), Invalid);
    CHECK_THROWS_AS(trash.list({.limit = 0}), Invalid);
}

TEST_CASE("HIS-02 HIS-04 what one command changes and removes is in the trash, as it was before") {
    Desk desk;
    const auto acme = desk.parties.add({.name = "Acme SRL", .status = "active"});
    const std::string position = Feed(desk.ion).now();
    desk.ion.write("party.close", [&](Work&) {
        auto party = desk.parties.get(acme.head.id);
        party.status = "closed";
        desk.parties.update(party);
        desk.parties.remove(acme.head.id);
    });
    const auto page = Trash(desk.ion).list();
    REQUIRE(titles(page) == Titles{"Acme SRL"});
    CHECK(page.rows[0].record.as<Party>().status == "active");
    const auto told = Feed(desk.ion).read(position).entries;
    REQUIRE(told.size() == 1);
    CHECK(told[0].what == FeedEntry::What::removed);
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("HIS-02 the trash is paged by key") {
    Desk desk;
    for (int i = 0; i < 7; ++i)
        desk.parties.remove(desk.parties.add({.name = std::to_string(i)}).head.id);
    Trash trash(desk.ion);
    Titles all;
    TrashQuery query{.limit = 3};
    do {
        const auto page = trash.list(query);
        CHECK(page.rows.size() <= 3);
        for (const auto& title : titles(page)) all.push_back(title);
        query.after = page.next;
    } while (!query.after.empty());
    CHECK(all == Titles{"6", "5", "4", "3", "2", "1", "0"});
}

TEST_CASE("HIS-02 a hidden field of a removed record stays hidden, and so does what went along") {
    Desk desk;
    const auto acme = desk.parties.add({.name = "Acme SRL", .tax_code = "1003600"});
    const auto person = Contacts(desk.petru).add({.last_name = "Lupu"});
    Rights(desk.ana).share(acme.head.id, desk.petru.user(), "read");
    Contacts(desk.petru).join(person.head.id, acme.head.id, "Director");
    Rights(desk.ana).hide(desk.ion.user(), "party", "tax_code");
    Parties(desk.ana).remove(acme.head.id);
    const auto page = Trash(desk.ion).list();
    REQUIRE(page.rows.size() == 1);
    CHECK(page.rows[0].record.as<Party>().tax_code.empty());
    const auto memberships = [](const Page<TrashItem>& list) {
        return std::ranges::count(list.rows.at(0).along, kind_of<Membership>().number,
                                  [](const TrashItem::Along& each) { return each.record.kind(); });
    };
    CHECK(memberships(page) == 0);  // of a contact that he does not see
    CHECK(memberships(Trash(desk.ana).list()) == 1);
}

TEST_CASE("HIS-02 a restore brings back what went along and the references that are still empty") {
    Desk desk;
    const auto acme = desk.parties.add({.name = "Acme SRL"});
    const auto person = desk.contacts.add({.last_name = "Rusu"});
    const auto other = desk.contacts.add({.last_name = "Lupu"});
    const auto phone =
        desk.points.add({.record = person.head.id, .type = "phone", .value = "022 123 456"});
    auto visit = call(acme.head.id);
    visit.contact = person.head.id;
    const auto first = desk.activities.plan(visit), second = desk.activities.plan(visit);
    desk.contacts.remove(person.head.id);
    CHECK_FALSE(desk.activities.get(first.head.id).contact);
    desk.ion.change(second.head.id, any_version, {{"contact_id", other.head.id.value()}});
    const auto later = last(desk.ion);

    Trash trash(desk.ion);
    REQUIRE(trash.list().rows.size() == 1);
    CHECK(trash.list().rows[0].along.size() == 3);
    const auto restored = trash.restore(person.head.id);
    CHECK(restored.command.verb == "trash.restore");
    CHECK(desk.contacts.get(person.head.id).last_name == "Rusu");
    CHECK(desk.points.get(phone.head.id).value == "022 123 456");
    CHECK(desk.activities.get(first.head.id).contact == person.head.id);
    CHECK(desk.activities.get(second.head.id).contact == other.head.id);
    REQUIRE(restored.conflicts.size() == 1);
    CHECK(restored.conflicts[0].record == second.head.id);
    CHECK(restored.conflicts[0].changed_in == later);
    CHECK(trash.list().rows.empty());

    desk.ion.undo(restored.command.id);
    CHECK_FALSE(desk.contacts.find(person.head.id));
    CHECK_FALSE(desk.points.find(phone.head.id));
    CHECK_FALSE(desk.activities.get(first.head.id).contact);
    CHECK(desk.activities.get(second.head.id).contact == other.head.id);
}

TEST_CASE("HIS-02 of a command that removed several records each is restored by itself") {
    Desk desk;
    const auto acme = desk.parties.add({.name = "Acme SRL"});
    const auto bacarat = desk.parties.add({.name = "Bacarat SA"});
    const auto both = desk.ion.write("cleaning", [&](Work&) {
        desk.parties.remove(acme.head.id);
        desk.parties.remove(bacarat.head.id);
    });
    Trash trash(desk.ion);
    trash.restore(acme.head.id);
    CHECK(desk.parties.find(acme.head.id));
    CHECK(titles(trash.list()) == Titles{"Bacarat SA"});
    desk.ion.undo(both.id);  // the rest of it
    CHECK(desk.parties.find(bacarat.head.id));
}

TEST_CASE("HIS-02 a natural person comes back whole, by the party or by the contact") {
    Desk desk;
    const auto person = desk.parties.add_person({.first_name = "Ion", .last_name = "Rusu"});
    for (const Ref by : {person.party.head.id, person.contact.head.id}) {
        desk.parties.remove(person.party.head.id);
        CHECK_FALSE(desk.contacts.find(person.contact.head.id));
        Trash(desk.ion).restore(by);
        CHECK(desk.parties.get(person.party.head.id).name == "Ion Rusu");
        CHECK(desk.contacts.get(person.contact.head.id).person == person.party.head.id);
    }
}

TEST_CASE("HIS-02 what stands in the way of a restore is told, and then nothing is done") {
    Desk desk;
    const auto acme = desk.parties.add({.code = "A", .name = "Acme SRL"});
    const auto visit = desk.activities.plan(call(acme.head.id));
    Trash trash(desk.ion);
    CHECK_THROWS_AS(trash.restore(acme.head.id), Conflict);  // is there
    CHECK_THROWS_AS(trash.restore(Ref{}), NotFound);
    desk.activities.remove(visit.head.id);
    desk.parties.remove(acme.head.id);
    CHECK_THROWS_AS(Trash(desk.petru).restore(acme.head.id), NotFound);
    try {
        trash.restore(visit.head.id);
        FAIL("restored without its party");
    } catch (const Conflict& conflict) {
        REQUIRE(conflict.conflicts.size() == 1);
        CHECK(conflict.conflicts[0].record == visit.head.id);
        CHECK(conflict.conflicts[0].field == "party_id");
    }
    desk.parties.add({.code = "A", .name = "Another SRL"});
    CHECK_THROWS_AS(trash.restore(acme.head.id), Conflict);
    CHECK(titles(trash.list()) == Titles{"Acme SRL", "Call"});
    CHECK_THROWS_AS(desk.ion.write("x", [&](Work&) { trash.restore(acme.head.id); }), Misuse);
}

TEST_CASE("HIS-02 what an undo took away is in the trash only where that is asked for") {
    Desk desk;
    const auto acme = desk.parties.add({.name = "Acme SRL"});
    desk.ion.undo(last(desk.ion));
    Trash trash(desk.ion);
    CHECK(trash.list().rows.empty());
    CHECK(titles(trash.list({.undone = true})) == Titles{"Acme SRL"});
    trash.restore(acme.head.id);
    CHECK(desk.parties.find(acme.head.id));
    CHECK(trash.list({.undone = true}).rows.empty());
}
