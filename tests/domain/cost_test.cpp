#include <doctest/doctest.h>

#include <limits>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

using Sums = std::vector<Money>;

Money money(std::int64_t minor, const char* currency) { return {minor, Currency(currency)}; }

struct Books {
    Desk desk;
    Costs costs{desk.ion};
    Id<Project> top = Projects(desk.ion).add({.name = "Top"}).head.id;
    Id<Project> low = Projects(desk.ion).add({.name = "Low", .parent = top}).head.id;
    Id<Activity> trip = plan({.subject = "Trip", .project = low});
    Id<Activity> leg = plan({.subject = "Leg", .parent = trip});

    Id<Activity> plan(Activity activity) {
        activity.kind = "meeting";
        activity.start = monday;
        return desk.activities.plan(activity).head.id;
    }
    Cost spend(Id<Activity> activity, Money amount, const char* type = "travel") {
        return costs.add({.activity = activity, .type = type, .amount = amount});
    }
};

}  // namespace

TEST_CASE(
    "ACT-07 a cost has type, amount, day and note; the file's currency and today if not said") {
    Books books;
    const auto ticket = books.costs.add({.activity = books.trip,
                                         .type = "travel",
                                         .amount = money(12'050, "EUR"),
                                         .spent_on = Date(2026, 2, 27),
                                         .note = "Iași and back"});
    const auto meal =
        books.costs.add({.activity = books.trip, .type = "meals", .amount = {9'900, {}}});
    CHECK(meal.amount == money(9'900, "MDL"));
    CHECK(meal.spent_on == Date(2026, 3, 2));
    CHECK(books.costs.of(books.trip) == std::vector{ticket, meal});
    CHECK(books.desk.activities.list({.where = field("cost.type") == "meals"}).rows.size() == 1);
    CHECK(refused_field([&] { books.spend(books.trip, money(1, "EUR"), "no_such"); }) ==
          "cost.type");
    CHECK_THROWS_AS(Costs(books.desk.petru).of(books.trip).at(0), std::out_of_range);
}

TEST_CASE("ACT-07 costs add up by currency over sub-activities, subprojects and projects") {
    Books books;
    books.spend(books.trip, money(100, "EUR"));
    books.spend(books.trip, money(-30, "EUR"), "other");
    books.spend(books.leg, money(5, "EUR"));
    books.spend(books.leg, money(700, "JPY"));
    const auto beside = books.plan({.subject = "Beside", .project = books.top});
    books.spend(beside, money(9, "MDL"));
    CHECK(books.costs.total(books.leg) == Sums{money(5, "EUR"), money(700, "JPY")});
    CHECK(books.costs.total(books.trip) == Sums{money(75, "EUR"), money(700, "JPY")});
    CHECK(books.costs.total(books.low) == Sums{money(75, "EUR"), money(700, "JPY")});
    CHECK(books.costs.total(books.top) ==
          Sums{money(75, "EUR"), money(700, "JPY"), money(9, "MDL")});
    CHECK(books.costs.total(books.plan({.subject = "Free"})).empty());
}

TEST_CASE("ACT-07 only what one sees is added up") {
    Books books;
    Session& petru = books.desk.petru;
    books.spend(books.trip, money(100, "EUR"));
    books.spend(books.leg, money(5, "EUR"));
    CHECK_THROWS_AS(Costs(petru).total(books.trip), NotFound);
    CHECK_THROWS_AS(Costs(petru).total(books.top), NotFound);
    Rights(books.desk.ion).share(books.trip, petru.user());
    CHECK(Costs(petru).total(books.trip) == Sums{money(100, "EUR")});
    Rights(books.desk.ana).hide(petru.user(), "cost", "amount_minor");
    CHECK(Costs(petru).total(books.trip).empty());
}

TEST_CASE("ACT-07 a sum that passes 64 bits is an error, and one that comes back is none") {
    Books books;
    const auto most = std::numeric_limits<std::int64_t>::max(),
               least = std::numeric_limits<std::int64_t>::min();
    books.spend(books.trip, money(most, "EUR"));
    CHECK(books.costs.total(books.trip) == Sums{money(most, "EUR")});
    books.spend(books.leg, money(1, "EUR"));
    CHECK_THROWS_AS(books.costs.total(books.trip), LimitExceeded);
    books.spend(books.leg, money(-2, "EUR"));
    CHECK(books.costs.total(books.trip) == Sums{money(most - 1, "EUR")});
    books.spend(books.leg, money(least, "EUR"));
    CHECK(books.costs.total(books.trip) == Sums{money(-2, "EUR")});
}
