/// Upgrades: the steps that bring an older file to this release's schema.
#pragma once

#include "storage/file.hpp"

namespace crm::storage {

/// Takes the steps that the file has not seen, each in a transaction of its own, so that a killed
/// upgrade goes on where it stopped. Answers whether there were any. Throws Error where no step
/// leads to the schema's version.
bool upgrade(File& file, const Schema& schema, const std::function<void(std::string_view)>& log);
/// The same for a file that nobody else has open.
void upgrade(Connection& copy, const Schema& schema);

}  // namespace crm::storage
