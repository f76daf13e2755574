#include "storage/gate.hpp"

#include <csignal>
#include <thread>

#include "support.hpp"

using namespace test::storage;
using Steady = std::chrono::steady_clock;

namespace {

/// A read-modify-write in two statements, which any second writer in between would spoil.
void count_one_up(File& file, File::Durability durability) {
    auto writer = file.write(durability);
    auto& connection = writer.connection();
    const auto value = connection.integer("SELECT value FROM meta WHERE key = 'counter'");
    connection.use("UPDATE meta SET value = ?1 WHERE key = 'counter'").bind(1, value + 1).run();
    writer.commit();
}

std::int64_t counter(File& file) {
    return file.read().connection().integer("SELECT value FROM meta WHERE key = 'counter'");
}

}  // namespace

TEST_CASE("STO eight processes count together, nothing is lost and nobody starves") {
    const Folder folder;
    constexpr int processes = 8, each = 60;
    { create(folder / "a.crm"); }
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i)
        children.push_back(start_child([&] {
            const auto file = open(folder / "a.crm");
            auto longest = 0ms;
            for (int n = 0; n < each; ++n) {
                const auto start = Steady::now();
                count_one_up(*file, File::Durability::full);
                longest = std::max(
                    longest, std::chrono::ceil<std::chrono::milliseconds>(Steady::now() - start));
            }
            if (longest > 3s) ::_exit(2);
        }));
    for (const auto child : children) CHECK(wait_for(child) == 0);
    CHECK(counter(*open(folder / "a.crm")) == processes * each);
}

TEST_CASE("STO a process that always writes lets another one in soon") {
    const Folder folder;
    { create(folder / "a.crm"); }
    const auto greedy = start_child([&] {
        const auto file = open(folder / "a.crm");
        while (true) count_one_up(*file, File::Durability::bulk);
    });
    const auto file = open(folder / "a.crm");
    const auto start = Steady::now();
    for (int i = 0; i < 20; ++i) count_one_up(*file, File::Durability::bulk);
    CHECK(Steady::now() - start < 2s);
    ::kill(greedy, SIGKILL);
    CHECK(wait_for(greedy) == -SIGKILL);
    CHECK(file->quick_check().empty());
}

TEST_CASE("STO threads count together, nothing is lost") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 50; ++n) {
                count_one_up(*file, File::Durability::bulk);
                counter(*file);
            }
        });
    for (auto& thread : threads) thread.join();
    file->end_bulk();
    CHECK(counter(*file) == 300);
}

TEST_CASE("STO threads enter in the order they came, or not at all by their deadline") {
    FairMutex mutex;
    REQUIRE(mutex.lock_until({}));
    std::vector<int> order;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            if (!mutex.lock_until(Steady::now() + 10s)) return;
            order.push_back(i);
            mutex.unlock();
        });
        std::this_thread::sleep_for(10ms);
    }
    std::thread{[&] { CHECK_FALSE(mutex.lock_until(Steady::now() + 5ms)); }}.join();
    mutex.unlock();
    for (auto& thread : threads) thread.join();
    CHECK(order == std::vector{0, 1, 2, 3});
}

TEST_CASE("STO a killed writer frees the gate and what it acknowledged is there") {
    const Folder folder;
    { create(folder / "a.crm"); }
    std::int64_t acknowledged = 0;
    for (int round = 0; round < 8; ++round) {
        int pipe[2];
        REQUIRE(::pipe(pipe) == 0);
        const auto child = start_child([&] {
            const auto file = open(folder / "a.crm");
            while (true) {
                count_one_up(*file, File::Durability::full);
                (void)!::write(pipe[1], "x", 1);
            }
        });
        ::close(pipe[1]);
        std::this_thread::sleep_for(std::chrono::milliseconds{20 + 7 * round});
        ::kill(child, SIGKILL);
        CHECK(wait_for(child) == -SIGKILL);
        char byte;
        while (::read(pipe[0], &byte, 1) == 1) ++acknowledged;
        ::close(pipe[0]);
    }
    const auto file = open(folder / "a.crm");
    CHECK(acknowledged > 0);
    CHECK(counter(*file) >= acknowledged);
    CHECK(counter(*file) <= acknowledged + 8);
    CHECK(file->quick_check().empty());
    CHECK_NOTHROW(count_one_up(*file, File::Durability::full));
}
