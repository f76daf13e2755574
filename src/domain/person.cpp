#include "domain/person.hpp"

#include "crm/access_right.hpp"
#include "crm/text.hpp"
#include "domain/records.hpp"
#include "kernel/engine.hpp"

namespace crm::domain {
namespace {

using kernel::Authority;

Id<Contact> contact_of(Work& work, Id<Party> party) {
    const auto found = refs(work, "contact.of_person", {{":party", party.value()}});
    return found.empty() ? Id<Contact>{} : Id<Contact>{found.front()};
}

template <class Record>
void follow(Work& work, const Record& record, const Head& leader) {
    const Head& head = record.head;
    if (head.owner == leader.owner && head.unit == leader.unit &&
        head.territory == leader.territory)
        return;
    const auto territory = leader.territory ? Value{leader.territory.value()} : Value{};
    const Assignment fields[] = {{"owner_id", leader.owner.value()},
                                 {"unit_id", leader.unit.value()},
                                 {"territory_id", territory}};
    kernel::update(work.transaction(), kind_of<Record>(), head.id, any_version, fields, nullptr,
                   Authority::engine);
}

void repeat_name(Work& work, const Party& party, const Contact& contact) {
    if (party.name == contact.name && party.name_key == contact.name_key) return;
    const Assignment fields[] = {{"name", std::string_view{contact.name}},
                                 {"name_key", std::string_view{contact.name_key}}};
    kernel::update(work.transaction(), kind_of<Party>(), party.head.id, any_version, fields,
                   nullptr, Authority::engine);
}

void remove_party_without_contact(Work& work, const Party& party) {
    if (work.transaction().created_here(party.head.id))
        throw Invalid("party", "nature", "a natural person stands in its contact: use add_person");
    kernel::remove(work.transaction(), kind_of<Party>(), party.head.id, any_version,
                   Authority::engine);
}

void settle(Work& work, Id<Party> id, Leader leader) {
    const auto party = load(work, id);
    if (!party) return;
    const auto contact_id = contact_of(work, id);
    if (party->nature != PartyNature::person) {
        if (contact_id) throw Invalid("contact", "person_id", "must be a natural person");
        return;
    }
    if (!contact_id) return remove_party_without_contact(work, *party);
    const auto contact = load(work, contact_id);
    repeat_name(work, *party, *contact);
    if (leader == Leader::party) follow(work, *contact, party->head);
    if (leader == Leader::contact) follow(work, *party, contact->head);
}

std::string joined(std::initializer_list<std::string_view> names) {
    std::string text;
    for (const auto name : names) {
        if (!name.empty() && !text.empty()) text += ' ';
        text += name;
    }
    return text;
}

/// The other half of a natural person: the contact of a party, the party of a contact.
Ref twin_of(Work& work, Ref record) {
    const auto found = refs(work, "contact.twin", {{":record", record.value()}});
    return found.empty() ? Ref{} : found.front();
}

Ref same_share(Work& work, Ref record, Ref grantee) {
    const auto found = refs(work, "contact.share_with",
                            {{":record", record.value()}, {":grantee", grantee.value()}});
    return found.empty() ? Ref{} : found.front();
}

}  // namespace

PersonName name_of(const Contact& contact) {
    const auto& first = contact.first_name;
    const auto& last = contact.last_name;
    const auto& middle = contact.patronymic;
    std::string name = joined({first, middle, last});
    if (!name.empty())
        return {std::move(name), fold(joined({last, first, middle})), fold(joined({first, last}))};
    std::string key = fold(contact.nick_name);
    return {contact.nick_name, key, key};
}

void settle_person(Work& work, Id<Party> party, Leader leader) {
    const char* purpose = leader == Leader::none ? "person" : "moved person";
    work.transaction().at_end(purpose, party.value(),
                              [=](Work& ending) { settle(ending, party, leader); });
}

void share_written(Work& work, const void* record, const void*) {
    const auto& share = *static_cast<const Share*>(record);
    const Ref twin = twin_of(work, share.record);
    if (!twin) return;
    auto& transaction = work.transaction();
    if (const Ref known = same_share(work, twin, share.grantee)) {
        const Assignment same[] = {{"level", std::string_view{share.level}},
                                   {"ends_on", optional(share.ends_on)}};
        kernel::update(transaction, kind_of<Share>(), known, any_version, same, nullptr,
                       Authority::engine);
    } else {
        Share same{.record = twin,
                   .grantee = share.grantee,
                   .level = share.level,
                   .ends_on = share.ends_on};
        kernel::insert(transaction, kind_of<Share>(), &same, Authority::engine);
    }
}

void share_removed(Work& work, const void* record) {
    const auto& share = *static_cast<const Share*>(record);
    const Ref twin = twin_of(work, share.record);
    const Ref same = twin ? same_share(work, twin, share.grantee) : Ref{};
    if (same)
        kernel::remove(work.transaction(), kind_of<Share>(), same, any_version, Authority::engine);
}

}  // namespace crm::domain
