#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using ::test::Desk;
using ::test::monday;

namespace {

using Moves = std::vector<std::pair<std::string, std::string>>;

Moves moves(const std::vector<LoyaltyMovement>& movements) {
    Moves moves;
    for (const auto& movement : movements)
        moves.emplace_back(movement.from_grade, movement.to_grade);
    return moves;
}

}  // namespace

TEST_CASE("PAR-16 a grade is given with its reason, and every movement is kept") {
    auto desk = ::test::desk();
    Parties parties(desk.ana);
    const auto acme = parties.add({.name = "Acme SRL"}).head.id;
    const Id<Party> rival = parties.add({.name = "Rival SA"}).head.id;
    Loyalty loyalty(desk.ana);
    const auto first = loyalty.grade(acme, "loyal");
    CHECK(first.from_grade.empty());
    CHECK(first.moved_on == Date(2026, 3, 2));  // in Chișinău
    const auto lost = loyalty.grade(
        acme, "lost",
        {.reason = "price", .competitor = rival, .on = Date(2026, 2, 27), .note = "10 % less"});
    CHECK(lost.from_grade == "loyal");
    CHECK(lost.reason == "price");
    CHECK(lost.competitor == rival);
    CHECK(lost.note == "10 % less");
    CHECK(parties.get(acme).loyalty == "lost");
    // By the day it was, whenever it was said.
    CHECK(moves(loyalty.history(acme)) == Moves{{"", "loyal"}, {"loyal", "lost"}});
    CHECK_THROWS_AS(loyalty.grade(acme, "lost"), Conflict);
    CHECK_THROWS_AS(loyalty.grade(acme, "no_such_grade"), Invalid);
    CHECK_THROWS_AS(loyalty.grade(acme, "loyal", {.reason = "no_such_reason"}), Invalid);
    CHECK_THROWS_AS(loyalty.grade(acme, "loyal", {.competitor = acme}), Invalid);
    CHECK(parties.get(acme).loyalty == "lost");
    CHECK(loyalty.history(acme).size() == 2);
}

TEST_CASE("PAR-16 a grade set by any way leaves a movement, and an undo takes both back") {
    auto desk = ::test::desk();
    Parties parties(desk.ana);
    Loyalty loyalty(desk.ana);
    const auto acme = parties.add({.name = "Acme SRL", .loyalty = "neutral"}).head.id;
    parties.change(acme, any_version, {{"loyalty", std::string_view{"loyal"}}});
    parties.change(acme, any_version, {{"name", std::string_view{"Acme"}}});
    parties.change(acme, any_version, {{"loyalty", Value{}}});
    CHECK(moves(loyalty.history(acme)) ==
          Moves{{"loyal", ""}, {"neutral", "loyal"}, {"", "neutral"}});
    desk.ana.undo(desk.ana.commands(1).front().id);
    CHECK(parties.get(acme).loyalty == "loyal");
    CHECK(moves(loyalty.history(acme)) == Moves{{"neutral", "loyal"}, {"", "neutral"}});
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("PAR-16 movements of a period are counted by way, reason and competitor, under rights") {
    auto desk = ::test::desk();
    Parties parties(desk.ana);
    const Id<Party> rival = parties.add({.name = "Rival SA"}).head.id;
    Loyalty loyalty(desk.ana);
    std::vector<Id<Party>> all;
    for (int i = 0; i < 4; ++i) {
        Party party{.name = "Party " + std::to_string(i)};
        if (i > 0) party.head.owner = desk.ion.user();
        all.push_back(parties.add(party).head.id);
        loyalty.grade(all.back(), "loyal", {.on = Date(2026, 1, 10)});
        loyalty.grade(all.back(), "lost",
                      {.reason = "price",
                       .competitor = i < 3 ? rival : Id<Party>{},
                       .on = Date(2026, 2, 10 + i)});
    }
    using Flows = std::vector<LoyaltyFlow>;
    CHECK(loyalty.flows(Date(2026, 2, 11), Date(2026, 2, 13)) ==
          Flows{{"loyal", "lost", "price", rival, 2}, {"loyal", "lost", "price", {}, 1}});
    CHECK(loyalty.flows(Date(2026, 1, 1), Date(2026, 1, 31)) == Flows{{"", "loyal", "", {}, 4}});
    // Ion sees three of the four, and not to whom they went.
    CHECK(Loyalty(desk.ion).flows(Date(2026, 2, 1), Date(2026, 2, 28)) ==
          Flows{{"loyal", "lost", "price", {}, 3}});
    CHECK_THROWS_AS(Loyalty(desk.ion).grade(all[0], "loyal"), NotFound);
}

TEST_CASE("PAR-16 a party that has a grade of before can be moved off it") {
    auto desk = ::test::desk();
    Parties parties(desk.ana);
    const auto acme = parties.add({.name = "Acme SRL", .loyalty = "loyal"}).head.id;
    Lists(desk.ana).retire("loyalty_grade", "loyal");
    parties.change(acme, any_version, {{"loyalty", "lost"sv}});
    CHECK(moves(Loyalty(desk.ana).history(acme)) == Moves{{"loyal", "lost"}, {"", "loyal"}});
    CHECK_THROWS_AS(Loyalty(desk.ana).grade(acme, "loyal"), Invalid);
}

TEST_CASE("PAR-16 the grades are a list that a firm makes its own") {
    auto desk = ::test::desk();
    Lists(desk.ana).add_value("loyalty_grade", "gold", {{"en", "Gold"}});
    const auto acme = Parties(desk.ana).add({.name = "Acme SRL"}).head.id;
    Loyalty(desk.ana).grade(acme, "gold");
    CHECK(Parties(desk.ana).count(field("loyalty") == "gold").rows == 1);
}

TEST_CASE("PAR-15 our own companies are parties with requisites and accounts, suppliers too") {
    auto desk = ::test::desk();
    Parties parties(desk.ana);
    const auto ours = parties.add({.name = "Vinăria SRL", .tax_code = "1002600012345"}).head.id;
    const auto other = parties.add({.name = "Acme SRL"}).head.id;
    const auto house = parties.add({.name = "Casa SA"}).head.id;
    for (const auto party : {ours, house}) parties.add_role(party, "own_company");
    parties.add_role(ours, "supplier");
    parties.add_role(other, "supplier");
    BankAccounts(desk.ana).add({.party = ours, .number = "MD24AG000225100013104168"});
    std::vector<std::string> names;
    for (const auto& party : parties.own_companies()) names.push_back(party.name);
    CHECK(names == std::vector<std::string>{"Casa SA", "Vinăria SRL"});
    const Card card = parties.card(ours);
    CHECK(card.roles == std::vector<std::string>{"own_company", "supplier"});
    CHECK(card.bank_accounts.size() == 1);
    CHECK(Parties(desk.petru).own_companies().empty());  // sees none of them
    parties.remove_role(house, "own_company");
    CHECK(parties.own_companies().size() == 1);
}

TEST_CASE("CON-10 the profile of persons and organisations is kept, filtered and erased") {
    auto desk = ::test::desk();
    Parties parties(desk.ana);
    Contacts contacts(desk.ana);
    const auto acme = parties
                          .add({.name = "Acme SRL",
                                .attitude = "friendly",
                                .prospects = "high",
                                .purchasing_budget = Money{5'000'000, Currency("EUR")},
                                .preferences = "Pays in March"})
                          .head.id;
    const auto rusu = contacts
                          .add({.last_name = "Rusu",
                                .occupation = "oenologist",
                                .income_level = "high",
                                .attitude = "neutral",
                                .prospects = "medium",
                                .purchasing_budget = Money{100'000, {}},
                                .preferences = "Chess; calls after ten"})
                          .head.id;
    CHECK(parties.get(acme).preferences == "Pays in March");
    const auto contact = contacts.get(rusu);
    CHECK(contact.purchasing_budget == Money{100'000, Currency("MDL")});  // the file's
    CHECK(contacts
              .count(field("occupation") == "oenologist" && field("income_level") == "high" &&
                     field("preferences").contains("chess"))
              .rows == 1);
    CHECK(
        parties.count(field("prospects") == "high" && field("attitude").in({"friendly", "neutral"}))
            .rows == 1);
    CHECK(::test::refused_field([&] {
              parties.add({.name = "Debt", .purchasing_budget = Money{-1, Currency("EUR")}});
          }) == "party.purchasing_budget");
    CHECK(::test::refused_field([&] {
              contacts.add({.last_name = "X", .income_level = "no_such_level"});
          }) == "contact.income_level");
}
