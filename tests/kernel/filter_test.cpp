#include "crm/filter.hpp"

#include <doctest/doctest.h>

#include <string>

#include "crm/error.hpp"
#include "support/random.hpp"

namespace {

using crm::field;
using crm::Filter;
using crm::Json;
using Op = Filter::Op;

std::string refusal(std::string_view json) {
    try {
        Filter::parse(json);
    } catch (const crm::Invalid& error) {
        return error.kind + "|" + error.field + "|" + error.reason;
    } catch (const crm::LimitExceeded& error) {
        return std::string("limit|") + error.what();
    }
    return "accepted";
}

bool is_refused(std::string_view json, std::string_view field_name) {
    const auto text = refusal(json);
    INFO(text);
    return text.starts_with("filter|" + std::string(field_name) + "|");
}

Filter nested(int levels) {
    Filter filter = field("name") == "x";
    for (int i = 1; i < levels; ++i)
        filter = Filter(i % 2 ? Op::all : Op::any, std::vector{filter});
    return filter;
}

}  // namespace

TEST_CASE("SEA-02 a filter is written in code and reads back from its JSON") {
    const Filter filter =
        (field("name").starts_with("Acme") && field("status") == "active" &&
         !(field("employees") < 10 || field("party.industry").in({"bank", "retail"}))) ||
        field("annual_revenue_minor").between(100, 200) || field("next_contact_on").is_null();
    CHECK(Filter::parse(filter.json().dump()) == filter);
    CHECK(
        filter.json().dump() ==
        R"({"or":[{"and":[{"field":"name","op":"starts_with","value":"Acme"},)"
        R"({"field":"status","op":"eq","value":"active"},{"not":{"or":[{"field":"employees","op":"lt","value":10},)"
        R"({"field":"party.industry","op":"in","value":["bank","retail"]}]}}]},)"
        R"({"field":"annual_revenue_minor","op":"between","value":[100,200]},)"
        R"({"field":"next_contact_on","op":"is_null"}]})");
}

TEST_CASE("SEA-02 an empty filter is true of everything and vanishes in a conjunction") {
    CHECK(Filter::parse("{}").matches_everything());
    CHECK(Filter{}.json().dump() == "{}");
    CHECK((Filter{} && field("a") == 1) == (field("a") == 1));
    CHECK(!!(field("a") == 1) == (field("a") == 1));
    CHECK((field("a") == 1 && field("b") == 2 && field("c") == 3).children().size() == 3);
}

TEST_CASE("SEA-02 every operator survives the way through JSON") {
    for (
        const char* json : {
            R"({"field":"a","op":"eq","value":null})",
            R"({"field":"a","op":"ne","value":true})",
            R"({"field":"a","op":"lt","value":1.5})",
            R"({"field":"a","op":"le","value":"2026-01-31"})",
            R"({"field":"a","op":"gt","value":9007199254740993})",
            R"({"field":"a","op":"ge","value":{"relative":"days","offset":-30}})",
            R"({"field":"a","op":"in","value":[]})",
            R"({"field":"a","op":"not_in","value":["x",2]})",
            R"({"field":"a","op":"between","value":[{"relative":"last_month"},{"relative":"today"}]})",
            R"({"field":"a","op":"contains","value":"ș"})",
            R"({"field":"a","op":"ends_with","value":""})",
            R"({"field":"a","op":"same","value":"Ёж"})",
            R"({"field":"a","op":"not_null"})",
            R"({"and":[]})",
            R"({"or":[]})",
            R"({"not":{"or":[{}]}})",
        }) {
        CAPTURE(json);
        const Filter filter = Filter::parse(json);
        CHECK(Filter::from_json(filter.json()) == filter);
        if (!filter.matches_everything()) CHECK(filter.json().dump() == json);
    }
}

TEST_CASE("SEA-02 a malformed filter is refused where it is malformed") {
    CHECK(is_refused("", ""));
    CHECK(is_refused("[]", ""));
    CHECK(is_refused("7", ""));
    CHECK(is_refused(R"({"field":"a"})", "a"));
    CHECK(is_refused(R"({"field":1,"op":"eq","value":1})", ""));
    CHECK(is_refused(R"({"field":"a","op":"eq"})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"like","value":"x"})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"and","value":[]})", "a"));
    CHECK(is_refused(R"({"field":"a","op":7,"value":"x"})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"eq","value":1,"valu":2})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"eq","value":[1]})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"lt","value":null})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"in","value":"x"})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"in","value":[null]})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"in","value":[[1]]})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"between","value":[1]})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"contains","value":1})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"is_null","value":1})", "a"));
    CHECK(is_refused(R"({"field":"a","op":"eq","value":{"relative":"today","x":1}})", "a"));
    CHECK(is_refused(R"({"and":{}})", "and"));
    CHECK(is_refused(R"({"and":[{},{"or":[5]}]})", "and[1].or[0]"));
    CHECK(is_refused(R"({"not":[]})", "not"));
    CHECK(is_refused(R"({"and":[],"or":[]})", ""));
    CHECK(is_refused(R"({"xor":[]})", ""));
}

TEST_CASE("SEA-02 a filter has at most 32 levels and 10,000 operands") {
    CHECK_NOTHROW(Filter::from_json(nested(32).json()));
    CHECK_THROWS_AS(Filter::from_json(nested(33).json()), crm::LimitExceeded);
    Json::Array values(10'000, Json(1));
    CHECK_NOTHROW(Filter::from_json(field("a").in(values).json()));
    values.emplace_back(2);
    CHECK_THROWS_AS(Filter::from_json(field("a").in(values).json()), crm::LimitExceeded);
    const std::vector<Filter> many(10'001, field("a") == 1);
    CHECK_THROWS_AS(Filter::from_json(Filter(Op::any, many).json()), crm::LimitExceeded);
    CHECK(refusal(std::string(100'000, '[')).starts_with("filter||"));
}

TEST_CASE("SEA-02 whatever bytes a filter is read from, it answers with an error of ours") {
    CAPTURE(crm::test::seed());
    crm::test::Random random(crm::test::seed());
    const std::string sound =
        R"({"and":[{"field":"name","op":"in","value":["a",1,true]},{"not":{"field":"b","op":"is_null"}},{}]})";
    for (int i = 0; i < 5'000; ++i) {
        std::string json = sound;
        for (std::size_t edits = crm::test::between(random, 1, 4); edits > 0; --edits)
            json[crm::test::between(random, 0, json.size() - 1)] =
                sound[crm::test::between(random, 0, sound.size() - 1)];
        CAPTURE(json);
        try {
            const Filter filter = Filter::parse(json);
            CHECK(Filter::from_json(filter.json()) == filter);
        } catch (const crm::Error&) {}
    }
}
