/// The states of activities and projects: as they are stored, and what they mean.
#pragma once

#include <array>
#include <string_view>

#include "crm/activity.hpp"
#include "crm/project.hpp"
#include "kernel/column.hpp"

namespace crm::kernel {

template <>
struct Codes<ActivityState> {
    static constexpr std::array<std::string_view, 4> all{"planned", "started", "completed",
                                                         "cancelled"};
};

template <>
struct Codes<ProjectState> {
    static constexpr std::array<std::string_view, 4> all{"planned", "started", "completed",
                                                         "cancelled"};
};

}  // namespace crm::kernel

namespace crm::domain {

/// Whether nothing is left to do.
inline bool is_over(ActivityState state) {
    return state == ActivityState::completed || state == ActivityState::cancelled;
}
inline bool is_over(ProjectState state) {
    return state == ProjectState::completed || state == ProjectState::cancelled;
}

}  // namespace crm::domain
