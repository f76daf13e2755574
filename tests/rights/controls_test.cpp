// The controls of the oracle: a library that leaks makes it say so. Each breaks one rule on
// purpose.
#include <doctest/doctest.h>

#include <regex>
#include <string>
#include <vector>

#include "crm/kinds.hpp"
#include "rights/trial.hpp"
#include "storage/connection.hpp"
#include "support/random.hpp"

namespace {

using namespace crm::test::rights;

constexpr std::size_t worlds = 24;

/// Prepares what `rewriter` makes of every statement for as long as it lives, unobserved.
class Rewriting {
public:
    explicit Rewriting(crm::storage::PreparedRewriter rewriter)
        : observer_(crm::storage::observe_prepared(nullptr)),
          rewriter_(crm::storage::rewrite_prepared(rewriter)) {}
    ~Rewriting() {
        crm::storage::rewrite_prepared(rewriter_);
        crm::storage::observe_prepared(observer_);
    }
    Rewriting(const Rewriting&) = delete;
    Rewriting& operator=(const Rewriting&) = delete;

private:
    crm::storage::PreparedObserver observer_;
    crm::storage::PreparedRewriter rewriter_;
};

std::string replaced(std::string_view sql, const char* pattern, const char* by) {
    std::string text(sql);
    if (text.find(":me") == text.npos && text.find(":holders") == text.npos) return text;
    return std::regex_replace(text, std::regex(pattern), by);
}

std::string untouched(std::string_view sql) { return std::string(sql); }
std::string owner_ignored_in_predicates(std::string_view sql) {
    return replaced(sql, R"(\+(\w+)\.owner_id = :me OR)", "+$1.owner_id > 0 OR");
}
std::string owner_ignored_in_lists(std::string_view sql) {
    return replaced(sql, R"(WHERE t\.owner_id = :me)", "WHERE t.owner_id > 0");
}
std::string grantee_ignored(std::string_view sql) {
    return replaced(sql, R"(share\.grantee_id IN \(SELECT value FROM json_each\(:holders\)\))",
                    "share.grantee_id > 0");
}
std::string end_of_share_ignored(std::string_view sql) {
    return replaced(sql, R"(share\.ends_on >= :today)", "share.ends_on IS NOT :today");
}
std::string a_branch_lost(std::string_view sql) {
    return replaced(sql, R"(\+\w+\.owner_id = :me OR)", "0 OR");
}

std::size_t leaks_under(crm::storage::PreparedRewriter rewriter) {
    const Rewriting rewriting(rewriter);
    return run_trials({.seed = crm::test::seed(), .mutates = false}, 0, worlds).failures.size();
}

/// The library's kinds, but for one column of parties that forgets its key.
std::vector<crm::Kind> kinds_without_key_of_name(std::vector<crm::Column>& columns) {
    const auto all = crm::all_kinds();
    std::vector<crm::Kind> kinds(all.begin(), all.end());
    for (crm::Kind& kind : kinds) {
        if (kind.name != "party") continue;
        columns.assign(kind.columns.begin(), kind.columns.end());
        for (crm::Column& column : columns)
            if (column.name == "name") column.key = {};
        kind.columns = columns;
    }
    return kinds;
}

}  // namespace

TEST_CASE(
    "RIG-08 the oracle notices a condition of rights that was dropped, and a branch that was "
    "lost") {
    CAPTURE(crm::test::seed());
    CHECK(leaks_under(untouched) == 0);
    CHECK(leaks_under(owner_ignored_in_predicates) > 0);
    CHECK(leaks_under(owner_ignored_in_lists) > 0);
    CHECK(leaks_under(grantee_ignored) > 0);
    CHECK(leaks_under(end_of_share_ignored) > 0);
    CHECK(leaks_under(a_branch_lost) > 0);
}

TEST_CASE("RIG-08 the oracle notices a list that may be sorted by the key of a hidden field") {
    const Rewriting unobserved(nullptr);
    std::vector<crm::Column> columns;
    const auto kinds = kinds_without_key_of_name(columns);
    const Conduct conduct{.seed = crm::test::seed(), .mutates = false, .kinds = kinds};
    CAPTURE(conduct.seed);
    CHECK(run_trials(conduct, 0, 6 * worlds).failures.size() > 0);
}

TEST_CASE("RIG-08 the oracle notices rights that changed without a new epoch") {
    const Rewriting unobserved(nullptr);
    const auto revoke_all = [](RawFile& file, std::int64_t) {
        file.run("DELETE FROM access_right WHERE scope <> 'all'");
    };
    const auto told = [](RawFile& file, std::int64_t) {
        file.run(
            "DELETE FROM access_right WHERE scope <> 'all';"
            "UPDATE meta SET value = value + 1 WHERE key = 'epoch'");
    };
    const Conduct stale{.seed = crm::test::seed(), .mutates = false, .while_open = revoke_all};
    const Conduct fresh{.seed = crm::test::seed(), .mutates = false, .while_open = told};
    CAPTURE(stale.seed);
    CHECK(run_trials(stale, 0, worlds).failures.size() > 0);
    CHECK(run_trials(fresh, 0, worlds).failures.size() == 0);
}
