/// Projects: the work that activities hang on, with subprojects to any depth.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

struct Party;

enum class ProjectState : std::uint8_t { planned, started, completed, cancelled };

/// A project, or a subproject of one. Its days are civil dates of the file's zone. Who is
/// responsible for it (`head.owner`) is given its party, its subprojects and its activities, where
/// the scope `given` is held; who is responsible for one of its activities is given the project.
struct Project {
    Head head{};
    std::string code{};      ///< unique, blind to case; made from the id where none is given
    std::string code_key{};  ///< derived: folded
    std::string name{};
    std::string name_key{};  ///< derived: folded
    std::string type{};      ///< list project_type
    std::string status{};    ///< list project_status
    std::string priority{};  ///< list priority
    ProjectState state = ProjectState::planned;
    Id<Party> party{};     ///< the parent's where none is given; its activities follow it
    Id<Project> parent{};  ///< of a subproject
    std::optional<Date> start_on{};
    std::optional<Date> due_on{};    ///< not before start_on
    std::optional<Date> ended_on{};  ///< the day it was completed or cancelled, where none is given
    std::string description{};       ///< long text
    bool operator==(const Project&) const = default;
};

/// Projects and their trees.
class CRM_API Projects : public Records<Project> {
public:
    using Records::Records;
    /// The project of a code, blind to case; nullopt where the session sees none.
    std::optional<Project> by_code(std::string_view code) const;
    /// Subprojects at any depth, parents before children, by name. A hidden one cuts its branch.
    /// Cost: one indexed look-up for each.
    std::vector<Project> subtree(Id<Project> id) const;
    /// The projects above one, nearest first, as far as the session sees them.
    std::vector<Project> above(Id<Project> id) const;
    /// Throws Conflict unless it is planned.
    Project start(Id<Project> id);
    /// Throws Conflict where it is completed or cancelled already. What hangs on it stays as it is.
    Project complete(Id<Project> id, std::optional<Date> ended_on = {});
    /// The same for one that is given up.
    Project cancel(Id<Project> id, std::optional<Date> ended_on = {});
};

template <>
CRM_API const Kind& kind_of<Project>();

}  // namespace crm
