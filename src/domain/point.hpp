/// Points: what look-up uses of one.
#pragma once

#include <string>
#include <string_view>

#include "crm/point.hpp"

namespace crm::domain {

/// The normalised value by the point's type; phones by the file's country. Throws Invalid for an
/// e-mail address that is none.
std::string normal_form(const Point& point, std::string_view country);

}  // namespace crm::domain
