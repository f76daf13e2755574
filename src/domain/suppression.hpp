/// What people are known by, so that whoever was erased does not come back unasked.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crm/contact.hpp"
#include "crm/lead.hpp"
#include "crm/party.hpp"
#include "crm/point.hpp"
#include "kernel/erase.hpp"

namespace crm::domain {

/// Identifiers as they are compared: folded, normalised, and of a sort each. Empty where the value
/// says nothing.
std::string email_identifier(std::string_view normalized);
std::string tax_identifier(std::string_view tax_code);
std::string key_identifier(std::int64_t kind, std::string_view system, std::string_view key);
/// A folded name alone is many people's: it counts with a day of birth or with a phone.
std::string birth_identifier(std::string_view name_key, std::string_view born_on);
std::string phone_identifier(std::string_view name_key, std::string_view normalized);
bool is_phone(std::string_view point_type);

/// All that the rows and the history of erased records tell of who they were.
std::set<std::string> identifiers_of(const std::vector<kernel::Remnant>& remnants);

// Rules: throw Suppressed where a record newly says one of an erased person's identifiers.
void refuse_suppressed(Work& work, const Contact& contact, const Contact* before);
void refuse_suppressed(Work& work, const Lead& lead, const Lead* before);
void refuse_suppressed(Work& work, const Party& party, const Party* before);
void refuse_suppressed(Work& work, const Point& point, const Point* before);
/// The rule of external keys.
void check_external_key(Work& work, const void* record, const void* before);

}  // namespace crm::domain
