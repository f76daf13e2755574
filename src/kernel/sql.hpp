/// SQL of the user's own under rights: what is seen whole is read in place, the rest is copied.
#pragma once

#include "crm/sql.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

/// As `Session::sql`.
SqlResult sql(SessionState& session, std::string_view text,
              const std::vector<SqlParameter>& parameters, const SqlOptions& options);

}  // namespace crm::kernel
