#include "crm/project.hpp"

#include "crm/activity.hpp"
#include "crm/party.hpp"
#include "crm/text.hpp"
#include "domain/records.hpp"
#include "domain/telling.hpp"
#include "domain/work_state.hpp"
#include "kernel/engine.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
using State = ProjectState;
namespace number = kernel::number;

constexpr Column project_columns[] = {
    column<&Project::name>("name", required | searchable | quick | on_card, {.key = "name_key"}),
    column<&Project::name_key>("name_key", derived),
    column<&Project::code>("code", required | unique | searchable | quick | on_card,
                           {.key = "code_key", .max_length = 100}),
    column<&Project::code_key>("code_key", derived),
    column<&Project::type>("type", on_card, {.list = "project_type"}),
    column<&Project::status>("status", on_card, {.list = "project_status"}),
    column<&Project::priority>("priority", on_card, {.list = "priority"}),
    column<&Project::state>("state", required | always_shown | on_card),
    column<&Project::party>("party_id", gives, {.target = number::party}),
    column<&Project::parent>("parent_id", part_of | always_shown, {.target = number::project}),
    column<&Project::start_on>("start_on", on_card),
    column<&Project::due_on>("due_on", on_card),
    column<&Project::ended_on>("ended_on", on_card),
    column<&Project::description>("description", searchable | body | on_card),
};

constexpr Order project_orders[] = {{"name", "name_key"}};

constexpr std::string_view by_note_text[] = {"text"};
constexpr Part project_parts[] = {{"note", number::note, "text", "", "", "", by_note_text}};

// ---- rules

Date today(Work& work) { return work.transaction().database().zone().date_of(work.now()); }

void derive_project(Work& work, void* record) {
    auto& project = *static_cast<Project*>(record);
    if (project.code.empty())
        project.code = domain::free_code(work, project.head.id, 'J', "project.code_taken");
    project.code_key = fold(project.code);
    project.name_key = fold(project.name);
    if (domain::is_over(project.state) && !project.ended_on) project.ended_on = today(work);
    if (!domain::is_over(project.state)) project.ended_on.reset();
    const bool takes_party =
        project.parent && !project.party && work.transaction().created_here(project.head.id);
    if (takes_party)
        if (const auto parent = domain::load_seen(work, project.parent))
            project.party = parent->party;
}

void check_days(const Project& project) {
    if (!project.start_on) return;
    if (project.due_on && *project.due_on < *project.start_on)
        throw Invalid("project", "due_on", "lies before start_on");
    if (project.ended_on && *project.ended_on < *project.start_on)
        throw Invalid("project", "ended_on", "lies before start_on");
}

/// Activities follow the party of their project, where it has one.
void hand_party_down(Work& work, Id<Project> id) {
    const auto project = domain::load(work, id);
    if (!project || !project->party) return;
    const Assignment party{"party_id", Value{project->party.value()}};
    for (const Ref activity : domain::refs(work, "project.activities", {{":id", id.value()}}))
        kernel::update(work.transaction(), kind_of<Activity>(), activity, any_version, {&party, 1},
                       nullptr, kernel::Authority::engine);
}

void check_project(Work& work, const void* record, const void* earlier) {
    const auto& project = *static_cast<const Project*>(record);
    check_days(project);
    domain::tell_of(work, project, static_cast<const Project*>(earlier));
    if (!earlier) return;  // a new one is in no circle, and nothing hangs on it
    const auto& before = *static_cast<const Project*>(earlier);
    const Id<Project> id{project.head.id};
    if (project.parent && project.parent != before.parent)
        domain::check_circle(work, kind_of<Project>(), "parent_id", id, project.parent,
                             "project.path_up");
    if (project.party != before.party)
        work.transaction().at_end("hand party down", id.value(),
                                  [id](Work& ending) { hand_party_down(ending, id); });
}

Kind make_project_kind() {
    Kind kind = kernel::kind<Project>(number::project, "project", Role::root, project_columns);
    kind.orders = project_orders;
    kind.parts = project_parts;
    kind.rules = {.derive = derive_project, .check = check_project};
    return kind;
}

// ---- verbs

Conflict already(Work& work, const Project& project) {
    return domain::already(work, kind_of<Project>(), project.head.id,
                           kernel::code_of(project.state));
}

Project end(Session& session, std::string_view verb, Id<Project> id, State state,
            const std::optional<Date>& ended_on) {
    Projects projects(session);
    Project ended;
    session.write(verb, [&](Work& work) {
        const Project before = projects.get(id);
        if (domain::is_over(before.state)) throw already(work, before);
        std::vector<Assignment> fields{{"state", kernel::code_of(state)}};
        if (ended_on) fields.push_back({"ended_on", ended_on->text()});
        ended = projects.change(id, before.head.version, fields);
    });
    return ended;
}

}  // namespace

template <>
const Kind& kind_of<Project>() {
    static const Kind kind = make_project_kind();
    return kind;
}

std::optional<Project> Projects::by_code(std::string_view code) const {
    const std::string key = fold(clean_text(code));
    auto found = domain::records<Project>(session(), "project.by_code",
                                          {{":key", std::string_view{key}}}, true);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<Project> Projects::subtree(Id<Project> id) const {
    return domain::records<Project>(session(), "project.subtree", {{":id", id.value()}}, true);
}

std::vector<Project> Projects::above(Id<Project> id) const {
    return domain::records<Project>(session(), "project.above", {{":id", id.value()}}, true);
}

Project Projects::start(Id<Project> id) {
    Project started;
    session().write("project.start", [&](Work& work) {
        const Project before = get(id);
        if (before.state != State::planned) throw already(work, before);
        started = change(id, before.head.version, {{"state", kernel::code_of(State::started)}});
    });
    return started;
}

Project Projects::complete(Id<Project> id, std::optional<Date> ended_on) {
    return end(session(), "project.complete", id, State::completed, ended_on);
}

Project Projects::cancel(Id<Project> id, std::optional<Date> ended_on) {
    return end(session(), "project.cancel", id, State::cancelled, ended_on);
}

}  // namespace crm
