// Recurrence of RFC 5545, in Python.
#include <pybind11/operators.h>
#include <pybind11/pybind11.h>

#include "values.hpp"

namespace crm::python {
namespace {

constexpr Place start_place{"recurrence", "start"}, since_place{"recurrence", "since"},
    until_place{"recurrence", "until"}, zone_place{"recurrence", "zone"};

Zone zone_from(py::handle zone) {
    if (zone.is_none())
        refuse("recurrence", "zone", "a start with a time needs the zone whose clock it follows");
    return Zone{text_from(zone, zone_place)};
}

template <class T>
py::list without_gil(const auto& body) {
    std::vector<T> found;
    {
        const py::gil_scoped_release release;
        found = body();
    }
    return list_of(found, [](const T& at) { return to_python(at); });
}

py::list occurrences_of(const Recurrence& self, const py::object& start, const py::object& zone,
                        const py::object& since, const py::object& until, std::int64_t limit) {
    if (limit < 1) refuse("recurrence", "limit", "is at least 1");
    const auto most = static_cast<std::size_t>(limit);
    if (is_date(start)) {
        const Date first = date_from(start, start_place), from = date_from(since, since_place),
                   to = date_from(until, until_place);
        return without_gil<Date>([&] { return occurrences(self, first, from, to, most); });
    }
    const Time first = time_from(start, start_place), from = time_from(since, since_place),
               to = time_from(until, until_place);
    const Zone in = zone_from(zone);
    return without_gil<Time>([&] { return occurrences(self, first, in, from, to, most); });
}

py::object next_of(const Recurrence& self, const py::object& start, const py::object& zone,
                   const py::object& at) {
    const Place at_place{"recurrence", "at"};
    if (is_date(start))
        return to_python(
            next_occurrence(self, date_from(start, start_place), date_from(at, at_place)));
    return to_python(next_occurrence(self, time_from(start, start_place), zone_from(zone),
                                     time_from(at, at_place)));
}

}  // namespace

void bind_recurrence(py::module_& module) {
    using namespace py::literals;
    py::class_<Recurrence>(
        module, "Recurrence",
        R"doc(When something that repeats takes place: a rule, further and excepted dates.

    weekly = crm.Recurrence.parse("RRULE:FREQ=WEEKLY;BYDAY=MO,TH")
    weekly.occurrences(start, "Europe/Chisinau", since=monday, until=next_monday)

A value; str() is its canonical text, in the words of RFC 5545. What starts at 10:00 stays at 10:00 by the clock of its
zone; a time that the clocks skip counts by the offset before, of one that they repeat the first is meant.)doc")
        .def(py::init<>(), "__init__(self)\n--\n\nTakes place once, at its start.")
        .def_static(
            "parse",
            [](const py::object& text) {
                return Recurrence::parse(text_from(text, {"recurrence", "text"}));
            },
            "text"_a,
            R"doc(parse(text)
--

Reads lines RRULE (one at most), RDATE and EXDATE, or a bare rule ("FREQ=…"). Raises Invalid for everything else.)doc")
        .def_property_readonly("is_endless", &Recurrence::is_endless,
                               "Whether the rule goes on for ever, without COUNT and UNTIL.")
        .def("occurrences", &occurrences_of, "start"_a, "zone"_a = py::none(), py::kw_only(),
             "since"_a, "until"_a, "limit"_a = 1'000,
             R"doc(occurrences(self, start, zone=None, *, since, until, limit=1000)
--

The first `limit` occurrences from `since` on and before `until`. For an aware datetime as start and the name of a zone:
aware datetimes in UTC; for a date: dates, which need no zone. The start itself counts only where the rule gives it.
Raises Invalid for years outside 1583 to 2582, LimitExceeded for a limit beyond 100,000 and for windows with some ten
million times to look at, Misuse for monthly and yearly rules where the library was built without libical.)doc")
        .def("next", &next_of, "start"_a, "zone"_a = py::none(), py::kw_only(), "at"_a,
             R"doc(next(self, start, zone=None, *, at)
--

The first occurrence at `at` or after it; None where none comes within a hundred years. Raises as occurrences() does.)doc")
        .def("__str__", &Recurrence::text)
        .def("__repr__",
             [](const Recurrence& self) {
                 return "crm.Recurrence.parse(" + std::string{py::repr(py::str(self.text()))} + ")";
             })
        .def("__hash__", [](const Recurrence& self) { return py::hash(py::str(self.text())); })
        .def(py::self == py::self);
}

}  // namespace crm::python
