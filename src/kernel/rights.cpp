#include "kernel/rights.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <mutex>
#include <optional>

#include "crm/error.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {
namespace {

constexpr std::string_view actions[] = {"read", "create", "change", "delete", "export", "assign"};
constexpr std::string_view functions[] = {"run_imports", "send_campaigns",     "change_catalogue",
                                          "undo_others", "manage_lead_queues", "administer"};

const Scope everything{.all = true};
const Scope nothing{};

using Ids = std::vector<std::int64_t>;

std::optional<std::size_t> index_in(std::span<const std::string_view> names,
                                    std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

std::string json_of(const Ids& ids) {
    std::string text = "[";
    for (const auto id : ids) (text += text.size() > 1 ? "," : "") += std::to_string(id);
    return text + "]";
}

template <class Parameter>
Ids ids_of(storage::Connection& connection, std::string_view sql, const Parameter& of) {
    Ids ids;
    auto rows = connection.use(sql);
    rows.bind(1, of);
    while (rows.step()) ids.push_back(rows.integer(0));
    std::ranges::sort(ids);
    return ids;
}

void merge_into(Ids& ids, const Ids& more) {
    Ids merged;
    std::ranges::set_union(ids, more, std::back_inserter(merged));
    ids = std::move(merged);
}

/// Rights of one shape make the same SQL.
char shape_of(const Scope& scope) {
    const int bits = scope.all
                         ? 64
                         : scope.own | scope.shared << 1 | !scope.units.empty() << 2 |
                               scope.given << 3 | !scope.territories.empty() << 4 | scope.open << 5;
    return static_cast<char>(' ' + bits);
}

/// A small number for a text; the same in the whole process.
std::uint32_t interned(const std::string& text) {
    static std::mutex mutex;
    static std::map<std::string, std::uint32_t> numbers;
    const std::lock_guard lock(mutex);
    return numbers.try_emplace(text, static_cast<std::uint32_t>(numbers.size())).first->second;
}

/// A date as text that stays where it is: what is bound is not copied. One for each day that the
/// process sees.
std::string_view lasting_text(const Date& date) {
    static std::mutex mutex;
    static std::map<std::string, std::string, std::less<>> texts;
    const std::lock_guard lock(mutex);
    return texts.try_emplace(std::string(date.text()), date.text()).first->second;
}

std::string parameter(std::string_view what, const Kind& kind, Action action) {
    return ":" + std::string(what) + "_" + std::string(kind.name) + "_" +
           std::string(name_of(action));
}

/// An alias that nothing around can have: longer than every alias in the expression it stands for.
std::string alias_for(std::string_view expression) {
    std::string alias;
    for (const char c : expression) alias += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return alias + "_";
}

constexpr std::string_view share_in_force = "(share.ends_on IS NULL OR share.ends_on >= :today)";

/// A share shows a record to read; only one of level 'change' opens it to any other action.
std::string share_of(std::string_view schema, std::string_view record, Action action) {
    std::string sql =
        "EXISTS (SELECT 1 FROM " + std::string(schema) + "share WHERE share.record_id = ";
    sql.append(record) += " AND share.grantee_id IN (SELECT value FROM json_each(:holders)) AND ";
    sql += share_in_force;
    return sql + (action == Action::read ? ")" : " AND share.level = 'change')");
}

void add_alternative(std::string& sql, const std::string& alternative) {
    (sql += sql.empty() ? "(" : " OR ") += alternative;
}

void add_condition(std::string& sql, const std::string& condition) {
    if (condition == "1" || sql == "0") return;
    if (sql.empty() || condition == "0")
        sql = condition;
    else
        (sql += " AND ") += condition;
}

// ---- what is given

/// The kind that refers to this one as its twin, and by which column.
std::pair<const Kind*, const Column*> twin_of(const Catalogue& catalogue, const Kind& kind) {
    for (const Kind& other : catalogue.kinds())
        if (const Column* column = other.first_with(twin); column && column->target == kind.number)
            return {&other, column};
    return {};
}

/// "activity AS g INDEXED BY activity_by_owner_party": what the user is responsible for, by what it
/// refers to.
std::string tasks_by(std::string_view schema, const Kind& kind, const Column& column) {
    const std::string name(kind.name);
    return std::string(schema) + name + " AS g INDEXED BY " + name + "_by_owner_" +
           std::string(column.name.substr(0, column.name.size() - 3));
}

/// For each column that gives records of a kind to who is responsible.
template <class Use>
void each_giving(const Catalogue& catalogue, KindNumber target, const Use& use) {
    for (const Kind& kind : catalogue.kinds())
        for (const Column& column : kind.columns)
            if (column.has(gives) && column.target == target) use(kind, column);
}

}  // namespace

std::span<const std::string_view> action_names() { return actions; }
std::string_view name_of(Action action) { return actions[static_cast<std::size_t>(action)]; }
std::span<const std::string_view> function_names() { return functions; }

std::optional<Function> function_named(std::string_view name) {
    if (const auto at = index_in(functions, name)) return static_cast<Function>(*at);
    return std::nullopt;
}

std::shared_ptr<const Rights> Rights::resolve(const DatabaseState& database,
                                              storage::Connection& connection, Id<User> user) {
    const auto rights = std::make_shared<Rights>();
    rights->database_ = &database;
    rights->catalogue_ = Catalogue::read(database.catalogue, connection);
    rights->epoch_ = epoch_of(connection);
    rights->user_ = user.value();
    rights->resolve_holders(connection);
    if (rights->unit_ != 0) {
        rights->resolve_places(connection);
        rights->resolve_scopes(connection);
        rights->open_personal_kinds();
        rights->open_confidential_kinds();
    }
    rights->resolve_fields(connection);
    rights->suppresses_ = connection.use("SELECT 1 FROM suppression LIMIT 1").step();
    rights->settle();
    return rights;
}

void Rights::resolve_holders(storage::Connection& connection) {
    holders_ = ids_of(connection,
                      "WITH RECURSIVE held(id) AS (SELECT group_id FROM user_group_member WHERE"
                      " user_id = ?1 UNION SELECT g.parent_id FROM held CROSS JOIN user_group AS g"
                      " ON g.id = held.id WHERE g.parent_id IS NOT NULL) SELECT id FROM held",
                      user_);
    auto row = connection.use("SELECT unit_id, position_id FROM user WHERE id = ?1 AND is_active");
    row.bind(1, user_);
    if (row.step()) {
        unit_ = row.integer(0);
        if (!row.is_null(1)) holders_.insert(holders_.begin(), row.integer(1));
    }
    holders_.insert(holders_.begin(), user_);
    holders_json_ = json_of(holders_);
}

void Rights::resolve_places(storage::Connection& connection) {
    units_below_ = ids_of(connection,
                          "WITH RECURSIVE below(id) AS (SELECT ?1 UNION SELECT unit.id FROM"
                          " below CROSS JOIN unit ON unit.parent_id = below.id)"
                          " SELECT id FROM below",
                          unit_);
    territories_ =
        ids_of(connection,
               "WITH RECURSIVE below(id) AS (SELECT territory_id FROM territory_member WHERE"
               " holder_id IN (SELECT value FROM json_each(?1)) UNION SELECT t.id FROM below"
               " CROSS JOIN territory AS t ON t.parent_id = below.id) SELECT id FROM below",
               std::string_view(holders_json_));
}

void Rights::resolve_scopes(storage::Connection& connection) {
    auto rows = connection.use(
        "SELECT kind, action, scope FROM access_right WHERE holder_id IN (SELECT value FROM "
        "json_each(?1))");
    rows.bind(1, std::string_view(holders_json_));
    while (rows.step()) {
        if (const auto action = index_in(actions, rows.text(1)))
            grant(rows.text(0), static_cast<Action>(*action), rows.text(2));
        else if (const auto function = function_named(rows.text(1)))
            functions_ |= 1u << static_cast<unsigned>(*function);
    }
}

/// Who may administer could give itself any right, and clears up after those who left.
void Rights::open_personal_kinds() {
    for (const Kind& kind : catalogue_->kinds()) {
        if (!kind.is_personal()) continue;
        auto& scopes = scopes_[kind.number];
        scopes.fill({.all = administers(), .own = true});
        for (const Action action : {Action::read, Action::exporting})
            scopes[static_cast<std::size_t>(action)].open = true;
    }
}

/// They too: it is theirs to give rights for such a kind, and "*" is not enough to have them.
void Rights::open_confidential_kinds() {
    if (!administers()) return;
    for (const Kind& kind : catalogue_->kinds())
        if (kind.is_confidential) scopes_[kind.number].fill(everything);
}

void Rights::grant(std::string_view kind, Action action, std::string_view scope) {
    const auto is_ever_in = [&](const Kind& each) {  // of what no task names nothing is given
        return scope != "given" || given(each, "t") != "0";
    };
    for (const Kind& each : catalogue_->kinds())
        if (each.role == Role::root && !each.is_personal() &&
            (kind == each.name || (kind == "*" && !each.is_confidential)) && is_ever_in(each))
            widen(scopes_[each.number][static_cast<std::size_t>(action)], scope);
}

void Rights::widen(Scope& scope, std::string_view by) const {
    if (by == "all") scope.all = true;
    if (by == "own") scope.own = true;
    if (by == "shared") scope.shared = true;
    if (by == "given") scope.given = true;
    if (by == "unit") merge_into(scope.units, {unit_});
    if (by == "units_below") merge_into(scope.units, units_below_);
    if (by == "territory") merge_into(scope.territories, territories_);
}

void Rights::resolve_fields(storage::Connection& connection) {
    auto rows = connection.use(
        "SELECT kind, field, level FROM field_right WHERE holder_id IN (SELECT value FROM "
        "json_each(?1))");
    rows.bind(1, std::string_view(holders_json_));
    while (rows.step())
        for (const Kind& kind : catalogue_->kinds())
            if (const Column* column =
                    kind.name == rows.text(0) ? kind.find(rows.text(1)) : nullptr) {
                const std::size_t index = kind.index_of(*column);
                locked_[kind.number].set(index);
                // One that was given before the field became always shown only locks it.
                if (rows.text(2) == "hidden" && !column->has(always_shown))
                    hidden_[kind.number].set(index);
            }
    spread(hidden_);
    for (const Kind& kind : catalogue_->kinds()) locked_[kind.number] |= hidden_[kind.number];
}

/// What shows a hidden field is hidden with it: its key, its currency, what is made of it.
void Rights::spread(std::array<FieldSet, 256>& fields) const {
    const auto has = [&](const Kind& kind, std::string_view field) {
        const auto dot = field.find('.');
        const Kind& of = dot == field.npos ? kind : catalogue_->kind_named(field.substr(0, dot));
        const Column* column = of.find(dot == field.npos ? field : field.substr(dot + 1));
        return column && fields[of.number].test(of.index_of(*column));
    };
    const auto follows = [&](const Kind& kind, const Column& column) {
        return std::ranges::any_of(column.made_of,
                                   [&](std::string_view from) { return has(kind, from); }) ||
               std::ranges::any_of(kind.columns, [&](const Column& source) {
                   return (source.key == column.name || source.companion == column.name) &&
                          has(kind, source.name);
               });
    };
    if (std::ranges::all_of(fields, &FieldSet::none)) return;
    for (bool grows = true; grows;) {
        grows = false;
        for (const Kind& kind : catalogue_->kinds())
            for (const Column& column : kind.columns) {
                const std::size_t index = kind.index_of(column);
                if (fields[kind.number].test(index) || !follows(kind, column)) continue;
                fields[kind.number].set(index);
                grows = true;
            }
    }
}

/// What follows from scopes and fields: parameters, what is seen whole, the shape.
void Rights::settle() {
    std::string shape =
        std::to_string(reinterpret_cast<std::uintptr_t>(catalogue_->kinds().data()));
    bool all_roots = true;
    if (!administers()) parameters_.emplace_back(":readable", readable_kinds());
    for (const Kind& kind : catalogue_->kinds()) {
        shape += '|' + (hidden(kind).none() ? std::string{} : hidden(kind).to_string());
        if (kind.role != Role::root) continue;
        const auto& scopes = scopes_[kind.number];
        for (std::size_t i = 0; i < action_count; ++i) {
            const auto action = static_cast<Action>(i);
            uses_shares_ |= !scopes[i].all && scopes[i].shared;
            if (!scopes[i].all && !scopes[i].units.empty())
                parameters_.emplace_back(parameter("units", kind, action),
                                         json_of(scopes[i].units));
            if (!scopes[i].all && !scopes[i].territories.empty())
                parameters_.emplace_back(parameter("territories", kind, action),
                                         json_of(scopes[i].territories));
        }
        all_roots &= kind.stands_alone() || scope(kind, Action::read).all;
        shape += shape_of(scope(kind, Action::read));
        if (const Column* column = kind.first_with(twin))
            shape +=
                scope(*catalogue_->kind(column->target), Action::read) == scope(kind, Action::read)
                    ? '='
                    : '/';
    }
    sees_all_[0] = all_roots;
    shape_ = interned(shape);
    for (const Kind& kind : catalogue_->kinds()) {
        const std::string visible = predicate(kind, "t");
        sees_all_[kind.number] = visible == "1";
        sees_none_[kind.number] = visible == "0";
    }
}

/// The names of the kinds of which there can be a record that the user reads, as JSON.
std::string Rights::readable_kinds() const {
    Json::Array names;
    for (const Kind& kind : catalogue_->kinds())
        if (may_ever(kind, Action::read)) names.emplace_back(std::string(kind.name));
    return Json(std::move(names)).dump();
}

std::shared_ptr<const Rights> Rights::in_views() const {
    auto rights = std::make_shared<Rights>(*this);
    rights->schema_ = "main.";
    return rights;
}

std::shared_ptr<const Rights> Rights::over_views() const {
    auto rights = std::make_shared<Rights>(*this);
    rights->are_over_views_ = true;
    rights->shape_ = interned("views over " + std::to_string(shape_));
    return rights;
}

std::string Rights::table_of(const Kind& kind) const {
    return std::string(schema_) + std::string(kind.name);
}

/// Numbers, dates, JSON of numbers and of names of kinds: none holds an apostrophe.
std::string Rights::parameter_value(std::string_view name) const {
    if (name == ":me") return std::to_string(user_);
    if (name == ":holders") return "'" + holders_json_ + "'";
    if (name == ":today") return "'" + std::string(today()) + "'";
    return "'" + std::ranges::find(parameters_, name, &Parameter::first)->second + "'";
}

std::string Rights::written_out(std::string_view sql) const {
    const auto in_name = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
    };
    std::string text;
    while (!sql.empty()) {
        const auto colon = std::min(sql.find(':'), sql.size());
        text += sql.substr(0, colon);
        sql.remove_prefix(colon);
        if (sql.empty()) break;
        const auto end = std::find_if_not(sql.begin() + 1, sql.end(), in_name) - sql.begin();
        text += parameter_value(sql.substr(0, static_cast<std::size_t>(end)));
        sql.remove_prefix(static_cast<std::size_t>(end));
    }
    return text;
}

bool Rights::may_change_common(const Kind& kind) const {
    if (kind.function.empty()) return administers();
    return may(function_named(kind.function).value());
}

const Scope& Rights::scope(const Kind& kind, Action action) const {
    if (are_over_views_ && action == Action::read) return everything;
    if (kind.role == Role::root) return scopes_[kind.number][static_cast<std::size_t>(action)];
    if (kind.role == Role::common)
        return action == Action::read || may_change_common(kind) ? everything : nothing;
    const Kind* owner = catalogue_->kind(kind.parent_column()->target);
    if (owner) return scope(*owner, action);
    const bool all = std::ranges::all_of(catalogue_->kinds(), [&](const Kind& each) {
        return each.role != Role::root || each.stands_alone() || scope(each, action).all;
    });
    return all ? everything : nothing;
}

std::vector<const Scope*> Rights::scopes(const Kind& kind, Action action) const {
    const Column* column = kind.first_with(twin);
    const Scope& own = scope(kind, action);
    if (!column) return {&own};
    const Scope& other = scope(*catalogue_->kind(column->target), action);
    return own == other ? std::vector{&own} : std::vector{&own, &other};
}

bool Rights::may_ever(const Kind& kind, Action action) const {
    if (kind.role == Role::child && !catalogue_->kind(kind.parent_column()->target))
        return std::ranges::any_of(catalogue_->kinds(), [&](const Kind& each) {
            return each.role == Role::root && !each.stands_alone() && may_ever(each, action);
        });
    if (kind.role == Role::child)
        return may_ever(*catalogue_->kind(kind.parent_column()->target), action);
    return std::ranges::any_of(scopes(kind, action),
                               [](const Scope* each) { return !each->none(); });
}

void Rights::require_shown(const Kind& kind, const Column& column) const {
    if (hides(kind, column))
        throw Denied(std::string(kind.name) + "." + std::string(column.name) +
                     ": is hidden from you, so it can be neither shown nor asked for");
}

std::string Rights::predicate(const Kind& kind, std::string_view alias, Action action) const {
    if (are_over_views_ && action == Action::read) return "1";
    switch (kind.role) {
        case Role::root: return predicate_of_root(kind, alias, action);
        case Role::child: return predicate_of_child(kind, alias, action);
        default: return scope(kind, action).all ? "1" : "0";
    }
}

/// A record that is one with another stands under the scopes of that one's kind.
std::string Rights::predicate_of_root(const Kind& kind, std::string_view alias,
                                      Action action) const {
    const std::string row(alias);
    const std::string own = predicate_of_scope(kind, scope(kind, action), kind, row, action);
    const Column* column = kind.first_with(twin);
    const Kind* other = column ? catalogue_->kind(column->target) : nullptr;
    if (!other || scope(*other, action) == scope(kind, action)) return own;
    const std::string others = predicate_of_scope(kind, scope(*other, action), *other, row, action);
    return "CASE WHEN " + row + "." + std::string(column->name) + " IS NULL THEN " + own +
           " ELSE " + others + " END";
}

/// `scoped` is the kind whose scope it is, by which its parameters are named.
std::string Rights::predicate_of_scope(const Kind& kind, const Scope& scope, const Kind& scoped,
                                       const std::string& row, Action action) const {
    if (scope.all || scope.none()) return scope.all ? "1" : "0";
    std::string sql;
    if (scope.own) add_alternative(sql, "+" + row + ".owner_id = :me");
    if (!scope.units.empty())
        add_alternative(sql, "+" + row + ".unit_id IN (SELECT value FROM json_each(" +
                                 parameter("units", scoped, action) + "))");
    if (!scope.territories.empty())
        add_alternative(sql, "+" + row + ".territory_id IN (SELECT value FROM json_each(" +
                                 parameter("territories", scoped, action) + "))");
    if (scope.shared) add_alternative(sql, share_of(schema_, row + ".id", action));
    if (scope.given)
        if (const std::string condition = given(kind, row); condition != "0")
            add_alternative(sql, condition);
    if (scope.open) add_alternative(sql, "(" + open(kind, row) + ")");
    return sql.empty() ? "0" : sql + ")";
}

/// What a task of the user names, or its twin; and what is part of something the user answers for.
std::string Rights::given(const Kind& kind, const std::string& row) const {
    std::string sql;
    const auto add = [&](const std::string& condition) {
        (sql += sql.empty() ? "(" : " OR ") += "EXISTS (SELECT 1 FROM " + condition + ")";
    };
    const auto add_giving = [&](KindNumber target, const std::string& id) {
        each_giving(*catalogue_, target, [&](const Kind& task, const Column& column) {
            add(tasks_by(schema_, task, column) + " WHERE g.owner_id = :me AND g." +
                std::string(column.name) + " = " + id);
        });
    };
    add_giving(kind.number, row + ".id");
    if (const Column* column = kind.first_with(twin))
        add_giving(column->target, row + "." + std::string(column->name));
    if (const auto [other, column] = twin_of(*catalogue_, kind); other) {
        const std::string id = std::string(column->name), table = table_of(*other);
        each_giving(*catalogue_, other->number, [&](const Kind& task, const Column& giving) {
            add(table + " AS w CROSS JOIN " + tasks_by(schema_, task, giving) +
                " ON g.owner_id = :me AND g." + std::string(giving.name) + " = w.id WHERE w." + id +
                " = " + row + ".id");
        });
    }
    for (const Column& column : kind.columns)
        if (column.has(part_of))
            add(table_of(*catalogue_->kind(column.target)) + " AS g WHERE g.id = " + row + "." +
                std::string(column.name) + " AND +g.owner_id = :me");
    return sql.empty() ? "0" : sql + ")";
}

std::string Rights::given_ids(const Kind& kind) const {
    std::string sql;
    const auto add = [&](const std::string& select) {
        (sql += sql.empty() ? "" : " UNION ") += "SELECT " + select;
    };
    each_giving(*catalogue_, kind.number, [&](const Kind& task, const Column& column) {
        const std::string name(column.name);
        add("g." + name + " FROM " + tasks_by(schema_, task, column) +
            " WHERE g.owner_id = :me AND g." + name + " IS NOT NULL");
    });
    if (const Column* own = kind.first_with(twin))
        each_giving(*catalogue_, own->target, [&](const Kind& task, const Column& column) {
            add("w.id FROM " + tasks_by(schema_, task, column) + " CROSS JOIN " +
                std::string(kind.name) + " AS w ON w." + std::string(own->name) + " = g." +
                std::string(column.name) + " WHERE g.owner_id = :me AND g." +
                std::string(column.name) + " IS NOT NULL");
        });
    if (const auto [other, back] = twin_of(*catalogue_, kind); other)
        each_giving(*catalogue_, other->number, [&](const Kind& task, const Column& column) {
            add("w." + std::string(back->name) + " FROM " + tasks_by(schema_, task, column) +
                " CROSS JOIN " + std::string(other->name) + " AS w ON w.id = g." +
                std::string(column.name) + " WHERE g.owner_id = :me AND g." +
                std::string(column.name) + " IS NOT NULL");
        });
    for (const Column& column : kind.columns)
        if (column.has(part_of)) {
            const std::string name(column.name), table(catalogue_->kind(column.target)->name);
            add("p.id FROM " + table + " AS g CROSS JOIN " + std::string(kind.name) +
                " AS p ON p." + name + " = g.id WHERE g.owner_id = :me");
        }
    return sql;
}

std::string Rights::shared_ids(const Kind& kind) const {
    return "SELECT share.record_id FROM share WHERE (share.record_id & 255) = " +
           std::to_string(kind.number) +
           " AND share.grantee_id IN (SELECT value FROM json_each(:holders)) AND " +
           std::string(share_in_force);
}

std::string Rights::open(const Kind& kind, const std::string& alias) const {
    return alias + "." + std::string(kind.personal.shared) + " = 1 AND " + alias + "." +
           std::string(kind.personal.about) + " IN (SELECT value FROM json_each(:readable))";
}

/// Seen with the parent, and only where the far ends of its links are seen too.
std::string Rights::predicate_of_child(const Kind& kind, std::string_view alias,
                                       Action action) const {
    std::string sql;
    for (const Column& column : kind.columns) {
        if (!column.has(parent) && !column.has(link)) continue;
        const std::string expression = std::string(alias) + "." + std::string(column.name);
        add_condition(sql, predicate_of_ref(expression, column.target,
                                            column.has(parent) ? action : Action::read));
    }
    return sql.empty() ? "1" : sql;
}

std::string Rights::predicate_of_ref(std::string_view expression, KindNumber target,
                                     Action action) const {
    if (target == 0) return predicate_of_any(expression, action);
    const Kind* kind = catalogue_->kind(target);
    if (!kind) return "0";
    const std::string alias = alias_for(expression);
    const std::string condition = predicate(*kind, alias, action);
    const bool is_in_view = !are_over_views_ || sees_all(target);
    if (condition == "0" || (condition == "1" && is_in_view)) return condition;
    return "EXISTS (SELECT 1 FROM " + table_of(*kind) + " AS " + alias + " WHERE " + alias +
           ".id = " + std::string(expression) + " AND " + condition + ")";
}

std::string Rights::predicate_of_any(std::string_view expression, Action action) const {
    if (action == Action::read && sees_all_[0]) return "1";
    const std::string number = "(" + std::string(expression) + " & 255)";
    std::string cases, common;
    for (const Kind& kind : catalogue_->kinds()) {
        const std::string of_kind = std::to_string(kind.number);
        if (kind.role == Role::common) (common += common.empty() ? "" : ", ") += of_kind;
        if (kind.role == Role::root && !kind.stands_alone())
            cases +=
                " WHEN " + of_kind + " THEN " + predicate_of_ref(expression, kind.number, action);
    }
    const std::string others =
        action == Action::read || administers() ? number + " IN (" + common + ")" : "0";
    return cases.empty() ? others : "CASE " + number + cases + " ELSE " + others + " END";
}

/// Shares end with a day of the file's zone.
std::string_view Rights::today() const {
    return lasting_text(database_->zone().date_of(database_->now()));
}

void Rights::bind(storage::Use& use) const {
    use.bind_named(":me", user_);
    use.bind_named(":holders", std::string_view(holders_json_));
    if (uses_shares_) use.bind_named(":today", today());
    for (const auto& [name, ids] : parameters_) use.bind_named(name.c_str(), std::string_view(ids));
}

bool Rights::covers(storage::Connection& connection, const Kind& kind, Action action,
                    const void* record) const {
    if (kind.role == Role::child) {
        auto row = connection.use("SELECT 1 FROM " + std::string(kind.name) +
                                  " AS t WHERE t.id = :id AND " + predicate(kind, "t", action));
        bind(row);
        return row.bind_named(":id", static_cast<const Head*>(record)->id.value()).step();
    }
    return is_within(connection, kind, action, record, scope(kind_of_scopes(kind, record), action));
}

bool Rights::covers(storage::Connection& connection, const Kind& kind, Action action,
                    const void* record, std::string_view by) const {
    Scope scope;
    widen(scope, by);
    return is_within(connection, kind, action, record, scope);
}

bool Rights::covers_without_share(storage::Connection& connection, const Kind& kind, Action action,
                                  const void* record) const {
    Scope scope = this->scope(kind_of_scopes(kind, record), action);
    scope.shared = false;
    return is_within(connection, kind, action, record, scope);
}

const Kind& Rights::kind_of_scopes(const Kind& kind, const void* record) const {
    const Column* column = kind.first_with(twin);
    const bool is_twin = column && !column->get(record).is_null();
    return is_twin ? *catalogue_->kind(column->target) : kind;
}

bool Rights::is_within(storage::Connection& connection, const Kind& kind, Action action,
                       const void* record, const Scope& scope) const {
    const Head& head = *static_cast<const Head*>(record);
    return scope.all || (scope.own && head.owner.value() == user_) ||
           std::ranges::binary_search(scope.units, head.unit.value()) ||
           std::ranges::binary_search(scope.territories, head.territory.value()) ||
           (scope.shared && is_shared(connection, head.id, action)) ||
           (scope.given && is_given(connection, kind, record)) ||
           (scope.open && is_open(kind, record));
}

bool Rights::is_open(const Kind& kind, const void* record) const {
    if (kind.column(kind.personal.shared).get(record).integer() == 0) return false;
    const std::string_view about = kind.column(kind.personal.about).get(record).text();
    return std::ranges::any_of(catalogue_->kinds(), [&](const Kind& each) {
        return each.name == about && may_ever(each, Action::read);
    });
}

bool Rights::is_shared(storage::Connection& connection, Ref record, Action action) const {
    auto row = connection.use("SELECT " + share_of(schema_, ":record", action));
    bind(row);
    row.bind_named(":record", record.value()).bind_named(":today", today());
    return row.step() && row.integer(0) != 0;
}

bool Rights::is_given(storage::Connection& connection, const Kind& kind, const void* record) const {
    std::string fields = ":id AS id";
    for (const Column& column : kind.columns)
        if (column.has(twin) || column.has(part_of))
            fields += ", :" + std::string(column.name) + " AS " + std::string(column.name);
    auto row =
        connection.use("SELECT 1 FROM (SELECT " + fields + ") AS t WHERE " + given(kind, "t"));
    bind(row);
    row.bind_named(":id", static_cast<const Head*>(record)->id.value());
    for (const Column& column : kind.columns)
        if (column.has(twin) || column.has(part_of))
            row.bind_named((":" + std::string(column.name)).c_str(), column.get(record));
    return row.step();
}

}  // namespace crm::kernel
