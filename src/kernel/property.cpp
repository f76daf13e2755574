#include "crm/property.hpp"

#include <algorithm>
#include <array>

#include "crm/error.hpp"
#include "crm/list.hpp"
#include "crm/text.hpp"
#include "kernel/column.hpp"
#include "kernel/common.hpp"
#include "kernel/engine.hpp"
#include "kernel/language.hpp"
#include "kernel/named.hpp"
#include "kernel/select.hpp"

namespace crm::kernel {

template <>
struct Codes<PropertyType> {
    static constexpr std::array<std::string_view, 10> all{
        "text", "long_text", "integer", "real",      "date",
        "time", "flag",      "choice",  "reference", "money"};
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::column;
using kernel::Reading;
using kernel::Transaction;
namespace number = kernel::number;

constexpr Column property_columns[] = {
    column<&Property::kind>("kind", required | fixed),
    column<&Property::name>("name", required | fixed),
    column<&Property::type>("type", required | fixed),
    column<&Property::list>("list", fixed),
    column<&Property::target>("target", fixed),
    column<&Property::is_required>("is_required"),
    column<&Property::is_unique>("is_unique"),
    column<&Property::is_searchable>("is_searchable", fixed),
    column<&Property::default_value>("default_value", no_trait, {.max_length = 4'000}),
    column<&Property::position>("position"),
    column<&Property::is_retired>("is_retired"),
};

constexpr Column property_label_columns[] = {
    column<&PropertyLabel::property>(
        "definition_id", required | fixed,
        {.target = number::property, .on_delete = OnDelete::takes_along}),
    column<&PropertyLabel::language>("language", required | fixed),
    column<&PropertyLabel::label>("label", required),
};

constexpr std::string_view prefix = "x_";
constexpr std::size_t longest_name = 40, most_columns = 256, most_clashes = 100;

[[noreturn]] void refuse_property(const char* field, std::string reason) {
    throw Invalid("property", field, std::move(reason));
}

// ---- rules

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// The prefix keeps them apart from the columns of later releases, the endings from the columns of
/// references and amounts.
void check_name(const std::string& name) {
    const bool is_slug = name.starts_with(prefix) && name.size() > prefix.size() &&
                         name.size() <= longest_name &&
                         std::ranges::all_of(name, is_name_character);
    if (!is_slug)
        refuse_property("name", "\"" + name +
                                    "\" is no name of a property: \"x_\", then 1 to 38 lower case "
                                    "letters a-z, digits and \"_\"");
    for (const char* ending : {"_id", "_minor", "_currency"})
        if (name.ends_with(ending))
            refuse_property("name", "ends in " + std::string(ending) +
                                        ", which the columns of references and amounts do");
}

bool may_have_properties(const Kind& kind) {
    if (kind.number == number::share || kind.number == number::external_key) return false;
    return kind.role != Role::common || kind.number == number::user || kind.number == number::unit;
}

void check_target(const Transaction& transaction, const Property& property) {
    if ((property.type == PropertyType::reference) != !property.target.empty())
        refuse_property("target", "goes with the type reference, and only with it");
    if (property.target.empty()) return;
    const Kind& target = transaction.kind_named(property.target);
    const bool is_common = target.number == number::user || target.number == number::unit ||
                           target.number == number::territory;
    if (target.role != Role::root && !is_common)
        refuse_property("target", "a reference is to a root kind, a user, a unit or a territory");
}

void check_traits(const Property& property, const Kind& kind) {
    const PropertyType type = property.type;
    const bool is_text = type == PropertyType::text || type == PropertyType::long_text;
    if (property.is_searchable && !is_text) refuse_property("is_searchable", "is for texts only");
    if (property.is_searchable && !kind.is_searchable())
        refuse_property("is_searchable", "records of kind " + property.kind + " have no full text");
    if (property.is_unique && (type == PropertyType::long_text || type == PropertyType::flag ||
                               type == PropertyType::money))
        refuse_property("is_unique", "is not for long texts, flags and amounts");
    if ((type == PropertyType::choice) != !property.list.empty())
        refuse_property("list", "goes with the type choice, and only with it");
}

/// Amounts take two.
std::size_t columns_of(const Property& property) {
    return property.type == PropertyType::money ? 2 : 1;
}

void check_new(const Transaction& transaction, const Property& property) {
    check_name(property.name);
    const Kind& kind = transaction.kind_named(property.kind);
    if (!may_have_properties(kind))
        refuse_property("kind", "records of kind " + property.kind + " have no properties");
    check_target(transaction, property);
    check_traits(property, kind);
    if (kind.find_shown(property.name))
        refuse_property("name", property.kind + " has a property " + property.name + " already");
    if (kind.columns.size() + columns_of(property) > most_columns)
        throw LimitExceeded(property.kind + " has " + std::to_string(kind.columns.size()) +
                            " columns: 256 are the most");
}

/// A record that holds the default shows whether the property may.
void check_default(Transaction& transaction, const Property& property) {
    if (property.default_value.empty()) return;
    if (property.type == PropertyType::reference || property.type == PropertyType::money)
        refuse_property("default_value", "references and amounts have none");
    const Json value = [&] {
        try {
            return Json::parse(property.default_value);
        } catch (const Invalid&) {
            refuse_property("default_value", "is no JSON: write 5, \"text\", \"2026-01-31\"");
        }
    }();
    Column column;
    column.name = property.name;
    column.type = kernel::field_type(property.type);
    Property holder;
    try {
        column.set(&holder, value.value());
    } catch (const Invalid& bad) {
        refuse_property("default_value", bad.reason);
    }
    const std::string_view text = column.get(&holder).text();
    if (column.get(&holder).is_null()) refuse_property("default_value", "is no value");
    if (property.type == PropertyType::text && text.size() > column.max_length)
        refuse_property("default_value", "is longer than 500 bytes");
    if (property.type != PropertyType::choice) return;
    const auto& lists = transaction.lists().lists;
    const auto list = lists.find(property.list);
    if (list == lists.end() || !list->second.contains(std::string(text)))
        refuse_property("default_value", "is no code of the list " + property.list);
}

/// Records with the same value as another, those that the session sees.
void check_clashes(Work& work, const Property& property) {
    Transaction& transaction = work.transaction();
    const std::string table = property.kind + "_property", name = kernel::column_of(property);
    Reading reading(transaction.session());
    std::vector<FieldConflict> seen;
    bool clashes = false;
    auto rows = transaction.connection().use(
        "SELECT id FROM " + table + " WHERE " + name + " IN (SELECT " + name + " FROM " + table +
        " GROUP BY " + name + " HAVING count(*) > 1) ORDER BY " + name + ", id");
    while (seen.size() < most_clashes && rows.step()) {
        clashes = true;
        if (const Ref id{rows.integer(0)}; kernel::find(reading, id))
            seen.push_back({.record = id, .field = name, .reason = "has the value of another"});
    }
    if (clashes)
        throw Conflict(property.kind + "." + property.name +
                           ": records have the same value; change those first (" +
                           std::to_string(seen.size()) + " that you see are listed)",
                       {}, {}, std::move(seen));
}

void check_property(Work& work, const void* record, const void* earlier) {
    const auto& property = *static_cast<const Property*>(record);
    const auto* before = static_cast<const Property*>(earlier);
    if (!before) check_new(work.transaction(), property);
    if (!before || before->default_value != property.default_value)
        check_default(work.transaction(), property);
    if (!before) return;
    if (property.is_unique && !before->is_unique) {
        check_traits(property, work.transaction().kind_named(property.kind));
        check_clashes(work, property);
    }
}

void property_removed(Work&, const void* record) {
    throw Conflict("property: definitions are not removed, records may have values; retire it",
                   static_cast<const Property*>(record)->head.id);
}

void check_property_label(Work&, const void* record, const void*) {
    kernel::require_language(static_cast<const PropertyLabel*>(record)->language, "property_label",
                             "language");
}

}  // namespace

template <>
const Kind& kind_of<Property>() {
    static const Kind kind =
        kernel::common<Property>(number::property, "property", property_columns,
                                 {.check = check_property, .removed = property_removed});
    return kind;
}

template <>
const Kind& kind_of<PropertyLabel>() {
    static const Kind kind =
        kernel::common<PropertyLabel>(number::property_label, "property_label",
                                      property_label_columns, {.check = check_property_label});
    return kind;
}

// ---- area

namespace {

std::vector<Property> all_of(Reading& reading, std::string_view kind) {
    const auto found = kernel::records_of(reading, kind_of<Property>(), "property.of_kind",
                                          {{":kind", kind}}, false, most_columns);
    std::vector<Property> properties;
    for (const AnyRecord& record : found) properties.push_back(record.as<Property>());
    return properties;
}

void add_label(Work& work, Id<Property> property, std::string_view language,
               std::string_view text) {
    PropertyLabel label{
        .property = property, .language = std::string(language), .label = std::string(text)};
    kernel::insert(work.transaction(), kind_of<PropertyLabel>(), &label);
}

void change_field(Session& session, std::string_view verb, const Property& property,
                  std::string_view field, const Value& value) {
    session.write(verb, [&](Work& work) {
        const Assignment change{field, value};
        kernel::update(work.transaction(), kind_of<Property>(), property.head.id, any_version,
                       {&change, 1});
    });
}

/// A choice has a list of its own unless another is named.
void settle(Property& property, const std::vector<Property>& others) {
    if (property.type == PropertyType::choice && property.list.empty())
        property.list = property.kind + "_" + property.name;
    for (const Property& other : others)
        if (property.position <= other.position && property.position <= 0)
            property.position = other.position + 1;
    if (property.position == 0) property.position = 1;
}

void require_values(Transaction& transaction, const Property& property) {
    if (property.type == PropertyType::choice && !transaction.lists().lists.contains(property.list))
        refuse_property("list", "there is no list \"" + property.list +
                                    "\": name one that has values, or give choices");
}

}  // namespace

Property Properties::define(const Property& given, const Labels& labels,
                            const std::vector<Choice>& choices) {
    Property property;
    session().write("property.define", [&](Work& work) {
        Transaction& transaction = work.transaction();
        property = given;
        const std::string default_value = std::exchange(property.default_value, {});
        {
            Reading reading(session().state());
            settle(property, all_of(reading, property.kind));
        }
        kernel::insert(transaction, kind_of<Property>(), &property);
        Lists lists(session());
        for (const Choice& choice : choices)
            lists.add_value(property.list, choice.code, choice.labels);
        require_values(transaction, property);
        for (const auto& [language, text] : labels)
            add_label(work, property.head.id, language, text);
        if (default_value.empty()) return;
        const Assignment filled{"default_value", Value{std::string_view{default_value}}};
        kernel::update(transaction, kind_of<Property>(), property.head.id, any_version,
                       {&filled, 1}, &property);
    });
    return property;
}

Property Properties::named(std::string_view kind, std::string_view name) const {
    const auto found =
        kernel::first_of<Property>(session(), "property.named", {{":kind", kind}, {":name", name}});
    if (found) return *found;
    throw NotFound(std::string(kind) + " has no property \"" + std::string(name) + "\"");
}

std::vector<Property> Properties::of_kind(std::string_view kind, bool with_retired) const {
    Reading reading(session().state());
    auto properties = all_of(reading, reading.kind_named(kind).name);
    if (!with_retired) std::erase_if(properties, &Property::is_retired);
    return properties;
}

std::string Properties::label(const Property& property) const {
    Reading reading(session().state());
    auto rows = kernel::named_query(reading, "property.labels",
                                    {{":property", Value{property.head.id.value()}}});
    Labels labels;
    while (rows.step()) labels.emplace_back(rows.text(0), rows.text(1));
    for (const std::string_view wanted :
         {std::string_view{session().language()}, std::string_view{"en"}})
        for (const auto& [language, text] : labels)
            if (language == wanted) return text;
    return property.name.substr(prefix.size());
}

void Properties::set_label(std::string_view kind, std::string_view name, std::string_view language,
                           std::string_view label) {
    session().write("property.set_label", [&](Work& work) {
        const Id<Property> property = named(kind, name).head.id;
        const auto known = kernel::first_of<PropertyLabel>(
            session(), "property.label",
            {{":property", Value{property.value()}}, {":language", language}});
        if (!known) return add_label(work, property, language, label);
        const Assignment change{"label", label};
        kernel::update(work.transaction(), kind_of<PropertyLabel>(), known->head.id, any_version,
                       {&change, 1});
    });
}

void Properties::retire(std::string_view kind, std::string_view name) {
    change_field(session(), "property.retire", named(kind, name), "is_retired", std::int64_t{1});
}

void Properties::reactivate(std::string_view kind, std::string_view name) {
    change_field(session(), "property.reactivate", named(kind, name), "is_retired",
                 std::int64_t{0});
}

void Properties::set_required(std::string_view kind, std::string_view name, bool is_required) {
    change_field(session(), "property.set_required", named(kind, name), "is_required",
                 std::int64_t{is_required});
}

void Properties::set_unique(std::string_view kind, std::string_view name, bool is_unique) {
    change_field(session(), "property.set_unique", named(kind, name), "is_unique",
                 std::int64_t{is_unique});
}

const Kind& Properties::kind(std::string_view name) const {
    return Reading(session().state()).kind_named(name);
}

}  // namespace crm
