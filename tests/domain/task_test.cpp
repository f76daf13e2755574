#include <doctest/doctest.h>

#include <fstream>
#include <map>

#include "support/desk.hpp"
#include "support/worker.hpp"

using namespace crm;
using namespace ::test;
using namespace std::literals;

namespace {

using Reasons = std::vector<std::string>;

/// Ion gives work to Petru, who answers for a project of Ana's.
struct Office {
    Desk desk;
    Tasks tasks{desk.ion};
    Activities of_petru{desk.petru};

    Office() {
        for (Session* each : {&desk.ion, &desk.petru})
            for (const char* action : {"create", "assign"})
                Rights(desk.ana).grant(each->user(), "*", action, "all");
    }
    Activity assign(std::string subject = "Call them", Ref card = {}) {
        return tasks.assign({.subject = std::move(subject), .start = friday}, desk.petru.user(),
                            card);
    }
    static Reasons told(Session& user) {
        Reasons reasons;
        for (const Notice& notice : Notices(user).take()) reasons.push_back(notice.reason);
        return reasons;
    }
};

}  // namespace

TEST_CASE(
    "ACT-01 an activity has name, kind, priority, status, times, description and responsible") {
    Desk desk;
    const auto project = Projects(desk.ion).add({.name = "Cellar", .party = acme(desk)});
    const auto made = desk.activities.plan({.subject = "Tasting",
                                            .kind = "meeting",
                                            .stage = "",
                                            .direction = "outbound",
                                            .priority = "high",
                                            .status = "",
                                            .start = monday,
                                            .end = monday + hour,
                                            .project = project.head.id,
                                            .description = "Six wines"});
    const auto read = desk.activities.get(made.head.id);
    CHECK(read == made);
    CHECK(read.priority == "high");
    CHECK(read.party == project.party);
    CHECK(read.head.owner == desk.ion.user());
    CHECK(refused_field([&] {
              desk.activities.change(made.head.id, 1, {{"priority", "no_such"}});
          }) == "activity.priority");
    const auto status = Lists(desk.ana).items("activity_status").at(0).code;
    CHECK(desk.activities.change(made.head.id, 1, {{"status", std::string_view{status}}}).status ==
          status);
}

TEST_CASE("ACT-14 work is given from a card in one operation, with what stands on it filled in") {
    Office office;
    Desk& desk = office.desk;
    const Id<Party> acme = test::acme(desk), zoo = desk.parties.add({.name = "Zoo"}).head.id;
    const auto maria = desk.contacts.add({.last_name = "Maria"}).head.id;
    desk.contacts.join(maria, acme);
    const auto project = Projects(desk.ion).add({.name = "Cellar", .party = acme}).head.id;

    const auto from_party = office.assign("A", acme);
    CHECK(from_party.party == acme);
    CHECK(from_party.kind == "task");
    CHECK(from_party.head.owner == desk.petru.user());
    CHECK(from_party.head.unit == desk.petru.unit());
    CHECK(from_party.assigned_by == desk.ion.user());
    const auto from_contact = office.assign("B", maria);
    CHECK(from_contact.contact == maria);
    CHECK(from_contact.party == acme);
    const auto from_project = office.assign("C", project);
    CHECK(from_project.project == project);
    CHECK(from_project.party == acme);
    const auto below = office.assign("D", from_project.head.id);
    CHECK(below.parent == from_project.head.id);
    CHECK(below.project == project);
    desk.contacts.join(maria, zoo);  // of two parties none is guessed
    CHECK_FALSE(office.assign("E", maria).party);
    CHECK(office.tasks.assign({.subject = "F", .party = zoo}, desk.petru.user(), maria).party ==
          zoo);
    CHECK(refused_field([&] { office.assign("G", desk.ana.unit()); }) == "task.card");
    const auto hidden = Parties(desk.petru).add({.name = "Hidden"}).head.id;
    CHECK_THROWS_AS(office.assign("H", hidden), NotFound);
    CHECK(Office::told(desk.petru) == Reasons(6, "assignment"));
}

TEST_CASE("ACT-14 who gave work follows it, and is told when it is done") {
    Office office;
    Desk& desk = office.desk;
    const auto first = office.assign("First").head.id, second = office.assign("Second").head.id;
    desk.activities.plan(call(acme(desk)));  // his own
    CHECK(desk.ion.find(first));             // though it is of another unit now
    office.of_petru.start(first);
    auto given = office.tasks.assigned_by().rows;
    REQUIRE(given.size() == 2);
    CHECK(given[0].activity.head.id == second);
    CHECK(given[1].activity.state == ActivityState::started);
    CHECK_FALSE(given[1].is_overdue);
    desk.clock.set(friday + hour);
    CHECK(office.tasks.assigned_by({.limit = 1}).rows[0].is_overdue);
    office.of_petru.complete(first, "done");
    CHECK(Office::told(desk.ion) == Reasons{"completion"});
    given = office.tasks.assigned_by({.open_only = true}).rows;
    REQUIRE(given.size() == 1);
    CHECK(given[0].activity.head.id == second);
    CHECK(office.tasks.assigned_by().rows.size() == 2);
    const auto page = office.tasks.assigned_by({.limit = 1});
    CHECK(office.tasks.assigned_by({.limit = 1, .after = page.next}).rows[0].activity.head.id ==
          first);
    CHECK(Tasks(desk.petru).assigned_by().rows.empty());
    CHECK(refused_field([&] {
              Activities(desk.ana).change(second, any_version,
                                          {{"assigned_by_id", desk.ana.user().value()}});
          }) == "activity.assigned_by_id");
}

TEST_CASE("ACT-14 work is delegated: who gave it and who made it are told when it is done") {
    Office office;
    Desk& desk = office.desk;
    const auto olga = Users(desk.ana).add({.login = "olga", .unit = desk.ion.unit()}).head.id;
    const auto task = office.assign().head.id;
    Office::told(desk.petru);
    Tasks of_petru(desk.petru);
    const auto given = of_petru.delegate(task, olga);
    CHECK(given.head.owner == olga);
    CHECK(given.assigned_by == desk.petru.user());
    CHECK(desk.petru.find(task));  // by a share: it went to Sales
    auto of_olga = desk.database.trusted_session("olga");
    CHECK(Office::told(of_olga) == Reasons{"assignment"});
    Activities(desk.ana).complete(task, "done for her");
    CHECK(Office::told(desk.petru) == Reasons{"completion"});
    CHECK(Office::told(desk.ion) == Reasons{"completion"});
    CHECK(Office::told(of_olga).empty());
    CHECK_THROWS_AS(of_petru.delegate(task, desk.ion.user()), Conflict);
    const auto mine = desk.activities.plan(call(acme(desk))).head.id;
    Rights(desk.ana).revoke(desk.ion.user(), "*", "assign", "all");
    CHECK_THROWS_AS(office.tasks.delegate(mine, olga), Denied);
    CHECK_FALSE(desk.activities.get(mine).assigned_by);
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("ACT-14 ACT-15 given work that recurs is overdue when its last occurrence has passed") {
    Office office;
    const auto give = [&](const char* rule) {
        Activity task{.subject = rule,
                      .start = monday,
                      .end = monday + hour,
                      .zone = "Europe/Chisinau",
                      .recurrence = Recurrence::parse(rule)};
        office.tasks.assign(task, office.desk.petru.user());
    };
    give("FREQ=WEEKLY");
    give("FREQ=WEEKLY;COUNT=2");
    const auto overdue = [&](Time now) {
        office.desk.clock.set(now);
        Reasons late;
        for (const AssignedTask& each : office.tasks.assigned_by({.open_only = true}).rows)
            if (each.is_overdue) late.push_back(each.activity.subject);
        return late;
    };
    CHECK(overdue(monday + day).empty());
    CHECK(overdue(monday + 7 * day + hour).empty());
    CHECK(overdue(monday + 8 * day) == Reasons{"FREQ=WEEKLY;COUNT=2"});
}

TEST_CASE("ACT-14 ACT-15 who gave recurring work is told of each occurrence that is done") {
    Office office;
    Desk& desk = office.desk;
    const auto weekly = office.tasks
                            .assign({.subject = "Report",
                                     .start = monday,
                                     .zone = "Europe/Chisinau",
                                     .recurrence = Recurrence::parse("FREQ=WEEKLY")},
                                    desk.petru.user())
                            .head.id;
    CHECK(Office::told(desk.petru) == Reasons{"assignment"});
    Series of_petru(desk.petru), of_ana(desk.ana);
    CHECK(of_petru.occurrence(weekly, monday).assigned_by == desk.ion.user());
    const auto done = of_petru.complete(weekly, monday, Report{.result = "done"});
    CHECK(done.assigned_by == desk.ion.user());
    CHECK(Office::told(desk.ion) == Reasons{"completion"});
    const auto given = office.tasks.assigned_by().rows;
    REQUIRE(given.size() == 2);
    CHECK((given[0].activity.head.id == done.head.id || given[1].activity.head.id == done.head.id));

    // Who made the series for another that gave it on is told too, and touching tells nobody.
    of_ana.change(weekly, monday + 7 * day, {{"priority", "high"}});
    CHECK(of_ana.occurrence(weekly, monday + 7 * day).assigned_by == desk.ion.user());
    const auto later = of_ana.change_following(weekly, monday + 14 * day, {});
    CHECK(later.assigned_by == desk.ion.user());
    CHECK(later.head.owner == desk.petru.user());
    CHECK(desk.ion.find(later.head.id));  // by a share, as the series
    CHECK(Office::told(desk.petru).empty());
    CHECK(Office::told(desk.ion).empty());
    of_petru.complete(later.head.id, monday + 14 * day, Report{.result = "done"});
    CHECK(Office::told(desk.ion) == Reasons{"completion"});
    CHECK(Office::told(desk.ana) == Reasons{"completion"});  // who made what it is an occurrence of
    // Given to another from then on, it is news to him.
    const auto rest = of_ana.change_following(later.head.id, monday + 21 * day,
                                              {{"owner_id", desk.ion.user().value()}});
    CHECK(rest.assigned_by == desk.ana.user());
    CHECK(Office::told(desk.ion) == Reasons{"assignment"});
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE("ACT-14 imports and undo tell nobody") {
    Office office;
    Desk& desk = office.desk;
    const auto task = office.assign().head.id;
    Office::told(desk.petru);
    office.of_petru.complete(task, "done");
    Office::told(desk.ion);
    desk.petru.undo(desk.petru.commands(1).front().id);
    desk.petru.undo(desk.petru.commands(1).front().id);
    CHECK(Office::told(desk.ion).empty());
    const auto source = desk.folder.path() / "tasks.csv";
    std::ofstream(source) << "subject,kind,start,owner,todo\n"
                             "A,task,2026-03-03T10:00:00Z,petru,true\n";
    import_csv(desk.ana, source, {},
               {.kind = "activity",
                .columns = {{"subject", "subject"},
                            {"kind", "kind"},
                            {"start", "start_at"},
                            {"owner", "owner"},
                            {"todo", "is_todo"}}});
    CHECK(Tasks(desk.petru).to_dos().rows.size() == 1);
    CHECK_FALSE(Tasks(desk.petru).to_dos().rows[0].activity.assigned_by);
    CHECK(Office::told(desk.petru).empty());
}

TEST_CASE(
    "ACT-10 a to-do spans days, keeps its end when it is done, and is listed with the others") {
    Office office;
    Desk& desk = office.desk;
    const auto made = desk.activities.plan(
        {.subject = "Inventory", .kind = "task", .start = monday, .end = friday, .is_todo = true});
    const auto bare =
        desk.activities.plan({.subject = "Bare", .kind = "task", .start = monday, .is_todo = true});
    CHECK(bare.end == monday);
    desk.activities.plan(call(acme(desk)));
    CHECK(office.tasks.to_dos().rows.size() == 2);
    desk.clock.advance(day);
    CHECK(office.tasks.to_dos({.open_only = true}).rows[0].is_overdue);
    const auto done = desk.activities.complete(made.head.id, "counted");
    CHECK(done.end == friday);
    CHECK(done.completed_at == desk.clock.now());
    CHECK(office.tasks.to_dos({.open_only = true}).rows.size() == 1);
    desk.clock.set(friday + day);
    CHECK(desk.activities.complete(bare.head.id, "late").completed_at == friday + day);
    CHECK(verify(desk.ana).defects.empty());
}

TEST_CASE(
    "ACT-10 of a to-do each is told once: responsible, creator, responsible for the project") {
    Office office;
    Desk& desk = office.desk;
    const auto of_ana = Projects(desk.ana).add({.name = "Of Ana"}).head.id;
    Rights(desk.ana).share(of_ana, desk.ion.user());
    const auto make = [&](Id<Project> project, Id<User> owner) {
        Activity to_do{.subject = "Count",
                       .kind = "task",
                       .start = friday,
                       .project = project,
                       .is_todo = true};
        to_do.head.owner = owner;
        return desk.activities.plan(to_do).head.id;
    };
    const auto given = make(of_ana, desk.petru.user());
    CHECK(Office::told(desk.petru) == Reasons{"to_do"});
    CHECK(Office::told(desk.ana) == Reasons{"to_do"});
    CHECK(Office::told(desk.ion).empty());
    office.of_petru.complete(given, "done");
    CHECK(Office::told(desk.ion) == Reasons{"completion"});  // made it and gave it
    CHECK(Office::told(desk.ana) == Reasons{"completion"});
    CHECK(Office::told(desk.petru).empty());
    // One who is everything is told nothing, and one who is two things is told once.
    const auto mine = Projects(desk.ion).add({.name = "Of Ion"}).head.id;
    const auto own = make(mine, desk.ion.user());
    desk.activities.complete(own, "done");
    CHECK(Office::told(desk.ion).empty());
    make(of_ana, desk.ana.user());
    CHECK(Office::told(desk.ana) == Reasons{"to_do"});
}

TEST_CASE("ACT-10 eight processes make and complete to-dos: each person is told of each once") {
    Folder folder;
    const auto path = folder.path() / "team.crm";
    constexpr int processes = 8, each = 5;
    Ref shared;
    {
        auto database = create(path, {.admin = "ana"});
        auto ana = database.trusted_session("ana");
        Rights rights(ana);
        for (const char* login : {"ion", "petru"}) {
            const auto user = Users(ana).add({.login = login, .unit = ana.unit()}).head.id;
            for (const char* action : {"read", "create", "change", "assign"})
                rights.grant(user, "*", action, "all");
        }
        Activity to_do{.subject = "One for all", .kind = "task", .start = monday, .is_todo = true};
        to_do.head.owner = Users(ana).by_login("ion").head.id;
        shared = Activities(ana).plan(to_do).head.id;
    }
    const auto work = [&] {
        auto database = open(path);
        auto ion = database.trusted_session("ion"), petru = database.trusted_session("petru");
        int won = 0;
        try {
            Activities(petru).complete(shared, "done");
            ++won;
        } catch (const Conflict&) {}
        for (int i = 0; i < each; ++i) {
            const auto made = Tasks(ion).assign({.subject = "Do", .is_todo = true}, petru.user());
            Activities(petru).complete(made.head.id, "done");
        }
        return std::to_string(won);
    };
    std::vector<Worker> workers;
    for (int i = 0; i < processes; ++i) workers.emplace_back(work);
    int won = 0;
    for (const Worker& worker : workers) won += std::stoi(worker.text());
    CHECK(won == 1);
    auto database = open(path);
    const auto told = [&](const char* login) {
        auto user = database.trusted_session(login);
        std::map<std::pair<std::string, Ref>, int> times;
        for (const Notice& notice : Notices(user).take(1'000))
            ++times[{notice.reason, notice.record}];
        for (const auto& [what, count] : times) CHECK(count == 1);
        return times.size();
    };
    CHECK(told("petru") == processes * each);    // made for him
    CHECK(told("ion") == processes * each + 1);  // done, and the one for all made for him
    CHECK(told("ana") == 1);                     // done
}
