/// IBANs: the country lengths of the registry and the check digits (ISO 13616, ISO 7064 mod 97-10).
#pragma once

#include <string>
#include <string_view>

namespace crm {

/// Whether letters and digits (lower case, nothing between them) begin like an IBAN: a country of
/// the registry, two digits, and at least eight more.
bool begins_like_iban(std::string_view compact) noexcept;

/// What is wrong with them as an IBAN; empty where nothing is.
std::string fault_of_iban(std::string_view compact);

}  // namespace crm
