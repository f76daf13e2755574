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
    Turns(const Session& session, const LeadQueue& queue) : rule_(queue.rule) {
        kernel::Reading reading(session.state());
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

/// The lead that is taken next, whoever sees it.
std::optional<Id<Lead>> next_in(const Session& session, Id<LeadQueue> queue) {
    kernel::Reading reading(session.state());
    auto rows = kernel::named_query(reading, "lead_queue.next", {{":queue", queue.value()}});
    if (!rows.step()) return std::nullopt;
    return Id<Lead>{rows.integer(0)};
}

/// The first that wait and that the session may give away, whatever waits before them.
std::vector<Id<Lead>> next_to_give(const Session& session, Id<LeadQueue> queue, int limit) {
    constexpr std::int64_t all = -1;
    const Kind& kind = kind_of<Lead>();
    kernel::Reading reading(session.state());
    auto rows = kernel::named_query(reading, "lead_queue.waiting",
                                    {{":queue", queue.value()}, {":limit", all}});
    std::vector<Id<Lead>> leads;
    while (std::ssize(leads) < limit && rows.step()) {
        const Id<Lead> id{rows.integer(0)};
        Lead lead;
        kernel::load(reading.connection(), reading.plan(kind), id, &lead);
        if (reading.rights().covers(reading.connection(), kind, Action::assign, &lead))
            leads.push_back(id);
    }
    return leads;
}

/// What is given away, and who is next.
struct Round {
    Turns turns;
    std::vector<Id<Lead>> leads;
};

Round round_of(Session& session, Id<LeadQueue> id, int limit) {
    const LeadQueue queue = LeadQueues(session).get(id);
    require_in_use(queue);
    if (queue.rule == QueueRule::in_order)
        throw Conflict("lead_queue: members take from \"" + queue.name +
                           "\" in order; set another rule to give its leads away",
                       id);
    Round round{Turns(session, queue), next_to_give(session, id, limit)};
    if (round.turns.none())
        throw Conflict("lead_queue: \"" + queue.name + "\" has no active member", id);
    return round;
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
    return next_in(session, id);
}

/// Nobody takes what he could not work on after.
void require_own_readable(Work& work, Lead lead) {
    lead.head.owner = work.transaction().session().user;
    lead.head.unit = Id<Unit>{work.transaction().rights().unit()};
    const auto& transaction = work.transaction();
    if (!transaction.rights().covers(transaction.connection(), kind_of<Lead>(), Action::read,
                                     &lead))
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
                                                 {"queued_by_id", session().user().value()},
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
        domain::notify(work, before.queued_by, "lead_taken", *lead);
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
    if (round_of(session(), id, 1).leads.empty()) return given;  // that leaves no command
    session().write("lead.distribute", [&](Work& work) {
        given.clear();
        Round round = round_of(session(), id, limit);
        for (const Id<Lead> lead : round.leads) {
            const Id<User> user = round.turns.next();
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
