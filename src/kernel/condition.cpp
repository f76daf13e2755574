#include "kernel/condition.hpp"

namespace crm::kernel {
namespace {

bool asks_for_segment(const Filter& filter) {
    const std::string& field = filter.field();
    return field == segment_field || field.ends_with("." + std::string(segment_field));
}

bool stands_on_more(const Filter& filter, StandsOn allowed) {
    return filter.op() == Filter::Op::saved ||
           (allowed == StandsOn::nothing && asks_for_segment(filter)) ||
           std::ranges::any_of(filter.children(),
                               [&](const Filter& child) { return stands_on_more(child, allowed); });
}

Filter parsed(std::string_view kind, const std::string& condition) {
    try {
        return Filter::parse(condition);
    } catch (const Invalid& bad) {
        throw Invalid(std::string(kind), "condition",
                      (bad.field.empty() ? "" : bad.field + ": ") + bad.reason);
    }
}

}  // namespace

void check_condition(std::string_view kind, const std::string& condition, StandsOn allowed) {
    if (!stands_on_more(parsed(kind, condition), allowed)) return;
    throw Invalid(std::string(kind), "condition",
                  allowed == StandsOn::nothing
                      ? "stands on no saved filter and no segment: write their conditions out"
                      : "stands on no saved filter: write the conditions of that one out");
}

void try_condition(Work& work, std::string_view of_kind, const std::string& condition) {
    Reading reading(work.transaction().session());
    compile(Filter::parse(condition), reading.kind_named(of_kind), reading);
}

}  // namespace crm::kernel
