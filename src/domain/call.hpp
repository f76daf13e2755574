/// Calls: what their verbs, their rules and the routing share.
#pragma once

#include <string_view>

#include "crm/call.hpp"
#include "crm/user.hpp"
#include "kernel/state.hpp"

namespace crm::domain {

inline bool is_over(CallState state) {
    return state == CallState::missed || state == CallState::ended;
}

/// Who has a normalised number, as far as the session sees it; without interactions.
Caller caller_of(kernel::Reading& reading, std::string_view number_key, const Date& today);

/// A call without what of the caller the session does not see.
Call as_seen(Work& work, Call call);
/// nullopt for no user and for one who works here no more.
std::optional<User> active_user(Work& work, Id<User> user);

/// Who takes a call; nobody where no rule fits.
struct Route {
    Id<User> user{};
    Id<Unit> unit{};  ///< where the rule names one
};
Route route_of(Work& work, const Call& seen);
/// The active head of a unit, or of the nearest one at most `far` above it that has one.
Id<User> head_of(Work& work, Id<Unit> unit, int far = 0);

/// What a call that was just written leaves in the chronicle, and the call back of one missed.
void keep_entry(Work& work, const Call& call, const Call* before);
/// The call's entry in the chronicle; none where that was removed.
Id<Activity> entry_of(Work& work, const Call& call);
/// Whether an activity is one: of that the call tells whom it is for.
bool is_entry(Work& work, const Activity& activity);

}  // namespace crm::domain
