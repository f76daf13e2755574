/// How a party, a contact or a lead stands to each channel, read in a snapshot.
#pragma once

#include <vector>

#include "crm/consent.hpp"
#include "kernel/select.hpp"

namespace crm::domain {

/// Every channel in use, in the order of the list, "any" left out, of a visible party, contact or
/// lead.
std::vector<ConsentSummary> consent_summary(kernel::Reading& reading, Ref record);

}  // namespace crm::domain
