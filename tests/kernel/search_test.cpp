#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "desk.hpp"
#include "kernel/search.hpp"
#include "kernel/state.hpp"
#include "support/random.hpp"

using namespace crm;
using test::Desk;
using namespace std::string_literals;
using Titles = std::vector<std::string>;

namespace {

Titles titles(const Hits& hits) {
    Titles all;
    for (const auto& hit : hits.rows) all.push_back(hit.title);
    return all;
}

/// A desk with a register of parties and contacts as one finds them here.
struct Register : Desk {
    Party acme = add_party("Acme Trading", "C-100");
    Party acacia = add_party("Acacia", "C-200");
    Party orhei = add_party("Țara Vinului", "V-1");
    Party kyiv = add_party("Київські ялинки", "V-2");
    Contact ion =
        Contacts(me()).add({.first_name = "Ion", .last_name = "Rusu", .title = "Director"});
    Contact alyona = Contacts(me()).add({.first_name = "Алёна", .last_name = "Йорданова"});

    Register() {
        Parties(me()).add_point(acme.head.id, {.type = "phone", .value = "+373 22 123 456"});
        Parties(me()).add_point(acme.head.id, {.type = "email", .value = "Office@Acme.example"});
        Parties(me()).add_point(acme.head.id,
                                {.type = "url", .value = "https://www.acme.example/"});
        Parties(me()).add_address(acme.head.id, {.city = "Chișinău"});
        Contacts(me()).add_point(ion.head.id, {.type = "mobile", .value = "069 555 777"});
        Contacts(me()).add_point(ion.head.id, {.type = "email", .value = "ion.rusu@example.md"});
    }

    Titles quick(std::string_view typed, std::string_view kind = {}) {
        return titles(me().quick(typed, kind));
    }
    Titles search(std::string_view text) { return titles(me().search(text)); }
};

Activity call(Desk& desk, const std::string& subject, const std::string& description = {}) {
    return Activities(desk.me()).plan(
        {.subject = subject, .kind = "call", .start = desk.me().now(), .description = description});
}

const char* const attacks[] = {"'",
                               "\"",
                               "';DROP TABLE party;--",
                               "\" OR \"1\"=\"1",
                               "* *",
                               "NEAR(a b)",
                               "a AND",
                               "NOT",
                               "OR",
                               "name:acme",
                               "{name}:a",
                               "^a",
                               "a*b",
                               "(",
                               "-",
                               "%",
                               "_%_",
                               "?1",
                               ":low",
                               "\\",
                               "\t\n",
                               "🙂",
                               "中文",
                               "'' OR 1",
                               "a\" OR b:\"c",
                               "+",
                               "@",
                               "http://"};

}  // namespace

TEST_CASE(
    "SEA-01 names and codes are found by what they begin with, blind to case and diacritics") {
    Register desk;
    CHECK(desk.quick("ac") == Titles{"Acacia", "Acme Trading"});
    CHECK(desk.quick("ACME tr") == Titles{"Acme Trading"});
    CHECK(desk.quick("țara") == Titles{"Țara Vinului"});
    CHECK(desk.quick("tara vin") == Titles{"Țara Vinului"});
    CHECK(desk.quick("c-1") == Titles{"Acme Trading"});
    CHECK(desk.quick("trading").empty());
    CHECK(desk.quick("").empty());
    CHECK(desk.quick(" \t ").empty());
}

TEST_CASE("SEA-01 Cyrillic is found without its diacritics") {
    Register desk;
    CHECK(desk.quick("киів") == Titles{"Київські ялинки"});
    CHECK(desk.quick("КИЇВ") == Titles{"Київські ялинки"});
    CHECK(desk.quick("алена") == desk.quick("Алёна"));
    CHECK(desk.quick("иорданова").size() == 1);
    CHECK(desk.quick("йорд").size() == 1);
}

TEST_CASE("SEA-01 people are found by last and by first name") {
    Register desk;
    CHECK(desk.quick("rusu", "contact").size() == 1);
    CHECK(desk.quick("rusu ion", "contact").size() == 1);
    CHECK(desk.quick("ion ru", "contact").size() == 1);
    CHECK(desk.quick("ion", "party").empty());
    CHECK(desk.me().quick("ion").rows.front().record == desk.ion.head.id);
}

TEST_CASE("SEA-01 phones are found however they are typed, from the third digit on") {
    Register desk;
    for (const char* typed : {"+373 22 12", "022 123", "0221", "(022) 12-34", "0037322",
                              "+37322123456", "37322123", "22123456"}) {
        CAPTURE(typed);
        CHECK(desk.quick(typed) == Titles{"Acme Trading"});
    }
    for (const char* typed : {"069", "069555", "0695 557 77", "+37369", "69555777"}) {
        CAPTURE(typed);
        CHECK(desk.quick(typed) == Titles{"Ion Rusu"});
    }
    const Hit hit = desk.me().quick("02212").rows.at(0);
    CHECK(hit.matched == "+373 22 123 456");
    CHECK(hit.field == "normalized");
    CHECK(hit.record == desk.acme.head.id);
}

TEST_CASE("SEA-01 e-mails and web pages are found by what they begin with") {
    Register desk;
    CHECK(desk.quick("OFFICE@") == Titles{"Acme Trading"});
    CHECK(desk.quick("ion.r") == Titles{"Ion Rusu"});
    CHECK(desk.quick("https://www.acme.ex") == Titles{"Acme Trading"});
    CHECK(desk.me().quick("ion.rusu@example.md").rows.at(0).matched == "ion.rusu@example.md");
}

TEST_CASE("SEA-01 several words are several characteristics of one record") {
    Register desk;
    CHECK(desk.quick("acme chisinau") == Titles{"Acme Trading"});
    CHECK(desk.quick("chi acme") == Titles{"Acme Trading"});
    CHECK(desk.quick("trading c-100") == Titles{"Acme Trading"});
    CHECK(desk.quick("ion director") == Titles{"Ion Rusu"});
    CHECK(desk.quick("ion 06955") == Titles{"Ion Rusu"});
    CHECK(desk.quick("ion office@acme").empty());
    CHECK(desk.quick("acme odessa").empty());
}

TEST_CASE("SEA-01 one record comes once, an exact key first") {
    Register desk;
    desk.add_party("Acme", "Z-1");
    desk.add_party("Acme Zoo", "acme");
    const auto hits = desk.me().quick("acme").rows;
    std::set<std::int64_t> records;
    for (const auto& hit : hits) records.insert(hit.record.value());
    CHECK(records.size() == hits.size());
    CHECK(desk.quick("acme") == Titles{"Acme", "Acme Zoo", "Acme Trading"});
}

TEST_CASE("SEA-01 a cap gives the first by key and says that there is more") {
    Desk desk;
    for (int i = 30; i > 0; --i) desk.add_party("Firm " + std::to_string(100 + i));
    const Hits hits = desk.me().quick("firm", "party", 5);
    CHECK(titles(hits) == Titles{"Firm 101", "Firm 102", "Firm 103", "Firm 104", "Firm 105"});
    CHECK(hits.incomplete);
    CHECK_FALSE(desk.me().quick("firm 12", "party", 20).incomplete);
    CHECK_THROWS_AS(desk.me().quick("firm", "party", 0), Invalid);
    CHECK_THROWS_AS(desk.me().quick("firm", "planet"), Invalid);
    CHECK_THROWS_AS(desk.me().quick("firm", "activity"), Invalid);
}

TEST_CASE("SEA-01 the quick filter shows what the session sees, and nothing else") {
    Register desk;
    Rights rights(desk.me());
    const Unit north = desk.add_unit("North");
    const Id<User> eva = desk.add_user("eva", north.head.id).head.id;
    auto she = desk.as("eva");
    const auto seen = [&](std::string_view typed) { return titles(she.quick(typed)); };
    CHECK(seen("ac").empty());

    rights.grant(eva, "party", "read", "own");
    rights.grant(eva, "party", "create", "own");
    const Party mine = Parties(she).add({.code = "N-1", .name = "Acorn"});
    CHECK(seen("ac") == Titles{"Acorn"});
    CHECK(seen("0221").empty());

    rights.grant(eva, "party", "read", "shared");
    rights.share(desk.acme.head.id, eva);
    CHECK(seen("ac") == Titles{"Acme Trading", "Acorn"});
    CHECK(seen("0221") == Titles{"Acme Trading"});
    CHECK(seen("acme chisinau") == Titles{"Acme Trading"});
    CHECK(seen("c-1") == Titles{"Acme Trading"});
    CHECK(seen("069").empty());

    rights.grant(desk.add_user("dan", north.head.id).head.id, "party", "read", "unit");
    auto dan = desk.as("dan");
    CHECK(titles(dan.quick("ac")) == Titles{"Acorn"});
}

TEST_CASE("SEA-01 SEA-04 hostile texts are looked for, and harm nothing") {
    Register desk;
    for (const char* attack : attacks) {
        CAPTURE(attack);
        CHECK_NOTHROW(desk.me().quick(attack));
        CHECK_NOTHROW(desk.me().search(attack));
    }
    CHECK_THROWS_AS(desk.me().quick("\xff"), Invalid);
    CHECK(desk.quick("acme") == Titles{"Acme Trading"});
}

TEST_CASE("SEA-01 SEA-04 random bytes meet nothing but typed errors") {
    Register desk;
    CAPTURE(test::seed());
    test::Random random(test::seed());
    for (int i = 0; i < 2'000; ++i) {
        const std::string text = test::bytes(random, 40);
        try {
            desk.me().quick(text);
            desk.me().search(text);
        } catch (const Invalid&) {
        } catch (const LimitExceeded&) {}
    }
}

TEST_CASE("SEA-04 words are found in every text of a record, newest first") {
    Register desk;
    const Activity first = call(desk, "First call", "They need a boiler");
    const Activity second = call(desk, "Second call", "The boiler is sold");
    const Party boilers = Parties(desk.me()).add({.name = "Warm", .description = "Sells boilers"});
    Notes(desk.me()).write(desk.acme.head.id, "asks for a boiler");
    CHECK(desk.search("boiler") == Titles{"Acme Trading", "Warm", "Second call", "First call"});
    CHECK(desk.search("boiler sold") == Titles{"Second call"});
    CHECK(desk.search("boiler bought").empty());
    CHECK(titles(desk.me().search("boiler", {"activity"})) == Titles{"Second call", "First call"});
    CHECK_THROWS_AS(desk.me().search("boiler", {"point"}), Invalid);
    CHECK_THROWS_AS(desk.me().search("boiler", {"planet"}), Invalid);
}

TEST_CASE("SEA-04 the last word may be unfinished, until a space follows it") {
    Register desk;
    call(desk, "Presentation");
    CHECK(desk.search("presen") == Titles{"Presentation"});
    CHECK(desk.search("presen ").empty());
    CHECK(desk.search("p").empty());
    CHECK(desk.search("presentation ") == Titles{"Presentation"});
    CHECK(desk.search("").empty());
    CHECK(desk.search("...").empty());
}

TEST_CASE("SEA-04 an unfinished word may be the beginning of very many") {
    Desk desk;
    desk.me().write("many", [&](Work&) {
        for (int i = 0; i < 200; ++i) call(desk, "word" + std::to_string(i));
    });
    CHECK(titles(desk.me().search("word", {}, 3)) == Titles{"word199", "word198", "word197"});
    CHECK(desk.me().search("wor", {}, 300).rows.size() == 200);
    CHECK(titles(desk.me().search("word19", {}, 3)) == Titles{"word199", "word198", "word197"});
}

TEST_CASE("SEA-04 search is blind to case and diacritics") {
    Register desk;
    call(desk, "Întâlnire la Chișinău");
    call(desk, "Підписали угоду з Ґалаґан");
    CHECK(desk.search("intalnire CHISINAU") == Titles{"Întâlnire la Chișinău"});
    CHECK(desk.search("галаган") == Titles{"Підписали угоду з Ґалаґан"});
    CHECK(desk.search("алена") == Titles{"Алёна Йорданова"});
}

TEST_CASE("SEA-04 the index follows changes, removals and undo") {
    Register desk;
    Activities activities(desk.me());
    Activity visit = call(desk, "Visit", "about pumps");
    activities.change(visit.head.id, any_version, {{"description", Value{"about valves"}}});
    CHECK(desk.search("pumps").empty());
    CHECK(desk.search("valves") == Titles{"Visit"});
    CHECK(desk.search("visit") == Titles{"Visit"});
    activities.remove(visit.head.id);
    CHECK(desk.search("valves").empty());
    desk.me().undo(desk.me().commands(1).front().id);
    CHECK(desk.search("valves") == Titles{"Visit"});
    desk.me().rehearse([&](Work&) { call(desk, "Rehearsed valves"); });
    CHECK(desk.search("valves") == Titles{"Visit"});
    desk.me().write("two", [&](Work&) {
        call(desk, "More valves");
        CHECK(desk.search("valves") == Titles{"More valves", "Visit"});
    });
}

TEST_CASE("SEA-04 search shows what the session sees, children by their parents") {
    Register desk;
    Rights rights(desk.me());
    const Id<User> eva = desk.add_user("eva").head.id;
    Notes(desk.me()).write(desk.acme.head.id, "secret boiler");
    Notes(desk.me()).write(desk.acacia.head.id, "open boiler");
    call(desk, "Boiler call");
    auto she = desk.as("eva");
    CHECK(titles(she.search("boiler")).empty());
    rights.grant(eva, "party", "read", "shared");
    rights.share(desk.acacia.head.id, eva);
    CHECK(titles(she.search("boiler")) == Titles{"Acacia"});
    rights.grant(eva, "activity", "read", "all");
    CHECK(titles(she.search("boiler")) == Titles{"Boiler call", "Acacia"});
}

TEST_CASE("SEA-04 a cap counts visible hits and says that there is more") {
    Desk desk;
    for (int i = 0; i < 20; ++i) call(desk, "Call " + std::to_string(i));
    const Hits hits = desk.me().search("call", {}, 3);
    CHECK(titles(hits) == Titles{"Call 19", "Call 18", "Call 17"});
    CHECK(hits.incomplete);
    CHECK_FALSE(desk.me().search("call", {}, 20).incomplete);
    CHECK_THROWS_AS(desk.me().search("call", {}, 1'001), Invalid);
}

TEST_CASE("SEA-04 a bulk run leaves the index merged and its settings as they were") {
    Desk desk;
    storage::File& file = *desk.database().state()->file;
    const auto read = [&](const std::string& what) {
        return file.read().connection().integer("SELECT " + what);
    };
    const auto setting = [&](const std::string& name) {
        return read("v FROM activity_fts_config WHERE k = '" + name + "'");
    };
    const auto segments = [&] { return read("count(DISTINCT segid) FROM activity_fts_idx"); };
    kernel::begin_bulk_indexing(file, all_kinds());
    CHECK(setting("hashsize") == 64 << 20);
    CHECK(setting("automerge") == 0);
    for (int i = 0; i < 12; ++i) call(desk, "Bulk " + std::to_string(i));
    CHECK(segments() == 12);
    kernel::end_bulk_indexing(file, all_kinds());
    CHECK(setting("hashsize") == 1 << 20);
    CHECK(setting("automerge") == 4);
    CHECK(segments() < 4);
    CHECK(desk.me().search("bulk").rows.size() == 12);
}
