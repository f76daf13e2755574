/// Links between parties: who is a branch of whom, who supplies whom, and the hierarchy of groups.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/party.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// "party is <type> other", for a time. Absent where one of the two is hidden.
struct PartyLink {
    Head head{};
    Id<Party> party{};   ///< fixed
    Id<Party> other{};   ///< fixed
    std::string type{};  ///< fixed; list party_link_type: branch_of, subsidiary_of, member_of,
                         ///< supplier_of, competitor_on, partner_of …; how the other one sees it:
                         ///< party_link_type_inverse
    std::optional<Date> starts_on{};
    std::optional<Date> ends_on{};  ///< the last day
    std::string note{};
    bool operator==(const PartyLink&) const = default;
};

/// What stands above and below a party on one day. A party that is reached in several ways stands
/// there once, at the nearest level.
struct Hierarchy {
    struct Place {
        Party party{};
        int level = 0;  ///< 1: directly above or below
    };
    std::vector<Place> above{}, below{};  ///< nearest first
    bool more = false;                    ///< one of the two was cut at the limit
};

/// Which links of a party.
struct PartyLinkQuery {
    std::string type{};  ///< empty: any
    int limit = 50;      ///< 1 to 1,000
    std::string after{};
};

/// Links of parties. Rights to make, change and end one: change on the first party, read on the
/// other.
///
/// The types branch_of, subsidiary_of and member_of ("of the group") make one hierarchy: a link
/// that would put a party above itself on any day is refused (Invalid, "party_link.other_id"), on
/// every path that writes. That tells of hidden parties no more than that they lead back. Two links
/// of one type between the same two in overlapping periods are a Conflict.
class CRM_API PartyLinks : public Records<PartyLink> {
public:
    using Records::Records;
    /// Ends a link on a day.
    PartyLink end(Id<PartyLink> link, Date ends_on);
    /// The links of a party, those that lead to it too, by type, then oldest first.
    Page<PartyLink> of(Id<Party> party, const PartyLinkQuery& query = {}) const;
    /// What is above and below a party on a day (today in the session's zone where none is given),
    /// at most `limit` (1 to 1,000) of each. A hidden party or link cuts the way; of a hidden party
    /// there is nothing. Cost: one indexed look-up a party reached.
    Hierarchy hierarchy(Id<Party> party, std::optional<Date> on = {}, int limit = 1'000) const;
};

template <>
CRM_API const Kind& kind_of<PartyLink>();

}  // namespace crm
