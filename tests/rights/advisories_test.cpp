// What advisories of other CRMs tell of, tried here: injected SQL, mass assignment, others' ids.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "crm/crm.hpp"
#include "storage/connection.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"

namespace {

using namespace crm;
using crm::test::between;
using crm::test::Random;

// ---- injected SQL

constexpr std::string_view marker = "zqxw";

/// Passes on what is prepared, and counts the texts that an attack got into.
class Injections {
public:
    Injections() {
        count_ = 0;
        before_ = storage::observe_prepared(observe);
    }
    ~Injections() { storage::observe_prepared(before_); }
    Injections(const Injections&) = delete;
    Injections& operator=(const Injections&) = delete;
    static std::size_t count() { return count_; }

private:
    static void observe(std::string_view sql) {
        if (sql.find(marker) != sql.npos)
            ++count_;
        else if (before_)
            before_(sql);
    }
    static inline std::size_t count_ = 0;
    static inline storage::PreparedObserver before_ = nullptr;
};

/// A piece of SQL, of a path, of a page or of nonsense around a word that no statement of ours has.
std::string attack(Random& random) {
    static const std::vector<std::string> pieces{"' OR 1=1 --",
                                                 "'; DROP TABLE party; --",
                                                 "\" OR \"\"=\"",
                                                 "name) OR (1=1",
                                                 "1; ATTACH 'x' AS y",
                                                 "') UNION SELECT login FROM user --",
                                                 "/**/",
                                                 "0x31",
                                                 "`",
                                                 "[",
                                                 "]",
                                                 "%",
                                                 "_",
                                                 "\\",
                                                 "../../etc/passwd",
                                                 "name_key",
                                                 "party",
                                                 "owner_id",
                                                 ".",
                                                 "..",
                                                 "contact.party.name",
                                                 "-",
                                                 "--",
                                                 ";",
                                                 "*",
                                                 "NEAR(",
                                                 "^a",
                                                 "{name} :",
                                                 "AND",
                                                 "NOT",
                                                 "\"",
                                                 "'",
                                                 "''",
                                                 "\u2019",
                                                 "\u202e",
                                                 "\U0001F600",
                                                 "Ștefan",
                                                 "\xC3\x28",
                                                 std::string("\0", 1),
                                                 "\n",
                                                 "\t",
                                                 "<script>",
                                                 "${jndi:x}",
                                                 "{{7*7}}",
                                                 "%s%n",
                                                 "null",
                                                 "true",
                                                 "[1,2,3]",
                                                 "[\"name\",\"a\",1]",
                                                 "{\"$ne\":1}",
                                                 "=cmd|' /C calc'!A0",
                                                 "__proto__",
                                                 "is_admin",
                                                 "password"};
    const auto piece = [&] { return pieces[between(random, 0, pieces.size() - 1)]; };
    std::string text;
    for (auto n = between(random, 0, 3); n > 0; --n) text += piece();
    text += marker;
    for (auto n = between(random, 0, 3); n > 0; --n) text += piece();
    if (between(random, 0, 99) == 0) text += std::string(between(random, 1, 20'000), 'a');
    return text;
}

/// Everywhere that a text of the caller's goes in.
std::vector<std::function<void(const std::string&)>> ways_in(::test::Desk& desk) {
    Session& me = desk.ion;
    const Kind& party = kind_of<Party>();
    const auto ana = [&desk]() -> Session& { return desk.ana; };
    return {
        [&](const std::string& text) { me.count(party, Filter(Filter::Op::eq, text, Json(1))); },
        [&](const std::string& text) { me.count(party, field("name") == Json(text)); },
        [&](const std::string& text) { me.count(party, field("name").contains(text)); },
        [&](const std::string& text) { me.count(party, field("name").in({Json(text)})); },
        [&](const std::string& text) {
            me.count(party, Filter(Filter::Op::lt, "created_at", Json(text)));
        },
        [&](const std::string& text) {
            Filter::parse(R"({"field":"name","op":")" + text + R"("})");
        },
        [&](const std::string& text) { me.list(party, {.order = text}); },
        [&](const std::string& text) { me.list(party, {.order = "-" + text}); },
        [&](const std::string& text) { me.list(party, {.order = "name", .after = text}); },
        [&](const std::string& text) {
            me.list(party, {.order = "name", .after = Json(Json::Array{"name", text, 1}).dump()});
        },
        [&](const std::string& text) { me.list(kind_named(text), {}); },
        [&](const std::string& text) { me.quick(text); },
        [&](const std::string& text) { me.quick("a", text); },
        [&](const std::string& text) { me.search(text); },
        [&](const std::string& text) { me.search("acme", {text}); },
        [&](const std::string& text) { Lists(me).items(text); },
        [&](const std::string& text) { Lists(me).label(text, text); },
        [&](const std::string& text) { Parties(me).by_code(text); },
        [&](const std::string& text) { ExternalKeys(me).lookup(text, "party", text); },
        [&](const std::string& text) { ExternalKeys(me).lookup("import", text, "1"); },
        [&](const std::string& text) { Users(me).by_login(text); },
        [&](const std::string& text) { Units(me).named(text); },
        [&](const std::string& text) { crm::Rights(me).may(text); },
        [&](const std::string& text) { me.database().trusted_session(text); },
        [&](const std::string& text) {
            Activities(me).chronicle(Ref::make(16, 1), {.after = text});
        },
        [&](const std::string& text) {
            Activities(me).chronicle(Ref::make(16, 1), {.kind = text});
        },
        [&](const std::string& text) { Notes(me).about(Ref::make(16, 1), 5, text); },
        [&, ana](const std::string& text) {
            crm::Rights(ana()).grant(me.user(), text, "read", "own");
        },
        [&, ana](const std::string& text) {
            crm::Rights(ana()).grant(me.user(), "party", text, "own");
        },
        [&, ana](const std::string& text) {
            crm::Rights(ana()).grant(me.user(), "party", "read", text);
        },
        [&, ana](const std::string& text) { crm::Rights(ana()).hide(me.user(), text, text); },
        [&, ana](const std::string& text) { crm::Rights(ana()).hide(me.user(), "party", text); },
        [&](const std::string& text) {
            Users(me).change(me.user(), any_version, {{"zone", std::string_view{text}}});
        },
        [&, ana](const std::string& text) {
            Lists(ana()).set_label("industry", "retail", text, "x");
        },
        [&, ana](const std::string& text) {
            Lists(ana()).add_value(text, text, {{"en", "x"}});
        },
        [&](const std::string& text) {
            Parties(me).change(Ref::make(16, 1), any_version, {{text, Value{"1"}}});
        },
        [&](const std::string& text) { Zone{text}; },
        [&](const std::string& text) { Currency{text}; },
    };
}

// ---- tables for imports

ImportReport import_text(Session& session, const ::test::Folder& folder, const std::string& csv,
                         ImportOptions options) {
    const auto path = folder.path() / "rows.csv";
    std::FILE* file = std::fopen(path.c_str(), "w");
    std::fwrite(csv.data(), 1, csv.size(), file);
    std::fclose(file);
    options.again = true;
    return import_csv(session, path, {}, options);
}

template <class Body>
std::string told(const Body& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.what();
    }
    return "done";
}

std::string masked(std::string text, Ref id) {
    const std::string number = std::to_string(id.value());
    for (std::size_t at; (at = text.find(number)) != text.npos;)
        text.replace(at, number.size(), "#");
    return text;
}

}  // namespace

TEST_CASE("RIG-08 10,000 attacks as names, orders, kinds, words and page keys reach no SQL text") {
    ::test::Desk desk;
    ::test::acme(desk);
    const auto ways = ways_in(desk);
    CAPTURE(crm::test::seed());
    Random random(crm::test::seed());
    const Injections injections;
    std::size_t refused = 0, others = 0;
    for (std::size_t i = 0; i < 10'000; ++i) {
        const std::string text = attack(random);
        try {
            ways[i % ways.size()](text);
        } catch (const Error&) {
            ++refused;
        } catch (const std::exception& error) {
            ++others;
            CAPTURE(text);
            FAIL_CHECK(error.what());
        }
    }
    CHECK(injections.count() == 0);
    CHECK(others == 0);
    CHECK(refused > 5'000);
    CHECK(desk.parties.count().rows == 1);
    CHECK(desk.database.quick_check().empty());
}

TEST_CASE("RIG-08 fields that are nobody's to set are refused, whoever assigns them in the mass") {
    ::test::Desk desk;
    const auto id = ::test::acme(desk);
    const Party before = desk.parties.get(id);
    for (const char* field :
         {"id",           "version", "created_in", "changed_in", "hidden", "unread",   "is_admin",
          "password",     "hash",    "name_key",   "code_key",   "nature", "owner_id", "unit_id",
          "territory_id", "owner",   "unit",       "Name",       "name ",  ""}) {
        CAPTURE(field);
        for (const Value& value : {Value{"1"}, Value{desk.petru.user().value()}}) {
            CHECK_THROWS_AS(desk.parties.change(id, any_version, {{field, value}}), Error);
            CHECK_THROWS_AS(
                desk.parties.change(id, any_version, {{"tax_code", "1"}, {field, value}}), Error);
        }
    }
    CHECK(desk.parties.get(id) == before);
    for (const char* field :
         {"login", "login_key", "unit_id", "is_active", "position_id", "name"}) {
        CAPTURE(field);
        CHECK_THROWS_AS(Users(desk.ion).change(desk.ion.user(), any_version,
                                               {{field, desk.petru.unit().value()}}),
                        Error);
    }
}

TEST_CASE("RIG-08 a head that comes with a new record is filled by the engine, not by the caller") {
    ::test::Desk desk;
    const Head forged{.id = Ref::make(16, 77),
                      .version = 9,
                      .created_in = CommandId{1},
                      .changed_in = CommandId{1},
                      .hidden = FieldSet{}.set()};
    const Party made = desk.parties.add({.head = forged, .name = "Forged"});
    CHECK(made.head.id != forged.id);
    CHECK(made.head.version == 1);
    CHECK(made.head.created_in != forged.created_in);
    CHECK(made.head.hidden == 0);
    CHECK(made.head.owner == desk.ion.user());
    CHECK_THROWS_AS(desk.parties.add({.head = {.owner = desk.petru.user()}, .name = "Not mine"}),
                    Denied);
    CHECK_THROWS_AS(desk.parties.add({.head = {.unit = desk.petru.unit()}, .name = "Not mine"}),
                    Denied);
}

TEST_CASE("RIG-08 an import maps no column to what is nobody's to set") {
    ::test::Desk desk;
    crm::Rights(desk.ana).grant(desk.ion.user(), "*", "run_imports", "all");
    for (const char* target : {"id", "version", "created_in", "hidden", "password", "is_admin",
                               "name_key", "owner_id; DROP TABLE party", "party.owner.login"}) {
        CAPTURE(target);
        ImportOptions options{.kind = "party", .columns = {{"name", "name"}, {"x", target}}};
        CHECK_THROWS_AS(import_text(desk.ion, desk.folder, "name,x\nA,1\n", options), Invalid);
    }
    ImportOptions options{.kind = "party", .columns = {{"name", "name"}, {"x", "owner"}}};
    const auto report =
        import_text(desk.ion, desk.folder, "name,x\nA,petru\nB,ana\nC,ion\n", options);
    CHECK(report.created == 1);
    CHECK(report.rejected == 2);
    CHECK(desk.parties.count().rows == 1);
}

TEST_CASE("RIG-08 a hidden record and one that never was are told of in the same words") {
    ::test::Desk desk;
    const Ref party = Parties(desk.petru).add({.name = "Secret"}).head.id;
    const Ref contact = Contacts(desk.petru).add({.first_name = "Secret"}).head.id;
    auto call = ::test::call(party);
    const Ref activity = Activities(desk.petru).plan(call).head.id;
    const Ref note = Notes(desk.petru).write(party, "secret").head.id;
    Session& me = desk.ion;
    const Ref mine = desk.parties.add({.name = "Mine"}).head.id;
    const auto asks = [&](Ref id) {
        std::vector<std::string> answers;
        const auto ask = [&](const auto& body) { answers.push_back(masked(told(body), id)); };
        ask([&] { me.get(id); });
        ask([&] { me.history(id); });
        ask([&] { me.change(id, 1, {{"name", "x"}}); });
        ask([&] { me.change(id, 99, {}); });
        ask([&] { me.remove(id); });
        ask([&] { crm::Rights(me).explain(me.user(), id); });
        ask([&] { crm::Rights(me).share(id, me.user()); });
        ask([&] { desk.parties.card(id); });
        ask([&] { desk.parties.add_role(id, "client"); });
        ask([&] { desk.notes.write(id, "feeling"); });
        ask([&] { desk.points.add({.record = id, .type = "phone", .value = "1"}); });
        ask([&] { desk.activities.complete(id, "done"); });
        ask([&] { desk.activities.chain(id); });
        ask([&] { desk.activities.subtree(id); });
        ask([&] {
            desk.activities.plan(
                {.subject = "x", .kind = "call", .party = id, .start = ::test::monday});
        });
        ask([&] {
            desk.activities.plan(
                {.subject = "x", .kind = "call", .contact = id, .start = ::test::monday});
        });
        ask([&] {
            desk.activities.plan(
                {.subject = "x", .kind = "call", .start = ::test::monday, .parent = id});
        });
        ask([&] {
            desk.activities.plan(
                {.subject = "x", .kind = "call", .start = ::test::monday, .follow_up_of = id});
        });
        ask([&] { desk.contacts.join(id, mine); });
        ask([&] { desk.contacts.add({.first_name = "x", .person = id}); });
        ask([&] { ExternalKeys(me).add({.record = id, .system = "x", .key = "1"}); });
        ask([&] {
            me.list(
                kind_of<Party>(),
                {.order = "id", .after = Json(Json::Array{"id", id.value(), id.value()}).dump()});
        });
        return answers;
    };
    for (const Ref hidden : {party, contact, activity, note}) {
        CAPTURE(hidden.value());
        const Ref never = Ref::make(hidden.kind(), 500'000);
        const auto of_hidden = asks(hidden), of_none = asks(never);
        for (std::size_t i = 0; i < of_hidden.size(); ++i) {
            CAPTURE(i);
            CHECK(of_hidden[i] == of_none[i]);
        }
    }
}

TEST_CASE("RIG-08 an import cannot feel for the value of a hidden field") {
    ::test::Desk desk;
    crm::Rights rights(desk.ana);
    rights.grant(desk.ion.user(), "*", "run_imports", "all");
    rights.hide(desk.ion.user(), "party", "tax_code");
    rights.hide(desk.ion.user(), "point", "value");
    rights.hide(desk.ion.user(), "external_key", "key");
    const auto id =
        Parties(desk.ana)
            .add({.head = {.unit = desk.ion.unit()}, .code = "A1", .name = "A", .tax_code = "77"})
            .head.id;
    Points(desk.ana).add({.record = id, .type = "phone", .value = "+37369000001"});
    const auto asked = [&](const char* source, const char* target, const std::string& value) {
        ImportOptions options{.kind = "party", .columns = {{"code", "code"}, {"name", "name"}}};
        options.columns.push_back({source, target});
        options.on_conflict = OnConflict::update;
        options.dry_run = true;
        if (std::string_view(target) == "-") options.columns.pop_back(), options.key = source;
        return told([&] {
            import_text(desk.ion, desk.folder,
                        "code,name," + std::string(source) + "\nA1,A," + value + "\n", options);
        });
    };
    CHECK(asked("tax", "tax_code", "77").find("is hidden from you") != std::string::npos);
    CHECK(asked("tax", "tax_code", "77") == asked("tax", "tax_code", "78"));
    CHECK(asked("tel", "phone", "+37369000001").find("is hidden from you") != std::string::npos);
    CHECK(asked("tel", "phone", "+37369000001") == asked("tel", "phone", "+37369000002"));
    CHECK(asked("key", "-", "K1").find("is hidden from you") != std::string::npos);
}
