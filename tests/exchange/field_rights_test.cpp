#include <doctest/doctest.h>

#include "crm/import.hpp"
#include "support/desk.hpp"
#include "support/rows.hpp"

namespace {

using namespace crm;
using ::test::TextRows;
using Columns = std::vector<ImportColumn>;

/// Petru imports; what is hidden from him and locked for him is each test's.
struct ImportDesk : ::test::Desk {
    Rights rights{ana};

    ImportDesk() { rights.grant(petru.user(), "*", "run_imports", "all"); }

    void hide(const char* kind, const char* field) { rights.hide(petru.user(), kind, field); }
    void lock(const char* kind, const char* field) { rights.lock(petru.user(), kind, field); }

    ImportReport import(std::vector<std::string> header, std::vector<std::vector<std::string>> rows,
                        ImportOptions options) {
        TextRows source(std::move(header), std::move(rows));
        return import_rows(petru, source, options);
    }

    /// What an import of these headings is refused with before its first row; "" where it is not.
    std::string refusal(const Columns& columns, std::string_view kind = "party",
                        const std::string& key = {}, OnConflict on_conflict = OnConflict::skip) {
        std::vector<std::string> header;
        for (const auto& column : columns) header.push_back(column.source);
        if (!key.empty()) header.push_back(key);
        TextRows source(header, {});
        try {
            import_rows(petru, source,
                        {.kind = std::string(kind),
                         .columns = columns,
                         .key = key,
                         .on_conflict = on_conflict,
                         .dry_run = true});
        } catch (const Denied& denied) {
            CHECK(source.read == 0);
            return denied.what();
        }
        return "";
    }
};

bool names(const std::string& refusal, const char* field, const char* column) {
    return refusal.find(field) != std::string::npos &&
           refusal.find("\"" + std::string(column) + "\"") != std::string::npos;
}

}  // namespace

TEST_CASE("RIG-04 IMP-01 a column of a hidden or locked field is refused before any row is read") {
    ImportDesk desk;
    CHECK(desk.refusal({{"Name", "name"}, {"Tax", "tax_code"}}) == "");
    desk.lock("party", "tax_code");
    CHECK(names(desk.refusal({{"Name", "name"}, {"Tax", "tax_code"}}), "party.tax_code is locked",
                "Tax"));
    desk.hide("party", "annual_revenue_minor");
    CHECK(names(desk.refusal({{"Name", "name"}, {"Money", "annual_revenue"}}),
                "party.annual_revenue_minor is hidden", "Money"));
    TextRows source({"name", "tax_code"}, {{"Alfa", "1"}});
    CHECK_THROWS_WITH_AS(import_rows(desk.petru, source, {.kind = "party"}),
                         doctest::Contains("map it to \"-\""), Denied);
    CHECK(source.read == 0);
    CHECK(desk.import({"name", "tax_code"}, {{"Alfa", "1"}},
                      {.kind = "party", .columns = {{"tax_code", "-"}}})
              .created == 1);
}

TEST_CASE("RIG-04 IMP-01 a locked field that every record must have is for new ones only") {
    ImportDesk desk;
    desk.lock("party", "name");
    CHECK(desk.refusal({{"Name", "name"}}) == "");
    CHECK(names(desk.refusal({{"Name", "name"}}, "party", "Key", OnConflict::update), "party.name",
                "Name"));
    desk.hide("party", "name");
    CHECK(names(desk.refusal({{"Name", "name"}}), "party.name is hidden", "Name"));
}

TEST_CASE("RIG-04 IMP-01 parts and names of people are fields of their own records") {
    ImportDesk desk;
    desk.hide("point", "value");
    desk.lock("address", "city");
    CHECK(
        names(desk.refusal({{"N", "name"}, {"Phone", "phone"}}), "point.value is hidden", "Phone"));
    CHECK(names(desk.refusal({{"N", "name"}, {"City", "address.city"}}), "address.city is locked",
                "City"));
    CHECK(desk.refusal({{"N", "name"}, {"Street", "address.street"}}) == "");
    desk.hide("contact", "patronymic");
    CHECK(
        names(desk.refusal({{"F", "first_name"}, {"P", "patronymic"}}), "contact.patronymic", "P"));
    desk.hide("note", "text");
    CHECK(names(desk.refusal({{"S", "subject"}, {"T", "note"}}, "activity"), "note.text is hidden",
                "T"));
}

TEST_CASE("RIG-04 IMP-01 no record is named or recognised by a hidden field") {
    ImportDesk desk;
    const auto activity = [&](const char* target) {
        return desk.refusal({{"S", "subject"}, {"R", target}}, "activity");
    };
    for (const char* target : {"party:code", "party:name", "party:key", "contact:name"})
        CHECK(activity(target) == "");
    desk.hide("party", "code");
    desk.hide("contact", "last_name");
    CHECK(names(activity("party:code"), "party.code is hidden", "R"));
    CHECK(names(activity("contact:name"), "contact.name is hidden", "R"));
    CHECK(names(activity("party:name"), "party.name is hidden", "R"));  // a person's is made of it
    CHECK(activity("party:key") == "");
    desk.hide("external_key", "key");
    CHECK(names(activity("party:key"), "external_key.key is hidden", "R"));
    CHECK(names(desk.refusal({{"N", "tax_code"}}, "party", "Key"), "external_key.key", "Key"));
}

TEST_CASE("RIG-04 IMP-01 outcomes tell one bit of hidden records, and nothing more") {
    ImportDesk desk;
    const auto hidden = Parties(desk.ana).add({.code = "H-1", .name = "Hidden One"});
    ExternalKeys(desk.ana).add({.record = hidden.head.id, .system = "import", .key = "K1"});
    std::vector<std::string> told;
    ImportOptions options{.kind = "party", .key = "key"};
    options.outcome = [&](const RowOutcome& outcome) {
        told.push_back(outcome.reason);
        CHECK(outcome.record == Ref{});
        CHECK(outcome.result == RowResult::rejected);
    };
    desk.import({"key", "code", "name"}, {{"K1", "N-1", "New"}, {"K2", "H-1", "Newer"}}, options);
    REQUIRE(told.size() == 2);
    CHECK(told[0] == "the key is taken by a record that you may not see");
    for (const auto& reason : told) {
        CHECK(reason.find("Hidden One") == std::string::npos);
        CHECK(reason.find(std::to_string(hidden.head.id.value())) == std::string::npos);
    }
    ImportOptions calls{.kind = "activity", .columns = {{"party", "party:name"}}};
    std::string reason;
    calls.outcome = [&](const RowOutcome& outcome) { reason = outcome.reason; };
    desk.import({"subject", "kind", "start_at", "party"},
                {{"Call", "call", "2026-03-02", "Hidden One"}}, calls);
    CHECK(reason == "there is no party of the name \"Hidden One\"");
}
