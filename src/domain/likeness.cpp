#include "domain/likeness.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/fnv.hpp"
#include "base/similarity.hpp"

namespace crm::domain {
namespace {

using base::jaro_winkler;
using base::latin;
using base::skeleton;
using base::slips_between;

// ---- the table of weights, see docs/duplicates.md

/// Weights are logarithms (base 2) of how much likelier an observation is of two records of one
/// than of two that are not.
struct Agreement {
    double exact, close, alike, different;
};
/// That two records taken from one block are the same.
constexpr double prior = -9.0;
constexpr Agreement given_name{5.0, 3.5, 1.0, -5.5};
constexpr Agreement family_name{7.0, 5.5, 1.5, -4.5};
constexpr Agreement patronymic{3.0, 1.5, 0.0, -2.0};
constexpr double name_swapped = -1.0;
constexpr Agreement birth_date{11.0, 6.5, 4.5, -5.0};  // alike: two of year, month and day
constexpr double birth_two_slips = 2.5;
constexpr double birth_one_of_three = -1.5;
constexpr Agreement tax_code{16.0, 11.0, 0.0, -5.0};
constexpr Agreement email{12.0, 8.0, 0.0, -1.0};
constexpr Agreement phone{7.0, 4.5, 0.0, -0.5};
constexpr Agreement street{6.0, 4.5, 1.0, -1.0};
constexpr Agreement house{2.0, 0.0, 0.0, -1.0};
constexpr Agreement city{3.0, 2.0, 0.5, -1.5};
constexpr Agreement region{0.5, 0.0, 0.0, -0.5};
constexpr Agreement postal_code{5.0, 2.0, 0.0, -1.0};
/// Who shares a home shares its phone too.
constexpr double most_of_home = 14.0;
constexpr double least_of_home = -3.0;
constexpr Agreement organisation_name{11.0, 7.0, 0.0, -6.0};
constexpr double url_same = 9.0;

enum class Level : std::uint8_t { missing, exact, close, alike, different };

double weight_of(const Agreement& agreement, Level level) {
    switch (level) {
        case Level::exact: return agreement.exact;
        case Level::close: return agreement.close;
        case Level::alike: return agreement.alike;
        case Level::different: return agreement.different;
        case Level::missing: break;
    }
    return 0;
}

// ---- texts

/// Whether a name may be the other shortened: "Rob" of "Robert", or with less to say "R.".
bool is_beginning(std::string_view a, std::string_view b, std::size_t shortest) {
    if (a.size() > b.size()) std::swap(a, b);
    return a.size() >= shortest && b.starts_with(a);
}

constexpr double close_measure = 0.9, alike_measure = 0.8;

/// The most that `jaro_winkler` can be, by letters alone.
double most_measure(std::string_view a, std::string_view b) {
    const base::LettersApart apart = base::letters_apart(a, b);
    const auto of_a = static_cast<double>(a.size()), of_b = static_cast<double>(b.size());
    const double common = std::min(of_a - apart.only_a, of_b - apart.only_b);
    const double jaro = (common / of_a + common / of_b + 1) / 3;
    return a.front() == b.front() ? jaro + 0.4 * (1 - jaro) : jaro;
}

Level level_of_words(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return Level::missing;
    if (a == b) return Level::exact;
    const std::size_t slips = std::max(a.size(), b.size()) >= 8 ? 2 : 1;
    if (is_beginning(a, b, 3) || slips_between(a, b, slips) <= slips) return Level::close;
    if (is_beginning(a, b, 1)) return Level::alike;
    if (most_measure(a, b) < alike_measure) return Level::different;
    const double measure = jaro_winkler(a, b);
    return measure >= close_measure   ? Level::close
           : measure >= alike_measure ? Level::alike
                                      : Level::different;
}

Level level_of_codes(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return Level::missing;
    if (a == b) return Level::exact;
    return slips_between(a, b, 1) <= 1 ? Level::close : Level::different;
}

/// The better of two levels; what is missing tells least.
Level better(Level a, Level b) {
    if (a == Level::missing) return b;
    if (b == Level::missing) return a;
    return std::min(a, b);
}

/// The best that any of one list makes with any of another.
template <class Compare>
Level best_of(std::span<const std::string> a, std::span<const std::string> b, Compare compare,
              std::string_view& left, std::string_view& right) {
    Level best = Level::missing;
    for (const auto& one : a)
        for (const auto& other : b) {
            const Level level = compare(one, other);
            if (better(level, best) == best && best != Level::missing) continue;
            best = level, left = one, right = other;
        }
    return best;
}

// ---- evidence

/// Adds weights up, and says what they come from where that is asked for.
class Scale {
public:
    Scale(const Portrait& a, const Portrait& b, bool with_reasons)
        : a_(a), b_(b), with_reasons_(with_reasons) {
        if (a.is_person)
            weigh_person();
        else
            weigh_organisation();
        weigh_tax_code();
        weigh_email();
        weigh_home();
    }

    Duplicate result() && {
        Duplicate found{a_.record, b_.record, 1 / (1 + std::exp2(-(sum_ + prior))),
                        std::move(reasons_)};
        std::ranges::stable_sort(found.reasons, std::ranges::greater{}, &Duplicate::Reason::weight);
        return found;
    }

private:
    void add(const char* what, double weight, std::string_view left, std::string_view right) {
        sum_ += weight;
        if (!with_reasons_ || weight == 0) return;
        std::string text(left);
        if (left != right) (text += weight > 0 ? " ~ " : " / ") += right;
        reasons_.push_back({what, weight, std::move(text)});
    }

    double weight_of_names(std::string_view given, std::string_view family) const {
        return weight_of(given_name, level_of_words(a_.given, given)) +
               weight_of(family_name, level_of_words(a_.family, family));
    }

    void weigh_person() {
        const double crossed = weight_of_names(b_.family, b_.given) + name_swapped;
        const double names = std::max(weight_of_names(b_.given, b_.family), crossed);
        const double middle = weight_of(patronymic, level_of_words(a_.patronymic, b_.patronymic));
        add("name", names + middle, a_.shown, b_.shown);
        add("born_on", weight_of_birth(), a_.born_on, b_.born_on);
    }

    double weight_of_birth() const {
        const std::string_view a = a_.born_on, b = b_.born_on;
        if (a.empty() || b.empty()) return 0;
        if (a == b) return birth_date.exact;
        const auto year = [](std::string_view date) { return date.substr(0, 4); };
        const auto month = [](std::string_view date) { return date.substr(5, 2); };
        const auto day = [](std::string_view date) { return date.substr(8, 2); };
        const bool crossed = year(a) == year(b) && month(a) == day(b) && day(a) == month(b);
        if (crossed || slips_between(a, b, 1) <= 1) return birth_date.close;
        const int same = (year(a) == year(b)) + (month(a) == month(b)) + (day(a) == day(b));
        if (same == 2) return birth_date.alike;
        if (slips_between(a, b, 2) == 2) return birth_two_slips;
        return same == 1 ? birth_one_of_three : birth_date.different;
    }

    void weigh_organisation() {
        add("name", weight_of(organisation_name, level_of_words(a_.family, b_.family)), a_.shown,
            b_.shown);
        std::string_view left, right;
        const auto same = [](std::string_view one, std::string_view other) {
            return one == other ? Level::exact : Level::missing;
        };
        if (best_of(a_.urls, b_.urls, same, left, right) == Level::exact)
            add("url", url_same, left, right);
    }

    void weigh_tax_code() {
        add("tax_code", weight_of(tax_code, level_of_codes(a_.tax_code, b_.tax_code)),
            a_.tax_code_typed, b_.tax_code_typed);
    }

    static Level level_of_emails(std::string_view a, std::string_view b) {
        if (a == b) return Level::exact;
        constexpr std::size_t long_mailbox = 5;
        const auto one = a.substr(0, a.find('@')), other = b.substr(0, b.find('@'));
        const bool is_long = std::min(one.size(), other.size()) >= long_mailbox;
        const std::size_t slips = is_long ? 2 : 1;
        const bool close = (is_long && one == other) || slips_between(a, b, slips) <= slips;
        return close ? Level::close : Level::different;
    }

    void weigh_email() {
        std::string_view left, right;
        const Level level = best_of(a_.emails, b_.emails, level_of_emails, left, right);
        add("email", weight_of(email, level), left, right);
    }

    void weigh_home() {
        std::string_view left, right;
        const Level level = best_of(a_.phones, b_.phones, level_of_codes, left, right);
        const double phones = weight_of(phone, level);
        add("phone", phones, left, right);
        const Place *here = nullptr, *there = nullptr;
        const double place =
            std::min(weight_of_places(here, there), most_of_home - std::max(phones, 0.0));
        if (here) add("address", place, here->shown, there->shown);
    }

    double weight_of_places(const Place*& here, const Place*& there) const {
        double best = 0;
        for (const Place& one : a_.places)
            for (const Place& other : b_.places) {
                const double weight = weight_of_place(one, other);
                if (here && weight <= best) continue;
                best = weight, here = &one, there = &other;
            }
        return best;
    }

    static double weight_of_place(const Place& a, const Place& b) {
        const Level road = level_of_words(a.street, b.street);
        const bool same_road = road == Level::exact || road == Level::close;
        double weight = weight_of(street, road);
        if (same_road && !a.number.empty() && !b.number.empty())
            weight += weight_of(house, a.number == b.number ? Level::exact : Level::different);
        weight += weight_of(city, level_of_words(a.city, b.city));
        weight += weight_of(region, level_of_words(a.region, b.region));
        weight += weight_of(postal_code, level_of_codes(a.postal_code, b.postal_code));
        return std::max(weight, least_of_home);
    }

    const Portrait& a_;
    const Portrait& b_;
    const bool with_reasons_;
    double sum_ = 0;
    std::vector<Duplicate::Reason> reasons_;
};

// ---- words of texts

template <class Each>
void each_word(std::string_view text, Each each) {
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) each(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

bool has_digit(std::string_view word) {
    return std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

void append_word(std::string& text, std::string_view word) {
    if (!text.empty()) text += ' ';
    text += word;
}

/// Latin as `base::latin` writes them: what kind of company it is does not tell which.
constexpr std::string_view legal_forms[] = {
    "srl", "sa",  "ii",   "gt",  "ao",  "ong",  "llc", "ltd", "limited", "inc", "corp", "co",
    "plc", "llp", "gmbh", "ag",  "kg",  "sarl", "sas", "bv",  "nv",      "spa", "oi",   "ab",
    "as",  "ooo", "oao",  "zao", "pao", "ip",   "tov", "fop", "prat",    "pat", "chp",  "dp"};

bool is_legal_form(std::string_view word) {
    return std::ranges::find(legal_forms, word) != std::end(legal_forms);
}

/// "S.R.L." comes as three words of one letter: they are one.
std::string with_initials_joined(std::string_view text) {
    std::string out;
    bool single_before = false;
    each_word(text, [&](std::string_view word) {
        const bool single = word.size() == 1 && !has_digit(word);
        if (single && single_before)
            out += word;
        else
            append_word(out, word);
        single_before = single;
    });
    return out;
}

// ---- blocks

class Keys {
public:
    template <class... Parts>
    void add(std::string_view what, const Parts&... parts) {
        if ((std::string_view(parts).empty() || ...)) return;
        std::string text(what);
        ((text += '|', text += parts), ...);
        keys_.push_back(base::fnv1a(text));
    }
    std::vector<std::uint64_t> all() && {
        std::ranges::sort(keys_);
        keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
        return std::move(keys_);
    }

private:
    std::vector<std::uint64_t> keys_;
};

std::string skeleton_of(std::string_view words) {
    std::string out;
    each_word(words, [&](std::string_view word) { append_word(out, skeleton(word)); });
    return out;
}

void add_name_keys(const Portrait& portrait, Keys& keys) {
    std::string given = skeleton_of(portrait.given), family = skeleton_of(portrait.family);
    const std::string_view year = std::string_view(portrait.born_on).substr(0, 4);
    for (const auto& name : {given, family}) {
        keys.add("name and year", name, year);
        for (const Place& place : portrait.places) {
            keys.add("name and city", name, skeleton_of(place.city));
            keys.add("name and post", name, place.postal_code);
        }
    }
    keys.add("names", std::min(given, family), std::max(given, family));
    keys.add("beginnings", portrait.family.substr(0, 4), portrait.given.substr(0, 2));
    keys.add("beginnings", portrait.given.substr(0, 4), portrait.family.substr(0, 2));
}

void add_person_keys(const Portrait& portrait, Keys& keys) {
    add_name_keys(portrait, keys);
    const std::string_view born = portrait.born_on;
    keys.add("born", born);
    for (const std::string_view name : {portrait.given, portrait.family}) {
        keys.add("month", born.substr(0, std::min<std::size_t>(born.size(), 7)), name.substr(0, 1));
        keys.add("day", born.substr(std::min<std::size_t>(born.size(), 5)), name.substr(0, 1));
    }
}

void add_organisation_keys(const Portrait& portrait, Keys& keys) {
    keys.add("name", skeleton_of(portrait.family));
    keys.add("beginning", portrait.family.substr(0, 6));
    for (const auto& url : portrait.urls) keys.add("url", url);
}

}  // namespace

Place place_of(std::string_view street, std::string_view city, std::string_view region,
               std::string_view postal_code) {
    Place place{.city = latin(city), .region = latin(region), .postal_code = code_key(postal_code)};
    each_word(latin(street), [&](std::string_view word) {
        append_word(has_digit(word) ? place.number : place.street, word);
    });
    for (const auto part : {street, city, postal_code})
        if (!part.empty()) (place.shown += place.shown.empty() ? "" : ", ") += part;
    return place;
}

std::string organisation_key(std::string_view name) {
    const std::string words = with_initials_joined(latin(name));
    std::string key;
    each_word(words, [&](std::string_view word) {
        if (!is_legal_form(word)) append_word(key, word);
    });
    return key.empty() ? words : key;
}

std::string code_key(std::string_view code) {
    std::string key = latin(code);
    std::erase(key, ' ');
    return key;
}

Duplicate compared(const Portrait& a, const Portrait& b, bool with_reasons) {
    return Scale(a, b, with_reasons).result();
}

std::vector<std::uint64_t> blocking_keys(const Portrait& portrait) {
    Keys keys;
    if (portrait.is_person)
        add_person_keys(portrait, keys);
    else
        add_organisation_keys(portrait, keys);
    keys.add("tax code", portrait.tax_code);
    for (const auto& number : portrait.phones) keys.add("phone", number);
    for (const auto& address : portrait.emails) {
        keys.add("email", address);
        keys.add("mailbox", address.substr(0, address.find('@')));
    }
    for (const Place& place : portrait.places) {
        keys.add("house", place.street, place.number);
        keys.add("street", skeleton_of(place.street), place.postal_code);
    }
    return std::move(keys).all();
}

}  // namespace crm::domain
