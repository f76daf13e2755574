#include "kernel/history.hpp"

#include <algorithm>
#include <optional>

#include "crm/error.hpp"
#include "kernel/column.hpp"
#include "kernel/merge.hpp"
#include "kernel/select.hpp"

namespace crm::kernel {

namespace {

/// The record as it was when it last existed: as it is, or as its newest removal kept it.
std::optional<AnyRecord> last_known(Reading& reading, const Kind& kind, Ref id,
                                    const std::vector<Step>& steps, bool& exists) {
    AnyRecord record(kind);
    exists = load(reading.connection(), reading.plan(kind), id, record.data());
    if (exists) return record;
    if (steps.empty() || !is_removal(steps.back().before)) return std::nullopt;
    return record_from(kind, id, steps.back().before.object());
}

bool is_visible(Reading& reading, const AnyRecord& record, bool exists) {
    if (exists) return find(reading, record.head().id).has_value();
    const Kind& kind = record.kind();
    if (kind.role == Role::common) return true;
    if (kind.role == Role::root)
        return reading.rights().covers(reading.connection(), kind, Action::read, record.data());
    for (const Column& column : kind.columns)
        if (column.has(parent) || column.has(link))
            if (!find(reading, Ref{column.get(record.data()).integer()})) return false;
    return true;
}

/// A value after step `i`: as it was before the next step that touched the field, else as it is.
Json value_after(const std::vector<Step>& steps, std::size_t i, std::string_view field,
                 const AnyRecord& last) {
    for (std::size_t next = i + 1; next < steps.size(); ++next)
        if (const Json& before = steps[next].before; before.is_object()) {
            if (const Json* value = before.find(field)) return *value;
            if (is_removal(before)) return {};
        }
    return stored_value(last, field);
}

std::vector<FieldChange> changes_of(Reading& reading, const std::vector<Step>& steps, std::size_t i,
                                    const AnyRecord& last) {
    std::vector<FieldChange> changes;
    if (!steps[i].before.is_object()) return changes;
    const bool removed = is_removal(steps[i].before);
    for (const auto& [field, from] : steps[i].before.object()) {
        const Column* column = last.kind().find(field);
        if (!column && removed) continue;  // the head of a removed row
        add_visible(reading, last.kind(),
                    {field, from, removed ? Json{} : value_after(steps, i, field, last)}, changes);
    }
    return changes;
}

HistoryEntry entry_of(Reading& reading, CommandId command, HistoryEntry::What what) {
    HistoryEntry entry;
    entry.command = command_row(reading.connection(), command).value_or(Command{});
    entry.command.key.clear();  // the caller's own business
    entry.command.result.clear();
    entry.user_login = login_of(reading.connection(), entry.command.user);
    entry.what = what;
    return entry;
}

}  // namespace

Command read_command(const storage::Use& row) {
    return Command{CommandId{row.integer(0)},
                   row.time(1),
                   Id<User>{row.integer(2)},
                   std::string(row.text(3)),
                   std::string(row.text(4)),
                   std::string(row.text(5)),
                   CommandId{row.integer(6)},
                   RunId{row.integer(7)},
                   false};
}

std::optional<Command> command_row(storage::Connection& connection, CommandId id) {
    auto row = connection.use(std::string(command_columns) + "WHERE c.id = ?1");
    row.bind(1, static_cast<std::int64_t>(id));
    return row.step() ? std::optional(read_command(row)) : std::nullopt;
}

bool may_see(const Reading& reading, const Command& command) {
    return reading.rights().may(Function::undo_others) || command.user == reading.session().user;
}

std::string login_of(storage::Connection& connection, Id<User> user) {
    auto row = connection.use("SELECT login FROM user WHERE id = ?1");
    return row.bind(1, user.value()).step() ? std::string(row.text(0)) : std::string{};
}

bool was_visible(Reading& reading, const AnyRecord& last) {
    return is_visible(reading, last, false);
}

std::optional<AnyRecord> last_visible(Reading& reading, Ref id) {
    const Kind* kind = reading.kind(id.kind());
    if (!kind) return std::nullopt;
    bool exists = false;
    auto last = last_known(reading, *kind, id, steps_of(reading.connection(), id), exists);
    if (last && !is_visible(reading, *last, exists)) last.reset();
    return last;
}

Command command_of(const Reading& reading, CommandId id) {
    return command_row(reading.connection(), id).value_or(Command{});
}

AnyRecord record_from(const Kind& kind, Ref id, const Json::Object& fields) {
    AnyRecord record(kind);
    record.head().id = id;
    set_fields(record, fields);
    return record;
}

void set_fields(AnyRecord& record, const Json::Object& fields) {
    Head& head = record.head();
    for (const auto& [name, value] : fields) {
        const std::int64_t number = value.is_integer() ? value.integer() : 0;
        if (name == "owner_id")
            head.owner = Ref{number};
        else if (name == "unit_id")
            head.unit = Ref{number};
        else if (name == "territory_id")
            head.territory = Ref{number};
        else if (name == "created_in")
            head.created_in = CommandId{number};
        else if (name == "changed_in")
            head.changed_in = CommandId{number};
        else if (const Column* column = record.kind().find(name))
            column->set(record.data(), value.value());
    }
}

void add_visible(Reading& reading, const Kind& kind, FieldChange change,
                 std::vector<FieldChange>& changes) {
    const Column* column = kind.find(change.field);
    if (column && (is_shadow(*column) || reading.rights().hides(kind, *column))) return;
    if (column && column->type == FieldType::reference)
        for (Json* side : {&change.from, &change.to})
            if (side->is_integer() && !find(reading, Ref{side->integer()})) *side = Json{};
    changes.push_back(std::move(change));
}

Json stored_value(const AnyRecord& record, std::string_view field) {
    const Head& head = record.head();
    if (field == "owner_id") return Json(head.owner.value());
    if (field == "unit_id") return Json(head.unit.value());
    if (field == "territory_id") return head.territory ? Json(head.territory.value()) : Json{};
    const Column* column = record.kind().find(field);
    return column ? Json(column->get(record.data())) : Json{};
}

std::vector<Step> steps_of(storage::Connection& connection, Ref id, CommandId end) {
    std::vector<Step> steps;
    auto rows = connection.use(
        "SELECT command_id, before FROM change WHERE ref = ?1 AND command_id < ?2 ORDER BY "
        "command_id");
    rows.bind(1, id.value()).bind(2, static_cast<std::int64_t>(end));
    while (rows.step()) steps.push_back({CommandId{rows.integer(0)}, Json::parse(rows.text(1))});
    return steps;
}

std::optional<Json::Object> last_row(storage::Connection& connection, Ref id) {
    auto row =
        connection.use("SELECT before FROM change WHERE ref = ?1 ORDER BY command_id DESC LIMIT 1");
    if (!row.bind(1, id.value()).step()) return std::nullopt;
    Json before = Json::parse(row.text(0));
    return is_removal(before) ? std::optional(before.object()) : std::nullopt;
}

namespace {

bool is_merged_into_visible(Reading& reading, Ref id) {
    const Ref now = merged_into(reading.connection(), id);
    return now && find(reading, now);
}

/// Of a record that the session did not see but that went into one it sees: only that, by whom and
/// when. What it held stays hidden.
std::vector<HistoryEntry> history_of_merged(Reading& reading, const Kind& kind, Ref id,
                                            const std::vector<Step>& steps) {
    if (!is_merged_into_visible(reading, id))
        throw NotFound(std::string(kind.name) + ": no such record");
    return {entry_of(reading, steps.back().command, HistoryEntry::What::removed)};
}

/// Of an erased record who did something and when, to administrators; nothing to anybody else.
std::vector<HistoryEntry> history_of_erased(Reading& reading, const Kind& kind,
                                            const std::vector<Step>& steps) {
    if (!reading.rights().administers())
        throw NotFound(std::string(kind.name) + ": no such record");
    std::vector<HistoryEntry> entries;
    for (const Step& step : steps)
        entries.push_back(entry_of(
            reading, step.command,
            &step == &steps.back() ? HistoryEntry::What::removed : HistoryEntry::What::changed));
    return entries;
}

}  // namespace

std::vector<HistoryEntry> history(Reading& reading, Ref id) {
    const Kind& kind = reading.kind_of(id);
    const auto steps = steps_of(reading.connection(), id);
    if (is_erased(steps)) return history_of_erased(reading, kind, steps);
    bool exists = false;
    const auto last = last_known(reading, kind, id, steps, exists);
    if (!last || !is_visible(reading, *last, exists))
        return history_of_merged(reading, kind, id, steps);
    std::vector<HistoryEntry> entries{
        entry_of(reading, last->head().created_in, HistoryEntry::What::created)};
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto what = steps[i].before.is_null()     ? HistoryEntry::What::restored
                          : is_removal(steps[i].before) ? HistoryEntry::What::removed
                                                        : HistoryEntry::What::changed;
        entries.push_back(entry_of(reading, steps[i].command, what));
        entries.back().fields = changes_of(reading, steps, i, *last);
    }
    return entries;
}

Command command(Reading& reading, CommandId id) {
    const auto found = command_row(reading.connection(), id);
    if (found && may_see(reading, *found)) return *found;
    throw NotFound("command " + std::to_string(static_cast<std::int64_t>(id)) +
                   ": no such command");
}

}  // namespace crm::kernel
