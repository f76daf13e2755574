#include "values.hpp"

#include <datetime.h>

#include <chrono>
#include <memory>

#include "record.hpp"

namespace crm::python {

using namespace std::chrono;

namespace {

// Kept for the life of the process: nothing may be released after the interpreter is gone.
struct Types {
    py::handle ref, command_id, run_id, decimal, path;
};
Types types;

py::handle keep(py::object object) { return object.release(); }

py::object number(py::handle type, std::int64_t value) { return type(py::int_(value)); }

py::object none_or(py::handle type, std::int64_t value) {
    return value == 0 ? py::none() : number(type, value);
}

// A subclass of int without a memory of its own, made here so that there is one place for its
// rules.
py::object make_number(const char* name, const char* doc, py::dict members) {
    members["__slots__"] = py::tuple();
    members["__module__"] = "crm";
    members["__doc__"] = doc;
    const py::handle int_type{reinterpret_cast<PyObject*>(&PyLong_Type)};
    const py::handle type_type{reinterpret_cast<PyObject*>(&PyType_Type)};
    members["__str__"] = int_type.attr("__repr__");
    return type_type(name, py::make_tuple(int_type), members);
}

template <class Function>
py::object property(Function function, const char* doc) {
    const py::handle type{reinterpret_cast<PyObject*>(&PyProperty_Type)};
    return type(py::cpp_function(function), py::none(), py::none(), doc);
}

template <class Function>
py::object method(const char* name, Function function) {
    const py::handle object_type{reinterpret_cast<PyObject*>(&PyBaseObject_Type)};
    return py::cpp_function(function, py::name(name), py::is_method(object_type));
}

std::string kind_name(Ref ref) {
    for (const Kind& kind : all_kinds())
        if (kind.number == ref.kind()) return std::string{kind.name};
    return {};
}

py::dict ref_members() {
    py::dict members;
    members["kind"] =
        property([](py::int_ self) { return kind_name(Ref{self.cast<std::int64_t>()}); },
                 "Name of the kind of record this refers to (\"party\"); empty for a number that "
                 "is no reference.");
    members["__repr__"] = method("__repr__", [](py::int_ self) {
        const auto value = self.cast<std::int64_t>();
        return "<Ref " + kind_name(Ref{value}) + " " + std::to_string(value) + ">";
    });
    return members;
}

py::dict counter_members(const char* name) {
    py::dict members;
    members["__repr__"] = method("__repr__", [name](py::int_ self) {
        return std::string{name} + "(" + std::to_string(self.cast<std::int64_t>()) + ")";
    });
    return members;
}

microseconds offset_of(py::handle value, Place place) {
    const py::object offset = value.attr("utcoffset")();
    if (offset.is_none())
        refuse(place.kind, place.field,
               "a datetime without a zone; give an aware one, such as "
               "datetime(…, tzinfo=timezone.utc)");
    return days{PyDateTime_DELTA_GET_DAYS(offset.ptr())} +
           seconds{PyDateTime_DELTA_GET_SECONDS(offset.ptr())} +
           microseconds{PyDateTime_DELTA_GET_MICROSECONDS(offset.ptr())};
}

sys_days day_of(py::handle value) {
    PyObject* date = value.ptr();
    return year{PyDateTime_GET_YEAR(date)} / month(unsigned(PyDateTime_GET_MONTH(date))) /
           day(unsigned(PyDateTime_GET_DAY(date)));
}

constexpr Time first_instant{sys_days{year{1} / 1 / 1}};
constexpr Time end_of_time{sys_days{year{10000} / 1 / 1}};

Json json_from_dict(py::handle value, int depth) {
    Json::Object object;
    for (auto [name, member] : py::reinterpret_borrow<py::dict>(value))
        object.emplace_back(std::string{text_from(name, {"json", ""})},
                            json_from(member, depth + 1));
    return object;
}

}  // namespace

void bind_values(py::module_& module) {
    PyDateTime_IMPORT;
    if (PyDateTimeAPI == nullptr) throw py::error_already_set();
    const py::object ref = make_number(
        "Ref",
        "A reference to a record: an int, unique in the file and across its copies, that knows the "
        "kind of what it "
        "points at. Hashable; str() gives the digits that JSON and the command line use.",
        ref_members());
    const py::object command = make_number(
        "CommandId", "Number of a command: the file's own counter.", counter_members("CommandId"));
    const py::object run = make_number("RunId", "Number of a run: the commands of one import.",
                                       counter_members("RunId"));
    module.attr("Ref") = ref;
    module.attr("CommandId") = command;
    module.attr("RunId") = run;
    types = {keep(ref), keep(command), keep(run),
             keep(py::module_::import("decimal").attr("Decimal")),
             keep(py::module_::import("pathlib").attr("Path"))};
}

void refuse(std::string_view kind, std::string_view field, const std::string& reason) {
    throw Invalid(std::string{kind}, std::string{field}, reason);
}

std::string type_name(py::handle value) {
    const std::string name = Py_TYPE(value.ptr())->tp_name;
    const auto dot = name.rfind('.');
    return dot == name.npos ? name : name.substr(dot + 1);
}

py::object to_python(Ref ref) { return none_or(types.ref, ref.value()); }
py::object to_python(CommandId command) {
    return none_or(types.command_id, static_cast<std::int64_t>(command));
}
py::object to_python(RunId run) { return none_or(types.run_id, static_cast<std::int64_t>(run)); }

py::object to_python(Time time) {
    if (time < first_instant || time >= end_of_time)
        throw LimitExceeded("an instant outside the years 1 to 9999, which Python cannot show");
    const auto midnight = floor<days>(time);
    const year_month_day date{midnight};
    const hh_mm_ss clock{time - midnight};
    PyObject* made = PyDateTimeAPI->DateTime_FromDateAndTime(
        int{date.year()}, static_cast<int>(unsigned{date.month()}),
        static_cast<int>(unsigned{date.day()}), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count()), PyDateTime_TimeZone_UTC,
        PyDateTimeAPI->DateTimeType);
    if (made == nullptr) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(made);
}

py::object to_python(const Date& date) {
    PyObject* made =
        PyDate_FromDate(date.year(), static_cast<int>(date.month()), static_cast<int>(date.day()));
    if (made == nullptr) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(made);
}

py::object to_python(const std::string& text) {
    if (text.empty()) return py::none();
    return py::str(text);
}

py::object to_python(const Json& json) {
    if (json.is_bool()) return py::bool_(json.boolean());
    if (json.is_integer()) return py::int_(json.integer());
    if (json.is_real()) return py::float_(json.real());
    if (json.is_string()) return py::str(json.string());
    if (json.is_array())
        return list_of(json.array(), [](const Json& item) { return to_python(item); });
    if (!json.is_object()) return py::none();
    py::dict object;
    for (const auto& [name, value] : json.object()) object[py::str(name)] = to_python(value);
    return object;
}

py::object to_python(const std::filesystem::path& path) {
    PyObject* text = PyUnicode_DecodeFSDefaultAndSize(
        path.c_str(), static_cast<Py_ssize_t>(path.native().size()));
    if (text == nullptr) throw py::error_already_set();
    return types.path(py::reinterpret_steal<py::object>(text));
}

py::object decimal(const std::string& text) { return types.decimal(text); }

py::object to_python(const Value& value, FieldType type) {
    if (value.is_null()) return py::none();
    switch (type) {
        case FieldType::integer:
        case FieldType::money: return py::int_(value.integer());
        case FieldType::real: return py::float_(value.real());
        case FieldType::flag: return py::bool_(value.integer() != 0);
        case FieldType::date: return to_python(Date::parse(value.text()));
        case FieldType::time: return to_python(Time{microseconds{value.integer()}});
        case FieldType::reference: return to_python(Ref{value.integer()});
        default: return py::str(value.text().data(), value.text().size());
    }
}

std::string_view text_from(py::handle value, Place place) {
    if (!PyUnicode_Check(value.ptr()))
        refuse(place.kind, place.field, "a str is needed, not " + type_name(value));
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(value.ptr(), &size);
    if (text != nullptr) return {text, static_cast<std::size_t>(size)};
    PyErr_Clear();
    refuse(place.kind, place.field, "text with a lone surrogate, which is no Unicode");
}

std::string optional_text(py::handle value, Place place) {
    return value.is_none() ? std::string{} : std::string{text_from(value, place)};
}

bool is_datetime(py::handle value) { return PyDateTime_Check(value.ptr()); }
bool is_date(py::handle value) { return PyDate_Check(value.ptr()) && !is_datetime(value); }
bool is_decimal(py::handle value) { return py::isinstance(value, types.decimal); }
bool is_run_id(py::handle value) { return py::isinstance(value, types.run_id); }

Time time_from(py::handle value, Place place) {
    if (PyUnicode_Check(value.ptr())) return parse_time(text_from(value, place));
    if (!is_datetime(value))
        refuse(place.kind, place.field, "an aware datetime is needed, not " + type_name(value));
    PyObject* at = value.ptr();
    const microseconds time_of_day =
        hours{PyDateTime_DATE_GET_HOUR(at)} + minutes{PyDateTime_DATE_GET_MINUTE(at)} +
        seconds{PyDateTime_DATE_GET_SECOND(at)} + microseconds{PyDateTime_DATE_GET_MICROSECOND(at)};
    return Time{day_of(value)} + time_of_day - offset_of(value, place);
}

Date date_from(py::handle value, Place place) {
    if (PyUnicode_Check(value.ptr())) return Date::parse(text_from(value, place));
    if (!is_date(value))
        refuse(place.kind, place.field, "a date is needed, not " + type_name(value));
    return Date::from_days(day_of(value));
}

std::optional<Time> optional_time(py::handle value, Place place) {
    return value.is_none() ? std::nullopt : std::optional{time_from(value, place)};
}
std::optional<Date> optional_date(py::handle value, Place place) {
    return value.is_none() ? std::nullopt : std::optional{date_from(value, place)};
}

std::int64_t integer_from(py::handle value, Place place) {
    if (!PyLong_Check(value.ptr()) || PyBool_Check(value.ptr()))
        refuse(place.kind, place.field, "an int is needed, not " + type_name(value));
    int overflow = 0;
    const auto integer = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
    if (overflow != 0) refuse(place.kind, place.field, "an integer beyond 64 bits");
    return integer;
}

bool flag_from(py::handle value, Place place) {
    if (!PyBool_Check(value.ptr()))
        refuse(place.kind, place.field, "True or False is needed, not " + type_name(value));
    return value.ptr() == Py_True;
}

std::string amount_from(py::handle value, Place place) {
    if (is_decimal(value)) return py::str(value.attr("__format__")("f")).cast<std::string>();
    if (PyUnicode_Check(value.ptr())) return std::string{text_from(value, place)};
    if (PyLong_Check(value.ptr()) && !PyBool_Check(value.ptr()))
        return py::str(value).cast<std::string>();
    refuse(place.kind, place.field, "an amount is a Decimal or an int, not " + type_name(value));
}

Ref ref_from(py::handle value, Place place) {
    if (py::isinstance<Record>(value)) {
        const Ref id = value.cast<const Record&>().any().head().id;
        if (!id) refuse(place.kind, place.field, "a record that was never added has no id");
        return id;
    }
    if (!PyLong_Check(value.ptr()) || PyBool_Check(value.ptr()))
        refuse(place.kind, place.field,
               "a record, a Ref or an int is needed, not " + type_name(value));
    return Ref{integer_from(value, place)};
}

Json json_from(py::handle value, int depth) {
    const Place place{"json", ""};
    if (depth > 64) throw LimitExceeded("JSON nested deeper than 64");
    if (value.is_none()) return {};
    if (PyBool_Check(value.ptr())) return value.ptr() == Py_True;
    if (PyLong_Check(value.ptr())) return integer_from(value, place);
    if (PyFloat_Check(value.ptr())) return PyFloat_AS_DOUBLE(value.ptr());
    if (PyUnicode_Check(value.ptr())) return text_from(value, place);
    if (PyDict_Check(value.ptr())) return json_from_dict(value, depth);
    if (is_datetime(value)) return to_text(time_from(value, place));
    if (is_date(value)) return date_from(value, place).text();
    if (is_decimal(value)) return amount_from(value, place);
    if (py::isinstance<Record>(value)) return ref_from(value).value();
    if (!py::isinstance<py::iterable>(value))
        refuse(place.kind, place.field, "a " + type_name(value) + " has no place in JSON");
    Json::Array array;
    for (py::handle item : py::reinterpret_borrow<py::iterable>(value))
        array.push_back(json_from(item, depth + 1));
    return array;
}

Filter filter_from(py::handle value) {
    if (value.is_none()) return {};
    if (PyUnicode_Check(value.ptr())) return Filter::parse(text_from(value, {"filter", ""}));
    if (PyDict_Check(value.ptr())) return Filter::from_json(json_from(value));
    if (py::hasattr(value, "to_dict") && !py::isinstance<Record>(value))
        return Filter::from_json(json_from(value.attr("to_dict")()));
    refuse(
        "filter", "",
        "a dict, JSON text or a condition made with crm.field is needed, not " + type_name(value));
}

Filter filter_from(py::handle where, py::handle saved) {
    Filter filter = filter_from(where);
    if (saved.is_none()) return filter;
    const Place place{"filter", "saved"};
    return std::move(filter) &&
           (PyUnicode_Check(saved.ptr()) ? Filter::saved(std::string{text_from(saved, place)})
                                         : Filter::saved(Id<SavedFilter>{ref_from(saved, place)}));
}

std::filesystem::path path_from(py::handle value) {
    PyObject* bytes = nullptr;
    if (PyUnicode_FSConverter(value.ptr(), &bytes) == 0) throw py::error_already_set();
    const auto held = py::reinterpret_steal<py::object>(bytes);
    return std::string{PyBytes_AS_STRING(bytes), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes))};
}

Callable::Callable(py::object function)
    : function_(new py::object(std::move(function)), [](py::object* held) {
          // After the interpreter is gone there is nothing left to release.
          if (Py_IsInitialized() == 0) {
              held->release();
          } else {
              const py::gil_scoped_acquire gil;
              *held = {};
          }
          delete held;
      }) {}

}  // namespace crm::python
