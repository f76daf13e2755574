#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "crm/error.hpp"
#include "crm/text.hpp"
#include "support/data.hpp"
#include "support/random.hpp"

using namespace crm;

namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

// What stands between the first `before` and the next `after`; empty where there is none.
std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
    const auto at = text.find(before);
    if (at == text.npos) return {};
    const auto rest = text.substr(at + before.size());
    return rest.substr(0, rest.find(after));
}

}  // namespace

TEST_CASE("PAR-04 a number typed in international form keeps plus and digits") {
    CHECK(normalize_phone("+373 22 12-34-56", "") == "+37322123456");
    CHECK(normalize_phone(" (+373) 22.123.456", "RO") == "+37322123456");
    CHECK(normalize_phone("tel:+373-22-123456", "") == "+37322123456");
    CHECK(normalize_phone("＋３７３ ２２１２３４５６", "") == "+37322123456");
    CHECK(normalize_phone("+999 12345", "") == "+99912345");
}

TEST_CASE("PAR-04 the prefix for calls abroad is as good as a plus") {
    CHECK(normalize_phone("00373 22 123456", "") == "+37322123456");
    CHECK(normalize_phone("00 373 22 123456", "MD") == "+37322123456");
    CHECK(normalize_phone("011 44 20 7946 0958", "US") == "+442079460958");
    CHECK(normalize_phone("00 44 20 7946 0958", "US") == "+442079460958");
    CHECK(normalize_phone("8 10 373 22 123456", "RU") == "+37322123456");
    CHECK(normalize_phone("0011 1 212 555 0100", "AU") == "+12125550100");
    CHECK(normalize_phone("010 44 20 7946 0958", "JP") == "+442079460958");
}

TEST_CASE("PAR-04 a national number gets its country's code and loses the trunk prefix") {
    CHECK(normalize_phone("022 123456", "MD") == "+37322123456");
    CHECK(normalize_phone("22123456", "MD") == "+37322123456");
    CHECK(normalize_phone("0721 234 567", "RO") == "+40721234567");
    CHECK(normalize_phone("(044) 123-45-67", "UA") == "+380441234567");
    CHECK(normalize_phone("8 (495) 123-45-67", "RU") == "+74951234567");
    CHECK(normalize_phone("495 123 45 67", "RU") == "+74951234567");
    CHECK(normalize_phone("812 123 45 67", "RU") == "+78121234567");
    CHECK(normalize_phone("8 727 250 0000", "KZ") == "+77272500000");
    CHECK(normalize_phone("(212) 555-0100", "US") == "+12125550100");
    CHECK(normalize_phone("1-212-555-0100", "CA") == "+12125550100");
    CHECK(normalize_phone("020 7946 0958", "GB") == "+442079460958");
    CHECK(normalize_phone("0711 2842222", "DE") == "+497112842222");
    CHECK(normalize_phone("8 017 212 34 56", "BY") == "+375172123456");
    CHECK(normalize_phone("06 1 234 5678", "HU") == "+3612345678");
    CHECK(normalize_phone("8 612 34567", "LT") == "+37061234567");
    CHECK(normalize_phone("0612 34567", "LT") == "+37061234567");
    CHECK(normalize_phone("22 44 22 22", "NO") == "+4722442222");
}

TEST_CASE("PAR-04 Italy keeps its leading zero") {
    CHECK(normalize_phone("06 39733434", "IT") == "+390639733434");
    CHECK(normalize_phone("+39 06 39733434", "") == "+390639733434");
    CHECK(normalize_phone("0549 882914", "SM") == "+3780549882914");
}

TEST_CASE("PAR-04 a trunk prefix left in an international number is dropped") {
    CHECK(normalize_phone("+44 (0)20 7946 0958", "") == "+442079460958");
    CHECK(normalize_phone("+44 020 7946 0958", "") == "+442079460958");
    CHECK(normalize_phone("0044 (0) 20 7946 0958", "MD") == "+442079460958");
    CHECK(normalize_phone("+7 (8) 495 123 45 67", "") == "+74951234567");
    CHECK(normalize_phone("+7 (812) 123-45-67", "") == "+78121234567");
    CHECK(normalize_phone("+36 (06) 1 234 5678", "") == "+3612345678");
}

TEST_CASE("PAR-04 a calling code without a plus is told by the length") {
    CHECK(normalize_phone("373 22 123456", "MD") == "+37322123456");
    CHECK(normalize_phone("7 495 123 45 67", "RU") == "+74951234567");
}

TEST_CASE("PAR-04 what cannot be told is bare digits") {
    CHECK(normalize_phone("022 123456", "") == "022123456");
    CHECK(normalize_phone("123456", "MD") == "123456");
    CHECK(normalize_phone("112", "RO") == "112");
    CHECK(normalize_phone("911", "US") == "911");
    CHECK(normalize_phone("555-0100", "US") == "5550100");
    CHECK(normalize_phone("2842222", "DE") == "2842222");
    CHECK(normalize_phone("12345", "ZZ") == "12345");
    CHECK(normalize_phone("123456789012345678901234567890", "US") ==
          "123456789012345678901234567890");
}

TEST_CASE("PAR-04 an extension or a second number is left out") {
    for (auto typed : {"022 123456 x12", "022 123456 ext. 12", "022123456x12", "022 123456 доб. 12",
                       "022 123456, 12", "022 123456;ext=12", "022 123456 #12", "022 123456 вн.12",
                       "022 123456\n022 123457", "тел. 022 123456 (int. 12)"})
        CHECK(normalize_phone(typed, "MD") == "+37322123456");
}

TEST_CASE("PAR-04 a text without digits is no number") {
    for (auto typed : {"", " ", "+", "ask Ana", "n/a", "\xff\xfe"})
        CHECK(normalize_phone(typed, "MD").empty());
}

TEST_CASE("PAR-04 a normalised number normalises to itself, whatever was typed") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    constexpr std::string_view keys = "0123456789012345678900+() -.x";
    for (int i = 0; i < 20'000; ++i) {
        std::string typed;
        for (auto n = test::between(random, 0, 20); n > 0; --n)
            typed += keys[test::between(random, 0, keys.size() - 1)];
        for (auto country : {"MD", "RU", "US", "IT", "BY", "JP", "DE", ""}) {
            CAPTURE(typed);
            CAPTURE(country);
            const std::string number = normalize_phone(typed, country);
            if (number.starts_with('+') && !number.starts_with("+0"))
                REQUIRE(normalize_phone(number, country).starts_with('+'));
            REQUIRE(number.find_first_not_of("0123456789", 1) == std::string::npos);
        }
    }
    normalize_phone(test::bytes(random, 1'000), "MD");
}

TEST_CASE("PAR-04 the numbers of a real shop come out in international form") {
    const auto path =
        test::data("crm/lerocha+chinook-database/ChinookDatabase/DataSources/Chinook_Sqlite.sql");
    if (!path) {
        MESSAGE("skipped: the chinook database is absent");
        return;
    }
    const std::string sql = read(*path);
    std::string_view rest = between(sql, "INSERT INTO [Customer]", "INSERT INTO [Invoice]");
    std::size_t count = 0;
    for (auto at = rest.find(", '+"); at != rest.npos; at = rest.find(", '+")) {
        const auto typed = between(rest.substr(at), ", '", "'");
        rest.remove_prefix(at + typed.size() + 4);
        if (rest.starts_with(", '+")) rest.remove_prefix(4);  // the fax beside the phone
        const std::string number = normalize_phone(typed, "");
        CAPTURE(number);
        CHECK(number.size() >= 10);
        CHECK(number.size() <= 15);
        ++count;
    }
    CHECK(count == 58);
    CHECK(normalize_phone("+54 (0)11 4311 4333", "") == "+541143114333");
    CHECK(normalize_phone("+46 08-651 52 52", "") == "+4686515252");
}

TEST_CASE("PAR-04 countries agree with libphonenumber's metadata") {
    const auto path =
        test::data("phone/google+libphonenumber/resources/PhoneNumberMetadataForTesting.xml");
    if (!path) {
        MESSAGE("skipped: libphonenumber's metadata is absent");
        return;
    }
    const std::string xml = read(*path);
    std::string_view rest = xml;
    std::size_t compared = 0, known = 0;
    for (auto at = rest.find("<territory "); at != rest.npos; at = rest.find("<territory ")) {
        const auto territory = between(rest.substr(at), "<territory ", "</territory>");
        rest.remove_prefix(at + territory.size());
        const auto attributes = territory.substr(0, territory.find('>'));
        const std::string country{between(attributes, "id=\"", "\"")};
        const std::string calling{between(attributes, "countryCode=\"", "\"")};
        const std::string trunk{between(attributes, " nationalPrefix=\"", "\"")};
        const std::string national{between(territory, "<exampleNumber>", "<")};
        if (!is_country(country)) continue;  // Tristan da Cunha has no code of its own
        ++known;
        if (national.empty()) continue;
        const std::string expected = "+" + calling + national;
        CAPTURE(country);
        CAPTURE(national);
        CHECK(normalize_phone("+" + calling + " " + national, "") == expected);
        if (trunk.empty() || trunk.find('~') != trunk.npos) continue;  // "0~0" waits for a tone
        // Some examples of the metadata for testing are shorter than the country's real numbers.
        const std::string number = normalize_phone(trunk + national, country);
        CAPTURE(number);
        CHECK((number == expected || number == trunk + national));
        compared += number == expected;
    }
    CHECK(known > 25);
    CHECK(compared >= 15);
}

TEST_CASE("PAR-04 an e-mail address is looked up in lower case, without what surrounds it") {
    CHECK(normalize_email(" Ana.Rusu@Example.MD ") == "ana.rusu@example.md");
    CHECK(normalize_email("Ana Rusu <Ana@Example.md>") == "ana@example.md");
    CHECK(normalize_email("\"Rusu, A. <boss>\" <ana@example.md>") == "ana@example.md");
    CHECK(normalize_email("mailto:ana@example.md?subject=Hi") == "ana@example.md");
    CHECK(normalize_email("<MAILTO:ana@example.md>") == "ana@example.md");
    CHECK(normalize_email("АНА@Пример.бел") == "ана@пример.бел");
    CHECK(normalize_email("\"a@b\"@example.md") == "\"a@b\"@example.md");
}

TEST_CASE("PAR-04 what is no e-mail address is refused") {
    for (auto typed : {"", "ana", "@example.md", "ana@", "@", "ana rusu@example.md", "Ana <>",
                       "mailto:", "ana@exa mple.md", "ana@\xff"})
        CHECK_THROWS_AS(normalize_email(typed), Invalid);
}

TEST_CASE("PAR-04 a URL is looked up by host and path") {
    CHECK(normalize_url("https://www.Example.MD/") == "example.md");
    CHECK(normalize_url("HTTP://Example.md/About/Us/") == "example.md/About/Us");
    CHECK(normalize_url("www.example.md") == "example.md");
    CHECK(normalize_url(" //example.md?Q=1 ") == "example.md?Q=1");
    CHECK(normalize_url("ПРИМЕР.бел/Путь") == "пример.бел/Путь");
    CHECK(normalize_url("example.md/?u=http://X") == "example.md/?u=http://X");
    CHECK(normalize_url("").empty());
}

TEST_CASE("Countries are known by their two capital letters") {
    std::size_t count = 0;
    for (char a = 'A'; a <= 'Z'; ++a)
        for (char b = 'A'; b <= 'Z'; ++b) count += is_country(std::string{a, b});
    CHECK(count == 250);  // the 249 of ISO 3166-1, and Kosovo
    for (auto code : {"MD", "RO", "UA", "US", "XK", "ZW", "AD"}) CHECK(is_country(code));
    for (auto code : {"", "M", "md", "MDA", "EU", "UK", "SU", "ZZ"}) CHECK_FALSE(is_country(code));
}
