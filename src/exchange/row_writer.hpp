/// Writes rows: matches each to a stored record, creates or changes that, and says what became of
/// it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/import.hpp"
#include "exchange/candidate.hpp"
#include "exchange/conversion.hpp"
#include "exchange/mapping.hpp"
#include "exchange/matching.hpp"
#include "kernel/transaction.hpp"

namespace crm::exchange {

class RowWriter {
public:
    RowWriter(const Mapping& mapping, const ImportOptions& options,
              const kernel::SessionState& session);
    /// From now on in this unit of work. Throws Invalid for an unknown default owner.
    void begin(kernel::Transaction& transaction);
    /// All of a row or nothing of it. What is wrong with the row is its outcome; throws only what
    /// is wrong with the file or the machine.
    RowOutcome write(const SourceRow& row);
    /// The same without a savepoint; nothing where the row failed half done: the caller rolls back
    /// and calls `forget`.
    std::optional<RowOutcome> try_write(const SourceRow& row);
    /// What was written since the last `keep` stands, or was rolled back.
    void keep();
    void forget();

private:
    /// What a row would change of one stored record, or add to it.
    struct Change {
        Draft* draft;
        Ref id;  ///< 0: the draft is an addition
        std::vector<Assignment> fields;
    };

    RowOutcome attempt(const SourceRow& row);
    void settle(RowOutcome& outcome);
    Ref match();
    Ref match_by_code();
    bool was_in_earlier_batch() const;
    void settle_repeated(RowOutcome& outcome) const;

    Ref create();
    Ref create_person();
    void insert(const Kind& kind, void* record);
    void add_child(Draft& child, Ref parent);
    void add_key(Ref record);
    void remember();

    void settle_found(RowOutcome& outcome, Ref id);
    void find_changes(Ref id);
    void compare(Draft& draft, const AnyRecord& stored);
    void compare_head(const Head& stored);
    void compare_person(Ref party);
    void compare_child(Draft& child, Ref parent);
    void apply(Ref id);
    std::string differing_columns() const;

    void check_names(bool is_person);
    bool is_party() const;
    void prepare(Draft& draft);
    [[noreturn]] void reject(const Invalid& bad) const;

    const Mapping& mapping_;
    const ImportOptions& options_;
    Conversion conversion_;
    Matcher matcher_;
    Candidate candidate_;
    AnyRecord stored_, found_;
    kernel::Transaction* transaction_ = nullptr;
    const Draft* stage_ = nullptr;  // what is being written, for blaming its column
    std::vector<Change> changes_;
    bool lacks_key_ = false;
    bool has_written_ = false;                                // something of the row in hand
    std::vector<std::pair<Naming, std::string>> remembered_;  // since the last `keep`
};

}  // namespace crm::exchange
