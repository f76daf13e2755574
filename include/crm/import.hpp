/// Import: one pipeline for every source and kind: source → mapping → validation → matching →
/// writing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"
#include "crm/csv.hpp"
#include "crm/history.hpp"
#include "crm/session.hpp"
#include "crm/value.hpp"

namespace crm::inline v1 {

/// One row of a source. Borrowed until the next one is asked for.
struct SourceRow {
    std::int64_t number = 0;        ///< data row, from 1
    std::span<const Value> fields;  ///< in order of the header; text, or typed where the source has
                                    ///< types
    std::string_view problem{};     ///< not empty: the source cannot read this row, and why
};

/// Where rows come from. The pipeline asks from one thread.
class CRM_API RowSource {
public:
    virtual ~RowSource();
    virtual const std::vector<std::string>& header() const = 0;
    /// False at the end.
    virtual bool next(SourceRow& row) = 0;
    /// For the run: a name and a hash of the bytes, empty where there is none to refuse a
    /// repetition by.
    virtual std::string name() const = 0;
    virtual std::string hash() const { return {}; }
};

/// "AccountId" → "party:key". Targets: a column of the kind ("name", "annual_revenue" as decimal
/// text), a part of it ("phone", "address.city"), "owner", "unit"; a reference by key of this
/// import's system ("party:key"), by code
/// ("party:code"), by login ("owner:user:login" or "owner"), by exact name ("party:name"); "-" for
/// not imported.
struct ImportColumn {
    std::string source{};
    std::string target{};
};

/// What to do with a row whose record exists already (same external key, or same code of a party).
enum class OnConflict : std::uint8_t {
    skip,    ///< leave the record, count the row as skipped (unchanged, where nothing differs)
    update,  ///< change the fields that differ
    fail,    ///< reject the row
};

enum class RowResult : std::uint8_t { created, updated, unchanged, skipped, rejected };

/// What became of one input row.
struct RowOutcome {
    std::int64_t row = 0;
    RowResult result = RowResult::created;
    std::string key{};  ///< external key, if the row has one
    Ref record{};
    std::string field{};   ///< rejected: source column; empty where the row as a whole is wrong
    std::string reason{};  ///< rejected or skipped: why, and what would be right
};

/// How far an import is.
struct ImportProgress {
    std::int64_t rows = 0, rejected = 0;
    RunId run{};
};

struct ImportOptions {
    std::string kind{};                   ///< "party", "contact", "activity", …
    std::vector<ImportColumn> columns{};  ///< columns not named here are taken where heading and
                                          ///< target are equal
    std::string key{};                    ///< source column with the external key
    std::string system{};  ///< name of the system the keys belong to; "import" if empty
    OnConflict on_conflict = OnConflict::skip;
    bool again = false;    ///< allow the same bytes a second time
    bool dry_run = false;  ///< validate everything, write nothing; a key that an earlier batch of
                           ///< the same run would have made counts as there, its fields are not
                           ///< compared
    std::string date_format{};  ///< strptime's %d %m %y %Y %H %M %S %I %p; empty: ISO 8601
    char decimal = '.';
    std::string default_owner{};      ///< login that stands in for an unknown or empty owner
    std::int64_t batch = 2'000;       ///< rows a command
    std::filesystem::path rejects{};  ///< rejected rows, as read, plus "row", "field", "reason"
    std::function<bool(const ImportProgress&)> progress{};  ///< after each batch; false stops,
                                                            ///< resumable
    std::function<void(const RowOutcome&)> outcome{};       ///< for every row, in order
};

/// The five outcomes add up to rows, always.
struct ImportReport {
    std::int64_t rows = 0, created = 0, updated = 0, unchanged = 0, skipped = 0, rejected = 0;
    RunId run{};  ///< 0 for a dry run
    double seconds = 0;
    std::vector<RowOutcome> problems{};       ///< the first 1,000 rejections
    std::vector<std::string> not_imported{};  ///< columns that were not mapped
    bool resumed = false;
};

/// Imports a CSV file as one undoable run. The same bytes again are refused (AlreadyImported)
/// unless `again`, or where the run was killed: then it resumes. Throws Invalid for an unknown
/// target, a missing column or kind, NotFound, IoError. Rights: create (and change, assign) as for
/// single records.
CRM_API ImportReport import_csv(Session& session, const std::filesystem::path& path,
                                const CsvOptions& csv, const ImportOptions& options);
/// Imports rows of any source by the same pipeline.
CRM_API ImportReport import_rows(Session& session, RowSource& source, const ImportOptions& options);

/// A kind and a mapping proposed from a file's name and headings, by a printed table of usual
/// headings.
struct ImportProposal {
    std::string kind{};  ///< empty where nothing fits
    std::vector<ImportColumn> columns{};
    std::string key{};
    std::vector<std::string> not_imported{};
};
CRM_API ImportProposal propose_import(std::string_view file_name,
                                      const std::vector<std::string>& header,
                                      std::string_view kind = {});

}  // namespace crm
