// Leads and their queues in Python.
#include "crm/lead.hpp"

#include <pybind11/pybind11.h>

#include <array>

#include "area.hpp"

namespace crm::python {
namespace {

struct LeadsFace : Area {
    using Area::Area;

    /// Calls a verb of the area.
    template <class Body>
    auto verb(Body&& body) const {
        return call([&](Session& inside) {
            Leads leads(inside);
            return body(leads);
        });
    }
    Id<Lead> lead(const py::object& given) const { return Id<Lead>{ref(given)}; }
};

struct LeadQueuesFace : Area {
    using Area::Area;

    template <class Body>
    auto verb(Body&& body) const {
        return call([&](Session& inside) {
            LeadQueues queues(inside);
            return body(queues);
        });
    }
    Id<LeadQueue> queue(const py::object& given) const { return Id<LeadQueue>{ref(given)}; }
};

Id<LeadQueue> queue_from(const py::object& given) {
    return Id<LeadQueue>{ref_from(given, {"lead", "queue"})};
}
Id<User> user_from(const py::object& given) { return Id<User>{ref_from(given, {"lead", "owner"})}; }

template <class T>
Id<T> optional_id(const py::object& given, Place place) {
    return given.is_none() ? Id<T>{} : Id<T>{ref_from(given, place)};
}

// ---- What verbs answer

void bind_became(py::module_& module) {
    py::class_<Became>(module, "Became", "What a lead became, in one kind of record.")
        .def_property_readonly(
            "how",
            [](const Became& self) {
                constexpr std::array names{"nothing", "made", "given", "matched"};
                return names[static_cast<std::size_t>(self.how)];
            },
            "str: nothing, made, given or matched.")
        .def_property_readonly(
            "record", [](const Became& self) { return to_python(self.record); }, "Ref, or None.")
        .def_readonly("score", &Became::score, "float: of what matched, 0 to 1.")
        .def_property_readonly(
            "reasons",
            [](const Became& self) {
                return list_of(self.reasons, [](const auto& each) { return py::cast(each); });
            },
            "list of DuplicateReason: why it matched.");
    py::class_<Converted>(module, "Converted", "What a conversion did.")
        .def_property_readonly(
            "lead", [](const Converted& self) { return record_to_python(self.lead); }, "Lead.")
        .def_readonly("party", &Converted::party, "Became.")
        .def_readonly("contact", &Converted::contact, "Became.")
        .def_readonly("project", &Converted::project, "Became.");
}

void bind_received(py::module_& module) {
    const auto id = [](auto member) {
        return [member](const Received& self) { return to_python(self.*member); };
    };
    py::class_<Received>(module, "Received", "What became of an intake.")
        .def_property_readonly("lead", id(&Received::lead),
                               "Ref: the lead that was made, or an open one that was known; or "
                               "None.")
        .def_property_readonly("contact", id(&Received::contact),
                               "Ref: the contact that was known, or None.")
        .def_property_readonly("party", id(&Received::party),
                               "Ref: the contact's, or the organisation that was known; or None.")
        .def_property_readonly("activity", id(&Received::activity), "Ref.")
        .def_readonly("is_new", &Received::is_new, "bool: a lead was made.");
}

// ---- Verbs

py::object convert(const LeadsFace& self, const py::object& lead, const py::object& party,
                   const py::object& contact, const py::object& project, bool match) {
    Conversion conversion{.party = optional_id<Party>(party, {"conversion", "party"}),
                          .contact = optional_id<Contact>(contact, {"conversion", "contact"}),
                          .match = match,
                          .project = {}};
    if (!project.is_none())
        conversion.project = self.record(kind_of<Project>(), project, {}).any().as<Project>();
    const auto id = self.lead(lead);
    return py::cast(self.verb([&](Leads& leads) { return leads.convert(id, conversion); }));
}

ConsentState state_from(const std::string& text) {
    if (text != "given" && text != "withdrawn")
        refuse("consent", "state", "must be given or withdrawn");
    return text == "given" ? ConsentState::given : ConsentState::withdrawn;
}

/// A dict, as of a web form.
Intake::Statement statement_from(py::handle given) {
    Intake::Statement statement;
    for (const auto& [name, value] : py::cast<py::dict>(given)) {
        const std::string field = py::cast<std::string>(name);
        const auto text = [&] { return optional_text(value, {"consent", field}); };
        if (field == "channel")
            statement.channel = text();
        else if (field == "state")
            statement.state = state_from(text());
        else if (field == "stated_at")
            statement.stated_at = optional_time(value, {"consent", field});
        else if (field == "source")
            statement.source = text();
        else if (field == "evidence")
            statement.evidence = text();
        else
            refuse("consent", field, "is no part of a statement");
    }
    return statement;
}

/// The texts of an intake, by the names of its fields.
std::string* text_of(Intake& intake, std::string_view name) {
    const std::pair<std::string_view, std::string*> all[] = {{"key", &intake.key},
                                                             {"subject", &intake.subject},
                                                             {"kind", &intake.kind},
                                                             {"text", &intake.text},
                                                             {"first_name", &intake.first_name},
                                                             {"last_name", &intake.last_name},
                                                             {"company", &intake.company},
                                                             {"job_title", &intake.job_title},
                                                             {"email", &intake.email},
                                                             {"phone", &intake.phone},
                                                             {"source", &intake.source},
                                                             {"source_note", &intake.source_note}};
    for (const auto& [known, member] : all)
        if (known == name) return member;
    return nullptr;
}

py::object intake(const LeadsFace& self, const py::kwargs& fields) {
    Intake given;
    for (const auto& [key, value] : fields) {
        const std::string name = py::cast<std::string>(key);
        if (name == "consents")
            for (const auto each : py::iter(value)) given.consents.push_back(statement_from(each));
        else if (name == "queue")
            given.queue = optional_id<LeadQueue>(py::reinterpret_borrow<py::object>(value),
                                                 {"intake", "queue"});
        else if (std::string* text = text_of(given, name); !text)
            refuse("intake", name, "is no part of an intake");
        else if (!value.is_none())
            *text = text_from(value, {"intake", name});
    }
    return py::cast(self.verb([&](Leads& leads) { return leads.intake(given); }));
}

void bind_queueing(py::class_<LeadsFace, Area>& leads) {
    leads
        .def(
            "enqueue",
            [](const LeadsFace& self, const py::object& lead, const py::object& queue) {
                const auto id = self.lead(lead);
                const auto into = queue_from(queue);
                return record_to_python(
                    self.verb([&](Leads& all) { return all.enqueue(id, into); }));
            },
            py::arg("lead"), py::arg("queue"), R"doc(enqueue(self, lead, queue)
--

Puts a lead into a queue, or into another. Raises Conflict where it is converted or unpromising, or the queue is not in
use. Rights: assign.)doc")
        .def(
            "take_next",
            [](const LeadsFace& self, const py::object& queue) -> py::object {
                const auto from = queue_from(queue);
                const auto lead = self.verb([&](Leads& all) { return all.take_next(from); });
                return lead ? record_to_python(*lead) : py::none();
            },
            py::arg("queue"), R"doc(take_next(self, queue)
--

The next lead of a queue, now the user's own; None where none waits. The highest score goes first, then who waits the
longest. No two takers get the same one. Raises Denied for who is no member, Conflict for a queue not in use.)doc")
        .def(
            "assign",
            [](const LeadsFace& self, const py::object& lead, const py::object& user) {
                const auto id = self.lead(lead);
                const auto to = user_from(user);
                return record_to_python(self.verb([&](Leads& all) { return all.assign(id, to); }));
            },
            py::arg("lead"), py::arg("user"), R"doc(assign(self, lead, user)
--

Gives a lead to a user by hand. Raises Conflict where it is converted or unpromising. Rights: assign.)doc")
        .def(
            "distribute",
            [](const LeadsFace& self, const py::object& queue, int limit) {
                const auto from = queue_from(queue);
                return list_of(self.verb([&](Leads& all) { return all.distribute(from, limit); }),
                               [](const LeadGiven& given) {
                                   return py::make_tuple(to_python(given.lead),
                                                         to_python(given.user));
                               });
            },
            py::arg("queue"), py::kw_only(), py::arg("limit") = 1'000,
            R"doc(distribute(self, queue, *, limit=1000)
--

Gives waiting leads to the members by the queue's rule, as one command; a list of (lead, user). Raises Conflict where
the queue is taken from in order. Rights: assign; leads for which it is missing stay.)doc")
        .def(
            "waiting",
            [](const LeadsFace& self, const py::object& queue, int limit) {
                const auto in = queue_from(queue);
                return records(self.verb([&](Leads& all) { return all.waiting(in, limit); }));
            },
            py::arg("queue"), py::kw_only(), py::arg("limit") = 50,
            R"doc(waiting(self, queue, *, limit=50)
--

The leads that wait in a queue and that the session sees, in the order in which they are taken.)doc");
}

void bind_leads_area(py::module_& module) {
    py::class_<LeadsFace, Area> leads(module, "Leads",
                                      "Leads: people and companies that may become clients.");
    bind_queueing(leads);
    leads
        .def("convert", &convert, py::arg("lead"), py::kw_only(), py::arg("party") = py::none(),
             py::arg("contact") = py::none(), py::arg("project") = py::none(),
             py::arg("match") = true,
             R"doc(convert(self, lead, *, party=None, contact=None, project=None, match=True)
--

Makes a lead a party and a contact, in one command, with all that hung on it; those that exist and match are taken
first. party, contact: into these. project: one to make, a record or dict. Raises Conflict where it is converted or
unpromising, Denied without the rights on what exists.)doc")
        .def(
            "mark_unpromising",
            [](const LeadsFace& self, const py::object& lead, const std::string& reason,
               const py::object& note) {
                const auto id = self.lead(lead);
                const auto text = optional_text(note, {"lead", "reason_note"});
                return record_to_python(
                    self.verb([&](Leads& all) { return all.mark_unpromising(id, reason, text); }));
            },
            py::arg("lead"), py::arg("reason"), py::arg("note") = py::none(),
            R"doc(mark_unpromising(self, lead, reason, note=None)
--

Gives a lead up, for a reason of the list lead_reason; what is planned for it is cancelled. Raises Conflict where it is
converted or unpromising already.)doc")
        .def(
            "revive",
            [](const LeadsFace& self, const py::object& lead) {
                const auto id = self.lead(lead);
                return record_to_python(self.verb([&](Leads& all) { return all.revive(id); }));
            },
            py::arg("lead"), R"doc(revive(self, lead)
--

Takes a lead that was given up on again, with what was cancelled then. Raises Conflict unless it is unpromising.)doc")
        .def("intake", &intake, R"doc(intake(self, **fields)
--

Takes in what a person left on a site, once for each key: repeated, it answers what was done, a Received. Fields: key,
subject, and email or phone; kind ("email"), text, first_name, last_name, company, job_title, source, source_note, queue;
consents: dicts of channel, state (given), stated_at (aware), source, evidence. A contact, a natural person or an open
lead known by the e-mail address, else by the phone, gets an inbound activity, else a lead is made with it; where
anything is said of consent there must be no doubt whose it is. Raises Invalid where neither an e-mail address nor a
phone is given, or no subject or key; Conflict for the key with other data; Suppressed for an erased person; Misuse
inside a unit of work. Rights: create on leads and activities; known is what the session sees.)doc");
}

void bind_queues_area(py::module_& module) {
    const auto changing = [](void (LeadQueues::*change)(Id<LeadQueue>, Id<User>)) {
        return
            [change](const LeadQueuesFace& self, const py::object& queue, const py::object& user) {
                const auto id = self.queue(queue);
                const auto who = user_from(user);
                self.verb([&](LeadQueues& all) { (all.*change)(id, who); });
            };
    };
    py::class_<LeadQueuesFace, Area>(module, "LeadQueues", "Queues of leads and their members.")
        .def(
            "named",
            [](const LeadQueuesFace& self, const std::string& name) {
                return record_to_python(
                    self.verb([&](LeadQueues& all) { return all.named(name); }));
            },
            py::arg("name"), R"doc(named(self, name)
--

By name, blind to case. Raises NotFound.)doc")
        .def("add_member", changing(&LeadQueues::add_member), py::arg("queue"), py::arg("user"),
             R"doc(add_member(self, queue, user)
--

Lets a user take from a queue. Rights: the function manage_lead_queues.)doc")
        .def("remove_member", changing(&LeadQueues::remove_member), py::arg("queue"),
             py::arg("user"), R"doc(remove_member(self, queue, user)
--

The user takes no more from the queue. Rights: the function manage_lead_queues.)doc")
        .def(
            "members",
            [](const LeadQueuesFace& self, const py::object& queue) {
                const auto id = self.queue(queue);
                return list_of(self.verb([&](LeadQueues& all) { return all.members(id); }),
                               [](const Id<User>& user) { return to_python(user); });
            },
            py::arg("queue"), R"doc(members(self, queue)
--

A list of Ref of users, in the order in which they came.)doc");
}

}  // namespace

void bind_leads(py::module_& module, SessionClass& session) {
    bind_became(module);
    bind_received(module);
    bind_leads_area(module);
    bind_queues_area(module);
    bind_property<LeadsFace, Lead>(session, "leads", "Leads and what becomes of them.");
    bind_property<LeadQueuesFace, LeadQueue>(session, "lead_queues", "Queues of leads.");
}

}  // namespace crm::python
