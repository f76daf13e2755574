#include "crm/lead_queue.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "crm/lead.hpp"
#include "crm/text.hpp"
#include "crm/user.hpp"
#include "domain/lead.hpp"
#include "domain/notice.hpp"
#include "domain/records.hpp"

namespace crm::kernel {

template <>
struct Codes<QueueRule> {
    static constexpr std::array<std::string_view, 3> all{"in_order", "round_robin", "least_busy"};
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::Action;
using kernel::column;
namespace number = kernel::number;

constexpr std::string_view manages_queues = "manage_lead_queues";

constexpr Column queue_columns[] = {
    column<&LeadQueue::name>("name", required | unique, {.key = "name_key"}),
    column<&LeadQueue::name_key>("name_key", derived),
    column<&LeadQueue::rule>("rule", required),
    column<&LeadQueue::is_active>("is_active"),
};

constexpr Column queue_member_columns[] = {
    column<&LeadQueueMember::queue>(
        "queue_id", required | fixed,
        {.target = number::lead_queue, .on_delete = OnDelete::takes_along}),
    column<&LeadQueueMember::user>("user_id", required | fixed,
                                   {.target = number::user, .on_delete = OnDelete::takes_along}),
};

void derive_queue(Work&, void* record) {
    auto& queue = *static_cast<LeadQueue*>(record);
    queue.name_key = fold(queue.name);
}

/// Nothing of who sees what stands on queues: a change bumps no epoch.
template <class Record>
Kind make_queue_kind(KindNumber number, std::string_view name, std::span<const Column> columns,
                     Rules rules = {}) {
    Kind kind = kernel::kind<Record>(number, name, Role::common, columns);
    kind.rules = rules;
    kind.function = manages_queues;
    return kind;
}

// ---- giving away
// ---------------------------------------------------------------------------------------

void require_in_use(const LeadQueue& queue) {
    if (!queue.is_active)
        throw Conflict("lead_queue: \"" + queue.name +
                           "\" is not in use; take another, or set "
                           "is_active",
                       queue.head.id);
}

void require_queue_limit(int limit) {
    if (limit < 1 || limit > 1'000) throw Invalid("lead_queue", "limit", "must be 1 to 1,000");
}

/// Who is given the next lead.
class Turns {
public:
    Turns(Work& work, const LeadQueue& queue) : rule_(queue.rule) {
        kernel::Reading reading(work.transaction().session());
        auto rows =
            kernel::named_query(reading, "lead_queue.turns", {{":queue", queue.head.id.value()}});
        while (rows.step()) members_.push_back({Id<User>{rows.integer(0)}, rows.integer(1)});
    }
    bool none() const { return members_.empty(); }
    /// The first of the least busy in turn goes to the end of the line.
    Id<User> next() {
        const auto chosen = rule_ == QueueRule::round_robin
                                ? members_.begin()
                                : std::ranges::min_element(members_, {}, &Member::taken);
        ++chosen->taken;
        std::rotate(chosen, chosen + 1, members_.end());
        return members_.back().user;
    }

private:
    struct Member {
        Id<User> user;
        std::int64_t taken;
    };
    QueueRule rule_;
    std::vector<Member> members_;
};

std::vector<Ref> next_in(const Session& session, Id<LeadQueue> queue, int limit) {
    kernel::Reading reading(session.state());
    auto rows = kernel::named_query(reading, "lead_queue.next",
                                    {{":queue", queue.value()}, {":limit", std::int64_t{limit}}});
    std::vector<Ref> leads;
    while (rows.step()) leads.emplace_back(rows.integer(0));
    return leads;
}

void require_member(const Session& session, const LeadQueue& queue) {
    kernel::Reading reading(session.state());
    if (kernel::exists(reading.connection(), "lead_queue.is_member",
                       {{":queue", queue.head.id.value()}, {":user", session.user().value()}}))
        return;
    throw Denied("lead_queue: only members take from \"" + queue.name +
                 "\"; ask who manages it to add you");
}

/// The lead that the session's user would be given, if any waits.
std::optional<Id<Lead>> next_for(Session& session, Id<LeadQueue> id) {
    const LeadQueue queue = LeadQueues(session).get(id);
    require_in_use(queue);
    require_member(session, queue);
    const auto next = next_in(session, id, 1);
    return next.empty() ? std::nullopt : std::optional(Id<Lead>{next.front()});
}

bool may(Work& work, Action action, const Lead& lead) {
    const auto& transaction = work.transaction();
    return transaction.rights().covers(transaction.connection(), kind_of<Lead>(), action, &lead);
}

/// Nobody takes what he could not work on after.
void require_own_readable(Work& work, Lead lead) {
    lead.head.owner = work.transaction().session().user;
    lead.head.unit = Id<Unit>{work.transaction().rights().unit()};
    if (!may(work, Action::read, lead))
        throw Denied("lead: the right to read leads of your own is missing");
}

}  // namespace

template <>
const Kind& kind_of<LeadQueue>() {
    static const Kind kind = make_queue_kind<LeadQueue>(number::lead_queue, "lead_queue",
                                                        queue_columns, {.derive = derive_queue});
    return kind;
}

template <>
const Kind& kind_of<LeadQueueMember>() {
    static const Kind kind = make_queue_kind<LeadQueueMember>(
        number::lead_queue_member, "lead_queue_member", queue_member_columns);
    return kind;
}

LeadQueue LeadQueues::named(std::string_view name) const {
    const std::string key = fold(clean_text(name));
    auto found = domain::records<LeadQueue>(session(), "lead_queue.by_name",
                                            {{":key", std::string_view{key}}});
    if (found.empty())
        throw NotFound("lead_queue: there is none called \"" + std::string(name) + "\"");
    return std::move(found.front());
}

void LeadQueues::add_member(Id<LeadQueue> queue, Id<User> user) {
    session().write("lead_queue.add_member", [&](Work& work) {
        if (!domain::exists(work, "lead_queue.is_member",
                            {{":queue", queue.value()}, {":user", user.value()}}))
            Records<LeadQueueMember>(session()).add({.queue = queue, .user = user});
    });
}

void LeadQueues::remove_member(Id<LeadQueue> queue, Id<User> user) {
    session().write("lead_queue.remove_member", [&](Work& work) {
        for (const Ref member : domain::refs(work, "lead_queue.member",
                                             {{":queue", queue.value()}, {":user", user.value()}}))
            session().remove(member);
    });
}

std::vector<Id<User>> LeadQueues::members(Id<LeadQueue> queue) const {
    std::vector<Id<User>> users;
    for (const auto& member : domain::records<LeadQueueMember>(session(), "lead_queue.members",
                                                               {{":queue", queue.value()}}))
        users.push_back(member.user);
    return users;
}

Lead Leads::enqueue(Id<Lead> id, Id<LeadQueue> queue) {
    Lead queued;
    session().write("lead.enqueue", [&](Work& work) {
        const Lead lead = domain::require_lead(work, id, Action::assign);
        domain::require_open(work, lead);
        require_in_use(LeadQueues(session()).get(queue));
        const bool waits_there = lead.state == LeadState::queued && lead.queue == queue;
        queued = waits_there ? get(id)  // it keeps its place
                             : domain::set_lead(work, id,
                                                {{"state", "queued"},
                                                 {"queue_id", queue.value()},
                                                 {"queued_at", domain::instant(work.now())},
                                                 {"taken_at", {}}});
    });
    return queued;
}

std::optional<Lead> Leads::take_next(Id<LeadQueue> queue) {
    if (!next_for(session(), queue)) return std::nullopt;  // who asks in vain leaves no command
    std::optional<Lead> taken;
    session().write("lead.take", [&](Work& work) {
        taken.reset();
        const auto lead = next_for(session(), queue);  // another may have been quicker
        if (!lead) return;
        const Lead before = *domain::load(work, *lead);
        require_own_readable(work, before);
        taken = domain::give_lead(work, *lead, session().user(), work.now());
        domain::notify(work, before.head.owner, "lead_taken", *lead);
    });
    return taken;
}

Lead Leads::assign(Id<Lead> id, Id<User> user) {
    Lead given;
    session().write("lead.assign", [&](Work& work) {
        domain::require_open(work, domain::require_lead(work, id, Action::assign));
        given = domain::give_lead(work, id, user, work.now());
        domain::notify(work, user, "assignment", id);
    });
    return given;
}

std::vector<LeadGiven> Leads::distribute(Id<LeadQueue> id, int limit) {
    require_queue_limit(limit);
    std::vector<LeadGiven> given;
    session().write("lead.distribute", [&](Work& work) {
        given.clear();
        const LeadQueue queue = LeadQueues(session()).get(id);
        require_in_use(queue);
        if (queue.rule == QueueRule::in_order)
            throw Conflict("lead_queue: members take from \"" + queue.name +
                               "\" in order; set another rule to give its leads away",
                           id);
        Turns turns(work, queue);
        if (turns.none())
            throw Conflict("lead_queue: \"" + queue.name + "\" has no active member", id);
        for (const Ref ref : next_in(session(), id, limit)) {
            const Id<Lead> lead{ref};
            const Lead before = *domain::load(work, lead);
            if (!may(work, Action::read, before) || !may(work, Action::assign, before)) continue;
            const Id<User> user = turns.next();
            // One after the other, so that who is next stands in the file.
            const Time at = work.now() + std::chrono::microseconds{given.size()};
            domain::give_lead(work, lead, user, at);
            domain::notify(work, user, "assignment", lead);
            given.push_back({lead, user});
        }
    });
    return given;
}

std::vector<Lead> Leads::waiting(Id<LeadQueue> queue, int limit) const {
    require_queue_limit(limit);
    return domain::records<Lead>(session(), "lead_queue.waiting",
                                 {{":queue", queue.value()}, {":limit", std::int64_t{limit}}});
}

}  // namespace crm
