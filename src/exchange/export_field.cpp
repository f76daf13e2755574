#include "exchange/export_field.hpp"

#include <algorithm>
#include <charconv>

#include "crm/error.hpp"
#include "crm/money.hpp"
#include "crm/time.hpp"
#include "kernel/history.hpp"
#include "kernel/select.hpp"

namespace crm::exchange {
namespace {

constexpr std::string_view head_names[] = {"id",         "version",    "owner",
                                           "unit",       "territory",  "created_at",
                                           "created_by", "changed_at", "changed_by"};

constexpr HeadField behind[] = {HeadField::owner,      HeadField::unit,
                                HeadField::territory,  HeadField::created_at,
                                HeadField::changed_at, HeadField::created_by};

bool is_of_roots(HeadField field) {
    return field == HeadField::owner || field == HeadField::unit || field == HeadField::territory;
}

ExportField field_of(HeadField head) {
    return {std::string(head_names[static_cast<std::size_t>(head)]), nullptr, head};
}

/// An amount is headed without "_minor": it is written as a decimal.
ExportField field_of(const Column& column) {
    std::string name(column.name);
    if (column.type == FieldType::money && name.ends_with("_minor")) name.resize(name.size() - 6);
    return {std::move(name), &column};
}

std::optional<HeadField> head_named(const Kind& kind, std::string_view name) {
    const auto found = std::ranges::find(head_names, name);
    if (found == std::end(head_names)) return std::nullopt;
    const auto field = static_cast<HeadField>(found - head_names);
    if (is_of_roots(field) && kind.role != Role::root) return std::nullopt;
    return field;
}

[[noreturn]] void refuse_unknown(const Kind& kind, const std::string& name) {
    std::string names = "id";
    for (const Column& column : kind.columns)
        if (!kernel::is_shadow(column)) names += ", " + field_of(column).name;
    for (const HeadField field : behind)
        if (head_named(kind, field_of(field).name)) names += ", " + field_of(field).name;
    throw Invalid("export", name,
                  std::string(kind.name) + " has no such field; it has " + std::move(names));
}

ExportField field_named(const Kind& kind, const std::string& name, const kernel::Rights& rights) {
    if (const auto head = head_named(kind, name)) return field_of(*head);
    const Column* column = kind.find_shown(name);
    if (!column) refuse_unknown(kind, name);
    rights.require_shown(kind, *column);
    return field_of(*column);
}

std::vector<ExportField> usual_fields(const Kind& kind, const kernel::Rights& rights) {
    std::vector<ExportField> fields{field_of(HeadField::id)};
    for (const Column& column : kind.columns)
        if (!kernel::is_shadow(column) && !rights.hides(kind, column))
            fields.push_back(field_of(column));
    for (const HeadField field : behind)
        if (!is_of_roots(field) || kind.role == Role::root) fields.push_back(field_of(field));
    return fields;
}

std::string decimal(const Column& column, const AnyRecord& record, std::int64_t minor) {
    const Column* currency = record.kind().find(column.companion);
    if (!currency) return std::to_string(minor);
    return Money{minor, Currency{currency->get(record.data()).text()}}.text();
}

/// The shortest text that reads back as the same number.
std::string text_of(double number) {
    char text[32];
    return {text, std::to_chars(text, std::end(text), number).ptr};
}

}  // namespace

std::vector<ExportField> export_fields(const Kind& kind, const std::vector<std::string>& names,
                                       const kernel::Rights& rights) {
    if (names.empty()) return usual_fields(kind, rights);
    std::vector<ExportField> fields;
    for (const std::string& name : names) {
        ExportField field = field_named(kind, name, rights);
        if (std::ranges::find(fields, field.name, &ExportField::name) != fields.end())
            throw Invalid("export", name, "is named twice");
        fields.push_back(std::move(field));
    }
    return fields;
}

bool is_words(const ExportField& field) {
    if (!field.column)
        return is_of_roots(field.head) || field.head == HeadField::created_by ||
               field.head == HeadField::changed_by;
    switch (field.column->type) {
        case FieldType::text:
        case FieldType::code:
        case FieldType::state:
        case FieldType::zone: return true;
        default: return false;
    }
}

FieldReader::FieldReader(kernel::Reading& reading, bool labels)
    : reading_(reading), lists_(labels ? reading.lists() : nullptr) {}

std::string_view FieldReader::text(const ExportField& field, const AnyRecord& record) {
    return field.column ? of_column(*field.column, record) : of_head(field.head, record.head());
}

std::string_view FieldReader::of_column(const Column& column, const AnyRecord& record) {
    const Value value = column.get(record.data());
    if (value.is_null()) return {};
    switch (column.type) {
        case FieldType::integer:
        case FieldType::reference: return keep(std::to_string(value.integer()));
        case FieldType::real: return keep(text_of(value.real()));
        case FieldType::flag: return value.integer() != 0 ? "true" : "false";
        case FieldType::time:
            return keep(to_text(Time{std::chrono::microseconds{value.integer()}}));
        case FieldType::money: return keep(decimal(column, record, value.integer()));
        case FieldType::code: return code(column, value.text());
        default: return value.text();
    }
}

std::string_view FieldReader::of_head(HeadField field, const Head& head) {
    switch (field) {
        case HeadField::id: return keep(std::to_string(head.id.value()));
        case HeadField::version: return keep(std::to_string(head.version));
        case HeadField::owner: return name(head.owner, "login");
        case HeadField::unit: return name(head.unit, "name");
        case HeadField::territory: return name(head.territory, "name");
        case HeadField::created_at: return keep(to_text(command(head.created_in).at));
        case HeadField::created_by: return name(command(head.created_in).user, "login");
        case HeadField::changed_at: return keep(to_text(command(head.changed_in).at));
        case HeadField::changed_by: return name(command(head.changed_in).user, "login");
    }
    return {};
}

std::string_view FieldReader::name(Ref record, std::string_view field) {
    const auto [known, fresh] = names_.try_emplace(record.value());
    if (!fresh) return known->second;
    if (const auto found = record ? kernel::find(reading_, record) : std::nullopt)
        known->second = found->get(field).text();
    return known->second;
}

const Command& FieldReader::command(CommandId id) {
    if (command_.id != id) command_ = kernel::command_of(reading_, id);
    return command_;
}

std::string_view FieldReader::code(const Column& column, std::string_view code) {
    if (!lists_) return code;
    return keep(lists_->label(column.list, code, reading_.session().language));
}

Json FieldReader::json(const ExportField& field, const AnyRecord& record) {
    if (field.column) {
        const Value value = field.column->get(record.data());
        if (value.is_null()) return {};
        if (field.column->type == FieldType::flag) return value.integer() != 0;
        const bool is_number =
            field.column->type == FieldType::integer || field.column->type == FieldType::real;
        if (is_number) return Json(value);
    } else if (field.head == HeadField::version) {
        return record.head().version;
    }
    const std::string_view written = text(field, record);
    return written.empty() ? Json() : Json(written);
}

Json FieldReader::json(const AnyRecord& record) {
    const Json plain = record.json();
    if (!lists_) return plain;
    Json::Object labelled;
    for (const auto& [name, value] : plain.object()) {
        const Column* column = record.kind().find(name);
        const bool is_code = column && column->type == FieldType::code && value.is_string();
        labelled.emplace_back(name, is_code ? Json(code(*column, value.string())) : value);
    }
    return labelled;
}

}  // namespace crm::exchange
