#include <algorithm>
#include <limits>
#include <utility>

#include "crm/user.hpp"
#include "domain/call.hpp"
#include "domain/records.hpp"
#include "domain/work_state.hpp"
#include "kernel/engine.hpp"

// What calls leave in the chronicle, and who calls back those who were missed.
namespace crm::domain {
namespace {

using kernel::Authority;

bool is_in_use(Work& work, std::string_view list, std::string_view code) {
    const auto codes = work.transaction().lists().codes(list);
    return std::ranges::find(codes, code) != codes.end();
}

/// The kind of activity that a channel is, as far as the lists still have it.
std::string kind_of_channel(Work& work, const std::string& channel) {
    const std::string_view named = channel == "visit" ? "meeting" : std::string_view{channel};
    for (const std::string_view code : {named, std::string_view{"call"}})
        if (is_in_use(work, "activity_kind", code)) return std::string(code);
    return std::string(work.transaction().lists().codes("activity_kind").front());
}

/// Nothing that not everybody may see who sees the activity: not the name in our register.
std::string subject_of(Work& work, const Call& call) {
    for (const auto* told : {&call.subject, &call.caller_name, &call.number})
        if (!told->empty()) return *told;
    auto& transaction = work.transaction();
    return transaction.lists().label("call_channel", call.channel,
                                     transaction.database().language());
}

Activity entry_for(Work& work, const Call& call) {
    Activity entry{.subject = subject_of(work, call),
                   .kind = kind_of_channel(work, call.channel),
                   .direction = call.direction,
                   .state = is_over(call.state) ? ActivityState::completed : ActivityState::started,
                   .party = call.party,
                   .contact = call.contact,
                   .start = call.called_at,
                   .lead = call.lead,
                   .call = call.head.id};
    if (is_over(call.state)) entry.end = call.ended_at.value_or(call.called_at);
    entry.head.owner = call.head.owner;
    entry.head.unit = call.head.unit;
    return entry;
}

// ---- calling back

/// Of those whom the session sees.
Id<User> responsible_for(Work& work, const Call& seen) {
    if (const auto contact = load_seen(work, seen.contact)) return contact->head.owner;
    if (const auto party = load_seen(work, seen.party)) return party->head.owner;
    if (const auto lead = load_seen(work, seen.lead)) return lead->head.owner;
    return {};
}

Id<User> administrator(Work& work) {
    const auto found = refs(work, "call.administrator", {});
    return found.empty() ? work.transaction().session().user : Id<User>{found.front()};
}

/// The first who still works here; there is always somebody.
User who_calls_back(Work& work, const Call& call) {
    constexpr int whole_tree = std::numeric_limits<int>::max();
    const Call seen = as_seen(work, call);
    if (auto user = active_user(work, call.addressee)) return *user;
    if (auto user = active_user(work, responsible_for(work, seen))) return *user;
    if (auto user = active_user(work, route_of(work, seen).user)) return *user;
    const Id<Unit> unit = call.addressee_unit ? call.addressee_unit : call.head.unit;
    if (auto user = active_user(work, head_of(work, unit, whole_tree))) return *user;
    return *load(work, administrator(work));
}

void leave_call_back(Work& work, const Call& call) {
    const User user = who_calls_back(work, call);
    Activity task{.subject = subject_of(work, call),
                  .kind = kind_of_channel(work, "call"),
                  .direction = is_in_use(work, "direction", "outbound") ? "outbound" : "",
                  .party = call.party,
                  .contact = call.contact,
                  .start = work.now(),
                  .follow_up_of = entry_of(work, call),
                  .is_todo = true,
                  .lead = call.lead,
                  .call = call.head.id};
    task.head.owner = user.head.id;
    task.head.unit = user.unit;
    kernel::insert(work.transaction(), kind_of<Activity>(), &task, Authority::engine);
}

// ---- keeping the entry

Value optional(Ref ref) { return ref ? Value{ref.value()} : Value{}; }

/// What of the entry follows from a change of the call.
std::vector<Assignment> changes_of(const Activity& entry, const Call& call, const Call& before) {
    std::vector<Assignment> fields;
    if (call.party != before.party) fields.push_back({"party_id", optional(call.party)});
    if (call.contact != before.contact) fields.push_back({"contact_id", optional(call.contact)});
    if (call.lead != before.lead) fields.push_back({"lead_id", optional(call.lead)});
    const bool goes_along = entry.head.owner == before.head.owner;
    if (goes_along && call.head.owner != before.head.owner) {
        fields.push_back({"owner_id", call.head.owner.value()});
        fields.push_back({"unit_id", call.head.unit.value()});
    }
    if (!is_over(entry.state) && is_over(call.state)) {
        fields.push_back({"state", "completed"});
        fields.push_back(
            {"end_at", instant(std::max(call.ended_at.value_or(call.called_at), entry.start))});
    }
    return fields;
}

void follow(Work& work, const Call& call, const Call& before) {
    const auto entry = load(work, entry_of(work, call));
    if (!entry) return;
    const auto fields = changes_of(*entry, call, before);
    if (!fields.empty())
        kernel::update(work.transaction(), kind_of<Activity>(), entry->head.id, any_version, fields,
                       nullptr, Authority::engine);
}

}  // namespace

Call as_seen(Work& work, Call call) {
    kernel::Reading reading(work.transaction().session());
    const auto sees = [&](Ref ref) { return ref && kernel::find(reading, ref, false); };
    if (!sees(call.party)) call.party = {};
    if (!sees(call.contact)) call.contact = {};
    if (!sees(call.lead)) call.lead = {};
    return call;
}

std::optional<User> active_user(Work& work, Id<User> id) {
    auto user = id ? load(work, id) : std::nullopt;
    if (user && !user->is_active) user.reset();
    return user;
}

Id<Activity> entry_of(Work& work, const Call& call) {
    const auto found = refs(work, "call.entry",
                            {{":call", call.head.id.value()},
                             {":command", static_cast<std::int64_t>(call.head.created_in)}});
    return found.empty() ? Id<Activity>{} : Id<Activity>{found.front()};
}

bool is_entry(Work& work, const Activity& activity) {
    if (!activity.call || activity.is_todo) return false;
    const auto call = load(work, activity.call);
    return call && call->head.created_in == activity.head.created_in;
}

void keep_entry(Work& work, const Call& call, const Call* before) {
    if (before) {
        follow(work, call, *before);
    } else {
        Activity entry = entry_for(work, call);
        kernel::insert(work.transaction(), kind_of<Activity>(), &entry, Authority::engine);
    }
    const bool was_missed = before && before->state == CallState::missed;
    if (call.state == CallState::missed && !was_missed && call.direction != "outbound")
        leave_call_back(work, call);
}

}  // namespace crm::domain
