#include "storage/temporary_file.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <random>
#include <string>

#include "crm/error.hpp"

namespace crm::storage {
namespace {

namespace fs = std::filesystem;

fs::path temporary_name(const fs::path& target) {
    std::random_device random;
    const auto number = (std::uint64_t{random()} << 32) | random();
    return target.parent_path() /
           ("." + target.filename().string() + "." + std::to_string(number) + ".part");
}

int move_over(const fs::path& from, const fs::path& to) {
    return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

/// Not every file system can rename without replacing; a second link cannot replace anywhere.
int move_without_replacing(const fs::path& from, const fs::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
    if (::link(from.c_str(), to.c_str()) != 0) return errno;
    return ::unlink(from.c_str()) == 0 ? 0 : errno;
}

void sync_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_synced = descriptor >= 0 && (::fsync(descriptor) == 0 || errno == EINVAL);
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!is_synced) throw IoError{folder.string() + ": " + std::strerror(error)};
}

}  // namespace

TemporaryFile::TemporaryFile(fs::path target)
    : target_(std::move(target)), path_(temporary_name(target_)) {}

TemporaryFile::~TemporaryFile() {
    std::error_code ignored;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"})
        fs::remove(path_.string() + suffix, ignored);
}

void TemporaryFile::publish(bool replaces) {
    const int error = replaces ? move_over(path_, target_) : move_without_replacing(path_, target_);
    if (error == EEXIST) throw Conflict{target_.string() + " exists already; choose another name"};
    if (error != 0) throw IoError{target_.string() + ": " + std::strerror(error)};
    sync_folder(target_.parent_path());
}

}  // namespace crm::storage
