/// Checkpoints: when the write-ahead log is emptied, and how.
#pragma once

#include <chrono>
#include <cstdint>

#include "storage/connection.hpp"

namespace crm::storage {

/// Bytes of WAL; tests set smaller ones.
struct WalLimits {
    std::int64_t checkpoint = std::int64_t{32} << 20;  ///< from here on a commit empties it
    std::int64_t step = std::int64_t{8} << 20;         ///< how much later it tries again
    std::int64_t readers = std::int64_t{1} << 30;      ///< from here on it interrupts long reads
};
WalLimits& wal_limits();

/// When the next attempt is due. Used under the gate.
class CheckpointPlan {
public:
    bool is_due(std::int64_t wal_bytes);
    void put_off(std::int64_t wal_bytes) { next_ = wal_bytes + wal_limits().step; }

private:
    std::int64_t next_ = 0;
};

/// Empties the WAL by a TRUNCATE checkpoint; the caller holds the gate. False where readers still
/// needed the WAL after `patience`. Never any other kind: a PASSIVE one beside a writer can corrupt
/// the file in SQLite before 3.51.3.
bool truncate_wal(Connection& writer, std::chrono::milliseconds patience);
/// The size of the WAL after the last commit of this connection.
std::int64_t wal_bytes(Connection& writer, int page_size);

}  // namespace crm::storage
