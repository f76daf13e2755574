#include "crm/hourly_rate.hpp"

#include <algorithm>
#include <map>

#include "domain/clock_time.hpp"
#include "domain/records.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr std::int64_t minutes_an_hour = 60;

constexpr Column rate_columns[] = {
    column<&HourlyRate::starts_on>("starts_on", required | always_shown),
    column<&HourlyRate::rate, &Money::minor>(
        "rate_minor", required, {.type = FieldType::money, .companion = "rate_currency"}),
    column<&HourlyRate::rate, &Money::currency>("rate_currency", required),
};
constexpr Order rate_orders[] = {{"start", "starts_on"}};

// ---- rules

void derive_rate(Work& work, void* record) {
    auto& rate = *static_cast<HourlyRate*>(record);
    if (!rate.rate.currency)
        rate.rate.currency = Currency(work.transaction().database().currency());
}

void check_rate(Work&, const void* record, const void*) {
    const auto& rate = *static_cast<const HourlyRate*>(record);
    domain::require_given(rate.starts_on, "hourly_rate", "starts_on");
    if (rate.rate.minor < 0) throw Invalid("hourly_rate", "rate_minor", "must not be below 0");
}

Kind make_rate_kind() {
    Kind kind =
        kernel::kind<HourlyRate>(number::hourly_rate, "hourly_rate", Role::root, rate_columns);
    kind.orders = rate_orders;
    kind.rules = {.derive = derive_rate, .check = check_rate};
    kind.is_confidential = true;
    kind.is_of_owner = true;
    return kind;
}

// ---- what work costs

[[noreturn]] void overflow() {
    throw LimitExceeded("labour: the sum is beyond 64 bits of minor units");
}

/// A sum of minutes at hourly rates, exact until it is asked for.
class Sum {
public:
    void add(std::int64_t minutes, std::int64_t rate) {
        std::int64_t whole = 0;
        const bool is_large =
            __builtin_mul_overflow(rate / minutes_an_hour, minutes, &whole) ||
            __builtin_add_overflow(whole_, whole, &whole_) ||
            __builtin_add_overflow(sixtieths_, rate % minutes_an_hour * minutes, &sixtieths_);
        if (is_large) overflow();
    }
    std::int64_t rounded() const {
        std::int64_t sum = 0;
        const auto rest = (sixtieths_ + minutes_an_hour / 2) / minutes_an_hour;
        if (__builtin_add_overflow(whole_, rest, &sum)) overflow();
        return sum;
    }

private:
    std::int64_t whole_ = 0, sixtieths_ = 0;
};

using Sums = std::map<Currency, Sum>;

std::vector<Money> amounts(const Sums& sums) {
    std::vector<Money> amounts;
    for (const auto& [currency, sum] : sums) amounts.push_back({sum.rounded(), currency});
    return amounts;
}

/// Adds up what the session sees of a tree of activities.
class Costing {
public:
    explicit Costing(kernel::Reading& reading) : reading_(reading) {}

    /// `query` answers id, responsible, start and planned minutes of each activity.
    Labour of(std::string_view query, Ref top) {
        {
            auto rows = kernel::named_query(reading_, query, {{":id", top.value()}});
            while (rows.step()) {
                activities_.emplace_back(rows.integer(0));
                if (!rows.is_null(3)) add_planned(rows);
            }
        }
        for (const Ref activity : activities_) add_worked(activity);
        labour_.estimated = amounts(estimated_);
        labour_.actual = amounts(actual_);
        return labour_;
    }

private:
    void add_planned(const storage::Use& row) {
        const Time start = row.time(2);
        const Date day = reading_.database().zone().date_of(start);
        labour_.planned_minutes += row.integer(3);
        if (!add(estimated_, Id<User>{row.integer(1)}, day, row.integer(3)))
            labour_.planned_without_rate += row.integer(3);
    }

    void add_worked(Ref activity) {
        auto rows =
            kernel::named_query(reading_, "hourly_rate.worked", {{":activity", activity.value()}});
        while (rows.step()) {
            labour_.worked_minutes += rows.integer(2);
            const Date day = Date::parse(rows.text(1));
            if (!add(actual_, Id<User>{rows.integer(0)}, day, rows.integer(2)))
                labour_.worked_without_rate += rows.integer(2);
        }
    }

    bool add(Sums& sums, Id<User> user, const Date& day, std::int64_t minutes) {
        const auto& rates = rates_of(user);
        const auto rate = std::ranges::find_if(
            rates, [&](const HourlyRate& each) { return each.starts_on <= day; });
        if (rate == rates.end()) return false;
        sums[rate->rate.currency].add(minutes, rate->rate.minor);
        return true;
    }

    /// Newest first; without those whose amount, and with it the currency, is hidden.
    const std::vector<HourlyRate>& rates_of(Id<User> user) {
        const auto [found, is_new] = rates_.try_emplace(user);
        if (is_new) {
            found->second = domain::records<HourlyRate>(reading_, "hourly_rate.of_user",
                                                        {{":user", user.value()}});
            std::erase_if(found->second,
                          [](const HourlyRate& each) { return !each.rate.currency; });
        }
        return found->second;
    }

    kernel::Reading& reading_;
    std::vector<Ref> activities_;
    std::map<Id<User>, std::vector<HourlyRate>> rates_;
    Sums estimated_, actual_;
    Labour labour_;
};

}  // namespace

template <>
const Kind& kind_of<HourlyRate>() {
    static const Kind kind = make_rate_kind();
    return kind;
}

std::vector<HourlyRate> HourlyRates::of(Id<User> user) const {
    return domain::records<HourlyRate>(session(), "hourly_rate.of_user", {{":user", user.value()}});
}

Labour HourlyRates::labour(Ref record) const {
    kernel::Reading reading(session().state());
    const bool is_project = record.kind() == number::project;
    if (!is_project && record.kind() != number::activity)
        throw NotFound("labour: no such activity or project");
    if (!kernel::find(reading, record, false))
        throw NotFound(std::string(is_project ? "project" : "activity") + ": no such record");
    return Costing(reading).of(
        is_project ? "hourly_rate.activities_of_project" : "hourly_rate.activities_below", record);
}

}  // namespace crm
