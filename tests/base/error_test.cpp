#include "crm/error.hpp"

#include <doctest/doctest.h>

using namespace crm;
using namespace std::string_literals;

TEST_CASE("An invalid value says kind, field and reason") {
    const Invalid error{"party", "name", "is required"};
    CHECK(error.what() == "party.name: is required"s);
    CHECK(error.kind == "party");
    CHECK(error.field == "name");
    CHECK(error.reason == "is required");
}

TEST_CASE("An invalid whole is named without a field") {
    CHECK(Invalid("filter", "", "is empty").what() == "filter: is empty"s);
}

TEST_CASE("A conflict carries the record, its current state and what stands in the way") {
    const Ref party = Ref::make(3, 7);
    const Conflict error{"changed meanwhile",
                         party,
                         R"({"name":"Acme"})",
                         {{party, "name", CommandId{9}, "changed by ana"}}};
    CHECK(error.what() == "changed meanwhile"s);
    CHECK(error.record == party);
    CHECK(error.current == R"({"name":"Acme"})");
    REQUIRE(error.conflicts.size() == 1);
    CHECK(error.conflicts[0] == FieldConflict{party, "name", CommandId{9}, "changed by ana"});
}

TEST_CASE("Leaves are caught as what they are and as what they stand under") {
    CHECK_THROWS_AS(throw AlreadyImported{"again"}, Conflict);
    CHECK_THROWS_AS(throw NewerFile{"newer"}, CannotOpen);
    CHECK_THROWS_AS(throw NotACrmFile{"text"}, CannotOpen);
    CHECK_THROWS_AS(throw NetworkShare{"nfs"}, CannotOpen);
    CHECK_THROWS_AS(throw Busy{"wait"}, Error);
    CHECK_THROWS_AS(throw LimitExceeded{"many"}, std::runtime_error);
}

TEST_CASE("Errors can be copied while they travel") {
    const Invalid first{"a", "b", "c"};
    const Invalid second = first;
    CHECK(second.what() == "a.b: c"s);
    CHECK(second.field == first.field);
}
