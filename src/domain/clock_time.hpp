/// Times of day as columns keep them, "HH:MM", and what they are on a date.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "crm/time.hpp"
#include "crm/time_range.hpp"

namespace crm::domain {

inline constexpr std::chrono::minutes a_day{24 * 60};

/// From midnight on, 00:00 to 24:00; nullopt for a text that is no such time.
std::optional<std::chrono::minutes> clock_time(std::string_view text);

/// Hours of a day; `ends` is beyond 24:00 where they end on the next one.
struct Shift {
    std::chrono::minutes starts, ends;
    Zone zone;

    /// Throws Invalid for a text that is no time of day.
    static Shift parse(std::string_view starts, std::string_view ends, const Zone& zone);
    TimeRange on(const Date& date) const;
};

/// Throws Invalid unless both are times of day, the first one below 24:00, and they differ.
void require_hours(const std::string& starts, const std::string& ends, const char* kind);
/// Throws Invalid for 0001-01-01, which a member that was given none holds.
void require_given(const Date& date, const char* kind, const char* field);
/// Throws Invalid where `to` lies before `from` or more than `longest` days after it.
void require_window(const Date& from, const Date& to, std::chrono::days longest, const char* kind);

inline Date next_day(const Date& date, int by = 1) {
    return Date::from_days(date.days() + std::chrono::days{by});
}

}  // namespace crm::domain
