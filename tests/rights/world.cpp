#include "rights/world.hpp"

#include <array>
#include <map>

#include "crm/duplicates.hpp"
#include "support/desk.hpp"

namespace crm::test::rights {

const std::vector<Hideable> hideable{
    {"party", "name"},
    {"party", "code"},
    {"party", "industry"},
    {"party", "employees"},
    {"party", "tax_code"},
    {"party", "annual_revenue_minor"},
    {"party", "description"},
    {"contact", "last_name"},
    {"contact", "nick_name"},
    {"contact", "title"},
    {"contact", "born_on"},
    {"contact", "description"},
    {"activity", "subject"},
    {"activity", "kind"},
    {"activity", "direction"},
    {"activity", "end_at"},
    {"activity", "stage"},
    {"activity", "result"},
    {"project", "name"},
    {"project", "status"},
    {"project", "description"},
    {"point", "value"},
    {"point", "label"},
    {"address", "city"},
    {"note", "title"},
    {"note", "text"},
    {"membership", "position"},
    {"party_role", "role"},
    {"external_key", "key"},
    {"user", "phone"},
    {"user", "email"},
    {"party", "x_motto"},
    {"party", "x_rating"},
    {"party", "x_size"},
    {"party", "x_partner_id"},
    {"party", "x_budget_minor"},
    {"bank_account", "number"},
    {"bank_account", "bank_name"},
    {"party_link", "note"},
    {"memorable_date", "month"},
    {"memorable_date", "label"},
    {"kinship", "name"},
    {"kinship", "born_on"},
    {"consent", "source"},
    {"consent", "evidence"},
    {"contact", "x_story"},
    {"party", "loyalty"},
    {"loyalty_movement", "reason"},
    {"contact", "occupation"},
    {"party", "purchasing_budget_minor"},
    {"activity", "x_about_id"},
    {"point", "x_tag"},
    {"schedule_entry", "town"},
    {"time_entry", "note"},
    {"hourly_rate", "rate_minor"},
    {"activity", "planned_minutes"},
    {"cost", "amount_minor"},
    {"cost", "note"},
    {"attachment", "file_name"},
    {"attachment", "digest"},
    {"participant", "acceptance"},
    {"lead", "last_name"},
    {"lead", "company"},
    {"lead", "score"},
    {"lead", "job_title"},
    {"lead", "reason"},
    {"lead", "description"},
    {"call", "number"},
    {"call", "caller_name"},
    {"call", "subject"},
    {"call_forward", "reason"},
};

const std::vector<std::string>& words_of_worlds() {
    static const std::vector<std::string> words{"Acme", "acme",    "Ștefan", "Stefan", "Ёлка",
                                                "елка", "O'Brien", "Zoo 7",  "Île"};
    return words;
}

namespace {

std::map<std::string, const Kind*>& known_kinds() {
    static std::map<std::string, const Kind*> kinds;
    return kinds;
}

/// One of each type that rights look at.
void define_properties(Session& ana) {
    using enum PropertyType;
    Properties properties(ana);
    properties.define({.kind = "party", .name = "x_motto", .is_searchable = true},
                      {{"en", "Motto"}});
    properties.define({.kind = "party", .name = "x_rating", .type = integer});
    properties.define({.kind = "party", .name = "x_size", .type = choice}, {},
                      {{"small", {}}, {"large", {}}});
    properties.define({.kind = "party", .name = "x_partner", .type = reference, .target = "party"});
    properties.define({.kind = "party", .name = "x_budget", .type = money});
    properties.define(
        {.kind = "contact", .name = "x_story", .type = long_text, .is_searchable = true});
    properties.define(
        {.kind = "activity", .name = "x_about", .type = reference, .target = "contact"});
    properties.define({.kind = "point", .name = "x_tag"});
}

}  // namespace

void make_template(const std::filesystem::path& path, const Clock& clock) {
    CreateOptions options{.admin = "ana", .country = "MD", .zone = "Europe/Chisinau", .unit = "U0"};
    options.open.clock = clock;
    Database database = create(path, options);
    Session ana = database.trusted_session("ana");
    define_properties(ana);
    known_kinds().clear();
    for (const Kind& kind : all_kinds())
        known_kinds().emplace(kind.name, &Properties(ana).kind(kind.name));
    database.close();
}

const Kind& kind_in_worlds(std::string_view name) { return *known_kinds().at(std::string(name)); }

namespace {

class Filling {
public:
    Filling(Database& database, Random& random)
        : random_(random), database_(database), ana_(database.trusted_session("ana")) {}

    std::string run() {
        ana_.write("world.company", [&](Work&) { add_company(); });
        ana_.write("world.records", [&](Work&) { add_records(); });
        add_filters();
        add_segments();
        ana_.write("world.changes", [&](Work&) {
            change_some();
            change_filters();
            change_segments();
        });
        work_as_user();
        return login_;
    }

private:
    bool one_in(std::size_t n) { return chance(random_, n); }
    std::size_t number(std::size_t first, std::size_t last) {
        return between(random_, first, last);
    }
    template <class T>
    const T& any(const std::vector<T>& values) {
        return any_of(random_, values);
    }

    /// Some of what is random is against the rules: it is left out.
    template <class Body>
    void attempt(const Body& body) {
        try {
            body();
        } catch (const Invalid&) {
        } catch (const Conflict&) {
        } catch (const NotFound&) {
        } catch (const Denied&) {}
    }

    // ---- the company

    void add_company() {
        units_ = {ana_.unit()};
        for (auto n = number(2, 5); n > 0; --n)
            units_.push_back(
                Units(ana_)
                    .add({.name = "U" + std::to_string(units_.size()), .parent = any(units_)})
                    .head.id);
        for (auto n = number(0, 2); n > 0; --n)
            positions_.push_back(
                Records<Position>(ana_).add({.name = "Post", .unit = any(units_)}).head.id);
        add_tree<UserGroup>(groups_, number(1, 4));
        add_tree<Territory>(territories_, number(1, 4));
        for (auto n = number(3, 11); n > 0; --n) add_user();
        user_ = users_.back();
        users_.push_back(ana_.user());
        login_ = "user" + std::to_string(users_.size() - 2);
        for (auto n = number(1, 4); n > 0; --n) {
            const Id<Territory> territory = any(territories_);
            const Ref holder = any_holder();
            attempt([&] {
                Records<TerritoryMember>(ana_).add({.territory = territory, .holder = holder});
            });
        }
        add_hours();
        add_rights();
    }

    void add_hours() {
        using enum Weekday;
        for (auto n = number(0, 4); n > 0; --n) {
            WorkingHours hours{.weekday = one_in(2) ? monday : tuesday,
                               .starts = one_in(2) ? "08:00" : "12:00",
                               .ends = one_in(2) ? "16:00" : "06:00"};
            if (one_in(3))
                hours.user = any(users_);
            else if (one_in(2))
                hours.unit = any(units_);
            WorkCalendar(ana_).add(hours);
        }
        if (one_in(3)) Records<Holiday>(ana_).add({.falls_on = Date(2026, 3, 2), .name = "Off"});
    }

    template <class Record>
    void add_tree(std::vector<Ref>& tree, std::size_t count) {
        for (; count > 0; --count) {
            Record record;
            record.name = kind_of<Record>().name.substr(0, 1);
            record.name += std::to_string(tree.size());
            if (!tree.empty() && !one_in(3)) record.parent = any(tree);
            tree.push_back(Records<Record>(ana_).add(record).head.id);
        }
    }

    void add_user() {
        const std::string login = "user" + std::to_string(users_.size());
        User user{.login = login, .name = login, .unit = any(units_)};
        if (!positions_.empty() && one_in(2)) user.position = any(positions_);
        if (one_in(2)) user.phone = "+3732212345" + std::to_string(number(0, 9));
        if (one_in(2)) user.email = login + "@x.md";
        users_.push_back(Users(ana_).add(user).head.id);
        if (one_in(3))
            Records<UserSkill>(ana_).add(
                {.user = users_.back(), .skill = one_in(2) ? "German" : "Greek", .level = 3});
        if (one_in(2)) {
            const Ref group = any(groups_);
            Records<UserGroupMember>(ana_).add({.group = group, .user = users_.back()});
        }
    }

    /// The user under test most often, a group, a position.
    Ref any_holder() {
        if (one_in(2)) return user_;
        if (!positions_.empty() && one_in(3)) return any(positions_);
        return one_in(3) ? any(users_) : any(groups_);
    }

    void grant(const char* kind, const char* scope) {
        const Ref holder = any_holder();
        for (const char* action : {"read", "change", "export"})
            Rights(ana_).grant(holder, kind, action, scope);
    }

    void add_rights() {
        constexpr const char* kinds[] = {"party", "contact", "activity",       "project",
                                         "lead",  "call",    "schedule_entry", "hourly_rate"};
        for (const char* kind : kinds)
            for (const char* scope : {"own", "unit", "units_below", "territory", "shared", "given"})
                if (one_in(3)) grant(kind, scope);
        for (const char* kind : kinds)
            if (one_in(12)) grant(kind, "all");
        if (one_in(3)) grant("*", one_in(2) ? "own" : "shared");
        Rights rights(ana_);
        rights.grant(user_, "*", "create", "all");
        rights.grant(user_, "*", "run_imports", "all");
        if (one_in(3)) return;
        for (auto n = number(1, 4); n > 0; --n) {
            const Hideable& field = any(hideable);
            Ref holder = any_holder();
            if (holder == ana_.user().ref()) holder = user_;  // the administrator sees all
            one_in(5) ? rights.lock(holder, field.kind, field.field)
                      : rights.hide(holder, field.kind, field.field);
        }
    }

    // ---- records

    Head head() {
        Head head{.owner = one_in(4) ? user_ : any(users_), .unit = any(units_)};
        if (one_in(2)) head.territory = any(territories_);
        return head;
    }
    std::string text() {
        const auto& words = words_of_worlds();
        return any(words) + (one_in(2) ? " " + any(words) : "");
    }
    std::string maybe(const std::vector<std::string>& values) {
        return one_in(3) ? "" : any(values);
    }
    Ref any_party_or_contact() { return one_in(2) ? any(parties_) : any(contacts_); }
    Ref any_reachable() { return one_in(5) ? any(leads_) : any_party_or_contact(); }
    Ref any_root() {
        if (one_in(3)) return any(activities_);
        if (one_in(6)) return any(leads_);
        if (one_in(6) && !calls_.empty()) return any(calls_);
        return one_in(5) ? any(projects_) : any_party_or_contact();
    }

    void add_records() {
        for (int i = 0; i < 8; ++i) add_party();
        for (int i = 0; i < 4; ++i) add_contact();
        for (int i = 0; i < 3; ++i) add_person();
        for (int i = 0; i < 4; ++i)
            change(any(parties_), {{"x_partner_id", any(parties_).value()}});
        for (int i = 0; i < 6; ++i) add_project();
        for (int i = 0; i < 8; ++i) add_lead();
        for (int i = 0; i < 12; ++i) add_activity();
        for (int i = 0; i < 4; ++i) add_series();
        for (int i = 0; i < 4; ++i) add_role();
        for (int i = 0; i < 5; ++i) add_membership();
        for (int i = 0; i < 8; ++i) add_point();
        for (int i = 0; i < 3; ++i) add_address();
        for (int i = 0; i < 5; ++i) add_note();
        for (int i = 0; i < 5; ++i) add_key();
        for (int i = 0; i < 5; ++i) add_share();
        for (int i = 0; i < 3; ++i) add_distinct_pair();
        for (int i = 0; i < 4; ++i) add_account();
        for (int i = 0; i < 4; ++i) add_grade();
        for (int i = 0; i < 8; ++i) add_link();
        for (int i = 0; i < 4; ++i) add_memorable_date();
        for (int i = 0; i < 6; ++i) add_reminder();
        for (int i = 0; i < 4; ++i) add_kinship();
        for (int i = 0; i < 5; ++i) add_consent();
        for (int i = 0; i < 8; ++i) add_schedule();
        for (int i = 0; i < 8; ++i) add_time();
        for (int i = 0; i < 5; ++i) add_rate();
        for (int i = 0; i < 8; ++i) add_participant();
        for (int i = 0; i < 8; ++i) add_cost();
        for (int i = 0; i < 4; ++i) add_attachment();
        for (int i = 0; i < 8; ++i) add_call();
    }

    /// By their owners. The fields are some that nothing hides.
    void add_filters() {
        for (auto n = number(4, 10); n > 0; --n) {
            const Id<User> owner = one_in(3) ? user_ : any(users_);
            Session session = database_.trusted_session(Users(ana_).get(owner).login);
            const auto [kind, where] = filter();
            const std::string name = filter_name();
            attempt([&] { SavedFilters(session).save(kind, name, where, one_in(2)); });
        }
    }
    std::pair<std::string, Filter> filter() {
        switch (number(0, 3)) {
            case 0: return {"party", field("country") == (one_in(2) ? "MD" : "RO")};
            case 1: return {"contact", field("point.type") == "phone"};
            case 2: return {"activity", field("state") == "completed"};
            default:
                return {"note", field("created_at") >= Json(Json::Object{{"relative", "today"}})};
        }
    }
    std::string filter_name() { return one_in(2) ? "Mine" : "Zoo 7"; }

    void add_segments() {
        for (auto n = number(4, 8); n > 0; --n) {
            const Id<User> owner = one_in(3) ? user_ : any(users_);
            Session session = database_.trusted_session(Users(ana_).get(owner).login);
            Segments segments(session);
            const bool is_shared = one_in(2), is_dynamic = one_in(3);
            const std::string name = filter_name();
            attempt([&] {
                if (is_dynamic) {
                    segments.make("party", name, field("country") == "MD", is_shared);
                    return;
                }
                const std::string kind = one_in(2) ? "party" : "contact";
                const auto segment = segments.make(kind, name, is_shared).head.id;
                for (int i = 0; i < 4; ++i) {
                    const Ref record = any(kind == "party" ? parties_ : contacts_);
                    attempt([&] { Segments(ana_).add_members(segment, {record}); });
                }
            });
        }
    }

    void change_segments() {
        for (const Segment& each : Segments(ana_).list({.limit = 50}).rows) {
            if (one_in(4)) change(each.head.id, {{"is_shared", std::int64_t{!each.is_shared}}});
            if (one_in(4)) change(each.head.id, {{"owner_id", any(users_).value()}});
            if (one_in(6)) attempt([&] { ana_.remove(each.head.id); });
        }
        for (const SegmentMember& each : Records<SegmentMember>(ana_).list({.limit = 50}).rows)
            if (one_in(6)) attempt([&] { ana_.remove(each.head.id); });
    }

    void change_filters() {
        const auto all = SavedFilters(ana_).list({.limit = 50}).rows;
        for (const SavedFilter& each : all) {
            if (one_in(4)) change(each.head.id, {{"is_shared", std::int64_t{!each.is_shared}}});
            if (one_in(4)) change(each.head.id, {{"owner_id", any(users_).value()}});
            if (one_in(6)) attempt([&] { ana_.remove(each.head.id); });
        }
    }

    Party party() {
        Party party{.head = head(), .name = text(), .industry = maybe({"retail", "construction"})};
        if (one_in(3)) party.code = "C" + std::to_string(number(1, 9));
        party.tax_code = maybe({"T1", "T2", "T3"});
        party.country = maybe({"MD", "RO"});
        if (one_in(2)) party.employees = number(0, 5);
        if (one_in(2))
            party.annual_revenue =
                Money{static_cast<std::int64_t>(number(0, 3)), Currency{one_in(2) ? "EUR" : "MDL"}};
        if (one_in(3)) party.description = text();
        add_properties(party.head.properties);
        return party;
    }
    void add_properties(PropertyValues& properties) {
        const std::string motto = text();
        if (one_in(2)) properties.set("x_motto", std::string_view{motto});
        if (one_in(2)) properties.set("x_rating", static_cast<std::int64_t>(number(0, 3)));
        if (one_in(2)) properties.set("x_size", one_in(2) ? "small" : "large");
        if (!one_in(3)) return;
        properties.set("x_budget_minor", static_cast<std::int64_t>(number(0, 3)));
        if (one_in(2)) properties.set("x_budget_currency", "EUR");
    }
    Contact contact() {
        Contact contact{.head = head(),
                        .first_name = text(),
                        .last_name = maybe({"Popescu", "Țurcanu", "Ионов"})};
        contact.nick_name = maybe({"Vasia", "vasia"});
        contact.title = maybe({"Director", "Zoo"});
        if (one_in(2)) contact.born_on = Date(1980, 1, static_cast<unsigned>(number(1, 3)));
        if (one_in(3)) contact.description = text();
        const std::string story = text();
        if (one_in(3)) contact.head.properties.set("x_story", std::string_view{story});
        return contact;
    }

    void add_party() {
        const Party made = party();
        try {
            parties_.push_back(Parties(ana_).add(made).head.id);
        } catch (const Conflict&) {  // the code is taken
            Party other = made;
            other.code.clear();
            parties_.push_back(Parties(ana_).add(other).head.id);
        }
    }
    void add_contact() { contacts_.push_back(Contacts(ana_).add(contact()).head.id); }
    void add_person() {
        Party made = party();
        made.name.clear();
        made.code.clear();
        const Person person = Parties(ana_).add_person(contact(), made);
        parties_.push_back(person.party.head.id);
        contacts_.push_back(person.contact.head.id);
    }

    void add_project() {
        Project project{.head = head(), .name = text(), .status = maybe({"on_track", "late"})};
        if (!projects_.empty() && one_in(2)) project.parent = any(projects_);
        if (!one_in(3)) project.party = any(parties_);
        if (one_in(3)) project.state = ProjectState::completed;
        if (one_in(2)) project.due_on = Date(2026, 6, static_cast<unsigned>(number(1, 4)));
        if (one_in(3)) project.description = text();
        projects_.push_back(Projects(ana_).add(project).head.id);
    }

    void add_lead() {
        if (leads_.empty()) queue_ = LeadQueues(ana_).add({.name = "Web"}).head.id;
        Lead lead{.head = head(), .last_name = maybe({"Popescu", "Țurcanu", "Ионов"})};
        lead.company = lead.last_name.empty() || one_in(2) ? text() : "";
        lead.job_title = maybe({"Director", "Zoo"});
        if (one_in(2)) lead.score = number(0, 3);
        if (one_in(3)) lead.description = text();
        if (one_in(4)) {
            lead.state = LeadState::converted;
            lead.party = any(parties_);
            if (one_in(2)) lead.contact = any(contacts_);
            if (one_in(2)) lead.project = any(projects_);
        }
        leads_.push_back(Leads(ana_).add(lead).head.id);
        if (one_in(2)) attempt([&] { Leads(ana_).enqueue(leads_.back(), queue_); });
    }

    void change_leads() {
        for (const Ref lead : leads_) {
            const std::string word = text();
            if (one_in(4)) change(lead, {{"company", std::string_view{word}}});
            if (one_in(4)) change(lead, {{"owner_id", any(users_).value()}});
            if (one_in(6)) attempt([&] { Leads(ana_).mark_unpromising(lead, "no_need", word); });
            if (one_in(6)) attempt([&] { Leads(ana_).revive(lead); });
        }
        attempt([&] { Leads(ana_).convert(any(leads_), {.project = Project{.name = text()}}); });
    }

    void add_activity() {
        Activity activity{
            .head = head(), .subject = text(), .kind = one_in(2) ? "call" : "meeting"};
        activity.start = ::test::monday + ::test::day * number(0, 3);
        if (one_in(3)) activity.end = activity.start + ::test::hour;
        if (one_in(3))
            activity.next_contact_on = Date(2026, 3, static_cast<unsigned>(number(1, 4)));
        if (one_in(2)) activity.state = ActivityState::completed;
        activity.direction = maybe({"inbound", "outbound"});
        activity.is_todo = one_in(3);
        if (!activities_.empty() && one_in(3))
            activity.parent = any(activities_);
        else if (one_in(2))
            activity.party = any(parties_);
        else if (!one_in(3))
            activity.project = any(projects_);
        if (!activity.parent && one_in(2)) activity.lead = leads_[number(0, 2)];
        if (!one_in(3)) activity.contact = any(contacts_);
        if (!activities_.empty() && one_in(3)) activity.follow_up_of = any(activities_);
        if (one_in(2)) activity.planned_minutes = static_cast<std::int64_t>(number(0, 99));
        if (one_in(3)) activity.description = text();
        if (one_in(3)) activity.result = text();
        if (one_in(3)) activity.head.properties.set("x_about_id", any(contacts_).value());
        attempt([&] { activities_.push_back(Activities(ana_).add(activity).head.id); });
    }

    /// Some occurrences of it are touched, some of those given to others.
    void add_series() {
        Activity activity{.head = head(),
                          .subject = text(),
                          .kind = "meeting",
                          .start = ::test::monday + ::test::day * number(0, 2),
                          .zone = "Europe/Chisinau"};
        if (one_in(2)) activity.party = any(parties_);
        if (one_in(2)) activity.contact = any(contacts_);
        if (!one_in(3)) activity.end = activity.start + ::test::hour;
        const bool ends = one_in(2);
        activity.recurrence = Recurrence::parse(ends ? "FREQ=DAILY;COUNT=6" : "FREQ=DAILY");
        attempt([&] {
            const Id<Activity> id{Activities(ana_).add(activity).head.id};
            activities_.push_back(id);
            for (int i = 0; i < 4; ++i)
                attempt([&] { touch(id, activity.start + ::test::day * number(0, 4)); });
        });
    }
    void touch(Id<Activity> id, Time at) {
        Series series(ana_);
        switch (number(0, 3)) {
            case 0: activities_.push_back(series.cancel(id, at, text()).head.id); break;
            case 1: series.skip(id, at); break;
            case 2: series.change_following(id, at, {}); break;
            default:
                activities_.push_back(
                    series.change(id, at, {{"owner_id", any(users_).value()}}).head.id);
        }
    }

    void add_role() {
        const Ref party = any(parties_);
        Parties(ana_).add_role(party, one_in(2) ? "client" : "supplier");
    }
    void add_membership() {
        const Ref contact = any(contacts_), party = any(parties_);
        const std::string position = maybe({"Director", "Buyer"});
        attempt([&] { Contacts(ana_).join(contact, party, position); });
    }
    void add_point() {
        Point point{.record = any_reachable(), .type = "phone"};
        point.value = "+3736900000" + std::to_string(number(0, 5));
        if (one_in(3)) point.type = "email", point.value = one_in(2) ? "a@acme.md" : "b@zoo.md";
        point.label = maybe({"home", "desk"});
        point.is_primary = one_in(2);
        if (one_in(2)) point.head.properties.set("x_tag", one_in(2) ? "a" : "b");
        point_records_.push_back(Points(ana_).add(point).head.id);
    }
    void add_address() {
        Addresses(ana_).add({.record = any_reachable(),
                             .type = maybe({"billing", "delivery"}),
                             .city = maybe({"Chișinău", "Bălți"})});
    }
    void add_note() {
        const Ref record = any_root();
        const std::string body = text(), title = maybe({"Acme", "Zoo"});
        Notes(ana_).write(record, body, title);
    }
    void add_key() {
        const ExternalKey key{.record = any_root(),
                              .system = one_in(3) ? "other" : "import",
                              .key = "K" + std::to_string(number(1, 12))};
        attempt([&] { ExternalKeys(ana_).add(key); });
    }
    void add_distinct_pair() {
        const auto& records = one_in(2) ? parties_ : contacts_;
        const Ref one = any(records), other = any(records);
        attempt([&] { Duplicates(ana_).dismiss(one, other); });
    }
    void add_account() {
        BankAccounts(ana_).add({.party = any(parties_),
                                .number = "222" + std::to_string(number(1, 4)),
                                .bank_name = maybe({"Alpha", "Beta"}),
                                .is_primary = one_in(2)});
    }
    void add_grade() {
        Grading why{.reason = maybe({"price", "service"}), .note = maybe({"Acme", "Zoo"})};
        if (one_in(2)) why.competitor = any(parties_);
        attempt([&] { Loyalty(ana_).grade(any(parties_), one_in(2) ? "loyal" : "wavering", why); });
        attempt([&] { Parties(ana_).add_role(any(parties_), "own_company"); });
    }
    void add_link() {
        PartyLink link{.party = any(parties_), .other = any(parties_), .type = "branch_of"};
        if (one_in(3)) link.type = one_in(2) ? "member_of" : "supplier_of";
        if (one_in(3)) link.ends_on = Date(2026, 3, static_cast<unsigned>(number(1, 3)));
        link.note = maybe({"Acme", "Zoo"});
        attempt([&] { PartyLinks(ana_).add(link); });
    }
    void add_memorable_date() {
        MemorableDates(ana_).add({.record = any_party_or_contact(),
                                  .type = one_in(2) ? "wedding" : "founding",
                                  .month = 1,
                                  .day = static_cast<std::int64_t>(number(1, 4)),
                                  .label = maybe({"Acme", "Zoo"})});
    }
    void add_reminder() {
        Reminder reminder{.record = one_in(2) ? Ref{any(activities_)} : any_party_or_contact(),
                          .user = any(users_)};
        if (one_in(2))
            reminder.at = ana_.now();
        else
            reminder.before = number(0, 100);
        attempt([&] { Records<Reminder>(ana_).add(reminder); });
    }
    void add_kinship() {
        Kinship kinship{.contact = any(contacts_), .relation = one_in(2) ? "spouse" : "child"};
        if (one_in(2)) {
            kinship.kin = any(contacts_);
        } else {
            kinship.name = text();
            kinship.born_on = Date(2001, 1, static_cast<unsigned>(number(1, 4)));
        }
        attempt([&] { Kinships(ana_).add(kinship); });
    }
    void add_consent() {
        Consents(ana_).add({.record = one_in(4)   ? any(leads_)
                                      : one_in(3) ? any(parties_)
                                                  : any(contacts_),
                            .channel = one_in(3)   ? "any"
                                       : one_in(2) ? "email"
                                                   : "phone",
                            .state = one_in(3) ? ConsentState::withdrawn : ConsentState::given,
                            .source = maybe({"fair", "Zoo"}),
                            .evidence = maybe({"signed"})});
    }
    Date in_march() { return {2026, 3, static_cast<unsigned>(number(1, 4))}; }
    void add_schedule() {
        ScheduleEntry entry{.head = head(),
                            .starts_on = in_march(),
                            .whereabouts = one_in(3)   ? "leave"
                                           : one_in(2) ? "client"
                                                       : "business_trip",
                            .town = maybe({"Cahul", "Zoo"}),
                            .purpose = maybe({"Acme", "demo"})};
        if (one_in(2)) entry.starts = "10:00", entry.ends = "12:00";
        if (one_in(3)) entry.ends_on = Date(2026, 3, 5);
        if (one_in(2)) entry.party = any(parties_);
        attempt([&] { Schedule(ana_).add(entry); });
    }
    void add_time() {
        TimeEntry entry{.activity = any(activities_),
                        .user = one_in(3) ? user_ : any(users_),
                        .worked_on = in_march(),
                        .minutes = static_cast<std::int64_t>(number(1, 90)),
                        .note = maybe({"acme", "zoo"})};
        attempt([&] { TimeEntries(ana_).add(entry); });
    }
    void add_rate() {
        HourlyRate rate{.head = head(),
                        .starts_on = in_march(),
                        .rate = {static_cast<std::int64_t>(number(0, 9'999)),
                                 Currency{one_in(2) ? "EUR" : "MDL"}}};
        attempt([&] { HourlyRates(ana_).add(rate); });
    }
    void add_participant() {
        const Ref activity = any(activities_), person = one_in(2) ? any(users_) : any(contacts_);
        const auto role = one_in(3) ? ParticipantRole::chair : ParticipantRole::optional;
        attempt([&] { Participants(ana_).invite(activity, person, role); });
    }
    void add_cost() {
        Costs(ana_).add({.activity = any(activities_),
                         .type = one_in(2) ? "travel" : "meals",
                         .amount = {static_cast<std::int64_t>(number(1, 5)),
                                    Currency{one_in(2) ? "EUR" : "MDL"}},
                         .note = maybe({"Acme", "Zoo"})});
    }
    void add_attachment() {
        const Ref record = any_root();
        if (one_in(3))
            Attachments(ana_).add(
                {.record = record, .file_name = "offer.pdf", .path = "/srv/offer.pdf"});
        else
            Attachments(ana_).attach(record, "offer.txt", one_in(2) ? "ten" : "eleven");
    }
    void add_call() {
        Call call{.head = head(),
                  .number = one_in(3) ? "" : "+3736900000" + std::to_string(number(0, 5)),
                  .caller_name = maybe({"Acme", "Zoo"}),
                  .subject = maybe({"Ёлка", "price"}),
                  .state = static_cast<CallState>(number(0, 3))};
        if (one_in(2)) call.party = any(parties_);
        if (one_in(2)) call.contact = any(contacts_);
        if (one_in(3)) call.lead = any(leads_);
        if (one_in(2)) call.addressee = any(users_);
        calls_.push_back(Calls(ana_).add(call).head.id);
        if (one_in(2)) attempt([&] { Calls(ana_).forward(calls_.back(), any(users_), text()); });
        if (one_in(3))
            RoutingRules(ana_).add(
                {.place = static_cast<std::int64_t>(number(0, 2)), .user = any(users_)});
    }
    void change_call() {
        const Ref id = any(calls_);
        const std::string word = text();
        change(id, {{"subject", std::string_view{word}}});
        if (one_in(2)) change(id, {{"owner_id", any(users_).value()}});
        if (one_in(2)) change(id, {{"state", std::string_view{"missed"}}});
        if (one_in(3)) attempt([&] { ana_.remove(id); });
    }
    void add_share() {
        const Ref record = any_root(), holder = any_holder();
        std::optional<Date> ends_on;
        if (one_in(2)) ends_on = Date(2026, 3, static_cast<unsigned>(number(1, 3)));
        Rights(ana_).share(record, holder, one_in(2) ? "read" : "change", ends_on);
    }

    // ---- what became of them

    void change_some() {
        for (int i = 0; i < 4; ++i) change_party();
        for (int i = 0; i < 2; ++i) change_contact();
        for (int i = 0; i < 4; ++i) change_activity();
        for (int i = 0; i < 2; ++i) change_project();
        change_leads();
        for (int i = 0; i < 3; ++i) change_call();
        for (int i = 0; i < 2; ++i) {
            const Ref activity = any(activities_);
            attempt([&] { ana_.remove(activity); });
        }
        const Ref point = any(point_records_);
        attempt([&] { ana_.remove(point); });
        const Ref contact = contacts_[number(0, 3)];  // no person, whose party goes along
        if (one_in(2)) attempt([&] { ana_.remove(contact); });
    }

    void change(Ref record, const std::vector<Assignment>& fields) {
        attempt([&] { ana_.change(record, any_version, fields); });
    }
    void change_party() {
        const Ref party = any(parties_);
        const std::string word = text();
        change(party, {{"name", std::string_view{word}}});
        change(party, {{"employees", static_cast<std::int64_t>(number(0, 9))},
                       {"industry", one_in(2) ? Value{"retail"} : Value{}}});
        if (one_in(2)) change(party, {{"owner_id", any(users_).value()}});
        change(party, {{"x_motto", std::string_view{word}},
                       {"x_rating", static_cast<std::int64_t>(number(0, 3))}});
        if (one_in(2)) change(any(parties_), {{"x_partner_id", any(parties_).value()}});
    }
    void change_contact() {
        const std::string word = text();
        change(any(contacts_), {{"first_name", std::string_view{word}}, {"title", Value{}}});
    }
    void change_activity() {
        const std::string word = text();
        const Ref activity = any(activities_);
        change(activity, {{"result", std::string_view{word}}});
        change(activity, {{"contact_id", one_in(3) ? Value{} : Value{any(contacts_).value()}}});
        if (one_in(2)) change(activity, {{"party_id", any(parties_).value()}});
    }

    void change_project() {
        const std::string word = text();
        const Ref project = any(projects_);
        change(project, {{"name", std::string_view{word}}});
        change(project, {{"parent_id", one_in(3) ? Value{} : Value{any(projects_).value()}}});
        if (one_in(2)) change(project, {{"party_id", any(parties_).value()}});
        if (one_in(3)) change(any(activities_), {{"project_id", any(projects_).value()}});
        const Ref gone = any(projects_);
        if (one_in(3)) attempt([&] { ana_.remove(gone); });
    }

    /// A few commands of the user's own, as far as the rights go.
    void work_as_user() {
        Session session = database_.trusted_session(login_);
        const Ref record = any_root();
        attempt([&] { Notes(session).write(record, "mine: acme"); });
        const std::string word = text();
        attempt([&] {
            session.change(any(activities_), any_version, {{"subject", std::string_view{word}}});
        });
    }

    Random& random_;
    Database& database_;
    Session ana_;
    std::string login_;
    Ref user_;
    std::vector<Ref> units_, positions_, groups_, territories_, users_, parties_, contacts_,
        activities_, projects_, leads_, calls_, point_records_;
    Ref queue_;
};

}  // namespace

std::string fill(Database& database, Random& random) { return Filling(database, random).run(); }

}  // namespace crm::test::rights
