#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using test::refused_field;

TEST_CASE("PAR-12 a note has author and time, and is read newest first in pages") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    for (int i = 1; i <= 5; ++i) {
        desk.clock.advance(test::hour);
        desk.notes.write(acme, "Note " + std::to_string(i));
    }
    const auto first = desk.notes.about(acme, 2);
    REQUIRE(first.rows.size() == 2);
    CHECK(first.rows[0].text == "Note 5");
    CHECK(first.rows[0].author == desk.ion.user());
    CHECK(first.rows[0].written_at == test::monday + 5 * test::hour);
    const auto second = desk.notes.about(acme, 2, first.next);
    CHECK(second.rows[1].text == "Note 2");
    const auto last = desk.notes.about(acme, 2, second.next);
    REQUIRE(last.rows.size() == 1);
    CHECK(last.rows[0].text == "Note 1");
    CHECK(last.next.empty());
    CHECK_THROWS_AS(desk.notes.about(acme, 0), Invalid);
    CHECK_THROWS_AS(desk.notes.about(acme, 2, "nonsense"), Invalid);
}

TEST_CASE("PAR-12 who sees a record may write a note on it and change that, and no other's") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto note = desk.notes.write(acme, "Ours", "First call");
    Notes of_petru(desk.petru);
    CHECK_THROWS_AS(of_petru.get(note.head.id), NotFound);
    CHECK_THROWS_AS(of_petru.write(acme, "Mine"), Error);

    Rights(desk.ion).share(acme, desk.petru.user());
    CHECK(of_petru.get(note.head.id).text == "Ours");
    const auto mine = of_petru.write(acme, "Mine");
    CHECK(of_petru.change(mine.head.id, any_version, {{"text", "Mine, better"sv}}).author ==
          desk.petru.user());
    CHECK_THROWS_AS(of_petru.change(note.head.id, any_version, {{"text", "Not yours"sv}}), Denied);
    CHECK(desk.notes.about(acme).rows.size() == 2);
}

TEST_CASE(
    "PAR-12 a note is about a record with an owner, says something, and its author is not given") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    CHECK(refused_field([&] { desk.notes.write(acme, "  "); }) == "note.text");
    CHECK(refused_field([&] { desk.notes.write(desk.ion.user(), "A user"); }) == "note.record_id");
    const auto forged =
        desk.notes.add({.record = acme, .author = desk.petru.user(), .text = "I was here"});
    CHECK(forged.author == desk.ion.user());
    CHECK(refused_field([&] {
              desk.notes.change(forged.head.id, any_version,
                                {{"author_id", desk.petru.user().value()}});
          }) == "note.author_id");

    const auto contact = desk.contacts.add({.last_name = "Popa"});
    const auto call = desk.activities.plan(test::call(acme));
    CHECK(desk.notes.write(contact.head.id, "A contact").record == contact.head.id);
    CHECK(desk.notes.write(call.head.id, "An activity").record == call.head.id);
}
