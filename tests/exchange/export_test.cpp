#include "crm/export.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "crm/import.hpp"
#include "kernel/world.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"

namespace {

using namespace crm;
using namespace std::string_literals;
namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using Record = std::map<std::string, std::string>;

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

ExportSink into(std::string& text) {
    return [&text](std::string_view piece) { text += piece; };
}

std::string csv(Session& session, std::string_view kind, const Query& query = {},
                const ExportOptions& options = {.crlf = false}) {
    std::string text;
    export_csv(session, kind, query, into(text), options);
    return text;
}

Json json(Session& session, std::string_view kind, const Query& query = {},
          const ExportOptions& options = {}) {
    std::string text;
    export_json(session, kind, query, into(text), options);
    return Json::parse(text);
}

/// Rows by column, as a reader gets them.
std::vector<Record> rows_of(const std::string& text, const CsvOptions& options = {}) {
    CsvReader reader = CsvReader::from_text(text, options);
    std::vector<Record> rows;
    for (CsvRow row; reader.next(row);) {
        REQUIRE(row.problem == "");
        Record& record = rows.emplace_back();
        for (std::size_t i = 0; i < row.fields.size(); ++i)
            record[reader.header()[i]] = row.fields[i];
    }
    return rows;
}

void allow_exports(::test::Desk& desk, Session& session, const char* scope,
                   const char* kind = "*") {
    Rights(desk.ana).grant(session.user(), kind, "export", scope);
}

/// Files in the folder of a desk that are not the CRM file's own.
std::set<std::string> files_of(const ::test::Desk& desk) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(desk.folder.path()))
        if (const auto name = entry.path().filename().string(); !name.starts_with("desk.crm"))
            names.insert(name);
    return names;
}

}  // namespace

TEST_CASE("IMP-02 an export holds each field in the form that others read") {
    ::test::Desk desk;
    const Party acme = Parties(desk.ana).add({.name = "Acme, \"SRL\"",
                                              .industry = "retail",
                                              .annual_revenue = Money{-123456, Currency{"EUR"}},
                                              .description = "long\ntext"});
    const Activity call =
        Activities(desk.ana).plan(::test::call(acme.head.id, "Call", ::test::friday));
    Parties(desk.ana).add_point(acme.head.id,
                                {.type = "phone", .value = "+373 22 1", .is_primary = true});
    auto row = rows_of(csv(desk.ana, "party")).at(0);
    CHECK(row["id"] == std::to_string(acme.head.id.value()));
    CHECK(row["name"] == "Acme, \"SRL\"");
    CHECK(row["annual_revenue"] == "-1234.56");
    CHECK(row["annual_revenue_currency"] == "EUR");
    CHECK(row["description"] == "long\ntext");
    CHECK(row["owner"] == "ana");
    CHECK(row["unit"] == "Firma");
    CHECK(row["territory"] == "");
    CHECK(row["created_at"] == to_text(::test::monday));
    CHECK(row["created_by"] == "ana");
    CHECK(row["tax_code"] == "");
    CHECK_FALSE(row.contains("name_key"));
    CHECK_FALSE(row.contains("version"));
    row = rows_of(csv(desk.ana, "activity")).at(0);
    CHECK(row["party_id"] == std::to_string(acme.head.id.value()));
    CHECK(row["start_at"] == to_text(::test::friday));
    CHECK(row["state"] == "planned");
    row = rows_of(csv(desk.ana, "point", {}, {.formula_safe = false})).at(0);
    CHECK(row["is_primary"] == "true");
    CHECK(row["value"] == "+373 22 1");
    CHECK_FALSE(row.contains("normalized"));
    CHECK_FALSE(row.contains("owner"));
    CHECK(call.head.id);
}

TEST_CASE("IMP-02 columns are taken in the order asked for, codes as labels where asked for") {
    ::test::Desk desk;
    Parties(desk.ana).add({.code = "A1", .name = "Acme", .industry = "retail"});
    CHECK(csv(desk.ana, "party", {}, {.columns = {"code", "owner", "name"}, .crlf = false}) ==
          "code,owner,name\nA1,ana,Acme\n");
    CHECK(csv(desk.ana, "party", {},
              {.columns = {"code", "annual_revenue", "version", "changed_by"},
               .delimiter = ';',
               .byte_order_mark = true}) ==
          "\xef\xbb\xbf"
          "code;annual_revenue;version;changed_by\r\nA1;;1;ana\r\n");
    CHECK(csv(desk.ana, "party", {}, {.columns = {"code"}, .header = false, .crlf = false}) ==
          "A1\n");
    const auto label = Lists(desk.ana).label("industry", "retail");
    CHECK(label != "retail");
    CHECK(csv(desk.ana, "party", {},
              {.columns = {"industry"}, .labels = true, .header = false, .crlf = false}) ==
          label + "\n");
    CHECK(json(desk.ana, "party", {}, {.labels = true}).array()[0]["industry"] == Json(label));
    const auto field = [&](const Names& columns) {
        return ::test::refused_field([&] { csv(desk.ana, "party", {}, {.columns = columns}); });
    };
    CHECK(field({"planet"}) == "export.planet");
    CHECK(field({"name", "name"}) == "export.name");
    CHECK(field({"annual_revenue", "annual_revenue_minor"}) == "export.annual_revenue_minor");
    CHECK_THROWS_AS(csv(desk.ana, "planet"), Invalid);
    CHECK_THROWS_AS(csv(desk.ana, "party", {.order = "planet"}), Invalid);
    CHECK_THROWS_AS(csv(desk.ana, "party", {}, {.max_rows = -1}), Invalid);
}

TEST_CASE("IMP-02 an export has the filter and order of a list, and all of its pages") {
    ::test::Desk desk;
    desk.ana.write("many", [&](Work&) {
        for (int i = 0; i < 2'345; ++i)
            Parties(desk.ana).add({.name = "Firm " + std::to_string(10'000 + i)});
    });
    std::string text;
    std::size_t biggest = 0;
    const auto report = export_csv(desk.ana, "party", {.order = "-name", .limit = 3},
                                   [&](std::string_view piece) {
                                       CHECK(piece.ends_with('\n'));
                                       biggest = std::max(biggest, piece.size());
                                       text += piece;
                                   },
                                   {.columns = {"name"}});
    CHECK(report.rows == 2'345);
    CHECK(report.columns == Names{"name"});
    CHECK(biggest < 70'000);
    const auto rows = rows_of(text);
    REQUIRE(rows.size() == 2'345);
    CHECK(rows.front().at("name") == "Firm 12344");
    CHECK(rows.back().at("name") == "Firm 10000");
    const Filter some{Filter::Op::starts_with, "name", "Firm 111"};
    CHECK(rows_of(csv(desk.ana, "party", {.where = some})).size() == 100);
    CHECK(rows_of(csv(desk.ana, "party", {}, {.max_rows = 1'500})).size() == 1'500);
    CHECK(rows_of(csv(desk.ana, "party", {}, {.max_rows = 2'345})).size() == 2'345);
    CHECK(json(desk.ana, "party").array().size() == 2'345);
}

TEST_CASE("IMP-02 an export is one snapshot, whatever is written meanwhile") {
    ::test::Desk desk;
    desk.ana.write("many", [&](Work&) {
        for (int i = 0; i < 2'100; ++i)
            Parties(desk.ana).add({.name = "Firm", .description = std::string(100, 'x')});
    });
    Session other = desk.database.trusted_session("ana");
    std::string text;
    int pieces = 0;
    export_csv(desk.ana, "party", {}, [&](std::string_view piece) {
        if (pieces++ == 0) {
            Parties(other).add({.name = "Newer"});
            for (const auto& row : Parties(other).list({.limit = 500}).rows)
                Parties(other).change(row.head.id, any_version, {{"tax_code", Value{"9"}}});
        }
        text += piece;
    });
    CHECK(pieces > 3);
    const auto rows = rows_of(text);
    CHECK(rows.size() == 2'100);
    for (const auto& row : rows) REQUIRE(row.at("tax_code") == "");
}

TEST_CASE("IMP-02 RIG-05 an export needs the right to export, row by row") {
    ::test::Desk desk;
    desk.parties.add({.name = "Ion's"});
    Parties(desk.ana).add({.head = {.unit = desk.ion.unit()}, .name = "Of Sales"});
    Parties(desk.petru).add({.name = "Petru's"});
    const auto names = [&](Session& session) {
        std::set<std::string> found;
        for (auto& row : rows_of(csv(session, "party"))) found.insert(row["name"]);
        return found;
    };
    std::string text;
    CHECK_THROWS_AS(export_csv(desk.ion, "party", {}, into(text)), Denied);
    CHECK_THROWS_AS(export_json(desk.ion, "party", {}, into(text)), Denied);
    const fs::path target = desk.folder.path() / "out.csv";
    CHECK_THROWS_AS(export_csv(desk.ion, "party", {}, target), Denied);
    CHECK(text.empty());
    CHECK(files_of(desk).empty());
    allow_exports(desk, desk.ion, "own", "party");
    CHECK(names(desk.ion) == std::set{"Ion's"s});
    allow_exports(desk, desk.ion, "unit", "party");
    CHECK(names(desk.ion) == std::set{"Ion's"s, "Of Sales"s});
    allow_exports(desk, desk.ion, "all", "party");  // wider than what he may read
    CHECK(names(desk.ion) == std::set{"Ion's"s, "Of Sales"s});
    CHECK_THROWS_AS(csv(desk.ion, "activity"), Denied);
    CHECK_THROWS_AS(csv(desk.ion, "user"), Denied);
    CHECK_NOTHROW(csv(desk.ana, "user"));
    CHECK(names(desk.ana).size() == 3);
    Rights(desk.ana).revoke(desk.ion.user(), "*", "read", "unit");
    Rights(desk.ana).revoke(desk.ion.user(), "*", "read", "shared");
    CHECK_THROWS_AS(csv(desk.ion, "party"), Denied);
}

TEST_CASE("IMP-02 RIG-05 children are exported with their parents, and by the right over those") {
    ::test::Desk desk;
    const auto mine = desk.parties.add({.name = "Ion's"}).head.id;
    const auto others =
        Parties(desk.ana).add({.head = {.unit = desk.ion.unit()}, .name = "Sales'"}).head.id;
    desk.notes.write(mine, "my note");
    desk.notes.write(others, "another note");
    CHECK_THROWS_AS(csv(desk.ion, "note"), Denied);
    allow_exports(desk, desk.ion, "own", "party");
    const auto rows = rows_of(csv(desk.ion, "note"));
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].at("text") == "my note");
}

TEST_CASE(
    "IMP-02 RIG-05 under random rights an export is what may be read and exported, in order") {
    CAPTURE(crm::test::seed());
    crm::test::Random random(crm::test::seed());
    crm::test::World world(random);
    for (const auto& viewer : world.viewers) {
        Session session = world.desk.database.trusted_session(viewer.login);
        const bool all = world.chance(2);
        Rights(world.desk.ana).grant(viewer.user, "*", "export", all ? "all" : "own");
        for (const char* name : {"party", "contact", "activity", "point", "membership"}) {
            const Kind& kind = kind_named(name);
            CAPTURE(viewer.login);
            CAPTURE(name);
            Names expected, found;  // in order of id
            for (const AnyRecord* record : world.visible(viewer, kind)) {
                const Column* parent = kind.parent_column();
                const AnyRecord& root =
                    parent ? world.records.at(Ref{parent->get(record->data()).integer()}) : *record;
                if (all || root.head().owner.ref() == viewer.user)
                    expected.push_back(std::to_string(record->head().id.value()));
            }
            const bool sees_none = world.visible(viewer, kind).empty();
            try {
                for (auto& row : rows_of(csv(session, name, {.order = "id"})))
                    found.push_back(row["id"]);
            } catch (const Denied&) {
                CHECK(sees_none);
                continue;
            }
            CHECK(found == expected);
        }
    }
}

TEST_CASE("IMP-02 RIG-04 hidden fields are in no export, locked ones are") {
    ::test::Desk desk;
    desk.parties.add({.name = "Acme", .tax_code = "12345", .description = "open"});
    allow_exports(desk, desk.ion, "all");
    Rights rights(desk.ana);
    rights.lock(desk.ion.user(), "party", "tax_code");
    CHECK(rows_of(csv(desk.ion, "party")).at(0).at("tax_code") == "12345");
    rights.hide(desk.ion.user(), "party", "tax_code");
    rights.hide(desk.ion.user(), "party", "annual_revenue_minor");
    const auto row = rows_of(csv(desk.ion, "party")).at(0);
    CHECK_FALSE(row.contains("tax_code"));
    CHECK_FALSE(row.contains("annual_revenue"));
    CHECK_FALSE(row.contains("annual_revenue_currency"));
    CHECK_THROWS_WITH_AS(csv(desk.ion, "party", {}, {.columns = {"tax_code"}}),
                         doctest::Contains("party.tax_code"), Denied);
    CHECK_THROWS_AS(csv(desk.ion, "party", {.order = "tax_code"}), Denied);
    const Json record = json(desk.ion, "party").array().at(0);
    CHECK(record.find("tax_code") == nullptr);
    CHECK(record["hidden"].dump().find("tax_code") != std::string::npos);
    CHECK(record.dump().find("12345") == std::string::npos);
    CHECK(json(desk.ana, "party").array().at(0)["tax_code"] == Json("12345"));
}

TEST_CASE("IMP-02 JSON is one record a line, as the record itself says") {
    ::test::Desk desk;
    const Party acme = Parties(desk.ana).add({.name = "Acme", .description = "long"});
    const auto other = Parties(desk.petru).add({.name = "Hidden"}).head.id;
    Activities(desk.ana).plan({.head = {.unit = desk.ion.unit()},
                               .subject = "Call",
                               .kind = "call",
                               .party = other,
                               .start = ::test::monday});
    std::string text;
    CHECK(export_json(desk.ana, "party", {.where = {Filter::Op::eq, "name", "Acme"}}, into(text))
              .rows == 1);
    CHECK(text == "[\n" + desk.ana.get(acme.head.id).json().dump() + "\n]\n");
    text.clear();
    export_json(desk.ana, "party", {.where = {Filter::Op::eq, "name", "?"}}, into(text));
    CHECK(Json::parse(text).array().empty());
    allow_exports(desk, desk.ion, "all");
    const Json call = json(desk.ion, "activity", {},
                           {.columns = {"subject", "party", "version", "owner", "result"}})
                          .array()
                          .at(0);
    CHECK(call.dump() ==
          "{\"subject\":\"Call\",\"version\":1,\"owner\":\"ana\",\"result\":null,"
          "\"hidden\":[\"party_id\"]}");
    CHECK(rows_of(csv(desk.ion, "activity")).at(0).at("party_id") == "");
}

TEST_CASE("IMP-02 a file appears whole or not at all, and replaces nothing unasked") {
    ::test::Desk desk;
    Parties(desk.ana).add({.name = "Acme"});
    const fs::path target = desk.folder.path() / "out.csv";
    const ExportOptions names{.columns = {"name"}, .crlf = false};
    CHECK(export_csv(desk.ana, "party", {}, target, names).rows == 1);
    CHECK(read_file(target) == "name\nAcme\n");
    CHECK_THROWS_AS(export_csv(desk.ana, "party", {}, target, names), Conflict);
    ::chmod(target.c_str(), 0600);
    Parties(desk.ana).add({.name = "Beta"});
    ExportOptions again = names;
    again.replace = true;
    export_csv(desk.ana, "party", {}, target, again);
    CHECK(read_file(target) == "name\nAcme\nBeta\n");
    CHECK(fs::status(target).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    export_json(desk.ana, "party", {}, desk.folder.path() / "out.json");
    CHECK(files_of(desk) == std::set{"out.csv"s, "out.json"s});
    CHECK_THROWS_AS(export_csv(desk.ana, "party", {.order = "?"}, desk.folder.path() / "no.csv"),
                    Invalid);
    CHECK_THROWS_AS(export_csv(desk.ana, "party", {}, desk.folder.path() / "none" / "x.csv"),
                    IoError);
    CHECK_THROWS_AS(export_csv(desk.ana, "party", {}, desk.folder.path(), again), IoError);
    CHECK(files_of(desk) == std::set{"out.csv"s, "out.json"s});
}

TEST_CASE("IMP-02 the CRM file and what stands beside it are no place for an export, nor a CSV") {
    ::test::Desk desk;
    desk.parties.add({.name = "Acme"});
    const fs::path link = desk.folder.path() / "link.csv";
    fs::create_symlink(desk.path(), link);
    for (const char* suffix : {"", "-wal", "-shm", "-gate", "-journal"}) {
        CAPTURE(suffix);
        const fs::path path = desk.path().string() + suffix;
        CHECK(::test::refused_field([&] {
                  export_csv(desk.ana, "party", {}, path, {.replace = true});
              }) == "export.to");
        CHECK_THROWS_AS(CsvReader{path}, Invalid);
    }
    CHECK_THROWS_AS(export_csv(desk.ana, "party", {}, link, {.replace = true}), Invalid);
    CHECK_THROWS_AS(CsvReader{link}, Invalid);
    CHECK(desk.ana.count(kind_of<Party>(), {}).rows == 1);
}

TEST_CASE("IMP-02 RIG-05 no kind has a column of a password, and so has no export") {
    ::test::Desk desk;
    for (const Kind& kind : all_kinds()) {
        CHECK(kind.name != "credential");
        CHECK(kind.name != "login_attempt");
        for (const Column& column : kind.columns)
            for (const char* secret : {"hash", "password", "secret", "credential", "token"}) {
                CAPTURE(kind.name);
                CAPTURE(column.name);
                CHECK(column.name.find(secret) == std::string_view::npos);
            }
        CHECK_NOTHROW(csv(desk.ana, kind.name));
        CHECK_NOTHROW(json(desk.ana, kind.name));
    }
    CHECK_THROWS_AS(csv(desk.ana, "credential"), Invalid);
    CHECK_THROWS_AS(csv(desk.ana, "command"), Invalid);
}

TEST_CASE("IMP-02 an export is a read: it leaves no trace, also inside a unit of work") {
    ::test::Desk desk;
    Parties(desk.ana).add({.name = "Acme"});
    const auto before = desk.ana.commands().front().id;
    csv(desk.ana, "party");
    CHECK(desk.ana.commands().front().id == before);
    desk.ana.write("two", [&](Work&) {
        Parties(desk.ana).add({.name = "Beta"});
        CHECK(rows_of(csv(desk.ana, "party")).size() == 2);
    });
    CHECK_THROWS_AS(export_csv(desk.ana, "party", {},
                               [](std::string_view) { throw IoError("the disk is full"); }),
                    IoError);
    CHECK(rows_of(csv(desk.ana, "party")).size() == 2);
}

// ---- formulas

namespace {

std::string hostile_text(crm::test::Random& random) {
    static const std::vector<std::string> pieces{"=",  "+", "-",  "@", "\t", "\r",   "'",
                                                 "''", "1", ",",  ";", "\"", "\n",   "a",
                                                 "ș",  "|", "=1", "^", " ",  "cmd|", "-2.5"};
    std::string text;
    for (auto n = crm::test::between(random, 1, 6); n > 0; --n)
        text += pieces[crm::test::between(random, 0, pieces.size() - 1)];
    return text;
}

bool begins_formula(std::string_view field) {
    return !field.empty() && "=+-@\t\r"s.find(field[0]) != std::string::npos;
}

}  // namespace

TEST_CASE("IMP-02 texts that a spreadsheet could run are made harmless, numbers are left alone") {
    ::test::Desk desk;
    const ExportOptions options{
        .columns = {"name", "annual_revenue", "tax_code"}, .header = false, .crlf = false};
    Parties(desk.ana).add({.name = "=cmd|' /C calc'!A0",
                           .tax_code = "-1",
                           .annual_revenue = Money{-500, Currency{"EUR"}}});
    CHECK(csv(desk.ana, "party", {}, options) == "\"'=cmd|' /C calc'!A0\",-5.00,'-1\n");
    ExportOptions plain = options;
    plain.formula_safe = false;
    CHECK(csv(desk.ana, "party", {}, plain) == "\"=cmd|' /C calc'!A0\",-5.00,-1\n");
}

TEST_CASE("IMP-02 what is exported formula-safe is imported again without loss") {
    CAPTURE(crm::test::seed());
    crm::test::Random random(crm::test::seed());
    ::test::Desk from, to;
    for (int i = 0; i < 300; ++i) {
        const std::string name = "n" + std::to_string(i), text = hostile_text(random);
        CAPTURE(text);
        Parties(from.ana).add(
            {.code = name, .name = "x" + text, .tax_code = text, .description = text + "z"});
    }
    const char delimiter = ",;\t|^"[crm::test::between(random, 0, 4)];
    const fs::path file = to.folder.path() / "parties.csv";
    const Names columns{"id", "code", "name", "tax_code", "description"};
    export_csv(from.ana, "party", {}, file,
               {.columns = columns,
                .delimiter = delimiter,
                .crlf = crm::test::between(random, 0, 1) == 1,
                .byte_order_mark = crm::test::between(random, 0, 1) == 1});
    for (const auto& row : rows_of(read_file(file)))
        for (const auto& [column, value] : row) {
            CAPTURE(value);
            CHECK_FALSE(begins_formula(value));
        }
    const auto report =
        import_csv(to.ana, file, {.formula_safe = true}, {.kind = "party", .key = "id"});
    REQUIRE(report.created == 300);
    const auto texts = [](::test::Desk& desk) {
        return csv(desk.ana, "party", {.order = "code"},
                   {.columns = {"code", "name", "tax_code", "description"}});
    };
    CHECK(texts(from) == texts(to));
}
