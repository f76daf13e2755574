// Custom properties: defined by the administrator, and from then on fields like any other.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <set>
#include <variant>

#include "support/desk.hpp"
#include "support/rows.hpp"

namespace {

using namespace crm;
using namespace ::test;
using namespace std::literals;

/// A desk at which Ana defines properties.
struct PropertyDesk : Desk {
    Properties properties{ana};

    Property define(Property property, const std::vector<Choice>& choices = {}) {
        return properties.define(property, {}, choices);
    }
    Property define(const char* name, PropertyType type, const char* kind = "party") {
        return define({.kind = kind, .name = name, .type = type});
    }
    Party party(const char* name, const std::vector<std::pair<std::string, Value>>& values = {}) {
        Party party{.name = name};
        for (const auto& [field, value] : values) party.head.properties.set(field, value);
        return parties.add(party);
    }
    std::set<std::string> named(const Filter& where) {
        std::set<std::string> names;
        for (const Party& party : parties.list({.where = where}).rows) names.insert(party.name);
        return names;
    }
    CommandId last() { return ana.commands(1).front().id; }
};

using Names = std::set<std::string>;

constexpr std::int64_t at_noon = 1'772'452'800'000'000;

Value stored(const Party& party, std::string_view name) { return party.head.properties.get(name); }

std::string reason(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

/// Another process, which waits for a word before its second step.
class Child {
public:
    explicit Child(const std::function<int(const std::function<void()>& wait)>& body) {
        REQUIRE(pipe(to_) == 0);
        REQUIRE(pipe(from_) == 0);
        pid_ = fork();
        if (pid_ != 0) return;
        int status = 99;
        try {
            status = body([this] {
                tell(from_[1]);
                listen(to_[0]);
            });
        } catch (...) {}
        _exit(status);
    }
    void wait_until_ready() { listen(from_[0]); }
    int finish() {
        tell(to_[1]);
        int status = 0;
        waitpid(pid_, &status, 0);
        for (const int end : {to_[0], to_[1], from_[0], from_[1]}) close(end);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
    }

private:
    static void tell(int pipe) {
        if (::write(pipe, "x", 1) != 1) _exit(97);
    }
    static void listen(int pipe) {
        char word = 0;
        if (::read(pipe, &word, 1) != 1) _exit(97);
    }
    int to_[2]{}, from_[2]{};
    pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("PRP-01 a property of each type keeps its values and refuses those of another") {
    PropertyDesk desk;
    const auto mentor = desk.contacts.add({.last_name = "Mentor"}).head.id;
    const auto client =
        desk.define({.kind = "party", .name = "x_size", .type = PropertyType::choice},
                    {{"small", {{"en", "Small"}}}, {"large", {{"en", "Large"}}}});
    CHECK(client.list == "party_x_size");
    desk.define({.kind = "party",
                 .name = "x_mentor",
                 .type = PropertyType::reference,
                 .target = "contact"});
    const std::vector<std::tuple<const char*, PropertyType, Value, Value>> simple{
        {"x_motto", PropertyType::text, "Per aspera", std::int64_t{1}},
        {"x_story", PropertyType::long_text, "long", 2.5},
        {"x_rating", PropertyType::integer, std::int64_t{5}, "five"},
        {"x_share", PropertyType::real, 0.25, "a quarter"},
        {"x_since", PropertyType::date, "2020-02-29", "2021-02-29"},
        {"x_seen", PropertyType::time, at_noon, "noon"},
        {"x_vip", PropertyType::flag, std::int64_t{1}, std::int64_t{2}},
    };
    for (const auto& [name, type, good, bad] : simple) desk.define(name, type);
    desk.define("x_budget", PropertyType::money);

    std::vector<std::pair<std::string, Value>> all{{"x_size", "large"},
                                                   {"x_mentor_id", mentor.value()},
                                                   {"x_budget_minor", std::int64_t{12'345}},
                                                   {"x_budget_currency", "EUR"}};
    for (const auto& [name, type, good, bad] : simple) all.emplace_back(name, good);
    const Party party = desk.party("Acme", all);
    const Party read = desk.parties.get(party.head.id);
    CHECK(read == party);
    for (const auto& [name, value] : all) {
        CAPTURE(name);
        CHECK(stored(read, name) == value);
    }
    for (const auto& [name, type, good, bad] : simple) {
        CAPTURE(name);
        CHECK(refused_field([&, field = std::string_view{name}, value = bad] {
                  desk.parties.change(party.head.id, any_version, {{field, value}});
              }) == "party." + std::string(name));
    }
    for (const auto& [field, bad] : std::vector<std::pair<std::string_view, Value>>{
             {"x_size", "huge"},
             {"x_mentor_id", party.head.id.value()},
             {"x_mentor_id", Ref::make(18, 99'999).value()},
             {"x_budget_minor", 1.5},
             {"x_budget_currency", "QQQ"}})
        CHECK_THROWS_AS(desk.parties.change(party.head.id, any_version, {{field, bad}}), Invalid);
    CHECK(desk.parties.get(party.head.id) == party);

    const Json json = desk.ion.get(party.head.id).json();
    CHECK(json["x_budget_minor"] == Json("123.45"));
    CHECK(json["x_mentor_id"] == Json(std::to_string(mentor.value())));
    CHECK(json["x_seen"] == Json("2026-03-02T12:00:00Z"));
    CHECK(json["x_vip"] == Json(true));
}

TEST_CASE("PRP-01 texts are cleaned, empty ones are absent, and the longest fit") {
    PropertyDesk desk;
    desk.define("x_motto", PropertyType::text);
    desk.define("x_story", PropertyType::long_text);
    const Party party = desk.party("Acme", {{"x_motto", "  a  "}, {"x_story", "  "}});
    CHECK(stored(party, "x_motto") == Value{"a"});
    CHECK(stored(party, "x_story").is_null());
    const std::string text(1'000'001, 'z');
    const auto set = [&](std::string_view field, std::size_t bytes) {
        return refused_field([&] {
            desk.parties.change(party.head.id, any_version,
                                {{field, std::string_view{text}.substr(0, bytes)}});
        });
    };
    CHECK(set("x_motto", 500) == "accepted");
    CHECK(set("x_motto", 501) == "party.x_motto");
    CHECK(set("x_story", 1'000'000) == "accepted");
    CHECK(set("x_story", 1'000'001) == "party.x_story");
    const auto bare = desk.parties.list({}).rows.front();
    CHECK(stored(bare, "x_story").is_null());
    CHECK(desk.parties.update(bare).head.version == bare.head.version);  // what was not read stays
    CHECK(stored(desk.parties.get(party.head.id), "x_story").text().size() == 1'000'000);
}

TEST_CASE("PRP-01 amounts without a currency are in the file's, and go with it") {
    PropertyDesk desk;
    desk.define("x_budget", PropertyType::money);
    Party party = desk.party("Acme", {{"x_budget_minor", std::int64_t{500}}});
    CHECK(stored(party, "x_budget_currency") == Value{"MDL"});
    party = desk.parties.change(party.head.id, any_version, {{"x_budget_minor", Value{}}});
    CHECK(stored(party, "x_budget_currency").is_null());
}

TEST_CASE("PRP-01 what is required is asked of new records and never taken away") {
    PropertyDesk desk;
    const auto old = acme(desk);
    desk.define(
        {.kind = "party", .name = "x_rating", .type = PropertyType::integer, .is_required = true});
    CHECK(refused_field([&] { desk.party("New"); }) == "party.x_rating");
    const Party party = desk.party("New", {{"x_rating", std::int64_t{1}}});
    CHECK(desk.parties.change(old, any_version, {{"name", "Renamed"}}).name == "Renamed");
    CHECK(refused_field([&] {
              desk.parties.change(party.head.id, any_version, {{"x_rating", Value{}}});
          }) == "party.x_rating");
    desk.properties.set_required("party", "x_rating", false);
    CHECK(refused_field([&] { desk.party("Free"); }) == "accepted");
    desk.properties.set_required("party", "x_rating", true);
    CHECK(refused_field([&] { desk.party("Bound"); }) == "party.x_rating");
    desk.properties.retire("party", "x_rating");
    CHECK(refused_field([&] { desk.party("Retired"); }) == "accepted");
}

TEST_CASE("PRP-01 new records get the default where nothing is given") {
    PropertyDesk desk;
    const auto old = acme(desk);
    const auto with = [&](const char* name, PropertyType type, const char* value) {
        Property property{.kind = "party", .name = name, .type = type, .default_value = value};
        return refused_field([&] { desk.define(property, {}); });
    };
    CHECK(with("x_rating", PropertyType::integer, "3") == "accepted");
    CHECK(with("x_motto", PropertyType::text, "\"none\"") == "accepted");
    CHECK(with("x_since", PropertyType::date, "\"2020-01-01\"") == "accepted");
    desk.define({.kind = "party",
                 .name = "x_size",
                 .type = PropertyType::choice,
                 .default_value = "\"small\""},
                {{"small", {}}, {"large", {}}});
    const Party party = desk.party("New", {{"x_rating", std::int64_t{9}}});
    CHECK(stored(party, "x_rating") == Value{std::int64_t{9}});
    CHECK(stored(party, "x_motto") == Value{"none"});
    CHECK(stored(party, "x_size") == Value{"small"});
    CHECK(desk.parties.get(old).head.properties.empty());
    Lists(desk.ana).retire("party_x_size", "small");
    CHECK(stored(desk.party("Later"), "x_size").is_null());

    CHECK(with("x_a", PropertyType::integer, "\"three\"") == "property.default_value");
    CHECK(with("x_a", PropertyType::integer, "three") == "property.default_value");
    CHECK(with("x_a", PropertyType::date, "\"2020-13-01\"") == "property.default_value");
    CHECK(with("x_a", PropertyType::money, "3") == "property.default_value");
    CHECK(with("x_a", PropertyType::text, ("\"" + std::string(501, 'z') + "\"").c_str()) ==
          "property.default_value");
}

TEST_CASE(
    "PRP-01 unique values are refused twice, hidden records counted, and clashes are listed") {
    PropertyDesk desk;
    desk.define({.kind = "party", .name = "x_vin", .is_unique = true});
    desk.define("x_plate", PropertyType::text);
    const Party one = desk.party("One", {{"x_vin", "V1"}, {"x_plate", "same"}});
    const Party two = desk.party("Two", {{"x_plate", "same"}});
    Party three{.name = "Three"};
    three.head.properties.set("x_vin", "v1");  // byte by byte
    three.head.properties.set("x_plate", "other");
    const auto hidden = Parties(desk.petru).add(three);
    CHECK_FALSE(desk.ion.find(hidden.head.id));
    CHECK_THROWS_AS(desk.party("Four", {{"x_vin", "V1"}}), Conflict);
    CHECK_THROWS_AS(desk.party("Four", {{"x_vin", "v1"}}), Conflict);
    CHECK_THROWS_AS(desk.parties.change(two.head.id, any_version, {{"x_vin", "V1"}}), Conflict);
    CHECK(desk.parties.change(one.head.id, any_version, {{"x_vin", "V1"}}).head.version == 1);
    CHECK(desk.parties.count().rows == 2);

    const auto clashes = [&] {
        std::vector<FieldConflict> found;
        try {
            desk.properties.set_unique("party", "x_plate", true);
        } catch (const Conflict& conflict) {
            found = conflict.conflicts;
        }
        return found;
    };
    const auto found = clashes();
    REQUIRE(found.size() == 2);
    CHECK(found[0].record == one.head.id);
    CHECK(found[1].record == two.head.id);
    CHECK(found[1].field == "x_plate");
    desk.parties.change(two.head.id, any_version, {{"x_plate", Value{}}});
    CHECK(clashes().empty());
    CHECK_THROWS_AS(desk.parties.change(two.head.id, any_version, {{"x_plate", "same"}}), Conflict);
    desk.ana.undo(desk.last());
    CHECK(stored(desk.parties.change(two.head.id, any_version, {{"x_plate", "same"}}), "x_plate") ==
          Value{"same"});
    desk.properties.set_unique("party", "x_vin", false);
    CHECK_NOTHROW(desk.party("Four", {{"x_vin", "V1"}}));
}

TEST_CASE("PRP-01 a unique clash in a unit of work leaves nothing half done") {
    PropertyDesk desk;
    desk.define({.kind = "party", .name = "x_vin", .is_unique = true});
    const Party one = desk.party("One", {{"x_vin", "V1"}});
    const Party two = desk.party("Two");
    desk.ion.write("try", [&](Work&) {
        CHECK_THROWS_AS(
            desk.parties.change(two.head.id, any_version, {{"name", "Renamed"}, {"x_vin", "V1"}}),
            Conflict);
        desk.parties.change(one.head.id, any_version, {{"name", "First"}});
    });
    CHECK(desk.parties.get(two.head.id) == two);
    CHECK(desk.parties.get(one.head.id).name == "First");
}

TEST_CASE("PRP-01 choices are values of a list: retired ones are refused, old ones stay") {
    PropertyDesk desk;
    desk.define({.kind = "party", .name = "x_size", .type = PropertyType::choice},
                {{"small", {{"en", "Small"}, {"ro", "Mic"}}}, {"large", {{"en", "Large"}}}});
    desk.define(
        {.kind = "party", .name = "x_branch", .type = PropertyType::choice, .list = "industry"});
    const Party party = desk.party("Acme", {{"x_size", "small"}, {"x_branch", "winemaking"}});
    CHECK(Lists(desk.ion).label("party_x_size", "small") == "Mic");
    Lists(desk.ana).retire("party_x_size", "small");
    CHECK(refused_field([&] { desk.party("New", {{"x_size", "small"}}); }) == "party.x_size");
    CHECK(desk.parties.change(party.head.id, any_version, {{"name", "Same size"}}).name ==
          "Same size");
    Lists(desk.ana).add_value("party_x_size", "huge", {{"en", "Huge"}});
    CHECK_NOTHROW(desk.party("New", {{"x_size", "huge"}}));
    CHECK(refused_field([&] {
              desk.define({.kind = "party", .name = "x_empty", .type = PropertyType::choice}, {});
          }) == "property.list");
    CHECK(refused_field([&] {
              desk.define(
                  {.kind = "party", .name = "x_b", .type = PropertyType::choice, .list = "none"},
                  {});
          }) == "property.list");
}

TEST_CASE("PRP-01 a reference is emptied when its target goes, and keeps it where it is required") {
    PropertyDesk desk;
    desk.define(
        {.kind = "party", .name = "x_partner", .type = PropertyType::reference, .target = "party"});
    const auto partner = desk.party("Partner").head.id;
    const Party party = desk.party("Acme", {{"x_partner_id", partner.value()}});
    desk.parties.remove(partner);
    CHECK(stored(desk.parties.get(party.head.id), "x_partner_id").is_null());
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(stored(desk.parties.get(party.head.id), "x_partner_id") == Value{partner.value()});
    desk.properties.set_required("party", "x_partner", true);
    CHECK_THROWS_AS(desk.parties.remove(partner), Conflict);
}

TEST_CASE("PRP-01 retired properties are read on, refused in new values, and come back") {
    PropertyDesk desk;
    desk.define("x_rating", PropertyType::integer);
    const Party party = desk.party("Acme", {{"x_rating", std::int64_t{5}}});
    desk.properties.retire("party", "x_rating");
    CHECK(stored(desk.parties.get(party.head.id), "x_rating") == Value{std::int64_t{5}});
    CHECK(desk.named(field("x_rating") == 5) == Names{"Acme"});
    CHECK(refused_field([&] {
              desk.party("New", {{"x_rating", std::int64_t{1}}});
          }) == "party.x_rating");
    CHECK(refused_field([&] {
              desk.parties.change(party.head.id, any_version, {{"x_rating", std::int64_t{6}}});
          }) == "party.x_rating");
    Party same = desk.parties.get(party.head.id);
    same.name = "Renamed";
    CHECK(desk.parties.update(same).name == "Renamed");
    CHECK(desk.properties.of_kind("party").empty());
    CHECK(desk.properties.of_kind("party", true).size() == 1);
    desk.properties.reactivate("party", "x_rating");
    CHECK_NOTHROW(desk.party("New", {{"x_rating", std::int64_t{1}}}));
}

TEST_CASE("PRP-01 a definition is not taken back; what is said of it is") {
    PropertyDesk desk;
    const auto rating = desk.define("x_rating", PropertyType::integer);
    const auto defined = desk.last();
    CHECK(reason([&] { desk.ana.undo(defined); }).find("cannot be undone") != std::string::npos);
    CHECK_THROWS_AS(desk.ana.remove(rating.head.id), Conflict);
    CHECK_NOTHROW(desk.party("Acme", {{"x_rating", std::int64_t{5}}}));
    for (const auto& change : std::vector<std::function<void()>>{
             [&] { desk.properties.retire("party", "x_rating"); },
             [&] { desk.properties.set_required("party", "x_rating", true); },
             [&] { desk.properties.set_unique("party", "x_rating", true); },
             [&] { desk.properties.set_label("party", "x_rating", "en", "Rating"); }}) {
        change();
        desk.ana.undo(desk.last());
        const Property now = desk.properties.named("party", "x_rating");
        CHECK_FALSE(now.is_retired);
        CHECK_FALSE(now.is_required);
        CHECK_FALSE(now.is_unique);
        CHECK(desk.properties.label(now) == "rating");
    }
    CHECK(refused_field([&] {
              desk.ana.change(rating.head.id, any_version, {{"name", "x_other"}});
          }) == "property.name");
}

TEST_CASE("PRP-01 labels are those of the session's language, then English, then the name") {
    PropertyDesk desk;
    const auto rating = desk.properties.define({.kind = "party", .name = "x_rating"},
                                               {{"en", "Rating"}, {"ro", "Notă"}});
    CHECK(Properties(desk.ion).label(rating) == "Notă");
    const auto plain = desk.properties.define({.kind = "party", .name = "x_plain"}, {});
    CHECK(desk.properties.label(plain) == "plain");
    desk.properties.set_label("party", "x_plain", "en", "Plain");
    CHECK(desk.properties.label(plain) == "Plain");
    desk.properties.set_label("party", "x_plain", "en", "Plainer");
    CHECK(desk.properties.label(plain) == "Plainer");
    CHECK(plain.position == rating.position + 1);
}

TEST_CASE("PRP-01 only administrators define properties, and every kind of record may have them") {
    PropertyDesk desk;
    CHECK_THROWS_AS(Properties(desk.ion).define({.kind = "party", .name = "x_a"}), Denied);
    for (const Kind& kind : all_kinds()) {
        CAPTURE(kind.name);
        const bool may = kind.name != "share" && kind.name != "external_key" &&
                         (kind.role != Role::common || kind.name == "user" || kind.name == "unit");
        const auto refused = refused_field([&] {
            desk.define(
                {.kind = std::string(kind.name), .name = "x_any", .type = PropertyType::integer});
        });
        CHECK((refused == "accepted") == may);
    }
    User user = Users(desk.ana).by_login("ion");
    user.head.properties.set("x_any", std::int64_t{7});
    Users(desk.ana).update(user);
    CHECK(Users(desk.ion).by_login("ion").head.properties.get("x_any") == Value{std::int64_t{7}});
    const auto party = acme(desk);
    Point point{.record = party, .type = "phone", .value = "+37322123456"};
    point.head.properties.set("x_any", std::int64_t{3});
    desk.points.add(point);
    CHECK(desk.points.of(party).front().head.properties.get("x_any") == Value{std::int64_t{3}});
    CHECK(desk.named(field("point.x_any") == 3) == Names{"Acme SRL"});
}

TEST_CASE("PRP-01 names and combinations that do not fit are refused") {
    PropertyDesk desk;
    const auto refused = [&](const Property& property) {
        return refused_field([&] { desk.define(property, {}); });
    };
    for (const char* name :
         {"rating", "x_", "x_A", "x_a b", "x_a-b", "x_ț", "X_a", "", "x_a; DROP TABLE party",
          "x_a_id", "x_a_minor", "x_a_currency", "x_abcdefghijabcdefghijabcdefghijabcdefghij"})
        CHECK_MESSAGE(refused({.kind = "party", .name = name}) == "property.name", name);
    CHECK(refused({.kind = "party", .name = "x_a"}) == "accepted");
    CHECK(refused({.kind = "party", .name = "x_a"}) == "property.name");
    CHECK(refused({.kind = "party", .name = "x_a", .type = PropertyType::money}) ==
          "property.name");
    CHECK(refused({.kind = "contact", .name = "x_a"}) == "accepted");
    CHECK(refused({.kind = "unicorn", .name = "x_b"}).starts_with("kind"));
    CHECK(refused({.kind = "party", .name = "x_b", .type = PropertyType::reference}) ==
          "property.target");
    CHECK(refused({.kind = "party", .name = "x_b", .target = "contact"}) == "property.target");
    CHECK(
        refused(
            {.kind = "party", .name = "x_b", .type = PropertyType::reference, .target = "point"}) ==
        "property.target");
    CHECK(refused({.kind = "party", .name = "x_b", .list = "industry"}) == "property.list");
    CHECK(
        refused(
            {.kind = "party", .name = "x_b", .type = PropertyType::date, .is_searchable = true}) ==
        "property.is_searchable");
    CHECK(refused({.kind = "user", .name = "x_b", .is_searchable = true}) ==
          "property.is_searchable");
    CHECK(
        refused({.kind = "party", .name = "x_b", .type = PropertyType::flag, .is_unique = true}) ==
        "property.is_unique");
    CHECK(refused_field([&] { desk.party("New", {{"x_unknown", "a"}}); }) == "party.x_unknown");
    CHECK(refused_field([&] { desk.party("New", {{"country", "MD"}}); }) == "party.country");
}

TEST_CASE("PRP-01 a kind takes 200 properties and no more than 256 columns") {
    PropertyDesk desk;
    desk.ana.write("many", [&](Work&) {
        for (int i = 0; i < 200; ++i)
            desk.define(("x_n" + std::to_string(i)).c_str(), PropertyType::integer);
    });
    std::vector<std::pair<std::string, Value>> all;
    for (int i = 0; i < 200; ++i) all.emplace_back("x_n" + std::to_string(i), std::int64_t{i});
    const Party party = desk.party("Wide", all);
    CHECK(desk.parties.get(party.head.id) == party);
    CHECK(desk.named(field("x_n199") == 199) == Names{"Wide"});
    const std::size_t left = 256 - desk.properties.kind("party").columns.size();
    for (std::size_t i = 0; i < left; ++i)
        desk.define(("x_m" + std::to_string(i)).c_str(), PropertyType::integer);
    CHECK_THROWS_AS(desk.define("x_last", PropertyType::integer), LimitExceeded);
}

TEST_CASE("PRP-01 other sessions have a property at their next statement") {
    PropertyDesk desk;
    const auto party = desk.party("Acme").head.id;
    CHECK(refused_field([&] { desk.parties.list({.where = field("x_rating") == 1}); }) ==
          "filter.x_rating");
    desk.define("x_rating", PropertyType::integer);
    desk.parties.change(party, any_version, {{"x_rating", std::int64_t{4}}});
    CHECK(Parties(desk.ana).list({.where = field("x_rating") == 4}).rows.size() == 1);
}

TEST_CASE("PRP-01 other processes have a property at their next statement, readers and writers") {
    const Folder folder;
    const auto path = folder.path() / "team.crm";
    create(path, {.admin = "ana"}).close();
    Child other([&](const std::function<void()>& wait) {
        auto database = open(path);
        auto me = database.trusted_session("ana");
        Parties parties(me);
        const auto party = parties.add({.name = "Acme"}).head.id;
        if (me.get(party).json().find("x_rating")) return 1;
        wait();
        if (parties.count(field("x_rating") == 4).rows != 1) return 2;
        Party read = parties.get(party);
        if (!(read.head.properties.get("x_rating") == Value{std::int64_t{4}})) return 3;
        read.head.properties.set("x_rating", std::int64_t{5});
        return parties.update(read).head.version == 3 ? 0 : 4;
    });
    other.wait_until_ready();
    auto database = open(path);
    auto me = database.trusted_session("ana");
    Properties(me).define({.kind = "party", .name = "x_rating", .type = PropertyType::integer});
    const auto party = Parties(me).list().rows.at(0).head.id;
    Parties(me).change(party, any_version, {{"x_rating", std::int64_t{4}}});
    CHECK(other.finish() == 0);
    CHECK(stored(Parties(me).get(party), "x_rating") == Value{std::int64_t{5}});
}

TEST_CASE("PRP-01 a snapshot from before a property was defined does not know it") {
    PropertyDesk desk;
    for (int i = 0; i < 1'500; ++i) desk.party(("P" + std::to_string(i)).c_str());
    Rights(desk.ana).grant(desk.ion.user(), "party", "export", "all");
    std::string csv;
    bool defined = false;
    export_csv(desk.ion, "party", {}, [&](std::string_view piece) {
        csv += piece;
        if (std::exchange(defined, true)) return;
        desk.define({.kind = "party",
                     .name = "x_rating",
                     .type = PropertyType::integer,
                     .is_searchable = false});
    });
    CHECK(std::ranges::count(csv, '\n') == 1'501);
    CHECK(csv.find("x_rating") == std::string::npos);
    CHECK(desk.ion.get(desk.parties.list({}).rows.front().head.id).json().find("x_rating"));
}

TEST_CASE("PRP-01 a definition that is rolled back or rehearsed leaves nothing") {
    PropertyDesk desk;
    const auto party = acme(desk);
    CHECK_THROWS_AS(
        desk.ana.write("fails",
                       [&](Work&) {
                           desk.define({.kind = "party", .name = "x_a", .is_searchable = true});
                           desk.ana.change(party, any_version, {{"x_a", "vinuri"}});
                           throw std::runtime_error("no");
                       }),
        std::runtime_error);
    CHECK(
        desk.ana.rehearse([&](Work&) { desk.define("x_a", PropertyType::text); }).created.size() ==
        1);
    CHECK(desk.properties.of_kind("party").empty());
    CHECK(refused_field([&] {
              desk.ana.change(party, any_version, {{"x_a", "b"}});
          }) == "party.x_a");
    CHECK(desk.ion.search("acme").rows.size() == 1);
    CHECK_NOTHROW(desk.define("x_a", PropertyType::integer));
    CHECK(stored(desk.parties.change(party, any_version, {{"x_a", std::int64_t{1}}}), "x_a") ==
          Value{std::int64_t{1}});
}

TEST_CASE("PRP-01 changes of properties stand in history and are undone like others") {
    PropertyDesk desk;
    desk.define("x_rating", PropertyType::integer);
    desk.define({.kind = "party", .name = "x_motto", .is_searchable = true});
    const Party party = desk.party("Acme", {{"x_rating", std::int64_t{1}}});
    desk.parties.change(party.head.id, any_version,
                        {{"x_rating", std::int64_t{2}}, {"x_motto", "altius"}});
    const auto history = desk.ion.history(party.head.id);
    REQUIRE(history.size() == 2);
    const auto holds = [&](const FieldChange& change) {
        return std::ranges::find(history[1].fields, change) != history[1].fields.end();
    };
    CHECK(holds({"x_rating", std::int64_t{1}, std::int64_t{2}}));
    CHECK(holds({"x_motto", {}, "altius"}));
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(stored(desk.parties.get(party.head.id), "x_rating") == Value{std::int64_t{1}});
    CHECK(desk.ion.search("altius").rows.empty());
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(stored(desk.parties.get(party.head.id), "x_motto") == Value{"altius"});
    CHECK(desk.ion.search("altius").rows.size() == 1);
    const Party last = desk.parties.get(party.head.id);
    desk.parties.remove(party.head.id);
    CHECK(desk.ion.search("altius").rows.empty());
    desk.ion.undo(desk.ion.commands(1).front().id);
    const Party back = desk.parties.get(party.head.id);
    CHECK(back.head.properties == last.head.properties);
    CHECK(desk.ion.search("altius").rows.size() == 1);
}

TEST_CASE("PRP-01 an older version is refused, and what one did not see is not written back") {
    PropertyDesk desk;
    desk.define("x_rating", PropertyType::integer);
    desk.define("x_secret", PropertyType::text);
    Party party = desk.party("Acme", {{"x_rating", std::int64_t{1}}, {"x_secret", "s"}});
    Party stale = party;
    party.head.properties.set("x_rating", std::int64_t{2});
    party = desk.parties.update(party);
    CHECK_THROWS_AS(desk.parties.update(stale), Conflict);
    Rights(desk.ana).hide(desk.ion.user(), "party", "x_secret");
    Party seen = desk.parties.get(party.head.id);
    CHECK(stored(seen, "x_secret").is_null());
    seen.head.properties.set("x_rating", {});
    desk.parties.update(seen);
    const Party whole = Parties(desk.ana).get(party.head.id);
    CHECK(stored(whole, "x_rating").is_null());
    CHECK(stored(whole, "x_secret") == Value{"s"});
}

TEST_CASE("PRP-02 filters, paths, orders, pages and counts by properties") {
    PropertyDesk desk;
    desk.define("x_rating", PropertyType::integer);
    desk.define("x_motto", PropertyType::text);
    desk.define("x_seen", PropertyType::time);
    desk.define({.kind = "party", .name = "x_vin", .is_unique = true});
    desk.define(
        {.kind = "party", .name = "x_partner", .type = PropertyType::reference, .target = "party"});
    const auto one = desk.party("One", {{"x_rating", std::int64_t{1}},
                                        {"x_motto", "Ștefan"},
                                        {"x_vin", "V1"},
                                        {"x_seen", at_noon}});
    const auto two =
        desk.party("Two", {{"x_rating", std::int64_t{2}}, {"x_partner_id", one.head.id.value()}});
    desk.party("None");
    CHECK(desk.named(field("x_rating") >= 2) == Names{"Two"});
    CHECK(desk.named(field("x_rating") != 2) == Names{"One", "None"});
    CHECK(desk.named(!(field("x_rating") >= 2)) == Names{"One", "None"});
    CHECK(desk.named(field("x_rating").is_null()) == Names{"None"});
    CHECK(desk.named(field("x_rating").in({1, 2, 3})) == Names{"One", "Two"});
    CHECK(desk.named(field("x_motto").contains("stef")) == Names{"One"});
    CHECK(desk.named(field("x_motto") == "Ștefan") == Names{"One"});
    CHECK(desk.named(field("x_vin") == "V1") == Names{"One"});
    CHECK(desk.named(field("x_vin").same("v1")) == Names{"One"});
    CHECK(desk.named(field("x_vin").in({"V1", "V2"})) == Names{"One"});
    CHECK(desk.named(field("x_seen") == "2026-03-02") == Names{"One"});
    CHECK(desk.named(field("x_partner") == one.head.id.value()) == Names{"Two"});
    CHECK(desk.named(field("x_partner.name").contains("one")) == Names{"Two"});
    CHECK(desk.named(field("x_partner.x_rating") == 1) == Names{"Two"});
    CHECK(desk.named(field("x_partner.x_vin") == "V1") == Names{"Two"});
    CHECK(desk.named(field("x_rating") == 2 && field("x_partner.x_motto").contains("ste")) ==
          Names{"Two"});
    CHECK(desk.parties.count(field("x_rating") >= 1).rows == 2);
    const auto visit = desk.activities.plan(call(one.head.id));
    CHECK(desk.activities.list({.where = field("party.x_rating") == 1}).rows.size() == 1);
    CHECK(desk.activities.list({.where = field("party.x_rating") == 2}).rows.empty());

    const auto order = [&](const char* by) {
        std::vector<std::string> names;
        Query query{.order = by, .limit = 1};
        do {
            auto page = desk.parties.list(query);
            for (const Party& party : page.rows) names.push_back(party.name);
            query.after = page.next;
        } while (!query.after.empty());
        return names;
    };
    CHECK(order("x_rating") == std::vector{"One"s, "Two"s, "None"s});
    CHECK(order("-x_rating") == std::vector{"Two"s, "One"s, "None"s});
    CHECK(order("x_partner") == std::vector{"Two"s, "One"s, "None"s});
    CHECK(order("x_motto").front() == "One");
}

TEST_CASE("PRP-02 searchable properties are found, snippets cut, and old records with them") {
    PropertyDesk desk;
    desk.parties.add({.name = "Vinaria", .description = "roșu"});
    CHECK(desk.ion.search("vinar").rows.size() == 1);  // the index is open when it is made anew
    desk.define({.kind = "party", .name = "x_motto", .is_searchable = true});
    desk.define({.kind = "party",
                 .name = "x_story",
                 .type = PropertyType::long_text,
                 .is_searchable = true});
    desk.define("x_plain", PropertyType::text);
    CHECK(desk.ion.search("rosu").rows.size() == 1);
    CHECK(desk.ion.search("vinar").rows.size() == 1);
    const auto party = desk.party(
        "Acme", {{"x_motto", "citius altius"}, {"x_story", "o poveste"}, {"x_plain", "ascuns"}});
    CHECK(desk.ion.search("altius").rows.front().record == party.head.id);
    CHECK(desk.ion.search("pov").rows.size() == 1);
    CHECK(desk.ion.search("ascuns").rows.empty());
    const auto hits =
        desk.ion.search("altius", {.order = SearchOptions::Order::rank, .snippets = true});
    REQUIRE(hits.rows.size() == 1);
    CHECK(hits.rows[0].snippet.field == "x_motto");
    CHECK(hits.rows[0].snippet.text == "citius altius");
    desk.parties.change(party.head.id, any_version, {{"x_motto", "fortius"}});
    CHECK(desk.ion.search("altius").rows.empty());
    CHECK(desk.ion.search("fortius").rows.size() == 1);
    Rights(desk.ana).hide(desk.ion.user(), "party", "x_motto");
    CHECK(desk.ion.search("fortius").rows.empty());
    CHECK(desk.database.quick_check().empty());
}

TEST_CASE("PRP-02 imports set properties by name and type, and tell what does not fit") {
    PropertyDesk desk;
    Rights(desk.ana).grant(desk.ion.user(), "*", "run_imports", "all");
    const auto partner = desk.party("Partner");
    desk.define("x_rating", PropertyType::integer);
    desk.define("x_vip", PropertyType::flag);
    desk.define("x_since", PropertyType::date);
    desk.define("x_budget", PropertyType::money);
    desk.define({.kind = "party", .name = "x_vin", .is_unique = true});
    desk.define(
        {.kind = "party", .name = "x_partner", .type = PropertyType::reference, .target = "party"});
    desk.define({.kind = "party", .name = "x_size", .type = PropertyType::choice},
                {{"small", {{"en", "Small one"}}}, {"large", {}}});
    const std::vector<std::string> header{"Name", "Rating",  "x_vip", "Since", "Budget",
                                          "Cur",  "Partner", "Size",  "Vin"};
    ImportOptions options{.kind = "party",
                          .columns = {{"Name", "name"},
                                      {"Rating", "x_rating"},
                                      {"Since", "x_since"},
                                      {"Budget", "x_budget"},
                                      {"Cur", "x_budget_currency"},
                                      {"Partner", "x_partner:code"},
                                      {"Size", "x_size"},
                                      {"Vin", "x_vin"}}};
    std::vector<RowOutcome> outcomes;
    TextRows rows(header,
                  {{"A", "5", "yes", "2026-01-31", "12.50", "EUR", partner.code, "small ONE", "V1"},
                   {"B", "five", "no", "", "", "", "", "", ""},
                   {"C", "1", "", "", "", "", "", "large", "V1"},
                   {"D", "", "", "", "7", "", "", "", ""}});
    options.outcome = [&](const RowOutcome& outcome) { outcomes.push_back(outcome); };
    const auto report = import_rows(desk.ion, rows, options);
    CHECK(report.created == 2);
    CHECK(report.rejected == 2);
    REQUIRE(outcomes.size() == 4);
    CHECK(outcomes[1].field == "Rating");
    const Party a = desk.parties.list({.where = field("name") == "A"}).rows.at(0);
    CHECK(stored(a, "x_rating") == Value{std::int64_t{5}});
    CHECK(stored(a, "x_vip") == Value{std::int64_t{1}});
    CHECK(stored(a, "x_since") == Value{"2026-01-31"});
    CHECK(stored(a, "x_budget_minor") == Value{std::int64_t{1250}});
    CHECK(stored(a, "x_budget_currency") == Value{"EUR"});
    CHECK(stored(a, "x_partner_id") == Value{partner.head.id.value()});
    CHECK(stored(a, "x_size") == Value{"small"});
    const Party d = desk.parties.list({.where = field("name") == "D"}).rows.at(0);
    CHECK(stored(d, "x_budget_currency") == Value{"MDL"});

    TextRows again({"code", "x_rating"}, {{a.code, "6"}, {d.code, "1"}});
    const auto updated =
        import_rows(desk.ion, again, {.kind = "party", .on_conflict = OnConflict::update});
    CHECK(updated.updated == 2);
    CHECK(stored(desk.parties.get(a.head.id), "x_rating") == Value{std::int64_t{6}});
    CHECK(stored(desk.parties.get(a.head.id), "x_size") == Value{"small"});

    Rights(desk.ana).hide(desk.ion.user(), "party", "x_rating");
    TextRows hidden({"name", "x_rating"}, {{"E", "1"}});
    CHECK_THROWS_AS(import_rows(desk.ion, hidden, {.kind = "party"}), Denied);
}

TEST_CASE("PRP-02 exports write properties like other fields") {
    PropertyDesk desk;
    Rights(desk.ana).grant(desk.ion.user(), "*", "export", "all");
    desk.define("x_rating", PropertyType::integer);
    desk.define("x_budget", PropertyType::money);
    desk.define({.kind = "party", .name = "x_size", .type = PropertyType::choice},
                {{"small", {{"ro", "Mic"}}}});
    desk.party("Acme", {{"x_rating", std::int64_t{5}},
                        {"x_budget_minor", std::int64_t{1250}},
                        {"x_budget_currency", "EUR"},
                        {"x_size", "small"}});
    const auto csv = [&](const ExportOptions& options) {
        std::string text;
        export_csv(
            desk.ion, "party", {}, [&](std::string_view piece) { text += piece; }, options);
        return text;
    };
    CHECK(csv({.columns = {"name", "x_rating", "x_budget", "x_budget_currency", "x_size"},
               .labels = true}) ==
          "name,x_rating,x_budget,x_budget_currency,x_size\r\nAcme,5,12.50,EUR,Mic\r\n");
    CHECK(csv({}).find("x_rating") != std::string::npos);
    Rights(desk.ana).hide(desk.ion.user(), "party", "x_rating");
    CHECK(csv({}).find("x_rating") == std::string::npos);
    CHECK_THROWS_AS(csv({.columns = {"x_rating"}}), Denied);
    std::string json;
    export_json(desk.ion, "party", {}, [&](std::string_view piece) { json += piece; });
    CHECK(json.find("\"x_size\":\"small\"") != std::string::npos);
    CHECK(json.find("\"x_rating\":5") == std::string::npos);
}

TEST_CASE("PRP-02 hidden properties are left out of everything, locked ones are not set") {
    PropertyDesk desk;
    desk.define({.kind = "party", .name = "x_secret", .is_searchable = true});
    desk.define("x_budget", PropertyType::money);
    desk.define("x_fixed", PropertyType::integer);
    const auto party = desk.party("Acme", {{"x_secret", "altius"},
                                           {"x_budget_minor", std::int64_t{1}},
                                           {"x_fixed", std::int64_t{1}}});
    Rights rights(desk.ana);
    rights.hide(desk.ion.user(), "party", "x_secret");
    rights.hide(desk.ion.user(), "party", "x_budget");
    rights.lock(desk.ion.user(), "party", "x_fixed");
    const AnyRecord seen = desk.ion.get(party.head.id);
    const Json json = seen.json();
    CHECK_FALSE(json.find("x_secret"));
    CHECK_FALSE(json.find("x_budget_minor"));
    CHECK_FALSE(json.find("x_budget_currency"));
    CHECK(json["hidden"].dump() == R"(["x_secret","x_budget_minor","x_budget_currency"])");
    CHECK(json["x_fixed"] == Json(1));
    CHECK_THROWS_AS(desk.parties.list({.where = field("x_secret") == "altius"}), Denied);
    CHECK_THROWS_AS(desk.parties.list({.order = "x_secret"}), Denied);
    CHECK(desk.ion.search("altius").rows.empty());
    const auto sql = desk.ion.sql("SELECT x_secret, x_fixed FROM party_property");
    REQUIRE(sql.rows.size() == 1);
    CHECK(std::holds_alternative<std::monostate>(sql.rows[0][0]));
    CHECK(std::get<std::int64_t>(sql.rows[0][1]) == 1);
    CHECK_THROWS_AS(desk.parties.change(party.head.id, any_version, {{"x_secret", "b"}}), Denied);
    CHECK_THROWS_AS(desk.parties.change(party.head.id, any_version, {{"x_fixed", Value{}}}),
                    Denied);
    CHECK_THROWS_AS(desk.party("New", {{"x_fixed", std::int64_t{2}}}), Denied);
    desk.parties.change(party.head.id, any_version, {{"name", "Renamed"}});
    for (const HistoryEntry& entry : desk.ion.history(party.head.id))
        for (const FieldChange& change : entry.fields) CHECK(change.field == "name");
    rights.unlock(desk.ion.user(), "party", "x_secret");
    CHECK(desk.ion.search("altius").rows.size() == 1);
}

TEST_CASE("PRP-02 a reference to a record one may not see reads as nothing and stays") {
    PropertyDesk desk;
    desk.define(
        {.kind = "party", .name = "x_partner", .type = PropertyType::reference, .target = "party"});
    const auto hidden = Parties(desk.petru).add({.name = "Hidden"});
    const auto other = Parties(desk.petru).add({.name = "Hidden too"});
    Party party = desk.party("Acme");
    Parties(desk.ana).change(party.head.id, any_version,
                             {{"x_partner_id", hidden.head.id.value()}});
    party = desk.parties.get(party.head.id);
    CHECK(stored(party, "x_partner_id").is_null());
    CHECK(desk.ion.get(party.head.id).json()["hidden"].dump() == R"(["x_partner_id"])");
    CHECK(desk.named(field("x_partner").not_null()).empty());
    CHECK(desk.named(field("x_partner.name") == "Hidden").empty());
    CHECK(desk.named(field("x_partner.x_partner").not_null()).empty());
    const auto sql = desk.ion.sql("SELECT x_partner_id FROM party_property");
    REQUIRE(sql.rows.size() == 1);
    CHECK(std::holds_alternative<std::monostate>(sql.rows[0][0]));
    party.name = "Renamed";
    desk.parties.update(party);
    CHECK(stored(Parties(desk.ana).get(party.head.id), "x_partner_id") ==
          Value{hidden.head.id.value()});
    CHECK(refused_field([&] {
              desk.parties.change(party.head.id, any_version,
                                  {{"x_partner_id", other.head.id.value()}});
          }) == "party.x_partner_id");
}

TEST_CASE("PRP-02 the user's own SQL reads properties of visible records") {
    PropertyDesk desk;
    desk.define("x_rating", PropertyType::integer);
    desk.party("Acme", {{"x_rating", std::int64_t{5}}});
    Party other{.name = "Hidden"};
    other.head.properties.set("x_rating", std::int64_t{6});
    Parties(desk.petru).add(other);
    const auto rows = [](Session& session) {
        return session
            .sql(
                "SELECT p.name, x.x_rating FROM party AS p JOIN party_property AS x"
                " USING (id) ORDER BY 2")
            .rows;
    };
    REQUIRE(rows(desk.ion).size() == 1);
    CHECK(std::get<std::int64_t>(rows(desk.ion)[0][1]) == 5);
    CHECK(rows(desk.ana).size() == 2);
}

TEST_CASE("PRP-01 users and units with properties are removed, kept and undone like others") {
    PropertyDesk desk;
    desk.define("x_any", PropertyType::integer, "unit");
    desk.define(
        {.kind = "party", .name = "x_manager", .type = PropertyType::reference, .target = "user"});
    Unit unit{.name = "Branch", .parent = desk.ana.unit()};
    unit.head.properties.set("x_any", std::int64_t{1});
    unit = Units(desk.ana).add(unit);
    const auto added = desk.last();
    const auto user =
        Users(desk.ana).add({.login = "new", .name = "New", .unit = unit.head.id}).head.id;
    CHECK_THROWS_AS(desk.ana.undo(added), Conflict);
    const Party party = desk.party("Acme", {{"x_manager_id", user.value()}});
    CHECK(desk.named(field("x_manager.login") == "new") == Names{"Acme"});
    CHECK(stored(desk.parties.get(party.head.id), "x_manager_id") == Value{user.value()});
}

TEST_CASE("PRP-02 cards, copies of the file and hand-overs carry properties") {
    PropertyDesk desk;
    desk.define("x_rating", PropertyType::integer);
    const auto party = desk.party("Acme", {{"x_rating", std::int64_t{5}}});
    CHECK(desk.parties.card(party.head.id).party.head.properties == party.head.properties);
    desk.database.backup(desk.folder.path() / "copy.crm");
    auto copy = open(desk.folder.path() / "copy.crm");
    auto ana = copy.trusted_session("ana");
    CHECK(stored(Parties(ana).get(party.head.id), "x_rating") == Value{std::int64_t{5}});
    Properties(ana).define({.kind = "party", .name = "x_of_copy"});
    CHECK(refused_field([&] { desk.party("New", {{"x_of_copy", "a"}}); }) == "party.x_of_copy");
    Users(desk.ana).hand_over(desk.ion.user(), desk.petru.user(),
                              {.kinds = {"party"}, .where = field("x_rating") == 5});
    const Party handed = Parties(desk.petru).get(party.head.id);
    CHECK(handed.head.owner == desk.petru.user());
    CHECK(stored(handed, "x_rating") == Value{std::int64_t{5}});
}

TEST_CASE("HIS-03 PRP-02 the past shows custom properties as they were") {
    PropertyDesk desk;
    desk.define("x_rating", PropertyType::integer);
    desk.define("x_story", PropertyType::long_text);
    desk.define(
        {.kind = "party", .name = "x_partner", .type = PropertyType::reference, .target = "party"});
    Party acme = desk.party("Acme", {{"x_rating", std::int64_t{1}}, {"x_story", "as it began"sv}});
    const Party beta =
        desk.party("Beta", {{"x_rating", std::int64_t{5}}, {"x_partner_id", acme.head.id.value()}});
    desk.party("Calm", {{"x_rating", std::int64_t{3}}});
    const CommandId then = desk.last();
    acme.head.properties.set("x_rating", std::int64_t{2});
    acme.head.properties.set("x_story", "as it went on"sv);
    acme = desk.parties.update(acme);
    desk.parties.remove(beta.head.id);
    desk.define("x_later", PropertyType::text);

    const Past past(desk.ana, then);
    CHECK(stored(past.get<Party>(acme.head.id), "x_rating").integer() == 1);
    const auto named = [&](const Filter& where) {
        Names names;
        for (const Party& party : past.list<Party>({.where = where}).rows) names.insert(party.name);
        return names;
    };
    CHECK(named(field("x_rating") == 1) == Names{"Acme"});
    CHECK(named(field("x_rating") == 2).empty());
    CHECK(named(field("x_rating") >= 3) == Names{"Beta", "Calm"});
    CHECK(named(field("x_partner.x_rating") == 1) == Names{"Beta"});
    CHECK(named(field("x_later").is_null()) == Names{"Acme", "Beta", "Calm"});
    CHECK(past.count(kind_of<Party>(), field("x_rating").not_null()).rows == 3);

    const auto page = past.list<Party>({.order = "-x_rating", .bodies = true});
    REQUIRE(page.rows.size() == 3);
    CHECK(page.rows[0].name == "Beta");
    CHECK(stored(page.rows[0], "x_partner_id").integer() == acme.head.id.value());
    CHECK(page.rows[2].name == "Acme");
    CHECK(stored(page.rows[2], "x_story").text() == "as it began");
}

TEST_CASE("HIS-02 PRP-01 a definition is not undone, not even with its user's whole hour") {
    PropertyDesk desk;
    desk.define("x_rating", PropertyType::integer);
    const CommandId definition = desk.last();
    const Party acme = desk.party("Acme", {{"x_rating", std::int64_t{1}}});
    CHECK_THROWS_AS(desk.ana.undo(definition), Conflict);
    const Undone undone =
        desk.ana.undo({.commands = {definition, desk.last()}}, {.skip_conflicts = true});
    CHECK_FALSE(desk.parties.find(acme.head.id));
    REQUIRE(undone.conflicts.size() == 1);
    CHECK(undone.conflicts.front().reason == "cannot be taken back once it is defined: retire it");
    CHECK(stored(desk.party("Beta", {{"x_rating", std::int64_t{2}}}), "x_rating").integer() == 2);
}

TEST_CASE("HIS-02 PRP-01 an undo exchanges unique values of properties") {
    PropertyDesk desk;
    desk.define(
        {.kind = "party", .name = "x_serial", .type = PropertyType::integer, .is_unique = true});
    const auto serial = [&](const Party& party) {
        return stored(desk.parties.get(party.head.id), "x_serial");
    };
    const Party acme = desk.party("Acme", {{"x_serial", std::int64_t{1}}}),
                beta = desk.party("Beta");
    const auto set = [&](const Party& party, Value value) {
        Parties(desk.ana).change(party.head.id, any_version, {{"x_serial", value}});
    };
    desk.ana.write("move", [&](Work&) {
        set(acme, {});
        set(beta, std::int64_t{1});
    });
    desk.ana.undo(desk.last());
    CHECK(serial(acme).integer() == 1);
    CHECK(serial(beta).is_null());
    set(beta, std::int64_t{2});
    desk.ana.write("exchange", [&](Work&) {
        set(acme, {});
        set(beta, std::int64_t{1});
        set(acme, std::int64_t{2});
    });
    desk.ana.undo(desk.last());
    CHECK(serial(acme).integer() == 1);
    CHECK(serial(beta).integer() == 2);
}
