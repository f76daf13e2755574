#include "crm/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "base/utf8.hpp"
#include "crm/error.hpp"

namespace crm::inline v1 {
namespace {

using base::Decoded;

constexpr std::size_t max_marks = 64;

struct NormalRange {
    char32_t first;
    char32_t last;
};

// Code points that NFC leaves as they are whatever stands before them, in the order in which real
// text meets them. All others take the slow way through utf8proc.
constexpr NormalRange always_normal[] = {
    {0x0000, 0x02ff},  {0x0400, 0x0482}, {0x048a, 0x0590}, {0x2002, 0x20cf}, {0x0388, 0x03ff},
    {0x1e00, 0x1eff},  {0x4e00, 0x9fff}, {0x3041, 0x3096}, {0x30a0, 0x30ff}, {0xac00, 0xd7a3},
    {0x05d0, 0x05ea},  {0x0621, 0x063a}, {0x0641, 0x064a}, {0x10a0, 0x10ff}, {0x2100, 0x2125},
    {0x2190, 0x2328},  {0x232b, 0x2adb}, {0x3000, 0x3029}, {0x3400, 0x4dbf}, {0xff01, 0xffdc},
    {0x1f300, 0x1faff}};

bool is_always_normal(char32_t code) {
    return std::ranges::any_of(always_normal,
                               [code](NormalRange r) { return code >= r.first && code <= r.last; });
}

[[noreturn]] void refuse(std::string_view reason, std::size_t offset) {
    throw Invalid("text", "", std::string{reason} + " at byte " + std::to_string(offset));
}

constexpr bool is_dropped(char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
}

// Whether the next eight bytes are ASCII without control characters.
bool eight_are_plain(const char* at) {
    constexpr std::uint64_t ones = 0x0101010101010101, tops = ones << 7;
    std::uint64_t bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    return ((bytes | (bytes - ones * 0x20)) & tops) == 0;
}

// Two bytes of U+0080 to U+02FF or of U+0400 to U+047F: nearly all that European text has beside
// ASCII.
bool is_plain_pair(const char* at, const char* end) {
    const auto lead = static_cast<unsigned char>(*at);
    const bool plain = (lead >= 0xc2 && lead <= 0xcb) || lead == 0xd0 || lead == 0xd1;
    return plain && end - at >= 2 && base::is_continuation(at[1]);
}

struct Findings {
    bool is_normal = true;
    bool has_controls = false;
};

Findings examine(std::string_view text) {
    Findings found;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at != end;) {
        const bool is_ascii = static_cast<unsigned char>(*at) < 0x80;
        if (is_ascii && end - at >= 8 && eight_are_plain(at)) {
            at += 8;
            continue;
        }
        if (!is_ascii && is_plain_pair(at, end)) {
            at += 2;
            continue;
        }
        const auto offset = static_cast<std::size_t>(at - text.data());
        const Decoded next = base::decode(at, end);
        if (next.size == 0) refuse("invalid UTF-8", offset);
        if (next.code == 0) refuse("a NUL", offset);
        if (next.size == 1)
            found.has_controls |= is_dropped(*at);
        else if (found.is_normal)
            found.is_normal = is_always_normal(next.code);
        at += next.size;
    }
    return found;
}

// Line ends of Windows and of old Macs become newlines; other controls go.
std::string without_controls(std::string_view text) {
    std::string kept;
    kept.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_dropped(text[i]))
            kept += text[i];
        else if (text[i] == '\r' && !text.substr(i + 1).starts_with('\n'))
            kept += '\n';
    }
    return kept;
}

// utf8proc sorts marks in quadratic time: without a limit a hostile text stops the process.
void refuse_piles_of_marks(std::string_view text) {
    std::size_t marks = 0;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at != end;) {
        const Decoded next = base::decode(at, end);
        const auto code = static_cast<utf8proc_int32_t>(next.code);
        marks = utf8proc_get_property(code)->combining_class == 0 ? 0 : marks + 1;
        if (marks > max_marks)
            refuse("more than 64 combining marks in a row",
                   static_cast<std::size_t>(at - text.data()));
        at += next.size;
    }
}

std::string composed(std::string_view text) {
    refuse_piles_of_marks(text);
    utf8proc_uint8_t* result = nullptr;
    const auto size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &result,
                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    if (size == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc{};
    if (size < 0) throw Invalid("text", "", utf8proc_errmsg(size));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner{result, &std::free};
    return {reinterpret_cast<const char*>(result), static_cast<std::size_t>(size)};
}

// A byte order mark counts as white space here: it comes with texts pasted out of files.
constexpr bool is_trimmed(char32_t code) { return base::is_space(code) || code == 0xfeff; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty()) {
        const Decoded first = base::decode(text.data(), text.data() + text.size());
        if (!is_trimmed(first.code)) break;
        text.remove_prefix(first.size);
    }
    while (!text.empty()) {
        std::size_t last = text.size() - 1;
        while (base::is_continuation(text[last])) --last;
        if (!is_trimmed(base::decode(text.data() + last, text.data() + text.size()).code)) break;
        text = text.substr(0, last);
    }
    return text;
}

}  // namespace

std::string clean_text(std::string_view text) {
    const Findings found = examine(text);
    if (found.is_normal && !found.has_controls) return std::string{trimmed(text)};
    std::string tidy = found.has_controls ? without_controls(text) : std::string{text};
    if (!found.is_normal) tidy = composed(tidy);
    return std::string{trimmed(tidy)};
}

bool is_clean(std::string_view text) noexcept {
    try {
        const Findings found = examine(text);
        return found.is_normal && !found.has_controls && trimmed(text).size() == text.size();
    } catch (const Invalid&) {
        return false;
    }
}

}  // namespace crm
