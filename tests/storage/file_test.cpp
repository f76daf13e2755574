#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "storage/registry.hpp"
#include "support.hpp"

using namespace test::storage;

TEST_CASE("STO a new file appears complete, is written, closed and found as it was") {
    const Folder folder;
    const auto path = folder / "a.crm";
    {
        const auto file = create(path);
        auto writer = file->write();
        add_party(writer.connection(), "A", "Acme");
        writer.commit();
        CHECK(count_parties(*file) == 1);
    }
    const auto file = open(path);
    CHECK(count_parties(*file) == 1);
    CHECK_FALSE(file->upgraded());
    CHECK_FALSE(file->read_only());
    CHECK(file->path() == fs::canonical(path));
    CHECK(file->quick_check().empty());
}

TEST_CASE("STO after the last close the file stands alone but for its gate") {
    const Folder folder;
    {
        const auto file = create(folder / "a.crm");
        auto writer = file->write();
        add_party(writer.connection(), "A", "Acme");
        writer.commit();
        CHECK(size_of(folder / "a.crm-wal") > 0);
    }
    CHECK(files_in(folder.path()) == 2);
    CHECK(fs::exists(folder / "a.crm-gate"));
}

TEST_CASE("STO the file has the settings that the design promises") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    auto writer = file->write();
    auto& connection = writer.connection();
    CHECK(connection.integer("PRAGMA page_size") == 8192);
    CHECK(connection.text("PRAGMA journal_mode") == "wal");
    CHECK(connection.integer("PRAGMA synchronous") == 2);
    CHECK(connection.integer("PRAGMA foreign_keys") == 1);
    CHECK(connection.integer("PRAGMA secure_delete") == 1);
    CHECK(connection.integer("PRAGMA trusted_schema") == 0);
    CHECK(connection.integer("PRAGMA wal_autocheckpoint") == 0);
    CHECK(connection.integer("PRAGMA mmap_size") == 0);
    CHECK(connection.integer("PRAGMA application_id") == application_id);
    CHECK_THROWS_AS(connection.use("SELECT \"no such column\""), Error);
    CHECK_THROWS_AS(connection.execute("INSERT INTO sqlite_schema (name) VALUES ('x')"), Error);
    CHECK(file->read().connection().mode() == Connection::Mode::read);
}

TEST_CASE("STO create refuses a name that is taken and leaves nothing when filling fails") {
    const Folder folder;
    write_bytes(folder / "taken.crm", "mine");
    CHECK_THROWS_AS(create(folder / "taken.crm"), Conflict);
    CHECK(bytes_of(folder / "taken.crm") == "mine");
    const auto fail = [](Connection&) { throw NotFound{"stop"}; };
    CHECK_THROWS_AS(File::create(folder / "b.crm", small_schema(), {}, fail), NotFound);
    CHECK_THROWS_AS(File::create(folder / "b.crm", {1, "CREATE nonsense", {}}, {}, {}), Error);
    CHECK_THROWS_AS(create(folder / "none" / "b.crm"), IoError);
    CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("STO create writes the first rows in the transaction of the schema") {
    const Folder folder;
    const auto fill = [](Connection& connection) { add_party(connection, "A", "Acme"); };
    const auto file = File::create(folder / "a.crm", small_schema(), {}, fill);
    CHECK(count_parties(*file) == 1);
}

TEST_CASE("STO a unit of work that is not committed leaves no trace") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    { add_party(file->write().connection(), "A", "Acme"); }
    auto writer = file->write();
    add_party(writer.connection(), "B", "Beta");
    writer.rollback();
    CHECK_THROWS_AS(writer.commit(), Misuse);
    CHECK(count_parties(*file) == 0);
}

TEST_CASE("STO a reader sees one snapshot for its life") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    const auto reader = file->read();
    CHECK(reader.connection().integer("SELECT count(*) FROM party") == 0);
    auto writer = file->write();
    add_party(writer.connection(), "A", "Acme");
    writer.commit();
    CHECK(reader.connection().integer("SELECT count(*) FROM party") == 0);
    CHECK(count_parties(*file) == 1);
    CHECK_THROWS_AS(reader.connection().execute("DELETE FROM party WHERE id = 1"), ReadOnly);
}

TEST_CASE("STO more readers than the pool holds are made, and closed afterwards") {
    const Folder folder;
    const auto file = create(folder / "a.crm", {.readers = 2});
    std::vector<File::Reader> readers;
    for (int i = 0; i < 10; ++i) {
        readers.push_back(file->read());
        CHECK(readers.back().connection().integer("SELECT count(*) FROM party") == 0);
    }
    const auto descriptors = files_in("/proc/self/fd");
    readers.clear();
    CHECK(files_in("/proc/self/fd") < descriptors);
    CHECK(count_parties(*file) == 0);
}

TEST_CASE("STO foreign keys are checked at commit, and no statement is prepared twice for it") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    constexpr auto insert = "INSERT INTO party (id, name, parent_id) VALUES (?1, 'x', ?2)";
    for (std::int64_t i = 0; i < 3; ++i) {
        auto writer = file->write();
        auto use = writer.connection().use(insert);
        use.bind(1, 10 * i + 2).bind(2, 10 * i + 1).run();
        use.bind(1, 10 * i + 1).bind(2, Value{}).run();
        writer.commit();
    }
    auto writer = file->write();
    writer.connection().use(insert).bind(1, 100).bind(2, 999).run();
    CHECK_THROWS_AS(writer.commit(), Invalid);
    writer.rollback();
    CHECK(count_parties(*file) == 6);
}

TEST_CASE("STO the thread that writes gets Misuse for a second unit of work, others Busy") {
    const Folder folder;
    const auto file = create(folder / "a.crm", {.write_deadline = 50ms});
    auto writer = file->write();
    CHECK_THROWS_AS(file->write(), Misuse);
    std::thread{[&] { CHECK_THROWS_AS(file->write(), Busy); }}.join();
    writer.commit();
    std::thread{[&] { CHECK_NOTHROW(file->write()); }}.join();
}

TEST_CASE("STO the same inode cannot be opened twice in a process, whatever its name") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    fs::create_symlink(folder / "a.crm", folder / "link.crm");
    fs::create_hard_link(folder / "a.crm", folder / "hard.crm");
    CHECK_THROWS_AS(open(folder / "a.crm"), Misuse);
    CHECK_THROWS_AS(open(folder / "link.crm"), Misuse);
    CHECK_THROWS_AS(open(folder / "hard.crm"), Misuse);
    CHECK(count_parties(*file) == 0);
}

TEST_CASE("STO a handle from before fork() is refused in the child and unharmed in the parent") {
    const Folder folder;
    auto file = create(folder / "a.crm");
    auto writer = file->write();
    add_party(writer.connection(), "A", "Acme");
    const auto child = start_child([&] {
        const auto refused = [](auto act) {
            try {
                act();
                return false;
            } catch (const Misuse&) {
                return true;
            }
        };
        if (!refused([&] { file->read(); }) || !refused([&] { file->write(); }) ||
            !refused([&] { file->end_bulk(); }) || !refused([&] { file->analyze(); }))
            ::_exit(2);
        file.reset();
    });
    CHECK(wait_for(child) == 0);
    writer.commit();
    CHECK(count_parties(*file) == 1);
}

TEST_CASE("STO a full disk fails the commit, and the file stays sound and usable") {
    const Folder folder;
    const auto path = folder / "a.crm";
    { create(path); }
    const auto child = start_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const auto file = open(path);
        const rlimit tight{.rlim_cur = 200'000, .rlim_max = RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &tight);
        const auto fill = [&] {
            auto writer = file->write();
            for (int i = 0; i < 40; ++i)
                add_party(writer.connection(), std::to_string(i), std::string(10'000, 'x'));
            writer.commit();
        };
        bool failed = false;
        try {
            fill();
        } catch (const IoError&) {
            failed = true;
        }
        if (!failed || count_parties(*file) != 0) ::_exit(2);
        const rlimit free{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &free);
        fill();  // the writer was opened again
    });
    CHECK(wait_for(child) == 0);
    const auto file = open(path);
    CHECK(count_parties(*file) == 40);
    CHECK(file->quick_check().empty());
}

TEST_CASE("STO one copy of SQLite is no warning") { CHECK(other_sqlite_copies() == ""); }

TEST_CASE("STO analyze leaves statistics that readers use at once") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    auto writer = file->write();
    for (int i = 0; i < 100; ++i) add_party(writer.connection(), std::to_string(i), "x");
    writer.commit();
    file->analyze();
    CHECK(file->read().connection().integer("SELECT count(*) FROM sqlite_stat1") > 0);
}

TEST_CASE("STO the identity of a file survives closing and differs in a copy") {
    const Folder folder;
    const auto identity = create(folder / "a.crm")->identity();
    CHECK(open(folder / "a.crm")->identity() == identity);
    fs::copy_file(folder / "a.crm", folder / "b.crm");
    if (!identity.empty()) CHECK(open(folder / "b.crm")->identity() != identity);
}
