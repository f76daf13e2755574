#include <csignal>

#include "support.hpp"

using namespace test::storage;

namespace {

constexpr Migration steps[] = {
    {2, "ALTER TABLE party ADD COLUMN phone TEXT", "parties get a phone"},
    {3, "CREATE TABLE note (id INTEGER PRIMARY KEY); INSERT INTO note VALUES (1), (2)", "notes"},
    {4, "UPDATE meta SET value = value + 1 WHERE key = 'counter'", "count"},
};

}  // namespace

TEST_CASE("STO an older file takes every step once, and says so") {
    const Folder folder;
    { create(folder / "a.crm"); }
    std::vector<std::string> log;
    const FileOptions options{.log = [&](std::string_view line) { log.emplace_back(line); }};
    for (const bool is_first : {true, false}) {
        const auto file = File::open(folder / "a.crm", small_schema(4, steps), options);
        CHECK(file->upgraded() == is_first);
        auto reader = file->read();
        CHECK(reader.connection().integer("PRAGMA user_version") == 4);
        CHECK(reader.connection().integer("SELECT count(phone) + 1 FROM party") == 1);
        CHECK(reader.connection().integer("SELECT value FROM meta WHERE key = 'counter'") == 1);
    }
    CHECK(log.size() == 3);
    CHECK(log.front() == "upgrading the file: parties get a phone");
}

TEST_CASE("STO an upgrade that fails keeps the steps before and goes on from there") {
    const Folder folder;
    { create(folder / "a.crm"); }
    Migration broken[] = {steps[0], {3, "CREATE TABLE note (id); CREATE nonsense", "broken"}};
    CHECK_THROWS_AS(File::open(folder / "a.crm", small_schema(3, broken), {}), Error);
    {
        const auto file = File::open(folder / "a.crm", small_schema(2, {steps, 1}), {});
        CHECK_FALSE(file->upgraded());
        CHECK(file->read().connection().integer("SELECT count(*) FROM sqlite_schema"
                                                " WHERE name = 'note'") == 0);
    }
    const auto file = File::open(folder / "a.crm", small_schema(4, steps), {});
    CHECK(file->upgraded());
    CHECK(file->read().connection().integer("SELECT count(*) FROM note") == 2);
}

TEST_CASE("STO an upgrade killed between and within steps is taken up again") {
    for (const int kill_at : {2, 3, 4}) {
        const Folder folder;
        { create(folder / "a.crm"); }
        const auto child = start_child([&] {
            int seen = 1;
            const FileOptions options{.log = [&](std::string_view) {
                if (++seen == kill_at) ::kill(::getpid(), SIGKILL);
            }};
            File::open(folder / "a.crm", small_schema(4, steps), options);
        });
        CHECK(wait_for(child) == -SIGKILL);
        const auto file = File::open(folder / "a.crm", small_schema(4, steps), {});
        CHECK(file->read().connection().integer("SELECT value FROM meta WHERE key = 'counter'") ==
              1);
        CHECK(file->quick_check().empty());
    }
}

TEST_CASE("STO processes that open an older file together upgrade it once") {
    const Folder folder;
    { create(folder / "a.crm"); }
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i)
        children.push_back(
            start_child([&] { File::open(folder / "a.crm", small_schema(4, steps), {}); }));
    for (const auto child : children) CHECK(wait_for(child) == 0);
    const auto file = File::open(folder / "a.crm", small_schema(4, steps), {});
    CHECK(file->read().connection().integer("SELECT value FROM meta WHERE key = 'counter'") == 1);
}

TEST_CASE("STO a version that no step leads to is an error") {
    const Folder folder;
    { create(folder / "a.crm"); }
    CHECK_THROWS_AS(File::open(folder / "a.crm", small_schema(5, steps), {}), Error);
}
