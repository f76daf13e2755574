#include "crm/money.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "crm/error.hpp"

namespace crm::inline v1 {
namespace {

// ISO 4217 by digits after the decimal point; the codes without a minor unit (gold, test, none)
// count as 0. Withdrawn codes stay known: old deals and bank files carry them.
constexpr std::string_view with_two =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
    "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB "
    "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW "
    "ZWG ";
constexpr std::string_view with_none =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "
    "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX ";
constexpr std::string_view with_three = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view with_four = "CLF UYW ";
constexpr std::string_view withdrawn_with_two =
    "ANG ATS AZM BGN CUC CYP DEM EEK FIM FRF GHC HRK IEP LTL LVL MRO MTL NLG ROL RUR SIT SKK SLL "
    "STD VEF ZWL ";
constexpr std::string_view withdrawn_with_none = "BEF BYR ESP GRD ITL LUF PTE TRL ";

constexpr int letters = 26;
constexpr std::int8_t unknown = -1;

constexpr int slot(std::string_view code) {
    return ((code[0] - 'A') * letters + code[1] - 'A') * letters + code[2] - 'A';
}

constexpr auto exponents = [] {
    std::array<std::int8_t, letters * letters * letters> table{};
    table.fill(unknown);
    const auto enter = [&](std::string_view codes, std::int8_t exponent) {
        for (; !codes.empty(); codes.remove_prefix(4)) table[slot(codes)] = exponent;
    };
    enter(with_two, 2);
    enter(withdrawn_with_two, 2);
    enter(with_none, 0);
    enter(withdrawn_with_none, 0);
    enter(with_three, 3);
    enter(with_four, 4);
    return table;
}();

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

[[noreturn]] void refuse(std::string_view text, char decimal) {
    throw Invalid("money", "",
                  "\"" + std::string{text} + "\" is not an amount: digits with at most one \"" +
                      decimal + "\", like 1234" + decimal + "50");
}

[[noreturn]] void overflow() {
    throw LimitExceeded("money: the amount is beyond 64 bits of minor units");
}

// A magnitude that grows digit by digit and may reach 2^63, which only a negative amount can hold.
class Magnitude {
public:
    void append(int digit) {
        if (__builtin_mul_overflow(value_, 10u, &value_)) overflow();
        add(digit);
    }
    void add(int digit) {
        if (__builtin_add_overflow(value_, static_cast<unsigned>(digit), &value_)) overflow();
    }
    std::int64_t with_sign(bool negative) const {
        constexpr auto largest =
            static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (value_ > largest + (negative ? 1 : 0)) overflow();
        return static_cast<std::int64_t>(negative ? 0 - value_ : value_);
    }

private:
    std::uint64_t value_ = 0;
};

void same_currency(const Money& a, const Money& b) {
    if (a.currency == b.currency) return;
    throw Invalid("money", "currency",
                  "amounts in " + std::string{a.currency.code()} + " and " +
                      std::string{b.currency.code()} + " cannot be added: convert one first");
}

}  // namespace

Currency::Currency(std::string_view code) {
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    std::array<char, 3> typed{};
    if (code.size() == typed.size()) std::ranges::transform(code, typed.begin(), upper);
    if (!std::ranges::all_of(typed, is_upper) ||
        exponents[slot({typed.data(), typed.size()})] == unknown)
        throw Invalid("currency", "",
                      "\"" + std::string{code} + "\" is no ISO 4217 code like EUR or MDL");
    code_ = typed;
}

int Currency::exponent() const noexcept { return code_[0] == 0 ? 0 : exponents[slot(code())]; }

Money Money::parse(std::string_view text, Currency currency, char decimal) {
    if (!currency) throw Invalid("money", "currency", "an amount needs a currency");
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) rest.remove_prefix(1);
    const auto point = std::min(rest.find(decimal), rest.size());
    const auto whole = rest.substr(0, point);
    const auto fraction = rest.substr(std::min(point + 1, rest.size()));
    if (whole.empty() && fraction.empty()) refuse(text, decimal);
    if (!std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(fraction, is_digit))
        refuse(text, decimal);

    const auto kept = static_cast<std::size_t>(currency.exponent());
    Magnitude magnitude;
    for (char digit : whole) magnitude.append(digit - '0');
    for (std::size_t i = 0; i < kept; ++i)
        magnitude.append(i < fraction.size() ? fraction[i] - '0' : 0);
    if (fraction.size() > kept && fraction[kept] >= '5') magnitude.add(1);
    return {magnitude.with_sign(negative), currency};
}

std::string Money::text() const {
    const auto places = static_cast<std::size_t>(currency.exponent());
    const auto magnitude =
        minor < 0 ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor);
    std::string digits = std::to_string(magnitude);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    if (places > 0) digits.insert(digits.size() - places, ".");
    return minor < 0 ? "-" + digits : digits;
}

Money Money::operator+(const Money& other) const {
    same_currency(*this, other);
    Money sum{0, currency};
    if (__builtin_add_overflow(minor, other.minor, &sum.minor)) overflow();
    return sum;
}

Money Money::operator-(const Money& other) const {
    same_currency(*this, other);
    Money difference{0, currency};
    if (__builtin_sub_overflow(minor, other.minor, &difference.minor)) overflow();
    return difference;
}

}  // namespace crm
