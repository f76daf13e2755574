// Segments: groups of records by hand or by condition, whose members are those that one sees.
#include <doctest/doctest.h>

#include "rights/raw_file.hpp"
#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using ::test::refusal;
using ::test::refused_field;

namespace {

const Filter moldovan = field("country") == "MD";

std::vector<std::string> names(const std::vector<AnyRecord>& records) {
    std::vector<std::string> names;
    for (const AnyRecord& record : records) names.emplace_back(record.get("name").text());
    return names;
}

std::vector<std::string> names(const std::vector<Party>& parties) {
    std::vector<std::string> names;
    for (const Party& party : parties) names.push_back(party.name);
    return names;
}

/// Acme and Boreal of ion, Moldovan, and Zoo of petru, Romanian. Areas are those of ion.
struct Market : ::test::Desk {
    Ref acme = parties.add({.name = "Acme", .country = "MD"}).head.id;
    Ref boreal = parties.add({.name = "Boreal", .country = "MD"}).head.id;
    Ref zoo = Parties(petru).add({.name = "Zoo", .country = "RO"}).head.id;
    Segments segments{ion};

    /// Who sees every party, and nothing else.
    Session reader(const char* login) {
        const auto user = Users(ana).add({.login = login, .unit = ana.unit()});
        Rights(ana).grant(user.head.id, "party", "read", "all");
        return database.trusted_session(login);
    }
};

}  // namespace

TEST_CASE("PAR-13 a dynamic segment holds what fulfils its condition now") {
    Market at;
    const auto local = at.segments.make("party", "Local", moldovan);
    CHECK(names(at.segments.members(local.head.id).rows) == std::vector{"Acme"s, "Boreal"s});
    CHECK(at.segments.count_members(local.head.id).rows == 2);
    at.ion.change(at.boreal, any_version, {{"country", "RO"}});
    CHECK(names(at.segments.members(local.head.id).rows) == std::vector{"Acme"s});
    CHECK(at.segments.count_members(local.head.id, field("name") == "Acme").rows == 1);
    CHECK_THROWS_AS(at.segments.add_members(local.head.id, {at.boreal}), Invalid);
    CHECK(at.segments.of(at.acme).empty());  // by hand: none
}

TEST_CASE(
    "PAR-13 CON-05 members are put in and taken out by hand, each in any number of segments") {
    Market at;
    const auto vip = at.segments.make("party", "VIP"), fair = at.segments.make("party", "Fair");
    CHECK(at.segments.add_members(vip.head.id, {at.acme, at.boreal, at.acme}) == 2);
    CHECK(at.segments.add_members(vip.head.id, {at.boreal}) == 0);
    CHECK(at.segments.add_members(fair.head.id, moldovan && field("name") == "Acme") == 1);
    CHECK(at.ion.commands(1).front().verb == "segment.add_members");
    CHECK(at.segments.of(at.acme).size() == 2);
    CHECK(at.segments.of(at.acme).front().name == "Fair");
    const auto page = at.segments.members(vip.head.id, {.order = "-name", .limit = 1});
    CHECK(names(page.rows) == std::vector{"Boreal"s});
    CHECK(names(at.segments.members(vip.head.id, {.order = "-name", .limit = 1, .after = page.next})
                    .rows) == std::vector{"Acme"s});
    CHECK(at.segments.remove_members(vip.head.id, {at.boreal, at.boreal}) == 1);
    CHECK(names(at.segments.members(vip.head.id).rows) == std::vector{"Acme"s});
    at.ion.undo(at.ion.commands(1).front().id);
    CHECK(at.segments.count_members(vip.head.id).rows == 2);
    CHECK(at.segments.remove_members(vip.head.id, Filter{}) == 2);
    CHECK(at.segments.count_members(vip.head.id).rows == 0);

    const auto contact = at.contacts.add({.last_name = "Rusu"}).head.id;
    const auto press = at.segments.make("contact", "Press");
    CHECK(at.segments.add_members(press.head.id, {contact}) == 1);
    CHECK(refused_field([&] { at.segments.add_members(press.head.id, {at.acme}); }) ==
          "segment_member.record_id");
    at.ion.remove(press.head.id);
    CHECK(at.segments.of(contact).empty());
    at.ion.undo(at.ion.commands(1).front().id);
    CHECK(at.segments.of(contact).size() == 1);
}

TEST_CASE("PAR-13 filters ask for segments by name or id, alone or in lists, and along paths") {
    Market at;
    const auto vip = at.segments.make("party", "VIP");
    at.segments.make("party", "Local", moldovan);
    at.segments.add_members(vip.head.id, {at.acme});
    const auto found = [&](const Filter& where) {
        return names(at.parties.list({.where = where}).rows);
    };
    CHECK(found(field("segment") == "vip") == std::vector{"Acme"s});
    CHECK(found(field("segment") == vip.head.id.value()) == std::vector{"Acme"s});
    CHECK(found(field("segment") == std::to_string(vip.head.id.value())) == std::vector{"Acme"s});
    CHECK(found(field("segment") != "VIP") == std::vector{"Boreal"s});
    CHECK(found(field("segment").in({"VIP", "Local"})) == std::vector{"Acme"s, "Boreal"s});
    CHECK(found(field("segment").not_in({"VIP", "Local"})).empty());
    CHECK(found(field("segment") == "Local" && !(field("segment") == "VIP")) ==
          std::vector{"Boreal"s});
    at.activities.plan(::test::call(at.acme, "Call Acme"));
    at.activities.plan(::test::call(at.boreal, "Call Boreal"));
    CHECK(at.activities.count(field("party.segment") == "VIP").rows == 1);
    CHECK(at.activities.count(field("party.segment") == "Local").rows == 2);
    const auto saved = SavedFilters(at.ion).save("party", "VIPs", field("segment") == "VIP");
    CHECK(found(Filter::saved("VIPs")) == std::vector{"Acme"s});

    for (const Filter& wrong : {field("segment") > "VIP", field("segment").is_null(),
                                field("segment").contains("VIP"), field("segment") == true,
                                field("segment") == "None", field("segment") == at.acme.value()})
        CHECK(refused_field([&] { at.parties.count(wrong); }) == "filter.segment");
    CHECK(refused_field([&] { at.contacts.count(field("segment") == "VIP"); }) == "filter.segment");
    at.ion.remove(vip.head.id);
    CHECK(
        refusal([&] { at.parties.count(Filter::saved("VIPs")); }) ==
        "filter.segment: saved filter \"VIPs\": there is no segment \"VIP\" of party that you may "
        "use");
}

TEST_CASE("PAR-13 a segment is found by its name before its id, also by a name of digits") {
    Market at;
    const auto year = at.segments.make("party", "2024").head.id;
    at.segments.add_members(year, {at.acme});
    const auto found = [&](const Json& operand) {
        return names(at.parties.list({.where = field("segment") == operand}).rows);
    };
    CHECK(found(Json("2024")) == std::vector{"Acme"s});
    CHECK(found(Json(std::to_string(year.value()))) == std::vector{"Acme"s});
    const auto other = at.segments.make("party", std::to_string(year.value())).head.id;
    CHECK(found(Json(std::to_string(year.value()))).empty());  // the one of that name
    CHECK(found(Json(year.value())) == std::vector{"Acme"s});
    CHECK(found(Json(std::to_string(other.value()))).empty());
    CHECK(refusal([&] { found(Json("2025")); }).find("2025") != std::string::npos);
    CHECK(refused_field([&] { found(Json("2025")); }) == "filter.segment");
}

TEST_CASE("PAR-13 members are seen as far as the records are, and a hidden one is not counted") {
    Market at;
    Segments all(at.ana);
    const auto vip = all.make("party", "VIP", true);
    all.add_members(vip.head.id, {at.acme, at.zoo});
    CHECK(at.segments.count_members(vip.head.id).rows == 1);
    CHECK(names(at.segments.members(vip.head.id).rows) == std::vector{"Acme"s});
    CHECK(at.ion.count(kind_of<SegmentMember>(), {}).rows == 1);
    CHECK(at.ion.sql("SELECT record_id FROM segment_member").rows.size() == 1);
    CHECK_THROWS_AS(at.segments.of(at.zoo), NotFound);
    CHECK_THROWS_AS(at.segments.add_members(all.make("party", "Other", true).head.id, {at.zoo}),
                    Error);
}

TEST_CASE("PAR-13 a private segment is its owner's, with its members; a shared one is looked at") {
    Market at;
    const auto vip = at.segments.make("party", "VIP");
    at.segments.add_members(vip.head.id, {at.acme});
    Session dan = at.reader("dan");
    Segments others(dan);
    CHECK(others.list().rows.empty());
    CHECK(others.of(at.acme).empty());
    CHECK(dan.count(kind_of<SegmentMember>(), {}).rows == 0);
    CHECK_THROWS_AS(others.members(vip.head.id), NotFound);
    CHECK(refused_field([&] { Parties(dan).count(field("segment") == "VIP"); }) ==
          "filter.segment");
    CHECK(Parties(dan).count(field("segment_member.segment.name") == "VIP").rows == 0);
    CHECK_THROWS_AS(others.add_members(vip.head.id, {at.boreal}), NotFound);

    at.segments.change(vip.head.id, any_version, {{"is_shared", std::int64_t{1}}});
    CHECK(others.of(at.acme).size() == 1);
    CHECK(Parties(dan).count(field("segment") == "VIP").rows == 1);
    CHECK(Parties(dan).count(field("segment_member.segment.name") == "VIP").rows == 1);
    CHECK_THROWS_AS(others.add_members(vip.head.id, {at.boreal}), Denied);
    CHECK_THROWS_AS(others.remove_members(vip.head.id, {at.acme}), Denied);
    // who may change the record may not take it out of somebody's segment for that
    Rights(at.ana).grant(dan.user(), "party", "change", "all");
    CHECK_THROWS_AS(others.remove_members(vip.head.id, {at.acme}), Denied);
    CHECK_THROWS_AS(others.remove(vip.head.id), Denied);
}

TEST_CASE(
    "PAR-13 who reads a record puts it into a segment of their own, and the record is not "
    "changed") {
    Market at;
    Session dan = at.reader("dan");
    Segments own(dan);
    const auto mine = own.make("party", "Mine");
    const auto before = at.parties.get(at.acme).head;
    CHECK(own.add_members(mine.head.id, {at.acme, at.zoo}) == 2);
    CHECK(at.parties.get(at.acme).head.changed_in == before.changed_in);
    CHECK(own.remove_members(mine.head.id, {at.zoo}) == 1);
    dan.undo(dan.commands(1).front().id);
    CHECK(own.count_members(mine.head.id).rows == 2);
    own.remove(mine.head.id);
    dan.undo(dan.commands(1).front().id);
    CHECK(own.count_members(mine.head.id).rows == 2);
    // what it was is not what another has to mind: it goes, comes back and is merged
    at.ion.remove(at.acme);
    CHECK(own.count_members(mine.head.id).rows == 1);
    at.ion.undo(at.ion.commands(1).front().id);
    CHECK(own.count_members(mine.head.id).rows == 2);
    Duplicates(at.ion).merge(at.boreal, {at.acme});
    CHECK(names(own.members(mine.head.id).rows) == std::vector{"Boreal"s, "Zoo"s});
    Duplicates(at.ion).unmerge(at.acme);
    CHECK(names(own.members(mine.head.id).rows) == std::vector{"Acme"s, "Zoo"s});
}

TEST_CASE("PAR-13 a segment is checked when it is written, and its condition when it is used") {
    Market at;
    const auto vip = at.segments.make("party", "VIP");
    CHECK_THROWS_AS(at.segments.make("party", "vip", moldovan), Conflict);
    CHECK(refused_field([&] { at.segments.make("note", "X"); }) == "segment.kind");
    CHECK(refused_field([&] { at.segments.make("segment", "X"); }) == "segment.kind");
    CHECK(refused_field([&] { at.segments.make("party", "X", field("plumage") == 1); }) ==
          "filter.plumage");
    CHECK(refused_field([&] { at.segments.make("party", "X", field("segment") == "VIP"); }) ==
          "segment.condition");
    CHECK(refused_field([&] { at.segments.make("party", "X", !Filter::saved("Main")); }) ==
          "segment.condition");
    CHECK(refused_field([&] {
              at.segments.change(vip.head.id, any_version, {{"condition", "{}"}});
          }) == "segment.condition");
    at.segments.make("party", "Taxed", field("tax_code").is_null(), true);
    Session dan = at.reader("dan");
    CHECK(Parties(dan).count(field("segment") == "Taxed").rows == 3);
    Rights(at.ana).hide(dan.user(), "party", "tax_code");
    try {
        Parties(dan).count(field("segment") == "Taxed");
        FAIL("was not refused");
    } catch (const Denied& denied) {
        CHECK(std::string(denied.what())
                  .starts_with("segment \"Taxed\": party.tax_code: is hidden from you"));
    }
}

TEST_CASE("PAR-13 a list of the past knows who was in a segment then") {
    Market at;
    const auto vip = at.segments.make("party", "VIP");
    at.segments.add_members(vip.head.id, {at.acme});
    const auto then = at.ion.commands(1).front().id;
    at.segments.remove_members(vip.head.id, {at.acme});
    at.segments.add_members(vip.head.id, {at.boreal});
    const Past past(at.ion, then);
    CHECK(names(past.list(kind_of<Party>(), {.where = field("segment") == "VIP"}).rows) ==
          std::vector{"Acme"s});
}
