/// Routing rules: who takes calls, by what the caller is and by working hours.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

struct Unit;
struct User;

/// Whom a rule is for.
enum class RoutedCaller : std::uint8_t {
    anybody,
    party,  ///< a party or a contact; with `RoutingRule::role`, one whose party has that role
    lead,
    unknown,  ///< none of the three
};

/// When a rule holds, by the working hours of its target: of the user, or of anybody of the unit
/// who would be given the call.
enum class RoutedHours : std::uint8_t { any, within, outside };

/// Who of a unit is given the call.
enum class RoutedTo : std::uint8_t {
    members,  ///< the active ones in turn: who was given none for longest; within working hours
              ///< those who work
    head,     ///< the active user in a post of the unit that answers to none of the unit
};

/// One rule. The first in use that fits, by `place`, gives the call to its user or unit; one whose
/// target has nobody active is passed over.
struct RoutingRule {
    Head head{};
    std::int64_t place = 0;  ///< lower ones are asked first; equal ones by age
    RoutedCaller caller = RoutedCaller::anybody;
    std::string role{};  ///< list party_role: client, partner, competitor, supplier …
    RoutedHours hours = RoutedHours::any;
    Id<User> user{};  ///< the target: this or the unit
    Id<Unit> unit{};
    RoutedTo within_unit = RoutedTo::members;
    bool is_active = true;
    bool operator==(const RoutingRule&) const = default;
};

/// Routing rules. Seen by everybody, changed by administrators. `Calls::route` asks them.
class CRM_API RoutingRules : public Records<RoutingRule> {
public:
    using Records::Records;
    /// Those in use, in the order in which they are asked; at most 1,000.
    std::vector<RoutingRule> in_use() const;
};

template <>
CRM_API const Kind& kind_of<RoutingRule>();

}  // namespace crm
