/// The engine: create, change and remove records of any kind, with rules, rights, history and
/// search.
#pragma once

#include <span>
#include <vector>

#include "crm/record.hpp"
#include "kernel/transaction.hpp"

namespace crm::kernel {

/// On whose authority: the session's, with its rights, or the engine's, for what follows from a
/// permitted change.
enum class Authority : std::uint8_t { session, engine };

/// Creates a record; fills its head and derived columns. Throws Invalid, Denied, Conflict (unique).
void insert(Transaction& transaction, const Kind& kind, void* record,
            Authority authority = Authority::session);
/// Changes the given fields ("owner_id", "unit_id", "territory_id" too). True where anything
/// differed. `after`, if not null, receives the record as it is then.
bool update(Transaction& transaction, const Kind& kind, Ref id, std::int64_t version,
            std::span<const Assignment> fields, void* after = nullptr,
            Authority authority = Authority::session);
/// Removes a record and what goes with it.
void remove(Transaction& transaction, const Kind& kind, Ref id, std::int64_t version = any_version,
            Authority authority = Authority::session);
/// Puts a removed row back under its id, as history kept it. For undo.
void restore(Transaction& transaction, const Kind& kind, Ref id, const Json::Object& row);
/// Sets stored values as history kept them, derived columns included, checking invariants. For
/// undo. With `derives` the derived columns follow from the others.
void put_back(Transaction& transaction, const Kind& kind, Ref id, const Json::Object& fields,
              bool derives = false);

/// A stored record as history keeps a removed one: head and every column that is not null.
Json::Object stored_row(const Plan& plan, const void* record);
/// Takes rows of one kind out, with history and search, and nothing else. For undo. A few thousand
/// at once cost least: see the definition.
void take_out(Transaction& transaction, const Kind& kind, std::span<const AnyRecord> records);
/// Takes a row out of its tables and the search index and leaves no trace in history. For erasure.
void delete_row(Transaction& transaction, const Plan& plan, const AnyRecord& record);
/// Every record that refers to one, and by which column.
std::vector<std::pair<Ref, std::string>> referring_to(Transaction& transaction, const Kind& kind,
                                                      Ref id);

/// Runs `body` in the session's open unit of work or in a new one.
Command write(SessionState& session, std::string_view verb, const std::function<void(Work&)>& body,
              const WriteOptions& options,
              storage::File::Durability durability = storage::File::Durability::full);

/// Runs `work` in an open unit of work and tells what it did, with what rights did not allow, and
/// which of the first 1,000 records made or changed may be duplicates (1,000 told at most).
Effects rehearsed(Transaction& transaction, const std::function<void()>& work);
/// Runs `body`, tells what it did and rolls back.
Effects rehearse(SessionState& session, const std::function<void(Work&)>& body);

}  // namespace crm::kernel
