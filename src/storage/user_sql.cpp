#include "storage/user_sql.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <memory>

#include "crm/error.hpp"
#include "storage/connection_impl.hpp"

namespace crm::storage {
namespace {

constexpr int longest_value = 1 << 20;  // a body is at most 1,000,000 bytes

/// Functions that compute from their arguments alone, or from the clock.
const Names functions{
    // values
    "abs", "char", "coalesce", "concat", "concat_ws", "crm_fold", "format", "glob", "hex", "ifnull",
    "iif", "if", "instr", "length", "like", "likelihood", "likely", "lower", "ltrim", "max", "min",
    "nullif", "octet_length", "printf", "quote", "random", "randomblob", "replace", "round",
    "rtrim", "sign", "substr", "substring", "trim", "typeof", "unhex", "unicode", "unlikely",
    "upper", "zeroblob",
    // mathematics
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "ceiling", "cos", "cosh",
    "degrees", "exp", "floor", "ln", "log", "log10", "log2", "mod", "pi", "pow", "power", "radians",
    "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
    // aggregates and windows
    "avg", "count", "group_concat", "string_agg", "sum", "total", "row_number", "rank",
    "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value",
    "nth_value",
    // dates
    "current_date", "current_time", "current_timestamp", "date", "datetime", "julianday",
    "strftime", "time", "timediff", "unixepoch",
    // JSON
    "->", "->>", "json", "json_array", "json_array_length", "json_error_position", "json_extract",
    "json_group_array", "json_group_object", "json_insert", "json_object", "json_patch",
    "json_quote", "json_remove", "json_replace", "json_set", "json_type", "json_valid"};

/// Tables that only take their arguments apart.
const Names json_tables{"json_each", "json_tree"};

bool is_name(std::string_view a, std::string_view b) {
    return !NameLess{}(a, b) && !NameLess{}(b, a);
}

}  // namespace

/// Answers SQLite's authorizer for one text, and keeps what it was asked.
class UserAuthorizer {
public:
    explicit UserAuthorizer(const Readable& readable) : readable_(readable) {}

    int answer(int action, const char* first, const char* second, const char* database) {
        switch (action) {
            case SQLITE_SELECT:
            case SQLITE_RECURSIVE: return SQLITE_OK;
            case SQLITE_FUNCTION: return may_call(second ? second : "");
            case SQLITE_READ: return may_read(first ? first : "", database);
            case SQLITE_PRAGMA: return refuse("PRAGMA is not for SQL of your own");
            case SQLITE_ATTACH:
            case SQLITE_DETACH: return refuse("no other file may be attached");
            case SQLITE_TRANSACTION:
            case SQLITE_SAVEPOINT: return refuse("each query is a transaction of its own");
            default: return refuse("only SELECT may be run: changes are made by commands");
        }
    }
    bool lets(std::string_view table) const { return readable_.main.contains(table); }
    const Names& named() const { return named_; }
    const std::string& refusal() const { return refusal_; }
    int refuse(std::string reason) {
        if (refusal_.empty()) refusal_ = std::move(reason);
        return SQLITE_DENY;
    }
    int refuse_table(std::string_view table) {
        return refuse("\"" + std::string(table) +
                      "\" may not be read: the tables are the kinds of record, such as party, and "
                      "their long texts, such as party_body");
    }

private:
    int may_call(std::string_view function) {
        if (functions.contains(function)) return SQLITE_OK;
        return refuse("the function " + std::string(function) + "() may not be used");
    }

    /// Without a database it is a name as the text spells it, of which no column is read: a table
    /// or an expression of WITH, which one the program tells.
    int may_read(std::string_view table, const char* database) {
        if (readable_.main.contains(table)) named_.emplace(table);
        if (!database) return SQLITE_OK;
        const bool is_temp = is_name(database, "temp");
        if (is_temp && readable_.temp.contains(table)) return SQLITE_OK;
        if (!is_temp && (readable_.main.contains(table) || json_tables.contains(table)))
            return SQLITE_OK;
        return refuse_table(table);
    }

    const Readable& readable_;
    Names named_{};
    std::string refusal_{};
};

namespace {

int authorize(void* authorizer, int action, const char* first, const char* second,
              const char* database, const char*) try {
    return static_cast<UserAuthorizer*>(authorizer)->answer(action, first, second, database);
} catch (...) {
    return SQLITE_DENY;
}

/// The trees of the file's tables, by their roots; those of the schema itself are none.
std::map<std::int64_t, std::string> table_trees(Connection& connection) {
    std::map<std::int64_t, std::string> trees;
    auto rows =
        connection.use("SELECT rootpage, tbl_name FROM main.sqlite_schema WHERE rootpage > 0");
    while (rows.step()) trees.emplace(rows.integer(0), rows.text(1));
    return trees;
}

using Prepared = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

bool opens_tree(std::string_view opcode) {
    return opcode == "OpenRead" || opcode == "OpenWrite" || opcode == "ReopenIdx";
}

std::string_view text_at(sqlite3_stmt* row, int column) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    return text ? text : "";
}

}  // namespace

bool NameLess::operator()(std::string_view a, std::string_view b) const {
    const int order =
        sqlite3_strnicmp(a.data(), b.data(), static_cast<int>(std::min(a.size(), b.size())));
    return order != 0 ? order < 0 : a.size() < b.size();
}

struct UserStatement::Impl {
    Impl(Connection& on, std::string_view sql, const Readable& readable)
        : connection(on.impl()),
          handle(connection.handle),
          authorizer(readable),
          trees(table_trees(on)),
          longest(sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, longest_value)) {
        sqlite3_set_authorizer(handle, authorize, &authorizer);
        try {
            prepare(sql);
        } catch (...) {
            release();
            throw;
        }
    }
    ~Impl() { release(); }

    void release() noexcept {
        statement.reset();
        sqlite3_set_authorizer(handle, nullptr, nullptr);
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, longest);
    }

    void prepare(std::string_view sql) {
        std::string_view rest = sql;
        statement = prepare_next(rest);
        if (!statement) throw Invalid{"sql", "", "is empty: one SELECT is needed"};
        while (!rest.empty())
            if (prepare_next(rest)) throw Invalid{"sql", "", "one statement at a time"};
        if (sqlite3_stmt_isexplain(statement.get()) != 0)
            authorizer.refuse("EXPLAIN is not for SQL of your own");
        if (sqlite3_stmt_readonly(statement.get()) == 0)
            authorizer.refuse("only SELECT may be run");
        if (!authorizer.refusal().empty()) fail(SQLITE_AUTH);
        check_program("EXPLAIN " + std::string(sql));
    }

    /// Not by the cache, and not shown to who observes the library's own texts.
    Prepared prepare_next(std::string_view& sql) {
        sqlite3_stmt* made = nullptr;
        const char* tail = nullptr;
        const int code =
            sqlite3_prepare_v3(handle, sql.data(), static_cast<int>(sql.size()), 0, &made, &tail);
        Prepared prepared{made, sqlite3_finalize};
        if (code != SQLITE_OK) fail(code);
        sql.remove_prefix(static_cast<std::size_t>(tail - sql.data()));
        return prepared;
    }

    /// Refuses a program that opens a tree of a table which is not let, however the text came by
    /// it.
    void check_program(std::string_view explain) {
        const Prepared program = prepare_next(explain);
        int code = SQLITE_ROW;
        while ((code = sqlite3_step(program.get())) == SQLITE_ROW)
            if (opens_tree(text_at(program.get(), 1)))
                check_tree(sqlite3_column_int64(program.get(), 3),
                           sqlite3_column_int64(program.get(), 4));
        if (code != SQLITE_DONE) fail(code);
    }

    /// Of database 0, the file, or 1, the temporary one, where all but the schema is made for us.
    void check_tree(std::int64_t root, std::int64_t database) {
        constexpr std::int64_t schema_root = 1;
        if (database == 1 && root != schema_root) return;
        const auto table = trees.find(root);
        const bool is_known = database == 0 && table != trees.end();
        if (is_known && authorizer.lets(table->second)) return;
        authorizer.refuse_table(is_known ? table->second : "sqlite_schema");
        fail(SQLITE_AUTH);
    }

    [[noreturn]] void fail(int code);

    Connection::Impl& connection;
    sqlite3* handle;
    UserAuthorizer authorizer;
    std::map<std::int64_t, std::string> trees;
    int longest;
    Prepared statement{nullptr, sqlite3_finalize};
};

/// SQLite's words for the user's own text; what concerns the file is the same as everywhere.
void UserStatement::Impl::fail(int code) {
    if (!authorizer.refusal().empty()) throw Denied{"sql: " + authorizer.refusal()};
    switch (code & 0xff) {
        case SQLITE_AUTH: throw Denied{"sql: this may not be read"};
        case SQLITE_ERROR:
        case SQLITE_MISMATCH:
        case SQLITE_RANGE:
        case SQLITE_CONSTRAINT: throw Invalid{"sql", "", sqlite3_errmsg(handle)};
        case SQLITE_TOOBIG:
            throw LimitExceeded{"sql: a text or a value is too long: 1 MB is the most"};
        default: connection.fail(code, "SQL of a user");
    }
}

Names tables_named(Connection& connection, std::string_view sql, const Readable& readable) {
    const UserStatement statement{connection, sql, readable};
    return statement.named();
}

UserStatement::UserStatement(Connection& connection, std::string_view sql, const Readable& readable)
    : impl_(std::make_unique<Impl>(connection, sql, readable)) {}
UserStatement::~UserStatement() = default;

const Names& UserStatement::named() const { return impl_->authorizer.named(); }

int UserStatement::parameters() const {
    return sqlite3_bind_parameter_count(impl_->statement.get());
}

std::string UserStatement::parameter_name(int place) const {
    const char* name = sqlite3_bind_parameter_name(impl_->statement.get(), place);
    return name ? name : "?" + std::to_string(place);
}

void UserStatement::bind(int place, const Value& value) {
    const int code = bind_value(impl_->statement.get(), place, value);
    if (code != SQLITE_OK) impl_->fail(code);
}

bool UserStatement::step() {
    const int code = sqlite3_step(impl_->statement.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) impl_->fail(code);
    return code == SQLITE_ROW;
}

int UserStatement::columns() const { return sqlite3_column_count(impl_->statement.get()); }

std::string UserStatement::column_name(int column) const {
    const char* name = sqlite3_column_name(impl_->statement.get(), column);
    return name ? name : "";
}

Value UserStatement::value(int column) const {
    return column_value(impl_->statement.get(), column);
}

}  // namespace crm::storage
