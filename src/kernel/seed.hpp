/// The list values that every new file begins with.
#pragma once

#include <memory>
#include <span>
#include <string_view>

namespace crm::kernel {

struct DatabaseState;

/// One value with its labels. Values of a list stand together, in the order in which they are
/// shown.
struct SeedValue {
    std::string_view list;
    std::string_view code;
    std::string_view en, ro, ru, uk;
};

std::span<const SeedValue> seed_values() noexcept;

/// Gives a file of an earlier release the lists that it does not know yet, as a command
/// `file.upgrade` of an administrator. Lists that it knows stay as they are.
void seed_new_lists(const std::shared_ptr<DatabaseState>& database);

}  // namespace crm::kernel
