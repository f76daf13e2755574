#include "session.hpp"

#include <pybind11/pybind11.h>

#include <algorithm>

namespace crm::python {

// ---- One session, several Python objects, one thread at a time

SharedSession::Use::Use(SharedSession& session) : session_(session) {
    if (!session.session_) throw Misuse("the session is closed");
    const auto me = std::this_thread::get_id();
    if (session.depth_ > 0 && session.user_ != me)
        throw Misuse("a session is used by one thread at a time; make another one for this thread");
    session.user_ = me;
    ++session.depth_;
}

SharedSession::~SharedSession() {
    const py::gil_scoped_release release;
    session_.reset();
}

const Session& SharedSession::face() const {
    if (!session_) throw Misuse("the session is closed");
    return *session_;
}

const std::string& SharedSession::currency() const { return face().currency(); }

void SharedSession::close() {
    if (depth_ > 0) throw Misuse("the session is at work; close it after that");
    auto closing = std::exchange(session_, std::nullopt);
    const py::gil_scoped_release release;
    closing.reset();
}

// ---- Lists

namespace {

constexpr int biggest_page = 1'000;
constexpr std::int64_t all_rows = -1;

}  // namespace

Rows::Rows(SessionPointer session, Fetch fetch, const py::object& limit, bool without_bodies)
    : session_(std::move(session)),
      fetch_(std::move(fetch)),
      left_(limit.is_none() ? all_rows : integer_from(limit, {"list", "limit"})),
      without_bodies_(without_bodies),
      page_size_(50) {
    if (left_ < 0 && !limit.is_none())
        refuse("list", "limit", "0 or more rows, or None for every one");
    is_last_ = left_ == 0;
}

// The first page is small, for who looks at the beginning only; the next ones are as large as they
// may be.
void Rows::turn_page() {
    const int size = left_ == all_rows
                         ? page_size_
                         : static_cast<int>(std::min<std::int64_t>(left_, page_size_));
    page_ = session_->call([&](Session& session) { return fetch_(session, size, page_.next); });
    at_ = 0;
    page_size_ = biggest_page;
    if (left_ != all_rows) left_ -= static_cast<std::int64_t>(page_.rows.size());
    is_last_ = page_.next.empty() || left_ == 0;
}

py::object Rows::next() {
    while (at_ == page_.rows.size()) {
        if (is_last_) throw py::stop_iteration();
        turn_page();
    }
    return to_python(Record{std::move(page_.rows[at_++]), without_bodies_});
}

Rows rows_of(const SessionPointer& session, const Kind& kind, Listing listing,
             const py::object& limit) {
    const bool without_bodies = !listing.bodies;
    auto fetch = [&kind, listing = std::move(listing)](Session& inside, int size,
                                                       const std::string& after) {
        return inside.list(kind, {listing.where, listing.order, size, after, listing.bodies});
    };
    return {session, std::move(fetch), limit, without_bodies};
}

py::object page_of(const SessionPointer& session, const Kind& kind, const Listing& listing,
                   int limit, const std::string& after) {
    auto page = session->call([&](Session& inside) {
        return inside.list(kind, {listing.where, listing.order, limit, after, listing.bodies});
    });
    return py::cast(PageFace{list_of(page.rows,
                                     [&](AnyRecord& row) {
                                         return to_python(Record{std::move(row), !listing.bodies});
                                     }),
                             page.next});
}

py::object count_of(const SessionPointer& session, const Kind& kind, const Filter& where,
                    std::int64_t limit) {
    return py::cast(
        session->call([&](Session& inside) { return inside.count(kind, where, limit); }));
}

const Kind& kind_now(const SessionPointer& session, const Kind& kind) {
    return *session->call([&](Session& inside) { return &Properties(inside).kind(kind.name); });
}

// ---- Writing any record

namespace {

void settle(const SessionPointer& session, Record& record) {
    if (record.waits_for_kind()) record.settle(kind_now(session, record.kind()));
    if (record.waits_for_currency()) record.settle(session->currency());
}

std::int64_t version_from(const py::object& version) {
    return version.is_none() ? any_version : integer_from(version, {"change", "version"});
}

const Kind& kind_of_ref(Ref id) { return kind_numbered(id.kind()); }

bool touches_money(const Face& face, const py::dict& fields) {
    return std::ranges::any_of(face.attributes, [&](const Attribute& attribute) {
        return attribute.pair != nullptr && fields.contains(attribute.name.c_str());
    });
}

}  // namespace

py::object add_record(const SessionPointer& session, Record record) {
    settle(session, record);
    session->call([&](Session& inside) { inside.add(record.any()); });
    return to_python(std::move(record));
}

py::object update_record(const SessionPointer& session, Record record) {
    settle(session, record);
    const Head& head = record.any().head();
    if (!head.id)
        refuse(record.kind().name, "id", "a record that was never added cannot be updated");
    return to_python(session->call([&](Session& inside) {
        return inside.change(head.id, head.version, record.assignments());
    }));
}

py::object change_record(const SessionPointer& session, Ref id, const py::object& version,
                         const py::dict& fields) {
    const Kind& kind =
        names_properties(fields) ? kind_now(session, kind_of_ref(id)) : kind_of_ref(id);
    // An amount is read in the currency that the record has, unless one is given.
    const bool money = touches_money(face_of(kind), fields);
    Record record = money ? Record{session->call([&](Session& inside) { return inside.get(id); })}
                          : Record{kind};
    record.set_all(fields);
    settle(session, record);
    const std::int64_t expected = version_from(version);
    return to_python(session->call(
        [&](Session& inside) { return inside.change(id, expected, record.assignments(fields)); }));
}

// ---- Work

namespace {

/// What Python is handed inside a unit of work; dead after it.
class WorkFace {
public:
    explicit WorkFace(Work& work) : work_(&work) {}
    void end() { work_ = nullptr; }
    Work& work() const {
        if (work_ == nullptr) throw Misuse("this unit of work is over");
        return *work_;
    }

private:
    Work* work_;
};

// Runs a Python function as the body of a unit of work; its exception unwinds the library and
// arrives unchanged.
std::function<void(Work&)> body_of(const py::object& function, py::object& value) {
    return [&function, &value](Work& work) {
        const py::gil_scoped_acquire gil;
        const auto face = std::make_shared<WorkFace>(work);
        struct End {
            WorkFace& face;
            ~End() { face.end(); }
        } const end{*face};
        value = function(face);
    };
}

Done work(const SessionPointer& session, const std::string& verb, const py::object& function,
          const py::object& key, const py::object& arguments, const py::object& run) {
    WriteOptions options;
    options.key = optional_text(key, {"work", "key"});
    options.arguments = optional_text(arguments, {"work", "arguments"});
    if (!run.is_none()) options.run = RunId{integer_from(run, {"work", "run"})};
    py::object value = py::none();
    const auto body = body_of(function, value);
    Done done;
    done.command =
        session->call([&](Session& inside) { return inside.write(verb, body, options); });
    if (!done.command.replayed) done.value = std::move(value);
    return done;
}

Effects rehearse(const SessionPointer& session, const py::object& function) {
    py::object value = py::none();
    const auto body = [run = body_of(function, value)](Work& work) {
        try {
            run(work);
        } catch (const py::error_already_set& error) {
            const py::gil_scoped_acquire gil;
            throw_if_denied(error);
            throw;
        }
    };
    return session->call([&](Session& inside) { return inside.rehearse(body); });
}

// ---- History, as Python sees it

struct FieldFace {
    std::string field;
    py::object before, after;
};

struct EntryFace {
    Done command;
    std::string user;
    std::string what;
    py::list fields;
};

// History keeps stored values: microseconds, text dates, numbers of records.
py::object history_value(const Column* column, const Json& json) {
    const bool is_scalar = !json.is_array() && !json.is_object() && !json.is_null();
    if (column == nullptr || !is_scalar) return to_python(json);
    if (column->type == FieldType::time && json.is_string())
        return to_python(parse_time(json.string()));
    if (column->type == FieldType::reference && json.is_string())
        return to_python(Ref{std::stoll(json.string())});
    return to_python(json.value(), column->type);
}

py::object head_value(const std::string& field, const Json& json) {
    if (!field.ends_with("_id") || json.is_null()) return to_python(json);
    return to_python(Ref{json.is_string() ? std::stoll(json.string()) : json.integer()});
}

FieldFace field_face(const Kind& kind, const FieldChange& change) {
    const Column* column = kind.find(change.field);
    const Attribute* attribute = face_of(kind).of_column(change.field);
    // Minor units keep the column's name: without their currency they are no amount.
    const bool renamed = attribute != nullptr && attribute->what != Attribute::What::amount;
    const auto value = [&](const Json& json) {
        return column == nullptr ? head_value(change.field, json) : history_value(column, json);
    };
    return {renamed ? attribute->name : change.field, value(change.from), value(change.to)};
}

py::list field_faces(const Kind& kind, const std::vector<FieldChange>& fields) {
    return list_of(fields,
                   [&](const FieldChange& change) { return py::cast(field_face(kind, change)); });
}

std::string what_of(HistoryEntry::What what) {
    switch (what) {
        case HistoryEntry::What::created: return "created";
        case HistoryEntry::What::changed: return "changed";
        case HistoryEntry::What::removed: return "removed";
        case HistoryEntry::What::restored: return "restored";
    }
    return {};
}

py::list history(const SessionPointer& session, const py::object& record) {
    const Ref ref = ref_from(record);
    const auto entries = session->call([&](Session& inside) { return inside.history(ref); });
    const Kind& kind = kind_now(session, kind_of_ref(ref));
    return list_of(entries, [&](const HistoryEntry& entry) {
        return py::cast(EntryFace{{entry.command},
                                  entry.user_login,
                                  what_of(entry.what),
                                  field_faces(kind, entry.fields)});
    });
}

py::list changed_in(const Effects& effects) {
    return list_of(effects.changed, [](const Effects::Changed& changed) {
        return py::make_tuple(to_python(changed.record),
                              field_faces(kind_of_ref(changed.record), changed.fields));
    });
}

py::list refs(const std::vector<Ref>& all) {
    return list_of(all, [](Ref ref) { return to_python(ref); });
}

py::list denials(const Effects& effects) {
    return list_of(effects.denials,
                   [](const Effects::Denial& denial) { return py::str(denial.reason); });
}

py::dict duplicate_to_python(const Duplicate& duplicate) {
    py::dict all;
    all["record"] = to_python(duplicate.record);
    all["other"] = to_python(duplicate.other);
    all["score"] = duplicate.score;
    all["reasons"] = list_of(duplicate.reasons, [](const Duplicate::Reason& reason) {
        py::dict told;
        told["what"] = reason.what;
        told["weight"] = reason.weight;
        told["text"] = reason.text;
        return told;
    });
    return all;
}

py::dict rows_by_kind(const Info& info) {
    py::dict rows;
    for (const auto& [kind, count] : info.rows) rows[py::str(kind)] = count;
    return rows;
}

std::vector<std::string> kinds_from(const py::object& kinds) {
    std::vector<std::string> all;
    if (kinds.is_none()) return all;
    if (PyUnicode_Check(kinds.ptr())) return {std::string{text_from(kinds, {"search", "kinds"})}};
    for (py::handle kind : py::reinterpret_borrow<py::iterable>(kinds))
        all.emplace_back(text_from(kind, {"search", "kinds"}));
    return all;
}

/// Bytes of UTF-8 as characters, which is what Python counts.
py::list matches_of(const Snippet& snippet) {
    const auto characters = [&](std::size_t bytes) {
        return std::ranges::count_if(std::string_view{snippet.text}.substr(0, bytes), [](char c) {
            return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
        });
    };
    return list_of(snippet.matches, [&](const auto& match) {
        return py::make_tuple(characters(match.first), characters(match.second));
    });
}

SearchOptions::Order order_from(const std::string& name) {
    if (name == "newest") return SearchOptions::Order::newest;
    if (name == "rank") return SearchOptions::Order::rank;
    refuse("search", "order", "newest or rank");
}

void bind_lists(py::module_& module) {
    py::class_<Rows>(
        module, "Rows",
        R"doc(An iterator over the rows of a list that fetches page after page as it is walked.

Each page is a snapshot of its own and no read stays open between them; a row that changes its place meanwhile may
be missed or seen twice. Belongs to its session, and to one thread at a time like that.)doc")
        .def("__iter__", [](const py::object& self) { return self; })
        .def("__next__", &Rows::next);
    py::class_<PageFace> page(module, "Page", "One page of a list; a snapshot. A sequence.");
    page.def_property_readonly(
            "rows", [](const PageFace& self) { return self.rows; },
            "list of records, of the trash of TrashItem.")
        .def_property_readonly(
            "next", [](const PageFace& self) { return to_python(self.next); },
            "str to give as `after` for the next page; None on the last one.");
    bind_sequence(page, "rows");
    py::class_<Count>(module, "Count", "A count that stops counting at a limit.")
        .def_readonly("rows", &Count::rows, "int: rows counted.")
        .def_readonly("at_least", &Count::at_least, "bool: whether there are more than `rows`.")
        .def("__int__", [](const Count& self) { return self.rows; })
        .def("__index__", [](const Count& self) { return self.rows; })
        .def("__eq__",
             [](const Count& self, const py::object& other) -> py::object {
                 if (PyLong_Check(other.ptr()))
                     return py::bool_(!self.at_least && py::int_(self.rows).equal(other));
                 if (py::isinstance<Count>(other))
                     return py::bool_(self == other.cast<const Count&>());
                 return py::reinterpret_borrow<py::object>(Py_NotImplemented);
             })
        .def("__repr__",
             [](const Count& self) {
                 return "<crm.Count " + std::to_string(self.rows) +
                        (self.at_least ? " or more>" : ">");
             })
        .attr("__hash__") = py::none();
    module.def(
        "filter_json",
        [](const py::object& condition) { return filter_from(condition).json().dump(); },
        py::arg("condition"), R"doc(filter_json(condition)
--

A condition as JSON text, for keeping: what the library itself writes. Raises Invalid for what is no condition.)doc");
    py::class_<Snippet>(module, "Snippet", "The piece of a text in which a search found its words.")
        .def_readonly("field", &Snippet::field, "str: name of the field it is cut from.")
        .def_readonly("text", &Snippet::text,
                      "str: some words around, as they were written; … where more stands.")
        .def_property_readonly("matches", &matches_of,
                               "list of (begin, end): where the words stand in `text`.")
        .def("__repr__", [](const Snippet& self) {
            return "<crm.Snippet " + self.field + ": " + self.text + ">";
        });
    py::class_<Hit>(module, "Hit", "One hit of the quick filter or the full-text search.")
        .def_property_readonly(
            "record", [](const Hit& self) { return to_python(self.record); }, "Ref of the record.")
        .def_readonly("title", &Hit::title, "str: its name or subject.")
        .def_property_readonly(
            "field", [](const Hit& self) { return to_python(self.field); },
            "str: of the quick filter, the column that matched.")
        .def_property_readonly(
            "matched", [](const Hit& self) { return to_python(self.matched); },
            "str: of the quick filter, its value as typed.")
        .def_property_readonly(
            "snippet",
            [](const Hit& self) {
                return self.snippet.field.empty() ? py::none() : py::cast(self.snippet);
            },
            "Snippet: of a search that was asked for them, else None.")
        .def("__repr__", [](const Hit& self) {
            return "<crm.Hit " + py::repr(to_python(self.record)).cast<std::string>() + " " +
                   self.title + ">";
        });
    py::class_<Hits> hits(
        module, "Hits",
        "Hits: in the order asked for of a search, by key of the quick filter. A sequence.");
    hits.def_property_readonly(
            "rows",
            [](const Hits& self) {
                return list_of(self.rows, [](const Hit& hit) { return py::cast(hit); });
            },
            "list of Hit.")
        .def_readonly("incomplete", &Hits::incomplete,
                      "bool: the walk met its deadline or the limit; there may be more.");
    bind_sequence(hits, "rows");
}

void bind_history(py::module_& module) {
    py::class_<Done>(module, "Command",
                     "One command: a named, attributed, atomic change of the file.")
        .def_property_readonly(
            "id", [](const Done& self) { return to_python(self.command.id); }, "CommandId.")
        .def_property_readonly(
            "at", [](const Done& self) { return to_python(self.command.at); },
            "datetime in UTC; never goes backwards along ids.")
        .def_property_readonly(
            "user", [](const Done& self) { return to_python(self.command.user); },
            "Ref of the user.")
        .def_property_readonly(
            "verb", [](const Done& self) { return self.command.verb; },
            "str: \"activity.complete\".")
        .def_property_readonly(
            "key", [](const Done& self) { return to_python(self.command.key); },
            "str: the caller's idempotency key, or None.")
        .def_property_readonly(
            "result", [](const Done& self) { return to_python(self.command.result); },
            "str: what the work left with set_result(), or None.")
        .def_property_readonly(
            "undo_of", [](const Done& self) { return to_python(self.command.undo_of); },
            "CommandId of the command that this one turned back, or None.")
        .def_property_readonly(
            "run", [](const Done& self) { return to_python(self.command.run); },
            "RunId of the run it belongs to, or None.")
        .def_property_readonly(
            "replayed", [](const Done& self) { return self.command.replayed; },
            "bool: the key was known; nothing was done, and this is the command of then.")
        .def_property_readonly(
            "value", [](const Done& self) { return self.value; },
            "What the function given to work() returned; None where it did not run.")
        .def("__repr__", [](const Done& self) {
            return "<crm.Command " + std::to_string(static_cast<std::int64_t>(self.command.id)) +
                   " " + self.command.verb + ">";
        });
    py::class_<FieldFace>(module, "FieldChange", "One field's change, as history shows it.")
        .def_readonly("field", &FieldFace::field,
                      "str: name of the field. Amounts are kept in minor units under "
                      "the name of their column, such as annual_revenue_minor.")
        .def_readonly("before", &FieldFace::before, "The value before, or None.")
        .def_readonly("after", &FieldFace::after, "The value after, or None.")
        .def("__repr__", [](const FieldFace& self) {
            return "<crm.FieldChange " + self.field + ": " +
                   py::repr(self.before).cast<std::string>() + " -> " +
                   py::repr(self.after).cast<std::string>() + ">";
        });
    py::class_<EntryFace>(module, "HistoryEntry", "One step in the life of a record.")
        .def_readonly("command", &EntryFace::command, "Command that did it: it tells when and why.")
        .def_readonly("user", &EntryFace::user, "str: login of who did it.")
        .def_readonly("what", &EntryFace::what, "str: created, changed, removed or restored.")
        .def_readonly("fields", &EntryFace::fields,
                      "list of FieldChange; of a removal, all fields.")
        .def("__repr__", [](const EntryFace& self) {
            return "<crm.HistoryEntry " + self.what + " by " + self.user + ">";
        });
    py::class_<Effects>(module, "Effects",
                        "What a unit of work did, or in a rehearsal would have done.")
        .def_property_readonly(
            "created", [](const Effects& self) { return refs(self.created); }, "list of Ref.")
        .def_property_readonly("changed", &changed_in, "list of (Ref, list of FieldChange).")
        .def_property_readonly(
            "removed", [](const Effects& self) { return refs(self.removed); }, "list of Ref.")
        .def_property_readonly(
            "denials", &denials,
            "list of str, of a rehearsal: what the rights do not allow; what was "
            "done before it stands above.")
        .def_property_readonly(
            "duplicates",
            [](const Effects& self) { return list_of(self.duplicates, duplicate_to_python); },
            "list of dict, of a rehearsal: records that those made or changed may repeat, each "
            "with "
            "record, other, score and reasons (dicts of what, weight and text). At most 1,000, for "
            "the first 1,000 records.")
        .def("__repr__", [](const Effects& self) {
            return "<crm.Effects " + std::to_string(self.created.size()) + " created, " +
                   std::to_string(self.changed.size()) + " changed, " +
                   std::to_string(self.removed.size()) + " removed>";
        });
    py::class_<Run>(module, "Run", "How a run, the commands of one import, stands.")
        .def_property_readonly(
            "id", [](const Run& self) { return to_python(self.id); }, "RunId.")
        .def_readonly("verb", &Run::verb, "str: \"import\".")
        .def_property_readonly(
            "user", [](const Run& self) { return to_python(self.user); }, "Ref of the user.")
        .def_property_readonly(
            "started_at", [](const Run& self) { return to_python(self.started_at); },
            "datetime in UTC.")
        .def_property_readonly(
            "ended_at", [](const Run& self) { return to_python(self.ended_at); },
            "datetime in UTC, or None.")
        .def_property_readonly(
            "source", [](const Run& self) { return to_python(self.source); },
            "str: name of what was read.")
        .def_readonly("state", &Run::state, "str: running, done or undone.")
        .def_readonly("rows", &Run::rows, "int: rows read so far.")
        .def_readonly("created", &Run::created, "int: rows that made a record.")
        .def_readonly("updated", &Run::updated, "int: rows that changed one.")
        .def_readonly("unchanged", &Run::unchanged, "int: rows that said nothing new.")
        .def_readonly("skipped", &Run::skipped, "int: rows left out as asked.")
        .def_readonly("rejected", &Run::rejected, "int: rows that the rules refused.")
        .def("__repr__", [](const Run& self) {
            return "<crm.Run " + std::to_string(static_cast<std::int64_t>(self.id)) + " " +
                   self.verb + " " + self.state + ">";
        });
    py::class_<Info>(module, "Info", "Facts about an open file.")
        .def_property_readonly(
            "path", [](const Info& self) { return to_python(self.path); }, "pathlib.Path.")
        .def_readonly("schema_version", &Info::schema_version, "int: version of the tables.")
        .def_readonly("copy_number", &Info::copy_number,
                      "int: 0 for the file as made; copies get their own.")
        .def_readonly("copy_uuid", &Info::copy_uuid, "str: what tells this copy from every other.")
        .def_property_readonly(
            "country", [](const Info& self) { return to_python(self.country); },
            "str: ISO 3166-1, or None.")
        .def_readonly("zone", &Info::zone, "str: IANA name.")
        .def_readonly("language", &Info::language, "str: en, ro, ru or uk.")
        .def_readonly("currency", &Info::currency, "str: ISO 4217.")
        .def_readonly("bytes", &Info::bytes, "int: size of the file.")
        .def_property_readonly(
            "rows", &rows_by_kind,
            "dict of kind to number of rows; empty unless an administrator asks.");
}

void bind_work(py::module_& module) {
    py::class_<WorkFace, std::shared_ptr<WorkFace>>(
        module, "Work", "A unit of work in progress; handed to the function given to work().")
        .def_property_readonly(
            "command", [](const WorkFace& self) { return to_python(self.work().command()); },
            "CommandId of the command in the making.")
        .def_property_readonly(
            "now", [](const WorkFace& self) { return to_python(self.work().now()); },
            "datetime in UTC: the command's time, the same for all of it.")
        .def(
            "set_result",
            [](const WorkFace& self, const py::object& text) {
                self.work().set_result(std::string{text_from(text, {"work", "result"})});
            },
            py::arg("text"), R"doc(set_result(self, text)
--

Keeps a text of at most 1 MB with the command; it is given back when the command's key is seen again.)doc");
}

using SessionClass = py::class_<SharedSession, SessionPointer>;

void bind_reading(SessionClass& session) {
    session
        .def_property_readonly(
            "user", [](const SharedSession& self) { return to_python(self.face().user()); },
            "Ref of the user.")
        .def_property_readonly(
            "login", [](const SharedSession& self) { return self.face().login(); },
            "str: the user's login.")
        .def_property_readonly(
            "unit", [](const SharedSession& self) { return to_python(self.face().unit()); },
            "Ref of the user's unit.")
        .def_property_readonly(
            "zone", [](const SharedSession& self) { return self.face().zone().name(); },
            "str: IANA name of the user's zone, else the file's; decides what \"today\" is.")
        .def_property_readonly(
            "language", [](const SharedSession& self) { return self.face().language(); },
            "str: the user's language, else the file's: en, ro, ru or uk.")
        .def_property_readonly(
            "now",
            [](SharedSession& self) {
                return to_python(self.call([](Session& inside) { return inside.now(); }));
            },
            "datetime in UTC by the database's clock; inside work() the command's time.")
        .def(
            "get",
            [](const SessionPointer& self, const py::object& record) {
                const Ref ref = ref_from(record);
                return to_python(self->call([&](Session& inside) { return inside.get(ref); }));
            },
            py::arg("ref"), R"doc(get(self, ref)
--

The record of any kind that a Ref, an int or an older state of it points at, with its long texts.

Raises NotFound, also where it is hidden from this session.)doc")
        .def(
            "find",
            [](const SessionPointer& self, const std::string& kind, const py::object& where,
               const std::string& order, const py::object& limit, bool bodies,
               const py::object& saved) {
                return rows_of(self, kind_named(kind), {filter_from(where, saved), order, bodies},
                               limit);
            },
            py::arg("kind"), py::arg("where") = py::none(), py::kw_only(), py::arg("order") = "",
            py::arg("limit") = py::none(), py::arg("bodies") = false, py::arg("saved") = py::none(),
            R"doc(find(self, kind, where=None, *, order='', limit=None, bodies=False, saved=None)
--

An iterator over the visible records of a kind that fulfil a condition; it pages by itself.

where: a condition made with crm.field, its dict or its JSON text; None for all. order: a declared order of the kind
("name") or any field, "-" in front for descending; absent values come last. limit: rows in all. bodies: read long
texts too. saved: the name of a saved filter of the kind, or one of saved_filters, that has to be fulfilled too.

Raises Invalid for an unknown kind, field or operator when the first row is asked for. Cost: declared orders are fast
at any size; others sort what matches, under the deadline.)doc")
        .def(
            "page",
            [](const SessionPointer& self, const std::string& kind, const py::object& where,
               const std::string& order, int limit, const py::object& after, bool bodies,
               const py::object& saved) {
                return page_of(self, kind_named(kind), {filter_from(where, saved), order, bodies},
                               limit, optional_text(after, {"list", "after"}));
            },
            py::arg("kind"), py::arg("where") = py::none(), py::kw_only(), py::arg("order") = "",
            py::arg("limit") = 50, py::arg("after") = py::none(), py::arg("bodies") = false,
            py::arg("saved") = py::none(),
            R"doc(page(self, kind, where=None, *, order='', limit=50, after=None, bodies=False, saved=None)
--

One page of what find() walks: at most `limit` rows, 1 to 1,000, and where to go on.)doc")
        .def(
            "count",
            [](const SessionPointer& self, const std::string& kind, const py::object& where,
               std::int64_t limit, const py::object& saved) {
                return count_of(self, kind_named(kind), filter_from(where, saved), limit);
            },
            py::arg("kind"), py::arg("where") = py::none(), py::kw_only(),
            py::arg("limit") = 10'000, py::arg("saved") = py::none(),
            R"doc(count(self, kind, where=None, *, limit=10000, saved=None)
--

How many visible records fulfil a condition, counted up to `limit`.)doc")
        .def(
            "quick",
            [](const SessionPointer& self, const std::string& typed, const py::object& kind,
               int limit) {
                const auto name = optional_text(kind, {"quick", "kind"});
                return self->call(
                    [&](Session& inside) { return inside.quick(typed, name, limit); });
            },
            py::arg("typed"), py::kw_only(), py::arg("kind") = py::none(), py::arg("limit") = 20,
            R"doc(quick(self, typed, *, kind=None, limit=20)
--

Everything visible whose name, code, phone or e-mail begins with what was typed; each word of several must match
something of the record. Blind to case and diacritics. kind: None for parties and contacts. A fraction of a
millisecond at any size.)doc")
        .def(
            "search",
            [](const SessionPointer& self, const std::string& text, const py::object& kinds,
               int limit, const std::string& order, bool snippets) {
                const SearchOptions options{kinds_from(kinds), limit, order_from(order), snippets};
                return self->call([&](Session& inside) { return inside.search(text, options); });
            },
            py::arg("text"), py::kw_only(), py::arg("kinds") = py::none(), py::arg("limit") = 50,
            py::arg("order") = "newest", py::arg("snippets") = false,
            R"doc(search(self, text, *, kinds=None, limit=50, order='newest', snippets=False)
--

Full text over every searchable field. All words must occur in one record; the last may be unfinished. Blind to case and
diacritics.

kinds: a kind or several, None for all. order: newest, or rank: by where the words stand (name or subject before other
short texts before long ones), how often, and how new the record is, halved with each year; a whole word before longer
ones that it begins. Ranked are the newest 1,000 hits; `incomplete` says where that is not all. snippets: each hit with
the piece of its text where the words stand.)doc")
        .def("history", &history, py::arg("record"), R"doc(history(self, record)
--

The life of a record, oldest first: who did what when, field by field; also of a removed one, if it would be visible.)doc")
        .def(
            "command",
            [](const SessionPointer& self, std::int64_t id) {
                return Done{
                    self->call([&](Session& inside) { return inside.command(CommandId{id}); })};
            },
            py::arg("id"), R"doc(command(self, id)
--

A command by its number. Raises NotFound.)doc")
        .def(
            "runs",
            [](const SessionPointer& self, int limit) {
                const auto all = self->call([&](Session& inside) { return inside.runs(limit); });
                return list_of(all, [](const Run& run) { return py::cast(run); });
            },
            py::kw_only(), py::arg("limit") = 50, R"doc(runs(self, *, limit=50)
--

The newest runs, newest first.)doc")
        .def(
            "run",
            [](const SessionPointer& self, std::int64_t id) {
                return self->call([&](Session& inside) { return inside.run(RunId{id}); });
            },
            py::arg("id"), R"doc(run(self, id)
--

A run by its number. Raises NotFound.)doc")
        .def(
            "info",
            [](const SessionPointer& self) {
                return self->call([](Session& inside) { return inside.info(); });
            },
            R"doc(info(self)
--

Facts about the file; rows are counted for administrators only, at a cost that grows with them.)doc");
}

void bind_writing(SessionClass& session) {
    session
        .def(
            "add",
            [](const SessionPointer& self, const Record& record) {
                return add_record(self, record);
            },
            py::arg("record"), R"doc(add(self, record)
--

Creates a record and returns it as stored; the one given stays as it is. One command. It belongs to the session's user
and that user's unit, unless an owner is given, which needs the right to assign.

Raises Invalid, Denied without the right to create, Conflict where a unique value is taken.)doc")
        .def(
            "update",
            [](const SessionPointer& self, const Record& record) {
                return update_record(self, record);
            },
            py::arg("record"), R"doc(update(self, record)
--

Writes back what differs from the stored record and returns that; what was hidden or left out stays as it is.

Raises Conflict where the record has another version by now, Invalid, Denied, NotFound.)doc")
        .def(
            "change",
            [](const SessionPointer& self, const py::object& record, const py::object& version,
               const py::kwargs& fields) {
                return change_record(self, ref_from(record), version, fields);
            },
            py::arg("record"), py::pos_only(), py::arg("version"),
            R"doc(change(self, record, /, version, **fields)
--

Changes the given fields of a record of that version and returns it. version None: whatever it has, the last writer
wins. An amount without its currency is read in the record's own, else the file's.

Raises Conflict where the record has another version, Invalid, Denied, NotFound.)doc")
        .def(
            "remove",
            [](const SessionPointer& self, const py::object& record, const py::object& version) {
                const Ref ref = ref_from(record);
                const std::int64_t expected = version_from(version);
                self->call([&](Session& inside) { inside.remove(ref, expected); });
            },
            py::arg("record"), py::arg("version") = py::none(),
            R"doc(remove(self, record, version=None)
--

Removes a record with its children; history keeps it and undo() brings it back under its id.

Raises Conflict where something refers to it or it has another version, Denied without the right to delete.)doc")
        .def("work", &work, py::arg("verb"), py::arg("function"), py::kw_only(),
             py::arg("key") = py::none(), py::arg("arguments") = py::none(),
             py::arg("run") = py::none(),
             R"doc(work(self, verb, function, *, key=None, arguments=None, run=None)
--

Runs function(work) as one command: all of its calls of this session are kept together, or nothing where it raises;
its exception arrives unchanged. The function may be run again and must have no effect outside the file. Inside another
work() it joins that command.

verb: what the command is called ("deal.close"). key: done once for the same user, verb and key; a second time gives
the command of then (`replayed`). arguments: what the key stands for; others under the same key are a Conflict.

Returns the Command, whose `value` is what the function returned. Raises Busy at the write deadline, ReadOnly.)doc")
        .def("rehearse", &rehearse, py::arg("function"), R"doc(rehearse(self, function)
--

Runs function(work), tells what it did as Effects, and keeps nothing. A Denied that leaves the function ends it and is
told among the `denials`, with what was done before; other exceptions arrive unchanged.)doc")
        .def(
            "change_password",
            [](const SessionPointer& self, const py::object& old, const py::object& fresh) {
                const auto known = text_from(old, {"user", "password"}),
                           wanted = text_from(fresh, {"user", "password"});
                self->call([&](Session& inside) { inside.change_password(known, wanted); });
            },
            py::arg("old"), py::arg("new"), R"doc(change_password(self, old, new)
--

Sets this user's own password, of 8 to 1,024 bytes. Raises Denied where old is wrong, which counts as a failed login, so
TooManyAttempts too; Invalid for another length. One command, which cannot be undone.)doc")
        .def("close", &SharedSession::close, R"doc(close(self)
--

Ends the session; later calls raise Misuse. Closing the database does so too.)doc")
        .def("__enter__", [](const py::object& self) { return self; })
        .def("__exit__", [](SharedSession& self, const py::args&) { self.close(); });
}

}  // namespace

void bind_session(py::module_& module) {
    bind_lists(module);
    bind_history(module);
    bind_work(module);
    SessionClass session(
        module, "Session",
        R"doc(A user at work: every read and every write goes through one, with that user's rights of the moment.

Used by one thread at a time: a call from a second thread meanwhile raises Misuse. Make one for each thread; they are
cheap. Calls run without the GIL.)doc");
    bind_reading(session);
    bind_writing(session);
    bind_domain(module, session);
    bind_export(module, session);
    bind_import(module, session);
    bind_sql(module, session);
    bind_undo(module, session);
}

}  // namespace crm::python
