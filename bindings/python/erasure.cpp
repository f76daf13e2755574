#include <pybind11/pybind11.h>

#include <chrono>

#include "area.hpp"

namespace crm::python {

namespace {

struct ErasuresFace {
    SessionPointer session;

    template <class Body>
    auto call(Body&& body) const {
        return session->call([&](Session& inside) {
            Erasures erasures(inside);
            return body(erasures);
        });
    }
};

EraseOptions options_from(const py::object& reason, const py::object& also) {
    EraseOptions options;
    if (!reason.is_none()) options.reason = text_from(reason, {"erasure", "reason"});
    if (!also.is_none())
        for (const py::handle other : also)
            options.also.push_back(ref_from(other, {"erasure", "also"}));
    return options;
}

std::chrono::milliseconds patience_from(double seconds) {
    if (!(seconds >= 0 && seconds <= 1e9)) refuse("erasure", "seconds", "must be 0 or more");
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1'000)};
}

Identity identity_from(const py::object& first_name, const py::object& last_name,
                       const py::object& patronymic, const py::object& born_on,
                       const py::object& phone, const py::object& email, const py::object& tax_code,
                       const py::object& system, const py::object& key) {
    const auto text = [](const py::object& given, const char* field) {
        return given.is_none() ? std::string{} : std::string{text_from(given, {"identity", field})};
    };
    return {.first_name = text(first_name, "first_name"),
            .last_name = text(last_name, "last_name"),
            .patronymic = text(patronymic, "patronymic"),
            .born_on = optional_date(born_on, {"identity", "born_on"}),
            .phone = text(phone, "phone"),
            .email = text(email, "email"),
            .tax_code = text(tax_code, "tax_code"),
            .system = text(system, "system"),
            .key = text(key, "key")};
}

void bind_values_of_erasures(py::module_& module) {
    py::class_<Mention>(module, "Mention",
                        "A text of another record that may name an erased person.")
        .def_property_readonly(
            "record", [](const Mention& self) { return to_python(self.record); },
            "Ref: the record.")
        .def_readonly("field", &Mention::field, "str: the column.")
        .def_readonly("text", &Mention::text, "str: about 160 bytes of it.");
    py::class_<Erasure>(module, "Erasure", "One person erased, or in a preview to be erased.")
        .def_readonly("id", &Erasure::id, "int: its number; 0 in a preview.")
        .def_property_readonly(
            "command", [](const Erasure& self) { return to_python(self.command); },
            "int: the command; None in a preview.")
        .def_property_readonly(
            "person", [](const Erasure& self) { return to_python(self.person); },
            "Ref: the id that was given, which nobody has any more.")
        .def_property_readonly(
            "erased_at", [](const Erasure& self) { return to_python(self.erased_at); },
            "datetime: when, aware, UTC.")
        .def_readonly("by", &Erasure::by_login, "str: login of who did it.")
        .def_readonly("reason", &Erasure::reason, "str: why.")
        .def_readonly("records", &Erasure::records, "int: rows removed.")
        .def_readonly("history_rows", &Erasure::history_rows,
                      "int: rows of history whose values went.")
        .def_readonly("external_keys", &Erasure::external_keys, "int: keys among the rows.")
        .def_readonly("cleared", &Erasure::cleared,
                      "int: references of other records that were cleared.")
        .def_readonly("commands", &Erasure::commands,
                      "int: commands that lost key, arguments and result.")
        .def_readonly("sources", &Erasure::sources,
                      "int: imports that lost the name of their source and their options.")
        .def_property_readonly(
            "scrub_ended_at", [](const Erasure& self) { return to_python(self.scrub_ended_at); },
            "datetime, or None while words may be left in the file.")
        .def_readonly("is_lifted", &Erasure::is_lifted, "bool: whether the person may come back.")
        .def_property_readonly(
            "mentions",
            [](const Erasure& self) {
                return list_of(self.mentions,
                               [](const Mention& mention) { return py::cast(mention); });
            },
            "list of Mention: in the answer of preview and erase only.")
        .def_readonly("mentions_incomplete", &Erasure::mentions_incomplete,
                      "bool: whether there were more than could be looked for.");
    py::class_<Certificate>(module, "Certificate",
                            "That nothing of a person is left in this copy of the file. str() is "
                            "for paper.")
        .def_readonly("number", &Certificate::number, "str: of the copy and the erasure.")
        .def_readonly("erasure", &Certificate::erasure, "Erasure.")
        .def_readonly("copy", &Certificate::copy, "str: uuid of the copy of the file.")
        .def_readonly("hash", &Certificate::hash, "str: BLAKE2b of the rest, hexadecimal.")
        .def(
            "json", [](const Certificate& self) { return to_python(self.json()); },
            R"doc(json(self)
--

All of it as a dict of plain JSON types.)doc")
        .def("__str__", &Certificate::text);
}

}  // namespace

void bind_erasures(py::module_& module, SessionClass& session) {
    bind_values_of_erasures(module);
    py::class_<ErasuresFace>(module, "Erasures", "Erasing natural persons on request.")
        .def(
            "preview",
            [](const ErasuresFace& self, const py::object& person, const py::object& also) {
                const Ref ref = ref_from(person, {"erasure", "person"});
                const auto options = options_from(py::none(), also);
                return self.call(
                    [&](Erasures& erasures) { return erasures.preview(ref, options); });
            },
            py::arg("person"), py::kw_only(), py::arg("also") = py::none(),
            R"doc(preview(self, person, *, also=None)
--

What erase would do, without doing it: an Erasure with counts, and texts elsewhere that may name the person.)doc")
        .def(
            "erase",
            [](const ErasuresFace& self, const py::object& person, const py::object& reason,
               const py::object& also) {
                const Ref ref = ref_from(person, {"erasure", "person"});
                const auto options = options_from(reason, also);
                return self.call([&](Erasures& erasures) { return erasures.erase(ref, options); });
            },
            py::arg("person"), py::kw_only(), py::arg("reason"), py::arg("also") = py::none(),
            R"doc(erase(self, person, *, reason, also=None)
--

Erases a natural person for good: a party of that nature with its contact, or a contact with its party. also: removed
duplicates that are the same human. A command that cannot be undone. Returns an Erasure. Words stay in the file until
scrub has ended. Raises Invalid for who is no natural person, Conflict for one erased before, Denied without the function
administer and the right to remove both halves.)doc")
        .def(
            "scrub",
            [](const ErasuresFace& self, double seconds) {
                const auto patience = patience_from(seconds);
                return self.call([&](Erasures& erasures) { return erasures.scrub(patience); });
            },
            py::arg("seconds") = 600.0,
            R"doc(scrub(self, seconds=600.0)
--

Overwrites what is left in the file of everybody erased so far, in short steps, until it is done or the time is up.
True when it is done; any process may go on later.)doc")
        .def(
            "certificate",
            [](const ErasuresFace& self, std::int64_t id) {
                return self.call([&](Erasures& erasures) { return erasures.certificate(id); });
            },
            py::arg("id"), R"doc(certificate(self, id)
--

The Certificate of an erasure. Raises Conflict while the scrub has not ended.)doc")
        .def(
            "list",
            [](const ErasuresFace& self, int limit, std::int64_t before) {
                return list_of(
                    self.call([&](Erasures& erasures) { return erasures.list(limit, before); }),
                    [](const Erasure& erasure) { return py::cast(erasure); });
            },
            py::arg("limit") = 50, py::arg("before") = 0,
            R"doc(list(self, limit=50, before=0)
--

Erasures, newest first; the next page with the last id as before.)doc")
        .def(
            "lift",
            [](const ErasuresFace& self, std::int64_t id) {
                self.call([&](Erasures& erasures) { erasures.lift(id); });
            },
            py::arg("id"), R"doc(lift(self, id)
--

Lets the person of an erasure be entered again: forgets what they are known by. Cannot be undone.)doc")
        .def(
            "is_suppressed",
            [](const ErasuresFace& self, const py::object& first_name, const py::object& last_name,
               const py::object& patronymic, const py::object& born_on, const py::object& phone,
               const py::object& email, const py::object& tax_code, const py::object& system,
               const py::object& key) {
                const Identity identity = identity_from(first_name, last_name, patronymic, born_on,
                                                        phone, email, tax_code, system, key);
                return self.call(
                    [&](Erasures& erasures) { return erasures.is_suppressed(identity); });
            },
            py::kw_only(), py::arg("first_name") = py::none(), py::arg("last_name") = py::none(),
            py::arg("patronymic") = py::none(), py::arg("born_on") = py::none(),
            py::arg("phone") = py::none(), py::arg("email") = py::none(),
            py::arg("tax_code") = py::none(), py::arg("system") = py::none(),
            py::arg("key") = py::none(),
            R"doc(is_suppressed(self, *, first_name=None, last_name=None, patronymic=None, born_on=None, phone=None, email=None, tax_code=None, system=None, key=None)
--

Whether any of what is given is an erased person's. A name counts with born_on or phone only.)doc");
    session.def_property_readonly(
        "erasures", [](const SessionPointer& self) { return ErasuresFace{self}; },
        "Erasures: natural persons erased on request.");
    session.def(
        "export_subject",
        [](const SessionPointer& self, const py::object& person, const py::object& path) {
            const Ref ref = ref_from(person, {"subject", "person"});
            const auto target = path_from(path);
            self->call([&](Session& inside) { export_subject(inside, ref, target); });
        },
        py::arg("person"), py::arg("path"), R"doc(export_subject(self, person, path)
--

Writes all data of one natural person as JSON for that person; docs/erasure.md has the form. Only what this session sees.
Raises Denied without the right to export the person, Conflict where the file exists.)doc");
}

}  // namespace crm::python
