/// Passwords: what it costs to check one.
#pragma once

#include <cstddef>

#include "crm/api.hpp"

namespace crm::inline v1 {

/// What one check of a password costs, by argon2id with one lane. We pay it at every login, and
/// whoever steals the file at every guess. Values below `password_cost_floor`, or above 4 GiB or
/// 1,000 passes, are refused when the file is opened.
struct PasswordCost {
    std::size_t memory = std::size_t{64} << 20;  ///< bytes, held while a password is checked
    unsigned passes = 2;                         ///< over that memory
    bool operator==(const PasswordCost&) const = default;
};

/// The least that OWASP advises: 19 MiB and two passes.
inline constexpr PasswordCost password_cost_floor{.memory = std::size_t{19} << 20, .passes = 2};

}  // namespace crm
