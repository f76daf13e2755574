#include "kernel/obstacles.hpp"

#include <utility>

#include "kernel/history.hpp"

namespace crm::kernel {

namespace {

constexpr std::size_t most_told = 1'000;

}  // namespace

void Obstacles::add(Ref record, std::string field, CommandId by, std::string reason) {
    if (!known_.emplace(record, field, by).second) return;
    Reading reading(transaction_.session());
    if (!last_visible(reading, record)) return add_hidden(std::move(reason));
    const Kind& kind = transaction_.kind_of(record);
    const Column* column = kind.find(field);
    if (column && reading.rights().hides(kind, *column)) field.clear();
    FieldConflict conflict{record, std::move(field), by, {}, {}, std::move(reason)};
    if (by != CommandId{} && count_ < most_told) {
        const Command command = command_of(reading, by);
        conflict.user = login_of(reading.connection(), command.user);
        conflict.at = command.at;
    }
    keep(std::move(conflict));
}

/// That there is something is enough.
void Obstacles::add_hidden(std::string reason) {
    if (!std::exchange(tells_hidden_, true)) keep({{}, {}, {}, {}, {}, std::move(reason)});
}

void Obstacles::keep(FieldConflict conflict) {
    if (++count_ <= most_told) told_.push_back(std::move(conflict));
}

void Obstacles::refuse() const {
    if (!any()) return;
    const FieldConflict& first = told_.front();
    std::string message = "cannot be undone: " + std::to_string(told_.size());
    if (count_ > told_.size()) message += " and " + std::to_string(count_ - told_.size()) + " more";
    message += count_ == 1 ? " later change or dependent record stands in the way; undo it first, "
                             "or skip the conflict ("
                           : " later changes or dependent records stand in the way; undo those "
                             "first, or skip the conflicts (the first: ";
    throw Conflict(message + (first.field.empty() ? "" : first.field + " ") + first.reason + ")",
                   first.record, {}, told_);
}

}  // namespace crm::kernel
