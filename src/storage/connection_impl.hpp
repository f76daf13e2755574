/// The inside of a connection, for src/storage only.
#pragma once

#include <SQLiteCpp/Database.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "storage/connection.hpp"
#include "storage/statement_cache.hpp"

struct sqlite3_file;

namespace crm::storage {

using Clock = std::chrono::steady_clock;

/// How a connection is opened.
struct ConnectionSetup {
    enum class Purpose {
        work,     ///< WAL, behind the gate
        build,    ///< a private file under a temporary name: no WAL, no sync until `sync_file`
        peek,     ///< a short look before it is known what the file is
        views,    ///< reading through views and tables of the connection's own
        user_sql  ///< reading for texts that a user wrote
    };
    std::filesystem::path path{};
    Connection::Mode mode = Connection::Mode::read;
    Purpose purpose = Purpose::work;
    bool immutable = false;  ///< nobody writes it meanwhile: SQLite makes no -wal and no -shm
    int page_size = 0;       ///< of a file being made
};

struct Connection::Impl {
    explicit Impl(const ConnectionSetup& setup);

    /// Throws what a result code means here; knows why a statement was interrupted.
    [[noreturn]] void fail(int code, std::string_view doing);
    /// Progress handler: true to interrupt.
    bool must_stop();
    /// From now on statements that make SQLite take 256 MB more throw LimitExceeded.
    void bound_memory();
    /// Busy handler: true to try again.
    bool wait_again(int tries);

    SQLite::Database database;
    sqlite3* handle;
    Mode mode;
    StatementCache cache;
    Clock::time_point deadline = Clock::time_point::max();
    std::function<bool()> poll{};
    std::function<void(std::string_view sql)> before_use{};
    Clock::time_point next_poll{};
    std::exception_ptr poll_error{};
    std::atomic<bool> expired{false};                     // a reader that held the WAL for too long
    std::uint64_t poll_version = 0;                       // which of the file's polls `poll` is
    Clock::duration busy_wait = std::chrono::seconds{2};  // what waiting for one lock may take
    Clock::duration waited{};
    bool is_in_checkpoint = false;  // then `busy_wait` is for all its locks together
    std::int64_t wal_pages = 0;     // frames in the WAL after the last commit here
    static constexpr std::int64_t no_ceiling = INT64_MAX;
    std::int64_t memory_ceiling = no_ceiling;  // bytes that SQLite may hold in the whole process
    bool is_over_ceiling = false;

private:
    void configure(const ConnectionSetup& setup);
    void confine();
    bool polled(Clock::time_point now);
    bool is_out_of_memory();
};

std::unique_ptr<Connection> open_connection(const ConnectionSetup& setup);

/// Runs statements without the cache.
void run_sql(sqlite3* handle, std::string_view sql);
/// SQLite's own descriptors of the database and of its WAL: we never open either ourselves, because
/// closing one would drop every POSIX lock the process holds on the file.
sqlite3_file& database_file(sqlite3* handle);
void sync_file(sqlite3* handle);
void sync_wal(sqlite3* handle);

}  // namespace crm::storage
