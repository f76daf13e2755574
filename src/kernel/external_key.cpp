#include "crm/external_key.hpp"

#include "kernel/column.hpp"
#include "kernel/named.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr Column columns[] = {
    column<&ExternalKey::record>("record_id", required | fixed | parent,
                                 {.on_delete = OnDelete::takes_along}),
    column<&ExternalKey::system>("system", required, {.max_length = 100}),
    column<&ExternalKey::kind>("kind", derived),
    column<&ExternalKey::key>("key", required),
};

void derive_key(Work&, void* record) {
    auto& key = *static_cast<ExternalKey*>(record);
    key.kind = key.record.kind();
}

}  // namespace

template <>
const Kind& kind_of<ExternalKey>() {
    static const Kind kind = [] {
        Kind made =
            kernel::kind<ExternalKey>(number::external_key, "external_key", Role::child, columns);
        made.rules = {.derive = derive_key};
        return made;
    }();
    return kind;
}

std::optional<Ref> ExternalKeys::lookup(std::string_view system, std::string_view kind,
                                        std::string_view key) const {
    kernel::Reading reading(session().state());
    const std::int64_t number = reading.kind_named(kind).number;
    auto row = kernel::named_query(
        reading, "external_key.record",
        {{":system", Value{system}}, {":kind", Value{number}}, {":key", Value{key}}});
    return row.step() ? std::optional(Ref{row.integer(0)}) : std::nullopt;
}

}  // namespace crm
