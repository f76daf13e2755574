/// What the storage tests share: a folder of their own, a small schema, child processes.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "crm/error.hpp"
#include "storage/file.hpp"

namespace test::storage {

namespace fs = std::filesystem;
using namespace crm;
using namespace crm::storage;
using namespace std::chrono_literals;

/// A folder that is gone when the test ends.
class Folder {
public:
    Folder() {
        auto name = (fs::temp_directory_path() / "crm-storage-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    fs::path operator/(const char* name) const { return path_ / name; }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

/// meta, and a parent and child to write to.
inline Schema small_schema(int version = 1, std::span<const Migration> migrations = {}) {
    return {version,
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value);"
            "CREATE TABLE party (id INTEGER PRIMARY KEY, code TEXT UNIQUE, name TEXT NOT NULL,"
            "                    parent_id INTEGER REFERENCES party, CHECK (name <> '')) STRICT;"
            "INSERT INTO meta VALUES ('min_reader', 1), ('min_writer', 1), ('counter', 0);",
            migrations};
}

inline std::shared_ptr<File> create(const fs::path& path, const FileOptions& options = {}) {
    return File::create(path, small_schema(), options, {});
}

inline std::shared_ptr<File> open(const fs::path& path, const FileOptions& options = {}) {
    return File::open(path, small_schema(), options);
}

inline void add_party(Connection& connection, std::string_view code, std::string_view name) {
    auto insert = connection.use("INSERT INTO party (code, name) VALUES (?1, ?2)");
    insert.bind(1, code).bind(2, name).run();
}

inline std::int64_t count_parties(File& file) {
    return file.read().connection().integer("SELECT count(*) FROM party");
}

inline std::string bytes_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_bytes(const fs::path& path, std::string_view bytes) {
    std::ofstream{path, std::ios::binary} << bytes;
}

inline std::int64_t size_of(const fs::path& path) {
    std::error_code missing;
    const auto size = fs::file_size(path, missing);
    return missing ? 0 : static_cast<std::int64_t>(size);
}

inline std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}));
}

/// Runs `work` in a child process, which leaves without destructors of the parent's.
template <class Work>
pid_t start_child(Work work) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    try {
        work();
        ::_exit(0);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "child: %s\n", error.what());
        ::_exit(1);
    }
}

/// The exit code; minus the signal where it was killed.
inline int wait_for(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace test::storage
