#include <algorithm>
#include <chrono>

#include "crm/call.hpp"
#include "crm/text.hpp"
#include "domain/call.hpp"
#include "domain/records.hpp"

// Who calls, known by the number.
namespace crm::domain {
namespace {

namespace number = kernel::number;

/// Those who have the number, best first, each once. Whoever may not see numbers knows nobody by
/// one.
std::vector<Ref> holders_of(kernel::Reading& reading, std::string_view number_key) {
    const Kind& point = *reading.kind(number::point);
    if (number_key.empty() || reading.rights().hides(point, point.column("normalized"))) return {};
    auto rows = kernel::named_query(reading, "call.callers", {{":number", number_key}});
    std::vector<Ref> holders;
    while (rows.step())
        if (const Ref ref{rows.integer(0)}; std::ranges::find(holders, ref) == holders.end())
            holders.push_back(ref);
    return holders;
}

template <class Record>
std::optional<Record> seen(kernel::Reading& reading, Id<Record> id) {
    auto found = id ? kernel::find(reading, id, false) : std::nullopt;
    return found ? std::optional(std::move(*static_cast<Record*>(found->data()))) : std::nullopt;
}

Id<Party> party_of(kernel::Reading& reading, const Contact& contact, const Date& today) {
    if (contact.person) return contact.person;
    auto row =
        kernel::named_query(reading, "call.speaks_for",
                            {{":contact", contact.head.id.value()}, {":today", today.text()}});
    return row.step() ? Id<Party>{Ref{row.integer(0)}} : Id<Party>{};
}

}  // namespace

Caller caller_of(kernel::Reading& reading, std::string_view number_key, const Date& today) {
    Caller caller{.number = std::string(number_key)};
    caller.others = holders_of(reading, number_key);
    if (caller.others.empty()) return caller;
    const Ref best = caller.others.front();
    caller.others.erase(caller.others.begin());
    if (best.kind() == number::contact) caller.contact = seen<Contact>(reading, best);
    if (best.kind() == number::lead) caller.lead = seen<Lead>(reading, best);
    caller.party = seen<Party>(reading, caller.contact ? party_of(reading, *caller.contact, today)
                                        : caller.lead  ? Id<Party>{}
                                                       : Id<Party>{best});
    caller.responsible = caller.contact ? caller.contact->head.owner
                         : caller.party ? caller.party->head.owner
                         : caller.lead  ? caller.lead->head.owner
                                        : Id<User>{};
    return caller;
}

}  // namespace crm::domain

namespace crm::inline v1 {
namespace {

Ref known_as(const Caller& caller) {
    if (caller.contact) return caller.contact->head.id;
    if (caller.party) return caller.party->head.id;
    return caller.lead ? caller.lead->head.id : Ref{};
}

}  // namespace

Caller Calls::who(std::string_view number, int interactions) const {
    if (interactions < 0 || interactions > 1'000)
        throw Invalid("caller", "interactions", "must be 0 to 1,000");
    Caller caller;
    {
        kernel::Reading reading(session().state());
        const auto& database = reading.database();
        caller = domain::caller_of(reading, normalize_phone(number, database.country()),
                                   database.zone().date_of(session().now()));
    }
    if (const Ref known = known_as(caller); known && interactions > 0)
        caller.interactions = Activities(session()).chronicle(known, {.limit = interactions}).rows;
    return caller;
}

}  // namespace crm
