/// The kinds of record that this release knows.
#pragma once

#include <span>
#include <string_view>

#include "crm/kind.hpp"

namespace crm::inline v1 {

/// Every kind of the library, ascending by number.
CRM_API std::span<const Kind> all_kinds() noexcept;
/// Throws Invalid for an unknown name.
CRM_API const Kind& kind_named(std::string_view name);
/// Throws NotFound for an unknown number.
CRM_API const Kind& kind_numbered(KindNumber number);

}  // namespace crm
