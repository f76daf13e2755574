#include "storage/registry.hpp"

#include <dlfcn.h>
#include <link.h>
#include <sys/stat.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/error.hpp"

namespace crm::storage {
namespace {

std::mutex claims_mutex;

std::set<std::pair<dev_t, ino_t>>& claims() {
    static auto& all = *new std::set<std::pair<dev_t, ino_t>>;  // outlives every static File
    return all;
}

constexpr std::string_view companions[] = {"-wal", "-shm", "-journal", "-gate"};

bool is_claimed(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return false;
    const std::lock_guard lock{claims_mutex};
    return claims().contains({status.st_dev, status.st_ino});
}

std::vector<std::string> loaded_objects() {
    std::vector<std::string> names;
    dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* all) {
            if (info->dlpi_name) static_cast<decltype(names)*>(all)->emplace_back(info->dlpi_name);
            return 0;
        },
        &names);
    return names;
}

/// The object that brings the SQLite which a loaded object sees; "" where it sees none.
std::string sqlite_seen_by(const std::string& object) {
    void* handle = dlopen(object.empty() ? nullptr : object.c_str(), RTLD_LAZY | RTLD_NOLOAD);
    if (!handle) return {};
    Dl_info found{};
    void* symbol = dlsym(handle, "sqlite3_libversion");
    const bool is_found = symbol && dladdr(symbol, &found) != 0 && found.dli_fname;
    dlclose(handle);
    return is_found ? found.dli_fname : std::string{};
}

std::string find_other_copies() {
    std::set<std::string> homes;
    for (const auto& object : loaded_objects()) homes.insert(sqlite_seen_by(object));
    homes.erase(std::string{});
    if (homes.size() < 2) return {};
    std::string list;
    for (const auto& home : homes) list += (list.empty() ? "" : ", ") + home;
    return list;
}

}  // namespace

bool is_held(const std::filesystem::path& path) {
    std::error_code ignored;
    const std::string name = std::filesystem::weakly_canonical(path, ignored).string();
    if (is_claimed(name)) return true;
    return std::ranges::any_of(companions, [&](std::string_view suffix) {
        return name.ends_with(suffix) && is_claimed(name.substr(0, name.size() - suffix.size()));
    });
}

Claim::Claim(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) throw NotFound{"no such file: " + path.string()};
    const std::lock_guard lock{claims_mutex};
    if (!claims().emplace(status.st_dev, status.st_ino).second)
        throw Misuse{"this process has the file open already, share that handle: " + path.string()};
    device_ = status.st_dev;
    inode_ = status.st_ino;
}

Claim::~Claim() {
    const std::lock_guard lock{claims_mutex};
    claims().erase({device_, inode_});
}

std::string other_sqlite_copies() {
    static const std::string copies = find_other_copies();
    return copies;
}

}  // namespace crm::storage
