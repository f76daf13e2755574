#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "support/desk.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace ::test;

namespace {

using Texts = std::vector<std::string>;

Time at(std::string_view text) { return parse_time(text); }
Value stored(Time time) { return Value{std::int64_t{time.time_since_epoch().count()}}; }

Texts texts(const std::vector<Time>& times) {
    Texts texts;
    for (const Time time : times) texts.push_back(to_text(time));
    return texts;
}

/// Every activity of the file as it is, but for versions and commands.
std::map<std::int64_t, std::string> everything(Session& session) {
    std::map<std::int64_t, std::string> all;
    for (Activity& each : Activities(session).list({.limit = 1'000, .bodies = true}).rows) {
        each.head.version = 0;
        each.head.changed_in = {};
        all[each.head.id.value()] = to_json(kind_of<Activity>(), &each).dump();
    }
    return all;
}

/// Runs one command and turns it back: all is as it was, and again after a redo and an undo.
template <class Body>
void check_undo(Session& session, const Body& body) {
    const auto before = everything(session);
    body();
    const auto after = everything(session);
    const auto undone = session.undo(session.commands(1).front().id);
    CHECK(everything(session) == before);
    session.undo(undone.id);
    CHECK(everything(session) == after);
}

/// A seller with a weekly meeting on Mondays at 10:00 in Chișinău, from 2 March 2026 on.
struct Weekly {
    Desk desk;
    Series series{desk.ion};
    Id<Party> acme = ::test::acme(desk);
    Id<Activity> id = plan("FREQ=WEEKLY");

    Id<Activity> plan(std::string_view recurrence) {
        return desk.activities
            .plan({.subject = "Stand-up",
                   .kind = "meeting",
                   .party = acme,
                   .start = monday,
                   .end = monday + hour,
                   .zone = "Europe/Chisinau",
                   .description = "as always",
                   .recurrence = Recurrence::parse(recurrence)})
            .head.id;
    }
    Texts times(Id<Activity> of, int days = 34) {
        return texts(series.times(of, monday, monday + day * days));
    }
    Activity master(Id<Activity> of) { return desk.activities.get(of); }
};

const Time second = at("2026-03-09T08:00:00Z"), third = at("2026-03-16T08:00:00Z"),
           fifth = at("2026-03-30T07:00:00Z");  // the clocks went forward on 29 March

}  // namespace

TEST_CASE("ACT-15 a series is one planned activity, and takes place at its hour all year round") {
    Weekly weekly;
    CHECK(weekly.times(weekly.id) == Texts{"2026-03-02T08:00:00Z", "2026-03-09T08:00:00Z",
                                           "2026-03-16T08:00:00Z", "2026-03-23T08:00:00Z",
                                           "2026-03-30T07:00:00Z"});
    const Activity master = weekly.master(weekly.id);
    CHECK(master.recurrence.text() == "RRULE:FREQ=WEEKLY");
    CHECK(master.state == ActivityState::planned);
    CHECK_FALSE(master.recurs_until);
    CHECK(weekly.master(weekly.plan("FREQ=WEEKLY;COUNT=5")).recurs_until == fifth + hour);
    CHECK(weekly.master(weekly.plan("FREQ=DAILY;UNTIL=20260304")).recurs_until ==
          monday + 2 * day + hour);

    const Activity one = weekly.series.occurrence(weekly.id, fifth);
    CHECK_FALSE(one.head.id);
    CHECK(one.start == fifth);
    CHECK(one.end == fifth + hour);
    CHECK(one.series == weekly.id);
    CHECK(one.description == "as always");
    CHECK_FALSE(one.recurs_until);
    CHECK(refused_field([&] { weekly.series.occurrence(weekly.id, friday); }) ==
          "activity.recurrence_id");
    const auto once = weekly.desk.activities.plan(call(weekly.acme)).head.id;
    CHECK(refused_field([&] { weekly.series.occurrence(once, monday); }) == "activity.recurrence");
    CHECK(weekly.desk.activities.list({.where = !field("recurrence").is_null()}).rows.size() == 3);
}

TEST_CASE("ACT-15 the last of the month does not drift, and days that a month lacks are left out") {
    Weekly weekly;
    weekly.desk.activities.change(weekly.id, any_version,
                                  {{"start_at", stored(at("2026-01-31T08:00:00Z"))},
                                   {"end_at", Value{}},
                                   {"recurrence", std::string_view{"FREQ=MONTHLY;BYMONTHDAY=-1"}}});
    const auto times = [&] {
        return texts(
            weekly.series.times(weekly.id, at("2026-01-01T00:00:00Z"), at("2026-06-01T00:00:00Z")));
    };
    CHECK(times() == Texts{"2026-01-31T08:00:00Z", "2026-02-28T08:00:00Z", "2026-03-31T07:00:00Z",
                           "2026-04-30T07:00:00Z", "2026-05-31T07:00:00Z"});
    weekly.desk.activities.change(weekly.id, any_version,
                                  {{"recurrence", std::string_view{"FREQ=MONTHLY"}}});
    CHECK(times() == Texts{"2026-01-31T08:00:00Z", "2026-03-31T07:00:00Z", "2026-05-31T07:00:00Z"});
}

TEST_CASE(
    "ACT-15 what recurs has a zone, a whole second, a rule that is one, and no end of its own") {
    Weekly weekly;
    auto& activities = weekly.desk.activities;
    const auto refused = [&](Activity activity, std::string_view rule) {
        activity.subject = "S", activity.kind = "meeting";
        if (activity.start == Time{}) activity.start = monday;
        activity.recurrence = Recurrence::parse(rule);
        return refused_field([&] { activities.add(activity); });
    };
    CHECK(refused({}, "FREQ=DAILY") == "activity.zone");
    CHECK(refused({.start = monday + std::chrono::milliseconds{1}, .zone = "UTC"}, "FREQ=DAILY") ==
          "activity.start_at");
    CHECK(refused({.state = ActivityState::completed, .zone = "UTC"}, "FREQ=DAILY") ==
          "activity.state");
    CHECK(refused({.zone = "UTC"}, "RDATE:20260101T100000Z") == "activity.recurrence");
    CHECK(refusal([&] {
              activities.change(weekly.id, any_version,
                                {{"recurrence", std::string_view{"FREQ=WEEKLY;INTERVAL=0"}}});
          }).starts_with("activity.recurrence: INTERVAL"));
    CHECK(refused_field([&] { activities.complete(weekly.id, "done"); }) == "activity.state");
    CHECK(activities.cancel(weekly.id).state == ActivityState::cancelled);
    CHECK(refused_field([&] {
              activities.add(
                  {.subject = "S", .kind = "meeting", .start = monday, .recurrence_id = monday});
          }) == "activity.series_id");
}

TEST_CASE(
    "ACT-15 an occurrence is completed, cancelled, moved or given away, and the series goes on") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    check_undo(desk.ion, [&] {
        const Activity done =
            series.complete(id, monday, Report{.result = "agreed", .end = monday + 2 * hour},
                            Plan{.subject = "Send the minutes", .kind = "letter", .start = friday});
        CHECK(done.state == ActivityState::completed);
        CHECK(done.series == id);
        CHECK(done.recurrence_id == monday);
        CHECK(done.party == acme);
        CHECK(done.head.owner == desk.ion.user());
        CHECK(subjects(desk.activities.chain(done.head.id)) ==
              Texts{"Stand-up", "Send the minutes"});
    });
    check_undo(desk.ion, [&] { series.cancel(id, second, "holiday"); });
    check_undo(desk.ion, [&] {
        const Activity moved =
            series.change(id, third, {{"start_at", stored(third + day)}, {"end_at", Value{}}});
        CHECK(moved.start == third + day);
        CHECK(moved.recurrence_id == third);
    });
    check_undo(desk.ion, [&] { CHECK(series.start(id, fifth).state == ActivityState::started); });
    CHECK(series.occurrence(id, third).start == third + day);
    CHECK(series.touched(id).size() == 4);
    CHECK(series.occurrence(id, second).state == ActivityState::cancelled);
    CHECK(weekly.master(id).state == ActivityState::planned);
    CHECK(weekly.master(id).head.version == 1);  // untouched
    CHECK_THROWS_AS(series.complete(id, second, Report{}), Conflict);
    CHECK(series.change(id, third).head.id == series.occurrence(id, third).head.id);
    CHECK(refused_field([&] { series.cancel(id, friday); }) == "activity.recurrence_id");
    CHECK(desk.ana.undo(desk.ana.commands(1).front().id).undo_of != CommandId{});
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("ACT-15 an occurrence has one activity, by whatever path it is made") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    Activity own{.subject = "S", .kind = "meeting", .start = friday, .series = id};
    CHECK(refused_field([&] { desk.activities.add(own); }) == "activity.recurrence_id");
    own.recurrence_id = friday;
    CHECK(refused_field([&] { desk.activities.add(own); }) == "activity.recurrence_id");
    own.recurrence_id = second;
    desk.activities.add(own);
    CHECK_THROWS_AS(desk.activities.add(own), Conflict);
    CHECK(series.occurrence(id, second).start == friday);
    CHECK_THROWS_AS(series.skip(id, second), Conflict);
    const auto once = desk.activities.plan(call(acme)).head.id;
    own.series = once, own.recurrence_id = monday;
    CHECK(refused_field([&] { desk.activities.add(own); }) == "activity.series_id");
    // It is fixed to what it stands for.
    const auto touched = series.occurrence(id, second).head.id;
    CHECK(refused_field([&] {
              desk.activities.change(touched, any_version, {{"recurrence_id", stored(third)}});
          }) == "activity.recurrence_id");
    CHECK(refused_field([&] {
              desk.activities.change(touched, any_version,
                                     {{"recurrence", std::string_view{"FREQ=DAILY"}}});
          }).starts_with("activity."));
}

TEST_CASE("ACT-15 a skipped occurrence is as if it had never been planned") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    check_undo(desk.ion, [&] {
        CHECK(series.skip(id, fifth).recurrence.text() ==
              "RRULE:FREQ=WEEKLY\nEXDATE:20260330T100000");
    });
    CHECK(weekly.times(id).size() == 4);
    CHECK(refused_field([&] { series.complete(id, fifth, Report{}); }) == "activity.recurrence_id");
}

TEST_CASE(
    "ACT-15 all of a series moves by the clock on the wall, with what was touched or left out") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    series.skip(id, second);
    series.cancel(id, third);
    series.complete(id, fifth, Report{.result = "agreed", .end = fifth + hour});
    check_undo(desk.ion, [&] {  // to Tuesday, 15:30
        desk.activities.change(id, any_version,
                               {{"start_at", stored(at("2026-03-03T13:30:00Z"))},
                                {"end_at", stored(at("2026-03-03T14:30:00Z"))}});
    });
    CHECK(weekly.master(id).recurrence.text() == "RRULE:FREQ=WEEKLY\nEXDATE:20260310T153000");
    CHECK(weekly.times(id) == Texts{"2026-03-03T13:30:00Z", "2026-03-17T13:30:00Z",
                                    "2026-03-24T13:30:00Z", "2026-03-31T12:30:00Z"});
    CHECK(series.occurrence(id, at("2026-03-17T13:30:00Z")).state == ActivityState::cancelled);
    const Activity done = series.occurrence(id, at("2026-03-31T12:30:00Z"));
    CHECK(done.result == "agreed");
    CHECK(done.start == fifth);  // when it was held does not move
    // Another zone: the same wall time there.
    desk.activities.change(id, any_version,
                           {{"zone", std::string_view{"America/New_York"}},
                            {"start_at", stored(at("2026-03-03T20:30:00Z"))},
                            {"end_at", Value{}}});
    CHECK(weekly.times(id).at(1) == "2026-03-17T19:30:00Z");  // on summer time since 8 March
    CHECK(series.occurrence(id, at("2026-03-17T19:30:00Z")).state == ActivityState::cancelled);
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("ACT-15 neighbours may step into each other's place when a series moves by a day") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    const auto daily = weekly.plan("FREQ=DAILY");
    for (int i = 0; i < 5; ++i) series.cancel(daily, monday + day * i);
    for (const int by : {1, -1})
        check_undo(desk.ion, [&] {
            const Time start = weekly.master(daily).start + day * by;
            desk.activities.change(daily, any_version,
                                   {{"start_at", stored(start)}, {"end_at", stored(start + hour)}});
        });
    CHECK(series.touched(daily).size() == 5);
}

TEST_CASE("ACT-15 an undo does not take away the time of an occurrence that was touched since") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    desk.activities.change(id, any_version,
                           {{"start_at", stored(monday + hour)}, {"end_at", Value{}}});
    const auto moved = desk.ion.commands(1).front().id;
    series.cancel(id, second + hour);
    const auto cancelled = desk.ion.commands(1).front().id;
    CHECK_THROWS_AS(desk.ion.undo(moved), Conflict);
    desk.ion.undo(cancelled);
    desk.ion.undo(moved);
    CHECK(weekly.times(id).front() == "2026-03-02T08:00:00Z");
    // Nor does a series stop to be one while it has such.
    series.cancel(id, second);
    CHECK_THROWS_AS(desk.activities.change(id, any_version, {{"recurrence", Value{}}}), Conflict);
    desk.activities.remove(series.occurrence(id, second).head.id);
    CHECK(desk.activities.change(id, any_version, {{"recurrence", Value{}}}).recurrence.text() ==
          "");
}

TEST_CASE("ACT-15 this and all that follow become a series of their own") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    const auto limited = weekly.plan("FREQ=WEEKLY;COUNT=5");
    series.skip(limited, second);
    series.cancel(limited, monday);
    series.complete(limited, fifth, Report{.result = "agreed"});
    Activity later;
    check_undo(desk.ion, [&] {
        later = series.change_following(limited, third,
                                        {{"start_at", stored(third + hour)},
                                         {"end_at", stored(third + 2 * hour)},
                                         {"subject", std::string_view{"Later"}}});
    });
    CHECK(weekly.times(limited) == Texts{"2026-03-02T08:00:00Z"});
    CHECK(weekly.master(limited).recurrence.text() ==
          "RRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:20260309T100000");
    CHECK(later.recurrence.text() == "RRULE:FREQ=WEEKLY;COUNT=3");
    CHECK(weekly.times(later.head.id) ==
          Texts{"2026-03-16T09:00:00Z", "2026-03-23T09:00:00Z", "2026-03-30T08:00:00Z"});
    CHECK(series.touched(limited).size() == 1);
    REQUIRE(series.touched(later.head.id).size() == 1);
    CHECK(series.occurrence(later.head.id, fifth + hour).result == "agreed");
    CHECK(later.description == "as always");
    CHECK(later.head.owner == desk.ion.user());

    // Without COUNT: by UNTIL. On the first occurrence it is the whole series.
    const Activity rest = series.change_following(id, third, {});
    CHECK(weekly.master(id).recurrence.text() == "RRULE:FREQ=WEEKLY;UNTIL=20260316T075959Z");
    CHECK(weekly.times(rest.head.id).size() == 3);
    CHECK(series.change_following(id, monday, {{"subject", std::string_view{"All"}}}).head.id ==
          id);
    CHECK(weekly.master(id).subject == "All");
    // An RDATE is no place from which a rule goes on.
    const auto mixed = weekly.plan("FREQ=WEEKLY\nRDATE:20260311T100000");
    CHECK(refused_field([&] { series.change_following(mixed, at("2026-03-11T08:00:00Z"), {}); }) ==
          "recurrence.");
    const auto dates = weekly.plan("RDATE:20260311T100000,20260312T100000");
    const auto last = series.change_following(dates, at("2026-03-12T08:00:00Z"), {});
    CHECK(weekly.times(dates).size() == 2);
    CHECK(weekly.times(last.head.id) == Texts{"2026-03-12T08:00:00Z"});
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("ACT-15 ACT-08 who takes part in a series takes part in what comes of it") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    Participants participants(desk.ion);
    const auto maria = desk.contacts.add({.last_name = "Maria"}).head.id;
    const auto group = Records<UserGroup>(desk.ana).add({.name = "Watchers"}).head.id;
    participants.invite(id, desk.petru.user(), ParticipantRole::chair);
    participants.invite(id, maria, ParticipantRole::optional);
    Rights(desk.ana).share(id, group, "read");
    Participants(desk.petru).accept(id);
    Notices(desk.petru).take();

    const auto check_same = [&](Id<Activity> activity) {
        const auto of = participants.of(activity);
        REQUIRE(of.size() == 2);
        CHECK(of[0].user == desk.petru.user());
        CHECK(of[0].role == ParticipantRole::chair);
        CHECK(of[0].acceptance == Acceptance::accepted);
        CHECK(of[1].contact == maria);
        CHECK(of[1].role == ParticipantRole::optional);
        CHECK(of[1].acceptance == Acceptance::needs_action);
        CHECK(desk.petru.find(activity));
    };
    Id<Activity> own, later;
    check_undo(desk.ion, [&] { own = series.cancel(id, monday).head.id; });
    check_same(own);
    check_undo(desk.ion, [&] { later = series.change_following(id, third, {}).head.id; });
    check_same(later);
    check_same(series.change(later, fifth).head.id);
    const auto shares =
        Records<Share>(desk.ana).list({.where = field("record_id") == later.value()});
    CHECK(shares.rows.size() == 2);
    CHECK(Notices(desk.petru).take().empty());
    // It is the occurrence's own: who takes part in that no more does so in the others.
    participants.remove(participants.of(own)[0].head.id);
    CHECK_FALSE(desk.petru.find(own));
    CHECK(desk.petru.find(id));
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("ACT-15 a series ends before an occurrence, and what was touched stays") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    series.complete(id, fifth, Report{.result = "agreed"});
    check_undo(desk.ion, [&] { series.end_before(id, third); });
    CHECK(weekly.times(id).size() == 2);
    CHECK(weekly.master(id).recurs_until == second + hour);
    CHECK(series.touched(id).size() == 1);
    CHECK(refused_field([&] { series.end_before(id, monday); }) == "activity.recurrence_id");
}

TEST_CASE(
    "ACT-15 a series with touched occurrences is not removed; without, it goes and comes back") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    series.complete(id, monday, Report{.result = "agreed"});
    CHECK_THROWS_AS(desk.activities.remove(id), Conflict);
    desk.activities.remove(series.occurrence(id, monday).head.id);
    check_undo(desk.ion, [&] { desk.activities.remove(id); });
}

TEST_CASE("ACT-15 who may change a series may touch its occurrences, and nobody else") {
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    Rights rights(desk.ana);
    Series of_petru(desk.petru), of_ana(desk.ana);
    CHECK_THROWS_AS(of_petru.cancel(id, monday), NotFound);
    CHECK_THROWS_AS(of_petru.touched(id), NotFound);
    rights.grant(desk.petru.user(), "activity", "read", "all");
    CHECK(of_petru.occurrence(id, monday).subject == "Stand-up");
    CHECK_FALSE(of_petru.occurrence(id, monday).party);  // which he does not see
    CHECK_THROWS_AS(of_petru.cancel(id, monday), Denied);
    CHECK_THROWS_AS(of_petru.skip(id, monday), Denied);
    CHECK_THROWS_AS(of_petru.change_following(id, second, {}), Denied);
    CHECK_THROWS_AS(Activities(desk.petru)
                        .add({.subject = "Mine",
                              .kind = "call",
                              .start = monday,
                              .series = id,
                              .recurrence_id = monday}),
                    Denied);
    CHECK(everything(desk.ana).size() == 1);
    // The right to change is enough: what comes of it is still Ion's, with all that Petru does not
    // see.
    rights.grant(desk.petru.user(), "activity", "change", "all");
    const Activity cancelled = of_petru.cancel(id, monday);
    CHECK(cancelled.head.owner == desk.ion.user());
    CHECK(desk.activities.get(cancelled.head.id).party == acme);
    CHECK_THROWS_AS(of_petru.change(id, second, {{"owner_id", Value{desk.petru.user().value()}}}),
                    Denied);
    CHECK(series.touched(id).size() == 1);
    // An occurrence that was given to somebody whose work one does not see.
    of_ana.change(id, second, {{"owner_id", Value{desk.ana.user().value()}}});
    CHECK(series.touched(id).size() == 1);
    CHECK_THROWS_AS(series.cancel(id, second), Conflict);
    CHECK_FALSE(series.occurrence(id, second).head.id);
}

TEST_CASE("ACT-15 a series divided anywhere takes place when it did") {
    const auto seed = crm::test::seed();
    CAPTURE(seed);
    crm::test::Random random(seed);
    const Texts zones{"Europe/Bucharest", "Europe/Kyiv", "Europe/Moscow", "America/New_York"},
        rules{"FREQ=DAILY",
              "FREQ=DAILY;INTERVAL=3;COUNT=40",
              "FREQ=WEEKLY;BYDAY=MO,TH",
              "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,WE;COUNT=30",
              "FREQ=MONTHLY;BYMONTHDAY=-1",
              "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
              "FREQ=DAILY;UNTIL=20261120\nEXDATE;VALUE=DATE:20261101\nRDATE:20261201T100000",
              "FREQ=HOURLY;INTERVAL=7;COUNT=200"};
    Weekly weekly;
    auto& [desk, series, acme, id] = weekly;
    const auto any = [&](const Texts& of) {
        return of[crm::test::between(random, 0, of.size() - 1)];
    };
    int divided = 0;
    for (int i = 0; i < 60; ++i) {
        const Time start = at("2026-02-01T00:00:00Z") +
                           hour * static_cast<int>(crm::test::between(random, 0, 24 * 250));
        const Activity master = desk.activities.plan({.subject = "S",
                                                      .kind = "meeting",
                                                      .start = start,
                                                      .zone = any(zones),
                                                      .recurrence = Recurrence::parse(any(rules))});
        const auto of = [&](Id<Activity> each) {
            return series.times(each, start, start + day * 500);
        };
        const auto all = of(master.head.id);
        if (all.size() < 3) continue;
        const Time where = all[crm::test::between(random, 1, all.size() - 1)];
        CAPTURE(to_text(start) + " " + master.zone + " " + master.recurrence.text());
        CAPTURE(to_text(where));
        try {
            const Activity later = series.change_following(master.head.id, where, {});
            auto both = of(master.head.id);
            const auto rest = of(later.head.id);
            both.insert(both.end(), rest.begin(), rest.end());
            CHECK(texts(both) == texts(all));
            ++divided;
        } catch (const Invalid& refused) {
            CHECK(refused.kind == "recurrence");  // where clocks moved it, or an RDATE
        }
    }
    CHECK(divided > 30);
}
