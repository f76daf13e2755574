#include "crm/routing_rule.hpp"

#include <algorithm>
#include <array>

#include "crm/user.hpp"
#include "domain/call.hpp"
#include "domain/records.hpp"
#include "domain/working_hours.hpp"

namespace crm::kernel {

template <>
struct Codes<RoutedCaller> {
    static constexpr std::array<std::string_view, 4> all{"anybody", "party", "lead", "unknown"};
};
template <>
struct Codes<RoutedHours> {
    static constexpr std::array<std::string_view, 3> all{"any", "within", "outside"};
};
template <>
struct Codes<RoutedTo> {
    static constexpr std::array<std::string_view, 2> all{"members", "head"};
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr Column rule_columns[] = {
    column<&RoutingRule::place>("place", required),
    column<&RoutingRule::caller>("caller", required),
    column<&RoutingRule::role>("role", no_trait, {.list = "party_role"}),
    column<&RoutingRule::hours>("hours", required),
    column<&RoutingRule::user>("user_id", no_trait,
                               {.target = number::user, .on_delete = OnDelete::takes_along}),
    column<&RoutingRule::unit>("unit_id", no_trait,
                               {.target = number::unit, .on_delete = OnDelete::takes_along}),
    column<&RoutingRule::within_unit>("within_unit", required),
    column<&RoutingRule::is_active>("is_active"),
};
constexpr Order rule_orders[] = {{"place", "place"}};

void check_rule(Work&, const void* record, const void*) {
    const auto& rule = *static_cast<const RoutingRule*>(record);
    if (bool(rule.user) == bool(rule.unit))
        throw Invalid("routing_rule", "unit_id", "or user_id is needed, and not both");
    if (!rule.role.empty() && rule.caller != RoutedCaller::party)
        throw Invalid("routing_rule", "role", "is a party's: set caller to \"party\"");
}

/// Nothing of who sees what stands on rules: a change bumps no epoch.
Kind make_rule_kind() {
    Kind kind =
        kernel::kind<RoutingRule>(number::routing_rule, "routing_rule", Role::common, rule_columns);
    kind.orders = rule_orders;
    kind.rules = {.check = check_rule};
    return kind;
}

bool has_role(Work& work, Id<Party> party, const std::string& role) {
    kernel::Reading reading(work.transaction().session());
    return kernel::named_query(reading, "routing_rule.has_role",
                               {{":party", party.value()}, {":role", std::string_view{role}}})
        .step();
}

bool is_for(Work& work, const RoutingRule& rule, const Call& call) {
    const bool is_party = call.party || call.contact;
    switch (rule.caller) {
        case RoutedCaller::anybody: return true;
        case RoutedCaller::unknown: return !is_party && !call.lead;
        case RoutedCaller::lead: return bool(call.lead);
        case RoutedCaller::party:
            return is_party && (rule.role.empty() || has_role(work, call.party, rule.role));
    }
    return false;
}

/// The active users to whom a rule may give the call, the one whose turn it is first.
std::vector<Id<User>> targets_of(Work& work, const RoutingRule& rule) {
    std::vector<Id<User>> targets;
    if (rule.user && domain::active_user(work, rule.user)) targets.push_back(rule.user);
    if (!rule.unit) return targets;
    if (rule.within_unit == RoutedTo::members) {
        for (const Ref user :
             domain::refs(work, "routing_rule.members_in_turn", {{":unit", rule.unit.value()}}))
            targets.emplace_back(user);
    } else if (const Id<User> head = domain::head_of(work, rule.unit)) {
        targets.push_back(head);
    }
    return targets;
}

/// Whose turn it is; nobody where the rule does not hold at that time.
Id<User> chosen_by(Work& work, const RoutingRule& rule, Time at) {
    const auto targets = targets_of(work, rule);
    if (targets.empty()) return {};
    if (rule.hours == RoutedHours::any) return targets.front();
    const auto working = std::ranges::find_if(
        targets, [&](const Id<User>& user) { return domain::works_at(work, user, at); });
    if (rule.hours == RoutedHours::within) return working == targets.end() ? Id<User>{} : *working;
    return working == targets.end() ? targets.front() : Id<User>{};
}

}  // namespace

template <>
const Kind& kind_of<RoutingRule>() {
    static const Kind kind = make_rule_kind();
    return kind;
}

std::vector<RoutingRule> RoutingRules::in_use() const {
    return domain::records<RoutingRule>(session(), "routing_rule.in_use", {});
}

}  // namespace crm

namespace crm::domain {

Route route_of(Work& work, const Call& seen) {
    std::vector<RoutingRule> rules;
    {
        kernel::Reading reading(work.transaction().session());
        rules = records<RoutingRule>(reading, "routing_rule.in_use", {});
    }
    for (const RoutingRule& rule : rules)
        if (is_for(work, rule, seen))
            if (const Id<User> user = chosen_by(work, rule, seen.called_at))
                return {user, rule.unit};
    return {};
}

Id<User> head_of(Work& work, Id<Unit> unit, int far) {
    if (!unit) return {};
    const auto found =
        refs(work, "routing_rule.head", {{":unit", unit.value()}, {":far", std::int64_t{far}}});
    return found.empty() ? Id<User>{} : Id<User>{found.front()};
}

}  // namespace crm::domain
