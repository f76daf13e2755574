// Records every distinct SQL text that this process prepares and explains them all at its end, with
// no, limited and full statistics: no scan of a big table without a limit, no MULTI-INDEX OR, no
// sort of what has no limit.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "crm/open.hpp"
#include "crm/property.hpp"
#include "crm/session.hpp"
#include "kernel/state.hpp"

namespace {

using crm::storage::Connection;

std::set<std::string>& seen() {
    static std::set<std::string> texts;
    return texts;
}
void observe(std::string_view sql) { seen().emplace(sql); }

// clang-format off
const std::set<std::string> big{
    "party",
    "party_body",
    "party_role",
    "contact",
    "contact_body",
    "activity",
    "activity_body",
    "party_property",
    "note",
    "note_body",
    "membership",
    "point",
    "address",
    "distinct_pair",
    "share",
    "external_key",
    "bank_account",
    "loyalty_movement",
    "party_link",
    "memorable_date",
    "reminder",
    "reminder_due",
    "reminder_handed",
    "notice",
    "kinship",
    "consent",
    "consent_body",
    "project",
    "project_body",
    "lead",
    "lead_body",
    "call",
    "call_forward",
    "command",
    "created",
    "change",
    "segment_member",
    "schedule_entry",
    "time_entry",
    "participant",
    "cost",
    "attachment",
    "file_content",
    "file_use",
};
// clang-format on

/// Rows of sqlite_stat1 as a file of a million records would have them.
void pretend_statistics(Connection& connection, bool full) {
    std::vector<std::array<std::string, 3>> rows;
    {
        auto indexes = connection.use(
            "SELECT m.tbl_name, m.name, (SELECT count(*) FROM pragma_index_info(m.name)) "
            "FROM sqlite_schema AS m WHERE m.type = 'index' AND m.name NOT LIKE 'sqlite%'");
        while (indexes.step()) {
            const std::string table(indexes.text(0)), name(indexes.text(1));
            const bool large = big.contains(table);
            std::string stat = large ? "1000000" : "100";
            const auto columns = indexes.integer(2);
            for (std::int64_t column = 1; column <= columns; ++column)
                stat += column == columns && columns > 1 ? " 1"
                        : !large                         ? " 5"
                        : full                           ? " 20000"
                                                         : " 100";
            rows.push_back({table, name, stat});
        }
    }
    connection.execute("ANALYZE sqlite_schema");
    for (const auto& [table, name, stat] : rows)
        connection.use("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)")
            .bind(1, table)
            .bind(2, name)
            .bind(3, stat)
            .run();
    connection.execute("ANALYZE sqlite_schema");
}

bool is_query(const std::string& sql) {
    static const std::regex start(R"(^\s*(--[^\n]*\n\s*)*(SELECT|WITH|INSERT|UPDATE|DELETE)\b)",
                                  std::regex::icase);
    return std::regex_search(sql, start);
}

/// Alias → table, as the text names them.
std::map<std::string, std::string> aliases(const std::string& sql) {
    static const std::regex source(
        R"((?:from|join)\s+(\w+)(?:\s+as\s+(\w+)|\s+(?!where|on|order|left|join|limit|inner|cross|union|group|indexed|set\b)(\w+))?)",
        std::regex::icase);
    std::map<std::string, std::string> found;
    for (std::sregex_iterator at(sql.begin(), sql.end(), source), end; at != end; ++at) {
        const std::string table = (*at)[1];
        found[table] = table;
        if ((*at)[2].matched) found[(*at)[2]] = table;
        if ((*at)[3].matched) found[(*at)[3]] = table;
    }
    return found;
}

std::vector<std::string> plan(Connection& connection, const std::string& sql) {
    std::vector<std::string> details;
    auto rows = connection.use("EXPLAIN QUERY PLAN " + sql);
    while (rows.step()) details.emplace_back(rows.text(3));
    return details;
}

/// One of several branches, walked in the order of an index that it names: the sorter is another's.
bool is_ordered_branch(const std::string& sql, const std::string& how) {
    static const std::regex by(R"( USING (?:COVERING )?INDEX (\w+))");
    std::smatch index;
    return std::regex_match(how, index, by) && sql.find(" UNION ") != std::string::npos &&
           sql.find("INDEXED BY " + index[1].str()) != std::string::npos;
}

/// What is wrong with a plan; empty when it is sound.
std::string fault(const std::string& sql, const std::vector<std::string>& details) {
    const auto names = aliases(sql);
    const bool limited = std::regex_search(sql, std::regex(R"(\bLIMIT\b)", std::regex::icase));
    bool sorts = false;
    for (const auto& detail : details)
        sorts |= detail.find("TEMP B-TREE FOR ORDER BY") != std::string::npos;
    for (const auto& detail : details) {
        if (detail.find("MULTI-INDEX OR") != std::string::npos) return detail;
        std::smatch match;
        static const std::regex scan(R"(^SCAN (\w+)(?! VIRTUAL)\b(.*)$)");
        if (!std::regex_match(detail, match, scan) ||
            detail.find("VIRTUAL TABLE") != std::string::npos)
            continue;
        if (sorts && limited && is_ordered_branch(sql, match[2])) continue;
        const auto at = names.find(match[1]);
        if (at != names.end() && big.contains(at->second) && (!limited || sorts)) return detail;
    }
    if (sorts && !limited) return "sorts without a limit";
    return {};
}

struct Exception {
    std::string text, reason;
};

std::vector<Exception> exceptions() {
    std::vector<Exception> found;
    std::ifstream file(CRM_SOURCE_DIR "/tests/plan_exceptions.txt");
    for (std::string line; std::getline(file, line);)
        if (const auto bar = line.find(" # ");
            !line.empty() && line[0] != '#' && bar != std::string::npos)
            found.push_back({line.substr(0, bar), line.substr(bar + 3)});
    return found;
}

class Explained {
public:
    Explained()
        : path_(std::filesystem::temp_directory_path() /
                ("crm-plans-" + std::to_string(getpid()) + ".crm")),
          database_(crm::create(path_, {.admin = "ana"})),
          exceptions_(exceptions()) {
        using enum crm::PropertyType;
        auto ana = database_->trusted_session("ana");
        crm::Properties properties(ana);
        properties.define({.kind = "party", .name = "x_rating", .type = integer});
        properties.define({.kind = "party", .name = "x_motto"});
        properties.define({.kind = "party", .name = "x_vin", .is_unique = true});
        properties.define(
            {.kind = "party", .name = "x_partner", .type = reference, .target = "party"});
    }
    ~Explained() {
        database_.reset();
        for (const char* suffix : {"", "-wal", "-shm", "-gate"})
            std::filesystem::remove(path_.string() + suffix);
    }

    /// Every fault of every text under every kind of statistics.
    std::vector<std::string> faults(const std::set<std::string>& texts) {
        std::vector<std::string> found;
        for (const char* statistics : {"no", "limited", "full"}) {
            auto writer = database_->state()->file->write();
            Connection& connection = writer.connection();
            if (*statistics != 'n') pretend_statistics(connection, *statistics == 'f');
            for (const auto& sql : texts) look(connection, sql, statistics, found);
            writer.rollback();
            connection.execute("ANALYZE sqlite_schema");
        }
        return found;
    }
    std::size_t explained() const { return explained_; }

private:
    void look(Connection& connection, const std::string& sql, const std::string& statistics,
              std::vector<std::string>& found) {
        if (!is_query(sql) || is_exception(sql)) return;
        try {
            const auto details = plan(connection, sql);
            ++explained_;
            if (const auto what = fault(sql, details); !what.empty())
                found.push_back(statistics + " statistics: " + what + "\n    " + sql);
        } catch (const crm::Error&) {
            // a text over tables of a test's own, not of a CRM file
        }
    }
    bool is_exception(const std::string& sql) const {
        for (const auto& exception : exceptions_)
            if (sql.find(exception.text) != std::string::npos) return true;
        return false;
    }

    std::filesystem::path path_;
    std::optional<crm::Database> database_;
    std::vector<Exception> exceptions_;
    std::size_t explained_ = 0;
};

/// Observes from the first test case to the last, then reports as one more test case of tools/test.
class Plans : public doctest::IReporter {
public:
    explicit Plans(const doctest::ContextOptions&) {}
    void test_run_start() override { crm::storage::observe_prepared(observe); }
    void test_run_end(const doctest::TestRunStats&) override {
        if (getpid() != process_ || seen().empty()) return;
        crm::storage::observe_prepared(nullptr);
        Explained explained;
        const auto faults = explained.faults(seen());
        for (const auto& what : faults) std::fprintf(stderr, "plan: %s\n", what.c_str());
        std::fprintf(stderr, "plans: %zu texts seen, %zu explanations, %zu faults\n", seen().size(),
                     explained.explained(), faults.size());
        const char* results = std::getenv("CRM_TEST_RESULTS");
        if (results && !faults.empty())
            std::ofstream(results, std::ios::app) << "failed every SQL text keeps to its indexes\n";
    }

    void report_query(const doctest::QueryData&) override {}
    void test_case_start(const doctest::TestCaseData&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}

private:
    const pid_t process_ = getpid();
};

REGISTER_LISTENER("plans", 1, Plans);

}  // namespace

TEST_CASE("the check of SQL plans finds a scan, a MULTI-INDEX OR and an unlimited sort") {
    const auto before = crm::storage::observe_prepared(nullptr);  // these texts are bad on purpose
    Explained explained;
    const auto faults_of = [&](const std::string& sql) { return explained.faults({sql}).size(); };
    CHECK(faults_of("SELECT id FROM party AS p WHERE p.industry = 'wine'") == 3);
    CHECK(faults_of("SELECT id FROM party WHERE owner_id = 1 OR unit_id = 2") == 3);
    CHECK(faults_of("SELECT id FROM activity WHERE party_id = 1 ORDER BY subject") == 3);
    CHECK(faults_of("SELECT id FROM party WHERE owner_id = 1 ORDER BY name_key, id LIMIT 51") == 0);
    CHECK(faults_of("SELECT name FROM party WHERE id = 1") == 0);
    crm::storage::observe_prepared(before);
}
