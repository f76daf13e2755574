#include "watching_vfs.hpp"

namespace test::storage {
namespace {

sqlite3_vfs* real_vfs = nullptr;

constexpr int writer_lock = 0;  // offsets of WAL locks, from SQLite's wal.c

struct WatchedFile {
    sqlite3_file base;
    bool is_database;
    bool is_wal;
    bool has_shared_memory;
    bool holds_writer_lock;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

WatchedFile& watched(sqlite3_file* file) { return *reinterpret_cast<WatchedFile*>(file); }

/// Forwards a method of sqlite3_io_methods to the real file.
template <auto method, class... Arguments>
int forward(sqlite3_file* file, Arguments... arguments) {
    auto* real = watched(file).real();
    return (real->pMethods->*method)(real, arguments...);
}

using Methods = sqlite3_io_methods;

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    auto& self = watched(file);
    if (self.is_database && self.has_shared_memory)
        ++(self.holds_writer_lock ? WatchingVfs::counts().copied_with_writer_lock
                                  : WatchingVfs::counts().copied_without);
    return forward<&Methods::xWrite>(file, data, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (watched(file).is_wal && size == 0) ++WatchingVfs::counts().wal_truncated;
    return forward<&Methods::xTruncate>(file, size);
}

int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    watched(file).has_shared_memory = true;
    return forward<&Methods::xShmMap>(file, page, size, extend, memory);
}

int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    const int code = forward<&Methods::xShmLock>(file, offset, count, flags);
    const bool is_writers = offset == writer_lock && (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    if (code == SQLITE_OK && is_writers)
        watched(file).holds_writer_lock = (flags & SQLITE_SHM_LOCK) != 0;
    return code;
}

void barrier(sqlite3_file* file) {
    auto* real = watched(file).real();
    real->pMethods->xShmBarrier(real);
}

int unmap_shared(sqlite3_file* file, int remove) {
    return forward<&Methods::xShmUnmap>(file, remove);
}

const Methods methods{2,
                      forward<&Methods::xClose>,
                      forward<&Methods::xRead, void*, int, sqlite3_int64>,
                      write,
                      truncate,
                      forward<&Methods::xSync, int>,
                      forward<&Methods::xFileSize, sqlite3_int64*>,
                      forward<&Methods::xLock, int>,
                      forward<&Methods::xUnlock, int>,
                      forward<&Methods::xCheckReservedLock, int*>,
                      forward<&Methods::xFileControl, int, void*>,
                      forward<&Methods::xSectorSize>,
                      forward<&Methods::xDeviceCharacteristics>,
                      map_shared,
                      lock_shared,
                      barrier,
                      unmap_shared,
                      nullptr,
                      nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto& self = watched(file);
    self = {};
    self.is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    self.is_wal = (flags & SQLITE_OPEN_WAL) != 0;
    const int code = real_vfs->xOpen(real_vfs, name, self.real(), flags, out_flags);
    if (self.real()->pMethods) self.base.pMethods = &methods;
    return code;
}

}  // namespace

WatchingVfs::Counts& WatchingVfs::counts() {
    static Counts counts;
    return counts;
}

WatchingVfs::WatchingVfs() {
    real_vfs = sqlite3_vfs_find(nullptr);
    vfs_ = *real_vfs;
    vfs_.zName = "watching";
    vfs_.szOsFile += static_cast<int>(sizeof(WatchedFile));
    vfs_.xOpen = open_file;
    sqlite3_vfs_register(&vfs_, 1);
    counts().copied_with_writer_lock = 0;
    counts().copied_without = 0;
    counts().wal_truncated = 0;
}

WatchingVfs::~WatchingVfs() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_vfs, 1);
}

}  // namespace test::storage
