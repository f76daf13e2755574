#include <doctest/doctest.h>

#include <csignal>
#include <map>
#include <set>
#include <sstream>

#include "support/desk.hpp"
#include "support/worker.hpp"

using namespace crm;
using namespace std::literals;
using test::refused_field;

namespace {

using test::day;
using test::hour;
using test::monday;

Id<Activity> visit(test::Desk& desk, Time start) {
    return desk.activities.plan(test::call({}, "Visit", start)).head.id;
}

/// "Visit 2026-03-02T09:00:00Z" of each that is handed out.
std::vector<std::string> taken(Session& session, int limit = 100) {
    std::vector<std::string> all;
    for (const DueReminder& due : Reminders(session).take(limit)) {
        std::string text = due.name;
        if (!due.occasion.empty()) text += " " + due.occasion;
        all.push_back(text + " " + to_text(due.event_at));
    }
    return all;
}

/// Ion's stand-up, every day at 11:30 from Monday on.
struct DailyStandUp {
    explicit DailyStandUp(test::Desk& of) : desk(of) {}

    Time at(int days) const { return monday + 90min + days * day; }
    void move(int days, Time start) const {
        series.change(id, at(days), {{"start_at", Value{start.time_since_epoch().count()}}});
    }
    /// What Ion hears when he asks every ten minutes until then.
    std::vector<std::string> heard_until(Time end) const {
        std::vector<std::string> heard;
        for (; desk.clock.now() < end; desk.clock.advance(10min))
            for (auto& text : taken(desk.ion)) heard.push_back(std::move(text));
        return heard;
    }

    test::Desk& desk;
    mutable Series series{desk.ion};
    Id<Activity> id = desk.activities
                          .plan({.subject = "Stand-up",
                                 .kind = "meeting",
                                 .start = at(0),
                                 .zone = "UTC",
                                 .recurrence = Recurrence::parse("FREQ=DAILY")})
                          .head.id;
};

void move(test::Desk& desk, Ref visit, Time start) {
    desk.ana.change(visit, any_version, {{"start_at", Value{start.time_since_epoch().count()}}});
}

}  // namespace

TEST_CASE("ACT-09 a reminder is handed out once, some time before its activity") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    const auto at_ten = visit(desk, monday + 2 * hour);
    reminders.set(at_ten, 30min, "bring the offer");
    CHECK(reminders.next_due() == monday + 90min);
    CHECK(taken(desk.ion).empty());
    desk.clock.set(monday + 90min);
    const auto due = reminders.take();
    REQUIRE(due.size() == 1);
    CHECK(due[0] == DueReminder{.reminder = reminders.of(at_ten)[0].head.id,
                                .record = at_ten,
                                .name = "Visit",
                                .due_at = monday + 90min,
                                .event_at = monday + 2 * hour,
                                .text = "bring the offer"});
    CHECK(taken(desk.ion).empty());
    CHECK_FALSE(reminders.next_due());
}

TEST_CASE("ACT-09 a reminder set late is due at once, one asked for late is still handed out") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    reminders.set(visit(desk, monday + 10min), 30min);
    CHECK(taken(desk.ion) == std::vector{"Visit 2026-03-02T08:10:00Z"s});
    reminders.set(visit(desk, monday + hour), 30min);
    desk.clock.advance(3 * day);
    CHECK(taken(desk.ion) == std::vector{"Visit 2026-03-02T09:00:00Z"s});
    reminders.set(visit(desk, monday), 30min);  // over when it was set
    CHECK_FALSE(reminders.next_due());
}

TEST_CASE(
    "ACT-09 a reminder follows its activity, is off while that is over, and undo follows too") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    const auto trip = visit(desk, monday + 2 * hour);
    reminders.set(trip, 30min);
    move(desk, trip, monday + 5 * hour);
    CHECK(reminders.next_due() == monday + 4 * hour + 30min);
    desk.ana.undo(desk.ana.commands(1).front().id);
    CHECK(reminders.next_due() == monday + 90min);
    desk.activities.cancel(trip);
    CHECK_FALSE(reminders.next_due());
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(reminders.next_due() == monday + 90min);
    desk.clock.advance(2 * hour);
    CHECK(taken(desk.ion).size() == 1);
    move(desk, trip, monday + day);
    CHECK(reminders.next_due() == monday + day - 30min);
    desk.activities.complete(trip, "early");
    CHECK_FALSE(reminders.next_due());
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("ACT-09 a reminder goes and comes back with its activity, and is not handed out again") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    const auto trip = visit(desk, monday + hour);
    reminders.set(trip, 90min);
    CHECK(taken(desk.ion).size() == 1);
    desk.ion.undo(desk.ion.commands(1).front().id);  // of the handing out
    CHECK(taken(desk.ion).empty());
    reminders.set(trip, 15min);
    desk.ion.remove(trip);
    const auto removal = desk.ion.commands(1).front().id;
    CHECK_FALSE(reminders.next_due());
    desk.ion.undo(removal);
    CHECK(reminders.of(trip).size() == 2);
    CHECK(reminders.next_due() == monday + 45min);
    desk.clock.advance(hour);
    CHECK(taken(desk.ion).size() == 1);
}

TEST_CASE("ACT-09 one put off comes again, and only one's own that was handed out can be") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    const auto reminder = reminders.set(visit(desk, monday + hour), 30min).head.id;
    CHECK_THROWS_AS(reminders.snooze(reminder, monday + hour), Conflict);
    desk.clock.advance(30min);
    CHECK(taken(desk.ion).size() == 1);
    CHECK_THROWS_AS(reminders.snooze(reminder, monday), Invalid);
    CHECK_THROWS_AS(Reminders(desk.ana).snooze(reminder, monday + day), NotFound);
    reminders.snooze(reminder, monday + 50min);
    CHECK(reminders.next_due() == monday + 50min);
    desk.clock.advance(20min);
    CHECK(taken(desk.ion) == std::vector{"Visit 2026-03-02T09:00:00Z"s});
    CHECK(taken(desk.ion).empty());
}

TEST_CASE("ACT-09 a snooze outlives what moves the schedule, and ends with what it puts off") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    const DailyStandUp daily(desk);
    const auto reminder = reminders.set(daily.id, 30min).head.id;
    desk.clock.set(monday + hour);
    CHECK(taken(desk.ion) == std::vector{"Stand-up 2026-03-02T09:30:00Z"s});
    reminders.snooze(reminder, daily.at(0) - 5min);
    daily.move(3, daily.at(4) + hour);  // schedules anew
    CHECK(reminders.next_due() == daily.at(0) - 5min);
    reminders.snooze(reminder, daily.at(0) - 2min);  // and later still
    CHECK(reminders.next_due() == daily.at(0) - 2min);
    reminders.snooze(reminder, daily.at(1));  // by then the next is due
    CHECK(reminders.next_due() == daily.at(1) - 30min);
    reminders.snooze(reminder, daily.at(0) - 2min);
    const auto cancelled = daily.series.cancel(daily.id, daily.at(0)).head.id;
    CHECK(reminders.next_due() == daily.at(1) - 30min);
    desk.activities.remove(cancelled);  // takes place by its rule again
    CHECK(reminders.next_due() == daily.at(0) - 2min);
    desk.clock.set(daily.at(0) + hour);
    CHECK(taken(desk.ion) == std::vector{"Stand-up 2026-03-02T09:30:00Z"s});
    CHECK(reminders.next_due() == daily.at(1) - 30min);
}

TEST_CASE("ACT-09 an occurrence moved past its neighbours is reminded of where it went to") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    const DailyStandUp daily(desk);
    reminders.set(daily.id, 30min);
    daily.move(0, daily.at(3) + 2 * hour);  // Monday's to Thursday
    daily.move(4, daily.at(1) + 2 * hour);  // Friday's to Tuesday
    CHECK(daily.heard_until(daily.at(5) + hour) ==
          std::vector{"Stand-up 2026-03-03T09:30:00Z"s, "Stand-up 2026-03-03T11:30:00Z"s,
                      "Stand-up 2026-03-04T09:30:00Z"s, "Stand-up 2026-03-05T09:30:00Z"s,
                      "Stand-up 2026-03-05T11:30:00Z"s, "Stand-up 2026-03-07T09:30:00Z"s});
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("ACT-09 what is done to one occurrence does not silence a moved one, nor repeat any") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    const DailyStandUp daily(desk);
    reminders.set(daily.id, 30min);
    daily.move(0, daily.at(3) + 2 * hour);
    CHECK(daily.heard_until(daily.at(1) - 10min) == std::vector{"Stand-up 2026-03-03T09:30:00Z"s});
    daily.series.complete(daily.id, daily.at(1), Report{.result = "done"});
    daily.move(2, daily.at(4) + 2 * hour);
    CHECK(daily.heard_until(daily.at(3) + hour) == std::vector{"Stand-up 2026-03-05T09:30:00Z"s});
    CHECK(daily.heard_until(daily.at(3) + 2 * hour - 1min) ==
          std::vector{"Stand-up 2026-03-05T11:30:00Z"s});
    daily.move(0, daily.at(3) + 5 * hour);  // put off once more: told of once more
    CHECK(daily.heard_until(daily.at(4)) ==
          std::vector{"Stand-up 2026-03-05T14:30:00Z"s, "Stand-up 2026-03-06T09:30:00Z"s});
    const auto moved = daily.series.occurrence(daily.id, daily.at(2)).head.id;
    desk.activities.remove(moved);  // takes place by its rule again, which is past
    CHECK(reminders.next_due() == daily.at(5) - 30min);
}

TEST_CASE("ACT-09 a series that is divided goes on reminding, of each occurrence once") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    const DailyStandUp daily(desk);
    reminders.set(daily.id, std::chrono::hours{26}, "think");
    Reminders(desk.ana).add({.record = daily.id, .user = desk.petru.user(), .before = 1});
    reminders.set_at(daily.id, daily.at(9));
    desk.clock.set(daily.at(0) - 10min);
    CHECK(taken(desk.ion) ==
          std::vector{"Stand-up 2026-03-02T09:30:00Z"s, "Stand-up 2026-03-03T09:30:00Z"s});
    const auto later = daily.series.change_following(daily.id, daily.at(1), {});
    const auto copies = reminders.of(later.head.id);
    REQUIRE(copies.size() == 2);
    CHECK(copies[0].user == desk.ion.user());
    CHECK(copies[0].text == "think");
    CHECK(copies[1].user == desk.petru.user());
    CHECK(reminders.next_due() == daily.at(2) - 26h);
    reminders.snooze(copies[0].head.id, daily.at(0));
    CHECK(reminders.next_due() == daily.at(0));
    desk.ion.undo(desk.ion.commands(2).back().id);
    CHECK(reminders.next_due() == daily.at(2) - 26h);
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("ACT-09 any record can be brought up at an instant, for others by who may change it") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    Reminders(desk.ion).set_at(acme, monday + day, "ask again");
    desk.clock.advance(day);
    CHECK(taken(desk.ion) == std::vector{"Acme SRL 2026-03-03T08:00:00Z"s});
    Reminders(desk.ana).add({.record = acme, .user = desk.ion.user(), .at = monday});
    CHECK(taken(desk.ion).size() == 1);

    Users(desk.ana).add({.login = "vera", .unit = desk.ion.unit()});
    auto vera = desk.database.trusted_session("vera");
    Rights(desk.ana).grant(vera.user(), "party", "read", "unit");
    Reminders(vera).set_at(acme, monday);
    CHECK_THROWS_AS(Reminders(vera).add({.record = acme, .user = desk.ion.user(), .at = monday}),
                    Denied);
    CHECK_THROWS_AS(Reminders(desk.petru).set_at(acme, monday), Invalid);
}

TEST_CASE("ACT-09 what its user may no longer see is not brought up") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    Reminders(desk.ion).set_at(acme, monday + hour);
    desk.ana.change(
        acme, any_version,
        {{"owner_id", desk.petru.user().value()}, {"unit_id", desk.petru.unit().value()}});
    desk.clock.advance(2 * hour);
    CHECK(taken(desk.ion).empty());
    CHECK_FALSE(Reminders(desk.ion).next_due());
}

TEST_CASE("ACT-09 CON-03 one who sees the record only later is reminded like everybody else") {
    auto desk = test::desk();
    const auto petru = desk.petru.user();
    const auto reminded = [&](Ref record, std::int64_t before) {
        Reminders(desk.ana).add({.record = record, .user = petru, .before = before});
    };
    const auto give = [&](Ref record) {
        desk.ana.change(record, any_version, {{"owner_id", petru.value()}});
    };
    const auto invited = visit(desk, monday + 2 * hour), given = visit(desk, monday + 3 * hour),
               came_back = visit(desk, monday + 4 * hour);
    for (const Ref record : {invited, given, came_back}) reminded(record, 30);
    const auto popa = desk.contacts.add({.last_name = "Popa", .born_on = Date(1980, 3, 4)}).head.id;
    reminded(popa, 24 * 60);
    CHECK_FALSE(Reminders(desk.petru).next_due());
    Participants(desk.ion).invite(invited, petru);
    give(given);
    Rights rights(desk.ana);
    rights.share(came_back, petru);
    rights.unshare(came_back, petru);
    move(desk, came_back, monday + 5 * hour);  // while it is out of his sight
    rights.share(came_back, petru);
    give(popa);
    CHECK(Reminders(desk.petru).next_due() == monday + 90min);
    desk.clock.advance(6 * hour);
    CHECK(taken(desk.petru) == std::vector<std::string>{"Visit 2026-03-02T10:00:00Z",
                                                        "Visit 2026-03-02T11:00:00Z",
                                                        "Visit 2026-03-02T13:00:00Z"});
    desk.clock.advance(day);
    CHECK(taken(desk.petru).size() == 1);
}

TEST_CASE(
    "ACT-09 a reminder has minutes or an instant, in range, and of a record that has a start") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto refused = [&](const Reminder& reminder) {
        return refused_field([&] { Reminders(desk.ion).add(reminder); });
    };
    CHECK(refused({.record = acme}) == "reminder.before");
    CHECK(refused({.record = acme, .before = 1, .at = monday}) == "reminder.before");
    CHECK(refused({.record = acme, .before = -1440}) == "reminder.before");
    CHECK(refused({.record = acme, .before = 525'601}) == "reminder.before");
    CHECK(refused({.record = visit(desk, monday), .before = -1}) == "reminder.before");
    const auto project = Projects(desk.ion).add({.code = "P", .name = "P"}).head.id;
    CHECK(refused({.record = project, .before = 1}) == "reminder.record_id");
    CHECK(refused({.record = project, .at = monday}) == "accepted");
}

TEST_CASE("CON-03 memorable dates and birthdays are brought up days ahead, by the user's clock") {
    auto desk = test::desk();
    const auto popa =
        desk.contacts.add({.last_name = "Popa", .born_on = Date(1980, 3, 10)}).head.id;
    Reminders reminders(desk.ion);
    reminders.set(popa, 72h - 9h);  // at nine, three days ahead
    CHECK(reminders.next_due() == parse_time("2026-03-07T09:00:00+02:00"));
    Kinships(desk.ion).add(
        {.contact = popa, .relation = "spouse", .name = "Vera", .born_on = Date(1982, 3, 10)});
    MemorableDates(desk.ion).add({.record = popa, .type = "wedding", .month = 3, .day = 8});
    CHECK(reminders.next_due() == parse_time("2026-03-05T09:00:00+02:00"));
    desk.clock.set(parse_time("2026-03-07T09:00:00+02:00"));
    CHECK(taken(desk.ion) == std::vector{"Popa wedding 2026-03-07T22:00:00Z"s,
                                         "Popa birthday, kin_birthday 2026-03-09T22:00:00Z"s});
    CHECK(reminders.next_due() == parse_time("2027-03-05T09:00:00+02:00"));
    desk.ion.change(popa, any_version, {{"born_on", "1980-04-20"sv}});
    CHECK(reminders.next_due() == parse_time("2026-04-17T09:00:00+03:00"));
}

TEST_CASE("CON-03 a date that is hidden from the user is not brought up") {
    auto desk = test::desk();
    const auto popa =
        desk.contacts.add({.last_name = "Popa", .born_on = Date(1980, 3, 10)}).head.id;
    Rights(desk.ana).hide(desk.ion.user(), "contact", "born_on");
    Reminders(desk.ion).set(popa, 24h);
    CHECK_FALSE(Reminders(desk.ion).next_due());
}

TEST_CASE("EMB-01 CON-03 ten years replayed by the clock: 29 February every year, each day once") {
    auto desk = test::desk();
    const auto popa = desk.contacts.add({.last_name = "Popa"}).head.id;
    MemorableDates(desk.ion).add({.record = popa, .type = "wedding", .month = 2, .day = 29});
    Reminders reminders(desk.ion);
    reminders.set(popa, 24h);
    std::vector<std::string> days;
    const Zone zone("Europe/Chisinau");
    while (const auto due = reminders.next_due()) {  // an embedder sleeps so long
        if (*due > parse_time("2036-03-03T00:00:00Z")) break;
        CHECK(desk.clock.now() < *due);
        desk.clock.set(*due - 1us);
        CHECK(reminders.take().empty());
        desk.clock.set(*due);
        for (const DueReminder& each : reminders.take())
            days.emplace_back(zone.date_of(each.event_at).text());
    }
    CHECK(days == std::vector{"2027-02-28"s, "2028-02-29"s, "2029-02-28"s, "2030-02-28"s,
                              "2031-02-28"s, "2032-02-29"s, "2033-02-28"s, "2034-02-28"s,
                              "2035-02-28"s, "2036-02-29"s});
}

TEST_CASE("ACT-09 EMB-01 a year of reminders replayed, closed and opened meanwhile: each once") {
    test::Folder folder;
    test::SetClock clock;
    const OpenOptions options{.clock = clock.function()};
    const auto path = folder.path() / "year.crm";
    std::map<std::string, int> planned, seen;
    {
        auto database = create(path, {.admin = "ana", .open = options});
        auto me = database.trusted_session("ana");
        for (int i = 0; i < 300; ++i) {
            const Time start = monday + i * 29h;
            const auto id = Activities(me).plan(test::call({}, "Visit", start)).head.id;
            Reminders(me).set(id, std::chrono::minutes{(i * 37) % 3000});
            planned[to_text(start)] = 1;
        }
    }
    for (int week = 0; week < 54; ++week) {
        auto database = open(path, options);  // as after a restart
        auto me = database.trusted_session("ana");
        for (const DueReminder& due : Reminders(me).take(1000)) ++seen[to_text(due.event_at)];
        clock.advance(7 * day);
    }
    CHECK(seen == planned);
}

TEST_CASE(
    "ACT-09 NOT-01 of eight processes that ask, each reminder and notice goes to exactly one") {
    test::Folder folder;
    const auto path = folder.path() / "team.crm";
    std::set<std::string> all;
    {
        auto database = create(path, {.admin = "ana"});
        auto me = database.trusted_session("ana");
        Users(me).add({.login = "ion", .unit = me.unit()});
        auto ion = database.trusted_session("ion");
        Rights(me).grant(ion.user(), "*", "read", "all");
        for (int i = 0; i < 200; ++i) {
            auto given = test::call({}, "Visit", me.now() + 24h);
            given.head.owner = ion.user();
            const auto id = Activities(me).plan(given).head.id;
            Reminders(ion).set(id, 25h);
            const auto number = std::to_string(id.value());
            all.insert({"r" + number, "n" + number});
        }
    }
    std::vector<test::Worker> workers;
    for (int i = 0; i < 8; ++i)
        workers.emplace_back([&] {
            auto database = open(path);
            auto ion = database.trusted_session("ion");
            std::string text;
            for (int idle = 0; idle < 2;) {
                const auto due = Reminders(ion).take(7);
                const auto notices = Notices(ion).take(7);
                for (const auto& each : due)
                    text += "r" + std::to_string(each.record.value()) + "\n";
                for (const auto& each : notices)
                    text += "n" + std::to_string(each.record.value()) + "\n";
                idle = due.empty() && notices.empty() ? idle + 1 : 0;
            }
            return text;
        });
    std::multiset<std::string> handed;
    for (const auto& worker : workers) {
        std::istringstream lines(worker.text());
        for (std::string line; std::getline(lines, line);) handed.insert(line);
    }
    CHECK(handed.size() == all.size());
    CHECK(std::set<std::string>(handed.begin(), handed.end()) == all);
}

TEST_CASE(
    "ACT-09 ACT-15 a reminder of a series goes from one occurrence to the next, as they stand") {
    auto desk = test::desk();
    auto standup = test::call({}, "Stand-up", monday + hour);
    standup.zone = "Europe/Chisinau";
    standup.recurrence = Recurrence::parse("FREQ=DAILY;COUNT=5");
    const auto id = desk.activities.plan(standup).head.id;
    Series series(desk.ion);
    Reminders reminders(desk.ion);
    reminders.set(id, 30min);
    CHECK(reminders.next_due() == monday + 30min);
    desk.clock.set(monday + 30min);
    CHECK(taken(desk.ion) == std::vector{"Stand-up 2026-03-02T09:00:00Z"s});
    CHECK(reminders.next_due() == monday + day + 30min);
    series.cancel(id, monday + day + hour);
    CHECK(reminders.next_due() == monday + 2 * day + 30min);
    const Time later = monday + 2 * day + 4 * hour;
    series.change(id, monday + 2 * day + hour,
                  {{"start_at", Value{std::int64_t{later.time_since_epoch().count()}}}});
    CHECK(reminders.next_due() == later - 30min);
    desk.clock.set(later);
    CHECK(taken(desk.ion) == std::vector{"Stand-up 2026-03-04T12:00:00Z"s});
    desk.clock.set(monday + 9 * day);  // two went by unasked: one is told of
    CHECK(taken(desk.ion) == std::vector{"Stand-up 2026-03-05T09:00:00Z"s});
    CHECK_FALSE(reminders.next_due());
}

TEST_CASE("ACT-09 a process that is killed while it hands out takes nothing with it") {
    test::Folder folder;
    const auto path = folder.path() / "killed.crm";
    {
        auto database = create(path, {.admin = "ana"});
        auto me = database.trusted_session("ana");
        for (int i = 0; i < 20; ++i)
            Reminders(me).set(Activities(me).plan(test::call({}, "Visit", me.now() + 24h)).head.id,
                              25h);
    }
    const pid_t victim = ::fork();
    if (victim == 0) {
        auto database = open(path);
        auto me = database.trusted_session("ana");
        if (Reminders(me).take(5).size() != 5) ::_exit(1);
        me.write("killed", [&](Work&) {
            Reminders(me).take(5);
            ::raise(SIGKILL);
        });
    }
    int status = 0;
    ::waitpid(victim, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    auto database = open(path);
    auto me = database.trusted_session("ana");
    CHECK(Reminders(me).take().size() == 15);
    CHECK(Reminders(me).take().empty());
}

TEST_CASE("ACT-09 an undo of what was done to one occurrence reminds of it by its rule again") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    const DailyStandUp daily(desk);
    reminders.set(daily.id, 30min);
    daily.move(0, daily.at(0) + 5 * hour);
    CHECK(reminders.next_due() == daily.at(0) + 5 * hour - 30min);
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(reminders.next_due() == daily.at(0) - 30min);
    CHECK(daily.heard_until(daily.at(1)) ==
          std::vector{"Stand-up 2026-03-02T09:30:00Z"s, "Stand-up 2026-03-03T09:30:00Z"s});
}

TEST_CASE("ACT-09 what is due and was not taken yet stays due when the activity is changed") {
    auto desk = test::desk();
    Reminders reminders(desk.ion);
    const auto id = visit(desk, monday + hour);
    reminders.set(id, 30min);
    desk.clock.set(monday + 2 * hour);  // nobody asked meanwhile
    desk.ana.change(id, any_version, {{"zone", std::string_view{"Europe/Kyiv"}}});
    CHECK(taken(desk.ion) == std::vector{"Visit 2026-03-02T09:00:00Z"s});
    CHECK(taken(desk.ion).empty());
    desk.ana.change(id, any_version, {{"zone", std::string_view{"Europe/Chisinau"}}});
    CHECK(taken(desk.ion).empty());

    const auto cancelled = visit(desk, monday + 3 * hour);
    reminders.set(cancelled, 30min);
    desk.clock.set(monday + 4 * hour);
    desk.activities.cancel(cancelled);
    CHECK(taken(desk.ion).empty());
    const auto moved = visit(desk, monday + 5 * hour);
    reminders.set(moved, 30min);
    desk.clock.set(monday + 6 * hour);
    move(desk, moved, monday + 8 * hour);
    CHECK(reminders.next_due() == monday + 7 * hour + 30min);
}
