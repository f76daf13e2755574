/// Lead queues: where leads wait for a seller, and who takes from them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// How `Leads::distribute` gives the leads of a queue away. Members take from any queue themselves.
enum class QueueRule : std::uint8_t {
    in_order,     ///< not at all: members take the next one
    round_robin,  ///< to each member in turn, first to who was given one the longest ago
    least_busy,   ///< to the member with the fewest taken leads, of any queue
};

/// A queue of leads. Seen by every session; made and changed by administrators and by who holds the
/// function manage_lead_queues.
struct LeadQueue {
    Head head{};
    std::string name{};      ///< unique, blind to case
    std::string name_key{};  ///< derived: folded
    QueueRule rule = QueueRule::in_order;
    bool is_active = true;  ///< nothing is put into one that is not, nor taken from it
    bool operator==(const LeadQueue&) const = default;
};

/// A user who takes leads from a queue, or is given them.
struct LeadQueueMember {
    Head head{};
    Id<LeadQueue> queue{};
    Id<User> user{};
    bool operator==(const LeadQueueMember&) const = default;
};

/// Queues and their members.
class CRM_API LeadQueues : public Records<LeadQueue> {
public:
    using Records::Records;
    /// By name, blind to case; throws NotFound.
    LeadQueue named(std::string_view name) const;
    /// A no-op where the user is one. Rights: manage_lead_queues.
    void add_member(Id<LeadQueue> queue, Id<User> user);
    /// A no-op where the user is none. Rights: manage_lead_queues.
    void remove_member(Id<LeadQueue> queue, Id<User> user);
    /// Its members, those who are not active too, in the order in which they came.
    std::vector<Id<User>> members(Id<LeadQueue> queue) const;
};

template <>
CRM_API const Kind& kind_of<LeadQueue>();
template <>
CRM_API const Kind& kind_of<LeadQueueMember>();

}  // namespace crm
