#include <doctest/doctest.h>

#include <algorithm>

#include "rights/raw_file.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace ::test;
using std::chrono::minutes;

namespace {

using Texts = std::vector<std::string>;
using Random = crm::test::Random;
using crm::test::between;

Time at(std::string_view text) { return parse_time(text); }
Value stored(Time time) { return Value{std::int64_t{time.time_since_epoch().count()}}; }

const Zone chisinau{"Europe/Chisinau"};
const Date first_day(2026, 3, 2);  // a Monday

/// "subject start/end", by the clock of UTC.
std::string line(const CalendarEntry& entry) {
    return entry.subject + " " + to_text(entry.start) + "/" + to_text(entry.end);
}
Texts lines(const Agenda& agenda) {
    Texts lines;
    for (const auto& entry : agenda.entries) lines.push_back(line(entry));
    return lines;
}
Texts lines(const std::vector<TimeRange>& ranges) {
    Texts lines;
    for (const auto& range : ranges)
        lines.push_back(to_text(range.start) + "/" + to_text(range.end));
    return lines;
}
Texts subjects(const Agenda& agenda) {
    Texts subjects;
    for (const auto& entry : agenda.entries) subjects.push_back(entry.subject);
    return subjects;
}

struct Week {
    Desk desk;
    Calendar calendar{desk.ion};
    Id<Party> acme = ::test::acme(desk);

    Activity plan(std::string subject, Time start, std::optional<Time> end = {},
                  std::string_view recurrence = {}) {
        return desk.activities.plan({.subject = std::move(subject),
                                     .kind = "meeting",
                                     .status = "",
                                     .party = acme,
                                     .start = start,
                                     .end = end,
                                     .zone = "Europe/Chisinau",
                                     .recurrence = Recurrence::parse(recurrence)});
    }
    Agenda of(const TimeRange& window, const AgendaOptions& options = {}) {
        return calendar.agenda({}, window, options);
    }
};

}  // namespace

TEST_CASE("ACT-11 a day is 00:00 to 24:00 of its zone, a week Monday to Sunday, a month its days") {
    CHECK(lines({day_of(first_day, chisinau), week_of(Date(2026, 3, 8), chisinau),
                 month_of(first_day, chisinau)}) ==
          Texts{"2026-03-01T22:00:00Z/2026-03-02T22:00:00Z",
                "2026-03-01T22:00:00Z/2026-03-08T22:00:00Z",
                "2026-02-28T22:00:00Z/2026-03-31T21:00:00Z"});
    const auto hours_of = [](const char* zone, const Date& date) {
        return day_of(date, Zone{zone}).length() / hour;
    };
    CHECK(hours_of("Europe/Bucharest", Date(2026, 3, 29)) == 23);
    CHECK(hours_of("Europe/Bucharest", Date(2026, 10, 25)) == 25);
    CHECK(hours_of("Europe/Kyiv", Date(2026, 3, 29)) == 23);
    CHECK(hours_of("Europe/Moscow", Date(2011, 3, 27)) == 23);  // for good
    CHECK(hours_of("Europe/Moscow", Date(2011, 10, 30)) == 24);
    CHECK(hours_of("Europe/Moscow", Date(2014, 10, 26)) == 25);
    CHECK(hours_of("America/New_York", Date(2026, 11, 1)) == 25);
    CHECK(week_of(Date(2026, 3, 25), chisinau).length() == 7 * day - hour);
}

TEST_CASE("ACT-11 an agenda has what overlaps its window, by start, with all it takes to show it") {
    Week week;
    week.plan("late", monday + 3 * hour, monday + 4 * hour);
    week.plan("point", monday);
    week.plan("over midnight", monday + 13 * hour, monday + 20 * hour);
    week.plan("yesterday", monday - 12 * hour, monday - 10 * hour);  // ends at midnight
    week.plan("fair", monday - 5 * day, monday + 2 * day);
    week.plan("long gone", monday - 9 * day, monday - 3 * day);
    week.plan("next day", monday + 14 * hour);  // at midnight
    const auto done = week.plan("done", monday + hour, monday + 2 * hour);
    week.desk.activities.complete(done.head.id, Report{.result = "ok", .end = monday + 2 * hour});
    const auto off = week.plan("off", monday + 2 * hour, monday + 3 * hour);
    week.desk.activities.cancel(off.head.id);
    const auto today = day_of(first_day, chisinau);
    week.desk.activities.plan(
        {.subject = "to-do", .kind = "task", .start = monday, .end = friday, .is_todo = true});
    CHECK(subjects(week.of(today)) == Texts{"fair", "point", "done", "late", "over midnight"});
    CHECK(subjects(week.of(today, {.cancelled_too = true})) ==
          Texts{"fair", "point", "done", "off", "late", "over midnight"});
    CHECK(subjects(week.of(day_of(Date(2026, 3, 3), chisinau))) ==
          Texts{"fair", "over midnight", "next day"});
    const auto entry = week.of(today).entries.at(2);
    CHECK(entry.activity == done.head.id);
    CHECK(entry.owner == week.desk.ion.user());
    CHECK(entry.kind == "meeting");
    CHECK(entry.state == ActivityState::completed);
    CHECK(entry.party == week.acme);
    CHECK(entry.party_name == "Acme SRL");
    CHECK(entry.zone == "Europe/Chisinau");
    CHECK_FALSE(entry.is_touched());
    CHECK(week.of({monday, monday}).entries.size() == 1);  // an instant: only "fair" is going on
}

TEST_CASE("ACT-11 the hours that a user works are marked, cut to the window") {
    Week week;
    const auto working = week.of(week_of(first_day, chisinau)).working;
    REQUIRE(working.size() == 5);
    CHECK(working[0].user == week.desk.ion.user());
    CHECK(lines({working[0].hours}) == Texts{"2026-03-02T07:00:00Z/2026-03-02T16:00:00Z"});
    CHECK(lines({week.of({monday, monday + hour}).working.at(0).hours}) ==
          Texts{"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z"});
    CHECK(week.of(week_of(first_day, chisinau), {.working_hours = false}).working.empty());
    CHECK(week.of(day_of(Date(2026, 3, 7), chisinau)).working.empty());
}

TEST_CASE(
    "ACT-11 ACT-15 occurrences stand in the calendar: those untouched, and what became of others") {
    Week week;
    const auto id = week.plan("stand-up", monday, monday + minutes{15}, "FREQ=DAILY").head.id;
    Series series(week.desk.ion);
    series.cancel(id, monday + day);
    series.change(id, monday + 2 * day,
                  {{"start_at", stored(monday + 2 * day + hour)},
                   {"end_at", stored(monday + 2 * day + 2 * hour)}});
    series.change(id, monday + 3 * day, {{"start_at", stored(monday + 30 * day)}, {"end_at", {}}});
    series.skip(id, monday + 4 * day);
    const auto window = week_of(first_day, chisinau);
    const auto agenda = week.of(window);
    CHECK(lines(agenda) == Texts{"stand-up 2026-03-02T08:00:00Z/2026-03-02T08:15:00Z",
                                 "stand-up 2026-03-04T09:00:00Z/2026-03-04T10:00:00Z",
                                 "stand-up 2026-03-07T08:00:00Z/2026-03-07T08:15:00Z",
                                 "stand-up 2026-03-08T08:00:00Z/2026-03-08T08:15:00Z"});
    CHECK(agenda.entries[0].activity == id);
    CHECK(agenda.entries[0].series == id);
    CHECK(agenda.entries[0].recurrence_id == monday);
    CHECK_FALSE(agenda.entries[0].is_touched());
    CHECK(agenda.entries[1].is_touched());
    CHECK(agenda.entries[1].series == id);
    CHECK(agenda.entries[1].recurrence_id == monday + 2 * day);
    CHECK(week.of(window, {.cancelled_too = true}).entries.size() == 5);
    // What it moved to, beside the one of that day; by then the clocks have changed.
    CHECK(lines(week.of(day_of(Date(2026, 4, 1), chisinau))) ==
          Texts{"stand-up 2026-04-01T07:00:00Z/2026-04-01T07:15:00Z",
                "stand-up 2026-04-01T08:00:00Z/2026-04-01T08:00:00Z"});
    series.end_before(id, monday + 6 * day);
    CHECK(week.of(week_of(Date(2026, 3, 9), chisinau)).entries.empty());
    week.desk.activities.cancel(id);
    CHECK(subjects(week.of(window)).size() == 1);  // the one that was moved
}

TEST_CASE("ACT-11 ACT-15 a meeting at 10:00 is at 10:00 on both sides of each change of clocks") {
    struct Change {
        const char* zone;
        Date before;
        const char *at_before, *at_after;  // of that day, and of the next
    };
    for (const Change& change : {
             Change{"Europe/Bucharest", Date(2026, 3, 28), "T08:00:00Z", "T07:00:00Z"},
             Change{"Europe/Bucharest", Date(2026, 10, 24), "T07:00:00Z", "T08:00:00Z"},
             Change{"Europe/Kyiv", Date(2026, 3, 28), "T08:00:00Z", "T07:00:00Z"},
             Change{"Europe/Kyiv", Date(2026, 10, 24), "T07:00:00Z", "T08:00:00Z"},
             Change{"Europe/Moscow", Date(2011, 3, 26), "T07:00:00Z", "T06:00:00Z"},
             Change{"Europe/Moscow", Date(2011, 10, 29), "T06:00:00Z", "T06:00:00Z"},
             Change{"Europe/Moscow", Date(2014, 10, 25), "T06:00:00Z", "T07:00:00Z"},
             Change{"America/New_York", Date(2026, 3, 7), "T15:00:00Z", "T14:00:00Z"},
             Change{"America/New_York", Date(2026, 10, 31), "T14:00:00Z", "T15:00:00Z"},
         }) {
        CAPTURE(change.zone);
        const Zone zone{change.zone};
        Week week;
        week.desk.activities.plan({.subject = "ten",
                                   .kind = "meeting",
                                   .start = zone.from_local(Date(2011, 1, 3), 10 * hour),
                                   .end = zone.from_local(Date(2011, 1, 3), 11 * hour),
                                   .zone = change.zone,
                                   .recurrence = Recurrence::parse("FREQ=DAILY")});
        const Date after = Date::from_days(change.before.days() + std::chrono::days{1});
        Texts starts;
        for (const Date& date : {change.before, after}) {
            const auto entries = week.of(day_of(date, zone)).entries;
            REQUIRE(entries.size() == 1);
            CHECK(entries[0].end - entries[0].start == hour);
            starts.push_back(to_text(entries[0].start));
        }
        CHECK(starts == Texts{std::string(change.before.text()) + change.at_before,
                              std::string(after.text()) + change.at_after});
    }
}

TEST_CASE("ACT-11 the calendars of several users, and free/busy as RFC 5545 has it") {
    Week week;
    auto& desk = week.desk;
    Rights(desk.ana).grant(desk.ion.user(), "activity", "read", "all");
    Activities(desk.petru)
        .plan({.subject = "petru's",
               .kind = "call",
               .start = monday + hour,
               .end = monday + 2 * hour});
    week.plan("one", monday, monday + hour);
    week.plan("two", monday + minutes{30}, monday + 2 * hour);
    week.plan("touching", monday + 2 * hour, monday + 3 * hour);
    week.plan("point", monday + 8 * hour);
    week.plan("from before", monday - 3 * day, monday - hour);
    const auto cancelled = week.plan("cancelled", monday + 5 * hour, monday + 6 * hour);
    desk.activities.cancel(cancelled.head.id);
    const TimeRange window{monday - 2 * hour, monday + 9 * hour};
    const std::vector users{desk.petru.user(), desk.ion.user(), desk.petru.user()};
    CHECK(subjects(week.calendar.agenda(users, window)) ==
          Texts{"from before", "one", "two", "petru's", "touching", "point"});
    const auto busy = week.calendar.free_busy(users, window);
    REQUIRE(busy.size() == 2);
    CHECK(busy[0].user == desk.petru.user());
    CHECK(lines(busy[0].busy) == Texts{"2026-03-02T09:00:00Z/2026-03-02T10:00:00Z"});
    CHECK(lines(busy[1].busy) == Texts{"2026-03-02T06:00:00Z/2026-03-02T07:00:00Z",
                                       "2026-03-02T08:00:00Z/2026-03-02T11:00:00Z"});
}

TEST_CASE("ACT-11 what a user takes part in stands in his calendar, unless he declined it") {
    Week week;
    auto& desk = week.desk;
    const Calendar of_petru(desk.petru);
    Participants by_ion(desk.ion), answers(desk.petru);
    const auto ion = desk.ion.user(), petru = desk.petru.user();
    const auto today = day_of(first_day, chisinau);
    const auto talk = week.plan("talk", monday, monday + hour).head.id;
    CHECK(of_petru.agenda({}, today).entries.empty());
    by_ion.invite(talk, petru);
    by_ion.invite(talk, ion, ParticipantRole::chair);
    auto entries = of_petru.agenda({}, today).entries;
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].user == petru);
    CHECK(entries[0].owner == ion);
    CHECK(entries[0].acceptance == Acceptance::needs_action);
    answers.accept(talk);
    CHECK(of_petru.agenda({}, today).entries.at(0).acceptance == Acceptance::accepted);
    CHECK(lines(of_petru.free_busy({}, today).at(0).busy) ==
          Texts{"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z"});
    CHECK(of_petru.find_slots({}, {.window = {monday, monday + 3 * hour}}).at(0).start ==
          monday + hour);
    // Who is responsible has it once, and one who may not know the answer sees that he takes part.
    Rights(desk.ana).hide(ion, "participant", "acceptance");
    entries = week.calendar.agenda({ion, petru}, today).entries;
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].user != entries[1].user);
    CHECK_FALSE(entries[0].acceptance);
    CHECK_FALSE(entries[1].acceptance);
    // Who sees nothing of it sees no participation either.
    const auto user = Users(desk.ana).add({.login = "dan", .unit = desk.ana.unit()});
    Session dan = desk.database.trusted_session("dan");
    CHECK(user.head.id == dan.user().ref());
    CHECK(Calendar(dan).agenda({petru}, today).entries.empty());
    answers.decline(talk);
    CHECK(of_petru.agenda({}, today).entries.empty());
    CHECK(of_petru.free_busy({}, today).at(0).busy.empty());
}

TEST_CASE("ACT-11 ACT-15 who takes part in a series does in each of its occurrences") {
    Week week;
    auto& desk = week.desk;
    const Calendar of_petru(desk.petru);
    const auto days = TimeRange{monday, monday + 3 * day};
    const auto series = week.plan("stand-up", monday, monday + hour, "FREQ=DAILY").head.id;
    Participants(desk.ion).invite(series, desk.petru.user());
    Participants(desk.petru).accept(series);
    auto entries = of_petru.agenda({}, days).entries;
    REQUIRE(entries.size() == 3);
    CHECK(entries[2].recurrence_id == monday + 2 * day);
    CHECK(entries[2].acceptance == Acceptance::accepted);
    const auto touched =
        Series(desk.ion).change(series, monday + day, {{"subject", "longer"}}).head.id;
    CHECK(subjects(of_petru.agenda({}, days)) == Texts{"stand-up", "longer", "stand-up"});
    Participants(desk.petru).decline(touched);  // this one only
    CHECK(subjects(of_petru.agenda({}, days)) == Texts{"stand-up", "stand-up"});
}

TEST_CASE("ACT-11 slots are where all are free, in working hours unless told otherwise") {
    Week week;
    auto& desk = week.desk;
    Rights(desk.ana).grant(desk.ion.user(), "activity", "read", "all");
    const std::vector users{desk.ion.user(), desk.petru.user()};
    // Ion from 09:00 to 11:10 on Monday, Petru from 12:00 to 17:30; they work from 09:00 to 18:00.
    week.plan("ion's", monday - hour, monday + minutes{70});
    Activities(desk.petru)
        .plan({.subject = "petru's",
               .kind = "call",
               .start = monday + 2 * hour,
               .end = monday + 7 * hour + minutes{30}});
    SlotQuery query{.window = week_of(first_day, chisinau), .length = minutes{30}, .limit = 4};
    CHECK(lines(week.calendar.find_slots(users, query)) ==
          Texts{"2026-03-02T09:15:00Z/2026-03-02T09:45:00Z",
                "2026-03-02T15:30:00Z/2026-03-02T16:00:00Z",
                "2026-03-03T07:00:00Z/2026-03-03T07:30:00Z",
                "2026-03-03T07:30:00Z/2026-03-03T08:00:00Z"});
    query.length = hour, query.step = minutes{60}, query.limit = 1;
    CHECK(lines(week.calendar.find_slots(users, query)) ==
          Texts{"2026-03-03T07:00:00Z/2026-03-03T08:00:00Z"});
    query.in_working_hours = false;
    CHECK(lines(week.calendar.find_slots(users, query)) ==
          Texts{"2026-03-01T22:00:00Z/2026-03-01T23:00:00Z"});
    query.length = 10 * hour, query.in_working_hours = true;
    CHECK(week.calendar.find_slots(users, query).empty());
    for (const auto& [field, bad] : {std::pair{"length", SlotQuery{.length = {}}},
                                     {"step", {.step = minutes{0}}},
                                     {"limit", {.limit = 0}}}) {
        CAPTURE(field);
        CHECK(refused_field([&] {
                  week.calendar.find_slots(users, bad);
              }).ends_with(std::string(".") + field));
    }
}

TEST_CASE("ACT-11 a calendar shows what its session sees, and the rest is absent") {
    Week week;
    auto& desk = week.desk;
    week.plan("hidden", monday, monday + hour);
    const auto id = week.plan("stand-up", monday + hour, monday + 2 * hour, "FREQ=DAILY").head.id;
    const Calendar of_petru(desk.petru);
    const std::vector ion{desk.ion.user()};
    const auto today = day_of(first_day, chisinau);
    CHECK(of_petru.agenda(ion, today).entries.empty());
    CHECK(of_petru.agenda(ion, today).working.size() == 1);  // which everybody may know
    CHECK(of_petru.free_busy(ion, today).at(0).busy.empty());
    // A share shows the one; of its party not more than before.
    Rights(desk.ana).share(id, desk.petru.user());
    auto seen = of_petru.agenda(ion, today).entries;
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].subject == "stand-up");
    CHECK_FALSE(seen[0].party);
    CHECK(seen[0].party_name.empty());
    // An occurrence that Petru does not see was given to Ana: to him the series is as it was.
    Series(desk.ana).change(id, monday + hour, {{"owner_id", Value{desk.ana.user().value()}}});
    CHECK(of_petru.agenda(ion, today).entries.size() == 1);
    CHECK(Calendar(desk.ana).agenda(ion, today).entries.size() == 1);
    // Fields that are hidden are empty; without ends nothing lasts.
    Rights(desk.ana).hide(desk.petru.user(), "activity", "subject");
    Rights(desk.ana).hide(desk.petru.user(), "activity", "end_at");
    seen = of_petru.agenda(ion, today).entries;
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].subject.empty());
    CHECK(seen[0].end == seen[0].start);
    CHECK(of_petru.free_busy(ion, today).at(0).busy.empty());
}

TEST_CASE(
    "ACT-11 a field that calendars stand on is hidden by no right, not by one of an older file") {
    Week week;
    auto& desk = week.desk;
    const auto id = week.plan("stand-up", monday, monday + hour, "FREQ=DAILY").head.id;
    Rights(desk.ana).share(id, desk.petru.user());
    CHECK_THROWS_AS(Rights(desk.ana).hide(desk.petru.user(), "activity", "zone"), Invalid);
    Rights(desk.ana).hide(desk.petru.user(), "activity", "stage");
    crm::test::rights::RawFile(desk.path()).run("UPDATE field_right SET field = 'zone'");
    Session petru = desk.database.trusted_session("petru");
    CHECK(Activities(petru).get(id).zone == "Europe/Chisinau");
    const auto seen =
        Calendar(petru).agenda({desk.ion.user()}, day_of(first_day, chisinau)).entries;
    CHECK(seen.size() == 1);
}

TEST_CASE("ACT-11 windows and users that cannot be are refused, and nothing is without bound") {
    Week week;
    const auto refused = [&](const TimeRange& window) {
        return refused_field([&] { week.of(window); });
    };
    CHECK(refused({monday, monday - hour}) == "calendar.window");
    CHECK(refused({monday, monday + 400 * day}) == "calendar.window");
    CHECK(refused(TimeRange{monday, monday + longest_calendar}) == "accepted");
    CHECK_THROWS_AS(week.calendar.agenda({Ref{week.acme.value()}}, day_of(first_day, chisinau)),
                    NotFound);
    week.plan("tick", monday, {}, "FREQ=SECONDLY");
    CHECK(week.of({monday, monday + hour}).entries.size() == 3'600);
    CHECK_THROWS_AS(week.of(week_of(first_day, chisinau)), LimitExceeded);
}

// What a calendar must have, worked out naively: every activity of the file looked at, every
// series expanded from its start, one after the other.
namespace naive {

struct Entry {
    Time start, end;
    std::int64_t activity;
    auto operator<=>(const Entry&) const = default;
};

bool is_of(Session& session, const Activity& activity, Id<User> user) {
    return activity.head.owner == user ||
           std::ranges::any_of(Participants(session).of(activity.head.id), [&](const auto& each) {
               return each.user == user && each.acceptance != Acceptance::declined;
           });
}

std::vector<Entry> entries(Session& session, Id<User> user, const TimeRange& window) {
    const auto all = Activities(session).list({.limit = 1'000}).rows;
    std::vector<Entry> found;
    const auto add = [&](const Activity& activity, Time start, Time end) {
        const bool overlaps = start < window.end && (end > window.start || start >= window.start);
        if (overlaps) found.push_back({start, end, activity.head.id.value()});
    };
    for (const Activity& each : all) {
        if (!is_of(session, each, user) || each.state == ActivityState::cancelled) continue;
        const Time end = each.end.value_or(each.start);
        if (each.recurrence.text().empty()) {
            add(each, each.start, end);
            continue;
        }
        if (each.start >= window.end) continue;
        for (const Time at : occurrences(each.recurrence, each.start, Zone{each.zone}, each.start,
                                         window.end, 10'000))
            if (std::ranges::none_of(all, [&](const Activity& other) {
                    return other.series.ref() == each.head.id && other.recurrence_id == at;
                }))
                add(each, at, at + (end - each.start));
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace naive

TEST_CASE("ACT-11 ACT-15 an agenda is what a naive look at every activity finds") {
    const auto seed = crm::test::seed();
    CAPTURE(seed);
    Random random(seed);
    const Texts zones{"Europe/Bucharest", "Europe/Kyiv", "Europe/Moscow", "America/New_York"},
        rules{"FREQ=DAILY",
              "FREQ=DAILY;COUNT=20",
              "FREQ=WEEKLY;BYDAY=MO,TH",
              "FREQ=MONTHLY;BYMONTHDAY=31",
              "FREQ=HOURLY;INTERVAL=5;UNTIL=20260601T000000Z",
              "RDATE:20261101T101500,20261206T033000",
              "FREQ=YEARLY\nEXDATE;VALUE=DATE:20260329"};
    const auto any = [&](const Texts& of) { return of[between(random, 0, of.size() - 1)]; };
    const auto some_hour = [&](std::size_t most) {
        return hour * static_cast<int>(between(random, 0, most));
    };
    const Time begin = at("2026-01-01T00:00:00Z");
    Week week;
    auto& desk = week.desk;
    Rights(desk.ana).grant(desk.ion.user(), "activity", "assign", "all");
    Rights(desk.ana).grant(desk.ion.user(), "activity", "read", "all");
    Series series(desk.ion);
    for (int i = 0; i < 120; ++i) {
        const Time start = begin + some_hour(24 * 300);
        Activity activity{.subject = "A", .kind = "meeting", .start = start, .zone = any(zones)};
        if (between(random, 0, 2) != 0) activity.end = start + some_hour(24 * 3);
        if (i % 4 == 0) activity.recurrence = Recurrence::parse(any(rules));
        const auto id = desk.activities.plan(activity).head.id;
        if (i % 3 == 0) Participants(desk.ion).invite(id, desk.petru.user());
        if (i % 9 == 0) Participants(desk.petru).decline(id);
        if (i % 4 != 0) continue;
        for (const Time time : series.times(id, start, start + 200 * day)) {
            const auto what = between(random, 0, 40);
            if (what == 0) series.cancel(id, time);
            if (what == 1)
                series.change(id, time,
                              {{"start_at", stored(time + some_hour(90))}, {"end_at", Value{}}});
            if (what == 2) series.skip(id, time);
            if (what == 3)
                series.change(id, time, {{"owner_id", Value{desk.petru.user().value()}}});
        }
    }
    for (int i = 0; i < 200; ++i) {
        const Time since = begin + some_hour(24 * 340);
        const TimeRange window{since, since + some_hour(24 * 40)};
        const auto user = between(random, 0, 3) == 0 ? desk.petru.user() : desk.ion.user();
        CAPTURE(lines({window}).front());
        std::vector<naive::Entry> found;
        for (const auto& each : week.calendar.agenda({user}, window).entries)
            found.push_back({each.start, each.end, each.activity.value()});
        std::ranges::sort(found);
        const bool same = found == naive::entries(desk.ion, user, window);
        REQUIRE(same);
    }
}
