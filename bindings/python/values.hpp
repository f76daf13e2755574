/// Values at the border: what Python gives becomes the library's, and back. All of it needs the
/// GIL.
///
/// Absent is None everywhere; instants are aware datetimes in UTC, exact to the microsecond; civil
/// dates are `date`; ids are `crm.Ref`, which is an int that knows the kind of its record.
#pragma once

#include <pybind11/pybind11.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/crm.hpp"

namespace crm::python {

namespace py = pybind11;

/// Makes `Ref`, `CommandId` and `RunId`, the ints with a meaning.
void bind_values(py::module_& module);
/// Makes the tree of exceptions and translates what the library throws.
void bind_errors(py::module_& module);
/// Makes `Recurrence`.
void bind_recurrence(py::module_& module);

/// Declines a value: Invalid(kind, field, reason), in Python a ValueError too.
[[noreturn]] void refuse(std::string_view kind, std::string_view field, const std::string& reason);
/// "a float", for messages.
std::string type_name(py::handle value);

py::object to_python(Ref ref);  ///< None for none
py::object to_python(CommandId command);
py::object to_python(RunId run);
py::object to_python(Time time);
py::object to_python(const Date& date);
py::object to_python(const std::string& text);  ///< None where it is empty
py::object to_python(const Json& json);
py::object to_python(const std::filesystem::path& path);
py::object decimal(const std::string& text);
/// A stored value of a column as Python has it; money, which needs its currency, stays in minor
/// units.
py::object to_python(const Value& value, FieldType type);

template <class T>
py::object to_python(const Id<T>& id) {
    return to_python(id.ref());
}
template <class T>
py::object to_python(const std::optional<T>& value) {
    return value ? to_python(*value) : py::none();
}

/// Where a value stands, for the error that declines it.
struct Place {
    std::string_view kind, field;
};

/// Text, borrowed from the str, which must live as long.
std::string_view text_from(py::handle value, Place place);
/// Text or None, which is empty.
std::string optional_text(py::handle value, Place place);
bool is_datetime(py::handle value);
bool is_date(py::handle value);  ///< and no datetime
bool is_decimal(py::handle value);
bool is_run_id(py::handle value);
/// What stands in the way of an undo, as a dict.
py::dict conflict_to_python(const FieldConflict& conflict);
/// Throws the library's Denied where that is what a Python function raised, so that the library
/// knows it again. Needs the GIL.
void throw_if_denied(const py::error_already_set& error);
/// An aware datetime, or ISO 8601 text with a zone.
Time time_from(py::handle value, Place place);
/// A date, or text YYYY-MM-DD.
Date date_from(py::handle value, Place place);
std::optional<Time> optional_time(py::handle value, Place place);
std::optional<Date> optional_date(py::handle value, Place place);
std::int64_t integer_from(py::handle value, Place place);
bool flag_from(py::handle value, Place place);
/// Decimal, int or decimal text as text; floats are refused, since they are never exact.
std::string amount_from(py::handle value, Place place);
/// A record, a Ref or an int.
Ref ref_from(py::handle value, Place place = {"reference", ""});
Json json_from(py::handle value, int depth = 0);
/// None, a dict, JSON text or a `crm.Filter`.
Filter filter_from(py::handle value);
/// That and a saved filter, by its name or as a reference to it; either may be None.
Filter filter_from(py::handle where, py::handle saved);
std::filesystem::path path_from(py::handle value);

/// A Python callable that the library may keep, call and drop on any thread, with or without the
/// GIL.
class Callable {
public:
    explicit Callable(py::object function);
    /// Needs the GIL.
    template <class... Args>
    py::object operator()(Args&&... args) const {
        return (*function_)(std::forward<Args>(args)...);
    }

private:
    std::shared_ptr<py::object> function_;
};

/// A list of what `convert` makes of each.
template <class Range, class Convert>
py::list list_of(Range&& range, Convert convert) {
    py::list list(std::size(range));
    std::size_t i = 0;
    for (auto& item : range) {
        py::object value = convert(item);
        PyList_SET_ITEM(list.ptr(), static_cast<Py_ssize_t>(i++), value.release().ptr());
    }
    return list;
}

}  // namespace crm::python
