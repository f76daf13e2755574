// As of: what was answered then is answered again, within the rights of now.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "storage/connection.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace ::test;

namespace {

using crm::test::between;
using crm::test::Random;

CommandId last_command(Session& session) { return session.commands(1).front().id; }

/// A record without what the past does not keep of its head.
Json::Object told(const Json& record) {
    Json::Object kept;
    for (const auto& [name, value] : record.object())
        if (name != "version" && name != "changed_in") kept.emplace_back(name, value);
    return kept;
}

template <class Record>
std::string text_of(const std::vector<Record>& records) {
    std::string text;
    for (const Record& record : records)
        text += Json(told(to_json(kind_of<Record>(), &record))).dump() + "\n";
    return text;
}

std::string text_of(const Card& card) {
    std::string text = text_of(std::vector{card.party}) + card.owner_name + "\n";
    for (const auto& role : card.roles) text += role + "\n";
    text += text_of(card.points) + text_of(card.addresses);
    for (const auto& person : card.people)
        text += text_of(std::vector{person.contact}) + person.position + text_of(person.points);
    return text + text_of(card.planned) + text_of(card.chronicle) + text_of(card.notes);
}

/// What is asked at every moment.
struct Question {
    const char* kind;
    Query query;
    bool is_of_own_fields = false;  ///< looks at nothing that may be hidden
};

const std::vector<Question>& questions() {
    static const std::vector<Question> all{
        {"party", {.where = field("name").starts_with("A")}, true},
        {"party", {.where = field("owner") == "ion", .order = "-name"}, true},
        {"party",
         {.where = field("party_role.role") == "client" || field("note.text").contains("2")}},
        {"party", {.where = field("point.value").not_null(), .order = "code"}},
        {"party", {.where = field("owner.name").contains("x")}},
        {"party", {.where = !(field("membership.contact.last_name") == "Rusu")}},
        {"party",
         {.where = field("description").contains("3"), .order = "-id", .bodies = true},
         true},
        {"contact", {.where = field("membership.party.name").contains("a")}},
        {"contact", {.where = field("person.status") == "active"}},
        {"activity", {.where = field("party.name") < "M", .order = "subject"}},
        {"activity",
         {.where = field("state").in({"planned", "completed"}) && field("party.owner") != "ana"}},
        {"activity", {.where = field("party").is_null()}},
        {"point", {.where = field("value").ends_with("7")}, true},
        {"user", {.where = field("name").contains("x")}, true},
    };
    return all;
}

/// Every page of an answer, a few rows each.
template <class Face>
std::vector<AnyRecord> pages(Face& face, const Question& question) {
    std::vector<AnyRecord> rows;
    Query query = question.query;
    query.limit = 3;
    do {
        auto page = face.list(kind_named(question.kind), query);
        std::ranges::move(page.rows, std::back_inserter(rows));
        query.after = page.next;
    } while (!query.after.empty());
    return rows;
}

std::vector<std::int64_t> ids_of(const std::vector<AnyRecord>& rows) {
    std::vector<std::int64_t> ids;
    for (const auto& row : rows) ids.push_back(row.head().id.value());
    return ids;
}

using Content = std::map<std::int64_t, Json::Object>;

template <class Face>
Content content(Face& face) {
    Content all;
    for (const Kind& kind : all_kinds()) {
        Query query{.order = "id", .limit = 1000, .bodies = true};
        do {
            auto page = face.list(kind, query);
            for (auto& row : page.rows) all[row.head().id.value()] = told(row.json());
            query.after = page.next;
        } while (!query.after.empty());
    }
    return all;
}

/// What was there and what was answered just after a command.
struct Moment {
    CommandId command;
    Time at;
    Content records;
    std::vector<std::vector<std::int64_t>> answers;
    std::map<std::int64_t, std::string> cards;
    std::map<std::int64_t, CommandId> child_changed_in;
};

/// A desk at which anything happens, and everything that an unrestricted session was ever told.
class Story {
public:
    explicit Story(Random& random) : random_(random) {}

    void tell(int commands) {
        keep();
        for (int i = 0; i < commands; ++i) {
            desk.clock.advance(hour);
            try {
                act();
            } catch (const Conflict&) {
            } catch (const Invalid&) {
            } catch (const Denied&) {
            } catch (const NotFound&) {}
            if (last_command(desk.ana) != moments.back().command) keep();
        }
    }

    Desk desk{};
    std::vector<Moment> moments;
    std::set<std::int64_t> ever;

private:
    std::size_t pick(std::size_t n) { return between(random_, 0, n - 1); }
    std::string name() {
        return std::string(1, static_cast<char>('A' + pick(26))) + "a" + std::to_string(pick(100));
    }
    Session& anyone() { return pick(3) == 0 ? desk.ion : desk.ana; }

    Ref any_of(std::initializer_list<const char*> kinds) {
        const auto& records = moments.back().records;
        std::vector<Ref> fit;
        for (const auto& [id, record] : records)
            for (const char* kind : kinds)
                if (kind_named(kind).number == Ref{id}.kind()) fit.emplace_back(id);
        return fit.empty() ? Ref{} : fit[pick(fit.size())];
    }

    void act() {
        Session& me = anyone();
        const Ref party = any_of({"party"}), contact = any_of({"contact"}),
                  activity = any_of({"activity"});
        switch (pick(16)) {
            case 0: Parties(me).add({.name = name(), .description = name()}); break;
            case 1:
                Parties(me).add_person(
                    {.first_name = "Ion", .last_name = pick(2) ? "Rusu" : name()});
                break;
            case 2: {
                const auto made = Contacts(me).add({.last_name = pick(2) ? "Rusu" : name()});
                Contacts(me).join(made.head.id, party);
                break;
            }
            case 3:
                Parties(me).add_point(
                    party, {.type = "phone", .value = "02212345" + std::to_string(pick(10))});
                break;
            case 4: Parties(me).add_role(party, pick(2) ? "client" : "supplier"); break;
            case 5: Notes(me).write(party, name()); break;
            case 6:
            case 7:
                Activities(me).plan({.subject = name(),
                                     .kind = "call",
                                     .party = pick(4) ? party : Ref{},
                                     .start = me.now()});
                break;
            case 8: Activities(me).complete(activity, name()); break;
            case 9:
                me.change(party, any_version, {{"name", Value{std::string_view{text_ = name()}}}});
                break;
            case 10:
                me.change(party, any_version,
                          {{"description", Value{std::string_view{text_ = name()}}},
                           {"status", Value{"active"}}});
                break;
            case 11: {
                const Ref moved = any_of({"party", "activity", "contact"});
                const Session& to = pick(2) ? desk.ion : desk.petru;
                desk.ana.change(moved, any_version, {{"owner_id", Value{to.user().value()}}});
                break;
            }
            case 12:
                desk.ana.remove(
                    any_of({"party", "activity", "contact", "point", "note", "membership"}));
                break;
            case 13:
                desk.ana.change(activity, any_version,
                                {{"party_id", pick(2) ? Value{party.value()} : Value{}}});
                break;
            case 14:
                desk.ana.undo(CommandId{static_cast<std::int64_t>(
                    between(random_, 1, static_cast<std::size_t>(last_command(desk.ana))))});
                break;
            default:
                desk.ana.change(
                    any_of({"user"}), any_version,
                    {{"name", Value{std::string_view{text_ = pick(2) ? "x" + name() : name()}}}});
        }
        static_cast<void>(contact);
    }

    void keep() {
        Moment moment{.command = last_command(desk.ana),
                      .at = desk.clock.now(),
                      .records = content(desk.ana)};
        for (const Question& question : questions())
            moment.answers.push_back(ids_of(pages(desk.ana, question)));
        for (const auto& [id, record] : moment.records) {
            ever.insert(id);
            if (Ref{id}.kind() == kind_of<Party>().number)
                moment.cards[id] = text_of(Parties(desk.ana).card(Ref{id}));
            if (kind_numbered(Ref{id}.kind()).role != Role::root)
                moment.child_changed_in[id] = desk.ana.get(Ref{id}).head().changed_in;
        }
        moments.push_back(std::move(moment));
    }

    Random& random_;
    std::string text_;
};

/// What the past answers otherwise than it was then; empty where nothing.
std::vector<std::string> differences(Story& story, const Moment& moment, const Past& past) {
    std::vector<std::string> found;
    const auto differ = [&](bool differs, const std::string& what) {
        if (differs)
            found.push_back("command " + std::to_string(static_cast<int>(moment.command)) + ": " +
                            what);
    };
    differ(past.moment() != moment.command, "another moment");
    differ(content(past) != moment.records, "records");
    for (std::size_t i = 0; i < questions().size(); ++i) {
        const Question& question = questions()[i];
        differ(ids_of(pages(past, question)) != moment.answers[i],
               question.query.where.json().dump());
        const Count count = past.count(kind_named(question.kind), question.query.where);
        differ(count.rows != static_cast<std::int64_t>(moment.answers[i].size()), "count");
    }
    for (const std::int64_t id : story.ever) {
        const auto record = past.find(Ref{id});
        const auto then = moment.records.find(id);
        const bool was_there = then != moment.records.end();
        differ(record.has_value() != was_there, "presence of " + std::to_string(id));
        if (!record || !was_there) continue;
        differ(told(record->json()) != then->second, "find " + std::to_string(id));
        if (const auto child = moment.child_changed_in.find(id);
            child != moment.child_changed_in.end())
            differ(record->head().changed_in != child->second,
                   "changed_in of " + std::to_string(id));
        differ(record->head().version != 0, "a version");
    }
    for (const auto& [id, text] : moment.cards)
        differ(text_of(card(past, Ref{id})) != text, "card of " + std::to_string(id));
    return found;
}

/// Whether a restricted session sees a record now, worked out from what it is told of what is there
/// and of roots that were removed.
class NaiveSight {
public:
    NaiveSight(Story& story, Session& session) : session_(session) {
        for (const Moment& moment : story.moments)
            for (const auto& [id, record] : moment.records) last_[id] = record;
        for (const auto& [id, record] : story.moments.back().records) there_.insert(id);
    }
    bool sees(std::int64_t id) {
        if (there_.contains(id)) return session_.find(Ref{id}).has_value();
        const Kind& kind = kind_numbered(Ref{id}.kind());
        if (kind.role == Role::common) return true;
        if (kind.role == Role::child)
            return std::ranges::all_of(kind.columns, [&](const Column& column) {
                return (!column.has(parent) && !column.has(crm::link)) ||
                       sees(std::stoll(Json(last_[id])[column.name].string()));
            });
        try {
            return !session_.history(Ref{id}).empty();
        } catch (const NotFound&) {
            return false;
        }
    }
    Content seen(const Content& all) {
        Content seen;
        for (const auto& [id, record] : all) {
            if (!sees(id)) continue;
            for (const auto& [name, value] : record) {
                const Column* column = kind_numbered(Ref{id}.kind()).find(name);
                const bool refers =
                    column && column->type == FieldType::reference && value.is_string();
                if (!refers || sees(std::stoll(value.string()))) seen[id].emplace_back(name, value);
            }
        }
        return seen;
    }

private:
    Session& session_;
    Content last_;
    std::set<std::int64_t> there_;
};

/// References to hidden records are left out by the one and listed by the other.
Content without_hidden(Content all) {
    for (auto& [id, record] : all)
        std::erase_if(record, [](const auto& field) { return field.first == "hidden"; });
    return all;
}

/// Breaks statements as long as it lives.
class Rewritten {
public:
    explicit Rewritten(storage::PreparedRewriter rewriter)
        : before_(storage::rewrite_prepared(rewriter)) {}
    ~Rewritten() { storage::rewrite_prepared(before_); }
    Rewritten(const Rewritten&) = delete;
    Rewritten& operator=(const Rewritten&) = delete;

private:
    storage::PreparedRewriter before_;
};

std::string begin_later(std::string_view sql) {
    return std::regex_replace(std::string(sql), std::regex(R"(ref = \?1 AND command_id > \?2)"),
                              "ref = ?1 AND command_id > ?2 + 1");
}

}  // namespace

TEST_CASE("HIS-03 at each past command the answers are those of then, after random work") {
    const auto seed = crm::test::seed();
    CAPTURE(seed);
    Random random(seed);
    Story story(random);
    story.tell(30);
    REQUIRE(story.moments.size() > 12);
    for (const Moment& moment : story.moments) {
        const auto found = differences(story, moment, Past(story.desk.ana, moment.command));
        CHECK_MESSAGE(found.empty(), (found.empty() ? "" : found.front()));
    }
    const Moment& some = story.moments[story.moments.size() / 2];
    CHECK(differences(story, some, Past(story.desk.ana, some.at)).empty());
}

TEST_CASE("HIS-03 a restricted session sees of the past what it would see now, and no more") {
    const auto seed = crm::test::seed() + 1;
    CAPTURE(seed);
    Random random(seed);
    Story story(random);
    story.tell(30);
    for (Session* session : {&story.desk.ion, &story.desk.petru}) {
        NaiveSight sight(story, *session);
        for (const Moment& moment : story.moments) {
            Past past(*session, moment.command);
            const Content seen = sight.seen(moment.records);
            CHECK(without_hidden(content(past)) == seen);
            for (const std::int64_t id : story.ever) {
                const auto record = past.find(Ref{id});
                REQUIRE(record.has_value() == seen.contains(id));
                if (record)
                    CHECK(without_hidden({{id, told(record->json())}}).at(id) == seen.at(id));
            }
            for (std::size_t i = 0; i < questions().size(); ++i) {
                const auto answer = ids_of(pages(past, questions()[i]));
                CHECK(std::ranges::all_of(answer, [&](auto id) { return seen.contains(id); }));
                if (!questions()[i].is_of_own_fields) continue;
                auto expected = moment.answers[i];
                std::erase_if(expected, [&](auto id) { return !seen.contains(id); });
                CHECK(answer == expected);
            }
            for (const auto& [id, text] : moment.cards)
                if (!seen.contains(id)) CHECK_THROWS_AS(card(past, Ref{id}), NotFound);
        }
    }
}

TEST_CASE("HIS-03 the comparison with then notices a step back that is missed") {
    Random random(7);
    const Rewritten rewritten(begin_later);
    Story story(random);
    story.tell(30);
    std::size_t found = 0;
    for (std::size_t at = 0; at < story.moments.size() && found == 0; ++at) {
        const Moment& moment = story.moments[at];
        found += differences(story, moment, Past(story.desk.ana, moment.command)).size();
    }
    CHECK(found > 0);
}

TEST_CASE("HIS-03 a moment is a time or a command, before the first nothing is there") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL", .description = "vinuri"});
    const auto made = last_command(desk.ana);
    desk.clock.advance(day);
    desk.ion.change(party.head.id, any_version, {{"name", Value{"Acme Grup SRL"}}});
    desk.clock.advance(day);
    desk.parties.remove(party.head.id);

    const Past first(desk.ion, made);
    CHECK(first.get(Id<Party>{party.head.id}).name == "Acme SRL");
    CHECK(first.get(Id<Party>{party.head.id}).description == "vinuri");
    CHECK(first.at() == monday);
    CHECK(Past(desk.ion, monday + day).get(Id<Party>{party.head.id}).name == "Acme Grup SRL");
    CHECK(Past(desk.ion, monday + day + hour).get(Id<Party>{party.head.id}).name ==
          "Acme Grup SRL");
    CHECK(Past(desk.ion, monday + day - hour).get(Id<Party>{party.head.id}).name == "Acme SRL");
    CHECK(card(Past(desk.ion, monday + day), party.head.id).party.name == "Acme Grup SRL");
    CHECK_THROWS_AS(Past(desk.ion, monday + 2 * day).get(Id<Party>{party.head.id}), NotFound);
    CHECK_THROWS_AS(Past(desk.petru, made).get(Id<Party>{party.head.id}), NotFound);

    const Past future(desk.ion, monday + 100 * day);
    CHECK(future.moment() == last_command(desk.ana));
    CHECK_FALSE(future.find(party.head.id));
    const Past before(desk.ion, monday - day);
    CHECK(before.moment() == CommandId{});
    CHECK(before.count<Party>().rows == 0);
    CHECK(before.list<User>().rows.empty());
    CHECK_FALSE(before.find(desk.ion.user()));
    CHECK_THROWS_AS(Past(desk.ion, CommandId{}), NotFound);
    CHECK_THROWS_AS(Past(desk.ion, CommandId{1'000'000}), NotFound);
    desk.ion.write("test.inside", [&](Work&) {
        CHECK_THROWS_AS(static_cast<void>(first.find(party.head.id)), Misuse);
        CHECK_THROWS_AS(static_cast<void>(first.count<Party>()), Misuse);
    });
}

TEST_CASE("HIS-03 fields hidden now are hidden in the past, and asked for by nobody") {
    Desk desk;
    const auto party =
        desk.parties.add({.name = "Acme SRL", .tax_code = "123", .description = "vinuri"});
    const auto made = last_command(desk.ana);
    desk.ion.change(party.head.id, any_version, {{"tax_code", Value{"456"}}});
    Rights(desk.ana).hide(desk.ion.user(), "party", "tax_code");
    Rights(desk.ana).hide(desk.ion.user(), "party", "description");
    Past past(desk.ion, made);
    CHECK(past.get(Id<Party>{party.head.id}).tax_code.empty());
    CHECK(past.get(Id<Party>{party.head.id}).description.empty());
    CHECK(past.list<Party>({.bodies = true}).rows.front().tax_code.empty());
    CHECK(past.list<Party>({.bodies = true}).rows.front().description.empty());
    CHECK_THROWS_AS(past.list<Party>({.where = field("tax_code") == "123"}), Denied);
    CHECK(Past(desk.ana, made).count<Party>(field("tax_code") == "123").rows == 1);
}

TEST_CASE("HIS-03 reading the past leaves lists, filters and their indexes as they are") {
    Desk desk;
    const auto party = desk.parties.add({.name = "Acme SRL", .type = "customer"});
    const auto made = last_command(desk.ana);
    Lists(desk.ana).add_value("party_type", "dealer", {{"en", "Dealer"}});
    desk.ion.change(party.head.id, any_version, {{"type", Value{"dealer"}}});
    Past past(desk.ana, made);
    CHECK(past.count<Party>(field("type") == "dealer").rows == 0);
    CHECK(past.count<Party>(field("type") == "customer").rows == 1);
    CHECK(past.list<ListValue>({.where = field("code") == "dealer"}).rows.empty());
    CHECK(Lists(desk.ana).label("party_type", "dealer") == "Dealer");
    CHECK(Parties(desk.ana).count(field("type") == "dealer").rows == 1);
}
