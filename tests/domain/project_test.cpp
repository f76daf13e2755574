#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

std::vector<std::string> names(const std::vector<Project>& projects) {
    std::vector<std::string> names;
    for (const auto& project : projects) names.push_back(project.name);
    return names;
}
using Names = std::vector<std::string>;

/// A seller's areas, and those of the administrator.
struct Works {
    Desk desk;
    Projects projects{desk.ion};
    Projects of_all{desk.ana};
    Id<Party> acme = test::acme(desk);

    Project add(std::string name, Id<Project> parent = {}) {
        return projects.add({.name = std::move(name), .parent = parent});
    }
};

}  // namespace

TEST_CASE("PRJ-01 a project has code, party, type, status, days, responsible and description") {
    Works works;
    const auto made = works.projects.add({.name = "Cramă nouă",
                                          .type = "implementation",
                                          .status = "on_track",
                                          .priority = "high",
                                          .party = works.acme,
                                          .start_on = Date(2026, 3, 2),
                                          .due_on = Date(2026, 9, 30),
                                          .description = "Linia de îmbuteliere"});
    const auto read = works.projects.get(made.head.id);
    CHECK(read == made);
    CHECK(read.code == "J000001");
    CHECK(read.state == ProjectState::planned);
    CHECK(read.head.owner == works.desk.ion.user().ref());
    CHECK(works.projects.by_code("j000001")->name == "Cramă nouă");
    CHECK_FALSE(works.projects.by_code("J000009"));
    CHECK(works.desk.ion.search("imbuteliere").rows.at(0).record == made.head.id);
    CHECK(works.projects.list({.where = field("party.name") == "Acme SRL"}).rows.size() == 1);
    CHECK_FALSE(Projects(works.desk.petru).find(made.head.id));
    CHECK(refused_field([&] { works.projects.add({.name = ""}); }) == "project.name");
    CHECK(refused_field([&] { works.projects.add({.name = "X", .type = "no_such"}); }) ==
          "project.type");
    CHECK_THROWS_AS(works.projects.add({.code = "j000001", .name = "Second"}), Conflict);
}

TEST_CASE("PRJ-01 its days stand in order, and the real end is the day it was over") {
    Works works;
    CHECK(refusal([&] {
              works.projects.add(
                  {.name = "X", .start_on = Date(2026, 3, 2), .due_on = Date(2026, 3, 1)});
          }) == "project.due_on: lies before start_on");
    const auto project = works.add("Depozit").head.id;
    CHECK(works.projects.start(project).state == ProjectState::started);
    CHECK_THROWS_AS(works.projects.start(project), Conflict);
    works.desk.clock.advance(day);
    CHECK(works.projects.complete(project).ended_on == Date(2026, 3, 3));
    CHECK_THROWS_AS(works.projects.complete(project), Conflict);
    CHECK_THROWS_AS(works.projects.cancel(project), Conflict);
    const auto reopened = works.projects.change(project, any_version, {{"state", "started"}});
    CHECK_FALSE(reopened.ended_on);
    CHECK(works.projects.cancel(project, Date(2026, 2, 27)).ended_on == Date(2026, 2, 27));
    const auto early = works.projects.add({.name = "Later", .start_on = Date(2026, 5, 1)}).head.id;
    CHECK(refused_field([&] { works.projects.complete(early); }) == "project.ended_on");
}

TEST_CASE("PRJ-03 subprojects stand to any depth, a circle is refused by every path") {
    Works works;
    const auto top = works.projects.add({.name = "Top", .party = works.acme});
    const auto middle = works.add("Middle", top.head.id), low = works.add("Low", middle.head.id);
    const auto beside = works.add("Beside", top.head.id);
    CHECK(middle.party == works.acme);
    CHECK(low.party == works.acme);
    CHECK(names(works.projects.subtree(top.head.id)) == Names{"Beside", "Middle", "Low"});
    CHECK(names(works.projects.above(low.head.id)) == Names{"Middle", "Top"});
    CHECK(works.projects.subtree(low.head.id).empty());
    const auto hang = [&](Id<Project> what, Id<Project> on) {
        works.projects.change(what, any_version, {{"parent_id", on.value()}});
    };
    CHECK(refused_field([&] { hang(top.head.id, low.head.id); }) == "project.parent_id");
    CHECK(refusal([&] { hang(top.head.id, top.head.id); }) ==
          "project.parent_id: must be another record: nothing hangs on itself");
    CHECK_THROWS_AS(works.desk.ion.write("both",
                                         [&](Work&) {
                                             hang(middle.head.id, beside.head.id);
                                             hang(beside.head.id, low.head.id);
                                         }),
                    Invalid);
    CHECK_THROWS_AS(works.projects.remove(middle.head.id), Conflict);  // something hangs on it
    // By an undo: Middle was moved away, Top was hung below it, and the move is turned back.
    hang(middle.head.id, {});
    const auto moved = works.desk.ion.commands(1).front().id;
    hang(top.head.id, low.head.id);
    CHECK_THROWS_AS(works.desk.ion.undo(moved), Invalid);
    CHECK(names(works.projects.above(top.head.id)) == Names{"Low", "Middle"});
}

TEST_CASE("PRJ-03 a subproject is given to a user or to a department") {
    Works works;
    const auto top = works.add("Top").head.id;
    const auto low = works.of_all.add({.name = "Low", .parent = top});
    CHECK_FALSE(Projects(works.desk.petru).find(low.head.id));
    works.of_all.change(low.head.id, any_version, {{"owner_id", works.desk.petru.user().value()}});
    Rights(works.desk.ana).grant(works.desk.petru.user(), "project", "read", "own");
    CHECK(Projects(works.desk.petru).find(low.head.id));
    CHECK_FALSE(Projects(works.desk.petru).find(top));
    const auto service = works.desk.petru.unit();
    works.of_all.change(top, any_version, {{"unit_id", service.value()}});
    CHECK(Projects(works.desk.petru).find(top));
    // The tree of who does not see the middle ends there.
    works.of_all.change(
        low.head.id, any_version,
        {{"unit_id", works.desk.ana.unit().value()}, {"owner_id", works.desk.ana.user().value()}});
    CHECK(Projects(works.desk.petru).subtree(top).empty());
    CHECK(works.of_all.subtree(top).size() == 1);
}

TEST_CASE("ACT-01 an activity takes its party from its project, and follows it") {
    Works works;
    const auto project = works.projects.add({.name = "Cramă", .party = works.acme}).head.id;
    auto& activities = works.desk.activities;
    const auto call =
        activities.plan({.subject = "Call", .kind = "call", .start = monday, .project = project});
    CHECK(call.party == works.acme);
    const auto sub = activities.plan(
        {.subject = "Prepare", .kind = "task", .start = monday, .parent = call.head.id});
    CHECK(sub.project == project);
    CHECK(sub.party == works.acme);
    CHECK(activities.follow_up(call.head.id, {.subject = "Again", .start = friday}).project ==
          project);
    const auto zoo = works.desk.parties.add({.name = "Zoo SRL"}).head.id;
    CHECK(refused_field([&] {
              activities.plan({.subject = "X",
                               .kind = "call",
                               .party = zoo,
                               .start = monday,
                               .project = project});
          }) == "activity.party_id");
    const auto own = works.projects.add({.name = "Own", .party = works.acme}).head.id;
    CHECK(refused_field([&] {
              works.desk.ion.change(sub.head.id, any_version, {{"project_id", own.value()}});
          }) == "activity.project_id");
    works.projects.change(project, any_version, {{"party_id", zoo.value()}});
    CHECK(activities.get(call.head.id).party == zoo);
    CHECK(activities.get(sub.head.id).party == zoo);
    const auto other = works.projects.add({.name = "Other", .party = zoo}).head.id;
    works.desk.ion.change(call.head.id, any_version, {{"project_id", other.value()}});
    CHECK(activities.get(sub.head.id).project == other);
    works.desk.ion.undo(works.desk.ion.commands(1).front().id);
    CHECK(activities.get(sub.head.id).project == project);
    CHECK(activities.list({.where = field("project.name") == "Cramă"}).rows.size() == 3);
    CHECK(verify(works.desk.ana).defects.empty());
}

TEST_CASE("ACT-01 in one unit of work, too, activities end where what they follow ends") {
    Works works;
    auto& activities = works.desk.activities;
    Session& ion = works.desk.ion;
    const auto zoo = works.desk.parties.add({.name = "Zoo SRL"}).head.id;
    const auto lead = Leads(ion).add({.last_name = "Popescu"}).head.id;
    const auto project = works.projects.add({.name = "Cramă"}).head.id;
    const auto add = [&](const char* subject, Activity activity = {}) {
        activity.subject = subject;
        activity.kind = "task";
        activity.start = monday;
        return activities.plan(activity).head.id;
    };
    const auto task = add("Task", {.project = project});
    const auto step = add("Step", {.parent = task});
    const auto detail = add("Detail", {.parent = step});
    const auto stand = [&](Id<Party> party) {
        for (const auto id : {task, step, detail}) CHECK(activities.get(id).party == party);
        CHECK(verify(works.desk.ana).defects.empty());
    };

    SUBCASE("what is below goes before what is above") {
        ion.write("test.place", [&](Work&) {
            ion.change(task, any_version, {{"lead_id", lead.value()}});
            ion.change(project, any_version, {{"party_id", works.acme.value()}});
            ion.change(detail, any_version, {{"result", "done"}});
        });
        stand(works.acme);
        CHECK(activities.get(detail).lead == lead);
        ion.undo(ion.commands(1).front().id);
        stand({});
    }
    SUBCASE("what is above goes before what is below") {
        activities.change(task, any_version, {{"party_id", zoo.value()}});
        ion.write("test.place", [&](Work&) {
            ion.change(project, any_version, {{"party_id", works.acme.value()}});
            ion.change(task, any_version, {{"lead_id", lead.value()}});
            ion.change(step, any_version, {{"result", "done"}});
        });
        stand(works.acme);
        ion.undo(ion.commands(1).front().id);
        stand(zoo);
    }
    SUBCASE("what came below goes along") {
        const auto other = add("Other", {.party = zoo});
        ion.write("test.place", [&](Work&) {
            ion.change(
                step, any_version,
                {{"parent_id", other.value()}, {"party_id", Value{}}, {"project_id", Value{}}});
            ion.change(other, any_version, {{"party_id", works.acme.value()}});
        });
        for (const auto id : {other, step, detail}) CHECK(activities.get(id).party == works.acme);
        CHECK(verify(works.desk.ana).defects.empty());
    }
    SUBCASE("what is hung elsewhere takes its place from there") {
        const auto other = add("Other", {.party = zoo, .lead = lead});
        CHECK(activities.change(step, any_version, {{"parent_id", other.value()}}).party == zoo);
        CHECK(activities.get(detail).lead == lead);
        CHECK_FALSE(activities.get(detail).project);
        const auto winery = works.projects.add({.name = "Vie", .party = works.acme}).head.id;
        activities.change(other, any_version, {{"project_id", winery.value()}});
        for (const auto id : {other, step, detail}) CHECK(activities.get(id).party == works.acme);
        CHECK(verify(works.desk.ana).defects.empty());
    }
    SUBCASE("below what is hidden it stays until that has moved") {
        works.projects.change(project, any_version, {{"party_id", works.acme.value()}});
        works.desk.ana.change(task, any_version, {{"owner_id", works.desk.ana.user().value()}});
        CHECK_FALSE(activities.find(task));
        ion.write("test.place", [&](Work&) {
            ion.change(project, any_version, {{"party_id", zoo.value()}});
            ion.change(step, any_version, {{"result", "done"}});
        });
        for (const auto id : {step, detail}) CHECK(activities.get(id).party == zoo);
        CHECK(verify(works.desk.ana).defects.empty());
    }
    SUBCASE("what comes back out of the trash stands where its project does by now") {
        works.projects.change(project, any_version, {{"party_id", works.acme.value()}});
        const auto removal = ion.write("test.remove",
                                       [&](Work&) {
                                           for (const auto id : {detail, step, task})
                                               ion.remove(id);
                                       })
                                 .id;
        works.projects.change(project, any_version, {{"party_id", zoo.value()}});
        ion.undo(removal);
        stand(zoo);
        ion.undo(ion.commands(1).front().id);
        CHECK_FALSE(activities.find(step));
    }
    SUBCASE("an undo that would close a circle is refused, whatever it moves") {
        const auto bolt = works.desk.parties.add({.name = "Bolt"}).head.id;
        const auto c = add("C", {.party = zoo}), b = add("B", {.party = bolt}),
                   a = add("A", {.parent = c});
        const auto first = ion.write("test.place", [&](Work&) {
            ion.change(a, any_version, {{"parent_id", Value{}}, {"party_id", works.acme.value()}});
            ion.change(b, any_version, {{"party_id", works.acme.value()}});
        });
        activities.change(b, any_version, {{"parent_id", a.value()}});
        activities.change(c, any_version, {{"party_id", works.acme.value()}});
        activities.change(c, any_version, {{"parent_id", b.value()}});
        CHECK_THROWS_AS(ion.undo(first.id), Error);
        CHECK(activities.get(c).parent == b);
        CHECK(verify(works.desk.ana).defects.empty());
    }
    SUBCASE("an undo that gives a project its party back moves what went elsewhere since") {
        ion.change(project, any_version, {{"party_id", works.acme.value()}});
        const auto both = ion.write("test.place", [&](Work&) {
            ion.change(task, any_version, {{"lead_id", lead.value()}});
            ion.change(project, any_version, {{"party_id", Value{}}});
        });
        activities.change(task, any_version, {{"party_id", zoo.value()}});
        ion.undo(both.id);
        stand(works.acme);
        CHECK_FALSE(activities.get(detail).lead);
    }
}

TEST_CASE(
    "PRJ-01 RIG-01 RIG-03 who answers for a project is given its party and what hangs on it") {
    Works works;
    Rights rights(works.desk.ana);
    const auto petru = works.desk.petru.user();
    for (const char* kind : {"party", "project", "activity"})
        rights.grant(petru, kind, "read", "given");
    const auto project = works.of_all.add({.name = "Cramă", .party = works.acme});
    const auto call =
        Activities(works.desk.ana)
            .plan({.subject = "Call", .kind = "call", .start = monday, .project = project.head.id});
    const auto below = works.of_all.add({.name = "Low", .parent = project.head.id});
    const auto sees = [&](Ref record) { return works.desk.petru.find(record).has_value(); };
    CHECK_FALSE((sees(works.acme) || sees(call.head.id) || sees(below.head.id)));
    works.of_all.change(project.head.id, any_version, {{"owner_id", petru.value()}});
    CHECK((sees(works.acme) && sees(call.head.id) && sees(below.head.id)));
    works.of_all.change(project.head.id, any_version,
                        {{"owner_id", works.desk.ana.user().value()}});
    CHECK_FALSE((sees(project.head.id) || sees(works.acme)));
    Activities(works.desk.ana).change(call.head.id, any_version, {{"owner_id", petru.value()}});
    CHECK((sees(project.head.id) && sees(works.acme)));
    CHECK_FALSE(sees(below.head.id));
}
