// verify() and repair() in Python.
#include "crm/verify.hpp"

#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {
namespace {

/// Called with the GIL; what it raises ends the look.
std::function<void(std::string_view, std::string_view)> told_to(const py::object& progress) {
    if (progress.is_none()) return {};
    return [&progress](std::string_view check, std::string_view of) {
        const py::gil_scoped_acquire gil;
        progress(py::str(std::string{check}), py::str(std::string{of}));
    };
}

Verification run_verify(const SessionPointer& session, bool search, bool structure,
                        std::int64_t limit, const py::object& progress) {
    const VerifyOptions options{
        .search = search, .structure = structure, .limit = limit, .progress = told_to(progress)};
    return session->call([&](Session& inside) { return verify(inside, options); });
}

py::object run_repair(const SessionPointer& session, const Verification& verification) {
    const Command command =
        session->call([&](Session& inside) { return repair(inside, verification); });
    return py::cast(session).attr("command")(to_python(command.id));
}

py::object cast_defect(const Defect& defect) { return py::cast(defect); }

void bind_defect(py::module_& module) {
    py::class_<Defect>(module, "Defect", "Something in the file that is not as it has to be.")
        .def_readonly("check", &Defect::check, "str: the check that found it: \"references\".")
        .def_property_readonly(
            "record",
            [](const Defect& self) -> py::object {
                if (!self.record) return py::none();
                return to_python(self.record);
            },
            "Ref, or None where it is of no record.")
        .def_readonly("field", &Defect::field,
                      "str: the column; of what is no record its table, index or key of meta.")
        .def_readonly("text", &Defect::text,
                      "str: what is wrong, without the value that stands there.")
        .def_readonly("repair", &Defect::repair,
                      "str: what repair() does about it, or what to do instead.")
        .def_readonly("repairable", &Defect::repairable, "bool: whether repair() can.")
        .def("__repr__", [](const Defect& self) {
            return "<crm.Defect " + self.check + ": " + self.field + " " + self.text + ">";
        });
}

}  // namespace

void bind_verify(py::module_& module, SessionClass& session) {
    bind_defect(module);
    py::class_<Verification>(module, "Verification", "What verify() found. True where it is sound.")
        .def_property_readonly(
            "defects", [](const Verification& self) { return list_of(self.defects, cast_defect); },
            "list of Defect.")
        .def_property_readonly(
            "checks", [](const Verification& self) { return texts(self.checks); },
            "list of str: the checks that were run, in order.")
        .def_readonly("incomplete", &Verification::incomplete,
                      "bool: a check found more than the limit.")
        .def("__bool__", [](const Verification& self) { return self.defects.empty(); });
    session.def("verify", &run_verify, py::kw_only(), py::arg("search") = true,
                py::arg("structure") = true, py::arg("limit") = 1'000,
                py::arg("progress") = py::none(),
                R"doc(verify(self, *, search=True, structure=True, limit=1000, progress=None)
--

Recomputes every invariant of the file and returns a Verification; writes nothing.

search: compare the search index with the texts. structure: SQLite's own check of pages and indexes. limit: defects told
for each check. progress: called with the check that begins and the kind it looks at.

Reads the whole file in one snapshot. Raises Invalid for a limit below 1, Misuse inside work(). Rights: administer.)doc");
    session.def("repair", &run_repair, py::arg("verification"), R"doc(repair(self, verification)
--

Repairs the defects that are repairable and still there, as one Command "verify.repair". Changes and removals of records
can be undone; what a repair says is in Defect.repair. Raises Misuse inside work(). Rights: administer.)doc");
}

}  // namespace crm::python
