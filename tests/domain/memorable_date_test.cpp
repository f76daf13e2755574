#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using test::refused_field;

namespace {

using Lines = std::vector<std::string>;

Id<Contact> contact(Session& session, std::string name, std::optional<Date> born_on = {}) {
    return Contacts(session).add({.last_name = std::move(name), .born_on = born_on}).head.id;
}

std::string line(const Occasion& each) {
    std::string line(each.on.text());
    line += " " + each.type + " " + each.name;
    for (const auto* text : {&each.label, &each.relation})
        if (!text->empty()) line += ", " + *text;
    if (each.years) line += " (" + std::to_string(*each.years) + ")";
    return line;
}

Lines upcoming(Session& session, Date from, int days, int limit = 1'000) {
    MemorableDates dates(session);
    Lines lines;
    std::string after;
    do {
        const auto page = dates.upcoming(from, days, limit, after);
        CHECK(page.rows.size() <= static_cast<std::size_t>(limit));
        for (const auto& each : page.rows) lines.push_back(line(each));
        after = page.next;
    } while (!after.empty());
    return lines;
}

}  // namespace

TEST_CASE("CON-03 memorable dates have a type, a day, a year if it is known, and a label") {
    auto desk = test::desk();
    MemorableDates dates(desk.ion);
    const auto acme = test::acme(desk);
    const auto popa = contact(desk.ion, "Popa");
    const auto founding =
        dates.add({.record = acme, .type = "founding", .month = 10, .day = 5, .year = 1995});
    dates.add({.record = popa, .type = "wedding", .month = 2, .day = 29, .label = "with Ana"});
    const auto name_day = dates.add({.record = popa, .type = "name_day", .month = 1, .day = 7});
    CHECK(founding.month_day == "10-05");
    CHECK(dates.of(acme) == std::vector{founding});
    REQUIRE(dates.of(popa).size() == 2);
    CHECK(dates.of(popa)[0] == name_day);

    const auto refused = [&](MemorableDate date) {
        date.record = popa;
        if (date.type.empty()) date.type = "other";
        return refused_field([&] { dates.add(date); });
    };
    CHECK(refused({.month = 13, .day = 1}) == "memorable_date.month");
    CHECK(refused({.day = 1}) == "memorable_date.month");
    CHECK(refused({.month = 4}) == "memorable_date.day");
    CHECK(refused({.month = 4, .day = 31}) == "memorable_date.day");
    CHECK(refused({.month = 2, .day = 30}) == "memorable_date.day");
    CHECK(refused({.month = 2, .day = 29, .year = 2023}) == "memorable_date.day");
    CHECK(refused({.month = 1, .day = 1, .year = 0}) == "memorable_date.year");
    CHECK(refused({.month = 1, .day = 4'294'967'297}) == "memorable_date.day");
    CHECK(refused({.type = "birthday", .month = 1, .day = 1}) == "memorable_date.type");
    const auto call = desk.activities.plan(test::call(acme));
    CHECK(refused_field([&] {
              dates.add({.record = call.head.id, .type = "other", .month = 1, .day = 1});
          }) == "memorable_date.record_id");
}

TEST_CASE("CON-03 the family of a contact is other contacts or names, seen from both sides") {
    auto desk = test::desk();
    Kinships kinships(desk.ion);
    const auto popa = contact(desk.ion, "Popa"), ana = contact(desk.ion, "Ana");
    const auto wife = kinships.add({.contact = popa, .relation = "spouse", .kin = ana});
    const auto son = kinships.add(
        {.contact = popa, .relation = "child", .name = "Vlad", .born_on = Date(2015, 5, 6)});
    CHECK(kinships.of(popa) == std::vector{wife, son});
    CHECK(kinships.of(ana) == std::vector{wife});
    CHECK(Lists(desk.ion).label("kinship_relation_inverse", "child") == "Părinte");

    const auto refused = [&](Kinship kinship) {
        kinship.contact = popa;
        kinship.relation = "child";
        return refused_field([&] { kinships.add(kinship); });
    };
    CHECK(refused({}) == "kinship.name");
    CHECK(refused({.kin = popa}) == "kinship.kin_id");
    CHECK(refused({.kin = ana, .name = "Ana"}) == "kinship.name");
    CHECK(refused({.kin = ana, .born_on = Date(2000, 1, 1)}) == "kinship.born_on");
    CHECK(refused({.name = "X", .born_on = Date(2026, 3, 3)}) == "kinship.born_on");
    CHECK(refused({.name = "X", .born_on = Date(1799, 3, 3)}) == "kinship.born_on");

    Contacts(desk.ana).remove(ana);
    CHECK(kinships.of(popa) == std::vector{son});
    desk.ana.undo(desk.ana.commands(1).front().id);
    CHECK(kinships.of(popa).size() == 2);
}

TEST_CASE("CON-03 what is coming up is listed by date, across the end of the year") {
    auto desk = test::desk();
    const auto popa = contact(desk.ion, "Popa", Date(1980, 12, 30));
    contact(desk.ion, "Rusu", Date(1990, 1, 2));
    contact(desk.ion, "Later", Date(1990, 1, 9));
    contact(desk.ion, "Past", Date(1990, 12, 27));
    contact(desk.ion, "Nobody knows");
    MemorableDates dates(desk.ion);
    dates.add(
        {.record = test::acme(desk), .type = "founding", .month = 12, .day = 31, .year = 2000});
    dates.add({.record = popa, .type = "wedding", .month = 1, .day = 1, .label = "in Soroca"});
    Kinships(desk.ion).add(
        {.contact = popa, .relation = "child", .name = "Vlad", .born_on = Date(2015, 12, 28)});
    const Lines expected{"2026-12-28 kin_birthday Popa, Vlad, child (11)",
                         "2026-12-30 birthday Popa (46)", "2026-12-31 founding Acme SRL (26)",
                         "2027-01-01 wedding Popa, in Soroca", "2027-01-02 birthday Rusu (37)"};
    CHECK(upcoming(desk.ion, Date(2026, 12, 28), 12) == expected);
    for (const int limit : {1, 2, 3})
        CHECK(upcoming(desk.ion, Date(2026, 12, 28), 12, limit) == expected);
    CHECK(upcoming(desk.ion, Date(2026, 12, 30), 1) == Lines{expected[1]});
    CHECK(upcoming(desk.ion, Date(2026, 6, 1), 30).empty());
    CHECK(upcoming(desk.ion, Date(2026, 12, 28), 366).size() == 8);  // the first day comes again
}

TEST_CASE("CON-03 29 February falls on 28 February in other years") {
    auto desk = test::desk();
    contact(desk.ion, "Leap", Date(2000, 2, 29));
    contact(desk.ion, "Eve", Date(2001, 2, 28));
    contact(desk.ion, "March", Date(2001, 3, 1));
    CHECK(upcoming(desk.ion, Date(2027, 2, 28), 1, 1) ==
          Lines{"2027-02-28 birthday Eve (26)", "2027-02-28 birthday Leap (27)"});
    CHECK(upcoming(desk.ion, Date(2027, 3, 1), 1) == Lines{"2027-03-01 birthday March (26)"});
    CHECK(upcoming(desk.ion, Date(2028, 2, 28), 1) == Lines{"2028-02-28 birthday Eve (27)"});
    CHECK(upcoming(desk.ion, Date(2028, 2, 29), 1) == Lines{"2028-02-29 birthday Leap (28)"});
    CHECK(upcoming(desk.ion, Date(2028, 3, 1), 1) == Lines{"2028-03-01 birthday March (27)"});
}

TEST_CASE("CON-03 days of many on one date are paged, and what had not happened yet is left out") {
    auto desk = test::desk();
    for (int i = 0; i < 7; ++i) contact(desk.ion, "Twin " + std::to_string(i), Date(1990, 3, 5));
    CHECK(upcoming(desk.ion, Date(2026, 3, 5), 1, 3).size() == 7);
    CHECK(upcoming(desk.ion, Date(1990, 3, 1), 10).size() == 7);
    CHECK(upcoming(desk.ion, Date(1989, 3, 1), 10).empty());
    MemorableDates dates(desk.ion);
    for (const int days : {0, 367, -1})
        CHECK_THROWS_AS(dates.upcoming(Date(2026, 3, 5), days), Invalid);
    CHECK_THROWS_AS(dates.upcoming(Date(2026, 3, 5), 1, 0), Invalid);
    for (const char* after : {"nonsense", "2026:03-05:", "2026:03-05:7x"})
        CHECK_THROWS_AS(dates.upcoming(Date(2026, 3, 5), 1, 10, after), Invalid);
}

TEST_CASE("CON-03 occasions of hidden records, and hidden dates, are not told") {
    auto desk = test::desk();
    const auto hidden = contact(desk.petru, "Hidden", Date(1990, 3, 5));
    MemorableDates(desk.petru).add({.record = hidden, .type = "wedding", .month = 3, .day = 6});
    const auto popa = contact(desk.ion, "Popa", Date(1990, 3, 7));
    Kinships(desk.ana).add({.contact = popa, .relation = "spouse", .kin = hidden});
    Kinships(desk.ion).add(
        {.contact = popa, .relation = "child", .name = "Vlad", .born_on = Date(2015, 3, 8)});
    MemorableDates(desk.ion).add({.record = popa, .type = "wedding", .month = 3, .day = 9});
    CHECK(upcoming(desk.ion, Date(2026, 3, 1), 31).size() == 3);
    CHECK(upcoming(desk.petru, Date(2026, 3, 1), 31).size() == 2);
    CHECK(upcoming(desk.ana, Date(2026, 3, 1), 31).size() == 5);

    CHECK(Kinships(desk.ion).of(hidden).empty());
    const auto seen = Kinships(desk.ion).of(popa);
    REQUIRE(seen.size() == 2);
    CHECK_FALSE(seen[0].kin);
    Rights rights(desk.ana);
    rights.hide(desk.ion.user(), "contact", "born_on");
    CHECK(upcoming(desk.ion, Date(2026, 3, 1), 31).size() == 2);
    rights.hide(desk.ion.user(), "memorable_date", "day");
    CHECK(upcoming(desk.ion, Date(2026, 3, 1), 31).size() == 1);
    rights.hide(desk.ion.user(), "contact", "last_name");
    CHECK(upcoming(desk.ion, Date(2026, 3, 1), 31) ==
          Lines{"2026-03-08 kin_birthday , Vlad, child (11)"});
    rights.hide(desk.ion.user(), "kinship", "born_on");
    CHECK(upcoming(desk.ion, Date(2026, 3, 1), 31).empty());
}

TEST_CASE("CON-03 family and dates go with an erased person") {
    auto desk = test::desk();
    const auto popa = contact(desk.ana, "Popa", Date(1990, 3, 7)), ana = contact(desk.ana, "Ana");
    MemorableDates(desk.ana).add({.record = popa, .type = "wedding", .month = 3, .day = 9});
    Kinships(desk.ana).add({.contact = ana, .relation = "spouse", .kin = popa});
    Kinships(desk.ana).add(
        {.contact = popa, .relation = "child", .name = "Vlad", .born_on = Date(2015, 3, 8)});
    Erasures(desk.ana).erase(popa, {.reason = "asked for it"});
    CHECK(upcoming(desk.ana, Date(2026, 3, 1), 31).empty());
    CHECK(Kinships(desk.ana).of(ana).empty());
}
