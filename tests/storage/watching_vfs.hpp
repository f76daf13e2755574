/// A SQLite file system that watches who writes the database file under which WAL locks. While it
/// lives it is the default one.
#pragma once

#include <sqlite3.h>

#include <atomic>

namespace test::storage {

/// Every checkpoint but PASSIVE holds WAL_WRITE_LOCK while it copies pages into the database; a
/// PASSIVE one holds only WAL_CKPT_LOCK. So the kind can be told from outside, also when SQLite
/// falls back to PASSIVE inside a TRUNCATE, or checkpoints on its own when a connection closes.
class WatchingVfs {
public:
    WatchingVfs();
    ~WatchingVfs();
    WatchingVfs(const WatchingVfs&) = delete;
    WatchingVfs& operator=(const WatchingVfs&) = delete;

    struct Counts {
        std::atomic<int> copied_with_writer_lock{0};  ///< pages written by a checkpoint
        std::atomic<int> copied_without{0};           ///< pages written by a PASSIVE one
        std::atomic<int> wal_truncated{0};
    };
    static Counts& counts();

private:
    sqlite3_vfs vfs_{};
};

}  // namespace test::storage
