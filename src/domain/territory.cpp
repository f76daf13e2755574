#include "domain/territory.hpp"

#include "crm/activity.hpp"
#include "crm/contact.hpp"
#include "domain/records.hpp"
#include "kernel/engine.hpp"

namespace crm::domain {
namespace {

Value optional(Id<Territory> territory) { return territory ? Value{territory.value()} : Value{}; }

template <class Record>
void put(Work& work, Id<Record> record, Id<Territory> territory) {
    const Assignment place{"territory_id", optional(territory)};
    kernel::update(work.transaction(), kind_of<Record>(), record, any_version, {&place, 1}, nullptr,
                   kernel::Authority::engine);
}

/// What stood with the party, moved to where the party stands when the command ends.
template <class Record>
void move_all(Work& work, std::string_view query, Id<Party> party, Id<Territory> from) {
    const Id<Territory> to = territory_of(work, party);
    for (const Ref record :
         refs(work, query, {{":party", party.value()}, {":from", optional(from)}}))
        put(work, Id<Record>{record}, to);
}

}  // namespace

Id<Territory> territory_of(Work& work, Id<Party> party) {
    const auto found = refs(work, "territory.of_party", {{":party", party.value()}});
    return found.empty() ? Id<Territory>{} : Id<Territory>{found.front()};
}

// An undo has put back what went along, too: it is listed in the same command.
void move_along(Work& work, const Party& party, const Party& before) {
    const Id<Territory> from = before.head.territory;
    if (party.head.territory == from || is_undo(work)) return;
    const Id<Party> id = party.head.id;
    work.transaction().at_end("territory", id.value(), [id, from](Work& ending) {
        move_all<Activity>(ending, "territory.activities", id, from);
        move_all<Contact>(ending, "territory.contacts", id, from);
    });
}

void move_along(Work& work, Id<Activity> activity, Id<Party> before) {
    if (is_undo(work)) return;
    const Id<Territory> from = territory_of(work, before);
    work.transaction().at_end("territory", activity.value(), [=](Work& ending) {
        const auto moved = load(ending, activity);
        if (moved && moved->head.territory == from)
            put(ending, activity, territory_of(ending, moved->party));
    });
}

void join_territory(Work& work, Id<Contact> contact, Id<Party> party) {
    if (!exists(work, "territory.is_joined",
                {{":contact", contact.value()}, {":party", party.value()}}) ||
        is_undo(work))
        return;
    work.transaction().at_end("territory", contact.value(), [=](Work& ending) {
        const auto joined = load(ending, contact);
        if (joined && !joined->head.territory && !joined->person)
            put(ending, contact, territory_of(ending, party));
    });
}

}  // namespace crm::domain
