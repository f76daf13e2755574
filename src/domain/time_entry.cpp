#include "crm/time_entry.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "crm/project.hpp"
#include "domain/clock_time.hpp"
#include "domain/records.hpp"
#include "domain/schedule.hpp"
#include "domain/working_hours.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;
using std::chrono::days;

constexpr days longest_report{366};
constexpr std::int64_t most_minutes = 1'440;

// Reports stand on all of them but the note.
constexpr Column time_columns[] = {
    column<&TimeEntry::activity>("activity_id", required | fixed | parent,
                                 {.target = number::activity, .on_delete = OnDelete::takes_along}),
    column<&TimeEntry::user>("user_id", required | fixed | always_shown, {.target = number::user}),
    column<&TimeEntry::worked_on>("worked_on", required | always_shown | on_card),
    column<&TimeEntry::minutes>("minutes", required | always_shown | on_card),
    column<&TimeEntry::note>("note", on_card),
};
constexpr Order time_orders[] = {{"day", "worked_on"}};

// ---- rules

void derive_time(Work& work, void* record) {
    auto& entry = *static_cast<TimeEntry*>(record);
    if (!entry.user) entry.user = work.transaction().session().user;
}

bool may_change(Work& work, const Activity& activity) {
    auto& transaction = work.transaction();
    return transaction.rights().covers(transaction.connection(), kind_of<Activity>(),
                                       kernel::Action::change, &activity);
}

/// What an activity of a user's own would be covered by.
Activity activity_of(Work& work, Id<User> id) {
    Activity activity;
    const auto user = domain::load(work, id);
    activity.head.owner = id;
    if (user) activity.head.unit = user->unit;
    return activity;
}

/// Who sees the activity is asked by the engine (`readers_add`). That a day is full tells of hidden
/// entries: only to who may change what the user does anyway.
void require_own_or_change(Work& work, const TimeEntry& entry) {
    auto& transaction = work.transaction();
    if (entry.user == transaction.session().user || domain::is_undo(work)) return;
    if (!transaction.created_here(entry.activity)) {
        const auto activity = domain::load(work, entry.activity);
        if (!activity || !may_change(work, *activity))
            throw Denied(
                "time_entry: to book for another user takes the right to change the activity");
    }
    if (!may_change(work, activity_of(work, entry.user)))
        throw Denied(
            "time_entry: to book for another user takes the right to change activities of that "
            "user");
}

void refuse_full_day(Work& work, const TimeEntry& entry) {
    if (domain::exists(work, "time_entry.day_is_full",
                       {{":user", entry.user.value()},
                        {":day", entry.worked_on.text()},
                        {":id", entry.head.id.value()},
                        {":minutes", entry.minutes}}))
        throw Invalid("time_entry", "minutes",
                      "would make more than 24 hours of the user's day; entries of hidden "
                      "activities count too");
}

/// Whether the hours of a day change.
bool books_anew(const TimeEntry& entry, const TimeEntry* before) {
    return !before || entry.worked_on != before->worked_on || entry.minutes != before->minutes;
}

void check_time(Work& work, const void* record, const void* before) {
    const auto& entry = *static_cast<const TimeEntry*>(record);
    domain::require_given(entry.worked_on, "time_entry", "worked_on");
    if (entry.minutes < 1 || entry.minutes > most_minutes)
        throw Invalid("time_entry", "minutes", "must be 1 to 1,440");
    if (books_anew(entry, static_cast<const TimeEntry*>(before)))
        require_own_or_change(work, entry);
    domain::check_relation(work, "hours of a day", entry.head.id,
                           [entry](Work& at) { refuse_full_day(at, entry); });
}

Kind make_time_kind() {
    Kind kind =
        kernel::kind<TimeEntry>(number::time_entry, "time_entry", Role::child, time_columns);
    kind.orders = time_orders;
    kind.rules = {.derive = derive_time, .check = check_time};
    kind.readers_add = true;
    return kind;
}

// ---- reports

/// One entry as the named queries answer it.
struct Booked {
    Id<User> user;
    Date day;
    Id<Activity> activity;
    std::int64_t minutes;
    Id<Project> project;
};

template <class Use>
void each_row(storage::Use rows, const Use& use) {
    while (rows.step())
        use(Booked{Id<User>{rows.integer(0)}, Date::parse(rows.text(1)),
                   Id<Activity>{rows.integer(2)}, rows.integer(3),
                   rows.is_null(4) ? Id<Project>{} : Id<Project>{rows.integer(4)}});
}

/// What the session sees booked; of everybody where no user is named.
template <class Use>
void each_booked(kernel::Reading& reading, const std::vector<Id<User>>& users, const Date& from,
                 const Date& to, const Use& use) {
    if (users.empty())
        each_row(kernel::named_query(reading, "time_entry.worked",
                                     {{":from", from.text()}, {":to", to.text()}}),
                 use);
    for (const Id<User> user : std::set(users.begin(), users.end()))
        each_row(kernel::named_query(
                     reading, "time_entry.worked_by_user",
                     {{":user", user.value()}, {":from", from.text()}, {":to", to.text()}}),
                 use);
}

std::int64_t minutes_in(const std::vector<TimeRange>& ranges) {
    std::chrono::microseconds length{0};
    for (const TimeRange& range : ranges) length += range.length();
    return std::chrono::floor<std::chrono::minutes>(length).count();
}

}  // namespace

template <>
const Kind& kind_of<TimeEntry>() {
    static const Kind kind = make_time_kind();
    return kind;
}

std::vector<TimeEntry> TimeEntries::of(Id<Activity> activity) const {
    return domain::records<TimeEntry>(session(), "time_entry.of_activity",
                                      {{":activity", activity.value()}});
}

std::vector<WorkedTime> TimeEntries::hours(const WorkQuery& query) const {
    domain::require_window(query.from, query.to, longest_report, "time_entry");
    kernel::Reading reading(session().state());
    std::map<std::tuple<Id<User>, std::optional<Date>, Id<Activity>, Id<Project>>, std::int64_t>
        sums;
    each_booked(reading, query.users, query.from, query.to, [&](const Booked& booked) {
        sums[{query.by_user ? booked.user : Id<User>{},
              query.by_day ? std::optional(booked.day) : std::nullopt,
              query.by_activity ? booked.activity : Id<Activity>{},
              query.by_project ? booked.project : Id<Project>{}}] += booked.minutes;
    });
    std::vector<WorkedTime> worked;
    for (const auto& [by, minutes] : sums)
        worked.push_back(
            {std::get<0>(by), std::get<1>(by), std::get<2>(by), std::get<3>(by), minutes});
    return worked;
}

std::vector<WorkBalance> TimeEntries::balance(std::vector<Id<User>> users, const Date& from,
                                              const Date& to) const {
    domain::require_window(from, to, longest_report, "time_entry");
    kernel::Reading reading(session().state());
    users = domain::users_or_all(reading, std::move(users));
    domain::require_days_of_users(users.size(), from, to);
    std::vector<WorkBalance> all;
    for (const Id<User> user : users) {
        std::map<Date, WorkBalance> days;
        for (const auto& [day, hours] : domain::working_days(reading, user, from, to))
            days[day].scheduled = minutes_in(hours);
        each_booked(reading, {user}, from, to,
                    [&](const Booked& booked) { days[booked.day].worked += booked.minutes; });
        for (const auto& [day, found] : days)
            all.push_back({day, user, found.worked, found.scheduled});
    }
    std::ranges::stable_sort(all, {}, &WorkBalance::day);
    return all;
}

}  // namespace crm
