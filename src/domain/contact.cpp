#include "crm/contact.hpp"

#include "crm/party.hpp"
#include "crm/text.hpp"
#include "domain/duplicate_search.hpp"
#include "domain/person.hpp"
#include "domain/records.hpp"
#include "domain/reminder.hpp"
#include "domain/suppression.hpp"
#include "domain/territory.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr std::string_view name_parts[] = {"first_name", "last_name", "patronymic", "nick_name"};

constexpr Column contact_columns[] = {
    column<&Contact::first_name>("first_name", personal | on_card),
    column<&Contact::last_name>("last_name", personal | on_card),
    column<&Contact::patronymic>("patronymic", personal | on_card),
    column<&Contact::name>("name", derived | searchable | quick | personal | on_card,
                           {.key = "name_key", .max_length = 2'000, .made_of = name_parts}),
    column<&Contact::nick_name>("nick_name", searchable | personal | on_card),
    column<&Contact::name_key>("name_key", derived | personal, {.max_length = 4'000}),
    column<&Contact::first_key>("first_key", derived | quick | personal,
                                {.max_length = 4'000, .made_of = name_parts}),
    column<&Contact::title>("title", searchable | personal | on_card),
    column<&Contact::type>("type", on_card, {.list = "contact_type"}),
    column<&Contact::status>("status", on_card, {.list = "contact_status"}),
    column<&Contact::sex>("sex", personal | on_card, {.list = "sex"}),
    column<&Contact::born_on>("born_on", personal | on_card),
    column<&Contact::person>("person_id", fixed | unique | twin,
                             {.target = number::party, .on_delete = OnDelete::takes_along}),
    column<&Contact::occupation>("occupation", personal | on_card),
    column<&Contact::income_level>("income_level", personal | on_card, {.list = "income_level"}),
    column<&Contact::attitude>("attitude", personal | on_card, {.list = "attitude"}),
    column<&Contact::prospects>("prospects", personal | on_card, {.list = "prospects"}),
    column<&Contact::purchasing_budget, &Money::minor>(
        "purchasing_budget_minor", personal | on_card,
        {.type = FieldType::money, .companion = "purchasing_budget_currency"}),
    column<&Contact::purchasing_budget, &Money::currency>("purchasing_budget_currency",
                                                          personal | on_card),
    column<&Contact::description>("description", searchable | body | personal | on_card),
    column<&Contact::preferences>("preferences", body | personal | on_card),
};

constexpr Column membership_columns[] = {
    column<&Membership::contact>("contact_id", required | fixed | parent,
                                 {.target = number::contact, .on_delete = OnDelete::takes_along}),
    column<&Membership::party>("party_id", required | fixed | link | on_card,
                               {.target = number::party, .on_delete = OnDelete::takes_along}),
    column<&Membership::position>("position", personal | on_card),
    column<&Membership::starts_on>("starts_on", on_card),
    column<&Membership::ends_on>("ends_on", on_card),
};

constexpr Order contact_orders[] = {{"name", "name_key"}};

constexpr std::string_view by_point_value[] = {"type", "normalized"};
constexpr std::string_view by_home_type[] = {"type"};
constexpr std::string_view by_contact_note[] = {"text"};
constexpr std::string_view by_member_party[] = {"party_id"};

constexpr Part contact_parts[] = {
    {"phone", number::point, "value", "", "type", "phone", by_point_value},
    {"mobile", number::point, "value", "", "type", "mobile", by_point_value},
    {"fax", number::point, "value", "", "type", "fax", by_point_value},
    {"email", number::point, "value", "", "type", "email", by_point_value},
    {"url", number::point, "value", "", "type", "url", by_point_value},
    {"party", number::membership, "party_id", "membership", "", "", by_member_party},
    {"position", number::membership, "position", "membership", "", "", by_member_party},
    {"starts_on", number::membership, "starts_on", "membership", "", "", by_member_party},
    {"ends_on", number::membership, "ends_on", "membership", "", "", by_member_party},
    {"address.street", number::address, "street", "address", "type", "home", by_home_type},
    {"address.city", number::address, "city", "address", "type", "home", by_home_type},
    {"address.region", number::address, "region", "address", "type", "home", by_home_type},
    {"address.postal_code", number::address, "postal_code", "address", "type", "home",
     by_home_type},
    {"address.country", number::address, "country_name", "address", "type", "home", by_home_type},
    {"address.type", number::address, "type", "address", "", "", by_home_type},
    {"note", number::note, "text", "", "", "", by_contact_note},
};

void derive_contact(Work& work, void* record) {
    auto& contact = *static_cast<Contact*>(record);
    domain::settle_currency(work, contact.purchasing_budget);
    auto names = domain::name_of(contact);
    contact.name = std::move(names.name);
    contact.name_key = std::move(names.key);
    contact.first_key = std::move(names.first_key);
}

void check_birth(Work& work, const Contact& contact) {
    if (!contact.born_on) return;
    if (contact.born_on->year() < 1800) throw Invalid("contact", "born_on", "lies before 1800");
    if (*contact.born_on > work.transaction().session().zone.date_of(work.now()))
        throw Invalid("contact", "born_on", "lies in the future");
}

void check_contact(Work& work, const void* record, const void* earlier) {
    const auto& contact = *static_cast<const Contact*>(record);
    const auto* before = static_cast<const Contact*>(earlier);
    domain::require_not_negative("contact", "purchasing_budget", contact.purchasing_budget);
    if (contact.name.empty())
        throw Invalid("contact", "last_name", "a contact needs a first, last or nick name");
    if (!before || before->born_on != contact.born_on) check_birth(work, contact);
    if (before && before->born_on != contact.born_on)
        for (const Ref reminded : {contact.head.id, contact.person.ref()})
            domain::follow_reminders(work, reminded);
    domain::refuse_suppressed(work, contact, before);
    if (contact.person)
        domain::settle_person(work, contact.person,
                              !before ? domain::Leader::party
                              : domain::is_moved(before->head, contact.head)
                                  ? domain::Leader::contact
                                  : domain::Leader::none);
}

void contact_removed(Work& work, const void* record) {
    const auto& contact = *static_cast<const Contact*>(record);
    if (contact.person) domain::settle_person(work, contact.person, domain::Leader::contact);
}

void refuse_overlap(Work& work, const Membership& membership) {
    if (domain::exists(work, "contact.membership_overlaps",
                       {{":id", membership.head.id.value()},
                        {":contact", membership.contact.value()},
                        {":party", membership.party.value()},
                        {":starts_on", domain::optional(membership.starts_on)},
                        {":ends_on", domain::optional(membership.ends_on)}}))
        throw Conflict(
            "membership: the contact speaks for this party already in that period; end "
            "the other membership first",
            membership.head.id);
}

void check_membership(Work& work, const void* record, const void* before) {
    const auto& membership = *static_cast<const Membership*>(record);
    if (!before) domain::join_territory(work, membership.contact, membership.party);
    if (membership.starts_on && membership.ends_on && *membership.ends_on < *membership.starts_on)
        throw Invalid("membership", "ends_on", "lies before starts_on");
    domain::check_relation(work, "overlap", membership.head.id,
                           [membership](Work& at) { refuse_overlap(at, membership); });
}

Kind make_contact_kind() {
    Kind kind = kernel::kind<Contact>(number::contact, "contact", Role::root, contact_columns);
    kind.orders = contact_orders;
    kind.parts = contact_parts;
    kind.rules = {.derive = derive_contact,
                  .check = check_contact,
                  .removed = contact_removed,
                  .alike = domain::contact_alike};
    return kind;
}

Kind make_membership_kind() {
    Kind kind =
        kernel::kind<Membership>(number::membership, "membership", Role::child, membership_columns);
    kind.rules = {.check = check_membership};
    return kind;
}

}  // namespace

template <>
const Kind& kind_of<Contact>() {
    static const Kind kind = make_contact_kind();
    return kind;
}

template <>
const Kind& kind_of<Membership>() {
    static const Kind kind = make_membership_kind();
    return kind;
}

Membership Contacts::join(Id<Contact> contact, Id<Party> party, std::string_view position,
                          std::optional<Date> starts_on, std::optional<Date> ends_on) {
    Membership membership{.contact = contact,
                          .party = party,
                          .position = std::string(position),
                          .starts_on = starts_on,
                          .ends_on = ends_on};
    session().write("contact.join",
                    [&](Work&) { membership = Records<Membership>(session()).add(membership); });
    return membership;
}

Membership Contacts::leave(Id<Membership> membership, Date ends_on) {
    Membership left;
    session().write("contact.leave", [&](Work&) {
        left = Records<Membership>(session()).change(membership, any_version,
                                                     {{"ends_on", ends_on.text()}});
    });
    return left;
}

std::vector<Membership> Contacts::memberships(Id<Contact> contact) const {
    return domain::records<Membership>(session(), "contact.memberships",
                                       {{":contact", contact.value()}});
}

Point Contacts::add_point(Id<Contact> contact, const Point& point) {
    Point added = point;
    added.record = contact;
    return Points(session()).add(added);
}

}  // namespace crm
