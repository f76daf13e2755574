// Saved filters: named conditions, a user's own or shared, used wherever a filter is.
#include <doctest/doctest.h>

#include "rights/raw_file.hpp"
#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using ::test::refusal;
using ::test::refused_field;

namespace {

const Filter moldovan = field("country") == "MD";

std::vector<std::string> names(const std::vector<Party>& parties) {
    std::vector<std::string> names;
    for (const Party& party : parties) names.push_back(party.name);
    return names;
}

std::vector<std::string> names(Session& session) {
    std::vector<std::string> names;
    for (const SavedFilter& each : SavedFilters(session).list().rows) names.push_back(each.name);
    return names;
}

/// Who sees parties of all units, and nothing else.
Session reader(::test::Desk& desk, const char* login, const char* kind = "party") {
    const auto user = Users(desk.ana).add({.login = login, .unit = desk.ana.unit()});
    for (const char* action : {"read", "export"})
        Rights(desk.ana).grant(user.head.id, kind, action, "all");
    return desk.database.trusted_session(login);
}

std::string exported(Session& session, const Query& query) {
    std::string text;
    export_csv(session, "party", query, [&](std::string_view piece) { text += piece; },
               {.columns = {"name"}});
    return text;
}

/// Moldovan Acme and Romanian Zoo, of ion.
void add_parties(::test::Desk& desk) {
    desk.parties.add({.name = "Acme", .country = "MD"});
    desk.parties.add({.name = "Zoo", .country = "RO"});
}

}  // namespace

TEST_CASE("SEA-03 a saved filter is used by name or by id in lists, counts, pages and exports") {
    auto desk = ::test::desk();
    add_parties(desk);
    const SavedFilter saved = SavedFilters(desk.ion).save("party", " My  clients ", moldovan);
    CHECK(saved.head.owner == desk.ion.user());
    CHECK_FALSE(saved.is_shared);
    for (const Filter& which : {Filter::saved("my  CLIENTS"), Filter::saved(saved.head.id)}) {
        CHECK(names(desk.parties.list({.where = which}).rows) == std::vector{"Acme"s});
        CHECK(desk.parties.count(which).rows == 1);
        CHECK(desk.parties.count(!which).rows == 1);
        CHECK(desk.parties.count(which && field("name").starts_with("Z")).rows == 0);
        CHECK(desk.parties.count(which || field("name").starts_with("Z")).rows == 2);
        CHECK(Filter::from_json(which.json()) == which);
    }
    Rights(desk.ana).grant(desk.ion.user(), "party", "export", "own");
    CHECK(exported(desk.ion, {.where = Filter::saved("My  clients")}) == "name\r\nAcme\r\n");
    CHECK(Filter::parse(R"({"saved": {"id": 8738}})").json().dump() ==
          R"({"saved":{"id":"8738"}})");
    for (const char* wrong : {R"({"saved": 1.5})", R"({"saved": ""})", R"({"saved": {"id": "x"}})",
                              R"({"saved": {"id": 0}})", R"({"saved": "a", "field": "b"})"})
        CHECK_THROWS_AS(Filter::parse(wrong), Invalid);
}

TEST_CASE("SEA-03 a relative date stays relative") {
    auto desk = ::test::desk();
    const auto acme = ::test::acme(desk);
    desk.activities.plan(::test::call(acme));
    SavedFilters(desk.ion).save("activity", "Today",
                                field("start_at") == Json(Json::Object{{"relative", "today"}}));
    CHECK(desk.activities.count(Filter::saved("Today")).rows == 1);
    desk.clock.advance(::test::day);
    CHECK(desk.activities.count(Filter::saved("Today")).rows == 0);
}

TEST_CASE("SEA-03 a private filter is seen by its owner and administrators and by nobody else") {
    auto desk = ::test::desk();
    add_parties(desk);
    const auto saved = SavedFilters(desk.ion).save("party", "Secret plan", moldovan);
    auto boss = reader(desk, "boss", "*");
    for (Session* other : {&desk.petru, &boss}) {
        CHECK(names(*other).empty());
        CHECK(SavedFilters(*other).count().rows == 0);
        CHECK_FALSE(other->find(saved.head.id));
        CHECK_THROWS_AS(other->history(saved.head.id), NotFound);
        CHECK_THROWS_AS(SavedFilters(*other).named("party", "Secret plan"), NotFound);
        CHECK_THROWS_AS(other->remove(saved.head.id), NotFound);
        CHECK(other->sql("SELECT name FROM saved_filter").rows.empty());
        CHECK(refusal([&] { Parties(*other).count(Filter::saved("Secret plan")); }) ==
              "filter.saved: there is no saved filter \"Secret plan\" of party that you may use");
        CHECK(refusal([&] { Parties(*other).count(Filter::saved(saved.head.id)); }) ==
              "filter.saved: there is no saved filter " + std::to_string(saved.head.id.value()) +
                  " that you may use");
    }
    CHECK(names(desk.ana) == std::vector{"Secret plan"s});
    SavedFilters(desk.ana).change(saved.head.id, saved.head.version, {{"name", "Plan"}});
    SavedFilters(desk.ana).remove(saved.head.id);
    CHECK(Trash(boss).list({}).rows.empty());
    CHECK(names(desk.ion).empty());
}

TEST_CASE("SEA-03 a shared filter is used by whoever may read records of its kind") {
    auto desk = ::test::desk();
    add_parties(desk);
    SavedFilters filters(desk.ion);
    const auto saved = filters.save("party", "Moldovan", moldovan, true);
    auto reads = reader(desk, "dan"), not_of_kind = reader(desk, "eva", "activity");
    CHECK(names(reads) == std::vector{"Moldovan"s});
    CHECK(reads.sql("SELECT name FROM saved_filter").rows.size() == 1);
    CHECK(names(Parties(reads).list({.where = Filter::saved("moldovan")}).rows) ==
          std::vector{"Acme"s});
    CHECK(names(not_of_kind).empty());
    CHECK_FALSE(not_of_kind.find(saved.head.id));
    // it finds what its reader sees, and not what its owner does
    CHECK(Parties(desk.petru).count(Filter::saved("Moldovan")).rows == 0);

    CHECK_THROWS_AS(SavedFilters(reads).change(saved.head.id, 1, {{"name", "Mine"}}), Denied);
    CHECK_THROWS_AS(reads.remove(saved.head.id), Denied);
    const std::string before = Feed(reads).now();
    filters.change(saved.head.id, 1, {{"is_shared", std::int64_t{0}}});
    CHECK(names(reads).empty());
    CHECK_THROWS_AS(reads.history(saved.head.id), NotFound);
    const auto page = Feed(reads).read(before);
    REQUIRE(page.entries.size() == 1);
    CHECK(page.entries[0].what == FeedEntry::What::left);
}

TEST_CASE(
    "SEA-03 one's own filter comes before one that is shared; several of others are told apart") {
    auto desk = ::test::desk();
    add_parties(desk);
    auto dan = reader(desk, "dan");
    const auto of_ion = SavedFilters(desk.ion).save("party", "Main", moldovan, true);
    SavedFilters(desk.petru).save("party", "MAIN", !moldovan, true);
    CHECK(refusal([&] { Parties(dan).count(Filter::saved("Main")); }) ==
          "filter.saved: several people share a saved filter \"Main\" of party: say it by its id");
    CHECK_THROWS_AS(SavedFilters(dan).named("party", "Main"), Conflict);
    CHECK(names(Parties(dan).list({.where = Filter::saved(of_ion.head.id)}).rows) ==
          std::vector{"Acme"s});
    SavedFilters(dan).save("party", "Main", field("name") == "Zoo");
    CHECK(names(Parties(dan).list({.where = Filter::saved("Main")}).rows) == std::vector{"Zoo"s});
}

TEST_CASE("SEA-03 a name is one for its owner and kind, and saving again replaces") {
    auto desk = ::test::desk();
    SavedFilters filters(desk.ion);
    const auto first = filters.save("party", "Main", moldovan);
    CHECK_THROWS_AS(filters.add({.kind = "party", .name = "MAIN", .condition = "{}"}), Conflict);
    filters.save("contact", "Main", field("first_name") == "Ana");
    const auto again = filters.save("party", "main", !moldovan, true);
    CHECK(again.head.id == first.head.id);
    CHECK(again.name == "Main");
    CHECK(again.is_shared);
    CHECK(filters.count().rows == 2);
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(filters.get(first.head.id).condition == first.condition);
}

TEST_CASE("SEA-03 a condition is checked when it is saved, however it is written") {
    auto desk = ::test::desk();
    SavedFilters filters(desk.ion);
    const auto add = [&](std::string kind, std::string condition) {
        return refused_field(
            [&] { filters.add({.kind = kind, .name = "X", .condition = condition}); });
    };
    CHECK(add("parrot", "{}") == "kind.parrot");
    CHECK(add("party", "nonsense") == "saved_filter.condition");
    CHECK(add("party", R"({"field": "name", "op": "resembles", "value": 1})") ==
          "saved_filter.condition");
    CHECK(add("party", R"({"field": "plumage", "op": "is_null"})") == "filter.plumage");
    CHECK(add("party", R"({"and": [{"not": {"saved": "Main"}}]})") == "saved_filter.condition");
    CHECK_THROWS_AS(filters.save("party", "X", moldovan && Filter::saved("Main")), Invalid);
    Rights(desk.ana).hide(desk.ion.user(), "party", "tax_code");
    CHECK_THROWS_AS(filters.save("party", "X", field("tax_code") == "1"), Denied);
    CHECK(filters.count().rows == 0);
    const auto saved = filters.save("party", "X", moldovan);
    CHECK_THROWS_AS(filters.save("party", "X", field("plumage").is_null()), Invalid);
    CHECK(filters.get(saved.head.id).condition == saved.condition);
}

TEST_CASE("SEA-03 a filter on a field that is hidden from its reader says so, and drops nothing") {
    auto desk = ::test::desk();
    add_parties(desk);
    SavedFilters(desk.ion).save("party", "Taxed", moldovan && field("tax_code").is_null(), true);
    auto dan = reader(desk, "dan");
    CHECK(Parties(dan).count(Filter::saved("Taxed")).rows == 1);
    Rights(desk.ana).hide(dan.user(), "party", "tax_code");
    try {
        Parties(dan).count(Filter::saved("Taxed"));
        FAIL("was not refused");
    } catch (const Denied& denied) {
        CHECK(std::string(denied.what())
                  .starts_with("saved filter \"Taxed\": party.tax_code: is hidden from you"));
    }
}

TEST_CASE("SEA-03 a filter on a field that is gone says so; on a retired property it still holds") {
    auto desk = ::test::desk();
    Properties properties(desk.ana);
    properties.define({.kind = "party", .name = "x_grade"});
    SavedFilters filters(desk.ion);
    const auto saved = filters.save("party", "Graded", field("x_grade").not_null());
    const auto party = ::test::acme(desk);
    desk.ion.change(party, any_version, {{"x_grade", "A"}});
    properties.retire("party", "x_grade");
    CHECK(desk.parties.count(Filter::saved("Graded")).rows == 1);

    // as a later release may leave it that has renamed a field
    crm::test::rights::RawFile raw(desk.path());
    raw.run("UPDATE saved_filter SET condition = replace(condition, 'x_grade', 'plumage')");
    const std::string told =
        refusal([&] { desk.parties.list({.where = Filter::saved("Graded")}); });
    CHECK(
        told.starts_with("filter.plumage: saved filter \"Graded\": there is no field \"plumage\""));
    CHECK(filters.change(saved.head.id, any_version, {{"is_shared", std::int64_t{1}}}).is_shared);
    CHECK(refused_field([&] {
              filters.change(saved.head.id, any_version,
                             {{"condition", R"({"field": "feathers", "op": "is_null"})"}});
          }) == "filter.feathers");
}

TEST_CASE("SEA-03 a filter of another kind is refused, and nothing belongs to a filter") {
    auto desk = ::test::desk();
    const auto saved = SavedFilters(desk.ion).save("party", "Main", moldovan);
    CHECK(refusal([&] { desk.contacts.count(Filter::saved(saved.head.id)); }) ==
          "filter.saved: the saved filter \"Main\" is of records of kind party, not contact");
    CHECK_THROWS_AS(Notes(desk.ion).write(saved.head.id, "mine"), Invalid);
    CHECK_THROWS_AS(Rights(desk.ana).share(saved.head.id, desk.petru.user()), Invalid);
    CHECK_THROWS_AS(Rights(desk.ana).grant(desk.petru.user(), "saved_filter", "read", "all"),
                    Invalid);
}

TEST_CASE(
    "SEA-03 filters go to another user when they are named, and stay when all else is handed "
    "over") {
    auto desk = ::test::desk();
    SavedFilters(desk.ion).save("party", "Main", moldovan);
    Users users(desk.ana);
    users.hand_over(desk.ion.user(), desk.petru.user());
    CHECK(names(desk.ion) == std::vector{"Main"s});
    users.hand_over(desk.ion.user(), desk.petru.user(), {.kinds = {"saved_filter"}});
    CHECK(names(desk.ion).empty());
    CHECK(names(desk.petru) == std::vector{"Main"s});
    CHECK_THROWS_AS(SavedFilters(desk.ion).add({.head = {.owner = desk.petru.user()},
                                                .kind = "party",
                                                .name = "Gift",
                                                .condition = "{}"}),
                    Denied);
}

TEST_CASE("SEA-03 a list of the past takes the filter as it was saved then") {
    auto desk = ::test::desk();
    add_parties(desk);
    SavedFilters filters(desk.ion);
    filters.save("party", "Main", moldovan);
    const auto then = desk.ion.commands(1).front().id;
    filters.save("party", "Main", !moldovan);
    const Past past(desk.ion, then);
    CHECK(names(desk.parties.list({.where = Filter::saved("Main")}).rows) == std::vector{"Zoo"s});
    CHECK(past.count(kind_of<Party>(), Filter::saved("Main") && moldovan).rows == 1);
    CHECK(past.count(kind_of<Party>(), Filter::saved("Main")).rows == 1);
    CHECK(past.list(kind_of<SavedFilter>(), {}).rows.size() == 1);
    CHECK(Past(desk.petru, then).list(kind_of<SavedFilter>(), {}).rows.empty());
}
