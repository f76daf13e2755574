#include <sqlite3.h>

#include <thread>
#include <utility>

#include "crm/error.hpp"
#include "storage/connection_impl.hpp"
#include "storage/functions.hpp"

namespace crm::storage {
namespace {

using namespace std::chrono_literals;
using Purpose = ConnectionSetup::Purpose;

constexpr int operations_between_checks = 1'000;
constexpr std::int64_t user_memory = std::int64_t{256} << 20;

/// What a text of a user's may ask of the parser and the virtual machine.
constexpr std::pair<int, int> user_limits[] = {{SQLITE_LIMIT_SQL_LENGTH, 200'000},
                                               {SQLITE_LIMIT_EXPR_DEPTH, 200},
                                               {SQLITE_LIMIT_COMPOUND_SELECT, 100},
                                               {SQLITE_LIMIT_VDBE_OP, 100'000},
                                               {SQLITE_LIMIT_ATTACHED, 0},
                                               {SQLITE_LIMIT_TRIGGER_DEPTH, 0},
                                               {SQLITE_LIMIT_VARIABLE_NUMBER, 1'000},
                                               {SQLITE_LIMIT_COLUMN, 500},
                                               {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 500},
                                               {SQLITE_LIMIT_WORKER_THREADS, 0}};

int open_flags(const ConnectionSetup& setup) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= setup.mode == Connection::Mode::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    if (setup.page_size != 0) flags |= SQLITE_OPEN_CREATE;
    if (setup.immutable) flags |= SQLITE_OPEN_URI;
    return flags;
}

std::string as_uri(const std::string& path) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string uri = "file:";
    for (const char c : path) {
        if (c != '%' && c != '?' && c != '#') {
            uri += c;
            continue;
        }
        uri += '%';
        uri += digits[static_cast<unsigned char>(c) >> 4];
        uri += digits[static_cast<unsigned char>(c) & 15];
    }
    return uri;
}

std::string open_name(const ConnectionSetup& setup) {
    if (!setup.immutable) return setup.path.string();
    return as_uri(setup.path.string()) + "?immutable=1";
}

SQLite::Database open_database(const ConnectionSetup& setup) {
    try {
        return SQLite::Database{open_name(setup), open_flags(setup)};
    } catch (const SQLite::Exception& error) {
        throw_sqlite(nullptr, error.getExtendedErrorCode(), "opening " + setup.path.string());
    }
}

void switch_option(sqlite3* handle, int option, bool on) {
    sqlite3_db_config(handle, option, on ? 1 : 0, nullptr);
}

std::string pragmas(const ConnectionSetup& setup) {
    std::string sql = "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;";
    if (setup.page_size != 0) sql += "PRAGMA page_size = " + std::to_string(setup.page_size) + ";";
    if (setup.mode == Connection::Mode::read) return sql + "PRAGMA cache_size = -4096;";
    sql += "PRAGMA secure_delete = ON; PRAGMA cache_size = -65536;";
    if (setup.purpose == Purpose::build)
        return sql + "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;";
    return sql + "PRAGMA synchronous = FULL;";
}

int progress(void* impl) { return static_cast<Connection::Impl*>(impl)->must_stop() ? 1 : 0; }

int busy(void* impl, int tries) {
    return static_cast<Connection::Impl*>(impl)->wait_again(tries) ? 1 : 0;
}

int after_commit(void* impl, sqlite3*, const char*, int pages) {
    static_cast<Connection::Impl*>(impl)->wal_pages = pages;
    return SQLITE_OK;
}

/// Runs statement after statement, moving `sql` on, to the end or the first failure.
int run_statements(sqlite3* handle, std::string_view& sql) {
    while (auto* statement = prepare_next(handle, sql)) {
        const StatementCache::Entry owner{statement};
        int code = SQLITE_ROW;
        while (code == SQLITE_ROW) code = sqlite3_step(statement);
        if (code != SQLITE_DONE) return code;
    }
    return SQLITE_OK;
}

std::atomic<std::uint32_t> next_slot{0};

}  // namespace

Slot::Slot() : number_(next_slot++) {}

Connection::Impl::Impl(const ConnectionSetup& setup)
    : database(open_database(setup)),
      handle(database.getHandle()),
      mode(setup.mode),
      cache(handle) {
    configure(setup);
}

void Connection::Impl::configure(const ConnectionSetup& setup) {
    switch_option(handle, SQLITE_DBCONFIG_DEFENSIVE, true);
    switch_option(handle, SQLITE_DBCONFIG_DQS_DML, false);
    switch_option(handle, SQLITE_DBCONFIG_DQS_DDL, false);
    switch_option(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, false);
    switch_option(handle, SQLITE_DBCONFIG_ENABLE_FKEY, true);
    switch_option(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    sqlite3_wal_autocheckpoint(handle, 0);  // sets the hook below to none: the order matters
    sqlite3_wal_hook(handle, after_commit, this);
    sqlite3_busy_handler(handle, busy, this);
    sqlite3_progress_handler(handle, operations_between_checks, progress, this);
    if (setup.purpose == Purpose::peek) return;
    run_sql(handle, pragmas(setup));
    register_functions(handle);
    if (setup.purpose == Purpose::user_sql) confine();
}

/// fts5() would be left with what its module takes along.
void Connection::Impl::confine() {
    static const char* kept[] = {"json_each", "json_tree", nullptr};
    sqlite3_create_function_v2(handle, "fts5", 1, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr,
                               nullptr);
    sqlite3_drop_modules(handle, kept);
    for (const auto& [limit, value] : user_limits) sqlite3_limit(handle, limit, value);
}

void Connection::Impl::bound_memory() { memory_ceiling = sqlite3_memory_used() + user_memory; }

bool Connection::Impl::is_out_of_memory() {
    if (memory_ceiling != no_ceiling) is_over_ceiling = sqlite3_memory_used() > memory_ceiling;
    return is_over_ceiling;
}

bool Connection::Impl::must_stop() {
    const auto now = Clock::now();
    return now >= deadline || expired.load(std::memory_order_relaxed) || polled(now) ||
           is_out_of_memory();
}

bool Connection::Impl::polled(Clock::time_point now) {
    if (!poll || now < next_poll) return false;
    next_poll = now + 1ms;
    try {
        return poll();
    } catch (...) {  // must not pass through SQLite; fail() throws it on
        poll_error = std::current_exception();
        return true;
    }
}

bool Connection::Impl::wait_again(int tries) {
    const auto start = Clock::now();
    if (tries == 0 && !is_in_checkpoint) waited = {};
    if (waited >= busy_wait) return false;
    if (!is_in_checkpoint && (start >= deadline || polled(start))) return false;
    std::this_thread::sleep_for(tries < 10 ? 100us : 1'000us);
    waited += Clock::now() - start;
    return true;
}

void Connection::Impl::fail(int code, std::string_view doing) {
    if (poll_error) std::rethrow_exception(std::exchange(poll_error, nullptr));
    if ((code & 0xff) == SQLITE_INTERRUPT) {
        if (is_over_ceiling)
            throw LimitExceeded{
                "the query needs more than 256 MB of memory: let it sort, group or "
                "join fewer rows"};
        if (expired) throw Interrupted{"a long read held the write-ahead log beyond 1 GB"};
        if (Clock::now() >= deadline) throw Interrupted{"a statement passed its deadline"};
    }
    throw_sqlite(handle, code, doing);
}

std::unique_ptr<Connection> open_connection(const ConnectionSetup& setup) {
    return std::make_unique<Connection>(std::make_unique<Connection::Impl>(setup));
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

Use Connection::use(std::string_view sql) {
    if (impl_->before_use) impl_->before_use(sql);
    auto& entry = impl_->cache.take(sql);
    return Use{*this, entry.statement, &entry};
}

Use Connection::use(const Slot& slot, const std::function<std::string()>& make) {
    if (impl_->before_use) impl_->before_use(make());
    auto& entry = impl_->cache.take(slot.number(), make);
    return Use{*this, entry.statement, &entry};
}

void Connection::execute(std::string_view sql) {
    std::string_view rest = sql;
    const int code = run_statements(impl_->handle, rest);
    if (code != SQLITE_OK) impl_->fail(code, sql);
}

std::int64_t Connection::integer(std::string_view sql, std::int64_t otherwise) {
    auto query = use(sql);
    return query.step() && !query.is_null(0) ? query.integer(0) : otherwise;
}

std::string Connection::text(std::string_view sql) {
    auto query = use(sql);
    return query.step() ? std::string{query.text(0)} : std::string{};
}

std::int64_t Connection::changes() const { return sqlite3_changes64(impl_->handle); }

std::int64_t Connection::last_insert_rowid() const {
    return sqlite3_last_insert_rowid(impl_->handle);
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(impl_->handle) == 0; }

void Connection::set_deadline(std::chrono::steady_clock::time_point deadline) {
    impl_->deadline = deadline;
}

void Connection::clear_deadline() { impl_->deadline = Clock::time_point::max(); }

void Connection::set_poll(std::function<bool()> poll) { impl_->poll = std::move(poll); }

void Connection::set_before_use(std::function<void(std::string_view sql)> before) {
    impl_->before_use = std::move(before);
}

void Connection::interrupt() { sqlite3_interrupt(impl_->handle); }

void Connection::forget_statements() { impl_->cache.clear(); }

sqlite3* Connection::handle() const { return impl_->handle; }

Connection::Mode Connection::mode() const { return impl_->mode; }

void run_sql(sqlite3* handle, std::string_view sql) {
    std::string_view rest = sql;
    const int code = run_statements(handle, rest);
    if (code != SQLITE_OK) throw_sqlite(handle, code, sql);
}

sqlite3_file& database_file(sqlite3* handle) {
    sqlite3_file* file = nullptr;
    const int code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code != SQLITE_OK || !file || !file->pMethods) throw IoError{"the file is not open"};
    return *file;
}

void sync_file(sqlite3* handle) {
    auto& file = database_file(handle);
    const int code = file.pMethods->xSync(&file, SQLITE_SYNC_FULL);
    if (code != SQLITE_OK) throw_sqlite(nullptr, code, "syncing the file");
}

void sync_wal(sqlite3* handle) {
    sqlite3_file* wal = nullptr;
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (!wal || !wal->pMethods) return;
    const int code = wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);
    if (code != SQLITE_OK) throw_sqlite(nullptr, code, "syncing the write-ahead log");
}

}  // namespace crm::storage
