#include <doctest/doctest.h>

#include <map>
#include <set>

#include "support/desk.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace std::literals;
using ::test::refused_field;

namespace {

using Names = std::vector<std::string>;

class Group {
public:
    explicit Group(::test::Desk& desk) : desk_(desk) {}
    Id<Party> party(const std::string& name, Session* owner = nullptr) {
        Session& session = owner ? *owner : desk_.ion;
        return ids_[name] = Parties(session).add({.name = name}).head.id;
    }
    PartyLink link(const std::string& a, const std::string& type, const std::string& b,
                   std::optional<Date> from = {}, std::optional<Date> to = {}) {
        return PartyLinks(desk_.ana).add(
            {.party = at(a), .other = at(b), .type = type, .starts_on = from, .ends_on = to});
    }
    std::string refused(const std::string& a, const std::string& type, const std::string& b,
                        std::optional<Date> from = {}, std::optional<Date> to = {}) {
        return refused_field([&] { link(a, type, b, from, to); });
    }
    Id<Party> at(const std::string& name) {
        const auto found = ids_.find(name);
        return found != ids_.end() ? found->second : party(name);
    }

private:
    ::test::Desk& desk_;
    std::map<std::string, Id<Party>> ids_;
};

Names names(const std::vector<Hierarchy::Place>& places) {
    Names names;
    for (const auto& place : places)
        names.push_back(std::to_string(place.level) + " " + place.party.name);
    return names;
}

}  // namespace

TEST_CASE(
    "PAR-09 parties are linked in several ways, with a period, a note and words for both ends") {
    auto desk = ::test::desk();
    Group group(desk);
    PartyLinks links(desk.ion);
    const auto supplies = group.link("Vin SRL", "supplier_of", "Acme", Date(2024, 1, 1));
    group.link("Vin SRL", "competitor_on", "Acme");
    group.link("Acme", "partner_of", "Bere SA");
    const auto all = links.of(group.at("Acme"));
    REQUIRE(all.rows.size() == 3);
    CHECK(all.rows[0].type == "competitor_on");
    CHECK(all.rows[1].type == "partner_of");
    CHECK(all.rows[2] == supplies);
    CHECK(links.of(group.at("Acme"), {.type = "supplier_of"}).rows == std::vector{supplies});

    const auto first = links.of(group.at("Acme"), {.limit = 2});
    REQUIRE(first.rows.size() == 2);
    const auto rest = links.of(group.at("Acme"), {.limit = 2, .after = first.next});
    CHECK(rest.rows == std::vector{supplies});
    CHECK(rest.next.empty());
    CHECK_THROWS_AS(links.of(group.at("Acme"), {.after = "nonsense"}), Invalid);

    CHECK(links.end(supplies.head.id, Date(2026, 1, 31)).ends_on == Date(2026, 1, 31));
    Lists lists(desk.ion);
    CHECK(lists.label("party_link_type", "supplier_of") == "Furnizor al");
    CHECK(lists.label("party_link_type_inverse", "supplier_of") == "Client al");
    Lists(desk.ana).add_value("party_link_type", "guarantor_of", {{"ro", "Garant al"}});
    Lists(desk.ana).add_value("party_link_type_inverse", "guarantor_of", {{"ro", "Garantat de"}});
    group.link("Acme", "guarantor_of", "Bere SA");
    CHECK(lists.label("party_link_type_inverse", "guarantor_of") == "Garantat de");
}

TEST_CASE(
    "PAR-09 a link leads to another party, once at a time, and does not end before it starts") {
    auto desk = ::test::desk();
    Group group(desk);
    CHECK(group.refused("A", "partner_of", "A") == "party_link.other_id");
    CHECK(group.refused("A", "unknown_of", "B") == "party_link.type");
    CHECK(group.refused("A", "partner_of", "B", Date(2026, 2, 1), Date(2026, 1, 1)) ==
          "party_link.ends_on");
    const auto old = group.link("A", "supplier_of", "B", {}, Date(2024, 12, 31));
    CHECK_THROWS_AS(group.link("A", "supplier_of", "B", Date(2024, 6, 1)), Conflict);
    group.link("A", "supplier_of", "B", Date(2025, 1, 1));
    CHECK_THROWS_AS(PartyLinks(desk.ion).end(old.head.id, Date(2025, 1, 1)), Conflict);
    group.link("B", "supplier_of", "A");  // the other way round, and no hierarchy
}

TEST_CASE("PAR-09 the hierarchy answers what is above and below in one call, nearest first") {
    auto desk = ::test::desk();
    Group group(desk);
    group.link("Holding", "member_of", "World");
    group.link("Bank", "subsidiary_of", "Holding");
    group.link("Leasing", "subsidiary_of", "Bank");
    group.link("Cahul", "branch_of", "Bank");
    group.link("Soroca", "branch_of", "Bank");
    group.link("Leasing", "member_of", "Holding");  // reached in two ways
    group.link("Cahul", "supplier_of", "Soroca");   // no hierarchy
    PartyLinks links(desk.ion);
    const auto bank = links.hierarchy(group.at("Bank"));
    CHECK(names(bank.above) == Names{"1 Holding", "2 World"});
    CHECK(names(bank.below) == Names{"1 Leasing", "1 Cahul", "1 Soroca"});
    CHECK_FALSE(bank.more);
    CHECK(names(links.hierarchy(group.at("World")).below) ==
          Names{"1 Holding", "2 Bank", "2 Leasing", "3 Cahul", "3 Soroca"});
    CHECK(names(links.hierarchy(group.at("Leasing")).above) ==
          Names{"1 Holding", "1 Bank", "2 World"});
    const auto cut = links.hierarchy(group.at("World"), {}, 2);
    CHECK(names(cut.below) == Names{"1 Holding", "2 Bank"});
    CHECK(cut.more);
}

TEST_CASE("PAR-09 the hierarchy is that of a day") {
    auto desk = ::test::desk();
    Group group(desk);
    group.link("Shop", "branch_of", "Old owner", {}, Date(2025, 6, 30));
    group.link("Shop", "branch_of", "New owner", Date(2025, 7, 1));
    PartyLinks links(desk.ion);
    const auto above = [&](std::optional<Date> on) {
        return names(links.hierarchy(group.at("Shop"), on).above);
    };
    CHECK(above({}) == Names{"1 New owner"});
    CHECK(above(Date(2025, 6, 30)) == Names{"1 Old owner"});
    CHECK(above(Date(2025, 7, 1)) == Names{"1 New owner"});
    CHECK(links.hierarchy(group.at("Old owner")).below.empty());
}

TEST_CASE("PAR-09 no party is above itself on any day, by whatever types and however far") {
    auto desk = ::test::desk();
    Group group(desk);
    group.link("A", "branch_of", "B");
    group.link("B", "subsidiary_of", "C");
    CHECK(group.refused("B", "branch_of", "A") == "party_link.other_id");
    CHECK(group.refused("C", "member_of", "A") == "party_link.other_id");
    CHECK(group.refused("C", "supplier_of", "A") == "accepted");
    CHECK(group.refused("C", "partner_of", "A") == "accepted");

    group.link("D", "branch_of", "E", {}, Date(2020, 12, 31));
    CHECK(group.refused("E", "branch_of", "D", Date(2020, 12, 31)) == "party_link.other_id");
    const auto later = group.link("E", "branch_of", "D", Date(2021, 1, 1));
    CHECK(refused_field([&] {
              PartyLinks(desk.ana).change(later.head.id, any_version, {{"starts_on", Value{}}});
          }) == "party_link.other_id");

    // three links, of which no day has all
    group.link("F", "branch_of", "G", Date(2020, 1, 1), Date(2020, 12, 31));
    group.link("G", "branch_of", "H", Date(2020, 6, 1), Date(2021, 12, 31));
    CHECK(group.refused("H", "branch_of", "F", Date(2021, 1, 1)) == "accepted");
    CHECK(group.refused("H", "member_of", "F", Date(2020, 1, 1), Date(2020, 5, 31)) == "accepted");
    CHECK(group.refused("H", "subsidiary_of", "F", {}, Date(2020, 6, 1)) == "party_link.other_id");
}

TEST_CASE("PAR-09 an undo, a merge and an import make no circle either") {
    auto desk = ::test::desk();
    Group group(desk);
    PartyLinks links(desk.ana);
    const auto up = group.link("A", "branch_of", "B");
    links.remove(up.head.id);
    const auto removal = desk.ana.commands(1).front();
    const auto down = group.link("B", "branch_of", "A");
    CHECK_THROWS_AS(desk.ana.undo(removal.id), Error);
    CHECK_FALSE(links.find(up.head.id));
    links.remove(down.head.id);
    desk.ana.undo(removal.id);
    CHECK(links.get(up.head.id).party == group.at("A"));

    group.link("B", "branch_of", "C");
    group.party("Z");
    group.link("Z", "branch_of", "A");  // Z below A below B below C
    CHECK_THROWS_AS(Duplicates(desk.ana).merge(group.at("C"), {group.at("Z")}), Error);
    CHECK(names(links.hierarchy(group.at("Z")).above) == Names{"1 A", "2 B", "3 C"});
    group.link("Q", "branch_of", "B");
    Duplicates(desk.ana).merge(group.at("B"), {group.at("Q")});  // the link of the two goes
    CHECK(names(links.hierarchy(group.at("B")).below) == Names{"1 A", "2 Z"});

    group.party("D");
    CHECK_THROWS_AS(
        desk.ana.write(
            "test.bulk",
            [&](Work&) {
                links.add({.party = group.at("C"), .other = group.at("D"), .type = "branch_of"});
                links.add({.party = group.at("D"), .other = group.at("A"), .type = "branch_of"});
            }),
        Invalid);
    CHECK(links.hierarchy(group.at("C")).above.empty());
}

TEST_CASE("PAR-09 a link is absent where one end is hidden, and a hidden party cuts the way") {
    auto desk = ::test::desk();
    Group group(desk);
    group.party("Secret", &desk.petru);
    const auto seen = group.link("Shop", "branch_of", "Chain");
    const auto hidden = group.link("Chain", "branch_of", "Secret");
    group.link("Secret", "branch_of", "Top");
    PartyLinks of_ion(desk.ion);
    CHECK(of_ion.of(group.at("Chain")).rows == std::vector{seen});
    CHECK_THROWS_AS(of_ion.get(hidden.head.id), NotFound);
    CHECK(names(of_ion.hierarchy(group.at("Shop")).above) == Names{"1 Chain"});
    CHECK(of_ion.hierarchy(group.at("Secret")).above.empty());
    CHECK(of_ion.of(group.at("Secret")).rows.empty());
    CHECK(names(PartyLinks(desk.ana).hierarchy(group.at("Shop")).above) ==
          Names{"1 Chain", "2 Secret", "3 Top"});
    CHECK_THROWS_AS(
        of_ion.add({.party = group.at("Shop"), .other = group.at("Secret"), .type = "partner_of"}),
        Error);
    CHECK_THROWS_AS(
        PartyLinks(desk.petru)
            .add({.party = group.at("Shop"), .other = group.at("Secret"), .type = "partner_of"}),
        Error);
    // That it leads back over what is hidden is told, and no more.
    CHECK(refused_field([&] {
              of_ion.add(
                  {.party = group.at("Top"), .other = group.at("Shop"), .type = "branch_of"});
          }) == "party_link.other_id");
}

TEST_CASE("PAR-09 random hierarchies are free of circles and answered as plain loops would") {
    auto desk = ::test::desk();
    CAPTURE(crm::test::seed());
    crm::test::Random random(crm::test::seed());
    Group group(desk);
    constexpr std::size_t count = 12;
    const auto name = [](std::size_t i) { return std::string(1, static_cast<char>('a' + i)); };
    std::set<std::pair<std::size_t, std::size_t>> up;
    const auto reach = [&](std::size_t from, bool down) {
        std::map<std::size_t, int> level{{from, 0}};
        for (bool grows = true; grows;) {
            grows = false;
            for (auto [low, high] : up) {
                if (down) std::swap(low, high);
                const auto at = level.find(low);
                if (at == level.end()) continue;
                const auto to = level.find(high);
                if (to != level.end() && to->second <= at->second + 1) continue;
                level[high] = at->second + 1;
                grows = true;
            }
        }
        level.erase(from);
        return level;
    };
    for (int i = 0; i < 60; ++i) {
        const auto a = crm::test::between(random, 0, count - 1),
                   b = crm::test::between(random, 0, count - 1);
        if (up.contains({a, b})) continue;
        const bool circle = a == b || reach(b, false).contains(a);
        CHECK((group.refused(name(a), "branch_of", name(b)) != "accepted") == circle);
        if (!circle) up.emplace(a, b);
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto found = PartyLinks(desk.ion).hierarchy(group.at(name(i)));
        for (const bool down : {false, true}) {
            std::map<std::string, int> expected, told;
            for (const auto& [at, level] : reach(i, down)) expected[name(at)] = level;
            for (const auto& place : down ? found.below : found.above)
                told[place.party.name] = place.level;
            CHECK(told == expected);
        }
    }
}
