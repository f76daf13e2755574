#include "kernel/command_filter.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "crm/error.hpp"
#include "kernel/history.hpp"
#include "kernel/run.hpp"
#include "kernel/undo.hpp"

namespace crm::kernel {

namespace {

constexpr std::int64_t no_end = INT64_MAX;
using Ids = std::set<std::int64_t>;

void add_commands_of(Reading& reading, RunId run, Ids& ids) {
    for (const CommandId command : commands_of(reading.connection(), run))
        ids.insert(static_cast<std::int64_t>(command));
}

/// The commands that made, changed or removed a record; none where the session may not see it.
Ids commands_on(Reading& reading, Ref record) {
    Ids ids;
    const auto last = last_visible(reading, record);
    if (!last) return ids;
    ids.insert(static_cast<std::int64_t>(last->head().created_in));
    auto rows = reading.connection().use("SELECT command_id FROM change WHERE ref = ?1");
    rows.bind(1, record.value());
    while (rows.step()) ids.insert(rows.integer(0));
    return ids;
}

Ids intersection(const Ids& one, const Ids& other) {
    Ids both;
    std::ranges::set_intersection(one, other, std::inserter(both, both.end()));
    return both;
}

/// The ids that a filter names; nothing where it names none.
std::optional<Ids> named_ids(Reading& reading, const CommandFilter& filter) {
    std::optional<Ids> ids;
    if (!filter.commands.empty() || !filter.runs.empty()) {
        ids.emplace();
        for (const CommandId command : filter.commands)
            ids->insert(static_cast<std::int64_t>(command));
        for (const RunId run : filter.runs) add_commands_of(reading, run, *ids);
    }
    if (!filter.record) return ids;
    const Ids on_record = commands_on(reading, filter.record);
    return ids ? intersection(*ids, on_record) : on_record;
}

/// Gives each command meant to `visit`, newest first, until that answers false.
class Walk {
public:
    Walk(Reading& reading, const CommandFilter& filter, CommandId before)
        : reading_(reading), filter_(filter) {
        auto& connection = reading.connection();
        if (filter.since) first_ = first_since(connection, *filter.since);
        if (filter.until) end_ = first_since(connection, *filter.until);
        if (before != CommandId{}) end_ = std::min(end_, static_cast<std::int64_t>(before));
    }

    template <class Visit>
    void run(const Visit& visit) {
        if (const auto ids = named_ids(reading_, filter_))
            run_named(*ids, visit);
        else
            run_down(visit);
    }

private:
    template <class Visit>
    void run_named(const Ids& ids, const Visit& visit) {
        for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
            if (*id < first_ || *id >= end_) continue;
            const auto found = command_row(reading_.connection(), CommandId{*id});
            if (found && is_meant(*found) && !visit(*found)) return;
        }
    }

    template <class Visit>
    void run_down(const Visit& visit) {
        auto rows = reading_.connection().use(std::string(command_columns) +
                                              "WHERE c.id >= ?1 AND c.id < ?2 ORDER BY c.id DESC");
        rows.bind(1, first_).bind(2, end_);
        while (rows.step())
            if (const Command found = read_command(rows); is_meant(found) && !visit(found)) return;
    }

    bool is_meant(const Command& command) const {
        return may_see(reading_, command) && (!filter_.user || command.user == filter_.user) &&
               (filter_.verb.empty() || command.verb == filter_.verb);
    }

    Reading& reading_;
    const CommandFilter& filter_;
    std::int64_t first_ = 0, end_ = no_end;
};

}  // namespace

std::int64_t first_since(storage::Connection& connection, Time moment) {
    auto next = connection.use("SELECT id, at FROM command WHERE id >= ?1 ORDER BY id LIMIT 1");
    std::int64_t low = 1, high = connection.integer("SELECT max(id) FROM command") + 1;
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        const bool found = next.bind(1, middle).step();
        const bool later = !found || next.integer(1) >= moment.time_since_epoch().count();
        later ? high = middle : low = next.integer(0) + 1;
        next.reset();
    }
    return low;
}

bool means_all(const CommandFilter& filter) { return filter == CommandFilter{}; }

std::vector<Command> commands(Reading& reading, const CommandFilter& filter, int limit,
                              CommandId before) {
    std::vector<Command> found;
    if (limit <= 0) return found;
    Walk(reading, filter, before).run([&](const Command& command) {
        found.push_back(command);
        return static_cast<int>(found.size()) < limit;
    });
    return found;
}

std::vector<CommandId> chosen_commands(Reading& reading, const CommandFilter& filter) {
    for (const CommandId named : filter.commands) command(reading, named);
    for (const RunId named : filter.runs) run_row(reading, named);
    std::vector<CommandId> found;
    Walk(reading, filter, {}).run([&](const Command& command) {
        found.push_back(command.id);
        return true;
    });
    return found;
}

}  // namespace crm::kernel
