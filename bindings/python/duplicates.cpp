#include "crm/duplicates.hpp"

#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {

namespace {

struct DuplicatesFace {
    SessionPointer session;

    /// Calls a verb of the area.
    template <class Body>
    auto call(Body&& body) const {
        return session->call([&](Session& inside) {
            Duplicates duplicates(inside);
            return body(duplicates);
        });
    }
};

std::vector<Ref> refs_from(const py::iterable& given) {
    std::vector<Ref> refs;
    for (const auto each : given) refs.push_back(ref_from(each, {"merge", "others"}));
    return refs;
}

MergeOptions options_from(const py::object& fields, bool fill_empty) {
    MergeOptions options{{}, fill_empty};
    if (fields.is_none()) return options;
    if (!py::isinstance<py::dict>(fields)) refuse("merge", "fields", "must be a dict");
    for (const auto [field, from] : fields.cast<py::dict>())
        options.fields.emplace_back(text_from(field, {"merge", "fields"}),
                                    ref_from(from, {"merge", "fields"}));
    return options;
}

py::list list_from(const std::vector<Duplicate>& found) {
    return list_of(found, [](const Duplicate& duplicate) { return py::cast(duplicate); });
}

// A record that is stored, or one that is not yet.
py::list of(const DuplicatesFace& self, const py::object& record, const py::iterable& parts,
            double min_score, int limit, bool dismissed) {
    const LookUp options{min_score, limit, dismissed};
    const bool is_draft =
        py::isinstance<Record>(record) && !record.cast<const Record&>().any().head().id;
    if (!is_draft) {
        const Ref ref = ref_from(record, {"duplicate", "record"});
        return list_from(self.call([&](Duplicates& all) { return all.of(ref, options); }));
    }
    const AnyRecord draft = record.cast<const Record&>().any();
    std::vector<AnyRecord> belongings;
    for (const auto part : parts) belongings.push_back(part.cast<const Record&>().any());
    return list_from(
        self.call([&](Duplicates& all) { return all.of(draft, belongings, options); }));
}

DuplicatePage find(const DuplicatesFace& self, const std::string& kind, const py::object& since,
                   double min_score, int limit, bool dismissed) {
    DuplicateQuery query{kind, min_score, {}, limit, dismissed};
    if (!since.is_none()) {
        const bool is_command = py::hasattr(since, "id");
        query.since = CommandId{integer_from(is_command ? py::object(since.attr("id")) : since,
                                             {"duplicate", "since"})};
    }
    return self.call([&](Duplicates& all) { return all.find(query); });
}

/// A verb about two records.
template <class Verb>
auto about_two(Verb verb) {
    return [verb](const DuplicatesFace& self, const py::object& a, const py::object& b) {
        const Ref one = ref_from(a, {"duplicate", "a"}), other = ref_from(b, {"duplicate", "b"});
        self.call([&](Duplicates& all) { (all.*verb)(one, other); });
    };
}

/// Merging, for good or to look.
template <class Verb>
auto merging(Verb verb) {
    return [verb](const DuplicatesFace& self, const py::object& survivor,
                  const py::iterable& others, const py::object& fields, bool fill_empty) {
        const Ref id = ref_from(survivor, {"merge", "survivor"});
        const auto all_others = refs_from(others);
        const auto options = options_from(fields, fill_empty);
        return self.call([&](Duplicates& all) { return (all.*verb)(id, all_others, options); });
    };
}

template <class Which>
py::object unmerge_by(const DuplicatesFace& self, Which which) {
    return undone_to_python(self.call([&](Duplicates& all) { return all.unmerge(which); }));
}

// A merge, its command, or the record that went in it.
py::object unmerge(const DuplicatesFace& self, const py::object& what) {
    if (py::isinstance<Merged>(what)) return unmerge_by(self, what.cast<const Merged&>().command);
    const bool is_command = py::type::of(what).equal(py::type::of(to_python(CommandId{1})));
    if (is_command) return unmerge_by(self, CommandId{integer_from(what, {"merge", "command"})});
    return unmerge_by(self, ref_from(what, {"merge", "record"}));
}

void bind_duplicate(py::module_& module) {
    using Reason = Duplicate::Reason;
    py::class_<Reason>(module, "DuplicateReason", "One piece of evidence for or against.")
        .def_readonly("what", &Reason::what,
                      "str: name, born_on, phone, email, url, tax_code or address.")
        .def_readonly("weight", &Reason::weight,
                      "float: logarithm (base 2) of how much likelier it makes that they are one.")
        .def_readonly("text", &Reason::text, "str: what stands there, of visible fields only.")
        .def("__repr__", [](const Reason& self) {
            return "<crm.DuplicateReason " + self.what + ": " + self.text + ">";
        });
    py::class_<Duplicate>(module, "Duplicate", "Two records of one kind that may be the same.")
        .def_property_readonly(
            "record", [](const Duplicate& self) { return to_python(self.record); },
            "Ref, or None of a draft.")
        .def_property_readonly(
            "other", [](const Duplicate& self) { return to_python(self.other); }, "Ref.")
        .def_readonly("score", &Duplicate::score, "float: probability that they are one, 0 to 1.")
        .def_property_readonly(
            "reasons",
            [](const Duplicate& self) {
                return list_of(self.reasons, [](const Reason& each) { return py::cast(each); });
            },
            "list of DuplicateReason, heaviest first.")
        .def("__repr__", [](const Duplicate& self) {
            return "<crm.Duplicate " + std::to_string(self.record.value()) + " and " +
                   std::to_string(self.other.value()) + ">";
        });
    py::class_<DuplicatePage> page(module, "DuplicatePage",
                                   "Pairs found, likeliest first. A sequence.");
    page.def_property_readonly(
            "pairs", [](const DuplicatePage& self) { return list_from(self.pairs); },
            "list of Duplicate.")
        .def_readonly("incomplete", &DuplicatePage::incomplete,
                      "bool: there are more than the limit.")
        .def_readonly("blocks_skipped", &DuplicatePage::blocks_skipped,
                      "int: groups with something in common that were too large to be compared "
                      "wholly.");
    bind_sequence(page, "pairs");
    py::class_<Merged>(module, "Merged", "What a merge did.")
        .def_property_readonly(
            "command", [](const Merged& self) { return to_python(self.command); }, "CommandId.")
        .def_property_readonly(
            "survivor", [](const Merged& self) { return to_python(self.survivor); }, "Ref.")
        .def_readonly("moved", &Merged::moved,
                      "int: records that refer to the survivor now or belong to it.")
        .def_readonly("dropped", &Merged::dropped,
                      "int: those that went, because the survivor has the same.");
}

void bind_finding(py::class_<DuplicatesFace>& face) {
    face.def("of", &of, py::arg("record"), py::arg("parts") = py::tuple(), py::kw_only(),
             py::arg("min_score") = 0.5, py::arg("limit") = 20, py::arg("dismissed") = false,
             R"doc(of(self, record, parts=(), *, min_score=0.5, limit=20, dismissed=False)
--

The records that may be the same as one, likeliest first, as a list of Duplicate. record may be a Party or Contact that
is not stored yet; parts are then its points, addresses and, of a natural person, its contact. Found by phone, e-mail,
tax code and the beginning of names; find() finds more. Raises NotFound.)doc")
        .def(
            "find", &find, py::arg("kind") = "party", py::arg("since") = py::none(), py::kw_only(),
            py::arg("min_score") = 0.5, py::arg("limit") = 1000, py::arg("dismissed") = false,
            R"doc(find(self, kind='party', since=None, *, min_score=0.5, limit=1000, dismissed=False)
--

All pairs of parties or contacts of the file, likeliest first, as a DuplicatePage. since: a command, for pairs of which
one was made or changed after it. Reads every visible record once; memory about 1.5 KB a record.)doc")
        .def("dismiss", about_two(&Duplicates::dismiss), py::arg("a"), py::arg("b"),
             R"doc(dismiss(self, a, b)
--

Remembers for everybody that two records are not the same. Rights: read on both.)doc")
        .def("undismiss", about_two(&Duplicates::undismiss), py::arg("a"), py::arg("b"),
             R"doc(undismiss(self, a, b)
--

Forgets that. Rights: change on the record with the smaller id, or to have dismissed the pair.)doc");
}

void bind_merging(py::class_<DuplicatesFace>& face) {
    face.def("merge", merging(&Duplicates::merge), py::arg("survivor"), py::arg("others"),
             py::arg("fields") = py::none(), py::kw_only(), py::arg("fill_empty") = true,
             R"doc(merge(self, survivor, others, fields=None, *, fill_empty=True)
--

Makes one record of several: what refers to the others moves to the survivor, and they go; a Merged. fields: {name:
record} says whose value a field gets ("contact.born_on" of a natural person's contact); empty ones get what the others
have. Raises Invalid for what cannot be one, Conflict where something hidden refers to one of the others.

Rights: change on the survivor and on what refers, delete on the others.)doc")
        .def("rehearse_merge", merging(&Duplicates::rehearse_merge), py::arg("survivor"),
             py::arg("others"), py::arg("fields") = py::none(), py::kw_only(),
             py::arg("fill_empty") = true,
             R"doc(rehearse_merge(self, survivor, others, fields=None, *, fill_empty=True)
--

What that would do, as Effects; nothing is kept.)doc")
        .def("unmerge", &unmerge, py::arg("what"), R"doc(unmerge(self, what)
--

Takes a merge apart again, at any later time: an Undone. what: a Merged, a CommandId, or the record that went. What was
changed since stays as it is and is listed. Raises Invalid for a command that is no merge, NotFound.)doc")
        .def(
            "merged_into",
            [](const DuplicatesFace& self, const py::object& old) {
                const Ref ref = ref_from(old, {"merge", "record"});
                return to_python(self.call([&](Duplicates& all) { return all.merged_into(ref); }));
            },
            py::arg("old"), R"doc(merged_into(self, old)
--

Ref of the record that stands now for one that went in a merge; None where there is none.)doc");
}

}  // namespace

void bind_duplicates(py::module_& module, SessionClass& session) {
    bind_duplicate(module);
    py::class_<DuplicatesFace> face(
        module, "Duplicates",
        "Duplicates of parties and contacts: found, dismissed, merged and taken apart again.");
    bind_finding(face);
    bind_merging(face);
    session.def_property_readonly(
        "duplicates", [](const SessionPointer& self) { return DuplicatesFace{self}; },
        "Duplicates of parties and contacts.");
}

}  // namespace crm::python
