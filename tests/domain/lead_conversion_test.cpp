#include <doctest/doctest.h>

#include "support/content.hpp"
#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

using How = Became::How;

/// Leads that ion converts.
struct Works {
    Desk desk;
    Leads leads{desk.ion};

    Id<Lead> add(const Lead& lead, std::string email = {}, std::string phone = {}) {
        const auto id = leads.add(lead).head.id;
        if (!email.empty())
            desk.points.add({.record = id, .type = "email", .value = std::move(email)});
        if (!phone.empty())
            desk.points.add({.record = id, .type = "phone", .value = std::move(phone)});
        return id;
    }
    Party party(const Converted& converted) {
        return desk.parties.get(Id<Party>{converted.party.record});
    }
    Contact contact(const Converted& converted) {
        return desk.contacts.get(Id<Contact>{converted.contact.record});
    }
    CommandId last_command() const { return desk.ana.commands(1).front().id; }
};

const Lead popa_of_acme{.first_name = "Ion",
                        .last_name = "Popa",
                        .company = "Acme SRL",
                        .job_title = "Director",
                        .tax_code = "1003600012345",
                        .source = "exhibition",
                        .source_note = "Stand 7",
                        .description = "Caută o linie"};

}  // namespace

TEST_CASE(
    "LEA-03 a lead becomes party, contact and project in one command, with all that hung on it") {
    Works works;
    const auto lead = works.add(popa_of_acme, "popa@acme.md", "069123456");
    works.desk.addresses.add({.record = lead, .city = "Bălți"});
    works.desk.notes.write(lead, "Vorbește rusă");
    Consents(works.desk.ion).add({.record = lead, .channel = "email", .source = "card"});
    works.desk.activities.report(
        {.subject = "Met", .kind = "meeting", .start = monday - day, .lead = lead});
    const auto call = works.desk.activities.plan(
        {.subject = "Call", .kind = "call", .start = friday, .lead = lead});
    const auto sub = works.desk.activities.plan(
        {.subject = "Prepare", .kind = "task", .start = friday, .parent = call.head.id});
    const auto before = content(works.desk.ana);

    const auto done = works.leads.convert(lead, {.project = Project{.name = "Linie nouă"}});
    const auto command = works.last_command();
    CHECK(done.lead.state == LeadState::converted);
    CHECK(done.party.how == How::made);
    CHECK(done.contact.how == How::made);
    CHECK(done.project.how == How::made);
    const auto acme = works.party(done);
    CHECK(acme.name == "Acme SRL");
    CHECK(acme.tax_code == "1003600012345");
    CHECK(acme.source_note == "Stand 7");
    CHECK(acme.description == "Caută o linie");
    const auto popa = works.contact(done);
    CHECK(popa.name == "Ion Popa");
    const auto card = works.desk.parties.card(acme.head.id);
    REQUIRE(card.people.size() == 1);
    CHECK(card.people[0].position == "Director");
    CHECK(card.people[0].points.size() == 2);
    CHECK(card.addresses.size() == 1);
    CHECK(subjects(card.chronicle) == std::vector<std::string>{"Met"});
    CHECK(card.planned.size() == 2);
    CHECK(works.desk.activities.get(sub.head.id).party == acme.head.id);
    CHECK(works.desk.activities.get(call.head.id).contact == popa.head.id);
    CHECK(works.desk.notes.about(popa.head.id).rows.size() == 1);
    CHECK(Consents(works.desk.ion).may_contact(popa.head.id, "email"));
    CHECK(Projects(works.desk.ion).get(Id<Project>{done.project.record}).party == acme.head.id);
    CHECK(works.desk.points.of(lead).empty());
    CHECK(works.desk.activities.chronicle(lead).rows.size() == 1);  // it stays the lead's too
    CHECK(works.leads.get(lead).party == acme.head.id);
    CHECK_THROWS_AS(works.leads.convert(lead), Conflict);

    works.desk.ion.undo(command);
    CHECK(content(works.desk.ana) == before);
    works.desk.ion.undo(works.last_command());
    CHECK(works.leads.get(lead).party == acme.head.id);
}

TEST_CASE("LEA-03 a person becomes a natural person, a company a party without a contact") {
    Works works;
    const auto person = works.leads.convert(works.add({.last_name = "Rusu"}, "r@x.md"));
    CHECK(works.party(person).nature == PartyNature::person);
    CHECK(works.contact(person).person == works.party(person).head.id);
    const auto company = works.leads.convert(works.add({.company = "Beta SRL"}, "info@beta.md"));
    CHECK(company.contact.how == How::nothing);
    CHECK(works.party(company).nature == PartyNature::organisation);
    CHECK(works.desk.points.of(company.party.record).size() == 1);
}

TEST_CASE("LEA-03 what exists is matched first, and what it has already is not carried over") {
    Works works;
    const auto acme = works.desk.parties.add({.name = "ACME S.R.L."}).head.id;
    const auto popa = works.desk.contacts.add({.first_name = "Ion", .last_name = "Popa"}).head.id;
    works.desk.contacts.join(popa, acme, "Director");
    works.desk.contacts.add_point(popa, {.type = "email", .value = "popa@acme.md"});
    const auto lead = works.add(popa_of_acme, "POPA@acme.md", "069123456");
    const auto done = works.leads.convert(lead);
    CHECK(done.party.how == How::matched);
    CHECK(done.party.record == acme);
    CHECK(done.contact.how == How::matched);
    CHECK(done.contact.record == popa);
    CHECK(done.contact.score > 0.99);
    CHECK(done.contact.reasons.size() == 2);
    CHECK(works.desk.points.of(popa).size() == 2);  // the phone is new, the e-mail is not
    CHECK(works.desk.contacts.memberships(popa).size() == 1);
    CHECK(works.desk.parties.count().rows == 1);

    // Without a company the contact keeps its party; a full name alone proves nothing.
    const auto known =
        works.leads.convert(works.add({.first_name = "Ion", .last_name = "Popa"}, "popa@acme.md"));
    CHECK(known.party.record == acme);
    const auto namesake =
        works.leads.convert(works.add({.first_name = "Ion", .last_name = "Popa"}));
    CHECK(namesake.contact.how == How::made);
    const auto forced =
        works.leads.convert(works.add(popa_of_acme, "popa@acme.md"), {.match = false});
    CHECK(forced.party.how == How::made);
    CHECK(forced.contact.how == How::made);
}

TEST_CASE("LEA-03 a lead becomes a contact of a party that is given, or a contact that is given") {
    Works works;
    const auto acme = test::acme(works.desk);
    const auto into = works.leads.convert(works.add({.last_name = "Rusu"}), {.party = acme});
    CHECK(into.party.how == How::given);
    CHECK(into.contact.how == How::made);
    CHECK(works.desk.contacts.memberships(works.contact(into).head.id).size() == 1);
    const auto person = works.desk.parties.add_person({.last_name = "Munteanu"});
    const auto one = works.leads.convert(works.add({.last_name = "Munteanu"}, "m@x.md"),
                                         {.party = person.party.head.id});
    CHECK(one.contact.record == person.contact.head.id);
    CHECK(works.desk.points.of(person.contact.head.id).size() == 1);
    const auto other =
        works.leads.convert(works.add({.last_name = "M."}), {.contact = person.contact.head.id});
    CHECK(other.party.record == person.party.head.id);
    const auto rusu = works.desk.contacts.add({.last_name = "Rusu"}).head.id;
    CHECK(refused_field([&] {
              works.leads.convert(works.add({.last_name = "X"}),
                                  {.party = person.party.head.id, .contact = rusu});
          }) == "conversion.contact");
}

TEST_CASE(
    "LEA-03 nothing hidden is matched or given, nothing half done is kept, rights are asked") {
    Works works;
    const auto hidden = Parties(works.desk.petru).add({.name = "Acme SRL"}).head.id;
    const auto lead = works.add(popa_of_acme);
    CHECK_THROWS_AS(works.leads.convert(lead, {.party = hidden}), NotFound);
    CHECK_THROWS_AS(Leads(works.desk.petru).convert(lead), NotFound);
    // A contact of a colleague's that ion sees and may not change.
    Rights rights(works.desk.ana);
    const auto owned = Contacts(works.desk.petru).add({.first_name = "Ion", .last_name = "Popa"});
    Contacts(works.desk.petru).add_point(owned.head.id, {.type = "email", .value = "p@acme.md"});
    rights.share(owned.head.id, works.desk.ion.user(), "read");
    const auto other = works.add(popa_of_acme, "p@acme.md");
    const auto before = content(works.desk.ana);
    CHECK_THROWS_AS(works.leads.convert(other), Denied);
    CHECK(refused_field([&] {
              works.leads.convert(other, {.match = false, .project = Project{}});
          }) == "project.name");
    CHECK(content(works.desk.ana) == before);
    const auto made = works.leads.convert(other, {.match = false});
    CHECK(made.party.record != hidden);
    // What is made belongs to the lead's owner: that needs the right to assign.
    const auto third = works.add({.last_name = "Rusu"});
    Leads(works.desk.ana).assign(third, works.desk.ana.user());
    rights.grant(works.desk.ion.user(), "lead", "read", "all");
    rights.grant(works.desk.ion.user(), "lead", "change", "all");
    CHECK_THROWS_AS(works.leads.convert(third), Denied);
    const auto of_ana = Leads(works.desk.ana).add({.last_name = "Ursu"});
    const auto by_head =
        Leads(works.desk.ana)
            .convert(Leads(works.desk.ana).assign(of_ana.head.id, works.desk.ion.user()).head.id);
    CHECK(works.contact(by_head).head.owner == works.desk.ion.user());
}

TEST_CASE("LEA-03 a lead follows the merge of what it became, and outlives its removal") {
    Works works;
    Leads leads(works.desk.ana);
    const auto lead = leads.add({.last_name = "Rusu", .company = "Acme SRL"}).head.id;
    const auto done = leads.convert(lead);
    Parties parties(works.desk.ana);
    const auto survivor = parties.add({.name = "Acme"}).head.id;
    Duplicates(works.desk.ana).merge(survivor, {done.party.record});
    CHECK(leads.get(lead).party == survivor);
    Contacts(works.desk.ana).remove(Id<Contact>{done.contact.record});
    CHECK_FALSE(leads.get(lead).contact);
    CHECK(verify(works.desk.ana).defects.empty());
}

TEST_CASE("LEA-03 the consent of a company goes to the party, its opt-out above all") {
    Works works;
    Consents consents(works.desk.ion);
    const auto lead = works.add({.company = "Beta SRL"}, "info@beta.md");
    consents.add({.record = lead, .channel = "email", .state = ConsentState::withdrawn});
    consents.add({.record = lead, .channel = "post"});
    const auto done = works.leads.convert(lead);
    CHECK(done.contact.how == How::nothing);
    CHECK(consents.of(done.party.record).size() == 2);
    CHECK_FALSE(consents.may_contact(done.party.record, "email"));
    CHECK(consents.may_contact(done.party.record, "post"));
    CHECK(consents.of(lead).empty());
    works.desk.ion.undo(works.last_command());
    CHECK(consents.of(lead).size() == 2);
}

TEST_CASE("LEA-03 the project that is asked for keeps what was set on it") {
    Works works;
    auto& ana = works.desk.ana;
    Properties(ana).define(
        {.kind = "project", .name = "x_budget_line", .type = PropertyType::text});
    const auto north = Records<Territory>(ana).add({.name = "North"}).head.id,
               south = Records<Territory>(ana).add({.name = "South"}).head.id;
    Leads leads(ana);
    const auto add = [&] {
        return leads.add({.head = {.territory = north}, .company = "Beta SRL"}).head.id;
    };
    const auto made = [&](const Project& project) {
        const auto done = leads.convert(add(), {.match = false, .project = project});
        return Projects(ana).get(Id<Project>{done.project.record}).head;
    };
    Project line{.name = "Line"};
    CHECK(made(line).territory == north);
    line.head.territory = south;
    line.head.properties.set("x_budget_line", Value{"B7"});
    const auto head = made(line);
    CHECK(head.territory == south);
    CHECK(head.properties == line.head.properties);
    CHECK(head.owner == ana.user());
    line.head.owner = works.desk.ion.user();
    CHECK(made(line).owner == works.desk.ion.user());
}
