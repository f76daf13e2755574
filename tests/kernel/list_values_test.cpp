#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "desk.hpp"
#include "kernel/seed.hpp"

using namespace crm;
using test::Desk;
using namespace std::string_literals;

namespace {

std::vector<std::string> codes(const std::vector<ListItem>& items) {
    std::vector<std::string> all;
    for (const auto& item : items) all.push_back(item.code);
    return all;
}

Activity call_of(Desk& desk, const std::string& direction) {
    return {.subject = "Call", .kind = "call", .direction = direction, .start = desk.me().now()};
}

}  // namespace

TEST_CASE("PRP-03 a new file has every list that its fields draw from, in four languages") {
    std::set<std::string_view> seeded;
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const auto& value : kernel::seed_values()) {
        CAPTURE(value.code);
        seeded.insert(value.list);
        CHECK(seen.insert({value.list, value.code}).second);
        for (const auto label : {value.en, value.ro, value.ru, value.uk})
            CHECK(clean_text(label) == label);
        for (const auto label : {value.en, value.ro, value.ru, value.uk})
            CHECK_FALSE(label.empty());
    }
    for (const Kind& kind : all_kinds())
        for (const Column& column : kind.columns) {
            CAPTURE(column.name);
            if (!column.list.empty()) CHECK(seeded.contains(column.list));
        }
}

TEST_CASE("PRP-03 items come in order and in the session's language") {
    Desk desk("ro");
    Lists lists(desk.me());
    CHECK(codes(lists.items("direction")) == std::vector{"inbound"s, "outbound"s, "internal"s});
    CHECK(lists.items("direction").front().label == "De intrare");
    CHECK(lists.label("priority", "high") == "Ridicată");
    CHECK(lists.label("priority", "no_such") == "no_such");
    CHECK_THROWS_AS(lists.items("no_such"), NotFound);
}

TEST_CASE("PRP-03 a label that is missing falls back to English, then to the code") {
    Desk desk("uk");
    Lists lists(desk.me());
    lists.add_value("source", "billboard", {{"en", "Billboard"}});
    lists.add_value("source", "radio", {});
    CHECK(lists.label("source", "billboard") == "Billboard");
    CHECK(lists.label("source", "radio") == "radio");
    lists.set_label("source", "billboard", "uk", "Білборд");
    CHECK(lists.label("source", "billboard") == "Білборд");
    lists.set_label("source", "billboard", "uk", "Рекламний щит");
    CHECK(lists.label("source", "billboard") == "Рекламний щит");
    CHECK(lists.items("source").back().code == "radio");
}

TEST_CASE("PRP-03 what the administrator adds can be used at once") {
    Desk desk;
    Lists lists(desk.me());
    Parties parties(desk.me());
    CHECK_THROWS_AS(parties.add({.name = "Acme", .source = "radio"}), Invalid);
    lists.add_value("source", "Radio", {{"en", "Radio"}});
    CHECK(parties.add({.name = "Acme", .source = "radio"}).source == "radio");
    CHECK_THROWS_AS(lists.add_value("source", "radio", {}), Conflict);
    desk.me().write("one", [&](Work&) {
        lists.add_value("industry", "space", {{"en", "Space"}});
        parties.add({.name = "Orbit", .industry = "space"});
    });
}

TEST_CASE("PRP-03 a retired value stays on old records and is refused on new ones") {
    Desk desk;
    Lists lists(desk.me());
    Activities activities(desk.me());
    Activity old = activities.plan(call_of(desk, "internal"));
    lists.retire("direction", "internal");
    CHECK(codes(lists.items("direction")) == std::vector{"inbound"s, "outbound"s});
    CHECK(lists.items("direction", true).size() == 3);
    CHECK(lists.label("direction", "internal") == "Internal");
    CHECK_THROWS_AS(activities.plan(call_of(desk, "internal")), Invalid);
    old.subject = "Renamed";
    CHECK(activities.update(old).direction == "internal");
}

TEST_CASE("PRP-03 values are not removed, and codes never change") {
    Desk desk;
    Lists lists(desk.me());
    const ListValue radio = lists.add_value("source", "radio", {});
    CHECK_THROWS_AS(lists.remove(radio.head.id), Conflict);
    CHECK_THROWS_AS(lists.change(radio.head.id, any_version, {{"code", Value{"tv"}}}), Invalid);
    CHECK_THROWS_AS(lists.retire("source", "nowhere"), NotFound);
}

TEST_CASE("PRP-03 codes, lists and languages have a form") {
    Desk desk;
    Lists lists(desk.me());
    for (const auto& code : {""s, "two words"s, "ключ"s, "a-b"s, std::string(41, 'a')}) {
        CAPTURE(code);
        CHECK_THROWS_AS(lists.add_value("source", code, {}), Invalid);
    }
    CHECK_NOTHROW(lists.add_value("source", std::string(40, 'a'), {}));
    CHECK_THROWS_AS(lists.add_value("sauce", "radio", {}), Invalid);
    CHECK_THROWS_AS(lists.add_value("source", "radio", {{"English", "Radio"}}), Invalid);
    CHECK_THROWS_AS(lists.add_value("source", "radio", {{"en", ""}}), Invalid);
    CHECK(lists.label("source", "radio") == "radio");  // nothing was kept
    CHECK_THROWS_AS(lists.retire("source", "radio"), NotFound);
}

TEST_CASE("PRP-03 only administrators change lists") {
    Desk desk;
    desk.add_user("ion");
    auto he = desk.as("ion");
    Lists lists(he);
    CHECK(lists.label("priority", "high") == "High");
    CHECK_THROWS_AS(lists.add_value("source", "radio", {}), Denied);
    CHECK_THROWS_AS(lists.retire("source", "website"), Denied);
    CHECK_THROWS_AS(lists.set_label("source", "website", "en", "Site"), Denied);
}

TEST_CASE("PRP-03 other sessions see a change at once, and undo takes it back") {
    Desk desk;
    desk.add_user("ion");
    auto he = desk.as("ion");
    Lists lists(desk.me()), his(he);
    CHECK(his.label("source", "website") == "Website");
    lists.set_label("source", "website", "en", "Web site");
    CHECK(his.label("source", "website") == "Web site");
    desk.me().undo(desk.me().commands(1).front().id);
    CHECK(his.label("source", "website") == "Website");
    lists.retire("source", "website");
    CHECK_FALSE(std::ranges::count(codes(his.items("source")), "website"));
    desk.me().undo(desk.me().commands(1).front().id);
    CHECK(std::ranges::count(codes(his.items("source")), "website"));
}
