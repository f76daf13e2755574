#include "crm/address.hpp"

#include "crm/text.hpp"
#include "domain/records.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;

constexpr Column address_columns[] = {
    column<&Address::record>("record_id", required | fixed | parent,
                             {.on_delete = OnDelete::takes_along}),
    column<&Address::type>("type", on_card, {.list = "address_type"}),
    column<&Address::street>("street", personal | on_card),
    column<&Address::city>("city", personal | on_card),
    column<&Address::region>("region", personal | on_card),
    column<&Address::postal_code>("postal_code", personal | on_card),
    column<&Address::country>("country", on_card, {.type = FieldType::country}),
    column<&Address::country_name>("country_name", on_card),
};

// Sources give countries as codes or as names in one column: a code goes where codes stand.
void derive_address(Work&, void* record) {
    auto& address = *static_cast<Address*>(record);
    if (!is_country(address.country_name)) return;
    if (address.country.empty()) address.country = address.country_name;
    if (address.country == address.country_name) address.country_name.clear();
}

void check_address(Work&, const void* record, const void*) {
    domain::require_reachable(static_cast<const Address*>(record)->record, "address");
}

Kind make_address_kind() {
    Kind kind =
        kernel::kind<Address>(kernel::number::address, "address", Role::child, address_columns);
    kind.rules = {.derive = derive_address, .check = check_address};
    return kind;
}

}  // namespace

template <>
const Kind& kind_of<Address>() {
    static const Kind kind = make_address_kind();
    return kind;
}

std::vector<Address> Addresses::of(Ref record) const {
    return domain::records<Address>(session(), "address.of", {{":record", record.value()}});
}

}  // namespace crm
