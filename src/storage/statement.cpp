#include "storage/statement.hpp"

#include <sqlite3.h>

#include <cstring>
#include <utility>

#include "storage/connection_impl.hpp"

namespace crm::storage {
namespace {

StatementCache::Entry& entry_of(void* entry) { return *static_cast<StatementCache::Entry*>(entry); }

/// A null pointer would bind NULL where an empty text is meant.
const char* data_of(std::string_view text) { return text.data() ? text.data() : ""; }

/// The number of a named parameter, or 0. Where many are bound, it is mostly in their order: the
/// one after the last is tried before SQLite compares the name with all of them.
int index_of(sqlite3_stmt* statement, const char* name, int& last) {
    const char* next = sqlite3_bind_parameter_name(statement, last + 1);
    if (next && std::strcmp(next, name) == 0) return ++last;
    return last = sqlite3_bind_parameter_index(statement, name);
}

std::string_view bytes_of(sqlite3_stmt* statement, int column, const void* data) {
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return {static_cast<const char*>(data), data ? size : 0};
}

}  // namespace

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
    switch (value.type()) {
        case Value::Type::null: return sqlite3_bind_null(statement, index);
        case Value::Type::integer: return sqlite3_bind_int64(statement, index, value.integer());
        case Value::Type::real: return sqlite3_bind_double(statement, index, value.real());
        case Value::Type::text:
            return sqlite3_bind_text64(statement, index, data_of(value.text()), value.text().size(),
                                       SQLITE_STATIC, SQLITE_UTF8);
        case Value::Type::blob:
            return sqlite3_bind_blob64(statement, index, data_of(value.text()), value.text().size(),
                                       SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

Value column_value(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER: return Value{std::int64_t{sqlite3_column_int64(statement, column)}};
        case SQLITE_FLOAT: return Value{sqlite3_column_double(statement, column)};
        case SQLITE_TEXT:
            return Value{bytes_of(statement, column, sqlite3_column_text(statement, column))};
        case SQLITE_BLOB:
            return Value::blob(bytes_of(statement, column, sqlite3_column_blob(statement, column)));
        default: return {};
    }
}

Use::Use(Connection& connection, sqlite3_stmt* statement, void* entry)
    : connection_(&connection), statement_(statement), entry_(entry) {}

Use::Use(Use&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      entry_(other.entry_) {}

Use::~Use() {
    if (!statement_) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    connection_->impl().cache.give_back(entry_of(entry_));
}

Use& Use::bind(int index, const Value& value) {
    const int code = bind_value(statement_, index, value);
    if (code != SQLITE_OK) connection_->impl().fail(code, sqlite3_sql(statement_));
    return *this;
}

Use& Use::bind(int index, std::int64_t value) {
    const int code = sqlite3_bind_int64(statement_, index, value);
    if (code != SQLITE_OK) connection_->impl().fail(code, sqlite3_sql(statement_));
    return *this;
}

Use& Use::bind(int index, std::string_view value) { return bind(index, Value{value}); }

Use& Use::bind_named(const char* name, const Value& value) {
    const int index = index_of(statement_, name, entry_of(entry_).last_named);
    return index == 0 ? *this : bind(index, value);
}

bool Use::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) connection_->impl().fail(code, sqlite3_sql(statement_));
    return false;
}

void Use::run() {
    while (step()) {}
    reset();
}

void Use::reset() { sqlite3_reset(statement_); }

int Use::columns() const { return sqlite3_column_count(statement_); }

const char* Use::column_name(int column) const { return sqlite3_column_name(statement_, column); }

const char* Use::column_type(int column) const {
    const char* type = sqlite3_column_decltype(statement_, column);
    return type ? type : "";
}

Value Use::value(int column) const { return column_value(statement_, column); }

bool Use::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Use::integer(int column) const { return sqlite3_column_int64(statement_, column); }

Time Use::time(int column) const { return Time{std::chrono::microseconds{integer(column)}}; }

double Use::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view Use::text(int column) const {
    return bytes_of(statement_, column, sqlite3_column_text(statement_, column));
}

}  // namespace crm::storage
