#include "kernel/compile.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <set>
#include <span>

#include "base/edits.hpp"
#include "crm/error.hpp"
#include "crm/money.hpp"
#include "crm/text.hpp"
#include "kernel/column.hpp"
#include "kernel/condition.hpp"
#include "kernel/saved_filter.hpp"
#include "kernel/segment.hpp"
#include "kernel/select.hpp"

namespace crm::kernel {
namespace {

using Op = Filter::Op;
using Segments = std::span<const std::string_view>;

/// A condition, and whether an index finds the few rows that fulfil it.
struct Sql {
    std::string text;
    bool anchored = false;
};

Sql not_true(const Sql& condition) {
    if (condition.text == "0" || condition.text == "1") return {condition.text == "0" ? "1" : "0"};
    return {"(" + condition.text + ") IS NOT TRUE"};
}

/// Balanced, because SQLite limits how deep an expression may be.
std::string joined(std::span<const Sql> parts, std::string_view by) {
    if (parts.size() == 1) return parts.front().text;
    const auto half = parts.size() / 2;
    return "(" + joined(parts.first(half), by) + std::string(by) + joined(parts.subspan(half), by) +
           ")";
}

constexpr std::string_view sign_of(Op op) {
    switch (op) {
        case Op::lt: return " < ";
        case Op::le: return " <= ";
        case Op::gt: return " > ";
        case Op::ge: return " >= ";
        default: return " = ";
    }
}

constexpr bool is_text_op(Op op) {
    return op == Op::contains || op == Op::starts_with || op == Op::ends_with || op == Op::same;
}
constexpr bool is_range(Op op) {
    return op == Op::lt || op == Op::le || op == Op::gt || op == Op::ge || op == Op::between;
}
/// Negative operators are compiled as the negation of a positive one, so that what is absent
/// fulfils them.
std::optional<Op> turned_round(Op op) {
    if (op == Op::ne) return Op::eq;
    if (op == Op::not_in) return Op::in;
    if (op == Op::is_null) return Op::not_null;
    return std::nullopt;
}

bool has_order(FieldType type) {
    return type == FieldType::integer || type == FieldType::real || type == FieldType::date ||
           type == FieldType::time || type == FieldType::money || type == FieldType::text;
}

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> parts;
    for (std::size_t dot; (dot = path.find('.')) != path.npos; path.remove_prefix(dot + 1))
        parts.push_back(path.substr(0, dot));
    parts.push_back(path);
    return parts;
}

/// The three known names that look most like it.
std::string nearest(std::string_view name, std::vector<std::string> known) {
    name = name.substr(0, 60);
    const auto distance = [&](const std::string& each) {
        return each.starts_with(name) && !name.empty() ? 0 : base::edits_between(name, each);
    };
    std::ranges::stable_sort(known, {}, distance);
    std::string names;
    for (std::size_t i = 0; i < known.size() && i < 3; ++i)
        (names += names.empty() ? "" : ", ") += known[i];
    return names;
}

// ---- fields

/// The columns that an index begins with: by one value of them few rows are found at once.
std::set<std::string, std::less<>> indexed_columns(const Reading& reading, const Kind& kind) {
    auto rows = reading.connection().use(
        "SELECT part.name FROM pragma_index_list(?1, 'main') AS list CROSS JOIN "
        "pragma_index_info(list.name) AS part"
        " WHERE part.seqno = 0");
    rows.bind(1, kind.name);
    std::set<std::string, std::less<>> columns;
    while (rows.step()) columns.emplace(rows.text(0));
    return columns;
}

/// All files of a release have the same indexes: they are looked up once.
bool is_indexed(const Reading& reading, const Kind& kind, std::string_view column) {
    static std::mutex mutex;
    static std::map<KindNumber, std::set<std::string, std::less<>>> known;
    const std::lock_guard lock(mutex);
    auto found = known.find(kind.number);
    if (found == known.end())
        found = known.emplace(kind.number, indexed_columns(reading, kind)).first;
    return found->second.contains(column);
}

struct HeadReference {
    std::string_view name, column;
    KindNumber target;
};
constexpr HeadReference head_references[] = {{"owner", "owner_id", number::user},
                                             {"unit", "unit_id", number::unit},
                                             {"territory", "territory_id", number::territory}};

struct HeadTime {
    std::string_view name, command;
};
constexpr HeadTime head_times[] = {{"created_at", "created_in"}, {"changed_at", "changed_in"}};

bool is_indexed(const Reading& reading, const Kind& kind, const Column& column) {
    if (column.is_property()) return column.has(unique) || column.type == FieldType::reference;
    return is_indexed(reading, kind, column.name);
}

/// The table beside the kind's own that a column stands in: "party_body"; empty for its own.
std::string side_table(const Kind& kind, const Column& column) {
    if (column.is_property()) return std::string(kind.name) + "_property";
    return column.has(body) ? std::string(kind.name) + "_body" : std::string{};
}

/// What one name stands for in a row: what its operands look like, and how it is compared.
struct FilterField {
    FieldType type = FieldType::text;
    std::string sql;                 ///< the value, as SQL
    const Column* column = nullptr;  ///< null for what stands in the head
    KindNumber target = 0;           ///< of references
    std::string visible = "1";       ///< where the value is not hidden
    std::string key;         ///< stored key that the text is sorted and found by, if there is one
    bool exact_key = false;  ///< whether the key is this text folded, and not a name with the last
                             ///< name first
    bool folded = true;      ///< whether the key is blind to case and diacritics
    bool indexed = false;    ///< an index finds few rows by one value
    bool indexed_many = false;  ///< by each of several values too
};

/// A way from a row to rows of another kind.
struct PathStep {
    const Kind* target;
    std::string own, far;  ///< target.far = row.own
    bool many = false;
    bool selective = true;  ///< not from owners, who have much
    std::string side{};     ///< the table that `own` stands in, where it is not the row's
};

/// The rows that a condition is about.
struct Rows {
    const Kind& kind;
    std::string alias;
};

class Compiler {
public:
    Compiler(const Kind& kind, Reading& reading) : kind_(kind), reading_(reading) {}

    Condition run(const Filter& filter) {
        check_shape(filter);
        Sql sql = node(filter, {kind_, "t"});
        return {std::move(sql.text), std::move(operands_), sql.anchored};
    }

private:
    [[noreturn]] void refuse(const std::string& reason) const {
        throw Invalid("filter", leaf_->field(), reason);
    }

    std::string operand(Json value) {
        operands_.push_back(std::move(value));
        return ":f" + std::to_string(operands_.size() - 1);
    }

    // ---- the tree

    Sql node(const Filter& filter, const Rows& rows) {
        if (filter.op() == Op::negate) return not_true(node(filter.children().front(), rows));
        if (filter.op() == Op::all || filter.op() == Op::any) return group(filter, rows);
        if (filter.op() == Op::saved) return saved(filter, rows);
        leaf_ = &filter;
        const auto path = split(filter.field());
        if (path.size() > max_filter_depth)
            throw LimitExceeded("a path of a filter has at most 32 steps");
        return condition(rows.kind, rows.alias, path, asked(filter));
    }

    Sql saved(const Filter& filter, const Rows& rows) {
        const Saved found = saved_filter(reading_, rows.kind, filter.operand());
        return stored(found.where, rows, "saved filter \"" + found.name + "\": ");
    }

    /// What a kept condition says, checked as if it had been written here; whatever does not hold
    /// says where it stands. `filter` outlives the leaf that is looked at.
    Sql stored(const Filter& filter, const Rows& rows, const std::string& where) {
        const Filter* leaf = leaf_;
        if (++stored_depth_ > 2) throw Invalid("filter", "", where + "stands on another one");
        try {
            check_shape(filter);
            Sql sql = node(filter, rows);
            if (operands_.size() > max_filter_operands)
                throw LimitExceeded("a filter has at most 10,000 operands");
            leaf_ = leaf;
            --stored_depth_;
            return sql;
        } catch (const Invalid& bad) {
            throw Invalid("filter", bad.field, where + bad.reason);
        } catch (const Denied& denied) {
            throw Denied(where + denied.what());
        }
    }

    // ---- segments

    static bool asks_for_segment(const Kind& kind, std::string_view name) {
        return name == segment_field && may_be_in_segments(kind) && !kind.find(name);
    }

    /// Whether the rows are in any of the segments.
    Sql in_segments(const Rows& rows, Op op) {
        if (op != Op::eq && op != Op::in)
            refuse("is asked for by the name or id of a segment, or by a list of them");
        const Json asked = leaf_->operand();
        const Json::Array which = op == Op::in ? asked.array() : Json::Array{asked};
        std::vector<Sql> parts;
        for (const Json& each : which) parts.push_back(in_segment(rows, each));
        if (parts.empty()) return {"0"};
        const bool anchored = parts.size() == 1 && parts.front().anchored;
        return {joined(parts, " OR "), anchored};
    }

    Sql in_segment(const Rows& rows, const Json& which) {
        if (!id_in(which) && (!which.is_string() || which.string().empty()))
            refuse("is asked for by the name or id of a segment, or by a list of them");
        const FoundSegment found = segment(reading_, leaf_->field(), rows.kind, which);
        if (found.where) return stored(*found.where, rows, "segment \"" + found.name + "\": ");
        return {rows.alias + ".id IN (SELECT record_id FROM segment_member WHERE segment_id = " +
                    operand(found.id.value()) + ")",
                true};
    }

    // ---- groups

    Sql group(const Filter& filter, const Rows& rows) {
        const bool all = filter.op() == Op::all;
        const std::string neutral = all ? "1" : "0", decisive = all ? "0" : "1";
        std::vector<Sql> parts;
        for (const Filter& child : filter.children())
            if (Sql part = node(child, rows); part.text != neutral)
                parts.push_back(std::move(part));
        if (std::ranges::find(parts, decisive, &Sql::text) != parts.end()) return {decisive};
        if (parts.empty()) return {neutral};
        const bool anchored = all && std::ranges::any_of(parts, &Sql::anchored);
        return {joined(parts, all ? " AND " : " OR "), anchored};
    }

    static Op asked(const Filter& filter) {
        if (!filter.operand().is_null()) return filter.op();
        if (filter.op() == Op::eq) return Op::is_null;
        return filter.op() == Op::ne ? Op::not_null : filter.op();
    }

    // ---- paths

    Sql condition(const Kind& kind, const std::string& alias, Segments path, Op op) {
        if (const auto positive = turned_round(op); positive && !crosses_children(kind, path))
            return not_true(condition(kind, alias, path, *positive));
        if (path.size() == 1) return compare(kind, alias, path.front(), op);
        return through(step(kind, path.front()), alias, path, op);
    }

    bool crosses_children(const Kind& kind, Segments path) const {
        if (path.size() == 1) return false;
        const PathStep next = step(kind, path.front());
        return next.many || crosses_children(*next.target, path.subspan(1));
    }

    Sql through(const PathStep& step, const std::string& alias, Segments path, Op op) {
        const std::string table(step.target->name), inner = alias + "_" + std::string(path.front());
        const Sql rest = condition(*step.target, inner, path.subspan(1), op);
        const std::string visible = reading_.rights().predicate(*step.target, inner);
        if (rest.text == "0" || visible == "0") return {"0"};
        const std::string where = visible == "1" ? rest.text : rest.text + " AND " + visible;
        const std::string own = (step.side.empty() ? alias : alias + "_side") + "." + step.own,
                          far = inner + "." + step.far;
        if (!step.side.empty()) {
            const std::string side = alias + "_side", from = step.side + " AS " + side;
            if (rest.anchored)
                return {alias + ".id IN (SELECT " + side + ".id FROM " + from + " WHERE " + own +
                            " IN (SELECT " + far + " FROM " + table + " AS " + inner + " WHERE " +
                            where + "))",
                        step.selective};
            return {"EXISTS (SELECT 1 FROM " + from + " CROSS JOIN " + table + " AS " + inner +
                    " ON " + far + " = " + own + " WHERE " + side + ".id = " + alias + ".id AND " +
                    where + ")"};
        }
        if (rest.anchored)
            return {own + " IN (SELECT " + far + " FROM " + table + " AS " + inner + " WHERE " +
                        where + ")",
                    step.selective};
        return {"EXISTS (SELECT 1 FROM " + table + " AS " + inner + " WHERE " + far + " = " + own +
                " AND " + where + ")"};
    }

    PathStep step(const Kind& kind, std::string_view name) const {
        if (auto found = step_to_reference(kind, name)) return *found;
        if (auto found = step_to_owner(kind, name)) return *found;
        if (auto found = step_to_children(kind, name)) return *found;
        refuse("there is no way from " + std::string(kind.name) + " to \"" + std::string(name) +
               "\"; there is to " + nearest(name, known_steps(kind)));
    }

    std::optional<PathStep> step_to_reference(const Kind& kind, std::string_view name) const {
        const Column* column = kind.find(std::string(name) + "_id");
        if (!column || column->type != FieldType::reference || column->target == 0)
            return std::nullopt;
        reading_.rights().require_shown(kind, *column);
        const Kind* target = reading_.kind(column->target);
        if (!target) return std::nullopt;
        return PathStep{target, std::string(column->name),    "id",
                        false,  target->role != Role::common, side_table(kind, *column)};
    }

    std::optional<PathStep> step_to_owner(const Kind& kind, std::string_view name) const {
        const auto found = std::ranges::find(head_references, name, &HeadReference::name);
        if (kind.role != Role::root || found == std::end(head_references)) return std::nullopt;
        return PathStep{reading_.kind(found->target), std::string(found->column), "id", false,
                        false};
    }

    std::optional<PathStep> step_to_children(const Kind& kind, std::string_view name) const {
        for (const Kind& child : reading_.catalogue().kinds())
            if (child.role == Role::child && child.name == name)
                if (const Column* column = pointing_at(child, kind))
                    return PathStep{&child, "id", std::string(column->name), true};
        return std::nullopt;
    }

    /// The parent of a child, or the far end of its link.
    static const Column* pointing_at(const Kind& child, const Kind& kind) {
        const auto found = std::ranges::find_if(child.columns, [&](const Column& column) {
            const bool any_root = column.target == 0 && kind.role == Role::root;
            return (column.has(parent) || column.has(link)) &&
                   (column.target == kind.number || any_root);
        });
        return found == child.columns.end() ? nullptr : &*found;
    }

    std::vector<std::string> known_steps(const Kind& kind) const {
        std::vector<std::string> names;
        for (const Column& column : kind.columns)
            if (column.type == FieldType::reference && column.target != 0)
                names.emplace_back(column.name.substr(0, column.name.size() - 3));
        if (kind.role == Role::root)
            for (const auto& reference : head_references) names.emplace_back(reference.name);
        for (const Kind& child : reading_.catalogue().kinds())
            if (child.role == Role::child && pointing_at(child, kind))
                names.emplace_back(child.name);
        return names;
    }

    // ---- fields

    FilterField field_of(const Kind& kind, const std::string& alias, std::string_view name) const {
        const Column* column = kind.find(name);
        if (!column) column = kind.find(std::string(name) + "_id");
        if (column) return field_of_column(kind, alias, *column);
        if (name == "id")
            return {.type = FieldType::reference,
                    .sql = alias + ".id",
                    .target = kind.number,
                    .indexed = true,
                    .indexed_many = true};
        for (const auto& reference : head_references)
            if (kind.role == Role::root && (name == reference.name || name == reference.column))
                return {.type = FieldType::reference,
                        .sql = alias + "." + std::string(reference.column),
                        .target = reference.target,
                        .indexed = reference.target != number::territory};
        for (const auto& time : head_times)
            if (name == time.name)
                return {.type = FieldType::time,
                        .sql = "(SELECT command.at FROM command WHERE command.id = " + alias + "." +
                               std::string(time.command) + ")"};
        refuse("there is no field \"" + std::string(name) + "\" of " + std::string(kind.name) +
               "; did you mean " + nearest(name, known_fields_of(kind)) + "?");
    }

    static std::vector<std::string> known_fields_of(const Kind& kind) {
        std::vector<std::string> names{"id"};
        for (const Column& column : kind.columns) names.emplace_back(column.name);
        for (const auto& reference : head_references)
            if (kind.role == Role::root) names.emplace_back(reference.name);
        for (const auto& time : head_times) names.emplace_back(time.name);
        if (may_be_in_segments(kind)) names.emplace_back(segment_field);
        return names;
    }

    FilterField field_of_column(const Kind& kind, const std::string& alias,
                                const Column& column) const {
        reading_.rights().require_shown(kind, column);
        const std::string row = side_table(kind, column).empty() ? alias : alias + "_side";
        FilterField field{.type = column.type,
                          .sql = row + "." + std::string(column.name),
                          .column = &column,
                          .target = column.target};
        field.indexed = field.indexed_many = is_indexed(reading_, kind, column);
        if (column.type == FieldType::reference && !column.has(parent) && !column.has(link))
            field.visible = reading_.rights().predicate_of_ref(field.sql, column.target);
        if (column.type == FieldType::text) settle_text(kind, row, column, field);
        return field;
    }

    void settle_text(const Kind& kind, const std::string& row, const Column& column,
                     FilterField& field) const {
        const bool is_key =
            std::ranges::find(kind.columns, column.name, &Column::key) != kind.columns.end();
        field.folded = !column.name.ends_with("normalized");
        if (kind.find(column.key))
            field.key = row + "." + std::string(column.key);
        else if (is_key || !field.folded)
            field.key = field.sql;
        field.exact_key = field.key == field.sql || (!field.key.empty() && column.has(unique));
        if (field.exact_key && field.key != field.sql)
            field.indexed = is_indexed(reading_, kind, column.key);
    }

    // ---- comparisons

    Sql compare(const Kind& kind, const std::string& alias, std::string_view name, Op op) {
        if (asks_for_segment(kind, name)) return in_segments({kind, alias}, op);
        const FilterField field = field_of(kind, alias, name);
        Sql sql = compare(field, op);
        if (field.visible == "0") return {"0"};
        if (field.visible != "1") sql.text = "(" + sql.text + " AND " + field.visible + ")";
        const std::string table = field.column ? side_table(kind, *field.column) : std::string{};
        if (table.empty()) return sql;
        const std::string inner = alias + "_side";
        if (sql.anchored)
            return {alias + ".id IN (SELECT " + inner + ".id FROM " + table + " AS " + inner +
                        " WHERE " + sql.text + ")",
                    true};
        return {"EXISTS (SELECT 1 FROM " + table + " AS " + inner + " WHERE " + inner +
                ".id = " + alias + ".id AND " + sql.text + ")"};
    }

    Sql compare(const FilterField& field, Op op) {
        if (op == Op::not_null) return {field.sql + " IS NOT NULL"};
        if (is_text_op(op)) return compare_text(field, op);
        if (is_range(op)) return compare_range(field, op);
        if (op == Op::in) return compare_many(field);
        return compare_one(field);
    }

    Sql compare_one(const FilterField& field) {
        if (is_period(field, leaf_->operand())) return {within(field, Op::eq, leaf_->operand())};
        const Json value = converted(field, leaf_->operand());
        std::string sql = field.sql + " = " + operand(value);
        if (field.exact_key && field.key != field.sql)
            sql = "(" + field.key + " = " + operand(fold(value.string())) + " AND " + sql + ")";
        return {std::move(sql), field.indexed};
    }

    Sql compare_many(const FilterField& field) {
        Json::Array values;
        for (const Json& value : leaf_->operand().array())
            values.push_back(converted(field, value));
        return {field.sql + " IN (SELECT value FROM json_each(" +
                    operand(Json(std::move(values)).dump()) + "))",
                field.indexed_many};
    }

    Sql compare_text(const FilterField& field, Op op) {
        if (field.type != FieldType::text)
            refuse("holds no free text: " + std::string(name_of(op)) + " does not apply");
        const std::string& typed = leaf_->operand().string();
        const std::string text = field.folded ? fold(typed) : typed, key = whole_key_of(field);
        if (op == Op::same) return {key + " = " + operand(text), field.indexed && field.exact_key};
        if (text.empty()) return {key + " IS NOT NULL"};
        if (op == Op::contains) return {"instr(" + key + ", " + operand(text) + ") > 0"};
        if (op == Op::ends_with) {
            const std::string end = operand(text);
            return {"substr(" + key + ", -length(" + end + ")) = " + end};
        }
        if (field.key.empty()) return {"instr(" + key + ", " + operand(text) + ") = 1"};
        return {"(" + field.key + " >= " + operand(text) + " AND " + field.key + " < " +
                operand(text + "\U0010FFFF") + ")"};
    }

    static std::string folded_text(const FilterField& field) {
        return "crm_fold(" + field.sql + ")";
    }
    /// What a text is ordered by.
    static std::string key_of(const FilterField& field) {
        return field.key.empty() ? folded_text(field) : field.key;
    }
    /// What stands for the text as it is shown.
    static std::string whole_key_of(const FilterField& field) {
        return field.exact_key ? field.key : folded_text(field);
    }

    Sql compare_range(const FilterField& field, Op op) {
        if (!has_order(field.type))
            refuse("has no order: " + std::string(name_of(op)) + " does not apply");
        if (op != Op::between) return {within(field, op, leaf_->operand())};
        const auto& ends = leaf_->operand().array();
        return {"(" + within(field, Op::ge, ends[0]) + " AND " + within(field, Op::le, ends[1]) +
                ")"};
    }

    /// Compares with a value or with a period: lt is before it, le before its end, ge from its
    /// start on.
    std::string within(const FilterField& field, Op op, const Json& value) {
        const std::string sign(sign_of(op));
        if (field.type == FieldType::text)
            return key_of(field) + sign + operand(text_key(field, value));
        if (!is_period(field, value)) return field.sql + sign + operand(converted(field, value));
        const auto [from, to] = period(field, value);
        switch (op) {
            case Op::lt: return field.sql + " < " + operand(from);
            case Op::le: return field.sql + " < " + operand(to);
            case Op::gt: return field.sql + " >= " + operand(to);
            case Op::ge: return field.sql + " >= " + operand(from);
            default:
                return "(" + field.sql + " >= " + operand(from) + " AND " + field.sql + " < " +
                       operand(to) + ")";
        }
    }

    Json text_key(const FilterField& field, const Json& value) {
        const std::string text = converted(field, value).string();
        return field.folded ? fold(text) : text;
    }

    // ---- periods

    bool is_period(const FilterField& field, const Json& value) const {
        if (value.is_object() && field.type != FieldType::date && field.type != FieldType::time)
            refuse("holds no date: a relative date does not apply");
        if (value.is_object()) return true;
        return field.type == FieldType::time && value.is_string() &&
               Date::try_parse(value.string());
    }

    std::pair<Json, Json> period(const FilterField& field, const Json& value) const {
        const Zone& zone = reading_.session().zone;
        const Days days =
            value.is_object()
                ? days_of(value, zone.date_of(reading_.database().now()), leaf_->field())
                : day(*Date::try_parse(value.string()));
        if (field.type == FieldType::date) return {Json(days.from.text()), Json(days.to.text())};
        return {instant(zone.start_of(days.from)), instant(zone.start_of(days.to))};
    }

    Days day(Date date) const {
        if (date == Date(9999, 12, 31)) refuse("is beyond the last day there is");
        return {date, Date::from_days(date.days() + std::chrono::days{1})};
    }

    static Json instant(Time time) { return std::int64_t{time.time_since_epoch().count()}; }

    // ---- operands

    Json converted(const FilterField& field, const Json& value) {
        switch (field.type) {
            case FieldType::integer:
            case FieldType::money: return required_if(value.is_integer(), value, "a whole number");
            case FieldType::real:
                return required_if(value.is_integer() || value.is_real(), value, "a number");
            case FieldType::flag: return flag(value);
            case FieldType::code: return code(*field.column, text(value));
            case FieldType::state: return state(*field.column, text(value));
            case FieldType::date: return date(text(value));
            case FieldType::time: return time(value);
            case FieldType::currency: return currency(text(value));
            case FieldType::reference: return reference(field, value);
            default: return text(value);
        }
    }

    Json required_if(bool fits, const Json& value, const std::string& expected) const {
        if (!fits) refuse("is compared with " + expected + ", not " + value.dump().substr(0, 60));
        return value;
    }
    const std::string& text(const Json& value) const {
        required_if(value.is_string(), value, "a text");
        return value.string();
    }
    Json flag(const Json& value) const {
        const bool fits = value.is_bool() || value == Json(0) || value == Json(1);
        return required_if(fits, value, "true or false").is_bool()
                   ? Json(std::int64_t{value.boolean()})
                   : value;
    }
    Json date(const std::string& value) const {
        return required_if(Date::try_parse(value).has_value(), value, "a date as YYYY-MM-DD");
    }
    Json time(const Json& value) const {
        if (value.is_integer()) return value;
        try {
            return instant(parse_time(text(value)));
        } catch (const Invalid& error) {
            refuse(error.reason);
        }
    }
    Json currency(const std::string& value) const {
        try {
            return Currency(value).code();
        } catch (const Invalid& error) {
            refuse(error.reason);
        }
    }
    Json state(const Column& column, const std::string& value) const {
        if (std::ranges::find(column.states, value) != column.states.end()) return value;
        std::string known;
        for (const auto each : column.states) (known += known.empty() ? "" : ", ") += each;
        refuse("is one of " + known);
    }
    Json code(const Column& column, const std::string& value) {
        if (!lists_) lists_ = reading_.lists();
        const auto list = lists_->lists.find(std::string(column.list));
        if (list != lists_->lists.end() && list->second.contains(value)) return value;
        refuse("the list " + std::string(column.list) + " has no \"" + value + "\"");
    }

    // ---- references

    Json reference(const FilterField& field, const Json& value) const {
        if (const auto id = id_in(value)) return checked(field, *id);
        const bool named = field.target == number::user || field.target == number::unit ||
                           field.target == number::territory;
        if (named && value.is_string()) return named_id(field.target, value.string());
        refuse("is compared with the id of a record, not " + value.dump().substr(0, 60));
    }

    Json checked(const FilterField& field, std::int64_t id) const {
        const Kind* target = field.target ? reading_.kind(field.target) : nullptr;
        if (target && Ref{id}.kind() != target->number)
            refuse(std::to_string(id) + " is not the id of a record of kind " +
                   std::string(target->name));
        return id;
    }

    static std::string_view id_by_name(KindNumber target) {
        if (target == number::user) return "SELECT id FROM user WHERE login_key = ?1";
        if (target == number::unit) return "SELECT id FROM unit WHERE name_key = ?1";
        return "SELECT id FROM territory WHERE crm_fold(name) = ?1";
    }

    Json named_id(KindNumber target, const std::string& name) const {
        const std::string key = fold(name), kind(reading_.kind(target)->name);
        auto row = reading_.connection().use(id_by_name(target));
        row.bind(1, std::string_view(key));
        if (!row.step()) refuse("there is no " + kind + " \"" + name + "\"");
        return row.integer(0);
    }

    const Kind& kind_;
    Reading& reading_;
    const Filter* leaf_ = nullptr;
    int stored_depth_ = 0;  // a saved filter may ask for a dynamic segment, and that for nothing
    std::vector<Json> operands_;
    std::shared_ptr<const ListCache> lists_;
};

}  // namespace

Condition compile(const Filter& filter, const Kind& kind, Reading& reading) {
    return Compiler(*reading.plan(kind).kind, reading).run(filter);
}

}  // namespace crm::kernel
