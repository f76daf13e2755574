/// Territories: sales regions, and who works in them.
#pragma once

#include <string>
#include <string_view>

#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// A sales region; territories form a tree. Parties stand in one, and what hangs on a party stands
/// where it does: an activity or contact that is given none takes its party's, and goes along when
/// the party moves.
struct Territory {
    Head head{};
    std::string name{};
    Id<Territory> parent{};
    bool operator==(const Territory&) const = default;
};

/// Somebody's work in a territory and all below it: what the scope "territory" shows them.
struct TerritoryMember {
    Head head{};
    Id<Territory> territory{};
    Ref holder{};  ///< a user, a group or a position
    bool operator==(const TerritoryMember&) const = default;
};

template <>
CRM_API const Kind& kind_of<Territory>();
template <>
CRM_API const Kind& kind_of<TerritoryMember>();

}  // namespace crm
