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

/// The libraries that bring a SQLite of their own beside the one we use; empty where all is well.
/// Two copies drop each other's file locks when either closes a file that both have open.
std::string other_sqlite_copies();

}  // namespace crm::storage
