#include "storage/checkpoint.hpp"

#include <sqlite3.h>

#include <utility>

#include "storage/connection_impl.hpp"

namespace crm::storage {
namespace {

constexpr std::int64_t frame_header = 24;

/// Bounds the waiting for all the locks of a checkpoint together; copying takes what it takes.
class Patience {
public:
    Patience(Connection::Impl& impl, std::chrono::milliseconds patience)
        : impl_(impl), before_(std::exchange(impl.busy_wait, patience)) {
        impl_.waited = {};
        impl_.is_in_checkpoint = true;
    }
    ~Patience() {
        impl_.busy_wait = before_;
        impl_.is_in_checkpoint = false;
    }
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;

private:
    Connection::Impl& impl_;
    Clock::duration before_;
};

}  // namespace

WalLimits& wal_limits() {
    static WalLimits limits;
    return limits;
}

bool CheckpointPlan::is_due(std::int64_t wal_bytes) {
    const auto limit = wal_limits().checkpoint;
    if (wal_bytes < limit) next_ = limit;  // somebody emptied it
    return wal_bytes >= limit && wal_bytes >= next_;
}

bool truncate_wal(Connection& writer, std::chrono::milliseconds patience) {
    auto& impl = writer.impl();
    const Patience bounded{impl, patience};
    const int code = sqlite3_wal_checkpoint_v2(impl.handle, "main", SQLITE_CHECKPOINT_TRUNCATE,
                                               nullptr, nullptr);
    if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) return false;
    if (code != SQLITE_OK) throw_sqlite(impl.handle, code, "checkpoint");
    impl.wal_pages = 0;
    return true;
}

std::int64_t wal_bytes(Connection& writer, int page_size) {
    return writer.impl().wal_pages * (page_size + frame_header);
}

}  // namespace crm::storage
