// Calls, who calls, and routing rules in Python.
#include "crm/call.hpp"

#include <pybind11/pybind11.h>

#include "area.hpp"
#include "crm/routing_rule.hpp"

namespace crm::python {
namespace {

struct CallsFace : Area {
    using Area::Area;

    /// Calls a verb of the area.
    template <class Body>
    auto verb(Body&& body) const {
        return call([&](Session& inside) {
            Calls calls(inside);
            return body(calls);
        });
    }
};
struct RoutingRulesFace : Area {
    using Area::Area;
};

template <class T>
py::object optional_record(const std::optional<T>& record) {
    return record ? record_to_python(*record) : py::none();
}

Id<User> user_from(const py::object& given) {
    return Id<User>{ref_from(given, {"call", "addressee"})};
}

void bind_caller(py::module_& module) {
    py::class_<Caller>(module, "Caller", "Who calls, as far as the session sees it.")
        .def_readonly("number", &Caller::number, "str: normalised; empty without a digit.")
        .def_property_readonly(
            "contact", [](const Caller& self) { return optional_record(self.contact); },
            "Contact, or None.")
        .def_property_readonly(
            "party", [](const Caller& self) { return optional_record(self.party); },
            "Party: whose number it is, or that the contact speaks for today; or None.")
        .def_property_readonly(
            "lead", [](const Caller& self) { return optional_record(self.lead); }, "Lead, or None.")
        .def_property_readonly(
            "responsible", [](const Caller& self) { return to_python(self.responsible); },
            "Ref of a user, or None.")
        .def_property_readonly(
            "interactions", [](const Caller& self) { return records(self.interactions); },
            "list of Activity: what took place, newest first, with results.")
        .def_property_readonly(
            "others",
            [](const Caller& self) {
                return list_of(self.others, [](const Ref& other) { return to_python(other); });
            },
            "list of Ref: who else has the number, best first.")
        .def_property_readonly("is_known", &Caller::is_known, "bool.");
}

/// Registers a call, from a record, a dict or fields by name.
template <Call (Calls::*Register)(const Call&)>
py::object registered(const CallsFace& self, const py::object& given, const py::kwargs& fields) {
    const Record record = self.record(kind_of<Call>(), given, fields);
    return record_to_python(
        self.verb([&](Calls& calls) { return (calls.*Register)(record.any().as<Call>()); }));
}

/// A verb that needs nothing but the call.
template <Call (Calls::*Verb)(Id<Call>)>
py::object changed(const CallsFace& self, const py::object& call) {
    const Id<Call> id{self.ref(call)};
    return record_to_python(self.verb([&](Calls& calls) { return (calls.*Verb)(id); }));
}

py::object end(const CallsFace& self, const py::object& call, const py::object& result) {
    const Id<Call> id{self.ref(call)};
    const auto text = optional_text(result, {"call", "result"});
    return record_to_python(self.verb([&](Calls& calls) { return calls.end(id, text); }));
}

py::object forward(const CallsFace& self, const py::object& call, const py::object& to,
                   const py::object& reason) {
    const Id<Call> id{self.ref(call)};
    const auto user = user_from(to);
    const auto text = optional_text(reason, {"call_forward", "reason"});
    return record_to_python(self.verb([&](Calls& calls) { return calls.forward(id, user, text); }));
}

void bind_registering(py::class_<CallsFace, Area>& calls) {
    calls
        .def(
            "who",
            [](const CallsFace& self, const std::string& number, int interactions) {
                return self.verb([&](Calls& all) { return all.who(number, interactions); });
            },
            py::arg("number"), py::kw_only(), py::arg("interactions") = 5,
            R"doc(who(self, number, *, interactions=5)
--

Who has a number, as dialled, national or international: a Caller. Contacts come before parties and these before leads.
interactions: how many of the last, 0 to 1,000. What is hidden is absent.)doc")
        .def("ring", &registered<&Calls::ring>, py::arg("call") = py::none(),
             R"doc(ring(self, call=None, **fields)
--

Registers a call that comes in now, from a record, a dict or fields by name. Who it is follows from the number. Without
an addressee the routing rules say for whom it is; he becomes its owner and is told. Its entry in the chronicle is
made in the same command.)doc")
        .def("report", &registered<&Calls::report>, py::arg("call") = py::none(),
             R"doc(report(self, call=None, **fields)
--

Registers one after the fact, in the state given: ended if none. One that was missed leaves a to-do to call back.)doc");
}

void bind_course(py::class_<CallsFace, Area>& calls) {
    calls
        .def("answer", &changed<&Calls::answer>, py::arg("call"), R"doc(answer(self, call)
--

The user has it on the line. Raises Conflict unless it is ringing.)doc")
        .def("end", &end, py::arg("call"), py::arg("result") = py::none(),
             R"doc(end(self, call, result=None)
--

It is over; the result goes to its entry in the chronicle. Raises Conflict where it is ended or missed already.)doc")
        .def("miss", &changed<&Calls::miss>, py::arg("call"), R"doc(miss(self, call)
--

Nobody answered: leaves a to-do to call back, always with somebody. Raises Conflict unless it is ringing.)doc")
        .def("route", &changed<&Calls::route>, py::arg("call"), R"doc(route(self, call)
--

Hands the call to whom the first routing rule names that fits; as it was where none does. Raises Conflict where it is
over.)doc")
        .def("forward", &forward, py::arg("call"), py::arg("to"), py::arg("reason") = py::none(),
             R"doc(forward(self, call, to, reason=None)
--

Hands the call on to a user, and keeps that. Raises Conflict where it is over or his already.)doc")
        .def(
            "forwards",
            [](const CallsFace& self, const py::object& call) {
                const Id<Call> id{self.ref(call)};
                return records(self.verb([&](Calls& all) { return all.forwards(id); }));
            },
            py::arg("call"), R"doc(forwards(self, call)
--

A list of CallForward: how a call was handed on, oldest first.)doc")
        .def(
            "leave_message",
            [](const CallsFace& self, const py::object& call, const py::object& to,
               const std::string& text) {
                const Id<Call> id{self.ref(call)};
                const auto user = user_from(to);
                self.verb([&](Calls& all) { all.leave_message(id, user, text); });
            },
            py::arg("call"), py::arg("to"), py::arg("text"),
            R"doc(leave_message(self, call, to, text)
--

Leaves what the caller wants to have said with a user who is not there: a notice that waits for him.)doc");
}

}  // namespace

void bind_calls(py::module_& module, SessionClass& session) {
    bind_caller(module);
    py::class_<CallsFace, Area> calls(module, "Calls",
                                      "Calls: known before they are answered, and none lost.");
    bind_registering(calls);
    bind_course(calls);
    py::class_<RoutingRulesFace, Area>(module, "RoutingRules",
                                       "Who takes calls, by what the caller is and when.")
        .def(
            "in_use",
            [](const RoutingRulesFace& self) {
                return records(
                    self.call([](Session& inside) { return RoutingRules(inside).in_use(); }));
            },
            R"doc(in_use(self)
--

A list of RoutingRule, in the order in which they are asked.)doc");
    bind_property<CallsFace, Call>(session, "calls", "Calls and enquiries.");
    bind_property<RoutingRulesFace, RoutingRule>(session, "routing_rules",
                                                 "Who takes calls, and when.");
}

}  // namespace crm::python
