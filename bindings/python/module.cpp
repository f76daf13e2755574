/// The extension module crm._crm: the library as it is, in Python's manner.
#include <pybind11/pybind11.h>

#include "record.hpp"
#include "session.hpp"

namespace {

namespace py = pybind11;

// What users read is crm.Party, not crm._crm.Party.
void publish(py::module_& module) {
    for (auto [name, value] : py::reinterpret_borrow<py::dict>(module.attr("__dict__")))
        if (PyType_Check(value.ptr())) value.attr("__module__") = "crm";
}

}  // namespace

PYBIND11_MODULE(_crm, module) {
    // Each documentation begins with the signature that Python's help and type checkers read.
    pybind11::options options;
    options.disable_function_signatures();
    module.doc() = "The CRM library; import crm instead.";
    crm::python::bind_errors(module);
    crm::python::bind_values(module);
    crm::python::bind_recurrence(module);
    crm::python::bind_records(module);
    crm::python::bind_session(module);
    crm::python::bind_database(module);
    publish(module);
}
