/// Addresses of parties, contacts and leads.
#pragma once

#include <string>

#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// One address.
struct Address {
    Head head{};
    Ref record{};          ///< the party, contact or lead
    std::string type{};    ///< list address_type: registered_office, branch, warehouse, billing,
                           ///< delivery, home
    std::string street{};  ///< street, number, flat
    std::string city{};
    std::string region{};
    std::string postal_code{};
    std::string country{};  ///< ISO 3166-1 alpha-2, else as typed in `country_name`
    std::string country_name{};
    bool operator==(const Address&) const = default;
};

class CRM_API Addresses : public Records<Address> {
public:
    using Records::Records;
    /// The addresses of a record, oldest first.
    std::vector<Address> of(Ref record) const;
};

template <>
CRM_API const Kind& kind_of<Address>();

}  // namespace crm
