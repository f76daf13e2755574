// SQL of the user's own, in Python.
#include <pybind11/pybind11.h>

#include <deque>

#include "session.hpp"

namespace crm::python {
namespace {

constexpr Place parameter_place{"sql", "parameters"};

/// What was given for `?` and `:name`, borrowed from it. Texts made of dates are kept here.
class Parameters {
public:
    explicit Parameters(const py::object& given) {
        if (given.is_none()) return;
        if (PyDict_Check(given.ptr()))
            add_named(py::reinterpret_borrow<py::dict>(given));
        else if (PyList_Check(given.ptr()) || PyTuple_Check(given.ptr()))
            add_in_order(given);
        else
            refuse("sql", "parameters",
                   "a list, a tuple or a dict is needed, not " + type_name(given));
    }
    const std::vector<SqlParameter>& all() const { return all_; }

private:
    void add_named(const py::dict& given) {
        for (auto [name, value] : given)
            all_.emplace_back(text_from(name, parameter_place), value_of(value));
    }
    void add_in_order(const py::object& given) {
        for (py::handle value : given) all_.emplace_back(value_of(value));
    }

    Value value_of(py::handle value) {
        if (value.is_none()) return {};
        if (PyBool_Check(value.ptr())) return std::int64_t{value.ptr() == Py_True};
        if (PyLong_Check(value.ptr())) return integer_from(value, parameter_place);
        if (PyFloat_Check(value.ptr())) return PyFloat_AS_DOUBLE(value.ptr());
        if (PyUnicode_Check(value.ptr())) return text_from(value, parameter_place);
        if (PyBytes_Check(value.ptr()))
            return Value::blob({PyBytes_AS_STRING(value.ptr()),
                                static_cast<std::size_t>(PyBytes_GET_SIZE(value.ptr()))});
        if (is_datetime(value))
            return std::int64_t{time_from(value, parameter_place).time_since_epoch().count()};
        if (is_date(value))
            return std::string_view{texts_.emplace_back(date_from(value, parameter_place).text())};
        if (py::isinstance<Record>(value)) return ref_from(value).value();
        refuse("sql", "parameters", "a " + type_name(value) + " has no place in SQL");
    }

    std::vector<SqlParameter> all_{};
    std::deque<std::string> texts_{};
};

/// Text that a query made of bytes may be no UTF-8.
py::object text_object(const std::string& text) {
    PyObject* made =
        PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
    if (made == nullptr) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(made);
}

struct ToPython {
    py::object operator()(std::monostate) const { return py::none(); }
    py::object operator()(std::int64_t value) const { return py::int_(value); }
    py::object operator()(double value) const { return py::float_(value); }
    py::object operator()(const std::string& value) const { return text_object(value); }
    py::object operator()(const Blob& value) const { return py::bytes(value.bytes); }
};

py::tuple row_of(const std::vector<SqlValue>& row) {
    return list_of(row, [](const SqlValue& value) { return std::visit(ToPython{}, value); });
}

/// A result whose rows are made once.
struct ResultFace {
    py::tuple columns;
    py::list rows;
    bool more = false;
};

ResultFace run_sql(const SessionPointer& session, const py::object& text,
                   const py::object& parameters, int limit) {
    const Parameters given{parameters};
    const auto sql = text_from(text, {"sql", ""});
    const auto result = session->call(
        [&](Session& inside) { return inside.sql(sql, given.all(), {.limit = limit}); });
    return {list_of(result.columns, text_object), list_of(result.rows, row_of), result.more};
}

}  // namespace

void bind_sql(py::module_& module, py::class_<SharedSession, SessionPointer>& session) {
    py::class_<ResultFace>(module, "SqlResult",
                           "The rows of a query, in its order; a sequence of tuples.")
        .def_property_readonly(
            "columns", [](const ResultFace& self) { return self.columns; },
            "tuple of str: names of the columns.")
        .def_property_readonly(
            "rows", [](const ResultFace& self) { return self.rows; }, "list of tuples.")
        .def_readonly("more", &ResultFace::more, "bool: there are rows beyond the limit.")
        .def("__len__", [](const ResultFace& self) { return self.rows.size(); })
        .def("__getitem__",
             [](const ResultFace& self, const py::object& at) -> py::object {
                 return self.rows.attr("__getitem__")(at);
             })
        .def("__iter__", [](const ResultFace& self) { return py::iter(self.rows); });
    session.def("sql", &run_sql, py::arg("text"), py::arg("parameters") = py::none(), py::kw_only(),
                py::arg("limit") = 1'000, R"doc(sql(self, text, parameters=None, *, limit=1000)
--

Runs one SELECT over the rows and fields that this session sees, in one snapshot, and returns its rows.

Each kind is a table (party, contact, user ...), its long texts are in <kind>_body under the same id. Hidden rows are not
there; hidden fields and references to hidden records are NULL. Values are as stored: instants in microseconds UTC,
dates as text, amounts in minor units, flags 0 or 1, references as numbers.

parameters: a list or tuple for ?, a dict for :name; None, bool, int, float, str, bytes, aware datetimes, dates and records.
limit: rows of the result, 1 to 100,000; `more` says whether there are others.

Raises Invalid for what SQLite refuses, also while running; Denied for statements, tables and functions other than
those of reading; LimitExceeded, Interrupted at the statement deadline, Misuse inside work(). Cost: kinds that the session
sees whole are read in place; of each other kind that the text names, all visible rows are copied first.)doc");
}

}  // namespace crm::python
