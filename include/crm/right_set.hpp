/// Predefined sets of rights for usual roles, made into groups on request.
#pragma once

#include <span>
#include <string_view>

#include "crm/session.hpp"
#include "crm/user.hpp"

namespace crm::inline v1 {

/// One set of rights: "seller".
struct RightSet {
    /// One right of it, as AccessRight.
    struct Right {
        std::string_view kind{}, action{}, scope{};
    };
    std::string_view name{};
    std::string_view title{};  ///< of the group that gets it: "Sellers"
    std::string_view what{};   ///< what it is for, in a sentence
    std::span<const Right> rights{};
};

/// administrator, head_of_sales, seller, marketer, assistant, read_only. Plain rights that the
/// group holds from then on: change them like any others.
CRM_API std::span<const RightSet> right_sets() noexcept;

/// Makes a group that holds a predefined set, as one command. `group` is its name; the set's title
/// if empty. Throws NotFound for an unknown set, Conflict where a group has the name. Rights:
/// administer.
CRM_API UserGroup add_right_set(Session& session, std::string_view set,
                                std::string_view group = {});

}  // namespace crm
