#include "storage/checkpoint.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "support.hpp"
#include "watching_vfs.hpp"

using namespace test::storage;

namespace {

constexpr std::int64_t mib = std::int64_t{1} << 20;

/// Sets other limits for one test.
class Limits {
public:
    explicit Limits(WalLimits limits) : before_(std::exchange(wal_limits(), limits)) {}
    ~Limits() { wal_limits() = before_; }
    Limits(const Limits&) = delete;
    Limits& operator=(const Limits&) = delete;

private:
    WalLimits before_;
};

/// About a MiB of WAL, over and over in the same rows. SQLite leaves a page alone that would become
/// what it is, so each time it is another text.
void write_mib(File& file, File::Durability durability = File::Durability::bulk) {
    auto writer = file.write(durability);
    auto put = writer.connection().use(
        "INSERT INTO party (id, name) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = ?2");
    static char letter = 'a';
    const std::string name(7'000, letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1));
    for (std::int64_t id = 1; id <= 120; ++id) put.bind(1, id).bind(2, name).run();
    writer.commit();
}

std::int64_t write_and_watch(File& file, int mibs) {
    const auto wal = file.path().string() + "-wal";
    std::int64_t largest = 0;
    for (int i = 0; i < mibs; ++i) {
        write_mib(file);
        largest = std::max(largest, size_of(wal));
    }
    return largest;
}

}  // namespace

TEST_CASE("STO the WAL stays bounded under 250 MiB of writes while others read") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    std::atomic<bool> done{false};
    std::thread reading{[&] {
        while (!done) {
            const auto reader = file->read();
            reader.connection().integer("SELECT count(*) FROM party");
            std::this_thread::sleep_for(10ms);
        }
    }};
    const auto largest = write_and_watch(*file, 250);
    done = true;
    reading.join();
    CHECK(largest > 30 * mib);
    CHECK(largest < 128 * mib);  // 48 on an idle machine; a starved reader costs 8 an attempt
    file->end_bulk();
    CHECK(size_of(folder / "a.crm-wal") == 0);
    CHECK(file->quick_check().empty());
}

TEST_CASE("STO every checkpoint is a TRUNCATE under the writer's lock, at closing too") {
    const WatchingVfs watching;
    auto& counts = WatchingVfs::counts();
    const Limits small{{.checkpoint = 4 * mib, .step = mib}};
    const Folder folder;
    {
        const auto file = create(folder / "a.crm");
        write_and_watch(*file, 20);
        CHECK(counts.wal_truncated >= 3);
        {
            const auto reader = file->read();
            reader.connection().integer("SELECT count(*) FROM party");
            write_and_watch(*file, 8);  // attempts that the reader makes incomplete
        }
        file->end_bulk();
        write_mib(*file, File::Durability::full);
        file->backup(folder / "b.crm", {});
    }
    { open(folder / "a.crm"); }
    CHECK(counts.copied_with_writer_lock >= 3 * 120);
    CHECK(counts.copied_without == 0);
}

TEST_CASE("STO the watch itself sees a PASSIVE checkpoint") {
    const WatchingVfs watching;
    const Folder folder;
    const auto file = create(folder / "a.crm");
    write_mib(*file);
    auto writer = file->write();
    writer.rollback();
    sqlite3_wal_checkpoint_v2(writer.connection().handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                              nullptr, nullptr);
    CHECK(WatchingVfs::counts().copied_without > 0);
}

TEST_CASE("STO a reader that stays costs each attempt 50 ms at most, and the next one succeeds") {
    const Limits small{{.checkpoint = 4 * mib, .step = 2 * mib}};
    const Folder folder;
    const auto file = create(folder / "a.crm");
    const auto start = std::chrono::steady_clock::now();
    {
        const auto reader = file->read();
        reader.connection().integer("SELECT count(*) FROM party");
        CHECK(write_and_watch(*file, 12) > 11 * mib);
        CHECK(reader.connection().integer("SELECT count(*) FROM party") == 0);
    }
    CHECK(std::chrono::steady_clock::now() - start < 3s);
    write_and_watch(*file, 3);
    CHECK(size_of(folder / "a.crm-wal") < 4 * mib);
}

TEST_CASE("STO a read that holds the WAL beyond its limit is interrupted, a young one is not") {
    const Limits small{{.checkpoint = 2 * mib, .step = mib, .readers = 4 * mib}};
    const Folder folder;
    const auto file = create(folder / "a.crm");
    constexpr auto endless =
        "WITH RECURSIVE n(x) AS (SELECT count(*) FROM party UNION ALL"
        " SELECT x + 1 FROM n) SELECT count(*) FROM n";
    std::atomic<bool> interrupted{false};
    std::thread reading{[&] {
        const auto reader = file->read();
        CHECK_THROWS_WITH_AS(reader.connection().integer(endless), doctest::Contains("1 GB"),
                             Interrupted);
        interrupted = true;
    }};
    write_and_watch(*file, 6);
    CHECK_FALSE(interrupted);
    std::this_thread::sleep_for(1'100ms);
    write_and_watch(*file, 3);
    reading.join();
    CHECK(count_parties(*file) == 120);
}

TEST_CASE("STO a bulk run is on disk when end_bulk returns, though a reader holds the WAL") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    const auto reader = file->read();
    reader.connection().integer("SELECT count(*) FROM party");
    write_mib(*file);
    file->end_bulk();
    CHECK(size_of(folder / "a.crm-wal") > 0);
    CHECK(count_parties(*file) == 120);
}
