#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using ::test::day;
using ::test::monday;

namespace {

template <class Record, class Member>
std::vector<Member> all(const std::vector<Record>& records, Member Record::*member) {
    std::vector<Member> values;
    for (const auto& record : records) values.push_back(record.*member);
    return values;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("CON-07 all communication with a contact is one stream, whichever party it spoke for") {
    auto desk = ::test::desk();
    const Id<Contact> rusu = Contacts(desk.ana).add({.last_name = "Rusu"}).head.id;
    const Id<Party> acme = Parties(desk.ana).add({.name = "Acme SRL"}).head.id;
    Activities activities(desk.ana);
    for (int i = 0; i < 5; ++i)
        activities.report({.subject = "Talk " + std::to_string(i),
                           .kind = i % 2 ? "call" : "meeting",
                           .party = i < 2 ? acme : Id<Party>{},
                           .contact = rusu,
                           .start = monday - (5 - i) * day});
    activities.report({.subject = "Other", .kind = "call", .party = acme, .start = monday});
    activities.plan({.subject = "To come", .kind = "call", .contact = rusu, .start = monday + day});
    CHECK(all(activities.chronicle(rusu).rows, &Activity::subject) ==
          Names{"Talk 4", "Talk 3", "Talk 2", "Talk 1", "Talk 0"});
    const auto page = activities.chronicle(rusu, {.kind = "meeting", .limit = 2});
    CHECK(all(page.rows, &Activity::subject) == Names{"Talk 4", "Talk 2"});
    CHECK(all(activities.chronicle(rusu, {.kind = "meeting", .limit = 2, .after = page.next}).rows,
              &Activity::subject) == Names{"Talk 0"});
    CHECK(activities.chronicle(rusu, {.planned_too = true}).rows.size() == 6);
    const auto round = activities.report(
        {.subject = "Round table", .kind = "meeting", .start = monday - 10 * day});
    Participants(desk.ana).invite(round.head.id, rusu);
    CHECK(activities.chronicle(rusu).rows.back().subject == "Round table");
    CHECK(Contacts(desk.ana).card(rusu).chronicle.back().subject == "Round table");
    CHECK(Activities(desk.petru).chronicle(rusu).rows.empty());
    CHECK_THROWS_AS(activities.chronicle(desk.ana.user()), Invalid);
}

TEST_CASE(
    "CON-09 the card of a contact shows in one call what is known, and leads to its parties") {
    auto desk = ::test::desk();
    Contacts contacts(desk.ana);
    Parties parties(desk.ana);
    const auto rusu =
        contacts.add({.first_name = "Ion", .last_name = "Rusu", .born_on = Date(1980, 5, 6)})
            .head.id;
    const auto acme = parties.add({.name = "Acme SRL"}).head.id;
    const auto vin = parties.add({.name = "Vin SA"}).head.id;
    contacts.join(rusu, vin, "clerk", Date(2010, 1, 1), Date(2015, 12, 31));
    contacts.join(rusu, acme, "director", Date(2016, 1, 1));
    contacts.add_point(rusu, {.type = "email", .value = "ion@example.md"});
    Addresses(desk.ana).add({.record = rusu, .type = "home", .city = "Orhei"});
    Kinships(desk.ana).add({.contact = rusu, .relation = "child", .name = "Vlad"});
    MemorableDates(desk.ana).add({.record = rusu, .type = "wedding", .month = 9, .day = 1});
    Consents(desk.ana).add({.record = rusu, .channel = "email", .source = "form"});
    Segments segments(desk.ana);
    segments.add_members(segments.make("contact", "VIP").head.id, {rusu});
    Activities activities(desk.ana);
    activities.report(
        {.subject = "Met", .kind = "meeting", .contact = rusu, .start = monday - day});
    activities.plan({.subject = "Ring", .kind = "call", .contact = rusu, .start = monday + day});
    Notes(desk.ana).write(rusu, "Plays chess");

    const ContactCard card = contacts.card(rusu);
    CHECK(card.contact.name == "Ion Rusu");
    CHECK(card.owner_name == Users(desk.ana).get(desk.ana.user()).name);
    CHECK_FALSE(card.person);
    REQUIRE(card.companies.size() == 2);
    CHECK(card.companies[0].party.name == "Acme SRL");
    CHECK(card.companies[0].position == "director");
    CHECK(card.companies[0].starts_on == Date(2016, 1, 1));
    CHECK_FALSE(card.companies[0].ends_on);
    CHECK(card.companies[1].ends_on == Date(2015, 12, 31));
    CHECK(all(card.points, &Point::value) == Names{"ion@example.md"});
    CHECK(all(card.addresses, &Address::city) == Names{"Orhei"});
    CHECK(all(card.family, &Kinship::name) == Names{"Vlad"});
    CHECK(all(card.dates, &MemorableDate::month_day) == Names{"09-01"});
    CHECK(card.consents == Consents(desk.ana).summary(rusu));
    CHECK(all(card.groups, &Segment::name) == Names{"VIP"});
    CHECK(all(card.planned, &Activity::subject) == Names{"Ring"});
    CHECK(all(card.chronicle, &Activity::subject) == Names{"Met"});
    CHECK(all(card.notes, &Note::text) == Names{"Plays chess"});

    // From the contact to the party, and back.
    const Card party = parties.card(card.companies[0].party.head.id);
    REQUIRE(party.people.size() == 1);
    CHECK(party.people[0].contact.head.id == rusu);
    CHECK(party.people[0].position == "director");
}

TEST_CASE("CON-09 a card is cut at its limit, knows the natural person, and shows nothing hidden") {
    auto desk = ::test::desk();
    const Person person = Parties(desk.ana).add_person({.last_name = "Rusu"});
    Contacts contacts(desk.ana);
    Activities activities(desk.ana);
    for (int i = 0; i < 3; ++i) {
        const auto party = Parties(desk.ana).add({.name = "Party " + std::to_string(i)}).head.id;
        contacts.join(person.contact.head.id, party);
        activities.report({.subject = "Met",
                           .kind = "meeting",
                           .contact = person.contact.head.id,
                           .start = monday - i * day});
    }
    const auto card = contacts.card(person.contact.head.id, {.limit = 2});
    REQUIRE(card.person);
    CHECK(card.person->head.id == person.party.head.id);
    CHECK(card.companies.size() == 2);
    CHECK(card.more_companies);
    CHECK(card.chronicle.size() == 2);
    CHECK(card.more_chronicle);
    CHECK_FALSE(card.more_planned);
    CHECK_THROWS_AS(contacts.card(person.contact.head.id, {.limit = 0}), Invalid);
    CHECK_THROWS_AS(Contacts(desk.petru).card(person.contact.head.id), NotFound);
    // Petru is given the contact alone: neither its companies nor what others did with it.
    Rights(desk.ana).share(person.party.head.id, desk.petru.user(), "read");
    const auto seen = Contacts(desk.petru).card(person.contact.head.id);
    CHECK(seen.companies.empty());
    CHECK(seen.chronicle.empty());
}

TEST_CASE("CON-09 HIS-03 the card of a contact as it was") {
    auto desk = ::test::desk();
    Contacts contacts(desk.ana);
    const auto rusu = contacts.add({.last_name = "Rusu"}).head.id;
    contacts.add_point(rusu, {.type = "email", .value = "old@example.md"});
    const auto then = desk.ana.commands(1).front().id;
    contacts.change(rusu, any_version, {{"last_name", std::string_view{"Rusu-Popa"}}});
    desk.ana.remove(contacts.card(rusu).points.front().head.id);
    const auto card = contact_card(Past(desk.ana, then), rusu);
    CHECK(card.contact.last_name == "Rusu");
    CHECK(card.points.size() == 1);
    CHECK(contacts.card(rusu).points.empty());
}
