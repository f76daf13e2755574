#include <doctest/doctest.h>

#include "support/content.hpp"
#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

/// A site that writes as ion.
struct Site {
    Desk desk;
    Leads leads{desk.ion};
    Intake registration{
        .key = "reg-1",
        .subject = "Registration",
        .text = "Vreau o ofertă",
        .first_name = "Ion",
        .last_name = "Popa",
        .email = "Popa@Acme.md",
        .phone = "069 12 34 56",
        .source = "website",
        .source_note = "acme.md/contact",
        .consents = {
            {.channel = "email", .source = "form", .evidence = "Sunt de acord să primesc oferte"}}};
    Intake with_key(std::string key) const {
        Intake intake = registration;
        intake.key = std::move(key);
        return intake;
    }
};

}  // namespace

TEST_CASE("LEA-05 who is not known becomes a lead, with what was written, source and consent") {
    Site site;
    const auto received = site.leads.intake(site.registration);
    CHECK(received.is_new);
    CHECK_FALSE(received.contact);
    const auto lead = site.leads.get(received.lead);
    CHECK(lead.name == "Ion Popa");
    CHECK(lead.source == "website");
    CHECK(lead.source_note == "acme.md/contact");
    CHECK(site.desk.points.of(lead.head.id).size() == 2);
    const auto chronicle = site.desk.activities.chronicle(lead.head.id).rows;
    REQUIRE(chronicle.size() == 1);
    CHECK(chronicle[0].head.id == received.activity);
    CHECK(chronicle[0].direction == "inbound");
    CHECK(chronicle[0].description == "Vreau o ofertă");
    const auto consents = Consents(site.desk.ion).of(lead.head.id);
    REQUIRE(consents.size() == 1);
    CHECK(consents[0].source == "form");
    CHECK(consents[0].evidence == "Sunt de acord să primesc oferte");
    CHECK(consents[0].stated_at == site.desk.clock.now());
    // Once it is converted, the consent is the contact's.
    const auto done = site.leads.convert(lead.head.id);
    CHECK(Consents(site.desk.ion).may_contact(done.contact.record, "email"));
}

TEST_CASE("LEA-05 the same key is taken in once, other data under it is refused") {
    Site site;
    const auto first = site.leads.intake(site.registration);
    const auto before = content(site.desk.ana);
    site.desk.clock.advance(day);
    const auto again = site.leads.intake(site.registration);
    CHECK(again.lead == first.lead);
    CHECK(again.activity == first.activity);
    CHECK(again.is_new == first.is_new);
    CHECK(content(site.desk.ana) == before);
    Intake other = site.registration;
    other.text = "Altceva";
    CHECK_THROWS_AS(site.leads.intake(other), Conflict);
    CHECK(content(site.desk.ana) == before);
    CHECK_THROWS_AS(site.desk.ion.write("x", [&](Work&) { site.leads.intake(site.with_key("2")); }),
                    Misuse);
}

TEST_CASE("LEA-05 who comes again is known: as a lead, and as a contact by e-mail or phone") {
    Site site;
    const auto first = site.leads.intake(site.registration);
    const auto second = site.leads.intake(site.with_key("reg-2"));
    CHECK_FALSE(second.is_new);
    CHECK(second.lead == first.lead);
    CHECK(site.desk.activities.chronicle(first.lead).rows.size() == 2);
    const auto done = site.leads.convert(first.lead);

    Intake order = site.with_key("order-1042");
    order.subject = "Order 1042";
    order.email = "popa@ACME.md";
    order.phone.clear();
    const auto by_email = site.leads.intake(order);
    CHECK_FALSE(by_email.lead);
    CHECK(by_email.contact == done.contact.record);
    CHECK(by_email.party == done.party.record);
    CHECK(site.desk.activities.get(by_email.activity).contact == done.contact.record);

    Intake call = site.with_key("call");
    call.email.clear();
    call.phone = "+373 69 123 456";
    CHECK(site.leads.intake(call).contact == done.contact.record);
    call.key = "somebody else at that phone";
    call.first_name = "Maria";
    CHECK(site.leads.intake(call).is_new);
    CHECK(site.leads.count().rows == 2);
}

TEST_CASE("LEA-05 an opt-out is kept however it comes, and wins") {
    Site site;
    const auto popa = site.desk.contacts.add({.first_name = "Ion", .last_name = "Popa"}).head.id;
    site.desk.contacts.add_point(popa, {.type = "email", .value = "popa@acme.md"});
    Consents consents(site.desk.ion);
    consents.add({.record = popa, .channel = "any", .state = ConsentState::withdrawn});
    CHECK(site.leads.intake(site.registration).contact == popa);
    CHECK_FALSE(consents.may_contact(popa, "email"));  // out of everything, and not in again
    CHECK(consents.of(popa).size() == 2);

    Intake leaving{.key = "leave",
                   .subject = "Unsubscribed",
                   .email = "unknown@acme.md",
                   .consents = {{.channel = "email", .state = ConsentState::given},
                                {.channel = "email", .state = ConsentState::withdrawn}}};
    const auto lead = site.leads.intake(leaving).lead;
    CHECK(site.leads.get(lead).name == "unknown@acme.md");
    CHECK_FALSE(consents.may_contact(lead, "email"));

    // The site sees the contact, and may not change it: what was said is kept all the same.
    auto& petru = site.desk.petru;
    Rights(site.desk.ana).share(popa, petru.user(), "read");
    Intake out = leaving;
    out.key = "out";
    out.email = "popa@acme.md";
    CHECK(Leads(petru).intake(out).contact == popa);
    CHECK(consents.of(popa).size() == 4);
}

TEST_CASE("LEA-05 an organisation is known where nobody is named and nothing is consented to") {
    Site site;
    const auto acme = test::acme(site.desk);
    site.desk.parties.add_point(acme, {.type = "email", .value = "info@acme.md"});
    const Intake question{.key = "q", .subject = "Question", .email = "info@acme.md"};
    const auto received = site.leads.intake(question);
    CHECK(received.party == acme);
    CHECK(subjects(site.desk.activities.chronicle(acme).rows) ==
          std::vector<std::string>{"Question"});
    Intake named = question;
    named.key = "named", named.last_name = "Rusu";
    CHECK(site.leads.intake(named).is_new);
}

TEST_CASE(
    "LEA-05 what is hidden from the site is not known to it, and the owner is told of what is") {
    Site site;
    auto& petru = site.desk.petru;
    const auto hidden = Contacts(petru).add({.first_name = "Ion", .last_name = "Popa"}).head.id;
    Contacts(petru).add_point(hidden, {.type = "email", .value = "popa@acme.md"});
    CHECK(site.leads.intake(site.registration).is_new);
    const auto seen = Contacts(petru).add({.last_name = "Rusu"}).head.id;
    Contacts(petru).add_point(seen, {.type = "email", .value = "rusu@acme.md"});
    Rights(site.desk.ana).share(seen, site.desk.ion.user(), "read");
    const auto received =
        site.leads.intake({.key = "r", .subject = "Question", .email = "rusu@acme.md"});
    CHECK(received.contact == seen);
    CHECK(Activities(petru).get(received.activity).head.owner == petru.user());
    const auto told = Notices(petru).take();
    REQUIRE(told.size() == 1);
    CHECK(told[0].record == received.activity.ref());
}

TEST_CASE("LEA-05 a new lead goes into a queue, and a wrong intake leaves nothing") {
    Site site;
    const auto queue = LeadQueues(site.desk.ana).add({.name = "Web"}).head.id;
    Intake intake = site.registration;
    intake.queue = queue;
    const auto before = content(site.desk.ana);
    CHECK_THROWS_AS(site.leads.intake(intake), Denied);  // ion may not assign
    const auto field = [&](auto change) {
        Intake wrong = site.registration;
        change(wrong);
        return refused_field([&] { site.leads.intake(wrong); });
    };
    CHECK(field([](Intake& wrong) { wrong.key.clear(); }) == "intake.key");
    CHECK(field([](Intake& wrong) { wrong.subject.clear(); }) == "intake.subject");
    CHECK(field([](Intake& wrong) { wrong.email.clear(), wrong.phone.clear(); }) == "intake.email");
    CHECK(field([](Intake& wrong) { wrong.email = "nobody"; }) == "intake.email");
    CHECK(field([](Intake& wrong) { wrong.phone = "call me"; }) == "intake.phone");
    CHECK(field([](Intake& wrong) { wrong.consents[0].channel = "pigeon"; }) == "consent.channel");
    CHECK(field([](Intake& wrong) { wrong.kind = "smoke"; }) == "activity.kind");
    CHECK(content(site.desk.ana) == before);
    Rights(site.desk.ana).grant(site.desk.ion.user(), "lead", "assign", "own");
    CHECK(site.leads.get(site.leads.intake(intake).lead).state == LeadState::queued);
    CHECK(Leads(site.desk.ana).waiting(queue).size() == 1);
}

TEST_CASE(
    "LEA-05 consent and message of a stranger at a shared phone are not those of a colleague") {
    Site site;
    Consents consents(site.desk.ion);
    const auto known = [&](std::string last_name, std::string email) {
        const auto id = site.desk.contacts.add({.last_name = std::move(last_name)}).head.id;
        site.desk.contacts.add_point(id, {.type = "phone", .value = "022 12 34 56"});
        site.desk.contacts.add_point(id, {.type = "email", .value = std::move(email)});
        return id;
    };
    const auto popa = known("Popa", "popa@acme.md");
    consents.add({.record = popa, .channel = "email", .state = ConsentState::withdrawn});
    site.desk.clock.advance(hour);
    auto take = [&, taken = 0](Intake intake) mutable {
        intake.key = intake.subject = "taken " + std::to_string(++taken);
        intake.consents = {{.channel = "email"}};
        return site.leads.intake(intake);
    };

    const auto rusu = known("Rusu", "rusu@acme.md");  // the phone is now two people's
    const auto stranger = take({.email = "new@acme.md", .phone = "022123456"});
    CHECK(stranger.is_new);
    CHECK(consents.may_contact(stranger.lead, "email"));
    CHECK(take({.last_name = "Ursu", .email = "popa@acme.md"}).is_new);
    CHECK(take({.phone = "022123456"}).is_new);
    CHECK_FALSE(consents.may_contact(popa, "email"));
    CHECK(consents.of(popa).size() == 1);
    CHECK(site.desk.activities.chronicle(popa).rows.empty());
    CHECK(site.desk.points.of(popa).size() == 2);

    // There is no doubt of one name among them, nor of an address that is one person's.
    CHECK(take({.last_name = "Rusu", .phone = "022123456"}).contact == rusu);
    CHECK(take({.email = "rusu@acme.md"}).contact == rusu);
    const auto namesake = known("Rusu", "other@acme.md");
    CHECK(take({.last_name = "Rusu", .phone = "022123456"}).is_new);
    CHECK(consents.of(namesake).empty());
}

TEST_CASE("LEA-05 a phone that is an organisation's too is no proof of the one who has it") {
    Site site;
    const auto popa = site.desk.contacts.add({.last_name = "Popa"}).head.id;
    site.desk.contacts.add_point(popa, {.type = "phone", .value = "022123456"});
    site.desk.parties.add_point(test::acme(site.desk), {.type = "phone", .value = "022123456"});
    const Intake intake{.key = "k",
                        .subject = "Registration",
                        .phone = "022123456",
                        .consents = {{.channel = "phone"}}};
    CHECK(site.leads.intake(intake).is_new);
}

TEST_CASE("LEA-05 what a known person leaves is kept: a new address as such, the rest in words") {
    Site site;
    const auto popa = site.desk.contacts.add({.first_name = "Ion", .last_name = "Popa"}).head.id;
    site.desk.contacts.add_point(popa, {.type = "mobile", .value = "069123456"});
    Intake order = site.registration;
    order.company = "Acme SRL";
    order.job_title = "Director";
    const auto received = site.leads.intake(order);
    CHECK(received.contact == popa);
    const auto points = site.desk.points.of(popa);  // the phone is known as a mobile
    REQUIRE(points.size() == 2);
    CHECK(points[1].type == "email");
    CHECK(points[1].normalized == "popa@acme.md");
    CHECK(site.desk.activities.get(received.activity).description ==
          "Vreau o ofertă\ncompany: Acme SRL\njob_title: Director\nsource: website\n"
          "source_note: acme.md/contact");
    order.key = "again", order.phone.clear();
    CHECK(site.leads.intake(order).contact == popa);  // by the address
    CHECK(site.desk.points.of(popa).size() == 2);

    // A lead too; and whatever the session may change of whom it sees.
    const auto lead = site.leads.intake({.key = "l", .subject = "Asks", .email = "rusu@x.md"}).lead;
    site.leads.intake(
        {.key = "m", .subject = "Asks", .email = "rusu@x.md", .phone = "+373 22 999 999"});
    CHECK(site.desk.points.of(lead).size() == 2);
    auto& petru = site.desk.petru;
    Rights(site.desk.ana).share(popa, petru.user(), "read");
    Leads(petru).intake({.key = "p",
                         .subject = "Asks",
                         .first_name = "Ion",
                         .last_name = "Popa",
                         .email = "popa@acme.md",
                         .phone = "022123456"});
    CHECK(site.desk.points.of(popa).size() == 3);
    CHECK(refused_field([&] {
              site.leads.intake(
                  {.key = "w", .subject = "Asks", .email = "rusu@x.md", .phone = "?"});
          }) == "intake.phone");
}

TEST_CASE("LEA-05 of who may be another neither name nor address is lost, nor given to the known") {
    Site site;
    const auto popa = site.desk.contacts.add({.first_name = "Ion", .last_name = "Popa"}).head.id;
    site.desk.contacts.add_point(popa, {.type = "email", .value = "office@acme.md"});
    const auto received = site.leads.intake({.key = "k",
                                             .subject = "Question",
                                             .first_name = "Maria",
                                             .last_name = "Rusu",
                                             .email = "office@acme.md",
                                             .phone = "069 999 999"});
    CHECK(received.contact == popa);
    CHECK(site.desk.points.of(popa).size() == 1);
    CHECK(site.desk.activities.get(received.activity).description ==
          "name: Maria Rusu\nphone: 069 999 999");
    const auto acme = test::acme(site.desk);
    site.desk.parties.add_point(acme, {.type = "email", .value = "info@acme.md"});
    const auto asked = site.leads.intake(
        {.key = "a", .subject = "Question", .email = "info@acme.md", .phone = "069 888 888"});
    CHECK(asked.party == acme);
    CHECK(site.desk.activities.get(asked.activity).description == "phone: 069 888 888");
}

TEST_CASE("LEA-05 CON-08 of namesakes among contacts and leads none is taken for who consents") {
    for (const bool has_two_contacts : {false, true}) {
        Site site;
        const auto add_contact = [&] {
            const auto contact = site.desk.contacts.add({.first_name = "Ion", .last_name = "Popa"});
            site.desk.contacts.add_point(contact.head.id,
                                         {.type = "email", .value = "popa@acme.md"});
            return contact.head.id;
        };
        const auto known = add_contact();
        if (has_two_contacts) add_contact();
        const auto lead = site.leads.add({.first_name = "Ion", .last_name = "Popa"}).head.id;
        site.desk.points.add({.record = lead, .type = "email", .value = "popa@acme.md"});
        Intake opt_out = site.with_key("out");
        opt_out.phone = {};
        opt_out.consents = {{.channel = "email", .state = ConsentState::withdrawn}};
        const auto received = site.leads.intake(opt_out);
        CHECK(received.is_new);
        CHECK_FALSE(received.contact);
        CHECK(received.lead != lead);
        // Who states nothing is taken for the contact, the older of two.
        Intake question = site.with_key("question");
        question.consents.clear();
        CHECK(site.leads.intake(question).contact == known);
    }
}

TEST_CASE("LEA-05 a lead of the name that is given comes before a contact of another") {
    Site site;
    const auto other = site.desk.contacts.add({.last_name = "Rusu"}).head.id;
    site.desk.contacts.add_point(other, {.type = "email", .value = "popa@acme.md"});
    const auto lead = site.leads.add({.first_name = "Ion", .last_name = "Popa"}).head.id;
    site.desk.points.add({.record = lead, .type = "email", .value = "popa@acme.md"});
    const auto received = site.leads.intake(site.registration);
    CHECK(received.lead == lead);
    CHECK_FALSE(received.contact);
    CHECK_FALSE(received.is_new);
}
