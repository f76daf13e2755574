#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "support.hpp"

using namespace test::storage;

namespace {

constexpr auto endless =
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
    " SELECT count(*) FROM n";

int statements_of(sqlite3* handle) {
    int count = 0;
    for (auto* s = sqlite3_next_stmt(handle, nullptr); s; s = sqlite3_next_stmt(handle, s)) ++count;
    return count;
}

int prepared_again(sqlite3* handle) {
    int count = 0;
    for (auto* s = sqlite3_next_stmt(handle, nullptr); s; s = sqlite3_next_stmt(handle, s))
        count += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_REPREPARE, 0);
    return count;
}

}  // namespace

TEST_CASE("STO every kind of value comes back as it was bound") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    const auto reader = file->read();
    const std::string with_nul{"a\0b", 3};
    const Value values[] = {{},
                            Value{std::int64_t{-5}},
                            Value{2.5},
                            Value{std::string_view{"text ș"}},
                            Value{std::string_view{}},
                            Value{std::string_view{with_nul}},
                            Value::blob({}),
                            Value::blob(with_nul)};
    for (const auto& value : values) {
        auto use = reader.connection().use("SELECT ?1, typeof(?1)");
        use.bind(1, value);
        REQUIRE(use.step());
        CHECK(use.value(0) == value);
        CHECK(use.is_null(0) == value.is_null());
        CHECK_FALSE(use.step());
    }
}

TEST_CASE("STO bindings of one use are gone in the next, however the first one ended") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    const auto reader = file->read();
    auto& connection = reader.connection();
    constexpr auto sql = "SELECT ?1, :name";
    connection.use(sql)
        .bind(1, std::string_view{"stale"})
        .bind_named(":name", Value{std::int64_t{1}})
        .step();
    auto again = connection.use(sql);
    REQUIRE(again.step());
    CHECK(again.is_null(0));
    CHECK(again.is_null(1));
    again.bind_named(":absent", Value{std::int64_t{1}});
    CHECK_THROWS_AS(again.bind(1, std::string_view{"while stepping"}), Misuse);
    again.reset();
    CHECK_THROWS_AS(again.bind(3, std::string_view{"no such parameter"}), Misuse);
}

TEST_CASE("STO the same text is prepared once, and again only for nested use") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    const auto reader = file->read();
    auto& connection = reader.connection();
    static const Slot slot;
    const auto depth = [&](auto& self, std::int64_t n) -> std::int64_t {
        auto use = connection.use(slot, [] { return "SELECT ?1 + 1"; });
        use.bind(1, n).step();
        return n == 5 ? use.integer(0) : self(self, n + 1) + use.integer(0);
    };
    const auto before = statements_of(connection.handle());
    CHECK(depth(depth, 1) == 2 + 3 + 4 + 5 + 6);
    CHECK(depth(depth, 1) == 20);
    CHECK(statements_of(connection.handle()) == before + 5);
}

TEST_CASE("STO the cache of texts is bounded and keeps what is used") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    const auto reader = file->read();
    auto& connection = reader.connection();
    auto in_use = connection.use("SELECT 'in use' UNION ALL SELECT 'still'");
    REQUIRE(in_use.step());
    for (int i = 0; i < 2'000; ++i) {
        CHECK(connection.integer("SELECT " + std::to_string(i)) == i);
        connection.integer("SELECT -1");
    }
    CHECK(statements_of(connection.handle()) <= 520);
    connection.forget_statements();
    CHECK(statements_of(connection.handle()) == 1);
    REQUIRE(in_use.step());
    CHECK(in_use.text(0) == "still");
}

TEST_CASE("STO a text is one statement") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    const auto reader = file->read();
    auto& connection = reader.connection();
    CHECK(connection.integer("SELECT 1; -- and a comment\n") == 1);
    CHECK_THROWS_AS(connection.use("SELECT 1; SELECT 2"), Misuse);
    CHECK_THROWS_AS(connection.use("  -- nothing"), Misuse);
    CHECK_THROWS_AS(connection.use("SELECT nonsense FROM nowhere"), Error);
    CHECK_NOTHROW(connection.execute("SELECT 1; SELECT 2;; -- both"));
}

TEST_CASE("STO units of work do not make statements be prepared again") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    for (int i = 0; i < 5; ++i) {
        auto writer = file->write();
        add_party(writer.connection(), std::to_string(i), "x");
        writer.commit();
    }
    CHECK(prepared_again(file->write().connection().handle()) == 0);
}

TEST_CASE("STO what SQLite refuses becomes the error that says it") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    auto writer = file->write();
    auto& connection = writer.connection();
    add_party(connection, "A", "Acme");
    try {
        add_party(connection, "A", "Again");
        FAIL("accepted");
    } catch (const Conflict& conflict) {
        REQUIRE(conflict.conflicts.size() == 1);
        CHECK(conflict.conflicts[0].field == "party.code");
    }
    try {
        connection.use("INSERT INTO party (name) VALUES (NULL)").run();
        FAIL("accepted");
    } catch (const Invalid& invalid) {
        CHECK(invalid.kind == "storage");
        CHECK(invalid.field == "party.name");
    }
    CHECK_THROWS_AS(add_party(connection, "B", ""), Invalid);
    CHECK_THROWS_AS(connection.execute("INSERT INTO party (id, name) VALUES ('x', 'y')"), Invalid);
    CHECK_THROWS_AS(connection.execute("SELECT zeroblob(3000000000)"), LimitExceeded);
    add_party(connection, "C", "the unit of work goes on");
    writer.commit();
    CHECK(count_parties(*file) == 2);
}

TEST_CASE("STO a statement past its deadline is interrupted, and the reader usable afterwards") {
    const Folder folder;
    const auto file = create(folder / "a.crm", {.statement_deadline = 30ms});
    const auto start = std::chrono::steady_clock::now();
    CHECK_THROWS_WITH_AS(file->read().connection().integer(endless), doctest::Contains("deadline"),
                         Interrupted);
    CHECK(std::chrono::steady_clock::now() - start < 1s);
    CHECK(count_parties(*file) == 0);
}

TEST_CASE("STO a statement is interrupted by the poll, with the poll's own error if it throws") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    int polls = 0;
    file->set_poll([&] { return ++polls == 5; });
    CHECK_THROWS_AS(file->read().connection().integer(endless), Interrupted);
    CHECK_THROWS_AS(
        [&] {
            polls = 0;
            file->write().connection().integer(endless);
        }(),
        Interrupted);
    file->set_poll([]() -> bool { throw std::out_of_range{"KeyboardInterrupt"}; });
    CHECK_THROWS_AS(file->read().connection().integer(endless), std::out_of_range);
    file->set_poll({});
    CHECK(count_parties(*file) == 0);
}

TEST_CASE("STO another thread interrupts a running statement") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    const auto reader = file->read();
    std::thread other{[&] {
        std::this_thread::sleep_for(20ms);
        reader.connection().interrupt();
    }};
    CHECK_THROWS_AS(reader.connection().integer(endless), Interrupted);
    other.join();
    CHECK(reader.connection().integer("SELECT 7") == 7);
}

TEST_CASE("STO crm_fold and the tokenizer are there on every connection") {
    const Folder folder;
    const auto file = create(folder / "a.crm");
    auto writer = file->write();
    writer.connection().execute(
        "CREATE VIRTUAL TABLE words USING fts5 (body, tokenize = 'crm');"
        "INSERT INTO words VALUES ('Ștefan O''Brien'), ('Ёлка');"
        "CREATE INDEX folded ON party (crm_fold(name))");
    writer.commit();
    const auto reader = file->read();
    auto& connection = reader.connection();
    CHECK(connection.text("SELECT crm_fold('ȘTEFAN Ёж')") == "stefan еж");
    CHECK(connection.integer("SELECT crm_fold(NULL) IS NULL") == 1);
    CHECK(connection.integer("SELECT rowid FROM words WHERE words MATCH 'stefan obrien'") == 1);
    CHECK(connection.integer("SELECT rowid FROM words WHERE words MATCH 'елка'") == 2);
}

TEST_CASE("STO every distinct text is observed once") {
    static std::vector<std::string> seen;
    const Folder folder;
    const auto file = create(folder / "a.crm");
    const auto before = observe_prepared([](std::string_view sql) { seen.emplace_back(sql); });
    for (int i = 0; i < 3; ++i) {
        auto writer = file->write();
        writer.connection().integer("SELECT 12345678");
        writer.connection().forget_statements();
    }
    observe_prepared(before);
    CHECK(std::count(seen.begin(), seen.end(), "SELECT 12345678") == 1);
}
