/// Reading history under rights: the life of a record, commands, runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/history.hpp"
#include "crm/kind.hpp"
#include "crm/record.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

/// A folded or normalised repetition of another column: it changes with that one and tells nobody
/// anything.
inline bool is_shadow(const Column& column) {
    return column.has(derived) && column.type == FieldType::text && !column.has(searchable);
}

/// The fields of the head that say where a root stands.
inline bool is_place(std::string_view field) {
    return field == "owner_id" || field == "unit_id" || field == "territory_id";
}
/// Whether history has the values of a field: of a password it knows only that it was set.
inline bool is_kept(const Kind& kind, std::string_view field) {
    return kind.find(field) || (kind.role == Role::root && is_place(field));
}
/// A field as history keeps it, "owner_id" and its like of the head too.
Json stored_value(const AnyRecord& record, std::string_view field);
/// Sets fields by the values that history kept, "owner_id" and its like too.
void set_fields(AnyRecord& record, const Json::Object& fields);
/// A record as history keeps one: by the values of its fields, "owner_id" and its like too.
AnyRecord record_from(const Kind& kind, Ref id, const Json::Object& fields);
/// Adds a change as the session may see it: none of a hidden field or a mere repetition of another;
/// a reference to a hidden record reads as null, in history as everywhere.
void add_visible(Reading& reading, const Kind& kind, FieldChange change,
                 std::vector<FieldChange>& changes);
/// One line of the log of a record.
struct Step {
    CommandId command;
    Json before;  ///< null: the record came back; with "id": it was removed; else the fields that
                  ///< changed
};
/// The log of a record, oldest first, up to but not including command `end`.
std::vector<Step> steps_of(storage::Connection& connection, Ref id,
                           CommandId end = CommandId{INT64_MAX});
/// What stands in history in place of the values of an erased person; in the command that erased it
/// too.
inline constexpr std::string_view erased_values = R"({"erased":true})";
inline bool is_erased(const Json& before) {
    return before.is_object() && before.object().size() == 1 && before.find("erased");
}
inline bool is_erased(const std::vector<Step>& steps) {
    return !steps.empty() && is_erased(steps.back().before);
}
inline bool is_removal(const Json& before) { return before.is_object() && before.find("id"); }
/// The row of a record that was removed, as its newest step kept it; nullopt for any other.
std::optional<Json::Object> last_row(storage::Connection& connection, Ref id);

/// A statement that reads commands, of alias "c", begins so; `read_command` reads its rows.
inline constexpr std::string_view command_columns =
    "SELECT c.id, c.at, c.user_id, c.verb, c.key, c.result, c.undo_of, c.run_id FROM command AS c ";
Command read_command(const storage::Use& row);
/// A command, whoever gave it.
std::optional<Command> command_row(storage::Connection& connection, CommandId id);
/// Commands of others need the function undo_others.
bool may_see(const Reading& reading, const Command& command);
std::string login_of(storage::Connection& connection, Id<User> user);

/// The record as it is, or as its newest removal kept it; nothing where the session may not see it.
/// A removed child is seen while its parent is.
std::optional<AnyRecord> last_visible(Reading& reading, Ref id);

/// The same for a record that is gone, as it was.
bool was_visible(Reading& reading, const AnyRecord& last);

/// When and by whom a record that the session sees was made or changed, whatever its rights over
/// commands.
Command command_of(const Reading& reading, CommandId id);

std::vector<HistoryEntry> history(Reading& reading, Ref id);
/// Throws NotFound for others' commands without the function undo_others.
Command command(Reading& reading, CommandId id);

}  // namespace crm::kernel
