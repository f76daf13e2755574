#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {

namespace {

struct MemorableDatesFace : Area {
    using Area::Area;
};
struct KinshipsFace : Area {
    using Area::Area;
};
struct ConsentsFace : Area {
    using Area::Area;

    Ref record_of(const py::object& given) const { return ref_from(given, {"consent", "record"}); }
};

// ---- Dates

void bind_occasion(py::module_& module) {
    const auto text = [](std::string Occasion::*member) {
        return [member](const Occasion& self) { return to_python(self.*member); };
    };
    py::class_<Occasion>(module, "Occasion", "One day that is coming up.")
        .def_property_readonly(
            "on", [](const Occasion& self) { return to_python(self.on); },
            "date: 29 February falls on 28 February in years that have none.")
        .def_property_readonly("type", text(&Occasion::type),
                               "str: birthday, kin_birthday, or the type of the memorable date.")
        .def_property_readonly(
            "record", [](const Occasion& self) { return to_python(self.record); },
            "Ref: the party or contact that it concerns.")
        .def_property_readonly("name", text(&Occasion::name), "str: of that record, or None.")
        .def_property_readonly("label", text(&Occasion::label),
                               "str: of the memorable date, or the name of the kin; or None.")
        .def_property_readonly("relation", text(&Occasion::relation),
                               "str: code of the list kinship_relation, or None.")
        .def_property_readonly(
            "source", [](const Occasion& self) { return to_python(self.source); },
            "Ref: the contact, memorable date or kinship that it stands in.")
        .def_property_readonly(
            "years",
            [](const Occasion& self) {
                return self.years ? py::object(py::int_(*self.years)) : py::none();
            },
            "int: how many it will be, or None.")
        .def("__repr__", [](const Occasion& self) {
            return "<crm.Occasion " + std::string(self.on.text()) + " " + self.type + ">";
        });
    py::class_<Page<Occasion>>(module, "OccasionPage", "One page of occasions, by date.")
        .def_property_readonly(
            "rows",
            [](const Page<Occasion>& self) {
                return list_of(self.rows, [](const Occasion& each) { return py::cast(each); });
            },
            "list of Occasion.")
        .def_readonly("next", &Page<Occasion>::next, "str: for `after`; empty on the last page.");
}

void bind_dates(py::module_& module) {
    py::class_<MemorableDatesFace, Area>(
        module, "MemorableDates", "Memorable dates of parties and contacts, and what is coming up.")
        .def(
            "of",
            [](const MemorableDatesFace& self, const py::object& record) {
                const Ref id = ref_from(record, {"memorable_date", "record"});
                return records(
                    self.call([&](Session& session) { return MemorableDates(session).of(id); }));
            },
            py::arg("record"), R"doc(of(self, record)
--

The memorable dates of a party or contact, by month and day.)doc")
        .def(
            "upcoming",
            [](const MemorableDatesFace& self, const py::object& from, int days, int limit,
               const std::string& after) {
                const Date day = date_from(from, {"memorable_date", "from"});
                return self.call([&](Session& session) {
                    return MemorableDates(session).upcoming(day, days, limit, after);
                });
            },
            py::arg("from_date"), py::arg("days"), py::kw_only(), py::arg("limit") = 50,
            py::arg("after") = "", R"doc(upcoming(self, from_date, days, *, limit=50, after='')
--

Birthdays of contacts and their kin and memorable dates within days (1 to 366) from a date on, across the end of the
year, by date: an OccasionPage. Raises Invalid for another number of days or a limit outside 1 to 1,000.)doc");
    py::class_<KinshipsFace, Area>(module, "Kinships", "The family of contacts.")
        .def(
            "of",
            [](const KinshipsFace& self, const py::object& contact) {
                const Ref id = ref_from(contact, {"kinship", "contact"});
                return records(
                    self.call([&](Session& session) { return Kinships(session).of(id); }));
            },
            py::arg("contact"), R"doc(of(self, contact)
--

The kinship of a contact, also that in which it is the kin of another, oldest first.)doc");
}

// ---- Consent

void bind_consents(py::module_& module) {
    py::class_<ConsentSummary>(module, "ConsentSummary",
                               "How a party, contact or lead stands to one channel.")
        .def_readonly("channel", &ConsentSummary::channel, "str: code of the list consent_channel.")
        .def_readonly("may_contact", &ConsentSummary::may_contact, "bool.")
        .def_property_readonly(
            "statement",
            [](const ConsentSummary& self) {
                return self.statement ? record_to_python(*self.statement) : py::none();
            },
            "Consent: the statement that decides, or None.");
    py::class_<ConsentsFace, Area>(
        module, "Consents",
        "What parties, contacts and leads said about being reached by a channel.")
        .def(
            "may_contact",
            [](const ConsentsFace& self, const py::object& record, const std::string& channel) {
                const Ref id = self.record_of(record);
                return self.call(
                    [&](Session& session) { return Consents(session).may_contact(id, channel); });
            },
            py::arg("record"), py::arg("channel"), R"doc(may_contact(self, record, channel)
--

Whether the newest statements allow it; an opt-out wins, and one from "any" channel over all. Raises NotFound, Invalid
for an unknown channel.)doc")
        .def(
            "summary",
            [](const ConsentsFace& self, const py::object& record) {
                const Ref id = self.record_of(record);
                return list_of(
                    self.call([&](Session& session) { return Consents(session).summary(id); }),
                    [](const ConsentSummary& each) { return py::cast(each); });
            },
            py::arg("record"), R"doc(summary(self, record)
--

A ConsentSummary for every channel in use. Raises NotFound.)doc")
        .def(
            "of",
            [](const ConsentsFace& self, const py::object& record) {
                const Ref id = self.record_of(record);
                return records(
                    self.call([&](Session& session) { return Consents(session).of(id); }));
            },
            py::arg("record"), R"doc(of(self, record)
--

The statements of a party, contact or lead, newest first, with their evidence; at most 1,000.)doc");
}

}  // namespace

void bind_contact_details(py::module_& module, SessionClass& session) {
    bind_occasion(module);
    bind_dates(module);
    bind_consents(module);
    bind_property<MemorableDatesFace, MemorableDate>(session, "memorable_dates",
                                                     "Memorable dates and what is coming up.");
    bind_property<KinshipsFace, Kinship>(session, "kinships", "The family of contacts.");
    bind_property<ConsentsFace, Consent>(session, "consents", "Consent by channel.");
}

}  // namespace crm::python
