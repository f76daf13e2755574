#include "crm/filter.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "crm/error.hpp"
#include "kernel/compile.hpp"

namespace crm::inline v1 {
namespace {

using Op = Filter::Op;

constexpr std::array<std::pair<Op, std::string_view>, 19> op_names{{
    {Op::all, "and"},
    {Op::any, "or"},
    {Op::negate, "not"},
    {Op::eq, "eq"},
    {Op::ne, "ne"},
    {Op::lt, "lt"},
    {Op::le, "le"},
    {Op::gt, "gt"},
    {Op::ge, "ge"},
    {Op::in, "in"},
    {Op::not_in, "not_in"},
    {Op::between, "between"},
    {Op::contains, "contains"},
    {Op::starts_with, "starts_with"},
    {Op::ends_with, "ends_with"},
    {Op::same, "same"},
    {Op::is_null, "is_null"},
    {Op::not_null, "not_null"},
    {Op::saved, "saved"},
}};

constexpr bool is_inner(Op op) { return op == Op::all || op == Op::any || op == Op::negate; }
/// Not a field, an operator and a value.
constexpr bool stands_alone(Op op) { return is_inner(op) || op == Op::saved; }
constexpr bool asks_presence(Op op) { return op == Op::is_null || op == Op::not_null; }
constexpr bool is_textual(Op op) {
    return op == Op::contains || op == Op::starts_with || op == Op::ends_with || op == Op::same;
}

[[noreturn]] void refuse_filter(const std::string& where, const std::string& reason) {
    throw Invalid("filter", where, reason);
}

std::string known_ops() {
    std::string names;
    for (const auto& [op, name] : op_names)
        if (!stands_alone(op)) (names += names.empty() ? "" : ", ") += name;
    return names;
}

Op op_named(const Json& name, const std::string& where) {
    const auto found = std::ranges::find_if(op_names, [&](const auto& known) {
        return !stands_alone(known.first) && name.is_string() && name.string() == known.second;
    });
    if (found == op_names.end()) refuse_filter(where, "op is one of " + known_ops());
    return found->first;
}

Filter read_filter(const Json& json, const std::string& where, std::size_t depth);

Filter read_condition(const Json& json, const std::string& where) {
    const Json* name = json.find("field");
    const Json* op = json.find("op");
    const Json* value = json.find("value");
    if (!name || !name->is_string())
        refuse_filter(where, "a condition has a field, an op and a value");
    const std::string& field = name->string();
    for (const auto& [member, unused] : json.object())
        if (member != "field" && member != "op" && member != "value")
            refuse_filter(field,
                          "a condition has a field, an op and a value, no \"" + member + "\"");
    if (!op) refuse_filter(field, "op is missing");
    const Op parsed = op_named(*op, field);
    if (!value && !asks_presence(parsed)) refuse_filter(field, "value is missing");
    return {parsed, field, value ? *value : Json{}};
}

Filter read_group(Op op, const Json& content, const std::string& where, std::size_t depth) {
    std::vector<Filter> children;
    if (op == Op::negate) {
        children.push_back(read_filter(content, where, depth + 1));
    } else {
        if (!content.is_array()) refuse_filter(where, "is a list of conditions");
        for (const Json& child : content.array())
            children.push_back(
                read_filter(child, where + "[" + std::to_string(children.size()) + "]", depth + 1));
    }
    return {op, std::move(children)};
}

Filter read_saved(const Json& which) {
    if (which.is_string()) return Filter::saved(which.string());
    const Json* id = which.is_object() && which.object().size() == 1 ? which.find("id") : nullptr;
    const auto number = id ? kernel::id_in(*id) : std::nullopt;
    if (!number) refuse_filter("saved", R"(is a name, or {"id": …} of a saved filter)");
    return Filter::saved(Id<SavedFilter>{*number});
}

Filter read_filter(const Json& json, const std::string& where, std::size_t depth) {
    if (depth > kernel::max_filter_depth) throw LimitExceeded("a filter is at most 32 levels deep");
    if (!json.is_object()) refuse_filter(where, "a condition is an object");
    if (json.object().empty()) return {};
    if (json.find("field") || json.find("op")) return read_condition(json, where);
    const auto& [name, content] = json.object().front();
    for (const Op op : {Op::all, Op::any, Op::negate})
        if (name == kernel::name_of(op) && json.object().size() == 1)
            return read_group(op, content, (where.empty() ? "" : where + ".") + name, depth);
    if (name == "saved" && json.object().size() == 1) return read_saved(content);
    refuse_filter(
        where,
        R"(a condition is one of {"field": …}, {"and": […]}, {"or": […]}, {"not": …}, {"saved": …}, not ")" +
            name + "\"");
}

/// One group of both, without nesting groups of the same sort.
Filter joined(Op op, Filter a, Filter b) {
    std::vector<Filter> children;
    for (Filter* each : {&a, &b}) {
        if (each->op() == op)
            std::ranges::copy(each->children(), std::back_inserter(children));
        else
            children.push_back(std::move(*each));
    }
    if (children.size() == 1) return std::move(children.front());
    return {op, std::move(children)};
}

// ---- shape

bool is_present(const Json& json) {
    return !json.is_array() && !json.is_object() && !json.is_null();
}
bool is_comparable(const Json& json) { return is_present(json) || kernel::is_relative(json); }

bool is_list_of(const Json& json, bool (*fits)(const Json&)) {
    return json.is_array() && std::ranges::all_of(json.array(), fits);
}

/// What an operator takes, and whether the operand is that.
std::pair<bool, std::string_view> operand_fits(Op op, const Json& operand) {
    if (asks_presence(op)) return {operand.is_null(), "no value"};
    if (op == Op::saved)
        return {(operand.is_string() && !operand.string().empty()) ||
                    (operand.is_integer() && operand.integer() > 0),
                "the name or the id of a saved filter"};
    if (is_textual(op)) return {operand.is_string(), "a text"};
    if (op == Op::in || op == Op::not_in)
        return {is_list_of(operand, is_present),
                "a list of values; absence is asked for with is_null"};
    if (op == Op::between)
        return {is_list_of(operand, is_comparable) && operand.array().size() == 2,
                "a list of two values, lowest first"};
    if (op == Op::eq || op == Op::ne)
        return {operand.is_null() || is_comparable(operand), "a value"};
    return {is_comparable(operand), "a value"};
}

void check_operand(const Filter& filter) {
    const auto [fits, expected] = operand_fits(filter.op(), filter.operand());
    if (!fits)
        refuse_filter(filter.field(), std::string(kernel::name_of(filter.op())) + " takes " +
                                          std::string(expected));
}

std::size_t operands_of(const Filter& filter) {
    return filter.operand().is_array() ? std::max<std::size_t>(1, filter.operand().array().size())
                                       : 1;
}

void check_node(const Filter& filter, std::size_t depth, std::size_t& operands) {
    if (depth > kernel::max_filter_depth) throw LimitExceeded("a filter is at most 32 levels deep");
    operands += operands_of(filter);
    if (operands > kernel::max_filter_operands)
        throw LimitExceeded("a filter has at most 10,000 operands");
    if (!is_inner(filter.op())) return check_operand(filter);
    if (filter.op() == Op::negate && filter.children().size() != 1)
        refuse_filter("not", "turns one condition round");
    for (const Filter& child : filter.children()) check_node(child, depth + 1, operands);
}

// ---- relative dates

using std::chrono::days;
using std::chrono::sys_days;

enum class CalendarUnit { day, week, month, year };

struct RelativeName {
    std::string_view name;
    CalendarUnit unit;
    int shift;
};
constexpr std::int64_t farthest = 100'000;  // periods

const RelativeName* relative_named(const Json& name) {
    using enum CalendarUnit;
    static constexpr RelativeName known_names[] = {
        {"today", day, 0},        {"yesterday", day, -1},   {"tomorrow", day, 1},
        {"days", day, 0},         {"this_week", week, 0},   {"last_week", week, -1},
        {"next_week", week, 1},   {"this_month", month, 0}, {"last_month", month, -1},
        {"next_month", month, 1}, {"this_year", year, 0},   {"last_year", year, -1},
        {"next_year", year, 1},
    };
    const auto found = std::ranges::find_if(known_names, [&](const auto& known) {
        return name.is_string() && name.string() == known.name;
    });
    return found == std::end(known_names) ? nullptr : found;
}

std::optional<int> shift_of(const RelativeName& name, const Json* offset) {
    if (!offset) return name.shift;
    if (!offset->is_integer() || offset->integer() < -farthest || offset->integer() > farthest)
        return {};
    return name.shift + static_cast<int>(offset->integer());
}

sys_days first_of_month(Date date, int months) {
    const std::chrono::year_month month{std::chrono::year{date.year()},
                                        std::chrono::month{date.month()}};
    return sys_days{(month + std::chrono::months{months}) / 1};
}

sys_days monday_of(Date date) {
    const std::chrono::weekday day{date.days()};
    return date.days() - days{day.iso_encoding() - 1};
}

/// The first day of the period so many periods away.
sys_days begin_of(CalendarUnit unit, Date today, int shift) {
    switch (unit) {
        case CalendarUnit::day: return today.days() + days{shift};
        case CalendarUnit::week: return monday_of(today) + days{7 * shift};
        case CalendarUnit::month: return first_of_month(today, shift);
        // std::chrono::year wraps round beyond 32767
        default:
            return first_of_month(Date{today.year(), 1, 1},
                                  12 * std::clamp(shift, -20'000, 20'000));
    }
}

Date date_within_reach(sys_days day, const std::string& field) {
    if (day < Date{}.days() || day > Date(9999, 12, 31).days())
        refuse_filter(field, "the relative date is outside of the years 1 to 9999");
    return Date::from_days(day);
}

}  // namespace

Filter::Filter(Op op, std::string field, Json operand)
    : op_(op), field_(std::move(field)), operand_(std::move(operand)) {}

Filter::Filter(Op op, std::vector<Filter> children) : op_(op), children_(std::move(children)) {}

Filter Filter::saved(std::string name) { return {Op::saved, "saved", std::move(name)}; }

Filter Filter::saved(Id<SavedFilter> id) { return {Op::saved, "saved", id.value()}; }

Filter Filter::parse(std::string_view json) {
    std::optional<Json> parsed;
    try {
        parsed = Json::parse(json);
    } catch (const Invalid& error) {
        refuse_filter("", error.reason);
    }
    return from_json(*parsed);
}

Filter Filter::from_json(const Json& json) {
    Filter filter = read_filter(json, "", 1);
    kernel::check_shape(filter);
    return filter;
}

Json Filter::json() const {
    if (matches_everything()) return Json::Object{};
    const std::string name(kernel::name_of(op_));
    if (op_ == Op::negate && children_.size() == 1)
        return Json::Object{{name, children_.front().json()}};
    if (is_inner(op_)) {
        Json::Array children;
        for (const Filter& child : children_) children.push_back(child.json());
        return Json::Object{{name, std::move(children)}};
    }
    if (op_ == Op::saved && operand_.is_integer())
        return Json::Object{{name, Json::Object{{"id", std::to_string(operand_.integer())}}}};
    if (op_ == Op::saved) return Json::Object{{name, operand_}};
    Json::Object condition{{"field", field_}, {"op", name}};
    if (!asks_presence(op_)) condition.emplace_back("value", operand_);
    return condition;
}

Filter operator&&(Filter a, Filter b) {
    return joined(Filter::Op::all, std::move(a), std::move(b));
}

Filter operator||(Filter a, Filter b) {
    return joined(Filter::Op::any, std::move(a), std::move(b));
}

Filter operator!(Filter a) {
    if (a.op() == Filter::Op::negate && a.children().size() == 1) return a.children().front();
    std::vector<Filter> children;
    children.push_back(std::move(a));
    return {Filter::Op::negate, std::move(children)};
}

}  // namespace crm

namespace crm::kernel {

void check_shape(const Filter& filter) {
    std::size_t operands = 0;
    check_node(filter, 1, operands);
}

std::string_view name_of(Filter::Op op) {
    return std::ranges::find(op_names, op, [](const auto& known) { return known.first; })->second;
}

std::optional<std::int64_t> id_in(const Json& value) {
    if (value.is_integer()) return value.integer();
    if (!value.is_string()) return std::nullopt;
    const std::string& text = value.string();
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return id;
}

bool is_relative(const Json& operand) {
    if (!operand.is_object() || !operand.find("relative")) return false;
    const std::size_t members = operand.find("offset") ? 2 : 1;
    return operand.object().size() == members;
}

Days days_of(const Json& relative, Date today, const std::string& field) {
    const RelativeName* name = relative_named(relative["relative"]);
    if (!name) refuse_filter(field, "there is no such relative date; \"this_month\" is one");
    const auto shift = shift_of(*name, relative.find("offset"));
    if (!shift) refuse_filter(field, "offset is a whole number, at most 100,000 either way");
    return {date_within_reach(begin_of(name->unit, today, *shift), field),
            date_within_reach(begin_of(name->unit, today, *shift + 1), field)};
}

}  // namespace crm::kernel
