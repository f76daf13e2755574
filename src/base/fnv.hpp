/// FNV-1a: a hash that is the same in every build and on every machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace crm::base {

constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t seed = 0) {
    std::uint64_t hash = 0xcbf29ce484222325u + seed;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

}  // namespace crm::base
