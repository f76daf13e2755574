/// What the text of a recurrence says: its rule and its dates (RFC 5545 §3.3.10, §3.8.5).
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/time.hpp"

namespace crm::inline v1::recurrence {

enum class Frequency { secondly, minutely, hourly, daily, weekly, monthly, yearly };
/// What becomes of days that a month or year lacks (RFC 7529).
enum class Skip { omit, backward, forward };

/// "2MO" is {2, 1}, "-1SU" {-1, 7}, "FR" {0, 5}: days as ISO numbers them.
struct Weekday {
    int nth = 0;
    int day = 1;
    auto operator<=>(const Weekday&) const = default;
};

/// A DATE or DATE-TIME as written.
struct Stamp {
    std::string zone{};  ///< "UTC", the TZID, or empty: by the clock of the start
    Date date{};
    std::optional<std::chrono::seconds> time{};  ///< absent from a DATE
    auto operator<=>(const Stamp&) const = default;
};

/// RRULE. Lists are sorted and free of repetitions.
struct Rule {
    Frequency frequency = Frequency::daily;
    int interval = 1;
    std::optional<int> count{};
    std::optional<Stamp> until{};
    std::vector<int> seconds{}, minutes{}, hours{};
    std::vector<Weekday> weekdays{};
    std::vector<int> month_days{}, year_days{}, weeks{}, months{}, positions{};
    int week_start = 1;
    Skip skip = Skip::omit;
};

/// All that a recurrence says.
struct Content {
    std::optional<Rule> rule{};
    std::vector<Stamp> added{}, excepted{};
};

/// Throws Invalid.
Content read(std::string_view text);
/// The canonical text.
std::string write(const Content& content);

}  // namespace crm::recurrence
