/// The search index: written with each row, read under rights.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crm/query.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

/// Adds a row to <kind>_fts; does nothing for kinds that are not searchable.
void index_row(storage::Connection& connection, const Plan& plan, const void* record);
/// Takes a row out; `record` must be what was put in.
void unindex_row(storage::Connection& connection, const Plan& plan, const void* record);

/// "party_fts": the full-text index of a kind.
std::string index_of(const Kind& kind);
/// "temp.party_terms": its words, and where each stands; there once they are opened.
std::string vocabulary_of(const Kind& kind);
/// Makes the vocabularies of all indexes, once a connection: each one made expires its statements.
void open_vocabularies(const Reading& reading);

/// Settings of the index for a bulk run (hashsize, automerge=0), and back, merging in steps of one
/// transaction.
void begin_bulk_indexing(storage::File& file, std::span<const Kind> kinds);
void end_bulk_indexing(storage::File& file, std::span<const Kind> kinds);

/// The name or subject of a record; a child without one of its own has its parent's. For records
/// known to be visible.
std::string title_of(const Reading& reading, Ref record);
/// Throws Invalid unless it is from 1 to 1,000.
void require_limit(int limit);

Hits quick(Reading& reading, std::string_view typed, std::string_view kind, int limit);
Hits search(Reading& reading, std::string_view text, const SearchOptions& options);

}  // namespace crm::kernel
