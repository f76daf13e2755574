#include "crm/id.hpp"

#include <doctest/doctest.h>

#include <unordered_set>

#include "support/random.hpp"

using namespace crm;

namespace {

struct Party {};

std::int64_t number(test::Random& random, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>{0, last}(random);
}

}  // namespace

TEST_CASE("An id tells its kind, its sequence and the copy that made it") {
    const Ref ref = Ref::make(12, 345, 6);
    CHECK(ref.kind() == 12);
    CHECK(ref.sequence() == 345);
    CHECK(ref.copy() == 6);
}

TEST_CASE("No id is false, any id is true") {
    CHECK_FALSE(Ref{});
    CHECK_FALSE(Id<Party>{});
    CHECK(Ref::make(1, 1));
}

TEST_CASE("Ids of the original file stay below 2^41, and all ids are positive") {
    CHECK(Ref::make(255, Ref::max_sequence).value() < std::int64_t{1} << 41);
    CHECK(Ref::make(255, Ref::max_sequence, Ref::max_copy).value() > 0);
}

TEST_CASE("Ids of one kind and copy ascend with the sequence") {
    CHECK(Ref::make(9, 1) < Ref::make(9, 2));
    CHECK(Ref::make(9, Ref::max_sequence) < Ref::make(9, 1, 1));
}

TEST_CASE("What an id is made of can be read from it, whatever it is") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    for (int i = 0; i < 10'000; ++i) {
        const auto kind = static_cast<KindNumber>(test::between(random, 1, 255));
        const std::int64_t sequence = number(random, Ref::max_sequence);
        const std::int64_t copy = number(random, Ref::max_copy);
        const Ref ref = Ref::make(kind, sequence, copy);
        REQUIRE(ref.kind() == kind);
        REQUIRE(ref.sequence() == sequence);
        REQUIRE(ref.copy() == copy);
        REQUIRE(Ref{ref.value()} == ref);
    }
}

TEST_CASE("A typed id is the reference it wraps, also in a hash table") {
    const Id<Party> id = Ref::make(1, 2);
    CHECK(id.ref() == Ref::make(1, 2));
    CHECK(id == Id<Party>{id.value()});
    const std::unordered_set<Ref> refs{id, id.ref(), Ref::make(1, 3)};
    CHECK(refs.size() == 2);
}
