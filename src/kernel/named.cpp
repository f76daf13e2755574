#include "kernel/named.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <stdexcept>
#include <string>
#include <unordered_map>

#include "kernel/select.hpp"
#include "kernel/texts.hpp"
#include "storage/embedded.hpp"

namespace crm::kernel {
namespace {

using storage::NamedQuery;

// ---- words of SQL

/// A word, a quoted name or one sign of SQL; literals and comments are none.
struct Lexeme {
    enum class Type { end, word, sign, literal } type = Type::end;
    std::string_view text{};  ///< of a quoted name what is between the quotes
    std::size_t begin = 0, end = 0;
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::size_t after_comment(std::string_view sql, std::size_t at) {
    const bool line = sql.substr(at, 2) == "--";
    if (!line && sql.substr(at, 2) != "/*") return at;
    const auto end = sql.find(line ? "\n" : "*/", at + 2);
    return end == sql.npos ? sql.size() : end + (line ? 1 : 2);
}

std::size_t after_blank(std::string_view sql, std::size_t at) {
    while (at < sql.size()) {
        const bool space = std::isspace(static_cast<unsigned char>(sql[at]));
        const auto next = space ? at + 1 : after_comment(sql, at);
        if (next == at) break;
        at = next;
    }
    return at;
}

Lexeme quoted_at(std::string_view sql, std::size_t at) {
    const char close = sql[at] == '[' ? ']' : sql[at];
    const auto end = std::min(sql.find(close, at + 1), sql.size());
    const auto type = sql[at] == '\'' ? Lexeme::Type::literal : Lexeme::Type::word;
    return {type, sql.substr(at + 1, end - at - 1), at, std::min(end + 1, sql.size())};
}

Lexeme lexeme_at(std::string_view sql, std::size_t at) {
    at = after_blank(sql, at);
    if (at == sql.size()) return {Lexeme::Type::end, {}, at, at};
    if (std::string_view("'\"`[").find(sql[at]) != std::string_view::npos)
        return quoted_at(sql, at);
    std::size_t end = at;
    while (end < sql.size() && is_word(sql[end])) ++end;
    const auto type = end > at ? Lexeme::Type::word : Lexeme::Type::sign;
    end = std::max(end, at + 1);
    return {type, sql.substr(at, end - at), at, end};
}

bool is(const Lexeme& lexeme, std::string_view word) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return lexeme.type != Lexeme::Type::literal && std::ranges::equal(lexeme.text, word, {}, lower);
}

bool is_one_of(const Lexeme& lexeme, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return is(lexeme, word); });
}

// ---- what a query may read

constexpr std::string_view before_tables[] = {"from", "join", ",", "in"};
constexpr std::string_view system_tables[] = {"change",        "created",      "run",
                                              "sequence",      "meta",         "sqlite_schema",
                                              "sqlite_master", "file_content", "file_use"};
constexpr std::string_view after_tables[] = {"where",     "join",   "left",   "inner",  "cross",
                                             "natural",   "full",   "right",  "on",     "using",
                                             "group",     "order",  "limit",  "having", "union",
                                             "intersect", "except", "window", "not",    "indexed"};

/// The table itself, its long texts, its search index.
bool is_table_of(std::string table, const Kind& kind) {
    std::ranges::transform(table, table.begin(), [](unsigned char c) { return std::tolower(c); });
    if (!table.starts_with(kind.name)) return false;
    table.erase(0, kind.name.size());
    return table.empty() || table == "_body" || table == "_property" || table == "_text" ||
           table.starts_with("_fts");
}

bool is_under_rights(const Lexeme& table, std::span<const Kind> kinds) {
    return is_one_of(table, system_tables) || std::ranges::any_of(kinds, [&](const Kind& kind) {
               return kind.role != Role::common && is_table_of(std::string(table.text), kind);
           });
}

/// Puts the rows that the session sees in place of `visible.<kind>`.
class Expansion {
public:
    Expansion(const NamedQuery& query, const DatabaseState& database, const Rights& rights)
        : query_(query), database_(database), rights_(rights) {}

    std::string sql() {
        while (true) {
            const Lexeme next = lexeme_at(query_.sql, at_);
            if (next.type == Lexeme::Type::end) break;
            if (is(next, "visible"))
                add_visible(next);
            else
                add(next);
        }
        while (!sql_.empty() &&
               (sql_.back() == ';' || std::isspace(static_cast<unsigned char>(sql_.back()))))
            sql_.pop_back();
        return std::move(sql_);
    }

private:
    [[noreturn]] void refuse(const std::string& reason) const {
        throw std::logic_error("named query " + std::string(query_.name) + ": " + reason);
    }

    /// Copies a lexeme, with one blank for what stood before it.
    void add(const Lexeme& lexeme) {
        if (is_table_place_ && is_under_rights(lexeme, database_.kinds))
            refuse("reads " + std::string(lexeme.text) + " and not visible." +
                   std::string(lexeme.text));
        if (!is(lexeme, "(")) is_table_place_ = is_one_of(lexeme, before_tables);
        if (lexeme.begin > at_ && !sql_.empty()) sql_ += ' ';
        sql_.append(query_.sql.substr(lexeme.begin, lexeme.end - lexeme.begin));
        at_ = lexeme.end;
    }

    void add_visible(const Lexeme& visible) {
        const Lexeme dot = lexeme_at(query_.sql, visible.end),
                     table = lexeme_at(query_.sql, dot.end);
        if (!is(dot, ".") || table.type != Lexeme::Type::word)
            refuse("visible is followed by the name of a kind");
        (sql_ += ' ') += source(table.text);
        at_ = table.end;
        is_table_place_ = false;
        const Lexeme next = lexeme_at(query_.sql, at_);
        const bool named = next.type == Lexeme::Type::word && !is_one_of(next, after_tables);
        if (!named) (sql_ += " AS ") += table.text;
    }

    std::string source(std::string_view table) const {
        for (const Kind& kind : database_.kinds) {
            if (table == kind.name) return rows(kind);
            if (kind.has_body() && table == std::string(kind.name) + "_body") return bodies(kind);
        }
        refuse("there is no visible." + std::string(table));
    }

    std::string rows(const Kind& kind) const {
        const std::string predicate = rights_.predicate(kind, "v"), table(kind.name);
        if (predicate == "1" && !hides(kind, false)) return table;
        return "(SELECT " + columns(kind, false) + " FROM " + table + " AS v WHERE " + predicate +
               ")";
    }
    std::string bodies(const Kind& kind) const {
        const std::string table = std::string(kind.name) + "_body";
        const std::string visible = rights_.predicate_of_ref("v.id", kind.number);
        if (visible == "1" && !hides(kind, true)) return table;
        return "(SELECT " + columns(kind, true) + " FROM " + table + " AS v WHERE " + visible + ")";
    }

    bool hides(const Kind& kind, bool of_body) const {
        return std::ranges::any_of(kind.columns, [&](const Column& column) {
            return column.has(body) == of_body && rights_.hides(kind, column);
        });
    }
    /// All of a table, hidden ones as NULL.
    std::string columns(const Kind& kind, bool of_body) const {
        if (!hides(kind, of_body)) return "*";
        std::string sql = "v.id";
        if (!of_body) sql += ", v.version, v.created_in, v.changed_in";
        if (!of_body && kind.role == Role::root) sql += ", v.owner_id, v.unit_id, v.territory_id";
        for (const Column& column : kind.columns) {
            if (column.has(body) != of_body) continue;
            const std::string name(column.name);
            sql += rights_.hides(kind, column) ? ", NULL AS " + name : ", v." + name;
        }
        return sql;
    }

    const NamedQuery& query_;
    const DatabaseState& database_;
    const Rights& rights_;
    std::size_t at_ = 0;
    bool is_table_place_ = false;
    std::string sql_;
};

// ---- finding and binding

const NamedQuery& query_named(std::string_view name) {
    static const auto queries = [] {
        std::unordered_map<std::string_view, const NamedQuery*> by_name;
        for (const NamedQuery& query : storage::embedded_queries())
            by_name.emplace(query.name, &query);
        return by_name;
    }();
    const auto found = queries.find(name);
    if (found == queries.end())
        throw std::logic_error("there is no named query " + std::string(name));
    return *found->second;
}

std::string text_for(const NamedQuery& query, const Reading& reading) {
    const std::string sql = expand(query, reading.database(), reading.rights());
    return reading.rights().are_over_views() ? sql + " /* a view */" : sql;
}

void bind_parameters(storage::Use& use, std::initializer_list<Parameter> parameters) {
    for (const auto& [name, value] : parameters) use.bind_named(name, value);
}

/// The LIMIT keeps the query's order in the join, too: SQLite drops an ORDER BY that has none.
std::string text_of_records(const NamedQuery& query, const Reading& reading, const Kind& kind,
                            bool bodies) {
    if (query.unfiltered)
        throw std::logic_error("named query " + std::string(query.name) +
                               " is unfiltered: its records are for nobody");
    return "WITH q AS (SELECT * FROM (" + text_for(query, reading) + ") LIMIT :crm_limit) SELECT " +
           select_list(kind, reading.rights(), "t", bodies) + " FROM q CROSS JOIN " +
           from_clause(kind, "t", false) + " ON t.id = q.id" + body_join(kind, "t", bodies);
}

/// One after the other: a join with views would be split in two, without the query's order.
std::vector<AnyRecord> records_over_views(Reading& reading, std::string_view name,
                                          std::initializer_list<Parameter> parameters, bool bodies,
                                          std::size_t limit) {
    std::vector<Ref> ids;
    auto rows = named_query(reading, name, parameters);
    while (ids.size() < limit && rows.step()) ids.emplace_back(rows.integer(0));
    std::vector<AnyRecord> records;
    for (const Ref id : ids)
        if (auto record = find(reading, id, bodies)) records.push_back(std::move(*record));
    return records;
}

}  // namespace

std::string expand(const NamedQuery& query, const DatabaseState& database, const Rights& rights) {
    return query.unfiltered ? std::string(query.sql) : Expansion(query, database, rights).sql();
}

storage::Use named_query(Reading& reading, std::string_view name,
                         std::initializer_list<Parameter> parameters) {
    const NamedQuery& query = query_named(name);
    auto use = use_shaped(reading.connection(), reading.rights(), &query, 0,
                          [&] { return text_for(query, reading); });
    bind_parameters(use, parameters);
    return use;
}

std::vector<AnyRecord> records_of(Reading& reading, const Kind& given, std::string_view name,
                                  std::initializer_list<Parameter> parameters, bool bodies,
                                  std::size_t limit) {
    if (reading.rights().are_over_views())
        return records_over_views(reading, name, parameters, bodies, limit);
    const Kind& kind = *reading.plan(given).kind;
    const NamedQuery& query = query_named(name);
    auto rows = use_shaped(reading.connection(), reading.rights(), &query, kind.number * 2 + bodies,
                           [&] { return text_of_records(query, reading, kind, bodies); });
    bind_parameters(rows, parameters);
    rows.bind_named(":crm_limit", static_cast<std::int64_t>(limit));
    std::vector<AnyRecord> records;
    while (rows.step())
        read_row(rows, 0, kind, reading.rights(), bodies, records.emplace_back(kind).data());
    return records;
}

bool exists(storage::Connection& connection, std::string_view name,
            std::initializer_list<Parameter> parameters) {
    const NamedQuery& query = query_named(name);
    if (!query.unfiltered)
        throw std::logic_error("named query " + std::string(name) + " is not unfiltered");
    auto rows = connection.use(query.sql);
    bind_parameters(rows, parameters);
    return rows.step();
}

}  // namespace crm::kernel
