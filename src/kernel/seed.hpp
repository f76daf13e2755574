/// The list values that every new file begins with.
#pragma once

#include <span>
#include <string_view>

namespace crm::kernel {

/// One value with its labels. Values of a list stand together, in the order in which they are
/// shown.
struct SeedValue {
    std::string_view list;
    std::string_view code;
    std::string_view en, ro, ru, uk;
};

std::span<const SeedValue> seed_values() noexcept;

}  // namespace crm::kernel
