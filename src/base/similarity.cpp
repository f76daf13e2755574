#include "base/similarity.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <numeric>

#include "base/utf8.hpp"
#include "crm/text.hpp"

namespace crm::base {
namespace {

/// From а on, folded: й, і, ї are и there, ё and є are е, ґ is г, ў is у.
constexpr std::string_view cyrillic_sounds[] = {
    "a", "b", "v", "g", "d", "e", "zh", "z",  "i",  "i",    "k", "l", "m", "n", "o",  "p",
    "r", "s", "t", "u", "f", "h", "ts", "ch", "sh", "shch", "",  "i", "",  "e", "iu", "ia"};

bool is_cyrillic(char32_t code) { return code >= U'а' && code <= U'я'; }

/// Quotation marks, dashes, currency signs and their like are no part of a name.
bool is_sign(char32_t code) {
    return (code >= 0x80 && code < 0xc0) || (code >= 0x2000 && code < 0x2c00);
}

bool is_plain(char32_t code) {
    return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') ||
           (code >= 0x80 && !is_sign(code));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_vowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }

/// Letters as they sound, other signs as spaces.
std::string sounds_of(std::string_view folded) {
    std::string out;
    out.reserve(folded.size());
    const char* const end = folded.data() + folded.size();
    for (const char* at = folded.data(); at != end;) {
        const Decoded next = decode(at, end);
        const std::size_t size = std::max<std::size_t>(next.size, 1);
        if (is_cyrillic(next.code))
            out += cyrillic_sounds[next.code - U'а'];
        else if (*at == 'y')
            out += 'i';
        else if (is_plain(next.code))
            out.append(at, size);
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
        at += size;
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

/// "kh" is "h", and a word does not end in two i.
std::string simplified(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool ends_word = i + 1 == text.size() || text[i + 1] == ' ';
        if (text[i] == 'k' && i + 1 < text.size() && text[i + 1] == 'h') continue;
        if (text[i] == 'i' && ends_word && !out.empty() && out.back() == 'i') continue;
        out += text[i];
    }
    return out;
}

struct Spelling {
    std::string_view latin, cyrillic;
};
/// Longest first where one begins another.
constexpr Spelling spellings[] = {
    {"shch", "щ"}, {"zh", "ж"}, {"ts", "ц"}, {"ch", "ч"}, {"sh", "ш"}, {"iu", "ю"}, {"ia", "я"},
    {"a", "а"},    {"b", "б"},  {"c", "к"},  {"d", "д"},  {"e", "е"},  {"f", "ф"},  {"g", "г"},
    {"h", "х"},    {"i", "и"},  {"j", "ж"},  {"k", "к"},  {"l", "л"},  {"m", "м"},  {"n", "н"},
    {"o", "о"},    {"p", "п"},  {"q", "к"},  {"r", "р"},  {"s", "с"},  {"t", "т"},  {"u", "у"},
    {"v", "в"},    {"w", "в"},  {"x", "кс"}, {"z", "з"}};

/// Consonants that are taken for one another when a name is heard or written down again.
char group_of(char c) {
    switch (c) {
        case 'c':
        case 'k':
        case 'q':
        case 'x': return 'k';
        case 's':
        case 'z': return 's';
        case 'v':
        case 'w':
        case 'f': return 'f';
        case 'j':
        case 'g': return 'g';
        case 'd':
        case 't': return 't';
        case 'b':
        case 'p': return 'p';
        case 'n':
        case 'm': return 'n';
        default: return c;
    }
}

}  // namespace

std::string latin(std::string_view text) { return simplified(sounds_of(fold(text))); }

std::string cyrillic(std::string_view latin) {
    std::string out;
    while (!latin.empty()) {
        const auto* found = std::ranges::find_if(
            spellings, [&](const Spelling& spelling) { return latin.starts_with(spelling.latin); });
        const bool known = found != std::end(spellings);
        out += known ? found->cyrillic : latin.substr(0, 1);
        latin.remove_prefix(known ? found->latin.size() : 1);
    }
    return out;
}

LettersApart letters_apart(std::string_view a, std::string_view b) {
    const auto letters_of = [](std::string_view text) {
        std::uint64_t letters = 0;
        for (const char c : text)
            letters |= std::uint64_t{1} << (static_cast<unsigned char>(c) & 63);
        return letters;
    };
    const std::uint64_t of_a = letters_of(a), of_b = letters_of(b);
    return {std::popcount(of_a & ~of_b), std::popcount(of_b & ~of_a)};
}

std::size_t slips_between(std::string_view a, std::string_view b, std::size_t limit) {
    constexpr std::size_t longest = 128;
    a = a.substr(0, longest), b = b.substr(0, longest);
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > limit) return limit + 1;
    const LettersApart apart = letters_apart(a, b);
    if (static_cast<std::size_t>(std::max(apart.only_a, apart.only_b)) > limit) return limit + 1;
    std::array<std::array<std::uint16_t, longest + 1>, 3> rows;
    std::iota(rows[0].begin(), rows[0].begin() + b.size() + 1, std::uint16_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        const auto& above = rows[(i - 1) % 3];
        auto& row = rows[i % 3];
        row[0] = static_cast<std::uint16_t>(i);
        std::uint16_t least = row[0];
        for (std::size_t j = 1; j <= b.size(); ++j) {
            int cost =
                std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost = std::min(cost, rows[(i - 2) % 3][j - 2] + 1);
            row[j] = static_cast<std::uint16_t>(cost);
            least = std::min(least, row[j]);
        }
        if (least > limit) return limit + 1;
    }
    return std::min<std::size_t>(rows[a.size() % 3][b.size()], limit + 1);
}

double jaro_winkler(std::string_view a, std::string_view b) {
    a = a.substr(0, 64), b = b.substr(0, 64);
    if (a.empty() || b.empty()) return 0;
    if (a == b) return 1;
    const std::size_t reach = std::max<std::size_t>(std::max(a.size(), b.size()) / 2, 1) - 1;
    std::uint64_t in_a = 0, in_b = 0;
    int common = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::size_t first = i > reach ? i - reach : 0,
                          last = std::min(i + reach + 1, b.size());
        for (std::size_t j = first; j < last; ++j)
            if (a[i] == b[j] && !(in_b >> j & 1)) {
                in_a |= std::uint64_t{1} << i, in_b |= std::uint64_t{1} << j;
                ++common;
                break;
            }
    }
    if (common == 0) return 0;
    int crossed = 0;
    for (std::size_t i = 0, j = 0; i < a.size(); ++i) {
        if (!(in_a >> i & 1)) continue;
        while (!(in_b >> j & 1)) ++j;
        crossed += a[i] != b[j++];
    }
    const double m = common;
    const double jaro = (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
                         (m - crossed / 2.0) / m) /
                        3;
    std::size_t start = 0;
    while (start < 4 && start < a.size() && start < b.size() && a[start] == b[start]) ++start;
    return jaro + static_cast<double>(start) * 0.1 * (1 - jaro);
}

std::string skeleton(std::string_view word) {
    std::string out;
    for (std::size_t i = 0; i < word.size() && out.size() < 6; ++i) {
        if (is_digit(word[i])) {
            out += word[i];
            continue;
        }
        const bool vowel = is_vowel(word[i]);
        if (i > 0 && (vowel || word[i] == 'h')) continue;
        const bool ph = word[i] == 'p' && i + 1 < word.size() && word[i + 1] == 'h';
        const char sign = vowel ? 'a' : ph ? 'f' : group_of(word[i]);
        if (out.empty() || out.back() != sign) out += sign;
    }
    return out;
}

}  // namespace crm::base
