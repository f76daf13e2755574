#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {

namespace {

struct BankAccountsFace : Area {
    using Area::Area;
};
struct PartyLinksFace : Area {
    using Area::Area;
};

void bind_accounts(py::module_& module) {
    py::class_<BankAccountsFace, Area>(
        module, "BankAccounts",
        "Bank accounts of parties. A number that begins like an IBAN must be a right one.")
        .def(
            "of",
            [](const BankAccountsFace& self, const py::object& party) {
                const Ref id = ref_from(party, {"bank_account", "party"});
                return records(
                    self.call([&](Session& session) { return BankAccounts(session).of(id); }));
            },
            py::arg("party"), R"doc(of(self, party)
--

The accounts of a party, primary ones first, then oldest first.)doc")
        .def(
            "with_number",
            [](const BankAccountsFace& self, const std::string& number) {
                return records(self.call(
                    [&](Session& session) { return BankAccounts(session).with_number(number); }));
            },
            py::arg("number"), R"doc(with_number(self, number)
--

The accounts with that number, however it is grouped and written, oldest first; at most 1,000.)doc");
}

// ---- Links

struct HierarchyFace {
    py::list above, below;
    bool more;
};

py::list places(const std::vector<Hierarchy::Place>& places) {
    return list_of(places, [](const Hierarchy::Place& place) {
        return py::make_tuple(place.level, record_to_python(place.party));
    });
}

void bind_hierarchy(py::module_& module) {
    py::class_<HierarchyFace>(module, "Hierarchy", "What is above and below a party on one day.")
        .def_readonly("above", &HierarchyFace::above,
                      "list of (level, Party), nearest first; level 1 is directly above.")
        .def_readonly("below", &HierarchyFace::below, "list of (level, Party), nearest first.")
        .def_readonly("more", &HierarchyFace::more, "bool: one of them was cut at the limit.");
}

void bind_links(py::module_& module) {
    py::class_<PartyLinksFace, Area>(module, "PartyLinks",
                                     "Links of parties: \"party is <type> other\", for a time.")
        .def(
            "end",
            [](const PartyLinksFace& self, const py::object& link, const py::object& ends_on) {
                const Ref id = self.ref(link);
                const Date day = date_from(ends_on, {"party_link", "ends_on"});
                return record_to_python(
                    self.call([&](Session& session) { return PartyLinks(session).end(id, day); }));
            },
            py::arg("link"), py::arg("ends_on"), R"doc(end(self, link, ends_on)
--

Ends a link; ends_on is its last day.)doc")
        .def(
            "of",
            [](const PartyLinksFace& self, const py::object& party, const py::object& type,
               const py::object& limit) {
                const Ref id = ref_from(party, {"party_link", "party"});
                const auto code = optional_text(type, {"party_link", "type"});
                return Rows(
                    self.session(),
                    [id, code](Session& session, int size, const std::string& after) {
                        return any_page(PartyLinks(session).of(
                            id, {.type = code, .limit = size, .after = after}));
                    },
                    limit, false);
            },
            py::arg("party"), py::arg("type") = py::none(), py::kw_only(),
            py::arg("limit") = py::none(), R"doc(of(self, party, type=None, *, limit=None)
--

An iterator over the links of a party, those that lead to it too, by type, then oldest first; it pages by itself.)doc")
        .def(
            "hierarchy",
            [](const PartyLinksFace& self, const py::object& party, const py::object& on,
               int limit) {
                const Ref id = ref_from(party, {"party_link", "party"});
                const auto day = optional_date(on, {"party_link", "on"});
                const auto found = self.call([&](Session& session) {
                    return PartyLinks(session).hierarchy(id, day, limit);
                });
                return HierarchyFace{places(found.above), places(found.below), found.more};
            },
            py::arg("party"), py::arg("on") = py::none(), py::kw_only(), py::arg("limit") = 1000,
            R"doc(hierarchy(self, party, on=None, *, limit=1000)
--

What is above and below a party on a day (today if none is given), by links branch_of, subsidiary_of and member_of: a
Hierarchy. What is hidden cuts the way. limit: parties of each, 1 to 1,000.)doc");
}

}  // namespace

void bind_party_details(py::module_& module, SessionClass& session) {
    bind_accounts(module);
    bind_hierarchy(module);
    bind_links(module);
    bind_property<BankAccountsFace, BankAccount>(session, "bank_accounts",
                                                 "Bank accounts of parties.");
    bind_property<PartyLinksFace, PartyLink>(session, "party_links",
                                             "Links between parties and their hierarchy.");
}

}  // namespace crm::python
