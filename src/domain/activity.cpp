#include "crm/activity.hpp"

#include <algorithm>

#include "crm/contact.hpp"
#include "crm/party.hpp"
#include "domain/records.hpp"
#include "kernel/engine.hpp"

namespace crm::kernel {

template <>
struct Codes<ActivityState> {
    static constexpr std::array<std::string_view, 4> all{"planned", "started", "completed",
                                                         "cancelled"};
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::column;
using State = ActivityState;
namespace number = kernel::number;

constexpr Column activity_columns[] = {
    column<&Activity::subject>("subject", required | searchable | on_card),
    column<&Activity::kind>("kind", required | on_card, {.list = "activity_kind"}),
    column<&Activity::stage>("stage", on_card, {.list = "activity_stage"}),
    column<&Activity::direction>("direction", on_card, {.list = "direction"}),
    column<&Activity::priority>("priority", on_card, {.list = "priority"}),
    column<&Activity::status>("status", on_card, {.list = "activity_status"}),
    column<&Activity::state>("state", required | on_card),
    column<&Activity::party>("party_id", no_trait, {.target = number::party}),
    column<&Activity::contact>("contact_id", on_card,
                               {.target = number::contact, .on_delete = OnDelete::clears}),
    column<&Activity::start>("start_at", required | on_card),
    column<&Activity::end>("end_at", on_card),
    column<&Activity::completed_at>("completed_at", derived),
    column<&Activity::zone>("zone", no_trait, {.type = FieldType::zone}),
    column<&Activity::next_contact_on>("next_contact_on", on_card),
    column<&Activity::parent>("parent_id", no_trait, {.target = number::activity}),
    column<&Activity::follow_up_of>("follow_up_of_id", no_trait,
                                    {.target = number::activity, .on_delete = OnDelete::clears}),
    column<&Activity::result>("result", searchable | body | on_card),
    column<&Activity::questions>("questions", searchable | body | on_card),
    column<&Activity::problems>("problems", searchable | body | on_card),
    column<&Activity::description>("description", searchable | body | on_card),
};

constexpr Order activity_orders[] = {{"start", "start_at"}};

constexpr std::string_view by_note_text[] = {"text"};
constexpr Part activity_parts[] = {{"note", number::note, "text", "", "", "", by_note_text}};

std::string_view name_of(State state) {
    return kernel::Codes<State>::all[static_cast<std::size_t>(state)];
}

bool is_over(State state) { return state == State::completed || state == State::cancelled; }

// ---- rules ---------------------------------------------------------------------------------------

void derive_completion(Work& work, Activity& activity) {
    if (activity.state != State::completed)
        activity.completed_at.reset();
    else if (!activity.completed_at || work.transaction().created_here(activity.head.id))
        activity.completed_at = std::min(activity.end.value_or(work.now()), work.now());
}

/// The party follows from the parent; another one given is refused, not overwritten.
void derive_party(Work& work, Activity& activity) {
    if (!activity.parent) return;
    const auto parent = domain::load(work, activity.parent);
    if (!parent) return;  // the engine says so
    if (!activity.party) activity.party = parent->party;
    if (activity.party != parent->party)
        throw Invalid("activity", "party_id",
                      "follows from the parent activity: leave it empty, or change it there");
}

void derive_activity(Work& work, void* record) {
    auto& activity = *static_cast<Activity*>(record);
    derive_completion(work, activity);
    derive_party(work, activity);
}

void check_times(const Activity& activity) {
    if (activity.start == Time{}) throw Invalid("activity", "start_at", "is required");
    if (activity.end && *activity.end < activity.start)
        throw Invalid("activity", "end_at", "lies before start_at");
}

Conflict over_already(Work& work, Ref id, State state) {
    kernel::Reading reading(work.transaction().session());
    const auto current = kernel::find(reading, id);
    return Conflict("activity: is " + std::string(name_of(state)) + " already", id,
                    current ? current->json().dump() : std::string{});
}

/// planned → started → completed or cancelled, each step once; only an undo goes back.
void check_transition(Work& work, const Activity& activity, const Activity& before) {
    const State from = before.state, to = activity.state;
    if (from == to || (from == State::planned) || (from == State::started && is_over(to))) return;
    if (!domain::is_undo(work)) throw over_already(work, activity.head.id, from);
}

void refuse_cycle(Work& work, Ref id, Ref other, std::string_view query, std::string_view field) {
    const auto path = domain::refs(work, query, {{":id", id.value()}, {":other", other.value()}});
    if (path.empty() || path.back() != id) return;
    std::string text = std::to_string(id.value());
    for (const Ref ref : path) text += " → " + std::to_string(ref.value());
    throw Invalid("activity", std::string(field), "would close a circle: " + text);
}

// Nothing can refer to a record that is new, so only changes can close a circle.
void check_circle(Work& work, const Activity& activity, Ref other, std::string_view query,
                  std::string_view field) {
    const Ref id = activity.head.id;
    if (!other || (other != id && work.transaction().created_here(id))) return;
    domain::check_relation(work, id,
                           [=](Work& at) { refuse_cycle(at, id, other, query, field); });
}

void check_party_of_parent(Work& work, Id<Activity> id) {
    const auto activity = domain::load(work, id);
    if (!activity) return;
    for (const Ref below : domain::refs(work, "activity.below", {{":id", id.value()}})) {
        const Assignment party{"party_id", activity->party ? Value{activity->party.value()} : Value{}};
        kernel::update(work.transaction(), kind_of<Activity>(), below, any_version, {&party, 1},
                       nullptr, kernel::Authority::engine);
    }
}

}  // namespace
}  // namespace crm
