#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/utf8.hpp"
#include "crm/error.hpp"
#include "crm/text.hpp"

namespace crm::inline v1 {
namespace {

using base::Decoded;

// How a country numbers its telephones: calling code; how many digits a number has without trunk
// prefix; the trunk prefixes by which it is dialled inside (several by "|"), and the prefix for
// calls abroad.
struct Country {
    std::string_view code;
    std::string_view calling;
    std::uint8_t min;
    std::uint8_t max;
    std::string_view trunk{};
    std::string_view abroad = "00";
};

// ISO 3166-1, and XK, which the EU and everybody's telephones use for Kosovo. By code.
constexpr Country countries[] = {
    {"AD", "376", 6, 9},
    {"AE", "971", 8, 9, "0"},
    {"AF", "93", 9, 9, "0"},
    {"AG", "1", 10, 10, "1", "011"},
    {"AI", "1", 10, 10, "1", "011"},
    {"AL", "355", 8, 9, "0"},
    {"AM", "374", 8, 8, "0"},
    {"AO", "244", 9, 9},
    {"AQ", "672", 6, 6},
    {"AR", "54", 10, 11, "0"},
    {"AS", "1", 10, 10, "1", "011"},
    {"AT", "43", 4, 13, "0"},
    {"AU", "61", 9, 9, "0", "0011"},
    {"AW", "297", 7, 7},
    {"AX", "358", 5, 12, "0"},
    {"AZ", "994", 9, 9, "0"},
    {"BA", "387", 8, 9, "0"},
    {"BB", "1", 10, 10, "1", "011"},
    {"BD", "880", 8, 10, "0"},
    {"BE", "32", 8, 9, "0"},
    {"BF", "226", 8, 8},
    {"BG", "359", 7, 9, "0"},
    {"BH", "973", 8, 8},
    {"BI", "257", 8, 8},
    {"BJ", "229", 8, 10},
    {"BL", "590", 9, 9, "0"},
    {"BM", "1", 10, 10, "1", "011"},
    {"BN", "673", 7, 7},
    {"BO", "591", 8, 8, "0"},
    {"BQ", "599", 7, 8},
    {"BR", "55", 10, 11, "0"},
    {"BS", "1", 10, 10, "1", "011"},
    {"BT", "975", 7, 8},
    {"BV", "47", 8, 8},
    {"BW", "267", 7, 8},
    {"BY", "375", 9, 9, "80|8|0", "810"},
    {"BZ", "501", 7, 7},
    {"CA", "1", 10, 10, "1", "011"},
    {"CC", "61", 9, 9, "0", "0011"},
    {"CD", "243", 9, 9, "0"},
    {"CF", "236", 8, 8},
    {"CG", "242", 9, 9},
    {"CH", "41", 9, 9, "0"},
    {"CI", "225", 10, 10},
    {"CK", "682", 5, 5},
    {"CL", "56", 9, 9},
    {"CM", "237", 9, 9},
    {"CN", "86", 10, 11, "0"},
    {"CO", "57", 10, 10, "0"},
    {"CR", "506", 8, 8},
    {"CU", "53", 8, 8, "0", "119"},
    {"CV", "238", 7, 7},
    {"CW", "599", 7, 8},
    {"CX", "61", 9, 9, "0", "0011"},
    {"CY", "357", 8, 8},
    {"CZ", "420", 9, 9},
    {"DE", "49", 5, 13, "0"},
    {"DJ", "253", 8, 8},
    {"DK", "45", 8, 8},
    {"DM", "1", 10, 10, "1", "011"},
    {"DO", "1", 10, 10, "1", "011"},
    {"DZ", "213", 8, 9, "0"},
    {"EC", "593", 8, 9, "0"},
    {"EE", "372", 7, 8},
    {"EG", "20", 8, 10, "0"},
    {"EH", "212", 9, 9, "0"},
    {"ER", "291", 7, 7, "0"},
    {"ES", "34", 9, 9},
    {"ET", "251", 9, 9, "0"},
    {"FI", "358", 5, 12, "0"},
    {"FJ", "679", 7, 7},
    {"FK", "500", 5, 5},
    {"FM", "691", 7, 7},
    {"FO", "298", 6, 6},
    {"FR", "33", 9, 9, "0"},
    {"GA", "241", 7, 8, "0"},
    {"GB", "44", 9, 10, "0"},
    {"GD", "1", 10, 10, "1", "011"},
    {"GE", "995", 9, 9, "0"},
    {"GF", "594", 9, 9, "0"},
    {"GG", "44", 9, 10, "0"},
    {"GH", "233", 9, 9, "0"},
    {"GI", "350", 8, 8},
    {"GL", "299", 6, 6},
    {"GM", "220", 7, 7},
    {"GN", "224", 9, 9},
    {"GP", "590", 9, 9, "0"},
    {"GQ", "240", 9, 9},
    {"GR", "30", 10, 10},
    {"GS", "500", 5, 5},
    {"GT", "502", 8, 8},
    {"GU", "1", 10, 10, "1", "011"},
    {"GW", "245", 9, 9},
    {"GY", "592", 7, 7, {}, "001"},
    {"HK", "852", 8, 8, {}, "001"},
    {"HM", "672", 6, 6},
    {"HN", "504", 8, 8},
    {"HR", "385", 8, 9, "0"},
    {"HT", "509", 8, 8},
    {"HU", "36", 8, 9, "06"},
    {"ID", "62", 8, 12, "0", "001"},
    {"IE", "353", 7, 9, "0"},
    {"IL", "972", 8, 9, "0"},
    {"IM", "44", 10, 10, "0"},
    {"IN", "91", 10, 10, "0"},
    {"IO", "246", 7, 7},
    {"IQ", "964", 8, 10, "0"},
    {"IR", "98", 10, 10, "0"},
    {"IS", "354", 7, 9},
    {"IT", "39", 6, 11},
    {"JE", "44", 10, 10, "0"},
    {"JM", "1", 10, 10, "1", "011"},
    {"JO", "962", 8, 9, "0"},
    {"JP", "81", 9, 10, "0", "010"},
    {"KE", "254", 9, 9, "0", "000"},
    {"KG", "996", 9, 9, "0"},
    {"KH", "855", 8, 9, "0", "001"},
    {"KI", "686", 5, 8, "0"},
    {"KM", "269", 7, 7},
    {"KN", "1", 10, 10, "1", "011"},
    {"KP", "850", 8, 10, "0"},
    {"KR", "82", 8, 10, "0", "001"},
    {"KW", "965", 7, 8},
    {"KY", "1", 10, 10, "1", "011"},
    {"KZ", "7", 10, 10, "8", "810"},
    {"LA", "856", 8, 10, "0"},
    {"LB", "961", 7, 8, "0"},
    {"LC", "1", 10, 10, "1", "011"},
    {"LI", "423", 7, 9},
    {"LK", "94", 9, 9, "0"},
    {"LR", "231", 7, 9, "0"},
    {"LS", "266", 8, 8},
    {"LT", "370", 8, 8, "0|8"},
    {"LU", "352", 4, 11},
    {"LV", "371", 8, 8},
    {"LY", "218", 8, 9, "0"},
    {"MA", "212", 9, 9, "0"},
    {"MC", "377", 8, 9},
    {"MD", "373", 8, 8, "0"},
    {"ME", "382", 8, 8, "0"},
    {"MF", "590", 9, 9, "0"},
    {"MG", "261", 9, 9, "0"},
    {"MH", "692", 7, 7, "1", "011"},
    {"MK", "389", 8, 8, "0"},
    {"ML", "223", 8, 8},
    {"MM", "95", 7, 10, "0"},
    {"MN", "976", 8, 8, "0", "001"},
    {"MO", "853", 8, 8},
    {"MP", "1", 10, 10, "1", "011"},
    {"MQ", "596", 9, 9, "0"},
    {"MR", "222", 8, 8},
    {"MS", "1", 10, 10, "1", "011"},
    {"MT", "356", 8, 8},
    {"MU", "230", 7, 8},
    {"MV", "960", 7, 7},
    {"MW", "265", 7, 9, "0"},
    {"MX", "52", 10, 10, "01"},
    {"MY", "60", 8, 10, "0"},
    {"MZ", "258", 8, 9},
    {"NA", "264", 8, 9, "0"},
    {"NC", "687", 6, 6},
    {"NE", "227", 8, 8},
    {"NF", "672", 6, 6},
    {"NG", "234", 7, 10, "0", "009"},
    {"NI", "505", 8, 8},
    {"NL", "31", 9, 9, "0"},
    {"NO", "47", 8, 8},
    {"NP", "977", 8, 10, "0"},
    {"NR", "674", 7, 7},
    {"NU", "683", 4, 7},
    {"NZ", "64", 8, 10, "0"},
    {"OM", "968", 8, 8},
    {"PA", "507", 7, 8},
    {"PE", "51", 8, 9, "0"},
    {"PF", "689", 6, 8},
    {"PG", "675", 7, 8},
    {"PH", "63", 8, 10, "0"},
    {"PK", "92", 9, 10, "0"},
    {"PL", "48", 9, 9},
    {"PM", "508", 6, 9, "0"},
    {"PN", "64", 8, 10, "0"},
    {"PR", "1", 10, 10, "1", "011"},
    {"PS", "970", 8, 9, "0"},
    {"PT", "351", 9, 9},
    {"PW", "680", 7, 7, {}, "011"},
    {"PY", "595", 8, 9, "0"},
    {"QA", "974", 7, 8},
    {"RE", "262", 9, 9, "0"},
    {"RO", "40", 9, 9, "0"},
    {"RS", "381", 8, 9, "0"},
    {"RU", "7", 10, 10, "8", "810"},
    {"RW", "250", 9, 9, "0"},
    {"SA", "966", 8, 9, "0"},
    {"SB", "677", 5, 7},
    {"SC", "248", 7, 7},
    {"SD", "249", 9, 9, "0"},
    {"SE", "46", 7, 10, "0"},
    {"SG", "65", 8, 8, {}, "001"},
    {"SH", "290", 5, 5},
    {"SI", "386", 8, 8, "0"},
    {"SJ", "47", 8, 8},
    {"SK", "421", 9, 9, "0"},
    {"SL", "232", 8, 8, "0"},
    {"SM", "378", 6, 10},
    {"SN", "221", 9, 9},
    {"SO", "252", 7, 9, "0"},
    {"SR", "597", 6, 7},
    {"SS", "211", 9, 9, "0"},
    {"ST", "239", 7, 7},
    {"SV", "503", 8, 8},
    {"SX", "1", 10, 10, "1", "011"},
    {"SY", "963", 8, 9, "0"},
    {"SZ", "268", 8, 8},
    {"TC", "1", 10, 10, "1", "011"},
    {"TD", "235", 8, 8},
    {"TF", "262", 9, 9, "0"},
    {"TG", "228", 8, 8},
    {"TH", "66", 8, 9, "0", "001"},
    {"TJ", "992", 9, 9, "8", "810"},
    {"TK", "690", 4, 7},
    {"TL", "670", 7, 8},
    {"TM", "993", 8, 8, "8", "810"},
    {"TN", "216", 8, 8},
    {"TO", "676", 5, 7},
    {"TR", "90", 10, 10, "0"},
    {"TT", "1", 10, 10, "1", "011"},
    {"TV", "688", 5, 7},
    {"TW", "886", 8, 9, "0", "002"},
    {"TZ", "255", 9, 9, "0", "000"},
    {"UA", "380", 9, 9, "0"},
    {"UG", "256", 9, 9, "0", "000"},
    {"UM", "1", 10, 10, "1", "011"},
    {"US", "1", 10, 10, "1", "011"},
    {"UY", "598", 8, 8, "0"},
    {"UZ", "998", 9, 9, "8"},
    {"VA", "39", 6, 11},
    {"VC", "1", 10, 10, "1", "011"},
    {"VE", "58", 10, 10, "0"},
    {"VG", "1", 10, 10, "1", "011"},
    {"VI", "1", 10, 10, "1", "011"},
    {"VN", "84", 9, 10, "0"},
    {"VU", "678", 5, 7},
    {"WF", "681", 6, 6},
    {"WS", "685", 5, 7, {}, "0"},
    {"XK", "383", 8, 9, "0"},
    {"YE", "967", 7, 9, "0"},
    {"YT", "262", 9, 9, "0"},
    {"ZA", "27", 9, 9, "0"},
    {"ZM", "260", 9, 9, "0"},
    {"ZW", "263", 8, 9, "0"},
};
static_assert(std::ranges::is_sorted(countries, {}, &Country::code));
static_assert(std::size(countries) == 250);

// A number has at most 15 digits with its calling code (E.164), and none has fewer than this.
constexpr std::size_t max_digits = 15;
constexpr std::size_t min_digits = 7;

const Country* country_of(std::string_view code) noexcept {
    const auto found = std::ranges::lower_bound(countries, code, {}, &Country::code);
    return found != std::end(countries) && found->code == code ? found : nullptr;
}

// Some country that has the calling code with which these digits begin; calling codes are chosen so
// that none begins another.
const Country* country_called(std::string_view digits) {
    const auto found = std::ranges::find_if(
        countries, [&](const Country& c) { return digits.starts_with(c.calling); });
    return found != std::end(countries) ? found : nullptr;
}

template <class Each>
void each_trunk(const Country& country, const Each& each) {
    for (auto rest = country.trunk; !rest.empty();) {
        const auto bar = std::min(rest.find('|'), rest.size());
        each(rest.substr(0, bar));
        rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
}

bool fits(const Country& country, std::string_view national) {
    return national.size() >= country.min && national.size() <= country.max;
}

// The value of a decimal digit, also full width or Arabic; none for anything else.
std::optional<int> digit_value(char32_t code) {
    for (char32_t zero : {U'0', U'\uff10', U'\u0660', U'\u06f0'})
        if (code >= zero && code <= zero + 9) return static_cast<int>(code - zero);
    return {};
}

// What a typed number consists of.
struct Typed {
    std::string digits;
    bool has_plus = false;
    std::size_t group_begin = 0;  // the last digits in parentheses; empty where there are none
    std::size_t group_end = 0;
};

// Letters after the digits begin an extension, those before them say what it is ("tel:"); a comma
// or semicolon begins a pause or another number.
bool ends_number(char32_t code) {
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
    const bool is_letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    return is_letter || code == ',' || code == ';' || code == '#' || code == '\n';
}

void read_character(char32_t code, Typed& typed, std::size_t& open) {
    const auto count = typed.digits.size();
    if (const auto digit = digit_value(code))
        typed.digits += static_cast<char>('0' + *digit);
    else if (code == '+' || code == U'\uff0b')
        typed.has_plus |= count == 0;
    else if (code == '(')
        open = count;
    else if (code == ')')
        typed.group_begin = open, typed.group_end = count;
}

Typed read_phone(std::string_view text) {
    Typed typed;
    std::size_t open = 0;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at != end;) {
        const Decoded next = base::decode(at, end);
        if (!typed.digits.empty() && ends_number(next.code)) break;
        read_character(next.code, typed, open);
        at += std::max<std::size_t>(next.size, 1);
    }
    return typed;
}

// Drops the trunk prefix that people leave inside an international number: "+44 (0)20", "+373 022".
// An 8 or 1 without parentheses is a part of the number.
std::string without_trunk(const Country& country, std::string national, std::string_view group) {
    std::size_t drop = 0;
    each_trunk(country, [&](std::string_view trunk) {
        if (drop == 0 && national.starts_with(trunk) && (group == trunk || trunk == "0"))
            drop = trunk.size();
    });
    return national.substr(drop);
}

// `skip` digits of the typed ones are a prefix for calls abroad.
std::optional<std::string> international(const Typed& typed, std::size_t skip) {
    const auto digits = std::string_view{typed.digits}.substr(skip);
    const Country* country = country_called(digits);
    if (country == nullptr) return {};
    const auto start = skip + country->calling.size();
    const bool grouped = typed.group_begin == start;
    const auto group =
        grouped ? std::string_view{typed.digits}.substr(start, typed.group_end - typed.group_begin)
                : std::string_view{};
    return "+" + std::string{country->calling} +
           without_trunk(*country, typed.digits.substr(start), group);
}

std::optional<std::string> dialled_abroad(const Typed& typed, const Country* country) {
    for (std::string_view prefix : {country ? country->abroad : "00", std::string_view{"00"}}) {
        if (prefix.size() < 2 || !typed.digits.starts_with(prefix)) continue;
        const auto left = typed.digits.size() - prefix.size();
        if (left < min_digits || left > max_digits) continue;
        if (auto number = international(typed, prefix.size())) return number;
    }
    return {};
}

// Where numbers have many lengths, one without the trunk prefix may lack its area code.
bool may_lack_area(const Country& country) {
    return !country.trunk.empty() && country.max - country.min > 2;
}

std::optional<std::string> national(std::string_view digits, const Country& country) {
    std::optional<std::string_view> found;
    each_trunk(country, [&](std::string_view trunk) {
        if (!found && digits.starts_with(trunk) && fits(country, digits.substr(trunk.size())))
            found = digits.substr(trunk.size());
    });
    if (!found && fits(country, digits) && !may_lack_area(country)) found = digits;
    if (!found && digits.size() > country.max && digits.starts_with(country.calling)) {
        const auto rest = digits.substr(country.calling.size());
        if (fits(country, rest)) found = rest;
    }
    if (!found) return {};
    return "+" + std::string{country.calling} + std::string{*found};
}

std::string lower(std::string_view text) {
    std::string out;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at != end;) {
        const Decoded next = base::decode(at, end);
        char encoded[4];
        const auto code = utf8proc_tolower(static_cast<utf8proc_int32_t>(next.code));
        out.append(encoded, base::encode(static_cast<char32_t>(code), encoded));
        at += next.size;
    }
    return out;
}

bool skip_prefix(std::string_view& text, std::string_view lower_prefix) {
    const auto same = [](char typed, char wanted) {
        return (typed >= 'A' && typed <= 'Z' ? typed + ('a' - 'A') : typed) == wanted;
    };
    if (!std::ranges::equal(text.substr(0, lower_prefix.size()), lower_prefix, same)) return false;
    text.remove_prefix(lower_prefix.size());
    return true;
}

// What stands between the last "<" and ">", or everything: "Ana Rusu <ana@example.md>".
std::string_view without_display_name(std::string_view text) {
    const auto open = text.rfind('<');
    if (open == text.npos) return text;
    const auto inside = text.substr(open + 1);
    return inside.substr(0, inside.find('>'));
}

[[noreturn]] void refuse_email(std::string_view typed) {
    throw Invalid("email", "",
                  "\"" + std::string{typed} + "\" is no e-mail address like ana@example.md");
}

std::string_view without_scheme(std::string_view url) {
    const auto colon = url.find("://");
    const auto is_scheme_character = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '+' || c == '-' || c == '.';
    };
    if (colon != url.npos && std::ranges::all_of(url.substr(0, colon), is_scheme_character))
        return url.substr(colon + 3);
    skip_prefix(url, "//");
    return url;
}

}  // namespace

bool is_country(std::string_view code) noexcept { return country_of(code) != nullptr; }

std::string normalize_phone(std::string_view typed_text, std::string_view country_code) {
    const Typed typed = read_phone(typed_text);
    const Country* country = country_of(country_code);
    if (typed.digits.empty()) return {};
    if (typed.has_plus) return international(typed, 0).value_or("+" + typed.digits);
    if (auto number = dialled_abroad(typed, country)) return *number;
    if (country == nullptr) return typed.digits;
    return national(typed.digits, *country).value_or(typed.digits);
}

std::string normalize_email(std::string_view typed) {
    const std::string clean = clean_text(typed);
    std::string_view address = without_display_name(clean);
    skip_prefix(address, "mailto:");
    const std::string tidy = clean_text(address.substr(0, address.find('?')));
    const auto at = tidy.rfind('@');
    if (at == tidy.npos || at == 0 || at + 1 == tidy.size()) refuse_email(typed);
    if (tidy.find_first_of(" \t\n") != tidy.npos) refuse_email(typed);
    return lower(tidy);
}

std::string normalize_url(std::string_view typed) {
    const std::string clean = clean_text(typed);
    std::string_view url = without_scheme(clean);
    skip_prefix(url, "www.");
    while (url.ends_with('/')) url.remove_suffix(1);
    const auto host = std::min(url.find_first_of("/?#"), url.size());
    return lower(url.substr(0, host)).append(url.substr(host));
}

}  // namespace crm
