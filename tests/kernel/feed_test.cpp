// The feed: who follows it holds what a session sees, whatever happened.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "support/desk.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace ::test;

namespace {

using crm::test::between;
using crm::test::Random;
using What = FeedEntry::What;

CommandId last_command(Session& session) { return session.commands(1).front().id; }

std::vector<std::pair<Ref, What>> told(const FeedPage& page) {
    std::vector<std::pair<Ref, What>> all;
    for (const auto& entry : page.entries) all.emplace_back(entry.record, entry.what);
    return all;
}

using Told = std::vector<std::pair<Ref, What>>;
using Content = std::map<std::int64_t, std::string>;

/// Without references, which read as empty where the record is hidden that they lead to, and
/// without the command by which a child moved its root.
std::string text_of(const AnyRecord& record) {
    const Json json = record.json();
    Json::Object kept;
    for (const auto& [name, value] : json.object())
        if (const Column* column = record.kind().find(name);
            name != "changed_in" && name != "hidden" &&
            (!column || column->type != FieldType::reference))
            kept.emplace_back(name, value);
    return Json(kept).dump();
}

Content content(Session& session) {
    Content all;
    for (const Kind& kind : all_kinds()) {
        Query query{.order = "id", .limit = 1000, .bodies = true};
        do {
            auto page = session.list(kind, query);
            for (const auto& row : page.rows) all[row.head().id.value()] = text_of(row);
            query.after = page.next;
        } while (!query.after.empty());
    }
    return all;
}

/// Holds a copy of what a session sees, kept by the feed alone.
class Mirror {
public:
    explicit Mirror(Session& session) : session_(session), feed_(session) { start(); }

    void follow(int limit) {
        for (bool at_end = false; !at_end;) {
            const FeedPage page = feed_.read(position_, {.limit = limit});
            for (const FeedEntry& entry : page.entries) apply(entry);
            CHECK((page.at_end || !page.entries.empty()));
            position_ = page.position;
            at_end = page.at_end;
        }
    }
    const Content& held() const { return held_; }
    std::size_t left() const { return left_; }
    std::size_t entries() const { return entries_; }

private:
    void start() {
        position_ = feed_.now();
        held_ = content(session_);
        for (const auto& [id, text] : held_) records_.emplace(id, session_.get(Ref{id}));
    }

    void apply(const FeedEntry& entry) {
        ++entries_;
        left_ += entry.what == What::left;
        std::set<std::int64_t> looked;
        look(entry.record, looked, entry.what != What::changed);
    }

    /// Reads a record again, and with it, where it came or went, what is seen by it.
    void look(Ref id, std::set<std::int64_t>& looked, bool further) {
        if (!looked.insert(id.value()).second) return;
        auto related = further ? related_to(id) : std::set<std::int64_t>{};
        const auto record = session_.find(id);
        held_.erase(id.value());
        records_.erase(id.value());
        if (record) {
            held_[id.value()] = text_of(*record);
            records_.emplace(id.value(), *record);
            if (further) related.merge(related_to(id));
        }
        for (const auto other : related) look(Ref{other}, looked, true);
    }

    /// Children, links and parts, what of it is held and what is read; and the other half of a
    /// person.
    std::set<std::int64_t> related_to(Ref id) {
        std::set<std::int64_t> related;
        for (const Kind& kind : all_kinds())
            for (const Column& column : kind.columns) {
                if (!column.has(parent) && !column.has(crm::link) && !column.has(part_of) &&
                    !column.has(twin))
                    continue;
                if (column.target != 0 && column.target != id.kind()) continue;
                for (const auto& [other, record] : records_)
                    if (Ref{other}.kind() == kind.number &&
                        record.get(column.name).integer() == id.value())
                        related.insert(other);
                for (const auto& row :
                     session_
                         .list(kind, {.where = field(std::string(column.name)) == Json(id.value()),
                                     .order = "id",
                                     .limit = 1000})
                         .rows)
                    related.insert(row.head().id.value());
            }
        if (const auto held = records_.find(id.value()); held != records_.end())
            for (const Column& column : held->second.kind().columns)
                if (column.has(twin) && !held->second.get(column.name).is_null())
                    related.insert(held->second.get(column.name).integer());
        return related;
    }

    Session& session_;
    Feed feed_;
    std::string position_;
    Content held_;
    std::map<std::int64_t, AnyRecord> records_;
    std::size_t left_ = 0, entries_ = 0;
};

/// One random command of an administrator, at times refused.
class Hand {
public:
    Hand(Desk& desk, Random& random)
        : desk_(desk),
          random_(random),
          first_(static_cast<std::size_t>(last_command(desk.ana)) + 1) {}

    void act() {
        desk_.clock.advance(hour);
        try {
            one();
        } catch (const Conflict&) {
        } catch (const Invalid&) {
        } catch (const Denied&) {
        } catch (const NotFound&) {}
    }

private:
    std::size_t pick(std::size_t n) { return between(random_, 0, n - 1); }
    std::string name() { return "N" + std::to_string(pick(1000)); }
    Ref any_of(const char* kind) {
        const auto rows = desk_.ana.list(kind_named(kind), {.order = "id", .limit = 1000}).rows;
        return rows.empty() ? Ref{} : rows[pick(rows.size())].head().id;
    }
    Ref any_root() {
        static constexpr const char* kinds[] = {"party", "contact", "activity"};
        return any_of(kinds[pick(3)]);
    }
    Id<User> anybody() {
        return std::vector{desk_.ana.user(), desk_.ion.user(), desk_.petru.user()}[pick(3)];
    }

    void one() {
        Session& ana = desk_.ana;
        switch (pick(14)) {
            case 0: Parties(ana).add({.head = {.owner = anybody()}, .name = name()}); break;
            case 1:
                Parties(ana).add_person({.head = {.owner = anybody()}, .last_name = name()});
                break;
            case 2:
                Contacts(ana).join(
                    Contacts(ana).add({.head = {.owner = anybody()}, .last_name = name()}).head.id,
                    any_of("party"));
                break;
            case 3:
                Parties(ana).add_point(
                    any_of("party"),
                    {.type = "phone", .value = "022" + std::to_string(100'000 + pick(900'000))});
                break;
            case 4: Notes(ana).write(any_root(), name()); break;
            case 5:
                Activities(ana).plan({.head = {.owner = anybody()},
                                      .subject = name(),
                                      .kind = "call",
                                      .party = any_of("party"),
                                      .start = ana.now(),
                                      .parent = pick(2) ? any_of("activity") : Ref{}});
                break;
            case 6:
                ana.change(any_of("activity"), any_version,
                           {{"party_id", Value{any_of("party").value()}}});
                break;
            case 7:
            case 8:
                ana.change(any_root(), any_version, {{"owner_id", Value{anybody().value()}}});
                break;
            case 9: Rights(ana).share(any_root(), anybody(), "read"); break;
            case 10: ana.remove(any_of("share")); break;
            case 11:
                ana.remove(pick(2) ? any_root() : any_of(pick(2) ? "note" : "membership"));
                break;
            case 12:
                ana.undo(CommandId{static_cast<std::int64_t>(
                    between(random_, first_,
                            std::max(first_, static_cast<std::size_t>(last_command(ana)))))});
                break;
            default:
                ana.change(any_of("party"), any_version,
                           {{"name", Value{std::string_view{text_ = name()}}}});
        }
    }

    Desk& desk_;
    Random& random_;
    const std::size_t first_;  // what made the desk is not undone
    std::string text_;
};

/// The first record that is held otherwise than it is seen.
std::string difference(const Content& held, const Content& seen) {
    for (const auto& [id, text] : seen)
        if (const auto at = held.find(id); at == held.end() || at->second != text)
            return "lacks " + text + (at == held.end() ? "" : ", holds " + at->second);
    for (const auto& [id, text] : held)
        if (!seen.contains(id)) return "still holds " + text;
    return {};
}

}  // namespace

TEST_CASE("HIS-04 a mirror that follows the feed holds what its session sees") {
    const auto seed = crm::test::seed();
    CAPTURE(seed);
    Random random(seed);
    std::size_t left = 0, entries = 0;
    for (int run = 0; run < 6; ++run) {
        Desk desk;
        Rights(desk.ana).grant(desk.petru.user(), "*", "read", "given");
        Hand hand(desk, random);
        for (int i = 0; i < 15; ++i) hand.act();
        Mirror of_all(desk.ana), of_ion(desk.ion), of_petru(desk.petru);
        for (int i = 0; i < 40; ++i) {
            hand.act();
            if (between(random, 0, 3) != 0) continue;
            for (Mirror* mirror : {&of_all, &of_ion, &of_petru})
                mirror->follow(static_cast<int>(between(random, 1, 9)));
        }
        of_all.follow(1);
        of_ion.follow(1);
        of_petru.follow(1);
        CHECK(difference(of_all.held(), content(desk.ana)) == "");
        CHECK(difference(of_ion.held(), content(desk.ion)) == "");
        CHECK(difference(of_petru.held(), content(desk.petru)) == "");
        CHECK(of_all.left() == 0);
        left += of_ion.left() + of_petru.left();
        entries += of_ion.entries() + of_petru.entries();
    }
    CHECK(left > 0);
    CHECK(entries > left);
}

TEST_CASE("HIS-04 the feed tells what was made, changed, removed and put back, in order") {
    Desk desk;
    Feed feed(desk.ion);
    const std::string start = feed.now();
    CHECK(feed.read(start).entries.empty());
    CHECK(feed.read(start).at_end);
    const Ref party = desk.parties.add({.name = "Acme SRL"}).head.id;
    desk.ion.change(party, any_version,
                    {{"name", Value{"Acme Grup"}}, {"description", Value{"vinuri"}}});
    desk.ion.remove(party);
    const auto removal = last_command(desk.ion);
    desk.ion.undo(removal);
    const auto page = feed.read(start, {.fields = true});
    CHECK(told(page) == Told{{party, What::created},
                             {party, What::changed},
                             {party, What::removed},
                             {party, What::restored}});
    CHECK(page.entries[1].fields == std::vector<std::string>{"name", "description"});
    CHECK(page.entries[2].command == removal);
    CHECK(page.at_end);
    CHECK(page.position == feed.now());
    CHECK(feed.read(page.position).entries.empty());
    CHECK(feed.read(start, {.kinds = {"contact"}}).entries.empty());
    CHECK(told(feed.read(start, {.kinds = {"party"}})).size() == 4);
    CHECK(Feed(desk.petru).read(start).entries.empty());
}

TEST_CASE("HIS-04 pages of any size, also within a command, add up to the whole") {
    Desk desk;
    desk.ion.write("test.many", [&](Work&) {
        for (int i = 0; i < 7; ++i) {
            const auto party = desk.parties.add({.name = "P" + std::to_string(i)});
            desk.notes.write(party.head.id, "seen");
        }
    });
    desk.ion.write("test.changes", [&](Work&) {
        for (const auto& party : desk.parties.list().rows)
            desk.ion.change(party.head.id, any_version, {{"status", Value{"active"}}});
    });
    const auto from = "0." + std::to_string(static_cast<std::int64_t>(last_command(desk.ion)) - 2);
    const auto whole = Feed(desk.ion).read(from);
    REQUIRE(whole.entries.size() == 21);
    for (int limit = 1; limit <= 22; ++limit) {
        std::vector<FeedEntry> all;
        FeedPage page{.position = from, .at_end = false};
        while (!page.at_end) {
            page = Feed(desk.ion).read(page.position, {.limit = limit});
            CHECK(page.entries.size() <= static_cast<std::size_t>(limit));
            CHECK_FALSE(page.entries.empty());
            all.insert(all.end(), page.entries.begin(), page.entries.end());
        }
        CHECK(all == whole.entries);
    }
}

TEST_CASE("HIS-04 what leaves one's sight is told of without a value, what comes is read anew") {
    Desk desk;
    const Ref party = desk.parties.add({.name = "Acme SRL"}).head.id;
    const Ref other = Parties(desk.petru).add({.name = "Bacarat SA"}).head.id;
    Feed ion(desk.ion), petru(desk.petru);
    std::string start = ion.now();
    desk.ana.change(party, any_version, {{"owner_id", Value{desk.petru.user().value()}}});
    CHECK(told(ion.read(start, {.fields = true})) == Told{{party, What::left}});
    CHECK(ion.read(start, {.fields = true}).entries[0].fields.empty());
    CHECK(told(petru.read(start)) == Told{{party, What::created}});

    start = ion.now();
    const auto share = Rights(desk.ana).share(other, desk.ion.user(), "read");
    CHECK(told(ion.read(start)) == Told{{share.head.id, What::created}, {other, What::created}});
    start = ion.now();
    desk.ana.remove(share.head.id);
    CHECK(told(ion.read(start)) == Told{{other, What::left}});
    CHECK(told(petru.read(start)) == Told{{share.head.id, What::removed}});
}

TEST_CASE("HIS-04 what is part of a project comes and goes with who answers for that") {
    Desk desk;
    Rights rights(desk.ana);
    const auto petru = desk.petru.user();
    rights.grant(petru, "project", "read", "all");
    rights.grant(petru, "activity", "read", "given");
    Projects projects(desk.ana);
    Activities activities(desk.ana);
    const auto project = projects.add({.name = "Cramă"}).head.id;
    const auto call =
        activities.plan({.subject = "Call", .kind = "call", .start = monday, .project = project});
    const auto later = activities.plan({.subject = "Later", .kind = "call", .start = monday});
    Feed feed(desk.petru);
    std::string position = feed.now();
    const auto give = [&](Id<User> user) {
        projects.change(project, any_version, {{"owner_id", Value{user.value()}}});
        const auto page = feed.read(position);
        position = page.position;
        return told(page);
    };
    CHECK(give(petru) == Told{{project, What::changed}, {call.head.id, What::created}});
    CHECK(give(desk.ion.user()) == Told{{project, What::changed}, {call.head.id, What::left}});
    // What was no part of it then is not named, wherever it went since.
    projects.change(project, any_version, {{"owner_id", Value{petru.value()}}});
    projects.change(project, any_version, {{"owner_id", Value{desk.ion.user().value()}}});
    desk.ana.change(later.head.id, any_version, {{"project_id", Value{project.value()}}});
    const auto page = feed.read(position);
    CHECK(std::ranges::none_of(
        page.entries, [&](const FeedEntry& entry) { return entry.record == later.head.id; }));
}

TEST_CASE("HIS-04 what goes together with that by which it was seen is told of") {
    Desk desk;
    Rights(desk.ana).grant(desk.petru.user(), "*", "read", "given");
    const auto contact = Contacts(desk.ana).add({.last_name = "Rusu"}).head.id;
    const auto party = Parties(desk.ana).add({.name = "Acme SRL"}).head.id;
    Activities(desk.ana).plan({.head = {.owner = desk.petru.user()},
                               .subject = "Call",
                               .kind = "call",
                               .contact = contact,
                               .start = monday});
    Rights(desk.ana).share(party, desk.petru.user(), "read");
    REQUIRE((desk.petru.find(contact) && desk.petru.find(party)));
    const Feed feed(desk.petru);
    const std::string position = feed.now();
    desk.ana.remove(contact);  // the call names nobody any more
    desk.ana.remove(party);    // and its share with it
    const auto gone = told(feed.read(position));
    for (const Ref record : {Ref{contact}, Ref{party}})
        CHECK(std::ranges::any_of(gone, [&](const auto& entry) {
            return entry.first == record &&
                   (entry.second == What::left || entry.second == What::removed);
        }));
}

TEST_CASE("HIS-04 fields that are hidden are not named") {
    Desk desk;
    const Ref party = desk.parties.add({.name = "Acme SRL"}).head.id;
    Rights(desk.ana).hide(desk.ion.user(), "party", "tax_code");
    Feed feed(desk.ion);
    const std::string start = feed.now();
    desk.ana.change(party, any_version, {{"tax_code", Value{"1"}}, {"status", Value{"active"}}});
    REQUIRE(feed.read(start, {.fields = true}).entries.size() == 1);
    CHECK(feed.read(start, {.fields = true}).entries[0].fields ==
          std::vector<std::string>{"status"});
}

TEST_CASE("HIS-04 whose rights changed reads everything anew, and nobody else") {
    Desk desk;
    const auto group = Records<UserGroup>(desk.ana).add({.name = "Vip"});
    const auto resyncs = [&](Session& session, const std::string& start) {
        try {
            Feed(session).read(start);
            return false;
        } catch (const Resync&) {
            return true;
        }
    };
    const auto after = [&](const std::function<void()>& change) {
        const std::string start = Feed(desk.ion).now();
        change();
        const bool ion = resyncs(desk.ion, start), petru = resyncs(desk.petru, start);
        CHECK_FALSE(petru);
        CHECK_FALSE(resyncs(desk.ion, Feed(desk.ion).now()));
        return ion;
    };
    const Ref ion = desk.ion.user();
    Rights rights(desk.ana);
    CHECK(after([&] { rights.grant(ion, "party", "read", "own"); }));
    CHECK(after([&] { rights.revoke(ion, "party", "read", "own"); }));
    CHECK(after([&] { rights.hide(ion, "party", "tax_code"); }));
    CHECK(after([&] { rights.unlock(ion, "party", "tax_code"); }));
    CHECK(after([&] {
        desk.ana.change(ion, any_version, {{"unit_id", Value{desk.ana.unit().value()}}});
    }));
    CHECK_FALSE(after([&] { desk.ana.change(ion, any_version, {{"name", Value{"Ion R."}}}); }));
    CHECK_FALSE(after([&] { rights.grant(group.head.id, "party", "read", "all"); }));
    CHECK(after([&] {
        Records<UserGroupMember>(desk.ana).add({.group = group.head.id, .user = desk.ion.user()});
    }));
    CHECK(after([&] { rights.revoke(group.head.id, "party", "read", "all"); }));
}

TEST_CASE("HIS-04 a position is one of this copy of the file, or everything is read anew") {
    Desk desk;
    Feed feed(desk.ana);
    const std::string now = feed.now();
    CHECK_THROWS_AS(feed.read("nonsense"), Invalid);
    CHECK_THROWS_AS(feed.read("0.1.2"), Invalid);
    CHECK_THROWS_AS(feed.read("0.1.7.1"), Invalid);
    CHECK_THROWS_AS(feed.read("0.99999"), Resync);
    CHECK_THROWS_AS(feed.read("5.1"), Resync);
    CHECK_THROWS_AS(feed.read({}, {.limit = 0}), Invalid);
    CHECK_THROWS_AS(feed.read({}, {.limit = 100'001}), Invalid);
    CHECK_THROWS_AS(feed.read(now, {.kinds = {"nothing"}}), Invalid);
    desk.database.new_copy();
    CHECK_THROWS_AS(feed.read(now), Resync);
    CHECK(feed.read(feed.now()).at_end);
    desk.ana.write("test.inside", [&](Work&) { CHECK_THROWS_AS(feed.now(), Misuse); });
}

TEST_CASE("HIS-04 RIG-08 what opens nothing to the session does not name what is hidden") {
    Desk desk;
    Rights rights(desk.ana);
    for (const char* action : {"read", "change"})
        rights.revoke(desk.ion.user(), "*", action, "shared");
    rights.grant(desk.ion.user(), "party", "read", "given");
    const Ref party = Parties(desk.petru).add({.name = "Hidden"}).head.id;
    const Ref contact = Contacts(desk.petru).add({.last_name = "Hidden"}).head.id;
    const Ref task =
        desk.activities.plan({.subject = "Task", .kind = "call", .start = monday}).head.id;
    const std::string position = Feed(desk.ion).now();
    rights.share(party, desk.ion.user());
    rights.unshare(party, desk.ion.user());
    desk.ana.change(task, any_version, {{"contact_id", contact.value()}});
    desk.ana.change(task, any_version, {{"contact_id", Value{}}});
    for (const FeedEntry& entry : Feed(desk.ion).read(position).entries) {
        CHECK(entry.record != party);
        CHECK(entry.record != contact);
    }
}
