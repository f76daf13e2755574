#include "crm/saved_filter.hpp"

#include "kernel/column.hpp"
#include "kernel/condition.hpp"
#include "kernel/saved_filter.hpp"
#include "kernel/transaction.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr std::string_view filter_in_words = "saved filter", filter_by_name = "saved_filter.named";

constexpr Column saved_filter_columns[] = {
    column<&SavedFilter::kind>("kind", required | fixed | always_shown),
    column<&SavedFilter::name>("name", required | always_shown, {.key = "name_key"}),
    column<&SavedFilter::name_key>("name_key", derived | always_shown),
    column<&SavedFilter::condition>("condition", required | always_shown,
                                    {.max_length = kernel::longest_condition}),
    column<&SavedFilter::description>("description", no_trait, {.max_length = 2'000}),
    column<&SavedFilter::is_shared>("is_shared", always_shown),
};
constexpr Order saved_filter_orders[] = {{"name", "name_key"}};

void derive_saved_filter(Work&, void* record) {
    auto& saved = *static_cast<SavedFilter*>(record);
    saved.name_key = fold(saved.name);
}

// Whether its fields are still there is not asked here: undo puts back what was, and verify finds
// no fault in a filter whose use says what it misses.
void check_saved_filter(Work& work, const void* record, const void*) {
    const auto& saved = *static_cast<const SavedFilter*>(record);
    work.transaction().kind_named(saved.kind);
    kernel::check_condition("saved_filter", saved.condition, kernel::StandsOn::segments);
    kernel::require_free_name(work, filter_in_words, "saved_filter.same_name", saved);
}

void try_saved_filter(Work& work, const void* record, const void* earlier) {
    const auto& saved = *static_cast<const SavedFilter*>(record);
    const auto* before = static_cast<const SavedFilter*>(earlier);
    if (!before || before->condition != saved.condition)
        kernel::try_condition(work, saved.kind, saved.condition);
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
                      .written = try_saved_filter};
        return made;
    }();
    return kind;
}

SavedFilter SavedFilters::save(std::string_view kind, std::string_view name, const Filter& where,
                               bool is_shared) {
    SavedFilter saved{.kind = std::string(kind),
                      .name = clean_text(name),
                      .condition = where.json().dump(),
                      .is_shared = is_shared};
    session().write("saved_filter.save", [&](Work&) {
        const auto known = [&] {
            kernel::Reading reading(session().state());
            return kernel::of_name<SavedFilter>(reading, filter_by_name, kind, saved.name);
        }();
        const bool is_mine = !known.empty() && known.front().head.owner == session().user();
        saved = is_mine ? change(known.front().head.id, any_version,
                                 {{"condition", std::string_view{saved.condition}},
                                  {"is_shared", std::int64_t{is_shared}}})
                        : add(saved);
    });
    return saved;
}

SavedFilter SavedFilters::named(std::string_view kind, std::string_view name) const {
    return kernel::the_named<SavedFilter>(session(), filter_in_words, filter_by_name, kind, name);
}

}  // namespace crm

namespace crm::kernel {

Saved saved_filter(Reading& reading, const Kind& kind, const Json& which) {
    const auto saved =
        by_operand<SavedFilter>(reading, filter_in_words, filter_by_name, "saved", kind, which);
    return {saved.name, Filter::parse(saved.condition)};
}

}  // namespace crm::kernel
