/// Finishing a file under its temporary name: checked, in WAL mode, on disk.
#pragma once

#include <string>
#include <vector>

#include "storage/connection.hpp"

namespace crm::storage {

/// Empty when sound; otherwise SQLite's findings.
std::vector<std::string> quick_check(Connection& connection);
/// Makes WAL the mode of a file that was built without, and syncs it. The last act before closing.
void make_wal_file(Connection& connection);

}  // namespace crm::storage
