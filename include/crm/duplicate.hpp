/// Duplicates: records that may be the same, merging them, and taking a merge apart again.
#pragma once

#include <string>
#include <vector>

#include "crm/api.hpp"
#include "crm/id.hpp"

namespace crm::inline v1 {

/// Two records of one kind that may be the same, with what speaks for it and against it.
struct Duplicate {
    /// One piece of evidence.
    struct Reason {
        std::string what{};  ///< name, phone, email, tax_code, address, born_on
        double weight = 0;   ///< logarithm (base 2) of how much likelier it makes that they are one
        std::string text{};  ///< "Jon Smith ~ John Smith", of visible fields only
    };
    Ref record{};
    Ref other{};
    double score = 0;               ///< probability that the two are one, 0 to 1
    std::vector<Reason> reasons{};  ///< heaviest first
};

}  // namespace crm
