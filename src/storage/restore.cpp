#include <sqlite3.h>

#include "crm/error.hpp"
#include "storage/backup.hpp"
#include "storage/file_impl.hpp"
#include "storage/migration.hpp"
#include "storage/open_rules.hpp"
#include "storage/temporary_file.hpp"

namespace crm::storage {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto patience_after_restore = 2'000ms;

fs::path checked_backup(const fs::path& path, const fs::path& live, const Schema& schema) {
    const auto backup = find_file(path);
    if (fs::equivalent(backup, live))
        throw Misuse{backup.string() + " is this file itself: restore another one into it"};
    if (admit(backup, schema).version > schema.version)
        throw NewerFile{backup.string() +
                        " was written by a newer release; install that release to restore it"};
    return backup;
}

/// Pages of the same size: SQLite copies no others into a file with a write-ahead log.
void copy_backup(const fs::path& backup, const fs::path& target, int page_size) {
    const auto source = open_connection({.path = backup, .immutable = !is_in_use(backup)});
    if (const auto findings = quick_check(*source); !findings.empty())
        throw Corrupt{backup.string() + " is damaged and was not restored: " + findings.front()};
    source->execute("PRAGMA page_size = " + std::to_string(page_size));
    const std::string name = target.string();
    source->use("VACUUM INTO ?1").bind(1, name).run();
}

/// All pages in one transaction, or none.
void put_pages(Connection& source, Connection& target) {
    sqlite3_backup* copying = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
    if (!copying) throw_sqlite(target.handle(), sqlite3_errcode(target.handle()), "restoring");
    const int stepped = sqlite3_backup_step(copying, -1);
    const int finished = sqlite3_backup_finish(copying);
    if (stepped == SQLITE_DONE && finished == SQLITE_OK) return;
    throw_sqlite(target.handle(), finished == SQLITE_OK ? stepped : finished, "restoring");
}

}  // namespace

void File::restore(const fs::path& backup, const Schema& schema,
                   const std::function<void(Connection& copy, Connection& live)>& prepare) {
    impl_->refuse_fork();
    if (read_only()) throw ReadOnly{path().string() + " is open for reading only"};
    const auto source = checked_backup(backup, path(), schema);
    const TemporaryFile temporary{path()};
    copy_backup(source, temporary.path(), impl_->page_size);
    const auto copy = open_connection({.path = temporary.path(),
                                       .mode = Connection::Mode::write,
                                       .purpose = ConnectionSetup::Purpose::build});
    upgrade(*copy, schema);
    impl_->replace_content(*copy, prepare);
}

/// By a connection of its own, and the writer is opened anew: it remembers what is no more.
void File::Impl::replace_content(
    Connection& copy, const std::function<void(Connection& copy, Connection& live)>& prepare) {
    enter();
    const Leave leave_at_end{this};
    {
        const auto live = open_connection({.path = path, .mode = Connection::Mode::write});
        prepare(copy, *live);
        put_pages(copy, *live);
        truncate_wal(*live, patience_after_restore);
    }
    writer.reset();
    plan = {};
    renew_readers();
}

}  // namespace crm::storage
