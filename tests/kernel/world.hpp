/// A random world for tests of reading: units, users with random rights, records with ties, gaps
/// and diacritics; and what each user should see of it, evaluated naively over everything.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "crm/crm.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"

namespace crm::test {

using Op = Filter::Op;

/// Who looks, and what was granted to them.
struct Viewer {
    std::string login;
    Ref user;
    Ref unit;
    std::vector<Ref> grantees;
    std::map<std::string, std::set<std::string>> scopes;  ///< by kind
};

inline const std::vector<std::string> root_names{"party", "contact", "activity"};

class World {
public:
    explicit World(Random& random) : random_(random) {
        desk.ana.write("test.world", [this](Work&) { fill(); });
        for (const Kind& kind : all_kinds()) read_all(kind);
    }

    ::test::Desk desk;
    std::vector<Viewer> viewers;
    std::map<Ref, AnyRecord> records;

    bool sees(const Viewer& viewer, Ref ref) const {
        const auto found = records.find(ref);
        return found != records.end() && sees(viewer, found->second);
    }

    bool sees(const Viewer& viewer, const AnyRecord& record) const {
        const Kind& kind = record.kind();
        if (kind.role == Role::common) return true;
        if (kind.role == Role::root) return sees_root(viewer, record);
        return std::ranges::all_of(kind.columns, [&](const Column& column) {
            return (!column.has(parent) && !column.has(link)) ||
                   sees(viewer, Ref{column.get(record.data()).integer()});
        });
    }

    /// The value of a column as a viewer reads it: null where it refers to what is hidden.
    Value value(const Viewer& viewer, const AnyRecord& record, const Column& column) const {
        const Value value = column.get(record.data());
        const bool hidden = column.type == FieldType::reference && !value.is_null() &&
                            !sees(viewer, Ref{value.integer()});
        return hidden ? Value{} : value;
    }

    std::vector<const AnyRecord*> visible(const Viewer& viewer, const Kind& kind) const {
        std::vector<const AnyRecord*> found;
        for (const auto& [ref, record] : records)
            if (ref.kind() == kind.number && sees(viewer, record)) found.push_back(&record);
        return found;
    }

    bool fulfils(const Viewer& viewer, const AnyRecord& record, const Filter& filter) const {
        const auto& children = filter.children();
        const auto does = [&](const Filter& child) { return fulfils(viewer, record, child); };
        switch (filter.op()) {
            case Op::all: return std::ranges::all_of(children, does);
            case Op::any: return std::ranges::any_of(children, does);
            case Op::negate: return !does(children.front());
            default: return follow(viewer, &record, filter.field(), filter);
        }
    }

    Filter random_filter(const Kind& kind, int depth = 3) {
        if (depth > 0 && chance(2)) {
            std::vector<Filter> children;
            for (auto n = between(random_, 0, 3); n > 0; --n)
                children.push_back(random_filter(kind, depth - 1));
            if (chance(3)) return !Filter(Op::any, std::move(children));
            return {chance(2) ? Op::all : Op::any, std::move(children)};
        }
        return random_leaf(kind, "", depth > 0 ? 2 : 1);
    }

    bool chance(std::size_t one_in) { return between(random_, 1, one_in) == 1; }
    template <class T>
    const T& any_of(const std::vector<T>& values) {
        return values[between(random_, 0, values.size() - 1)];
    }

private:
    // ---- filling

    void fill() {
        add_units();
        for (int i = 0; i < 6; ++i) add_viewer(i);
        add_group();
        for (int i = 0; i < 50; ++i) add_party();
        for (int i = 0; i < 40; ++i) add_contact();
        for (int i = 0; i < 100; ++i) add_activity();
        for (int i = 0; i < 60; ++i) add_child();
        for (int i = 0; i < 40; ++i) add_share();
    }

    void add_units() {
        Units area(desk.ana);
        units_.push_back(desk.ana.unit());
        parents_[units_[0]] = Ref{};
        for (int i = 1; i < 7; ++i) {
            const Ref above = any_of(units_);
            const Unit unit = area.add({.name = "unit " + std::to_string(i), .parent = above});
            parents_[unit.head.id] = above;
            units_.push_back(unit.head.id);
        }
    }

    void add_viewer(int i) {
        const std::string login = "viewer" + std::to_string(i);
        const User user =
            Users(desk.ana).add({.login = login, .name = login, .unit = any_of(units_)});
        Viewer viewer{login, user.head.id, user.unit.ref(), {user.head.id}, {}};
        owners_.push_back(user.head.id);
        for (const auto& kind : root_names)
            for (const char* scope : {"own", "unit", "units_below", "shared", "all"})
                if (chance(std::string_view(scope) == "all" ? 5 : 3))
                    grant(viewer, user.head.id, kind, scope);
        viewers.push_back(std::move(viewer));
    }

    void grant(Viewer& viewer, Ref holder, const std::string& kind, const std::string& scope) {
        Rights(desk.ana).grant(holder, kind, "read", scope);
        viewer.scopes[kind].insert(scope);
    }

    void add_group() {
        const UserGroup group = Records<UserGroup>(desk.ana).add({.name = "group"});
        for (std::size_t i = 0; i < 2; ++i) {
            Records<UserGroupMember>(desk.ana).add(
                {.group = group.head.id, .user = viewers[i].user});
            viewers[i].grantees.push_back(group.head.id);
            grant(viewers[i], group.head.id, "party", "shared");
            grant(viewers[i], group.head.id, "activity", "own");
        }
    }

    Head head() { return {.owner = any_of(owners_), .unit = any_of(units_)}; }
    std::string text() {
        static const std::vector<std::string> words{"Acme", "acme",    "Ștefan", "Stefan", "Ёлка",
                                                    "елка", "O'Brien", "Zoo 7",  "Île"};
        return any_of(words) + (chance(2) ? " " + any_of(words) : "");
    }
    std::string maybe(const std::vector<std::string>& values) {
        return chance(3) ? "" : any_of(values);
    }

    void add_party() {
        Party party{.head = head(), .name = text(), .industry = maybe({"retail", "construction"})};
        party.tax_code = chance(2) ? "" : "T" + std::to_string(between(random_, 1, 9));
        party.country = maybe({"MD", "RO"});
        if (chance(2)) party.employees = between(random_, 0, 5);
        if (chance(2))
            party.annual_revenue =
                Money{static_cast<std::int64_t>(between(random_, 0, 3)), Currency{"EUR"}};
        if (chance(3)) party.description = text();
        parties_.push_back(Parties(desk.ana).add(party).head.id);
    }

    void add_contact() {
        Contact contact{.head = head(),
                        .first_name = text(),
                        .last_name = maybe({"Popescu", "Țurcanu", "Ионов"})};
        if (chance(2))
            contact.born_on = Date(1980, 1, static_cast<unsigned>(between(random_, 1, 3)));
        contact.nick_name = maybe({"Vasia", "vasia"});
        contacts_.push_back(Contacts(desk.ana).add(contact).head.id);
    }

    void add_activity() {
        Activity activity{
            .head = head(), .subject = text(), .kind = chance(2) ? "call" : "meeting"};
        activity.start = ::test::monday + ::test::day * between(random_, 0, 3);
        if (chance(3))
            activity.next_contact_on = Date(2026, 3, static_cast<unsigned>(between(random_, 1, 4)));
        if (!chance(3)) activity.party = any_of(parties_);
        if (!chance(3)) activity.contact = any_of(contacts_);
        if (!activities_.empty() && chance(4)) activity.follow_up_of = any_of(activities_);
        if (chance(3)) activity.description = text();
        try {
            activities_.push_back(Activities(desk.ana).plan(activity).head.id);
        } catch (const Error&) {  // what follows another may have to be of its party
            ++refused;
        }
    }

    void add_child() {
        const Ref root = chance(2) ? any_of(parties_) : any_of(contacts_);
        try {
            switch (between(random_, 0, 2)) {
                case 0: {
                    const std::string number =
                        "+37322" + std::to_string(between(random_, 100'000, 100'004));
                    Records<Point>(desk.ana).add(
                        {.record = root, .type = "phone", .value = number});
                    break;
                }
                case 1:
                    Records<Membership>(desk.ana).add({.contact = any_of(contacts_),
                                                       .party = any_of(parties_),
                                                       .position = text()});
                    break;
                default:
                    Records<PartyRole>(desk.ana).add(
                        {.party = any_of(parties_), .role = chance(2) ? "client" : "supplier"});
            }
        } catch (const Error&) {  // the same role or membership twice
            ++refused;
        }
    }

    void add_share() {
        const auto& from = chance(2) ? parties_ : chance(2) ? contacts_ : activities_;
        const Ref record = any_of(from), grantee = any_of(any_of(viewers).grantees);
        if (!shares_.emplace(record, grantee).second) return;
        Rights(desk.ana).share(record, grantee, chance(2) ? "read" : "change");
    }

    void read_all(const Kind& kind) {
        for (Query query{.limit = 1'000, .bodies = true};;) {
            auto page = desk.ana.list(kind, query);
            for (auto& row : page.rows) {
                const Ref ref = row.head().id;
                records.emplace(ref, std::move(row));
            }
            query.after = page.next;
            if (page.next.empty()) return;
        }
    }

    // ---- what should be seen

    bool is_below(Ref unit, Ref top) const {
        for (; unit; unit = parents_.at(unit))
            if (unit == top) return true;
        return false;
    }

    bool sees_root(const Viewer& viewer, const AnyRecord& record) const {
        const auto found = viewer.scopes.find(std::string(record.kind().name));
        if (found == viewer.scopes.end()) return false;
        const auto& scopes = found->second;
        const Head& head = record.head();
        const bool shared = std::ranges::any_of(viewer.grantees, [&](Ref grantee) {
            return shares_.contains({head.id, grantee});
        });
        return scopes.contains("all") ||
               (scopes.contains("own") && head.owner.ref() == viewer.user) ||
               (scopes.contains("unit") && head.unit.ref() == viewer.unit) ||
               (scopes.contains("units_below") && is_below(head.unit.ref(), viewer.unit)) ||
               (scopes.contains("shared") && shared);
    }

    // ---- filters, naively

    static const Kind* child_kind(std::string_view name) {
        for (const Kind& kind : all_kinds())
            if (kind.role == Role::child && kind.name == name) return &kind;
        return nullptr;
    }

    static bool crosses_children(std::string_view path) {
        for (auto dot = path.find('.'); dot != path.npos; dot = path.find('.')) {
            if (child_kind(path.substr(0, dot))) return true;
            path.remove_prefix(dot + 1);
        }
        return false;
    }

    static bool is_negative(const Filter& filter) {
        const bool null = filter.operand().is_null();
        return (filter.op() == Op::ne && !null) || (filter.op() == Op::eq && null) ||
               filter.op() == Op::not_in || filter.op() == Op::is_null;
    }

    bool follow(const Viewer& viewer, const AnyRecord* record, std::string_view path,
                const Filter& filter) const {
        const auto dot = path.find('.');
        if (dot == path.npos)
            return holds(viewer, *record, record->kind().column(column_of(record->kind(), path)),
                         filter);
        const auto name = path.substr(0, dot), rest = path.substr(dot + 1);
        if (const Kind* child = child_kind(name))
            return any_child(viewer, *record, *child, rest, filter);
        const Value ref = value(viewer, *record, record->kind().column(std::string(name) + "_id"));
        if (ref.is_null()) return !crosses_children(rest) && is_negative(filter);
        return follow(viewer, &records.at(Ref{ref.integer()}), rest, filter);
    }

    bool any_child(const Viewer& viewer, const AnyRecord& record, const Kind& child,
                   std::string_view rest, const Filter& filter) const {
        return std::ranges::any_of(records, [&](const auto& entry) {
            const AnyRecord& each = entry.second;
            if (entry.first.kind() != child.number || !sees(viewer, each)) return false;
            const bool points_here = std::ranges::any_of(child.columns, [&](const Column& column) {
                return (column.has(parent) || column.has(link)) &&
                       column.get(each.data()).integer() == record.head().id.value();
            });
            return points_here && follow(viewer, &each, rest, filter);
        });
    }

    static std::string column_of(const Kind& kind, std::string_view name) {
        return kind.find(name) ? std::string(name) : std::string(name) + "_id";
    }

public:
    /// What a value is compared and sorted by: text folded, by its key where it has one.
    using Key = std::optional<std::variant<std::int64_t, double, std::string>>;
    Key key(const Viewer& viewer, const AnyRecord& record, const Column& column) const {
        const Value value = this->value(viewer, record, column);
        if (value.is_null()) return std::nullopt;
        if (value.type() == Value::Type::real) return value.real();
        if (value.type() == Value::Type::integer) return value.integer();
        if (column.type != FieldType::text) return std::string(value.text());
        return column.key.empty() ? fold(value.text()) : std::string(record.get(column.key).text());
    }

private:
    static Key operand_key(const Json& operand, const Column& column) {
        if (operand.is_bool()) return std::int64_t{operand.boolean()};
        if (operand.is_integer()) return operand.integer();
        if (column.type == FieldType::reference) return std::int64_t{std::stoll(operand.string())};
        if (column.type == FieldType::time)
            return std::int64_t{parse_time(operand.string()).time_since_epoch().count()};
        return column.type == FieldType::text ? fold(operand.string()) : operand.string();
    }

    bool equals(const Value& value, const Json& operand, const Column& column) const {
        if (value.is_null()) return false;
        if (column.type == FieldType::text) return value.text() == operand.string();
        const Key key = operand_key(operand, column);
        if (std::holds_alternative<std::string>(*key))
            return value.text() == std::get<std::string>(*key);
        return value.integer() == std::get<std::int64_t>(*key);
    }

    bool holds(const Viewer& viewer, const AnyRecord& record, const Column& column,
               const Filter& filter) const {
        const Value value = this->value(viewer, record, column);
        const Json& operand = filter.operand();
        const auto one_of = [&] {
            return std::ranges::any_of(
                operand.array(), [&](const Json& each) { return equals(value, each, column); });
        };
        switch (filter.op()) {
            case Op::eq:
                return operand.is_null() ? value.is_null() : equals(value, operand, column);
            case Op::ne:
                return operand.is_null() ? !value.is_null() : !equals(value, operand, column);
            case Op::in: return one_of();
            case Op::not_in: return !one_of();
            case Op::is_null: return value.is_null();
            case Op::not_null: return !value.is_null();
            default: break;
        }
        if (value.is_null()) return false;
        const Key mine = key(viewer, record, column);
        switch (filter.op()) {
            case Op::lt: return mine < operand_key(operand, column);
            case Op::le: return mine <= operand_key(operand, column);
            case Op::gt: return mine > operand_key(operand, column);
            case Op::ge: return mine >= operand_key(operand, column);
            case Op::between:
                return mine >= operand_key(operand.array()[0], column) &&
                       mine <= operand_key(operand.array()[1], column);
            case Op::starts_with:
                return std::get<std::string>(*mine).starts_with(fold(operand.string()));
            case Op::contains:
                return fold(value.text()).find(fold(operand.string())) != std::string::npos;
            case Op::ends_with: return fold(value.text()).ends_with(fold(operand.string()));
            default: return fold(value.text()) == fold(operand.string());
        }
    }

    // ---- random filters

    Filter random_leaf(const Kind& kind, const std::string& path, int steps) {
        if (steps > 0 && chance(3))
            if (const auto step = random_step(kind))
                return random_leaf(*step->second, path + step->first + ".", steps - 1);
        const Column* column = nullptr;
        while (!column || column->name.ends_with("normalized"))
            column = &kind.columns[between(random_, 0, kind.columns.size() - 1)];
        return random_condition(path + std::string(column->name), kind, *column);
    }

    std::optional<std::pair<std::string, const Kind*>> random_step(const Kind& kind) {
        std::vector<std::pair<std::string, const Kind*>> steps;
        for (const Column& column : kind.columns)
            if (column.type == FieldType::reference && column.target != 0)
                steps.emplace_back(std::string(column.name.substr(0, column.name.size() - 3)),
                                   &kind_numbered(column.target));
        for (const char* child : {"party_role", "membership", "point"})
            for (const Column& column : child_kind(child)->columns)
                if ((column.has(parent) || column.has(link)) &&
                    (column.target == kind.number ||
                     (column.target == 0 && kind.role == Role::root)))
                    steps.emplace_back(child, child_kind(child));
        if (steps.empty()) return std::nullopt;
        return any_of(steps);
    }

    Json random_operand(const Kind& kind, const Column& column) {
        std::vector<Value> values;
        for (const auto& [ref, record] : records)
            if (ref.kind() == kind.number)
                if (const Value value = column.get(record.data()); !value.is_null())
                    values.push_back(value);
        if (values.empty()) return fallback(column);
        const Value value = any_of(values);
        if (column.type == FieldType::reference) return std::to_string(value.integer());
        if (column.type == FieldType::time && chance(2))
            return to_text(Time{std::chrono::microseconds{value.integer()}});
        if (column.type == FieldType::flag) return value.integer() != 0;
        return Json(value);
    }

    static Json fallback(const Column& column) {
        switch (column.type) {
            case FieldType::integer:
            case FieldType::money:
            case FieldType::time: return std::int64_t{0};
            case FieldType::flag: return false;
            case FieldType::date: return "2026-01-01";
            case FieldType::reference: return std::to_string(Ref::make(column.target, 1).value());
            case FieldType::state: return column.states.front();
            case FieldType::currency: return "EUR";
            default: return "x";
        }
    }

    Filter random_condition(std::string path, const Kind& kind, const Column& column) {
        std::vector<Op> ops{Op::eq, Op::ne, Op::in, Op::not_in, Op::is_null, Op::not_null};
        const bool known = !random_operand(kind, column).is_null();
        if (column.type == FieldType::code) {
            const Json code = random_operand(kind, column);
            if (!known || code == fallback(column))
                return {chance(2) ? Op::is_null : Op::not_null, path, {}};
        }
        if (column.type == FieldType::text)
            ops.insert(ops.end(), {Op::contains, Op::starts_with, Op::ends_with, Op::same, Op::lt,
                                   Op::ge, Op::between});
        const bool ordered = column.type == FieldType::integer || column.type == FieldType::money ||
                             column.type == FieldType::date || column.type == FieldType::time;
        if (ordered) ops.insert(ops.end(), {Op::lt, Op::le, Op::gt, Op::ge, Op::between});
        const Op op = any_of(ops);
        const auto operand = [&] { return random_operand(kind, column); };
        switch (op) {
            case Op::is_null:
            case Op::not_null: return {op, std::move(path), {}};
            case Op::in:
            case Op::not_in:
            case Op::between: return {op, std::move(path), Json::Array{operand(), operand()}};
            case Op::eq:
            case Op::ne: return {op, std::move(path), chance(6) ? Json{} : operand()};
            case Op::contains:
            case Op::starts_with:
            case Op::ends_with: return {op, std::move(path), piece(operand().string(), op)};
            default: return {op, std::move(path), operand()};
        }
    }

    std::string piece(const std::string& text, Op op) {
        const auto all = words(text);
        if (all.empty()) return "";
        const std::string& word = op == Op::starts_with ? all.front()
                                  : op == Op::ends_with ? all.back()
                                                        : any_of(all);
        return word;
    }

public:
    int refused = 0;

private:
    Random& random_;
    std::vector<Ref> units_, owners_, parties_, contacts_, activities_;
    std::map<Ref, Ref> parents_;
    std::set<std::pair<Ref, Ref>> shares_;
};

}  // namespace crm::test
