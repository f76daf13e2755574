/// Working hours: the weekly hours of users and units, holidays, and the time in which one works.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"
#include "crm/time_range.hpp"

namespace crm::inline v1 {

/// The days of a week; stored as RFC 5545 writes them: MO, TU, WE, TH, FR, SA, SU.
enum class Weekday : std::uint8_t {
    monday,
    tuesday,
    wednesday,
    thursday,
    friday,
    saturday,
    sunday
};

/// Hours worked on one day of every week: of a user, of a unit and those below it, or, with
/// neither, of everybody. Several may stand on one day (a break between them). The nearest
/// definition counts, whole: the user's own if there is any, else his unit's, else that of the next
/// unit above that has one, else everybody's, else Monday to Friday 09:00 to 18:00.
struct WorkingHours {
    Head head{};
    Id<User> user{};
    Id<Unit> unit{};  ///< not together with a user
    Weekday weekday = Weekday::monday;
    std::string starts{};  ///< local time "HH:MM"
    std::string ends{};    ///< to 24:00; where it does not lie after `starts`, on the next day
    std::string zone{};    ///< IANA; empty: the user's, else the file's
    bool operator==(const WorkingHours&) const = default;
};

/// A civil day on which a unit and those below it, or everybody, does not work; or works as on
/// another day of the week. The nearest unit's entry of a day counts; of two of the same unit a day
/// off does.
struct Holiday {
    Head head{};
    Date falls_on{};
    std::string name{};
    Id<Unit> unit{};                     ///< empty: everybody's
    std::optional<Weekday> worked_as{};  ///< "this Saturday is worked as a Monday"; absent: off
    bool operator==(const Holiday&) const = default;
};

/// Weekly hours and what follows from them. Working hours and holidays are seen by every session
/// and kept by administrators.
class CRM_API WorkCalendar : public Records<WorkingHours> {
public:
    using Records::Records;
    /// When a user works: by his weekly hours and holidays, without what the session sees of
    /// absences in his schedule; ascending, in UTC; what begins on one of the civil days from
    /// `from` to `to`, both included, of the zone of his hours. An hour that clocks skip is not
    /// worked, one that they repeat is worked twice. Throws NotFound for no
    /// user, Invalid where `to` lies before `from` or more than ten years after it.
    std::vector<TimeRange> working_hours(Id<User> user, const Date& from, const Date& to) const;
    /// Whether a user works at an instant. Throws NotFound for no user.
    bool works_at(Id<User> user, Time time) const;
};

template <>
CRM_API const Kind& kind_of<WorkingHours>();
template <>
CRM_API const Kind& kind_of<Holiday>();

}  // namespace crm
