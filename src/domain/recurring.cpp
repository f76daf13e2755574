#include "domain/recurring.hpp"

#include <algorithm>
#include <utility>

#include "domain/records.hpp"
#include "kernel/engine.hpp"

namespace crm::domain {

namespace {

using State = ActivityState;

[[noreturn]] void refuse(const char* field, const char* reason) {
    throw Invalid("activity", field, reason);
}

/// Beyond all years that are searched.
constexpr std::chrono::years for_ever{1'100};

std::optional<Time> end_of(const Activity& series) {
    if (series.recurrence.is_endless()) return {};
    const auto anchor = anchor_of(series);
    const auto all = occurrences(series.recurrence, anchor.start, anchor.zone, anchor.start,
                                 anchor.start + for_ever, most_occurrences);
    if (all.size() == most_occurrences) return {};
    return (all.empty() ? series.start : all.back()) + length_of(series);
}

bool moved(const Activity& series, const Activity& before) {
    return recurs(before) && (series.start != before.start || series.zone != before.zone);
}

void check_series(const Activity& series) {
    if (series.zone.empty())
        refuse("zone", "is required of what recurs: it says by which clock, such as Europe/Kyiv");
    if (series.series) refuse("recurrence", "one occurrence of a series does not recur itself");
    if (series.start != std::chrono::floor<std::chrono::seconds>(series.start))
        refuse("start_at", "is a whole second where the activity recurs");
    if (series.state == State::started || series.state == State::completed)
        refuse(
            "state",
            "a series takes place many times: start or complete one occurrence of it, or end it");
    const auto anchor = anchor_of(series);
    const Time early = anchor.start - for_ever;
    if (!occurrences(series.recurrence, anchor.start, anchor.zone, early, anchor.start, 1).empty())
        refuse("recurrence", "has an RDATE before the start: let the series start there");
}

/// What it takes to make one occurrence differ: the right to change the series.
void check_new_occurrence(Work& work, const Activity& occurrence) {
    const auto series = load(work, occurrence.series);
    if (!series || !recurs(*series)) refuse("series_id", "is no activity that recurs");
    const auto& transaction = work.transaction();
    if (!transaction.rights().covers(transaction.connection(), kind_of<Activity>(),
                                     kernel::Action::change, &*series))
        throw Denied("activity: the right to change the series is missing");
    require_occurrence(*series, *occurrence.recurrence_id);
}

void check_only_one(Work& work, const Activity& occurrence) {
    check_relation(
        work, "one activity an occurrence", occurrence.head.id,
        [id = occurrence.head.id, series = occurrence.series,
         at = *occurrence.recurrence_id](Work& checking) {
            if (exists(checking, "series.other",
                       {{":series", series.value()}, {":at", instant(at)}, {":id", id.value()}}))
                throw Conflict(
                    "activity: this occurrence of the series has an activity of its own "
                    "already, perhaps a hidden one; change that");
        });
}

void check_occurrence(Work& work, const Activity& occurrence, const Activity* before) {
    if (!occurrence.series != !occurrence.recurrence_id)
        refuse(occurrence.series ? "recurrence_id" : "series_id",
               "an occurrence says both its series and when it was to start");
    if (!occurrence.series) return;
    if (!before && work.transaction().created_here(occurrence.head.id))
        check_new_occurrence(work, occurrence);
    if (!before || before->series != occurrence.series ||
        before->recurrence_id != occurrence.recurrence_id)
        check_only_one(work, occurrence);
}

/// What stops to recur has no occurrences of its own.
void check_end_of_recurrence(Work& work, Id<Activity> id) {
    check_relation(work, "end of a recurrence", id, [id](Work& checking) {
        const auto series = load(checking, id);
        if (is_undo(checking) && (!series || recurs(*series))) return;
        if (exists(checking, "series.any", {{":series", id.value()}}))
            throw Conflict(
                "activity: occurrences of the series have activities of their own, so it cannot "
                "stop to recur; end it, or remove them first",
                id);
    });
}

/// An undo puts the start back, and occurrences only as they were then: those that came since
/// would be left without their time.
void check_start_put_back(Work& work, Id<Activity> id) {
    const auto check = [id](Work& ending) {
        const auto series = load(ending, id);
        if (!series || !recurs(*series)) return;
        for (const Ref each : refs(ending, "series.occurrences", {{":series", id.value()}}))
            if (!takes_place_at(*series, *load(ending, Id<Activity>{each})->recurrence_id))
                throw Conflict(
                    "activity: since the series was moved, an occurrence of it was given an "
                    "activity of its own; undo that first",
                    id);
    };
    work.transaction().at_end("start of a series put back", id.value(), check,
                              kernel::Transaction::AtEnd::checks);
}

/// Those that clocks have at one time are refused by `check_only_one`. The way of going sees to
/// it that none meets one that is still to move.
void move_occurrences(Work& work, const Activity& series, const Activity& before) {
    const recurrence::Move move(anchor_of(before), anchor_of(series));
    auto all = refs(work, "series.occurrences", {{":series", series.head.id.value()}});
    if (move.is_forward()) std::ranges::reverse(all);
    for (const Ref each : all) {
        const auto occurrence = load(work, Id<Activity>{each});
        const Assignment at{"recurrence_id", instant(move(*occurrence->recurrence_id))};
        kernel::update(work.transaction(), kind_of<Activity>(), each, any_version, {&at, 1},
                       nullptr, kernel::Authority::engine);
    }
}

}  // namespace

Copying::Copying(Work& work, Id<Activity> series) : transaction_(work.transaction()) {
    transaction_.copy_from(series);
}
Copying::~Copying() { transaction_.copy_from({}); }

bool is_copying(Work& work) { return bool(work.transaction().copied_from()); }

bool comes_of_series(Work& work, const Activity& activity) {
    return activity.series || is_copying(work);
}

std::optional<Activity> origin_of(Work& work, const Activity& activity) {
    const Id<Activity> copied{work.transaction().copied_from()};
    const Id<Activity> series = copied ? copied : activity.series;
    return series ? load(work, series) : std::nullopt;
}

recurrence::Anchor anchor_of(const Activity& activity) {
    return {activity.start, Zone{activity.zone}};
}

std::chrono::microseconds length_of(const Activity& activity) {
    return activity.end ? *activity.end - activity.start : std::chrono::microseconds{0};
}

bool takes_place_at(const Activity& series, Time at) {
    const auto anchor = anchor_of(series);
    const Time next = at + std::chrono::microseconds{1};
    return !occurrences(series.recurrence, anchor.start, anchor.zone, at, next, 1).empty();
}

std::vector<Time> untouched_starts(kernel::Reading& reading, const SeriesRow& series,
                                   const TimeRange& window) {
    auto starts = occurrences(series.recurrence, series.start, series.zone, window.start,
                              window.end, most_occurrences);
    if (starts.size() == most_occurrences)
        throw LimitExceeded(
            "a series takes place 100,000 times in the window; make the window smaller");
    if (starts.empty()) return starts;
    const Time after_last = starts.back() + std::chrono::microseconds{1};
    auto row = kernel::named_query(reading, "series.own_starts",
                                   {{":series", series.id.value()},
                                    {":since", instant(starts.front())},
                                    {":until", instant(after_last)}});
    std::vector<Time> touched;
    while (row.step()) touched.push_back(row.time(0));
    std::erase_if(starts, [&](Time at) { return std::ranges::binary_search(touched, at); });
    return starts;
}

void require_occurrence(const Activity& series, Time at) {
    if (!takes_place_at(series, at))
        refuse("recurrence_id", "is no time at which the series is to take place");
}

void derive_recurrence(Work& work, Activity& activity) {
    activity.recurs_until.reset();
    if (!recurs(activity) || activity.zone.empty() || activity.start == Time{}) return;
    const auto before = load(work, Id<Activity>{activity.head.id});
    if (before && moved(activity, *before) && before->recurrence == activity.recurrence)
        activity.recurrence =
            recurrence::Move(anchor_of(*before), anchor_of(activity))(activity.recurrence);
    activity.recurs_until = end_of(activity);
}

void check_recurrence(Work& work, const Activity& activity, const Activity* before) {
    if (recurs(activity)) check_series(activity);
    check_occurrence(work, activity, before);
    if (!before || !recurs(*before)) return;
    if (!recurs(activity)) return check_end_of_recurrence(work, activity.head.id);
    if (!moved(activity, *before)) return;
    is_undo(work) ? check_start_put_back(work, activity.head.id)
                  : move_occurrences(work, activity, *before);
}

}  // namespace crm::domain
