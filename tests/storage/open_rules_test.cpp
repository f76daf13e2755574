#include <sqlite3.h>
#include <sys/stat.h>

#include <functional>

#include "storage/open_rules.hpp"
#include "support.hpp"

using namespace test::storage;

namespace {

void run_raw(const fs::path& path, const char* sql) {
    sqlite3* handle = nullptr;
    sqlite3_open(path.c_str(), &handle);
    const int code = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr);
    sqlite3_close(handle);
    REQUIRE(code == SQLITE_OK);
}

/// A file of this release, closed, without its gate.
void make_ours(const fs::path& path) {
    { create(path); }
    fs::remove(path.string() + "-gate");
}

void cut(const fs::path& path, std::uintmax_t bytes) {
    make_ours(path);
    fs::resize_file(path, bytes);
}

struct Rule {
    const char* name;
    std::function<void(const fs::path&)> make;
    std::function<void(const fs::path&)> expect;
};

template <class Expected>
void throws(const fs::path& path) {
    CHECK_THROWS_AS(open(path), Expected);
}

const Rule rules[] = {
    {"no file", [](const fs::path&) {}, throws<NotFound>},
    {"directory", [](const fs::path& path) { fs::create_directory(path); }, throws<NotACrmFile>},
    {"empty file", [](const fs::path& path) { write_bytes(path, ""); }, throws<NotACrmFile>},
    {"pipe", [](const fs::path& path) { ::mkfifo(path.c_str(), 0600); }, throws<NotACrmFile>},
    {"short text", [](const fs::path& path) { write_bytes(path, "hello"); }, throws<NotACrmFile>},
    {"long text", [](const fs::path& path) { write_bytes(path, std::string(100'000, 'x')); },
     throws<NotACrmFile>},
    {"zeros", [](const fs::path& path) { write_bytes(path, std::string(8'192, '\0')); },
     throws<NotACrmFile>},
    {"another database", [](const fs::path& path) { run_raw(path, "CREATE TABLE t (x)"); },
     throws<NotACrmFile>},
    {"another application's database in WAL mode",
     [](const fs::path& path) {
         run_raw(path, "PRAGMA journal_mode=WAL; PRAGMA application_id=7; CREATE TABLE t (x)");
     },
     throws<NotACrmFile>},
    {"another database's first bytes",
     [](const fs::path& path) {
         write_bytes(path, std::string{"SQLite format 3\0\x10", 17});
     },
     throws<NotACrmFile>},
    {"cut after the header", [](const fs::path& path) { cut(path, 100); }, throws<Corrupt>},
    {"cut within a page", [](const fs::path& path) { cut(path, 9'000); }, throws<Corrupt>},
    {"cut by one byte",
     [](const fs::path& path) {
         make_ours(path);
         fs::resize_file(path, fs::file_size(path) - 1);
     },
     throws<Corrupt>},
    {"no schema version",
     [](const fs::path& path) {
         make_ours(path);
         run_raw(path, "PRAGMA user_version = 0");
     },
     throws<Corrupt>},
    {"newer, and this release must not read it",
     [](const fs::path& path) {
         make_ours(path);
         run_raw(path, "PRAGMA user_version = 9; UPDATE meta SET value = 8");
     },
     throws<NewerFile>},
    {"newer, and says nothing about older releases",
     [](const fs::path& path) {
         make_ours(path);
         run_raw(path, "PRAGMA user_version = 9; DROP TABLE meta");
     },
     throws<NewerFile>},
};

}  // namespace

TEST_CASE("STO each file that cannot be opened says why and stays as it was, byte for byte") {
    for (const auto& rule : rules) {
        INFO(rule.name);
        const Folder folder;
        const auto path = folder / "a b%c#d?.crm";
        rule.make(path);
        const bool is_plain = fs::is_regular_file(path);
        const auto before = is_plain ? bytes_of(path) : std::string{};
        const auto files = files_in(folder.path());
        rule.expect(path);
        CHECK(files_in(folder.path()) == files);
        if (is_plain) CHECK(bytes_of(path) == before);
        CHECK_FALSE(fs::exists(path.string() + "-gate"));
    }
}

TEST_CASE("STO a newer file that older releases may read is opened read-only") {
    const Folder folder;
    make_ours(folder / "a.crm");
    run_raw(folder / "a.crm",
            "PRAGMA user_version = 9; UPDATE meta SET value = 8 WHERE key = 'min_writer'");
    const auto file = open(folder / "a.crm");
    CHECK(file->read_only());
    CHECK(count_parties(*file) == 0);
    CHECK_THROWS_AS(file->write(), ReadOnly);
    CHECK_THROWS_AS(file->end_bulk(), ReadOnly);
}

TEST_CASE("STO a newer file that older releases may write is written") {
    const Folder folder;
    make_ours(folder / "a.crm");
    run_raw(folder / "a.crm", "PRAGMA user_version = 9");
    CHECK_FALSE(open(folder / "a.crm")->read_only());
}

TEST_CASE("STO a file opened read-only refuses writing, and an older one is not upgraded") {
    const Folder folder;
    make_ours(folder / "a.crm");
    CHECK_THROWS_AS(open(folder / "a.crm", {.read_only = true})->write(), ReadOnly);
    const Migration step{2, "CREATE TABLE more (x)", "more"};
    CHECK_THROWS_AS(File::open(folder / "a.crm", small_schema(2, {&step, 1}), {.read_only = true}),
                    ReadOnly);
}

TEST_CASE("STO a file that lost its WAL mode gets it back") {
    const Folder folder;
    make_ours(folder / "a.crm");
    run_raw(folder / "a.crm", "PRAGMA journal_mode = DELETE");
    CHECK(open(folder / "a.crm")->read().connection().text("PRAGMA journal_mode") == "wal");
}

TEST_CASE("STO a file without permission is an I/O error") {
    const Folder folder;
    const auto path = folder / "a.crm";
    make_ours(path);
    const auto child = start_child([&] {
        fs::permissions(folder.path(), fs::perms{0777});
        if (::geteuid() == 0 && ::seteuid(65534) != 0) ::_exit(2);
        const auto refused = [&](const FileOptions& options) {
            try {
                open(path, options);
                return false;
            } catch (const IoError&) {
                return true;
            }
        };
        if (!refused({})) ::_exit(3);  // may be read only
        open(path, {.read_only = true});
        if (::geteuid() == 65534) (void)!::seteuid(0);
        fs::permissions(path, fs::perms{0});
        if (::geteuid() == 0) (void)!::seteuid(65534);
        if (!refused({}) || !refused({.read_only = true})) ::_exit(4);
    });
    CHECK(wait_for(child) == 0);
}

TEST_CASE("STO network shares are refused with what to do, for new files too") {
    const Folder folder;
    make_ours(folder / "a.crm");
    set_file_system_type([](const fs::path&) -> long { return 0x6969; });
    CHECK_THROWS_WITH_AS(open(folder / "a.crm"), doctest::Contains("local disk"), NetworkShare);
    CHECK_THROWS_AS(create(folder / "b.crm"), NetworkShare);
    set_file_system_type([](const fs::path&) -> long { return static_cast<int>(0xFF534D42); });
    CHECK_THROWS_AS(open(folder / "a.crm"), NetworkShare);
    set_file_system_type(nullptr);
    CHECK_NOTHROW(open(folder / "a.crm"));
    CHECK(files_in(folder.path()) == 2);
}
