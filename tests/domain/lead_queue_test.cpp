#include <doctest/doctest.h>

#include <map>
#include <set>
#include <sstream>

#include "support/desk.hpp"
#include "support/worker.hpp"

using namespace crm;
using namespace ::test;

namespace {

/// A head who fills the queue "Web", and sellers who take from it and see leads of their own only.
struct Works {
    Desk desk;
    LeadQueues queues{desk.ana};
    Leads leads{desk.ana};
    LeadQueue queue = queues.add({.name = "Web"});
    std::vector<Session> sellers;

    Session& seller(const char* login) {
        const auto user = Users(desk.ana).add({.login = login, .unit = desk.ana.unit()}).head.id;
        for (const char* kind : {"lead", "activity", "party", "contact"})
            for (const char* action : {"read", "create", "change"})
                Rights(desk.ana).grant(user, kind, action, "own");
        queues.add_member(queue.head.id, user);
        sellers.push_back(desk.database.trusted_session(login));
        return sellers.back();
    }
    Lead put(std::string name, std::optional<std::int64_t> score = {}) {
        desk.clock.advance(std::chrono::seconds{1});
        const auto lead = leads.add({.last_name = std::move(name), .score = score}).head.id;
        return leads.enqueue(lead, queue.head.id);
    }
    void rule(const char* rule) { queues.change(queue.head.id, any_version, {{"rule", rule}}); }
    std::string owner_of(Id<Lead> lead) {
        return Users(desk.ana).get(leads.get(lead).head.owner).login;
    }
    CommandId last_command() const { return desk.ana.commands(1).front().id; }

    Works() { sellers.reserve(4); }
};

std::vector<std::string> names(const std::vector<Lead>& leads) {
    std::vector<std::string> names;
    for (const auto& lead : leads) names.push_back(lead.name);
    return names;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "LEA-02 sellers take the next lead they could not see: highest score, then longest wait") {
    Works works;
    auto& vlad = works.seller("vlad");
    Leads of_vlad(vlad);
    const auto cold = works.put("Cold", 10), first = works.put("First"), hot = works.put("Hot", 80),
               second = works.put("Second");
    CHECK(hot.state == LeadState::queued);
    CHECK(hot.queued_at == works.desk.clock.now() - std::chrono::seconds{1});
    CHECK_FALSE(of_vlad.find(hot.head.id));
    CHECK(of_vlad.waiting(works.queue.head.id).empty());
    CHECK(names(works.leads.waiting(works.queue.head.id)) ==
          Names{"Hot", "Cold", "First", "Second"});
    const auto taken = of_vlad.take_next(works.queue.head.id);
    REQUIRE(taken);
    CHECK(taken->name == "Hot");
    CHECK(taken->state == LeadState::taken);
    CHECK(taken->head.owner == vlad.user());
    CHECK(taken->head.unit == vlad.unit());
    CHECK(taken->taken_at == works.desk.clock.now());
    for (const char* name : {"Cold", "First", "Second"})
        CHECK(of_vlad.take_next(works.queue.head.id)->name == name);
    const auto last = works.last_command();
    CHECK_FALSE(of_vlad.take_next(works.queue.head.id));
    CHECK(works.last_command() == last);  // who asks in vain leaves no command
}

TEST_CASE("LEA-02 only members take, only of a queue in use, and only who may read his own") {
    Works works;
    const auto queue = works.queue.head.id;
    works.put("Popa");
    CHECK_THROWS_AS(Leads(works.desk.ion).take_next(queue), Denied);
    auto& vlad = works.seller("vlad");
    Rights(works.desk.ana).revoke(vlad.user(), "lead", "read", "own");
    CHECK_THROWS_AS(Leads(vlad).take_next(queue), Denied);
    Rights(works.desk.ana).grant(vlad.user(), "lead", "read", "own");
    works.queues.change(queue, any_version, {{"is_active", std::int64_t{0}}});
    CHECK_THROWS_AS(Leads(vlad).take_next(queue), Conflict);
    CHECK_THROWS_AS(works.put("Other"), Conflict);
    works.queues.change(queue, any_version, {{"is_active", std::int64_t{1}}});
    works.queues.remove_member(queue, vlad.user());
    CHECK_THROWS_AS(Leads(vlad).take_next(queue), Denied);
    works.queues.add_member(queue, vlad.user());
    works.queues.add_member(queue, vlad.user());  // once
    CHECK(works.queues.members(queue) == std::vector{vlad.user()});
    CHECK(Leads(vlad).take_next(queue));
    // A queue of which leads tell stays.
    CHECK_THROWS_AS(works.queues.remove(queue), Conflict);
}

TEST_CASE("LEA-02 queues are kept by who holds manage_lead_queues, and seen by all") {
    Works works;
    LeadQueues of_ion(works.desk.ion);
    CHECK(of_ion.named("web").head.id == works.queue.head.id);
    CHECK_THROWS_AS(of_ion.named("phone"), NotFound);
    CHECK_THROWS_AS(of_ion.add({.name = "Phone"}), Denied);
    CHECK_THROWS_AS(of_ion.add_member(works.queue.head.id, works.desk.ion.user()), Denied);
    Rights(works.desk.ana).grant(works.desk.ion.user(), "*", "manage_lead_queues", "all");
    const auto phone = of_ion.add({.name = "Phone"});
    of_ion.add_member(phone.head.id, works.desk.ion.user());
    works.desk.ion.undo(works.last_command());
    CHECK(of_ion.members(phone.head.id).empty());
    CHECK_THROWS_AS(of_ion.add({.name = "PHONE"}), Conflict);
    CHECK_THROWS_AS(Units(works.desk.ion).add({.name = "Mine"}), Denied);
    const auto why = Rights(works.desk.ion).explain(works.desk.ion.user(), phone.head.id);
    for (const auto& verdict : why.verdicts) CHECK(verdict.allowed);
}

TEST_CASE("LEA-02 a head puts leads in who may assign them; a lead keeps its place in its queue") {
    Works works;
    const auto queue = works.queue.head.id;
    Leads of_ion(works.desk.ion);
    const auto lead = of_ion.add({.last_name = "Popa"}).head.id;
    CHECK_THROWS_AS(of_ion.enqueue(lead, queue), Denied);
    CHECK_THROWS_AS(of_ion.assign(lead, works.desk.petru.user()), Denied);
    const auto queued = works.leads.enqueue(lead, queue);
    works.desk.clock.advance(hour);
    CHECK(works.leads.enqueue(lead, queue) == queued);
    const auto other = works.queues.add({.name = "Phone"}).head.id;
    CHECK(works.leads.enqueue(lead, other).queued_at == works.desk.clock.now());
    works.leads.mark_unpromising(lead, "spam");
    CHECK_THROWS_AS(works.leads.enqueue(lead, queue), Conflict);
    CHECK_THROWS_AS(works.leads.assign(lead, works.desk.petru.user()), Conflict);
    works.leads.revive(lead);
    CHECK(works.leads.assign(lead, works.desk.petru.user()).head.unit == works.desk.petru.unit());
    Users(works.desk.ana)
        .change(works.desk.ion.user(), any_version, {{"is_active", std::int64_t{0}}});
    CHECK_THROWS_AS(works.leads.assign(lead, works.desk.ion.user()), Invalid);
}

TEST_CASE("LEA-02 leads are given away in turn, beginning with who was given one the longest ago") {
    Works works;
    const auto queue = works.queue.head.id;
    auto& vlad = works.seller("vlad");
    works.seller("olga"), works.seller("rita");
    CHECK_THROWS_AS(works.leads.distribute(queue), Conflict);  // members take in order
    works.rule("round_robin");
    works.put("A");
    Leads(vlad).take_next(queue);
    std::vector<Lead> put;
    for (const char* name : {"B", "C", "D", "E"}) put.push_back(works.put(name));
    const auto given = works.leads.distribute(queue, 3);
    REQUIRE(given.size() == 3);
    CHECK(works.owner_of(put[0].head.id) == "olga");
    CHECK(works.owner_of(put[1].head.id) == "rita");
    CHECK(works.owner_of(put[2].head.id) == "vlad");
    CHECK(works.leads.get(put[3].head.id).state == LeadState::queued);
    works.desk.clock.advance(hour);
    CHECK(works.leads.distribute(queue).size() == 1);
    works.desk.clock.advance(hour);
    works.put("F");
    CHECK(Users(works.desk.ana).get(works.leads.distribute(queue).at(0).user).login == "rita");
    works.desk.ana.undo(works.last_command());
    CHECK(names(works.leads.waiting(queue)) == Names{"F"});
}

TEST_CASE("LEA-02 leads are given to who is least busy, and never to who left") {
    Works works;
    const auto queue = works.queue.head.id;
    auto& vlad = works.seller("vlad");
    works.seller("olga");
    auto& left = works.seller("left");
    Users(works.desk.ana).change(left.user(), any_version, {{"is_active", std::int64_t{0}}});
    works.rule("least_busy");
    for (const char* name : {"A", "B"}) works.put(name), Leads(vlad).take_next(queue);
    std::vector<Lead> put;
    for (const char* name : {"C", "D", "E", "F"}) put.push_back(works.put(name));
    works.leads.distribute(queue);
    CHECK(works.owner_of(put[0].head.id) == "olga");
    CHECK(works.owner_of(put[1].head.id) == "olga");
    CHECK(works.owner_of(put[2].head.id) == "vlad");
    CHECK(works.owner_of(put[3].head.id) == "olga");
    Notices notices(vlad);
    CHECK(notices.take().size() == 1);
    for (const Id<User> user : works.queues.members(queue)) works.queues.remove_member(queue, user);
    CHECK_THROWS_AS(works.leads.distribute(queue), Conflict);
}

TEST_CASE("LEA-02 a rule gives away only what its user may assign") {
    Works works;
    works.seller("vlad");
    works.rule("round_robin");
    Rights(works.desk.ana).grant(works.desk.ion.user(), "lead", "assign", "own");
    const auto hidden = works.put("Hidden");
    Leads of_ion(works.desk.ion);
    const auto own = of_ion.add({.last_name = "Own"}).head.id;
    of_ion.enqueue(own, works.queue.head.id);
    CHECK(of_ion.distribute(works.queue.head.id).size() == 1);
    CHECK(works.leads.get(hidden.head.id).state == LeadState::queued);
}

TEST_CASE("LEA-02 what its user may not assign holds nothing up, and nothing given is no command") {
    Works works;
    const auto queue = works.queue.head.id;
    works.seller("vlad");
    works.rule("round_robin");
    Rights(works.desk.ana).grant(works.desk.ion.user(), "lead", "assign", "own");
    for (const char* name : {"A", "B", "C"}) works.put(name, 90);
    Leads of_ion(works.desk.ion);
    const auto before = works.last_command();
    CHECK(of_ion.distribute(queue).empty());
    CHECK(works.last_command() == before);
    std::vector<Id<Lead>> own;
    for (const char* name : {"D", "E"}) {
        works.desk.clock.advance(hour);
        own.push_back(of_ion.add({.last_name = name}).head.id);
        of_ion.enqueue(own.back(), queue);
    }
    for (const auto expected : own) {
        const auto given = of_ion.distribute(queue, 1);
        REQUIRE(given.size() == 1);
        CHECK(given[0].lead == expected);
    }
    CHECK(names(works.leads.waiting(queue)) == Names{"A", "B", "C"});
}

TEST_CASE("LEA-02 who gave a lead into the queue is told who took it") {
    Works works;
    auto& vlad = works.seller("vlad");
    const auto lead = Leads(works.desk.ion).add({.last_name = "Popa"}).head.id;
    CHECK(works.leads.enqueue(lead, works.queue.head.id).queued_by == works.desk.ana.user());
    Leads(vlad).take_next(works.queue.head.id);
    CHECK(Notices(works.desk.ion).take().empty());  // whose lead it was
    const auto told = Notices(works.desk.ana).take();
    REQUIRE(told.size() == 1);
    CHECK(told[0].reason == "lead_taken");
    CHECK(told[0].record == lead);
    CHECK(told[0].from == vlad.user());
    const auto other = works.leads.add({.last_name = "Other"}).head.id;
    works.leads.assign(other, vlad.user());
    const auto given = Notices(vlad).take();
    REQUIRE(given.size() == 1);
    CHECK(given[0].reason == "assignment");
}

TEST_CASE("LEA-02 eight processes take N leads: each is taken once, and none is left") {
    constexpr int processes = 8, count = 400;
    const Folder folder;
    const auto path = folder.path() / "team.crm";
    const auto name = [](int i) { return "seller" + std::to_string(i); };
    Id<LeadQueue> queue;
    {  // closed before the processes are made
        auto database = create(path, {.admin = "ana"});
        auto ana = database.trusted_session("ana");
        LeadQueues queues(ana);
        queue = queues.add({.name = "Web"}).head.id;
        for (int i = 0; i < processes; ++i) {
            const auto user = Users(ana).add({.login = name(i), .unit = ana.unit()}).head.id;
            Rights(ana).grant(user, "lead", "read", "own");
            queues.add_member(queue, user);
        }
        Leads leads(ana);
        ana.write("fill", [&](Work&) {
            for (int i = 0; i < count; ++i)
                leads.enqueue(leads.add({.last_name = "Popa", .score = i % 7}).head.id, queue);
        });
    }
    std::vector<Worker> workers;
    for (int i = 0; i < processes; ++i)
        workers.emplace_back([=] {
            auto database = open(path);
            auto me = database.trusted_session(name(i));
            std::string taken;
            while (const auto lead = Leads(me).take_next(queue))
                taken += std::to_string(lead->head.id.value()) + " ";
            return taken;
        });
    std::map<std::string, int> times;
    int busy = 0;
    for (const Worker& worker : workers) {
        std::istringstream taken(worker.text());
        busy += taken.peek() != EOF;
        for (std::string id; taken >> id;) ++times[id];
    }
    CHECK(times.size() == count);
    for (const auto& [id, number] : times) CHECK(number == 1);
    CHECK(busy > 1);
    MESSAGE(busy << " of " << processes << " processes took leads");

    auto database = open(path);
    auto ana = database.trusted_session("ana");
    CHECK(Leads(ana).count(field("state") == "taken").rows == count);
    CHECK(verify(ana).defects.empty());
}
