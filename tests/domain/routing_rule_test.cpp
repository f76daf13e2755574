#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

using Logins = std::vector<std::string>;

/// Monday, 10:00 in Chișinău: everybody works from 9 to 18.
struct Exchange {
    Desk desk;
    Calls calls{desk.ana};
    RoutingRules rules{desk.ana};

    Id<User> hire(const char* login, Id<Unit> unit, Id<Position> position = {}) {
        return Users(desk.ana).add({.login = login, .unit = unit, .position = position}).head.id;
    }
    std::string login(Id<User> user) { return user ? Users(desk.ana).get(user).login : "nobody"; }
    std::string rung(const Call& call) {
        desk.clock.advance(std::chrono::minutes{1});
        return login(calls.ring(call).addressee);
    }
    Id<Party> known(const char* number, const char* role = nullptr) {
        const auto party = Parties(desk.ana).add({.name = number}).head.id;
        Points(desk.ana).add({.record = party, .type = "phone", .value = number});
        if (role) Parties(desk.ana).add_role(party, role);
        return party;
    }
};

}  // namespace

TEST_CASE("CAL-03 calls go by what the caller is, to the first rule that fits") {
    Exchange at;
    const auto clients = at.hire("clients", at.desk.ana.unit()),
               rivals = at.hire("rivals", at.desk.ana.unit()),
               others = at.hire("others", at.desk.ana.unit()),
               leads = at.hire("leads", at.desk.ana.unit()),
               strangers = at.hire("strangers", at.desk.ana.unit());
    CHECK(at.rung({.number = "022100001"}) == "nobody");
    at.rules.add({.place = 9, .user = others});
    at.rules.add({.place = 1, .caller = RoutedCaller::party, .role = "client", .user = clients});
    at.rules.add({.place = 2, .caller = RoutedCaller::party, .role = "competitor", .user = rivals});
    at.rules.add({.place = 3, .caller = RoutedCaller::lead, .user = leads});
    at.rules.add({.place = 4, .caller = RoutedCaller::unknown, .user = strangers});
    at.known("022100001", "client");
    at.known("022100002", "competitor");
    at.known("022100003");
    const auto lead = Leads(at.desk.ana).add({.last_name = "Popa"}).head.id;
    Points(at.desk.ana).add({.record = lead, .type = "phone", .value = "022100004"});
    CHECK(at.rung({.number = "022100001"}) == "clients");
    CHECK(at.rung({.number = "022100002"}) == "rivals");
    CHECK(at.rung({.number = "022100003"}) == "others");
    CHECK(at.rung({.number = "022100004"}) == "leads");
    CHECK(at.rung({.number = "022100005"}) == "strangers");
    CHECK(at.rung({.number = "022100001", .addressee = at.desk.ion.user()}) == "ion");
    CHECK(at.rung({.direction = "outbound", .number = "022100001"}) == "nobody");
    at.desk.ana.change(clients, any_version, {{"is_active", std::int64_t{0}}});
    CHECK(at.rung({.number = "022100001"}) == "others");  // whose target works here no more
    const auto first = at.rules.in_use().front();
    CHECK(first.role == "client");
    at.rules.change(first.head.id, any_version, {{"is_active", std::int64_t{0}}});
    CHECK(at.rules.in_use().size() == 4);
}

TEST_CASE("CAL-03 rules hold within or outside the working hours of their target") {
    Exchange at;
    const auto day = at.hire("day", at.desk.ana.unit()),
               night = at.hire("night", at.desk.ana.unit());
    at.rules.add({.place = 1, .hours = RoutedHours::within, .user = day});
    at.rules.add({.place = 2, .hours = RoutedHours::outside, .user = night});
    CHECK(at.rung({.number = "1"}) == "day");
    at.desk.clock.set(monday + hour * 10);  // 20:00
    CHECK(at.rung({.number = "1"}) == "night");
    CHECK(at.rung({.number = "1", .called_at = monday}) == "day");  // when it was called counts
    at.desk.clock.set(monday + test::day * 5);                      // Saturday
    CHECK(at.rung({.number = "1"}) == "night");
    ScheduleEntry leave{.starts_on = Date(2026, 3, 9), .whereabouts = "leave"};
    leave.head.owner = day;
    Schedule(at.desk.ana).add(leave);
    at.desk.clock.set(monday + test::day * 7);
    CHECK(at.rung({.number = "1"}) == "nobody");  // day is on leave, and night works
}

TEST_CASE("CAL-03 a unit's members are given calls in turn, or its head") {
    Exchange at;
    const auto unit =
        Units(at.desk.ana).add({.name = "Desk", .parent = at.desk.ana.unit()}).head.id;
    Records<Position> positions(at.desk.ana);
    const auto chief = positions.add({.name = "Chief", .unit = unit}).head.id;
    const auto clerk = positions.add({.name = "Clerk", .unit = unit, .parent = chief}).head.id;
    const auto rule = at.rules.add({.unit = unit}).head.id;
    CHECK(at.rung({.number = "1"}) == "nobody");  // the unit is empty
    at.hire("a", unit, clerk);
    at.hire("b", unit, chief);
    const auto c = at.hire("c", unit);
    Logins taken;
    for (int i = 0; i < 5; ++i) taken.push_back(at.rung({.number = "1"}));
    CHECK(taken == Logins{"a", "b", "c", "a", "b"});
    ScheduleEntry leave{.starts_on = Date(2026, 3, 2), .whereabouts = "leave"};
    leave.head.owner = c;
    Schedule(at.desk.ana).add(leave);
    at.rules.change(rule, any_version, {{"hours", std::string_view{"within"}}});
    CHECK(at.rung({.number = "1"}) == "a");  // c, whose turn it is, is not there
    at.rules.change(rule, any_version, {{"within_unit", std::string_view{"head"}}});
    CHECK(at.rung({.number = "1"}) == "b");
    const Call call = at.calls.ring({.number = "2"});
    CHECK(call.addressee_unit == unit);
    CHECK(call.head.owner == call.addressee);
    CHECK(call.head.unit == unit);
}

TEST_CASE("CAL-03 a call is routed once it is known who it is, and told to whom") {
    Exchange at;
    const auto id = at.calls.ring({.number = "022100001"}).head.id;
    at.rules.add({.caller = RoutedCaller::party, .role = "client", .user = at.desk.ion.user()});
    CHECK_FALSE(at.calls.route(id).addressee);
    const auto party = at.known("022100002", "client");
    at.calls.change(id, any_version, {{"party_id", party.value()}});
    CHECK(at.calls.route(id).addressee == at.desk.ion.user());
    const auto notices = Notices(at.desk.ion).take();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].reason == "call");
    CHECK(notices[0].record == id);
    at.calls.end(id);
    CHECK_THROWS_AS(at.calls.route(id), Conflict);
}

TEST_CASE("CAL-03 a forward is kept, and who handed the call on does not lose it") {
    Exchange at;
    Calls of_ion(at.desk.ion), of_petru(at.desk.petru);
    const auto id = at.calls.ring({.number = "1", .addressee = at.desk.ion.user()}).head.id;
    CHECK_THROWS_AS(of_petru.forward(id, at.desk.petru.user()), NotFound);
    of_ion.answer(id);
    const Call call = of_ion.forward(id, at.desk.petru.user(), "knows the line");
    const auto forwarding = at.desk.ana.commands(1).front().id;
    CHECK(call.addressee == at.desk.petru.user());
    CHECK(call.head.owner == at.desk.petru.user());
    CHECK(call.head.unit == at.desk.petru.unit());
    CHECK(of_ion.get(id).state == CallState::answered);
    const auto forwards = of_petru.forwards(id);
    REQUIRE(forwards.size() == 1);
    CHECK(forwards[0].from == at.desk.ion.user());
    CHECK(forwards[0].to == at.desk.petru.user());
    CHECK(forwards[0].reason == "knows the line");
    CHECK(forwards[0].forwarded_at == at.desk.clock.now());
    const auto notices = Notices(at.desk.petru).take();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].text == "knows the line");
    CHECK_THROWS_AS(of_petru.forward(id, at.desk.petru.user()), Conflict);
    at.desk.ana.undo(forwarding);
    CHECK(at.calls.get(id).addressee == at.desk.ion.user());
    CHECK(at.calls.forwards(id).empty());
    of_ion.end(id);
    CHECK_THROWS_AS(of_ion.forward(id, at.desk.petru.user()), Conflict);
}

TEST_CASE("CAL-03 a call is handed to and fro also by those whom shares show nothing") {
    Exchange at;
    for (Session* seller : {&at.desk.ion, &at.desk.petru})
        for (const char* action : {"read", "change"})
            Rights(at.desk.ana).revoke(seller->user(), "*", action, "shared");
    const auto id = at.calls.ring({.number = "1", .addressee = at.desk.ion.user()}).head.id;
    for (int i = 0; i < 2; ++i) {
        CHECK(Calls(at.desk.ion).forward(id, at.desk.petru.user()).addressee ==
              at.desk.petru.user());
        CHECK_FALSE(Calls(at.desk.ion).find(id));
        Calls(at.desk.petru).leave_message(id, at.desk.ion.user(), "yours again");
        Calls(at.desk.petru).forward(id, at.desk.ion.user());
    }
    CHECK(at.calls.forwards(id).size() == 4);
}

TEST_CASE("CAL-03 rules are administrators' and name one target") {
    Exchange at;
    CHECK_THROWS_AS(RoutingRules(at.desk.ion).add({.user = at.desk.ion.user()}), Denied);
    CHECK(refused_field([&] { at.rules.add({}); }) == "routing_rule.unit_id");
    CHECK(refused_field([&] {
              at.rules.add({.user = at.desk.ion.user(), .unit = at.desk.ion.unit()});
          }) == "routing_rule.unit_id");
    CHECK(refused_field([&] { at.rules.add({.role = "client", .user = at.desk.ion.user()}); }) ==
          "routing_rule.role");
}
