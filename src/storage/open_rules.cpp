#include "storage/open_rules.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include "crm/error.hpp"
#include "storage/connection_impl.hpp"

namespace crm::storage {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct FileSystem {
    std::uint32_t magic;
    const char* name;
};

constexpr FileSystem network_file_systems[] = {
    {0x6969, "NFS"},
    {0x517B, "SMB"},
    {0xFE534D42, "SMB2"},
    {0xFF534D42, "CIFS"},
    {0x01021997, "9P"},
    {0x65735546, "FUSE or virtiofs"},
    {0x73757245, "Coda"},
    {0x5346414F, "AFS"},
    {0x6B414653, "AFS"},
    {0x564C, "NCP"},
    {0x00C36400, "Ceph"},
    {0x01161970, "GFS2"},
    {0x7461636F, "OCFS2"},
    {0x0BD00BD0, "Lustre"},
    {0x47504653, "GPFS"},
    {0x19830326, "BeeGFS"},
    {0x786F4256, "VirtualBox"},
    {0x61636673, "ACFS"},
};

std::atomic<long (*)(const fs::path&)> type_hook{nullptr};

std::optional<std::uint32_t> file_system_type(const fs::path& path) {
    if (const auto hook = type_hook.load()) return static_cast<std::uint32_t>(hook(path));
    struct statfs status {};
    if (::statfs(path.c_str(), &status) != 0) return std::nullopt;
    return static_cast<std::uint32_t>(status.f_type);
}

[[noreturn]] void throw_unreachable(const fs::path& path, int error) {
    if (error == ENOENT || error == ENOTDIR) throw NotFound{"no such file: " + path.string()};
    throw IoError{path.string() + ": " + std::strerror(error)};
}

std::int64_t size_of(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_size : 0;
}

fs::path beside(const fs::path& path, const char* suffix) { return path.string() + suffix; }

/// The first 100 bytes of a database file.
class Header {
public:
    /// Nothing where the file is shorter or begins otherwise.
    static std::optional<Header> read(sqlite3* handle) {
        Header header;
        auto& file = database_file(handle);
        const int code = file.pMethods->xRead(&file, header.bytes_.data(), 100, 0);
        if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ)
            throw_sqlite(nullptr, code, "reading the header");
        if (std::memcmp(header.bytes_.data(), "SQLite format 3", 16) != 0) return std::nullopt;
        return header;
    }
    std::int32_t application() const { return static_cast<std::int32_t>(number(68, 4)); }
    /// 0 where the header does not know.
    std::int64_t file_size() const {
        if (number(24, 4) != number(92, 4)) return 0;
        const std::int64_t page_size = number(16, 2) == 1 ? 65'536 : number(16, 2);
        return page_size * number(28, 4);
    }
    bool operator==(const Header&) const = default;

private:
    std::uint32_t number(std::size_t at, std::size_t size) const {
        std::uint32_t value = 0;
        for (std::size_t i = at; i < at + size; ++i) value = value << 8 | bytes_[i];
        return value;
    }
    std::array<unsigned char, 100> bytes_{};
};

/// By the effective user, whom opening will go by.
bool may(const fs::path& path, int what) {
    return ::faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0;
}

bool is_cut_short(const fs::path& path, sqlite3* handle) {
    if (size_of(beside(path, "-wal")) > 0) return false;
    const auto header = Header::read(handle);
    return header && header->file_size() > size_of(path);
}

/// Looks again before it says so: another process may be in the middle of a checkpoint.
void refuse_truncated(const fs::path& path, sqlite3* handle) {
    for (int tries = 0; is_cut_short(path, handle); ++tries) {
        if (tries == 3)
            throw Corrupt{path.string() +
                          ": the file is cut short (an unfinished copy?);"
                          " copy it again or restore a backup"};
        std::this_thread::sleep_for(5ms);
    }
}

void refuse_foreign(const fs::path& path, sqlite3* handle) {
    const auto header = Header::read(handle);
    if (!header || header->application() != application_id)
        throw NotACrmFile{path.string() + " is not a CRM file; it was left as it is"};
}

std::int64_t read_integer(Connection& connection, std::string_view sql, std::int64_t otherwise) {
    try {
        return connection.integer(sql, otherwise);
    } catch (const Error& error) {
        if (dynamic_cast<const Corrupt*>(&error)) throw;
        return otherwise;  // no such table: a newer release may keep its versions elsewhere
    }
}

Admission read_admission(Connection& connection, const fs::path& path, const Schema& schema) {
    const auto version = connection.integer("PRAGMA user_version");
    if (version < 1) throw Corrupt{path.string() + " carries no schema version; restore a backup"};
    if (version <= schema.version) return {static_cast<int>(version), true};
    const auto least = [&](std::string_view sql) { return read_integer(connection, sql, version); };
    if (least("SELECT value FROM meta WHERE key = 'min_reader'") > schema.version)
        throw NewerFile{path.string() + " was written by a newer release (schema " +
                        std::to_string(version) + ", this one knows " +
                        std::to_string(schema.version) + "); install that release to open it"};
    const auto writer = least("SELECT value FROM meta WHERE key = 'min_writer'");
    return {static_cast<int>(version), writer <= schema.version};
}

Admission peek(const fs::path& path, const Schema& schema, bool immutable) {
    const auto connection = open_connection(
        {.path = path, .purpose = ConnectionSetup::Purpose::peek, .immutable = immutable});
    return read_admission(*connection, path, schema);
}

Admission read_versions(const fs::path& path, const Schema& schema) {
    if (is_in_use(path)) return peek(path, schema, false);
    try {
        return peek(path, schema, true);
    } catch (const Corrupt&) {
        if (!is_in_use(path)) throw;  // else somebody began to write while we looked
        return peek(path, schema, false);
    }
}

}  // namespace

void set_file_system_type(long (*type_of)(const fs::path& path)) { type_hook = type_of; }

fs::path find_file(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) throw_unreachable(path, errno);
    if (S_ISDIR(status.st_mode))
        throw NotACrmFile{path.string() + " is not a CRM file: it is a directory"};
    if (!S_ISREG(status.st_mode) || status.st_size == 0)
        throw NotACrmFile{path.string() + " is not a CRM file: it is empty or no regular file"};
    if (!may(path, R_OK)) throw_unreachable(path, errno);
    return fs::canonical(path);
}

fs::path find_place(const fs::path& path, bool replaces) {
    std::error_code failure;
    const auto folder = fs::canonical(fs::absolute(path).parent_path(), failure);
    if (failure) throw IoError{path.string() + ": no such folder, or no right to enter it"};
    if (path.filename().empty()) throw IoError{path.string() + " names no file"};
    const auto place = folder / path.filename();
    if (fs::symlink_status(place).type() == fs::file_type::not_found) return place;
    if (!replaces) throw Conflict{place.string() + " exists already; choose another name"};
    const auto found = fs::canonical(place, failure);
    if (failure || !fs::is_regular_file(found, failure))
        throw IoError{place.string() + " is no regular file, so nothing can take its place"};
    return found;
}

void refuse_network_share(const fs::path& path) {
    const auto type = file_system_type(path);
    for (const auto& [magic, name] : network_file_systems)
        if (type == magic)
            throw NetworkShare{path.string() + " is on a network share (" + name +
                               "), where locks and shared memory cannot be trusted and files get"
                               " damaged; keep it on a local disk, and share backups instead"};
}

Admission admit(const fs::path& path, const Schema& schema) {
    {
        const auto looker =
            open_connection({.path = path, .purpose = ConnectionSetup::Purpose::peek});
        refuse_foreign(path, looker->handle());
        refuse_truncated(path, looker->handle());
    }
    return read_versions(path, schema);
}

bool is_writable(const fs::path& path) { return may(path, W_OK) && may(path.parent_path(), W_OK); }

bool is_in_use(const fs::path& path) {
    return fs::exists(beside(path, "-wal")) || fs::exists(beside(path, "-shm"));
}

bool is_on_read_only_media(const fs::path& path) {
    struct statvfs status {};
    return ::statvfs(path.c_str(), &status) == 0 && (status.f_flag & ST_RDONLY) != 0;
}

std::string identity_of(const fs::path& path) {
    struct statx status {};
    if (::statx(AT_FDCWD, path.c_str(), 0, STATX_INO | STATX_BTIME, &status) != 0) return {};
    if ((status.stx_mask & STATX_BTIME) == 0) return {};
    return std::to_string(status.stx_ino) + "-" + std::to_string(status.stx_btime.tv_sec) + "." +
           std::to_string(status.stx_btime.tv_nsec);
}

}  // namespace crm::storage
