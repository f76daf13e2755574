/// Where everything begins: making and opening a CRM file.
#pragma once

#include <filesystem>

#include "crm/database.hpp"

namespace crm::inline v1 {

/// Makes a new file. Throws Conflict where the path exists, Invalid for an unknown zone, country,
/// language or currency, NetworkShare, IoError. The file appears complete or not at all.
CRM_API Database create(const std::filesystem::path& path, const CreateOptions& options);
/// Opens an existing file, upgrading an older one. Never creates. Throws NotFound, NotACrmFile,
/// NewerFile, NetworkShare, Corrupt, IoError, Misuse (open in this process already).
CRM_API Database open(const std::filesystem::path& path, const OpenOptions& options = {});

}  // namespace crm
