#include "crm/distinct_pair.hpp"

#include "crm/error.hpp"
#include "domain/records.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr Column pair_columns[] = {
    column<&DistinctPair::record>("record_id", required | fixed | parent,
                                  {.on_delete = OnDelete::takes_along}),
    column<&DistinctPair::other>("other_id", required | fixed | link,
                                 {.on_delete = OnDelete::takes_along}),
};

/// One pair is one row, whoever is named first.
void derive_pair(Work&, void* record) {
    auto& pair = *static_cast<DistinctPair*>(record);
    if (pair.other && pair.other < pair.record) std::swap(pair.record, pair.other);
}

void check_pair(Work&, const void* record, const void*) {
    const auto& pair = *static_cast<const DistinctPair*>(record);
    domain::require_party_or_contact(pair.record, "distinct_pair");
    if (pair.record.kind() != pair.other.kind())
        throw Invalid("distinct_pair", "other_id", "must be of the same kind as the first");
    if (pair.record == pair.other)
        throw Invalid("distinct_pair", "other_id", "must be another record than the first");
}

Kind make_pair_kind() {
    Kind kind = kernel::kind<DistinctPair>(number::distinct_pair, "distinct_pair", Role::child,
                                           pair_columns);
    kind.rules = {.derive = derive_pair, .check = check_pair};
    kind.readers_add = true;
    return kind;
}

}  // namespace

template <>
const Kind& kind_of<DistinctPair>() {
    static const Kind kind = make_pair_kind();
    return kind;
}

}  // namespace crm
