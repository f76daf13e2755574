/// What is checked of every record, whatever its kind: text, codes, references, versions.
#pragma once

#include "crm/error.hpp"
#include "crm/record.hpp"
#include "kernel/engine.hpp"

namespace crm::kernel {

/// Makes every text clean (crm::clean_text). Throws Invalid naming kind and field.
void clean(const Kind& kind, void* record);
/// Sets one field from a value, naming kind and field where it is refused.
void set_value(const Kind& kind, const Column& column, void* record, const Value& value);
/// Required, length, code of the list (retired ones on new values only), country, zone, currency,
/// references that exist and are visible, those that the rules derived too. Looks at what differs
/// from `before`, or at everything where that is null.
void check_values(Transaction& transaction, const Plan& plan, const void* record,
                  const void* before, Authority authority);
/// The Conflict of an update or removal that carries an older version.
Conflict stale(Transaction& transaction, const AnyRecord& current, std::int64_t version);
/// The Conflict of a record that is not the only one with what has to be unique: columns as SQLite
/// names them, "participant.activity_id, participant.user_id". Hidden records count too.
Conflict taken(const Kind& kind, std::string_view columns);
/// Whether a command was this session's user's.
bool created_by_session(Transaction& transaction, CommandId command);

}  // namespace crm::kernel
