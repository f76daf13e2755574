#include <doctest/doctest.h>

#include <fstream>

#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using test::refused_field;

namespace {

using enum ConsentState;

class Statements {
public:
    explicit Statements(test::Desk& desk)
        : desk_(desk), contact(desk.contacts.add({.last_name = "Popa"}).head.id) {}

    Consent say(const char* channel, ConsentState state, std::optional<Time> at = {}) {
        desk_.clock.advance(test::hour);
        return Consents(desk_.ion).add(
            {.record = contact, .channel = channel, .state = state, .stated_at = at});
    }
    bool may(const char* channel) const {
        return Consents(desk_.ion).may_contact(contact, channel);
    }

private:
    test::Desk& desk_;

public:
    const Id<Contact> contact;
};

}  // namespace

TEST_CASE(
    "CON-08 the newest statement on a channel counts, and who said nothing is not contacted") {
    auto desk = test::desk();
    Statements statements(desk);
    CHECK_FALSE(statements.may("email"));
    statements.say("email", given);
    CHECK(statements.may("email"));
    CHECK_FALSE(statements.may("phone"));
    statements.say("email", withdrawn);
    CHECK_FALSE(statements.may("email"));
    statements.say("email", given);
    CHECK(statements.may("email"));
    statements.say("email", withdrawn, desk.clock.now() - test::day);  // heard of later, older
    CHECK(statements.may("email"));
    CHECK(Consents(desk.ion).of(statements.contact).size() == 4);
}

TEST_CASE("CON-08 an opt-out wins: of the same time, and from every channel over any consent") {
    auto desk = test::desk();
    Statements statements(desk);
    statements.say("post", withdrawn, test::monday);
    statements.say("post", given, test::monday);
    CHECK_FALSE(statements.may("post"));

    statements.say("any", given);
    CHECK(statements.may("email"));
    CHECK(statements.may("fax"));
    CHECK_FALSE(statements.may("post"));
    statements.say("email", withdrawn);
    CHECK_FALSE(statements.may("email"));
    statements.say("any", withdrawn);
    CHECK_FALSE(statements.may("fax"));
    statements.say("email", given);
    CHECK_FALSE(statements.may("email"));
    statements.say("any", given);
    CHECK(statements.may("email"));
    CHECK(statements.may("phone"));
}

TEST_CASE("CON-08 a statement has date, source and proof, and is not rewritten") {
    auto desk = test::desk();
    const auto contact = desk.contacts.add({.last_name = "Popa"}).head.id;
    Consents consents(desk.ion);
    const auto written = consents.add({.record = contact,
                                       .channel = "text_message",
                                       .stated_at = test::monday - test::day,
                                       .source = "web form",
                                       .evidence = "I agree to text messages."});
    CHECK(consents.of(contact) == std::vector{written});
    CHECK(consents.add({.record = contact, .channel = "phone"}).stated_at == desk.clock.now());
    for (const auto& [field, value] : {std::pair{"state"sv, "withdrawn"sv}, {"channel"sv, "fax"sv}})
        CHECK_THROWS_AS(consents.change(written.head.id, any_version, {{field, value}}), Invalid);
    CHECK_THROWS_AS(
        consents.change(written.head.id, any_version, {{"stated_at", Value{std::int64_t{0}}}}),
        Invalid);
    CHECK(refused_field([&] { consents.add({.record = contact, .channel = "pigeon"}); }) ==
          "consent.channel");
    CHECK(refused_field([&] {
              consents.add({.record = contact, .channel = "fax", .stated_at = test::friday});
          }) == "consent.stated_at");
    CHECK(refused_field([&] { consents.add({.record = contact}); }) == "consent.channel");
    consents.remove(written.head.id);
    CHECK_FALSE(consents.may_contact(contact, "text_message"));
    CHECK(desk.ion.history(written.head.id).size() == 2);
}

TEST_CASE("CON-08 the summary says for every channel what counts and why") {
    auto desk = test::desk();
    Statements statements(desk);
    const auto email = statements.say("email", given);
    const auto all = statements.say("any", withdrawn);
    const auto again = statements.say("phone", given);
    const auto summary = Consents(desk.ion).summary(statements.contact);
    std::vector<std::string> channels;
    for (const auto& each : summary) {
        channels.push_back(each.channel);
        CHECK_FALSE(each.may_contact);
        CHECK(each.statement == all);
    }
    CHECK(channels == std::vector{"email"s, "phone"s, "text_message"s, "post"s, "fax"s});

    Consents(desk.ana).remove(all.head.id);
    const auto now = Consents(desk.ion).summary(statements.contact);
    CHECK(now[0].may_contact);
    CHECK(now[0].statement == email);
    CHECK(now[1].statement == again);
    CHECK_FALSE(now[2].may_contact);
    CHECK_FALSE(now[2].statement);
}

TEST_CASE("CON-08 consent is that of a visible contact, on a known channel") {
    auto desk = test::desk();
    Statements statements(desk);
    const auto given_one = statements.say("email", given);
    Consents of_petru(desk.petru);
    CHECK_THROWS_AS(of_petru.may_contact(statements.contact, "email"), NotFound);
    CHECK_THROWS_AS(of_petru.summary(statements.contact), NotFound);
    CHECK(of_petru.of(statements.contact).empty());
    CHECK_THROWS_AS(of_petru.get(given_one.head.id), NotFound);
    CHECK_THROWS_AS(of_petru.add({.record = statements.contact, .channel = "email"}), Error);
    CHECK_THROWS_AS(statements.may("pigeon"), Invalid);
    const auto hidden = Parties(desk.petru).add({.name = "Beta"}).head.id;
    CHECK_THROWS_AS(Consents(desk.ion).may_contact(hidden, "email"), NotFound);
    CHECK_THROWS_AS(Consents(desk.ion).may_contact(given_one.head.id, "email"), NotFound);
    CHECK_THROWS_AS(Rights(desk.ana).hide(desk.ion.user(), "consent", "state"), Invalid);
}

TEST_CASE("CON-08 statements of duplicates count together after the merge") {
    auto desk = test::desk();
    Statements one(desk), other(desk);
    one.say("email", given);
    other.say("email", withdrawn);
    Duplicates(desk.ana).merge(one.contact, {other.contact});
    CHECK_FALSE(one.may("email"));
    CHECK(Consents(desk.ion).of(one.contact).size() == 2);
}

TEST_CASE(
    "CON-08 a person is given the statements with their history, and they go with the person") {
    auto desk = test::desk();
    const auto person = Parties(desk.ana).add_person({.last_name = "Popa"});
    Consents consents(desk.ana);
    const auto id = consents.add({.record = person.contact.head.id,
                                  .channel = "email",
                                  .source = "fair",
                                  .evidence = "signed card"});
    const auto target = desk.folder.path() / "subject.json";
    export_subject(desk.ana, person.party.head.id, target);
    std::ifstream file(target);
    const Json all = Json::parse(std::string{std::istreambuf_iterator<char>{file}, {}});
    REQUIRE(all["consents"].array().size() == 1);
    const Json& told = all["consents"].array()[0];
    CHECK(told["channel"].string() == "email");
    CHECK(told["state"].string() == "given");
    CHECK(told["evidence"].string() == "signed card");
    for (const Json& record : all["records"].array()) CHECK(record["kind"].string() != "consent");
    bool has_history = false;
    for (const Json& entry : all["history"].array())
        has_history |= entry["kind"].string() == "consent";
    CHECK(has_history);
    Erasures(desk.ana).erase(person.party.head.id, {.reason = "asked for it"});
    CHECK_THROWS_AS(consents.get(id.head.id), NotFound);
}

TEST_CASE("CON-08 a party has statements of its own, and keeps them through a merge") {
    auto desk = test::desk();
    Consents consents(desk.ion);
    const auto acme = test::acme(desk);
    const auto other = desk.parties.add({.name = "Acme Trade SRL"}).head.id;
    CHECK_FALSE(consents.may_contact(acme, "email"));
    consents.add({.record = acme, .channel = "email"});
    CHECK(consents.may_contact(acme, "email"));
    desk.clock.advance(test::hour);
    const auto out =
        consents.add({.record = other, .channel = "any", .state = withdrawn, .source = "letter"});
    Duplicates(desk.ana).merge(acme, {other});
    CHECK_FALSE(consents.may_contact(acme, "email"));
    CHECK(consents.of(acme).size() == 2);
    CHECK(consents.summary(acme).front().statement->head.id == out.head.id);
    const auto call = desk.activities.plan(
        {.subject = "Call", .kind = "call", .party = acme, .start = test::friday});
    CHECK(refused_field([&] { consents.add({.record = call.head.id, .channel = "email"}); }) ==
          "consent.record_id");
}

TEST_CASE("CON-08 what a natural person stated as the one counts for the other, and goes with it") {
    auto desk = test::desk();
    Consents consents(desk.ion);
    const auto popa = desk.parties.add_person({.last_name = "Popa"});
    const auto contact = popa.contact.head.id;
    const auto party = popa.party.head.id;
    consents.add({.record = contact, .channel = "email"});
    CHECK(consents.may_contact(party, "email"));
    desk.clock.advance(test::hour);
    const auto out = consents.add({.record = party, .channel = "email", .state = withdrawn});
    CHECK_FALSE(consents.may_contact(contact, "email"));
    CHECK(consents.of(contact) == consents.of(party));
    const auto target = desk.folder.path() / "person.json";
    export_subject(desk.ana, contact, target);
    std::ifstream file(target);
    const Json all = Json::parse(std::string{std::istreambuf_iterator<char>{file}, {}});
    CHECK(all["consents"].array().size() == 2);
    Erasures(desk.ana).erase(contact, {.reason = "asked for it"});
    CHECK_FALSE(Consents(desk.ana).find(out.head.id));
}
