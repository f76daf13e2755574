/// Territories of what hangs on a party: it stands where the party does, unless it was put
/// elsewhere.
#pragma once

#include "crm/activity.hpp"
#include "crm/party.hpp"

namespace crm::domain {

/// The territory in which a party stands; none where it stands in none.
Id<Territory> territory_of(Work& work, Id<Party> party);

/// After a party moved: its activities, and the contacts that speak for it, which stood in its old
/// territory go along before the command ends.
void move_along(Work& work, const Party& party, const Party& before);
/// After an activity went from one party to another: likewise, to where the command leaves it.
void move_along(Work& work, Id<Activity> activity, Id<Party> before);
/// A contact without a territory stands where the party stands that it joins.
void join_territory(Work& work, Id<Contact> contact, Id<Party> party);

}  // namespace crm::domain
