/// Prepared statements of our own: bound without copying, read by ordinal, reset and cleared by a
/// guard.
#pragma once

#include <cstdint>
#include <string_view>

#include "crm/time.hpp"
#include "crm/value.hpp"

struct sqlite3_stmt;

namespace crm::storage {

class Connection;

/// The use of one cached statement for one execution. Binds without copying: what is bound must
/// outlive the use. The destructor resets the statement and clears its bindings, however the scope
/// ends. A statement can be used once at a time; nested use of the same text gets a second copy.
class Use {
public:
    Use(Connection& connection, sqlite3_stmt* statement, void* entry);
    Use(Use&& other) noexcept;
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    Use& operator=(Use&&) = delete;
    ~Use();

    /// Binds parameter `index` (from 1). Text and blob are not copied.
    Use& bind(int index, const Value& value);
    Use& bind(int index, std::int64_t value);
    Use& bind(int index, std::string_view value);
    /// Binds each occurrence of the named parameter (":name"); does nothing where the text has
    /// none.
    Use& bind_named(const char* name, const Value& value);

    /// Advances to the next row; false at the end. Throws the error tree.
    bool step();
    /// Executes to the end, ignoring rows.
    void run();
    /// Resets for another execution, keeping the bindings.
    void reset();

    int columns() const;
    const char* column_name(int column) const;
    /// As declared: "INTEGER"; empty for an expression.
    const char* column_type(int column) const;
    /// Borrowed: valid until the next step, reset or the end of the use.
    Value value(int column) const;
    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    /// An instant, stored as microseconds since 1970 in UTC.
    Time time(int column) const;
    double real(int column) const;
    std::string_view text(int column) const;

private:
    Connection* connection_;
    sqlite3_stmt* statement_;
    void* entry_;  // the cache entry to give back to
};

/// Binds without copying; a result code of SQLite's.
int bind_value(sqlite3_stmt* statement, int index, const Value& value);
/// Borrowed until the next step.
Value column_value(sqlite3_stmt* statement, int column);

}  // namespace crm::storage
