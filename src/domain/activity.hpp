/// Activities: pages of what was, for whatever they hang on.
#pragma once

#include <string_view>

#include "crm/activity.hpp"

namespace crm::domain {

/// A page of the named query, which is given :of and what `query` says, newest first.
Page<Activity> chronicle(const Session& session, std::string_view named, Ref of,
                         const ChronicleQuery& query);

}  // namespace crm::domain
