#include "crm/duplicates.hpp"

#include "crm/distinct_pair.hpp"
#include "crm/session.hpp"
#include "domain/duplicate_search.hpp"
#include "domain/people_merge.hpp"
#include "domain/records.hpp"

namespace crm::inline v1 {
namespace {

namespace number = kernel::number;

void require_between(const char* field, double value, double least, double most) {
    if (!(value >= least && value <= most))
        throw Invalid("duplicate", field,
                      "must be " + std::to_string(static_cast<long>(least)) + " to " +
                          std::to_string(static_cast<long>(most)));
}

KindNumber comparable_kind(KindNumber kind) {
    if (kind == number::party || kind == number::contact) return kind;
    throw Invalid("duplicate", "kind", "duplicates are of parties or of contacts");
}

void check(const LookUp& options) {
    require_between("min_score", options.min_score, 0, 1);
    require_between("limit", options.limit, 1, 1'000);
}

std::vector<Duplicate> beside(kernel::Reading& reading, const AnyRecord& record,
                              const std::vector<AnyRecord>& parts, const LookUp& options) {
    const KindNumber kind = comparable_kind(record.kind().number);
    const auto portrait = domain::Portraits(reading, kind).of(record, parts);
    return domain::look_up(reading, kind, portrait, options);
}

/// Of a rehearsal: the likeliest are enough.
void add_alike(kernel::Reading& reading, KindNumber kind, const void* record,
               std::vector<Duplicate>& found) {
    AnyRecord any(*reading.kind(kind));
    any.kind().copy(any.data(), record);
    for (auto& duplicate : beside(reading, any, {}, {})) found.push_back(std::move(duplicate));
}

std::optional<Id<DistinctPair>> known_pair(const Session& session, Ref a, Ref b) {
    if (b < a) std::swap(a, b);
    kernel::Reading reading(session.state());
    auto row = kernel::named_query(reading, "duplicate.pair",
                                   {{":record", a.value()}, {":other", b.value()}});
    return row.step() ? std::optional(Id<DistinctPair>{row.integer(0)}) : std::nullopt;
}

std::string merge_verb(Ref survivor) {
    return survivor.kind() == number::contact ? "contact.merge" : "party.merge";
}

}  // namespace

std::vector<Duplicate> Duplicates::of(Ref record, const LookUp& options) const {
    check(options);
    kernel::Reading reading(session_->state());
    const auto found = kernel::find(reading, record);
    if (!found) throw NotFound("duplicate: no such record");
    return beside(reading, *found, {}, options);
}

std::vector<Duplicate> Duplicates::of(const AnyRecord& draft, const std::vector<AnyRecord>& parts,
                                      const LookUp& options) const {
    check(options);
    kernel::Reading reading(session_->state());
    return beside(reading, draft, parts, options);
}

DuplicatePage Duplicates::find(const DuplicateQuery& query) const {
    require_between("min_score", query.min_score, 0, 1);
    require_between("limit", query.limit, 1, 100'000);
    kernel::Reading reading(session_->state());
    return domain::find_all(reading, comparable_kind(reading.kind_named(query.kind).number), query);
}

void Duplicates::dismiss(Ref a, Ref b) {
    session_->write("duplicate.dismiss", [&](Work&) {
        if (!known_pair(*session_, a, b))
            Records<DistinctPair>(*session_).add({.record = a, .other = b});
    });
}

void Duplicates::undismiss(Ref a, Ref b) {
    session_->write("duplicate.undismiss", [&](Work&) {
        if (const auto pair = known_pair(*session_, a, b))
            Records<DistinctPair>(*session_).remove(*pair);
    });
}

Merged Duplicates::merge(Ref survivor, const std::vector<Ref>& others,
                         const MergeOptions& options) {
    kernel::MergeCount count;
    const Command command = session_->write(merge_verb(survivor), [&](Work& work) {
        count = domain::merge_people(work, survivor, others, options);
    });
    return {command.id, survivor, count.moved, count.dropped};
}

Effects Duplicates::rehearse_merge(Ref survivor, const std::vector<Ref>& others,
                                   const MergeOptions& options) {
    return session_->rehearse(
        [&](Work& work) { domain::merge_people(work, survivor, others, options); });
}

Undone Duplicates::unmerge(CommandId merge) {
    session_->command(merge);  // must be the session's to see
    {
        kernel::Reading reading(session_->state());
        if (!kernel::exists(reading.connection(), "duplicate.is_merge",
                            {{":command", static_cast<std::int64_t>(merge)}}))
            throw Invalid("merge", "command",
                          "is not the command of a merge: undo it as any other");
    }
    return session_->undo(CommandFilter{.commands = {merge}}, {.skip_conflicts = true});
}

Undone Duplicates::unmerge(Ref old) {
    if (!merged_into(old)) throw NotFound("merge: no such record went in one");
    CommandId merge{};
    {
        kernel::Reading reading(session_->state());
        merge = kernel::merge_of(reading.connection(), old);
    }
    return unmerge(merge);
}

Ref Duplicates::merged_into(Ref old) const {
    kernel::Reading reading(session_->state());
    const Ref now = kernel::merged_into(reading.connection(), old);
    return now && kernel::find(reading, now) ? now : Ref{};
}

}  // namespace crm

namespace crm::domain {

void party_alike(kernel::Reading& reading, const void* record, std::vector<Duplicate>& found) {
    add_alike(reading, number::party, record, found);
}

void contact_alike(kernel::Reading& reading, const void* record, std::vector<Duplicate>& found) {
    add_alike(reading, number::contact, record, found);
}

}  // namespace crm::domain
