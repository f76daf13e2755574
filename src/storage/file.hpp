/// The file: open rules, the one writer behind the gate, the pool of readers, checkpoints, backup.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection.hpp"

namespace crm::storage {

class ReaderPool;

/// "CRM1" in the header of every file of ours.
inline constexpr std::int32_t application_id = 0x43524D31;

/// One step of an upgrade: plain SQL, constant-time DDL, one transaction. Never edited once
/// shipped.
struct Migration {
    int to_version;  ///< user_version after the step
    std::string_view sql;
    std::string_view what;  ///< a sentence for the log
};

/// What a file of this release looks like.
struct Schema {
    int version;                            ///< user_version of a new file
    std::string_view sql;                   ///< creates everything in an empty file
    std::span<const Migration> migrations;  ///< ascending, each to_version once
};

struct FileOptions {
    bool read_only = false;
    int page_size = 8192;
    std::chrono::milliseconds write_deadline{10'000};      ///< wait for the gate
    std::chrono::milliseconds statement_deadline{30'000};  ///< for one read
    int readers = 4;  ///< pool size; more are made when all are out, and closed after
    std::function<void(std::string_view)> log{};  ///< warnings; values are never logged
};

/// One open file in this process, shared by everything that uses it. Thread-safe.
class File {
public:
    /// Creates a new file with the schema; `fill` writes its first rows in the same transaction.
    /// The file appears complete or not at all. Throws Conflict where a file of that name exists,
    /// NetworkShare, IoError.
    static std::shared_ptr<File> create(const std::filesystem::path& path, const Schema& schema,
                                        const FileOptions& options,
                                        const std::function<void(Connection&)>& fill);
    /// Opens an existing file, upgrading an older one. Throws NotFound, NotACrmFile, NewerFile,
    /// NetworkShare, Corrupt (truncated), IoError (permission), Misuse (this process has
    /// the same inode open already).
    static std::shared_ptr<File> open(const std::filesystem::path& path, const Schema& schema,
                                      const FileOptions& options);
    ~File();

    /// A reader, borrowed from a pool, inside a read transaction: one snapshot for its life. Keep
    /// it for one call only.
    class Reader {
    public:
        Reader(Reader&&) noexcept;
        Reader& operator=(Reader&&) = delete;
        ~Reader();
        Connection& connection() const { return *connection_; }
        /// Counts the statement deadline from now on.
        void renew_deadline();

    private:
        friend class File;
        Reader(ReaderPool* pool, Connection* connection, std::chrono::milliseconds allowed)
            : pool_(pool), connection_(connection), allowed_(allowed) {}
        ReaderPool* pool_;
        Connection* connection_;
        std::chrono::milliseconds allowed_;  // for a statement, or a page of them
    };
    Reader read();
    /// A reader that may make tables and views of its own in the temporary schema; they go with it.
    Reader read_with_views();
    /// A reader for SQL that a user wrote: of a pool of its own, without virtual tables other than
    /// those of JSON, with small limits and bounded memory.
    Reader read_for_users();

    /// The writer: gate held, BEGIN IMMEDIATE done, foreign keys deferred. Rolls back unless
    /// committed. Throws Busy at the deadline, ReadOnly. One at a time in the process; a thread
    /// that asks for a second one while it holds the first gets Misuse.
    class Writer {
    public:
        Writer(Writer&&) noexcept;
        Writer& operator=(Writer&&) = delete;
        ~Writer();
        Connection& connection() const { return *connection_; }
        /// Commits; durable when it returns (synchronous=FULL) unless `bulk`. Then, still under the
        /// gate, a TRUNCATE checkpoint if the WAL passed its limit.
        void commit();
        void rollback() noexcept;

    private:
        friend class File;
        Writer(File* file, Connection* connection, void* gate);
        File* file_;
        Connection* connection_;
        void* gate_;
    };
    enum class Durability { full, bulk };
    Writer write(Durability durability = Durability::full);
    /// Empties the WAL, so that nothing of earlier pages is left in it. False where readers need
    /// it.
    bool empty_wal();
    /// Overwrites in the file what SQLite leaves of removed rows beside those it keeps, in pages
    /// `first` (from 1) to `first + count`, under the gate; nothing that is in use changes. Calls
    /// `keep` with the page to go on with, 0 after the last one, in the transaction that ends the
    /// step. Answers that page; nothing where readers still need the WAL, whose pages cannot be
    /// cleaned. Throws LimitExceeded for a file of 2^25 pages or more.
    std::optional<std::int64_t> clean_pages(
        std::int64_t first, std::int64_t count,
        const std::function<void(Connection&, std::int64_t)>& keep);
    /// Ends a bulk run: TRUNCATE checkpoint under the gate, synced. "Done" may be said after it.
    void end_bulk();

    /// A checked, fsynced copy under a temporary name, prepared by `prepare` (own copy number),
    /// then renamed to `target`. Throws Conflict where the target exists.
    void backup(const std::filesystem::path& target,
                const std::function<void(Connection&)>& prepare);
    /// Puts the pages of a checked copy of a backup, upgraded and `prepare`d, in the place of this
    /// file's, in one transaction; `prepare` may read the file as it is until then. Throws Misuse
    /// for the file itself, ReadOnly, Busy, and for the backup what `open` throws.
    void restore(const std::filesystem::path& backup, const Schema& schema,
                 const std::function<void(Connection& copy, Connection& live)>& prepare);
    /// Empty when the file is sound; otherwise SQLite's findings. About 2 s per GiB.
    std::vector<std::string> quick_check();
    /// ANALYZE with a limit, after imports.
    void analyze();

    const std::filesystem::path& path() const;
    bool read_only() const;
    bool upgraded() const;  ///< whether open() took upgrade steps
    /// Inode and birth time, to tell a copy made behind our back; "" where the system has none.
    std::string identity() const;
    /// Set the poll of every connection (Python's Ctrl-C).
    void set_poll(std::function<bool()> poll);

private:
    struct Impl;
    explicit File(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace crm::storage
