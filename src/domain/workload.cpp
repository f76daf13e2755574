#include "crm/workload.hpp"

#include "domain/records.hpp"
#include "domain/recurring.hpp"

namespace crm::inline v1 {
namespace {

constexpr std::chrono::days most_days{366};

void require_days(Date from, Date to) {
    if (to <= from) throw Invalid("query", "to", "must lie after from");
    if (to.days() - from.days() > most_days)
        throw Invalid("query", "to", "lies more than 366 days after from: ask for less");
}

Workload::Counts counts_in(const storage::Use& row) {
    return {row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
}

class Loads {
public:
    Loads(const Session& session, Date from, Date to)
        : reading_(session.state()),
          zone_(session.zone()),
          now_(session.now()),
          from_(from),
          to_(to),
          today_(zone_.date_of(now_)) {}

    std::vector<Workload> of(Id<Unit> unit) {
        const bool is_unit = unit.ref().kind() == kernel::number::unit;
        if (!is_unit || !kernel::find(reading_, unit)) throw NotFound("unit: no such record");
        std::vector<Workload> loads;
        {
            auto rows = kernel::named_query(reading_, "workload.users", {{":unit", unit.value()}});
            while (rows.step())
                loads.push_back({.user = Ref{rows.integer(0)}, .name = std::string(rows.text(1))});
        }
        for (Workload& load : loads) {
            count_activities(load);
            count_occurrences(load);
            count_projects(load);
        }
        return loads;
    }

private:
    void count_activities(Workload& load) {
        auto row = kernel::named_query(reading_, "workload.activities",
                                       {{":user", load.user.value()},
                                        {":now", domain::instant(now_)},
                                        {":from", domain::instant(zone_.start_of(from_))},
                                        {":to", domain::instant(zone_.start_of(to_))}});
        row.step();
        load.activities = counts_in(row);
        load.planned_time = std::chrono::duration_cast<std::chrono::minutes>(
            std::chrono::microseconds{row.integer(4)});
    }

    /// Of series those that nobody touched; the others are activities like any.
    void count_occurrences(Workload& load) {
        const TimeRange window{zone_.start_of(from_), zone_.start_of(to_)};
        std::chrono::microseconds planned{};
        auto row = kernel::named_query(reading_, "workload.series",
                                       {{":user", load.user.value()},
                                        {":from", domain::instant(window.start)},
                                        {":to", domain::instant(window.end)}});
        while (row.step()) {
            const Time start = row.time(1), end = row.is_null(2) ? start : row.time(2);
            for (const Time at :
                 domain::untouched_starts(reading_,
                                          {Ref{row.integer(0)}, start, Zone{row.text(3)},
                                           Recurrence::parse(row.text(4))},
                                          window)) {
                const Time over = at + (end - start);
                ++load.activities.planned;
                if (over < now_) ++load.activities.overdue;
                if (row.integer(5) == 0) planned += std::min(over, window.end) - at;
            }
        }
        load.planned_time += std::chrono::duration_cast<std::chrono::minutes>(planned);
    }

    void count_projects(Workload& load) {
        auto row = kernel::named_query(reading_, "workload.projects",
                                       {{":user", load.user.value()},
                                        {":today", today_.text()},
                                        {":from", from_.text()},
                                        {":to", to_.text()}});
        row.step();
        load.projects = counts_in(row);
    }

    kernel::Reading reading_;
    const Zone& zone_;
    const Time now_;
    const Date from_, to_, today_;
};

}  // namespace

std::vector<Workload> workload(const Session& session, Id<Unit> unit, Date from, Date to) {
    require_days(from, to);
    return Loads(session, from, to).of(unit);
}

}  // namespace crm
