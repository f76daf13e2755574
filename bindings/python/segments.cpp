#include "crm/segment.hpp"

#include <pybind11/pybind11.h>

#include <optional>

#include "area.hpp"

namespace crm::python {

namespace {

struct SegmentsFace : Area {
    using Area::Area;

    /// Calls a verb of the area.
    template <class Body>
    auto verb(Body&& body) const {
        return call([&](Session& inside) {
            Segments segments(inside);
            return body(segments);
        });
    }
    Id<Segment> segment(const py::object& given) const { return Id<Segment>{ref(given)}; }
};

bool is_condition(const py::object& given) {
    return py::isinstance<py::dict>(given) || py::isinstance<py::str>(given) ||
           (py::hasattr(given, "to_dict") && !py::isinstance<Record>(given));
}

/// Records, or all that fulfil a condition.
template <class ByRecords, class ByFilter>
std::int64_t of_members(const py::object& members, const ByRecords& by_records,
                        const ByFilter& by_filter) {
    if (is_condition(members)) return by_filter(filter_from(members));
    std::vector<Ref> records;
    for (const auto each : py::iter(members))
        records.push_back(ref_from(each, {"segment_member", "record"}));
    return by_records(records);
}

Segment make(const SegmentsFace& self, const std::string& kind, const std::string& name,
             const py::object& where, bool shared) {
    if (where.is_none())
        return self.verb([&](Segments& all) { return all.make(kind, name, shared); });
    const Filter filter = filter_from(where);
    return self.verb([&](Segments& all) { return all.make(kind, name, filter, shared); });
}

std::int64_t add(const SegmentsFace& self, const py::object& segment, const py::object& members) {
    const auto id = self.segment(segment);
    const auto put = [&](const auto& which) {
        return self.verb([&](Segments& all) { return all.add_members(id, which); });
    };
    return of_members(members, put, put);
}

std::int64_t take_out(const SegmentsFace& self, const py::object& segment,
                      const py::object& members) {
    const auto id = self.segment(segment);
    const auto take = [&](const auto& which) {
        return self.verb([&](Segments& all) { return all.remove_members(id, which); });
    };
    return of_members(members, take, take);
}

Rows members(const SegmentsFace& self, const py::object& segment, const py::object& where,
             const std::string& order, const py::object& limit, bool bodies) {
    auto fetch = [id = self.segment(segment), where = filter_from(where), order, bodies](
                     Session& inside, int size, const std::string& after) {
        return Segments(inside).members(id, {where, order, size, after, bodies});
    };
    return {self.session(), std::move(fetch), limit, !bodies};
}

}  // namespace

void bind_segments(py::module_& module, SessionClass& session) {
    py::class_<SegmentsFace, Area>(
        module, "Segments",
        R"doc(Groups of records of one kind: static ones, whose members are put in by hand, and dynamic ones, whose members
are what fulfils a condition now. In conditions `segment` is a field: crm.field("segment") == "VIP".

Personal as saved filters are: a user's own, or shared to be looked at. Members are those that the session sees.)doc")
        .def(
            "make",
            [](const SegmentsFace& self, const std::string& kind, const std::string& name,
               const py::object& where,
               bool shared) { return record_to_python(make(self, kind, name, where, shared)); },
            py::arg("kind"), py::arg("name"), py::arg("where") = py::none(), py::kw_only(),
            py::arg("shared") = false,
            R"doc(make(self, kind, name, where=None, *, shared=False)
--

Makes a segment of records of a kind: a dynamic one of those that fulfil a condition, or without one a static one.

Raises Invalid for an unknown kind or field and for a condition that uses a saved filter or a segment, Denied for a
field that is hidden from the user, Conflict where the name is taken.)doc")
        .def(
            "named",
            [](const SegmentsFace& self, const std::string& kind, const std::string& name) {
                return record_to_python(
                    self.verb([&](Segments& all) { return all.named(kind, name); }));
            },
            py::arg("kind"), py::arg("name"), R"doc(named(self, kind, name)
--

The segment that a name means, blind to case: the user's own, else the one that is shared under it.

Raises NotFound where there is none, Conflict where several people share one.)doc")
        .def("members", &members, py::arg("segment"), py::arg("where") = py::none(), py::kw_only(),
             py::arg("order") = "", py::arg("limit") = py::none(), py::arg("bodies") = false,
             R"doc(members(self, segment, where=None, *, order='', limit=None, bodies=False)
--

An iterator over its members; it pages by itself. where: what is asked of them besides.)doc")
        .def(
            "count_members",
            [](const SegmentsFace& self, const py::object& segment, const py::object& where,
               std::int64_t limit) {
                const auto id = self.segment(segment);
                const Filter filter = filter_from(where);
                return self.verb(
                    [&](Segments& all) { return all.count_members(id, filter, limit); });
            },
            py::arg("segment"), py::arg("where") = py::none(), py::kw_only(),
            py::arg("limit") = 10'000,
            R"doc(count_members(self, segment, where=None, *, limit=10000)
--

How many members it has, counted up to `limit`.)doc")
        .def(
            "of",
            [](const SegmentsFace& self, const py::object& record) {
                const Ref id = ref_from(record, {"segment_member", "record"});
                return records(self.verb([&](Segments& all) { return all.of(id); }));
            },
            py::arg("record"), R"doc(of(self, record)
--

The static segments that a record is in, by name. Raises NotFound.)doc")
        .def("add_members", &add, py::arg("segment"), py::arg("members"),
             R"doc(add_members(self, segment, members)
--

Puts records into a static segment, one command: an iterable of records, or all that fulfil a condition now. How many
came; those that are in it stay.

Raises NotFound for a hidden record, Invalid for one of another kind and for a dynamic segment, Denied without the
right to change the segment; then none is put in.)doc")
        .def("remove_members", &take_out, py::arg("segment"), py::arg("members"),
             R"doc(remove_members(self, segment, members)
--

Takes records out of a static segment, one command: an iterable of records, or all members that fulfil a condition. How
many went.)doc");
    bind_property<SegmentsFace, Segment>(session, "segments", "Segments: groups of records.");
}

}  // namespace crm::python
