#include "crm/party.hpp"

#include <algorithm>

#include "crm/text.hpp"
#include "crm/user.hpp"
#include "domain/duplicate_search.hpp"
#include "domain/loyalty.hpp"
#include "domain/person.hpp"
#include "domain/records.hpp"
#include "domain/suppression.hpp"
#include "domain/territory.hpp"

namespace crm::kernel {

template <>
struct Codes<PartyNature> {
    static constexpr std::array<std::string_view, 2> all{"organisation", "person"};
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

// A natural person's party repeats the name of its contact.
constexpr std::string_view name_parts[] = {"contact.first_name", "contact.last_name",
                                           "contact.patronymic", "contact.nick_name"};

constexpr Column party_columns[] = {
    column<&Party::name>("name", required | searchable | quick | personal | on_card,
                         {.key = "name_key", .max_length = 2'000, .made_of = name_parts}),
    column<&Party::name_key>("name_key", derived | personal, {.max_length = 4'000}),
    column<&Party::code>("code", required | unique | searchable | quick | on_card,
                         {.key = "code_key", .max_length = 100}),
    column<&Party::code_key>("code_key", derived),
    column<&Party::nature>("nature", required | fixed | always_shown | on_card),
    column<&Party::type>("type", on_card, {.list = "party_type"}),
    column<&Party::status>("status", on_card, {.list = "party_status"}),
    column<&Party::industry>("industry", on_card, {.list = "industry"}),
    column<&Party::source>("source", on_card, {.list = "source"}),
    column<&Party::source_note>("source_note", personal | on_card),
    column<&Party::tax_code>("tax_code", personal | on_card, {.max_length = 50}),
    column<&Party::register_number>("register_number", on_card, {.max_length = 50}),
    column<&Party::country>("country", on_card, {.type = FieldType::country}),
    column<&Party::employees>("employees", on_card),
    column<&Party::annual_revenue, &Money::minor>(
        "annual_revenue_minor", on_card,
        {.type = FieldType::money, .companion = "annual_revenue_currency"}),
    column<&Party::annual_revenue, &Money::currency>("annual_revenue_currency", on_card),
    column<&Party::loyalty>("loyalty", on_card, {.list = "loyalty_grade"}),
    column<&Party::attitude>("attitude", on_card, {.list = "attitude"}),
    column<&Party::prospects>("prospects", on_card, {.list = "prospects"}),
    column<&Party::purchasing_budget, &Money::minor>(
        "purchasing_budget_minor", on_card,
        {.type = FieldType::money, .companion = "purchasing_budget_currency"}),
    column<&Party::purchasing_budget, &Money::currency>("purchasing_budget_currency", on_card),
    column<&Party::description>("description", searchable | body | on_card),
    column<&Party::preferences>("preferences", body | on_card),
};

constexpr Column role_columns[] = {
    column<&PartyRole::party>("party_id", required | fixed | parent,
                              {.target = number::party, .on_delete = OnDelete::takes_along}),
    column<&PartyRole::role>("role", required | fixed | on_card, {.list = "party_role"}),
};

constexpr Order party_orders[] = {{"name", "name_key"}};

constexpr std::string_view by_point[] = {"type", "normalized"};
constexpr std::string_view by_role[] = {"role"};
constexpr std::string_view by_address_type[] = {"type"};
constexpr std::string_view by_note[] = {"text"};
constexpr std::string_view by_account[] = {"number_key"};
constexpr std::string_view office = "registered_office";

constexpr Part party_parts[] = {
    {"phone", number::point, "value", "", "type", "phone", by_point},
    {"mobile", number::point, "value", "", "type", "mobile", by_point},
    {"fax", number::point, "value", "", "type", "fax", by_point},
    {"email", number::point, "value", "", "type", "email", by_point},
    {"url", number::point, "value", "", "type", "url", by_point},
    {"website", number::point, "value", "", "type", "url", by_point},
    {"role", number::party_role, "role", "", "", "", by_role},
    {"address.street", number::address, "street", "address", "type", office, by_address_type},
    {"address.city", number::address, "city", "address", "type", office, by_address_type},
    {"address.region", number::address, "region", "address", "type", office, by_address_type},
    {"address.postal_code", number::address, "postal_code", "address", "type", office,
     by_address_type},
    {"address.country", number::address, "country_name", "address", "type", office,
     by_address_type},
    {"address.type", number::address, "type", "address", "", "", by_address_type},
    {"note", number::note, "text", "", "", "", by_note},
    {"bank_account.number", number::bank_account, "number", "bank_account", "", "", by_account},
    {"bank_account.iban", number::bank_account, "number", "bank_account", "", "", by_account},
    {"bank_account.bank_name", number::bank_account, "bank_name", "bank_account", "", "",
     by_account},
    {"bank_account.bic", number::bank_account, "bic", "bank_account", "", "", by_account},
    {"bank_account.currency", number::bank_account, "currency", "bank_account", "", "", by_account},
};

// ---- rules

void derive_party(Work& work, void* record) {
    auto& party = *static_cast<Party*>(record);
    if (party.code.empty())
        party.code = domain::free_code(work, party.head.id, 'P', "party.code_taken");
    party.code_key = fold(party.code);
    // A person's key comes from its contact, last name first, and is settled with it.
    if (party.nature == PartyNature::organisation || party.name_key.empty())
        party.name_key = fold(party.name);
    domain::settle_currency(work, party.annual_revenue);
    domain::settle_currency(work, party.purchasing_budget);
}

/// The name of a person is changed in its contact, which hands it on.
void check_person_name(Work& work, const Party& party, const Party& before) {
    if (party.name == before.name || domain::is_undo(work)) return;
    if (domain::exists(
            work, "party.is_named",
            {{":party", party.head.id.value()}, {":name", std::string_view{party.name}}}))
        return;
    throw Invalid("party", "name", "is that of the person's contact: change it there");
}

void check_party(Work& work, const void* record, const void* earlier) {
    const auto& party = *static_cast<const Party*>(record);
    const auto* before = static_cast<const Party*>(earlier);
    domain::require_not_negative("party", "purchasing_budget", party.purchasing_budget);
    if (party.employees.value_or(0) < 0) throw Invalid("party", "employees", "must be 0 or more");
    if (before) domain::move_along(work, party, *before);
    domain::refuse_suppressed(work, party, before);
    if (party.nature != PartyNature::person) return;
    if (before) check_person_name(work, party, *before);
    const bool leads = !before || domain::is_moved(before->head, party.head);
    domain::settle_person(work, party.head.id,
                          leads ? domain::Leader::party : domain::Leader::none);
}

Kind make_party_kind() {
    Kind kind = kernel::kind<Party>(number::party, "party", Role::root, party_columns);
    kind.orders = party_orders;
    kind.parts = party_parts;
    kind.rules = {.derive = derive_party,
                  .check = check_party,
                  .written = domain::loyalty_written,
                  .may_refuse_written = false,
                  .alike = domain::party_alike};
    return kind;
}

std::optional<Id<PartyRole>> find_role(const Session& session, Id<Party> party,
                                       std::string_view role) {
    kernel::Reading reading(session.state());
    auto row =
        kernel::named_query(reading, "party.role", {{":party", party.value()}, {":role", role}});
    return row.step() ? std::optional(Id<PartyRole>{row.integer(0)}) : std::nullopt;
}

}  // namespace

template <>
const Kind& kind_of<Party>() {
    static const Kind kind = make_party_kind();
    return kind;
}

template <>
const Kind& kind_of<PartyRole>() {
    static const Kind kind =
        kernel::kind<PartyRole>(number::party_role, "party_role", Role::child, role_columns);
    return kind;
}

Person Parties::add_person(const Contact& contact, const Party& party) {
    Person person;
    session().write("party.add_person", [&](Work& work) {
        kernel::Transaction::Part part(work.transaction());  // both halves or none, also inside
                                                             // another command
        Party human = party;
        human.nature = PartyNature::person;
        const auto names = domain::name_of(contact);
        human.name = names.name;
        human.name_key = names.key;
        person.party = add(human);
        Contact speaker = contact;
        speaker.person = person.party.head.id;
        speaker.head = {.owner = person.party.head.owner,
                        .unit = person.party.head.unit,
                        .territory = person.party.head.territory};
        person.contact = Records<Contact>(session()).add(speaker);
        part.keep();
    });
    return person;
}

std::optional<Party> Parties::by_code(std::string_view code) const {
    const std::string key = fold(clean_text(code));
    auto found =
        domain::records<Party>(session(), "party.by_code", {{":key", std::string_view{key}}}, true);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

void Parties::add_role(Id<Party> party, std::string_view role) {
    session().write("party.add_role", [&](Work&) {
        if (!find_role(session(), party, role))
            Records<PartyRole>(session()).add({.party = party, .role = std::string(role)});
    });
}

void Parties::remove_role(Id<Party> party, std::string_view role) {
    session().write("party.remove_role", [&](Work&) {
        if (const auto id = find_role(session(), party, role))
            Records<PartyRole>(session()).remove(*id);
    });
}

std::vector<std::string> Parties::roles(Id<Party> party) const {
    kernel::Reading reading(session().state());
    auto rows = kernel::named_query(reading, "party.roles", {{":party", party.value()}});
    std::vector<std::string> roles;
    while (rows.step()) roles.emplace_back(rows.text(0));
    return roles;
}

std::vector<Party> Parties::own_companies() const {
    return domain::records<Party>(session(), "party.own_companies", {});
}

Point Parties::add_point(Id<Party> party, const Point& point) {
    Point added = point;
    added.record = party;
    return Points(session()).add(added);
}

Address Parties::add_address(Id<Party> party, const Address& address) {
    Address added = address;
    added.record = party;
    return Addresses(session()).add(added);
}

}  // namespace crm
