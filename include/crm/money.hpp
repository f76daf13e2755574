/// Money: integer minor units and an ISO 4217 currency; never a double.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "crm/api.hpp"

namespace crm::inline v1 {

/// An ISO 4217 code; upper case.
class CRM_API Currency {
public:
    /// No currency: empty text.
    constexpr Currency() = default;
    /// Accepts any case; throws Invalid where the code is unknown.
    explicit Currency(std::string_view code);
    constexpr std::string_view code() const { return {code_.data(), code_[0] == 0 ? 0u : 3u}; }
    /// Digits after the decimal point: EUR 2, JPY 0, KWD 3.
    int exponent() const noexcept;
    constexpr explicit operator bool() const { return code_[0] != 0; }
    friend constexpr auto operator<=>(const Currency&, const Currency&) = default;

private:
    std::array<char, 3> code_{};
};

/// An amount in one currency. Sums of different currencies do not exist.
struct CRM_API Money {
    std::int64_t minor = 0;  ///< in the smallest unit of the currency
    Currency currency{};

    /// Reads a decimal ("1234.50", "-0.5"): digits and at most one `decimal` sign, no grouping.
    /// More decimals than the currency has are rounded half up (away from zero). Throws Invalid for
    /// anything else and LimitExceeded beyond 64 bits.
    static Money parse(std::string_view text, Currency currency, char decimal = '.');
    /// The amount as decimal text without the currency: "1234.50".
    std::string text() const;
    /// Throws Invalid for different currencies and LimitExceeded on overflow.
    Money operator+(const Money& other) const;
    Money operator-(const Money& other) const;
    bool operator==(const Money&) const = default;
};

}  // namespace crm
