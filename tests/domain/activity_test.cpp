#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using test::call;
using test::refused_field;
using test::subjects;
using Strings = std::vector<std::string>;

TEST_CASE(
    "ACT-01 an activity has kind, priority, status, period, description, owner, party and "
    "contact") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto contact = desk.contacts.add({.last_name = "Popa"});
    const auto planned = desk.activities.plan({.subject = "Demo",
                                               .kind = "meeting",
                                               .stage = "presentation",
                                               .direction = "outbound",
                                               .priority = "high",
                                               .status = "open",
                                               .party = acme,
                                               .contact = contact.head.id,
                                               .start = test::monday,
                                               .end = test::monday + test::hour,
                                               .zone = "Europe/Chisinau",
                                               .description = "Bring the pump"});
    CHECK(desk.activities.get(planned.head.id) == planned);
    CHECK(planned.head.owner == desk.ion.user());
    CHECK(planned.head.unit == desk.ion.unit());
    CHECK(planned.state == ActivityState::planned);
}

TEST_CASE(
    "ACT-01 an activity without subject, kind or start, or with an end before it, is refused") {
    auto desk = test::desk();
    const auto refused = [&](const Activity& activity) {
        return refused_field([&] { desk.activities.plan(activity); });
    };
    CHECK(refused({.kind = "call", .start = test::monday}) == "activity.subject");
    CHECK(refused({.subject = "A", .start = test::monday}) == "activity.kind");
    CHECK(refused({.subject = "A", .kind = "call"}) == "activity.start_at");
    CHECK(refused({.subject = "A", .kind = "séance", .start = test::monday}) == "activity.kind");
    CHECK(refused({.subject = "A", .kind = "call", .start = test::friday, .end = test::monday}) ==
          "activity.end_at");
    CHECK(refused(
              {.subject = "A", .kind = "call", .start = test::monday, .zone = "Europe/Chișinău"}) ==
          "activity.zone");
}

TEST_CASE("ACT-01 the party of a sub-activity follows from its parent") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto bolt = desk.parties.add({.name = "Bolt"}).head.id;
    const auto parent = desk.activities.plan(call(acme, "Project")).head.id;
    auto step = call({}, "Step");
    step.parent = parent;
    step = desk.activities.plan(step);
    CHECK(step.party == acme);

    auto other = call(bolt, "Other");
    other.parent = parent;
    CHECK(refused_field([&] { desk.activities.plan(other); }) == "activity.party_id");
    CHECK(refused_field([&] {
              desk.activities.change(step.head.id, any_version, {{"party_id", bolt.value()}});
          }) == "activity.party_id");

    auto detail = call({}, "Detail");
    detail.parent = step.head.id;
    detail = desk.activities.plan(detail);
    desk.activities.change(parent, any_version, {{"party_id", bolt.value()}});
    CHECK(desk.activities.get(step.head.id).party == bolt);
    CHECK(desk.activities.get(detail.head.id).party == bolt);
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(desk.activities.get(parent).party == acme);
    CHECK(desk.activities.get(detail.head.id).party == acme);
}

TEST_CASE("ACT-02 an activity is planned beforehand, started, and completed") {
    auto desk = test::desk();
    const auto id = desk.activities.plan(call(test::acme(desk), "Visit")).head.id;
    CHECK(desk.activities.start(id).state == ActivityState::started);
    CHECK_THROWS_AS(desk.activities.start(id), Conflict);
    desk.clock.advance(test::hour);
    const auto done = desk.activities.complete(id, "liked it");
    CHECK(done.state == ActivityState::completed);
    CHECK(done.end == test::monday + test::hour);
    CHECK(done.completed_at == test::monday + test::hour);
    CHECK(desk.ion.history(id).size() == 3);
    CHECK(desk.ion.history(id).back().command.verb == "activity.complete");
}

TEST_CASE("ACT-02 an activity is reported after the fact, completed at once") {
    auto desk = test::desk();
    auto yesterday = call(test::acme(desk), "Rang back", test::monday - test::day);
    yesterday.result = "will order";
    const auto reported = desk.activities.report(yesterday);
    CHECK(reported.state == ActivityState::completed);
    CHECK(reported.end == yesterday.start);
    CHECK(reported.completed_at == yesterday.start);
    CHECK(desk.activities.get(reported.head.id).result == "will order");

    yesterday.start = {};
    CHECK(desk.activities.report(yesterday).start == test::monday);
}

TEST_CASE("ACT-02 what is over stays over, but for an undo") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto done = desk.activities.plan(call(acme)).head.id;
    desk.activities.complete(done, "yes");
    try {
        desk.activities.complete(done, "again");
        FAIL("completed twice");
    } catch (const Conflict& conflict) {
        CHECK(conflict.record == done);
        CHECK(Json::parse(conflict.current)["result"].string() == "yes");
    }
    CHECK_THROWS_AS(desk.activities.cancel(done), Conflict);
    CHECK_THROWS_AS(desk.activities.start(done), Conflict);
    CHECK_THROWS_AS(desk.activities.change(done, any_version, {{"state", "planned"sv}}), Conflict);
    CHECK(refused_field([&] {
              desk.activities.change(done, any_version, {{"state", "dreamt"sv}});
          }) == "activity.state");

    const auto off = desk.activities.plan(call(acme)).head.id;
    CHECK(desk.activities.cancel(off, "ill").result == "ill");
    CHECK_THROWS_AS(desk.activities.complete(off, "late"), Conflict);
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(desk.activities.get(off).state == ActivityState::planned);
    CHECK(desk.activities.get(off).result.empty());
}

TEST_CASE("ACT-02 another's activity is completed only with the right to change it") {
    auto desk = test::desk();
    const auto id = desk.activities.plan(call(test::acme(desk))).head.id;
    Activities of_petru(desk.petru);
    CHECK_THROWS_AS(of_petru.complete(id, "not mine"), NotFound);
    Rights(desk.ion).share(id, desk.petru.user());
    CHECK_THROWS_AS(of_petru.complete(id, "not mine"), Denied);
    Rights(desk.ion).share(id, desk.petru.user(), "change");
    CHECK(of_petru.complete(id, "for a friend").state == ActivityState::completed);
}

TEST_CASE(
    "ACT-03 sub-activities hang at any depth, parents before children, and never in a circle") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto below = [&](Id<Activity> parent, const char* subject, Time start) {
        auto activity = call({}, subject, start);
        activity.parent = parent;
        return Id<Activity>(desk.activities.plan(activity).head.id);
    };
    const Id<Activity> top = desk.activities.plan(call(acme, "Top")).head.id;
    const auto late = below(top, "Late", test::friday);
    below(late, "Detail", test::monday);
    below(top, "Early", test::monday);
    CHECK(subjects(desk.activities.subtree(top)) == Strings{"Early", "Late", "Detail"});
    CHECK(subjects(desk.activities.subtree(late)) == Strings{"Detail"});

    const auto circle = test::refusal([&] {
        desk.activities.change(top, any_version, {{"parent_id", late.value()}});
    });
    CHECK(circle.starts_with("activity.parent_id: "));
    CHECK(circle.find(std::to_string(late.value())) != std::string::npos);
    CHECK(refused_field([&] {
              desk.activities.change(top, any_version, {{"parent_id", top.value()}});
          }) == "activity.parent_id");
    CHECK(refused_field([&] {
              desk.ion.write("both", [&](Work&) {
                  const auto a = desk.activities.plan(call(acme, "A")).head.id;
                  const auto b = below(a, "B", test::monday);
                  desk.activities.change(a, any_version, {{"parent_id", b.value()}});
              });
          }) == "activity.parent_id");
    CHECK_THROWS_AS(desk.activities.remove(top), Conflict);
    CHECK(desk.activities.subtree(top).size() == 3);
}

TEST_CASE("ACT-04 completing a visit plans the call that follows, and both stand in one chain") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto contact = desk.contacts.add({.last_name = "Popa"}).head.id;
    auto demo = call(acme, "Demo");
    demo.contact = contact;
    const auto visit = desk.activities.plan(demo);
    desk.activities.complete(visit.head.id, "liked it",
                             Plan{.subject = "Call back", .start = test::friday});

    const auto chain = desk.activities.chain(visit.head.id);
    REQUIRE(subjects(chain) == Strings{"Demo", "Call back"});
    CHECK(chain[1].kind == "call");
    CHECK(chain[1].party == acme);
    CHECK(chain[1].contact == contact);
    CHECK(chain[1].state == ActivityState::planned);
    CHECK(chain[1].head.created_in == chain[0].head.changed_in);
    CHECK_THROWS_AS(desk.activities.complete(visit.head.id, "again"), Conflict);
    CHECK(desk.activities.chain(visit.head.id).size() == 2);
}

TEST_CASE("ACT-04 a plan that is refused leaves the activity open") {
    auto desk = test::desk();
    const auto visit = desk.activities.plan(call(test::acme(desk))).head.id;
    CHECK(refused_field([&] {
              desk.activities.complete(visit, "fine", Plan{.start = test::friday});
          }) == "activity.subject");
    CHECK(desk.activities.get(visit).state == ActivityState::planned);
}

TEST_CASE("ACT-04 the chain is read whole and in order from any member, branches included") {
    auto desk = test::desk();
    const auto first = desk.activities.plan(call(test::acme(desk), "1")).head.id;
    const auto second =
        desk.activities.follow_up(first, {.subject = "2", .start = test::friday}).head.id;
    const auto third =
        desk.activities.follow_up(second, {.subject = "3", .start = test::monday}).head.id;
    const auto branch =
        desk.activities.follow_up(first, {.subject = "2b", .start = test::friday + test::day})
            .head.id;
    for (const auto member : {first, second, third, branch})
        CHECK(subjects(desk.activities.chain(member)) == Strings{"1", "2", "2b", "3"});
    CHECK_THROWS_AS(desk.activities.chain(Ref::make(23, 999)), NotFound);
}

TEST_CASE("ACT-04 a circle of follow-ups is refused") {
    auto desk = test::desk();
    const auto first = desk.activities.plan(call(test::acme(desk), "1")).head.id;
    const auto second =
        desk.activities.follow_up(first, {.subject = "2", .start = test::friday}).head.id;
    const auto third =
        desk.activities.follow_up(second, {.subject = "3", .start = test::friday}).head.id;
    const auto text = test::refusal([&] {
        desk.activities.change(first, any_version, {{"follow_up_of_id", third.value()}});
    });
    CHECK(text.starts_with("activity.follow_up_of_id: "));
    CHECK(text.ends_with(std::to_string(third.value()) + " hangs on " +
                         std::to_string(first.value()) + " already"));
    CHECK(desk.activities.chain(third).size() == 3);
}

TEST_CASE("ACT-04 a hidden member cuts the chain; removing one clears the reference of the next") {
    auto desk = test::desk();
    const auto first = desk.activities.plan(call(test::acme(desk), "1")).head.id;
    const auto second =
        desk.activities.follow_up(first, {.subject = "2", .start = test::friday}).head.id;
    const auto third =
        desk.activities.follow_up(second, {.subject = "3", .start = test::friday}).head.id;
    const auto fourth =
        desk.activities.follow_up(third, {.subject = "4", .start = test::friday}).head.id;
    for (const auto id : {first, third, fourth}) Rights(desk.ion).share(id, desk.petru.user());
    Activities of_petru(desk.petru);
    CHECK(subjects(of_petru.chain(first)) == Strings{"1"});
    CHECK(subjects(of_petru.chain(fourth)) == Strings{"3", "4"});
    CHECK_FALSE(of_petru.get(third).follow_up_of);

    desk.activities.remove(second);
    CHECK_FALSE(desk.activities.get(third).follow_up_of);
    CHECK(subjects(desk.activities.chain(fourth)) == Strings{"3", "4"});
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(subjects(desk.activities.chain(fourth)) == Strings{"1", "2", "3", "4"});
}

TEST_CASE("ACT-06 the result recorded on completion stays in the chronicle") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto id = desk.activities.plan(call(acme, "Visit")).head.id;
    desk.activities.complete(id, {.result = "ordered two",
                                  .questions = "delivery",
                                  .problems = "price",
                                  .next_contact_on = Date(2026, 3, 20),
                                  .end = test::monday + test::hour});
    const auto chronicle = desk.activities.chronicle(acme);
    REQUIRE(chronicle.rows.size() == 1);
    CHECK(chronicle.rows[0].result == "ordered two");
    CHECK(chronicle.rows[0].questions == "delivery");
    CHECK(chronicle.rows[0].problems == "price");
    CHECK(chronicle.rows[0].next_contact_on == Date(2026, 3, 20));
    CHECK(chronicle.rows[0].end == test::monday + test::hour);
}

TEST_CASE("ACT-06 done before its time, an activity does not end before it starts") {
    auto desk = test::desk();
    const auto id = desk.activities.plan(call(test::acme(desk), "Visit", test::friday)).head.id;
    const auto done = desk.activities.complete(id, "earlier than planned");
    CHECK(done.end == test::friday);
    CHECK(done.completed_at == test::monday);
}

TEST_CASE(
    "ACT-16 the chronicle of a party is one stream, newest first, or one by kind, stage and "
    "direction") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto report = [&](const char* kind, const char* stage, const char* direction, int days) {
        desk.activities.report({.subject = std::string(kind) + std::to_string(days),
                                .kind = kind,
                                .stage = stage,
                                .direction = direction,
                                .party = acme,
                                .start = test::monday - days * test::day});
    };
    report("call", "first_contact", "outbound", 9);
    report("meeting", "presentation", "outbound", 7);
    report("call", "offer", "inbound", 5);
    report("letter", "offer", "outbound", 3);
    desk.activities.plan(call(acme, "planned", test::friday));
    desk.activities.cancel(desk.activities.plan(call(acme, "cancelled")).head.id);
    desk.activities.report(call(desk.parties.add({.name = "Other"}).head.id, "elsewhere"));

    const auto chronicle = [&](ChronicleQuery query) {
        return subjects(desk.activities.chronicle(acme, query).rows);
    };
    CHECK(chronicle({}) == Strings{"letter3", "call5", "meeting7", "call9"});
    CHECK(chronicle({.kind = "call"}) == Strings{"call5", "call9"});
    CHECK(chronicle({.stage = "offer"}) == Strings{"letter3", "call5"});
    CHECK(chronicle({.direction = "outbound"}) == Strings{"letter3", "meeting7", "call9"});
    CHECK(chronicle({.kind = "call", .direction = "inbound"}) == Strings{"call5"});
    CHECK(chronicle({.planned_too = true}).front() == "planned");
    CHECK(chronicle({.planned_too = true}).size() == 5);

    ChronicleQuery query{.limit = 3};
    const auto first = desk.activities.chronicle(acme, query);
    CHECK(subjects(first.rows) == Strings{"letter3", "call5", "meeting7"});
    query.after = first.next;
    const auto last = desk.activities.chronicle(acme, query);
    CHECK(subjects(last.rows) == Strings{"call9"});
    CHECK(last.next.empty());
    CHECK(refused_field([&] { chronicle({.limit = 1'001}); }) == "query.limit");
    CHECK(refused_field([&] { chronicle({.after = "12"}); }) == "query.after");
}

TEST_CASE("ACT-16 who sees a party does not thereby see its activities") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    desk.activities.report(call(acme, "ours"));
    Rights(desk.ion).share(acme, desk.petru.user());
    Activities of_petru(desk.petru);
    of_petru.report(call(acme, "theirs"));
    CHECK(subjects(of_petru.chronicle(acme).rows) == Strings{"theirs"});
    CHECK(subjects(desk.activities.chronicle(acme).rows) == Strings{"ours"});
}
