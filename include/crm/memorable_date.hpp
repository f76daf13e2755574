/// Memorable dates of parties and contacts, and what is coming up: those dates and all birthdays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "crm/query.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// A day that comes back every year. A birthday is not one of them: it stands in
/// `Contact::born_on`, that of somebody known by name only in `Kinship::born_on`.
struct MemorableDate {
    Head head{};
    Ref record{};            ///< the party or contact
    std::string type{};      ///< list memorable_date_type: wedding, name_day, founding, other
    std::int64_t month = 0;  ///< 1 to 12
    std::int64_t day = 0;    ///< 1 to 31; 29 February without a year or of a leap year
    std::optional<std::int64_t> year{};  ///< of the first time, 1 to 9999
    std::string month_day{};             ///< derived: "MM-DD"
    std::string label{};                 ///< "signed the first contract"
    bool operator==(const MemorableDate&) const = default;
};

/// One day that is coming up.
struct Occasion {
    Date on{};            ///< 29 February falls on 28 February in years that have none
    std::string type{};   ///< "birthday", else the type of the memorable date; of one of the family
                          ///< "kin_birthday"
    Ref record{};         ///< the party or contact that it concerns
    std::string name{};   ///< of that record
    std::string label{};  ///< of the memorable date; of a kin_birthday the name of the kin
    std::string relation{};      ///< of a kin_birthday: list kinship_relation
    Ref source{};                ///< where it stands: the contact, memorable date or kinship
    std::optional<int> years{};  ///< how many it will be; absent without a year
    bool operator==(const Occasion&) const = default;
};

/// Memorable dates and the calendar of occasions.
class CRM_API MemorableDates : public Records<MemorableDate> {
public:
    using Records::Records;
    /// The memorable dates of a record, by month and day.
    std::vector<MemorableDate> of(Ref record) const;
    /// Birthdays of contacts, memorable dates and birthdays of kin that the session sees, within
    /// `days` (1 to 366) from `from` on, that day included, across the end of the year; by date.
    /// Years before the first time are left out. Throws Invalid for another number of days, a limit
    /// outside 1 to 1,000, an `after` that is no page's. Cost: indexed by month and day; for a
    /// session that sees a part of the contacts, grows with all birthdays of the window.
    Page<Occasion> upcoming(Date from, int days, int limit = 50,
                            const std::string& after = {}) const;
};

template <>
CRM_API const Kind& kind_of<MemorableDate>();

}  // namespace crm
