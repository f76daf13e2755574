#include "crm/json.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "crm/error.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace std::string_literals;

namespace {

std::string again(std::string_view text) { return Json::parse(text).dump(); }

constexpr auto smallest = std::numeric_limits<std::int64_t>::min();
constexpr auto largest = std::numeric_limits<std::int64_t>::max();

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

Json random_json(test::Random& random, int depth) {
    switch (test::between(random, 0, depth > 0 ? 6 : 4)) {
        case 0: return {};
        case 1: return test::between(random, 0, 1) == 1;
        case 2: return std::uniform_int_distribution<std::int64_t>{smallest, largest}(random);
        case 3:
            return std::ldexp(std::uniform_real_distribution<>{-1, 1}(random),
                              static_cast<int>(test::between(random, 0, 2000)) - 1000);
        case 4: {
            const auto letter = static_cast<char>(test::between(random, 0, 127));
            return std::string(test::between(random, 0, 5), letter);
        }
        case 5: {
            Json::Array array;
            for (auto n = test::between(random, 0, 4); n > 0; --n)
                array.push_back(random_json(random, depth - 1));
            return array;
        }
        default: {
            Json::Object object;
            for (auto n = test::between(random, 0, 4); n > 0; --n)
                object.emplace_back("k" + std::to_string(n), random_json(random, depth - 1));
            return object;
        }
    }
}

}  // namespace

TEST_CASE("JSON comes back as it went in, compact and in order") {
    CHECK(again(R"( { "b" : 1 , "a" : [ true , null , "x" ] } )") ==
          R"({"b":1,"a":[true,null,"x"]})");
    CHECK(again("[]") == "[]");
    CHECK(again("{}") == "{}");
    CHECK(again(R"([[],{}])") == R"([[],{}])");
    CHECK(again("\"\"") == "\"\"");
}

TEST_CASE("Integers keep all 64 bits, what is beyond is a double") {
    CHECK(Json::parse("9223372036854775807").integer() == largest);
    CHECK(Json::parse("-9223372036854775808").integer() == smallest);
    CHECK(Json::parse("9223372036854775808").is_real());
    CHECK(Json::parse("-9223372036854775809").is_real());
    CHECK(Json::parse("-0").is_integer());
}

TEST_CASE("Doubles are written shortest and never look like integers") {
    CHECK(Json{0.1}.dump() == "0.1");
    CHECK(Json{1.0}.dump() == "1.0");
    CHECK(Json{-0.0}.dump() == "-0.0");
    CHECK(Json{1e22}.dump() == "1e+22");
    CHECK(again("1e22") == "1e+22");
    CHECK(Json::parse(Json{1.0}.dump()).is_real());
    CHECK(Json{std::nan("")}.dump() == "null");
    CHECK(Json{HUGE_VAL}.dump() == "null");
}

TEST_CASE("Text stays UTF-8 and controls are escaped") {
    CHECK(Json{"Chișinău \"1\" \\ \n\t\r\x01"}.dump() == R"("Chișinău \"1\" \\ \n\t\r\u0001")");
    CHECK(Json::parse(R"("\u0219\ud83d\ude00\/")").string() == "ș😀/");
    CHECK(Json{std::string(1, '\0')}.dump() == R"("\u0000")");
    CHECK(Json::parse(R"("\u0000")").string() == std::string(1, '\0'));
}

TEST_CASE("What is no JSON is refused with the place, never with a foreign exception") {
    for (auto text :
         {"", " ", "{", "[1,]", "{\"a\":}", "{a:1}", "nul", "01", "1 2", "\"\\x\"", "\"\xff\"",
          "\"\\ud800\"", "1e999", "[1", "]", "'a'", "NaN", "\"\n\"", "// x"})
        CHECK_THROWS_AS(Json::parse(text), Invalid);
    try {
        Json::parse(R"({"a": ?})");
        FAIL("should have thrown");
    } catch (const Invalid& error) {
        CHECK(error.kind == "json");
        CHECK(error.reason.find("byte 7") != std::string::npos);
    }
}

TEST_CASE("Nesting is limited to 64 levels, however deep a hostile text goes") {
    CHECK(again(nested(64)) == nested(64));
    CHECK_THROWS_AS(Json::parse(nested(65)), Invalid);
    CHECK_THROWS_AS(Json::parse(std::string(1'000'000, '[')), Invalid);
    CHECK_THROWS_AS(Json::parse(std::string(1'000'000, '{')), Invalid);
}

TEST_CASE("A value of another type is an error that names both") {
    const Json text{"x"};
    CHECK_THROWS_AS(text.integer(), Invalid);
    CHECK_THROWS_AS(text.boolean(), Invalid);
    CHECK_THROWS_AS(text.real(), Invalid);
    CHECK_THROWS_AS(text.array(), Invalid);
    CHECK_THROWS_AS(text.object(), Invalid);
    CHECK_THROWS_AS(Json{1}.string(), Invalid);
    CHECK_THROWS_WITH_AS(Json{}.integer(), "json: an integer is needed here, not null", Invalid);
}

TEST_CASE("Members are found by name, the first of that name where there are two") {
    const Json json = Json::parse(R"({"a":1,"b":null,"a":2})");
    CHECK(json["a"].integer() == 1);
    CHECK(json.find("b")->is_null());
    CHECK(json.find("c") == nullptr);
    CHECK(Json{1}.find("a") == nullptr);
    CHECK_THROWS_AS(json["c"], Invalid);
    CHECK_THROWS_AS(Json{1}["a"], Invalid);
}

TEST_CASE("Members are added in order, also to nothing") {
    Json json;
    json.add("b", 1);
    json.add("a", Json::Array{1, "x"});
    CHECK(json.dump() == R"({"b":1,"a":[1,"x"]})");
    Json number{1};
    CHECK_THROWS_AS(number.add("a", 1), Invalid);
}

TEST_CASE("Scalars are borrowed as values and made of them") {
    const Json text{"x"};
    CHECK(text.value() == Value{std::string_view{"x"}});
    CHECK(text.value().text().data() == text.string().data());
    CHECK(Json{true}.value() == Value{std::int64_t{1}});
    CHECK(Json{1.5}.value() == Value{1.5});
    CHECK(Json{}.value().is_null());
    CHECK_THROWS_AS(Json{Json::Array{}}.value(), Invalid);
    CHECK(Json{Value{std::int64_t{7}}} == Json{7});
    CHECK(Json{Value{}} == Json{});
    CHECK(Json{Value::blob("b")} == Json{"b"});
    CHECK(Json{Value{2.5}} == Json{2.5});
}

TEST_CASE("Any value survives being written and read") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    for (int i = 0; i < 3'000; ++i) {
        const Json json = random_json(random, 4);
        REQUIRE(Json::parse(json.dump()) == json);
    }
}

TEST_CASE("Damaged JSON is read or refused, never more") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    for (int i = 0; i < 3'000; ++i) {
        std::string text = random_json(random, 4).dump();
        text[test::between(random, 0, text.size() - 1)] =
            static_cast<char>(test::between(random, 0, 255));
        try {
            const Json json = Json::parse(text);
            REQUIRE(Json::parse(json.dump()) == json);
        } catch (const Invalid&) {}
    }
}
