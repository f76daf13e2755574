/// Leads: people and companies that may become clients, kept apart from the register of parties.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/activity.hpp"
#include "crm/consent.hpp"
#include "crm/duplicate.hpp"
#include "crm/lead_queue.hpp"
#include "crm/project.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

enum class LeadState : std::uint8_t {
    fresh,        ///< "new": nobody works on it yet
    queued,       ///< waits in a queue
    taken,        ///< its owner works on it
    converted,    ///< became a party or a contact
    unpromising,  ///< given up, for a reason
};

/// A person, a company, or a person of a company. Who is responsible for it is `head.owner`, who is
/// given its activities where the scope `given` is held. Phones, e-mails, addresses, notes and
/// consents hang on it as on a contact. What the verbs of `Leads` set (state, queue, reason, what
/// it became) is fixed for every other change.
struct Lead {
    Head head{};
    std::string first_name{};
    std::string last_name{};
    std::string patronymic{};
    std::string nick_name{};
    std::string company{};
    std::string name{};         ///< derived: of the person, else the company's
    std::string name_key{};     ///< derived: folded, last name first
    std::string first_key{};    ///< derived: folded, first name first
    std::string company_key{};  ///< derived: folded
    std::string job_title{};
    std::string tax_code{};               ///< the company's
    std::string source{};                 ///< list source
    std::string source_note{};            ///< who, where, when: what explains the source
    std::optional<std::int64_t> score{};  ///< how promising it is, 0 to 100
    LeadState state = LeadState::fresh;
    std::string reason{};       ///< list lead_reason: why it is unpromising
    std::string reason_note{};  ///< the same in words
    Id<LeadQueue> queue{};      ///< where it waits, or waited last
    std::optional<Time> queued_at{};
    Id<User> queued_by{};            ///< who put it there, and is told who takes it
    std::optional<Time> taken_at{};  ///< when its owner got it from the queue or by hand
    Id<Party> party{};               ///< what it became, like the two below
    Id<Contact> contact{};
    Id<Project> project{};
    std::string description{};  ///< long text
    bool operator==(const Lead&) const = default;
};

/// What a lead is to become.
struct Conversion {
    Id<Party> party{};      ///< into this one; none: one that matches, else a new one
    Id<Contact> contact{};  ///< likewise
    bool match = true;      ///< false: nothing is looked for, all that is not given is made
    std::optional<Project> project{};  ///< one to make; party, owner and territory are the lead's
                                       ///< where it has none
};

/// What a lead became, in one kind of record.
struct Became {
    enum class How : std::uint8_t { nothing, made, given, matched };
    How how = How::nothing;
    Ref record{};
    double score = 0;                          ///< of what matched, 0 to 1
    std::vector<Duplicate::Reason> reasons{};  ///< why it matched
};

/// What a conversion did.
struct Converted {
    Lead lead{};
    Became party{}, contact{}, project{};
};

/// A lead that was given to a user.
struct LeadGiven {
    Id<Lead> lead{};
    Id<User> user{};
};

/// What a person left on a site: a registration, a purchase, a question.
struct Intake {
    /// What the person said about being reached by one channel.
    struct Statement {
        std::string channel{};  ///< list consent_channel
        ConsentState state = ConsentState::given;
        std::optional<Time> stated_at{};  ///< now if not given
        std::string source{};             ///< "newsletter form"
        std::string evidence{};           ///< the words agreed to
    };
    std::string key{};      ///< of this piece of data at the site; the same key is taken in once
    std::string subject{};  ///< "Registration", "Order 1042": of the activity
    std::string kind = "email";  ///< of the activity, list activity_kind
    std::string text{};          ///< what was written
    std::string first_name{}, last_name{}, company{}, job_title{};
    std::string email{}, phone{};
    std::string source{}, source_note{};
    std::vector<Statement> consents{};
    Id<LeadQueue> queue{};  ///< where a new lead is put
};

/// What became of an intake. The same for the same key, whatever changed since.
struct Received {
    Id<Lead> lead{};        ///< the lead that was made, or an open one that was known
    Id<Contact> contact{};  ///< the contact that was known
    Id<Party> party{};      ///< the contact's, or the organisation that was known
    Id<Activity> activity{};
    bool is_new = false;  ///< a lead was made
};

/// Leads, from the first sign of interest to a party or to nothing.
class CRM_API Leads : public Records<Lead> {
public:
    using Records::Records;

    /// Puts a lead into a queue, or into another. Throws Conflict where it is converted or
    /// unpromising, or the queue is not in use. Rights: assign.
    Lead enqueue(Id<Lead> lead, Id<LeadQueue> queue);
    /// Takes the next lead of a queue: the session's user becomes its owner. The highest score goes
    /// first, then who waits the longest; leads without a score come last. nullopt where none
    /// waits. No two takers, in whatever process, get the same one. Throws Denied for who is no
    /// member of the queue or may not read leads of his own; Conflict for a queue not in use.
    /// Rights: membership; the lead need not be visible before. Cost: one indexed look-up, whatever
    /// the length of the queue.
    std::optional<Lead> take_next(Id<LeadQueue> queue);
    /// Gives a lead to a user by hand. Throws Conflict where it is converted or unpromising,
    /// Invalid for a user who is not active. Rights: assign.
    Lead assign(Id<Lead> lead, Id<User> user);
    /// Gives up to `limit` (1 to 1,000) waiting leads to the members by the queue's rule, in the
    /// order of `take_next`, as one command. Members who are not active are left out. Throws
    /// Conflict where the queue is taken from in order, is not in use or has no active member.
    /// Rights: assign; leads for which it is missing stay, and hold no others up. Where nothing is
    /// given no command is kept. Cost: grows with what waits before and may not be given.
    std::vector<LeadGiven> distribute(Id<LeadQueue> queue, int limit = 1'000);
    /// The leads that wait in a queue and that the session sees, in the order of `take_next`.
    /// `limit`: 1 to 1,000.
    std::vector<Lead> waiting(Id<LeadQueue> queue, int limit = 50) const;

    /// Makes a lead a party and a contact, in one command. First those are looked for that are the
    /// same: a contact by names, phones and e-mails, an organisation by name, tax code, phones and
    /// sites. A person without a company becomes a natural person, a company without a person a
    /// party only; a contact that matches keeps its party where the lead names no company.
    /// Phones, e-mails, notes and consents go to the contact, else to the party; addresses to the
    /// party where the session may change it; what the other has already goes. Activities stay the
    /// lead's and are the party's and the contact's besides. What is made belongs to the lead's
    /// owner. Throws Conflict where it is converted or unpromising. Rights: change on the lead and
    /// on the contact (else party) that exists, read on a party that exists, create for what is
    /// made, and assign for what is made for another owner. The undo of the command brings
    /// everything back.
    Converted convert(Id<Lead> lead, const Conversion& conversion = {});

    /// Gives a lead up: what is planned or under way for it is cancelled in the same command, seen
    /// by the session or not. `reason`: list lead_reason. Throws Conflict where it is converted or
    /// unpromising already. Rights: change.
    Lead mark_unpromising(Id<Lead> lead, std::string_view reason, std::string_view note = {});
    /// Takes a lead that was given up on again: it is new, or taken where it was, and what was
    /// cancelled with it is planned or under way again. Throws Conflict unless it is unpromising.
    /// Rights: change.
    Lead revive(Id<Lead> lead);

    /// Takes in what a person left, once for each key: repeated, it answers what was done. A
    /// contact, a natural person or an open lead known by the e-mail address, else by the phone,
    /// gets an inbound activity; an organisation does where nobody is named and nothing is
    /// consented to; else a lead is made, with the activity. Of several the one of the same name
    /// counts, then the oldest; by a phone only one of the same name, where one is given.
    ///
    /// Where anything is said of consent, an opt-out too, there must be no doubt whose it is: known
    /// is the only one of the name that is given, else the only one at all who is reached so;
    /// otherwise a lead is made. Statements are kept with their time, source and evidence on
    /// that record, whether or not the session may change it.
    ///
    /// An e-mail address or phone that is new is added to a record of which there is no doubt. What
    /// else a known record has no place for stands in the activity's text, in lines of "field:
    /// value": company, job title, source and its note; the name and address of who may be another.
    /// The activity belongs to who is responsible for the known record, who is told of it.
    ///
    /// Throws Invalid where neither an e-mail address nor a phone is given, or no subject or key;
    /// Conflict for the key with other data; Suppressed for a person who was erased; Misuse inside
    /// a unit of work. Rights: create on leads and activities; known is what the session sees.
    Received intake(const Intake& intake);
};

template <>
CRM_API const Kind& kind_of<Lead>();

}  // namespace crm
