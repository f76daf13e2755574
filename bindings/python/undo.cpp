/// Undo of any set of commands, and the trash, in Python.
#include <pybind11/pybind11.h>

#include <functional>

#include "area.hpp"

namespace crm::python {

namespace {

/// What an undo did: the command of it, and more.
struct UndoneFace : Done {
    Undone undone;
};

UndoneFace face_of_undone(Undone undone) {
    UndoneFace face;
    face.command = undone.command;
    face.undone = std::move(undone);
    return face;
}

struct TrashItemFace {
    py::object record;
    std::string title;
    Done command;
    std::string user;
    py::list along;
};

TrashItemFace face_of(TrashItem& item) {
    py::list along = list_of(item.along, [](const TrashItem::Along& each) {
        return py::make_tuple(to_python(each.record), to_python(each.field));
    });
    return {to_python(Record{std::move(item.record)}),
            item.title,
            {item.command},
            item.user_login,
            std::move(along)};
}

// ---- Which commands

CommandId command_from(py::handle given) {
    if (py::isinstance<Done>(given)) return given.cast<const Done&>().command.id;
    return CommandId{integer_from(given, {"undo", "commands"})};
}

RunId run_from(py::handle given) {
    if (py::isinstance<Run>(given)) return given.cast<const Run&>().id;
    if (py::isinstance<ImportReport>(given)) return given.cast<const ImportReport&>().run;
    return RunId{integer_from(given, {"undo", "runs"})};
}

bool is_run(py::handle given) {
    return py::isinstance<Run>(given) || py::isinstance<ImportReport>(given) || is_run_id(given);
}

/// The keyword arguments of a filter, as pybind hands them over.
struct FilterArguments {
    const py::object &commands, &runs, &user, &verb, &since, &until, &record;

    CommandFilter filter() const {
        CommandFilter filter;
        if (!commands.is_none())
            for (const auto each : commands) filter.commands.push_back(command_from(each));
        if (!runs.is_none())
            for (const auto each : runs) filter.runs.push_back(run_from(each));
        if (!user.is_none()) filter.user = ref_from(user, {"undo", "user"});
        filter.verb = optional_text(verb, {"undo", "verb"});
        if (!since.is_none()) filter.since = time_from(since, {"undo", "since"});
        if (!until.is_none()) filter.until = time_from(until, {"undo", "until"});
        if (!record.is_none()) filter.record = ref_from(record, {"undo", "record"});
        return filter;
    }
    /// With what is named without a keyword: a command or a run.
    CommandFilter filter_with(const py::object& what) const {
        CommandFilter all = filter();
        if (is_run(what))
            all.runs.push_back(run_from(what));
        else if (!what.is_none())
            all.commands.push_back(command_from(what));
        return all;
    }
};

// The filter is made before the session is called: it needs the GIL.
template <class Answer, class Face>
auto undoing(Answer (Session::*verb)(const CommandFilter&, const UndoOptions&), const Face& face) {
    return [verb, face](const SessionPointer& session, const py::object& what,
                        const py::object& commands, const py::object& runs, const py::object& user,
                        const py::object& verb_of, const py::object& since, const py::object& until,
                        const py::object& record, bool skips) {
        const CommandFilter filter =
            FilterArguments{commands, runs, user, verb_of, since, until, record}.filter_with(what);
        return face(session->call(
            [&](Session& inside) { return (inside.*verb)(filter, {.skip_conflicts = skips}); }));
    };
}

py::list commands(const SessionPointer& session, const py::object& named, const py::object& runs,
                  const py::object& user, const py::object& verb, const py::object& since,
                  const py::object& until, const py::object& record, int limit,
                  const py::object& before) {
    const auto filter = FilterArguments{named, runs, user, verb, since, until, record}.filter();
    const CommandId from{before.is_none() ? 0 : integer_from(before, {"commands", "before"})};
    const auto all =
        session->call([&](Session& inside) { return inside.commands(filter, limit, from); });
    return list_of(all, [](const Command& command) { return py::cast(Done{command}); });
}

// ---- The trash

class TrashFace {
public:
    explicit TrashFace(SessionPointer session) : session_(std::move(session)) {}

    py::object list(const py::object& kind, const py::object& removed_by, const py::object& since,
                    const py::object& until, bool undone, int limit,
                    const py::object& after) const {
        TrashQuery query{.kind = optional_text(kind, {"trash", "kind"}),
                         .undone = undone,
                         .limit = limit,
                         .after = optional_text(after, {"trash", "after"})};
        if (!removed_by.is_none()) query.removed_by = ref_from(removed_by, {"trash", "removed_by"});
        if (!since.is_none()) query.since = time_from(since, {"trash", "since"});
        if (!until.is_none()) query.until = time_from(until, {"trash", "until"});
        auto page = session_->call([&](Session& session) { return Trash(session).list(query); });
        return py::cast(
            PageFace{list_of(page.rows, [](TrashItem& item) { return py::cast(face_of(item)); }),
                     page.next});
    }

    UndoneFace restore(const py::object& record) const {
        const Ref ref = ref_from(record);
        return face_of_undone(
            session_->call([&](Session& session) { return Trash(session).restore(ref); }));
    }

private:
    SessionPointer session_;
};

void bind_answers(py::module_& module) {
    py::class_<UndoneFace, Done>(module, "Undone", "The command of an undo, and what it did.")
        .def_property_readonly(
            "commands",
            [](const UndoneFace& self) {
                return list_of(self.undone.commands, [](CommandId id) { return to_python(id); });
            },
            "list of CommandId: those turned back, oldest first.")
        .def_property_readonly(
            "conflicts",
            [](const UndoneFace& self) {
                return list_of(self.undone.conflicts, conflict_to_python);
            },
            "list of dict: what was left as it is, with skip_conflicts; as Conflict.conflicts.")
        .def_property_readonly(
            "not_undoable",
            [](const UndoneFace& self) {
                return list_of(self.undone.not_undoable, [](Ref ref) { return to_python(ref); });
            },
            "list of Ref: messages that were sent, effects outside the file.");
    py::class_<TrashItemFace>(module, "TrashItem", "A record that is not there any more.")
        .def_readonly("record", &TrashItemFace::record,
                      "The record as it was last, without what the session may not see.")
        .def_readonly("title", &TrashItemFace::title, "str: its name or subject.")
        .def_readonly("command", &TrashItemFace::command, "Command that removed it.")
        .def_readonly("user", &TrashItemFace::user, "str: login of who gave that.")
        .def_readonly("along", &TrashItemFace::along,
                      "list of (Ref, field): what comes back with it, 100 at most; field is the "
                      "reference that was cleared, None for what was removed too.")
        .def("__repr__", [](const TrashItemFace& self) {
            return "<crm.TrashItem " + py::repr(py::str(self.title)).cast<std::string>() + ">";
        });
}

void bind_trash(py::module_& module, SessionClass& session) {
    py::class_<TrashFace>(module, "Trash", "The trash: what was removed, and bringing it back.")
        .def(
            "list", &TrashFace::list, py::arg("kind") = py::none(), py::kw_only(),
            py::arg("removed_by") = py::none(), py::arg("since") = py::none(),
            py::arg("until") = py::none(), py::arg("undone") = false, py::arg("limit") = 50,
            py::arg("after") = py::none(),
            R"doc(list(self, kind=None, *, removed_by=None, since=None, until=None, undone=False, limit=50, after=None)
--

A page of TrashItem: what was removed and is not there again, last removed first, as far as the session would see it by
the rights of today. removed_by: a user. since, until: moments of the removal. undone: those too that an undo took away.
limit: 1 to 1,000. after: `next` of the page before.)doc")
        .def("restore", &TrashFace::restore, py::arg("record"), R"doc(restore(self, record)
--

Brings a removed record back under its id, with all that went along with it: what belonged to it, and the references to
it that were cleared and are still empty. Returns an Undone, whose `conflicts` say what of those could not come back.
Can be undone itself.

Raises NotFound for what was never there or is hidden, Conflict where the record is there or something stands in its
way. Rights: change, as for an undo.)doc");
    session.def_property_readonly(
        "trash", [](const SessionPointer& self) { return TrashFace(self); },
        "Trash: what was removed, and bringing it back.");
}

}  // namespace

py::object undone_to_python(Undone undone) { return py::cast(face_of_undone(std::move(undone))); }

void bind_undo(py::module_& module, SessionClass& session) {
    bind_answers(module);
    bind_trash(module, session);
    const auto none = py::none();
    session
        .def(
            "commands", &commands, py::kw_only(), py::arg("commands") = none,
            py::arg("runs") = none, py::arg("user") = none, py::arg("verb") = none,
            py::arg("since") = none, py::arg("until") = none, py::arg("record") = none,
            py::arg("limit") = 50, py::arg("before") = none,
            R"doc(commands(self, *, commands=None, runs=None, user=None, verb=None, since=None, until=None, record=None, limit=50, before=None)
--

The newest commands that fulfil all that is given, newest first; those of others need the function undo_others. runs:
those of these runs. since: at or after. until: before. record: those that made, changed or removed it. before: a
command's number, to go on.)doc")
        .def(
            "undo", undoing<Undone>(&Session::undo, face_of_undone), py::arg("what") = none,
            py::kw_only(), py::arg("commands") = none, py::arg("runs") = none,
            py::arg("user") = none, py::arg("verb") = none, py::arg("since") = none,
            py::arg("until") = none, py::arg("record") = none, py::arg("skip_conflicts") = false,
            R"doc(undo(self, what=None, *, commands=None, runs=None, user=None, verb=None, since=None, until=None, record=None, skip_conflicts=False)
--

Turns commands back as one: what is a Command, a Run, the report of an import, a RunId, or the number of a command; or
any set of them, as in commands(). Those undone already are left out; the undo of an undo is a redo. Ids survive.
Returns an Undone: the command that did it, and which it turned back.

Raises Conflict, whose `conflicts` list all that stands in the way with who and when, where a field was changed since or
something depends on what would go; then nothing is done. With skip_conflicts all else is turned back, and the answer
lists what was left. Invalid where every command would be meant. Rights: change on all it touches, and undo_others for
commands of others.)doc")
        .def(
            "rehearse_undo", undoing<Effects>(&Session::rehearse_undo, std::identity{}),
            py::arg("what") = none, py::kw_only(), py::arg("commands") = none,
            py::arg("runs") = none, py::arg("user") = none, py::arg("verb") = none,
            py::arg("since") = none, py::arg("until") = none, py::arg("record") = none,
            py::arg("skip_conflicts") = false,
            R"doc(rehearse_undo(self, what=None, *, commands=None, runs=None, user=None, verb=None, since=None, until=None, record=None, skip_conflicts=False)
--

The Effects that such an undo would have; keeps nothing. Raises Conflict as undo() does.)doc");
}

}  // namespace crm::python
