#include "base/iban.hpp"

#include <algorithm>
#include <iterator>

namespace crm {
namespace {

struct CountryLength {
    std::string_view country;
    std::size_t length;
};
// The IBAN registry of SWIFT, the registration authority of ISO 13616, release 99. In order.
constexpr CountryLength lengths[] = {
    {"ad", 24}, {"ae", 23}, {"al", 28}, {"at", 20}, {"az", 28}, {"ba", 20}, {"be", 16}, {"bg", 22},
    {"bh", 22}, {"bi", 27}, {"br", 29}, {"by", 28}, {"ch", 21}, {"cr", 22}, {"cy", 28}, {"cz", 24},
    {"de", 22}, {"dj", 27}, {"dk", 18}, {"do", 28}, {"ee", 20}, {"eg", 29}, {"es", 24}, {"fi", 18},
    {"fk", 18}, {"fo", 18}, {"fr", 27}, {"gb", 22}, {"ge", 22}, {"gi", 23}, {"gl", 18}, {"gr", 27},
    {"gt", 28}, {"hn", 28}, {"hr", 21}, {"hu", 28}, {"ie", 22}, {"il", 23}, {"iq", 23}, {"is", 26},
    {"it", 27}, {"jo", 30}, {"kw", 30}, {"kz", 20}, {"lb", 28}, {"lc", 32}, {"li", 21}, {"lt", 20},
    {"lu", 20}, {"lv", 21}, {"ly", 25}, {"mc", 27}, {"md", 24}, {"me", 22}, {"mk", 19}, {"mn", 20},
    {"mr", 27}, {"mt", 31}, {"mu", 30}, {"ni", 28}, {"nl", 18}, {"no", 15}, {"om", 23}, {"pk", 24},
    {"pl", 28}, {"ps", 29}, {"pt", 25}, {"qa", 29}, {"ro", 24}, {"rs", 22}, {"ru", 33}, {"sa", 24},
    {"sc", 31}, {"sd", 18}, {"se", 24}, {"si", 19}, {"sk", 24}, {"sm", 27}, {"so", 23}, {"st", 25},
    {"sv", 28}, {"tl", 23}, {"tn", 24}, {"tr", 26}, {"ua", 29}, {"va", 22}, {"vg", 24}, {"xk", 20},
    {"ye", 30},
};
static_assert(std::ranges::is_sorted(lengths, {}, &CountryLength::country));

constexpr std::size_t shortest_claim = 12;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/// 0 for a country that has no IBANs.
std::size_t length_in(std::string_view country) {
    const auto found = std::ranges::lower_bound(lengths, country, {}, &CountryLength::country);
    return found != std::end(lengths) && found->country == country ? found->length : 0;
}

/// The number that the rest and then the first four make, letters being 10 to 35, modulo 97.
unsigned remainder_of(std::string_view compact) {
    unsigned remainder = 0;
    const auto add = [&](std::string_view part) {
        for (const char c : part)
            remainder = is_digit(c) ? (remainder * 10 + static_cast<unsigned>(c - '0')) % 97
                                    : (remainder * 100 + static_cast<unsigned>(c - 'a' + 10)) % 97;
    };
    add(compact.substr(4));
    add(compact.substr(0, 4));
    return remainder;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (is_letter(c)) c = static_cast<char>(c - 'a' + 'A');
    return out;
}

}  // namespace

bool begins_like_iban(std::string_view compact) noexcept {
    return compact.size() >= shortest_claim && length_in(compact.substr(0, 2)) != 0 &&
           is_digit(compact[2]) && is_digit(compact[3]);
}

std::string fault_of_iban(std::string_view compact) {
    const auto country = compact.substr(0, 2);
    const std::size_t length = length_in(country);
    if (length == 0)
        return "is no IBAN: no country of the IBAN registry begins with \"" + upper(country) + "\"";
    if (compact.size() != length)
        return "is no IBAN: one of " + upper(country) + " has " + std::to_string(length) +
               " characters, this has " + std::to_string(compact.size());
    if (!std::ranges::all_of(compact, [](char c) { return is_digit(c) || is_letter(c); }))
        return "is no IBAN: one has only letters A-Z and digits";
    if (!is_digit(compact[2]) || !is_digit(compact[3]))
        return "is no IBAN: two check digits follow the country";
    if (remainder_of(compact) != 1)
        return "is no IBAN: its check digits do not fit, so a character is wrong or two are "
               "swapped";
    return {};
}

}  // namespace crm
