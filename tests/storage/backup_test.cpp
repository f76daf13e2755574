#include <thread>

#include "support.hpp"

using namespace test::storage;

namespace {

void fill(File& file, int count) {
    auto writer = file.write();
    for (int i = 0; i < count; ++i)
        add_party(writer.connection(), std::to_string(i), std::string(500, 'n'));
    writer.commit();
}

}  // namespace

TEST_CASE("STO a backup is a file of its own, with what prepare wrote and nothing beside it") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    fill(*file, 500);
    file->backup(folder / "b.crm", [](Connection& copy) {
        copy.execute("UPDATE meta SET value = 42 WHERE key = 'counter'");
    });
    CHECK_FALSE(fs::exists(folder / "b.crm-wal"));
    CHECK_FALSE(fs::exists(folder / "b.crm-shm"));
    const auto copy = open(folder / "b.crm");
    CHECK(count_parties(*copy) == 500);
    const auto counter = "SELECT value FROM meta WHERE key = 'counter'";
    CHECK(copy->read().connection().integer(counter) == 42);
    CHECK(copy->read().connection().integer("PRAGMA page_size") == 8192);
    CHECK(file->read().connection().integer(counter) == 0);
    fill(*file, 0);
}

TEST_CASE("STO a backup that fails, or whose name is taken, leaves nothing") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    fill(*file, 10);
    const auto files = files_in(folder.path());
    const auto fail = [](Connection&) { throw NotFound{"stop"}; };
    CHECK_THROWS_AS(file->backup(folder / "b.crm", fail), NotFound);
    CHECK(files_in(folder.path()) == files);
    write_bytes(folder / "b.crm", "mine");
    CHECK_THROWS_AS(file->backup(folder / "b.crm", {}), Conflict);
    fs::remove(folder / "b.crm");
    const auto take_name = [&](Connection&) { write_bytes(folder / "b.crm", "mine"); };
    CHECK_THROWS_AS(file->backup(folder / "b.crm", take_name), Conflict);
    CHECK(bytes_of(folder / "b.crm") == "mine");
    CHECK(files_in(folder.path()) == files + 1);
}

TEST_CASE("STO a backup taken while others write is one moment of the file") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    std::atomic<bool> done{false};
    std::thread writing{[&] {
        for (int i = 0; !done; ++i) {
            auto writer = file->write();
            add_party(writer.connection(), std::to_string(i), "n");
            writer.connection().execute("UPDATE meta SET value = value + 1 WHERE key = 'counter'");
            writer.commit();
        }
    }};
    for (const char* name : {"1.crm", "2.crm", "3.crm"}) {
        file->backup(folder / name, {});
        const auto copy = open(folder / name);
        const auto counter = "SELECT value FROM meta WHERE key = 'counter'";
        CHECK(count_parties(*copy) == copy->read().connection().integer(counter));
    }
    done = true;
    writing.join();
}

TEST_CASE("STO quick_check names what is damaged") {
    const Folder folder;
    {
        const auto file = create(folder / "a.crm");
        fill(*file, 2'000);
        CHECK(file->quick_check().empty());
    }
    {
        std::fstream damage{folder / "a.crm", std::ios::in | std::ios::out | std::ios::binary};
        damage.seekp(8192 * 20);
        damage << std::string(8192, '\x55');
    }
    CHECK_FALSE(open(folder / "a.crm")->quick_check().empty());
}
