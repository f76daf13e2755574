/// Merging parties and contacts: what is a natural person is merged with its contact.
#pragma once

#include <vector>

#include "crm/duplicates.hpp"
#include "kernel/merge.hpp"

namespace crm::domain {

/// Within the open unit of work. Throws Invalid for what cannot be one.
kernel::MergeCount merge_people(Work& work, Ref survivor, const std::vector<Ref>& others,
                                const MergeOptions& options);

}  // namespace crm::domain
