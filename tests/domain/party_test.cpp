#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using test::refused_field;

TEST_CASE("PAR-01 organisations and natural persons stand in one register, each with a code") {
    auto desk = test::desk();
    const auto acme =
        desk.parties.add({.code = "AC-1", .name = "Acme SRL", .description = "Pumps"});
    const auto person = desk.parties.add_person({.first_name = "Ștefan", .last_name = "Țurcan"});

    CHECK(acme.nature == PartyNature::organisation);
    CHECK(person.party.nature == PartyNature::person);
    CHECK(person.party.name == "Ștefan Țurcan");
    CHECK(person.party.code == "P000002");
    CHECK(desk.parties.get(acme.head.id).description == "Pumps");
    CHECK(desk.parties.list().rows.size() == 2);
    CHECK(desk.parties.by_code("ac-1")->head.id == acme.head.id);
    CHECK(desk.parties.by_code("p000002")->name == "Ștefan Țurcan");
    CHECK_FALSE(desk.parties.by_code("AC-2"));
}

TEST_CASE("PAR-01 a code is unique, blind to case, also against those made by the file") {
    auto desk = test::desk();
    desk.parties.add({.code = "P000003", .name = "First"});
    CHECK_THROWS_WITH_AS(desk.parties.add({.code = "p000003", .name = "Second"}),
                         "party: another record has this code already, perhaps a hidden one; "
                         "choose another, or change that one",
                         Conflict);
    CHECK(desk.parties.add({.name = "Third"}).code == "P000002");
    CHECK(desk.parties.add({.name = "Fourth"}).code == "P000003-2");
}

TEST_CASE("PAR-01 a party without name, with wrong country or employees is refused") {
    auto desk = test::desk();
    CHECK(refused_field([&] { desk.parties.add({.name = " "}); }) == "party.name");
    CHECK(refused_field([&] { desk.parties.add({.name = "A", .country = "XX"}); }) ==
          "party.country");
    CHECK(refused_field([&] { desk.parties.add({.name = "A", .employees = -1}); }) ==
          "party.employees");
    CHECK(refused_field([&] { desk.parties.add({.name = std::string(2'001, 'x')}); }) ==
          "party.name");
    CHECK(refused_field([&] { desk.parties.add({.name = "\xff"}); }) == "party.name");
    CHECK(desk.parties.count().rows == 0);
}

TEST_CASE("PAR-01 an amount without currency is in the file's") {
    auto desk = test::desk();
    const auto party = desk.parties.add({.name = "Acme", .annual_revenue = Money{125'000, {}}});
    CHECK(party.annual_revenue == Money{125'000, Currency("MDL")});
}

TEST_CASE("PAR-01 a person and its contact are one: name, owner, deletion and undo") {
    auto desk = test::desk();
    Parties parties(desk.ana);
    Contacts contacts(desk.ana);
    const auto person = parties.add_person({.first_name = "Ion", .last_name = "Popa"});
    const auto id = person.party.head.id;
    CHECK(person.contact.person == Id<Party>{id});
    CHECK(person.party.name_key == "popa ion");

    SUBCASE("the name is changed in the contact and follows") {
        contacts.change(person.contact.head.id, any_version, {{"last_name", "Rusu"sv}});
        CHECK(parties.get(id).name == "Ion Rusu");
        CHECK(parties.get(id).name_key == "rusu ion");
    }
    SUBCASE("the name of the party cannot be changed alone") {
        CHECK(refused_field([&] {
                  parties.change(id, any_version, {{"name", "Vasile"sv}});
              }) == "party.name");
    }
    SUBCASE("both go to a new owner together, whichever is moved") {
        const Value ion = desk.ion.user().value(), petru = desk.petru.user().value();
        parties.change(id, any_version, {{"owner_id", ion}});
        CHECK(contacts.get(person.contact.head.id).head.owner == desk.ion.user());
        contacts.change(person.contact.head.id, any_version, {{"owner_id", petru}});
        CHECK(parties.get(id).head.owner == desk.petru.user());
        CHECK(parties.get(id).head.unit == desk.petru.unit());
    }
    SUBCASE("removing the contact takes the party along, and an undo brings both back") {
        const auto removal =
            desk.ana.write("tidy", [&](Work&) { contacts.remove(person.contact.head.id); });
        CHECK_FALSE(parties.find(id));
        desk.ana.undo(removal.id);
        CHECK(parties.get(id).name == "Ion Popa");
        CHECK(contacts.get(person.contact.head.id).person == Id<Party>{id});
    }
    SUBCASE("removing the party takes the contact along") {
        parties.remove(id);
        CHECK_FALSE(contacts.find(person.contact.head.id));
    }
    SUBCASE("undoing a change of name puts both back") {
        contacts.change(person.contact.head.id, any_version, {{"first_name", "Gheorghe"sv}});
        desk.ana.undo(desk.ana.commands(1).front().id);
        CHECK(parties.get(id).name == "Ion Popa");
        CHECK(contacts.get(person.contact.head.id).name == "Ion Popa");
    }
}

TEST_CASE("PAR-01 a person has exactly one contact, and an organisation is nobody's") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto person = desk.parties.add_person({.last_name = "Popa"});
    CHECK(refused_field([&] {
              desk.parties.add({.name = "Nobody", .nature = PartyNature::person});
          }) == "party.nature");
    CHECK_THROWS_AS(desk.contacts.add({.last_name = "Twin", .person = person.party.head.id}),
                    Conflict);
    CHECK(refused_field([&] { desk.contacts.add({.last_name = "Popa", .person = acme}); }) ==
          "contact.person_id");
    CHECK(desk.contacts.count().rows == 1);
}

TEST_CASE("PAR-01 what is shared of a person is shared of both halves") {
    auto desk = test::desk();
    const auto person = desk.parties.add_person({.last_name = "Popa"});
    Contacts of_petru(desk.petru);
    CHECK_FALSE(of_petru.find(person.contact.head.id));
    const auto share = Rights(desk.ion).share(person.party.head.id, desk.petru.user());
    CHECK(of_petru.get(person.contact.head.id).name == "Popa");
    desk.ion.remove(share.head.id);
    CHECK_FALSE(of_petru.find(person.contact.head.id));
    CHECK_FALSE(Parties(desk.petru).find(person.party.head.id));
}

TEST_CASE("PAR-02 a party plays several roles at the same time, from a list that can grow") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    desk.parties.add_role(acme, "client");
    desk.parties.add_role(acme, "supplier");
    desk.parties.add_role(acme, "client");
    CHECK(desk.parties.roles(acme) == std::vector<std::string>{"client", "supplier"});

    desk.parties.remove_role(acme, "client");
    desk.parties.remove_role(acme, "client");
    CHECK(desk.parties.roles(acme) == std::vector<std::string>{"supplier"});

    CHECK(refused_field([&] { desk.parties.add_role(acme, "dealer"); }) == "party_role.role");
    Lists(desk.ana).add_value("party_role", "dealer", {{"en", "Dealer"}});
    desk.parties.add_role(acme, "dealer");
    CHECK(desk.parties.roles(acme) == std::vector<std::string>{"supplier", "dealer"});
}

TEST_CASE(
    "PAR-03 type, status and industry come from lists; a retired value stays on old records only") {
    auto desk = test::desk();
    const auto party = desk.parties.add(
        {.name = "Acme", .type = "customer", .status = "active", .industry = "winemaking"});
    CHECK(party.industry == "winemaking");
    CHECK(refused_field([&] { desk.parties.add({.name = "B", .type = "unheard_of"}); }) ==
          "party.type");
    CHECK(refused_field([&] { desk.parties.add({.name = "B", .status = "Active"}); }) ==
          "party.status");

    Lists(desk.ana).retire("industry", "winemaking");
    CHECK(refused_field([&] { desk.parties.add({.name = "B", .industry = "winemaking"}); }) ==
          "party.industry");
    const auto renamed = desk.parties.change(party.head.id, any_version, {{"name", "Acme Wine"sv}});
    CHECK(renamed.industry == "winemaking");
}

TEST_CASE("PAR-04 points are kept as typed and looked up in their normal form") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto normal = [&](const char* type, const char* value) {
        const auto point = desk.parties.add_point(acme, {.type = type, .value = value});
        CHECK(point.value == value);
        return point.normalized;
    };
    CHECK(normal("phone", "(022) 23-45-67") == "+37322234567");
    CHECK(normal("mobile", "+373 69 123 456") == "+37369123456");
    CHECK(normal("fax", "022 23 45 68") == "+37322234568");
    CHECK(normal("email", "Office@Acme.MD") == "office@acme.md");
    CHECK(normal("url", "https://www.Acme.md/") == "acme.md");
    CHECK(normal("messenger", "@AcmeȘop") == "@acmesop");
    CHECK(desk.points.of(acme).size() == 6);
}

TEST_CASE("PAR-04 a point that is none is refused, and a changed one is normalised anew") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto refused = [&](const char* type, const char* value) {
        return refused_field([&] { desk.parties.add_point(acme, {.type = type, .value = value}); });
    };
    CHECK(refused("email", "acme.md") == "point.value");
    CHECK(refused("email", "@acme.md") == "point.value");
    CHECK(refused("phone", "none") == "point.value");
    CHECK(refused("phone", "") == "point.value");
    CHECK(refused("telegraph", "1") == "point.type");
    CHECK(desk.points.of(acme).empty());

    const auto phone = desk.parties.add_point(acme, {.type = "phone", .value = "022 234567"});
    const auto changed =
        desk.points.change(phone.head.id, any_version, {{"value", "022 765432"sv}});
    CHECK(changed.normalized == "+37322765432");
    CHECK(refused_field([&] {
              desk.points.change(phone.head.id, any_version, {{"normalized", "x"sv}});
          }) == "point.normalized");
}

TEST_CASE("PAR-04 primary points come first, then the oldest; an activity has none") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    desk.parties.add_point(acme, {.type = "phone", .value = "022 111111"});
    desk.parties.add_point(acme, {.type = "phone", .value = "022 222222", .is_primary = true});
    desk.parties.add_point(acme, {.type = "phone", .value = "022 333333"});
    std::vector<std::string> values;
    for (const auto& point : desk.points.of(acme)) values.push_back(point.value);
    CHECK(values == std::vector<std::string>{"022 222222", "022 111111", "022 333333"});

    const auto call = desk.activities.plan(test::call(acme));
    CHECK(refused_field([&] {
              desk.points.add({.record = call.head.id, .type = "phone", .value = "022 111111"});
          }) == "point.record_id");
}

TEST_CASE("PAR-05 a party has any number of addresses, with the country as code or as typed") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    desk.parties.add_address(acme,
                             {.type = "registered_office", .city = "Chișinău", .country = "MD"});
    desk.parties.add_address(acme, {.type = "warehouse", .city = "Iași", .country_name = "RO"});
    desk.parties.add_address(acme,
                             {.type = "branch", .city = "Köln", .country_name = "Deutschland"});
    const auto addresses = desk.addresses.of(acme);
    REQUIRE(addresses.size() == 3);
    CHECK(addresses[0].country == "MD");
    CHECK(addresses[1].country == "RO");
    CHECK(addresses[1].country_name == "");
    CHECK(addresses[2].country == "");
    CHECK(addresses[2].country_name == "Deutschland");
    CHECK(refused_field([&] { desk.parties.add_address(acme, {.country = "Moldova"}); }) ==
          "address.country");
    CHECK(refused_field([&] { desk.parties.add_address(acme, {.type = "palace"}); }) ==
          "address.type");
}

TEST_CASE("PAR-06 fiscal data are kept as typed, leading zeros and all, and found") {
    auto desk = test::desk();
    const auto acme = desk.parties.add(
        {.name = "Acme", .tax_code = "0042600012345", .register_number = "0100260"});
    const auto found = desk.parties.list({.where = field("tax_code") == "0042600012345"});
    REQUIRE(found.rows.size() == 1);
    CHECK(found.rows[0].head.id == acme.head.id);
    CHECK(found.rows[0].register_number == "0100260");
}

TEST_CASE(
    "PAR-01 deleting a party takes its points, addresses, notes and memberships, not its "
    "activities") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto point = desk.parties.add_point(acme, {.type = "phone", .value = "022 234567"});
    const auto contact = desk.contacts.add({.last_name = "Popa"});
    const auto membership = desk.contacts.join(contact.head.id, acme);
    const auto note = desk.notes.write(acme, "Careful");
    const auto call = desk.activities.plan(test::call(acme));

    CHECK_THROWS_AS(desk.parties.remove(acme), Conflict);
    CHECK(desk.points.get(point.head.id).value == "022 234567");

    desk.activities.remove(call.head.id);
    desk.parties.remove(acme);
    CHECK_FALSE(desk.ion.find(point.head.id));
    CHECK_FALSE(desk.ion.find(membership.head.id));
    CHECK_FALSE(desk.ion.find(note.head.id));
    CHECK(desk.contacts.get(contact.head.id).name == "Popa");

    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(desk.parties.get(acme).name == "Acme SRL");
    CHECK(desk.contacts.memberships(contact.head.id).size() == 1);
    CHECK(desk.notes.get(note.head.id).text == "Careful");
}

TEST_CASE("PAR-08 a party tells how it came to us, with an explanation") {
    auto desk = test::desk();
    const auto acme = desk.parties.add(
        {.name = "Acme SRL", .source = "referral", .source_note = "by Ion Rusu of Zoo SRL"});
    CHECK(desk.parties.get(acme.head.id).source_note == acme.source_note);
    CHECK(desk.parties.list({.where = field("source_note") == "by Ion Rusu of Zoo SRL"})
              .rows.size() == 1);
    CHECK(refused_field([&] { desk.parties.add({.name = "X", .source = "no_such"}); }) ==
          "party.source");
}
