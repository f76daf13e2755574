#include <doctest/doctest.h>

#include <fstream>

#include "support/content.hpp"
#include "support/desk.hpp"
#include "support/rows.hpp"

using namespace crm;
using namespace ::test;

namespace {

/// Leads of a seller, and of the head who gives them away.
struct Works {
    Desk desk;
    Leads leads{desk.ion}, of_all{desk.ana};

    Lead add(std::string last_name = "Popa", std::string company = {}) {
        return leads.add({.last_name = std::move(last_name), .company = std::move(company)});
    }
    Activity plan(Id<Lead> lead, std::string subject, Time start = friday) {
        return desk.activities.plan(
            {.subject = std::move(subject), .kind = "call", .start = start, .lead = lead});
    }
    CommandId last_command() const { return desk.ana.commands(1).front().id; }
};

}  // namespace

TEST_CASE("LEA-01 a lead stands apart from parties, with source, score and who is responsible") {
    Works works;
    const auto made = works.leads.add({.first_name = "Ion",
                                       .last_name = "Țurcanu",
                                       .company = "Vinăria Purcari SRL",
                                       .job_title = "Director",
                                       .source = "exhibition",
                                       .source_note = "Stand 7",
                                       .score = 70,
                                       .description = "Caută o linie de îmbuteliere"});
    CHECK(works.leads.get(made.head.id) == made);
    CHECK(made.name == "Ion Țurcanu");
    CHECK(made.state == LeadState::fresh);
    CHECK(made.head.owner == works.desk.ion.user());
    CHECK(works.desk.parties.count().rows == 0);
    CHECK(works.desk.contacts.count().rows == 0);
    CHECK(works.add("", "Acme SRL").name == "Acme SRL");
    CHECK_FALSE(Leads(works.desk.petru).find(made.head.id));
    CHECK(works.leads.list({.where = field("score") >= 50}).rows.size() == 1);
    CHECK(works.leads.change(made.head.id, any_version, {{"score", std::int64_t{90}}}).score == 90);
    CHECK(refused_field([&] { works.leads.add({.job_title = "Nobody"}); }) == "lead.last_name");
    CHECK(refused_field([&] { works.leads.add({.last_name = "X", .score = 101}); }) ==
          "lead.score");
    CHECK(refused_field([&] { works.leads.add({.last_name = "X", .source = "moon"}); }) ==
          "lead.source");
}

TEST_CASE(
    "LEA-01 a lead is found by names, company, phone and words, and carries what a contact does") {
    Works works;
    const auto lead = works.add("Țurcanu", "Vinăria Purcari SRL").head.id;
    works.desk.points.add({.record = lead, .type = "phone", .value = "069123456"});
    works.desk.addresses.add({.record = lead, .city = "Purcari"});
    works.desk.notes.write(lead, "Vorbește rusă");
    Consents consents(works.desk.ion);
    consents.add({.record = lead, .channel = "email"});
    for (const char* typed : {"turc", "vinaria p", "+37369123"}) {
        CAPTURE(typed);
        CHECK(works.desk.ion.quick(typed, "lead").rows.at(0).record == lead);
    }
    CHECK(works.desk.ion.search("purcari", {"lead"}).rows.size() == 1);
    CHECK(works.desk.points.of(lead).size() == 1);
    CHECK(consents.may_contact(lead, "email"));
    CHECK_FALSE(consents.may_contact(lead, "phone"));
    works.leads.remove(lead);
    CHECK(consents.of(lead).empty());
}

TEST_CASE("LEA-01 an import makes leads with phones and notes, old ones in the state they had") {
    Works works;
    Rights(works.desk.ana).grant(works.desk.ion.user(), "*", "run_imports", "all");
    TextRows rows({"last_name", "company", "email", "note", "state", "score"},
                  {{"Popa", "Acme SRL", "popa@acme.md", "cald", "", "70"},
                   {"Veche", "", "", "", "converted", ""},
                   {"Coada", "", "", "", "queued", ""},
                   {"", "", "x@y.md", "", "", ""}});
    const auto report = import_rows(works.desk.ion, rows, {.kind = "lead"});
    CHECK(report.created == 2);
    CHECK(report.rejected == 2);
    const auto popa = works.leads.list({.where = field("last_name") == "Popa"}).rows.at(0);
    CHECK(popa.state == LeadState::fresh);
    CHECK(works.desk.points.of(popa.head.id).at(0).normalized == "popa@acme.md");
    CHECK(works.desk.notes.about(popa.head.id).rows.size() == 1);
}

TEST_CASE("LEA-01 what the verbs of leads set can be set by nothing else") {
    Works works;
    const auto lead = works.add().head.id;
    const auto queue = LeadQueues(works.desk.ana).add({.name = "Web"}).head.id;
    const auto acme = test::acme(works.desk);
    const std::vector<Assignment> settings{
        {"state", "converted"},        {"reason", "spam"},
        {"queue_id", queue.value()},   {"queued_by_id", works.desk.ion.user().value()},
        {"taken_at", std::int64_t{1}}, {"party_id", acme.ref().value()}};
    for (const Assignment& each : settings)
        CHECK(refused_field([&] { works.leads.change(lead, any_version, {each}); }) ==
              "lead." + std::string(each.field));
    CHECK(refused_field([&] { works.leads.add({.last_name = "X", .state = LeadState::queued}); }) ==
          "lead.state");
    CHECK(refused_field([&] { works.leads.add({.last_name = "X", .queue = queue}); }) ==
          "lead.queue_id");
    CHECK(refused_field([&] { works.leads.add({.last_name = "X", .reason = "spam"}); }) ==
          "lead.reason");
}

TEST_CASE(
    "LEA-03 a lead has a chronicle of its own, and who answers for it is given its activities") {
    Works works;
    const auto lead = works.add().head.id;
    works.desk.activities.report(
        {.subject = "Asked", .kind = "email", .start = monday - day, .lead = lead});
    const auto call = works.plan(lead, "Call");
    const auto sub = works.desk.activities.plan(
        {.subject = "Prepare", .kind = "task", .start = friday, .parent = call.head.id});
    CHECK(sub.lead == lead);
    CHECK(subjects(works.desk.activities.chronicle(lead).rows) ==
          std::vector<std::string>{"Asked"});
    CHECK(works.desk.activities.chronicle(lead, {.planned_too = true}).rows.size() == 3);
    CHECK(
        works.desk.activities.follow_up(call.head.id, {.subject = "Next", .start = friday}).lead ==
        lead);
    CHECK(refused_field([&] {
              works.desk.activities.change(sub.head.id, any_version,
                                           {{"lead_id", works.add("Other").head.id.value()}});
          }) == "activity.lead_id");
    // Petru's, of another unit, is handed the lead: he is given what hangs on it.
    Rights rights(works.desk.ana);
    const auto petru = works.desk.petru.user();
    rights.grant(petru, "lead", "read", "own");
    rights.grant(petru, "activity", "read", "given");
    CHECK(Activities(works.desk.petru).chronicle(lead).rows.empty());
    works.of_all.assign(lead, petru);
    CHECK(Activities(works.desk.petru).chronicle(lead, {.planned_too = true}).rows.size() == 4);
}

TEST_CASE(
    "LEA-04 a lead is given up for a reason, what is planned for it stops, and comes back with "
    "it") {
    Works works;
    const auto lead = works.add().head.id;
    const auto call = works.plan(lead, "Call").head.id, visit = works.plan(lead, "Visit").head.id,
               old = works.plan(lead, "Old").head.id, done = works.plan(lead, "Done").head.id;
    works.desk.activities.start(visit);
    works.desk.activities.cancel(old);
    works.desk.activities.complete(done, "talked");
    const auto state = [&](Id<Activity> id) { return works.desk.activities.get(id).state; };

    CHECK(refused_field([&] { works.leads.mark_unpromising(lead, "bored"); }) == "lead.reason");
    CHECK(refused_field([&] { works.leads.mark_unpromising(lead, ""); }) == "lead.reason");
    CHECK(state(call) == ActivityState::planned);  // nothing was half done
    const auto given_up = works.leads.mark_unpromising(lead, "no_budget", "poate la anul");
    CHECK(given_up.state == LeadState::unpromising);
    CHECK(given_up.reason == "no_budget");
    CHECK(given_up.reason_note == "poate la anul");
    CHECK(state(call) == ActivityState::cancelled);
    CHECK(state(visit) == ActivityState::cancelled);
    CHECK(state(done) == ActivityState::completed);
    CHECK_THROWS_AS(works.leads.mark_unpromising(lead, "other"), Conflict);
    CHECK_THROWS_AS(works.leads.convert(lead), Conflict);
    CHECK_THROWS_AS(works.desk.activities.change(call, any_version, {{"state", "planned"}}),
                    Conflict);

    const auto back = works.leads.revive(lead);
    CHECK(back.state == LeadState::fresh);
    CHECK(back.reason.empty());
    CHECK(state(call) == ActivityState::planned);
    CHECK(state(visit) == ActivityState::started);
    CHECK(state(old) == ActivityState::cancelled);  // that was somebody's own doing
    CHECK_THROWS_AS(works.leads.revive(lead), Conflict);
}

TEST_CASE("LEA-04 no other change of a lead brings back what was cancelled") {
    Works works;
    const auto lead = works.add().head.id;
    const auto call = works.plan(lead, "Call").head.id;
    const auto come_back = [&](std::string_view company) {
        works.desk.ion.write("change both", [&](Work&) {
            works.leads.change(lead, any_version, {{"company", company}});
            works.desk.activities.change(call, any_version, {{"state", "planned"}});
        });
    };
    works.desk.activities.cancel(call);
    CHECK_THROWS_AS(come_back("Acme"), Conflict);
    works.leads.mark_unpromising(lead, "spam");
    CHECK_THROWS_AS(come_back("Beta"), Conflict);
    works.leads.revive(lead);
    CHECK_THROWS_AS(come_back("Ceta"), Conflict);
    CHECK(works.desk.activities.get(call).state == ActivityState::cancelled);

    // Given up, undone, given up again, and back: by its own verb in a command of its caller's.
    const auto visit = works.plan(lead, "Visit").head.id;
    works.leads.mark_unpromising(lead, "spam");
    works.desk.ion.undo(works.last_command());
    CHECK_THROWS_AS(come_back("Delta"), Conflict);
    works.leads.mark_unpromising(lead, "no_budget");
    works.desk.ion.write("back", [&](Work&) { works.leads.revive(lead); });
    CHECK(works.desk.activities.get(visit).state == ActivityState::planned);
    CHECK(works.desk.activities.get(call).state == ActivityState::cancelled);
}

TEST_CASE(
    "LEA-04 giving up is undone, also work that the session does not see, and needs the right") {
    Works works;
    const auto lead = works.add().head.id;
    works.plan(lead, "Call");
    const auto hidden = works.of_all.add({.last_name = "X"}).head.id;
    CHECK_THROWS_AS(works.leads.mark_unpromising(hidden, "other"), NotFound);
    const auto secret =
        Activities(works.desk.ana)
            .plan({.subject = "Ana's", .kind = "call", .start = friday, .lead = lead});
    CHECK_FALSE(works.desk.activities.find(secret.head.id));
    const auto before = content(works.desk.ana);
    works.leads.mark_unpromising(lead, "spam");
    CHECK(Activities(works.desk.ana).get(secret.head.id).state == ActivityState::cancelled);
    works.desk.ana.undo(works.last_command());
    CHECK(content(works.desk.ana) == before);
    works.desk.ana.undo(works.last_command());  // a redo
    works.leads.revive(lead);
    CHECK(content(works.desk.ana) == before);
    Rights(works.desk.ana).lock(works.desk.ion.user(), "lead", "reason");
    CHECK_THROWS_AS(works.leads.mark_unpromising(lead, "spam"), Denied);
}

TEST_CASE("LEA-01 the data of a lead go with the person, in the export and for good") {
    Works works;
    Leads leads(works.desk.ana);
    const auto lead = leads.add({.last_name = "Zavulonov", .company = "Acme SRL"}).head.id;
    Points(works.desk.ana).add({.record = lead, .type = "email", .value = "zav@acme.md"});
    Notes(works.desk.ana).write(lead, "note of a lead");
    const auto became = leads.convert(lead);
    const auto other = leads.add({.last_name = "Zavulonov"}).head.id;
    Points(works.desk.ana).add({.record = other, .type = "phone", .value = "069111222"});

    const auto told = [&](Ref person) {
        const auto target = works.desk.folder.path() / (std::to_string(person.value()) + ".json");
        export_subject(works.desk.ana, person, target);
        std::ifstream file(target);
        return Json::parse(std::string{std::istreambuf_iterator<char>{file}, {}});
    };
    CHECK(told(became.contact.record)["person"]["leads"].array().size() == 1);
    const Json alone = told(other);
    CHECK(alone["person"]["leads"].array().size() == 1);
    CHECK(alone["records"].array().size() == 1);

    Erasures erasures(works.desk.ana);
    erasures.erase(became.contact.record, {.reason = "asked for it"});
    CHECK_FALSE(leads.find(lead));
    CHECK(leads.find(other));
    CHECK_THROWS_AS(leads.intake({.key = "1", .subject = "Again", .email = "ZAV@acme.md"}),
                    Suppressed);
    erasures.erase(other, {.reason = "asked for it"});
    CHECK_FALSE(leads.find(other));
    const auto again = leads.add({.last_name = "Zavulonov"}).head.id;
    CHECK_THROWS_AS(
        Points(works.desk.ana).add({.record = again, .type = "phone", .value = "+373 69 111 222"}),
        Suppressed);
    const auto firm = leads.add({.company = "Beta SRL"}).head.id;
    CHECK(refused_field([&] { erasures.erase(firm, {.reason = "x"}); }) == "erasure.person");
}
