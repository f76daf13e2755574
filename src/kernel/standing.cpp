#include "kernel/standing.hpp"

#include <algorithm>

namespace crm::kernel {

namespace {

std::int64_t number_of(CommandId command) { return static_cast<std::int64_t>(command); }

/// The rows (command, record) that a statement answers for one command.
template <class Links>
Links links(storage::Connection& connection, std::string_view sql, CommandId command) {
    Links found;
    auto rows = connection.use(sql);
    rows.bind(1, number_of(command));
    while (rows.step()) found.push_back({CommandId{rows.integer(0)}, Ref{rows.integer(1)}});
    return found;
}

}  // namespace

std::vector<CommandId> Standing::chosen() const {
    std::vector<CommandId> commands;
    for (const auto& [command, records] : chosen_) commands.push_back(command);
    return commands;
}

const Standing::Links& Standing::undoers_of(CommandId command) const {
    const auto [at, fresh] = undoers_.try_emplace(command);
    if (fresh)
        at->second = links<Links>(
            *connection_, "SELECT undone_by, ref FROM undone WHERE command_id = ?1", command);
    return at->second;
}

const Standing::Links& Standing::targets_of(CommandId command) const {
    const auto [at, fresh] = targets_.try_emplace(command);
    if (fresh)
        at->second = links<Links>(
            *connection_, "SELECT command_id, ref FROM undone WHERE undone_by = ?1", command);
    return at->second;
}

const Standing::Left& Standing::left_by(CommandId undo) const {
    const auto [at, fresh] = left_.try_emplace(undo);
    if (!fresh) return at->second;
    auto rows =
        connection_->use("SELECT command_id, ref, field FROM undone_left WHERE undone_by = ?1");
    rows.bind(1, number_of(undo));
    while (rows.step())
        at->second.emplace(CommandId{rows.integer(0)}, rows.integer(1), rows.text(2));
    return at->second;
}

bool Standing::has_left(const Left& left, CommandId command, Ref record, const Slot& slot) {
    return !left.empty() && (left.contains({command, record.value(), Slot{}}) ||
                             left.contains({command, record.value(), slot}));
}

bool Standing::is_turned_back_now(CommandId command, Ref record, const Slot& slot) const {
    const auto at = chosen_.find(command);
    return at != chosen_.end() && (at->second.empty() || at->second.contains(record)) &&
           !has_left(leaving_, command, record, slot);
}

bool Standing::stands(CommandId command, Ref record, const Slot& slot, When when) const {
    if (when == When::after && is_turned_back_now(command, record, slot)) return false;
    return std::ranges::none_of(undoers_of(command), [&](const Link& undoer) {
        return undoer.concerns(record) &&
               !has_left(left_by(undoer.command), command, record, slot) &&
               stands(undoer.command, record, slot, when);
    });
}

bool Standing::is_undone(CommandId command, When when) const {
    if (when == When::after && chosen_.contains(command) && chosen_.at(command).empty())
        return true;
    return std::ranges::any_of(undoers_of(command), [&](const Link& undoer) {
        return !undoer.only && !is_undone(undoer.command, when);
    });
}

bool Standing::reaches(CommandId from, CommandId to, Ref record) const {
    return from == to || std::ranges::any_of(targets_of(from), [&](const Link& target) {
               return target.concerns(record) && reaches(target.command, to, record);
           });
}

std::set<CommandId> Standing::reached(CommandId from) const {
    std::set<CommandId> all{from};
    for (const Link& target : targets_of(from)) all.merge(reached(target.command));
    return all;
}

void Standing::keep(CommandId by) const {
    auto insert =
        connection_->use("INSERT INTO undone (command_id, undone_by, ref) VALUES (?1, ?2, ?3)");
    const auto add = [&](CommandId command, std::int64_t record) {
        insert.bind(1, number_of(command)).bind(2, number_of(by)).bind(3, record).run();
        insert.reset();
    };
    for (const auto& [command, records] : chosen_) {
        if (records.empty()) add(command, 0);
        for (const Ref record : records) add(command, record.value());
    }
}

void Standing::keep_left(CommandId by) const {
    auto insert = connection_->use(
        "INSERT INTO undone_left (undone_by, command_id, ref, field) VALUES (?1, ?2, ?3, ?4)");
    for (const auto& [command, record, slot] : leaving_) {
        insert.bind(1, number_of(by)).bind(2, number_of(command));
        insert.bind(3, record).bind(4, std::string_view{slot}).run();
        insert.reset();
    }
}

bool is_undone(storage::Connection& connection, CommandId command) {
    return Standing(connection).is_undone(command, Standing::When::before);
}

}  // namespace crm::kernel
