/// SQL that a user wrote: one statement that can only read, and only the tables that it is let.
///
/// Two guards that do not trust each other: SQLite's authorizer, asked while the text is prepared,
/// and the compiled program, whose every opened tree must be one of a table that is let. The
/// authorizer's "accessor" is never used: a name in the text can forge it.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "crm/value.hpp"
#include "storage/connection.hpp"

struct sqlite3_stmt;

namespace crm::storage {

/// As SQLite compares names: ASCII letters in any case.
struct NameLess {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const;
};
using Names = std::set<std::string, NameLess>;

/// The tables that a text may read.
struct Readable {
    Names main{};  ///< of the file
    Names temp{};  ///< of the connection's own, made for this text
};

/// One statement of a user's, for one execution on a connection of `File::read_for_users`. While it
/// lives, nothing else may be prepared or run on that connection.
class UserStatement {
public:
    /// Throws Invalid("sql") for what SQLite does not understand and for more or less than one
    /// statement, Denied for what is not let, LimitExceeded.
    UserStatement(Connection& connection, std::string_view sql, const Readable& readable);
    ~UserStatement();
    UserStatement(const UserStatement&) = delete;
    UserStatement& operator=(const UserStatement&) = delete;

    /// Those of `readable.main` that the text names, whether or not it comes to read them.
    const Names& named() const;
    int parameters() const;
    /// With its sign: ":name"; "?3" for one without a name. Places count from 1.
    std::string parameter_name(int place) const;
    /// Does not copy text.
    void bind(int place, const Value& value);

    /// Throws Invalid for what fails while running, LimitExceeded, Denied, Interrupted.
    bool step();
    int columns() const;
    std::string column_name(int column) const;
    /// Borrowed until the next step.
    Value value(int column) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// `UserStatement::named` of a text that is prepared and not run.
Names tables_named(Connection& connection, std::string_view sql, const Readable& readable);

}  // namespace crm::storage
