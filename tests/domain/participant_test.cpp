#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

/// A visit of ion's, who sells in another unit than petru.
struct Visit {
    Desk desk;
    Id<Contact> maria = desk.contacts.add({.last_name = "Maria"}).head.id;
    Id<Activity> id =
        desk.activities.plan({.subject = "Visit", .kind = "meeting", .start = friday}).head.id;
    Participants participants{desk.ion};
    Participants of_petru{desk.petru};

    std::vector<Notice> told() { return Notices(desk.petru).take(); }
};

}  // namespace

TEST_CASE("ACT-08 contacts and users take part, each once, and stand with their acceptance") {
    Visit visit;
    const auto contact = visit.participants.invite(visit.id, visit.maria);
    const auto user =
        visit.participants.invite(visit.id, visit.desk.petru.user(), ParticipantRole::chair);
    CHECK(contact.role == ParticipantRole::required);
    CHECK(contact.acceptance == Acceptance::needs_action);
    CHECK(visit.participants.of(visit.id) == std::vector{user, contact});
    const auto answered =
        visit.participants.change(contact.head.id, 1, {{"acceptance", "tentative"}});
    CHECK(answered.acceptance == Acceptance::tentative);
    CHECK_THROWS_WITH_AS(
        visit.participants.invite(visit.id, visit.maria),
        "participant: another record has this activity_id and contact_id already, perhaps a hidden "
        "one; choose another, or change that one",
        Conflict);
    CHECK_THROWS_AS(visit.participants.invite(visit.id, visit.desk.petru.user()), Conflict);
    CHECK(refused_field([&] { visit.participants.add({.activity = visit.id}); }) ==
          "participant.contact_id");
    CHECK(refused_field([&] {
              visit.participants.add(
                  {.activity = visit.id, .contact = visit.maria, .user = visit.desk.ana.user()});
          }) == "participant.contact_id");
    CHECK(visit.desk.activities.list({.where = field("participant.contact.last_name") == "Maria"})
              .rows.size() == 1);
    visit.desk.contacts.remove(visit.maria);
    CHECK(visit.participants.of(visit.id).size() == 1);
}

TEST_CASE("ACT-08 an invited user is told, sees the activity and answers for himself") {
    Visit visit;
    CHECK_FALSE(visit.desk.petru.find(visit.id));
    const auto invited = visit.participants.invite(visit.id, visit.desk.petru.user());
    const auto told = visit.told();
    REQUIRE(told.size() == 1);
    CHECK(told[0].reason == "assignment");
    CHECK(told[0].record == visit.id.ref());
    CHECK(visit.desk.petru.find(visit.id));
    CHECK(visit.of_petru.invitations() == std::vector{invited});
    CHECK_THROWS_AS(visit.of_petru.change(invited.head.id, 1, {{"acceptance", "accepted"}}),
                    Denied);  // by that he could answer for others, too
    CHECK(visit.of_petru.accept(visit.id).acceptance == Acceptance::accepted);
    CHECK(visit.of_petru.invitations().empty());
    CHECK(visit.of_petru.decline(visit.id).acceptance == Acceptance::declined);
    CHECK(visit.participants.get(invited.head.id).acceptance == Acceptance::declined);
    CHECK_THROWS_AS(visit.participants.accept(visit.id), NotFound);  // ion does not take part
    Rights(visit.desk.ana).lock(visit.desk.petru.user(), "participant", "acceptance");
    CHECK_THROWS_AS(visit.of_petru.accept(visit.id), Denied);
}

TEST_CASE("ACT-08 who takes part no more does not see the activity by that any more") {
    Visit visit;
    auto invited = visit.participants.invite(visit.id, visit.desk.petru.user());
    visit.participants.remove(invited.head.id);
    CHECK_FALSE(visit.desk.petru.find(visit.id));
    visit.desk.ion.undo(visit.desk.ion.commands(1).front().id);  // he takes part after all
    CHECK(visit.desk.petru.find(visit.id));
    visit.participants.remove(invited.head.id);
    CHECK_FALSE(visit.desk.petru.find(visit.id));
    // A share that was there already is not the invitation's.
    Rights(visit.desk.ion).share(visit.id, visit.desk.petru.user(), "change");
    invited = visit.participants.invite(visit.id, visit.desk.petru.user());
    visit.participants.remove(invited.head.id);
    CHECK(visit.desk.petru.find(visit.id));
    // One that has ended is as none.
    Rights(visit.desk.ion).share(visit.id, visit.desk.petru.user(), "read", Date(2026, 3, 2));
    visit.desk.clock.advance(day);
    CHECK_FALSE(visit.desk.petru.find(visit.id));
    visit.participants.invite(visit.id, visit.desk.petru.user());
    CHECK(visit.desk.petru.find(visit.id));
}

TEST_CASE("ACT-08 who has an activity by a share only can invite nobody else to it") {
    Visit visit;
    const auto olga = Users(visit.desk.ana).add({.login = "olga", .unit = visit.desk.petru.unit()});
    Rights(visit.desk.ion).share(visit.id, visit.desk.petru.user(), "change");
    CHECK_THROWS_AS(visit.of_petru.invite(visit.id, olga.head.id), Denied);
    CHECK(visit.participants.of(visit.id).empty());
}

TEST_CASE("ACT-08 merging two contacts of one activity leaves one participant") {
    Visit visit;
    Session& ana = visit.desk.ana;
    const auto same = Contacts(ana).add({.last_name = "Maria"}).head.id;
    Participants participants(ana);
    const auto first = participants.invite(visit.id, visit.maria);
    const auto second = participants.invite(visit.id, same, ParticipantRole::chair);
    Duplicates(ana).merge(visit.maria, {same});
    CHECK(participants.of(visit.id) == std::vector{first});
    ana.undo(ana.commands(1).front().id);
    CHECK(participants.get(second.head.id).contact == same);
    CHECK(verify(ana).defects.empty());
}
