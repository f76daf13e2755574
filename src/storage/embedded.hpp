/// The SQL of schema/, embedded at build time by tools/embed_sql.cmake.
#pragma once

#include <span>
#include <string_view>

#include "storage/file.hpp"

namespace crm::storage {

/// One named query of schema/query/<concept>.sql: "activity.chain". In the file each starts with a
/// line `-- name: chain` and runs to the next such line.
struct NamedQuery {
    std::string_view name;
    std::string_view sql;
    bool unfiltered;  ///< `-- name: chain unfiltered`: an invariant for the engine, never data to
                      ///< the caller
};

/// Every schema/*.sql in the order of schema/order.txt, and schema/migrations/NNNN_what.sql.
const Schema& embedded_schema();
std::span<const NamedQuery> embedded_queries();

}  // namespace crm::storage
