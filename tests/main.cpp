// doctest's main, alone: it takes ten seconds to compile.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace {

/// Writes "passed NAME" or "failed NAME" for each test case that came to its end to the file named
/// by CRM_TEST_RESULTS, so that tools/test counts what ran and not what should have.
class Results : public doctest::IReporter {
public:
    explicit Results(const doctest::ContextOptions&) {
        if (const char* path = std::getenv("CRM_TEST_RESULTS")) file_ = std::fopen(path, "ae");
    }
    ~Results() override {
        if (file_) std::fclose(file_);
    }
    Results(const Results&) = delete;
    Results& operator=(const Results&) = delete;

    void test_case_start(const doctest::TestCaseData& test) override { test_ = &test; }
    void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
        if (!file_ || getpid() != process_) return;  // a child that a test forked says nothing
        std::fprintf(file_, "%s %s\n", stats.testCaseSuccess ? "passed" : "failed", test_->m_name);
        std::fflush(file_);
    }

    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}

private:
    const pid_t process_ = getpid();
    std::FILE* file_ = nullptr;
    const doctest::TestCaseData* test_ = nullptr;
};

REGISTER_LISTENER("results", 0, Results);

}  // namespace
