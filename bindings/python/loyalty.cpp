// Loyalty in Python.
#include "crm/loyalty.hpp"

#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {
namespace {

struct LoyaltyFace : Area {
    using Area::Area;

    Id<Party> party(const py::object& given, const char* field = "party") const {
        return Id<Party>{ref_from(given, {"loyalty_movement", field})};
    }
};

py::object grade(const LoyaltyFace& self, const py::object& party, const std::string& grade,
                 const std::string& reason, const py::object& competitor, const py::object& on,
                 const std::string& note) {
    const Id<Party> graded = self.party(party);
    Grading why{
        .reason = reason, .on = optional_date(on, {"loyalty_movement", "on"}), .note = note};
    if (!competitor.is_none()) why.competitor = self.party(competitor, "competitor");
    return record_to_python(
        self.call([&](Session& session) { return Loyalty(session).grade(graded, grade, why); }));
}

void bind_flow(py::module_& module) {
    const auto text = [](std::string LoyaltyFlow::*member) {
        return [member](const LoyaltyFlow& self) { return to_python(self.*member); };
    };
    py::class_<LoyaltyFlow>(module, "LoyaltyFlow",
                            "How many movements of a period went one way for one reason.")
        .def_property_readonly("from_grade", text(&LoyaltyFlow::from_grade),
                               "str: code of the list loyalty_grade, or None.")
        .def_property_readonly("to_grade", text(&LoyaltyFlow::to_grade), "str: the same.")
        .def_property_readonly("reason", text(&LoyaltyFlow::reason),
                               "str: code of the list loyalty_reason, or None.")
        .def_property_readonly(
            "competitor", [](const LoyaltyFlow& self) { return to_python(Ref{self.competitor}); },
            "Ref: to whom they moved, or whom they left for us; None where it is hidden too.")
        .def_readonly("movements", &LoyaltyFlow::movements, "int.");
}

}  // namespace

void bind_loyalty(py::module_& module, SessionClass& owner) {
    bind_flow(module);
    py::class_<LoyaltyFace, Area>(module, "Loyalty", R"doc(Grades of parties and their history.

Every change of Party.loyalty leaves a LoyaltyMovement, whichever way it was made.)doc")
        .def("grade", &grade, py::arg("party"), py::arg("grade"), py::kw_only(),
             py::arg("reason") = "", py::arg("competitor") = py::none(), py::arg("on") = py::none(),
             py::arg("note") = "",
             R"doc(grade(self, party, grade, *, reason='', competitor=None, on=None, note='')
--

Grades a party and says why: a LoyaltyMovement. on: a date, today in the user's zone if None. Raises Conflict where that
is its grade already. Rights: change on the party, read on the competitor.)doc")
        .def(
            "history",
            [](const LoyaltyFace& self, const py::object& party) {
                const Id<Party> id = self.party(party);
                return records(
                    self.call([&](Session& session) { return Loyalty(session).history(id); }));
            },
            py::arg("party"), R"doc(history(self, party)
--

The movements of a party, newest first; at most 1,000.)doc")
        .def(
            "flows",
            [](const LoyaltyFace& self, const py::object& from, const py::object& to) {
                const Date first = date_from(from, {"loyalty_movement", "from_date"}),
                           last = date_from(to, {"loyalty_movement", "to_date"});
                return list_of(self.call([&](Session& session) {
                    return Loyalty(session).flows(first, last);
                }),
                               [](const LoyaltyFlow& each) { return py::cast(each); });
            },
            py::arg("from_date"), py::arg("to_date"), R"doc(flows(self, from_date, to_date)
--

The movements of a period, both days included, put together: a list of LoyaltyFlow, most frequent first.)doc");
    bind_property<LoyaltyFace, LoyaltyMovement>(owner, "loyalty",
                                                "Grades of parties and their history.");
}

}  // namespace crm::python
