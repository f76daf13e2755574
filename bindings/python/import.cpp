#include <pybind11/pybind11.h>

#include <algorithm>
#include <cctype>

#include "session.hpp"

namespace crm::python {

namespace {

constexpr std::size_t rows_at_once = 1'000;  // between two times of holding the GIL

void check_signals() {
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

/// Rows of any Python iterable: dicts by column, or sequences in order of the columns. Pulls many
/// at a time, so that the GIL is held once for all of them, and copies what they hold.
class PythonRows : public RowSource {
public:
    PythonRows(py::iterator rows, std::vector<std::string> columns, std::string name,
               char decimal_sign)
        : rows_(std::move(rows)),
          columns_(std::move(columns)),
          name_(std::move(name)),
          decimal_sign_(decimal_sign) {
        peek();
    }
    ~PythonRows() override = default;  // with the GIL

    const std::vector<std::string>& header() const override { return columns_; }
    std::string name() const override { return name_; }
    bool next(SourceRow& row) override {
        if (at_ == chunk_.size() && !pull()) return false;
        const Row& found = chunk_[at_++];
        row = {++number_,
               {values_.data() + found.first_field, found.problem.empty() ? columns_.size() : 0},
               found.problem};
        return true;
    }

private:
    struct Row {
        std::size_t first_field = 0;
        std::string problem{};
    };
    // Text grows while a chunk is read, so cells remember where it is rather than point to it.
    struct Cell {
        Value value{};
        std::size_t begin = 0, size = 0;
        bool is_text = false;
    };

    // The first row of dicts names the columns.
    void peek() {
        if (rows_ == py::iterator::sentinel()) return;
        const py::handle first = *rows_;
        if (!columns_.empty()) return;
        if (!PyDict_Check(first.ptr()))
            refuse("import", "columns", "rows that are no dicts need the names of their columns");
        for (auto [name, value] : py::reinterpret_borrow<py::dict>(first))
            columns_.emplace_back(text_from(name, {"import", "columns"}));
    }

    bool pull() {
        const py::gil_scoped_acquire gil;
        check_signals();
        chunk_.clear();
        cells_.clear();
        text_.clear();
        at_ = 0;
        for (; rows_ != py::iterator::sentinel() && chunk_.size() < rows_at_once; ++rows_)
            read(*rows_);
        point_cells_at_text();
        return !chunk_.empty();
    }

    void read(py::handle row) {
        const std::size_t first = cells_.size();
        std::string problem;
        try {
            PyDict_Check(row.ptr()) ? read_dict(row) : read_sequence(row);
        } catch (const Error& error) {
            problem = error.what();
        }
        cells_.resize(first + columns_.size());
        chunk_.push_back({first, std::move(problem)});
    }

    void read_dict(py::handle row) {
        Py_ssize_t found = 0;
        for (const std::string& column : columns_) {
            PyObject* value = PyDict_GetItemString(row.ptr(), column.c_str());  // borrowed
            found += value != nullptr;
            read_cell(value == nullptr ? Py_None : value, column);
        }
        if (found != PyDict_Size(row.ptr()))
            refuse("import", "", "the row has columns that the first one has not");
    }

    void read_sequence(py::handle row) {
        const auto fields = py::reinterpret_steal<py::object>(PySequence_Fast(row.ptr(), ""));
        if (!fields || PyUnicode_Check(row.ptr())) {
            PyErr_Clear();
            refuse("import", "", "a row is a dict or a sequence, not " + type_name(row));
        }
        const auto size = static_cast<std::size_t>(PySequence_Fast_GET_SIZE(fields.ptr()));
        if (size != columns_.size())
            refuse("import", "",
                   std::to_string(size) + " fields where there are " +
                       std::to_string(columns_.size()) + " columns");
        for (std::size_t i = 0; i < size; ++i)
            read_cell(PySequence_Fast_GET_ITEM(fields.ptr(), static_cast<Py_ssize_t>(i)),
                      columns_[i]);
    }

    void read_cell(py::handle value, const std::string& column) {
        const Place place{"import", column};
        if (value.is_none())
            cells_.emplace_back();
        else if (PyUnicode_Check(value.ptr()))
            add_text(text_from(value, place));
        else if (PyBool_Check(value.ptr()))
            cells_.push_back({Value{std::int64_t{value.ptr() == Py_True}}});
        else if (PyLong_Check(value.ptr()))
            cells_.push_back({Value{integer_from(value, place)}});
        else if (PyFloat_Check(value.ptr()))
            cells_.push_back({Value{PyFloat_AS_DOUBLE(value.ptr())}});
        else if (is_datetime(value))
            add_text(to_text(time_from(value, place)));
        else if (is_date(value))
            add_text(date_from(value, place).text());
        else if (is_decimal(value))
            add_decimal(amount_from(value, place));
        else
            refuse("import", column, "a " + type_name(value) + " cannot be imported");
    }

    void add_decimal(std::string text) {
        std::ranges::replace(text, '.', decimal_sign_);
        add_text(text);
    }

    void add_text(std::string_view text) {
        cells_.push_back({{}, text_.size(), text.size(), true});
        text_ += text;
    }

    void point_cells_at_text() {
        values_.clear();
        values_.reserve(cells_.size());
        for (const Cell& cell : cells_)
            values_.push_back(cell.is_text
                                  ? Value{std::string_view{text_}.substr(cell.begin, cell.size)}
                                  : cell.value);
    }

    py::iterator rows_;
    std::vector<std::string> columns_;
    std::string name_;
    char decimal_sign_;
    std::int64_t number_ = 0;
    std::vector<Row> chunk_;
    std::size_t at_ = 0;
    std::vector<Cell> cells_;
    std::vector<Value> values_;
    std::string text_;
};

// ---- What came of it

std::string_view result_name(RowResult result) {
    switch (result) {
        case RowResult::created: return "created";
        case RowResult::updated: return "updated";
        case RowResult::unchanged: return "unchanged";
        case RowResult::skipped: return "skipped";
        case RowResult::rejected: return "rejected";
    }
    return {};
}

py::dict outcome_to_python(const RowOutcome& outcome) {
    py::dict all;
    all["row"] = outcome.row;
    all["result"] = std::string{result_name(outcome.result)};
    all["key"] = to_python(outcome.key);
    all["record"] = to_python(outcome.record);
    all["field"] = to_python(outcome.field);
    all["reason"] = to_python(outcome.reason);
    return all;
}

/// Hands outcomes to Python many at a time, in order.
class Outcomes {
public:
    explicit Outcomes(const py::object& callback) : callback_(callback) {}
    bool wanted() const { return !callback_.is_none(); }
    void add(const RowOutcome& outcome) {
        waiting_.push_back(outcome);
        if (waiting_.size() < rows_at_once) return;
        const py::gil_scoped_acquire gil;
        deliver();
    }
    /// Needs the GIL.
    void deliver() {
        for (const RowOutcome& outcome : std::exchange(waiting_, {}))
            callback_(outcome_to_python(outcome));
    }

private:
    const py::object& callback_;
    std::vector<RowOutcome> waiting_;
};

py::dict report_to_dict(const ImportReport& report) {
    py::dict all;
    all["rows"] = report.rows;
    all["created"] = report.created;
    all["updated"] = report.updated;
    all["unchanged"] = report.unchanged;
    all["skipped"] = report.skipped;
    all["rejected"] = report.rejected;
    all["run"] = to_python(report.run);
    all["seconds"] = report.seconds;
    return all;
}

py::list columns_to_python(const std::vector<ImportColumn>& columns) {
    return list_of(columns, [](const ImportColumn& column) {
        return py::make_tuple(column.source, column.target);
    });
}

py::list texts(const std::vector<std::string>& all) {
    return list_of(all, [](const std::string& text) { return py::str(text); });
}

// ---- What was asked for

char one_character(const py::object& text, std::string_view option) {
    const auto character = text_from(text, {"import", option});
    if (character.size() != 1) refuse("import", option, "one ASCII character is needed");
    return character.front();
}

OnConflict on_conflict_from(const std::string& name) {
    if (name == "skip") return OnConflict::skip;
    if (name == "update") return OnConflict::update;
    if (name == "fail") return OnConflict::fail;
    refuse("import", "on_conflict", "one of skip, update, fail");
}

// A dict, or pairs where one source column has several targets.
std::vector<ImportColumn> columns_from(py::object map) {
    std::vector<ImportColumn> columns;
    if (map.is_none()) return columns;
    if (PyDict_Check(map.ptr())) map = map.attr("items")();
    for (py::handle pair : py::reinterpret_borrow<py::iterable>(map)) {
        const auto both = py::reinterpret_steal<py::object>(
            PySequence_Fast(pair.ptr(), "a map is of pairs (column, target)"));
        if (!both) throw py::error_already_set();
        if (PySequence_Fast_GET_SIZE(both.ptr()) != 2)
            refuse("import", "map", "pairs of a column and its target are needed");
        const auto text = [&](Py_ssize_t i) {
            return std::string{
                text_from(PySequence_Fast_GET_ITEM(both.ptr(), i), {"import", "map"})};
        };
        columns.push_back({text(0), text(1)});
    }
    return columns;
}

CsvOptions csv_options(const std::string& encoding, const py::object& delimiter,
                       const py::object& quote) {
    CsvOptions csv;
    csv.encoding = encoding;
    if (!delimiter.is_none()) csv.delimiter = one_character(delimiter, "delimiter");
    csv.quote = quote.is_none() ? std::nullopt : std::optional{one_character(quote, "quote")};
    return csv;
}

// Asked after each batch: Ctrl-C, and whether to go on.
std::function<bool(const ImportProgress&)> progress_from(const py::object& progress) {
    return [&progress](const ImportProgress& so_far) {
        const py::gil_scoped_acquire gil;
        check_signals();
        if (progress.is_none()) return true;
        py::dict all;
        all["rows"] = so_far.rows;
        all["rejected"] = so_far.rejected;
        all["run"] = to_python(so_far.run);
        return progress(all).ptr() != Py_False;
    };
}

ImportOptions import_options(const std::string& kind, const py::object& map, const py::object& key,
                             const py::object& system, const std::string& on_conflict,
                             const py::kwargs& rest) {
    ImportOptions options;
    options.kind = kind;
    options.columns = columns_from(map);
    options.key = optional_text(key, {"import", "key"});
    options.system = optional_text(system, {"import", "system"});
    options.on_conflict = on_conflict_from(on_conflict);
    for (auto [name, value] : rest) {
        const auto option = text_from(name, {"import", ""});
        const Place place{"import", option};
        if (option == "again")
            options.again = flag_from(value, place);
        else if (option == "dry_run")
            options.dry_run = flag_from(value, place);
        else if (option == "date_format")
            options.date_format = optional_text(value, place);
        else if (option == "decimal")
            options.decimal = one_character(py::reinterpret_borrow<py::object>(value), option);
        else if (option == "default_owner")
            options.default_owner = optional_text(value, place);
        else if (option == "batch")
            options.batch = integer_from(value, place);
        else if (option == "rejects")
            options.rejects = value.is_none() ? std::filesystem::path{} : path_from(value);
        else
            refuse("import", option, "no such option");
    }
    return options;
}

/// Runs an import with the callbacks of a caller; `body` runs without the GIL.
template <class Body>
ImportReport run_import(const SessionPointer& session, ImportOptions& options,
                        const py::object& progress, const py::object& outcome, Body body) {
    Outcomes outcomes{outcome};
    options.progress = progress_from(progress);
    if (outcomes.wanted()) options.outcome = [&](const RowOutcome& row) { outcomes.add(row); };
    auto report = session->call([&](Session& inside) { return body(inside); });
    outcomes.deliver();
    return report;
}

ImportReport import_file(const SessionPointer& session, const py::object& path,
                         const std::string& kind, const py::object& map, const py::object& key,
                         const py::object& system, const std::string& on_conflict,
                         const std::string& encoding, const py::object& delimiter,
                         const py::object& quote, bool formula_safe, const py::object& progress,
                         const py::object& outcome, const py::kwargs& rest) {
    auto options = import_options(kind, map, key, system, on_conflict, rest);
    auto csv = csv_options(encoding, delimiter, quote);
    csv.formula_safe = formula_safe;
    const auto source = path_from(path);
    return run_import(session, options, progress, outcome,
                      [&](Session& inside) { return import_csv(inside, source, csv, options); });
}

ImportReport import_iterable(const SessionPointer& session, const std::string& kind,
                             const py::iterable& rows, const py::object& columns,
                             const py::object& map, const py::object& key, const py::object& system,
                             const std::string& on_conflict, const std::string& name,
                             const py::object& progress, const py::object& outcome,
                             const py::kwargs& rest) {
    auto options = import_options(kind, map, key, system, on_conflict, rest);
    std::vector<std::string> names;
    if (!columns.is_none())
        for (py::handle column : py::reinterpret_borrow<py::iterable>(columns))
            names.emplace_back(text_from(column, {"import", "columns"}));
    PythonRows source{py::iter(rows), std::move(names), name, options.decimal};
    return run_import(session, options, progress, outcome,
                      [&](Session& inside) { return import_rows(inside, source, options); });
}

py::list csv_header(const py::object& path, const std::string& encoding,
                    const py::object& delimiter, const py::object& quote) {
    const auto csv = csv_options(encoding, delimiter, quote);
    const auto source = path_from(path);
    const auto read = [&] {
        const py::gil_scoped_release release;
        return CsvReader{source, csv}.header();
    };
    return texts(read());
}

void bind_report(py::module_& module) {
    py::class_<ImportReport>(module, "ImportReport",
                             "What an import did. The five outcomes add up to rows, always.")
        .def_readonly("rows", &ImportReport::rows, "int: rows read.")
        .def_readonly("created", &ImportReport::created, "int: rows that made a record.")
        .def_readonly("updated", &ImportReport::updated, "int: rows that changed one.")
        .def_readonly("unchanged", &ImportReport::unchanged, "int: rows that said nothing new.")
        .def_readonly("skipped", &ImportReport::skipped,
                      "int: rows whose record was left as it is.")
        .def_readonly("rejected", &ImportReport::rejected, "int: rows that the rules refused.")
        .def_property_readonly(
            "run", [](const ImportReport& self) { return to_python(self.run); },
            "RunId for undo(); None of a dry run.")
        .def_readonly("seconds", &ImportReport::seconds, "float: how long it took.")
        .def_property_readonly(
            "problems",
            [](const ImportReport& self) { return list_of(self.problems, outcome_to_python); },
            "list of the first 1,000 rejections: dicts of row, result, key, record, field, reason.")
        .def_property_readonly(
            "not_imported", [](const ImportReport& self) { return texts(self.not_imported); },
            "list of the columns that were not mapped.")
        .def_readonly("resumed", &ImportReport::resumed,
                      "bool: it went on where it had been stopped.")
        .def("to_dict", &report_to_dict, R"doc(to_dict(self)
--

rows, the five outcomes, run and seconds.)doc")
        .def("__repr__", [](const ImportReport& self) {
            return "<crm.ImportReport " + py::repr(report_to_dict(self)).cast<std::string>() + ">";
        });
    py::class_<ImportProposal>(module, "ImportProposal",
                               "A kind and a mapping proposed for a file.")
        .def_property_readonly(
            "kind", [](const ImportProposal& self) { return to_python(self.kind); },
            "str, or None where nothing fits.")
        .def_property_readonly(
            "columns", [](const ImportProposal& self) { return columns_to_python(self.columns); },
            "list of (source column, target).")
        .def_property_readonly(
            "key", [](const ImportProposal& self) { return to_python(self.key); },
            "str: the column with the external key, or None.")
        .def_property_readonly(
            "not_imported", [](const ImportProposal& self) { return texts(self.not_imported); },
            "list of the columns that nothing fits.");
}

}  // namespace

void bind_import(py::module_& module, py::class_<SharedSession, SessionPointer>& session) {
    bind_report(module);
    module.def("csv_header", &csv_header, py::arg("path"), py::kw_only(),
               py::arg("encoding") = "utf-8", py::arg("delimiter") = py::none(),
               py::arg("quote") = "\"",
               R"doc(csv_header(path, *, encoding='utf-8', delimiter=None, quote='"')
--

The names of the columns of a CSV file. Options as for Session.import_csv.)doc");
    module.def(
        "propose_import",
        [](const std::string& file_name, const py::object& header, const py::object& kind) {
            std::vector<std::string> names;
            for (py::handle name : py::reinterpret_borrow<py::iterable>(header))
                names.emplace_back(text_from(name, {"import", "header"}));
            return propose_import(file_name, names, optional_text(kind, {"import", "kind"}));
        },
        py::arg("file_name"), py::arg("header"), py::arg("kind") = py::none(),
        R"doc(propose_import(file_name, header, kind=None)
--

A kind and a mapping proposed from a file's name and headings by a table of usual headings.)doc");
    session.def(
        "import_csv", &import_file, py::arg("path"), py::kw_only(), py::arg("kind"),
        py::arg("map") = py::none(), py::arg("key") = py::none(), py::arg("system") = py::none(),
        py::arg("on_conflict") = "skip", py::arg("encoding") = "utf-8",
        py::arg("delimiter") = py::none(), py::arg("quote") = "\"", py::arg("formula_safe") = false,
        py::arg("progress") = py::none(), py::arg("outcome") = py::none(),
        R"doc(import_csv(self, path, *, kind, map=None, key=None, system=None, on_conflict='skip', encoding='utf-8', delimiter=None, quote='"', formula_safe=False, again=False, dry_run=False, date_format=None, decimal='.', default_owner=None, batch=2000, rejects=None, progress=None, outcome=None)
--

Imports a CSV file as one run, which undo() turns back as a whole; all rules and rights are those of single records.

kind: of the records to make. map: {"Account Name": "name", "AccountId": "party:key", "Owner": "owner"}, or pairs;
targets are fields, parts ("phone", "address.city"), "owner", "unit", references by key of this import's system
("party:key"), by code ("party:code") or exact name ("party:name"), and "-" for not imported; a column not named is taken
where its heading is a field. key: the column with the external key; system: the name of the system the keys belong to.
on_conflict: what to do with a row whose record exists: skip, update or fail. encoding: utf-8, utf-16, cp1251, … ;
delimiter: None for whichever the first line holds most of; quote: None for no quoting at all. formula_safe: take off the
apostrophes that an export put before what looks like a formula.

again: allow the same bytes a second time. dry_run: check everything, write nothing. date_format: strptime's, ISO 8601 if
not given. decimal: the sign in amounts. default_owner: login that stands in for an unknown or empty one. batch: rows a
command. rejects: path of a file for rejected rows. progress: called after each batch with a dict of rows, rejected and
run; False stops, and the same import later goes on. outcome: called for every row, in order, with a dict of row, result,
key, record, field and reason.

Raises AlreadyImported for the same bytes without again, Invalid for an unknown target, a missing column or kind,
NotFound, IoError, Denied; also for a column that goes to a hidden or locked field, before any row is read.)doc");
    session.def(
        "import_rows", &import_iterable, py::arg("kind"), py::arg("rows"), py::kw_only(),
        py::arg("columns") = py::none(), py::arg("map") = py::none(), py::arg("key") = py::none(),
        py::arg("system") = py::none(), py::arg("on_conflict") = "skip", py::arg("name") = "rows",
        py::arg("progress") = py::none(), py::arg("outcome") = py::none(),
        R"doc(import_rows(self, kind, rows, *, columns=None, map=None, key=None, system=None, on_conflict='skip', name='rows', again=False, dry_run=False, date_format=None, decimal='.', default_owner=None, batch=2000, rejects=None, progress=None, outcome=None)
--

Imports the rows of any iterable by the same pipeline and with the same options as import_csv: dicts by column, or
sequences in order of `columns`. Rows are pulled by the thousand and never all held.

Values may be str, int, bool, Decimal, date, aware datetime, None, and float where it is no money; a row with anything
else is rejected with its reason. name: what the run is called.)doc");
}

}  // namespace crm::python
