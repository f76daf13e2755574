/// What this process has open: the files by inode, and how many copies of SQLite.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace crm::storage {

/// Holds a file's inode for one `File`. Throws Misuse where this process has it open already.
class Claim {
public:
    explicit Claim(const std::filesystem::path& path);
    ~Claim();
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

private:
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

/// Whether a path is a file that this process has open, or one that stands or would stand beside it
/// (-wal, -shm, -journal, -gate). Who opens and closes one of these in its own way drops the locks
/// of SQLite.
bool is_held(const std::filesystem::path& path);

/// The libraries that bring a SQLite of their own beside the one we use; empty where all is well.
/// Two copies drop each other's file locks when either closes a file that both have open.
std::string other_sqlite_copies();

}  // namespace crm::storage
