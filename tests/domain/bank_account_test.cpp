#include <doctest/doctest.h>

#include "support/desk.hpp"
#include "support/rows.hpp"

using namespace crm;
using namespace std::literals;
using test::refusal;
using test::refused_field;

namespace {

BankAccount account(Id<Party> party, std::string number) {
    return {.party = party, .number = std::move(number)};
}

/// What is said of a number; "accepted" where nothing is.
std::string said_of(test::Desk& desk, const std::string& number) {
    const auto party = desk.parties.add({.name = "Bearer"}).head.id;
    return refusal([&] { BankAccounts(desk.ion).add(account(party, number)); });
}

}  // namespace

TEST_CASE("PAR-07 a party has any number of accounts at any bank in any currency, primary first") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    BankAccounts accounts(desk.ion);
    accounts.add({.party = acme,
                  .number = "2224 7014 9811",
                  .bank_name = "Moldindconbank",
                  .currency = Currency("MDL")});
    const auto euro = accounts.add({.party = acme,
                                    .number = "MD24 AG00 0225 1000 1310 4168",
                                    .bank_name = "Agroindbank",
                                    .bic = "agrnmd2x",
                                    .currency = Currency("EUR"),
                                    .is_primary = true,
                                    .note = "Only for export"});
    accounts.add({.party = acme, .number = "2224 7014 9811", .currency = Currency("USD")});
    CHECK(euro.number == "MD24 AG00 0225 1000 1310 4168");
    CHECK(euro.iban == "MD24AG000225100013104168");
    CHECK(euro.bic == "AGRNMD2X");

    const auto all = accounts.of(acme);
    REQUIRE(all.size() == 3);
    CHECK(all[0] == euro);
    CHECK(all[1].iban.empty());
    CHECK(all[1].number == "2224 7014 9811");
    CHECK(all[2].currency == Currency("USD"));
    CHECK(desk.parties.card(acme).bank_accounts == all);
}

TEST_CASE("PAR-07 an IBAN is checked by the length of its country and its check digits") {
    auto desk = test::desk();
    for (const char* right :
         {"RO49AAAA1B31007593840000", "ro49 aaaa 1b31 0075 9384 0000",
          "IBAN: GB29 NWBK 6016 1331 9268 19", "NO93 8601 1117 947",
          "MT84MALT011000012345MTLCAST001S", "DE89-3704-0044-0532-0130-00",
          "UA21\u00a0322313\u00a00000026007233566001", "RU0304452522540817810538091310419"})
        CHECK_MESSAGE(said_of(desk, right) == "accepted", right);
    for (const char* wrong :
         {"RO49AAAA1B31007593840001", "RO49AAAA1B31007593480000", "GB92 NWBK 6016 1331 9268 19"})
        CHECK_MESSAGE(said_of(desk, wrong).find("check digits do not fit") != std::string::npos,
                      wrong);
    CHECK(
        said_of(desk, "MD24AG00022510001310416").find("one of MD has 24 characters, this has 23") !=
        std::string::npos);
    CHECK(said_of(desk, "IBAN US64 SVBK US6S 3300 958879")
              .find("no country of the IBAN registry begins with \"US\"") != std::string::npos);
    CHECK(said_of(desk, "IBAN").starts_with("bank_account.number: is no IBAN"));
    CHECK(said_of(desk, "IBAN MDA4AG000225100013104168").find("two check digits") !=
          std::string::npos);
}

TEST_CASE("PAR-07 account numbers that are no IBAN are kept as they are; a BIC has its form") {
    auto desk = test::desk();
    for (const char* other : {"40817810099910004312", "12-34-56 12345678", "RO12ABC", "0",
                              "US64SVBKUS6S3300958879", "Счёт 77/3"})
        CHECK_MESSAGE(said_of(desk, other) == "accepted", other);
    CHECK(said_of(desk, "---") == "bank_account.number: has no letter and no digit");
    const auto acme = test::acme(desk);
    BankAccounts accounts(desk.ion);
    for (const char* bic : {"AGRNMD2", "AGRNMD2X12", "AGRN12XX", "AGRNMD2Ș"}) {
        auto wrong = account(acme, "1");
        wrong.bic = bic;
        CHECK_MESSAGE(refused_field([&] { accounts.add(wrong); }) == "bank_account.bic", bic);
    }
    CHECK(refused_field([&] { accounts.add({.number = "1"}); }) == "bank_account.party_id");
}

TEST_CASE("PAR-07 a party is found by an account number, however that is written, and by rights") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    BankAccounts accounts(desk.ion);
    const auto added = accounts.add(account(acme, "MD24 AG00 0225 1000 1310 4168"));
    accounts.add(account(acme, "12-34-56 12345678"));
    for (const char* written : {"md24ag000225100013104168", "IBAN MD24 AG00 0225 1000 1310 4168",
                                " MD24.AG00.0225.1000.1310.4168"}) {
        const auto found = accounts.with_number(written);
        REQUIRE_MESSAGE(found.size() == 1, written);
        CHECK(found[0] == added);
    }
    CHECK(accounts.with_number("12345612345678").size() == 1);
    CHECK(accounts.with_number("MD24").empty());
    CHECK(accounts.with_number("").empty());

    BankAccounts of_petru(desk.petru);
    CHECK(of_petru.with_number("12345612345678").empty());
    CHECK(of_petru.of(acme).empty());
    CHECK_THROWS_AS(of_petru.add(account(acme, "1")), Error);
    Rights(desk.ana).hide(desk.ion.user(), "bank_account", "number");
    CHECK(accounts.with_number("12345612345678").empty());
    CHECK(accounts.of(acme)[0].number.empty());
    CHECK(accounts.of(acme)[0].iban.empty());
}

TEST_CASE(
    "PAR-07 a changed number is checked again, and accounts go, come back and move with the "
    "party") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    BankAccounts accounts(desk.ana);
    const auto id = accounts.add(account(acme, "RO49AAAA1B31007593840000")).head.id;
    CHECK(refused_field([&] {
              accounts.change(id, any_version, {{"number", "RO49AAAA1B31007593840001"sv}});
          }) == "bank_account.number");
    CHECK(accounts.change(id, any_version, {{"number", "77"sv}}).iban.empty());
    desk.ana.undo(desk.ana.commands(1).front().id);
    CHECK(accounts.get(id).iban == "RO49AAAA1B31007593840000");

    const auto twin = desk.parties.add({.name = "Acme S.R.L."}).head.id;
    accounts.add(account(twin, "77"));
    accounts.add(account(twin, "RO49AAAA1B31007593840000"));
    const auto merged = Duplicates(desk.ana).merge(acme, {twin});
    CHECK(accounts.of(acme).size() == 2);
    CHECK(merged.dropped == 1);
    Parties(desk.ana).remove(acme);
    CHECK(accounts.with_number("77").empty());
    desk.ana.undo(desk.ana.commands(1).front().id);
    CHECK(accounts.with_number("77").size() == 1);
}

TEST_CASE("PAR-07 an import makes one account of a row, checks its IBAN and finds it again") {
    auto desk = test::desk();
    const std::vector<std::string> header{"Name", "IBAN", "Bank", "BIC", "Currency"};
    const ImportOptions options{.kind = "party",
                                .columns = {{"Name", "name"},
                                            {"IBAN", "bank_account.iban"},
                                            {"Bank", "bank_account.bank_name"},
                                            {"BIC", "bank_account.bic"},
                                            {"Currency", "bank_account.currency"}}};
    test::TextRows rows(header,
                        {{"One", "RO49 AAAA 1B31 0075 9384 0000", "Alpha", "AAAAROBU", "RON"},
                         {"Two", "RO49 AAAA 1B31 0075 9384 0001", "Alpha", "", ""},
                         {"Three", "", "", "", ""}});
    const auto report = import_rows(desk.ana, rows, options);
    CHECK(report.created == 2);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems[0].reason.find("check digits") != std::string::npos);
    const auto found = BankAccounts(desk.ana).with_number("ro49aaaa1b31007593840000");
    REQUIRE(found.size() == 1);
    CHECK(found[0].bank_name == "Alpha");
    CHECK(found[0].currency == Currency("RON"));
    CHECK(Parties(desk.ana).get(found[0].party).name == "One");
}

TEST_CASE("PAR-07 a natural person's account numbers are erased with the person") {
    auto desk = test::desk();
    const auto person = Parties(desk.ana).add_person({.last_name = "Popa"}).party.head.id;
    BankAccounts(desk.ana).add(account(person, "RO49AAAA1B31007593840000"));
    Erasures(desk.ana).erase(person, {.reason = "asked for it"});
    CHECK(BankAccounts(desk.ana).with_number("RO49AAAA1B31007593840000").empty());
}
