// Cards in Python.
#include "crm/card.hpp"

#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {
namespace {

struct CardPersonFace {
    py::object contact;
    std::string position;
    py::object starts_on, ends_on;
    py::list points;
};

struct CardLinkFace {
    py::object other;
    std::string type;
    bool is_inverse;
    py::object starts_on, ends_on;
};

struct CardFace {
    py::object party;
    std::string owner_name;
    py::list roles, points, addresses, bank_accounts, people, links, consents, groups, projects,
        planned, chronicle, notes;
    bool more_people, more_links, more_projects, more_planned, more_chronicle, more_notes;
};

py::list summaries(const std::vector<ConsentSummary>& consents) {
    return list_of(consents, [](const ConsentSummary& each) { return py::cast(each); });
}

CardFace card_face(const Card& card) {
    const auto person_face = [](const Card::Person& person) {
        return py::cast(CardPersonFace{record_to_python(person.contact), person.position,
                                       to_python(person.starts_on), to_python(person.ends_on),
                                       records(person.points)});
    };
    const auto link_face = [](const Card::Link& link) {
        return py::cast(CardLinkFace{record_to_python(link.other), link.type, link.is_inverse,
                                     to_python(link.starts_on), to_python(link.ends_on)});
    };
    return {record_to_python(card.party),
            card.owner_name,
            texts(card.roles),
            records(card.points),
            records(card.addresses),
            records(card.bank_accounts),
            list_of(card.people, person_face),
            list_of(card.links, link_face),
            summaries(card.consents),
            records(card.groups),
            records(card.projects),
            records(card.planned),
            records(card.chronicle),
            records(card.notes),
            card.more_people,
            card.more_links,
            card.more_projects,
            card.more_planned,
            card.more_chronicle,
            card.more_notes};
}

void bind_party_card(py::module_& module) {
    py::class_<CardPersonFace>(module, "CardPerson", "Somebody who speaks for the party of a card.")
        .def_readonly("contact", &CardPersonFace::contact, "Contact.")
        .def_property_readonly(
            "position", [](const CardPersonFace& self) { return to_python(self.position); },
            "str: in this party, or None.")
        .def_readonly("starts_on", &CardPersonFace::starts_on, "date, or None.")
        .def_readonly("ends_on", &CardPersonFace::ends_on, "date: the last day, or None.")
        .def_readonly("points", &CardPersonFace::points, "list of Point: phones, e-mails, …");
    py::class_<CardLinkFace>(module, "CardLink",
                             "A party that the one of a card is linked with: it is <type> other.")
        .def_readonly("other", &CardLinkFace::other, "Party.")
        .def_readonly("type", &CardLinkFace::type,
                      "str: code of the list party_link_type; of an inverse one "
                      "party_link_type_inverse says it.")
        .def_readonly("is_inverse", &CardLinkFace::is_inverse, "bool: other is <type> party.")
        .def_readonly("starts_on", &CardLinkFace::starts_on, "date, or None.")
        .def_readonly("ends_on", &CardLinkFace::ends_on, "date: the last day, or None.");
    py::class_<CardFace>(module, "Card",
                         "Everything about one party in one call; long parts are cut.")
        .def_readonly("party", &CardFace::party, "Party.")
        .def_readonly("owner_name", &CardFace::owner_name, "str: the responsible user.")
        .def_readonly("roles", &CardFace::roles, "list of str: codes of the list party_role.")
        .def_readonly("points", &CardFace::points, "list of Point.")
        .def_readonly("addresses", &CardFace::addresses, "list of Address.")
        .def_readonly("bank_accounts", &CardFace::bank_accounts,
                      "list of BankAccount, primary ones first.")
        .def_readonly("people", &CardFace::people, "list of CardPerson.")
        .def_readonly("links", &CardFace::links, "list of CardLink, by type, oldest first.")
        .def_readonly("consents", &CardFace::consents,
                      "list of ConsentSummary: how it stands to each channel.")
        .def_readonly("groups", &CardFace::groups,
                      "list of Segment: the static ones it is in, by name.")
        .def_readonly(
            "projects", &CardFace::projects,
            "list of Project: first those that are not over, by due date; then the others, the "
            "last to end first.")
        .def_readonly("planned", &CardFace::planned,
                      "list of Activity: what is to come or under way, soonest first.")
        .def_readonly("chronicle", &CardFace::chronicle,
                      "list of Activity: what was, newest first.")
        .def_readonly("notes", &CardFace::notes, "list of Note, newest first.")
        .def_readonly("more_people", &CardFace::more_people, "bool: whether people were cut.")
        .def_readonly("more_links", &CardFace::more_links, "bool: whether links were cut.")
        .def_readonly("more_projects", &CardFace::more_projects, "bool: whether projects were cut.")
        .def_readonly("more_planned", &CardFace::more_planned, "bool: whether planned was cut.")
        .def_readonly("more_chronicle", &CardFace::more_chronicle,
                      "bool: whether chronicle was cut.")
        .def_readonly("more_notes", &CardFace::more_notes, "bool: whether notes were cut.");
}

struct CompanyFace {
    py::object party;
    std::string position;
    py::object starts_on, ends_on;
};

struct ContactCardFace {
    py::object contact;
    std::string owner_name;
    py::object person;
    py::list companies, points, addresses, family, dates, consents, groups, planned, chronicle,
        notes;
    bool more_companies, more_planned, more_chronicle, more_notes;
};

ContactCardFace card_face(const ContactCard& card) {
    const auto company_face = [](const ContactCard::Company& company) {
        return py::cast(CompanyFace{record_to_python(company.party), company.position,
                                    to_python(company.starts_on), to_python(company.ends_on)});
    };
    return {record_to_python(card.contact),
            card.owner_name,
            card.person ? record_to_python(*card.person) : py::none(),
            list_of(card.companies, company_face),
            records(card.points),
            records(card.addresses),
            records(card.family),
            records(card.dates),
            summaries(card.consents),
            records(card.groups),
            records(card.planned),
            records(card.chronicle),
            records(card.notes),
            card.more_companies,
            card.more_planned,
            card.more_chronicle,
            card.more_notes};
}

void bind_contact_card(py::module_& module) {
    py::class_<CompanyFace>(module, "CardCompany",
                            "A party for which the contact of a card speaks.")
        .def_readonly("party", &CompanyFace::party, "Party.")
        .def_property_readonly(
            "position", [](const CompanyFace& self) { return to_python(self.position); },
            "str: in that party, or None.")
        .def_readonly("starts_on", &CompanyFace::starts_on, "date, or None.")
        .def_readonly("ends_on", &CompanyFace::ends_on, "date: the last day, or None.");
    py::class_<ContactCardFace>(module, "ContactCard",
                                "Everything about one contact in one call; long parts are cut.")
        .def_readonly("contact", &ContactCardFace::contact, "Contact.")
        .def_readonly("owner_name", &ContactCardFace::owner_name, "str: the responsible user.")
        .def_readonly("person", &ContactCardFace::person,
                      "Party: the natural person that it is, or None.")
        .def_readonly("companies", &ContactCardFace::companies,
                      "list of CardCompany, last joined first.")
        .def_readonly("points", &ContactCardFace::points, "list of Point.")
        .def_readonly("addresses", &ContactCardFace::addresses, "list of Address.")
        .def_readonly("family", &ContactCardFace::family, "list of Kinship.")
        .def_readonly("dates", &ContactCardFace::dates,
                      "list of MemorableDate, by month and day; the birthday stands in contact.")
        .def_readonly("consents", &ContactCardFace::consents,
                      "list of ConsentSummary: how it stands to each channel.")
        .def_readonly("groups", &ContactCardFace::groups,
                      "list of Segment: the static ones it is in, by name.")
        .def_readonly("planned", &ContactCardFace::planned,
                      "list of Activity: what is to come or under way, soonest first.")
        .def_readonly("chronicle", &ContactCardFace::chronicle,
                      "list of Activity: what was, newest first.")
        .def_readonly("notes", &ContactCardFace::notes, "list of Note, newest first.")
        .def_readonly("more_companies", &ContactCardFace::more_companies,
                      "bool: whether companies were cut.")
        .def_readonly("more_planned", &ContactCardFace::more_planned,
                      "bool: whether planned was cut.")
        .def_readonly("more_chronicle", &ContactCardFace::more_chronicle,
                      "bool: whether chronicle was cut.")
        .def_readonly("more_notes", &ContactCardFace::more_notes, "bool: whether notes were cut.");
}

}  // namespace

py::object card_to_python(const Card& card) { return py::cast(card_face(card)); }
py::object card_to_python(const ContactCard& card) { return py::cast(card_face(card)); }

void bind_cards(py::module_& module) {
    bind_party_card(module);
    bind_contact_card(module);
}

}  // namespace crm::python
