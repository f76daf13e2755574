/// Filters: conditions on records as values, built in code or read from JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"
#include "crm/id.hpp"
#include "crm/json.hpp"

namespace crm::inline v1 {

struct SavedFilter;

/// A condition: a tree of field, operator and operand with and/or/not. A value; checked against a
/// kind when it is used, before any SQL exists.
///
/// Fields are column names, "id", "owner", "unit", "territory", "created_at", "changed_at", paths
/// across references ("contact.party.name": the column without "_id") and into children
/// ("point.normalized": true where any child fulfils it). Limits: depth 32, 10,000 operands of
/// `in`.
class CRM_API Filter {
public:
    enum class Op : std::uint8_t {
        all,
        any,
        negate,  // inner nodes: and, or, not
        eq,
        ne,
        lt,
        le,
        gt,
        ge,  // eq and ne with null ask for absence; ne is true of absent values
        in,
        not_in,
        between,  // between includes both ends
        contains,
        starts_with,
        ends_with,  // text, blind to case and diacritics
        same,       // text, equal but for case and diacritics
        is_null,
        not_null,
        saved,  // what a saved filter says at the moment of use; operand: its name or its id
    };

    /// True of every record.
    Filter() = default;
    Filter(Op op, std::string field, Json operand);
    Filter(Op op, std::vector<Filter> children);
    /// What a saved filter of the kind (crm/saved_filter.hpp) says when this is used: by name,
    /// blind to case, the user's own before what others share. Use throws Invalid where there is
    /// none that the session may use, or where several others share one of that name.
    static Filter saved(std::string name);
    static Filter saved(Id<SavedFilter> id);

    /// {"field": "name", "op": "starts_with", "value": "A"}, {"and": […]}, {"or": […]}, {"not": …},
    /// {"saved": "My clients"} or {"saved": {"id": "8738"}}, {} for all. A relative date is
    /// {"relative": "today" | "yesterday" | "tomorrow" | "this_week" | "last_week" | "next_week" |
    /// "this_month" | "last_month" | "next_month" | "this_year" | "last_year" | "next_year" |
    /// "days", "offset": -30}: a period; eq means within, lt before it, ge from its start on, and
    /// so on. Throws Invalid("filter", path, reason).
    static Filter parse(std::string_view json);
    static Filter from_json(const Json& json);
    Json json() const;

    Op op() const { return op_; }
    const std::string& field() const { return field_; }
    const Json& operand() const { return operand_; }
    const std::vector<Filter>& children() const { return children_; }
    bool matches_everything() const { return op_ == Op::all && children_.empty(); }
    bool operator==(const Filter&) const = default;

    friend CRM_API Filter operator&&(Filter a, Filter b);
    friend CRM_API Filter operator||(Filter a, Filter b);
    friend CRM_API Filter operator!(Filter a);

private:
    Op op_ = Op::all;
    std::string field_;
    Json operand_;
    std::vector<Filter> children_;
};

/// Starts a condition: `field("name").starts_with("Acme") && field("status") == "active"`.
class CRM_API field {
public:
    explicit field(std::string name) : name_(std::move(name)) {}
    Filter operator==(Json value) const { return {Filter::Op::eq, name_, std::move(value)}; }
    Filter operator!=(Json value) const { return {Filter::Op::ne, name_, std::move(value)}; }
    Filter operator<(Json value) const { return {Filter::Op::lt, name_, std::move(value)}; }
    Filter operator<=(Json value) const { return {Filter::Op::le, name_, std::move(value)}; }
    Filter operator>(Json value) const { return {Filter::Op::gt, name_, std::move(value)}; }
    Filter operator>=(Json value) const { return {Filter::Op::ge, name_, std::move(value)}; }
    Filter in(Json::Array values) const { return {Filter::Op::in, name_, std::move(values)}; }
    Filter not_in(Json::Array values) const {
        return {Filter::Op::not_in, name_, std::move(values)};
    }
    Filter between(Json low, Json high) const {
        return {Filter::Op::between, name_, Json::Array{std::move(low), std::move(high)}};
    }
    Filter contains(std::string text) const {
        return {Filter::Op::contains, name_, std::move(text)};
    }
    Filter starts_with(std::string text) const {
        return {Filter::Op::starts_with, name_, std::move(text)};
    }
    Filter ends_with(std::string text) const {
        return {Filter::Op::ends_with, name_, std::move(text)};
    }
    Filter same(std::string text) const { return {Filter::Op::same, name_, std::move(text)}; }
    Filter is_null() const { return {Filter::Op::is_null, name_, {}}; }
    Filter not_null() const { return {Filter::Op::not_null, name_, {}}; }

private:
    std::string name_;
};

}  // namespace crm
