/// Participants: who takes part in an activity besides who is responsible, and whether they agreed.
#pragma once

#include <cstdint>
#include <vector>

#include "crm/activity.hpp"
#include "crm/contact.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// ROLE of RFC 5545: CHAIR, REQ-PARTICIPANT, OPT-PARTICIPANT.
enum class ParticipantRole : std::uint8_t { chair, required, optional };
/// PARTSTAT of RFC 5545.
enum class Acceptance : std::uint8_t { needs_action, accepted, declined, tentative };

/// One person in one activity: a contact, or one of us. Who it is is fixed; there is one of each
/// person in an activity. Goes with the activity, the contact and the user.
///
/// A user who is made a participant is told ("assignment"), unless the activity is over or an
/// import makes him one, and gets a share to read the activity, which goes with the participant;
/// one that is there already stays as it is. As any share it counts where he holds the scope
/// "shared", and who has the activity only by a share can invite nobody else to it.
struct Participant {
    Head head{};
    Id<Activity> activity{};
    Id<Contact> contact{};  ///< reads as none where it is hidden
    Id<User> user{};        ///< or this
    ParticipantRole role = ParticipantRole::required;
    Acceptance acceptance = Acceptance::needs_action;
    bool operator==(const Participant&) const = default;
};

/// Who takes part in activities. Rights: change on the activity, read on the contact; to answer for
/// oneself, read on the activity.
class CRM_API Participants : public Records<Participant> {
public:
    using Records::Records;
    /// Makes a contact or a user take part. Throws Conflict where he does already.
    Participant invite(Id<Activity> activity, Ref person,
                       ParticipantRole role = ParticipantRole::required);
    /// The participants of an activity, chairs first, then in order of being invited; at most
    /// 1,000.
    std::vector<Participant> of(Id<Activity> activity) const;

    /// The answer of the session's user for himself, without a right to change the activity. Throws
    /// NotFound where he does not take part in one that he sees, Denied where the field is locked
    /// for him.
    Participant answer(Id<Activity> activity, Acceptance acceptance);
    Participant accept(Id<Activity> activity) { return answer(activity, Acceptance::accepted); }
    Participant decline(Id<Activity> activity) { return answer(activity, Acceptance::declined); }
    /// Invitations to the session's user that wait for his answer, to activities that are not over,
    /// oldest first; `limit` is 1 to 1,000.
    std::vector<Participant> invitations(int limit = 100) const;
};

template <>
CRM_API const Kind& kind_of<Participant>();

}  // namespace crm
