/// The days on which a rule takes place, times of day, COUNT and BYSETPOS apart.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "base/recurrence_rule.hpp"

namespace crm::inline v1::recurrence {

/// The years in which days are searched: of the Gregorian calendar, to where libical ends.
inline constexpr std::chrono::year first_year{1583}, last_year{2582};

/// The first day of a day's week, which WKST says.
std::chrono::sys_days week_start(const Rule& rule, std::chrono::sys_days day);

/// Days in order, each asked for once.
class Days {
public:
    virtual ~Days() = default;
    virtual std::optional<std::chrono::sys_days> next() = 0;
    /// What a day costs compared with a plain one, roughly.
    virtual int cost() const { return 1; }
};

/// Days to `last` of the rule that starts on `start`, from the beginning of its day, week, month or
/// year in which `from` lies, or from an earlier one. Rules within the day have every day that they
/// do not exclude. Throws Misuse for what this build cannot expand.
std::unique_ptr<Days> days_of(const Rule& rule, std::chrono::sys_days start,
                              std::chrono::sys_days from, std::chrono::sys_days last);

}  // namespace crm::recurrence
