#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using test::call;
using test::subjects;
using Strings = std::vector<std::string>;

TEST_CASE("PAR-10 the card shows everything about a party in one call") {
    auto desk = test::desk();
    const auto acme = desk.parties.add({.name = "Acme SRL", .tax_code = "01"}).head.id;
    desk.parties.add_role(acme, "client");
    desk.parties.add_point(acme, {.type = "phone", .value = "022 234567"});
    desk.parties.add_address(acme, {.type = "registered_office", .city = "Chișinău"});
    const auto popa = desk.contacts.add({.first_name = "Ion", .last_name = "Popa"}).head.id;
    const auto rusu = desk.contacts.add({.last_name = "Rusu"}).head.id;
    desk.contacts.join(popa, acme, "Director", Date(2020, 1, 1));
    desk.contacts.join(rusu, acme, "Clerk", {}, Date(2025, 1, 31));
    desk.contacts.add_point(popa, {.type = "mobile", .value = "069 123456"});
    desk.contacts.add_point(popa, {.type = "email", .value = "popa@acme.md", .is_primary = true});
    desk.activities.report(call(acme, "Last week", test::monday - 7 * test::day));
    desk.activities.report(call(acme, "Yesterday", test::monday - test::day));
    desk.activities.plan(call(acme, "Friday", test::friday));
    desk.activities.start(desk.activities.plan(call(acme, "Now")).head.id);
    desk.activities.cancel(desk.activities.plan(call(acme, "Never")).head.id);
    desk.notes.write(acme, "Pays late", "Money");

    const auto card = desk.parties.card(acme);
    CHECK(card.party.tax_code == "01");
    CHECK(card.owner_name == "Ion Rusu");
    CHECK(card.roles == Strings{"client"});
    REQUIRE(card.points.size() == 1);
    CHECK(card.points[0].normalized == "+37322234567");
    REQUIRE(card.addresses.size() == 1);
    CHECK(card.addresses[0].city == "Chișinău");
    REQUIRE(card.people.size() == 2);
    CHECK(card.people[0].contact.name == "Rusu");
    CHECK(card.people[0].ends_on == Date(2025, 1, 31));
    CHECK(card.people[0].points.empty());
    CHECK(card.people[1].contact.name == "Ion Popa");
    CHECK(card.people[1].position == "Director");
    CHECK(card.people[1].starts_on == Date(2020, 1, 1));
    REQUIRE(card.people[1].points.size() == 2);
    CHECK(card.people[1].points[0].value == "popa@acme.md");
    CHECK(subjects(card.planned) == Strings{"Now", "Friday"});
    CHECK(subjects(card.chronicle) == Strings{"Yesterday", "Last week"});
    REQUIRE(card.notes.size() == 1);
    CHECK(card.notes[0].text == "Pays late");
    CHECK_FALSE(card.more_people);
    CHECK_FALSE(card.more_planned);
    CHECK_FALSE(card.more_chronicle);
    CHECK_FALSE(card.more_notes);
}

TEST_CASE("PAR-10 PAR-09 PAR-13 CON-08 the card shows links, consents, groups and projects") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto group = desk.parties.add({.name = "Group"}).head.id;
    const auto branch = desk.parties.add({.name = "Branch"}).head.id;
    PartyLinks links(desk.ion);
    links.add({.party = acme, .other = group, .type = "member_of", .starts_on = Date(2020, 1, 1)});
    links.add({.party = branch, .other = acme, .type = "branch_of", .ends_on = Date(2025, 1, 31)});
    Consents(desk.ion).add({.record = acme, .channel = "fax", .source = "letter"});
    Segments segments(desk.ion);
    segments.add_members(segments.make("party", "VIP").head.id, {acme});
    Projects projects(desk.ion);
    const auto made = [&](const char* name, std::optional<Date> due_on) {
        return projects.add({.name = name, .party = acme, .due_on = due_on}).head.id;
    };
    const auto old = made("Old", Date(2026, 1, 1));
    made("Some day", {});
    made("Next", Date(2026, 7, 1));
    const auto given_up = made("Given up", {});
    made("Soon", Date(2026, 6, 1));
    projects.complete(old, Date(2026, 1, 5));
    projects.cancel(given_up, Date(2026, 2, 5));
    projects.add({.name = "Of another", .party = group});

    const auto names = [](const Card& card) {
        Strings all;
        for (const Project& project : card.projects) all.push_back(project.name);
        return all;
    };
    const auto card = desk.parties.card(acme);
    REQUIRE(card.links.size() == 2);
    CHECK(card.links[0].other.head.id == branch);
    CHECK(card.links[0].type == "branch_of");
    CHECK(card.links[0].is_inverse);
    CHECK_FALSE(card.links[0].starts_on);
    CHECK(card.links[0].ends_on == Date(2025, 1, 31));
    CHECK(card.links[1].other.name == "Group");
    CHECK(card.links[1].type == "member_of");
    CHECK_FALSE(card.links[1].is_inverse);
    CHECK(card.links[1].starts_on == Date(2020, 1, 1));
    CHECK(card.consents == Consents(desk.ion).summary(acme));
    REQUIRE(card.groups.size() == 1);
    CHECK(card.groups[0].name == "VIP");
    CHECK(names(card) == Strings{"Soon", "Next", "Some day", "Given up", "Old"});
    CHECK_FALSE(card.more_links);
    CHECK_FALSE(card.more_projects);

    const auto cut = desk.parties.card(acme, {.limit = 1});
    CHECK(cut.links.size() == 1);
    CHECK(names(cut) == Strings{"Soon"});
    CHECK(cut.more_links);
    CHECK(cut.more_projects);

    const auto before = desk.ion.now();
    desk.clock.advance(test::hour);
    projects.remove(old);
    links.end(links.of(acme).rows[1].head.id, Date(2026, 1, 1));
    CHECK(names(desk.parties.card(acme)).size() == 4);
    const auto past = crm::card(Past(desk.ion, before), acme);
    CHECK(names(past) == names(card));
    CHECK_FALSE(past.links[1].ends_on);

    Rights(desk.ion).share(acme, desk.petru.user());
    const auto seen = Parties(desk.petru).card(acme);
    CHECK(seen.links.empty());
    CHECK(seen.projects.empty());
    CHECK(seen.groups.empty());
    CHECK_FALSE(seen.more_projects);
}

TEST_CASE("PAR-10 long parts of the card are cut and say so") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    for (int i = 0; i < 4; ++i) {
        const auto person = desk.contacts.add({.last_name = "P" + std::to_string(i)}).head.id;
        desk.contacts.join(person, acme);
        desk.activities.report(call(acme, "R" + std::to_string(i), test::monday - i * test::hour));
        desk.activities.plan(call(acme, "S" + std::to_string(i), test::monday + i * test::hour));
        desk.clock.advance(test::hour);
        desk.notes.write(acme, "N" + std::to_string(i));
    }
    const auto card = desk.parties.card(acme, {.limit = 3});
    CHECK(card.people.size() == 3);
    CHECK(subjects(card.chronicle) == Strings{"R0", "R1", "R2"});
    CHECK(subjects(card.planned) == Strings{"S0", "S1", "S2"});
    CHECK(card.notes.size() == 3);
    CHECK(card.notes[0].text == "N3");
    CHECK(card.more_people);
    CHECK(card.more_planned);
    CHECK(card.more_chronicle);
    CHECK(card.more_notes);
    CHECK_FALSE(desk.parties.card(acme, {.limit = 4}).more_people);
    CHECK_THROWS_AS(desk.parties.card(acme, {.limit = 0}), Invalid);
    CHECK_THROWS_AS(desk.parties.card(acme, {.limit = 1'001}), Invalid);
}

TEST_CASE("PAR-10 the card of a natural person begins with its own contact") {
    auto desk = test::desk();
    const auto person = desk.parties.add_person({.first_name = "Ion", .last_name = "Popa"});
    desk.contacts.add_point(person.contact.head.id, {.type = "mobile", .value = "069 123456"});
    const auto card = desk.parties.card(person.party.head.id);
    REQUIRE(card.people.size() == 1);
    CHECK(card.people[0].contact.head.id == person.contact.head.id);
    CHECK(card.people[0].points.size() == 1);
}

TEST_CASE("PAR-10 the card shows what its reader may see, and is absent for others") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto popa = desk.contacts.add({.last_name = "Popa"}).head.id;
    desk.contacts.join(popa, acme);
    desk.activities.report(call(acme));
    desk.notes.write(acme, "Pays late");
    Parties of_petru(desk.petru);
    CHECK_THROWS_AS(of_petru.card(acme), NotFound);
    CHECK_THROWS_AS(of_petru.card(popa.value() ? Ref(popa) : Ref()), NotFound);
    Rights(desk.ion).share(acme, desk.petru.user());
    const auto card = of_petru.card(acme);
    CHECK(card.party.name == "Acme SRL");
    CHECK(card.notes.size() == 1);
    CHECK(card.people.empty());
    CHECK(card.chronicle.empty());
}
