#include "kernel/common.hpp"

#include <algorithm>

#include "crm/error.hpp"

namespace crm::kernel {

void rights_written(Work& work, const void*, const void*) { work.transaction().rights_changed(); }

void rights_removed(Work& work, const void*) { work.transaction().rights_changed(); }

void require_one_of(std::span<const std::string_view> known, std::string_view given,
                    const char* kind, const char* field) {
    if (std::ranges::find(known, given) != known.end()) return;
    std::string list;
    for (const auto code : known) (list += list.empty() ? "" : ", ") += code;
    throw Invalid(kind, field, "\"" + std::string(given) + "\" is none of " + list);
}

void require_holder(Ref ref, const char* kind, const char* field) {
    if (ref.kind() != number::user && ref.kind() != number::user_group &&
        ref.kind() != number::position)
        throw Invalid(kind, field, "must be a user, a group or a position");
}

void refuse_cycle(Work& work, Ref id, Ref parent, const char* kind, std::string_view query) {
    if (parent && exists(work.transaction().connection(), query,
                         {{":parent", Value{parent.value()}}, {":id", Value{id.value()}}}))
        throw Invalid(kind, "parent_id", "would make it stand below itself");
}

}  // namespace crm::kernel
