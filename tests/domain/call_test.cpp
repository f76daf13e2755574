#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "support/desk.hpp"
#include "support/random.hpp"
#include "support/rows.hpp"

using namespace crm;
using namespace ::test;
using crm::test::between;

namespace {

using Words = std::vector<std::string>;

/// Ana takes the calls; ion and petru sell, and see what is their unit's.
struct Exchange {
    Desk desk;
    Calls calls{desk.ana};
    Id<Party> acme = ::test::acme(desk);
    Id<Contact> director = desk.contacts.add({.first_name = "Ion", .last_name = "Popa"}).head.id;

    Exchange() {
        desk.contacts.join(director, acme, "director");
        desk.points.add({.record = director, .type = "phone", .value = "022 123 456"});
    }
    std::vector<Activity> of(Id<Call> call) {
        return Activities(desk.ana)
            .list({.where = field("call") == std::to_string(call.value()), .order = "start"})
            .rows;
    }
    Activity entry(Id<Call> call) {
        for (const Activity& each : of(call))
            if (!each.is_todo) return Activities(desk.ana).get(each.head.id);
        return {};
    }
    /// The to-do to call back; none: a blank one.
    Activity call_back(Id<Call> call) {
        Activity found;
        int count = 0;
        for (const Activity& each : of(call))
            if (each.is_todo) found = each, ++count;
        CHECK(count <= 1);
        return found;
    }
    std::string owner_of_call_back(Id<Call> call) {
        const Activity task = call_back(call);
        return task.head.id ? Users(desk.ana).get(task.head.owner).login : "nobody";
    }
    void retire(Session& user) {
        desk.ana.change(user.user(), any_version, {{"is_active", std::int64_t{0}}});
    }
};

Words reasons(Session& session) {
    Words all;
    for (const Notice& notice : Notices(session).unread()) all.push_back(notice.reason);
    return all;
}

}  // namespace

TEST_CASE("CAL-01 a call is registered with who it is, about what, and writes itself down") {
    Exchange at;
    const Call call = at.calls.ring({.number = "0037322123456",
                                     .subject = "Price of the line",
                                     .source = "exhibition",
                                     .addressee = at.desk.ion.user()});
    CHECK(call.state == CallState::ringing);
    CHECK(call.number_key == "+37322123456");
    CHECK(call.contact == at.director);
    CHECK(call.party == at.acme);
    CHECK(call.called_at == monday);
    CHECK(call.head.owner == at.desk.ion.user());  // who sees what is his unit's
    CHECK(Calls(at.desk.ion).find(call.head.id));
    CHECK(reasons(at.desk.ion) == Words{"call"});
    const Activity entry = at.entry(call.head.id);
    CHECK(entry.subject == "Price of the line");
    CHECK(entry.kind == "call");
    CHECK(entry.direction == "inbound");
    CHECK(entry.state == ActivityState::started);
    CHECK(entry.contact == at.director);
    CHECK(entry.party == at.acme);
    CHECK(entry.head.owner == at.desk.ion.user());
    CHECK_FALSE(at.call_back(call.head.id).head.id);
}

TEST_CASE("CAL-01 a call is answered and ended, and its entry is completed with the result") {
    Exchange at;
    const auto id = at.calls.ring({.number = "022123456", .addressee = at.desk.ion.user()}).head.id;
    Calls of_ion(at.desk.ion);
    at.desk.clock.advance(std::chrono::seconds{9});
    const Call answered = of_ion.answer(id);
    CHECK(answered.state == CallState::answered);
    CHECK(answered.answered_at == monday + std::chrono::seconds{9});
    CHECK(answered.answered_by == at.desk.ion.user());
    CHECK_THROWS_AS(of_ion.answer(id), Conflict);
    CHECK_THROWS_AS(of_ion.miss(id), Conflict);
    at.desk.clock.advance(hour);
    const Call ended = of_ion.end(id, "wants an offer");
    CHECK(ended.state == CallState::ended);
    CHECK(ended.ended_at == at.desk.clock.now());
    const auto told = at.desk.activities.chronicle(at.director).rows;
    REQUIRE(told.size() == 1);
    CHECK(told[0].subject == "022123456");
    CHECK(told[0].result == "wants an offer");
    CHECK(told[0].call == id);
    CHECK(told[0].end == at.desk.clock.now());
    CHECK_THROWS_AS(of_ion.end(id), Conflict);
    CHECK_THROWS_AS(at.calls.change(id, any_version, {{"state", std::string_view{"ringing"}}}),
                    Conflict);
    CHECK_FALSE(at.call_back(id).head.id);
}

TEST_CASE(
    "CAL-01 any enquiry is registered after the fact, also by add and from whom nobody knows") {
    Exchange at;
    const Call visit = at.calls.report({.channel = "visit",
                                        .caller_name = "Maria, from the fair",
                                        .subject = "Jobs",
                                        .addressee_unit = at.desk.petru.unit()});
    CHECK(visit.state == CallState::ended);
    CHECK(visit.head.unit == at.desk.petru.unit());
    CHECK(Calls(at.desk.petru).get(visit.head.id).caller_name == "Maria, from the fair");
    CHECK(at.entry(visit.head.id).kind == "meeting");
    CHECK(at.entry(visit.head.id).state == ActivityState::completed);
    CHECK(at.call_back(visit.head.id).head.id.value() == 0);
    const Call added = at.calls.add({.channel = "letter", .state = CallState::ended});
    CHECK(at.entry(added.head.id).subject == "Scrisoare");  // the channel, as the file calls it
    CHECK(at.entry(added.head.id).kind == "letter");
    CHECK_THROWS_AS(at.calls.add({.called_at = monday, .ended_at = monday - hour}), Invalid);
    CHECK_THROWS_AS(at.calls.add({.channel = "pigeon"}), Invalid);
    CHECK(at.desk.ana.search("fair").rows.front().record == visit.head.id);
}

TEST_CASE("CAL-01 the undo of a call takes its entry back, and a change goes to both") {
    Exchange at;
    const auto id = at.calls.ring({.number = "069 000 000"}).head.id;
    CHECK_FALSE(at.calls.get(id).party);
    at.calls.change(id, any_version, {{"party_id", at.acme.value()}});
    CHECK(at.entry(id).party == at.acme);
    at.calls.end(id);
    const auto commands = at.desk.ana.commands(1);
    at.desk.ana.undo(commands.front().id);
    CHECK(at.calls.get(id).state == CallState::ringing);
    CHECK(at.entry(id).state == ActivityState::started);
    const Call second = at.calls.ring({.subject = "again"});
    at.desk.ana.undo(at.desk.ana.commands(1).front().id);
    CHECK_FALSE(at.calls.find(second.head.id));
    CHECK(at.of(second.head.id).empty());
}

TEST_CASE("CAL-01 verify() finds nothing in a file with calls of every state, changed and undone") {
    Exchange at;
    for (const auto state :
         {CallState::ringing, CallState::answered, CallState::missed, CallState::ended})
        at.calls.add({.number = "022123456", .state = state});
    const auto id = at.calls.ring({.number = "069 1", .addressee = at.desk.ion.user()}).head.id;
    at.calls.forward(id, at.desk.petru.user());
    at.calls.miss(id);
    at.desk.ana.undo(at.desk.ana.commands(1).front().id);
    at.desk.ana.remove(at.calls.ring({.number = "022123456"}).head.id);
    CHECK(verify(at.desk.ana).defects.empty());
}

TEST_CASE("CAL-01 who may only make calls of his own hands one to whom he may not assign") {
    Exchange at;
    const Call call =
        Calls(at.desk.petru).ring({.number = "022123456", .addressee = at.desk.ion.user()});
    CHECK_FALSE(call.contact);  // hidden from petru
    CHECK(call.head.owner == at.desk.ion.user());
    CHECK(Calls(at.desk.petru).miss(call.head.id).state == CallState::missed);  // he keeps it in
                                                                                // sight
    const auto dana = Users(at.desk.ana).add({.login = "dana", .unit = at.desk.ana.unit()});
    Session nobody = at.desk.database.trusted_session("dana");
    CHECK_THROWS_AS(Calls(nobody).ring({.number = "1"}), Denied);
}

TEST_CASE(
    "CAL-01 calls of a person who is erased stay, without it, and are listed with their number") {
    Exchange at;
    const auto id = at.calls.report({.number = "0 22 123456"}).head.id;
    const auto erasure = Erasures(at.desk.ana).erase(at.director, {.reason = "asked for it"});
    CHECK_FALSE(at.calls.get(id).contact);
    const Mention mention{id, "number", "0 22 123456"};
    CHECK(std::ranges::find(erasure.mentions, mention) != erasure.mentions.end());
}

TEST_CASE("CAL-04 a missed call leaves a to-do with the addressee, who is told") {
    Exchange at;
    const auto id = at.calls.ring({.number = "022123456", .addressee = at.desk.ion.user()}).head.id;
    Notices(at.desk.ion).take();
    at.desk.clock.advance(hour);
    at.calls.miss(id);
    const Activity task = at.call_back(id);
    CHECK(task.kind == "call");
    CHECK(task.direction == "outbound");
    CHECK(task.state == ActivityState::planned);
    CHECK(task.start == monday + hour);
    CHECK(task.contact == at.director);
    CHECK(task.party == at.acme);
    CHECK(task.head.owner == at.desk.ion.user());
    CHECK(task.follow_up_of == at.entry(id).head.id);
    CHECK(at.entry(id).state == ActivityState::completed);
    CHECK(reasons(at.desk.ion) == Words{"to_do"});
    at.desk.ana.undo(at.desk.ana.commands(1).front().id);
    CHECK_FALSE(at.call_back(id).head.id);
    CHECK(at.calls.get(id).state == CallState::ringing);
}

TEST_CASE("CAL-01 PRP-01 what is asked of activities stands in no call's way, nor in its to-do's") {
    Exchange at;
    Properties(at.desk.ana)
        .define({.kind = "activity",
                 .name = "x_mood",
                 .type = PropertyType::text,
                 .is_required = true});
    CHECK(refused_field([&] { at.desk.activities.plan(call({}, "Visit", monday)); }) ==
          "activity.x_mood");
    const auto id = at.calls.ring({.number = "022123456"}).head.id;
    at.calls.miss(id);
    CHECK(at.entry(id).state == ActivityState::completed);
    const Id<Activity> task{at.call_back(id).head.id};
    CHECK(
        at.desk.ion.change(task, any_version, {{"subject", std::string_view{"Back"}}}).head().id ==
        task.ref());
    CHECK(verify(at.desk.ana).defects.empty());
}

TEST_CASE("CAL-04 nobody at hand: the responsible, the rules, the head above, an administrator") {
    Exchange at;
    auto& desk = at.desk;
    const auto missed = [&](Call call) {
        call.state = CallState::missed;
        return at.owner_of_call_back(at.calls.add(call).head.id);
    };
    CHECK(missed({.number = "022123456"}) == "ion");
    CHECK(missed({.number = "022123456", .addressee = desk.petru.user()}) == "petru");
    CHECK(missed({.number = "1"}) == "ana");
    RoutingRules(desk.ana).add({.caller = RoutedCaller::unknown, .unit = desk.petru.unit()});
    CHECK(missed({.number = "1"}) == "petru");
    const auto post =
        Records<Position>(desk.ana).add({.name = "Head of all", .unit = desk.ana.unit()});
    const auto boss =
        Users(desk.ana).add({.login = "boss", .unit = desk.petru.unit(), .position = post.head.id});
    at.retire(desk.petru);
    desk.ana.change(boss.head.id, any_version, {{"unit_id", desk.ana.unit().value()}});
    CHECK(missed({.number = "1", .addressee = desk.petru.user()}) == "boss");
    CHECK(missed({.number = "1", .addressee_unit = desk.ion.unit()}) == "boss");
    CHECK(missed({.number = "022123456", .addressee = desk.petru.user()}) == "ion");
    at.retire(desk.ion);
    CHECK(missed({.number = "022123456"}) == "boss");
    desk.ana.change(boss.head.id, any_version, {{"is_active", std::int64_t{0}}});
    CHECK(missed({.number = "022123456"}) == "ana");
    CHECK(missed({.direction = "outbound", .number = "022123456"}) == "nobody");
}

TEST_CASE("CAL-04 a missed call that is imported leaves its to-do too") {
    Exchange at;
    TextRows rows({"number", "state", "called_at"},
                  {{"022 123 456", "missed", "2026-03-01T10:00:00Z"},
                   {"069 123 456", "ended", "2026-03-01T11:00:00Z"}});
    const auto report = import_rows(at.desk.ana, rows, {.kind = "call"});
    CHECK(report.created == 2);
    Words told;
    for (const Call& call : at.calls.list({.order = "called"}).rows)
        told.push_back(at.owner_of_call_back(call.head.id));
    CHECK(told == Words{"ion", "nobody"});
}

TEST_CASE("CAL-04 a message waits for who is absent, and lets him see the call") {
    Exchange at;
    const auto id = at.calls.ring({.number = "022123456"}).head.id;
    CHECK_FALSE(Calls(at.desk.petru).find(id));
    at.calls.leave_message(id, at.desk.petru.user(), "  Call Popa before noon ");
    const auto notices = Notices(at.desk.petru).take();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].reason == "message");
    CHECK(notices[0].text == "Call Popa before noon");
    CHECK(notices[0].record == id);
    CHECK(Calls(at.desk.petru).get(id).number == "022123456");
    CHECK_THROWS_AS(at.calls.leave_message(id, at.desk.petru.user(), " "), Invalid);
    CHECK_THROWS_AS(at.calls.leave_message(id, at.desk.petru.user(), std::string(4'001, 'x')),
                    Invalid);
    CHECK_THROWS_AS(at.calls.leave_message(id, at.desk.ana.user(), "me"), Invalid);
    at.retire(at.desk.petru);
    CHECK_THROWS_AS(at.calls.leave_message(id, at.desk.petru.user(), "gone"), Invalid);
    const auto hidden = at.calls.ring({.number = "1"}).head.id;
    CHECK_THROWS_AS(Calls(at.desk.ion).leave_message(hidden, at.desk.ana.user(), "x"), NotFound);
}

namespace {

/// A company as chance will have it: retired users, some leave, some rules, hidden parties.
class Chance {
public:
    explicit Chance(std::uint32_t seed) : random_(seed) {
        for (int i = 0; i < 4; ++i) units_.push_back(new_unit());
        for (int i = 0; i < 6; ++i) users_.push_back(new_user(i));
        for (int i = 0; i < 4; ++i) add_known();
        for (int i = 0; i < 4; ++i) attempt([&] { add_rule(); });
        for (const auto user : users_)
            if (one_in(2)) attempt([&] { retire(user); });
    }

    /// Registers a call as missed in one of the ways there are.
    Id<Call> miss() {
        Call call{.number = one_in(3) ? "" : number(), .caller_name = one_in(2) ? "Maria" : ""};
        if (one_in(2)) call.addressee = any(users_);
        if (one_in(3)) call.addressee_unit = any(units_);
        Session& by = one_in(2) ? desk_.ana : one_in(2) ? desk_.ion : desk_.petru;
        Calls calls(by);
        switch (between(random_, 0, 2)) {
            case 0: return calls.miss(calls.ring(call).head.id).head.id;
            case 1: call.state = CallState::missed; return calls.report(call).head.id;
            default: call.state = CallState::missed; return calls.add(call).head.id;
        }
    }
    bool has_call_back(Id<Call> call) {
        const auto found = Activities(desk_.ana)
                               .list({.where = field("call") == std::to_string(call.value())})
                               .rows;
        int open = 0;
        for (const Activity& each : found)
            open += each.is_todo && each.state == ActivityState::planned &&
                    Users(desk_.ana).get(each.head.owner).is_active;
        return open == 1;
    }

private:
    bool one_in(std::size_t n) { return between(random_, 1, n) == 1; }
    template <class T>
    T any(const std::vector<T>& all) {
        return all[between(random_, 0, all.size() - 1)];
    }
    template <class Body>
    void attempt(const Body& body) {
        try {
            body();
        } catch (const Error&) {}
    }
    Id<Unit> new_unit() {
        const auto above = units_.empty() ? desk_.ana.unit() : any(units_);
        return Units(desk_.ana)
            .add({.name = "U" + std::to_string(units_.size()), .parent = above})
            .head.id;
    }
    Id<User> new_user(int i) {
        User user{.login = "u" + std::to_string(i), .unit = any(units_)};
        if (one_in(2))
            user.position =
                Records<Position>(desk_.ana).add({.name = "Post", .unit = any(units_)}).head.id;
        const Id<User> made = Users(desk_.ana).add(user).head.id;
        if (one_in(3))
            attempt([&] {
                ScheduleEntry leave{.starts_on = Date(2026, 3, 1), .whereabouts = "leave"};
                leave.head.owner = made;
                leave.ends_on = Date(2026, 3, 20);
                Schedule(desk_.ana).add(leave);
            });
        return made;
    }
    std::string number() { return "02210000" + std::to_string(between(random_, 0, 4)); }
    void add_known() {
        Head head{.owner = any(users_)};
        Ref record;
        if (one_in(3))
            record = Leads(desk_.ana).add({.head = head, .last_name = "Lead"}).head.id;
        else if (one_in(2))
            record = Contacts(desk_.ana).add({.head = head, .last_name = "Popa"}).head.id;
        else
            record = Parties(desk_.ana).add({.head = head, .name = "Firm"}).head.id;
        Points(desk_.ana).add({.record = record, .type = "phone", .value = number()});
    }
    void add_rule() {
        RoutingRule rule{.place = static_cast<std::int64_t>(between(random_, 0, 2)),
                         .caller = static_cast<RoutedCaller>(between(random_, 0, 3)),
                         .hours = static_cast<RoutedHours>(between(random_, 0, 2))};
        if (one_in(2))
            rule.user = any(users_);
        else
            rule.unit = any(units_);
        if (one_in(2)) rule.within_unit = RoutedTo::head;
        RoutingRules(desk_.ana).add(rule);
    }
    void retire(Id<User> user) {
        desk_.ana.change(user, any_version, {{"is_active", std::int64_t{0}}});
    }

    Desk desk_;
    crm::test::Random random_;
    std::vector<Id<Unit>> units_;
    std::vector<Id<User>> users_;
};

}  // namespace

TEST_CASE(
    "CAL-04 whatever the company looks like, every missed call has a to-do of somebody here") {
    for (std::uint32_t i = 0; i < 12; ++i) {
        const auto seed = crm::test::seed() + i;
        CAPTURE(seed);
        Chance company(seed);
        for (int calls = 0; calls < 6; ++calls) CHECK(company.has_call_back(company.miss()));
    }
}
