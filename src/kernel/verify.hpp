/// What the checks of verify() share, and what repair() knows of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crm/verify.hpp"
#include "kernel/transaction.hpp"

namespace crm::kernel {

/// Where the checks look, and where they tell what they find.
class Verifying {
public:
    Verifying(Transaction& snapshot, const VerifyOptions& options, Verification& found)
        : transaction_(snapshot), options_(options), found_(found) {}

    Transaction& transaction() const { return transaction_; }
    DatabaseState& database() const { return transaction_.database(); }
    std::span<const Kind> kinds() const { return transaction_.kinds(); }
    storage::Connection& connection() const { return transaction_.connection(); }

    /// Notes that a check is run, on a kind or table.
    void begin(std::string_view check, std::string_view of = {});
    /// Keeps a defect within the limit of its check.
    void add(Defect defect);
    std::int64_t limit() const { return options_.limit; }
    void leave_out() { found_.incomplete = true; }
    std::size_t count() const { return count_; }

private:
    Transaction& transaction_;
    const VerifyOptions& options_;
    Verification& found_;
    std::size_t count_ = 0;                                   // those beyond the limit too
    std::unordered_map<std::string, std::int64_t> counts_{};  // by check
};

inline constexpr std::string_view restore_backup =
    "restore a backup, or set it right by hand in a copy of the file";

/// SQL of a check, which may scan: "SELECT /* verifies all */ …".
inline std::string scanning(const std::string& rest) { return "SELECT /* verifies all */ " + rest; }

/// Structure, foreign keys of what is no record, meta, side tables, unique values, trees, the
/// administrator.
void verify_structure(Verifying& at);
void verify_file(Verifying& at);
/// Every record: ids, heads, values, codes, references, derived, rules; and sequences.
void verify_records(Verifying& at);
/// Commands, what they created and changed, and runs.
void verify_history(Verifying& at);
/// The search index of every kind against the texts.
void verify_search(Verifying& at);

/// One command "verify.repair".
Command repair(SessionState& session, const Verification& verification);

// ---- what repair asks, too

/// What is wrong with one stored value, and what can be done about it.
struct Fault {
    enum class Mend {
        none,
        clean,   ///< the engine cleans it
        empty,   ///< it is emptied, as one does it
        erase,   ///< it is emptied in the file: no record can hold it
        set_one  ///< a flag: what is not 0 is set
    };
    std::string text{};
    Mend mend = Mend::none;
};
/// Nothing where the value is sound.
std::optional<Fault> fault_of(const Column& column, const Value& value);

/// "party_id" and its like, and "owner_id", "unit_id", "territory_id" of roots.
struct Reference {
    std::string_view name;
    KindNumber target;     ///< 0 for any
    const Column* column;  ///< none for those of the head
};
std::vector<Reference> references_of(const Kind& kind);
/// What is wrong with a reference; empty where it is sound.
std::string fault_of_reference(Transaction& transaction, const Reference& reference, Ref to);

/// Whether a record goes where the one that this column refers to has gone; what is left of two
/// that were one thing stays.
bool goes_along(const Column& column);

/// "party_body": the tables beside that of a kind that hold a part of its records.
std::vector<std::string> side_tables_of(storage::Connection& connection, const Kind& kind);
/// The column of a side table that names the record: its first.
std::string record_column_of(storage::Connection& connection, const std::string& table);
/// The columns of a kind that refer to records of the same kind, and so make trees.
std::vector<const Column*> tree_columns_of(const Kind& kind);
/// Whether a record has a value for a code column that its list does not know.
bool is_unknown_code(Transaction& transaction, const Column& column, std::string_view code);
/// Whether a text could be added to a list as a code.
bool is_possible_code(std::string_view code);
/// Runs the rules of a kind on a record as it stands; throws what they throw.
void run_rules(Transaction& transaction, const Kind& kind, const void* record);

}  // namespace crm::kernel
