/// The states of activities as they are stored.
#pragma once

#include <array>
#include <string_view>

#include "crm/activity.hpp"
#include "kernel/column.hpp"

namespace crm::kernel {

template <>
struct Codes<ActivityState> {
    static constexpr std::array<std::string_view, 4> all{"planned", "started", "completed",
                                                         "cancelled"};
};

}  // namespace crm::kernel
