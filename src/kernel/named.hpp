/// Named queries of schema/query: hand-written SQL that reads only `visible.<kind>`.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include "crm/record.hpp"
#include "kernel/state.hpp"
#include "storage/embedded.hpp"

namespace crm::kernel {

/// The text of a named query under rights. Throws std::logic_error where it reads a base table.
std::string expand(const storage::NamedQuery& query, const DatabaseState& database,
                   const Rights& rights);

struct Parameter {
    const char* name;  ///< with the colon: ":party"
    Value value;
};

/// The statement of a named query under the session's rights, parameters and rights bound, ready to
/// step. `visible.<kind>` in its text stands for the rows of that kind that the session sees. A
/// base table in a query not marked `unfiltered` is refused when it is prepared.
storage::Use named_query(Reading& reading, std::string_view name,
                         std::initializer_list<Parameter> parameters);

/// For a query whose first column is an id: the records, in its order, at most `limit`; `bodies` as
/// for lists. The remaining ones are not read.
std::vector<AnyRecord> records_of(Reading& reading, const Kind& kind, std::string_view query,
                                  std::initializer_list<Parameter> parameters, bool bodies,
                                  std::size_t limit = 1'000'000);

/// An unfiltered query on a connection, for invariants: true where it has a row.
bool exists(storage::Connection& connection, std::string_view name,
            std::initializer_list<Parameter> parameters);

}  // namespace crm::kernel
