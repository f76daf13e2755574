/// A file from which all that a user may not see is taken out, by raw SQL.
#pragma once

#include "rights/raw_file.hpp"
#include "rights/sight.hpp"

namespace crm::test::rights {

/// Removes hidden records with everything of theirs, empties hidden fields and references to what
/// is hidden, and gives the user every right on what is left.
void redact(RawFile& file, const Sight& sight);

}  // namespace crm::test::rights
