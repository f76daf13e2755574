/// Merging records of any root kind by the traits of columns: every reference goes to the survivor.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "kernel/transaction.hpp"

namespace crm::kernel {

/// Which values the survivor takes over.
struct MergeChoice {
    std::vector<std::pair<std::string, Ref>> fields{};  ///< a field, and whose value it gets
    bool fill_empty = true;                             ///< what is empty gets what the others have
};

/// What became of the records that referred to the others; of those that the session sees.
struct MergeCount {
    std::size_t moved = 0, dropped = 0;
};

/// Within the open unit of work, all or nothing: moves every reference to `others` to `survivor`,
/// drops children that say nothing that the survivor's do not, removes the others and remembers
/// where they went. References between them and by retired properties are emptied. Fields that are
/// locked for the session are neither filled nor taken. Throws NotFound for hidden records, Denied,
/// Conflict where something hidden refers to one of the others.
MergeCount merge(Transaction& transaction, const Kind& kind, Ref survivor,
                 const std::vector<Ref>& others, const MergeChoice& choice);

/// The record that stands now for one that went in a merge, at the end of the chain; empty where it
/// did not go so, or is back. Of stored records, whatever the rights.
Ref merged_into(storage::Connection& connection, Ref old);
/// The command in which a record went by a merge; none where it did not go so.
CommandId merge_of(storage::Connection& connection, Ref old);

}  // namespace crm::kernel
