#include "domain/working_hours.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "domain/clock_time.hpp"
#include "domain/records.hpp"
#include "domain/schedule.hpp"
#include "kernel/common.hpp"

namespace crm::kernel {

template <>
struct Codes<Weekday> {
    static constexpr std::array<std::string_view, 7> all{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;
using std::chrono::days;

constexpr days ten_years{3'653};  // ten years

constexpr Column hours_columns[] = {
    column<&WorkingHours::user>("user_id", no_trait,
                                {.target = number::user, .on_delete = OnDelete::takes_along}),
    column<&WorkingHours::unit>("unit_id", no_trait,
                                {.target = number::unit, .on_delete = OnDelete::takes_along}),
    column<&WorkingHours::weekday>("weekday", required),
    column<&WorkingHours::starts>("starts", required),
    column<&WorkingHours::ends>("ends", required),
    column<&WorkingHours::zone>("zone", no_trait, {.type = FieldType::zone}),
};

constexpr Column holiday_columns[] = {
    column<&Holiday::falls_on>("falls_on", required),
    column<&Holiday::name>("name", required),
    column<&Holiday::unit>("unit_id", no_trait,
                           {.target = number::unit, .on_delete = OnDelete::takes_along}),
    column<&Holiday::worked_as>("worked_as"),
};
constexpr Order holiday_orders[] = {{"falls_on", "falls_on"}};

// ---- rules

void check_hours(Work&, const void* record, const void*) {
    const auto& hours = *static_cast<const WorkingHours*>(record);
    if (hours.user && hours.unit)
        throw Invalid("working_hours", "unit_id", "goes with no user: give one of the two");
    domain::require_hours(hours.starts, hours.ends, "working_hours");
}

void check_holiday(Work&, const void* record, const void*) {
    domain::require_given(static_cast<const Holiday*>(record)->falls_on, "holiday", "falls_on");
}

// ---- the week of a user

using domain::Shift;
using Week = std::array<std::vector<Shift>, 7>;

/// What does not end after its start ends on the next day.
Shift shift_of(std::string_view starts, std::string_view ends, const Zone& zone) {
    Shift shift = Shift::parse(starts, ends, zone);
    if (shift.ends <= shift.starts) shift.ends += domain::a_day;
    return shift;
}

Weekday weekday_coded(std::string_view code) {
    Weekday weekday{};
    kernel::Codec<Weekday>::set(weekday, Value{code});
    return weekday;
}

Week usual_week(const Zone& zone) {
    Week week;
    for (auto day = Weekday::monday; day <= Weekday::friday;
         day = static_cast<Weekday>(static_cast<int>(day) + 1))
        week[static_cast<std::size_t>(day)] = {shift_of("09:00", "18:00", zone)};
    return week;
}

Week week_of(kernel::Reading& reading, Id<User> user, const Zone& own) {
    Week week;
    std::optional<std::int64_t> nearest;
    auto rows = kernel::named_query(reading, "working_hours.of_user", {{":user", user.value()}});
    while (rows.step()) {
        if (rows.integer(4) != nearest.value_or(rows.integer(4))) break;
        nearest = rows.integer(4);
        const Zone zone = rows.is_null(3) ? own : Zone{rows.text(3)};
        week[static_cast<std::size_t>(weekday_coded(rows.text(0)))].push_back(
            shift_of(rows.text(1), rows.text(2), zone));
    }
    return nearest ? week : usual_week(own);
}

/// What holidays make of days: off, or worked as another day of the week.
using Exceptions = std::map<Date, std::optional<Weekday>>;

Exceptions exceptions_of(kernel::Reading& reading, Id<User> user, const Date& from,
                         const Date& to) {
    Exceptions exceptions;
    auto rows =
        kernel::named_query(reading, "working_hours.holidays",
                            {{":user", user.value()}, {":from", from.text()}, {":to", to.text()}});
    while (rows.step())
        exceptions.try_emplace(
            Date::parse(rows.text(0)),
            rows.is_null(1) ? std::nullopt : std::optional(weekday_coded(rows.text(1))));
    return exceptions;
}

std::optional<Weekday> worked_as(const Date& date, const Exceptions& exceptions) {
    if (const auto found = exceptions.find(date); found != exceptions.end()) return found->second;
    const std::chrono::weekday day{date.days()};
    return static_cast<Weekday>(day.iso_encoding() - 1);
}

using Entries = std::vector<ScheduleEntry>;

/// What a user works on some days, whatever he is scheduled for, by the day on which it begins.
template <class Use>
void each_day(kernel::Reading& reading, const User& user, const Date& from, const Date& to,
              const Use& use) {
    const Week week = week_of(reading, user.head.id, domain::zone_of(reading, user));
    const Exceptions exceptions = exceptions_of(reading, user.head.id, from, to);
    for (Date day = from; day <= to; day = domain::next_day(day)) {
        std::vector<TimeRange> hours;
        if (const auto as = worked_as(day, exceptions))
            for (const Shift& shift : week[static_cast<std::size_t>(*as)])
                hours.push_back(shift.on(day));
        use(day, std::move(hours));
    }
}

/// The entries that may touch what begins on these days, in any zone.
template <class Source>
Entries entries_around(Source& source, Id<User> user, const Date& from, const Date& to) {
    return domain::schedule_entries(source, user, domain::next_day(from, -1),
                                    domain::next_day(to, 2));
}

std::vector<TimeRange> hours_of(kernel::Reading& reading, const User& user, const Date& from,
                                const Date& to, const Entries& entries) {
    std::vector<TimeRange> all;
    each_day(reading, user, from, to, [&](const Date&, std::vector<TimeRange> hours) {
        std::ranges::move(hours, std::back_inserter(all));
    });
    return without(std::move(all), domain::absences(entries, domain::zone_of(reading, user)));
}

}  // namespace

template <>
const Kind& kind_of<WorkingHours>() {
    static const Kind kind = kernel::common<WorkingHours>(number::working_hours, "working_hours",
                                                          hours_columns, {.check = check_hours});
    return kind;
}

template <>
const Kind& kind_of<Holiday>() {
    static const Kind kind = kernel::common<Holiday>(number::holiday, "holiday", holiday_columns,
                                                     {.check = check_holiday}, holiday_orders);
    return kind;
}

}  // namespace crm

namespace crm::domain {

User user_of(kernel::Reading& reading, Id<User> user) {
    const bool is_user = user.ref().kind() == number::user;
    if (const auto found = is_user ? kernel::find(reading, user) : std::nullopt)
        return found->as<User>();
    throw NotFound("user: no such record");
}

Zone zone_of(kernel::Reading& reading, const User& user) {
    return user.zone.empty() ? reading.database().zone() : Zone{user.zone};
}

std::vector<TimeRange> working_hours(kernel::Reading& reading, Id<User> user, const Date& from,
                                     const Date& to) {
    require_window(from, to, ten_years, "working_hours");
    return hours_of(reading, user_of(reading, user), from, to,
                    entries_around(reading, user, from, to));
}

std::vector<TimeRange> working_hours(Work& work, Id<User> user, const Date& from, const Date& to) {
    require_window(from, to, ten_years, "working_hours");
    kernel::Reading reading(work.transaction().session());
    return hours_of(reading, user_of(reading, user), from, to,
                    entries_around(work, user, from, to));
}

std::vector<std::pair<Date, std::vector<TimeRange>>> working_days(kernel::Reading& reading,
                                                                  Id<User> id, const Date& from,
                                                                  const Date& to) {
    const User user = user_of(reading, id);
    const auto away = absences(entries_around(reading, id, from, to), zone_of(reading, user));
    std::vector<std::pair<Date, std::vector<TimeRange>>> all;
    each_day(reading, user, from, to, [&](const Date& day, std::vector<TimeRange> hours) {
        hours = without(std::move(hours), away);
        if (!hours.empty()) all.emplace_back(day, std::move(hours));
    });
    return all;
}

namespace {

/// What is worked at an instant began that day or the day before, wherever the hours are kept.
bool is_in_hours(auto& source, Id<User> user, Time time) {
    const auto day = std::chrono::floor<days>(time);
    const auto hours =
        working_hours(source, user, Date::from_days(day - days{2}), Date::from_days(day + days{1}));
    return std::ranges::any_of(hours, [&](const TimeRange& range) { return range.contains(time); });
}

}  // namespace

bool works_at(kernel::Reading& reading, Id<User> user, Time time) {
    return is_in_hours(reading, user, time);
}

bool works_at(Work& work, Id<User> user, Time time) { return is_in_hours(work, user, time); }

}  // namespace crm::domain

namespace crm::inline v1 {

std::vector<TimeRange> WorkCalendar::working_hours(Id<User> user, const Date& from,
                                                   const Date& to) const {
    kernel::Reading reading(session().state());
    return domain::working_hours(reading, user, from, to);
}

bool WorkCalendar::works_at(Id<User> user, Time time) const {
    kernel::Reading reading(session().state());
    return domain::works_at(reading, user, time);
}

}  // namespace crm
