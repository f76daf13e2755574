/// Calls and enquiries: who turned to us, about what, for whom, and what became of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/activity.hpp"
#include "crm/contact.hpp"
#include "crm/lead.hpp"
#include "crm/party.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// From `ringing` to any other; from `answered` to `ended`; `missed` and `ended` are final.
enum class CallState : std::uint8_t { ringing, answered, missed, ended };

/// One call or other enquiry. It writes itself to the chronicle: with it an activity is made, by
/// whichever path, that refers to it (`Activity::call`), is under way while the call is, and is
/// completed with it. One that comes in and is missed leaves a to-do besides (see `Calls`).
///
/// Its owner answers for it: the addressee, where `Calls` knows one. Who sees a call does not
/// thereby see its party.
struct Call {
    Head head{};
    std::string channel = "phone";      ///< list call_channel: phone, visit, web, letter …
    std::string direction = "inbound";  ///< list direction
    std::string number{};               ///< as dialled or shown by the exchange
    std::string number_key{};           ///< derived: normalised, as points are
    std::string caller_name{};          ///< as given
    Id<Party> party{};                  ///< who it is, like the two below: found by the number on
    Id<Contact> contact{};              ///< creation where none of the three is given, as far as
    Id<Lead> lead{};                    ///< the session sees them
    std::string subject{};              ///< about what
    std::string source{};               ///< list source: how the caller came to know of us
    std::string source_note{};
    Id<User> addressee{};       ///< for whom it is
    Id<Unit> addressee_unit{};  ///< for which department
    CallState state = CallState::ringing;
    Time called_at{};  ///< now if not given
    std::optional<Time> answered_at{};
    std::optional<Time> ended_at{};  ///< also when it was given up, of one that was missed
    Id<User> answered_by{};
    bool operator==(const Call&) const = default;
};

/// That a call was handed on.
struct CallForward {
    Head head{};
    Id<Call> call{};
    Id<User> from{};  ///< whose it was
    Id<User> to{};
    Time forwarded_at{};
    std::string reason{};
    bool operator==(const CallForward&) const = default;
};

/// Who calls, as far as the session sees it.
struct Caller {
    std::string number{};              ///< normalised; empty where there is no digit in it
    std::optional<Contact> contact{};  ///< without long texts, like the two below
    std::optional<Party> party{};      ///< whose number it is, or that the contact speaks for today
    std::optional<Lead> lead{};
    Id<User> responsible{};  ///< the contact's owner, else the party's, else the lead's
    std::vector<Activity> interactions{};  ///< with the contact, else the party, else the lead:
                                           ///< what took place, newest first, with results
    std::vector<Ref> others{};             ///< who else has the number, best first; at most 49
    bool is_known() const { return contact || party || lead; }
};

/// Calls: known before they are answered, and none of them lost.
///
/// A call that comes in and is missed, whether by `miss`, by a change, or because it was added or
/// imported as missed, leaves a to-do to call back with an active user: the addressee, else who is
/// responsible for the caller, else whom the routing rules name, else the head of the addressee's
/// unit or of one above it, else an administrator. It is open from now on, has kind "call",
/// direction "outbound", and who is given it by another is told.
class CRM_API Calls : public Records<Call> {
public:
    using Records::Records;

    /// Who has a number, however it is typed: as dialled, national or international. Contacts come
    /// before parties and these before leads, the number noted last first; a natural person is its
    /// contact. `interactions`: how many of the last, 0 to 1,000. Rights: read; what is hidden is
    /// absent. Cost: one look-up by the number, and one for each thing told.
    Caller who(std::string_view number, int interactions = 5) const;

    /// Registers a call that comes in now. Without an addressee the routing rules say who it is
    /// for. The addressee becomes its owner and is told; the session keeps it in sight by a share.
    /// One command. Rights: create on calls; the addressee's may be calls that the session may not
    /// assign.
    Call ring(const Call& call);
    /// Registers one after the fact, in the state given; `ringing` stands for `ended`. Otherwise
    /// as `ring`, but nobody is told of what is over.
    Call report(const Call& call);

    /// The session's user has it on the line. Throws Conflict unless it is ringing. Rights: change,
    /// like all below.
    Call answer(Id<Call> call);
    /// It is over; `result` goes to its entry in the chronicle, whoever may see that. Throws
    /// Conflict where it is ended or missed already.
    Call end(Id<Call> call, std::string_view result = {});
    /// Nobody answered. Throws Conflict unless it is ringing.
    Call miss(Id<Call> call);

    /// Asks the routing rules and hands the call to whom the first that fits names; as it was where
    /// none fits. Throws Conflict where it is over.
    Call route(Id<Call> call);
    /// Hands the call on, and keeps that. Throws Conflict where it is over or his already, Invalid
    /// for a user who is not active.
    Call forward(Id<Call> call, Id<User> to, std::string_view reason = {});
    /// How a call was handed on, oldest first.
    std::vector<CallForward> forwards(Id<Call> call) const;

    /// Leaves what the caller wants to have said with a user who is not there: a notice that waits
    /// for him, with the call, which he is given sight of. Throws Invalid for an empty text, of
    /// more than 4,000 bytes, for a user who is not active, and for the session's own. Rights:
    /// read. Nothing of the call is changed.
    void leave_message(Id<Call> call, Id<User> to, std::string_view text);
};

template <>
CRM_API const Kind& kind_of<Call>();
template <>
CRM_API const Kind& kind_of<CallForward>();

}  // namespace crm
