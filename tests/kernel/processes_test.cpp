// Several processes on one file, as a small team has it.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <random>

#include "support/desk.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace ::test;

namespace {

/// Runs `body` in a process of its own; its exit status.
pid_t in_process(const std::function<int()>& body) {
    const pid_t child = fork();
    if (child == 0) {
        int status = 99;
        try {
            status = body();
        } catch (...) {}
        _exit(status);
    }
    return child;
}

int ended(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

/// A file with an administrator, closed, so that processes can open it after the fork.
std::filesystem::path closed_file(const Folder& folder) {
    const auto path = folder.path() / "team.crm";
    create(path, {.admin = "ana"});
    return path;
}

}  // namespace

TEST_CASE("ACT-06 of many processes that complete one activity, exactly one does") {
    const Folder folder;
    const auto path = closed_file(folder);
    Ref visit;
    {
        auto database = open(path);
        auto me = database.trusted_session("ana");
        visit =
            Activities(me).plan({.subject = "Visit", .kind = "meeting", .start = me.now()}).head.id;
    }
    std::vector<pid_t> children;
    for (int i = 0; i < 8; ++i)
        children.push_back(in_process([&] {
            auto database = open(path);
            auto me = database.trusted_session("ana");
            try {
                Activities(me).complete(visit, "done");
                return 1;
            } catch (const Conflict&) {
                return 0;
            }
        }));
    int completed = 0;
    for (const pid_t child : children) {
        const int status = ended(child);
        REQUIRE(status <= 1);
        completed += status;
    }
    CHECK(completed == 1);
}

TEST_CASE("ACT-03 ACT-04 eight processes that hang activities on each other make no circle") {
    const Folder folder;
    const auto path = closed_file(folder);
    constexpr int processes = 8, activities = 12, tries = 40;
    const auto seed = crm::test::seed();
    CAPTURE(seed);
    std::vector<Ref> all;
    {
        auto database = open(path);
        auto me = database.trusted_session("ana");
        for (int i = 0; i < activities; ++i)
            all.push_back(
                Activities(me).plan({.subject = "A", .kind = "task", .start = me.now()}).head.id);
    }
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i)
        children.push_back(in_process([&, i] {
            auto database = open(path);
            auto me = database.trusted_session("ana");
            std::mt19937 random(seed + static_cast<std::uint32_t>(i));
            const auto any = [&] { return all[random() % all.size()]; };
            int refused = 0;
            for (int t = 0; t < tries; ++t) {
                const std::string_view field = random() % 2 ? "parent_id" : "follow_up_of_id";
                try {
                    me.change(any(), any_version, {{field, Value{any().value()}}});
                } catch (const Invalid&) {
                    ++refused;
                }
            }
            return refused > 0 ? 0 : 1;  // among so many some circles are tried
        }));
    for (const pid_t child : children) CHECK(ended(child) == 0);
    auto database = open(path);
    auto me = database.trusted_session("ana");
    const Activities of_ana(me);
    for (const Ref start : all)
        for (const auto above : {&Activity::parent, &Activity::follow_up_of}) {
            int steps = 0;
            for (Id<Activity> at = start; at && steps <= activities; ++steps)
                at = of_ana.get(at).*above;
            CHECK(steps <= activities);
        }
    CHECK(verify(me).defects.empty());
}

TEST_CASE("PAR-01 processes that write at the same time lose nothing, and codes stay unique") {
    const Folder folder;
    const auto path = closed_file(folder);
    constexpr int processes = 6, each = 40;
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i)
        children.push_back(in_process([&] {
            auto database = open(path);
            auto me = database.trusted_session("ana");
            Parties parties(me);
            for (int n = 0; n < each; ++n) parties.add({.name = "Party " + std::to_string(n)});
            return 0;
        }));
    for (const pid_t child : children) CHECK(ended(child) == 0);
    auto database = open(path);
    auto me = database.trusted_session("ana");
    CHECK(Parties(me).count() == Count{processes * each, false});
    CHECK(database.quick_check().empty());
}

TEST_CASE("RIG-03 a right given in another process holds at the next statement") {
    const Folder folder;
    const auto path = closed_file(folder);
    Ref party, ion;
    {
        auto database = open(path);
        auto ana = database.trusted_session("ana");
        party = Parties(ana).add({.name = "Acme SRL"}).head.id;
        ion = Users(ana).add({.login = "ion", .name = "Ion", .unit = ana.unit()}).head.id;
    }
    int to_child[2], to_parent[2];
    REQUIRE(pipe(to_child) == 0);
    REQUIRE(pipe(to_parent) == 0);
    const pid_t child = in_process([&] {
        auto database = open(path);
        auto me = database.trusted_session("ion");
        const int before = me.find(party) ? 1 : 0;
        char signal = 'r';
        if (write(to_parent[1], &signal, 1) != 1 || read(to_child[0], &signal, 1) != 1) return 97;
        return before * 10 + (me.find(party) ? 1 : 0);
    });
    char signal = 0;
    REQUIRE(read(to_parent[0], &signal, 1) == 1);
    {
        auto database = open(path);
        auto ana = database.trusted_session("ana");
        Rights(ana).grant(ion, "party", "read", "all");
    }
    REQUIRE(write(to_child[1], &signal, 1) == 1);
    CHECK(ended(child) == 1);
    for (const int end : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) close(end);
}

TEST_CASE("HIS-01 what a killed process had acknowledged is there, what it had not is not") {
    const Folder folder;
    const auto path = closed_file(folder);
    int acknowledged[2];
    REQUIRE(pipe(acknowledged) == 0);
    const pid_t child = in_process([&] {
        auto database = open(path);
        auto me = database.trusted_session("ana");
        Parties parties(me);
        for (std::int64_t n = 1;; ++n) {
            me.write("pair", [&](Work&) {
                parties.add({.name = "Left"});
                parties.add({.name = "Right"});
            });
            if (write(acknowledged[1], &n, sizeof n) != sizeof n) return 97;
        }
    });
    std::int64_t pairs = 0;
    for (std::int64_t n = 0; n < 25;) {
        REQUIRE(read(acknowledged[0], &n, sizeof n) == sizeof n);
        pairs = n;
    }
    kill(child, SIGKILL);
    ended(child);
    close(acknowledged[1]);
    for (std::int64_t n; read(acknowledged[0], &n, sizeof n) == sizeof n;) pairs = n;
    close(acknowledged[0]);
    auto database = open(path);
    auto me = database.trusted_session("ana");
    const auto left = Parties(me).count(field("name") == "Left").rows;
    CHECK(left >= pairs);
    CHECK(left <= pairs + 1);
    CHECK(Parties(me).count(field("name") == "Right").rows == left);
    CHECK(database.quick_check().empty());
}

TEST_CASE("RIG-07 many processes that guess a password have no more guesses than one") {
    const Folder folder;
    const auto path = closed_file(folder);
    OpenOptions standing;  // at one moment for all of them, however slow the machine is
    standing.clock = [] { return monday; };
    standing.password_cost = password_cost_floor;
    {
        auto database = open(path, standing);
        auto ana = database.trusted_session("ana");
        Users(ana).set_password(ana.user(), "correct horse");
    }
    constexpr int processes = 4, each = 4;
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i)
        children.push_back(in_process([&] {
            auto database = open(path, standing);
            int tried = 0;
            for (int n = 0; n < each; ++n) try {
                    database.login("ana", "battery staple");
                } catch (const TooManyAttempts&) {
                } catch (const Denied&) {
                    ++tried;
                }
            return tried;
        }));
    int tried = 0;
    for (const pid_t child : children) tried += ended(child);
    CHECK(tried == 6);
    CHECK_THROWS_AS(open(path, standing).login("ana", "correct horse"), TooManyAttempts);
}
