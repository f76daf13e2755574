/// Erasure: taking records out with all that history, search and imports keep of them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "kernel/history.hpp"
#include "kernel/transaction.hpp"

namespace crm::kernel {

/// What an erasure removed.
struct EraseCounts {
    std::int64_t records = 0;        ///< rows
    std::int64_t history_rows = 0;   ///< rows of history that lost their values
    std::int64_t external_keys = 0;  ///< among the rows
    std::int64_t cleared = 0;        ///< references of other records
    std::int64_t commands = 0;       ///< that lost key, arguments and result
    std::int64_t sources = 0;        ///< imports that lost their source's name or options
};

/// What is known of one record that goes: as it stands, or as a line of history has it.
struct Remnant {
    Ref record;
    Json::Object fields;
};

/// A field that a record which stays took over in the command that removed one that goes: a merge,
/// turned back since or of another human. It is that record's now, and history is rid of it.
struct TakenValue {
    Ref record;
    const Column* column;
    CommandId since;
    Json value;
};

/// Works out what goes with some records, then takes it out. What goes along are children, both
/// ends of links, what `takes_along` says, whatever of these was removed earlier, and records whose
/// merge into one of them stands. Rights are the caller's to check, but for who may see a record:
/// the law goes before sight.
class Erasing {
public:
    /// Gathers; changes nothing.
    Erasing(Transaction& transaction, std::span<const Ref> records);
    const std::unordered_set<Ref>& records() const { return going_; }
    const std::vector<Remnant>& remnants() const { return remnants_; }
    const std::vector<TakenValue>& taken() const { return taken_; }
    /// Erases, within the open unit of work. No rule runs.
    EraseCounts run();

private:
    using Reference = std::pair<Ref, std::string>;     // a record and its column
    using Texts = std::set<std::vector<std::string>>;  // as words
    storage::Connection& connection() const { return transaction_.connection(); }
    void gather(Ref record);
    void gather_merged(Ref record);
    void gather_referring(const Kind& kind, Ref record);
    void gather_removed(Ref record);
    bool is_gone_for_good(Ref record) const;
    void gather_takers(const Kind& kind, const Step& removal);
    void find_taken(Ref taker, CommandId since, const Json::Object& removed);
    Json value_after(const Column& column, Ref record, CommandId command) const;
    void note(Ref record, const Json::Object& fields);
    void delete_rows();
    void clear_references();
    void clear(Ref record, const Column& column);
    void clear_in_history(Ref record, std::string_view field);
    void forget_taken();
    void forget_taken(Ref taker, const Step& step, const Texts& texts);
    bool was_taken(Ref taker, std::string_view field, const Step& step, const Json& value,
                   const Texts& texts) const;
    void keep_step(Ref record, const Step& step, Json::Object fields);
    void free_files();
    void blank_history();
    void blank_commands();
    void blank_sources();
    static bool names_any(const Texts& texts, std::string_view text);

    Transaction& transaction_;
    std::unordered_set<Ref> going_;
    std::vector<Ref> waiting_;  // gathered and not yet looked at
    std::vector<Ref> stored_;   // those of them that have a row
    std::vector<Remnant> remnants_;
    std::set<Reference> references_;   // from what stays
    std::set<std::int64_t> commands_;  // that made or changed what goes
    Texts texts_;                      // personal ones
    std::map<Ref, CommandId> takers_;  // records that stay, and since when
    std::vector<TakenValue> taken_;
    EraseCounts counts_;
};

}  // namespace crm::kernel
