/// What the library adds to SQL: crm_fold(text) and the FTS5 tokenizer `crm`.
#pragma once

struct sqlite3;

namespace crm::storage {

/// Registers both on a connection. Throws Error where this SQLite has no FTS5.
void register_functions(sqlite3* handle);

}  // namespace crm::storage
