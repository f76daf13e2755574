#include "exchange/row_writer.hpp"

#include <algorithm>

#include "crm/contact.hpp"
#include "crm/error.hpp"
#include "crm/external_key.hpp"
#include "crm/party.hpp"
#include "crm/text.hpp"
#include "domain/person.hpp"
#include "domain/records.hpp"
#include "kernel/check.hpp"
#include "kernel/column.hpp"
#include "kernel/engine.hpp"
#include "kernel/select.hpp"

namespace crm::exchange {
namespace {

constexpr std::string_view usual_system = "import";

std::string system_of(const ImportOptions& options) {
    return options.system.empty() ? std::string(usual_system) : clean_text(options.system);
}

void refuse_row(RowOutcome& outcome, std::string field, std::string reason) {
    outcome.result = RowResult::rejected;
    outcome.record = {};
    outcome.field = std::move(field);
    outcome.reason = std::move(reason);
}

bool is_person(const AnyRecord& party) { return party.as<Party>().nature == PartyNature::person; }

}  // namespace

RowWriter::RowWriter(const Mapping& mapping, const ImportOptions& options,
                     const kernel::SessionState& session)
    : mapping_(mapping),
      options_(options),
      conversion_(options, session.zone, Currency(session.database->currency())),
      matcher_(system_of(options), *mapping.kind, options.dry_run),
      candidate_(mapping, options),
      stored_(*mapping.kind),
      found_(*mapping.kind) {}

void RowWriter::begin(kernel::Transaction& transaction) {
    transaction_ = &transaction;
    matcher_.begin(transaction);
    conversion_.use_lists(transaction.lists());
    if (options_.default_owner.empty()) return;
    const auto owner = matcher_.user(options_.default_owner);
    if (!owner || !owner->is_active)
        throw Invalid("import", "default_owner",
                      "\"" + options_.default_owner + "\" is no login of an active user");
}

RowOutcome RowWriter::write(const SourceRow& row) {
    kernel::Transaction::Part part(*transaction_);
    RowOutcome outcome = attempt(row);
    if (outcome.result != RowResult::rejected) part.keep();
    return outcome;
}

std::optional<RowOutcome> RowWriter::try_write(const SourceRow& row) {
    RowOutcome outcome = attempt(row);
    if (outcome.result == RowResult::rejected && has_written_) return std::nullopt;
    return outcome;
}

RowOutcome RowWriter::attempt(const SourceRow& row) {
    RowOutcome outcome{.row = row.number};
    stage_ = nullptr;
    has_written_ = false;
    if (!row.problem.empty()) return refuse_row(outcome, {}, std::string(row.problem)), outcome;
    try {
        candidate_.fill(row.fields, conversion_, matcher_);
        outcome.key = candidate_.key();
        settle(outcome);
    } catch (const Rejection& bad) {
        outcome.key = candidate_.key();
        refuse_row(outcome, bad.source == no_source ? std::string{} : mapping_.header[bad.source],
                   bad.reason);
    } catch (const Conflict& bad) {
        refuse_row(outcome, {}, bad.what());
    } catch (const Denied& bad) {
        refuse_row(outcome, {}, bad.what());
    } catch (const NotFound& bad) {
        refuse_row(outcome, {}, bad.what());
    } catch (const LimitExceeded& bad) {
        refuse_row(outcome, {}, bad.what());
    }
    return outcome;
}

void RowWriter::keep() {
    for (const auto& [naming, text] : remembered_) matcher_.remember(naming, text);
    remembered_.clear();
}

void RowWriter::forget() {
    remembered_.clear();
    matcher_.begin(*transaction_);
}

void RowWriter::settle(RowOutcome& outcome) try {
    if (const Ref id = match()) return settle_found(outcome, id);
    if (was_in_earlier_batch()) return settle_repeated(outcome);
    outcome.record = create();
    outcome.result = RowResult::created;
    remember();
} catch (const Invalid& bad) {
    reject(bad);
}

/// Blames the source column that the field came from.
void RowWriter::reject(const Invalid& bad) const {
    const bool is_owner = bad.field == "owner" || bad.field == "owner_id";
    std::size_t source = no_source;
    if (is_owner) {
        const auto owner =
            std::ranges::find(mapping_.targets, Target::Place::owner, &Target::place);
        if (owner != mapping_.targets.end()) source = owner->source;
    } else if (stage_) {
        source = candidate_.source_of(*stage_, bad.field);
    }
    if (source != no_source) throw Rejection{source, bad.reason};
    throw Rejection{no_source,
                    bad.kind + (bad.field.empty() ? "" : "." + bad.field) + ": " + bad.reason};
}

// ---- matching

bool RowWriter::is_party() const { return mapping_.kind->number == kernel::number::party; }

Ref RowWriter::match() {
    lacks_key_ = false;
    if (!candidate_.key().empty())
        if (const auto ref = matcher_.by_key(*mapping_.kind, candidate_.key())) return *ref;
    return is_party() ? match_by_code() : Ref{};
}

/// A record of that code gets the key as well, unless it has another one of this system.
Ref RowWriter::match_by_code() {
    const auto& code = candidate_.record().record.as<Party>().code;
    const auto ref =
        code.empty() ? std::nullopt : matcher_.by_code(*mapping_.kind, clean_text(code));
    if (!ref || candidate_.key().empty()) return ref.value_or(Ref{});
    if (const auto other = matcher_.key_of(*ref))
        throw Rejection{
            candidate_.source_of(candidate_.record(), "code"),
            "the party of the code \"" + code + "\" has the key \"" + *other + "\" already"};
    lacks_key_ = true;
    return *ref;
}

bool RowWriter::was_in_earlier_batch() const {
    if (matcher_.was_seen(Naming::key, candidate_.key())) return true;
    return is_party() &&
           matcher_.was_seen(Naming::code, fold(candidate_.record().record.as<Party>().code));
}

/// Only in a dry run: what was read before is no longer there to compare with.
void RowWriter::settle_repeated(RowOutcome& outcome) const {
    constexpr std::string_view reason = "an earlier row of the file has this key or code";
    if (options_.on_conflict == OnConflict::fail)
        return refuse_row(outcome, {}, std::string(reason));
    outcome.result =
        options_.on_conflict == OnConflict::update ? RowResult::updated : RowResult::skipped;
    outcome.reason = reason;
}

void RowWriter::remember() {
    if (!options_.dry_run) return;
    if (!candidate_.key().empty()) remembered_.emplace_back(Naming::key, candidate_.key());
    if (is_party())
        remembered_.emplace_back(Naming::code, fold(candidate_.record().record.as<Party>().code));
}

// ---- creating

/// Names belong to the contact that a natural person is; nothing given is dropped in silence.
void RowWriter::check_names(bool person) {
    const Draft& names = candidate_.contact();
    Draft& record = candidate_.record();
    const auto& party = record.record.as<Party>();
    if (!person && names.given != 0)
        throw Rejection{
            names.source,
            "only a natural person has this name: set nature to person, or leave it empty"};
    if (!person) return;
    const Column& name = mapping_.kind->column("name");
    const std::string derived = domain::name_of(names.record.as<Contact>()).name;
    if (record.has(name) && fold(party.name) != fold(derived))
        throw Rejection{
            candidate_.source_of(record, "name"),
            "a natural person is named by first_name, last_name and patronymic: leave this empty"};
    record.take(name);
}

Ref RowWriter::create() {
    Draft& record = candidate_.record();
    const bool person = is_party() && is_person(record.record);
    if (is_party()) check_names(person);
    stage_ = &record;
    if (person)
        create_person();
    else
        insert(*mapping_.kind, record.record.data());
    const Ref id = record.record.head().id;
    for (Draft* child : candidate_.children()) add_child(*child, id);
    if (!candidate_.key().empty()) add_key(id);
    return id;
}

Ref RowWriter::create_person() {
    Draft& names = candidate_.contact();
    auto& party = *static_cast<Party*>(candidate_.record().record.data());
    auto& contact = *static_cast<Contact*>(names.record.data());
    if (names.given == 0)
        throw Rejection{candidate_.source_of(candidate_.record(), "nature"),
                        "a natural person needs first_name or last_name"};
    auto name = domain::name_of(contact);
    party.name = std::move(name.name);
    party.name_key = std::move(name.key);
    insert(kind_of<Party>(), &party);
    stage_ = &names;
    contact.person = party.head.id;
    contact.head = {
        .owner = party.head.owner, .unit = party.head.unit, .territory = party.head.territory};
    insert(kind_of<Contact>(), &contact);
    return party.head.id;
}

void RowWriter::insert(const Kind& kind, void* record) {
    kernel::insert(*transaction_, kind, record);
    has_written_ = true;
}

void RowWriter::add_child(Draft& child, Ref parent) {
    stage_ = &child;
    child.group->parent->set(child.record.data(), parent.value());
    insert(child.kind(), child.record.data());
}

void RowWriter::add_key(Ref record) {
    stage_ = nullptr;
    ExternalKey key{.record = record, .system = matcher_.system(), .key = candidate_.key()};
    try {
        insert(kind_of<ExternalKey>(), &key);
    } catch (const Suppressed&) {
        throw;
    } catch (const Conflict&) {
        throw Rejection{mapping_.key, "the key is taken by a record that you may not see"};
    } catch (const Invalid& bad) {
        throw Rejection{mapping_.key, bad.reason};
    }
}

// ---- changing

void RowWriter::settle_found(RowOutcome& outcome, Ref id) {
    if (options_.on_conflict == OnConflict::fail)
        throw Rejection{lacks_key_ || mapping_.key == no_source
                            ? candidate_.source_of(candidate_.record(), "code")
                            : mapping_.key,
                        "the record exists already"};
    outcome.record = id;
    find_changes(id);
    if (changes_.empty() && !lacks_key_) {
        outcome.result = RowResult::unchanged;
    } else if (options_.on_conflict == OnConflict::skip) {
        outcome.result = RowResult::skipped;
        outcome.reason = "exists already and differs in " + differing_columns();
    } else {
        apply(id);
        outcome.result = RowResult::updated;
    }
}

/// Brings a draft into the form that is stored, so that it can be compared; what is empty then was
/// not given.
void RowWriter::prepare(Draft& draft) {
    stage_ = &draft;
    kernel::clean(draft.kind(), draft.record.data());
    for (const Column& column : draft.kind().columns)
        if (draft.has(column) && column.get(draft.record.data()).is_null()) draft.take(column);
}

void RowWriter::find_changes(Ref id) {
    changes_.clear();
    stored_ = AnyRecord(*mapping_.kind);
    kernel::load(transaction_->connection(), transaction_->plan(*mapping_.kind), id,
                 stored_.data());
    if (is_party()) check_names(is_person(stored_));
    prepare(candidate_.record());
    compare(candidate_.record(), stored_);
    compare_head(stored_.head());
    if (candidate_.contact().given != 0) compare_person(id);
    for (Draft* child : candidate_.children()) compare_child(*child, id);
}

void RowWriter::compare_head(const Head& stored) {
    const Head& given = candidate_.record().record.head();
    const bool moves = candidate_.owner_is_given() && given.owner != stored.owner;
    const bool changes_unit = candidate_.unit_is_given() && given.unit != stored.unit;
    if ((moves || changes_unit) && changes_.empty())
        changes_.push_back({&candidate_.record(), stored.id, {}});
    if (moves) changes_.back().fields.push_back({"owner_id", given.owner.value()});
    if (changes_unit) changes_.back().fields.push_back({"unit_id", given.unit.value()});
}

void RowWriter::compare(Draft& draft, const AnyRecord& stored) {
    std::vector<Assignment> fields;
    for (const Column& column : draft.kind().columns) {
        if (!draft.has(column)) continue;
        const Value value = column.get(draft.record.data());
        if (!(column.get(stored.data()) == value)) fields.push_back({column.name, value});
    }
    if (!fields.empty()) changes_.push_back({&draft, stored.head().id, std::move(fields)});
}

void RowWriter::compare_person(Ref party) {
    Work work(*transaction_);
    const auto found = domain::refs(work, "contact.of_person", {{":party", party.value()}});
    if (found.empty()) throw NotFound("contact: no such record");
    found_ = AnyRecord(kind_of<Contact>());
    const auto& plan = transaction_->plan(kind_of<Contact>());
    kernel::load(transaction_->connection(), plan, found.front(), found_.data());
    prepare(candidate_.contact());
    compare(candidate_.contact(), found_);
}

/// What the rules derive of a new child is part of what it is known by, and of what it says.
void RowWriter::compare_child(Draft& child, Ref parent) {
    prepare(child);
    child.group->parent->set(child.record.data(), parent.value());
    Work work(*transaction_);
    if (child.kind().rules.derive) child.kind().rules.derive(work, child.record.data());
    const AnyRecord blank(child.kind());
    for (const Column& column : child.kind().columns) {
        const Value value = column.get(child.record.data());
        const bool is_said = !column.has(derived) && !column.has(crm::parent) &&
                             !(value == column.get(blank.data()));
        if (value.is_null())
            child.take(column);
        else if (is_said)
            child.give(column);
    }
    if (matcher_.child_like(child.record, parent, child.group->part->match, found_))
        compare(child, found_);
    else
        changes_.push_back({&child, {}, {}});
}

void RowWriter::apply(Ref id) {
    for (Change& change : changes_) {
        if (!change.id) {
            add_child(*change.draft, id);
            continue;
        }
        stage_ = change.draft;
        kernel::update(*transaction_, change.draft->kind(), change.id, any_version, change.fields);
        has_written_ = true;
    }
    if (lacks_key_) add_key(id);
}

std::string RowWriter::differing_columns() const {
    std::vector<std::size_t> sources;
    for (const Change& change : changes_) {
        if (!change.id) sources.push_back(change.draft->source);
        for (const Assignment& assigned : change.fields)
            sources.push_back(candidate_.source_of(*change.draft, assigned.field));
    }
    if (lacks_key_) sources.push_back(mapping_.key);
    std::ranges::sort(sources);
    sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
    std::string text;
    for (const std::size_t source : sources)
        (text += text.empty() ? "" : ", ") +=
            source == no_source ? "owner or unit" : mapping_.header[source];
    return text;
}

}  // namespace crm::exchange
