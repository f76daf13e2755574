// SQL of the user's own: what it sees, and every known way out of it.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/world.hpp"

namespace {

using namespace crm;
using crm::test::Random;
using crm::test::Viewer;
using crm::test::World;

using Rows = std::vector<std::vector<SqlValue>>;

std::int64_t number(const SqlValue& value) { return std::get<std::int64_t>(value); }

SqlValue owned(const Value& value) {
    switch (value.type()) {
        case Value::Type::integer: return value.integer();
        case Value::Type::real: return value.real();
        case Value::Type::text: return std::string(value.text());
        default: return {};
    }
}

/// The one number that a query answers.
std::int64_t answer(const Session& session, std::string_view text) {
    const auto result = session.sql(text);
    REQUIRE(result.rows.size() == 1);
    return number(result.rows[0].at(0));
}

std::vector<std::string> names(const Session& session, std::string_view text) {
    std::vector<std::string> found;
    for (const auto& row : session.sql(text).rows) found.push_back(std::get<std::string>(row[0]));
    return found;
}

/// "denied", "invalid", "limit", "interrupted" or "misuse"; "answered" where it is.
std::string outcome(const Session& session, const std::string& text,
                    const std::vector<SqlParameter>& parameters = {},
                    const SqlOptions& options = {}) {
    try {
        session.sql(text, parameters, options);
    } catch (const Denied&) {
        return "denied";
    } catch (const Invalid&) {
        return "invalid";
    } catch (const LimitExceeded&) {
        return "limit";
    } catch (const Interrupted&) {
        return "interrupted";
    } catch (const Misuse&) {
        return "misuse";
    }
    return "answered";
}

bool is_refused(const Session& session, const std::string& text) {
    const auto how = outcome(session, text);
    return how == "denied" || how == "invalid";
}

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

/// A desk where petru of Service sees one of three parties, and ana all.
class Narrow {
public:
    ::test::Desk desk;
    Id<Party> mine = Parties(desk.petru).add({.name = "Petru's"}).head.id;
    Id<Party> hidden = desk.parties.add({.name = "Secret SRL", .employees = 7}).head.id;
    Id<Party> other = Parties(desk.ana).add({.name = "Ana's"}).head.id;
    Session& petru = desk.petru;
    Session& ana = desk.ana;
};

}  // namespace

TEST_CASE("RIG-05 under random rights a SELECT sees exactly the records that a list sees") {
    CAPTURE(crm::test::seed());
    Random random(crm::test::seed());
    World world(random);
    for (const Viewer& viewer : world.viewers) {
        Session session = world.desk.database.trusted_session(viewer.login);
        for (const Kind& kind : all_kinds()) {
            CAPTURE(viewer.login);
            CAPTURE(kind.name);
            const std::string table(kind.name);
            std::vector<std::int64_t> expected, found;
            for (const AnyRecord* record : world.visible(viewer, kind))
                expected.push_back(record->head().id.value());
            for (const auto& row : session.sql("SELECT id FROM " + table + " ORDER BY id").rows)
                found.push_back(number(row[0]));
            std::ranges::sort(expected);
            REQUIRE(found == expected);
            CHECK(answer(session, "SELECT count(*) FROM " + table) ==
                  static_cast<std::int64_t>(expected.size()));
            if (!kind.has_body()) continue;
            CHECK(answer(session, "SELECT count(*) FROM " + table +
                                      "_body WHERE id NOT IN "
                                      "(SELECT id FROM " +
                                      table + ")") == 0);
        }
    }
}

TEST_CASE("RIG-05 under random rights every field of a SELECT is the one of the record as read") {
    CAPTURE(crm::test::seed());
    Random random(crm::test::seed());
    World world(random);
    Rights(world.desk.ana).hide(world.viewers[0].user, "party", "industry");
    Rights(world.desk.ana).hide(world.viewers[0].user, "activity", "description");
    for (const Viewer& viewer : world.viewers) {
        Session session = world.desk.database.trusted_session(viewer.login);
        for (const Kind& kind : all_kinds()) {
            CAPTURE(viewer.login);
            CAPTURE(kind.name);
            const std::string table(kind.name);
            const auto result = session.sql(
                "SELECT t.id AS record, " + std::string(kind.has_body() ? "b.*, " : "") +
                "t.* FROM " + table + " AS t" +
                (kind.has_body() ? " LEFT JOIN " + table + "_body AS b ON b.id = t.id" : ""));
            for (const auto& row : result.rows) {
                const auto record = session.get(Ref{number(row[0])});
                for (std::size_t i = 1; i < row.size(); ++i)
                    if (const Column* column = kind.find(result.columns[i]))
                        CHECK(row[i] == owned(column->get(record.data())));
            }
        }
    }
}

TEST_CASE("RIG-05 joins, expressions of WITH, windows, JSON and dates work; rows come in order") {
    Narrow world;
    world.desk.activities.plan(::test::call(world.hidden, "Call"));
    CHECK(names(world.ana, "SELECT name FROM party ORDER BY name DESC") ==
          std::vector<std::string>{"Secret SRL", "Petru's", "Ana's"});
    CHECK(names(world.ana,
                "WITH a AS (SELECT * FROM activity) SELECT p.name FROM a JOIN party p "
                "ON p.id = a.party_id -- who is called") == std::vector<std::string>{"Secret SRL"});
    CHECK(names(world.petru, "SELECT p.name FROM party p JOIN user u ON u.id = p.owner_id;") ==
          std::vector<std::string>{"Petru's"});
    CHECK(answer(world.ana, "SELECT rank() OVER (ORDER BY id) FROM party LIMIT 1") == 1);
    CHECK(answer(world.petru, "SELECT sum(value) FROM json_each('[1,2]')") == 3);
    CHECK(answer(world.petru, "WITH x(n) AS (VALUES (1)) SELECT count(*) FROM x") == 1);
    CHECK(names(world.petru, "SELECT date(1700000000, 'unixepoch')") ==
          std::vector<std::string>{"2023-11-14"});
    CHECK(names(world.petru, "SELECT name FROM party WHERE crm_fold(name) LIKE 'petru%'").size() ==
          1);
    CHECK(answer(world.petru, "SELECT count(*) FROM \"Party\" /* any case */ AS [p]") == 1);
}

TEST_CASE("RIG-05 a session that sees all reads tables in place, by their indexes") {
    Narrow world;
    CHECK(outcome(world.ana, "SELECT * FROM party INDEXED BY party_by_name") == "answered");
    CHECK(outcome(world.ana, "SELECT * FROM main.party") == "answered");
    CHECK(outcome(world.petru, "SELECT * FROM party INDEXED BY party_by_name") == "invalid");
}

TEST_CASE("RIG-05 parameters are bound by place and by name; wrong ones are refused") {
    Narrow world;
    const auto by_place = world.ana.sql("SELECT ?, ?", {Value{"a"}, Value{2.5}});
    CHECK(by_place.rows == Rows{{SqlValue{std::string("a")}, SqlValue{2.5}}});
    const auto by_name = world.ana.sql("SELECT :x + @x, $y",
                                       {{"x", Value{std::int64_t{1}}}, {"y", Value::blob("\x01")}});
    CHECK(by_name.columns.size() == 2);
    CHECK(outcome(world.ana, "SELECT ?") == "invalid");
    CHECK(outcome(world.ana, "SELECT ?", {Value{}, Value{}}) == "invalid");
    CHECK(outcome(world.ana, "SELECT :x", {{"y", Value{}}}) == "invalid");
    CHECK(outcome(world.ana, "SELECT ?100000") == "invalid");
    CHECK(names(world.petru, "SELECT name FROM party WHERE name = 'x' OR 1").size() == 1);
    CHECK(world.petru
              .sql("SELECT 1 FROM party WHERE name = ?", {Value{std::string_view("x' OR 1 --")}})
              .rows.empty());
}

TEST_CASE("RIG-05 rows end at the limit and say that there are more; copies have a limit too") {
    Narrow world;
    const auto page = world.ana.sql("SELECT id FROM party", {}, {.limit = 2});
    CHECK(page.rows.size() == 2);
    CHECK(page.more);
    CHECK_FALSE(world.ana.sql("SELECT id FROM party", {}, {.limit = 3}).more);
    for (const int limit : {0, -1, 100'001})
        CHECK(outcome(world.ana, "SELECT 1", {}, {.limit = limit}) == "invalid");
    CHECK(outcome(world.petru, "SELECT 1 FROM party", {}, {.copied = 0}) == "limit");
    CHECK(outcome(world.petru, "SELECT 1 FROM party", {}, {.copied = 1}) == "answered");
    CHECK(outcome(world.ana, "SELECT 1 FROM party", {}, {.copied = 0}) == "answered");
    CHECK(outcome(world.petru, "SELECT 1 FROM party", {}, {.copied = -1}) == "invalid");
}

TEST_CASE("RIG-08 the table itself is out of reach, however it is spelled or wrapped") {
    Narrow world;
    for (const std::string text :
         {"SELECT * FROM main.party",
          "SELECT count(*) FROM main.party",
          "SELECT count(*) FROM MAIN.party",
          "SELECT 1 FROM \"main\".\"party\"",
          "SELECT 1 FROM [main].[PARTY] AS p",
          "SELECT 1 FROM `main`.`party`",
          "SELECT 1 FROM main/**/./**/party",
          "SELECT (SELECT count(*) FROM main.party)",
          "WITH party AS (SELECT * FROM main.party) SELECT * FROM party",
          "WITH party AS (SELECT 1 FROM main.party) SELECT count(*) FROM party",
          "WITH party_text AS (SELECT name FROM main.party) SELECT name FROM party_text",
          "SELECT * FROM party_text",
          "SELECT count(*) FROM party_text",
          "SELECT name FROM main.party_text",
          "SELECT 1 WHERE 1 IN main.party",
          "SELECT 1 FROM party WHERE EXISTS (SELECT 1 FROM main.party)",
          "SELECT * FROM main.party_body",
          "SELECT * FROM main.point",
          "SELECT 1 UNION SELECT id FROM main.party",
          "VALUES ((SELECT count(*) FROM main.party))",
          "SELECT id FROM party ORDER BY (SELECT count(*) FROM main.party)",
          "SELECT 1 LIMIT (SELECT count(*) FROM main.party)",
          "SELECT 1 FROM main.party INDEXED BY party_by_name WHERE name_key > ''"}) {
        CAPTURE(text);
        CHECK(is_refused(world.petru, text));
    }
}

TEST_CASE("RIG-08 what is no kind of record is out of everyone's reach") {
    Narrow world;
    for (const std::string table : {"sqlite_schema",
                                    "sqlite_master",
                                    "sqlite_temp_schema",
                                    "sqlite_temp_master",
                                    "main.sqlite_schema",
                                    "temp.sqlite_schema",
                                    "sqlite_stat1",
                                    "dbstat",
                                    "dbpage",
                                    "pragma_table_info('party')",
                                    "pragma_database_list",
                                    "pragma_function_list",
                                    "pragma_module_list",
                                    "sqlite_stmt",
                                    "bytecode('SELECT 1')",
                                    "command",
                                    "change",
                                    "created",
                                    "run",
                                    "sequence",
                                    "meta",
                                    "credential",
                                    "login_attempt",
                                    "party_fts",
                                    "party_fts_data",
                                    "party_fts_idx",
                                    "party_fts_config",
                                    "main.\"credential\"",
                                    "fts5vocab('party_fts', 'row')",
                                    "party_fts('acme')",
                                    "fsdir('/')",
                                    "generate_series(1,2)"})
        for (const char* what : {"1", "count(*)", "*", "rowid"})
            for (Session* session : {&world.ana, &world.petru}) {
                const std::string text = std::string("SELECT ") + what + " FROM " + table;
                CAPTURE(text);
                CHECK(is_refused(*session, text));
            }
    for (const std::string text :
         {"SELECT * FROM party_fts WHERE party_fts MATCH 'acme'", "SELECT bm25(party) FROM party",
          "SELECT name FROM party WHERE name MATCH 'acme'",
          "SELECT snippet(party, 0, '', '', '', 1)",
          "SELECT highlight(party_fts, 0, '', '') FROM party_fts",
          "SELECT (SELECT count(*) FROM credential)", "SELECT 1 WHERE 1 IN credential",
          "WITH x AS (SELECT 1 FROM credential) SELECT count(*) FROM x",
          "SELECT count(*) FROM party, change", "SELECT 1 FROM json_each('[]'), meta"}) {
        CAPTURE(text);
        CHECK(is_refused(world.ana, text));
    }
    try {
        world.ana.sql("SELECT hash FROM credential");
        FAIL("was read");
    } catch (const Denied& error) {
        CHECK(std::string(error.what()).find("credential") != std::string::npos);
    }
}

TEST_CASE("RIG-08 only one statement that reads is run") {
    Narrow world;
    for (const std::string text :
         {"INSERT INTO party (id) VALUES (1)",
          "UPDATE party SET name = 'x'",
          "DELETE FROM party",
          "REPLACE INTO meta VALUES ('a', 1)",
          "CREATE TABLE x (a)",
          "CREATE TEMP TABLE x (a)",
          "CREATE TEMP VIEW v AS SELECT 1",
          "CREATE TEMP TRIGGER t AFTER INSERT ON party BEGIN SELECT 1; END",
          "CREATE VIRTUAL TABLE temp.v USING fts5vocab('main', 'party_fts', 'row')",
          "DROP TABLE party",
          "DROP TABLE temp.party",
          "ALTER TABLE party RENAME TO p",
          "VACUUM",
          "VACUUM INTO '/tmp/crm-escape'",
          "REINDEX",
          "ANALYZE",
          "BEGIN",
          "COMMIT",
          "ROLLBACK",
          "SAVEPOINT s",
          "RELEASE s",
          "END",
          "PRAGMA user_version",
          "PRAGMA query_only = 0",
          "PRAGMA trusted_schema = 1",
          "PRAGMA writable_schema = 1",
          "PRAGMA temp_store = 1",
          "ATTACH '/tmp/x' AS x",
          "ATTACH ':memory:' AS x",
          "DETACH main",
          "SELECT load_extension('x')",
          "SELECT fts5(NULL)",
          "SELECT sqlite_compileoption_get(1)",
          "SELECT last_insert_rowid()",
          "SELECT total_changes()",
          "SELECT sqlite_offset(1)",
          "SELECT writefile('/tmp/x', 'x')",
          "SELECT readfile('/etc/passwd')",
          "SELECT edit('x')",
          "SELECT 1; SELECT 2",
          "SELECT 1;;SELECT 2",
          "SELECT 1; BEGIN",
          "EXPLAIN SELECT 1",
          "EXPLAIN QUERY PLAN SELECT 1 FROM party",
          "",
          " ;",
          "-- nothing",
          "SELEC 1",
          "SELECT",
          "SELECT * FROM nothing",
          "SELECT nothing FROM party",
          "SELECT \"a text\"",
          "DELETE FROM party RETURNING id"}) {
        CAPTURE(text);
        CHECK(is_refused(world.ana, text));
        CHECK(is_refused(world.petru, text));
    }
    CHECK(outcome(world.ana, "SELECT 1; -- and no more\n ;") == "answered");
    CHECK(outcome(world.ana, std::string("SELECT 1\0, 2", 12)) == "invalid");
    CHECK_FALSE(std::filesystem::exists("/tmp/crm-escape"));
    CHECK(answer(world.ana, "SELECT count(*) FROM party") == 3);
}

TEST_CASE("RIG-08 an error cannot tell of a hidden row, and none is an answer either") {
    Narrow world;
    for (
        const std::string text :
        {"SELECT id FROM party WHERE CASE WHEN name LIKE 'Secret%' THEN abs(-9223372036854775807 - "
         "1) ELSE 1 END",
         "SELECT id FROM party WHERE json_extract(CASE name WHEN 'Secret SRL' THEN '{' ELSE '1' "
         "END, "
         "'$')",
         "SELECT id FROM party ORDER BY CASE WHEN employees = 7 THEN abs(-9223372036854775807 - 1) "
         "END",
         "SELECT max(id) FROM party HAVING sum(CASE WHEN employees = 7 THEN 9223372036854775807 "
         "ELSE "
         "1 END) > 0"}) {
        CAPTURE(text);
        CHECK(world.petru.sql(text).rows.size() == 1);
        CHECK(number(world.petru.sql(text).rows[0][0]) == world.mine.ref().value());
    }
    CHECK(outcome(world.ana,
                  "SELECT id FROM party WHERE abs(CASE employees WHEN 7 THEN "
                  "-9223372036854775807 - 1 END)") == "invalid");
    CHECK(outcome(world.petru, "SELECT id FROM party") == "answered");
}

TEST_CASE("RIG-08 hidden fields and references to hidden records are null in every expression") {
    Narrow world;
    Rights(world.ana).hide(world.petru.user(), "party", "employees");
    const auto owned = Parties(world.ana)
                           .add({.head = {.owner = world.petru.user(), .unit = world.petru.unit()},
                                 .name = "Big",
                                 .employees = 9})
                           .head.id;
    CHECK(answer(world.petru, "SELECT count(*) FROM party WHERE employees IS NULL") == 2);
    CHECK(answer(world.petru, "SELECT count(employees) FROM party") == 0);
    CHECK(answer(world.ana, "SELECT count(employees) FROM party") == 2);
    Activities(world.ana).plan({.head = {.owner = world.petru.user(), .unit = world.petru.unit()},
                                .subject = "On the hidden",
                                .kind = "call",
                                .party = world.hidden,
                                .start = ::test::monday});
    CHECK(answer(world.petru, "SELECT party_id IS NULL FROM activity") == 1);
    CHECK(answer(world.ana, "SELECT party_id IS NULL FROM activity") == 0);
    CHECK(owned);
}

TEST_CASE("RIG-08 a query that would eat memory or time is stopped") {
    ::test::Folder folder;
    auto database =
        create(folder.path() / "short.crm",
               {.admin = "ana", .open = {.statement_deadline = std::chrono::milliseconds(300)}});
    const auto session = database.trusted_session("ana");
    const std::string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) ";
    CHECK(outcome(session, endless + "SELECT count(*) FROM n") == "interrupted");
    CHECK(outcome(session, endless + "SELECT i FROM n WHERE i < 0") == "interrupted");
    for (const std::string value :
         {"randomblob(1000000000)", "zeroblob(1000000000)", "hex(zeroblob(900000))",
          "replace(hex(zeroblob(500000)), '0', 'xxxxxxxx')"}) {
        CAPTURE(value);
        CHECK(outcome(session, "SELECT " + value) == "limit");
    }
    CHECK(
        outcome(session,
                endless + "SELECT group_concat(zeroblob(9999)) FROM (SELECT i FROM n LIMIT 999)") ==
        "limit");
    CHECK(session.sql("SELECT printf('%*c', 1000000000, 'x'), printf('%.1000000000d', 1)").rows ==
          Rows{{SqlValue{}, SqlValue{}}});
    CHECK(outcome(session, endless + "SELECT zeroblob(1000000) FROM n LIMIT 1000") == "limit");
    CHECK(outcome(session, "SELECT 1", {}) == "answered");
}

TEST_CASE("RIG-08 sorting and grouping are bounded in memory") {
    Narrow world;
    CHECK(outcome(world.ana,
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                  "SELECT DISTINCT randomblob(100000) FROM n") == "limit");
    CHECK(outcome(world.ana, "SELECT 1") == "answered");
}

TEST_CASE("RIG-08 long and deep texts are refused") {
    Narrow world;
    CHECK(outcome(world.ana, "SELECT '" + std::string(1'000'000, 'x') + "'") == "limit");
    CHECK(outcome(world.ana, "SELECT '" + std::string(90'000, 'x') + "'") == "answered");
    for (const std::string& text :
         {"SELECT " + repeated("(", 5'000) + "1" + repeated(")", 5'000),
          "SELECT 1" + repeated(" + 1", 5'000), "SELECT " + repeated("-", 4'001) + "x",
          "SELECT 1" + repeated(" UNION SELECT 1", 200),
          "SELECT " + repeated("abs(", 1'000) + "1" + repeated(")", 1'000),
          "SELECT 'a' LIKE '" + repeated("%a", 1'000) + "'"})
        CHECK(is_refused(world.ana, text));
    CHECK(outcome(world.ana, "SELECT 1") == "answered");
}

TEST_CASE("RIG-05 what one user's query made is gone for the next user's, also after an error") {
    Narrow world;
    CHECK(answer(world.petru, "SELECT count(*) FROM party") == 1);
    CHECK(outcome(world.petru, "SELECT abs(-9223372036854775807 - 1) FROM party") == "invalid");
    CHECK(answer(world.ana, "SELECT count(*) FROM party") == 3);
    CHECK(is_refused(world.ana, "SELECT * FROM temp.party"));
    CHECK(answer(world.desk.ion, "SELECT count(*) FROM party") == 1);
    CHECK(is_refused(world.desk.ion, "SELECT * FROM temp.party"));
    CHECK(is_refused(world.petru, "SELECT * FROM temp.contact, main.contact"));
}

TEST_CASE("RIG-05 a change of rights holds at the next query of an open session") {
    Narrow world;
    CHECK(answer(world.petru, "SELECT count(*) FROM party") == 1);
    Rights(world.ana).grant(world.petru.user(), "party", "read", "all");
    CHECK(answer(world.petru, "SELECT count(*) FROM party") == 3);
    Rights(world.ana).revoke(world.petru.user(), "party", "read", "all");
    CHECK(answer(world.petru, "SELECT count(*) FROM party") == 1);
    CHECK(is_refused(world.petru, "SELECT * FROM main.party"));
}

TEST_CASE("RIG-05 a change of rights by another process holds at the next query") {
    const ::test::Folder folder;
    const auto path = folder.path() / "team.crm";
    {
        auto made = create(path, {.admin = "ana"});
        auto ana = made.trusted_session("ana");
        Users(ana).add({.login = "ion", .name = "Ion", .unit = ana.unit()});
        Parties(ana).add({.name = "Acme"});
    }
    int signal[2];
    REQUIRE(pipe(signal) == 0);
    const pid_t child = fork();
    if (child == 0) {
        char go = 0;
        if (read(signal[0], &go, 1) != 1) _exit(1);
        auto database = open(path);
        auto ana = database.trusted_session("ana");
        Rights(ana).grant(database.trusted_session("ion").user(), "party", "read", "all");
        _exit(0);
    }
    auto database = open(path);
    const auto ion = database.trusted_session("ion");
    CHECK(answer(ion, "SELECT count(*) FROM party") == 0);
    REQUIRE(write(signal[1], "x", 1) == 1);
    int status = 1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    CHECK(answer(ion, "SELECT count(*) FROM party") == 1);
}

TEST_CASE("RIG-05 SQL inside a unit of work is refused: it would not see what is not committed") {
    Narrow world;
    world.ana.write("test.sql", [&](Work&) { CHECK(outcome(world.ana, "SELECT 1") == "misuse"); });
}
