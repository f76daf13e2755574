/// Tasks: work that one gives another, to-dos, and who is told of what became of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crm/activity.hpp"
#include "crm/query.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// An activity that one gave to another, and where it stands (`Activity::state`).
struct AssignedTask {
    Activity activity{};
    bool is_overdue = false;  ///< open, and its end, or start where it has none, has passed; of a
                              ///< series the end of the last occurrence, if it has one
    bool operator==(const AssignedTask&) const = default;
};

struct TaskQuery {
    Id<User> user{};         ///< whose; the session's where none is given
    bool open_only = false;  ///< without those completed and cancelled
    int limit = 50;          ///< 1 to 1,000
    std::string after{};
};

/// Giving work and following it. Any activity can be given; a to-do is an activity with `is_todo`:
/// it spans the days from its start to its end (the start's where none is given), never stands in
/// the calendar, and keeps its end when it is completed. Work can be reported on it as on any
/// other.
///
/// Who is told, on every path but imports and undo, each once of one event and never of what he did
/// himself:
///  - of a task: who is responsible, when another makes it or gives it to him ("assignment"); who
///    gave it and who made it, when it is completed ("completion"); of one occurrence of a series
///    who gave and who made that, and of its being given nobody but by `delegate`;
///  - of a to-do: who is responsible and who is responsible for its project, when it is made
///    ("to_do"); these, who gave it and who made it, without who is responsible for the to-do, when
///    it is completed ("completion").
class CRM_API Tasks {
public:
    explicit Tasks(Session& session) : session_(&session) {}
    /// Gives new work to a user, in one command "task.assign". `card` is what it is set from: a
    /// party, a contact (with the party that it speaks for today, if that is one only), a project
    /// or an activity, of which it becomes a part; it fills what `task` leaves empty. The kind is
    /// "task" where none is given, the start now. Who gives keeps sight of it, by a share to read
    /// where his rights alone would not show it. Rights: create, and assign to that user; of the
    /// card read.
    Activity assign(const Activity& task, Id<User> to, Ref card = {});
    /// Gives an activity to another, one command "task.delegate"; the session's user is then who
    /// gave it (`Activity::assigned_by`), and keeps sight as above. Throws Conflict where it is
    /// over. Rights: assign.
    Activity delegate(Id<Activity> activity, Id<User> to);
    /// What the user gave to others, newest start first, as far as the session sees it.
    Page<AssignedTask> assigned_by(const TaskQuery& query = {}) const;
    /// The to-dos that the user is responsible for, newest start first.
    Page<AssignedTask> to_dos(const TaskQuery& query = {}) const;

private:
    Session* session_;
};

}  // namespace crm
