/// Costs of activities, in any currency, and their sums over activities and projects.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crm/activity.hpp"
#include "crm/money.hpp"
#include "crm/project.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// What something cost; below zero: paid back.
struct Cost {
    Head head{};
    Id<Activity> activity{};
    std::string type{};              ///< list cost_type: travel, lodging, meals, other …
    Money amount{};                  ///< in the file's currency where none is given
    std::optional<Date> spent_on{};  ///< today in the file's zone where none is given
    std::string note{};
    bool operator==(const Cost&) const = default;
};

/// Costs and what they come to. Rights: change on the activity.
class CRM_API Costs : public Records<Cost> {
public:
    using Records::Records;
    /// The costs of an activity itself, by day; at most 1,000.
    std::vector<Cost> of(Id<Activity> activity) const;
    /// What an activity and its sub-activities at any depth cost: a sum per currency, by its code.
    /// Of what the session sees; a hidden sub-activity cuts its branch. Throws NotFound for a
    /// hidden activity, LimitExceeded where a sum passes 64 bits. Cost: reads each cost once.
    std::vector<Money> total(Id<Activity> activity) const;
    /// The same of all activities of a project and of its subprojects at any depth.
    std::vector<Money> total(Id<Project> project) const;
};

template <>
CRM_API const Kind& kind_of<Cost>();

}  // namespace crm
