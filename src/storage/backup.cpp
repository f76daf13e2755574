#include "storage/backup.hpp"

#include "crm/error.hpp"
#include "storage/file_impl.hpp"
#include "storage/open_rules.hpp"
#include "storage/temporary_file.hpp"

namespace crm::storage {
namespace {

namespace fs = std::filesystem;

/// A reader without a transaction, which VACUUM refuses.
class Loan {
public:
    explicit Loan(ReaderPool& pool) : pool_(pool), connection_(pool.borrow()) {}
    ~Loan() { pool_.give_back(connection_); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Connection& connection() const { return connection_; }

private:
    ReaderPool& pool_;
    Connection& connection_;
};

/// VACUUM INTO and not the backup API: one snapshot, where the API starts again whenever another
/// process writes, and nothing of deleted records in free pages.
void copy_into(Connection& source, const fs::path& target) {
    const std::string name = target.string();
    source.use("VACUUM INTO ?1").bind(1, name).run();
}

void finish(const fs::path& path, const std::function<void(Connection&)>& prepare) {
    const auto copy = open_connection({.path = path,
                                       .mode = Connection::Mode::write,
                                       .purpose = ConnectionSetup::Purpose::build});
    copy->execute("BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = 1");
    if (prepare) prepare(*copy);
    copy->execute("COMMIT");
    if (const auto findings = quick_check(*copy); !findings.empty())
        throw Corrupt{"the copy is damaged, and so perhaps the file: " + findings.front()};
    make_wal_file(*copy);
}

}  // namespace

std::vector<std::string> quick_check(Connection& connection) try {
    std::vector<std::string> findings;
    auto rows = connection.use("PRAGMA quick_check");
    while (rows.step())
        if (rows.text(0) != "ok") findings.emplace_back(rows.text(0));
    return findings;
} catch (const Corrupt& error) {
    return {error.what()};
}

void make_wal_file(Connection& connection) {
    connection.execute("PRAGMA journal_mode = WAL");
    sync_file(connection.handle());
}

void File::backup(const fs::path& target, const std::function<void(Connection&)>& prepare) {
    impl_->refuse_fork();
    TemporaryFile temporary{find_place(target)};
    {
        const Loan reader{*impl_->readers};
        impl_->poll.hand_to(reader.connection().impl());
        copy_into(reader.connection(), temporary.path());
    }
    finish(temporary.path(), prepare);
    temporary.publish();
}

}  // namespace crm::storage
