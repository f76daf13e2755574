// Projects in Python.
#include "crm/project.hpp"

#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {
namespace {

struct ProjectsFace : Area {
    using Area::Area;
};

template <Project (Projects::*verb)(Id<Project>, std::optional<Date>)>
py::object end(const ProjectsFace& self, const py::object& project, const py::object& ended_on) {
    const Ref id = self.ref(project);
    const auto day = optional_date(ended_on, {"project", "ended_on"});
    return record_to_python(self.call(
        [&](Session& session) { return (Projects(session).*verb)(Id<Project>{id}, day); }));
}

template <std::vector<Project> (Projects::*walk)(Id<Project>) const>
py::list tree(const ProjectsFace& self, const py::object& project) {
    const Ref id = self.ref(project);
    return records(
        self.call([&](Session& session) { return (Projects(session).*walk)(Id<Project>{id}); }));
}

}  // namespace

void bind_projects(py::module_& module, SessionClass& owner) {
    py::class_<ProjectsFace, Area>(module, "Projects", R"doc(Projects and their trees.

Activities that name a project take its party and follow it.)doc")
        .def(
            "by_code",
            [](const ProjectsFace& self, const py::object& code) {
                const auto text = text_from(code, {"project", "code"});
                const auto found =
                    self.call([&](Session& session) { return Projects(session).by_code(text); });
                return found ? record_to_python(*found) : py::none();
            },
            py::arg("code"), R"doc(by_code(self, code)
--

The project of a code, blind to case; None where the session sees none.)doc")
        .def("subtree", &tree<&Projects::subtree>, py::arg("project"), R"doc(subtree(self, project)
--

Subprojects at any depth, parents before children, by name. A hidden one cuts its branch.)doc")
        .def("above", &tree<&Projects::above>, py::arg("project"), R"doc(above(self, project)
--

The projects above one, nearest first, as far as the session sees them.)doc")
        .def(
            "start",
            [](const ProjectsFace& self, const py::object& project) {
                const Ref id = self.ref(project);
                return record_to_python(self.call(
                    [&](Session& session) { return Projects(session).start(Id<Project>{id}); }));
            },
            py::arg("project"), R"doc(start(self, project)
--

Starts a project. Raises Conflict unless it is planned.)doc")
        .def("complete", &end<&Projects::complete>, py::arg("project"),
             py::arg("ended_on") = py::none(), R"doc(complete(self, project, ended_on=None)
--

Completes a project on a day, today in the file's zone if none is given. What hangs on it stays as it is. Raises Conflict
where it is completed or cancelled already.)doc")
        .def("cancel", &end<&Projects::cancel>, py::arg("project"),
             py::arg("ended_on") = py::none(), R"doc(cancel(self, project, ended_on=None)
--

The same for one that is given up.)doc");
    bind_property<ProjectsFace, Project>(owner, "projects", "Projects and their trees.");
}

}  // namespace crm::python
