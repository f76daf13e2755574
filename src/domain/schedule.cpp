#include "domain/schedule.hpp"

#include <algorithm>

#include "crm/party.hpp"
#include "domain/clock_time.hpp"
#include "domain/records.hpp"
#include "domain/working_hours.hpp"

namespace crm::inline v1 {
namespace {

using domain::next_day;
using kernel::column;
namespace number = kernel::number;
using std::chrono::days;

constexpr std::string_view on_leave = "leave", in_office = "office", off_work = "off";
constexpr days longest_entry{366};  // schema/query/schedule.sql counts on it
constexpr days longest_schedule{366};

// Where somebody is stands on all of them but the reasons.
constexpr Column schedule_columns[] = {
    column<&ScheduleEntry::starts_on>("starts_on", required | always_shown),
    column<&ScheduleEntry::ends_on>("ends_on", required | always_shown),
    column<&ScheduleEntry::starts>("starts", always_shown),
    column<&ScheduleEntry::ends>("ends", always_shown),
    column<&ScheduleEntry::whereabouts>("whereabouts", required | always_shown,
                                        {.list = "whereabouts"}),
    column<&ScheduleEntry::is_absence>("is_absence", always_shown),
    column<&ScheduleEntry::party>("party_id", no_trait,
                                  {.target = number::party, .on_delete = OnDelete::clears}),
    column<&ScheduleEntry::town>("town"),
    column<&ScheduleEntry::organisation>("organisation"),
    column<&ScheduleEntry::purpose>("purpose"),
};
constexpr Order schedule_orders[] = {{"start", "starts_on"}};

// ---- rules

bool is_whole_day(const ScheduleEntry& entry) { return entry.starts.empty(); }

void derive_scheduled(Work&, void* record) {
    auto& entry = *static_cast<ScheduleEntry*>(record);
    if (!entry.ends_on) entry.ends_on = entry.starts_on;
    if (entry.whereabouts == on_leave) entry.is_absence = true;
}

void check_days(const ScheduleEntry& entry) {
    domain::require_given(entry.starts_on, "schedule_entry", "starts_on");
    if (*entry.ends_on < entry.starts_on)
        throw Invalid("schedule_entry", "ends_on", "lies before starts_on");
    if (entry.ends_on->days() - entry.starts_on.days() > longest_entry)
        throw Invalid("schedule_entry", "ends_on",
                      "lies more than 366 days after starts_on: make several entries");
}

void check_hours(const ScheduleEntry& entry) {
    if (is_whole_day(entry) && entry.ends.empty()) return;
    domain::require_hours(entry.starts, entry.ends, "schedule_entry");
    if (entry.ends < entry.starts)
        throw Invalid("schedule_entry", "ends", "lies before starts: make an entry of each day");
}

void refuse_overlap(Work& work, const ScheduleEntry& entry) {
    if (domain::exists(work, "schedule.overlapping",
                       {{":user", entry.head.owner.value()},
                        {":id", entry.head.id.value()},
                        {":from", entry.starts_on.text()},
                        {":to", entry.ends_on->text()},
                        {":starts", domain::optional(entry.starts)},
                        {":ends", domain::optional(entry.ends)}}))
        throw Invalid("schedule_entry", "starts_on",
                      is_whole_day(entry)
                          ? "the user has an entry for one of these days: change that one"
                          : "the user has an entry for some of these hours: change that one");
}

void check_scheduled(Work& work, const void* record, const void*) {
    const auto& entry = *static_cast<const ScheduleEntry*>(record);
    check_days(entry);
    check_hours(entry);
    domain::check_relation(work, "one place at a time", entry.head.id,
                           [entry](Work& at) { refuse_overlap(at, entry); });
}

Kind make_schedule_kind() {
    Kind kind = kernel::kind<ScheduleEntry>(number::schedule_entry, "schedule_entry", Role::root,
                                            schedule_columns);
    kind.orders = schedule_orders;
    kind.rules = {.derive = derive_scheduled, .check = check_scheduled};
    kind.is_of_owner = true;
    return kind;
}

// ---- what follows from entries

bool touches(const ScheduleEntry& entry, const Date& day) {
    return entry.starts_on <= day && day <= *entry.ends_on;
}

std::vector<TimeRange> times_of(const ScheduleEntry& entry, const Zone& zone) {
    if (is_whole_day(entry))
        return {{zone.start_of(entry.starts_on), zone.start_of(next_day(*entry.ends_on))}};
    const auto shift = domain::Shift::parse(entry.starts, entry.ends, zone);
    std::vector<TimeRange> times;
    for (Date day = entry.starts_on; day <= *entry.ends_on; day = next_day(day))
        times.push_back(shift.on(day));
    return times;
}

/// The entry that says where its user is; nullptr where none does.
const ScheduleEntry* entry_at(const std::vector<ScheduleEntry>& entries, const Zone& zone,
                              Time at) {
    const ScheduleEntry* found = nullptr;
    for (const ScheduleEntry& entry : entries)
        for (const TimeRange& times : times_of(entry, zone))
            if (times.contains(at) && (!found || !is_whole_day(entry))) found = &entry;
    return found;
}

Whereabouts whereabouts_of(kernel::Reading& reading, const User& user, Time at) {
    const Id<User> id = user.head.id;
    const Zone zone = domain::zone_of(reading, user);
    const Date day = zone.date_of(at);
    Whereabouts whereabouts{.user = id, .name = user.name};
    whereabouts.works = domain::works_at(reading, id, at);
    whereabouts.place = whereabouts.works ? in_office : off_work;
    const auto entries = domain::schedule_entries(reading, id, day, day);
    if (const ScheduleEntry* entry = entry_at(entries, zone, at)) {
        whereabouts.place = entry->whereabouts;
        whereabouts.entry = *entry;
    }
    return whereabouts;
}

std::vector<ScheduledDay> scheduled_days(kernel::Reading& reading, Id<User> user, const Date& from,
                                         const Date& to) {
    const auto entries = domain::schedule_entries(reading, user, from, to);
    std::vector<ScheduledDay> all;
    for (Date day = from; day <= to; day = next_day(day)) {
        ScheduledDay& scheduled = all.emplace_back(ScheduledDay{.day = day, .user = user});
        for (const ScheduleEntry& entry : entries)
            if (touches(entry, day)) scheduled.entries.push_back(entry);
        std::ranges::stable_sort(scheduled.entries, {}, &ScheduleEntry::starts);
    }
    for (auto& [day, hours] : domain::working_days(reading, user, from, to))
        all[static_cast<std::size_t>((day.days() - from.days()).count())].hours = std::move(hours);
    return all;
}

}  // namespace

template <>
const Kind& kind_of<ScheduleEntry>() {
    static const Kind kind = make_schedule_kind();
    return kind;
}

Whereabouts Schedule::where_is(Id<User> user, Time at) const {
    kernel::Reading reading(session().state());
    return whereabouts_of(reading, domain::user_of(reading, user), at);
}

std::vector<Whereabouts> Schedule::where_is_everybody(Time at) const {
    kernel::Reading reading(session().state());
    std::vector<Whereabouts> everybody;
    for (const User& user : domain::records<User>(reading, "schedule.active_users", {}))
        everybody.push_back(whereabouts_of(reading, user, at));
    return everybody;
}

std::vector<ScheduledDay> Schedule::schedule(std::vector<Id<User>> users, const Date& from,
                                             const Date& to) const {
    domain::require_window(from, to, longest_schedule, "schedule");
    kernel::Reading reading(session().state());
    users = domain::users_or_all(reading, std::move(users));
    domain::require_days_of_users(users.size(), from, to);
    std::vector<ScheduledDay> all;
    for (const Id<User> user : users)
        std::ranges::move(scheduled_days(reading, user, from, to), std::back_inserter(all));
    std::ranges::stable_sort(all, {}, &ScheduledDay::day);
    return all;
}

}  // namespace crm

namespace crm::domain {

std::vector<ScheduleEntry> schedule_entries(kernel::Reading& reading, Id<User> user,
                                            const Date& from, const Date& to) {
    return records<ScheduleEntry>(
        reading, "schedule.touching",
        {{":user", user.value()}, {":from", from.text()}, {":to", to.text()}});
}

std::vector<ScheduleEntry> schedule_entries(Work& work, Id<User> user, const Date& from,
                                            const Date& to) {
    std::vector<ScheduleEntry> entries;
    for (const Ref entry :
         refs(work, "schedule.all_touching",
              {{":user", user.value()}, {":from", from.text()}, {":to", to.text()}}))
        if (auto loaded = load(work, Id<ScheduleEntry>{entry})) entries.push_back(*loaded);
    return entries;
}

std::vector<TimeRange> absences(const std::vector<ScheduleEntry>& entries, const Zone& zone) {
    std::vector<TimeRange> away, at_work, for_hours;
    for (const ScheduleEntry& entry : entries) {
        auto& times = !entry.is_absence ? at_work : is_whole_day(entry) ? away : for_hours;
        if (entry.is_absence || !is_whole_day(entry))
            std::ranges::move(times_of(entry, zone), std::back_inserter(times));
    }
    away = without(std::move(away), std::move(at_work));
    std::ranges::move(for_hours, std::back_inserter(away));
    return united(std::move(away));
}

void require_days_of_users(std::size_t users, const Date& from, const Date& to) {
    constexpr std::size_t most = 50'000;
    const auto days = static_cast<std::size_t>((to.days() - from.days()).count()) + 1;
    if (users * days > most)
        throw LimitExceeded("schedule: " + std::to_string(users) + " users for " +
                            std::to_string(days) +
                            " days are more than 50,000 days in one answer: ask in parts");
}

std::vector<Id<User>> users_or_all(kernel::Reading& reading, std::vector<Id<User>> users) {
    if (!users.empty()) return users;
    auto rows = kernel::named_query(reading, "schedule.active_users", {});
    while (rows.step()) users.emplace_back(rows.integer(0));
    return users;
}

}  // namespace crm::domain
