#include <doctest/doctest.h>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

template <class Record>
std::vector<std::string> names(const std::vector<Record>& all) {
    std::vector<std::string> names;
    for (const Record& each : all) names.push_back(each.name);
    return names;
}

std::vector<std::string> logins(const std::vector<User>& users) {
    std::vector<std::string> logins;
    for (const User& user : users) logins.push_back(user.login);
    return logins;
}

void learn(Session& session, Id<User> user, const char* skill, std::int64_t level) {
    Records<UserSkill>(session).add({.user = user, .skill = skill, .level = level});
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("RIG-11 users keep their own contact data, interests, language, zone and skills") {
    Desk desk;
    const Id<User> ion = desk.ion.user();
    Users users(desk.ion);
    users.change(ion, any_version,
                 {{"phone", "022 123"},
                  {"mobile", "069 1"},
                  {"email", "ion@firma.md"},
                  {"interests", "wine"},
                  {"language", "ru"},
                  {"zone", "Europe/Kyiv"}});
    CHECK(users.get(ion).mobile == "069 1");
    learn(desk.ion, ion, "German", 2);
    Records<UserSkill> skills(desk.ion);
    const auto german = skills.list().rows.front();
    skills.change(german.head.id, any_version, {{"level", std::int64_t{4}}});
    skills.remove(german.head.id);
    CHECK(skills.list().rows.empty());
}

TEST_CASE("RIG-11 users change nothing else of themselves, and nothing of others") {
    Desk desk;
    const Id<User> ion = desk.ion.user(), petru = desk.petru.user();
    Users users(desk.ion);
    const auto change = [&](Id<User> user, const char* field, Value value) {
        users.change(user, any_version, {{"phone", "1"}, {field, value}});
    };
    const auto seller = Records<Position>(desk.ana).add({.name = "Seller"}).head.id;
    CHECK_THROWS_AS(change(ion, "is_active", std::int64_t{0}), Denied);
    CHECK_THROWS_AS(change(ion, "unit_id", desk.petru.unit().value()), Denied);
    CHECK_THROWS_AS(change(ion, "login", "boss"), Denied);
    CHECK_THROWS_AS(change(ion, "name", "Boss"), Denied);
    CHECK_THROWS_AS(change(ion, "position_id", seller.value()), Denied);
    CHECK_THROWS_AS(change(petru, "phone", "2"), Denied);
    CHECK_THROWS_AS(users.remove(ion), Denied);
    CHECK(users.get(ion).phone.empty());

    learn(desk.ana, petru, "German", 2);
    Records<UserSkill> skills(desk.ion);
    const auto german = skills.list().rows.front().head.id;
    CHECK_THROWS_AS(learn(desk.ion, petru, "Latin", 1), Denied);
    CHECK_THROWS_AS(skills.change(german, any_version, {{"level", std::int64_t{5}}}), Denied);
    CHECK_THROWS_AS(skills.remove(german), Denied);
    learn(desk.ion, ion, "Latin", 1);
    const auto latin = skills.list({.where = field("skill") == "Latin"}).rows.front().head.id;
    CHECK_THROWS_AS(skills.change(latin, any_version, {{"user_id", petru.value()}}), Invalid);
}

TEST_CASE("RIG-11 a profile shows position, unit, groups, skills, territories and open tasks") {
    Desk desk;
    const Id<User> ion = desk.ion.user();
    Records<UserGroup> groups(desk.ana);
    Records<Territory> territories(desk.ana);
    const Id<UserGroup> all = groups.add({.name = "Zulu"}).head.id,
                        team = groups.add({.name = "Alpha", .parent = all}).head.id;
    groups.add({.name = "Others"});
    Records<UserGroupMember>(desk.ana).add({.group = team, .user = ion});
    const Id<Position> seller = Records<Position>(desk.ana).add({.name = "Seller"}).head.id;
    Users(desk.ana).change(ion, any_version, {{"position_id", seller.value()}});
    const auto works = [&](const char* name, Ref holder) {
        const Id<Territory> territory = territories.add({.name = name}).head.id;
        Records<TerritoryMember>(desk.ana).add({.territory = territory, .holder = holder});
    };
    works("North", ion), works("East", all), works("South", seller),
        works("West", desk.petru.user());
    learn(desk.ana, ion, "Latin", 1), learn(desk.ana, ion, "German", 5);
    const auto party = acme(desk);
    desk.activities.plan(call(party, "Later", friday));
    desk.activities.plan(call(party, "Soon", monday));
    desk.activities.complete(desk.activities.plan(call(party, "Done")).head.id, "well");

    const Profile profile = Users(desk.ion).profile(ion);
    CHECK(profile.user.login == "ion");
    CHECK(profile.unit.name == "Sales");
    REQUIRE(profile.position);
    CHECK(profile.position->name == "Seller");
    CHECK(names(profile.groups) == Names{"Alpha", "Zulu"});
    CHECK(names(profile.territories) == Names{"East", "North", "South"});
    REQUIRE(profile.skills.size() == 2);
    CHECK(profile.skills.front().skill == "German");
    CHECK(subjects(profile.tasks) == Names{"Soon", "Later"});
    CHECK_FALSE(profile.more_tasks);

    const Profile cut = Users(desk.ion).profile(ion, 1);
    CHECK(subjects(cut.tasks) == Names{"Soon"});
    CHECK(cut.more_tasks);
    CHECK(Users(desk.petru).profile(ion).tasks.empty());  // the tasks of another unit
    CHECK_FALSE(Users(desk.ion).profile(desk.ana.user()).position);
}

TEST_CASE("RIG-11 a profile is of a user, and of a page's size") {
    Desk desk;
    Users users(desk.ion);
    CHECK_THROWS_AS(users.profile(Id<User>{}), NotFound);
    CHECK_THROWS_AS(users.profile(desk.ion.unit().ref()), NotFound);
    CHECK(refused_field([&] { users.profile(desk.ion.user(), 0); }) == "query.limit");
    CHECK(refused_field([&] { users.skilled("a", 0, 1'001); }) == "query.limit");
}

TEST_CASE("RIG-11 users are found by skill, the best first, whatever the case and the diacritics") {
    Desk desk;
    const Id<User> ion = desk.ion.user(), petru = desk.petru.user(), ana = desk.ana.user();
    learn(desk.ana, ion, "Română juridică", 3), learn(desk.ana, ion, "Română", 2);
    learn(desk.ana, petru, "romana", 5), learn(desk.ana, ana, "Romani", 0);
    learn(desk.ana, ana, "German", 5);
    Users users(desk.ion);
    CHECK(logins(users.skilled("ROMÂN")) == Names{"petru", "ion", "ana"});
    CHECK(logins(users.skilled("romana", 3)) == Names{"petru", "ion"});
    CHECK(logins(users.skilled("romana", 4)) == Names{"petru"});
    CHECK(logins(users.skilled("roman", 0, 1)) == Names{"petru"});
    CHECK(users.skilled("japanese").empty());
    Users(desk.ana).change(petru, any_version, {{"is_active", std::int64_t{0}}});
    CHECK(logins(users.skilled("romana", 3)) == Names{"ion"});
}
