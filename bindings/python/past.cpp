#include <pybind11/pybind11.h>

#include <array>

#include "area.hpp"

namespace crm::python {

namespace {

// ---- the past

/// The file as it stood at a moment; keeps the session alive.
class PastFace {
public:
    PastFace(SessionPointer session, Past past) : session_(std::move(session)), past_(past) {}

    template <class Body>
    auto call(Body&& body) const {
        return session_->call([&](Session&) { return body(past_); });
    }
    const SessionPointer& session() const { return session_; }
    const Past& past() const { return past_; }

private:
    SessionPointer session_;
    Past past_;
};

PastFace as_of(const SessionPointer& session, const py::object& moment) {
    if (PyLong_Check(moment.ptr())) {
        const CommandId command{integer_from(moment, {"past", "moment"})};
        return {session, session->call([&](Session& inside) { return Past(inside, command); })};
    }
    const Time at = time_from(moment, {"past", "moment"});
    return {session, session->call([&](Session& inside) { return Past(inside, at); })};
}

py::object get(const PastFace& self, const py::object& record) {
    const Ref ref = ref_from(record);
    return to_python(self.call([&](const Past& past) { return past.get(ref); }));
}

py::object find(const PastFace& self, const py::object& record) {
    const Ref ref = ref_from(record);
    const auto found = self.call([&](const Past& past) { return past.find(ref); });
    return found ? to_python(*found) : py::none();
}

Rows list(const PastFace& self, const std::string& name, const py::object& where,
          const std::string& order, const py::object& limit, bool bodies, const py::object& saved) {
    const Kind& kind = kind_named(name);
    auto fetch = [&kind, past = self.past(), where = filter_from(where, saved), order, bodies](
                     Session&, int size, const std::string& after) {
        return past.list(kind, {where, order, size, after, bodies});
    };
    return {self.session(), std::move(fetch), limit, !bodies};
}

Count count(const PastFace& self, const std::string& kind, const py::object& where,
            std::int64_t limit, const py::object& saved) {
    const Filter filter = filter_from(where, saved);
    return self.call([&](const Past& past) { return past.count(kind_named(kind), filter, limit); });
}

py::object past_card(const PastFace& self, const py::object& of, int limit) {
    const Ref id = ref_from(of, {"card", "of"});
    if (id.kind() == kind_of<Contact>().number)
        return card_to_python(self.call(
            [&](const Past& past) { return contact_card(past, Id<Contact>{id}, {limit}); }));
    return card_to_python(
        self.call([&](const Past& past) { return card(past, Id<Party>{id}, {limit}); }));
}

void bind_the_past(py::module_& module, SessionClass& session) {
    py::class_<PastFace>(module, "Past",
                         R"doc(The file as it stood just after a command. Made by Session.as_of().

Rights are those of now: a record is there where the session sees it now or, of one removed since, would see it; fields
hidden now are hidden. The version of its records is 0: nobody writes them back. Each call is a snapshot of its own.

Cost: get() and find() are a few look-ups and one step back for each change of the record since. list(), count() and
card() first put together every record that was changed or removed since the moment, about 30 µs each and at most
200,000, at each page.)doc")
        .def_property_readonly(
            "moment", [](const PastFace& self) { return to_python(self.past().moment()); },
            "CommandId: the last command whose effects are seen; None before the first.")
        .def_property_readonly(
            "at", [](const PastFace& self) { return to_python(self.past().at()); },
            "datetime in UTC: the moment as given, or the time of the command given.")
        .def("get", &get, py::arg("ref"), R"doc(get(self, ref)
--

The record of any kind as it was then, with its long texts. Raises NotFound where it was not there, or is hidden
now.)doc")
        .def("find", &find, py::arg("ref"), R"doc(find(self, ref)
--

The same, None where it was not there or is hidden.)doc")
        .def("list", &list, py::arg("kind"), py::arg("where") = py::none(), py::kw_only(),
             py::arg("order") = "", py::arg("limit") = py::none(), py::arg("bodies") = false,
             py::arg("saved") = py::none(),
             R"doc(list(self, kind, where=None, *, order='', limit=None, bodies=False, saved=None)
--

An iterator over the records of a kind that fulfilled a condition then, as Session.find(). saved: a filter that was
saved then, as it was. Raises LimitExceeded for
more than 200,000 records changed or removed since.)doc")
        .def("count", &count, py::arg("kind"), py::arg("where") = py::none(), py::kw_only(),
             py::arg("limit") = 10'000, py::arg("saved") = py::none(),
             R"doc(count(self, kind, where=None, *, limit=10000, saved=None)
--

How many records fulfilled a condition then, counted up to `limit`.)doc")
        .def("card", &past_card, py::arg("of"), py::kw_only(), py::arg("limit") = 20,
             R"doc(card(self, of, *, limit=20)
--

The card of a party or a contact as it was then. limit: rows of each long part. Raises NotFound.)doc")
        .def("__repr__", [](const PastFace& self) {
            return "<crm.Past as of command " +
                   std::to_string(static_cast<std::int64_t>(self.past().moment())) + ">";
        });
    session.def("as_of", &as_of, py::arg("moment"), R"doc(as_of(self, moment)
--

The file as it stood at a moment: an aware datetime (the last command at or before it; of the future, now) or the number
of a command (just after it). Raises NotFound where there is no such command.)doc");
}

// ---- the feed

class FeedFace {
public:
    explicit FeedFace(SessionPointer session) : session_(std::move(session)) {}
    template <class Body>
    auto call(Body&& body) const {
        return session_->call([&](Session& inside) { return body(Feed(inside)); });
    }

private:
    SessionPointer session_;
};

FeedPage read(const FeedFace& self, const py::object& position, int limit, bool fields,
              const py::object& kinds) {
    const std::string from = optional_text(position, {"feed", "position"});
    FeedOptions options{.limit = limit, .fields = fields};
    if (!kinds.is_none())
        for (py::handle kind : kinds) options.kinds.push_back(py::cast<std::string>(kind));
    return self.call([&](const Feed& feed) { return feed.read(from, options); });
}

const char* name_of(FeedEntry::What what) {
    static constexpr std::array names{"created", "changed", "removed", "restored", "left"};
    return names[static_cast<std::size_t>(what)];
}

void bind_entries(py::module_& module) {
    py::class_<FeedEntry>(module, "FeedEntry", "One change of one record by one command.")
        .def_property_readonly(
            "command", [](const FeedEntry& self) { return to_python(self.command); },
            "CommandId: which command.")
        .def_property_readonly(
            "record", [](const FeedEntry& self) { return to_python(self.record); },
            "Ref: which record.")
        .def_property_readonly(
            "what", [](const FeedEntry& self) { return name_of(self.what); },
            R"doc(str: created (made, or come into sight: read it with its children, links and parts), changed, removed,
restored, or left (no more in sight: drop it with its children, links and parts, and the other half of a person).)doc")
        .def_property_readonly(
            "fields", [](const FeedEntry& self) { return texts(self.fields); },
            "list of str: with fields=True, of a change, the fields that changed and may be seen.")
        .def("__repr__", [](const FeedEntry& self) {
            return "<crm.FeedEntry " + std::string(name_of(self.what)) + " " +
                   std::to_string(self.record.value()) + ">";
        });
    py::class_<FeedPage> page(module, "FeedPage",
                              "Some entries of the feed, and where to go on. A sequence.");
    page.def_property_readonly(
            "entries",
            [](const FeedPage& self) {
                return list_of(self.entries,
                               [](const FeedEntry& entry) { return py::cast(entry); });
            },
            "list of FeedEntry, in order of commands.")
        .def_readonly("position", &FeedPage::position, "str: for the next read; keep it.")
        .def_readonly("at_end", &FeedPage::at_end, "bool: nothing more was there.");
    bind_sequence(page, "entries");
}

void bind_feed(py::module_& module, SessionClass& session) {
    bind_entries(module);
    py::class_<FeedFace>(
        module, "Feed",
        R"doc(What changed since a position, in order and without gaps, within the session's rights.

Entries hold no values. Of what the session does not see there is none, but "left" where a change took it out of its
sight.)doc")
        .def("read", &read, py::arg("position") = py::none(), py::arg("limit") = 1'000,
             py::arg("fields") = false, py::arg("kinds") = py::none(),
             R"doc(read(self, position=None, limit=1000, fields=False, kinds=None)
--

What comes after a position; None: from the first command on, by the rights of now. limit: entries, 1 to 100,000; a page may hold fewer, even
none, and not be at the end. kinds: names of kinds, None for all.

Raises Resync for a position of before a restore or of another copy, and where the session's rights changed on the way:
read everything anew and go on from now(). Invalid for what is no position, Misuse inside work().)doc")
        .def(
            "now",
            [](const FeedFace& self) {
                return self.call([](const Feed& feed) { return feed.now(); });
            },
            R"doc(now(self)
--

The position of the end: what is read from it begins with the next command.)doc");
    session.def_property_readonly(
        "feed", [](const SessionPointer& self) { return FeedFace(self); },
        "Feed: what changed since a position.");
}

}  // namespace

void bind_past(py::module_& module, SessionClass& session) {
    bind_the_past(module, session);
    bind_feed(module, session);
}

}  // namespace crm::python
