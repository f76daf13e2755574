#include "crm/kind.hpp"

#include <algorithm>

#include "crm/error.hpp"
#include "kernel/column.hpp"

namespace crm::inline v1 {
namespace {

std::string known_fields(const Kind& kind) {
    std::string names;
    for (const Column& column : kind.columns) (names += names.empty() ? "" : ", ") += column.name;
    return names;
}

}  // namespace

const Column* Kind::find(std::string_view name_of_column) const noexcept {
    const auto found = std::ranges::find(columns, name_of_column, &Column::name);
    return found == columns.end() ? nullptr : &*found;
}

const Column* Kind::find_shown(std::string_view field) const {
    for (const char* ending : {"", "_id", "_minor"})
        if (const Column* found = find(std::string(field) + ending)) return found;
    return nullptr;
}

const Column* Kind::first_with(Trait trait) const noexcept {
    const auto found =
        std::ranges::find_if(columns, [&](const Column& column) { return column.has(trait); });
    return found == columns.end() ? nullptr : &*found;
}

const Column& Kind::column(std::string_view name_of_column) const {
    if (const Column* found = find(name_of_column)) return *found;
    throw Invalid(std::string(name), std::string(name_of_column),
                  "there is no such field; " + std::string(name) + " has " + known_fields(*this));
}

const Column* Kind::parent_column() const noexcept { return first_with(parent); }

bool Kind::has_body() const noexcept {
    return std::ranges::any_of(
        columns, [](const Column& column) { return column.has(body) && !column.is_property(); });
}

bool Kind::is_searchable() const noexcept {
    return std::ranges::any_of(columns,
                               [](const Column& column) { return column.has(searchable); });
}

}  // namespace crm

namespace crm::kernel {

void refuse_type(std::string_view expected) {
    throw Invalid("value", "", "expected " + std::string(expected));
}

}  // namespace crm::kernel
