// HIS-02, HIS-06: the state after an undo of any set of commands is the one without them, by a
// model that knows only what was seen from outside; see tests/history/model.cpp.
//
// CRM_TEST_SEED repeats a run; with CRM_TEST_SEQUENCE, one sequence of it.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "history/trial.hpp"
#include "storage/connection.hpp"
#include "support/random.hpp"

namespace {

using namespace crm::test::history;

std::size_t given_number(const char* name, std::size_t otherwise) {
    const char* given = std::getenv(name);
    return given ? std::strtoul(given, nullptr, 10) : otherwise;
}

/// Fewer than this say little of a control.
constexpr std::size_t control_sequences = 60;

Tally broken_run(Conduct::Break broken) {
    return run_sequences({.seed = crm::test::seed(), .broken = broken}, 0, control_sequences);
}

}  // namespace

TEST_CASE(
    "HIS-06 HIS-02 after the undo of any set the state is the one without it, and every refusal "
    "has its reason") {
    const Conduct conduct{.seed = crm::test::seed()};
    CAPTURE(conduct.seed);
    const bool one = std::getenv("CRM_TEST_SEQUENCE") != nullptr;
    const std::size_t wanted = one ? 1 : given_number("CRM_TEST_SEQUENCES", 20'000);
    const Tally tally = run_sequences(conduct, given_number("CRM_TEST_SEQUENCE", 0), wanted);
    MESSAGE("seed " << conduct.seed << ": " << tally.sequences << " sequences, " << tally.commands
                    << " commands, " << tally.undos << " undos, " << tally.accepted << " accepted, "
                    << tally.refused << " refused, " << tally.redone << " redone at once, "
                    << tally.skipping << " skipping conflicts (" << tally.left << " had some), "
                    << tally.unjudged << " not judged");
    for (std::size_t i = 0; i < tally.failures.size() && i < 5; ++i) {
        INFO(tally.failures[i]);
        CHECK(false);
    }
    CHECK(tally.failures.empty());
    CHECK(tally.sequences == wanted);
    if (one) return;
    CHECK(tally.undos >= wanted);
    CHECK(tally.accepted * 10 >= tally.undos * 6);
    CHECK(tally.refused * 20 >= tally.undos);
    CHECK(tally.left * 20 >= tally.skipping);
    CHECK(tally.unjudged * 100 <= tally.undos);
}

TEST_CASE("HIS-06 the comparison of undo with its model finds a log that was forged") {
    CHECK_FALSE(broken_run(Conduct::Break::forged_log).failures.empty());
}

TEST_CASE("HIS-06 the comparison of undo with its model finds a model that was told wrong") {
    CHECK_FALSE(broken_run(Conduct::Break::deaf_model).failures.empty());
    CHECK_FALSE(broken_run(Conduct::Break::lax_model).failures.empty());
}
