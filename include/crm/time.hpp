/// Time: instants in UTC, civil dates, the one clock, and zones by their IANA names.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "crm/api.hpp"

namespace crm::inline v1 {

/// An instant: microseconds since 1970-01-01 00:00 UTC.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// Where the library takes "now" from. The embedder may set one (EMB-01); it must be thread-safe.
using Clock = std::function<Time()>;

/// A civil date, without zone or time of day; kept as its text YYYY-MM-DD, years 0001 to 9999.
class CRM_API Date {
public:
    /// 0001-01-01.
    constexpr Date() = default;
    /// Throws Invalid where there is no such day.
    Date(int year, unsigned month, unsigned day);
    /// Reads exactly YYYY-MM-DD; throws Invalid otherwise.
    static Date parse(std::string_view text);
    static std::optional<Date> try_parse(std::string_view text) noexcept;

    constexpr std::string_view text() const { return {text_.data(), text_.size()}; }
    int year() const noexcept;
    unsigned month() const noexcept;
    unsigned day() const noexcept;
    std::chrono::sys_days days() const noexcept;
    static Date from_days(std::chrono::sys_days days);
    friend constexpr auto operator<=>(const Date&, const Date&) = default;

private:
    std::array<char, 10> text_{'0', '0', '0', '1', '-', '0', '1', '-', '0', '1'};
};

/// Instant to ISO 8601 UTC text, "2026-03-02T09:00:00Z", with a fraction only where there is one.
CRM_API std::string to_text(Time time);
/// Reads ISO 8601 with "Z" or an offset ("+03:00"); throws Invalid where no zone is given.
CRM_API Time parse_time(std::string_view text);

/// A time zone by its IANA name ("Europe/Chisinau"). Cheap to copy; data from the system's tzdata.
class CRM_API Zone {
public:
    /// UTC.
    Zone();
    /// Throws Invalid for an unknown name.
    explicit Zone(std::string_view name);
    const std::string& name() const noexcept { return name_; }
    /// The civil date of an instant in this zone.
    Date date_of(Time time) const;
    /// The first instant of a civil day in this zone (not always 00:00 where clocks change).
    Time start_of(Date date) const;
    /// Instant of a local wall time. In a gap the instant after it, when repeated the first one.
    Time from_local(Date date, std::chrono::microseconds time_of_day) const;
    /// Offset from UTC at an instant.
    std::chrono::seconds offset_at(Time time) const;

private:
    std::string name_;
    const void* zone_ = nullptr;
};

}  // namespace crm
