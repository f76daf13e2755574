/// Consent: what parties, contacts and leads agreed to be reached by, and what they opted out of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

enum class ConsentState : std::uint8_t { given, withdrawn };

/// One statement of a party, contact or lead on one channel. Statements are not changed by later
/// ones: the newest counts, the older ones are the proof. What was stated is fixed; a wrong entry
/// is removed, which history keeps.
struct Consent {
    Head head{};
    Ref record{};           ///< the party, contact or lead; that of a lead goes over to the contact
                            ///< that it becomes, else to the party
    std::string channel{};  ///< list consent_channel: email, phone, text_message, post, fax; any
    ConsentState state = ConsentState::given;
    std::optional<Time> stated_at{};  ///< when it was said; the command's time if not given
    std::string source{};             ///< "web form", "call of 3 March"
    std::string evidence{};           ///< long text: the words agreed to, the letter
    bool operator==(const Consent&) const = default;
};

/// How a party, contact or lead stands to one channel.
struct ConsentSummary {
    std::string channel{};
    bool may_contact = false;
    std::optional<Consent> statement{};  ///< the one that decides; absent where nothing was stated
    bool operator==(const ConsentSummary&) const = default;
};

/// Statements and what follows from them. Rights to state: change on the party, contact or
/// lead.
///
/// A natural person is a party and a contact: what was stated on the one counts for the other,
/// where the session sees both. The statements of an organisation are not those of its people.
///
/// A channel may be used where its newest statement, or the newest on "any" channel, gives consent
/// and neither of the two withdraws it: an opt-out from everything wins over consent on a channel,
/// however new, until consent on "any" is given again. Of two of the same time the withdrawal
/// counts. Who stated nothing may not be contacted.
class CRM_API Consents : public Records<Consent> {
public:
    using Records::Records;
    /// `record`: a party, contact or lead. Throws NotFound where it is hidden, Invalid for a
    /// channel that is in no list.
    bool may_contact(Ref record, std::string_view channel) const;
    /// Every channel in use, in the order of the list, "any" left out. Throws NotFound where the
    /// record is hidden.
    std::vector<ConsentSummary> summary(Ref record) const;
    /// The statements of a party, contact or lead, newest first, with evidence; at most 1,000.
    std::vector<Consent> of(Ref record) const;
};

template <>
CRM_API const Kind& kind_of<Consent>();

}  // namespace crm
