#include "crm/cost.hpp"

#include "domain/records.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr Column cost_columns[] = {
    column<&Cost::activity>("activity_id", required | fixed | parent,
                            {.target = number::activity, .on_delete = OnDelete::takes_along}),
    column<&Cost::type>("type", required | on_card, {.list = "cost_type"}),
    column<&Cost::amount, &Money::minor>(
        "amount_minor", required | on_card,
        {.type = FieldType::money, .companion = "amount_currency"}),
    column<&Cost::amount, &Money::currency>("amount_currency", on_card),
    column<&Cost::spent_on>("spent_on", required | always_shown | on_card),
    column<&Cost::note>("note", on_card),
};

void derive_cost(Work& work, void* record) {
    auto& cost = *static_cast<Cost*>(record);
    const auto& database = work.transaction().database();
    if (!cost.amount.currency) cost.amount.currency = Currency(database.currency());
    if (!cost.spent_on) cost.spent_on = database.zone().date_of(work.now());
}

Kind make_cost_kind() {
    Kind kind = kernel::kind<Cost>(number::cost, "cost", Role::child, cost_columns);
    kind.rules = {.derive = derive_cost};
    return kind;
}

/// Of a sum of upper halves and one of lower ones, of 32 bits each.
std::int64_t joined(std::int64_t upper, std::int64_t lower, const Currency& currency) {
    std::int64_t sum = 0;
    if (__builtin_mul_overflow(upper + (lower >> 32), std::int64_t{1} << 32, &sum))
        throw LimitExceeded("cost: the sum in " + std::string(currency.code()) +
                            " passes 64 bits: look at the amounts");
    return sum + (lower & 0xFFFF'FFFF);
}

template <class Record>
std::vector<Money> total_of(const Session& session, std::string_view query, Id<Record> id) {
    kernel::Reading reading(session.state());
    const Kind& kind = kind_of<Record>();
    if (id.ref().kind() != kind.number || !kernel::find(reading, id, false))
        throw NotFound(std::string(kind.name) + ": no such record");
    std::vector<Money> sums;
    auto rows = kernel::named_query(reading, query, {{":id", id.value()}});
    while (rows.step()) {
        const Currency currency(rows.text(0));
        sums.push_back({joined(rows.integer(1), rows.integer(2), currency), currency});
    }
    return sums;
}

}  // namespace

template <>
const Kind& kind_of<Cost>() {
    static const Kind kind = make_cost_kind();
    return kind;
}

std::vector<Cost> Costs::of(Id<Activity> activity) const {
    return domain::records<Cost>(session(), "cost.of", {{":activity", activity.value()}});
}

std::vector<Money> Costs::total(Id<Activity> activity) const {
    return total_of(session(), "cost.of_activity", activity);
}

std::vector<Money> Costs::total(Id<Project> project) const {
    return total_of(session(), "cost.of_project", project);
}

}  // namespace crm
