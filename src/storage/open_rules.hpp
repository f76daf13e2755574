/// Which files are opened, and how: the rules that look at a file without touching it.
#pragma once

#include <filesystem>

#include "storage/file.hpp"

namespace crm::storage {

/// What the rules allow for a file.
struct Admission {
    int version = 0;         ///< its user_version
    bool may_write = false;  ///< by its min_writer
};

/// The absolute path, links resolved. Throws NotFound, IoError (permission), NotACrmFile
/// (empty, not a regular file).
std::filesystem::path find_file(const std::filesystem::path& path);
/// The absolute path of a file to be made. Throws Conflict where it exists, unless it is a regular
/// file that the new one `replaces` (links resolved), IoError where its folder does not.
std::filesystem::path find_place(const std::filesystem::path& path, bool replaces = false);
/// Throws NetworkShare where SQLite's locks and shared memory cannot be trusted.
void refuse_network_share(const std::filesystem::path& path);
/// Reads header and versions through SQLite's own descriptor. Throws NotACrmFile, Corrupt
/// (truncated), NewerFile, IoError. Leaves nothing beside a file that had nothing beside it.
Admission admit(const std::filesystem::path& path, const Schema& schema);
/// Whether the process may write the file and make others beside it.
bool is_writable(const std::filesystem::path& path);
/// Whether SQLite's -wal or -shm stands beside the file.
bool is_in_use(const std::filesystem::path& path);
bool is_on_read_only_media(const std::filesystem::path& path);
/// "inode-seconds.nanoseconds" of birth; "" where the file system keeps no birth time.
std::string identity_of(const std::filesystem::path& path);

/// For tests: what answers in place of statfs(2); nullptr for the real one.
void set_file_system_type(long (*type_of)(const std::filesystem::path& path));

}  // namespace crm::storage
