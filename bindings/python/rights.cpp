#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {

namespace {

struct RightsFace : Area {
    using Area::Area;
};

Ref holder_from(const py::object& holder) { return ref_from(holder, {"access_right", "holder"}); }

/// A verb of three texts about a holder.
template <class Verb>
auto granting(Verb verb) {
    return [verb](const RightsFace& self, const py::object& holder, const std::string& kind,
                  const std::string& action, const std::string& scope) {
        const Ref id = holder_from(holder);
        self.call([&](Session& session) { (Rights(session).*verb)(id, kind, action, scope); });
    };
}

/// A verb about a field of a kind.
template <class Verb>
auto about_field(Verb verb) {
    return [verb](const RightsFace& self, const py::object& holder, const std::string& kind,
                  const std::string& field) {
        const Ref id = holder_from(holder);
        self.call([&](Session& session) { (Rights(session).*verb)(id, kind, field); });
    };
}

py::object share(const RightsFace& self, const py::object& record, const py::object& grantee,
                 const std::string& level, const py::object& ends_on) {
    const Ref id = ref_from(record, {"share", "record"}),
              to = ref_from(grantee, {"share", "grantee"});
    const auto end = optional_date(ends_on, {"share", "ends_on"});
    return record_to_python(
        self.call([&](Session& session) { return Rights(session).share(id, to, level, end); }));
}

void unshare(const RightsFace& self, const py::object& record, const py::object& grantee) {
    const Ref id = ref_from(record, {"share", "record"}),
              to = ref_from(grantee, {"share", "grantee"});
    self.call([&](Session& session) { Rights(session).unshare(id, to); });
}

Explanation explain(const RightsFace& self, const py::object& user, const py::object& record) {
    const Ref who = ref_from(user, {"user", "id"}), what = ref_from(record, {"record", "id"});
    return self.call(
        [&](Session& session) { return Rights(session).explain(Id<User>{who}, what); });
}

void bind_explanation(py::module_& module) {
    using Grant = Explanation::Grant;
    using Verdict = Explanation::Verdict;
    py::class_<Grant>(module, "Grant", "A right that a user holds, and whether it applies.")
        .def_property_readonly(
            "holder", [](const Grant& self) { return to_python(self.holder); },
            "Ref: the user, or the group or position it is held by.")
        .def_readonly("holder_name", &Grant::holder_name, "str: login of the user, or its name.")
        .def_readonly("kind", &Grant::kind, "str: a kind, or *.")
        .def_readonly("scope", &Grant::scope, "str: as granted.")
        .def_readonly("applies", &Grant::applies, "bool: whether it reaches the record.");
    py::class_<Verdict>(module, "Verdict", "Whether one action is allowed, and by what.")
        .def_readonly("action", &Verdict::action, "str: read, change, delete, export or assign.")
        .def_readonly("allowed", &Verdict::allowed, "bool: what the library would say.")
        .def_property_readonly(
            "grants",
            [](const Verdict& self) {
                return list_of(self.grants, [](const Grant& grant) { return py::cast(grant); });
            },
            "list of Grant: all that the user holds for the action.");
    py::class_<Explanation>(module, "Explanation",
                            "Why a user may do something with a record, or not. str() tells it.")
        .def_property_readonly(
            "record", [](const Explanation& self) { return to_python(self.record); },
            "Ref: the record asked about.")
        .def_property_readonly(
            "decides", [](const Explanation& self) { return to_python(self.decides); },
            "Ref: the record whose rights count, of a child its parent.")
        .def_readonly("is_active", &Explanation::is_active,
                      "bool: who is not active may do nothing.")
        .def_property_readonly(
            "verdicts",
            [](const Explanation& self) {
                return list_of(self.verdicts,
                               [](const Verdict& verdict) { return py::cast(verdict); });
            },
            "list of Verdict: one for each action.")
        .def_property_readonly(
            "fields",
            [](const Explanation& self) {
                py::dict fields;
                for (const auto& field : self.fields) fields[field.field.c_str()] = field.level;
                return fields;
            },
            "dict: hidden or locked, by field.")
        .def("__str__", &Explanation::text);
    py::class_<Finding>(module, "Finding", "Something about rights that looks wrong.")
        .def_readonly("what", &Finding::what, "str: such as group_without_members.")
        .def_property_readonly(
            "subject", [](const Finding& self) { return to_python(self.subject); },
            "Ref: the group, position, share, user or record.")
        .def_readonly("text", &Finding::text, "str: what it is, and what to do.")
        .def("__repr__", [](const Finding& self) { return "<crm.Finding " + self.text + ">"; });
}

void bind_area_of_rights(py::module_& module) {
    py::class_<RightsFace, Area>(
        module, "Rights",
        "Rights: who may do what with which records and fields; and single records shared.")
        .def("grant", granting(&Rights::grant), py::arg("holder"), py::arg("kind"),
             py::arg("action"), py::arg("scope"),
             R"doc(grant(self, holder, kind, action, scope)
--

Gives a right to a user, group or position; nothing happens where it is there. kind: a root kind, or "*". action: read,
create, change, delete, export, assign; with kind "*" and scope "all" also a function: run_imports, send_campaigns,
change_catalogue, undo_others, manage_lead_queues, or administer, which includes the others. scope: own, unit, units_below, territory,
shared, given (what belongs to the user's tasks), all.

Rights: administer.)doc")
        .def("revoke", granting(&Rights::revoke), py::arg("holder"), py::arg("kind"),
             py::arg("action"), py::arg("scope"), R"doc(revoke(self, holder, kind, action, scope)
--

Takes a right away; nothing happens where it is not there. Rights: administer.)doc")
        .def(
            "may",
            [](const RightsFace& self, const std::string& function) {
                return self.call([&](Session& session) { return Rights(session).may(function); });
            },
            py::arg("function"), R"doc(may(self, function)
--

Whether the session's user may use a function ("run_imports").)doc")
        .def("hide", about_field(&Rights::hide), py::arg("holder"), py::arg("kind"),
             py::arg("field"), R"doc(hide(self, holder, kind, field)
--

Hides a field of a kind from a holder: it reads as None, is never written, and filters and sorts by it are refused.
What is made of it is hidden too. Raises Invalid for a field that lists or rights stand on. Rights: administer.)doc")
        .def("lock", about_field(&Rights::lock), py::arg("holder"), py::arg("kind"),
             py::arg("field"), R"doc(lock(self, holder, kind, field)
--

Lets a holder see a field but not set it. Rights: administer.)doc")
        .def("unlock", about_field(&Rights::unlock), py::arg("holder"), py::arg("kind"),
             py::arg("field"), R"doc(unlock(self, holder, kind, field)
--

Takes hide() or lock() back; nothing happens where there was none. Rights: administer.)doc")
        .def("share", &share, py::arg("record"), py::arg("grantee"), py::arg("level") = "read",
             py::arg("ends_on") = py::none(),
             R"doc(share(self, record, grantee, level='read', ends_on=None)
--

Shows one record to a user, group or position, for good or until a day (that one included, in the file's zone). level
is read or change. Effective where they hold the scope "shared". Rights: change on the record.)doc")
        .def("unshare", &unshare, py::arg("record"), py::arg("grantee"),
             R"doc(unshare(self, record, grantee)
--

Ends a share; nothing happens where there is none. Rights: change on the record.)doc")
        .def(
            "add_set",
            [](const RightsFace& self, const std::string& set, const std::string& group) {
                return record_to_python(self.call(
                    [&](Session& session) { return add_right_set(session, set, group); }));
            },
            py::arg("set"), py::arg("group") = "", R"doc(add_set(self, set, group='')
--

Makes a group that holds a predefined set of rights: administrator, head_of_sales, seller, marketer, assistant or
read_only. group is its name. Rights: administer.)doc")
        .def("explain", &explain, py::arg("user"), py::arg("record"),
             R"doc(explain(self, user, record)
--

Why a user sees or may change a record, or not: an Explanation. Raises NotFound for a record that the session does not
see itself, Denied for another user without the right to administer.)doc")
        .def(
            "audit",
            [](const RightsFace& self) {
                return list_of(self.call([](Session& session) { return Rights(session).audit(); }),
                               [](const Finding& finding) { return py::cast(finding); });
            },
            R"doc(audit(self)
--

What looks wrong about rights, as a list of Finding. Reads every record of the kinds that nobody sees whole.
Rights: administer.)doc");
}

}  // namespace

void bind_rights(py::module_& module, SessionClass& session) {
    bind_explanation(module);
    bind_area_of_rights(module);
    bind_property<RightsFace, AccessRight>(session, "rights", "Rights and shares.");
    bind_property<Area, Position>(session, "positions", "Area: the posts of the company, a tree.");
    bind_property<Area, Territory>(session, "territories", "Area: sales regions, a tree.");
}

}  // namespace crm::python
