/// Finding duplicates: beside one record by indexes, and in the whole file by blocks.
#pragma once

#include <vector>

#include "crm/duplicates.hpp"
#include "domain/portraits.hpp"

namespace crm::domain {

/// Those that may be the same as one, likeliest first.
std::vector<Duplicate> look_up(kernel::Reading& reading, KindNumber kind, const Portrait& portrait,
                               const LookUp& options);
/// Rules of parties and of contacts: what a rehearsal tells of records that may be repeated.
void party_alike(kernel::Reading& reading, const void* record, std::vector<Duplicate>& found);
void contact_alike(kernel::Reading& reading, const void* record, std::vector<Duplicate>& found);
/// All pairs of a kind.
DuplicatePage find_all(kernel::Reading& reading, KindNumber kind, const DuplicateQuery& query);

}  // namespace crm::domain
