#include "crm/territory.hpp"

#include "kernel/common.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
using kernel::common;
namespace number = kernel::number;

constexpr Column territory_columns[] = {
    column<&Territory::name>("name", required),
    column<&Territory::parent>("parent_id", no_trait, {.target = number::territory}),
};

constexpr Column territory_member_columns[] = {
    column<&TerritoryMember::territory>(
        "territory_id", required | fixed,
        {.target = number::territory, .on_delete = OnDelete::takes_along}),
    column<&TerritoryMember::holder>("holder_id", required | fixed,
                                     {.on_delete = OnDelete::takes_along}),
};

void check_territory(Work& work, const void* record, const void*) {
    const auto& territory = *static_cast<const Territory*>(record);
    kernel::refuse_cycle(work, territory.head.id, territory.parent, "territory",
                         "territory.is_below");
}

void check_member(Work&, const void* record, const void*) {
    const auto& member = *static_cast<const TerritoryMember*>(record);
    kernel::require_holder(member.holder, "territory_member", "holder_id");
}

}  // namespace

template <>
const Kind& kind_of<Territory>() {
    static const Kind kind = common<Territory>(number::territory, "territory", territory_columns,
                                               {.check = check_territory});
    return kind;
}

template <>
const Kind& kind_of<TerritoryMember>() {
    static const Kind kind =
        common<TerritoryMember>(number::territory_member, "territory_member",
                                territory_member_columns, {.check = check_member});
    return kind;
}

}  // namespace crm
