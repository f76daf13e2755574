/// The answers of participants as they are stored.
#pragma once

#include <array>
#include <string_view>

#include "crm/participant.hpp"
#include "kernel/column.hpp"

namespace crm::kernel {

template <>
struct Codes<Acceptance> {
    static constexpr std::array<std::string_view, 4> all{"needs_action", "accepted", "declined",
                                                         "tentative"};
};

}  // namespace crm::kernel
