#include "domain/working_hours.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "crm/user.hpp"
#include "domain/records.hpp"
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
using std::chrono::minutes;

constexpr minutes a_day{24 * 60};
constexpr days longest_window{3'653};  // ten years

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
// ---------------------------------------------------------------------------------------

/// Of "HH:MM", 00:00 to 24:00; nothing else is read.
std::optional<minutes> time_of_day(std::string_view text) {
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
        return std::nullopt;
    const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
    const minutes time{two(0) * 60 + two(3)};
    return two(3) < 60 && time <= a_day ? std::optional(time) : std::nullopt;
}

void check_hours(Work&, const void* record, const void*) {
    const auto& hours = *static_cast<const WorkingHours*>(record);
    const auto refuse = [](const char* field, const char* reason) {
        throw Invalid("working_hours", field, reason);
    };
    if (hours.user && hours.unit) refuse("unit_id", "goes with no user: give one of the two");
    const auto starts = time_of_day(hours.starts), ends = time_of_day(hours.ends);
    if (!starts || *starts == a_day) refuse("starts", "must be HH:MM, 00:00 to 23:59");
    if (!ends) refuse("ends", "must be HH:MM, 00:00 to 24:00");
    if (hours.starts == hours.ends)
        refuse("ends", "must differ from starts: a whole day is 00:00 to 24:00");
}

// ---- the week of a user
// --------------------------------------------------------------------------

/// Hours of one day, from its midnight.
struct Shift {
    minutes starts, ends;
    Zone zone;

    TimeRange on(const Date& date) const {
        const Date last = ends < a_day ? date : Date::from_days(date.days() + days{1});
        return {zone.from_local(date, starts),
                zone.from_local(last, ends < a_day ? ends : ends - a_day)};
    }
};

using Week = std::array<std::vector<Shift>, 7>;

Shift shift_of(std::string_view starts, std::string_view ends, const Zone& zone) {
    Shift shift{*time_of_day(starts), *time_of_day(ends), zone};
    if (shift.ends <= shift.starts) shift.ends += a_day;
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

void require_window(const Date& from, const Date& to) {
    if (to < from) throw Invalid("working_hours", "to", "lies before from");
    if (to.days() - from.days() > longest_window)
        throw Invalid("working_hours", "to", "lies more than ten years after from");
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
    static const Kind kind =
        kernel::common<Holiday>(number::holiday, "holiday", holiday_columns, {}, holiday_orders);
    return kind;
}

}  // namespace crm

namespace crm::domain {

Zone zone_of(kernel::Reading& reading, Id<User> user) {
    const auto found =
        user.ref().kind() == number::user ? kernel::find(reading, user) : std::nullopt;
    if (!found) throw NotFound("user: no such record");
    const std::string& zone = found->as<User>().zone;
    return zone.empty() ? reading.database().zone() : Zone{zone};
}

std::vector<TimeRange> working_hours(kernel::Reading& reading, Id<User> user, const Date& from,
                                     const Date& to) {
    require_window(from, to);
    const Week week = week_of(reading, user, zone_of(reading, user));
    const Exceptions exceptions = exceptions_of(reading, user, from, to);
    std::vector<TimeRange> hours;
    for (auto day = from.days(); day <= to.days(); day += days{1}) {
        const Date date = Date::from_days(day);
        if (const auto as = worked_as(date, exceptions))
            for (const Shift& shift : week[static_cast<std::size_t>(*as)])
                hours.push_back(shift.on(date));
    }
    return united(std::move(hours));
}

std::vector<TimeRange> working_hours(Work& work, Id<User> user, const Date& from, const Date& to) {
    kernel::Reading reading(work.transaction().session());
    return working_hours(reading, user, from, to);
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
