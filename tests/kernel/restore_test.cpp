// Restoring a backup into a file that is open, here and in other processes.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "support/desk.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace ::test;

namespace {

namespace fs = std::filesystem;

/// A process of its own, which ends with `body`; killed where it still runs at the end.
class Process {
public:
    explicit Process(const std::function<int()>& body) : id_(fork()) {
        if (id_ != 0) return;
        int status = 99;
        try {
            status = body();
        } catch (const std::exception& error) {
            std::fprintf(stderr, "in a process: %s\n", error.what());
        }
        _exit(status);
    }
    ~Process() { kill(); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void kill() {
        if (id_ > 0) ::kill(id_, SIGKILL);
        status();
    }
    int status() {
        int status = 0;
        if (id_ > 0) waitpid(id_, &status, 0);
        id_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
    }

private:
    pid_t id_;
};

/// Numbers from one process to another, in order.
class Pipe {
public:
    Pipe() { REQUIRE(pipe(ends_) == 0); }
    ~Pipe() {
        close(ends_[0]);
        close(ends_[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void put(std::int64_t number) const {
        if (write(ends_[1], &number, sizeof number) != sizeof number) _exit(97);
    }
    std::int64_t get() const {
        std::int64_t number = 0;
        return read(ends_[0], &number, sizeof number) == sizeof number ? number : -1;
    }

private:
    int ends_[2];
};

void add_pair(Session& me) {
    me.write("pair", [&](Work&) {
        Parties(me).add({.name = "Left"});
        Parties(me).add({.name = "Right"});
    });
}

/// The numbers of both, in one snapshot.
std::pair<std::int64_t, std::int64_t> pairs(const Session& me) {
    const auto rows = me.sql(
                            "SELECT (SELECT count(*) FROM party WHERE name = 'Left'),"
                            " (SELECT count(*) FROM party WHERE name = 'Right')")
                          .rows;
    return {std::get<std::int64_t>(rows[0][0]), std::get<std::int64_t>(rows[0][1])};
}

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator{}));
}

}  // namespace

TEST_CASE("OPS-03 a backup is restored into the open file, and every session goes on") {
    Desk desk;
    const Ref acme = desk.parties.add({.name = "Acme SRL", .description = "vinuri"}).head.id;
    const auto backup = desk.folder.path() / "backup.crm";
    desk.database.backup(backup);
    const std::string position = Feed(desk.ion).now();
    const Ref bacarat = desk.parties.add({.name = "Bacarat SA"}).head.id;
    desk.ion.change(acme, any_version, {{"name", Value{"Zorile SRL"}}});
    Rights(desk.ana).revoke(desk.petru.user(), "*", "read", "unit");
    const auto before = desk.ana.info();

    desk.database.restore(backup);

    CHECK(desk.parties.get(acme).name == "Acme SRL");
    CHECK_FALSE(desk.ion.find(bacarat));
    CHECK(desk.ion.search("vinuri").rows.size() == 1);
    CHECK(desk.ion.search("zorile").rows.empty());
    CHECK(desk.ion.quick("acme").rows.size() == 1);
    CHECK_THROWS_AS(Feed(desk.ion).read(position), Resync);
    const auto info = desk.ana.info();
    CHECK(info.copy_number != before.copy_number);
    CHECK(info.copy_uuid != before.copy_uuid);
    CHECK(desk.database.quick_check().empty());

    const Ref fresh = desk.parties.add({.name = "Codru SRL"}).head.id;
    CHECK(fresh != bacarat);
    CHECK(fresh.copy() == info.copy_number);
    CHECK(desk.ion.search("codru").rows.size() == 1);
    CHECK(Parties(desk.petru).add({.name = "Of Petru"}).head.id.copy() == info.copy_number);
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(fs::exists(backup));
    CHECK(files_in(desk.folder.path()) <= 5);  // file, -wal, -shm, -gate, backup
}

TEST_CASE("OPS-03 a restored file is no copy when it is opened again") {
    const Folder folder;
    const auto path = folder.path() / "a.crm", backup = folder.path() / "b.crm";
    std::int64_t number = 0;
    {
        auto database = create(path, {.admin = "ana"});
        database.backup(backup);
        database.restore(backup);
        number = database.trusted_session("ana").info().copy_number;
    }
    CHECK(open(path).trusted_session("ana").info().copy_number == number);
    CHECK(open(backup).trusted_session("ana").info().copy_number != number);
}

TEST_CASE("OPS-03 a backup of an older release, or of another company, is restored too") {
    Desk desk;
    const auto golden = fs::path(CRM_SOURCE_DIR) / "tests/golden/v1.crm";
    const auto version = desk.ana.info().schema_version;
    const auto bytes = fs::file_size(golden);
    desk.database.restore(golden);
    CHECK(fs::file_size(golden) == bytes);
    CHECK(desk.database.quick_check().empty());
    auto rows = desk.database.trusted_session("ana").info();
    CHECK(rows.schema_version == version);
    CHECK_THROWS_AS(static_cast<void>(desk.database.trusted_session("petru")), NotFound);
}

TEST_CASE("OPS-03 what is no sound backup is refused, and the file stays as it was") {
    Desk desk;
    const Ref acme = desk.parties.add({.name = "Acme SRL"}).head.id;
    const auto folder = desk.folder.path(), backup = folder / "backup.crm";
    desk.database.backup(backup);
    const auto damaged = folder / "damaged.crm", text = folder / "text.crm",
               cut = folder / "cut.crm";
    fs::copy_file(backup, damaged);
    {
        std::fstream file(damaged, std::ios::binary | std::ios::in | std::ios::out);
        for (const int page : {3, 4, 5, 6, 7, 8}) {
            file.seekp(page * 8192);
            file << std::string(4000, '\xff');
        }
    }
    fs::copy_file(backup, cut);
    fs::resize_file(cut, fs::file_size(cut) / 2);
    std::ofstream(text) << "not a database";
    const auto files = files_in(folder);
    CHECK_THROWS_AS(desk.database.restore(folder / "nothing.crm"), NotFound);
    CHECK_THROWS_AS(desk.database.restore(text), NotACrmFile);
    CHECK_THROWS_AS(desk.database.restore(damaged), Corrupt);
    CHECK_THROWS_AS(desk.database.restore(cut), Corrupt);
    CHECK_THROWS_AS(desk.database.restore(desk.path()), Misuse);
    desk.ion.write("test.inside",
                   [&](Work&) { CHECK_THROWS_AS(desk.database.restore(backup), Misuse); });
    CHECK(files_in(folder) == files);
    CHECK(desk.parties.get(acme).name == "Acme SRL");
    OpenOptions reading;
    reading.read_only = true;
    auto other = open(backup, reading);
    CHECK_THROWS_AS(other.restore(desk.path()), ReadOnly);
}

TEST_CASE(
    "OPS-03 while others read and write, they see the old or the new, and no id is given twice") {
    const Folder folder;
    const auto path = folder.path() / "team.crm", backup = folder.path() / "backup.crm";
    {
        auto database = create(path, {.admin = "ana"});
        auto me = database.trusted_session("ana");
        for (int i = 0; i < 50; ++i) add_pair(me);
        database.backup(backup);
    }
    constexpr int restores = 5;
    const Pipe ids, ready, stop;
    Process writer([&] {
        auto database = open(path);
        auto me = database.trusted_session("ana");
        ready.put(1);
        for (int i = 0; i < 400; ++i) {
            const auto id = Parties(me).add({.name = "Other"}).head.id;
            add_pair(me);
            ids.put(id.value());
        }
        ids.put(0);
        return 0;
    });
    Process reader([&] {
        auto database = open(path);
        auto me = database.trusted_session("ana");
        ready.put(1);
        for (int i = 0; i < 1'500; ++i) {
            const auto [left, right] = pairs(me);
            if (left != right || left < 50) return 1;
        }
        return 0;
    });
    ready.get(), ready.get();
    std::set<std::int64_t> given;
    std::size_t count = 0;
    auto database = open(path);
    auto me = database.trusted_session("ana");
    for (int i = 0; i < restores; ++i) {
        database.restore(backup);
        for (int n = 0; n < 20; ++n, ++count)
            given.insert(Parties(me).add({.name = "Mine"}).head.id.value());
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    for (std::int64_t id = ids.get(); id > 0; id = ids.get(), ++count) given.insert(id);
    CHECK(given.size() == count);
    CHECK(count == 400 + restores * 20);
    CHECK(writer.status() == 0);
    CHECK(reader.status() == 0);
    CHECK(database.quick_check().empty());
    const auto [left, right] = pairs(me);
    CHECK(left == right);
}

TEST_CASE("OPS-03 killed in the middle of a restore, the file is the old or the new one") {
    const auto seed = crm::test::seed();
    CAPTURE(seed);
    crm::test::Random random(seed);
    const Folder folder;
    const auto path = folder.path() / "team.crm", backup = folder.path() / "backup.crm";
    {
        auto database = create(path, {.admin = "ana"});
        auto me = database.trusted_session("ana");
        me.write("many", [&](Work&) {
            for (int i = 0; i < 3'000; ++i) Parties(me).add({.name = "Old " + std::to_string(i)});
        });
        database.backup(backup);
    }
    for (int round = 0; round < 12; ++round) {
        {
            auto database = open(path);
            auto me = database.trusted_session("ana");
            add_pair(me);
        }
        const Pipe begun;
        Process restoring([&] {
            auto database = open(path);
            begun.put(1);
            database.restore(backup);
            begun.put(2);
            return 0;
        });
        REQUIRE(begun.get() == 1);
        std::this_thread::sleep_for(
            std::chrono::microseconds(crm::test::between(random, 1, 150'000)));
        restoring.kill();
        auto database = open(path);
        auto me = database.trusted_session("ana");
        const auto [left, right] = pairs(me);
        CHECK(left == right);
        CHECK(Parties(me).count(field("name").starts_with("Old")).rows == 3'000);
        CHECK(database.quick_check().empty());
        CHECK(me.search("old").rows.size() > 0);
    }
}
