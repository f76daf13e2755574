/// Dates and times as other programs write them, by a format that is told and never guessed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "crm/time.hpp"

namespace crm::exchange {

/// A wall-clock moment as a text has it.
struct WallTime {
    Date date{};
    std::chrono::microseconds time_of_day{0};
};

/// strptime's %d %m %y %Y %b %H %M %S %I %p and %%, in any order; white space matches any amount of
/// it. Numbers may lack leading zeros; %y is of 1969 to 2068; %b are English names, short or full.
class TimeFormat {
public:
    /// Throws Invalid("import", "date_format", …) for what it does not know and where day, month or
    /// year are missing.
    explicit TimeFormat(std::string_view format);
    const std::string& text() const { return format_; }
    /// Nothing where the text is of another form, or no such day or time exists.
    std::optional<WallTime> read(std::string_view text) const;

private:
    std::string format_;
};

/// ISO 8601 without a zone: "2026-03-02", "2026-03-02T09:00", "2026-03-02 09:00:15.25".
std::optional<WallTime> read_iso(std::string_view text);

}  // namespace crm::exchange
