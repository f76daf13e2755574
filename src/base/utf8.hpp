/// UTF-8, one code point at a time. Internal.
#pragma once

#include <cstddef>
#include <string>

namespace crm::base {

/// A code point and the bytes it took; no bytes where they are not valid UTF-8.
struct Decoded {
    char32_t code = 0;
    std::size_t size = 0;
};

constexpr bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Reads the code point at `at`, which must be before `end`. Overlong forms, surrogates and what is
/// beyond U+10FFFF are not valid.
constexpr Decoded decode(const char* at, const char* end) {
    const auto lead = static_cast<unsigned char>(*at);
    if (lead < 0x80) return {lead, 1};
    if (lead < 0xc2 || lead > 0xf4) return {};
    const std::size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (static_cast<std::size_t>(end - at) < size) return {};
    char32_t code = lead & (0x7fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if (!is_continuation(at[i])) return {};
        code = code << 6 | (static_cast<unsigned char>(at[i]) & 0x3f);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < smallest[size] || surrogate || code > 0x10ffff) return {};
    return {code, size};
}

/// Writes a valid code point to `out`, which has room for four bytes; answers how many it took.
constexpr std::size_t encode(char32_t code, char* out) {
    const auto tail = [code](int shift) {
        return static_cast<char>(0x80 | (code >> shift & 0x3f));
    };
    if (code < 0x80) return out[0] = static_cast<char>(code), 1;
    if (code < 0x800) return out[0] = static_cast<char>(0xc0 | code >> 6), out[1] = tail(0), 2;
    if (code < 0x10000) {
        out[0] = static_cast<char>(0xe0 | code >> 12);
        out[1] = tail(6), out[2] = tail(0);
        return 3;
    }
    out[0] = static_cast<char>(0xf0 | code >> 18);
    out[1] = tail(12), out[2] = tail(6), out[3] = tail(0);
    return 4;
}

constexpr bool is_space(char32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

}  // namespace crm::base
