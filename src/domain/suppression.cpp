#include "domain/suppression.hpp"

#include <algorithm>
#include <map>

#include "crm/error.hpp"
#include "crm/external_key.hpp"
#include "crm/text.hpp"
#include "domain/records.hpp"
#include "kernel/suppression.hpp"

namespace crm::domain {
namespace {

namespace number = kernel::number;

std::string identifier(std::string_view sort, std::string_view first,
                       std::string_view second = {}) {
    std::string text(sort);
    ((text += '\n') += first) += '\n';
    return text += second;
}

/// Letters and digits only: codes are written with blanks and dashes here and there.
std::string bare(std::string_view code) {
    std::string text;
    for (const std::string& word : words(code)) text += word;
    return text;
}

void refuse(Work& work, const std::string& identifier) {
    if (identifier.empty() || !kernel::is_suppressed(work.transaction().connection(), identifier))
        return;
    throw Suppressed(
        "this names a person who was erased on request; where the person wants to come back, an "
        "administrator lifts the suppression");
}

bool looks(Work& work) { return work.transaction().rights().suppresses(); }

bool is_natural_person(Work& work, Ref record) {
    return record.kind() == number::contact || record.kind() == number::lead ||
           (record.kind() == number::party &&
            exists(work, "erasure.is_person", {{":party", record.value()}}));
}

/// The folded names of the contact or lead that a record is or has, last name first and first name
/// first.
std::vector<std::string> names_of(Work& work, Ref record) {
    std::vector<std::string> names;
    kernel::Reading reading(work.transaction().session());
    auto rows = kernel::named_query(reading, "erasure.names_of", {{":record", record.value()}});
    while (rows.step())
        for (const int column : {0, 1}) names.emplace_back(rows.text(column));
    return names;
}

/// A contact or lead that is renamed may become whom its phones name.
template <class Named>
void refuse_phones(Work& work, Ref record, const Named& named) {
    if (!record) return;
    kernel::Reading reading(work.transaction().session());
    auto rows = kernel::named_query(reading, "erasure.points_of", {{":record", record.value()}});
    std::vector<std::string> phones;
    while (rows.step())
        if (is_phone(rows.text(0))) phones.emplace_back(rows.text(1));
    for (const std::string& phone : phones)
        for (const std::string& name : {named.name_key, named.first_key})
            refuse(work, phone_identifier(name, phone));
}

std::string text_in(const Json::Object& fields, std::string_view name) {
    for (const auto& [field, value] : fields)
        if (field == name && value.is_string()) return value.string();
    return {};
}

std::int64_t number_in(const Json::Object& fields, std::string_view name) {
    for (const auto& [field, value] : fields)
        if (field == name && value.is_integer()) return value.integer();
    return 0;
}

/// What the remnants of one person add up to.
class Identity {
public:
    void add(const kernel::Remnant& remnant) {
        const Json::Object& fields = remnant.fields;
        switch (remnant.record.kind()) {
            case number::contact:
            case number::lead:
                names_.insert({text_in(fields, "name_key"), text_in(fields, "first_key")});
                births_.insert(text_in(fields, "born_on"));
                return;
            case number::party: keep(tax_identifier(text_in(fields, "tax_code"))); return;
            case number::point: return add_point(remnant.record, fields);
            case number::external_key: return add_key(remnant.record, fields);
            default: return;
        }
    }
    std::set<std::string> all() {
        for (const auto& [ref, value] : points_) keep_point(types_[ref], value);
        for (const auto& [ref, key] : keys_)
            if (key.kind) keep(key_identifier(key.kind, key.system, key.key));
        for (const std::string& name : names_)
            for (const std::string& birth : births_) keep(birth_identifier(name, birth));
        return std::move(found_);
    }

private:
    struct KnownKey {
        std::int64_t kind = 0;
        std::string system, key;
    };

    void keep(std::string identifier) {
        if (!identifier.empty()) found_.insert(std::move(identifier));
    }
    void keep_point(std::string_view type, const std::string& normalized) {
        if (type == "email") keep(email_identifier(normalized));
        if (is_phone(type))
            for (const std::string& name : names_) keep(phone_identifier(name, normalized));
    }
    void add_point(Ref record, const Json::Object& fields) {
        if (auto type = text_in(fields, "type"); !type.empty()) types_[record] = type;
        if (auto value = text_in(fields, "normalized"); !value.empty())
            points_.emplace(record, std::move(value));
    }
    /// A line of history tells only what changed: the rest is as it was known first.
    void add_key(Ref record, const Json::Object& fields) {
        const auto [first, last] = keys_.equal_range(record);
        KnownKey key = first == last ? KnownKey{} : first->second;
        if (const auto kind = number_in(fields, "kind")) key.kind = kind;
        if (auto system = text_in(fields, "system"); !system.empty()) key.system = system;
        if (auto text = text_in(fields, "key"); !text.empty()) key.key = text;
        keys_.emplace(record, std::move(key));
    }

    std::set<std::string> names_, births_, found_;
    std::map<Ref, std::string> types_;
    std::multimap<Ref, std::string> points_;
    std::multimap<Ref, KnownKey> keys_;
};

}  // namespace

std::string email_identifier(std::string_view normalized) {
    return normalized.empty() ? std::string{} : identifier("email", normalized);
}

std::string tax_identifier(std::string_view tax_code) {
    const std::string code = bare(tax_code);
    return code.empty() ? code : identifier("tax_code", code);
}

std::string key_identifier(std::int64_t kind, std::string_view system, std::string_view key) {
    return identifier("key " + std::to_string(kind), system, key);
}

std::string birth_identifier(std::string_view name_key, std::string_view born_on) {
    if (name_key.empty() || born_on.empty()) return {};
    return identifier("born_on", name_key, born_on);
}

std::string phone_identifier(std::string_view name_key, std::string_view normalized) {
    if (name_key.empty() || normalized.empty()) return {};
    return identifier("phone", name_key, normalized);
}

bool is_phone(std::string_view type) {
    return type == "phone" || type == "mobile" || type == "fax";
}

std::set<std::string> identifiers_of(const std::vector<kernel::Remnant>& remnants) {
    Identity identity;
    for (const kernel::Remnant& remnant : remnants) identity.add(remnant);
    return identity.all();
}

void refuse_suppressed(Work& work, const Contact& contact, const Contact* before) {
    if (!looks(work)) return;
    const bool renamed =
        !before || before->name_key != contact.name_key || before->first_key != contact.first_key;
    if (!renamed && before->born_on == contact.born_on) return;
    if (contact.born_on)
        for (const std::string& name : {contact.name_key, contact.first_key})
            refuse(work, birth_identifier(name, contact.born_on->text()));
    if (!renamed) return;
    refuse_phones(work, contact.head.id, contact);
    refuse_phones(work, contact.person, contact);
}

void refuse_suppressed(Work& work, const Lead& lead, const Lead* before) {
    if (!looks(work) || !before) return;  // of a new one the phones are still to come
    if (before->name_key != lead.name_key || before->first_key != lead.first_key)
        refuse_phones(work, lead.head.id, lead);
}

void refuse_suppressed(Work& work, const Party& party, const Party* before) {
    if (!looks(work) || party.nature != PartyNature::person) return;
    if (!before || before->tax_code != party.tax_code) refuse(work, tax_identifier(party.tax_code));
}

void refuse_suppressed(Work& work, const Point& point, const Point* before) {
    if (!looks(work) ||
        (before && before->normalized == point.normalized && before->type == point.type))
        return;
    if (!is_natural_person(work, point.record)) return;
    if (point.type == "email") refuse(work, email_identifier(point.normalized));
    if (is_phone(point.type))
        for (const std::string& name : names_of(work, point.record))
            refuse(work, phone_identifier(name, point.normalized));
}

void check_external_key(Work& work, const void* record, const void* earlier) {
    const auto& key = *static_cast<const ExternalKey*>(record);
    const auto* before = static_cast<const ExternalKey*>(earlier);
    if (!looks(work) || (before && before->key == key.key && before->system == key.system)) return;
    if (is_natural_person(work, key.record))
        refuse(work, key_identifier(key.kind, key.system, key.key));
}

}  // namespace crm::domain
