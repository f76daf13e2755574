#include "crm/series.hpp"

#include <algorithm>
#include <utility>

#include "crm/access_right.hpp"
#include "crm/participant.hpp"
#include "domain/records.hpp"
#include "domain/recurring.hpp"
#include "domain/reminder.hpp"
#include "kernel/engine.hpp"

namespace crm::inline v1 {
namespace {

const Activity& require_series(const Activity& series) {
    if (!domain::recurs(series))
        throw Invalid("activity", "recurrence", "is not set: this activity takes place once");
    return series;
}

/// Values of custom properties that may stand in two records, and in new ones.
PropertyValues copied(const PropertyValues& properties) {
    PropertyValues copies;
    for (const auto& [name, value] : properties.values()) {
        const Column* column = properties.kind() ? properties.kind()->find(name) : nullptr;
        if (column && !column->has(unique) && !column->has(out_of_use))
            copies.set(name, value.value());
    }
    return copies;
}

/// A new activity like another, by the same owner, in the same unit and territory, given by the
/// same user.
Activity like(const Activity& given) {
    Activity copy = given;
    copy.head = {.owner = given.head.owner,
                 .unit = given.head.unit,
                 .territory = given.head.territory,
                 .properties = copied(given.head.properties)};
    copy.follow_up_of = {};
    copy.recurs_until.reset();
    return copy;
}

/// What one occurrence of a series is before anybody touches it.
Activity occurrence_of(const Activity& series, Time at) {
    Activity occurrence = like(series);
    occurrence.start = at;
    if (series.end) occurrence.end = at + domain::length_of(series);
    occurrence.recurrence = {};
    occurrence.series = series.head.id;
    occurrence.recurrence_id = at;
    return occurrence;
}

/// A series that the session sees, whole: with what is hidden from it.
Activity seen_series(Session& session, Work& work, Id<Activity> id) {
    require_series(Activities(session).get(id));
    return *domain::load(work, id);
}

/// The activity of an occurrence, whoever sees it.
Id<Activity> own_of(Work& work, Id<Activity> series, Time at) {
    const auto own = domain::refs(work, "series.at",
                                  {{":series", series.value()}, {":at", domain::instant(at)}});
    return own.empty() ? Id<Activity>{} : Id<Activity>{own.front()};
}

template <class Record>
void insert(Work& work, Record& record) {
    kernel::insert(work.transaction(), kind_of<Record>(), &record, kernel::Authority::engine);
}

/// In the order of being invited.
void copy_participants(Work& work, Id<Activity> from, Id<Activity> to) {
    auto all = domain::refs(work, "series.participants", {{":series", from.value()}});
    std::ranges::sort(all, {}, &Ref::value);
    for (const Ref each : all) {
        Participant copy = *domain::load(work, Id<Participant>{each});
        copy.head = {.properties = copied(copy.head.properties)};
        copy.activity = to;
        insert(work, copy);
    }
}

/// Those of one grantee; all where there is none.
void copy_shares(Work& work, Id<Activity> from, Id<Activity> to, Ref grantee) {
    for (const Ref each : domain::refs(work, "series.shares",
                                       {{":series", from.value()},
                                        {":grantee", grantee.value()},
                                        {":today", work.transaction().rights().today()}})) {
        Share copy = *domain::load(work, Id<Share>{each});
        copy.head = {};
        copy.record = to;
        insert(work, copy);
    }
}

/// The activity of an occurrence nobody touched yet: who takes part in the series takes part in it,
/// and who gave the series keeps sight.
Id<Activity> new_own(Work& work, const Activity& series, Time at) {
    const domain::Copying copying(work, series.head.id);
    Activity occurrence = occurrence_of(series, at);
    insert(work, occurrence);
    const Id<Activity> id{occurrence.head.id};
    if (series.assigned_by) copy_shares(work, series.head.id, id, series.assigned_by);
    copy_participants(work, series.head.id, id);
    return id;
}

/// That activity; made where there is none yet, for which the right to change the series is enough.
Id<Activity> touch(Session& session, Work& work, Id<Activity> id, Time at) {
    const Activity series = seen_series(session, work, id);
    const auto own = own_of(work, id, at);
    if (own && !Activities(session).find(own))
        throw Conflict("activity: this occurrence was given an activity that is hidden from you");
    return own ? own : new_own(work, series, at);
}

/// Touches an occurrence and does something to it; both or none.
template <class Verb>
Activity with_own(Session& session, std::string_view name, Id<Activity> series, Time at,
                  const Verb& verb) {
    Activity done;
    session.write(name, [&](Work& work) {
        kernel::Transaction::Part part(work.transaction());
        Activities activities(session);
        done = verb(activities, touch(session, work, series, at));
        part.keep();
    });
    return done;
}

recurrence::Halves divided(const Activity& series, Time at) {
    domain::require_occurrence(series, at);
    return recurrence::divided(series.recurrence, domain::anchor_of(series), at);
}

bool is_first(const Activity& series, Time at) {
    return next_occurrence(series.recurrence, series.start, Zone{series.zone}, series.start) == at;
}

/// The master of what goes on from an occurrence, seen by all who see the series, with who takes
/// part, who is reminded and the touched ones that are its.
Id<Activity> part_off(Work& work, const Activity& series, Time at, Recurrence from) {
    Activity later = like(series);
    later.start = at;
    if (series.end) later.end = at + domain::length_of(series);
    later.recurrence = std::move(from);
    const domain::Copying copying(work, series.head.id);
    insert(work, later);
    copy_shares(work, series.head.id, later.head.id, {});
    copy_participants(work, series.head.id, later.head.id);
    domain::copy_reminders(work, series.head.id, later.head.id, at);
    const Assignment own{"series_id", Value{later.head.id.value()}};
    for (const Ref each :
         domain::refs(work, "series.occurrences_from",
                      {{":series", series.head.id.value()}, {":at", domain::instant(at)}}))
        kernel::update(work.transaction(), kind_of<Activity>(), each, any_version, {&own, 1},
                       nullptr, kernel::Authority::engine);
    return later.head.id;
}

Activity set_recurrence(Session& session, Id<Activity> series, const Recurrence& recurrence) {
    return Activities(session).change(series, any_version,
                                      {{"recurrence", std::string_view{recurrence.text()}}});
}

}  // namespace

std::vector<Time> Series::times(Id<Activity> id, Time since, Time until) const {
    const Activity series = require_series(Activities(*session_).get(id));
    const auto anchor = domain::anchor_of(series);
    auto times =
        occurrences(series.recurrence, anchor.start, anchor.zone, since, until, most_occurrences);
    if (times.size() == most_occurrences)
        throw LimitExceeded(
            "the series takes place 100,000 times and more: make the window smaller");
    return times;
}

Activity Series::occurrence(Id<Activity> id, Time recurrence_id) const {
    const Activity series = require_series(Activities(*session_).get(id));
    auto own = domain::records<Activity>(
        *session_, "series.touched_at",
        {{":series", id.value()}, {":at", domain::instant(recurrence_id)}}, true);
    if (!own.empty()) return std::move(own.front());
    domain::require_occurrence(series, recurrence_id);
    Activity occurrence = occurrence_of(series, recurrence_id);
    occurrence.head.hidden = series.head.hidden;
    return occurrence;
}

std::vector<Activity> Series::touched(Id<Activity> id) const {
    require_series(Activities(*session_).get(id));
    return domain::records<Activity>(*session_, "series.touched", {{":series", id.value()}}, true);
}

Activity Series::change(Id<Activity> series, Time recurrence_id,
                        const std::vector<Assignment>& fields) {
    return with_own(*session_, "series.change", series, recurrence_id,
                    [&](Activities& activities, Id<Activity> own) {
                        return fields.empty() ? activities.get(own)
                                              : activities.change(own, any_version, fields);
                    });
}

Activity Series::start(Id<Activity> series, Time recurrence_id) {
    return with_own(*session_, "series.start", series, recurrence_id,
                    [](Activities& activities, Id<Activity> own) { return activities.start(own); });
}

Activity Series::complete(Id<Activity> series, Time recurrence_id, const Report& report,
                          const std::optional<Plan>& follow_up) {
    return with_own(*session_, "series.complete", series, recurrence_id,
                    [&](Activities& activities, Id<Activity> own) {
                        return activities.complete(own, report, follow_up);
                    });
}

Activity Series::cancel(Id<Activity> series, Time recurrence_id, std::string_view reason) {
    return with_own(
        *session_, "series.cancel", series, recurrence_id,
        [&](Activities& activities, Id<Activity> own) { return activities.cancel(own, reason); });
}

Activity Series::skip(Id<Activity> id, Time recurrence_id) {
    Activity left;
    session_->write("series.skip", [&](Work& work) {
        const Activity series = seen_series(*session_, work, id);
        domain::require_occurrence(series, recurrence_id);
        if (own_of(work, id, recurrence_id))
            throw Conflict(
                "activity: this occurrence has an activity of its own, perhaps a hidden one; "
                "cancel or remove that");
        left = set_recurrence(
            *session_, id,
            recurrence::without(series.recurrence, Zone{series.zone}, recurrence_id));
    });
    return left;
}

Activity Series::change_following(Id<Activity> id, Time recurrence_id,
                                  const std::vector<Assignment>& fields) {
    Activity changed;
    session_->write("series.change_following", [&](Work& work) {
        const Activity series = seen_series(*session_, work, id);
        Activities activities(*session_);
        if (is_first(series, recurrence_id)) {
            changed = activities.change(id, any_version, fields);
            return;
        }
        auto halves = divided(series, recurrence_id);
        kernel::Transaction::Part part(work.transaction());
        set_recurrence(*session_, id, halves.before);
        const auto later = part_off(work, series, recurrence_id, std::move(halves.from));
        changed = activities.change(later, any_version, fields);
        part.keep();
    });
    return changed;
}

Activity Series::end_before(Id<Activity> id, Time recurrence_id) {
    Activity ended;
    session_->write("series.end_before", [&](Work& work) {
        const Activity series = seen_series(*session_, work, id);
        if (is_first(series, recurrence_id))
            throw Invalid("activity", "recurrence_id",
                          "is the first of the series: remove the series, or cancel it");
        ended = set_recurrence(*session_, id, divided(series, recurrence_id).before);
    });
    return ended;
}

}  // namespace crm
