#include "kernel/catalogue.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "crm/error.hpp"
#include "kernel/column.hpp"

namespace crm::kernel {
namespace {

constexpr std::size_t text_bytes = 500, long_text_bytes = 1'000'000;

// ---- plans

template <auto Member>
constexpr Column head_column(std::string_view name) {
    Column column;
    column.name = name;
    column.type = FieldType::reference;
    column.getter = [](const void* record) {
        const Ref ref = static_cast<const Head*>(record)->*Member;
        return ref ? Value{ref.value()} : Value{};
    };
    return column;
}

constexpr Column owner_column = head_column<&Head::owner>("owner_id"),
                 unit_column = head_column<&Head::unit>("unit_id"),
                 territory_column = head_column<&Head::territory>("territory_id");

const Column* head_column_for(KindNumber target) {
    if (target == number::user) return &owner_column;
    if (target == number::unit) return &unit_column;
    return target == number::territory ? &territory_column : nullptr;
}

/// What tells one set of columns from another, for whatever is kept for the life of the process.
std::string signature_of(const Kind& kind) {
    std::string text = std::to_string(kind.number);
    for (const Column& column : kind.columns)
        ((((text += '|') += column.name) += ':') += std::to_string(column.traits)) +=
            ':' + std::to_string(static_cast<int>(column.type)) + ':' + std::string(column.list);
    return text;
}

/// Kinds with the same columns, in whatever catalogue, have the same texts.
std::shared_ptr<const PlanSlots> slots_of(const Kind& kind) {
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<const PlanSlots>> known;
    const std::lock_guard lock(mutex);
    auto& slots = known[std::string(kind.name) + signature_of(kind)];
    if (!slots) slots = std::make_shared<const PlanSlots>();
    return slots;
}

// ---- properties

std::vector<Property> definitions_in(storage::Connection& connection) {
    static const storage::Slot slot;
    auto rows = connection.use(slot, [] {
        return "SELECT kind, name, type, list, target, is_required, is_unique, is_searchable, "
               "default_value, is_retired FROM property ORDER BY created_in, id";
    });
    const Column& type = kind_of<Property>().column("type");
    std::vector<Property> found;
    while (rows.step()) {
        Property& property = found.emplace_back();
        property.kind = rows.text(0);
        property.name = rows.text(1);
        type.set(&property, rows.value(2));
        property.list = rows.text(3);
        property.target = rows.text(4);
        property.is_required = rows.integer(5) != 0;
        property.is_unique = rows.integer(6) != 0;
        property.is_searchable = rows.integer(7) != 0;
        property.default_value = rows.text(8);
        property.is_retired = rows.integer(9) != 0;
    }
    return found;
}

/// Everything that a catalogue is made of.
std::string content_of(std::span<const Kind> kinds, const std::vector<Property>& properties) {
    std::string text;
    for (const Kind& kind : kinds)
        ((text += std::to_string(reinterpret_cast<std::uintptr_t>(&kind))) += '=') +=
            signature_of(kind) + '\n';
    for (const Property& each : properties) {
        for (const std::string* part :
             {&each.kind, &each.name, &each.list, &each.target, &each.default_value})
            (text += *part) += '\x1f';
        for (const int part : {static_cast<int>(each.type), int{each.is_required},
                               int{each.is_unique}, int{each.is_searchable}, int{each.is_retired}})
            (text += std::to_string(part)) += ' ';
    }
    return text;
}

std::uint32_t traits_of(const Property& property) {
    std::uint32_t traits = personal;
    if (property.is_required && !property.is_retired) traits |= required;
    if (property.is_unique) traits |= unique;
    if (property.is_searchable) traits |= searchable;
    if (property.type == PropertyType::long_text) traits |= body;
    if (property.is_retired) traits |= out_of_use;
    return traits;
}

}  // namespace

std::string_view stored_type(FieldType type) {
    switch (type) {
        case FieldType::integer:
        case FieldType::flag:
        case FieldType::time:
        case FieldType::money:
        case FieldType::reference: return "INTEGER";
        case FieldType::real: return "REAL";
        default: return "TEXT";
    }
}

std::string table_of(const Kind& kind, const Column& column) {
    const std::string name(kind.name);
    if (column.is_property()) return name + "_property";
    return column.has(body) ? name + "_body" : name;
}

FieldType field_type(PropertyType type) {
    switch (type) {
        case PropertyType::text:
        case PropertyType::long_text: return FieldType::text;
        case PropertyType::integer: return FieldType::integer;
        case PropertyType::real: return FieldType::real;
        case PropertyType::date: return FieldType::date;
        case PropertyType::time: return FieldType::time;
        case PropertyType::flag: return FieldType::flag;
        case PropertyType::choice: return FieldType::code;
        case PropertyType::reference: return FieldType::reference;
        case PropertyType::money: return FieldType::money;
    }
    return FieldType::text;
}

std::string column_of(const Property& property) {
    switch (property.type) {
        case PropertyType::reference: return property.name + "_id";
        case PropertyType::money: return property.name + "_minor";
        default: return property.name;
    }
}

Catalogue::Catalogue(std::span<const Kind> kinds, const std::vector<Property>& properties)
    : kinds_(kinds) {
    if (!properties.empty()) {
        extended_.assign(kinds.begin(), kinds.end());
        for (Kind& kind : extended_) add_properties(kind, properties);
        kinds_ = extended_;
    }
    for (const Kind& kind : kinds_) make_plan(kind, properties);
}

std::shared_ptr<const Catalogue> Catalogue::bare(std::span<const Kind> kinds) {
    return std::make_shared<const Catalogue>(kinds, std::vector<Property>{});
}

std::shared_ptr<const Catalogue> Catalogue::read(const std::shared_ptr<const Catalogue>& bare,
                                                 storage::Connection& connection) {
    const auto properties = definitions_in(connection);
    if (properties.empty()) return bare;
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<const Catalogue>> known;
    const std::string content = content_of(bare->kinds(), properties);
    const std::lock_guard lock(mutex);
    auto& catalogue = known[content];
    if (!catalogue) catalogue = std::make_shared<const Catalogue>(bare->kinds(), properties);
    return catalogue;
}

const Kind& Catalogue::kind_of(Ref ref) const {
    if (const Kind* found = kind(ref.kind())) return *found;
    throw NotFound(std::to_string(ref.value()) + ": no such record");
}

const Column* Catalogue::link_to_personal(const Kind& kind) const {
    const auto is_it = [&](const Column& column) {
        const Kind* target =
            column.has(link) && column.target ? this->kind(column.target) : nullptr;
        return target && target->is_personal();
    };
    const auto found = std::ranges::find_if(kind.columns, is_it);
    return found == kind.columns.end() ? nullptr : &*found;
}

const Kind& Catalogue::kind_named(std::string_view name) const {
    for (const Kind& known : kinds_)
        if (known.name == name) return known;
    throw Invalid("kind", std::string(name), "no such kind of record");
}

std::string_view Catalogue::keep(std::string text) { return texts_.emplace_back(std::move(text)); }

void Catalogue::add_properties(Kind& kind, const std::vector<Property>& properties) {
    std::vector<Column> columns(kind.columns.begin(), kind.columns.end());
    for (const Property& property : properties)
        if (property.kind == kind.name) add_columns(property, columns);
    if (columns.size() != kind.columns.size())
        kind.columns = columns_.emplace_back(std::move(columns));
}

void Catalogue::add_columns(const Property& property, std::vector<Column>& columns) {
    Column column;
    column.name = keep(column_of(property));
    column.type = field_type(property.type);
    column.traits = traits_of(property);
    column.list = keep(property.list);
    column.max_length = column.has(body) ? long_text_bytes : text_bytes;
    column.on_delete = column.has(required) ? OnDelete::refuses : OnDelete::clears;
    for (const Kind& target : extended_)
        if (target.name == property.target) column.target = target.number;
    if (property.type != PropertyType::money) return columns.push_back(column);
    Column currency;
    currency.name = column.companion = keep(property.name + "_currency");
    currency.type = FieldType::currency;
    currency.traits = column.traits & ~std::uint32_t{required};
    columns.push_back(column);
    columns.push_back(currency);
}

void Catalogue::make_plan(const Kind& kind, const std::vector<Property>& properties) {
    auto plan = std::make_unique<Plan>();
    plan->kind = &kind;
    plan->slots = slots_of(kind);
    for (const Column& column : kind.columns) {
        (column.is_property() ? plan->properties
         : column.has(body)   ? plan->body
                              : plan->row)
            .push_back(&column);
        if (column.has(searchable)) plan->searchable.push_back(&column);
    }
    std::ranges::sort(plan->properties, {}, &Column::name);  // as records keep their values
    for (const Property& property : properties)
        if (property.kind == kind.name && !property.default_value.empty() && !property.is_retired)
            plan->defaults.emplace_back(kind.find(column_of(property)),
                                        Json::parse(property.default_value));
    plan_references(*plan);
    plans_[kind.number] = std::move(plan);
}

void Catalogue::plan_references(Plan& plan) const {
    const Column* head_column = head_column_for(plan.kind->number);
    for (const Kind& other : kinds_) {
        if (head_column && other.role == Role::root) plan.owned.push_back({&other, head_column});
        for (const Column& column : other.columns)
            if (column.type == FieldType::reference &&
                (column.target == 0 || column.target == plan.kind->number))
                plan.incoming.push_back({&other, &column});
    }
}

}  // namespace crm::kernel
