#include "crm/record.hpp"

#include <algorithm>
#include <utility>

#include "crm/error.hpp"
#include "crm/money.hpp"
#include "crm/time.hpp"
#include "kernel/column.hpp"

namespace crm::inline v1 {
namespace {

const Head& head_in(const void* record) { return *static_cast<const Head*>(record); }

Json id_or_null(Ref id) { return id ? Json(std::to_string(id.value())) : Json(); }

Json decimal(const Kind& kind, const Column& column, const void* record, std::int64_t minor) {
    const Column* companion = kind.find(column.companion);
    if (!companion) return minor;
    const Value currency = companion->get(record);
    if (currency.is_null()) return {};  // a record that is being made: there is no amount yet
    return Money{minor, Currency{currency.text()}}.text();
}

Json shown(const Kind& kind, const Column& column, const void* record) {
    const Value value = column.get(record);
    if (value.is_null()) return {};
    switch (column.type) {
        case FieldType::reference: return id_or_null(Ref{value.integer()});
        case FieldType::time: return to_text(Time{std::chrono::microseconds{value.integer()}});
        case FieldType::flag: return value.integer() != 0;
        case FieldType::money: return decimal(kind, column, record, value.integer());
        default: return Json(value);
    }
}

void add_head(const Kind& kind, const Head& head, Json::Object& out) {
    out.emplace_back("id", id_or_null(head.id));
    out.emplace_back("version", head.version);
    out.emplace_back("created_in", static_cast<std::int64_t>(head.created_in));
    out.emplace_back("changed_in", static_cast<std::int64_t>(head.changed_in));
    if (kind.role != Role::root) return;
    out.emplace_back("owner_id", id_or_null(head.owner));
    out.emplace_back("unit_id", id_or_null(head.unit));
    out.emplace_back("territory_id", id_or_null(head.territory));
}

auto place_of(auto& values, std::string_view name) {
    return std::ranges::lower_bound(
        values, name, {}, [](const auto& value) -> std::string_view { return value.first; });
}

}  // namespace

Value PropertyValues::get(std::string_view name) const noexcept {
    const auto at = place_of(values_, name);
    return at != values_.end() && at->first == name ? at->second.value() : Value{};
}

void PropertyValues::set(std::string_view name, const Value& value) {
    if (!value.is_null() && (values_.empty() || values_.back().first < name)) {
        values_.emplace_back(name, Json(value));
        return;
    }
    const auto at = place_of(values_, name);
    const bool there = at != values_.end() && at->first == name;
    if (value.is_null()) {
        if (there) values_.erase(at);
    } else if (there) {
        at->second = Json(value);
    } else {
        values_.emplace(at, std::string(name), Json(value));
    }
}

Value Column::get_property(const void* record) const {
    return head_in(record).properties.get(name);
}

void Column::set_property(void* record, const Value& value) const {
    PropertyValues& properties = static_cast<Head*>(record)->properties;
    if (value.is_null()) return properties.set(name, value);
    const auto need = [&](Value::Type wanted, std::string_view what) {
        if (value.type() != wanted) kernel::refuse_type(what);
    };
    switch (type) {
        case FieldType::integer: need(Value::Type::integer, "an integer"); break;
        case FieldType::time: need(Value::Type::integer, "an instant in microseconds"); break;
        case FieldType::money: need(Value::Type::integer, "an amount in minor units"); break;
        case FieldType::reference: need(Value::Type::integer, "the id of a record"); break;
        case FieldType::flag:
            if (value.type() != Value::Type::integer || (value.integer() | 1) != 1)
                kernel::refuse_type("true or false");
            break;
        case FieldType::real:
            if (value.type() != Value::Type::integer && value.type() != Value::Type::real)
                kernel::refuse_type("a number");
            return properties.set(name, Value{value.real()});
        case FieldType::date:
            need(Value::Type::text, "a date as YYYY-MM-DD");
            return properties.set(name, Value{Date::parse(value.text()).text()});
        case FieldType::currency:
            need(Value::Type::text, "an ISO 4217 currency code");
            return properties.set(name, Value{Currency{value.text()}.code()});
        case FieldType::text:
        case FieldType::code:
        case FieldType::state:
        case FieldType::country:
        case FieldType::zone:
            need(Value::Type::text, "text");
            if (value.text().empty()) return properties.set(name, {});
            break;
    }
    properties.set(name, value);
}

AnyRecord::AnyRecord(const Kind& kind) : kind_(&kind), data_(kind.make()) {}

AnyRecord::AnyRecord(const AnyRecord& other) : AnyRecord(*other.kind_) {
    kind_->copy(data_, other.data_);
}

AnyRecord::AnyRecord(AnyRecord&& other) noexcept
    : kind_(other.kind_), data_(std::exchange(other.data_, nullptr)) {}

AnyRecord& AnyRecord::operator=(AnyRecord other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(data_, other.data_);
    return *this;
}

AnyRecord::~AnyRecord() {
    if (data_) kind_->destroy(data_);
}

Value AnyRecord::get(std::string_view field) const { return kind_->column(field).get(data_); }

void AnyRecord::set(std::string_view field, const Value& value) {
    const Column& column = kind_->column(field);
    try {
        column.set(data_, value);
    } catch (const Invalid& error) {
        throw Invalid(std::string(kind_->name), std::string(column.name), error.reason);
    }
}

Json AnyRecord::json() const { return to_json(*kind_, data_); }

bool AnyRecord::operator==(const AnyRecord& other) const {
    return kind_->number == other.kind_->number && kind_->equal(data_, other.data_);
}

Json to_json(const Kind& kind, const void* record) {
    Json::Object out;
    Json::Array hidden;
    add_head(kind, head_in(record), out);
    for (std::size_t i = 0; i < kind.columns.size(); ++i) {
        const Column& column = kind.columns[i];
        if (head_in(record).hidden.test(i))
            hidden.emplace_back(column.name);
        else
            out.emplace_back(column.name, shown(kind, column, record));
    }
    if (!hidden.empty()) out.emplace_back("hidden", std::move(hidden));
    return out;
}

}  // namespace crm
