/// Telling users of what others did: the one place that makes notices.
#pragma once

#include <string_view>

#include "crm/id.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {
struct User;
}

namespace crm::domain {

/// Tells a user of a record, in the open command. `reason` is a code of list notice_reason. Not
/// where he did it himself or no longer works here; the same (user, reason, record) in one command
/// is told once. Rights are not asked: a record that the user may not see reads as none.
void notify(Work& work, Id<User> to, std::string_view reason, Ref record,
            std::string_view text = {});

}  // namespace crm::domain
