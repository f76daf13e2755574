#include "crm/erasure.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.hpp"
#include "crm/call.hpp"
#include "crm/error.hpp"
#include "crm/text.hpp"
#include "domain/lead.hpp"
#include "domain/person.hpp"
#include "domain/records.hpp"
#include "domain/suppression.hpp"
#include "kernel/erase.hpp"
#include "kernel/history.hpp"
#include "kernel/scrub.hpp"
#include "kernel/search.hpp"
#include "kernel/suppression.hpp"

namespace crm::inline v1 {
namespace {

using kernel::Action;
using kernel::Transaction;
namespace number = kernel::number;

constexpr std::string_view erase_verb = "person.erase", lift_verb = "person.lift";
constexpr std::size_t longest_reason = 500;
constexpr std::size_t most_phrases = 50, most_mentions = 500, longest_phrase = 8;  // words
constexpr int hits_a_phrase = 200;

constexpr std::string_view about_backups =
    "Backups, copies, exports and snapshots of the file made before that moment are not reached: "
    "they "
    "hold the person's data until they are deleted, or the erasure is repeated in them.";

void require_administrator(const kernel::Rights& rights) {
    if (!rights.administers()) throw Denied("erasure: only administrators erase people; ask one");
}

Json member(const Json::Object& fields, std::string_view name) {
    for (const auto& [field, value] : fields)
        if (field == name) return value;
    return {};
}

// ---- who is meant

/// A record as it stands, or as its removal kept it. Throws NotFound, Conflict for one erased.
AnyRecord last_state(Transaction& transaction, Ref ref) {
    const Kind* kind = transaction.kind(ref.kind());
    if (!kind || (kind->number != number::party && kind->number != number::contact &&
                  kind->number != number::lead))
        throw Invalid("erasure", "person", "must be a party, a contact or a lead");
    AnyRecord record(*kind);
    if (kernel::load(transaction.connection(), transaction.plan(*kind), ref, record.data()))
        return record;
    const auto steps = kernel::steps_of(transaction.connection(), ref);
    if (kernel::is_erased(steps)) {
        require_administrator(transaction.rights());
        throw Conflict(std::string(kind->name) + ": was erased", ref);
    }
    if (steps.empty() || !kernel::is_removal(steps.back().before))
        throw NotFound(std::string(kind->name) + ": no such record");
    return kernel::record_from(*kind, ref, steps.back().before.object());
}

/// What one may not see is not there.
void require_erasable(Transaction& transaction, const AnyRecord& record) {
    const auto covers = [&](Action action) {
        return transaction.rights().covers(transaction.connection(), record.kind(), action,
                                           record.data());
    };
    const std::string kind(record.kind().name);
    if (!covers(Action::read)) throw NotFound(kind + ": no such record");
    if (!covers(Action::remove))
        throw Denied(kind + ": the right to delete this record is missing");
}

bool is_human(const AnyRecord& record) {
    switch (record.kind().number) {
        case number::party: return record.as<Party>().nature == PartyNature::person;
        case number::lead: return domain::names_person(record.as<Lead>());
        default: return true;
    }
}

void require_human(const AnyRecord& record) {
    if (!is_human(record))
        throw Invalid("erasure", "person", "is an organisation: only natural persons are erased");
}

std::vector<Ref> leads_of(Transaction& transaction, Ref record) {
    Work work(transaction);
    return domain::refs(work, "erasure.leads_of", {{":record", record.value()}});
}

/// Adds a natural person's record and, of a contact, the party that it is; the leads that became
/// them, and of a lead the contact that it became.
void add_halves(Transaction& transaction, Ref ref, std::vector<Ref>& halves) {
    if (std::ranges::find(halves, ref) != halves.end()) return;
    const AnyRecord record = last_state(transaction, ref);
    require_erasable(transaction, record);
    require_human(record);
    halves.push_back(ref);
    if (ref.kind() == number::contact && record.as<Contact>().person)
        add_halves(transaction, record.as<Contact>().person, halves);
    if (ref.kind() == number::lead && record.as<Lead>().contact)
        add_halves(transaction, record.as<Lead>().contact, halves);
    for (const Ref lead : leads_of(transaction, ref)) add_halves(transaction, lead, halves);
}

std::vector<Ref> halves_of(Transaction& transaction, Ref person, const std::vector<Ref>& also) {
    std::vector<Ref> halves;
    add_halves(transaction, person, halves);
    for (const Ref other : also) add_halves(transaction, other, halves);
    return halves;
}

/// The other halves and predecessors that were found must be the session's to remove, too; no other
/// record that stands for itself goes with a person.
void require_all(Transaction& transaction, const kernel::Erasing& erasing) {
    for (const Ref ref : erasing.records()) {
        if (transaction.kind_of(ref).role != Role::root) continue;
        const AnyRecord record = last_state(transaction, ref);
        require_erasable(transaction, record);
        require_human(record);
    }
}

// ---- texts that name the person

/// What the full text is asked for: how the person is called and can be reached.
class Phrases {
public:
    explicit Phrases(const std::vector<kernel::Remnant>& remnants) {
        for (const kernel::Remnant& remnant : remnants) add(remnant);
    }
    const std::set<std::string>& all() const { return phrases_; }

private:
    void add(const kernel::Remnant& remnant) {
        const auto kind = remnant.record.kind();
        if ((kind == number::contact || kind == number::lead) && !add(remnant, "last_name") &&
            !add(remnant, "nick_name"))
            add(remnant, "first_name");
        if (kind == number::party) add(remnant, "tax_code");
        if (kind == number::point) add(remnant, "value");
    }
    bool add(const kernel::Remnant& remnant, std::string_view field) {
        const Json value = member(remnant.fields, field);
        if (!value.is_string()) return false;
        const std::size_t count = words(value.string()).size();
        if (count > 0 && count <= longest_phrase) phrases_.insert(value.string());
        return true;
    }
    std::set<std::string> phrases_;
};

/// What a record took over in a merge and still says: whether it is its own a human judges.
void add_taken(Session& session, const kernel::Erasing& erasing, Erasure& erasure) {
    for (const kernel::TakenValue& taken : erasing.taken()) {
        const auto record = session.find(taken.record);
        if (!record || !(Json(taken.column->get(record->data())) == taken.value)) continue;
        Mention mention{taken.record, std::string(taken.column->name),
                        taken.value.is_string() ? taken.value.string() : taken.value.dump()};
        if (std::ranges::find(erasure.mentions, mention) == erasure.mentions.end())
            erasure.mentions.push_back(std::move(mention));
    }
}

/// Calls stay, and say from which number they came: whoever erases looks at each.
void add_calls(Transaction& transaction, const kernel::Erasing& erasing, Erasure& erasure) {
    Work work(transaction);
    for (const kernel::Remnant& remnant : erasing.remnants()) {
        const Json normalized = member(remnant.fields, "normalized");
        if (remnant.record.kind() != number::point || !normalized.is_string()) continue;
        for (const Ref call : domain::refs(work, "erasure.calls_from",
                                           {{":number", std::string_view{normalized.string()}}})) {
            Mention mention{call, "number", domain::load(work, Id<Call>{call})->number};
            if (std::ranges::find(erasure.mentions, mention) == erasure.mentions.end())
                erasure.mentions.push_back(std::move(mention));
        }
    }
}

void find_mentions(Session& session, const kernel::Erasing& erasing, Erasure& erasure) {
    const Phrases phrases(erasing.remnants());
    std::size_t tried = 0;
    for (const std::string& phrase : phrases.all()) {
        if (++tried > most_phrases || erasure.mentions.size() >= most_mentions) {
            erasure.mentions_incomplete = true;
            return;
        }
        const Hits hits = session.search(phrase + " ",  // the last word is finished
                                         {.limit = hits_a_phrase, .snippets = true});
        erasure.mentions_incomplete |= hits.incomplete || std::ssize(hits.rows) == hits_a_phrase;
        for (const Hit& hit : hits.rows) {
            Mention mention{hit.record, hit.snippet.field, hit.snippet.text};
            if (!erasing.records().contains(hit.record) &&
                std::ranges::find(erasure.mentions, mention) == erasure.mentions.end())
                erasure.mentions.push_back(std::move(mention));
        }
    }
}

// ---- erasing

std::int64_t keep(Transaction& transaction, const Erasure& erasure) {
    const std::array<std::int64_t, 6> counts{erasure.records,       erasure.history_rows,
                                             erasure.external_keys, erasure.cleared,
                                             erasure.commands,      erasure.sources};
    auto insert = transaction.connection().use(
        "INSERT INTO erasure (command_id, person_id, reason, records, history_rows, external_keys, "
        "cleared, commands, sources) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    insert.bind(1, static_cast<std::int64_t>(transaction.command()))
        .bind(2, erasure.person.value())
        .bind(3, std::string_view{erasure.reason});
    int at = 4;
    for (const std::int64_t count : counts) insert.bind(at++, count);
    insert.run();
    return transaction.connection().last_insert_rowid();
}

void take(Erasure& erasure, const kernel::EraseCounts& counts) {
    erasure.records = counts.records;
    erasure.history_rows = counts.history_rows;
    erasure.external_keys = counts.external_keys;
    erasure.cleared = counts.cleared;
    erasure.commands = counts.commands;
    erasure.sources = counts.sources;
}

/// Erases within a unit of work of its own, which the caller commits or lets go.
Erasure erase_in(Transaction& transaction, Session& session, Ref person,
                 const EraseOptions& options) {
    require_administrator(transaction.rights());
    transaction.begin(erase_verb, {});
    kernel::Erasing erasing(transaction, halves_of(transaction, person, options.also));
    require_all(transaction, erasing);
    Erasure erasure{.command = transaction.command(),
                    .person = person,
                    .erased_at = transaction.now(),
                    .by = session.user(),
                    .by_login = session.login(),
                    .reason = options.reason};
    add_taken(session, erasing, erasure);
    add_calls(transaction, erasing, erasure);
    find_mentions(session, erasing, erasure);
    const auto identifiers = domain::identifiers_of(erasing.remnants());
    take(erasure, erasing.run());
    erasure.id = keep(transaction, erasure);
    kernel::suppress(transaction, erasure.id, identifiers);
    transaction.finish();
    return erasure;
}

Transaction begun(Session& session) {
    auto& state = session.state();
    if (state.transaction)
        throw Misuse("an erasure is a command of its own and cannot join a unit of work");
    if (state.database->closed) throw Misuse("the database was closed");
    return Transaction(state, storage::File::Durability::full);
}

// ---- reading

Erasure read_erasure(kernel::Reading& reading, std::int64_t id) {
    auto row = kernel::named_query(reading, "erasure.row", {{":id", id}});
    if (!row.step()) throw NotFound("erasure " + std::to_string(id) + ": no such erasure");
    Erasure erasure{.id = row.integer(0),
                    .command = CommandId{row.integer(1)},
                    .person = Ref{row.integer(5)},
                    .erased_at = row.time(2),
                    .by = Id<User>{row.integer(3)},
                    .by_login = std::string(row.text(4)),
                    .reason = std::string(row.text(6)),
                    .records = row.integer(7),
                    .history_rows = row.integer(8),
                    .external_keys = row.integer(9),
                    .cleared = row.integer(10),
                    .commands = row.integer(11),
                    .sources = row.integer(12),
                    .is_lifted = !row.is_null(14)};
    if (!row.is_null(13)) erasure.scrub_ended_at = row.time(13);
    return erasure;
}

Json::Object json_of(const Certificate& certificate) {
    const Erasure& erasure = certificate.erasure;
    return {{"number", certificate.number},
            {"person", std::to_string(erasure.person.value())},
            {"erased_at", to_text(erasure.erased_at)},
            {"by", erasure.by_login},
            {"reason", erasure.reason},
            {"records", erasure.records},
            {"history_rows", erasure.history_rows},
            {"external_keys", erasure.external_keys},
            {"cleared_references", erasure.cleared},
            {"commands", erasure.commands},
            {"sources", erasure.sources},
            {"scrub_ended_at", to_text(*erasure.scrub_ended_at)},
            {"copy", certificate.copy},
            {"backups", about_backups}};
}

std::vector<std::string> identifiers_of(const Identity& identity, const std::string& country) {
    const auto name = domain::name_of(Contact{.first_name = identity.first_name,
                                              .last_name = identity.last_name,
                                              .patronymic = identity.patronymic});
    std::vector<std::string> all;
    for (const std::string& key : {name.key, name.first_key}) {
        if (identity.born_on)
            all.push_back(domain::birth_identifier(key, identity.born_on->text()));
        all.push_back(domain::phone_identifier(key, normalize_phone(identity.phone, country)));
    }
    if (!identity.email.empty())
        all.push_back(domain::email_identifier(normalize_email(identity.email)));
    all.push_back(domain::tax_identifier(identity.tax_code));
    if (!identity.key.empty())
        for (const KindNumber kind : {number::party, number::contact})
            all.push_back(domain::key_identifier(kind, identity.system, identity.key));
    std::erase(all, std::string{});
    return all;
}

}  // namespace

Json Certificate::json() const {
    Json::Object all = json_of(*this);
    all.emplace_back("hash", hash);
    return all;
}

std::string Certificate::text() const {
    const auto line = [](const char* label, const std::string& value) {
        return std::string(label) + value + "\n";
    };
    const auto count = [&](const char* label, std::int64_t value) {
        return line(label, std::to_string(value));
    };
    return line("Certificate of erasure ", number) +
           line("Person:               ", std::to_string(erasure.person.value())) +
           line("Erased:               ", to_text(erasure.erased_at)) +
           line("By:                   ", erasure.by_login) +
           line("Reason:               ", erasure.reason) +
           count("Records removed:      ", erasure.records) +
           count("  external keys:      ", erasure.external_keys) +
           count("History rows:         ", erasure.history_rows) +
           count("References cleared:   ", erasure.cleared) +
           count("Commands blanked:     ", erasure.commands) +
           count("Imports blanked:      ", erasure.sources) +
           line("No byte left since:   ", to_text(*erasure.scrub_ended_at)) +
           line("In the copy:          ", copy) + line("", std::string(about_backups)) +
           line("Hash (BLAKE2b):       ", hash);
}

Erasure Erasures::preview(Ref person, const EraseOptions& options) const {
    Transaction transaction = begun(*session_);
    Erasure erasure = erase_in(transaction, *session_, person, options);
    erasure.id = 0;
    erasure.command = {};
    return erasure;
}

Erasure Erasures::erase(Ref person, const EraseOptions& given) {
    EraseOptions options = given;
    options.reason = clean_text(given.reason);
    if (options.reason.empty() || options.reason.size() > longest_reason)
        throw Invalid("erasure", "reason", "must say why, in at most 500 bytes");
    Transaction transaction = begun(*session_);
    Erasure erasure = erase_in(transaction, *session_, person, options);
    transaction.commit();
    return erasure;
}

bool Erasures::scrub(std::chrono::milliseconds patience) {
    auto& state = session_->state();
    if (state.transaction)
        throw Misuse("a scrub is many transactions and cannot join a unit of work");
    if (state.database->closed) throw Misuse("the database was closed");
    return kernel::scrub(*state.database, std::chrono::steady_clock::now() + patience);
}

Certificate Erasures::certificate(std::int64_t id) const {
    kernel::Reading reading(session_->state());
    require_administrator(reading.rights());
    Certificate made{.erasure = read_erasure(reading, id), .copy = reading.database().copy_uuid()};
    if (!made.erasure.scrub_ended_at)
        throw Conflict(
            "erasure " + std::to_string(id) +
            ": the scrub has not ended, so words may be left in the file; run it and ask "
            "again");
    made.number = made.copy + "/" + std::to_string(id);
    made.hash = base::fingerprint(Json(json_of(made)).dump());
    return made;
}

std::vector<Erasure> Erasures::list(int limit, std::int64_t before) const {
    domain::require_page_limit(limit);
    kernel::Reading reading(session_->state());
    require_administrator(reading.rights());
    std::vector<std::int64_t> ids;
    {
        auto rows = kernel::named_query(
            reading, "erasure.newest",
            {{":before", before > 0 ? before : INT64_MAX}, {":limit", std::int64_t{limit}}});
        while (rows.step()) ids.push_back(rows.integer(0));
    }
    std::vector<Erasure> erasures;
    for (const std::int64_t id : ids) erasures.push_back(read_erasure(reading, id));
    return erasures;
}

bool Erasures::is_suppressed(const Identity& identity) const {
    kernel::Reading reading(session_->state());
    require_administrator(reading.rights());
    return std::ranges::any_of(identifiers_of(identity, reading.database().country()),
                               [&](const std::string& identifier) {
                                   return kernel::is_suppressed(reading.connection(), identifier);
                               });
}

void Erasures::lift(std::int64_t id) {
    session_->write(lift_verb, [&](Work& work) {
        Transaction& transaction = work.transaction();
        require_administrator(transaction.rights());
        kernel::Reading reading(session_->state());
        const Erasure erasure = read_erasure(reading, id);
        if (erasure.is_lifted)
            throw Conflict("erasure " + std::to_string(id) + ": was lifted already");
        kernel::lift_suppression(transaction, id);
        transaction.connection()
            .use("UPDATE erasure SET lifted_in = ?2 WHERE id = ?1")
            .bind(1, id)
            .bind(2, static_cast<std::int64_t>(transaction.command()))
            .run();
        transaction.keep_removed(erasure.person,  // so that an undo says why it cannot be
                                 Json::parse(kernel::erased_values).object());
    });
}

}  // namespace crm
