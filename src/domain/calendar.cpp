#include "crm/calendar.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crm/party.hpp"
#include "domain/acceptance.hpp"
#include "domain/records.hpp"
#include "domain/recurring.hpp"
#include "domain/work_state.hpp"
#include "domain/working_hours.hpp"

namespace crm::inline v1 {
namespace {

using std::chrono::days;
using std::chrono::microseconds;

constexpr std::size_t most_users = 1'000;

void require_window(const TimeRange& window) {
    if (window.end < window.start) throw Invalid("calendar", "window", "ends before it begins");
    if (window.end - window.start > longest_calendar + days{1})
        throw Invalid("calendar", "window", "is longer than 366 days: ask for less at once");
}

/// Each once, in the order given; the session's own where none is.
std::vector<Id<User>> users_of(kernel::Reading& reading, const std::vector<Id<User>>& given) {
    if (given.empty()) return {reading.session().user};
    if (given.size() > most_users) throw Invalid("calendar", "users", "are more than 1,000");
    std::vector<Id<User>> users;
    for (const Id<User> user : given) {
        if (!kernel::named_query(reading, "calendar.user", {{":user", user.value()}}).step())
            throw NotFound("user: no such record");
        if (std::ranges::find(users, user) == users.end()) users.push_back(user);
    }
    return users;
}

/// A master and what its occurrences are counted from.
struct Master {
    CalendarEntry entry{};
    Recurrence recurrence{};
};

/// Reads what stands in calendars within a window.
class CalendarReader {
public:
    CalendarReader(kernel::Reading& reading, const TimeRange& window, bool cancelled_too)
        : reading_(reading), window_(window), cancelled_too_(cancelled_too) {}

    /// Adds the entries of one user, in no order.
    void read(Id<User> user, std::vector<CalendarEntry>& into) const {
        std::vector<Master> masters;
        const std::string taken_part = taken_part_by(user);
        auto row = kernel::named_query(reading_, "calendar.entries",
                                       {{":user", user.value()},
                                        {":since", domain::instant(window_.start)},
                                        {":until", domain::instant(window_.end)},
                                        {":taken_part", Value{std::string_view{taken_part}}},
                                        {":cancelled_too", std::int64_t{cancelled_too_}}});
        while (row.step()) {
            const bool is_master = !row.is_null(10);
            CalendarEntry& entry = is_master ? masters.emplace_back().entry : into.emplace_back();
            fill(entry, user, row);
            if (is_master) masters.back().recurrence = Recurrence::parse(row.text(10));
        }
        for (const Master& master : masters) add_occurrences(master, into);
    }

private:
    /// Ids as JSON, of what may be hidden too.
    std::string taken_part_by(Id<User> user) const {
        auto row = kernel::named_query(reading_, "calendar.taken_part",
                                       {{":user", user.value()},
                                        {":since", domain::instant(window_.start)},
                                        {":until", domain::instant(window_.end)}});
        Json::Array ids;
        while (row.step()) ids.emplace_back(row.integer(0));
        return Json(std::move(ids)).dump();
    }

    static void fill(CalendarEntry& entry, Id<User> user, const storage::Use& row) {
        entry.activity = Ref{row.integer(0)};
        entry.user = user;
        entry.owner = Ref{row.integer(14)};
        if (!row.is_null(15))
            kernel::Codec<Acceptance>::set(entry.acceptance.emplace(), Value{row.text(15)});
        entry.start = row.time(1);
        entry.end = row.is_null(2) ? entry.start : row.time(2);
        entry.subject = row.text(3);
        entry.kind = row.text(4);
        entry.status = row.text(5);
        entry.priority = row.text(6);
        kernel::Codec<ActivityState>::set(entry.state, Value{row.text(7)});
        entry.zone = row.text(8);
        if (!row.is_null(9)) entry.recurrence_id = row.time(9);
        entry.series = Ref{row.integer(11)};
        entry.party = Ref{row.integer(12)};
        entry.party_name = row.text(13);
    }

    void add_occurrences(const Master& master, std::vector<CalendarEntry>& into) const {
        const CalendarEntry& series = master.entry;
        const auto length = series.end - series.start;
        const Time reach = window_.start - std::max(length - microseconds{1}, microseconds{0});
        for (const Time at : domain::untouched_starts(
                 reading_, {series.activity, series.start, Zone{series.zone}, master.recurrence},
                 {std::min(reach, window_.end), window_.end})) {
            CalendarEntry& entry = into.emplace_back(series);
            entry.start = at;
            entry.end = at + length;
            entry.series = series.activity;
            entry.recurrence_id = at;
        }
    }

    kernel::Reading& reading_;
    const TimeRange& window_;
    bool cancelled_too_;
};

std::vector<TimeRange> working_in(kernel::Reading& reading, Id<User> user,
                                  const TimeRange& window) {
    // Shifts belong to the days of the zone in which they are kept, and may begin the day before.
    const auto first = std::chrono::floor<days>(window.start) - days{2},
               last = std::chrono::floor<days>(window.end) + days{1};
    return common_to(
        domain::working_hours(reading, user, Date::from_days(first), Date::from_days(last)),
        {window});
}

std::vector<TimeRange> busy_in(kernel::Reading& reading, Id<User> user, const TimeRange& window) {
    std::vector<CalendarEntry> entries;
    CalendarReader(reading, window, false).read(user, entries);
    std::vector<TimeRange> busy;
    for (const CalendarEntry& entry : entries) busy.push_back({entry.start, entry.end});
    return common_to(std::move(busy), {window});
}

/// In which every one of the users is free.
std::vector<TimeRange> free_for_all(kernel::Reading& reading, const std::vector<Id<User>>& users,
                                    const SlotQuery& query) {
    std::vector<TimeRange> free{query.window};
    for (const Id<User> user : users) {
        if (query.in_working_hours)
            free = common_to(std::move(free), working_in(reading, user, query.window));
        free = without(std::move(free), busy_in(reading, user, query.window));
    }
    return free;
}

/// The first multiple of `step` after midnight, by the clock of the zone, that is not before `at`.
Time aligned(Time at, const Zone& zone, microseconds step) {
    for (;;) {
        const Time wall = recurrence::wall_of(at, zone);
        const auto of_day = wall - std::chrono::floor<days>(wall);
        if (of_day % step == microseconds{0}) return at;
        // The clocks may change in between: then once more.
        at += std::min<microseconds>(step - of_day % step, days{1} - of_day);
    }
}

void require_slot_query(const SlotQuery& query) {
    domain::require_page_limit(query.limit);
    if (query.length <= microseconds{0})
        throw Invalid("calendar", "length", "must be longer than nothing");
    if (query.step < std::chrono::minutes{1} || query.step > days{1})
        throw Invalid("calendar", "step", "must be 1 to 1,440 minutes");
}

TimeRange days_from(std::chrono::sys_days first, std::chrono::sys_days last, const Zone& zone) {
    return {zone.start_of(Date::from_days(first)), zone.start_of(Date::from_days(last))};
}

}  // namespace

TimeRange day_of(const Date& date, const Zone& zone) {
    return days_from(date.days(), date.days() + days{1}, zone);
}

TimeRange week_of(const Date& date, const Zone& zone) {
    const std::chrono::weekday weekday{date.days()};
    const auto monday = date.days() - (weekday - std::chrono::Monday);
    return days_from(monday, monday + days{7}, zone);
}

TimeRange month_of(const Date& date, const Zone& zone) {
    const std::chrono::year_month month{std::chrono::year{date.year()},
                                        std::chrono::month{date.month()}};
    return days_from(month / 1, (month + std::chrono::months{1}) / 1, zone);
}

Agenda Calendar::agenda(const std::vector<Id<User>>& users, const TimeRange& window,
                        const AgendaOptions& options) const {
    require_window(window);
    kernel::Reading reading(session_->state());
    const CalendarReader calendar(reading, window, options.cancelled_too);
    Agenda agenda;
    for (const Id<User> user : users_of(reading, users)) {
        calendar.read(user, agenda.entries);
        if (!options.working_hours) continue;
        for (const TimeRange& hours : working_in(reading, user, window))
            agenda.working.push_back({user, hours});
    }
    std::ranges::sort(agenda.entries, {}, [](const CalendarEntry& entry) {
        return std::tuple(entry.start, entry.end, entry.user.value(), entry.activity.value());
    });
    return agenda;
}

std::vector<BusyTime> Calendar::free_busy(const std::vector<Id<User>>& users,
                                          const TimeRange& window) const {
    require_window(window);
    kernel::Reading reading(session_->state());
    std::vector<BusyTime> all;
    for (const Id<User> user : users_of(reading, users))
        all.push_back({user, busy_in(reading, user, window)});
    return all;
}

std::vector<TimeRange> Calendar::find_slots(const std::vector<Id<User>>& users,
                                            const SlotQuery& query) const {
    require_window(query.window);
    require_slot_query(query);
    kernel::Reading reading(session_->state());
    const Zone& zone = session_->zone();
    std::vector<TimeRange> slots;
    for (const TimeRange& free : free_for_all(reading, users_of(reading, users), query))
        for (Time at = aligned(free.start, zone, query.step);
             at + query.length <= free.end && std::ssize(slots) < query.limit;
             at = aligned(at + query.length, zone, query.step))
            slots.push_back({at, at + query.length});
    return slots;
}

}  // namespace crm
