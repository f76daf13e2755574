// Participants, costs, attachments, tasks, interaction and workload in Python.
#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {
namespace {

struct ParticipantsFace : Area {
    using Area::Area;
};
struct CostsFace : Area {
    using Area::Area;
};
struct AttachmentsFace : Area {
    using Area::Area;
};
struct TasksFace {
    SessionPointer session;
};
struct InteractionsFace {
    SessionPointer session;
};

// ---- Participants

/// A participant as the code of one of its fields has it.
Participant with_code(const char* field, const py::object& code) {
    AnyRecord participant(kind_of<Participant>());
    participant.set(field, Value{text_from(code, {"participant", field})});
    return participant.as<Participant>();
}

py::object answer(const ParticipantsFace& self, const py::object& activity,
                  const py::object& acceptance) {
    const Ref id = ref_from(activity, {"participant", "activity"});
    const Acceptance answer = with_code("acceptance", acceptance).acceptance;
    return record_to_python(
        self.call([&](Session& session) { return Participants(session).answer(id, answer); }));
}

void bind_participants(py::module_& module) {
    py::class_<ParticipantsFace, Area>(module, "Participants", R"doc(Who takes part in activities.

A user who is made a participant is told, and gets a share to read the activity.)doc")
        .def(
            "invite",
            [](const ParticipantsFace& self, const py::object& activity, const py::object& person,
               const py::object& role) {
                const Ref id = ref_from(activity, {"participant", "activity"}),
                          who = ref_from(person, {"participant", "person"});
                const ParticipantRole as = with_code("role", role).role;
                return record_to_python(self.call(
                    [&](Session& session) { return Participants(session).invite(id, who, as); }));
            },
            py::arg("activity"), py::arg("person"), py::arg("role") = "required",
            R"doc(invite(self, activity, person, role='required')
--

Makes a contact or a user take part, as chair, required or optional. Raises Conflict where he does already.)doc")
        .def(
            "of",
            [](const ParticipantsFace& self, const py::object& activity) {
                const Ref id = ref_from(activity, {"participant", "activity"});
                return records(
                    self.call([&](Session& session) { return Participants(session).of(id); }));
            },
            py::arg("activity"), R"doc(of(self, activity)
--

The participants of an activity, chairs first; at most 1,000.)doc")
        .def("answer", &answer, py::arg("activity"), py::arg("acceptance"),
             R"doc(answer(self, activity, acceptance)
--

The answer of the session's user for himself: accepted, declined, tentative or needs_action. Needs no right to change the
activity. Raises NotFound where he does not take part.)doc")
        .def(
            "invitations",
            [](const ParticipantsFace& self, int limit) {
                return records(self.call(
                    [&](Session& session) { return Participants(session).invitations(limit); }));
            },
            py::kw_only(), py::arg("limit") = 100, R"doc(invitations(self, *, limit=100)
--

Invitations to the session's user that wait for his answer, oldest first.)doc");
}

// ---- Costs

py::dict sums_to_python(const std::vector<Money>& sums) {
    py::dict by_currency;
    for (const Money& sum : sums)
        by_currency[py::str(std::string(sum.currency.code()))] = decimal(sum.text());
    return by_currency;
}

void bind_costs(py::module_& module) {
    py::class_<CostsFace, Area>(module, "Costs", "What activities cost, in any currency.")
        .def(
            "of",
            [](const CostsFace& self, const py::object& activity) {
                const Ref id = ref_from(activity, {"cost", "activity"});
                return records(self.call([&](Session& session) { return Costs(session).of(id); }));
            },
            py::arg("activity"), R"doc(of(self, activity)
--

The costs of an activity itself, by day; at most 1,000.)doc")
        .def(
            "total",
            [](const CostsFace& self, const py::object& of) {
                const Ref id = ref_from(of, {"cost", "of"});
                const bool is_project = id.kind() == kind_of<Project>().number;
                return sums_to_python(self.call([&](Session& session) {
                    const Costs costs(session);
                    return is_project ? costs.total(Id<Project>{id})
                                      : costs.total(Id<Activity>{id});
                }));
            },
            py::arg("of"), R"doc(total(self, of)
--

What an activity with its sub-activities, or a project with its subprojects, costs: a dict of Decimal by currency, of what
the session sees. Raises NotFound, LimitExceeded where a sum passes 64 bits of minor units.)doc");
}

// ---- Attachments

std::string bytes_from(const py::buffer& given) {
    const py::buffer_info info = given.request();
    if (info.itemsize != 1 || info.ndim != 1 || info.strides[0] != 1)
        refuse("attachment", "content", "must be bytes");
    return {static_cast<const char*>(info.ptr), static_cast<std::size_t>(info.size)};
}

void bind_attachments(py::module_& module) {
    py::class_<AttachmentsFace, Area> attachments(
        module, "Attachments", R"doc(Files of records, inside the CRM file or at a path.

One by path is added as any record: add(record=..., file_name=..., path=...). most_bytes, an int, is the longest content
that goes into the CRM file.)doc");
    // No static property: until Python 3.12 those of pybind11 lose their documentation.
    attachments.attr("most_bytes") = py::int_(Attachments::most_bytes);
    attachments
        .def(
            "attach",
            [](const AttachmentsFace& self, const py::object& record, const py::object& file_name,
               const py::buffer& content, const py::object& media_type) {
                const Ref id = ref_from(record, {"attachment", "record"});
                const auto name = text_from(file_name, {"attachment", "file_name"});
                const auto type = optional_text(media_type, {"attachment", "media_type"});
                const std::string bytes = bytes_from(content);
                return record_to_python(self.call([&](Session& session) {
                    return Attachments(session).attach(id, name, bytes, type);
                }));
            },
            py::arg("record"), py::arg("file_name"), py::arg("content"),
            py::arg("media_type") = py::none(),
            R"doc(attach(self, record, file_name, content, media_type=None)
--

Attaches bytes. Raises LimitExceeded beyond most_bytes: attach that by path.)doc")
        .def(
            "attach_file",
            [](const AttachmentsFace& self, const py::object& record, const py::object& file,
               const py::object& media_type) {
                const Ref id = ref_from(record, {"attachment", "record"});
                const auto path = path_from(file);
                const auto type = optional_text(media_type, {"attachment", "media_type"});
                return record_to_python(self.call([&](Session& session) {
                    return Attachments(session).attach_file(id, path, type);
                }));
            },
            py::arg("record"), py::arg("file"), py::arg("media_type") = py::none(),
            R"doc(attach_file(self, record, file, media_type=None)
--

Reads a file and attaches its content under its own name.)doc")
        .def(
            "of",
            [](const AttachmentsFace& self, const py::object& record) {
                const Ref id = ref_from(record, {"attachment", "record"});
                return records(
                    self.call([&](Session& session) { return Attachments(session).of(id); }));
            },
            py::arg("record"), R"doc(of(self, record)
--

The attachments of a record, oldest first; at most 1,000.)doc")
        .def(
            "read",
            [](const AttachmentsFace& self, const py::object& attachment) {
                const Ref id = self.ref(attachment);
                return py::bytes(
                    self.call([&](Session& session) { return Attachments(session).read(id); }));
            },
            py::arg("attachment"), R"doc(read(self, attachment)
--

The content, as bytes. Raises Invalid for one by path.)doc")
        .def(
            "write_to",
            [](const AttachmentsFace& self, const py::object& attachment, const py::object& file) {
                const Ref id = self.ref(attachment);
                const auto path = path_from(file);
                self.call([&](Session& session) { Attachments(session).write_to(id, path); });
            },
            py::arg("attachment"), py::arg("file"), R"doc(write_to(self, attachment, file)
--

Writes the content to a new file, which appears whole or not at all. Raises Conflict where there is such a file.)doc")
        .def(
            "free_removed",
            [](const AttachmentsFace& self, const py::object& before) {
                const Time time = time_from(before, {"attachment", "before"});
                const FreedContent freed = self.call(
                    [&](Session& session) { return Attachments(session).free_removed(time); });
                py::dict told;
                told["attachments"] = freed.attachments;
                told["contents"] = freed.contents;
                told["bytes"] = freed.bytes;
                return told;
            },
            py::arg("before"), R"doc(free_removed(self, before)
--

Lets go of the contents of attachments removed before a time: to restore one of them is a Conflict then. Answers a dict of
attachments, contents and bytes. Rights: administer.)doc");
}

// ---- Tasks

using TaskList = Page<AssignedTask> (Tasks::*)(const TaskQuery&) const;

template <TaskList list>
py::object tasks_of(const TasksFace& self, const py::object& user, bool open_only, int limit,
                    const std::string& after) {
    TaskQuery query{.open_only = open_only, .limit = limit, .after = after};
    if (!user.is_none()) query.user = ref_from(user, {"task", "user"});
    return py::cast(
        self.session->call([&](Session& session) { return (Tasks(session).*list)(query); }));
}

void bind_tasks(py::module_& module) {
    py::class_<AssignedTask>(module, "AssignedTask", "Work that one has, or gave to another.")
        .def_property_readonly(
            "activity", [](const AssignedTask& self) { return record_to_python(self.activity); },
            "Activity: with its state.")
        .def_readonly("is_overdue", &AssignedTask::is_overdue, "bool.");
    py::class_<Page<AssignedTask>>(module, "TaskPage", "One page of tasks, newest start first.")
        .def_property_readonly(
            "rows",
            [](const Page<AssignedTask>& self) {
                return list_of(self.rows, [](const AssignedTask& each) { return py::cast(each); });
            },
            "list of AssignedTask.")
        .def_readonly("next", &Page<AssignedTask>::next,
                      "str: for `after`; empty on the last page.");
    py::class_<TasksFace>(module, "Tasks", "Giving work to others and following it; to-dos.")
        .def(
            "assign",
            [](const TasksFace& self, const py::object& to, const py::object& card,
               const py::kwargs& fields) {
                const Area activities(self.session, kind_of<Activity>());
                const Record given = activities.record(kind_of<Activity>(), py::none(), fields);
                const Ref user = ref_from(to, {"task", "to"}),
                          from = card.is_none() ? Ref{} : ref_from(card, {"task", "card"});
                return record_to_python(self.session->call([&](Session& session) {
                    return Tasks(session).assign(given.any().as<Activity>(), user, from);
                }));
            },
            py::arg("to"), py::arg("card") = py::none(), R"doc(assign(self, to, card=None, **fields)
--

Gives new work to a user, in one command. card: the party, contact, project or activity it is set from, which fills what
the fields leave empty. kind is "task" and start_at now where not given. Who gives keeps sight of it.)doc")
        .def(
            "delegate",
            [](const TasksFace& self, const py::object& activity, const py::object& to) {
                const Ref id = ref_from(activity, {"task", "activity"}),
                          user = ref_from(to, {"task", "to"});
                return record_to_python(self.session->call(
                    [&](Session& session) { return Tasks(session).delegate(id, user); }));
            },
            py::arg("activity"), py::arg("to"), R"doc(delegate(self, activity, to)
--

Gives an activity to another; who gives it is told when it is done. Raises Conflict where it is over. Rights: assign.)doc")
        .def("assigned_by", &tasks_of<&Tasks::assigned_by>, py::arg("user") = py::none(),
             py::kw_only(), py::arg("open_only") = false, py::arg("limit") = 50,
             py::arg("after") = "",
             R"doc(assigned_by(self, user=None, *, open_only=False, limit=50, after='')
--

What a user, the session's if none is given, gave to others: a TaskPage.)doc")
        .def("to_dos", &tasks_of<&Tasks::to_dos>, py::arg("user") = py::none(), py::kw_only(),
             py::arg("open_only") = false, py::arg("limit") = 50, py::arg("after") = "",
             R"doc(to_dos(self, user=None, *, open_only=False, limit=50, after='')
--

The to-dos that a user is responsible for: a TaskPage.)doc");
}

// ---- Interaction

BreakQuery query_from(const py::object& unit, const py::object& user, bool unplanned,
                      const py::object& silent_days, int limit, const std::string& after) {
    BreakQuery query{.unplanned = unplanned, .limit = limit, .after = after};
    if (!unit.is_none()) query.unit = ref_from(unit, {"query", "unit"});
    if (!user.is_none()) query.user = ref_from(user, {"query", "user"});
    if (!silent_days.is_none())
        query.silent_days = static_cast<int>(integer_from(silent_days, {"query", "silent_days"}));
    return query;
}

void bind_break(py::module_& module) {
    py::class_<Break>(module, "Break", "A party with which contact broke off.")
        .def_property_readonly(
            "party", [](const Break& self) { return to_python(self.party); }, "Ref.")
        .def_property_readonly(
            "name", [](const Break& self) { return to_python(self.name); }, "str.")
        .def_property_readonly(
            "last", [](const Break& self) { return to_python(self.last); },
            "Ref: the last activity done, or None.")
        .def_property_readonly(
            "last_at", [](const Break& self) { return to_python(self.last_at); },
            "datetime: its start, or None.")
        .def_property_readonly(
            "planned", [](const Break& self) { return to_python(self.planned); },
            "Ref: the next one planned, of a party that was only silent, or None.")
        .def_property_readonly(
            "planned_at", [](const Break& self) { return to_python(self.planned_at); },
            "datetime or None.")
        .def("__repr__", [](const Break& self) { return "<crm.Break " + self.name + ">"; });
    py::class_<Page<Break>>(module, "BreakPage", "One page of breaks, by unit and name.")
        .def_property_readonly(
            "rows",
            [](const Page<Break>& self) {
                return list_of(self.rows, [](const Break& each) { return py::cast(each); });
            },
            "list of Break; may be empty where there is a next page.")
        .def_readonly("next", &Page<Break>::next, "str: for `after`; empty on the last page.");
}

py::dict frequency(const InteractionsFace& self, const py::object& party, const py::object& from,
                   const py::object& to) {
    const Ref id = ref_from(party, {"party", "id"});
    const Date first = date_from(from, {"query", "from"}), end = date_from(to, {"query", "to"});
    const Frequency found = self.session->call(
        [&](Session& session) { return Interactions(session).frequency(id, first, end); });
    py::dict months, told;
    for (const auto& month : found.months)
        months[py::make_tuple(month.year, month.month)] = month.interactions;
    told["months"] = months;
    told["interactions"] = found.interactions;
    told["mean_gap_days"] =
        found.mean_gap_days ? py::object(py::float_(*found.mean_gap_days)) : py::none();
    return told;
}

void bind_interactions(py::module_& module) {
    py::class_<InteractionsFace>(module, "Interactions",
                                 "Where interaction broke off, and how often it happens.")
        .def(
            "breaks",
            [](const InteractionsFace& self, const py::object& unit, const py::object& user,
               bool unplanned, const py::object& silent_days, int limit, const std::string& after) {
                const auto query = query_from(unit, user, unplanned, silent_days, limit, after);
                return self.session->call(
                    [&](Session& session) { return Interactions(session).breaks(query); });
            },
            py::kw_only(), py::arg("unit") = py::none(), py::arg("user") = py::none(),
            py::arg("unplanned") = true, py::arg("silent_days") = py::none(), py::arg("limit") = 50,
            py::arg("after") = "",
            R"doc(breaks(self, *, unit=None, user=None, unplanned=True, silent_days=None, limit=50, after='')
--

Active parties of a unit and those below it, or of a user (the session's if neither is given), with nothing planned, or
with nothing done for silent_days: a BreakPage.)doc")
        .def(
            "broken_chains",
            [](const InteractionsFace& self, const py::object& unit, const py::object& user,
               const py::object& silent_days, int limit, const std::string& after) {
                const auto query = query_from(unit, user, true, silent_days, limit, after);
                auto page = self.session->call(
                    [&](Session& session) { return Interactions(session).broken_chains(query); });
                return PageFace{records(page.rows), std::move(page.next)};
            },
            py::kw_only(), py::arg("unit") = py::none(), py::arg("user") = py::none(),
            py::arg("silent_days") = py::none(), py::arg("limit") = 50, py::arg("after") = "",
            R"doc(broken_chains(self, *, unit=None, user=None, silent_days=None, limit=50, after='')
--

The ends of chains in which all is done and nothing planned, newest first: a Page of activities.)doc")
        .def("frequency", &frequency, py::arg("party"), py::arg("from_date"), py::arg("to_date"),
             R"doc(frequency(self, party, from_date, to_date)
--

Interaction with a party up to a day, that day excluded: a dict of months, by (year, month), interactions, and
mean_gap_days, None for less than two.)doc");
}

// ---- Workload

void bind_workload(py::module_& module, SessionClass& owner) {
    using Counts = Workload::Counts;
    py::class_<Counts>(module, "WorkloadCounts", "How much of something there is.")
        .def_readonly("planned", &Counts::planned, "int.")
        .def_readonly("running", &Counts::running, "int.")
        .def_readonly("finished", &Counts::finished, "int.")
        .def_readonly("overdue", &Counts::overdue, "int: of those planned and running.");
    py::class_<Workload>(module, "Workload", "What one user is responsible for in a window.")
        .def_property_readonly(
            "user", [](const Workload& self) { return to_python(self.user); }, "Ref.")
        .def_readonly("name", &Workload::name, "str.")
        .def_readonly("activities", &Workload::activities, "WorkloadCounts.")
        .def_readonly("projects", &Workload::projects, "WorkloadCounts.")
        .def_property_readonly(
            "planned_minutes", [](const Workload& self) { return self.planned_time.count(); },
            "int: of planned and running activities, to-dos left out.");
    owner.def(
        "workload",
        [](const SessionPointer& self, const py::object& unit, const py::object& from,
           const py::object& to) {
            const Ref id = ref_from(unit, {"unit", "id"});
            const Date first = date_from(from, {"query", "from"}),
                       end = date_from(to, {"query", "to"});
            return list_of(
                self->call([&](Session& session) { return workload(session, id, first, end); }),
                [](const Workload& each) { return py::cast(each); });
        },
        py::arg("unit"), py::arg("from_date"), py::arg("to_date"),
        R"doc(workload(self, unit, from_date, to_date)
--

The Workload of each active user of a unit and those below it, by name, up to a day, that day excluded; at most 366
days. Of the activities and projects that the session sees.)doc");
}

}  // namespace

void bind_activity_details(py::module_& module, SessionClass& session) {
    bind_participants(module);
    bind_costs(module);
    bind_attachments(module);
    bind_tasks(module);
    bind_break(module);
    bind_interactions(module);
    bind_workload(module, session);
    bind_property<ParticipantsFace, Participant>(session, "participants",
                                                 "Who takes part in activities.");
    bind_property<CostsFace, Cost>(session, "costs", "What activities cost.");
    bind_property<AttachmentsFace, Attachment>(session, "attachments", "Files of records.");
    session.def_property_readonly(
        "tasks", [](const SessionPointer& self) { return TasksFace{self}; },
        "Work that is given to others, and to-dos.");
    session.def_property_readonly(
        "interactions", [](const SessionPointer& self) { return InteractionsFace{self}; },
        "Where interaction broke off, and how often it happens.");
}

}  // namespace crm::python
