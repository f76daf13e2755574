// RIG-08: what a user reads, by any path, is what it would read from a copy of the file without
// what is hidden from it. Random worlds, random reads; see docs/design.md §6 and
// tests/rights/reads.cpp.
//
// CRM_TEST_SEED repeats a run; with CRM_TEST_WORLD, and CRM_TEST_READ, one world or one read of it.
// CRM_TEST_KEEP names a folder that the files of a world that fails are put into.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "rights/trial.hpp"
#include "storage/connection.hpp"
#include "support/random.hpp"

namespace {

using namespace crm::test::rights;

std::size_t number_from(const char* name, std::size_t otherwise) {
    const char* given = std::getenv(name);
    return given ? std::strtoul(given, nullptr, 10) : otherwise;
}

/// The statements of random filters are no part of what tests/kernel/plans_test.cpp explains.
class Unobserved {
public:
    Unobserved() : before_(crm::storage::observe_prepared(nullptr)) {}
    ~Unobserved() { crm::storage::observe_prepared(before_); }
    Unobserved(const Unobserved&) = delete;
    Unobserved& operator=(const Unobserved&) = delete;

private:
    crm::storage::PreparedObserver before_;
};

std::string summary(const Tally& tally) {
    std::string text = std::to_string(tally.worlds) + " worlds, " + std::to_string(tally.reads) +
                       " reads, " + std::to_string(tally.partial) + " of " +
                       std::to_string(tally.weighed) + " weighed ones partly visible, " +
                       std::to_string(tally.refused) + " refused for a hidden field, " +
                       std::to_string(tally.mutations) + " hidden records changed";
    for (const auto& [name, entry] : tally.by_entry)
        text += "\n  " + name + ": " + std::to_string(entry.reads) + " reads, " +
                std::to_string(entry.partial) + " partly visible";
    return text;
}

}  // namespace

TEST_CASE(
    "RIG-08 what a user reads by any path is what a copy without the hidden rows and fields says") {
    const Unobserved unobserved;
    const char* keep = std::getenv("CRM_TEST_KEEP");
    const Conduct conduct{.seed = crm::test::seed(),
                          .only_read = number_from("CRM_TEST_READ", 0),
                          .keep = keep ? keep : ""};
    CAPTURE(conduct.seed);
    const bool is_long = std::getenv("CRM_TEST_LONG") != nullptr;
    const bool one = std::getenv("CRM_TEST_WORLD") != nullptr;
    const std::size_t wanted = one ? 1 : number_from("CRM_TEST_WORLDS", is_long ? 30'000 : 3'000);
    const Tally tally = run_trials(conduct, number_from("CRM_TEST_WORLD", 0), wanted);
    MESSAGE("seed " << conduct.seed << ": " << summary(tally));
    for (std::size_t i = 0; i < tally.failures.size() && i < 5; ++i) {
        INFO(tally.failures[i]);
        CHECK(false);
    }
    CHECK(tally.failures.size() == 0);
    CHECK(tally.worlds == wanted);
    if (one) return;
    CHECK(tally.reads >= wanted * conduct.reads);
    CHECK(tally.weighed >= tally.reads / 5);
    CHECK(tally.partial * 10 >= tally.weighed * 3);
    for (const Entry& entry : entries()) {
        const std::string name = entry.name;
        CAPTURE(name);
        const auto found = tally.by_entry.find(name);
        REQUIRE(found != tally.by_entry.end());
        CHECK(found->second.reads >= wanted / 20);
        if (entry.is_often_partial && wanted >= 1'000) CHECK(found->second.partial > 0);
    }
}
