/// The work schedule: where users are and why, by date, and where everybody is at a moment.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"
#include "crm/time_range.hpp"
#include "crm/user.hpp"

namespace crm::inline v1 {

struct Party;

/// Where a user (`head.owner`) is for some days, or for some hours of each of them, and why. One
/// place at a time: entries of whole days do not share a day, entries of hours no hour. Hours go
/// before whole days: a visit may stand in the middle of a business trip.
struct ScheduleEntry {
    Head head{};  ///< its owner is whom it is of; who plans for others needs the right to assign
    Date starts_on{};
    std::optional<Date> ends_on{};  ///< the last day, at most 366 after the first; that if none
    std::string starts{};           ///< "HH:MM" in the user's zone; empty: whole days
    std::string ends{};             ///< after `starts`, to 24:00
    std::string whereabouts{};      ///< list whereabouts: office, remote, client, business_trip,
                                    ///< leave, other
    bool is_absence = false;        ///< no working time; always so on leave
    Id<Party> party{};              ///< at which client
    std::string town{}, organisation{};  ///< of a business trip
    std::string purpose{};               ///< why
    bool operator==(const ScheduleEntry&) const = default;
};

/// Where one user is at a moment.
struct Whereabouts {
    Id<User> user{};
    std::string name{};   ///< of the user
    std::string place{};  ///< a code of the list whereabouts; "office" in working hours and "off"
                          ///< outside of them where no entry says otherwise
    bool works = false;   ///< whether it is his working time
    std::optional<ScheduleEntry> entry{};  ///< that says so
    bool operator==(const Whereabouts&) const = default;
};

/// One day of one user.
struct ScheduledDay {
    Date day{};
    Id<User> user{};
    std::vector<TimeRange> hours{};        ///< of work that begin on that day, without absences
    std::vector<ScheduleEntry> entries{};  ///< that touch it, by start, whole days first
    bool operator==(const ScheduledDay&) const = default;
};

/// Schedules of users. An entry is a root record like any other: colleagues and heads see it by
/// scope. Who does not see an entry is told what holds without it.
class CRM_API Schedule : public Records<ScheduleEntry> {
public:
    using Records::Records;
    /// Where a user is. Throws NotFound for no user.
    Whereabouts where_is(Id<User> user, Time at) const;
    /// Where every active user is, by login. Cost: about 70 microseconds a user.
    std::vector<Whereabouts> where_is_everybody(Time at) const;
    /// The schedule of users, all active ones if none is named, from `from` to `to`, both included:
    /// by date, then in the order of the users. Throws NotFound, Invalid where `to` lies before
    /// `from` or more than 366 days after it, LimitExceeded beyond 50,000 days of users.
    std::vector<ScheduledDay> schedule(std::vector<Id<User>> users, const Date& from,
                                       const Date& to) const;
};

template <>
CRM_API const Kind& kind_of<ScheduleEntry>();

}  // namespace crm
