/// What stands behind a Database and a Session.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "crm/database.hpp"
#include "crm/kind.hpp"
#include "crm/session.hpp"
#include "kernel/catalogue.hpp"
#include "kernel/rights.hpp"
#include "storage/file.hpp"

namespace crm::kernel {

class Transaction;

/// The values of all lists and their labels, as of an epoch.
struct ListCache {
    std::int64_t epoch = -1;
    struct Entry {
        std::int64_t id;
        std::int64_t position;
        bool is_retired;
        std::vector<std::pair<std::string, std::string>> labels;  ///< language → label
        /// In the language, else in English, else the code.
        std::string label(std::string_view language, std::string_view code) const;
    };
    /// list → code → entry
    std::unordered_map<std::string, std::unordered_map<std::string, Entry>> lists;
    /// The label of a code; the code itself where it is unknown.
    std::string label(std::string_view list, std::string_view code,
                      std::string_view language) const;
    /// The codes of a list in the order of its values; throws NotFound where there is no such list.
    std::vector<std::string_view> codes(std::string_view list, bool with_retired = false) const;
};

/// What the file says of itself.
struct FileFacts {
    std::int64_t copy_number = 0;
    std::string copy_uuid, country, language, currency;
    Zone zone;
    bool operator==(const FileFacts& other) const;
};

struct DatabaseState {
    std::shared_ptr<storage::File> file;
    std::span<const Kind> kinds;                 ///< as the release has them: without properties
    std::shared_ptr<const Catalogue> catalogue;  ///< of those
    Clock clock;
    PasswordCost password_cost;
    std::function<void(std::string_view)> log;
    std::atomic<bool> closed{false};
    std::mutex lists_mutex;
    std::shared_ptr<const ListCache> lists;  ///< guarded by lists_mutex

    /// As of the newest epoch that a read or a write of this process has seen. What it refers to
    /// lives as long as this.
    const FileFacts& facts() const { return *facts_; }
    std::int64_t copy_number() const { return facts().copy_number; }
    const std::string& copy_uuid() const { return facts().copy_uuid; }
    const std::string& country() const { return facts().country; }
    const std::string& language() const { return facts().language; }
    const std::string& currency() const { return facts().currency; }
    const Zone& zone() const { return facts().zone; }
    /// Reads the facts anew where the epoch of a snapshot is beyond those known: the file was
    /// restored, or made a copy of its own, perhaps by another process.
    void follow(storage::Connection& committed, std::int64_t epoch);

    /// nullptr for a number that is no kind's.
    const Kind* kind(KindNumber number) const { return catalogue->kind(number); }
    /// Throws NotFound.
    const Kind& kind_of(Ref ref) const { return catalogue->kind_of(ref); }
    /// Throws Invalid.
    const Kind& kind_named(std::string_view name) const { return catalogue->kind_named(name); }
    Time now() const { return clock(); }

private:
    std::mutex facts_mutex_;
    std::atomic<std::int64_t> facts_epoch_{-1};
    std::vector<std::unique_ptr<const FileFacts>> all_facts_;  // few: files are seldom restored
    std::atomic<const FileFacts*> facts_{nullptr};
};

/// Kernel's part of create and open; `src/domain/open.cpp` hands in the kinds.
Database create(const std::filesystem::path& path, const CreateOptions& options,
                std::span<const Kind> kinds);
Database open(const std::filesystem::path& path, const OpenOptions& options,
              std::span<const Kind> kinds);

Session trusted_session(const std::shared_ptr<DatabaseState>& database, std::string_view login);

struct SessionState {
    std::shared_ptr<DatabaseState> database;
    Id<User> user;
    std::string login;
    Id<Unit> unit;
    Zone zone;
    std::string language;
    Transaction* transaction = nullptr;    ///< while inside Session::write
    std::shared_ptr<const Rights> rights;  ///< as of their epoch
};

/// One read of a session: the unit of work's own connection inside one, else a reader and its
/// snapshot. Holds the rights as that snapshot has them. Keep it for one call only.
class Reading {
public:
    explicit Reading(SessionState& session);
    /// On a connection of the caller's choice, whatever unit of work the session is in.
    Reading(SessionState& session, storage::File::Reader reader);
    storage::Connection& connection() const { return *connection_; }
    const Rights& rights() const { return *rights_; }
    SessionState& session() const { return *session_; }
    DatabaseState& database() const { return *session_->database; }
    /// The kinds as of then, with their custom properties.
    const Catalogue& catalogue() const { return rights_->catalogue(); }
    std::span<const Kind> kinds() const { return catalogue().kinds(); }
    const Plan& plan(const Kind& kind) const { return catalogue().plan(kind); }
    /// nullptr for a number that is no kind's.
    const Kind* kind(KindNumber number) const { return catalogue().kind(number); }
    /// Throws NotFound.
    const Kind& kind_of(Ref ref) const { return catalogue().kind_of(ref); }
    /// Throws Invalid.
    const Kind& kind_named(std::string_view name) const { return catalogue().kind_named(name); }
    /// The lists as this snapshot has them.
    std::shared_ptr<const ListCache> lists() const;
    /// From here on the names of kinds mean views of the connection's own, which hold just what the
    /// session sees.
    void read_views();
    /// Counts the statement deadline from now on: for a call that reads page after page.
    void renew_deadline();

private:
    void read_on(storage::File::Reader reader);

    SessionState* session_;
    std::optional<storage::File::Reader> reader_;
    storage::Connection* connection_;
    std::shared_ptr<const Rights> rights_;
};

/// Facts about the file.
Info info(Reading& reading);
/// Lists as a connection's snapshot has them; cached by epoch.
std::shared_ptr<const ListCache> lists_of(DatabaseState& database, storage::Connection& connection);
/// The counter that every change of users, units, rights and lists bumps in its own transaction.
std::int64_t epoch_of(storage::Connection& connection);

}  // namespace crm::kernel
