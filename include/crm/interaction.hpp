/// Interaction with parties: where it broke off, and how often it happens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crm/activity.hpp"
#include "crm/query.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"
#include "crm/user.hpp"

namespace crm::inline v1 {

/// Which breaks are asked for, and whose: those of a unit and the units below it, or of a user (the
/// session's where neither is given).
struct BreakQuery {
    Id<Unit> unit{};
    Id<User> user{};
    bool unplanned = true;             ///< nothing is planned or under way
    std::optional<int> silent_days{};  ///< or nothing was done for so many days, 1 to 36,500
    int limit = 50;                    ///< 1 to 1,000
    std::string after{};
};

/// A party with which contact broke off.
struct Break {
    Id<Party> party{};
    std::string name{};
    Id<Activity> last{};  ///< the last one done; none where there was none
    std::optional<Time> last_at{};
    Id<Activity> planned{};  ///< the next one, of a party that was only silent
    std::optional<Time> planned_at{};
    bool operator==(const Break&) const = default;
};

/// How often there was interaction with a party.
struct Frequency {
    struct Month {
        int year = 0, month = 0;
        int interactions = 0;
        bool operator==(const Month&) const = default;
    };
    std::vector<Month> months{};  ///< every month of the window, also those without any
    int interactions = 0;
    std::optional<double> mean_gap_days{};  ///< between one and the next; absent for less than two
    bool operator==(const Frequency&) const = default;
};

/// Breaks and frequency. What is done is a completed activity, by its start; all of it of what the
/// session sees. A party is active where its status is "active" or empty.
class CRM_API Interactions {
public:
    explicit Interactions(const Session& session) : session_(&session) {}
    /// Active parties with which contact broke off, by unit and then by name. A page looks at no
    /// more than 1,000 parties: it may be shorter than the limit, or empty, where `next` says how
    /// to go on. Throws Invalid where unit and user are given, or neither kind of break is asked
    /// for, Denied where names of parties are hidden. Cost: two look-ups a party.
    Page<Break> breaks(const BreakQuery& query) const;
    /// The ends of chains that broke off: completed activities that follow another and are followed
    /// by none, in whose chain nothing is planned or under way, with no party or an active one; by
    /// unit and then newest first. With `silent_days` those that were done so long ago or longer;
    /// `unplanned` is always meant. Pages as those of `breaks`, of 1,000 activities.
    Page<Activity> broken_chains(const BreakQuery& query) const;
    /// Interaction with a party from one day to another, that day excluded, in the session's zone.
    /// Throws NotFound for a hidden party, Invalid for a window that is empty or longer than 20
    /// years. Cost: reads each interaction of the window.
    Frequency frequency(Id<Party> party, Date from, Date to) const;

private:
    const Session* session_;
};

}  // namespace crm
