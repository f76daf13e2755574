/// Field rights over an import, checked before its first row.
#pragma once

#include "crm/import.hpp"
#include "exchange/mapping.hpp"
#include "kernel/state.hpp"

namespace crm::exchange {

/// Throws Denied where a column would set a field that is hidden or locked, or name or recognise a
/// record by a hidden one: its outcome would tell what stands there. A locked field that every
/// record must have may be given to new ones, as everywhere, so only not with `updates`.
void require_fields(const Mapping& mapping, const kernel::DatabaseState& database,
                    const kernel::Rights& rights, bool updates);

}  // namespace crm::exchange
