#include "kernel/removal.hpp"

#include <algorithm>

#include "kernel/history.hpp"

namespace crm::kernel {

namespace {

Ref target_of(const Json& row, const Column& column) {
    const Json* value = row.find(column.name);
    return value && value->is_integer() ? Ref{value->integer()} : Ref{};
}

bool ties(const Column& column) {
    return column.type == FieldType::reference &&
           (column.has(parent) || column.has(link) || column.on_delete == OnDelete::takes_along);
}

}  // namespace

Removal::Removal(Kinds kinds, storage::Connection& connection, CommandId command)
    : kinds_(std::move(kinds)), command_(command) {
    auto rows = connection.use("SELECT ref, before FROM change WHERE command_id = ?1");
    rows.bind(1, static_cast<std::int64_t>(command));
    while (rows.step()) {
        Json before = Json::parse(rows.text(1));
        if (!before.is_object() || !kinds_(Ref{rows.integer(0)}.kind())) continue;
        auto& into = is_removal(before) ? removed_ : changed_;
        into.emplace(Ref{rows.integer(0)}, std::move(before));
    }
}

bool Removal::hangs_on(const Kind& kind, const Json& row, const std::set<Ref>& records) const {
    return std::ranges::any_of(kind.columns, [&](const Column& column) {
        return ties(column) && records.contains(target_of(row, column));
    });
}

bool Removal::waits(const Kind& kind, const Json& row, const std::set<Ref>& records) const {
    return std::ranges::any_of(kind.columns, [&](const Column& column) {
        const Ref target = ties(column) ? target_of(row, column) : Ref{};
        return removed_.contains(target) && !records.contains(target);
    });
}

void Removal::add_twin(Ref record, std::set<Ref>& records) const {
    const Kind& kind = *kinds_(record.kind());
    const Column* column = kind.first_with(twin);
    const Ref other = column ? target_of(removed_.at(record), *column) : Ref{};
    if (removed_.contains(other)) records.insert(other);
}

std::set<Ref> Removal::with_all_along(Ref record) const {
    std::set<Ref> records{record};
    if (!removed_.contains(record)) return records;
    add_twin(record, records);
    for (std::size_t before = 0; before != records.size();) {
        before = records.size();
        for (const auto& [other, row] : removed_) {
            const Kind& kind = *kinds_(other.kind());
            if (!records.contains(other) && hangs_on(kind, row, records) &&
                !waits(kind, row, records))
                records.insert(other);
        }
    }
    return records;
}

std::vector<std::pair<Ref, std::string>> Removal::cleared(const std::set<Ref>& records) const {
    std::vector<std::pair<Ref, std::string>> found;
    for (const auto& [record, before] : changed_)
        for (const Column& column : kinds_(record.kind())->columns)
            if (column.type == FieldType::reference && records.contains(target_of(before, column)))
                found.emplace_back(record, column.name);
    return found;
}

std::vector<std::string> Removal::changed_fields(Ref record) const {
    std::vector<std::string> fields;
    if (const auto at = changed_.find(record); at != changed_.end())
        for (const auto& [field, value] : at->second.object()) fields.push_back(field);
    return fields;
}

}  // namespace crm::kernel
