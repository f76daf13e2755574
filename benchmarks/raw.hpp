/// The twin's tools: SQLite's C interface with the file settings of src/storage and nothing else.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "crm/id.hpp"

namespace bench::raw {

inline void check(sqlite3* handle, int code, const char* doing) {
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
    std::fprintf(stderr, "%s: %s\n", doing, sqlite3_errmsg(handle));
    std::exit(1);
}

/// A connection as src/storage/connection.cpp sets one up.
class Connection {
public:
    Connection(const std::string& path, bool writes) {
        const int mode = writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
        check(handle_, sqlite3_open_v2(path.c_str(), &handle_, mode | SQLITE_OPEN_NOMUTEX, nullptr),
              "open");
        sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
        sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
        sqlite3_wal_autocheckpoint(handle_, 0);
        sqlite3_wal_hook(handle_, note_wal, this);
        run("PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY");
        run(writes
                ? "PRAGMA secure_delete = ON; PRAGMA cache_size = -65536; PRAGMA synchronous = FULL"
                : "PRAGMA cache_size = -4096");
    }
    ~Connection() { sqlite3_close_v2(handle_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    sqlite3* handle() const { return handle_; }
    void run(const char* sql) const {
        check(handle_, sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr), sql);
    }

    void begin() {
        run("BEGIN IMMEDIATE");
        sqlite3_stmt* works_when_prepared = nullptr;  // run, it would expire every prepared
                                                      // statement
        sqlite3_prepare_v2(handle_, "PRAGMA defer_foreign_keys = 1", -1, &works_when_prepared,
                           nullptr);
        sqlite3_finalize(works_when_prepared);
    }
    /// With the checkpoints of src/storage: TRUNCATE where the WAL has passed 32 MB.
    void commit() {
        run("COMMIT");
        if (wal_pages_ * (8192 + 24) < 32 << 20) return;
        sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
        wal_pages_ = 0;
    }

private:
    static int note_wal(void* self, sqlite3*, const char*, int pages) {
        static_cast<Connection*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
    }
    sqlite3* handle_ = nullptr;
    std::int64_t wal_pages_ = 0;
};

/// A prepared statement; every call is one of the C interface.
class Statement {
public:
    Statement(const Connection& connection, const std::string& sql) : handle_(connection.handle()) {
        check(handle_,
              sqlite3_prepare_v3(handle_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement_,
                                 nullptr),
              sql.c_str());
    }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& start() {
        next_ = 1;
        return *this;
    }
    Statement& operator<<(std::int64_t value) {
        sqlite3_bind_int64(statement_, next_++, value);
        return *this;
    }
    Statement& operator<<(std::string_view text) {
        if (text.empty())
            sqlite3_bind_null(statement_, next_++);
        else
            sqlite3_bind_text(statement_, next_++, text.data(), static_cast<int>(text.size()),
                              SQLITE_STATIC);
        return *this;
    }
    Statement& operator<<(const std::string& text) { return *this << std::string_view(text); }
    Statement& operator<<(crm::Ref ref) {
        if (!ref)
            sqlite3_bind_null(statement_, next_++);
        else
            sqlite3_bind_int64(statement_, next_++, ref.value());
        return *this;
    }
    Statement& operator<<(const std::optional<std::int64_t>& value) {
        if (value) return *this << *value;
        sqlite3_bind_null(statement_, next_++);
        return *this;
    }
    bool step() {
        const int code = sqlite3_step(statement_);
        if (code == SQLITE_ROW) return true;
        if (code != SQLITE_DONE) check(handle_, code, sqlite3_sql(statement_));
        return false;
    }
    void reset() { sqlite3_reset(statement_); }
    void run() {
        step();
        reset();
    }
    std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    sqlite3_stmt* handle() const { return statement_; }

private:
    sqlite3* handle_;
    sqlite3_stmt* statement_ = nullptr;
    int next_ = 1;
};

}  // namespace bench::raw
