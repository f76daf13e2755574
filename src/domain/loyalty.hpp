/// The rule by which a change of a party's grade leaves a movement.
#pragma once

#include "crm/session.hpp"

namespace crm::domain {

void loyalty_written(Work& work, const void* party, const void* before);

}  // namespace crm::domain
