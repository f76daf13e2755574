#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using test::refused_field;

TEST_CASE(
    "CON-01 a contact has first, last, nick name and patronymic, title, type, status and sex") {
    auto desk = test::desk();
    const auto contact = desk.contacts.add({.first_name = "Олена",
                                            .last_name = "Їжак",
                                            .patronymic = "Сергіївна",
                                            .nick_name = "Лена",
                                            .title = "Director",
                                            .type = "decision_maker",
                                            .status = "active",
                                            .sex = "female",
                                            .born_on = Date(1984, 2, 29),
                                            .description = "Speaks Romanian"});
    const auto read = desk.contacts.get(contact.head.id);
    CHECK(read == contact);
    CHECK(read.name == "Олена Сергіївна Їжак");
    CHECK(read.name_key ==
          "ижак олена серги"
          "ивна");
    CHECK(read.first_key == "олена ижак");
    CHECK(read.born_on == Date(1984, 2, 29));
}

TEST_CASE("CON-01 a contact needs a name of some kind; a nick name will do") {
    auto desk = test::desk();
    CHECK(desk.contacts.add({.nick_name = "Bob"}).name == "Bob");
    CHECK(refused_field([&] { desk.contacts.add({.title = "Director"}); }) == "contact.last_name");
    CHECK(refused_field([&] { desk.contacts.add({.patronymic = " "}); }) == "contact.last_name");
    CHECK(refused_field([&] { desk.contacts.add({.last_name = "A", .sex = "robot"}); }) ==
          "contact.sex");
    CHECK(refused_field([&] { desk.contacts.add({.last_name = "A", .type = "friend"}); }) ==
          "contact.type");
}

TEST_CASE(
    "CON-01 nobody is born in the future of the user's day, before 1800 or on a day that is none") {
    auto desk = test::desk();
    const auto born = [&](Date date) {
        return refused_field([&] { desk.contacts.add({.last_name = "Popa", .born_on = date}); });
    };
    CHECK(born(Date(2026, 3, 2)) == "accepted");
    CHECK(born(Date(2026, 3, 3)) == "contact.born_on");
    CHECK(born(Date(1799, 12, 31)) == "contact.born_on");
    CHECK_THROWS_AS(Date(1990, 2, 31), Invalid);
    desk.clock.set(parse_time("2026-03-02T23:30:00Z"));  // the 3rd in Chișinău already
    CHECK(born(Date(2026, 3, 3)) == "accepted");
}

TEST_CASE("CON-01 names are derived anew with every change and are not given") {
    auto desk = test::desk();
    const auto contact = desk.contacts.add({.first_name = "Ana", .last_name = "Ceban"});
    const auto married =
        desk.contacts.change(contact.head.id, contact.head.version, {{"last_name", "Munteanu"sv}});
    CHECK(married.name == "Ana Munteanu");
    CHECK(married.name_key == "munteanu ana");
    CHECK(refused_field([&] {
              desk.contacts.change(contact.head.id, any_version, {{"name", "X"sv}});
          }) == "contact.name");
    CHECK_THROWS_AS(desk.contacts.change(contact.head.id, contact.head.version, {{"title", "X"sv}}),
                    Conflict);
}

TEST_CASE("CON-02 a contact has e-mail, phone, mobile and fax like a party") {
    auto desk = test::desk();
    const auto contact = desk.contacts.add({.last_name = "Popa"}).head.id;
    desk.contacts.add_point(contact, {.type = "mobile", .value = "069 123 456"});
    desk.contacts.add_point(contact, {.type = "email", .value = "Popa <Ion.Popa@Acme.md>"});
    const auto points = desk.points.of(contact);
    REQUIRE(points.size() == 2);
    CHECK(points[0].normalized == "+37369123456");
    CHECK(points[1].normalized == "ion.popa@acme.md");
    CHECK(refused_field([&] {
              desk.contacts.add_point(contact, {.type = "email", .value = "popa"});
          }) == "point.value");
}

TEST_CASE(
    "CON-04 a contact stands alone or speaks for several parties, each with position and period") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto bolt = desk.parties.add({.name = "Bolt SA"}).head.id;
    const auto contact = desk.contacts.add({.last_name = "Popa"}).head.id;
    CHECK(desk.contacts.memberships(contact).empty());

    desk.contacts.join(contact, bolt, "Chairman", Date(2024, 5, 1));
    desk.contacts.join(contact, acme, "Director", Date(2020, 1, 1), Date(2023, 12, 31));
    const auto memberships = desk.contacts.memberships(contact);
    REQUIRE(memberships.size() == 2);
    CHECK(memberships[0].party == acme);
    CHECK(memberships[0].position == "Director");
    CHECK(memberships[0].ends_on == Date(2023, 12, 31));
    CHECK(memberships[1].party == bolt);
    CHECK_FALSE(memberships[1].ends_on);
}

TEST_CASE("CON-04 periods in the same party do not overlap and do not end before they start") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto contact = desk.contacts.add({.last_name = "Popa"}).head.id;
    const auto first = desk.contacts.join(contact, acme, "Clerk", Date(2020, 1, 1));

    CHECK_THROWS_AS(desk.contacts.join(contact, acme), Conflict);
    CHECK_THROWS_AS(desk.contacts.join(contact, acme, "", Date(2024, 1, 1)), Conflict);
    CHECK_THROWS_AS(desk.contacts.join(contact, acme, "", {}, Date(2020, 1, 1)), Conflict);
    CHECK(refused_field([&] { desk.contacts.leave(first.head.id, Date(2019, 12, 31)); }) ==
          "membership.ends_on");

    const auto left = desk.contacts.leave(first.head.id, Date(2022, 6, 30));
    CHECK(left.ends_on == Date(2022, 6, 30));
    CHECK_THROWS_AS(desk.contacts.join(contact, acme, "", Date(2022, 6, 30)), Conflict);
    desk.contacts.join(contact, acme, "Director", Date(2022, 7, 1));
    desk.contacts.join(contact, acme, "Trainee", {}, Date(2019, 12, 31));
    CHECK(desk.contacts.memberships(contact).size() == 3);
}

TEST_CASE("CON-04 leaving and joining again in one command can be undone") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto contact = desk.contacts.add({.last_name = "Popa"}).head.id;
    const auto clerk = desk.contacts.join(contact, acme, "Clerk");
    const auto promotion = desk.ion.write("promote", [&](Work&) {
        desk.contacts.leave(clerk.head.id, Date(2026, 2, 28));
        desk.contacts.join(contact, acme, "Director", Date(2026, 3, 1));
    });
    CHECK(desk.contacts.memberships(contact).size() == 2);
    desk.ion.undo(promotion.id);
    const auto memberships = desk.contacts.memberships(contact);
    REQUIRE(memberships.size() == 1);
    CHECK_FALSE(memberships[0].ends_on);
}

TEST_CASE("CON-04 a membership is absent where its party is hidden") {
    auto desk = test::desk();
    const auto contact = Contacts(desk.ana).add({.last_name = "Popa"});
    const auto hidden = Parties(desk.ana).add({.name = "Hidden"});
    Contacts(desk.ana).join(contact.head.id, hidden.head.id, "Director");
    Rights(desk.ana).share(contact.head.id, desk.ion.user());
    CHECK(desk.contacts.get(contact.head.id).name == "Popa");
    CHECK(desk.contacts.memberships(contact.head.id).empty());
    Rights(desk.ana).share(hidden.head.id, desk.ion.user());
    CHECK(desk.contacts.memberships(contact.head.id).size() == 1);
}
