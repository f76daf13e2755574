#include "domain/people_merge.hpp"

#include <algorithm>

#include "crm/party.hpp"
#include "domain/records.hpp"

namespace crm::domain {
namespace {

namespace number = kernel::number;
using kernel::MergeChoice;
using kernel::MergeCount;

constexpr std::size_t most_others = 100;
constexpr std::string_view of_contact = "contact.";

[[noreturn]] void refuse(Ref record, std::string field, std::string reason) {
    throw Invalid(record.kind() == number::contact ? "contact" : "party", std::move(field),
                  std::move(reason));
}

/// As the session sees them; throws NotFound.
template <class Record>
std::vector<Record> seen(Work& work, const std::vector<Ref>& ids) {
    kernel::Reading reading(work.transaction().session());
    std::vector<Record> found;
    for (const Ref id : ids) {
        auto record = kernel::find(reading, id);
        if (!record) throw NotFound(std::string(kind_of<Record>().name) + ": no such record");
        found.push_back(std::move(*static_cast<Record*>(record->data())));
    }
    return found;
}

std::vector<Ref> all_of(Ref survivor, const std::vector<Ref>& others) {
    std::vector<Ref> all{survivor};
    all.insert(all.end(), others.begin(), others.end());
    return all;
}

void check_given(Ref survivor, const std::vector<Ref>& others) {
    const bool known = survivor.kind() == number::party || survivor.kind() == number::contact;
    if (!known) throw Invalid("merge", "survivor", "must be a party or a contact");
    if (others.empty()) refuse(survivor, "others", "are missing: nothing to merge");
    if (others.size() > most_others) refuse(survivor, "others", "are at most 100 at a time");
    auto all = all_of(survivor, others);
    for (const Ref other : others)
        if (other.kind() != survivor.kind())
            refuse(survivor, "others", "must be of the kind of the survivor");
    std::ranges::sort(all);
    if (std::ranges::adjacent_find(all) != all.end())
        refuse(survivor, "others", "name a record twice");
}

Ref half_of(Work& work, Ref person) {
    const auto found = refs(work, "contact.of_person", {{":party", person.value()}});
    return found.empty() ? Ref{} : found.front();
}

/// Chosen fields of the party, and those of its contact with the contacts they are taken from.
struct Choices {
    MergeChoice party, contact;
};

Choices divided(Work& work, const MergeOptions& options) {
    Choices choices{{{}, options.fill_empty}, {{}, options.fill_empty}};
    for (const auto& [field, from] : options.fields)
        if (field.starts_with(of_contact))
            choices.contact.fields.emplace_back(field.substr(of_contact.size()),
                                                half_of(work, from));
        else
            choices.party.fields.emplace_back(field, from);
    return choices;
}

/// The contacts first: a party is gone when its contact is.
MergeCount merge_persons(Work& work, Ref survivor, const std::vector<Ref>& others,
                         const MergeOptions& options) {
    const Choices choices = divided(work, options);
    std::vector<Ref> contacts;
    for (const Ref other : others) contacts.push_back(half_of(work, other));
    auto& transaction = work.transaction();
    const MergeCount people = kernel::merge(transaction, kind_of<Contact>(),
                                            half_of(work, survivor), contacts, choices.contact);
    const MergeCount parties =
        kernel::merge(transaction, kind_of<Party>(), survivor, others, choices.party);
    return {people.moved + parties.moved, people.dropped + parties.dropped};
}

MergeCount merge_parties(Work& work, Ref survivor, const std::vector<Ref>& others,
                         const MergeOptions& options) {
    const auto parties = seen<Party>(work, all_of(survivor, others));
    const PartyNature nature = parties.front().nature;
    if (std::ranges::any_of(parties, [&](const Party& party) { return party.nature != nature; }))
        refuse(survivor, "nature", "an organisation and a natural person cannot be one");
    if (nature == PartyNature::person) return merge_persons(work, survivor, others, options);
    return kernel::merge(work.transaction(), kind_of<Party>(), survivor, others,
                         {options.fields, options.fill_empty});
}

MergeCount merge_contacts(Work& work, Ref survivor, const std::vector<Ref>& others,
                          const MergeOptions& options) {
    for (const Contact& contact : seen<Contact>(work, all_of(survivor, others)))
        if (contact.person && contact.head.id != survivor)
            refuse(survivor, "person_id",
                   "one of the others is the contact of a natural person: merge into that one, or "
                   "merge the persons' parties");
    return kernel::merge(work.transaction(), kind_of<Contact>(), survivor, others,
                         {options.fields, options.fill_empty});
}

}  // namespace

MergeCount merge_people(Work& work, Ref survivor, const std::vector<Ref>& others,
                        const MergeOptions& options) {
    check_given(survivor, others);
    return survivor.kind() == number::party ? merge_parties(work, survivor, others, options)
                                            : merge_contacts(work, survivor, others, options);
}

}  // namespace crm::domain
