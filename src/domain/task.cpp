#include "crm/task.hpp"

#include "crm/access_right.hpp"
#include "crm/contact.hpp"
#include "crm/party.hpp"
#include "crm/project.hpp"
#include "crm/user.hpp"
#include "domain/notice.hpp"
#include "domain/records.hpp"
#include "domain/recurring.hpp"
#include "domain/work_state.hpp"
#include "kernel/engine.hpp"

namespace crm::inline v1 {
namespace {

using kernel::Authority;

constexpr std::string_view task_kind = "task";

// ---- what a task takes from the card that it is set from

template <class T>
void fill(Id<T>& field, Id<T> value) {
    if (!field) field = value;
}

Id<Party> party_of(kernel::Reading& reading, Id<Contact> contact, Date today) {
    auto row = kernel::named_query(reading, "task.party_today",
                                   {{":contact", contact.value()}, {":today", today.text()}});
    return row.step() ? Id<Party>{Ref{row.integer(0)}} : Id<Party>{};
}

/// The party of a project or of the activity above follows by the rules of activities.
void fill_from(const Session& session, Activity& task, Ref card) {
    if (!card) return;
    kernel::Reading reading(session.state());
    if (!kernel::find(reading, card, false)) throw NotFound("task: there is no such card");
    switch (card.kind()) {
        case kernel::number::party: return fill(task.party, Id<Party>{card});
        case kernel::number::project: return fill(task.project, Id<Project>{card});
        case kernel::number::activity: return fill(task.parent, Id<Activity>{card});
        case kernel::number::contact: {
            fill(task.contact, Id<Contact>{card});
            if (task.parent || task.project) return;
            return fill(task.party, party_of(reading, card, session.zone().date_of(session.now())));
        }
        default:
            throw Invalid("task", "card", "must be a party, a contact, a project or an activity");
    }
}

// ---- sight of what was given

/// Whether the session sees an activity in the state that it will have.
bool would_see(Work& work, const Activity& activity) {
    auto& transaction = work.transaction();
    return transaction.rights().covers(transaction.connection(), kind_of<Activity>(),
                                       kernel::Action::read, &activity);
}

/// While it is still the session's to share.
void keep_sight(Work& work, const Activity& given) {
    if (would_see(work, given)) return;
    Share share{
        .record = given.head.id, .grantee = work.transaction().session().user, .level = "read"};
    kernel::insert(work.transaction(), kind_of<Share>(), &share, Authority::engine);
}

Activity given_to(Work& work, Activity activity, Id<User> user) {
    const auto owner = domain::load(work, user);
    if (!owner) throw Invalid("task", "to", "must be one of us");
    activity.head.owner = user;
    activity.head.unit = owner->unit;
    return activity;
}

void set_assigned_by_session(Work& work, Id<Activity> id) {
    const Assignment by{"assigned_by_id", work.transaction().session().user.value()};
    kernel::update(work.transaction(), kind_of<Activity>(), id, any_version, {&by, 1}, nullptr,
                   Authority::engine);
}

Activity handed_over(Session& session, Work& work, Id<Activity> id, Id<User> to) {
    Activities activities(session);
    const Activity before = activities.get(id);
    if (domain::is_over(before.state))
        throw domain::already(work, kind_of<Activity>(), id, kernel::code_of(before.state));
    kernel::Transaction::Part part(work.transaction());
    keep_sight(work, given_to(work, before, to));
    set_assigned_by_session(work, id);
    Activity given = activities.change(id, any_version, {{"owner_id", to.value()}});
    domain::notify(work, to, "assignment", id);
    part.keep();
    return given;
}

Page<AssignedTask> page_of(Session& session, std::string_view named, const TaskQuery& query) {
    domain::require_page_limit(query.limit);
    const auto key = domain::PageKey::parse(query.after);
    const Id<User> user = query.user ? query.user : session.user();
    auto activities = domain::records<Activity>(session, named,
                                                {{":user", user.value()},
                                                 {":open_only", std::int64_t{query.open_only}},
                                                 {":at", domain::instant(key.at)},
                                                 {":id", key.id},
                                                 {":limit", std::int64_t{query.limit} + 1}},
                                                true);
    Page<AssignedTask> page;
    if (domain::cut(activities, query.limit))
        page.next =
            domain::PageKey{activities.back().start, activities.back().head.id.value()}.text();
    const Time now = session.now();
    for (Activity& activity : activities) {
        const auto end = domain::recurs(activity) ? activity.recurs_until
                                                  : activity.end.value_or(activity.start);
        const bool is_overdue = !domain::is_over(activity.state) && end && *end < now;
        page.rows.push_back({std::move(activity), is_overdue});
    }
    return page;
}

}  // namespace

Activity Tasks::assign(const Activity& task, Id<User> to, Ref card) {
    Activity given = task;
    session_->write("task.assign", [&](Work& work) {
        given = task;
        fill_from(*session_, given, card);
        if (given.kind.empty()) given.kind = task_kind;
        if (given.start == Time{}) given.start = work.now();
        given.head.owner = to;
        kernel::Transaction::Part part(work.transaction());
        given = Activities(*session_).add(given);
        keep_sight(work, *domain::load(work, Id<Activity>{given.head.id}));
        part.keep();
    });
    return given;
}

Activity Tasks::delegate(Id<Activity> activity, Id<User> to) {
    Activity given;
    session_->write("task.delegate",
                    [&](Work& work) { given = handed_over(*session_, work, activity, to); });
    return given;
}

Page<AssignedTask> Tasks::assigned_by(const TaskQuery& query) const {
    return page_of(*session_, "task.assigned_by", query);
}

Page<AssignedTask> Tasks::to_dos(const TaskQuery& query) const {
    return page_of(*session_, "task.to_dos", query);
}

}  // namespace crm
