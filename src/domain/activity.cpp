#include "crm/activity.hpp"

#include <algorithm>

#include "crm/call.hpp"
#include "crm/contact.hpp"
#include "crm/lead.hpp"
#include "crm/party.hpp"
#include "crm/project.hpp"
#include "domain/records.hpp"
#include "domain/recurring.hpp"
#include "domain/reminder.hpp"
#include "domain/telling.hpp"
#include "domain/territory.hpp"
#include "domain/work_state.hpp"
#include "kernel/engine.hpp"

namespace crm::kernel {

template <>
struct Codec<Recurrence> {
    static constexpr FieldType type = FieldType::text;
    static Value get(const Recurrence& v) {
        return v.text().empty() ? Value{} : Value{std::string_view{v.text()}};
    }
    static void set(Recurrence& v, const Value& value) {
        if (value.type() != Value::Type::text) refuse_type("the text of a recurrence");
        try {
            v = Recurrence::parse(value.text());
        } catch (const Invalid& bad) {  // whose field is the part of the rule
            throw Invalid(bad.kind, bad.field,
                          (bad.field.empty() ? "" : bad.field + " ") + bad.reason);
        }
    }
    static void clear(Recurrence& v) { v = {}; }
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::column;
using State = ActivityState;
namespace number = kernel::number;

constexpr std::string_view end_of_it[] = {"end_at"};

constexpr Column activity_columns[] = {
    column<&Activity::subject>("subject", required | searchable | on_card),
    column<&Activity::kind>("kind", required | on_card, {.list = "activity_kind"}),
    column<&Activity::stage>("stage", on_card, {.list = "activity_stage"}),
    column<&Activity::direction>("direction", on_card, {.list = "direction"}),
    column<&Activity::priority>("priority", on_card, {.list = "priority"}),
    column<&Activity::status>("status", on_card, {.list = "activity_status"}),
    column<&Activity::state>("state", required | always_shown | on_card),
    column<&Activity::party>("party_id", gives, {.target = number::party}),
    column<&Activity::contact>("contact_id", on_card | gives,
                               {.target = number::contact, .on_delete = OnDelete::clears}),
    column<&Activity::start>("start_at", required | always_shown | on_card),
    column<&Activity::end>("end_at", on_card),
    column<&Activity::completed_at>("completed_at", derived, {.made_of = end_of_it}),
    column<&Activity::zone>("zone", always_shown, {.type = FieldType::zone}),
    column<&Activity::next_contact_on>("next_contact_on", on_card),
    column<&Activity::parent>("parent_id", part_of | always_shown, {.target = number::activity}),
    column<&Activity::follow_up_of>("follow_up_of_id", always_shown,
                                    {.target = number::activity, .on_delete = OnDelete::clears}),
    column<&Activity::project>("project_id", gives | part_of, {.target = number::project}),
    column<&Activity::planned_minutes>("planned_minutes", on_card),
    column<&Activity::is_todo>("is_todo", always_shown | on_card),
    column<&Activity::assigned_by>("assigned_by_id", derived | always_shown,
                                   {.target = number::user}),
    column<&Activity::lead>("lead_id", gives | part_of, {.target = number::lead}),
    column<&Activity::result>("result", searchable | body | on_card),
    column<&Activity::questions>("questions", searchable | body | on_card),
    column<&Activity::problems>("problems", searchable | body | on_card),
    column<&Activity::events>("events", searchable | body | on_card),
    column<&Activity::description>("description", searchable | body | on_card),
    column<&Activity::recurrence>("recurrence", always_shown, {.max_length = 64 * 1024}),
    column<&Activity::recurs_until>("recurs_until", derived, {.made_of = end_of_it}),
    column<&Activity::series>("series_id", fixed | always_shown, {.target = number::activity}),
    column<&Activity::recurrence_id>("recurrence_id", fixed | always_shown),
    column<&Activity::call>("call_id", fixed,
                            {.target = number::call, .on_delete = OnDelete::clears}),
};

constexpr Order activity_orders[] = {{"start", "start_at"}};

constexpr std::string_view by_note_text[] = {"text"};
constexpr Part activity_parts[] = {{"note", number::note, "text", "", "", "", by_note_text}};

/// When an activity that is completed now, with no end told, has ended: done before its time, it
/// still does not end before it starts.
Time end_of(const Activity& before, Time now) {
    return before.is_todo ? before.end.value_or(before.start) : std::max(now, before.start);
}

// ---- rules

/// A to-do ends on the day that was set, whenever it is done.
void derive_completion(Work& work, Activity& activity) {
    const bool is_new = work.transaction().created_here(activity.head.id);
    if (activity.state != State::completed)
        activity.completed_at.reset();
    else if (!activity.completed_at || is_new)
        activity.completed_at = activity.is_todo && !is_new
                                    ? work.now()
                                    : std::min(activity.end.value_or(work.now()), work.now());
}

/// Who makes an activity for another gives it to him, and who gave a series gave what comes of it;
/// who is given one by `Tasks::delegate` is said there.
void derive_assignment(Work& work, Activity& activity) {
    auto& transaction = work.transaction();
    const Id<Activity> id{activity.head.id};
    if (!transaction.created_here(id)) return;
    const auto stored = domain::load(work, id);
    if (stored && stored->head.owner == activity.head.owner) return;
    if (const auto series = domain::origin_of(work, activity)) {
        activity.assigned_by = series->assigned_by;
        return;
    }
    const Id<User> me = transaction.session().user;
    const bool is_given = activity.head.owner != me && !domain::is_silent(work);
    activity.assigned_by = is_given ? me : Id<User>{};
}

/// Where an activity stands by what is above it: all of the place of its parent, or the party of
/// its project, where that has one.
struct Place {
    Ref above;
    bool is_of_parent;
    Id<Party> party;
    Id<Project> project{};
    Id<Lead> lead{};

    bool has(const Activity& activity) const {
        return activity.party == party &&
               (!is_of_parent || (activity.project == project && activity.lead == lead));
    }
};

std::optional<Place> place_of(Work& work, const Activity& activity) {
    if (activity.parent) {
        const auto parent = domain::load(work, activity.parent);
        if (!parent) return std::nullopt;
        return Place{activity.parent, true, parent->party, parent->project, parent->lead};
    }
    if (!activity.project) return std::nullopt;
    const auto project = domain::load(work, activity.project);
    if (!project || !project->party) return std::nullopt;
    return Place{activity.project, false, project->party};
}

/// What is not given anew follows from what is above, where the session sees that: it may have
/// moved in this unit of work, and what stands below it not yet.
void derive_place(Work& work, Activity& activity) {
    const auto place = place_of(work, activity);
    if (!place || place->has(activity)) return;
    kernel::Reading reading(work.transaction().session());
    if (!kernel::find(reading, place->above)) return;
    const auto stored = domain::load(work, Id<Activity>{activity.head.id});
    const auto follow = [&](auto field, auto above) {
        const bool is_given = activity.*field && !(stored && activity.*field == (*stored).*field);
        if (!is_given) activity.*field = above;
    };
    follow(&Activity::party, place->party);
    if (!place->is_of_parent) return;
    follow(&Activity::project, place->project);
    follow(&Activity::lead, place->lead);
}

/// A new activity stands where its party does.
void derive_territory(Work& work, Activity& activity) {
    if (activity.party && !activity.head.territory &&
        work.transaction().created_here(activity.head.id))
        activity.head.territory = domain::territory_of(work, activity.party);
}

void derive_activity(Work& work, void* record) {
    auto& activity = *static_cast<Activity*>(record);
    if (activity.is_todo && !activity.end) activity.end = activity.start;
    derive_completion(work, activity);
    derive_assignment(work, activity);
    derive_place(work, activity);
    derive_territory(work, activity);
    domain::derive_recurrence(work, activity);
}

void check_times(const Activity& activity) {
    if (activity.start == Time{}) throw Invalid("activity", "start_at", "is required");
    if (activity.end && *activity.end < activity.start)
        throw Invalid("activity", "end_at", "lies before start_at");
    constexpr std::int64_t most = 10'000'000;  // minutes: some eighty years of work
    const auto planned = activity.planned_minutes.value_or(0);
    if (planned < 0 || planned > most)
        throw Invalid("activity", "planned_minutes", "must be 0 to 10,000,000");
}

Conflict over_already(Work& work, Ref id, State state) {
    return domain::already(work, kind_of<Activity>(), id, kernel::code_of(state));
}

/// What was cancelled with its lead comes back with it.
bool comes_back_with_lead(Work& work, const Activity& activity) {
    return activity.lead &&
           domain::exists(work, "activity.lead_comes_back",
                          {{":lead", activity.lead.value()},
                           {":command", static_cast<std::int64_t>(work.command())}});
}

/// planned → started → completed or cancelled, each step once; only an undo goes back, or a lead
/// that is taken on again.
void check_transition(Work& work, const Activity& activity, const Activity& before) {
    const State from = before.state, to = activity.state;
    if (from == to || (from == State::planned) || (from == State::started && domain::is_over(to)))
        return;
    if (from == State::cancelled && !domain::is_over(to) && comes_back_with_lead(work, activity))
        return;
    if (!domain::is_undo(work)) throw over_already(work, activity.head.id, from);
}

/// Another party or project than the parent's, another party than the project's, is refused and not
/// overwritten.
void check_place(Work& work, const Activity& activity) {
    const auto place = place_of(work, activity);
    if (!place || place->has(activity)) return;
    const char* field = "party_id";
    if (place->is_of_parent && activity.lead != place->lead) field = "lead_id";
    if (place->is_of_parent && activity.project != place->project) field = "project_id";
    throw Invalid("activity", field,
                  "follows from the " +
                      std::string(place->is_of_parent ? "parent activity" : "project") +
                      ": leave it empty, or change it there");
}

Value value_of(Ref ref) { return ref ? Value{ref.value()} : Value{}; }

void move(Work& work, Id<Activity> id, const Place& place) {
    const Assignment fields[] = {{"party_id", value_of(place.party)},
                                 {"project_id", value_of(place.project)},
                                 {"lead_id", value_of(place.lead)}};
    kernel::update(work.transaction(), kind_of<Activity>(), id, any_version,
                   std::span(fields).first(place.is_of_parent ? 3 : 1), nullptr,
                   kernel::Authority::engine);
}

/// Sub-activities go where their parent goes.
void hand_place_down(Work& work, Id<Activity> id) {
    const auto activity = domain::load(work, id);
    if (!activity) return;
    const Place place{id, true, activity->party, activity->project, activity->lead};
    for (const Ref below : domain::refs(work, "activity.below", {{":id", id.value()}}))
        move(work, Id<Activity>{below}, place);
}

/// What an undo puts back stands where what is above it stands by now.
void take_place(Work& work, Id<Activity> id) {
    const auto activity = domain::load(work, id);
    const auto place = activity ? place_of(work, *activity) : std::nullopt;
    if (place && !place->has(*activity)) move(work, id, *place);
}

void settle_place(Work& work, const Activity& activity) {
    const Id<Activity> id{activity.head.id};
    if (work.transaction().created_here(id) || !domain::is_undo(work))
        return check_place(work, activity);
    work.transaction().at_end("take place", id.value(),
                              [id](Work& ending) { take_place(ending, id); });
}

void check_created(Work& work, const Activity& activity) {
    if (activity.parent || activity.project) settle_place(work, activity);
    domain::follow_reminders(work, activity.series);
}

void check_changed(Work& work, const Activity& activity, const Activity& before) {
    const Id<Activity> id{activity.head.id};
    check_transition(work, activity, before);
    if (activity.parent && activity.parent != before.parent)
        domain::check_circle(work, kind_of<Activity>(), "parent_id", id, activity.parent,
                             "activity.above");
    if (activity.follow_up_of && activity.follow_up_of != before.follow_up_of)
        domain::check_circle(work, kind_of<Activity>(), "follow_up_of_id", id,
                             activity.follow_up_of, "activity.earlier");
    const bool went = activity.party != before.party,
               moved = went || activity.project != before.project || activity.lead != before.lead;
    if (moved || activity.parent != before.parent) settle_place(work, activity);
    if (activity.start != before.start || activity.state != before.state ||
        activity.zone != before.zone || activity.recurrence != before.recurrence)
        for (const Ref reminded : {id.ref(), activity.series.ref()})
            domain::follow_reminders(work, reminded);
    if (went) domain::move_along(work, id, before.party);
    if (moved)
        work.transaction().at_end("hand place down", id.value(),
                                  [id](Work& ending) { hand_place_down(ending, id); });
}

void check_activity(Work& work, const void* record, const void* before) {
    const auto& activity = *static_cast<const Activity*>(record);
    check_times(activity);
    domain::check_recurrence(work, activity, static_cast<const Activity*>(before));
    if (before)
        check_changed(work, activity, *static_cast<const Activity*>(before));
    else
        check_created(work, activity);
    domain::tell_of(work, activity, static_cast<const Activity*>(before));
}

/// An occurrence takes place by its series again.
void activity_gone(Work& work, const void* record) {
    domain::follow_reminders(work, static_cast<const Activity*>(record)->series);
}

Kind make_activity_kind() {
    Kind kind = kernel::kind<Activity>(number::activity, "activity", Role::root, activity_columns);
    kind.orders = activity_orders;
    kind.parts = activity_parts;
    kind.rules = {.derive = derive_activity, .check = check_activity, .gone = activity_gone};
    return kind;
}

// ---- verbs

void add_text(std::vector<Assignment>& fields, std::string_view field, const std::string& text) {
    if (!text.empty()) fields.push_back({field, std::string_view{text}});
}

std::vector<Assignment> completion(const Report& report, Time end) {
    std::vector<Assignment> fields{{"state", kernel::code_of(State::completed)},
                                   {"end_at", domain::instant(end)}};
    add_text(fields, "result", report.result);
    add_text(fields, "questions", report.questions);
    add_text(fields, "problems", report.problems);
    add_text(fields, "events", report.events);
    if (report.next_contact_on)
        fields.push_back({"next_contact_on", report.next_contact_on->text()});
    return fields;
}

Activity next_of(const Activity& predecessor, const Plan& plan) {
    Activity next{.subject = plan.subject,
                  .kind = plan.kind.empty() ? predecessor.kind : plan.kind,
                  .party = predecessor.party,
                  .contact = predecessor.contact,
                  .start = plan.start,
                  .end = plan.end,
                  .follow_up_of = predecessor.head.id,
                  .project = predecessor.project,
                  .lead = predecessor.lead,
                  .description = plan.description};
    next.head.owner = plan.owner;
    return next;
}

/// The activity as the session sees it, still open; throws Conflict where it is over.
Activity open_activity(const Activities& activities, Work& work, Id<Activity> id) {
    Activity activity = activities.get(id);
    if (domain::is_over(activity.state)) throw over_already(work, id, activity.state);
    return activity;
}

/// The query of the chronicle of a record.
std::string_view chronicle_named(Ref of) {
    switch (of.kind()) {
        case number::party: return "activity.chronicle_of_party";
        case number::contact: return "activity.chronicle_of_contact";
        case number::lead: return "activity.chronicle_of_lead";
        default: throw Invalid("chronicle", "of", "must be a party, a contact or a lead");
    }
}

}  // namespace

template <>
const Kind& kind_of<Activity>() {
    static const Kind kind = make_activity_kind();
    return kind;
}

Activity Activities::plan(const Activity& activity) {
    Activity planned = activity;
    planned.state = State::planned;
    session().write("activity.plan", [&](Work&) { planned = add(planned); });
    return planned;
}

Activity Activities::report(const Activity& activity) {
    Activity reported;
    session().write("activity.report", [&](Work& work) {
        Activity done = activity;
        done.state = State::completed;
        if (done.start == Time{}) done.start = done.end.value_or(work.now());
        if (!done.end) done.end = done.start;
        reported = add(done);
    });
    return reported;
}

Activity Activities::start(Id<Activity> id) {
    Activity started;
    session().write("activity.start", [&](Work& work) {
        const Activity before = get(id);
        if (before.state != State::planned) throw over_already(work, id, before.state);
        started = change(id, before.head.version, {{"state", kernel::code_of(State::started)}});
    });
    return started;
}

Activity Activities::complete(Id<Activity> id, const Report& report,
                              const std::optional<Plan>& follow_up) {
    Activity completed;
    session().write("activity.complete", [&](Work& work) {
        const Activity before = open_activity(*this, work, id);
        const Time end = report.end.value_or(end_of(before, work.now()));
        if (!follow_up) {
            completed = change(id, before.head.version, completion(report, end));
            return;
        }
        kernel::Transaction::Part part(work.transaction());  // both or none, also inside another
                                                             // command
        completed = change(id, before.head.version, completion(report, end));
        add(next_of(completed, *follow_up));
        part.keep();
    });
    return completed;
}

Activity Activities::cancel(Id<Activity> id, std::string_view reason) {
    Activity cancelled;
    session().write("activity.cancel", [&](Work& work) {
        const Activity before = open_activity(*this, work, id);
        std::vector<Assignment> fields{{"state", kernel::code_of(State::cancelled)}};
        if (!reason.empty()) fields.push_back({"result", reason});
        cancelled = change(id, before.head.version, fields);
    });
    return cancelled;
}

Activity Activities::follow_up(Id<Activity> predecessor, const Plan& plan) {
    Activity next;
    session().write("activity.follow_up",
                    [&](Work&) { next = add(next_of(get(predecessor), plan)); });
    return next;
}

std::vector<Activity> Activities::chain(Id<Activity> id) const {
    auto chain =
        domain::records<Activity>(session(), "activity.chain", {{":id", id.value()}}, true);
    if (chain.empty()) throw NotFound("activity: no such record");
    return chain;
}

std::vector<Activity> Activities::subtree(Id<Activity> id) const {
    return domain::records<Activity>(session(), "activity.subtree", {{":id", id.value()}}, true);
}

Page<Activity> Activities::chronicle(Ref of, const ChronicleQuery& query) const {
    domain::require_page_limit(query.limit);
    const auto key = domain::PageKey::parse(query.after);
    Page<Activity> page;
    page.rows = domain::records<Activity>(session(), chronicle_named(of),
                                          {{":of", of.value()},
                                           {":kind", domain::optional(query.kind)},
                                           {":stage", domain::optional(query.stage)},
                                           {":direction", domain::optional(query.direction)},
                                           {":planned_too", std::int64_t{query.planned_too}},
                                           {":at", domain::instant(key.at)},
                                           {":id", key.id},
                                           {":limit", std::int64_t{query.limit} + 1}},
                                          true);
    if (domain::cut(page.rows, query.limit))
        page.next =
            domain::PageKey{page.rows.back().start, page.rows.back().head.id.value()}.text();
    return page;
}

}  // namespace crm
