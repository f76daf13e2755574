/// Activities: meetings, calls, letters and tasks, planned or reported, and the chains they form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/record.hpp"
#include "crm/recurrence.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

struct Party;
struct Contact;
struct Project;
struct Lead;
struct Call;

enum class ActivityState : std::uint8_t { planned, started, completed, cancelled };

/// One piece of interaction or work. Who sees its party does not thereby see it.
struct Activity {
    Head head{};
    std::string subject{};
    std::string kind{};       ///< list activity_kind: meeting, call, letter, email, chat, offer,
                              ///< promise, task …
    std::string stage{};      ///< list activity_stage
    std::string direction{};  ///< list direction: inbound, outbound, internal
    std::string priority{};   ///< list priority
    std::string status{};     ///< list activity_status
    ActivityState state = ActivityState::planned;
    Id<Party> party{};      ///< follows from the parent, or the project, where one is given
    Id<Contact> contact{};  ///< who of them
    Time start{};
    std::optional<Time> end{};           ///< absent until completed or scheduled to an end
    std::optional<Time> completed_at{};  ///< derived
    std::string zone{};                  ///< IANA zone an appointment is bound to; empty: none
    std::optional<Date> next_contact_on{};
    Id<Activity> parent{};                          ///< of a sub-activity
    Id<Activity> follow_up_of{};                    ///< the activity before it in the chain
    Id<Project> project{};                          ///< follows from the parent where one is given
    std::optional<std::int64_t> planned_minutes{};  ///< of work, as estimated ahead
    bool is_todo = false;     ///< spans days and is never in the calendar: see `Tasks`
    Id<User> assigned_by{};   ///< derived: who made it for another, or gave it to another last
    Id<Lead> lead{};          ///< the same; stays when the lead is converted
    std::string result{};     ///< long text, like those below
    std::string questions{};  ///< questions solved
    std::string problems{};
    std::string events{};  ///< what happened on the side
    std::string description{};
    /// Makes it the master of a series (crm/series.hpp): planned once, it takes place each time.
    Recurrence recurrence{};
    std::optional<Time> recurs_until{};   ///< derived: when the last occurrence ends; absent where
                                          ///< there is no last one, or only after 100,000
    Id<Activity> series{};                ///< the master of which this is one occurrence
    std::optional<Time> recurrence_id{};  ///< when that occurrence was to start (RFC 5545)
    Id<Call> call{};  ///< of which it is the entry in the chronicle, or the call back
    bool operator==(const Activity&) const = default;
};

/// What is planned next.
struct Plan {
    std::string subject{};
    std::string kind{};  ///< the predecessor's if empty
    Time start{};
    std::optional<Time> end{};
    Id<User> owner{};  ///< the session's user if none
    std::string description{};
};

/// What came of an activity.
struct Report {
    std::string result{};
    std::string questions{};
    std::string problems{};
    std::string events{};
    std::optional<Date> next_contact_on{};
    std::optional<Time> end{};  ///< now, if absent
};

/// One stream of interaction with a party or a contact.
struct ChronicleQuery {
    std::string kind{}, stage{}, direction{};  ///< empty: any
    bool planned_too = false;
    int limit = 50;
    std::string after{};
};

/// Activities and their chains.
class CRM_API Activities : public Records<Activity> {
public:
    using Records::Records;
    /// Plans an activity. One command.
    Activity plan(const Activity& activity);
    /// Reports one after the fact: it is completed at once, with its result.
    Activity report(const Activity& activity);
    /// Throws Conflict unless it is planned.
    Activity start(Id<Activity> id);
    /// Completes an activity, records its result, and plans the next one of the chain if asked to.
    /// One command. Throws Conflict if it is completed or cancelled already, Denied without the
    /// right to change it.
    Activity complete(Id<Activity> id, const Report& report,
                      const std::optional<Plan>& follow_up = {});
    Activity complete(Id<Activity> id, std::string_view result,
                      const std::optional<Plan>& follow_up = {}) {
        return complete(id, Report{.result = std::string{result}}, follow_up);
    }
    /// Throws Conflict if it is completed or cancelled already.
    Activity cancel(Id<Activity> id, std::string_view reason = {});
    /// Plans an activity that follows another in its chain, with its party and contact.
    Activity follow_up(Id<Activity> predecessor, const Plan& plan);
    /// The whole chain that an activity belongs to, in order of the chain and then of start, from
    /// any member. A member that is hidden cuts it. Cost: one indexed look-up a link.
    std::vector<Activity> chain(Id<Activity> id) const;
    /// Sub-activities at any depth, parents before children.
    std::vector<Activity> subtree(Id<Activity> id) const;
    /// All interaction with a party, with a contact whoever it spoke for, or with a lead, also
    /// after it was converted; newest first, with results. Empty where that is hidden. Throws
    /// Invalid for a record of another kind.
    Page<Activity> chronicle(Ref of, const ChronicleQuery& query = {}) const;
};

template <>
CRM_API const Kind& kind_of<Activity>();

}  // namespace crm
