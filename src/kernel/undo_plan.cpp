#include "kernel/undo_plan.hpp"

#include <algorithm>
#include <utility>

#include "crm/error.hpp"
#include "kernel/column.hpp"
#include "kernel/engine.hpp"
#include "kernel/select.hpp"

namespace crm::kernel {

using When = Standing::When;

namespace {

using Fields = StoredFields;
using State = RecordState;

bool is_bookkeeping(std::string_view field) {
    return field == "id" || field == "version" || field == "created_in" || field == "changed_in";
}

Fields fields_of(const Json::Object& object) {
    Fields fields;
    for (const auto& [name, value] : object)
        if (!is_bookkeeping(name) && !value.is_null()) fields.emplace(name, value);
    return fields;
}

Json value_in(const Fields& fields, std::string_view name) {
    const auto at = fields.find(name);
    return at == fields.end() ? Json{} : at->second;
}

void set(Fields& fields, const std::string& name, const Json& value) {
    if (value.is_null())
        fields.erase(name);
    else
        fields.insert_or_assign(name, value);
}

bool is_derived(const Kind& kind, std::string_view field) {
    const Column* column = kind.find(field);
    return column && column->has(derived);
}

bool exists_now(Transaction& transaction, Ref record) {
    const Kind* kind = transaction.kind(record.kind());
    if (!kind) return false;
    auto row =
        transaction.connection().use("SELECT 1 FROM " + std::string(kind->name) + " WHERE id = ?1");
    return row.bind(1, record.value()).step();
}

/// The fields of a kind that hold references, those of its head too.
bool refers(const Kind& kind, std::string_view field) {
    const Column* column = kind.find(field);
    return column ? column->type == FieldType::reference
                  : kind.role == Role::root && is_place(field);
}

}  // namespace

Standing::Slot slot_of(const Kind& kind, std::string_view field) {
    if (kind.role == Role::root && field == "unit_id") return "owner_id";
    const Column* column = kind.find(field);
    if (!column) return Standing::Slot(field);
    if (!column->companion.empty()) return Standing::Slot(column->companion);
    if (column->has(derived))
        for (const Column& source : kind.columns)
            if (source.key == field) return Standing::Slot(source.name);
    return Standing::Slot(field);
}

/// One field that one command set, or (no field) a removal.
struct UndoPlan::Write {
    std::size_t step;
    CommandId command;
    std::string field;
    Standing::Slot slot;
    bool is_removal() const { return slot.empty(); }
    bool overlaps(const Write& other) const {
        return is_removal() || other.is_removal() || slot == other.slot;
    }
};

/// A record with all that happened to it.
struct UndoPlan::Log {
    const Kind* kind;
    Ref record;
    State actual;
    CommandId creation{};  // 0: it never was
    std::vector<Step> steps;
    std::vector<Write> writes;  // but for what follows from an undo; oldest first

    /// What a field held before step `i`, or at the end.
    Json value_before(std::size_t i, const std::string& field) const {
        for (; i < steps.size(); ++i) {
            const Json& before = steps[i].before;
            if (!before.is_object()) continue;
            if (const Json* value = before.find(field)) return *value;
            if (is_removal(before)) return {};
        }
        return value_in(actual.fields, field);
    }
    const Json::Object* last_removal() const {
        for (auto step = steps.rbegin(); step != steps.rend(); ++step)
            if (is_removal(step->before)) return &step->before.object();
        return nullptr;
    }
};

/// Why a part of a record cannot be turned back.
struct UndoPlan::Obstacle {
    const Write* write;  // that was to be turned back or to come again; none: the creation
    std::string field;
    CommandId by{};
    const char* reason;
};

// ---- one record

UndoPlan::Log UndoPlan::log_of(Ref record) const {
    Log log{&transaction_.kind_of(record), record, {}, {}, {}, {}};
    AnyRecord stored(*log.kind);
    const Plan& plan = transaction_.plan(*log.kind);
    if (load(transaction_.connection(), plan, record, stored.data())) {
        log.actual = {true, fields_of(stored_row(plan, stored.data()))};
        log.creation = stored.head().created_in;
    }
    log.steps = steps_of(transaction_.connection(), record, transaction_.command());
    const Json::Object* removed = log.actual.exists ? nullptr : log.last_removal();
    if (removed) log.creation = record_from(*log.kind, record, *removed).head().created_in;
    log.writes = own_writes(log);
    return log;
}

std::vector<UndoPlan::Write> UndoPlan::own_writes(const Log& log) const {
    std::vector<Write> writes;
    for (std::size_t i = 0; i < log.steps.size(); ++i) {
        const auto& [command, before] = log.steps[i];
        if (!before.is_object()) continue;
        if (is_removal(before)) {
            if (!is_explained(log, i, {})) writes.push_back({i, command, {}, {}});
            continue;
        }
        for (const auto& [field, value] : before.object()) {
            auto slot = slot_of(*log.kind, field);
            if (!is_explained(log, i, slot)) writes.push_back({i, command, field, std::move(slot)});
        }
    }
    return writes;
}

/// Whether a step of an undo does nothing but turn back, or bring again, what another command did
/// there. A rule may have written more.
bool UndoPlan::is_explained(const Log& log, std::size_t at, const Standing::Slot& slot) const {
    const CommandId undo = log.steps[at].command;
    if (!standing_.is_undo(undo)) return false;
    if (standing_.reaches(undo, log.creation, log.record)) return true;
    for (std::size_t i = 0; i < at; ++i) {
        const auto& [command, before] = log.steps[i];
        if (command == undo || !standing_.reaches(undo, command, log.record)) continue;
        if (!before.is_object() || is_removal(before)) return true;
        if (std::ranges::any_of(before.object(), [&](const auto& member) {
                return slot_of(*log.kind, member.first) == slot;
            }))
            return true;
    }
    return false;
}

bool UndoPlan::stands(const Log& log, const Write& write, When when) const {
    return standing_.stands(write.command, log.record, write.slot, when);
}

bool UndoPlan::creation_stands(const Log& log, When when) const {
    return log.creation != CommandId{} && standing_.stands(log.creation, log.record, {}, when);
}

/// What the last command that stands left in a field, or in what is one value with it: who set an
/// amount left it in a currency.
Json UndoPlan::replayed(const Log& log, const std::string& field, When when) const {
    const auto slot = slot_of(*log.kind, field);
    for (auto write = log.writes.rbegin(); write != log.writes.rend(); ++write)
        if (write->slot == slot && stands(log, *write, when))
            return log.value_before(write->step + 1, field);
    return log.value_before(0, field);
}

RecordState UndoPlan::wanted(const Log& log) const {
    const bool is_there = creation_stands(log, When::after) &&
                          std::ranges::none_of(log.writes, [&](const Write& write) {
                              return write.is_removal() && stands(log, write, When::after);
                          });
    if (!is_there) return {};
    const Json::Object* removed = log.actual.exists ? nullptr : log.last_removal();
    State state{true, removed ? fields_of(*removed) : log.actual.fields};
    std::set<Standing::Slot> turned;
    for (const Write& write : log.writes)
        if (removed || stands(log, write, When::before) != stands(log, write, When::after))
            turned.insert(write.slot);
    for (const Write& write : log.writes)
        if (!write.is_removal() && turned.contains(write.slot))
            set(state.fields, write.field, replayed(log, write.field, When::after));
    return state;
}

bool UndoPlan::is_touched(const Log& log) const {
    return creation_stands(log, When::before) != creation_stands(log, When::after) ||
           std::ranges::any_of(log.writes, [&](const Write& write) {
               return stands(log, write, When::before) != stands(log, write, When::after);
           });
}

/// The first of the chosen commands by which the creation falls.
CommandId UndoPlan::first_reaching(const Log& log) const {
    for (const CommandId command : standing_.chosen())
        if (standing_.reaches(command, log.creation, log.record)) return command;
    return {};
}

/// A record that was changed since does not go. What was done before the undo that brought it back
/// did not keep it from going then.
std::optional<UndoPlan::Obstacle> UndoPlan::obstacle_to_vanishing(const Log& log) const {
    const bool was_there = creation_stands(log, When::before);
    const CommandId since = first_reaching(log);
    for (auto write = log.writes.rbegin(); write != log.writes.rend(); ++write) {
        const bool stays = stands(log, *write, When::after);
        if (was_there && log.actual.exists && stays && write->command > since &&
            !write->is_removal() && !is_derived(*log.kind, write->field))
            return Obstacle{nullptr, write->field, write->command,
                            "was changed since it was created"};
        if (!was_there && stays != stands(log, *write, When::before))
            return Obstacle{&*write, {}, {}, "is not there: its creation was undone"};
    }
    return std::nullopt;
}

std::optional<UndoPlan::Obstacle> UndoPlan::obstacle_to_write(const Log& log, std::size_t at,
                                                              bool& derived) const {
    const Write& write = log.writes[at];
    const bool is_of_engine = is_derived(*log.kind, write.field);
    if (!write.is_removal() && !is_kept(*log.kind, write.field))
        return Obstacle{&write, write.field, write.command, "is not kept in history: set it anew"};
    for (std::size_t later = log.writes.size(); --later > at;) {
        const Write& other = log.writes[later];
        if (!write.overlaps(other) || !stands(log, other, When::before) ||
            !stands(log, other, When::after))
            continue;
        if (is_of_engine) {
            derived = true;
            return std::nullopt;
        }
        const bool removed = other.is_removal();
        return Obstacle{&write, removed || write.is_removal() ? std::string{} : write.field,
                        other.command, removed ? "was removed since" : "was changed since"};
    }
    if (log.actual.exists && !write.is_removal() && !is_of_engine &&
        value_in(log.actual.fields, write.field) != replayed(log, write.field, When::before))
        return Obstacle{&write, write.field, {}, "is not what history says it should be"};
    return std::nullopt;
}

std::optional<UndoPlan::Obstacle> UndoPlan::obstacle_to(const Log& log, bool& derived) const {
    const bool was_there = creation_stands(log, When::before),
               is_there = creation_stands(log, When::after);
    if (!is_there) return obstacle_to_vanishing(log);
    if (!was_there && !wanted(log).exists) return std::nullopt;  // comes again as one removed since
    for (std::size_t at = log.writes.size(); at-- > 0;) {
        const Write& write = log.writes[at];
        if (stands(log, write, When::before) == stands(log, write, When::after)) continue;
        if (auto found = obstacle_to_write(log, at, derived)) return found;
    }
    return std::nullopt;
}

void UndoPlan::leave_whole(const Log& log) {
    for (const CommandId command : standing_.chosen())
        if (standing_.reaches(command, log.creation, log.record) ||
            std::ranges::any_of(log.writes, [&](const Write& write) {
                return standing_.reaches(command, write.command, log.record);
            }))
            standing_.leave(command, log.record, {});
    stuck_.insert(log.record);
}

/// Leaves what cannot be turned back as it is, by all of the commands that would have changed it.
void UndoPlan::give_way(const Log& log, const Obstacle& obstacle) {
    changed_ = true;
    if (!obstacle.write || obstacle.write->is_removal()) return leave_whole(log);
    for (const CommandId command : standing_.chosen())
        if (standing_.reaches(command, obstacle.write->command, log.record))
            standing_.leave(command, log.record, obstacle.write->slot);
}

UndoPlan::Outcome UndoPlan::evaluate(Ref record) {
    const Log log = log_of(record);
    if (is_erased(log.steps)) {
        obstacles_.add(record, {}, log.steps.back().command, "was erased");
        leave_whole(log);
        return {};
    }
    if (log.creation == CommandId{}) return {};
    Outcome outcome;
    outcome.is_touched = is_touched(log);
    bool left = false;
    while (const auto obstacle = obstacle_to(log, outcome.is_derived)) {
        obstacles_.add(record, obstacle->field, obstacle->by, obstacle->reason);
        const auto known = standing_.leaving();
        give_way(log, *obstacle);
        if (standing_.leaving() == known)
            throw Corrupt("history contradicts itself: run quick_check and restore a backup");
        left = true;
    }
    outcome.is_derived |= left;
    outcome.creation = log.creation;
    outcome.actual = log.actual;
    outcome.wanted = wanted(log);
    return outcome;
}

// ---- all records

void UndoPlan::make() {
    outcomes_.clear(), fresh_.clear(), touched_.clear();
    for (const CommandId command : standing_.chosen()) collect(command);
    std::ranges::sort(fresh_, {},
                      [](const Fresh& range) { return std::pair(range.kind, range.first); });
    for (const Ref record : touched_) outcomes_.insert_or_assign(record, evaluate(record));
    if (skips_)
        for (const Ref record : std::set<Ref>(stuck_)) keep_children(record);
    do {
        changed_ = false;
        check_references();
        check_dependants();
    } while (skips_ && changed_);
}

void UndoPlan::collect(CommandId command) {
    const auto& records = standing_.chosen_records(command);
    touched_.insert(records.begin(), records.end());
    if (records.empty())
        for (const CommandId reached : standing_.reached(command))
            collect_reached(reached, reached == command);
}

void UndoPlan::collect_reached(CommandId command, bool is_chosen) {
    auto changed = transaction_.connection().use("SELECT ref FROM change WHERE command_id = ?1");
    changed.bind(1, static_cast<std::int64_t>(command));
    while (changed.step()) touched_.insert(Ref{changed.integer(0)});
    auto created = transaction_.connection().use(
        "SELECT kind, first_id, last_id FROM created WHERE command_id = ?1");
    created.bind(1, static_cast<std::int64_t>(command));
    while (created.step()) {
        const auto kind = static_cast<KindNumber>(created.integer(0));
        const std::int64_t first = created.integer(1), last = created.integer(2);
        if (is_chosen) fresh_.push_back({kind, command, first, last});
        auto steps = transaction_.connection().use(
            "SELECT DISTINCT ref FROM change WHERE ref >= ?1 AND ref <= ?2");
        steps.bind(1, first).bind(2, last);
        while (steps.step())
            if (const Ref record{steps.integer(0)}; record.kind() == kind) touched_.insert(record);
    }
}

const UndoPlan::Fresh* UndoPlan::fresh_range_of(Ref record) const {
    const auto after = std::ranges::upper_bound(
        fresh_, std::pair(record.kind(), record.value()), {},
        [](const Fresh& range) { return std::pair(range.kind, range.first); });
    if (after == fresh_.begin()) return nullptr;
    const Fresh& range = *std::prev(after);
    return range.kind == record.kind() && record.value() <= range.last ? &range : nullptr;
}

bool UndoPlan::is_going(Ref record) const {
    if (const auto at = outcomes_.find(record); at != outcomes_.end())
        return at->second.actual.exists && !at->second.wanted.exists;
    return !staying_.contains(record) && is_fresh(record);
}

bool UndoPlan::will_exist(Ref record) const {
    if (const auto at = outcomes_.find(record); at != outcomes_.end())
        return at->second.wanted.exists;
    return !is_going(record) && exists_now(transaction_, record);
}

void UndoPlan::stay(Ref record) {
    changed_ = true;
    if (const auto at = outcomes_.find(record); at != outcomes_.end()) {
        leave_whole(log_of(record));
        at->second = evaluate(record);
    } else if (const Fresh* range = fresh_range_of(record)) {
        standing_.leave(range->command, record, {});
        staying_.insert(record);
    }
    keep_children(record);
}

/// A record that stays is left whole: with what belongs to it.
void UndoPlan::keep_children(Ref record) {
    const Kind& kind = transaction_.kind_of(record);
    for (const Incoming& incoming : transaction_.plan(kind).incoming) {
        if (!incoming.column->has(parent)) continue;
        std::vector<Ref> children;
        auto rows =
            transaction_.connection().use("SELECT id FROM " + std::string(incoming.kind->name) +
                                          " WHERE " + std::string(incoming.column->name) + " = ?1");
        rows.bind(1, record.value());
        while (rows.step()) children.emplace_back(rows.integer(0));
        for (const Ref child : children) {
            if (!is_going(child)) continue;
            obstacles_.add(child, {}, {}, "belongs to a record that stays");
            stay(child);
        }
    }
}

// ---- references

/// What comes back or is set again must find what it refers to.
void UndoPlan::check_references() {
    for (const auto& [record, now] : outcomes_) {
        if (!now.wanted.exists) continue;
        const Outcome outcome = now;  // what is left may change it
        const Kind& kind = transaction_.kind_of(record);
        for (const auto& [field, value] : outcome.wanted.fields) {
            if (!refers(kind, field) || value_in(outcome.actual.fields, field) == value) continue;
            if (!check_reference(record, field, value)) break;
        }
    }
}

bool UndoPlan::check_reference(Ref record, const std::string& field, const Json& value) {
    if (will_exist(Ref{value.value().integer()})) return true;
    const Kind& kind = transaction_.kind_of(record);
    const Column* column = kind.find(field);
    obstacles_.add(record, field, {},
                   column && column->has(parent) ? "belongs to a record that is gone"
                                                 : "refers to a record that is gone");
    if (!skips_) return true;
    Outcome& outcome = outcomes_.at(record);
    if (!outcome.actual.exists) {
        stay(record);
        return false;
    }
    const auto slot = slot_of(kind, field);
    for (const CommandId command : standing_.chosen()) standing_.leave(command, record, slot);
    changed_ = true;
    outcome = evaluate(record);
    outcome.is_derived = true;
    return false;
}

void UndoPlan::check_dependants() {
    for (const auto& [record, outcome] : outcomes_) {
        if (!is_going(record)) continue;
        check_dependants(transaction_.kind_of(record), record, record);
        check_bound(record);
    }
    for (const Fresh& range : fresh_) {
        check_dependants(*transaction_.kind(range.kind), Ref{range.first}, Ref{range.last});
        if (range.kind != number::user && range.kind != number::property) continue;
        for (std::int64_t id = range.first; id <= range.last; id += 1 << Ref::kind_bits)
            if (!outcomes_.contains(Ref{id}) && is_going(Ref{id})) check_bound(Ref{id});
    }
}

/// What refers to records that are to go must go too, or turn to others.
void UndoPlan::check_dependants(const Kind& kind, Ref first, Ref last) {
    const Plan& plan = transaction_.plan(kind);
    for (const auto* incomings : {&plan.incoming, &plan.owned})
        for (const Incoming& incoming : *incomings) {
            const std::string column(incoming.column->name);
            auto rows = transaction_.connection().use("SELECT id, " + column + " FROM " +
                                                      incoming.table() + " WHERE " + column +
                                                      " >= ?1 AND " + column + " <= ?2");
            rows.bind(1, first.value()).bind(2, last.value());
            while (rows.step())
                if (const Ref target{rows.integer(1)}; target.kind() == kind.number)
                    check_dependant(target, Ref{rows.integer(0)}, *incoming.column);
        }
}

void UndoPlan::check_dependant(Ref target, Ref from, const Column& column) {
    if (from == target || is_going(from) || !is_going(target)) return;
    const std::string field(column.name);
    if (const auto at = outcomes_.find(from); at != outcomes_.end())
        if (value_in(at->second.wanted.fields, field) != Json(target.value())) return;
    const bool stays = stuck_.contains(from) || staying_.contains(from);
    if (!skips_ && stays) return;  // told already
    obstacles_.add(from, field, stays ? CommandId{} : origin_of(from, field),
                   stays ? "stays, and depends on what would go"
                         : "was added since and depends on what would go");
    if (skips_) stay(target);
}

/// What stands behind a record that no reference tells of: the commands of a user, the column of a
/// property.
void UndoPlan::check_bound(Ref record) {
    if (record.kind() == number::property)
        return bind(record, "cannot be taken back once it is defined: retire it");
    if (record.kind() != number::user) return;
    auto row = transaction_.connection().use(
        "SELECT 1 FROM command WHERE user_id = ?1 AND id < ?2 LIMIT 1");
    row.bind(1, record.value()).bind(2, static_cast<std::int64_t>(transaction_.command()));
    if (row.step()) bind(record, "has worked with the file since");
}

void UndoPlan::bind(Ref record, std::string reason) {
    obstacles_.add(record, {}, {}, std::move(reason));
    if (skips_) stay(record);
}

/// The command that gave a field of an existing record its value.
CommandId UndoPlan::origin_of(Ref record, const std::string& field) const {
    const Log log = log_of(record);
    for (auto write = log.writes.rbegin(); write != log.writes.rend(); ++write)
        if (write->field == field && stands(log, *write, When::before)) return write->command;
    return log.creation;
}

StoredFields UndoPlan::last_fields(Ref record) const {
    const Log log = log_of(record);
    const Json::Object* removed = log.last_removal();
    return removed ? fields_of(*removed) : StoredFields{};
}

Json::Object UndoPlan::row_to_restore(Ref record, const RecordState& wanted) const {
    const Log log = log_of(record);
    const Json::Object* removed = log.last_removal();
    if (!removed)
        throw Corrupt(
            "history has no removal of a record that is not there: run quick_check and restore a "
            "backup");
    Json::Object row;
    for (const auto& [name, value] : *removed)
        if (is_bookkeeping(name)) row.emplace_back(name, value);
    for (const auto& [name, value] : wanted.fields) row.emplace_back(name, value);
    return row;
}

}  // namespace crm::kernel
