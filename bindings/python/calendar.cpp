// Series and calendars in Python.
#include "crm/calendar.hpp"

#include <pybind11/pybind11.h>

#include "area.hpp"
#include "crm/series.hpp"

namespace crm::python {

namespace {

// ---- Series

struct SeriesFace {
    SessionPointer session;

    static Id<Activity> id(const py::object& given) {
        return Id<Activity>{ref_from(given, {"activity", "series"})};
    }
    static Time at(const py::object& given) {
        return time_from(given, {"activity", "recurrence_id"});
    }
    template <class Body>
    auto call(Body&& body) const {
        return session->call([&](Session& inside) {
            Series series(inside);
            return body(series);
        });
    }
    /// A verb on one occurrence, told of as a record.
    template <class Body>
    py::object one(const py::object& series, const py::object& time, const Body& body) const {
        const auto master = id(series);
        const auto recurrence_id = at(time);
        return record_to_python(
            call([&](Series& all) { return body(all, master, recurrence_id); }));
    }
    /// Fields by name, as `change` of activities takes them.
    Record fields(const py::dict& given) const {
        return Area(session, kind_of<Activity>()).record(kind_of<Activity>(), py::none(), given);
    }
};

py::object change_one(const SeriesFace& self, const py::object& series, const py::object& time,
                      const py::kwargs& given) {
    const Record record = self.fields(given);
    return self.one(series, time, [&](Series& all, Id<Activity> id, Time at) {
        return all.change(id, at, record.assignments(given));
    });
}

py::object change_following(const SeriesFace& self, const py::object& series,
                            const py::object& time, const py::kwargs& given) {
    const Record record = self.fields(given);
    return self.one(series, time, [&](Series& all, Id<Activity> id, Time at) {
        return all.change_following(id, at, record.assignments(given));
    });
}

py::object complete_occurrence(const SeriesFace& self, const py::object& series,
                               const py::object& time, const py::object& result,
                               const py::object& questions, const py::object& problems,
                               const py::object& events, const py::object& next_contact_on,
                               const py::object& end_at, const py::object& follow_up) {
    const Report report = report_from(result, questions, problems, events, next_contact_on, end_at);
    const auto plan = optional_plan(follow_up);
    return self.one(series, time, [&](Series& all, Id<Activity> id, Time at) {
        return all.complete(id, at, report, plan);
    });
}

template <Activity (Series::*verb)(Id<Activity>, Time)>
py::object plain(const SeriesFace& self, const py::object& series, const py::object& time) {
    return self.one(series, time,
                    [](Series& all, Id<Activity> id, Time at) { return (all.*verb)(id, at); });
}

void bind_verbs(py::class_<SeriesFace>& series) {
    using namespace py::literals;
    series
        .def("change", &change_one, "series"_a, "recurrence_id"_a,
             R"doc(change(self, series, recurrence_id, **fields)
--

Changes one occurrence only, which gets an activity of its own; with no fields it is only given that. Fields as for
activities.change. Returns the activity.)doc")
        .def("start", &plain<&Series::start>, "series"_a, "recurrence_id"_a,
             R"doc(start(self, series, recurrence_id)
--

Marks one occurrence as under way.)doc")
        .def(
            "complete", &complete_occurrence, "series"_a, "recurrence_id"_a,
            "result"_a = py::none(), py::kw_only(), "questions"_a = py::none(),
            "problems"_a = py::none(), "events"_a = py::none(), "next_contact_on"_a = py::none(),
            "end_at"_a = py::none(), "follow_up"_a = py::none(),
            R"doc(complete(self, series, recurrence_id, result=None, *, questions=None, problems=None, events=None, next_contact_on=None, end_at=None, follow_up=None)
--

Completes one occurrence, as activities.complete does. One command.)doc")
        .def(
            "cancel",
            [](const SeriesFace& self, const py::object& master, const py::object& time,
               const py::object& reason) {
                const auto why = optional_text(reason, {"activity", "result"});
                return self.one(master, time, [&](Series& all, Id<Activity> id, Time at) {
                    return all.cancel(id, at, why);
                });
            },
            "series"_a, "recurrence_id"_a, "reason"_a = py::none(),
            R"doc(cancel(self, series, recurrence_id, reason=None)
--

Cancels one occurrence, which stays to be seen as cancelled.)doc")
        .def("skip", &plain<&Series::skip>, "series"_a, "recurrence_id"_a,
             R"doc(skip(self, series, recurrence_id)
--

Leaves an occurrence out (EXDATE) as if it had never been planned. Returns the series. Raises Conflict where it has an
activity of its own.)doc")
        .def("change_following", &change_following, "series"_a, "recurrence_id"_a,
             R"doc(change_following(self, series, recurrence_id, **fields)
--

Changes this occurrence and all that follow: the series ends before it and a new one, which is returned, goes on with
the given fields. On the first occurrence the series itself is changed.)doc")
        .def("end_before", &plain<&Series::end_before>, "series"_a, "recurrence_id"_a,
             R"doc(end_before(self, series, recurrence_id)
--

The series does not take place from this occurrence on; what was touched stays. Returns the series.)doc");
}

void bind_series(py::module_& module, SessionClass& owner) {
    using namespace py::literals;
    py::class_<SeriesFace> series(
        module, "Series",
        R"doc(Activities that recur, and what becomes of one occurrence of them.

    weekly = session.activities.plan(subject="Stand-up", kind="meeting", start_at=monday, zone="Europe/Chisinau",
                                     recurrence="FREQ=WEEKLY")
    session.series.cancel(weekly, easter_monday, "holiday")

The master is one planned activity. An occurrence gets an activity of its own when it is touched; recurrence_id, an
aware datetime, says which one is meant: when it was to start before anybody moved it. All are changed by changing the
master.)doc");
    series
        .def(
            "times",
            [](const SeriesFace& self, const py::object& master, const py::object& since,
               const py::object& until) {
                const auto id = SeriesFace::id(master);
                const Time from = time_from(since, {"series", "since"}),
                           to = time_from(until, {"series", "until"});
                return list_of(self.call([&](Series& all) { return all.times(id, from, to); }),
                               [](Time time) { return to_python(time); });
            },
            "series"_a, "since"_a, "until"_a, R"doc(times(self, series, since, until)
--

When the series is to take place in a window, until left out: the recurrence_ids.)doc")
        .def(
            "occurrence",
            [](const SeriesFace& self, const py::object& master, const py::object& time) {
                return self.one(master, time, [](Series& all, Id<Activity> id, Time at) {
                    return all.occurrence(id, at);
                });
            },
            "series"_a, "recurrence_id"_a, R"doc(occurrence(self, series, recurrence_id)
--

One occurrence as it stands: its own activity, else what that would be, with no id.)doc")
        .def(
            "touched",
            [](const SeriesFace& self, const py::object& master) {
                const auto id = SeriesFace::id(master);
                return records(self.call([&](Series& all) { return all.touched(id); }));
            },
            "series"_a, R"doc(touched(self, series)
--

The activities of touched occurrences that the session sees, by recurrence_id.)doc");
    bind_verbs(series);
    owner.def_property_readonly(
        "series", [](const SessionPointer& self) { return SeriesFace{self}; },
        "Activities that recur.");
}

// ---- Calendars

struct CalendarFace {
    SessionPointer session;

    template <class Body>
    auto call(Body&& body) const {
        return session->call([&](Session& inside) { return body(Calendar(inside)); });
    }
};

py::tuple range_to_python(const TimeRange& range) {
    return py::make_tuple(to_python(range.start), to_python(range.end));
}
py::list pairs_of(const std::vector<TimeRange>& all) { return list_of(all, range_to_python); }

TimeRange window_from(const py::object& since, const py::object& until) {
    return {time_from(since, {"calendar", "since"}), time_from(until, {"calendar", "until"})};
}

/// None, one user or several.
std::vector<Id<User>> users_from(const py::object& given) {
    const Place place{"calendar", "users"};
    if (given.is_none()) return {};
    if (py::isinstance<Record>(given) || PyLong_Check(given.ptr())) return {ref_from(given, place)};
    std::vector<Id<User>> users;
    for (const auto each : py::iter(given)) users.emplace_back(ref_from(each, place));
    return users;
}

std::chrono::microseconds length_from(const py::object& given) {
    if (!py::isinstance(given, py::module_::import("datetime").attr("timedelta")))
        refuse("calendar", "length", "a timedelta is needed, not " + type_name(given));
    const auto member = [&](const char* name) { return given.attr(name).cast<std::int64_t>(); };
    return std::chrono::days{member("days")} + std::chrono::seconds{member("seconds")} +
           std::chrono::microseconds{member("microseconds")};
}

py::object state_to_python(ActivityState state) {
    AnyRecord record(kind_of<Activity>());
    const Activity activity{.state = state};
    record.kind().copy(record.data(), &activity);
    return py::str(std::string(record.get("state").text()));
}

py::object acceptance_to_python(const std::optional<Acceptance>& acceptance) {
    if (!acceptance) return py::none();
    AnyRecord record(kind_of<Participant>());
    const Participant participant{.acceptance = *acceptance};
    record.kind().copy(record.data(), &participant);
    return py::str(std::string(record.get("acceptance").text()));
}

void bind_entry(py::module_& module) {
    const auto text = [](std::string CalendarEntry::*member) {
        return [member](const CalendarEntry& self) { return to_python(self.*member); };
    };
    const auto value = [](auto CalendarEntry::*member) {
        return [member](const CalendarEntry& self) { return to_python(self.*member); };
    };
    py::class_<CalendarEntry>(
        module, "CalendarEntry",
        "Something in the calendar of a user; what it takes to show it, colour it and open it.")
        .def_property_readonly(
            "activity", value(&CalendarEntry::activity),
            "Ref: the activity; of an occurrence that nobody touched the series.")
        .def_property_readonly("user", value(&CalendarEntry::user),
                               "Ref: in whose calendar it stands.")
        .def_property_readonly("owner", value(&CalendarEntry::owner),
                               "Ref: who is responsible; another where the user takes part.")
        .def_property_readonly(
            "acceptance",
            [](const CalendarEntry& self) { return acceptance_to_python(self.acceptance); },
            "str: needs_action, accepted, tentative, where the user takes part; or None.")
        .def_property_readonly("start", value(&CalendarEntry::start), "datetime in UTC.")
        .def_property_readonly("end", value(&CalendarEntry::end),
                               "datetime in UTC: the start where it has no end.")
        .def_property_readonly("subject", text(&CalendarEntry::subject),
                               "str, or None where it is hidden, like those below.")
        .def_property_readonly("kind", text(&CalendarEntry::kind),
                               "str: code of the list activity_kind.")
        .def_property_readonly("status", text(&CalendarEntry::status),
                               "str: code of the list activity_status, or None.")
        .def_property_readonly("priority", text(&CalendarEntry::priority),
                               "str: code of the list priority, or None.")
        .def_property_readonly(
            "state", [](const CalendarEntry& self) { return state_to_python(self.state); },
            "str: planned, started, completed, cancelled.")
        .def_property_readonly("zone", text(&CalendarEntry::zone),
                               "str: the zone that it is bound to, or None.")
        .def_property_readonly("party", value(&CalendarEntry::party),
                               "Ref, or None; also where it is hidden.")
        .def_property_readonly("party_name", text(&CalendarEntry::party_name), "str, or None.")
        .def_property_readonly("series", value(&CalendarEntry::series),
                               "Ref: of an occurrence the series, where it is seen; or None.")
        .def_property_readonly("recurrence_id", value(&CalendarEntry::recurrence_id),
                               "datetime: of an occurrence, when it was to start; or None.")
        .def_property_readonly("is_touched", &CalendarEntry::is_touched,
                               "bool: an occurrence that has an activity of its own.")
        .def("__repr__", [](const CalendarEntry& self) {
            return "<crm.CalendarEntry " + to_text(self.start) + " " + self.subject + ">";
        });
    py::class_<Agenda>(module, "Agenda", "What stands in calendars within a window.")
        .def_property_readonly(
            "entries",
            [](const Agenda& self) {
                return list_of(self.entries,
                               [](const CalendarEntry& each) { return py::cast(each); });
            },
            "list of CalendarEntry, by start.")
        .def_property_readonly(
            "working",
            [](const Agenda& self) {
                return list_of(self.working, [](const WorkingTime& each) -> py::object {
                    return py::make_tuple(to_python(each.user), to_python(each.hours.start),
                                          to_python(each.hours.end));
                });
            },
            "list of (user, start, end): the hours that each works, cut to the window.");
}

void bind_calendars(py::module_& module, SessionClass& owner) {
    using namespace py::literals;
    py::class_<CalendarFace>(module, "Calendar",
                             R"doc(What users do when, who is free, and when all of them are.

Shows what the session may read: what is hidden is absent, and its owner looks free then. To-dos are not in calendars.
users: None (the session's own), one or several. Windows have aware datetimes, `until` left out, and at most 366 days;
crm.day_of, week_of and month_of make them.)doc")
        .def(
            "agenda",
            [](const CalendarFace& self, const py::object& since, const py::object& until,
               const py::object& users, bool cancelled, bool working_hours) {
                const auto window = window_from(since, until);
                const auto of = users_from(users);
                return self.call([&](const Calendar& calendar) {
                    return calendar.agenda(of, window, {cancelled, working_hours});
                });
            },
            "since"_a, "until"_a, "users"_a = py::none(), py::kw_only(), "cancelled"_a = false,
            "working_hours"_a = true,
            R"doc(agenda(self, since, until, users=None, *, cancelled=False, working_hours=True)
--

The Agenda of a window: what overlaps it, also what began before, by start; and the hours that each user works.)doc")
        .def(
            "free_busy",
            [](const CalendarFace& self, const py::object& since, const py::object& until,
               const py::object& users) {
                const auto window = window_from(since, until);
                const auto of = users_from(users);
                py::dict busy;
                for (const BusyTime& each : self.call(
                         [&](const Calendar& calendar) { return calendar.free_busy(of, window); }))
                    busy[to_python(each.user)] = pairs_of(each.busy);
                return busy;
            },
            "since"_a, "until"_a, "users"_a = py::none(),
            R"doc(free_busy(self, since, until, users=None)
--

When each user is busy: a dict from user to a list of (start, end), ascending and without overlap.)doc")
        .def(
            "find_slots",
            [](const CalendarFace& self, const py::object& since, const py::object& until,
               const py::object& users, const py::object& length, bool in_working_hours, int step,
               int limit) {
                const SlotQuery query{window_from(since, until), length_from(length),
                                      in_working_hours, std::chrono::minutes{step}, limit};
                const auto of = users_from(users);
                return pairs_of(self.call(
                    [&](const Calendar& calendar) { return calendar.find_slots(of, query); }));
            },
            "since"_a, "until"_a, "users"_a = py::none(), py::kw_only(), "length"_a,
            "in_working_hours"_a = true, "step"_a = 15, "limit"_a = 5,
            R"doc(find_slots(self, since, until, users=None, *, length, in_working_hours=True, step=15, limit=5)
--

The first slots of a length (timedelta) in which every one of the users is free, as (start, end); they begin at
multiples of `step` minutes by the clock of the session's zone.)doc");
    owner.def_property_readonly(
        "calendar", [](const SessionPointer& self) { return CalendarFace{self}; },
        "What users do when.");
}

template <TimeRange (*range)(const Date&, const Zone&)>
py::tuple range_of(const py::object& date, const py::object& zone) {
    return range_to_python(
        range(date_from(date, {"calendar", "date"}), Zone{text_from(zone, {"calendar", "zone"})}));
}

}  // namespace

void bind_calendar(py::module_& module, SessionClass& session) {
    using namespace py::literals;
    bind_series(module, session);
    bind_entry(module);
    bind_calendars(module, session);
    module.def("day_of", &range_of<&crm::day_of>, "date"_a, "zone"_a, R"doc(day_of(date, zone)
--

A civil day of an IANA zone, 00:00 to 24:00, as (start, end).)doc");
    module.def("week_of", &range_of<&crm::week_of>, "date"_a, "zone"_a, R"doc(week_of(date, zone)
--

The week in which a day lies, Monday to Sunday, as (start, end).)doc");
    module.def("month_of", &range_of<&crm::month_of>, "date"_a, "zone"_a,
               R"doc(month_of(date, zone)
--

The month in which a day lies, as (start, end).)doc");
}

}  // namespace crm::python
