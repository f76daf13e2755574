#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

/// A firm with a director who has a phone, and what was spoken about.
struct Office {
    Desk desk;
    Calls calls{desk.ion};
    Id<Party> acme = test::acme(desk);
    Id<Contact> director = desk.contacts.add({.first_name = "Ion", .last_name = "Popa"}).head.id;

    Office() {
        Contacts(desk.ion).join(director, acme, "director");
        number(director, "022 123 456");
    }
    Point number(Ref record, const char* typed, const char* type = "phone") {
        desk.clock.advance(std::chrono::seconds{1});
        return desk.points.add({.record = record, .type = type, .value = typed});
    }
    void talked(const char* subject, Id<Contact> with = {}) {
        desk.clock.advance(hour);
        desk.activities.report(
            {.subject = subject, .kind = "call", .party = acme, .contact = with});
    }
};

}  // namespace

TEST_CASE("CAL-02 a caller is known by the number as dialled, national or international") {
    Office office;
    for (const char* number : {"022 123 456", "022123456", "+373 22 123-456", "0037322123456",
                               "(022) 12 34 56 ext. 7"}) {
        CAPTURE(number);
        const Caller caller = office.calls.who(number);
        CHECK(caller.number == "+37322123456");
        REQUIRE(caller.contact);
        CHECK(caller.contact->name == "Ion Popa");
        REQUIRE(caller.party);
        CHECK(caller.party->head.id == office.acme);
        CHECK_FALSE(caller.lead);
        CHECK(caller.responsible == office.desk.ion.user());
        CHECK(caller.others.empty());
    }
    for (const char* number : {"022 123 457", "", "anonymous"}) {
        CAPTURE(number);
        CHECK_FALSE(office.calls.who(number).is_known());
    }
    CHECK(office.calls.who("anonymous").number.empty());
}

TEST_CASE("CAL-02 the last interactions are told with it, newest first, with results") {
    Office office;
    for (int i = 0; i < 7; ++i) office.talked(std::to_string(i).c_str(), office.director);
    office.talked("with the firm");
    office.desk.activities.plan(
        {.subject = "planned", .kind = "call", .contact = office.director, .start = friday});
    const auto asked = [&](int n) {
        return test::subjects(office.calls.who("022123456", n).interactions);
    };
    CHECK(asked(5) == std::vector<std::string>{"6", "5", "4", "3", "2"});
    CHECK(asked(1) == std::vector<std::string>{"6"});
    CHECK(asked(0).empty());
    CHECK_THROWS_AS(office.calls.who("1", -1), Invalid);
    CHECK_THROWS_AS(office.calls.who("1", 1'001), Invalid);
    office.number(office.acme, "022 777 777");
    const Caller firm = office.calls.who("022777777", 1);
    CHECK_FALSE(firm.contact);
    CHECK(firm.party->name == "Acme SRL");
    CHECK(test::subjects(firm.interactions) == std::vector<std::string>{"with the firm"});
}

TEST_CASE(
    "CAL-02 of several the contact comes first, then the party, then the lead, newest first") {
    Office office;
    const Ref lead = Leads(office.desk.ion).add({.last_name = "Late"}).head.id;
    office.number(lead, "069 111 222");
    CHECK(office.calls.who("069111222").lead->last_name == "Late");
    office.number(office.acme, "+373 69 111 222", "fax");
    Caller caller = office.calls.who("069111222");
    CHECK_FALSE(caller.lead);
    CHECK(caller.party->head.id == office.acme);
    CHECK(caller.others == std::vector<Ref>{lead});
    const Ref older = office.desk.contacts.add({.last_name = "Older"}).head.id,
              newer = office.desk.contacts.add({.last_name = "Newer"}).head.id;
    office.number(newer, "069 111 222");
    office.number(older, "069 111 222", "mobile");  // noted last
    caller = office.calls.who("069111222");
    CHECK(caller.contact->last_name == "Older");
    CHECK_FALSE(caller.party);
    CHECK(caller.others == std::vector<Ref>{newer, office.acme, lead});
}

TEST_CASE("CAL-02 a natural person is its contact, and a contact speaks for whom it joined last") {
    Office office;
    const Person person =
        office.desk.parties.add_person({.first_name = "Vera", .last_name = "Lungu"});
    office.number(person.party.head.id, "069 333 444");
    const Caller vera = office.calls.who("069333444");
    REQUIRE(vera.contact);
    CHECK(vera.contact->head.id == person.contact.head.id);
    CHECK(vera.party->head.id == person.party.head.id);
    const Id<Party> other{office.desk.parties.add({.name = "Beta SRL"}).head.id};
    Records<Membership>(office.desk.ion)
        .add({.contact = office.director, .party = other, .starts_on = Date(2026, 1, 1)});
    CHECK(office.calls.who("022123456").party->head.id == other);
    const auto gone = Contacts(office.desk.ion).memberships(office.director);
    for (const auto& membership : gone)
        if (membership.party == other)
            office.desk.ion.change(membership.head.id, any_version,
                                   {{"ends_on", std::string_view{"2026-02-01"}}});
    CHECK(office.calls.who("022123456").party->head.id == office.acme);
}

TEST_CASE("CAL-02 what is hidden of a caller is absent") {
    Office office;
    office.talked("secret", office.director);
    Calls of_petru(office.desk.petru);  // of another unit
    CHECK_FALSE(of_petru.who("022123456").is_known());
    CHECK(of_petru.who("022123456").number == "+37322123456");
    Rights(office.desk.ana).share(office.director, office.desk.petru.user(), "read");
    const Caller caller = of_petru.who("022123456");
    REQUIRE(caller.contact);
    CHECK_FALSE(caller.party);
    CHECK(caller.interactions.empty());
    Rights(office.desk.ana).hide(office.desk.petru.user(), "point", "value");
    CHECK_FALSE(of_petru.who("022123456").is_known());
}
