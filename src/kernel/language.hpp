/// Language codes, as users and labels carry them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "crm/error.hpp"

namespace crm::kernel {

/// Throws Invalid unless `code` looks like a code of ISO 639: two or three lower case letters.
inline void require_language(std::string_view code, const char* kind, const char* field) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (code.size() < 2 || code.size() > 3 || !std::ranges::all_of(code, is_letter))
        throw Invalid(
            kind, field,
            "\"" + std::string(code) + "\" is no language code of ISO 639, such as en or ro");
}

}  // namespace crm::kernel
