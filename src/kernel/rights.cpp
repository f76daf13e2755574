#include "kernel/rights.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <mutex>
#include <optional>

#include "kernel/state.hpp"

namespace crm::kernel {
namespace {

constexpr std::string_view action_names[] = {"read",   "create", "change",
                                             "delete", "export", "assign"};

const Scope everything{.all = true};
const Scope nothing{};

using Ids = std::vector<std::int64_t>;

std::optional<Action> action_named(std::string_view name) {
    const auto found = std::ranges::find(action_names, name);
    if (found == std::end(action_names)) return std::nullopt;
    return static_cast<Action>(found - std::begin(action_names));
}

std::string json_of(const Ids& ids) {
    std::string text = "[";
    for (const auto id : ids) (text += text.size() > 1 ? "," : "") += std::to_string(id);
    return text + "]";
}

Ids ids_of(storage::Connection& connection, std::string_view sql, std::int64_t of) {
    Ids ids;
    auto rows = connection.use(sql);
    rows.bind(1, of);
    while (rows.step()) ids.push_back(rows.integer(0));
    return ids;
}

/// 0 for a user who is not active: they have no rights.
std::int64_t unit_of(storage::Connection& connection, Id<User> user) {
    auto row = connection.use("SELECT unit_id FROM user WHERE id = ?1 AND is_active");
    row.bind(1, user.value());
    return row.step() ? row.integer(0) : 0;
}

Ids groups_of(storage::Connection& connection, Id<User> user) {
    return ids_of(connection,
                  "SELECT group_id FROM user_group_member WHERE user_id = ?1 ORDER BY group_id",
                  user.value());
}

Ids units_below(storage::Connection& connection, std::int64_t unit) {
    Ids units = ids_of(connection,
                       "WITH RECURSIVE below(id) AS (SELECT ?1 UNION"
                       " SELECT unit.id FROM below CROSS JOIN unit ON unit.parent_id = below.id)"
                       " SELECT id FROM below",
                       unit);
    std::ranges::sort(units);
    return units;
}

void merge_into(Ids& ids, const Ids& more) {
    Ids merged;
    std::ranges::set_union(ids, more, std::back_inserter(merged));
    ids = std::move(merged);
}

void widen(Scope& scope, std::string_view by, std::int64_t unit, const Ids& below) {
    if (by == "all") scope.all = true;
    if (by == "own") scope.own = true;
    if (by == "shared") scope.shared = true;
    if (by == "unit") merge_into(scope.units, {unit});
    if (by == "units_below") merge_into(scope.units, below);
}

char shape_of(const Scope& scope) {
    const int bits = scope.all ? 15 : scope.own | scope.shared << 1 | !scope.units.empty() << 2;
    return static_cast<char>('a' + bits);
}

/// A small number for a text; the same in the whole process.
std::uint32_t interned(const std::string& text) {
    static std::mutex mutex;
    static std::map<std::string, std::uint32_t> numbers;
    const std::lock_guard lock(mutex);
    return numbers.try_emplace(text, static_cast<std::uint32_t>(numbers.size())).first->second;
}

std::string units_parameter(const Kind& kind, Action action) {
    return ":units_" + std::string(kind.name) + "_" + std::string(name_of(action));
}

/// An alias that nothing around can have: longer than every alias in the expression it stands for.
std::string alias_for(std::string_view expression) {
    std::string alias;
    for (const char c : expression) alias += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return alias + "_";
}

/// A share shows a record to read; only one of level 'change' opens it to any other action.
std::string share_of(std::string_view record, Action action) {
    std::string sql = "EXISTS (SELECT 1 FROM share WHERE share.record_id = ";
    sql.append(record) += " AND share.grantee_id IN (SELECT value FROM json_each(:grantees))";
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

}  // namespace

std::string_view name_of(Action action) { return action_names[static_cast<std::size_t>(action)]; }

std::shared_ptr<const Rights> Rights::resolve(const DatabaseState& database,
                                              storage::Connection& connection, Id<User> user) {
    const auto rights = std::make_shared<Rights>();
    rights->database_ = &database;
    rights->epoch_ = epoch_of(connection);
    rights->user_ = user.value();
    rights->grantees_ = groups_of(connection, user);
    rights->grantees_.insert(rights->grantees_.begin(), user.value());
    rights->grantees_json_ = json_of(rights->grantees_);
    rights->unit_ = unit_of(connection, user);
    if (const auto unit = rights->unit_) {
        const Ids below = units_below(connection, unit);
        auto rows = connection.use(
            "SELECT kind, action, scope FROM access_right WHERE holder_id IN (SELECT value FROM "
            "json_each(?1))");
        rows.bind(1, std::string_view(rights->grantees_json_));
        while (rows.step()) {
            if (rows.text(1) == "administer")
                rights->administers_ = true;
            else if (const auto action = action_named(rows.text(1)))
                rights->grant(rows.text(0), *action, rows.text(2), unit, below);
        }
    }
    rights->settle();
    return rights;
}

void Rights::grant(std::string_view kind, Action action, std::string_view scope, std::int64_t unit,
                   const Ids& below) {
    for (const Kind& each : database_->kinds)
        if (each.role == Role::root && (kind == "*" || kind == each.name))
            widen(scopes_[each.number][static_cast<std::size_t>(action)], scope, unit, below);
}

/// What follows from the scopes: parameters, what is seen whole, the shape.
void Rights::settle() {
    std::string shape = std::to_string(reinterpret_cast<std::uintptr_t>(database_->kinds.data()));
    bool all_roots = true;
    for (const Kind& kind : database_->kinds) {
        if (kind.role != Role::root) continue;
        const auto& scopes = scopes_[kind.number];
        for (std::size_t i = 0; i < action_count; ++i)
            if (!scopes[i].all && !scopes[i].units.empty())
                parameters_.emplace_back(units_parameter(kind, static_cast<Action>(i)),
                                         json_of(scopes[i].units));
        all_roots &= scope(kind, Action::read).all;
        shape += shape_of(scope(kind, Action::read));
    }
    sees_all_[0] = all_roots;
    shape_ = interned(shape);
    for (const Kind& kind : database_->kinds) {
        const std::string visible = predicate(kind, "t");
        sees_all_[kind.number] = visible == "1";
        sees_none_[kind.number] = visible == "0";
    }
}

const Scope& Rights::scope(const Kind& kind, Action action) const {
    if (kind.role == Role::root) return scopes_[kind.number][static_cast<std::size_t>(action)];
    if (kind.role == Role::common)
        return action == Action::read || administers_ ? everything : nothing;
    const Kind* owner = database_->kind(kind.parent_column()->target);
    if (owner) return scope(*owner, action);
    const bool all = std::ranges::all_of(database_->kinds, [&](const Kind& each) {
        return each.role != Role::root || scope(each, action).all;
    });
    return all ? everything : nothing;
}

std::string Rights::predicate(const Kind& kind, std::string_view alias, Action action) const {
    switch (kind.role) {
        case Role::root: return predicate_of_root(kind, alias, action);
        case Role::child: return predicate_of_child(kind, alias, action);
        default: return scope(kind, action).all ? "1" : "0";
    }
}

std::string Rights::predicate_of_root(const Kind& kind, std::string_view alias,
                                      Action action) const {
    const Scope& scope = this->scope(kind, action);
    if (scope.all || scope.none()) return scope.all ? "1" : "0";
    const std::string row(alias);
    std::string sql;
    if (scope.own) add_alternative(sql, "+" + row + ".owner_id = :me");
    if (!scope.units.empty())
        add_alternative(sql, "+" + row + ".unit_id IN (SELECT value FROM json_each(" +
                                 units_parameter(kind, action) + "))");
    if (scope.shared) add_alternative(sql, share_of(row + ".id", action));
    return sql + ")";
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
    const Kind* kind = database_->kind(target);
    if (!kind) return "0";
    const std::string alias = alias_for(expression);
    const std::string condition = predicate(*kind, alias, action);
    if (condition == "1" || condition == "0") return condition;
    return "EXISTS (SELECT 1 FROM " + std::string(kind->name) + " AS " + alias + " WHERE " + alias +
           ".id = " + std::string(expression) + " AND " + condition + ")";
}

std::string Rights::predicate_of_any(std::string_view expression, Action action) const {
    if (action == Action::read && sees_all_[0]) return "1";
    const std::string number = "(" + std::string(expression) + " & 255)";
    std::string cases, common;
    for (const Kind& kind : database_->kinds) {
        const std::string of_kind = std::to_string(kind.number);
        if (kind.role == Role::common) (common += common.empty() ? "" : ", ") += of_kind;
        if (kind.role == Role::root)
            cases +=
                " WHEN " + of_kind + " THEN " + predicate_of_ref(expression, kind.number, action);
    }
    const std::string others =
        action == Action::read || administers_ ? number + " IN (" + common + ")" : "0";
    return cases.empty() ? others : "CASE " + number + cases + " ELSE " + others + " END";
}

void Rights::bind(storage::Use& use) const {
    use.bind_named(":me", user_);
    use.bind_named(":grantees", std::string_view(grantees_json_));
    for (const auto& [name, ids] : parameters_) use.bind_named(name.c_str(), std::string_view(ids));
}

bool Rights::covers(storage::Connection& connection, const Kind& kind, Action action,
                    const Head& head) const {
    if (kind.role == Role::child) {
        auto row = connection.use("SELECT 1 FROM " + std::string(kind.name) +
                                  " AS t WHERE t.id = :id AND " + predicate(kind, "t", action));
        bind(row);
        return row.bind_named(":id", head.id.value()).step();
    }
    const Scope& scope = this->scope(kind, action);
    return scope.all || (scope.own && head.owner.value() == user_) ||
           std::ranges::binary_search(scope.units, head.unit.value()) ||
           (scope.shared && is_shared(connection, head.id, action));
}

bool Rights::is_shared(storage::Connection& connection, Ref record, Action action) const {
    auto row = connection.use("SELECT " + share_of(":record", action));
    row.bind_named(":record", record.value())
        .bind_named(":grantees", std::string_view(grantees_json_));
    return row.step() && row.integer(0) != 0;
}

}  // namespace crm::kernel
