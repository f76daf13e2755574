/// A connection to the file: settings, statement cache, deadline, errors.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "storage/statement.hpp"

struct sqlite3;

namespace crm::storage {

/// Numbers a statement whose text is the same for the life of the process, so that the cache finds
/// it without hashing the text. Declare as `static const Slot slot;` or keep in a table.
class Slot {
public:
    Slot();
    std::uint32_t number() const { return number_; }

private:
    std::uint32_t number_;
};

/// One SQLite connection, used by one thread at a time. Opened and configured by `File`.
class Connection {
public:
    enum class Mode { read, write };
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// A cached statement, found by its text. Throws Error where SQLite refuses the text.
    Use use(std::string_view sql);
    /// A cached statement, found by its slot; `make` gives the text the first time.
    Use use(const Slot& slot, const std::function<std::string()>& make);
    /// Runs one or more statements that return nothing.
    void execute(std::string_view sql);
    /// First column of the first row; `otherwise` where there is no row or a NULL.
    std::int64_t integer(std::string_view sql, std::int64_t otherwise = 0);
    std::string text(std::string_view sql);

    /// Rows changed by the last statement.
    std::int64_t changes() const;
    std::int64_t last_insert_rowid() const;
    bool in_transaction() const;

    /// From now until `clear_deadline`, statements that run longer throw Interrupted.
    void set_deadline(std::chrono::steady_clock::time_point deadline);
    void clear_deadline();
    /// Called about every millisecond of running; answer true to interrupt (Ctrl-C). May be empty.
    void set_poll(std::function<bool()> poll);
    /// Called with every text before `use` looks it up, until the connection goes back to its pool:
    /// for what is made only where a text names it. May run `execute`; must not `use`.
    void set_before_use(std::function<void(std::string_view sql)> before);
    /// Interrupts the running statement; callable from any thread.
    void interrupt();

    /// Drops cached statements (after a schema change).
    void forget_statements();
    sqlite3* handle() const;
    Mode mode() const;

    struct Impl;  ///< complete only inside src/storage
    explicit Connection(std::unique_ptr<Impl> impl);
    Impl& impl() { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
};

/// Called with every distinct SQL text at its first preparation in the process; for the test that
/// explains them all. nullptr switches it off. Gives back the observer before.
using PreparedObserver = void (*)(std::string_view sql);
PreparedObserver observe_prepared(PreparedObserver observer);

/// Gives the text to prepare in place of each; for tests that break a statement on purpose and look
/// whether anybody notices. A text that it changes is one statement. nullptr switches it off. Gives
/// back the rewriter before.
using PreparedRewriter = std::string (*)(std::string_view sql);
PreparedRewriter rewrite_prepared(PreparedRewriter rewriter);

/// Throws the member of the error tree that a SQLite result code stands for.
[[noreturn]] void throw_sqlite(sqlite3* handle, int code, std::string_view doing);

}  // namespace crm::storage
