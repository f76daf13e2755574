/// Random input for property tests: the same for every run of tools/test, so that a commit passes
/// or does not; another for every long run. A failure prints the seed.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace crm::test {

/// The seed of this run: CRM_TEST_SEED, else one that stays, or a random one where CRM_TEST_LONG is
/// set. Tests print it with CAPTURE.
inline std::uint32_t seed() {
    static const std::uint32_t value = [] {
        if (const char* given = std::getenv("CRM_TEST_SEED"))
            return static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10));
        return std::getenv("CRM_TEST_LONG") ? std::random_device{}() : 20'260'302u;
    }();
    return value;
}

using Random = std::mt19937;

/// A number from `first` to `last`, both included.
inline std::size_t between(Random& random, std::size_t first, std::size_t last) {
    return std::uniform_int_distribution<std::size_t>{first, last}(random);
}

/// Up to `size` bytes: any at all, or mostly such as sequences of UTF-8 are made of.
inline std::string bytes(Random& random, std::size_t size) {
    static constexpr unsigned char likely[] = {
        ' ',  'a',  '\'', '\n', 0xc3, 0xa9, 0xcc, 0x86, 0xd0, 0xb8, 0xe2, 0x80, 0x99, 0xe4,
        0xb8, 0xad, 0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0xef, 0xbb, 0xbf, 0xac, 0x81};
    std::string text(between(random, 0, size), '\0');
    const bool wild = between(random, 0, 3) == 0;
    for (char& c : text)
        c = static_cast<char>(wild ? between(random, 0, 255)
                                   : likely[between(random, 0, sizeof likely - 1)]);
    return text;
}

}  // namespace crm::test
