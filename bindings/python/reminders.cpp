// Reminders and notices in Python.
#include "crm/reminder.hpp"

#include <pybind11/pybind11.h>

#include "area.hpp"
#include "crm/notice.hpp"

namespace crm::python {
namespace {

struct RemindersFace : Area {
    using Area::Area;
};

struct NoticesFace {
    SessionPointer session;
};

template <class T, class Member>
auto shown(Member T::*member) {
    return [member](const T& self) { return to_python(self.*member); };
}

template <class T>
py::list structs(const std::vector<T>& all) {
    return list_of(all, [](const T& each) { return py::cast(each); });
}

// ---- Reminders

void bind_due(py::module_& module) {
    py::class_<DueReminder>(module, "DueReminder", "A reminder that is due, as it is handed out.")
        .def_property_readonly("reminder", shown(&DueReminder::reminder), "Ref.")
        .def_property_readonly("record", shown(&DueReminder::record), "Ref: what it is of.")
        .def_property_readonly("name", shown(&DueReminder::name),
                               "str: subject of the activity, name of the party or contact.")
        .def_property_readonly("due_at", shown(&DueReminder::due_at),
                               "datetime: when it was to be handed out.")
        .def_property_readonly("event_at", shown(&DueReminder::event_at),
                               "datetime: the start, the beginning of the day, or the instant.")
        .def_property_readonly("occasion", shown(&DueReminder::occasion),
                               "str: of a party or contact birthday, kin_birthday or types of "
                               "memorable dates; else None.")
        .def_property_readonly("text", shown(&DueReminder::text),
                               "str: what to think of, or None.");
}

py::object set(const RemindersFace& self, const py::object& record, const py::object& minutes,
               const py::object& at, const py::object& text) {
    const Ref id = ref_from(record, {"reminder", "record"});
    const auto instant = optional_time(at, {"reminder", "at"});
    if (instant.has_value() == !minutes.is_none())
        refuse("reminder", "before", "give either the minutes before or an instant");
    const auto words = optional_text(text, {"reminder", "text"});
    const std::chrono::minutes before{instant ? 0 : integer_from(minutes, {"reminder", "before"})};
    return record_to_python(self.call([&](Session& session) {
        Reminders reminders(session);
        return instant ? reminders.set_at(id, *instant, words) : reminders.set(id, before, words);
    }));
}

void bind_reminder_area(py::module_& module) {
    py::class_<RemindersFace, Area>(module, "Reminders",
                                    R"doc(Reminders of records, and those of the user that are due.

Seen by who sees the record; each is handed out once over all processes.)doc")
        .def("set", &set, py::arg("record"), py::arg("minutes_before") = py::none(), py::kw_only(),
             py::arg("at") = py::none(), py::arg("text") = py::none(),
             R"doc(set(self, record, minutes_before=None, *, at=None, text=None)
--

Reminds the user minutes before an activity starts (before the day of each memorable date of a party or contact begins),
or of any record at an instant: a Reminder. Raises Invalid unless exactly one of the two is given.)doc")
        .def(
            "of",
            [](const RemindersFace& self, const py::object& record) {
                const Ref id = ref_from(record, {"reminder", "record"});
                return records(
                    self.call([&](Session& session) { return Reminders(session).of(id); }));
            },
            py::arg("record"), R"doc(of(self, record)
--

The reminders of a record, oldest first.)doc")
        .def(
            "take",
            [](const RemindersFace& self, int limit) {
                return structs(
                    self.call([&](Session& session) { return Reminders(session).take(limit); }));
            },
            py::arg("limit") = 100, R"doc(take(self, limit=100)
--

Hands out what is due, soonest first: a list of DueReminder, each once. limit: 1 to 1,000.)doc")
        .def(
            "next_due",
            [](const RemindersFace& self) {
                return to_python(
                    self.call([](Session& session) { return Reminders(session).next_due(); }));
            },
            R"doc(next_due(self)
--

When the next one of the user is due, perhaps in the past: a datetime, or None.)doc")
        .def(
            "snooze",
            [](const RemindersFace& self, const py::object& reminder, const py::object& until) {
                const Ref id = self.ref(reminder);
                const Time at = time_from(until, {"reminder", "until"});
                self.call(
                    [&](Session& session) { Reminders(session).snooze(Id<Reminder>{id}, at); });
            },
            py::arg("reminder"), py::arg("until"), R"doc(snooze(self, reminder, until)
--

Hands one that was handed out out again at an instant to come. Raises NotFound unless it is the user's own, Conflict
where it was not handed out yet.)doc");
}

// ---- Notices

void bind_notice_struct(py::module_& module) {
    py::class_<Notice>(module, "Notice", "One thing that the user is told.")
        .def_readonly("id", &Notice::id, "int.")
        .def_property_readonly("reason", shown(&Notice::reason),
                               "str: code of the list notice_reason.")
        .def_property_readonly("record", shown(&Notice::record),
                               "Ref: what it is about, or None where that is hidden or gone.")
        .def_property_readonly("text", shown(&Notice::text),
                               "str: the words of a message, or None.")
        .def_property_readonly("from_user", shown(&Notice::from), "Ref: whose command made it.")
        .def_property_readonly("command", shown(&Notice::command), "CommandId.")
        .def_property_readonly("noticed_at", shown(&Notice::noticed_at), "datetime.")
        .def_property_readonly("read_at", shown(&Notice::read_at),
                               "datetime: when it was handed out, or None.");
    py::class_<Page<Notice>>(module, "NoticePage", "One page of notices, newest first.")
        .def_property_readonly(
            "rows", [](const Page<Notice>& self) { return structs(self.rows); }, "list of Notice.")
        .def_readonly("next", &Page<Notice>::next, "str: for `after`; empty on the last page.");
}

template <class Body>
py::list notices(const NoticesFace& self, const Body& body) {
    return structs(self.session->call([&](Session& session) { return body(Notices(session)); }));
}

void bind_notice_area(py::module_& module) {
    py::class_<NoticesFace>(module, "Notices", "What the user is told of the doings of others.")
        .def(
            "take",
            [](const NoticesFace& self, int limit) {
                return notices(self, [&](Notices all) { return all.take(limit); });
            },
            py::arg("limit") = 100, R"doc(take(self, limit=100)
--

Hands out the oldest unread ones and marks them read: a list of Notice, each once over all processes. limit: 1 to
1,000.)doc")
        .def(
            "unread",
            [](const NoticesFace& self, int limit) {
                return notices(self, [&](const Notices& all) { return all.unread(limit); });
            },
            py::arg("limit") = 100, R"doc(unread(self, limit=100)
--

The oldest unread ones, left as they are.)doc")
        .def(
            "list",
            [](const NoticesFace& self, int limit, const std::string& after) {
                return self.session->call(
                    [&](Session& session) { return Notices(session).list(limit, after); });
            },
            py::kw_only(), py::arg("limit") = 50, py::arg("after") = "",
            R"doc(list(self, *, limit=50, after='')
--

All, newest first: a NoticePage.)doc")
        .def(
            "mark_read",
            [](const NoticesFace& self, std::int64_t id) {
                self.session->call([&](Session& session) { Notices(session).mark_read(id); });
            },
            py::arg("id"), R"doc(mark_read(self, id)
--

Marks one read. Raises NotFound where it is no notice of the user's.)doc");
}

}  // namespace

void bind_reminders(py::module_& module, SessionClass& owner) {
    bind_due(module);
    bind_reminder_area(module);
    bind_notice_struct(module);
    bind_notice_area(module);
    bind_property<RemindersFace, Reminder>(owner, "reminders", "Reminders.");
    owner.def_property_readonly(
        "notices", [](const SessionPointer& self) { return NoticesFace{self}; },
        "What the user is told of the doings of others.");
}

}  // namespace crm::python
