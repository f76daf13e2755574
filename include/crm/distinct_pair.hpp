/// Distinct pairs: records of which somebody said that they are not the same.
#pragma once

#include "crm/record.hpp"

namespace crm::inline v1 {

/// "Not a duplicate": said by the author of the command that made it. Absent where one of the two
/// is hidden. Who reads both may say so.
struct DistinctPair {
    Head head{};
    Ref record{};  ///< the one with the smaller id: they are put in order
    Ref other{};
    bool operator==(const DistinctPair&) const = default;
};

template <>
CRM_API const Kind& kind_of<DistinctPair>();

}  // namespace crm
