#include <doctest/doctest.h>

#include <fstream>

#include "domain/notice.hpp"
#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;

namespace {

/// Tells the user as a part of the library would.
Command tell(Session& from, Session& to, std::string_view reason, Ref record,
             std::string_view text = {}) {
    return from.write("test.tell",
                      [&](Work& work) { domain::notify(work, to.user(), reason, record, text); });
}

std::vector<std::string> texts(const std::vector<Notice>& notices) {
    std::vector<std::string> all;
    for (const Notice& notice : notices) all.push_back(notice.text);
    return all;
}

}  // namespace

TEST_CASE("NOT-01 a notice is handed out once, oldest first, and stays in the list") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    tell(desk.ana, desk.ion, "message", acme, "one");
    tell(desk.ana, desk.ion, "message", acme, "two");
    Notices notices(desk.ion);
    CHECK(texts(notices.unread()) == std::vector{"one"s, "two"s});
    CHECK(texts(notices.take(1)) == std::vector{"one"s});
    desk.clock.advance(test::hour);
    const auto second = notices.take();
    REQUIRE(texts(second) == std::vector{"two"s});
    CHECK(second[0].record == acme);
    CHECK(second[0].from == desk.ana.user());
    CHECK(second[0].noticed_at == test::monday);
    CHECK(second[0].read_at == test::monday + test::hour);
    CHECK(notices.take().empty());
    CHECK(texts(notices.list().rows) == std::vector{"two"s, "one"s});
    CHECK(texts(notices.list(1, notices.list(1).next).rows) == std::vector{"one"s});
}

TEST_CASE("NOT-01 a user is told neither of what he did himself nor the same twice") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    tell(desk.ion, desk.ion, "message", acme);
    desk.ana.write("test.tell", [&](Work& work) {
        for (int i = 0; i < 2; ++i) domain::notify(work, desk.ion.user(), "message", acme);
    });
    CHECK(Notices(desk.ion).take().size() == 1);
}

TEST_CASE("NOT-01 a notice is its user's alone, and of a hidden record tells not which") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    tell(desk.ana, desk.petru, "assignment", acme);
    const auto taken = Notices(desk.petru).unread();
    REQUIRE(taken.size() == 1);
    CHECK_FALSE(taken[0].record);  // of another unit
    CHECK(Notices(desk.ana).list().rows.empty());
    CHECK_THROWS_AS(Notices(desk.ana).mark_read(taken[0].id), NotFound);
    Notices(desk.petru).mark_read(taken[0].id);
    CHECK(Notices(desk.petru).unread().empty());
}

TEST_CASE("NOT-01 an undo takes back what is unread, and having read is not undone") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto first = tell(desk.ana, desk.ion, "message", acme, "one");
    Notices notices(desk.ion);
    CHECK(notices.take().size() == 1);
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(notices.take().empty());
    desk.ana.undo(first.id);
    CHECK(texts(notices.list().rows) == std::vector{"one"s});
    desk.ana.undo(tell(desk.ana, desk.ion, "message", acme, "two").id);
    CHECK(notices.unread().empty());
    CHECK(notices.take().empty());
    CHECK(notices.list().rows.size() == 1);
}

namespace {

std::vector<std::string> told(Session& session) {
    std::vector<std::string> all;
    for (const Notice& notice : Notices(session).take()) all.push_back(notice.reason);
    return all;
}

void assign(Session& session, Ref record, Id<User> to) {
    session.change(record, any_version, {{"owner_id", to.value()}});
}

}  // namespace

TEST_CASE("NOT-01 who is given work is told of it, at its creation and when it changes hands") {
    auto desk = test::desk();
    auto visit = test::call({}, "Visit");
    visit.head.owner = desk.ion.user();
    const auto given = Activities(desk.ana).plan(visit).head.id;
    const auto notices = Notices(desk.ion).take();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].reason == "assignment");
    CHECK(notices[0].record == given);
    assign(desk.ana, given, desk.petru.user());
    CHECK(told(desk.petru) == std::vector{"assignment"s});
    desk.ana.write("there and back", [&](Work&) {
        assign(desk.ana, given, desk.ion.user());
        assign(desk.ana, given, desk.petru.user());
    });
    CHECK(told(desk.petru).empty());
    CHECK(told(desk.ion).empty());
    Project project{.code = "P1", .name = "Plant"};
    project.head.owner = desk.ion.user();
    Projects(desk.ana).add(project);
    CHECK(told(desk.ion) == std::vector{"assignment"s});
    Activities(desk.ion).plan(test::call({}, "Own"));
    CHECK(told(desk.ion).empty());
}

TEST_CASE(
    "NOT-01 undoing an assignment takes its notice back, a redo brings it, and neither tells") {
    auto desk = test::desk();
    const auto visit = Activities(desk.ana).plan(test::call({}, "Visit")).head.id;
    assign(desk.ana, visit, desk.ion.user());
    const auto given = desk.ana.commands(1).front().id;
    const auto undo = desk.ana.undo(given);
    CHECK(told(desk.ion).empty());
    desk.ana.undo(undo.id);
    CHECK(told(desk.ion) == std::vector{"assignment"s});
    desk.ana.undo(desk.ana.undo(given).id);
    CHECK(told(desk.ion).empty());
}

TEST_CASE("NOT-01 who made an activity is told when another completes it") {
    auto desk = test::desk();
    const auto visit = desk.activities.plan(test::call({}, "Visit")).head.id;
    assign(desk.ana, visit, desk.petru.user());
    told(desk.petru);
    Activities(desk.petru).complete(visit, "done");
    CHECK(told(desk.ion) == std::vector{"completion"s});
    CHECK(told(desk.ana).empty());
    CHECK(told(desk.petru).empty());
}

TEST_CASE("NOT-01 a user mentioned by @login is told once, if he may read the record") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    Users(desk.ana).add({.login = "vera.m", .unit = desk.ion.unit()});
    auto vera = desk.database.trusted_session("vera.m");
    Rights(desk.ana).grant(vera.user(), "*", "read", "unit");
    desk.notes.write(acme, "Ask @Vera.M. or @ana; not x@petru.md, but @petru may not know; @ana!");
    CHECK(told(desk.ana) == std::vector{"mention"s});
    CHECK(told(desk.petru).empty());
    const auto notices = Notices(vera).take();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].record == acme);
    CHECK(notices[0].from == desk.ion.user());

    auto visit = test::call(acme, "Visit");
    visit.description = "with @ana";
    const auto planned = desk.activities.plan(visit);
    CHECK(told(desk.ana) == std::vector{"mention"s});
    desk.activities.change(planned.head.id, any_version, {{"subject", "Long visit"sv}});
    CHECK(told(desk.ana).empty());
    desk.activities.complete(planned.head.id, "as @ana said, and @vera.m");
    CHECK(told(vera) == std::vector{"mention"s});
    CHECK(told(desk.ana).empty());  // who stood in another of its texts already
}

TEST_CASE("NOT-01 of all changes in one unit of work what is mentioned at the end is told") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    Rights(desk.ana).grant(desk.petru.user(), "*", "read", "all");
    Id<Note> note;
    const auto write = [&](std::string_view text) {
        desk.notes.change(note, any_version, {{"text", text}});
    };
    desk.ion.write("two changes", [&](Work&) {
        note = desk.notes.write(acme, "for @petru").head.id;
        write("for @petru and @ana");
    });
    CHECK(told(desk.petru) == std::vector{"mention"s});
    CHECK(told(desk.ana) == std::vector{"mention"s});
    desk.ion.write("there and back", [&](Work&) {
        write("for nobody");
        write("for @petru and @ana again");
    });
    write("for nobody");
    desk.ion.write("taken back", [&](Work&) {
        write("for @petru");
        write("for nobody");
    });
    CHECK(told(desk.petru).empty());
    CHECK(told(desk.ana).empty());

    const auto visit = desk.activities.plan(test::call(acme, "Visit")).head.id;
    desk.ion.write("two texts", [&](Work&) {
        desk.activities.change(visit, any_version, {{"description", "@petru"sv}});
        desk.activities.change(visit, any_version, {{"questions", "@ana?"sv}});
    });
    CHECK(told(desk.petru) == std::vector{"mention"s});
    CHECK(told(desk.ana) == std::vector{"mention"s});
}

TEST_CASE("NOT-01 ACT-15 what a series mentions is not told again of what comes of it") {
    auto desk = test::desk();
    auto visit = test::call({}, "Visit");
    visit.description = "with @ana";
    visit.zone = "UTC";
    visit.recurrence = Recurrence::parse("FREQ=DAILY");
    const auto daily = desk.activities.plan(visit).head.id;
    CHECK(told(desk.ana) == std::vector{"mention"s});
    Series series(desk.ion);
    series.cancel(daily, test::monday);
    series.change_following(daily, test::monday + 3 * test::day, {});
    CHECK(told(desk.ana).empty());
    Rights(desk.ana).grant(desk.petru.user(), "*", "read", "all");
    series.complete(daily, test::monday + test::day, Report{.result = "as @ana and @petru said"});
    CHECK(told(desk.ana).empty());
    CHECK(told(desk.petru) == std::vector{"mention"s});
}

TEST_CASE("NOT-01 an import tells nobody, and verify finds no fault in what is told") {
    auto desk = test::desk();
    const auto path = desk.folder.path() / "visits.csv";
    std::ofstream(path) << "key,Subject,kind,start_at,Owner,description\n"
                           "1,Visit,meeting,2026-03-03T08:00:00Z,ion,with @petru\n";
    ImportOptions options{.kind = "activity", .key = "key"};
    options.columns = {{"Subject", "subject"}, {"Owner", "owner"}};
    const auto report = import_csv(desk.ana, path, {}, options);
    CHECK(report.created == 1);
    CHECK(told(desk.ion).empty());
    auto visit = test::call({}, "Visit");
    visit.head.owner = desk.ion.user();
    Activities(desk.ana).plan(visit);
    CHECK(verify(desk.ana).defects.empty());
    CHECK(told(desk.ion) == std::vector{"assignment"s});
}
