#include "kernel/rank.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "base/utf8.hpp"
#include "crm/text.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"

namespace {

using namespace crm;
using namespace std::string_literals;
using kernel::Spans;
using Titles = std::vector<std::string>;
constexpr auto by_rank = SearchOptions::Order::rank;

Titles titles(const Hits& hits) {
    Titles all;
    for (const auto& hit : hits.rows) all.push_back(hit.title);
    return all;
}

struct RankDesk : ::test::Desk {
    Titles ranked(std::string_view text) { return ranked(ana, text); }
    Titles ranked(Session& session, std::string_view text) {
        return titles(session.search(text, {.order = by_rank}));
    }
    Id<Party> party(const std::string& name, const std::string& description = {},
                    const std::string& code = {}) {
        return Parties(ana).add({.code = code, .name = name, .description = description}).head.id;
    }
    Snippet snippet(std::string_view text) {
        return ana.search(text, {.order = by_rank, .snippets = true}).rows.at(0).snippet;
    }
};

std::string marked(const Snippet& snippet) {
    std::string text = snippet.text;
    for (auto at = snippet.matches.rbegin(); at != snippet.matches.rend(); ++at)
        text.insert(at->second, "]").insert(at->first, "[");
    return text;
}

}  // namespace

TEST_CASE("SEA-04 a word in the name outranks one in a short text, and that one in a long text") {
    RankDesk desk;
    desk.party("Pump works");
    desk.party("Alfa", {}, "PUMP-1");
    desk.party("Beta", "sells a pump");
    CHECK(titles(desk.ana.search("pump ")) == Titles{"Beta", "Alfa", "Pump works"});
    CHECK(desk.ranked("pump ") == Titles{"Pump works", "Alfa", "Beta"});
}

TEST_CASE("SEA-04 a word that stands oftener counts more, but not in proportion") {
    RankDesk desk;
    desk.party("Thrice", "pump pump pump");
    desk.party("Once", "pump and valve");
    desk.party("Named pump", "nothing else");
    CHECK(desk.ranked("pump ") == Titles{"Named pump", "Thrice", "Once"});
    std::string many;
    for (int i = 0; i < 64; ++i) many += "pump ";
    desk.party("Very often", many);
    CHECK(desk.ranked("pump ") == Titles{"Named pump", "Very often", "Thrice", "Once"});
}

TEST_CASE("SEA-04 what is older by a year is worth half, and never nothing") {
    RankDesk desk;
    desk.party("Pump of old");
    desk.clock.advance(::test::day * 366);
    desk.party("Beta", {}, "PUMP");  // 3 against 8 / 2
    CHECK(desk.ranked("pump ") == Titles{"Pump of old", "Beta"});
    desk.clock.advance(::test::day * 366);
    CHECK(desk.ranked("pump ") == Titles{"Pump of old", "Beta"});
    desk.party("Gama", {}, "PUMP-2");  // 3 against 8 / 4
    CHECK(desk.ranked("pump ") == Titles{"Gama", "Pump of old", "Beta"});
    desk.clock.advance(::test::day * 366 * 100);
    CHECK(desk.ranked("pump ").size() == 3);
}

TEST_CASE("SEA-04 equal ranks are in the order of age, the newest first") {
    RankDesk desk;
    for (const char* name : {"Pump A", "Pump B", "Pump C"}) desk.party(name);
    CHECK(desk.ranked("pump ") == Titles{"Pump C", "Pump B", "Pump A"});
    CHECK(titles(desk.ana.search("pump ", {.limit = 2, .order = by_rank})) ==
          Titles{"Pump C", "Pump B"});
    CHECK(desk.ana.search("pump ", {.limit = 2, .order = by_rank}).incomplete);
    CHECK_FALSE(desk.ana.search("pump ", {.limit = 3, .order = by_rank}).incomplete);
    CHECK_THROWS_AS(desk.ana.search("pump", {.limit = 0, .order = by_rank}), Invalid);
    CHECK_THROWS_AS(desk.ana.search("pump", {.kinds = {"point"}, .order = by_rank}), Invalid);
    CHECK(titles(desk.ana.search("pump ", {.kinds = {"activity"}, .order = by_rank})).empty());
}

TEST_CASE("SEA-04 the whole word outranks longer ones that it begins") {
    RankDesk desk;
    desk.party("Ivan");
    desk.party("Ivanov Ivanova Ivanko");
    CHECK(desk.ranked("ivan") == Titles{"Ivan", "Ivanov Ivanova Ivanko"});
    CHECK(desk.ranked("ivan ") == Titles{"Ivan"});
}

TEST_CASE("SEA-04 beyond the newest thousand the ranking says that it is not complete") {
    RankDesk desk;
    desk.party("Pump", "pump");
    desk.ana.write("many", [&](Work&) {
        for (int i = 0; i < 1'000; ++i) desk.party("Firm", "a pump");
    });
    const Hits hits = desk.ana.search("pump ", {.limit = 1'000, .order = by_rank});
    CHECK(hits.incomplete);
    CHECK(hits.rows.size() == 1'000);
    CHECK(hits.rows.front().title == "Firm");
}

TEST_CASE("SEA-04 RIG-08 hidden records move no rank") {
    RankDesk desk;
    const auto unit = desk.ion.unit();
    for (int i = 1; i < 6; ++i)
        Parties(desk.ana).add({.head = {.unit = unit},
                               .name = "Firm " + std::to_string(i),
                               .description = std::string(static_cast<std::size_t>(i) * 5, ' ') +
                                              (i % 2 ? "pump pump" : "pump")});
    const auto before = desk.ranked(desk.ion, "pump");
    CHECK(before.size() == 5);
    for (int i = 0; i < 20; ++i) desk.party("Pump pump", "pump pumps pump");
    CHECK(desk.ranked(desk.ion, "pump") == before);
    CHECK(desk.ranked(desk.ana, "pump").size() == 25);
}

TEST_CASE("SEA-04 RIG-04 a hidden field is not found, does not count and is not shown") {
    RankDesk desk;
    const auto unit = desk.ion.unit();
    Parties parties(desk.ana);
    parties.add({.head = {.unit = unit}, .name = "Open", .description = "pump"});
    parties.add({.head = {.unit = unit}, .name = "Pump", .description = "pump pump pump pump"});
    parties.add({.head = {.unit = unit}, .name = "Twice pump pump"});
    CHECK(desk.ranked(desk.ion, "pump ") == Titles{"Twice pump pump", "Pump", "Open"});
    Rights rights(desk.ana);
    rights.hide(desk.ion.user(), "party", "description");
    CHECK(desk.ranked(desk.ion, "pump ") == Titles{"Twice pump pump", "Pump"});
    for (const auto& hit : desk.ion.search("pump", SearchOptions{.snippets = true}).rows)
        CHECK(hit.snippet.field == "name");
    rights.unlock(desk.ion.user(), "party", "description");
    rights.hide(desk.ion.user(), "party", "name");
    CHECK(desk.ranked(desk.ion, "pump ") == Titles{"", ""});
    for (const auto& hit : desk.ion.search("pump", SearchOptions{.snippets = true}).rows)
        CHECK(hit.snippet.field == "description");
}

TEST_CASE("SEA-04 a snippet shows the words as they were written, and where they stand") {
    RankDesk desk;
    desk.party("Alfa", "Întâlnire la Chișinău, în ȘTEFAN cel Mare");
    CHECK(marked(desk.snippet("stefan chisinau ")) ==
          "Întâlnire la [Chișinău], în [ȘTEFAN] cel Mare");
    CHECK(desk.snippet("stefan").field == "description");
    desk.party("Підписали угоду з Ґалаґан");
    CHECK(marked(desk.snippet("галаган уго")) == "Підписали [угоду] з [Ґалаґан]");
    desk.party("O'Brien & sons");
    CHECK(marked(desk.snippet("obrien")) == "[O'Brien] & sons");
    CHECK(desk.ana.search("obrien").rows.at(0).snippet == Snippet{});
}

TEST_CASE("SEA-04 a snippet of a long text is its densest place, cut between words") {
    RankDesk desk;
    std::string filler;
    for (int i = 0; i < 60; ++i) filler += "слово ";
    desk.party("Alfa", "pump " + filler + "a pump with a valve and a pump\nthere " + filler);
    const Snippet found = desk.snippet("pump valve ");
    CHECK(found.matches.size() == 3);
    CHECK(found.text.starts_with("…слово "));
    CHECK(found.text.ends_with(" слово…"));
    CHECK(found.text.size() <= 160 + 2 * "…"s.size());
    CHECK(marked(found).find("слово a [pump] with a [valve] and a [pump]\nthere слово") !=
          std::string::npos);
}

TEST_CASE("SEA-04 a snippet is valid UTF-8 and marks whole words, whatever the text") {
    CAPTURE(crm::test::seed());
    crm::test::Random random(crm::test::seed());
    static const std::vector<std::string> pieces{
        "pump", "ș", "слово", " ", " ", "\n", "🙂", "中文", "e\u0301", ",", "pumpe", "—", "x"};
    for (int round = 0; round < 3'000; ++round) {
        std::string text;
        for (auto n = crm::test::between(random, 0, 120); n > 0; --n)
            text += pieces[crm::test::between(random, 0, pieces.size() - 1)];
        Spans words;
        tokenize(
            text,
            [](void* all, const Token& token) {
                if (token.text == "pump")
                    static_cast<Spans*>(all)->emplace_back(token.begin, token.end);
                return true;
            },
            &words);
        CAPTURE(text);
        const Snippet snippet = kernel::cut(text, words);
        CHECK_NOTHROW(clean_text(snippet.text));
        CHECK(snippet.text.size() <= 160 + 2 * "…"s.size());
        CHECK(snippet.matches.empty() == words.empty());
        for (const auto& [begin, end] : snippet.matches)
            CHECK(snippet.text.substr(begin, end - begin) == "pump");
    }
    for (const char* letter : {"x", "ș", "中"}) {
        std::string huge;
        while (huge.size() < 10'000) huge += letter;
        const Snippet one = kernel::cut("y " + huge, {{2, 2 + huge.size()}});
        CHECK_NOTHROW(clean_text(one.text));
        CHECK(one.text.size() <= 160 + 2 * "…"s.size());
        REQUIRE(one.matches.size() == 1);
        CHECK(one.matches[0].second <= one.text.size());
    }
}

// ---- against a naive ranking

namespace {

/// The rank of a party as the documentation says it, over all of its texts.
double naive(const Party& party, double years, const std::vector<std::string>& typed,
             const std::string& begun) {
    double sum = 0;
    for (const auto& [text, weight] : {std::pair{party.name, 8.0}, std::pair{party.code, 3.0},
                                       std::pair{party.description, 1.0}}) {
        const auto all = words(text);
        const auto worth = [&](const std::string& word, bool is_begun) {
            const auto exact = std::ranges::count(all, word);
            if (exact > 0) return 1 + std::log2(static_cast<double>(exact));
            const bool longer = std::ranges::any_of(
                all, [&](const std::string& each) { return each.starts_with(word); });
            return is_begun && longer ? 0.5 : 0.0;
        };
        for (const auto& word : typed) sum += weight * worth(word, false);
        if (!begun.empty()) sum += weight * worth(begun, true);
    }
    return sum * std::exp2(-years);
}

bool has_all(const Party& party, const std::vector<std::string>& typed, const std::string& begun) {
    const auto all = words(party.name + " " + party.code + " " + party.description);
    const auto has = [&](const std::string& word) {
        return std::ranges::find(all, word) != all.end();
    };
    return std::ranges::all_of(typed, has) &&
           (begun.empty() || std::ranges::any_of(all, [&](const std::string& each) {
                return each.starts_with(begun);
            }));
}

}  // namespace

TEST_CASE("SEA-04 hits are ranked as a naive ranking over all visible records ranks them") {
    CAPTURE(crm::test::seed());
    crm::test::Random random(crm::test::seed());
    static const std::vector<std::string> vocabulary{"pump",   "pumps", "Pumpă", "valve", "ялинка",
                                                     "ЯЛИНКИ", "oil",   "Öl",    "gas"};
    const auto text = [&](std::size_t most) {
        std::string made;
        for (auto n = crm::test::between(random, 0, most); n > 0; --n)
            made += vocabulary[crm::test::between(random, 0, vocabulary.size() - 1)] + " ";
        return made;
    };
    RankDesk desk;
    std::map<std::int64_t, Time> made_at;
    for (int i = 0; i < 150; ++i) {
        desk.clock.advance(std::chrono::hours(crm::test::between(random, 0, 400)));
        Head head;
        if (crm::test::between(random, 0, 1)) head.unit = desk.ion.unit();
        const auto party =
            Parties(desk.ana).add({.head = head, .name = "P " + text(3), .description = text(12)});
        made_at[party.head.id.value()] = desk.clock.now();
    }
    using Years = std::chrono::duration<double, std::chrono::years::period>;
    for (const char* typed : {"pump", "pump ", "pump valve ", "ялинк", "oil gas pu", "ялинка "}) {
        CAPTURE(typed);
        auto all = words(typed);
        std::string begun;
        if (!std::string_view(typed).ends_with(' ')) begun = all.back(), all.pop_back();
        std::size_t expected = 0;
        std::map<std::int64_t, double> ranks;
        for (const auto& row : Parties(desk.ion).list({.limit = 1'000, .bodies = true}).rows) {
            if (!has_all(row, all, begun)) continue;
            ++expected;
            const Years age(desk.clock.now() - made_at.at(row.head.id.value()));
            ranks[row.head.id.value()] = naive(row, age.count(), all, begun);
        }
        const auto hits =
            desk.ion.search(typed, {.limit = 1'000, .order = by_rank, .snippets = true});
        REQUIRE(hits.rows.size() == expected);
        CHECK_FALSE(hits.incomplete);
        std::set<std::int64_t> found;
        for (std::size_t i = 0; i < hits.rows.size(); ++i) {
            const auto id = hits.rows[i].record.value();
            REQUIRE(ranks.contains(id));
            found.insert(id);
            CHECK_FALSE(hits.rows[i].snippet.matches.empty());
            if (i == 0) continue;
            CHECK(ranks[id] <= ranks[hits.rows[i - 1].record.value()] * (1 + 1e-9));
        }
        CHECK(found.size() == expected);
    }
}
