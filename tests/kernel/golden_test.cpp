// A file of every schema version since the first one: it opens, upgrades, works, and ends up with
// the schema of a new file. CRM_MAKE_GOLDEN=FILE writes one with this release; it is added once a
// release has written files of a new version.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;

namespace {

const Time golden_time = parse_time("2026-11-22T08:00:00Z");

/// What files have since version 4.
void make_people_and_time(Session& me, Id<Party> acme) {
    Projects(me).add({.code = "P1", .name = "Cramă nouă", .party = acme});
    BankAccounts(me).add({.party = acme, .number = "MD24 AG00 0225 1000 1310 4168"});
    const auto rival = Parties(me).add({.code = "A4", .name = "Rivala"}).head.id;
    Loyalty(me).grade(rival, "lost", {.note = "mai ieftin"});
    PartyLinks(me).add({.party = rival, .other = acme, .type = "competitor_on"});
    Consents(me).add({.record = acme, .channel = "fax", .evidence = "scrisoare"});
    Attachments(me).attach(acme, "ofertă.txt", "două mii de sticle");
    Segments segments(me);
    segments.add_members(segments.make("party", "VIP").head.id, {acme});
    SavedFilters(me).save("party", "Active", field("status") == "active");
    LeadQueues queues(me);
    const auto queue = queues.add({.name = "Sala"});
    queues.add_member(queue.head.id, me.user());
    Leads leads(me);
    leads.enqueue(leads.add({.last_name = "Rusu", .company = "Rusu SRL"}).head.id, queue.head.id);
    const auto standup = Activities(me).plan({.subject = "Ședință",
                                              .kind = "meeting",
                                              .start = golden_time,
                                              .zone = "Europe/Chisinau",
                                              .recurrence = Recurrence::parse("FREQ=DAILY")});
    Series(me).cancel(standup.head.id, golden_time + day, "sărbătoare");
    Reminders(me).set(standup.head.id, std::chrono::minutes{30});
    Calls(me).miss(Calls(me).ring({.number = "069 000 000", .addressee = me.user()}).head.id);
}

void check_people_and_time(Session& me, const Card& card) {
    CHECK(card.projects.at(0).code == "P1");
    CHECK(card.bank_accounts.at(0).iban == "MD24AG000225100013104168");
    CHECK(card.groups.at(0).name == "VIP");
    REQUIRE(card.links.size() == 1);
    CHECK(Loyalty(me).history(card.links[0].other.head.id).at(0).note == "mai ieftin");
    CHECK(Consents(me).of(card.party.head.id).at(0).evidence == "scrisoare");
    Attachments attachments(me);
    CHECK(attachments.read(attachments.of(card.party.head.id).at(0).head.id) ==
          "două mii de sticle");
    CHECK(Parties(me).count(Filter::saved("Active")).rows == 1);
    const auto queue = LeadQueues(me).list().rows.at(0).head.id;
    const auto lead = Leads(me).take_next(queue);
    REQUIRE(lead);
    CHECK(Leads(me).convert(lead->head.id).party.how == Became::How::made);
    const auto week = Calendar(me).agenda({me.user()}, {golden_time, golden_time + 3 * day});
    CHECK(std::ranges::count(week.entries, "Ședință", &CalendarEntry::subject) == 2);
    CHECK(Reminders(me).take().size() == 1);
    CHECK(Calls(me).list().rows.at(0).state == CallState::missed);
    CHECK(Calls(me).who("+373 22 123456").party->name == "Vinăria Ștefan SRL");
}

/// The same work for every golden file; `check` knows what it must find.
void make(const std::filesystem::path& path) {
    CreateOptions options{.admin = "ana",
                          .country = "MD",
                          .zone = "Europe/Chisinau",
                          .language = "ro",
                          .currency = "MDL"};
    options.open.clock = [] { return golden_time; };
    auto database = create(path, options);
    auto me = database.trusted_session("ana");
    Parties parties(me);
    Activities activities(me);
    auto acme = parties.add({.code = "A1",
                             .name = "Vinăria Ștefan SRL",
                             .type = "customer",
                             .description = "vin roșu și alb"});
    parties.add_role(acme.head.id, "client");
    parties.add_point(acme.head.id, {.type = "phone", .value = "022 123 456"});
    parties.add_address(acme.head.id,
                        {.type = "registered_office", .city = "Chișinău", .country = "MD"});
    const auto fyodor =
        parties.add_person({.first_name = "Фёдор", .last_name = "Йовов"}, {.code = "A2"});
    Contacts(me).join(fyodor.contact.head.id, acme.head.id, "Director");
    Notes(me).write(acme.head.id, "O notă");
    ExternalKeys(me).add({.record = acme.head.id, .system = "salesforce", .key = "001"});
    auto visit = activities.plan(
        {.subject = "Vizită", .kind = "meeting", .party = acme.head.id, .start = golden_time});
    activities.complete(visit.head.id, "a plăcut",
                        Plan{.subject = "Sună", .start = golden_time + day});
    acme = parties.get(acme.head.id);
    acme.status = "active";
    parties.update(acme);
    const auto gone = parties.add({.code = "A3", .name = "Plecată"});
    parties.remove(gone.head.id);
    make_people_and_time(me, acme.head.id);
}

void check(const std::filesystem::path& path, int version) {
    auto database = open(path);
    auto me = database.trusted_session("ana");
    Parties parties(me);
    const auto acme = parties.by_code("a1");
    REQUIRE(acme);
    CHECK(acme->name == "Vinăria Ștefan SRL");
    const Card card = parties.card(acme->head.id);
    CHECK(card.points.at(0).normalized == "+37322123456");
    CHECK(card.people.at(0).contact.name == "Фёдор Йовов");
    CHECK(card.roles == std::vector<std::string>{"client"});
    CHECK(card.notes.at(0).text == "O notă");
    CHECK(subjects(Activities(me).chain(card.planned.at(0).head.id)) ==
          std::vector<std::string>{"Vizită", "Sună"});
    CHECK(me.search("rosu").rows.size() == 1);
    CHECK(me.quick("федор").rows.size() >= 1);
    CHECK(me.history(acme->head.id).back().fields.at(0) == FieldChange{"status", {}, "active"});
    CHECK(ExternalKeys(me).lookup("salesforce", "party", "001") == acme->head.id);
    CHECK(Lists(me).items("project_type").size() > 3);  // a list that older files did not know
    if (version >= 4) check_people_and_time(me, card);
    const auto removal = me.commands({.verb = "party.remove"}, 1).front();
    me.undo(removal.id);
    CHECK(parties.by_code("A3"));
    CHECK(parties.add({.name = "Nouă"}).head.version == 1);
    CHECK(database.quick_check().empty());
}

/// Name → SQL of everything in a file's schema, white space and comments aside.
std::map<std::string, std::string> schema_of(const std::filesystem::path& path) {
    std::map<std::string, std::string> schema;
    sqlite3* file = nullptr;
    REQUIRE(sqlite3_open_v2(path.c_str(), &file, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    const auto add = [](void* to, int, char** values, char**) {
        std::string sql;
        for (const char* c = values[1] ? values[1] : ""; *c; ++c) {
            if (c[0] == '-' && c[1] == '-')
                while (c[1] && c[1] != '\n') ++c;
            else if (!std::isspace(static_cast<unsigned char>(*c)))
                sql += *c;
        }
        static_cast<std::map<std::string, std::string>*>(to)->emplace(values[0], sql);
        return 0;
    };
    const char* all =
        "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'";
    REQUIRE(sqlite3_exec(file, all, add, &schema, nullptr) == SQLITE_OK);
    sqlite3_close(file);
    return schema;
}

}  // namespace

TEST_CASE(
    "EMB-02 a file of every schema version since the first opens, works and has the schema of a "
    "new one") {
    if (const char* target = std::getenv("CRM_MAKE_GOLDEN")) make(target);
    const Folder folder;
    make(folder.path() / "new.crm");
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(CRM_SOURCE_DIR "/tests/golden")) {
        if (entry.path().extension() != ".crm") continue;
        CAPTURE(entry.path().filename());
        const auto copy = folder.path() / entry.path().filename();
        std::filesystem::copy_file(entry.path(), copy);
        check(copy, std::stoi(entry.path().stem().string().substr(1)));
        CHECK(schema_of(copy) == schema_of(folder.path() / "new.crm"));
        ++files;
    }
    CHECK(files >= 1);
}
