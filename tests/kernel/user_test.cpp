#include <doctest/doctest.h>

#include "desk.hpp"

using namespace crm;
using test::Desk;
using namespace std::string_literals;

namespace {

template <class Body>
std::string field_refused(const Body& body) {
    try {
        body();
    } catch (const Invalid& refused) {
        return refused.kind + "." + refused.field;
    }
    return "nothing";
}

template <class Record>
void change(Records<Record>& area, std::type_identity_t<Id<Record>> id, std::string_view field,
            Value value) {
    area.change(id, any_version, {{field, value}});
}

}  // namespace

TEST_CASE("RIG-01 a new file has its administrator in the top unit") {
    Desk desk;
    const User ana = Users(desk.me()).by_login("ana");
    CHECK(ana.name == "Ana Rusu");
    CHECK(ana.is_active);
    CHECK(Units(desk.me()).get(ana.unit).name == "Head office");
    CHECK(Units(desk.me()).named("HEAD OFFICE").head.id == ana.unit.ref());
}

TEST_CASE("RIG-01 logins are unique and found blind to case and diacritics") {
    Desk desk;
    const User added = desk.add_user("Ștefan");
    Users users(desk.me());
    CHECK(added.name == "Ștefan");
    CHECK(users.by_login(" stefan ").head.id == added.head.id);
    CHECK_THROWS_AS(desk.add_user("STEFAN"), Conflict);
    CHECK_THROWS_AS(users.by_login("nobody"), NotFound);
    CHECK(field_refused([&] { desk.add_user("  "); }) == "user.login");
    CHECK(field_refused([&] { change(users, added.head.id, "login", Value{"other"}); }) ==
          "user.login");
}

TEST_CASE("RIG-01 units form a tree without cycles") {
    Desk desk;
    Units units(desk.me());
    const Id<Unit> sales = desk.add_unit("Sales").head.id,
                   north = desk.add_unit("North", sales).head.id,
                   team = desk.add_unit("Team", north).head.id;
    CHECK(field_refused([&] { change(units, sales, "parent_id", team.value()); }) ==
          "unit.parent_id");
    CHECK(field_refused([&] { change(units, sales, "parent_id", sales.value()); }) ==
          "unit.parent_id");
    change(units, team, "parent_id", sales.value());
    CHECK(units.get(team).parent == sales);
    CHECK_THROWS_AS(desk.add_unit("SALES"), Conflict);
    CHECK_THROWS_AS(units.remove(sales), Conflict);
    CHECK_NOTHROW(units.remove(team));
}

TEST_CASE("RIG-01 territories form a tree without cycles") {
    Desk desk;
    Records<Territory> territories(desk.me());
    const Id<Territory> moldova = territories.add({.name = "Moldova"}).head.id;
    const Id<Territory> south = territories.add({.name = "South", .parent = moldova}).head.id;
    CHECK(field_refused([&] { change(territories, moldova, "parent_id", south.value()); }) ==
          "territory.parent_id");
}

TEST_CASE("RIG-01 users and units are seen by everybody and changed by administrators") {
    Desk desk;
    const User ion = desk.add_user("ion");
    auto he = desk.as("ion");
    CHECK(Users(he).by_login("ana").name == "Ana Rusu");
    CHECK_THROWS_AS(Users(he).add({.login = "eva", .unit = he.unit()}), Denied);
    CHECK_THROWS_AS(Units(he).add({.name = "Mine"}), Denied);
    Rights rights(he);
    CHECK_THROWS_AS(rights.grant(ion.head.id, "*", "read", "all"), Denied);
}

TEST_CASE("RIG-01 a group gives its rights to its members, and takes them away") {
    Desk desk;
    Rights rights(desk.me());
    Records<UserGroupMember> members(desk.me());
    const Id<User> ion = desk.add_user("ion").head.id;
    const Id<UserGroup> sellers = Records<UserGroup>(desk.me()).add({.name = "Sellers"}).head.id;
    const Party acme = desk.add_party("Acme");
    auto he = desk.as("ion");
    rights.grant(sellers, "party", "read", "all");
    CHECK_FALSE(Parties(he).find(acme.head.id));
    const auto membership = members.add({.group = sellers, .user = ion});
    CHECK(Parties(he).find(acme.head.id));
    CHECK_THROWS_AS(members.add({.group = sellers, .user = ion}), Conflict);
    members.remove(membership.head.id);
    CHECK_FALSE(Parties(he).find(acme.head.id));
    Records<UserGroup>(desk.me()).remove(sellers);
    CHECK(rights.list({.where = field("kind") == "party"}).rows.empty());
}

TEST_CASE("RIG-01 rights are given and taken once, and only known ones") {
    Desk desk;
    Rights rights(desk.me());
    const Id<User> ion = desk.add_user("ion").head.id;
    const auto count = [&] {
        return rights.count(field("holder_id") == std::to_string(ion.value())).rows;
    };
    rights.grant(ion, "party", "read", "own");
    rights.grant(ion, "party", "read", "own");
    CHECK(count() == 1);
    rights.revoke(ion, "party", "read", "own");
    rights.revoke(ion, "party", "read", "own");
    CHECK(count() == 0);
    CHECK(field_refused([&] { rights.grant(ion, "planet", "read", "own"); }) ==
          "access_right.kind");
    CHECK(field_refused([&] { rights.grant(ion, "note", "read", "own"); }) == "access_right.kind");
    CHECK(field_refused([&] { rights.grant(ion, "party", "steal", "own"); }) ==
          "access_right.action");
    CHECK(field_refused([&] { rights.grant(ion, "party", "administer", "all"); }) ==
          "access_right.action");
    CHECK(field_refused([&] { rights.grant(ion, "party", "read", "some"); }) ==
          "access_right.scope");
    CHECK(field_refused([&] { rights.grant(desk.me().unit(), "party", "read", "all"); }) ==
          "access_right.holder_id");
}

TEST_CASE("RIG-01 a share shows one record to one user") {
    Desk desk;
    Rights rights(desk.me());
    const Id<User> ion = desk.add_user("ion").head.id;
    const Party acme = desk.add_party("Acme"), other = desk.add_party("Other");
    rights.grant(ion, "party", "read", "shared");
    auto he = desk.as("ion");
    CHECK_FALSE(Parties(he).find(acme.head.id));
    const Share share = rights.share(acme.head.id, ion);
    CHECK(Parties(he).find(acme.head.id));
    CHECK_FALSE(Parties(he).find(other.head.id));
    CHECK(rights.share(acme.head.id, ion, "change").head.id == share.head.id);
    CHECK(field_refused([&] { rights.share(acme.head.id, ion, "own"); }) == "share.level");
    CHECK_THROWS_AS(Rights(he).share(other.head.id, ion), Error);
}

TEST_CASE("RIG-01 the last active administrator stays") {
    Desk desk;
    Users users(desk.me());
    Rights rights(desk.me());
    const Id<User> ana = desk.me().user();
    CHECK_THROWS_AS(change(users, ana, "is_active", std::int64_t{0}), Conflict);
    CHECK_THROWS_AS(rights.revoke(ana, "*", "administer", "all"), Conflict);
    CHECK(users.get(ana).is_active);

    const Id<User> eva = desk.add_user("eva").head.id;
    rights.grant(eva, "*", "administer", "all");
    CHECK_NOTHROW(rights.revoke(ana, "*", "administer", "all"));
    auto she = desk.as("eva");
    Users hers(she);
    CHECK_THROWS_AS(change(hers, eva, "is_active", std::int64_t{0}), Conflict);
}

TEST_CASE("RIG-01 one unit of work may hand the administration over") {
    Desk desk;
    const Id<User> ana = desk.me().user(), eva = desk.add_user("eva").head.id;
    desk.me().write("administration.hand_over", [&](Work&) {
        Rights rights(desk.me());
        rights.grant(eva, "*", "administer", "all");
        rights.revoke(ana, "*", "administer", "all");
    });
    CHECK_THROWS_AS(desk.add_user("ion"), Denied);
}

TEST_CASE("RIG-01 users are deactivated, not removed") {
    Desk desk;
    Users users(desk.me());
    const Id<User> ion = desk.add_user("ion").head.id;
    CHECK_THROWS_AS(users.remove(ion), Conflict);
    change(users, ion, "is_active", std::int64_t{0});
    CHECK_THROWS_AS(desk.as("ion"), Denied);
}

TEST_CASE("RIG-01 a user has a language and a zone that exist") {
    Desk desk;
    Users users(desk.me());
    const Id<User> ion = desk.add_user("ion").head.id;
    CHECK(field_refused([&] { change(users, ion, "language", Value{"English"}); }) ==
          "user.language");
    CHECK(field_refused([&] { change(users, ion, "zone", Value{"Mars/Olympus"}); }) == "user.zone");
    users.change(ion, any_version, {{"language", Value{"uk"}}, {"zone", Value{"Europe/Kyiv"}}});
    CHECK(desk.as("ion").language() == "uk");
    CHECK(desk.as("ion").zone().name() == "Europe/Kyiv");
}
