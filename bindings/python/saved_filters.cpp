#include "crm/saved_filter.hpp"

#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {

namespace {

struct SavedFiltersFace : Area {
    using Area::Area;
};

}  // namespace

void bind_saved_filters(py::module_& module, SessionClass& session) {
    py::class_<SavedFiltersFace, Area>(
        module, "SavedFilters",
        R"doc(Named filters, a user's own or shared; used by saved= of find(), list(), count(), export() and by crm.saved().

Everybody makes filters, and changes and removes their own; others use one that is shared, if they may read records of
its kind. Administrators see all.)doc")
        .def(
            "save",
            [](const SavedFiltersFace& self, const std::string& kind, const std::string& name,
               const py::object& where, bool shared) {
                const Filter filter = filter_from(where);
                return record_to_python(self.call([&](Session& inside) {
                    return SavedFilters(inside).save(kind, name, filter, shared);
                }));
            },
            py::arg("kind"), py::arg("name"), py::arg("where"), py::kw_only(),
            py::arg("shared") = false,
            R"doc(save(self, kind, name, where, *, shared=False)
--

Saves a condition on records of a kind under a name: makes a filter, or changes the user's own of that name. Relative
dates stay relative.

Raises Invalid for an unknown kind, field or operator and for a condition that uses another saved filter, Denied for
a field that is hidden from the user.)doc")
        .def(
            "named",
            [](const SavedFiltersFace& self, const std::string& kind, const std::string& name) {
                return record_to_python(self.call(
                    [&](Session& inside) { return SavedFilters(inside).named(kind, name); }));
            },
            py::arg("kind"), py::arg("name"), R"doc(named(self, kind, name)
--

The filter that a name means, blind to case: the user's own, else the one that is shared under it.

Raises NotFound where there is none, Conflict where several people share one.)doc");
    bind_property<SavedFiltersFace, SavedFilter>(session, "saved_filters",
                                                 "Saved filters: named conditions.");
}

}  // namespace crm::python
