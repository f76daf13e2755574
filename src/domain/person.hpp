/// One human, one contact: keeps a natural-person party and its contact the same in name, owner and
/// shares.
#pragma once

#include "crm/party.hpp"

namespace crm::domain {

/// Which of the two was written, and is followed by the other in owner, unit and territory.
/// Which half was moved, and takes the other along; none where only names may differ.
enum class Leader { none, party, contact };

/// Whether two heads belong to different owners, units or territories.
inline bool is_moved(const Head& before, const Head& after) {
    return before.owner != after.owner || before.unit != after.unit ||
           before.territory != after.territory;
}

/// Before the command ends: the party has exactly one contact, its name and owner are that one's,
/// and it goes where its contact went.
void settle_person(Work& work, Id<Party> party, Leader leader);

/// Name and folded key that a contact has and its party repeats.
struct PersonName {
    std::string name{}, key{}, first_key{};
};
PersonName name_of(const Contact& contact);

/// Rules of shares: a share of the one is a share of the other.
void share_written(Work& work, const void* share, const void* before);
void share_removed(Work& work, const void* share);

}  // namespace crm::domain
