#include "domain/portraits.hpp"

#include <algorithm>

#include "base/similarity.hpp"
#include "crm/party.hpp"
#include "crm/text.hpp"
#include "domain/person.hpp"
#include "domain/point.hpp"
#include "domain/records.hpp"

namespace crm::domain {
namespace {

namespace number = kernel::number;
using base::latin;

constexpr std::int64_t page_size = 1'000;

/// What is typed where a name must stand and none is known.
constexpr std::string_view no_names[] = {"unknown", "none",       "null",       "n a",
                                         "na",      "no name",    "noname",     "anonymous",
                                         "anonim",  "necunoscut", "neizvestno", "xxx"};

std::string name_in_latin(std::string_view name) {
    std::string text = latin(name);
    if (std::ranges::find(no_names, text) != std::end(no_names)) text.clear();
    return text;
}

void describe(Portrait& portrait, const Contact& contact) {
    portrait.given = name_in_latin(contact.first_name);
    portrait.family = name_in_latin(contact.last_name);
    portrait.patronymic = latin(contact.patronymic);
    if (portrait.given.empty() && portrait.family.empty())
        portrait.given = name_in_latin(contact.nick_name);
    // Nothing is derived yet of a draft, nor of a name of which a part is hidden.
    auto names = name_of(contact);
    portrait.shown = contact.name.empty() ? std::move(names.name) : contact.name;
    portrait.name_key = contact.name_key.empty() ? std::move(names.key) : contact.name_key;
    portrait.first_key = contact.first_key.empty() ? std::move(names.first_key) : contact.first_key;
    if (contact.born_on) portrait.born_on = contact.born_on->text();
}

void describe(Portrait& portrait, const Party& party) {
    portrait.is_person = party.nature == PartyNature::person;
    portrait.tax_code = code_key(party.tax_code);
    portrait.tax_code_typed = party.tax_code;
    portrait.shown = party.name;
    portrait.name_key = party.name_key.empty() ? fold(party.name) : party.name_key;
    if (!portrait.is_person) portrait.family = organisation_key(party.name);
}

/// Of a draft's point too; empty where it is none that could be stored.
std::string normalized(const Point& point, std::string_view country) {
    if (!point.normalized.empty()) return point.normalized;
    try {
        return normal_form(point, country);
    } catch (const Invalid&) {
        return {};
    }
}

void describe(Portrait& portrait, const Point& point, std::string_view country) {
    const std::string value = normalized(point, country);
    const auto add = [&](std::vector<std::string>& to) {
        if (!value.empty()) to.push_back(value);
    };
    if (point.type == "phone" || point.type == "mobile") add(portrait.phones);
    if (point.type == "email") add(portrait.emails);
    if (point.type == "url") add(portrait.urls);
}

void describe(Portrait& portrait, const Address& address) {
    Place place = place_of(address.street, address.city, address.region, address.postal_code);
    if (!place.shown.empty()) portrait.places.push_back(std::move(place));
}

void describe_belonging(Portrait& portrait, const AnyRecord& part, std::string_view country) {
    switch (part.kind().number) {
        case number::point: return describe(portrait, part.as<Point>(), country);
        case number::address: return describe(portrait, part.as<Address>());
        case number::contact: return describe(portrait, part.as<Contact>());
        default:
            throw Invalid("duplicate", "parts",
                          "a draft comes with points, addresses and a contact, not with a " +
                              std::string(part.kind().name));
    }
}

std::vector<AnyRecord> records_among(kernel::Reading& reading, KindNumber kind,
                                     std::string_view query, std::span<const Ref> ids) {
    const std::string json = json_of(ids);
    return kernel::records_of(reading, *reading.kind(kind), query,
                              {{":ids", std::string_view{json}}}, false);
}

}  // namespace

std::string json_of(std::span<const Ref> ids) {
    std::string json = "[";
    for (const Ref id : ids) (json += json.size() > 1 ? "," : "") += std::to_string(id.value());
    return json += "]";
}

std::vector<Portrait> Portraits::among(std::span<const Ref> ids) {
    const auto* query =
        kind_ == number::party ? "duplicate.parties_among" : "duplicate.contacts_among";
    return drawn(records_among(reading_, kind_, query, ids));
}

std::vector<Portrait> Portraits::after(Ref last, CommandId since) {
    const bool of_parties = kind_ == number::party;
    const Kind& kind = *reading_.kind(kind_);
    if (since == CommandId{})
        return drawn(kernel::records_of(reading_, kind,
                                        of_parties ? "duplicate.parties" : "duplicate.contacts",
                                        {{":after", last.value()}, {":limit", page_size}}, false));
    return drawn(kernel::records_of(
        reading_, kind, of_parties ? "duplicate.parties_since" : "duplicate.contacts_since",
        {{":after", last.value()},
         {":since", static_cast<std::int64_t>(since)},
         {":limit", page_size}},
        false));
}

Portrait Portraits::of(const AnyRecord& given, std::span<const AnyRecord> parts) {
    places_.clear();
    std::vector<Portrait> one;
    add(one, seen(given));
    if (given.head().id) {
        add_people(one);
        add_belongings(one);
    }
    for (const AnyRecord& part : parts)
        describe_belonging(one.front(), seen(part), reading_.database().country());
    return std::move(one.front());
}

/// A record that did not come from a read, without what the session may not see of it.
AnyRecord Portraits::seen(const AnyRecord& given) {
    AnyRecord record = given;
    kernel::conceal(reading_, record);
    return record;
}

std::vector<Portrait> Portraits::drawn(std::vector<AnyRecord> roots) {
    places_.clear();
    std::vector<Portrait> portraits;
    portraits.reserve(roots.size());
    for (const AnyRecord& root : roots) add(portraits, root);
    roots.clear();
    add_people(portraits);
    add_belongings(portraits);
    return portraits;
}

Portrait& Portraits::add(std::vector<Portrait>& portraits, const AnyRecord& root) {
    const std::size_t place = portraits.size();
    Portrait& portrait = portraits.emplace_back();
    portrait.record = root.head().id;
    portrait.changed_in = root.head().changed_in;
    places_.emplace(portrait.record, place);
    if (kind_ == number::party) {
        describe(portrait, root.as<Party>());
        return portrait;
    }
    const auto& contact = root.as<Contact>();
    describe(portrait, contact);
    portrait.is_half = static_cast<bool>(contact.person);
    if (portrait.is_half) places_.emplace(contact.person, place);
    return portrait;
}

/// A natural person has its names in its contact.
void Portraits::add_people(std::vector<Portrait>& portraits) {
    if (kind_ != number::party) return;
    std::vector<Ref> persons;
    for (const Portrait& portrait : portraits)
        if (portrait.is_person) persons.push_back(portrait.record);
    if (persons.empty()) return;
    for (const AnyRecord& any :
         records_among(reading_, number::contact, "duplicate.people_of", persons)) {
        const auto& contact = any.as<Contact>();
        const std::size_t place = places_.at(contact.person);
        describe(portraits[place], contact);
        places_.emplace(contact.head.id, place);
    }
}

void Portraits::add_belongings(std::vector<Portrait>& portraits) {
    std::vector<Ref> owners;
    owners.reserve(places_.size());
    for (const auto& [id, place] : places_) owners.push_back(id);
    std::ranges::sort(owners);
    for (const AnyRecord& any :
         records_among(reading_, number::point, "duplicate.points_of", owners)) {
        const auto& point = any.as<Point>();
        describe(portraits[places_.at(point.record)], point, reading_.database().country());
    }
    for (const AnyRecord& any :
         records_among(reading_, number::address, "duplicate.addresses_of", owners)) {
        const auto& address = any.as<Address>();
        describe(portraits[places_.at(address.record)], address);
    }
}

}  // namespace crm::domain
