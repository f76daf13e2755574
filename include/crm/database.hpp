/// The database: one open CRM file, shared by all threads and sessions of the process.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"
#include "crm/password.hpp"
#include "crm/time.hpp"

namespace crm::kernel {
struct DatabaseState;
}

namespace crm::inline v1 {

class Session;

/// How to open, for `create` and `open`.
struct OpenOptions {
    bool read_only = false;
    std::chrono::milliseconds write_deadline{10'000};      ///< wait for another writer, then Busy
    std::chrono::milliseconds statement_deadline{30'000};  ///< for one read, then Interrupted
    Clock clock{};                                         ///< empty: the system's
    std::function<void(std::string_view)> log{};           ///< warnings; values are never logged
    /// Asked about every millisecond of a long statement or wait; true, or a throw, interrupts it
    /// (Ctrl-C).
    std::function<bool()> poll{};
    /// Of passwords set from now on; those kept at less are hashed anew when their user logs in.
    PasswordCost password_cost{};
};

/// What a new file is made with.
struct CreateOptions {
    std::string admin;             ///< login of the first user, who may do everything
    std::string admin_name{};      ///< shown name; the login if empty
    std::string country{};         ///< ISO 3166-1 alpha-2: reads national phone numbers
    std::string zone = "UTC";      ///< IANA: "today" where a user has none
    std::string language = "en";   ///< labels where a user has none: en, ro, ru, uk
    std::string currency = "EUR";  ///< ISO 4217: amounts given without one
    std::string unit{};            ///< name of the top unit; the file's name if empty
    OpenOptions open{};
};

/// Facts about an open file.
struct Info {
    std::filesystem::path path;
    int schema_version = 0;
    std::int64_t copy_number = 0;  ///< 0 for the file as made; copies get their own
    std::string copy_uuid;
    std::string country, zone, language, currency;
    std::int64_t bytes = 0;
    std::vector<std::pair<std::string, std::int64_t>> rows;  ///< per kind; all rows, administrators
                                                             ///< only
};

/// One open file. A cheap handle: copies share it, the last one closes. Thread-safe.
class CRM_API Database {
public:
    explicit Database(std::shared_ptr<kernel::DatabaseState> state);
    ~Database();
    Database(const Database&);
    Database(Database&&) noexcept;
    Database& operator=(const Database&);
    Database& operator=(Database&&) noexcept;

    /// A session for a user whom the embedding application has identified itself. Throws NotFound
    /// for an unknown login, Denied for an inactive one.
    Session trusted_session(std::string_view login) const;

    /// A session for whoever knows the password of a login. Throws Denied, always in the same
    /// words, for a wrong password, an unknown login, a user without a password or an inactive one;
    /// all four take as long and count as failures. Five failures in a row are free; each further
    /// one delays the next attempt, 1 s at first, then twice as long each time up to 15 minutes,
    /// counted for all processes, and until then TooManyAttempts is thrown. A success, a new
    /// password or a quiet day forgets them. ReadOnly for a file open for reading only: the count
    /// is kept in it. Cost: two short commands and, outside the write gate, one hash
    /// (`OpenOptions::password_cost`, about 0.1 s).
    Session login(std::string_view login, std::string_view password) const;

    const std::filesystem::path& path() const;
    bool read_only() const;
    /// Closes when the last session and iterator is gone; until then Misuse for new sessions.
    void close();

    /// Writes a checked copy with a copy number of its own; complete or not at all. Throws Conflict
    /// where the target exists. About 3 s per GiB; writers go on meanwhile.
    void backup(const std::filesystem::path& target) const;
    /// Puts the content of a backup in the place of this file's, in one transaction: readers see
    /// all of the one or all of the other, and other processes that have the file open go on with
    /// it. The file keeps its place and gets a new copy number, so that no id is given twice and
    /// every position of the feed answers Resync. A backup of an older release is upgraded first.
    /// Throws NotFound, NotACrmFile, NewerFile, Corrupt for the backup, Busy, ReadOnly. What was
    /// written since the backup is lost: back the file up first. About 6 s per GiB.
    void restore(const std::filesystem::path& backup);
    /// SQLite's quick check: empty when sound. About 2 s per GiB.
    std::vector<std::string> quick_check() const;
    /// Gives this file a new copy number, for a copy made where inode and birth time cannot tell.
    void new_copy() const;

    std::shared_ptr<kernel::DatabaseState> state() const { return state_; }

private:
    std::shared_ptr<kernel::DatabaseState> state_;
};

}  // namespace crm
