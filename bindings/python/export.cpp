#include <pybind11/pybind11.h>

#include <algorithm>

#include "session.hpp"

namespace crm::python {

namespace {

/// Hands pieces to a Python file object: text where it has an encoding, else bytes.
class FileObject {
public:
    explicit FileObject(const py::object& file)
        : write_(file.attr("write")), takes_text_(py::hasattr(file, "encoding")) {}

    /// Called without the GIL; what the object raises arrives unchanged.
    void write(std::string_view piece) const {
        const py::gil_scoped_acquire gil;
        if (takes_text_) return void(write_(py::str(piece.data(), piece.size())));
        while (!piece.empty()) piece.remove_prefix(write_bytes(piece));
    }

private:
    // What is unbuffered may take less than it was given, and says how much.
    std::size_t write_bytes(std::string_view piece) const {
        const py::object taken = write_(py::bytes(piece.data(), piece.size()));
        if (!PyLong_Check(taken.ptr())) return piece.size();
        return std::min(taken.cast<std::size_t>(), piece.size());
    }

    py::object write_;
    bool takes_text_;
};

enum class Format { csv, json };

Format format_named(const std::string& name) {
    if (name == "csv") return Format::csv;
    if (name == "json") return Format::json;
    refuse("export", "format", "csv or json");
}

// By the suffix; what has none is CSV, as a file object is.
Format format_of(const py::object& format, const std::filesystem::path& target) {
    if (!format.is_none())
        return format_named(std::string{text_from(format, {"export", "format"})});
    if (target.empty() || target.extension() == ".csv") return Format::csv;
    if (target.extension() == ".json") return Format::json;
    refuse("export", "format",
           "cannot be told from the name " + target.filename().string() + ": say csv or json");
}

std::vector<std::string> columns_by_name(const py::object& columns) {
    std::vector<std::string> names;
    if (columns.is_none()) return names;
    if (PyUnicode_Check(columns.ptr()))
        refuse("export", "columns", "a list of names, not one text");
    for (py::handle name : py::reinterpret_borrow<py::iterable>(columns))
        names.emplace_back(text_from(name, {"export", "columns"}));
    if (names.empty()) refuse("export", "columns", "at least one, or None for all");
    return names;
}

char delimiter_from(const std::string& text) {
    if (text.size() != 1) refuse("export", "delimiter", "one ASCII character is needed");
    return text.front();
}

template <class Target>
ExportReport run(const SessionPointer& session, Format format, const std::string& kind,
                 const Query& query, const Target& target, const ExportOptions& options) {
    return session->call([&](Session& inside) {
        return format == Format::csv ? export_csv(inside, kind, query, target, options)
                                     : export_json(inside, kind, query, target, options);
    });
}

ExportReport export_list(const SessionPointer& session, const std::string& kind,
                         const py::object& to, const py::object& where, const std::string& order,
                         const py::object& columns, const py::object& format, bool labels,
                         std::int64_t max_rows, bool replace, bool header,
                         const std::string& delimiter, bool crlf, bool byte_order_mark,
                         bool formula_safe, const py::object& saved) {
    const Query query{.where = filter_from(where, saved), .order = order};
    const ExportOptions options{.columns = columns_by_name(columns),
                                .labels = labels,
                                .max_rows = max_rows,
                                .replace = replace,
                                .header = header,
                                .delimiter = delimiter_from(delimiter),
                                .crlf = crlf,
                                .byte_order_mark = byte_order_mark,
                                .formula_safe = formula_safe};
    if (!py::hasattr(to, "write")) {
        const auto path = path_from(to);
        return run(session, format_of(format, path), kind, query, path, options);
    }
    const FileObject file{to};
    const ExportSink sink = [&file](std::string_view piece) { file.write(piece); };
    return run(session, format_of(format, {}), kind, query, sink, options);
}

}  // namespace

void bind_export(py::module_& module, py::class_<SharedSession, SessionPointer>& session) {
    py::class_<ExportReport>(module, "ExportReport", "What was exported.")
        .def_readonly("rows", &ExportReport::rows, "int: rows, the heading not counted.")
        .def_property_readonly(
            "columns",
            [](const ExportReport& self) {
                return list_of(self.columns, [](const std::string& name) { return py::str(name); });
            },
            "list of str: the fields in order; empty for JSON of whole records.")
        .def("__repr__", [](const ExportReport& self) {
            return "<crm.ExportReport " + std::to_string(self.rows) + " rows>";
        });
    session.def(
        "export", &export_list, py::arg("kind"), py::kw_only(), py::arg("to"),
        py::arg("where") = py::none(), py::arg("order") = "", py::arg("columns") = py::none(),
        py::arg("format") = py::none(), py::arg("labels") = false, py::arg("max_rows") = 0,
        py::arg("replace") = false, py::arg("header") = true, py::arg("delimiter") = ",",
        py::arg("crlf") = true, py::arg("byte_order_mark") = false, py::arg("formula_safe") = true,
        py::arg("saved") = py::none(),
        R"doc(export(self, kind, *, to, where=None, order='', columns=None, format=None, labels=False, max_rows=0, replace=False, header=True, delimiter=',', crlf=True, byte_order_mark=False, formula_safe=True, saved=None)
--

Writes the rows of a list that this session may read and export as CSV or JSON, all of one snapshot.

to: a path, where the file appears whole or not at all, or a file object, text or binary. where, order, saved: as for find().
columns: names of fields in order, also id, version, owner, unit, territory, created_at, created_by, changed_at,
changed_by; None for all that the session sees. format: csv or json; None for what the suffix says, CSV for a file
object. labels: codes of lists as labels in the session's language. max_rows: the first so many, 0 for all. replace: a
file that is there is replaced when the new one is complete.

Of CSV: header, delimiter, crlf (else LF at the end of a row), byte_order_mark (for Excel), and formula_safe: a text that
a spreadsheet could run begins with an apostrophe, which import_csv(formula_safe=True) takes off again. Ids of references,
instants in ISO 8601 (UTC), amounts as decimals beside their currency; what is absent or hidden is empty. JSON has a
record a line, as to_json(); hidden fields are left out and named in "hidden".

Returns an ExportReport. Raises Denied without the right to export any record of the kind and for a hidden column,
Invalid for an unknown kind, column, filter or order, Conflict where the file exists, IoError.)doc");
}

}  // namespace crm::python
