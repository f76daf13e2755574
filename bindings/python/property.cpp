#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {

namespace {

struct PropertiesFace : Area {
    using Area::Area;

    /// A verb about one property of a kind.
    template <class Verb>
    void about(Verb verb) const {
        call([&](Session& session) { verb(Properties(session)); });
    }
};

PropertyType type_from(const std::string& name) {
    Property property;
    kind_of<Property>().column("type").set(&property, std::string_view{name});
    return property.type;
}

/// A label as one text, in the session's language, or by language.
Labels labels_from(const py::object& given, const std::string& language, Place place) {
    Labels labels;
    if (given.is_none()) return labels;
    if (!PyDict_Check(given.ptr())) return {{language, std::string(text_from(given, place))}};
    for (auto [of, text] : py::reinterpret_borrow<py::dict>(given))
        labels.emplace_back(text_from(of, place), text_from(text, place));
    return labels;
}

/// Codes, or labels by code.
std::vector<Choice> choices_from(const py::object& given, const std::string& language) {
    const Place place{"property", "choices"};
    std::vector<Choice> choices;
    if (given.is_none()) return choices;
    if (PyDict_Check(given.ptr())) {
        for (auto [code, label] : py::reinterpret_borrow<py::dict>(given))
            choices.push_back(
                {std::string(text_from(code, place)),
                 labels_from(py::reinterpret_borrow<py::object>(label), language, place)});
        return choices;
    }
    for (const py::handle code : given)
        choices.push_back({std::string(text_from(code, place)), {}});
    return choices;
}

/// As definitions keep it: instants in microseconds, dates as text.
std::string default_from(const py::object& value) {
    const Place place{"property", "default"};
    if (value.is_none()) return {};
    if (PyBool_Check(value.ptr())) return value.cast<bool>() ? "1" : "0";
    if (is_datetime(value))
        return Json(std::int64_t{time_from(value, place).time_since_epoch().count()}).dump();
    if (is_date(value)) return Json(date_from(value, place).text()).dump();
    return json_from(value).dump();
}

py::object define(const PropertiesFace& self, const std::string& kind, const std::string& name,
                  const std::string& type, const py::object& label, bool is_required,
                  bool is_unique, bool is_searchable, const py::object& default_value,
                  const py::object& choices, const py::object& list, const py::object& target,
                  std::int64_t position) {
    const Property property{.kind = kind,
                            .name = name,
                            .type = type_from(type),
                            .list = optional_text(list, {"property", "list"}),
                            .target = optional_text(target, {"property", "target"}),
                            .is_required = is_required,
                            .is_unique = is_unique,
                            .is_searchable = is_searchable,
                            .default_value = default_from(default_value),
                            .position = position};
    const std::string language =
        self.call([](Session& session) { return std::string(session.language()); });
    const Labels labels = labels_from(label, language, {"property", "label"});
    const auto values = choices_from(choices, language);
    return record_to_python(self.call(
        [&](Session& session) { return Properties(session).define(property, labels, values); }));
}

template <class Verb>
auto of_one(Verb verb) {
    return [verb](const PropertiesFace& self, const std::string& kind, const std::string& name) {
        self.about([&](Properties properties) { (properties.*verb)(kind, name); });
    };
}

template <class Verb>
auto setting(Verb verb) {
    return [verb](const PropertiesFace& self, const std::string& kind, const std::string& name,
                  bool value) {
        self.about([&](Properties properties) { (properties.*verb)(kind, name, value); });
    };
}

void bind_reading(py::class_<PropertiesFace, Area>& properties) {
    properties
        .def(
            "named",
            [](const PropertiesFace& self, const std::string& kind, const std::string& name) {
                return record_to_python(self.call(
                    [&](Session& session) { return Properties(session).named(kind, name); }));
            },
            py::arg("kind"), py::arg("name"), R"doc(named(self, kind, name)
--

The definition of one property. Raises NotFound.)doc")
        .def(
            "of_kind",
            [](const PropertiesFace& self, const std::string& kind, bool with_retired) {
                return records(self.call([&](Session& session) {
                    return Properties(session).of_kind(kind, with_retired);
                }));
            },
            py::arg("kind"), py::kw_only(), py::arg("with_retired") = false,
            R"doc(of_kind(self, kind, *, with_retired=False)
--

The properties of a kind, in order of position. Raises Invalid for an unknown kind.)doc")
        .def(
            "label",
            [](const PropertiesFace& self, const std::string& kind, const std::string& name) {
                return self.call([&](Session& session) {
                    const Properties all(session);
                    return all.label(all.named(kind, name));
                });
            },
            py::arg("kind"), py::arg("name"), R"doc(label(self, kind, name)
--

The label in the session's language, else in English, else the name without "x_".)doc");
}

void bind_changing(py::class_<PropertiesFace, Area>& properties) {
    properties
        .def(
            "set_label",
            [](const PropertiesFace& self, const std::string& kind, const std::string& name,
               const std::string& language, const std::string& label) {
                self.about([&](Properties all) { all.set_label(kind, name, language, label); });
            },
            py::arg("kind"), py::arg("name"), py::arg("language"), py::arg("label"),
            R"doc(set_label(self, kind, name, language, label)
--

Sets the label in one language. Rights: administer.)doc")
        .def("retire", of_one(&Properties::retire), py::arg("kind"), py::arg("name"),
             R"doc(retire(self, kind, name)
--

Refuses new values from now on; records keep theirs. Rights: administer.)doc")
        .def("reactivate", of_one(&Properties::reactivate), py::arg("kind"), py::arg("name"),
             R"doc(reactivate(self, kind, name)
--

Takes retire() back. Rights: administer.)doc")
        .def("set_required", setting(&Properties::set_required), py::arg("kind"), py::arg("name"),
             py::arg("required"), R"doc(set_required(self, kind, name, required)
--

Whether new records must have a value; records without one stay as they are. Rights: administer.)doc")
        .def("set_unique", setting(&Properties::set_unique), py::arg("kind"), py::arg("name"),
             py::arg("unique"), R"doc(set_unique(self, kind, name, unique)
--

Whether no two records may have the same value, byte by byte. Raises Conflict where records have, and lists up to 100
of those this session sees in its conflicts. Rights: administer.)doc");
}

}  // namespace

void bind_properties(py::module_& module, SessionClass& session) {
    py::class_<PropertiesFace, Area> properties(module, "Properties",
                                                "Custom properties: fields that administrators add "
                                                "to a kind of record. On records they are "
                                                "attributes by their names, in filters, orders, "
                                                "imports and exports fields like any other.");
    properties.def(
        "define", &define, py::arg("kind"), py::arg("name"), py::arg("type"), py::kw_only(),
        py::arg("label") = py::none(), py::arg("required") = false, py::arg("unique") = false,
        py::arg("searchable") = false, py::arg("default") = py::none(),
        py::arg("choices") = py::none(), py::arg("list") = py::none(),
        py::arg("target") = py::none(), py::arg("position") = 0,
        R"doc(define(self, kind, name, type, *, label=None, required=False, unique=False, searchable=False, default=None, choices=None, list=None, target=None, position=0)
--

Adds a property to a kind, for every session and process from its next statement on. It cannot be undone: retire it.

name: "x_" and 1 to 38 lower case letters, digits and "_". type: text (500 bytes), long_text (1 MB), integer, real,
date, time, flag, choice, reference or money. label: a text in the session's language, or texts by language. choices:
codes, or labels by code, for the list of a choice: its own, or the existing one named by list. target: what a
reference is to: a root kind, user, unit or territory. default: what new records get where nothing is given; references
and amounts have none. position: of forms; 0 puts it behind the others.

Cost: constant; with searchable the search index of the kind is made anew, while other writers wait. Raises Invalid for
what does not fit together, LimitExceeded beyond 256 columns of a kind. Rights: administer.)doc");
    bind_reading(properties);
    bind_changing(properties);
    bind_property<PropertiesFace, Property>(session, "properties",
                                            "Properties: custom fields of kinds of record.");
}

}  // namespace crm::python
