#include "crm/saved_filter.hpp"

#include <algorithm>

#include "crm/error.hpp"
#include "crm/text.hpp"
#include "kernel/column.hpp"
#include "kernel/compile.hpp"
#include "kernel/named.hpp"
#include "kernel/saved_filter.hpp"
#include "kernel/select.hpp"
#include "kernel/transaction.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr std::size_t longest_condition = 100'000;

constexpr Column saved_filter_columns[] = {
    column<&SavedFilter::kind>("kind", required | fixed | always_shown),
    column<&SavedFilter::name>("name", required | always_shown, {.key = "name_key"}),
    column<&SavedFilter::name_key>("name_key", derived | always_shown),
    column<&SavedFilter::condition>("condition", required | always_shown,
                                    {.max_length = longest_condition}),
    column<&SavedFilter::description>("description", no_trait, {.max_length = 2'000}),
    column<&SavedFilter::is_shared>("is_shared", always_shown),
};
constexpr Order saved_filter_orders[] = {{"name", "name_key"}};

void derive_saved_filter(Work&, void* record) {
    auto& saved = *static_cast<SavedFilter*>(record);
    saved.name_key = fold(saved.name);
}

bool has_saved_inside(const Filter& filter) {
    return filter.op() == Filter::Op::saved ||
           std::ranges::any_of(filter.children(), has_saved_inside);
}

void check_condition(const std::string& condition) {
    const Filter filter = [&] {
        try {
            return Filter::parse(condition);
        } catch (const Invalid& bad) {
            throw Invalid("saved_filter", "condition",
                          (bad.field.empty() ? "" : bad.field + ": ") + bad.reason);
        }
    }();
    if (has_saved_inside(filter))
        throw Invalid("saved_filter", "condition",
                      "a saved filter stands on no other: write the conditions of that one out");
}

void check_name_is_free(Work& work, const SavedFilter& saved) {
    const bool is_taken = kernel::exists(work.transaction().connection(), "saved_filter.same_name",
                                         {{":owner", Value{saved.head.owner.value()}},
                                          {":key", Value{std::string_view{saved.name_key}}},
                                          {":kind", Value{std::string_view{saved.kind}}},
                                          {":id", Value{saved.head.id.value()}}});
    if (!is_taken) return;
    throw Conflict("saved_filter: \"" + saved.name + "\" of " + saved.kind +
                   " is there already: change that one, or take another name");
}

// Whether its fields are still there is not asked here: undo puts back what was, and verify finds
// no fault in a filter whose use says what it misses.
void check_saved_filter(Work& work, const void* record, const void*) {
    const auto& saved = *static_cast<const SavedFilter*>(record);
    work.transaction().kind_named(saved.kind);
    check_condition(saved.condition);
    check_name_is_free(work, saved);
}

void try_condition(Work& work, const void* record, const void* earlier) {
    const auto& saved = *static_cast<const SavedFilter*>(record);
    const auto* before = static_cast<const SavedFilter*>(earlier);
    if (before && before->condition == saved.condition) return;
    kernel::Reading reading(work.transaction().session());
    kernel::compile(Filter::parse(saved.condition), reading.kind_named(saved.kind), reading);
}

std::string named_in_words(std::string_view kind, std::string_view name) {
    return "saved filter \"" + std::string(name) + "\" of " + std::string(kind);
}

/// Of one name: the user's own, else what others share.
std::vector<SavedFilter> candidates(kernel::Reading& reading, std::string_view kind,
                                    std::string_view name) {
    const std::string key = fold(name);
    std::vector<SavedFilter> found;
    for (const AnyRecord& record : kernel::records_of(
             reading, kind_of<SavedFilter>(), "saved_filter.named",
             {{":kind", Value{kind}}, {":key", Value{std::string_view{key}}}}, false, 1'000)) {
        found.push_back(record.as<SavedFilter>());
        if (found.back().head.owner == reading.session().user) return {found.back()};
    }
    return found;
}

}  // namespace

template <>
const Kind& kind_of<SavedFilter>() {
    static const Kind kind = [] {
        Kind made = kernel::kind<SavedFilter>(number::saved_filter, "saved_filter", Role::root,
                                              saved_filter_columns);
        made.orders = saved_filter_orders;
        made.personal = {.shared = "is_shared", .about = "kind"};
        made.rules = {.derive = derive_saved_filter,
                      .check = check_saved_filter,
                      .written = try_condition};
        return made;
    }();
    return kind;
}

SavedFilter SavedFilters::save(std::string_view kind, std::string_view name, const Filter& where,
                               bool is_shared) {
    SavedFilter saved{.kind = std::string(kind),
                      .name = std::string(name),
                      .condition = where.json().dump(),
                      .is_shared = is_shared};
    session().write("saved_filter.save", [&](Work&) {
        std::vector<SavedFilter> mine;
        {
            kernel::Reading reading(session().state());
            mine = candidates(reading, kind, clean_text(name));
        }
        if (mine.empty() || mine.front().head.owner != session().user()) {
            saved = add(saved);
            return;
        }
        SavedFilter& found = mine.front();
        found.condition = saved.condition;
        found.is_shared = is_shared;
        saved = update(found);
    });
    return saved;
}

SavedFilter SavedFilters::named(std::string_view kind, std::string_view name) const {
    kernel::Reading reading(session().state());
    reading.kind_named(kind);
    const auto found = candidates(reading, kind, name);
    if (found.empty()) throw NotFound("there is no " + named_in_words(kind, name));
    if (found.size() > 1)
        throw Conflict("several people share a " + named_in_words(kind, name) +
                       ": take one by its id");
    return found.front();
}

}  // namespace crm

namespace crm::kernel {
namespace {

[[noreturn]] void refuse_saved(const std::string& reason) {
    throw Invalid("filter", "saved", reason);
}

SavedFilter by_operand(Reading& reading, const Kind& kind, const Json& which) {
    if (which.is_string()) {
        auto found = candidates(reading, kind.name, which.string());
        const std::string words = named_in_words(kind.name, which.string());
        if (found.empty()) refuse_saved("there is no " + words + " that you may use");
        if (found.size() > 1)
            refuse_saved("several people share a " + words + ": say it by its id");
        return found.front();
    }
    const Ref id{which.integer()};
    const auto found = id.kind() == number::saved_filter ? find(reading, id) : std::nullopt;
    if (!found)
        refuse_saved("there is no saved filter " + std::to_string(id.value()) +
                     " that you may use");
    const auto& saved = found->as<SavedFilter>();
    if (saved.kind != kind.name)
        refuse_saved("\"" + saved.name + "\" filters records of kind " + saved.kind + ", not " +
                     std::string(kind.name));
    return saved;
}

}  // namespace

Saved saved_filter(Reading& reading, const Kind& kind, const Json& which) {
    const SavedFilter saved = by_operand(reading, kind, which);
    return {saved.name, Filter::parse(saved.condition)};
}

}  // namespace crm::kernel
