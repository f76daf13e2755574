/// Profiles: what colleagues see of a user, put together.
#pragma once

#include <optional>
#include <vector>

#include "crm/activity.hpp"
#include "crm/territory.hpp"
#include "crm/user.hpp"

namespace crm::inline v1 {

/// One of us at a glance; what `Users::profile` answers.
struct Profile {
    User user{};
    Unit unit{};
    std::optional<Position> position{};
    std::vector<UserGroup> groups{};       ///< by name, those above the user's own too
    std::vector<UserSkill> skills{};       ///< best first
    std::vector<Territory> territories{};  ///< by name: of the user, its groups and its position,
                                           ///< without those below
    std::vector<Activity> tasks{};  ///< planned or started, soonest first, without long texts
    bool more_tasks = false;        ///< whether tasks were cut
};

}  // namespace crm
