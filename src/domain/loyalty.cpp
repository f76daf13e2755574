#include "domain/loyalty.hpp"

#include "crm/loyalty.hpp"
#include "domain/records.hpp"
#include "kernel/engine.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr Column movement_columns[] = {
    column<&LoyaltyMovement::party>("party_id", required | fixed | parent,
                                    {.target = number::party, .on_delete = OnDelete::takes_along}),
    column<&LoyaltyMovement::from_grade>("from_grade", fixed | on_card | historic,
                                         {.list = "loyalty_grade"}),
    column<&LoyaltyMovement::to_grade>("to_grade", fixed | on_card | historic,
                                       {.list = "loyalty_grade"}),
    column<&LoyaltyMovement::moved_on>("moved_on", required | on_card),
    column<&LoyaltyMovement::reason>("reason", on_card, {.list = "loyalty_reason"}),
    column<&LoyaltyMovement::competitor>("competitor_id", on_card,
                                         {.target = number::party, .on_delete = OnDelete::clears}),
    column<&LoyaltyMovement::note>("note", on_card),
};

void derive_movement(Work& work, void* record) {
    auto& movement = *static_cast<LoyaltyMovement*>(record);
    if (movement.moved_on == Date{})
        movement.moved_on = work.transaction().session().zone.date_of(work.now());
}

void check_movement(Work&, const void* record, const void*) {
    const auto& movement = *static_cast<const LoyaltyMovement*>(record);
    if (movement.from_grade == movement.to_grade)
        throw Invalid("loyalty_movement", "to_grade", "must differ from from_grade");
}

Kind make_movement_kind() {
    Kind kind = kernel::kind<LoyaltyMovement>(number::loyalty_movement, "loyalty_movement",
                                              Role::child, movement_columns);
    kind.rules = {.derive = derive_movement, .check = check_movement};
    return kind;
}

}  // namespace

template <>
const Kind& kind_of<LoyaltyMovement>() {
    static const Kind kind = make_movement_kind();
    return kind;
}

LoyaltyMovement Loyalty::grade(Id<Party> party, std::string_view grade, const Grading& why) {
    LoyaltyMovement movement;
    if (why.competitor == party)
        throw Invalid("loyalty_movement", "competitor_id", "is the party itself");
    session().write("loyalty.grade", [&](Work& work) {
        kernel::Transaction::Part part(work.transaction());  // the grade with its reason, or
                                                             // neither
        Records<Party> parties(session());
        if (parties.get(party).loyalty == grade)
            throw domain::already(work, kind_of<Party>(), party, grade);
        parties.change(party, any_version, {{"loyalty", domain::optional(grade)}});
        std::vector<Assignment> reasons{
            {"reason", domain::optional(why.reason)},
            {"competitor_id", why.competitor ? Value{why.competitor.value()} : Value{}},
            {"note", domain::optional(why.note)}};
        if (why.on) reasons.push_back({"moved_on", why.on->text()});
        const auto made = domain::refs(
            work, "loyalty.last_made",
            {{":party", party.value()}, {":command", static_cast<std::int64_t>(work.command())}});
        movement = change(Id<LoyaltyMovement>{made.front()}, any_version, reasons);
        part.keep();
    });
    return movement;
}

std::vector<LoyaltyMovement> Loyalty::history(Id<Party> party) const {
    return domain::records<LoyaltyMovement>(session(), "loyalty.history",
                                            {{":party", party.value()}});
}

std::vector<LoyaltyFlow> Loyalty::flows(Date from, Date to) const {
    kernel::Reading reading(session().state());
    auto rows =
        kernel::named_query(reading, "loyalty.flows", {{":from", from.text()}, {":to", to.text()}});
    std::vector<LoyaltyFlow> flows;
    while (rows.step())
        flows.push_back({std::string(rows.text(0)), std::string(rows.text(1)),
                         std::string(rows.text(2)), Id<Party>{rows.integer(3)}, rows.integer(4)});
    return flows;
}

}  // namespace crm

namespace crm::domain {

void loyalty_written(Work& work, const void* party, const void* before) {
    const auto& now = *static_cast<const Party*>(party);
    const std::string_view earlier =
        before ? std::string_view{static_cast<const Party*>(before)->loyalty} : std::string_view{};
    if (now.loyalty == earlier) return;
    LoyaltyMovement movement{
        .party = now.head.id, .from_grade = std::string(earlier), .to_grade = now.loyalty};
    kernel::insert(work.transaction(), kind_of<LoyaltyMovement>(), &movement,
                   kernel::Authority::engine);
}

}  // namespace crm::domain
