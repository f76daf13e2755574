/// Hourly rates: what users' time costs us, and so what activities and projects cost.
#pragma once

#include <cstdint>
#include <vector>

#include "crm/activity.hpp"
#include "crm/money.hpp"
#include "crm/project.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"
#include "crm/user.hpp"

namespace crm::inline v1 {

/// What an hour of a user (`head.owner`) costs us from a day on, until the next rate begins. Close
/// to a salary: a confidential kind, which rights for "*" do not show. Administrators see and keep
/// all; to others rights are given by its name, as {"hourly_rate", "read", "units_below"} to a
/// head, or "own".
struct HourlyRate {
    Head head{};       ///< its owner is whose hour it is; who sets those of others needs to assign
    Date starts_on{};  ///< one for each user and day
    Money rate{};      ///< for one hour, not below 0; in the file's currency if none is given
    bool operator==(const HourlyRate&) const = default;
};

/// What work costs.
struct Labour {
    std::int64_t planned_minutes = 0;       ///< of activities that are not cancelled
    std::int64_t worked_minutes = 0;        ///< of those too
    std::int64_t planned_without_rate = 0;  ///< of the planned minutes, those without a cost: there
                                            ///< is no rate for that user and day, or it is hidden
    std::int64_t worked_without_rate = 0;   ///< the same of those worked
    std::vector<Money> estimated{};  ///< ahead: planned minutes at the rate of who is responsible,
                                     ///< on the day of the start; a sum for each currency, by code
    std::vector<Money> actual{};     ///< entries at the rate of who worked, on that day
    bool operator==(const Labour&) const = default;
};

/// Rates and what follows from them. A sum is rounded once, half up. What the session does not see,
/// rates, entries or activities, is in no sum.
class CRM_API HourlyRates : public Records<HourlyRate> {
public:
    using Records::Records;
    /// The rates of a user, newest first.
    std::vector<HourlyRate> of(Id<User> user) const;
    /// What an activity costs with its sub-activities, or a project with its subprojects and all
    /// activities that stand in one of them. What is hidden cuts the branch below it, but for an
    /// activity of a project: that counts with the project, whether or not its parent is seen.
    /// Throws NotFound for a hidden record and for one that is neither, LimitExceeded for a sum
    /// beyond 64 bits. Cost: two indexed look-ups an activity.
    Labour labour(Ref record) const;
};

template <>
CRM_API const Kind& kind_of<HourlyRate>();

}  // namespace crm
