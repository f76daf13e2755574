/// Leads: what the verbs on them share.
#pragma once

#include <vector>

#include "crm/lead.hpp"
#include "crm/party.hpp"
#include "kernel/rights.hpp"
#include "kernel/state.hpp"

namespace crm::domain {

/// A lead whole, whatever of it is hidden. Throws NotFound where the session does not see it,
/// Denied without the right.
Lead require_lead(Work& work, Id<Lead> id, kernel::Action action);
/// Throws Conflict where it is converted or unpromising.
void require_open(Work& work, const Lead& lead);
/// Writes what only the verbs of leads write, and answers the lead as the session sees it, also
/// where it has just lost sight of it. Throws Denied for a locked field.
Lead set_lead(Work& work, Id<Lead> id, const std::vector<Assignment>& fields);
/// Makes a user its owner, and it a lead of that user's unit that is taken.
Lead give_lead(Work& work, Id<Lead> id, Id<User> user, Time taken_at);

/// Whether a lead names a person, and not only a company.
bool names_person(const Lead& lead);
/// What a contact would be called that a lead becomes.
Contact contact_of(const Lead& lead);
/// Whether a membership has not ended, by the file's day.
bool still_speaks(const Session& session, const Membership& membership);
/// The party that a contact is, or speaks for today, as the session sees it.
Id<Party> party_of(Session& session, const Contact& contact);

}  // namespace crm::domain
