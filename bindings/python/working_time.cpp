// Working hours, schedules, time entries and hourly rates in Python.
#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {
namespace {

struct WorkCalendarFace : Area {
    using Area::Area;
};
struct HolidaysFace : Area {
    using Area::Area;
};
struct ScheduleFace : Area {
    using Area::Area;
};
struct TimeEntriesFace : Area {
    using Area::Area;
};
struct HourlyRatesFace : Area {
    using Area::Area;
};

// ---- values

/// Pairs of instants.
py::list ranges(const std::vector<TimeRange>& all) {
    return list_of(all, [](const TimeRange& range) {
        return py::make_tuple(to_python(range.start), to_python(range.end));
    });
}

/// {"MDL": Decimal("12.50")}.
py::dict amounts(const std::vector<Money>& all) {
    py::dict by_currency;
    for (const Money& amount : all)
        by_currency[py::str(std::string(amount.currency.code()))] = decimal(amount.text());
    return by_currency;
}

template <class T>
py::list objects(const std::vector<T>& all) {
    return list_of(all, [](const T& each) { return py::cast(each); });
}

/// None or an iterable of users.
std::vector<Id<User>> users_from(const py::object& given, const char* kind) {
    std::vector<Id<User>> users;
    if (given.is_none()) return users;
    for (const py::handle user : given)
        users.emplace_back(ref_from(py::reinterpret_borrow<py::object>(user), {kind, "users"}));
    return users;
}

/// A read-only attribute made of a member.
template <class T, class Member>
auto shown(Member T::*member) {
    return [member](const T& self) { return to_python(self.*member); };
}

// ---- working hours

void bind_calendar(py::module_& module) {
    py::class_<WorkCalendarFace, Area>(module, "WorkCalendar", R"doc(Weekly working hours.

The nearest definition counts: the user's, his unit's, one above, everybody's, else Monday to Friday 09:00 to 18:00.)doc")
        .def(
            "of",
            [](const WorkCalendarFace& self, const py::object& user, const py::object& from,
               const py::object& to) {
                const Id<User> id{ref_from(user, {"working_hours", "user"})};
                const Date first = date_from(from, {"working_hours", "from"}),
                           last = date_from(to, {"working_hours", "to"});
                return ranges(self.call([&](Session& session) {
                    return WorkCalendar(session).working_hours(id, first, last);
                }));
            },
            py::arg("user"), py::arg("from_date"), py::arg("to_date"),
            R"doc(of(self, user, from_date, to_date)
--

When a user works, as pairs (start, end) in UTC: what begins on the days from from_date to to_date, both included, without
holidays and absences. Raises NotFound, Invalid for more than ten years.)doc")
        .def(
            "works_at",
            [](const WorkCalendarFace& self, const py::object& user, const py::object& at) {
                const Id<User> id{ref_from(user, {"working_hours", "user"})};
                const Time time = time_from(at, {"working_hours", "at"});
                return self.call(
                    [&](Session& session) { return WorkCalendar(session).works_at(id, time); });
            },
            py::arg("user"), py::arg("at"), R"doc(works_at(self, user, at)
--

Whether a user works at an instant. Raises NotFound.)doc");
    py::class_<HolidaysFace, Area>(
        module, "Holidays", "Days off, and days that are worked as another day of the week.");
}

// ---- the schedule

void bind_schedule_values(py::module_& module) {
    py::class_<Whereabouts>(module, "Whereabouts", "Where one user is at a moment.")
        .def_property_readonly("user", shown(&Whereabouts::user), "Ref.")
        .def_property_readonly("name", shown(&Whereabouts::name), "str: of the user.")
        .def_property_readonly("place", shown(&Whereabouts::place),
                               "str: code of the list whereabouts, or \"off\".")
        .def_readonly("works", &Whereabouts::works, "bool: whether it is his working time.")
        .def_property_readonly(
            "entry",
            [](const Whereabouts& self) {
                return self.entry ? record_to_python(*self.entry) : py::none();
            },
            "ScheduleEntry: that says so, or None.")
        .def("__repr__", [](const Whereabouts& self) {
            return "<crm.Whereabouts " + self.name + " " + self.place + ">";
        });
    py::class_<ScheduledDay>(module, "ScheduledDay", "One day of one user.")
        .def_property_readonly("day", shown(&ScheduledDay::day), "date.")
        .def_property_readonly("user", shown(&ScheduledDay::user), "Ref.")
        .def_property_readonly(
            "hours", [](const ScheduledDay& self) { return ranges(self.hours); },
            "list of pairs (start, end): working time that begins on that day.")
        .def_property_readonly(
            "entries", [](const ScheduledDay& self) { return records(self.entries); },
            "list of ScheduleEntry: that touch it, whole days first.");
}

void bind_schedule(py::module_& module) {
    bind_schedule_values(module);
    py::class_<ScheduleFace, Area>(module, "Schedule",
                                   "Where users are and why, by date; an entry's owner is whom it "
                                   "is of.")
        .def(
            "where_is",
            [](const ScheduleFace& self, const py::object& user, const py::object& at) {
                const Id<User> id{ref_from(user, {"schedule_entry", "user"})};
                const Time time = time_from(at, {"schedule_entry", "at"});
                return self.call(
                    [&](Session& session) { return Schedule(session).where_is(id, time); });
            },
            py::arg("user"), py::arg("at"), R"doc(where_is(self, user, at)
--

The Whereabouts of a user. Raises NotFound.)doc")
        .def(
            "where_is_everybody",
            [](const ScheduleFace& self, const py::object& at) {
                const Time time = time_from(at, {"schedule_entry", "at"});
                return objects(self.call(
                    [&](Session& session) { return Schedule(session).where_is_everybody(time); }));
            },
            py::arg("at"), R"doc(where_is_everybody(self, at)
--

The Whereabouts of every active user, by login.)doc")
        .def(
            "days",
            [](const ScheduleFace& self, const py::object& from, const py::object& to,
               const py::object& users) {
                const Date first = date_from(from, {"schedule_entry", "from"}),
                           last = date_from(to, {"schedule_entry", "to"});
                const auto ids = users_from(users, "schedule_entry");
                return objects(self.call([&](Session& session) {
                    return Schedule(session).schedule(ids, first, last);
                }));
            },
            py::arg("from_date"), py::arg("to_date"), py::arg("users") = py::none(),
            R"doc(days(self, from_date, to_date, users=None)
--

A ScheduledDay for each day and user, all active ones if none is named. Raises NotFound, Invalid for more than 366 days,
LimitExceeded beyond 50,000 days of users.)doc");
}

// ---- time entries

void bind_time_values(py::module_& module) {
    py::class_<WorkedTime>(module, "WorkedTime",
                           "A sum of worked time; what it is not summed by is None.")
        .def_property_readonly("user", shown(&WorkedTime::user), "Ref, or None.")
        .def_property_readonly("day", shown(&WorkedTime::day), "date, or None.")
        .def_property_readonly("activity", shown(&WorkedTime::activity), "Ref, or None.")
        .def_property_readonly("project", shown(&WorkedTime::project),
                               "Ref, or None: also where there is none, or it is hidden.")
        .def_readonly("minutes", &WorkedTime::minutes, "int.");
    py::class_<WorkBalance>(module, "WorkBalance", "One day of a user against his schedule.")
        .def_property_readonly("day", shown(&WorkBalance::day), "date.")
        .def_property_readonly("user", shown(&WorkBalance::user), "Ref.")
        .def_readonly("worked", &WorkBalance::worked, "int: minutes booked.")
        .def_readonly("scheduled", &WorkBalance::scheduled, "int: minutes of working hours.")
        .def_property_readonly("difference", &WorkBalance::difference, "int: worked - scheduled.");
}

void bind_time_entries(py::module_& module) {
    bind_time_values(module);
    py::class_<TimeEntriesFace, Area>(module, "TimeEntries",
                                      "Minutes worked on activities, and reports of them.")
        .def(
            "of",
            [](const TimeEntriesFace& self, const py::object& activity) {
                const Id<Activity> id{ref_from(activity, {"time_entry", "activity"})};
                return records(
                    self.call([&](Session& session) { return TimeEntries(session).of(id); }));
            },
            py::arg("activity"), R"doc(of(self, activity)
--

The entries of an activity, by day.)doc")
        .def(
            "hours",
            [](const TimeEntriesFace& self, const py::object& from, const py::object& to,
               const py::object& users, bool by_user, bool by_day, bool by_activity,
               bool by_project) {
                const WorkQuery query{.from = date_from(from, {"time_entry", "from"}),
                                      .to = date_from(to, {"time_entry", "to"}),
                                      .users = users_from(users, "time_entry"),
                                      .by_user = by_user,
                                      .by_day = by_day,
                                      .by_activity = by_activity,
                                      .by_project = by_project};
                return objects(
                    self.call([&](Session& session) { return TimeEntries(session).hours(query); }));
            },
            py::arg("from_date"), py::arg("to_date"), py::arg("users") = py::none(), py::kw_only(),
            py::arg("by_user") = false, py::arg("by_day") = false, py::arg("by_activity") = false,
            py::arg("by_project") = false,
            R"doc(hours(self, from_date, to_date, users=None, *, by_user=False, by_day=False, by_activity=False, by_project=False)
--

A WorkedTime for each sum of what the session sees, both days included. Raises Invalid for more than 366 days.)doc")
        .def(
            "balance",
            [](const TimeEntriesFace& self, const py::object& from, const py::object& to,
               const py::object& users) {
                const Date first = date_from(from, {"time_entry", "from"}),
                           last = date_from(to, {"time_entry", "to"});
                const auto ids = users_from(users, "time_entry");
                return objects(self.call([&](Session& session) {
                    return TimeEntries(session).balance(ids, first, last);
                }));
            },
            py::arg("from_date"), py::arg("to_date"), py::arg("users") = py::none(),
            R"doc(balance(self, from_date, to_date, users=None)
--

A WorkBalance for each day and user with worked or scheduled time. Raises as Schedule.days.)doc");
}

// ---- hourly rates

void bind_rates(py::module_& module) {
    py::class_<Labour>(module, "Labour", "What work costs.")
        .def_readonly("planned_minutes", &Labour::planned_minutes, "int.")
        .def_readonly("worked_minutes", &Labour::worked_minutes, "int.")
        .def_readonly("planned_without_rate", &Labour::planned_without_rate,
                      "int: of the planned minutes, those without a rate that is seen.")
        .def_readonly("worked_without_rate", &Labour::worked_without_rate,
                      "int: of the worked minutes, those without a rate that is seen.")
        .def_property_readonly(
            "estimated", [](const Labour& self) { return amounts(self.estimated); },
            "dict: Decimal by currency, ahead.")
        .def_property_readonly(
            "actual", [](const Labour& self) { return amounts(self.actual); },
            "dict: Decimal by currency, of what was worked.");
    py::class_<HourlyRatesFace, Area>(
        module, "HourlyRates",
        "What users' time costs us. Rights for \"*\" do not show rates: only those by name do.")
        .def(
            "of",
            [](const HourlyRatesFace& self, const py::object& user) {
                const Id<User> id{ref_from(user, {"hourly_rate", "user"})};
                return records(
                    self.call([&](Session& session) { return HourlyRates(session).of(id); }));
            },
            py::arg("user"), R"doc(of(self, user)
--

The rates of a user, newest first.)doc")
        .def(
            "labour",
            [](const HourlyRatesFace& self, const py::object& record) {
                const Ref id = ref_from(record, {"hourly_rate", "record"});
                return self.call([&](Session& session) { return HourlyRates(session).labour(id); });
            },
            py::arg("record"), R"doc(labour(self, record)
--

The Labour of an activity with its sub-activities, or of a project with its subprojects. Raises NotFound, LimitExceeded.)doc");
}

}  // namespace

void bind_working_time(py::module_& module, SessionClass& session) {
    bind_calendar(module);
    bind_schedule(module);
    bind_time_entries(module);
    bind_rates(module);
    bind_property<WorkCalendarFace, WorkingHours>(session, "working_hours",
                                                  "Weekly working hours.");
    bind_property<HolidaysFace, Holiday>(session, "holidays", "Holidays.");
    bind_property<ScheduleFace, ScheduleEntry>(session, "schedule", "The work schedule.");
    bind_property<TimeEntriesFace, TimeEntry>(session, "time_entries", "Working time.");
    bind_property<HourlyRatesFace, HourlyRate>(session, "hourly_rates",
                                               "Hourly rates and labour cost.");
}

}  // namespace crm::python
