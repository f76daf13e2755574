/// Loyalty: the grade of each party, how it moved, why, and to whom those went whom we lost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/party.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// One movement of a party between grades. Every change of `Party::loyalty` leaves one, whichever
/// way it was made; those of before this file may be added by hand.
struct LoyaltyMovement {
    Head head{};
    Id<Party> party{};
    std::string from_grade{};  ///< list loyalty_grade; empty: had none
    std::string to_grade{};    ///< empty: has none any more
    Date moved_on{};           ///< the day of the command, in the user's zone, if not given
    std::string reason{};      ///< list loyalty_reason
    Id<Party> competitor{};    ///< to whom they moved, or whom they left for us
    std::string note{};
    bool operator==(const LoyaltyMovement&) const = default;
};

/// Why a party is graded.
struct Grading {
    std::string reason{};      ///< list loyalty_reason
    Id<Party> competitor{};    ///< read right on it
    std::optional<Date> on{};  ///< today in the user's zone, if absent
    std::string note{};
};

/// How many movements of a period went one way for one reason.
struct LoyaltyFlow {
    std::string from_grade{}, to_grade{};  ///< empty: none
    std::string reason{};                  ///< empty: none given
    Id<Party> competitor{};                ///< none too where it is hidden
    std::int64_t movements = 0;
    bool operator==(const LoyaltyFlow&) const = default;
};

/// Grades of parties and their history.
class CRM_API Loyalty : public Records<LoyaltyMovement> {
public:
    using Records::Records;
    /// Grades a party: sets `Party::loyalty` and says why, one command "loyalty.grade". Throws
    /// Conflict where that is its grade already. Rights: change on the party.
    LoyaltyMovement grade(Id<Party> party, std::string_view grade, const Grading& why = {});
    /// The movements of a party, newest first; at most 1,000.
    std::vector<LoyaltyMovement> history(Id<Party> party) const;
    /// The movements of a period, both days included, put together; most frequent first, at most
    /// 10,000 flows. Cost: grows with the movements of the period.
    std::vector<LoyaltyFlow> flows(Date from, Date to) const;
};

template <>
CRM_API const Kind& kind_of<LoyaltyMovement>();

}  // namespace crm
