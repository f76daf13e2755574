#include "crm/import.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>

#include "crm/contact.hpp"
#include "crm/error.hpp"
#include "exchange/csv_source.hpp"
#include "exchange/field_rights.hpp"
#include "exchange/mapping.hpp"
#include "exchange/reject_file.hpp"
#include "exchange/row_writer.hpp"
#include "kernel/run.hpp"
#include "kernel/search.hpp"
#include "kernel/transaction.hpp"
#include "storage/registry.hpp"

namespace crm::inline v1 {
namespace {

using kernel::Transaction;
using Durability = storage::File::Durability;

constexpr std::string_view import_verb = "import";
constexpr std::int64_t largest_batch = 100'000;
constexpr std::size_t batch_bytes = std::size_t{64} << 20;  // a batch ends before it holds more
constexpr std::size_t rows_a_savepoint = 250;
constexpr int batches_before_bulk = 5;  // from so many on a source counts as large
constexpr std::int64_t rows_worth_analyzing = 1'000;
constexpr std::size_t most_problems = 1'000;

// ---- rows of a batch

/// A row that outlives the next one; its memory is used again and again.
struct KeptRow {
    SourceRow row;
    std::string bytes, problem;
    std::vector<Value> fields;

    void keep(const SourceRow& borrowed) {
        bytes.clear();
        for (const Value& field : borrowed.fields) bytes += field.text();
        problem = borrowed.problem;
        fields.assign(borrowed.fields.begin(), borrowed.fields.end());
        std::size_t at = 0;
        for (Value& field : fields)
            if (const std::size_t size = field.text().size(); size > 0) {
                field = std::string_view(bytes).substr(at, size);
                at += size;
            }
        row = {borrowed.number, fields, problem};
    }
};

class Batch {
public:
    /// Reads up to so many rows; false where there was none left.
    bool read(RowSource& source, std::int64_t limit) {
        std::size_t bytes = 0;
        for (size_ = 0; !ended_ && std::cmp_less(size_, limit) && bytes < batch_bytes;)
            bytes += read_row(source);
        return size_ > 0;
    }
    std::size_t size() const { return size_; }
    const SourceRow& operator[](std::size_t i) const { return kept_[i].row; }

private:
    std::size_t read_row(RowSource& source) {
        SourceRow row;
        ended_ = !source.next(row);
        if (ended_) return 0;
        if (size_ == kept_.size()) kept_.emplace_back();
        KeptRow& kept = kept_[size_++];
        kept.keep(row);
        return kept.bytes.size();
    }

    std::deque<KeptRow> kept_;  // rows borrow from themselves and must not move
    std::size_t size_ = 0;
    bool ended_ = false;
};

// ---- what a run is known by

std::string_view name_of(OnConflict policy) {
    constexpr std::string_view names[] = {"skip", "update", "fail"};
    return names[static_cast<std::size_t>(policy)];
}

Json::Object columns_json(const exchange::Mapping& mapping) {
    Json::Object columns;
    for (const ImportColumn& column : mapping.columns)
        columns.emplace_back(column.source, column.target);
    return columns;
}

/// All that decides what becomes of a row.
std::string arguments_of(const exchange::Mapping& mapping, const ImportOptions& options,
                         const std::string& login, const Json& reading) {
    return Json(Json::Object{{"kind", options.kind},
                             {"columns", columns_json(mapping)},
                             {"key", options.key},
                             {"system", options.system},
                             {"on_conflict", name_of(options.on_conflict)},
                             {"date_format", options.date_format},
                             {"decimal", std::string(1, options.decimal)},
                             {"default_owner", options.default_owner},
                             {"reading", reading},
                             {"user", login}})
        .dump();
}

std::int64_t& counter(Run& counts, RowResult result) {
    switch (result) {
        case RowResult::created: return counts.created;
        case RowResult::updated: return counts.updated;
        case RowResult::unchanged: return counts.unchanged;
        case RowResult::skipped: return counts.skipped;
        default: return counts.rejected;
    }
}

void add_counts(Run& total, const Run& counts) {
    total.rows += counts.rows;
    total.created += counts.created;
    total.updated += counts.updated;
    total.unchanged += counts.unchanged;
    total.skipped += counts.skipped;
    total.rejected += counts.rejected;
}

std::string text_of(RunId run) { return std::to_string(static_cast<std::int64_t>(run)); }

// ---- the search index of a large run

/// Sets the search index up for many rows, and back whatever happens.
class BulkIndexing {
public:
    BulkIndexing(storage::File& file, const exchange::Mapping& mapping) : file_(file) {
        add(*mapping.kind);
        for (const exchange::Group& group : mapping.groups) add(*group.kind);
        for (const exchange::Target& target : mapping.targets)
            if (target.place == exchange::Target::Place::person) add(kind_of<Contact>());
    }
    ~BulkIndexing() {
        try {
            end();
        } catch (const std::exception&) {  // the error that brought us here is the one to tell
        }
    }
    BulkIndexing(const BulkIndexing&) = delete;
    BulkIndexing& operator=(const BulkIndexing&) = delete;

    void begin() {
        if (!std::exchange(begun_, true)) kernel::begin_bulk_indexing(file_, kinds_);
    }
    void end() {
        if (std::exchange(begun_, false)) kernel::end_bulk_indexing(file_, kinds_);
    }

private:
    void add(const Kind& kind) {
        const bool known = std::ranges::find(kinds_, kind.number, &Kind::number) != kinds_.end();
        if (kind.is_searchable() && !known) kinds_.push_back(kind);
    }

    storage::File& file_;
    std::vector<Kind> kinds_;
    bool begun_ = false;
};

// ---- the run

/// What the rules, the rights or the data are to blame for, and not the machine.
bool blames_rows(const Error& error) {
    return dynamic_cast<const Invalid*>(&error) || dynamic_cast<const Conflict*>(&error) ||
           dynamic_cast<const Denied*>(&error) || dynamic_cast<const NotFound*>(&error) ||
           dynamic_cast<const LimitExceeded*>(&error);
}

const ImportOptions& checked(const Session& session, const ImportOptions& options) {
    if (session.state().transaction)
        throw Misuse("an import is many commands and cannot join a unit of work");
    if (session.state().database->closed) throw Misuse("the database was closed");
    if (options.batch < 1 || options.batch > largest_batch)
        throw Invalid("import", "batch",
                      "must be 1 to " + std::to_string(largest_batch) + " rows a command");
    return options;
}

class Import {
public:
    /// `guarded`: formulas in the source have an apostrophe, and so shall those among the rejects.
    Import(Session& session, RowSource& source, const ImportOptions& options, const Json& reading,
           bool guarded)
        : session_(session.state()),
          file_(*session_.database->file),
          source_(source),
          options_(checked(session, options)),
          mapping_(exchange::map_columns(kernel::Reading(session_).catalogue(), source.header(),
                                         options)),
          arguments_(arguments_of(mapping_, options, session_.login, reading)),
          writer_(mapping_, options, session_),
          indexing_(file_, mapping_),
          is_guarded_(guarded) {}

    ImportReport run() {
        require_right();
        const auto begun = std::chrono::steady_clock::now();
        if (!options_.dry_run) find_earlier();
        rejects_.emplace(options_.rejects, source_.header(), cursor_, is_guarded_);
        skip_committed();
        import_all();
        if (!options_.dry_run) close();
        report(std::chrono::steady_clock::now() - begun);
        return std::move(report_);
    }

private:
    /// Who may create nothing, nor change anything where that is asked for, or not in these fields,
    /// is told so before any row is read.
    void require_right() const {
        kernel::Reading reading(session_);
        if (!reading.rights().may(kernel::Function::run_imports))
            throw Denied("import: the function \"run_imports\" is missing; ask an administrator");
        const auto may = [&](kernel::Action action) {
            return !reading.rights().scope(*mapping_.kind, action).none();
        };
        const bool changes =
            options_.on_conflict == OnConflict::update && may(kernel::Action::change);
        if (!may(kernel::Action::create) && !changes)
            throw Denied("import: the right to create records of kind " + options_.kind +
                         " is missing");
        exchange::require_fields(mapping_, reading.database(), reading.rights(),
                                 options_.on_conflict == OnConflict::update);
    }

    // ---- what was before

    void find_earlier() {
        if (hash_ = source_.hash(); !hash_.empty())
            hash_ += ":" + options_.kind;  // one file may hold several kinds
        const auto earlier = earlier_run();
        if (!earlier) return;
        const bool finished = earlier->run.state != "running";
        if (!finished && earlier->arguments == arguments_) return resume(*earlier);
        if (!options_.again) refuse_again(*earlier, finished);
    }

    std::optional<kernel::RunRow> earlier_run() {
        if (hash_.empty()) return std::nullopt;
        kernel::Reading reading(session_);
        return kernel::run_of_source(reading, import_verb, hash_);
    }

    [[noreturn]] void refuse_again(const kernel::RunRow& earlier, bool finished) const {
        kernel::Reading reading(session_);
        const bool own = earlier.run.user == session_.user || reading.rights().administers();
        const std::string which =
            own ? "run " + text_of(earlier.run.id) + " of " + to_text(earlier.run.started_at)
                : "another user's run";
        if (finished)
            throw AlreadyImported(source_.name() + ": these bytes were imported by " + which +
                                  "; undo it, or ask for it again (--again)");
        throw Conflict(source_.name() + ": " + which +
                       " of these bytes is unfinished and had other options; " +
                       "repeat it with those, undo it, or ask for it again (--again)");
    }

    void resume(const kernel::RunRow& earlier) {
        run_ = earlier.run.id;
        total_ = earlier.run;
        cursor_ = earlier.cursor;
        report_.resumed = true;
        indexing_.begin();  // who was killed may have left it so: it is put back in any case
    }

    void skip_committed() {
        SourceRow row;
        for (std::int64_t i = 0; i < cursor_; ++i)
            if (!source_.next(row))
                throw Conflict(source_.name() + ": has fewer rows than run " + text_of(run_) +
                               " has imported of it");
    }

    // ---- batches

    void import_all() {
        for (int batches = 0; batch_.read(source_, options_.batch); ++batches) {
            if (batches == batches_before_bulk && !options_.dry_run) indexing_.begin();
            write_or_split();
            if (!goes_on()) return;
        }
        is_complete_ = true;
    }

    bool goes_on() const {
        return !options_.progress || options_.progress({total_.rows, total_.rejected, run_});
    }

    /// A rule that looks at the whole unit of work blames no row: then each row is a unit of its
    /// own.
    void write_or_split() try { write(0, batch_.size(), {}); } catch (const Error& error) {
        if (!blames_rows(error)) throw;
        for (std::size_t i = 0; i < batch_.size(); ++i) write_alone(i);
    }

    void write_alone(std::size_t row) try { write(row, row + 1, {}); } catch (const Error& error) {
        if (!blames_rows(error)) throw;
        write(row, row + 1, error.what());
    }

    /// One command. With a refusal its one row is not tried.
    void write(std::size_t begin, std::size_t end, const std::string& refusal) {
        commit(begin, end, refusal);
        tell();  // the session is free again: who is told may read and write
    }

    void commit(std::size_t begin, std::size_t end, const std::string& refusal) {
        Transaction transaction(session_, Durability::bulk);
        const RunId run = open_run(transaction);
        transaction.begin(import_verb, {.run = run});
        writer_.begin(transaction);
        outcomes_.clear();
        if (refusal.empty())
            write_rows(transaction, begin, end);
        else
            outcomes_.push_back(
                {.row = batch_[begin].number, .result = RowResult::rejected, .reason = refusal});
        transaction.finish();
        const Run counts = counts_of_outcomes();
        for (std::size_t i = begin; i < end; ++i) rejects_->add(batch_[i], outcomes_[i - begin]);
        rejects_->write();
        if (!options_.dry_run) {
            kernel::advance_run(transaction, run, counts, cursor_ + counts.rows);
            transaction.commit();
        }
        rejects_->keep();
        run_ = run;
        cursor_ += counts.rows;
        add_counts(total_, counts);
    }

    /// Rows share a savepoint, for at each one FTS5 writes out what it has gathered: one a row made
    /// a third of all work. Where a row fails half done those before it are repeated, and it has a
    /// savepoint of its own.
    void write_rows(Transaction& transaction, std::size_t begin, std::size_t end) {
        for (std::size_t stop = end; begin < end;) {
            const std::size_t last = std::min(stop, begin + rows_a_savepoint);
            const std::size_t done = write_together(transaction, begin, last);
            if (done == begin)
                outcomes_.push_back(writer_.write(batch_[begin]));
            else if (done != last)
                stop = done;
            if (done == begin || done == last)
                writer_.keep(), begin = std::max(done, begin + 1), stop = end;
        }
    }

    /// The row that failed half done, and nothing written then; `end` where all went well.
    std::size_t write_together(Transaction& transaction, std::size_t begin, std::size_t end) {
        const std::size_t told = outcomes_.size();
        Transaction::Part part(transaction);
        for (std::size_t i = begin; i < end; ++i) {
            if (auto outcome = writer_.try_write(batch_[i])) {
                outcomes_.push_back(std::move(*outcome));
                continue;
            }
            outcomes_.resize(told);
            writer_.forget();
            return i;
        }
        part.keep();
        return end;
    }

    Run counts_of_outcomes() const {
        Run counts;
        counts.rows = std::ssize(outcomes_);
        for (const RowOutcome& outcome : outcomes_) ++counter(counts, outcome.result);
        return counts;
    }

    void tell() {
        for (const RowOutcome& outcome : outcomes_) {
            if (outcome.result == RowResult::rejected && report_.problems.size() < most_problems)
                report_.problems.push_back(outcome);
            if (options_.outcome) options_.outcome(outcome);
        }
    }

    /// Under the gate: nobody else may have begun or gone on with the same source meanwhile.
    RunId open_run(Transaction& transaction) {
        if (options_.dry_run) return {};
        if (run_ == RunId{}) {
            if (!options_.again && earlier_run())
                throw Conflict(source_.name() +
                               ": somebody else has just begun to import these bytes");
            return kernel::start_run(transaction,
                                     {std::string(import_verb), source_.name(), hash_, arguments_});
        }
        kernel::Reading reading(session_);
        const auto now = kernel::run_row(reading, run_);
        if (now.cursor != cursor_ || now.run.state != "running")
            throw Conflict("run " + text_of(run_) +
                           " was undone or continued by somebody else meanwhile");
        return run_;
    }

    // ---- the end

    void close() {
        if (is_complete_) {
            Transaction transaction(session_, Durability::bulk);
            run_ = open_run(transaction);
            kernel::end_run(transaction, run_);
            transaction.commit();
        }
        indexing_.end();
        file_.end_bulk();
        if (total_.created + total_.updated >= rows_worth_analyzing) file_.analyze();
    }

    void report(std::chrono::duration<double> taken) {
        report_.rows = total_.rows;
        report_.created = total_.created;
        report_.updated = total_.updated;
        report_.unchanged = total_.unchanged;
        report_.skipped = total_.skipped;
        report_.rejected = total_.rejected;
        report_.run = run_;
        report_.seconds = taken.count();
        report_.not_imported = mapping_.not_imported;
    }

    kernel::SessionState& session_;
    storage::File& file_;
    RowSource& source_;
    const ImportOptions& options_;
    exchange::Mapping mapping_;
    std::string arguments_, hash_;
    exchange::RowWriter writer_;
    BulkIndexing indexing_;
    bool is_guarded_;
    std::optional<exchange::RejectFile> rejects_;
    Batch batch_;
    std::vector<RowOutcome> outcomes_;
    Run total_;
    RunId run_{};
    std::int64_t cursor_ = 0;  // rows committed
    bool is_complete_ = false;
    ImportReport report_;
};

// ---- files that must not be opened

/// Closing any descriptor of the database file would drop SQLite's locks in this process.
void refuse_database(const std::filesystem::path& path, const char* field) {
    if (storage::is_held(path))
        throw Invalid("import", field, path.string() + " is the CRM file itself, or belongs to it");
}

ImportReport import_from(Session& session, RowSource& source, const ImportOptions& options,
                         const Json& reading, bool guarded) {
    if (!options.rejects.empty()) refuse_database(options.rejects, "rejects");
    return Import(session, source, options, reading, guarded).run();
}

Json json_of(const CsvOptions& csv) {
    return Json::Object{{"encoding", csv.encoding},
                        {"delimiter", static_cast<std::int64_t>(csv.delimiter)},
                        {"quote", csv.quote ? Json(std::string(1, *csv.quote)) : Json()},
                        {"header", csv.header},
                        {"formula_safe", csv.formula_safe}};
}

}  // namespace

RowSource::~RowSource() = default;

ImportReport import_csv(Session& session, const std::filesystem::path& path, const CsvOptions& csv,
                        const ImportOptions& options) {
    refuse_database(path, "source");
    std::error_code ignored;
    if (!options.rejects.empty() && std::filesystem::equivalent(path, options.rejects, ignored))
        throw Invalid("import", "rejects", "the rejected rows would overwrite the source");
    exchange::CsvRows source(path, csv);
    return import_from(session, source, options, json_of(csv), csv.formula_safe);
}

ImportReport import_rows(Session& session, RowSource& source, const ImportOptions& options) {
    return import_from(session, source, options, {}, false);
}

}  // namespace crm
