#include <pybind11/pybind11.h>

#include <algorithm>
#include <array>

#include "area.hpp"

namespace crm::python {

namespace {

// A Python class for each area, so that each has its own verbs.
struct PartiesFace : Area {
    using Area::Area;
};
struct ContactsFace : Area {
    using Area::Area;
};
struct PointsFace : Area {
    using Area::Area;
};
struct AddressesFace : Area {
    using Area::Area;
};
struct NotesFace : Area {
    using Area::Area;
};
struct ActivitiesFace : Area {
    using Area::Area;
};
struct ListsFace : Area {
    using Area::Area;
};
struct ExternalKeysFace : Area {
    using Area::Area;
};

void bind_area(py::module_& module) {
    py::class_<Area>(module, "Area", R"doc(The records of one kind, seen through a session.

Where an id is asked for, a record, a Ref or an int will do. Belongs to its session, and to one thread at a time.)doc")
        .def_property_readonly(
            "kind", [](const Area& self) { return std::string{self.kind().name}; },
            "str: name of the kind.")
        .def(
            "add",
            [](const Area& self, const py::object& record, const py::kwargs& fields) {
                return self.add(record, fields);
            },
            py::arg("record") = py::none(), py::pos_only(),
            R"doc(add(self, record=None, /, **fields)
--

Creates a record, from a record, a dict or fields by name, and returns it as stored. One command. It belongs to the
session's user and that user's unit, unless an owner is given, which needs the right to assign.

Raises Invalid, Denied without the right to create, Conflict where a unique value is taken.)doc")
        .def("get", &Area::get, py::arg("id"), R"doc(get(self, id)
--

The record with its long texts. Raises NotFound, also where it is hidden.)doc")
        .def("find", &Area::find, py::arg("id"), R"doc(find(self, id)
--

The record, or None where there is none or it is hidden.)doc")
        .def("update", &Area::update, py::arg("record"), R"doc(update(self, record)
--

Writes back what differs from the stored record and returns that; what was hidden or left out stays as it is.

Raises Conflict where the record has another version by now, Invalid, Denied, NotFound.)doc")
        .def(
            "change",
            [](const Area& self, const py::object& id, const py::object& version,
               const py::kwargs& fields) { return self.change(id, version, fields); },
            py::arg("id"), py::arg("version"), R"doc(change(self, id, version, **fields)
--

Changes the given fields of a record of that version and returns it. version None: whatever it has, the last writer
wins. An amount without its currency is read in the record's own, else the file's.

Raises Conflict where the record has another version, Invalid, Denied, NotFound.)doc")
        .def("remove", &Area::remove, py::arg("id"), py::arg("version") = py::none(),
             R"doc(remove(self, id, version=None)
--

Removes a record with its children; history keeps it and undo() brings it back under its id.

Raises Conflict where something refers to it or it has another version, Denied without the right to delete.)doc")
        .def(
            "list",
            [](const Area& self, const py::object& where, const std::string& order,
               const py::object& limit, bool bodies, const py::object& saved) {
                return rows_of(self.session(), self.kind(),
                               {filter_from(where, saved), order, bodies}, limit);
            },
            py::kw_only(), py::arg("where") = py::none(), py::arg("order") = "",
            py::arg("limit") = py::none(), py::arg("bodies") = false, py::arg("saved") = py::none(),
            R"doc(list(self, *, where=None, order='', limit=None, bodies=False, saved=None)
--

An iterator over the visible records that fulfil a condition; it pages by itself. See Session.find.)doc")
        .def(
            "page",
            [](const Area& self, const py::object& where, const std::string& order, int limit,
               const py::object& after, bool bodies, const py::object& saved) {
                return page_of(self.session(), self.kind(),
                               {filter_from(where, saved), order, bodies}, limit,
                               optional_text(after, {"list", "after"}));
            },
            py::kw_only(), py::arg("where") = py::none(), py::arg("order") = "",
            py::arg("limit") = 50, py::arg("after") = py::none(), py::arg("bodies") = false,
            py::arg("saved") = py::none(),
            R"doc(page(self, *, where=None, order='', limit=50, after=None, bodies=False, saved=None)
--

One page of what list() walks: at most `limit` rows, 1 to 1,000, and where to go on.)doc")
        .def(
            "count",
            [](const Area& self, const py::object& where, std::int64_t limit,
               const py::object& saved) {
                return count_of(self.session(), self.kind(), filter_from(where, saved), limit);
            },
            py::arg("where") = py::none(), py::kw_only(), py::arg("limit") = 10'000,
            py::arg("saved") = py::none(),
            R"doc(count(self, where=None, *, limit=10000, saved=None)
--

How many visible records fulfil a condition, counted up to `limit`.)doc");
}

// ---- Parties

void bind_parties(py::module_& module) {
    py::class_<PartiesFace, Area>(module, "Parties",
                                  "The register of parties: organisations and natural persons.")
        .def(
            "add_person",
            [](const PartiesFace& self, const py::object& contact, const py::object& party) {
                const Record given = self.record(kind_of<Contact>(), contact, {});
                const Record beside = self.record(kind_of<Party>(), party, {});
                const Person person = self.call([&](Session& session) {
                    return Parties(session).add_person(given.any().as<Contact>(),
                                                       beside.any().as<Party>());
                });
                return py::make_tuple(record_to_python(person.party),
                                      record_to_python(person.contact));
            },
            py::arg("contact"), py::arg("party") = py::none(),
            R"doc(add_person(self, contact, party=None)
--

A natural person: a party and its one contact, in one command; returns both. The names stand in the contact, of which
the party repeats one. Records or dicts.)doc")
        .def(
            "by_code",
            [](const PartiesFace& self, const std::string& code) -> py::object {
                const auto found =
                    self.call([&](Session& session) { return Parties(session).by_code(code); });
                return found ? record_to_python(*found) : py::none();
            },
            py::arg("code"), R"doc(by_code(self, code)
--

The visible party of that code, blind to case, or None.)doc")
        .def(
            "card",
            [](const PartiesFace& self, const py::object& party, int limit) {
                const Ref id = self.ref(party);
                return card_to_python(self.call(
                    [&](Session& session) { return Parties(session).card(id, {limit}); }));
            },
            py::arg("party"), py::kw_only(), py::arg("limit") = 20,
            R"doc(card(self, party, *, limit=20)
--

Everything about one party: requisites, roles, points, addresses, accounts, people, links, consents, segments,
projects, what is planned, what was, notes. Each long part has at most `limit` rows, 1 to 1,000. Only what this
session may see. Some fifteen indexed look-ups at any size.)doc")
        .def(
            "own_companies",
            [](const PartiesFace& self) {
                return records(
                    self.call([](Session& session) { return Parties(session).own_companies(); }));
            },
            R"doc(own_companies(self)
--

Our own companies, whatever else they are to us: the parties with the role own_company, by name.)doc")
        .def(
            "roles",
            [](const PartiesFace& self, const py::object& party) {
                const Ref id = self.ref(party);
                return texts(
                    self.call([&](Session& session) { return Parties(session).roles(id); }));
            },
            py::arg("party"), R"doc(roles(self, party)
--

The roles it plays for us, as codes of the list party_role.)doc")
        .def(
            "add_role",
            [](const PartiesFace& self, const py::object& party, const std::string& role) {
                const Ref id = self.ref(party);
                self.call([&](Session& session) { Parties(session).add_role(id, role); });
            },
            py::arg("party"), py::arg("role"), R"doc(add_role(self, party, role)
--

Adds a role, a code of the list party_role; nothing happens where it has it.)doc")
        .def(
            "remove_role",
            [](const PartiesFace& self, const py::object& party, const std::string& role) {
                const Ref id = self.ref(party);
                self.call([&](Session& session) { Parties(session).remove_role(id, role); });
            },
            py::arg("party"), py::arg("role"), R"doc(remove_role(self, party, role)
--

Takes a role away.)doc")
        .def(
            "add_point",
            [](const PartiesFace& self, const py::object& party, const py::object& point,
               const py::kwargs& fields) {
                const Ref id = self.ref(party);
                const Record given = self.record(kind_of<Point>(), point, fields);
                return record_to_python(self.call([&](Session& session) {
                    return Parties(session).add_point(id, given.any().as<Point>());
                }));
            },
            py::arg("party"), py::arg("point") = py::none(),
            R"doc(add_point(self, party, point=None, **fields)
--

Adds a phone, e-mail, fax, URL: type is a code of the list point_type, value as typed.)doc")
        .def(
            "add_address",
            [](const PartiesFace& self, const py::object& party, const py::object& address,
               const py::kwargs& fields) {
                const Ref id = self.ref(party);
                const Record given = self.record(kind_of<Address>(), address, fields);
                return record_to_python(self.call([&](Session& session) {
                    return Parties(session).add_address(id, given.any().as<Address>());
                }));
            },
            py::arg("party"), py::arg("address") = py::none(),
            R"doc(add_address(self, party, address=None, **fields)
--

Adds an address: type is a code of the list address_type.)doc");
}

// ---- Contacts, points, addresses, notes

void bind_contacts(py::module_& module) {
    py::class_<ContactsFace, Area>(
        module, "Contacts",
        "The register of contacts: the people who speak for parties, or for nobody.")
        .def(
            "join",
            [](const ContactsFace& self, const py::object& contact, const py::object& party,
               const py::object& position, const py::object& starts_on, const py::object& ends_on) {
                const Ref id = self.ref(contact),
                          company = ref_from(party, {"membership", "party"});
                const auto title = optional_text(position, {"membership", "position"});
                const auto from = optional_date(starts_on, {"membership", "starts_on"});
                const auto to = optional_date(ends_on, {"membership", "ends_on"});
                return record_to_python(self.call([&](Session& session) {
                    return Contacts(session).join(id, company, title, from, to);
                }));
            },
            py::arg("contact"), py::arg("party"), py::arg("position") = py::none(), py::kw_only(),
            py::arg("starts_on") = py::none(), py::arg("ends_on") = py::none(),
            R"doc(join(self, contact, party, position=None, *, starts_on=None, ends_on=None)
--

Makes the contact speak for a party, in a position and for a period; returns the Membership. ends_on is the last day.

Raises Conflict where a membership of the same party overlaps. Rights: change on the contact, read on the party.)doc")
        .def(
            "leave",
            [](const ContactsFace& self, const py::object& membership, const py::object& ends_on) {
                const Ref id = ref_from(membership, {"membership", "id"});
                const Date day = date_from(ends_on, {"membership", "ends_on"});
                return record_to_python(
                    self.call([&](Session& session) { return Contacts(session).leave(id, day); }));
            },
            py::arg("membership"), py::arg("ends_on"), R"doc(leave(self, membership, ends_on)
--

Ends a membership; ends_on is its last day.)doc")
        .def(
            "memberships",
            [](const ContactsFace& self, const py::object& contact) {
                const Ref id = self.ref(contact);
                return records(
                    self.call([&](Session& session) { return Contacts(session).memberships(id); }));
            },
            py::arg("contact"), R"doc(memberships(self, contact)
--

Where the contact speaks for whom, oldest first; without parties that are hidden.)doc")
        .def(
            "card",
            [](const ContactsFace& self, const py::object& contact, int limit) {
                const Ref id = self.ref(contact);
                return card_to_python(self.call(
                    [&](Session& session) { return Contacts(session).card(id, {limit}); }));
            },
            py::arg("contact"), py::kw_only(), py::arg("limit") = 20,
            R"doc(card(self, contact, *, limit=20)
--

Everything about one contact: companies with position and period, points, addresses, family, memorable dates, consents,
groups, what is planned, what was, notes. Each long part has at most `limit` rows, 1 to 1,000. Only what this session
may see. A dozen indexed look-ups at any size.)doc")
        .def(
            "add_point",
            [](const ContactsFace& self, const py::object& contact, const py::object& point,
               const py::kwargs& fields) {
                const Ref id = self.ref(contact);
                const Record given = self.record(kind_of<Point>(), point, fields);
                return record_to_python(self.call([&](Session& session) {
                    return Contacts(session).add_point(id, given.any().as<Point>());
                }));
            },
            py::arg("contact"), py::arg("point") = py::none(),
            R"doc(add_point(self, contact, point=None, **fields)
--

Adds a phone, e-mail, fax, URL: type is a code of the list point_type, value as typed.)doc");
}

void bind_children(py::module_& module) {
    py::class_<PointsFace, Area>(
        module, "Points", "Contact points: phones, e-mails, faxes, URLs of parties and contacts.")
        .def(
            "of",
            [](const PointsFace& self, const py::object& record) {
                const Ref id = ref_from(record);
                return records(self.call([&](Session& session) { return Points(session).of(id); }));
            },
            py::arg("record"), R"doc(of(self, record)
--

The points of a party or contact, primary ones first, then oldest first.)doc");
    py::class_<AddressesFace, Area>(module, "Addresses", "Addresses of parties and contacts.")
        .def(
            "of",
            [](const AddressesFace& self, const py::object& record) {
                const Ref id = ref_from(record);
                return records(
                    self.call([&](Session& session) { return Addresses(session).of(id); }));
            },
            py::arg("record"), R"doc(of(self, record)
--

The addresses of a party or contact, oldest first.)doc");
    py::class_<NotesFace, Area>(module, "Notes",
                                "Notes on any root record; seen by everybody who sees that.")
        .def(
            "write",
            [](const NotesFace& self, const py::object& about, const std::string& text,
               const py::object& title) {
                const Ref id = ref_from(about, {"note", "record"});
                const auto heading = optional_text(title, {"note", "title"});
                return record_to_python(self.call(
                    [&](Session& session) { return Notes(session).write(id, text, heading); }));
            },
            py::arg("about"), py::arg("text"), py::arg("title") = py::none(),
            R"doc(write(self, about, text, title=None)
--

Writes a note about a record; author and time are the session's. Rights: read on the record.)doc")
        .def(
            "about",
            [](const NotesFace& self, const py::object& record, const py::object& limit) {
                const Ref id = ref_from(record, {"note", "record"});
                return Rows(
                    self.session(),
                    [id](Session& session, int size, const std::string& after) {
                        return any_page(Notes(session).about(id, size, after));
                    },
                    limit, false);
            },
            py::arg("record"), py::kw_only(), py::arg("limit") = py::none(),
            R"doc(about(self, record, *, limit=None)
--

An iterator over the notes on a record, newest first, with their texts; it pages by itself.)doc");
}

// ---- Activities

std::string member_text(const py::dict& fields, const char* name) {
    return fields.contains(name) ? optional_text(fields[name], {"activity", name}) : std::string{};
}

Plan plan_from(const py::dict& fields) {
    for (auto [name, value] : fields) {
        const auto text = text_from(name, {"activity", ""});
        constexpr std::array<std::string_view, 6> known{"subject", "kind",  "start_at",
                                                        "end_at",  "owner", "description"};
        if (std::ranges::find(known, text) == known.end())
            refuse("activity", text,
                   "what follows has subject, kind, start_at, end_at, owner and description");
    }
    Plan plan;
    plan.subject = member_text(fields, "subject");
    plan.kind = member_text(fields, "kind");
    if (!fields.contains("start_at"))
        refuse("activity", "start_at", "what is planned next needs a time");
    plan.start = time_from(fields["start_at"], {"activity", "start_at"});
    if (fields.contains("end_at"))
        plan.end = optional_time(fields["end_at"], {"activity", "end_at"});
    if (fields.contains("owner") && !fields["owner"].is_none())
        plan.owner = ref_from(fields["owner"], {"activity", "owner"});
    plan.description = member_text(fields, "description");
    return plan;
}

}  // namespace

std::optional<Plan> optional_plan(const py::object& fields) {
    if (fields.is_none()) return {};
    if (!PyDict_Check(fields.ptr()))
        refuse("activity", "follow_up", "a dict is needed, not " + type_name(fields));
    return plan_from(py::reinterpret_borrow<py::dict>(fields));
}

Report report_from(const py::object& result, const py::object& questions,
                   const py::object& problems, const py::object& events,
                   const py::object& next_contact_on, const py::object& end_at) {
    Report report;
    report.result = optional_text(result, {"activity", "result"});
    report.questions = optional_text(questions, {"activity", "questions"});
    report.problems = optional_text(problems, {"activity", "problems"});
    report.events = optional_text(events, {"activity", "events"});
    report.next_contact_on = optional_date(next_contact_on, {"activity", "next_contact_on"});
    report.end = optional_time(end_at, {"activity", "end_at"});
    return report;
}

namespace {

using Verb = Activity (Activities::*)(const Activity&);

template <Verb verb>
py::object begin(const ActivitiesFace& self, const py::object& activity, const py::kwargs& fields) {
    const Record given = self.record(kind_of<Activity>(), activity, fields);
    return record_to_python(self.call([&](Session& session) {
        Activities activities{session};
        return (activities.*verb)(given.any().as<Activity>());
    }));
}

py::object complete(const ActivitiesFace& self, const py::object& activity,
                    const py::object& result, const py::object& questions,
                    const py::object& problems, const py::object& events,
                    const py::object& next_contact_on, const py::object& end_at,
                    const py::object& follow_up) {
    const Ref id = self.ref(activity);
    const Report report = report_from(result, questions, problems, events, next_contact_on, end_at);
    const auto plan = optional_plan(follow_up);
    return record_to_python(self.call(
        [&](Session& session) { return Activities(session).complete(id, report, plan); }));
}

Rows chronicle(const ActivitiesFace& self, const py::object& of, const py::object& kind,
               const py::object& stage, const py::object& direction, bool planned_too,
               const py::object& limit) {
    const Ref id = ref_from(of, {"chronicle", "of"});
    ChronicleQuery query;
    query.kind = optional_text(kind, {"activity", "kind"});
    query.stage = optional_text(stage, {"activity", "stage"});
    query.direction = optional_text(direction, {"activity", "direction"});
    query.planned_too = planned_too;
    return {self.session(),
            [id, query](Session& session, int size, const std::string& after) {
                ChronicleQuery page = query;
                page.limit = size;
                page.after = after;
                return any_page(Activities(session).chronicle(id, page));
            },
            limit, false};
}

void bind_activities(py::module_& module) {
    py::class_<ActivitiesFace, Area>(
        module, "Activities",
        "Activities: meetings, calls, letters and tasks, and the chains they form.")
        .def("plan", &begin<&Activities::plan>, py::arg("activity") = py::none(),
             R"doc(plan(self, activity=None, **fields)
--

Plans an activity, from a record, a dict or fields by name. One command. start_at is an aware datetime; the party
follows from the parent where one is given.)doc")
        .def("report", &begin<&Activities::report>, py::arg("activity") = py::none(),
             R"doc(report(self, activity=None, **fields)
--

Reports an activity after the fact: it is completed at once, with its result.)doc")
        .def(
            "start",
            [](const ActivitiesFace& self, const py::object& activity) {
                const Ref id = self.ref(activity);
                return record_to_python(
                    self.call([&](Session& session) { return Activities(session).start(id); }));
            },
            py::arg("activity"), R"doc(start(self, activity)
--

Marks a planned activity as under way. Raises Conflict unless it is planned.)doc")
        .def(
            "complete", &complete, py::arg("activity"), py::arg("result") = py::none(),
            py::kw_only(), py::arg("questions") = py::none(), py::arg("problems") = py::none(),
            py::arg("events") = py::none(), py::arg("next_contact_on") = py::none(),
            py::arg("end_at") = py::none(), py::arg("follow_up") = py::none(),
            R"doc(complete(self, activity, result=None, *, questions=None, problems=None, events=None, next_contact_on=None, end_at=None, follow_up=None)
--

Completes an activity, records what came of it, and plans the next one of the chain if asked to; one command. Returns
the completed one; chain() tells what follows.

questions: those solved. end_at: aware datetime, now if not given. follow_up: a dict of start_at (needed), subject,
kind (that of this one if not given), end_at, owner (the session's user if not given) and description.

Raises Conflict where it is completed or cancelled already, Denied without the right to change it.)doc")
        .def(
            "cancel",
            [](const ActivitiesFace& self, const py::object& activity, const py::object& reason) {
                const Ref id = self.ref(activity);
                const auto why = optional_text(reason, {"activity", "result"});
                return record_to_python(self.call(
                    [&](Session& session) { return Activities(session).cancel(id, why); }));
            },
            py::arg("activity"), py::arg("reason") = py::none(),
            R"doc(cancel(self, activity, reason=None)
--

Cancels an activity. Raises Conflict where it is completed or cancelled already.)doc")
        .def(
            "follow_up",
            [](const ActivitiesFace& self, const py::object& predecessor,
               const py::kwargs& fields) {
                const Ref id = self.ref(predecessor);
                const Plan plan = plan_from(fields);
                return record_to_python(self.call(
                    [&](Session& session) { return Activities(session).follow_up(id, plan); }));
            },
            py::arg("predecessor"), R"doc(follow_up(self, predecessor, **fields)
--

Plans an activity that follows another in its chain, with its party and contact; fields as for complete().)doc")
        .def(
            "chain",
            [](const ActivitiesFace& self, const py::object& activity) {
                const Ref id = self.ref(activity);
                return records(
                    self.call([&](Session& session) { return Activities(session).chain(id); }));
            },
            py::arg("activity"), R"doc(chain(self, activity)
--

The whole chain that an activity belongs to, in order, from any member. A hidden member cuts it. One look-up a link.)doc")
        .def(
            "subtree",
            [](const ActivitiesFace& self, const py::object& activity) {
                const Ref id = self.ref(activity);
                return records(
                    self.call([&](Session& session) { return Activities(session).subtree(id); }));
            },
            py::arg("activity"), R"doc(subtree(self, activity)
--

Sub-activities at any depth, parents before children.)doc")
        .def(
            "chronicle", &chronicle, py::arg("of"), py::kw_only(), py::arg("kind") = py::none(),
            py::arg("stage") = py::none(), py::arg("direction") = py::none(),
            py::arg("planned_too") = false, py::arg("limit") = py::none(),
            R"doc(chronicle(self, of, *, kind=None, stage=None, direction=None, planned_too=False, limit=None)
--

An iterator over all interaction with a party, or with a contact whoever it spoke for, newest first, with results; it
pages by itself. kind, stage and direction are codes, None for any.)doc");
}

// ---- Lists, keys

std::vector<std::pair<std::string, std::string>> labels_from(const py::dict& labels) {
    std::vector<std::pair<std::string, std::string>> all;
    for (auto [language, label] : labels)
        all.emplace_back(text_from(language, {"list", "language"}),
                         text_from(label, {"list", "label"}));
    return all;
}

void bind_dictionaries(py::module_& module) {
    py::class_<ListItem>(module, "ListItem", "A value of a list as it is shown.")
        .def_readonly("code", &ListItem::code, "str: what records store.")
        .def_readonly("label", &ListItem::label,
                      "str: in the session's language, else English, else the code.")
        .def_readonly("is_retired", &ListItem::is_retired, "bool: refused on new records.")
        .def("__repr__", [](const ListItem& self) {
            return "<crm.ListItem " + self.code + " " + self.label + ">";
        });
    py::class_<ListsFace, Area>(module, "Lists",
                                "Lists (dictionaries): the values that codes are drawn from. Seen "
                                "by everybody, changed by administrators.")
        .def(
            "items",
            [](const ListsFace& self, const std::string& list, bool with_retired) {
                return list_of(self.call([&](Session& session) {
                    return Lists(session).items(list, with_retired);
                }),
                               [](const ListItem& item) { return py::cast(item); });
            },
            py::arg("list"), py::kw_only(), py::arg("with_retired") = false,
            R"doc(items(self, list, *, with_retired=False)
--

The values of a list ("party_type") in order. Raises NotFound for an unknown list.)doc")
        .def(
            "label",
            [](const ListsFace& self, const std::string& list, const std::string& code) {
                return self.call(
                    [&](Session& session) { return Lists(session).label(list, code); });
            },
            py::arg("list"), py::arg("code"), R"doc(label(self, list, code)
--

Label of a code in the session's language; the code itself where it is unknown.)doc")
        .def(
            "add_value",
            [](const ListsFace& self, const std::string& list, const std::string& code,
               const py::dict& labels) {
                const auto all = labels_from(labels);
                return record_to_python(self.call(
                    [&](Session& session) { return Lists(session).add_value(list, code, all); }));
            },
            py::arg("list"), py::arg("code"), py::arg("labels"),
            R"doc(add_value(self, list, code, labels)
--

Adds a value with labels by language, {"en": "Dealer", "ro": "Distribuitor"}. code: lower case letters, digits, "_".)doc")
        .def(
            "retire",
            [](const ListsFace& self, const std::string& list, const std::string& code) {
                self.call([&](Session& session) { Lists(session).retire(list, code); });
            },
            py::arg("list"), py::arg("code"), R"doc(retire(self, list, code)
--

Refuses a value on new records from now on; old ones keep it.)doc")
        .def(
            "set_label",
            [](const ListsFace& self, const std::string& list, const std::string& code,
               const std::string& language, const std::string& label) {
                self.call([&](Session& session) {
                    Lists(session).set_label(list, code, language, label);
                });
            },
            py::arg("list"), py::arg("code"), py::arg("language"), py::arg("label"),
            R"doc(set_label(self, list, code, language, label)
--

Sets the label of a value in one language.)doc");
    py::class_<ExternalKeysFace, Area>(
        module, "ExternalKeys",
        "External keys: what a record is called in the systems it came from.")
        .def(
            "lookup",
            [](const ExternalKeysFace& self, const std::string& system, const std::string& kind,
               const std::string& key) {
                return to_python(self.call([&](Session& session) {
                    return ExternalKeys(session).lookup(system, kind, key);
                }));
            },
            py::arg("system"), py::arg("kind"), py::arg("key"),
            R"doc(lookup(self, system, kind, key)
--

Ref of the visible record of that key, or None.)doc");
}

}  // namespace

void bind_domain(py::module_& module, SessionClass& session) {
    bind_area(module);
    bind_parties(module);
    bind_contacts(module);
    bind_children(module);
    bind_activities(module);
    bind_cards(module);
    bind_people(module, session);
    bind_dictionaries(module);
    bind_property<PartiesFace, Party>(session, "parties",
                                      "Parties: organisations and natural persons.");
    bind_property<ContactsFace, Contact>(session, "contacts",
                                         "Contacts: the people who speak for parties.");
    bind_property<PointsFace, Point>(session, "points", "Points: phones, e-mails, faxes, URLs.");
    bind_property<AddressesFace, Address>(session, "addresses", "Addresses.");
    bind_property<NotesFace, Note>(session, "notes", "Notes.");
    bind_property<ActivitiesFace, Activity>(session, "activities", "Activities and their chains.");
    bind_projects(module, session);
    bind_reminders(module, session);
    bind_loyalty(module, session);
    bind_working_time(module, session);
    bind_leads(module, session);
    bind_calls(module, session);
    bind_rights(module, session);
    bind_properties(module, session);
    bind_party_details(module, session);
    bind_contact_details(module, session);
    bind_activity_details(module, session);
    bind_duplicates(module, session);
    bind_past(module, session);
    bind_saved_filters(module, session);
    bind_segments(module, session);
    bind_calendar(module, session);
    bind_verify(module, session);
    bind_erasures(module, session);
    bind_property<ListsFace, ListValue>(session, "lists", "Lists (dictionaries).");
    bind_property<ExternalKeysFace, ExternalKey>(session, "external_keys", "External keys.");
    session.def(
        "records",
        [](const SessionPointer& self, const std::string& kind) {
            return Area(self, kind_named(kind));
        },
        py::arg("kind"), R"doc(records(self, kind)
--

The Area of any kind by its name ("membership", "user_group_member").)doc");
}

}  // namespace crm::python
