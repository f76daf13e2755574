#include "kernel/sql.hpp"

#include <algorithm>
#include <array>

#include "crm/error.hpp"
#include "kernel/select.hpp"
#include "storage/user_sql.hpp"

namespace crm::kernel {
namespace {

constexpr std::size_t longest_text = 100'000;
constexpr int most_rows = 100'000;
constexpr std::size_t largest_result = std::size_t{64} << 20;

using storage::Connection;
using storage::UserStatement;

// ---- tables

/// What a text may name: the rows of a kind, its long texts or its properties.
struct Table {
    enum class Of : std::uint8_t { rows, bodies, properties };
    const Kind* kind;
    Of of;

    std::string name() const {
        constexpr std::string_view endings[] = {"", "_body", "_property"};
        return std::string(kind->name) + std::string(endings[static_cast<std::size_t>(of)]);
    }
    bool has(const Column& column) const {
        return of == (column.is_property() ? Of::properties
                      : column.has(body)   ? Of::bodies
                                           : Of::rows);
    }
};

std::vector<Table> tables_of(const Reading& reading) {
    std::vector<Table> tables;
    for (const Kind& kind : reading.catalogue().kinds()) {
        tables.push_back({&kind, Table::Of::rows});
        if (kind.has_body()) tables.push_back({&kind, Table::Of::bodies});
        if (!reading.plan(kind).properties.empty())
            tables.push_back({&kind, Table::Of::properties});
    }
    return tables;
}

/// Whether the session sees every row and every field of it.
bool is_seen_whole(const Table& table, const Rights& rights) {
    return rights.sees_all(table.kind->number) &&
           std::ranges::none_of(table.kind->columns, [&](const Column& column) {
               return table.has(column) && (rights.hides(*table.kind, column) ||
                                            may_be_hidden(*table.kind, column, rights));
           });
}

bool is_head(std::string_view column) {
    constexpr std::array<std::string_view, 7> head{
        "id", "version", "created_in", "changed_in", "owner_id", "unit_id", "territory_id"};
    return std::ranges::find(head, column) != head.end();
}

/// A column as the session reads it; one that no kind declares is nobody's to see.
std::string shown_column(const Table& table, const std::string& name, const Rights& rights) {
    const std::string stored = "t." + name;
    const Column* column = table.kind->find(name);
    if (!column) return is_head(name) ? stored : "NULL";
    if (rights.hides(*table.kind, *column)) return "NULL";
    if (!may_be_hidden(*table.kind, *column, rights)) return stored;
    return "CASE WHEN " + rights.predicate_of_ref(stored, column->target) + " THEN " + stored +
           " END";
}

// ---- copies

/// Fills tables of the connection's own with what the session sees of the file's. A predicate in
/// the user's text that raises errors would else be tried on hidden rows. They go with the read.
class Copies {
public:
    Copies(const Reading& reading, std::int64_t limit) : reading_(reading), left_(limit) {}

    void make(const Table& table) {
        const std::string name = table.name();
        const auto [columns, values] = columns_of(table);
        connection().execute("CREATE TEMP TABLE copy_of_" + name + " (" + columns + ")");
        fill(table, "INSERT INTO temp.copy_of_" + name + " SELECT " + values + " FROM ");
        made_.push_back(name);
    }

    /// From here on the names mean the copies; rights, which say what is copied, read the file.
    storage::Names shadow() {
        for (const std::string& name : made_)
            connection().execute("ALTER TABLE temp.copy_of_" + name + " RENAME TO " + name);
        return {made_.begin(), made_.end()};
    }

private:
    Connection& connection() const { return reading_.connection(); }

    /// As declared in the file, and as read by the session.
    std::pair<std::string, std::string> columns_of(const Table& table) const {
        std::string columns, values;
        const auto row = connection().use("SELECT * FROM main." + table.name() + " LIMIT 0");
        for (int i = 0; i < row.columns(); ++i) {
            const std::string name = row.column_name(i), separator = i == 0 ? "" : ", ";
            columns += separator + name + " " + row.column_type(i);
            if (name == "id") columns += " PRIMARY KEY";
            values += separator + shown_column(table, name, reading_.rights());
        }
        return {columns, values};
    }

    void fill(const Table& table, const std::string& insert) {
        const VisibleIds ids = visible_ids(reading_, *table.kind);
        if (ids.sql.empty()) return;
        auto rows = connection().use(insert + "(" + ids.sql + ") AS q CROSS JOIN main." +
                                     table.name() + " AS t ON t.id = q.id LIMIT :limit");
        ids.bind(reading_.rights(), rows);
        rows.bind_named(":limit", left_ + 1).run();
        left_ -= connection().changes();
        if (left_ < 0)
            throw LimitExceeded(
                "sql: the tables it names hold too many rows that you see in part; use filters and "
                "lists, an export, or a higher limit of copied rows");
    }

    const Reading& reading_;
    std::int64_t left_;
    std::vector<std::string> made_;
};

/// Sorts the tables that a text names into those read in place and those copied.
storage::Readable made_readable(const Reading& reading, std::string_view text,
                                std::int64_t copied) {
    const auto tables = tables_of(reading);
    storage::Readable all, found;
    for (const Table& table : tables) all.main.insert(table.name());
    const auto named = storage::tables_named(reading.connection(), text, all);
    Copies copies(reading, copied);
    for (const Table& table : tables)
        if (is_seen_whole(table, reading.rights()))
            found.main.insert(table.name());
        else if (named.contains(table.name()))
            copies.make(table);
    found.temp = copies.shadow();
    return found;
}

// ---- parameters and rows

/// A parameter with a sign before its name, or by place.
bool is_for(const SqlParameter& given, std::size_t index, const UserStatement& statement,
            int place) {
    if (given.name.empty()) return static_cast<int>(index) + 1 == place;
    return std::string_view(statement.parameter_name(place)).substr(1) == given.name;
}

void bind_all(UserStatement& statement, const std::vector<SqlParameter>& parameters) {
    std::vector<bool> bound(static_cast<std::size_t>(statement.parameters()));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        bool is_used = false;
        for (int place = 1; place <= statement.parameters(); ++place) {
            if (!is_for(parameters[i], i, statement, place)) continue;
            statement.bind(place, parameters[i].value);
            bound[static_cast<std::size_t>(place) - 1] = is_used = true;
        }
        if (!is_used)
            throw Invalid("sql", std::string(parameters[i].name),
                          "is a parameter that the text does not have");
    }
    const auto missing = std::ranges::find(bound, false);
    if (missing != bound.end())
        throw Invalid("sql",
                      statement.parameter_name(static_cast<int>(missing - bound.begin()) + 1),
                      "a value for it is missing");
}

SqlValue owned(const Value& value) {
    switch (value.type()) {
        case Value::Type::integer: return value.integer();
        case Value::Type::real: return value.real();
        case Value::Type::text: return std::string(value.text());
        case Value::Type::blob: return Blob{std::string(value.text())};
        default: return {};
    }
}

/// Reads rows up to the limit; the one beyond tells that there are more.
SqlResult rows_of(UserStatement& statement, int limit) {
    SqlResult result;
    std::size_t bytes = 0;
    for (int i = 0; i < statement.columns(); ++i)
        result.columns.push_back(statement.column_name(i));
    while (statement.step()) {
        result.more = result.rows.size() == static_cast<std::size_t>(limit);
        if (result.more) break;
        auto& row = result.rows.emplace_back();
        row.reserve(result.columns.size());
        for (int i = 0; i < statement.columns(); ++i) {
            const Value value = statement.value(i);
            bytes += sizeof(SqlValue) + value.text().size();
            row.push_back(owned(value));
        }
        if (bytes > largest_result)
            throw LimitExceeded(
                "sql: the result is larger than 64 MB; ask for fewer rows or columns");
    }
    return result;
}

void check_request(const SessionState& session, std::string_view text, const SqlOptions& options) {
    if (session.transaction)
        throw Misuse("SQL reads what is committed: run it before the unit of work, or after");
    if (text.size() > longest_text) throw LimitExceeded("sql: a text has at most 100 KB");
    if (text.find('\0') != text.npos) throw Invalid("sql", "", "holds a NUL byte");
    if (options.limit < 1 || options.limit > most_rows)
        throw Invalid("sql", "limit", "is a number of rows, from 1 to 100,000");
    if (options.copied < 0) throw Invalid("sql", "copied", "is a number of rows, 0 or more");
}

}  // namespace

SqlResult sql(SessionState& session, std::string_view text,
              const std::vector<SqlParameter>& parameters, const SqlOptions& options) {
    check_request(session, text, options);
    const Reading reading(session, session.database->file->read_for_users());
    const auto readable = made_readable(reading, text, options.copied);
    UserStatement statement(reading.connection(), text, readable);
    bind_all(statement, parameters);
    return rows_of(statement, options.limit);
}

}  // namespace crm::kernel
