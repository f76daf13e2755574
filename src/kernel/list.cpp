#include "crm/list.hpp"

#include <algorithm>

#include "crm/error.hpp"
#include "kernel/column.hpp"
#include "kernel/engine.hpp"
#include "kernel/language.hpp"
#include "kernel/named.hpp"
#include "kernel/seed.hpp"
#include "kernel/transaction.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
using kernel::ListCache;
namespace number = kernel::number;

constexpr std::size_t longest_code = 40, longest_list = 80;

constexpr Column value_columns[] = {
    column<&ListValue::list>("list", required | fixed, {.max_length = longest_list}),
    column<&ListValue::code>("code", required | fixed, {.max_length = longest_code}),
    column<&ListValue::position>("position"),
    column<&ListValue::is_retired>("is_retired"),
};

constexpr Column label_columns[] = {
    column<&ListLabel::value>("value_id", required | fixed,
                              {.target = number::list_value, .on_delete = OnDelete::takes_along}),
    column<&ListLabel::language>("language", required | fixed),
    column<&ListLabel::label>("label", required),
};

constexpr bool is_code_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

void require_code(const std::string& code, const char* field, std::size_t longest) {
    if (code.empty() || code.size() > longest || !std::ranges::all_of(code, is_code_character))
        throw Invalid("list_value", field,
                      "\"" + code + "\" is no code: 1 to " + std::to_string(longest) +
                          " lower case letters a-z, digits and \"_\"");
}

/// Also by what is no record of a kind, such as a notice; and by the list that says how a relation
/// is called from its other end.
bool is_drawn_from(std::span<const Kind> kinds, std::string_view list) {
    const auto seeds = kernel::seed_values();
    if (std::ranges::find(seeds, list, &kernel::SeedValue::list) != seeds.end()) return true;
    constexpr std::string_view inverse = "_inverse";
    if (list.ends_with(inverse)) list.remove_suffix(inverse.size());
    return std::ranges::any_of(kinds, [&](const Kind& kind) {
        return std::ranges::find(kind.columns, list, &Column::list) != kind.columns.end();
    });
}

// ---- rules

void derive_value(Work&, void* record) {
    auto& value = *static_cast<ListValue*>(record);
    std::ranges::transform(value.list, value.list.begin(), lower);
    std::ranges::transform(value.code, value.code.begin(), lower);
}

void check_value(Work& work, const void* record, const void* before) {
    const auto& value = *static_cast<const ListValue*>(record);
    require_code(value.code, "code", longest_code);
    require_code(value.list, "list", longest_list);
    if (!before && !is_drawn_from(work.transaction().catalogue().kinds(), value.list))
        throw Invalid("list_value", "list", "no field draws from a list \"" + value.list + "\"");
}

void check_label(Work&, const void* record, const void*) {
    kernel::require_language(static_cast<const ListLabel*>(record)->language, "list_label",
                             "language");
}

void lists_written(Work& work, const void*, const void*) { work.transaction().rights_changed(); }
void label_removed(Work& work, const void*) { work.transaction().rights_changed(); }

/// Records may hold the code, and finding out would mean reading them all.
void value_removed(Work& work, const void* record) {
    const auto& value = *static_cast<const ListValue*>(record);
    if (!work.transaction().created_here(value.head.id))
        throw Conflict(
            "list_value: values are not removed, records may hold them; set is_retired instead",
            value.head.id);
    work.transaction().rights_changed();
}

template <class Record>
Kind common(KindNumber number, std::string_view name, std::span<const Column> columns,
            Rules rules) {
    Kind kind = kernel::kind<Record>(number, name, Role::common, columns);
    kind.rules = rules;
    kind.rules.written = lists_written;
    return kind;
}

}  // namespace

template <>
const Kind& kind_of<ListValue>() {
    static const Kind kind =
        common<ListValue>(number::list_value, "list_value", value_columns,
                          {.derive = derive_value, .check = check_value, .removed = value_removed});
    return kind;
}

template <>
const Kind& kind_of<ListLabel>() {
    static const Kind kind = common<ListLabel>(number::list_label, "list_label", label_columns,
                                               {.check = check_label, .removed = label_removed});
    return kind;
}

// ---- area

namespace {

using Values = std::unordered_map<std::string, ListCache::Entry>;

const Values& values_of(const ListCache& cache, std::string_view list) {
    const auto found = cache.lists.find(std::string(list));
    if (found != cache.lists.end()) return found->second;
    throw NotFound("there is no list \"" + std::string(list) + "\"");
}

const ListCache::Entry& entry_of(const ListCache& cache, std::string_view list,
                                 std::string_view code) {
    const auto& values = values_of(cache, list);
    const auto found = values.find(std::string(code));
    if (found != values.end()) return found->second;
    throw NotFound("the list " + std::string(list) + " has no value \"" + std::string(code) + "\"");
}

std::int64_t next_position(const ListCache& cache, std::string_view list) {
    const auto found = cache.lists.find(std::string(list));
    if (found == cache.lists.end()) return 1;
    std::int64_t last = 0;
    for (const auto& [code, entry] : found->second) last = std::max(last, entry.position);
    return last + 1;
}

void insert_label(Work& work, Ref value, std::string_view language, std::string_view text) {
    ListLabel label{
        .head = {}, .value = value, .language = std::string(language), .label = std::string(text)};
    kernel::insert(work.transaction(), kind_of<ListLabel>(), &label);
}

}  // namespace

std::vector<ListItem> Lists::items(std::string_view list, bool with_retired) const {
    const auto cache = kernel::Reading(session().state()).lists();
    std::vector<ListItem> items;
    for (const auto code : cache->codes(list, with_retired)) {
        const auto& entry = entry_of(*cache, list, code);
        items.push_back(
            {std::string(code), entry.label(session().language(), code), entry.is_retired});
    }
    return items;
}

std::string Lists::label(std::string_view list, std::string_view code) const {
    const auto cache = kernel::Reading(session().state()).lists();
    values_of(*cache, list);
    return cache->label(list, code, session().language());
}

ListValue Lists::add_value(std::string_view list, std::string_view code,
                           const std::vector<std::pair<std::string, std::string>>& labels) {
    ListValue value;
    session().write("list.add_value", [&](Work& work) {
        value = {.head = {},
                 .list = std::string(list),
                 .code = std::string(code),
                 .position = next_position(work.transaction().lists(), list)};
        kernel::insert(work.transaction(), kind_of<ListValue>(), &value);
        for (const auto& [language, label] : labels)
            insert_label(work, value.head.id, language, label);
    });
    return value;
}

void Lists::retire(std::string_view list, std::string_view code) {
    session().write("list.retire", [&](Work& work) {
        const Ref id{entry_of(work.transaction().lists(), list, code).id};
        const Assignment retired{"is_retired", Value{std::int64_t{1}}};
        kernel::update(work.transaction(), kind_of<ListValue>(), id, any_version, {&retired, 1});
    });
}

void Lists::set_label(std::string_view list, std::string_view code, std::string_view language,
                      std::string_view label) {
    session().write("list.set_label", [&](Work& work) {
        const Ref value{entry_of(work.transaction().lists(), list, code).id};
        const auto known = [&] {
            kernel::Reading reading(session().state());
            return kernel::records_of(
                reading, kind_of<ListLabel>(), "list.label",
                {{":value", Value{value.value()}}, {":language", Value{language}}}, false, 1);
        }();
        if (known.empty()) return insert_label(work, value, language, label);
        const Assignment change{"label", Value{label}};
        kernel::update(work.transaction(), kind_of<ListLabel>(), known.front().head().id,
                       any_version, {&change, 1});
    });
}

}  // namespace crm

namespace crm::kernel {

std::vector<std::string_view> ListCache::codes(std::string_view list, bool with_retired) const {
    std::vector<std::pair<std::int64_t, std::string_view>> found;
    for (const auto& [code, entry] : values_of(*this, list))
        if (with_retired || !entry.is_retired) found.emplace_back(entry.position, code);
    std::ranges::sort(found);
    std::vector<std::string_view> codes;
    for (const auto& [position, code] : found) codes.push_back(code);
    return codes;
}

}  // namespace crm::kernel
