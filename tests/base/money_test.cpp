#include "crm/money.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "crm/error.hpp"
#include "support/random.hpp"

using namespace crm;

namespace {

constexpr auto largest = std::numeric_limits<std::int64_t>::max();
constexpr auto smallest = std::numeric_limits<std::int64_t>::min();

std::int64_t minor(std::string_view text, std::string_view currency = "EUR") {
    return Money::parse(text, Currency{currency}).minor;
}

}  // namespace

TEST_CASE("Currencies are known by code in any case, with their decimals") {
    CHECK(Currency{"eur"}.code() == "EUR");
    CHECK(Currency{"MDL"}.exponent() == 2);
    CHECK(Currency{"JPY"}.exponent() == 0);
    CHECK(Currency{"kwd"}.exponent() == 3);
    CHECK(Currency{"CLF"}.exponent() == 4);
    CHECK(Currency{"XAU"}.exponent() == 0);
    CHECK(Currency{"XCG"}.exponent() == 2);
}

TEST_CASE("Withdrawn currencies stay known, old files carry them") {
    CHECK(Currency{"RUR"}.code() == "RUR");
    CHECK(Currency{"DEM"}.exponent() == 2);
    CHECK(Currency{"ITL"}.exponent() == 0);
}

TEST_CASE("Unknown currencies are refused") {
    for (auto code : {"", "E", "EU", "EURO", "ABC", "E1R", "€", "лей", " EUR", "E\0R"})
        CHECK_THROWS_AS(Currency{code}, Invalid);
}

TEST_CASE("No currency is empty and false") {
    CHECK_FALSE(Currency{});
    CHECK(Currency{}.code().empty());
    CHECK(Currency{"EUR"});
    CHECK(Money{}.text() == "0");
}

TEST_CASE("Amounts are read as decimals of their currency") {
    CHECK(minor("1234.50") == 123450);
    CHECK(minor("-0.5") == -50);
    CHECK(minor("+7") == 700);
    CHECK(minor(".5") == 50);
    CHECK(minor("5.") == 500);
    CHECK(minor("0") == 0);
    CHECK(minor("-0") == 0);
    CHECK(minor("0001.10") == 110);
    CHECK(minor("1234", "JPY") == 1234);
    CHECK(minor("1.5", "KWD") == 1500);
    CHECK(Money::parse("12,34", Currency{"EUR"}, ',').minor == 1234);
}

TEST_CASE("Decimals beyond the currency's are rounded half up, away from zero") {
    CHECK(minor("0.005") == 1);
    CHECK(minor("-0.005") == -1);
    CHECK(minor("0.0049999999999999999999") == 0);
    CHECK(minor("1.994") == 199);
    CHECK(minor("1.995") == 200);
    CHECK(minor("0.5", "JPY") == 1);
    CHECK(minor("1.0005", "KWD") == 1001);
}

TEST_CASE("Anything but a decimal is refused") {
    for (auto text : {"", "-", "+", ".", "1,5", "1.2.3", "1 000", "1e3", "--1", "12a", "0x10",
                      "NaN", " 1", "1 ", "١"})
        CHECK_THROWS_AS(Money::parse(text, Currency{"EUR"}), Invalid);
    CHECK_THROWS_AS(Money::parse("1", Currency{}), Invalid);
}

TEST_CASE("Amounts fill 64 bits and not one unit more") {
    CHECK(minor("92233720368547758.07") == largest);
    CHECK(minor("-92233720368547758.08") == smallest);
    CHECK(Money{smallest, Currency{"EUR"}}.text() == "-92233720368547758.08");
    CHECK_THROWS_AS(minor("92233720368547758.08"), LimitExceeded);
    CHECK_THROWS_AS(minor("92233720368547758.075"), LimitExceeded);
    CHECK_THROWS_AS(minor("-92233720368547758.085"), LimitExceeded);
    CHECK_THROWS_AS(minor("99999999999999999999999999999999999"), LimitExceeded);
    CHECK_THROWS_AS(minor("1844674407370955161.6"), LimitExceeded);
}

TEST_CASE("Amounts are written with all decimals of their currency") {
    CHECK(Money{123450, Currency{"EUR"}}.text() == "1234.50");
    CHECK(Money{-5, Currency{"EUR"}}.text() == "-0.05");
    CHECK(Money{7, Currency{"JPY"}}.text() == "7");
    CHECK(Money{1, Currency{"KWD"}}.text() == "0.001");
    CHECK(Money{0, Currency{"EUR"}}.text() == "0.00");
}

TEST_CASE("Sums are exact, of one currency, and never wrap") {
    const Currency eur{"EUR"};
    CHECK(Money{1, eur} + Money{2, eur} == Money{3, eur});
    CHECK(Money{1, eur} - Money{2, eur} == Money{-1, eur});
    CHECK_THROWS_AS((Money{1, eur} + Money{1, Currency{"MDL"}}), Invalid);
    CHECK_THROWS_AS((Money{1, eur} - Money{1, Currency{}}), Invalid);
    CHECK_THROWS_AS((Money{largest, eur} + Money{1, eur}), LimitExceeded);
    CHECK_THROWS_AS((Money{smallest, eur} - Money{1, eur}), LimitExceeded);
    CHECK_THROWS_AS((Money{0, eur} - Money{smallest, eur}), LimitExceeded);
}

TEST_CASE("What is written is read back as the same amount") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    for (int i = 0; i < 20'000; ++i) {
        const auto bits = std::uniform_int_distribution<std::uint64_t>{}(random);
        const auto amount = static_cast<std::int64_t>(bits) >> test::between(random, 0, 63);
        for (auto code : {"EUR", "JPY", "KWD", "UYW"}) {
            const Money money{amount, Currency{code}};
            REQUIRE(Money::parse(money.text(), money.currency) == money);
        }
    }
}
