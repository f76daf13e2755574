/// Export: the rows of a list as CSV or JSON, in one snapshot and under the session's rights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"
#include "crm/query.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// Takes the next piece of what is exported, which always ends with a whole row. May throw: the
/// export ends with that.
using ExportSink = std::function<void(std::string_view piece)>;

/// What an export holds, and how it is written.
struct ExportOptions {
    /// Fields in order: columns of the kind ("annual_revenue" for an amount, "party" or "party_id"
    /// for a reference), and "id", "version", "owner", "unit", "territory", "created_at",
    /// "created_by", "changed_at", "changed_by". Empty: in CSV all of these but version and
    /// changed_by that the session sees and that repeat no other; in JSON the record as
    /// `AnyRecord::json`.
    std::vector<std::string> columns{};
    bool labels = false;        ///< codes of lists as labels in the session's language
    std::int64_t max_rows = 0;  ///< the first so many; 0: all
    bool replace = false;       ///< a file that exists is replaced when the new one is complete

    // Of CSV only, which is RFC 4180 in UTF-8:
    bool header = true;  ///< the first row names the columns
    char delimiter = ',';
    bool crlf = true;              ///< CRLF at the end of each row, else LF
    bool byte_order_mark = false;  ///< in front, for Excel
    bool formula_safe = true;  ///< as `CsvFormat::formula_safe`; numbers and dates stay as they are
};

/// What was exported.
struct ExportReport {
    std::int64_t rows = 0;
    std::vector<std::string> columns{};  ///< as headed; empty for JSON of whole records
};

/// Writes the rows of a list that the session may read and export, in the list's order, as CSV: ids
/// of references, instants in ISO 8601 (UTC), amounts as decimals with their currency in a column
/// of its own, true and false; the owner's login, the names of unit and territory; what is absent
/// or hidden is empty. `Query::limit` and `bodies` count for nothing: all rows, long texts where a
/// column asks for them.
///
/// All rows are of one snapshot, read by the thousand in bounded memory; while it lasts the file's
/// WAL cannot shrink. Leaves no trace in the file.
///
/// Rights: read and `export` of the kind; of a child, of its parent; of users, lists and their like
/// to administer. Throws Denied without any, and for a column that is hidden, Invalid for an
/// unknown kind, column, order or filter, before anything is written; Interrupted where a page
/// passes the statement deadline. Cost: that of the list, and 1 µs a row (JSON: 5).
CRM_API ExportReport export_csv(Session& session, std::string_view kind, const Query& query,
                                const ExportSink& sink, const ExportOptions& options = {});
/// The same into a file, which appears complete and durable or not at all. Throws Conflict where it
/// exists (unless `replace`), Invalid for a CRM file that is open here or what stands beside it,
/// IoError.
CRM_API ExportReport export_csv(Session& session, std::string_view kind, const Query& query,
                                const std::filesystem::path& target,
                                const ExportOptions& options = {});
/// As `export_csv`, but as a JSON array with one record a line, each as `AnyRecord::json`: fields
/// that are hidden are left out and named in "hidden".
CRM_API ExportReport export_json(Session& session, std::string_view kind, const Query& query,
                                 const ExportSink& sink, const ExportOptions& options = {});
/// The same into a file, as `export_csv`.
CRM_API ExportReport export_json(Session& session, std::string_view kind, const Query& query,
                                 const std::filesystem::path& target,
                                 const ExportOptions& options = {});

}  // namespace crm
