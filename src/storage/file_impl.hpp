/// The inside of an open file, for src/storage only.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>

#include "storage/checkpoint.hpp"
#include "storage/file.hpp"
#include "storage/gate.hpp"
#include "storage/reader_pool.hpp"
#include "storage/registry.hpp"

namespace crm::storage {

/// The poll that every connection is given when it is next used.
class SharedPoll {
public:
    void set(std::function<bool()> poll);
    void hand_to(Connection::Impl& connection);
    std::function<bool()> get();

private:
    std::mutex mutex_;
    std::function<bool()> poll_;
    std::atomic<std::uint64_t> version_{0};
};

struct File::Impl {
    Impl(std::filesystem::path path, const Schema& schema, const FileOptions& options);

    /// Throws Misuse in a child of the process that opened the file.
    void refuse_fork() const;
    bool is_forked() const;
    void warn(std::string_view what) const;

    // Reading.
    Connection& begin_read(ReaderPool& pool);
    std::array<ReaderPool*, 3> pools() { return {&*readers, &*view_readers, &*user_readers}; }
    void renew_readers();

    // Writing. Between `enter` and `leave` the gate is held; `enter` answers the deadline.
    struct Leave {
        Impl* file;
        ~Leave() { file->leave(); }
    };
    Clock::time_point enter();
    Connection& begin_write(Durability durability);
    void begin(Clock::time_point deadline);
    void commit();
    void rollback() noexcept;
    void leave() noexcept { gate->leave(); }
    /// Opens the writer the first time, and again after an I/O error in a commit.
    void ready_writer();
    void set_durability(Durability durability);

    void replace_content(Connection& copy,
                         const std::function<void(Connection& copy, Connection& live)>& prepare);
    void checkpoint_if_due() noexcept;
    void open_for_writing();
    void close() noexcept;
    void close_writer();

    const std::filesystem::path path;
    FileOptions options;
    const pid_t process;
    Claim claim;
    bool read_only = false;
    bool is_upgraded = false;
    bool has_written = false;
    bool is_poisoned = false;  // the outcome of a commit is unknown: trust no state of the writer
    int page_size = 0;
    Durability durability = Durability::full;
    CheckpointPlan plan{};
    std::optional<Gate> gate{};
    std::unique_ptr<Connection> writer{};
    std::optional<ReaderPool> readers{}, view_readers{}, user_readers{};
    SharedPoll poll{};
};

}  // namespace crm::storage
