/// verify(): every invariant of a file recomputed, what does not hold told, and what can be,
/// repaired.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"
#include "crm/history.hpp"
#include "crm/id.hpp"

namespace crm::inline v1 {

class Session;

/// How thoroughly to look.
struct VerifyOptions {
    bool search = true;          ///< compares the search index with the texts, word by word
    bool structure = true;       ///< SQLite's own check of every page and index
    std::int64_t limit = 1'000;  ///< defects told for each check, 1 or more
    /// Told which check begins and of what: "search", "party". May be empty.
    std::function<void(std::string_view check, std::string_view of)> progress{};
};

/// Something in the file that is not as it has to be.
struct Defect {
    std::string check{};   ///< the check that found it: "references"
    Ref record{};          ///< none where it is of no record
    std::string field{};   ///< the column; of what is no record its table, index or key of `meta`
    std::string text{};    ///< what is wrong, without the value that stands there
    std::string repair{};  ///< what `repair` does about it, or what to do instead
    bool repairable = false;
    bool operator==(const Defect&) const = default;
};

/// What `verify` found.
struct Verification {
    std::vector<Defect> defects{};
    std::vector<std::string> checks{};  ///< those that were run, in order
    bool incomplete = false;            ///< a check found more than `VerifyOptions::limit`
    bool operator==(const Verification&) const = default;
};

/// Recomputes every invariant of the file: SQLite's structure, facts about the file, ids, heads,
/// values, codes, references, what is derived, the rules of each kind, trees, unique values, side
/// tables, history, runs, rights and the search index. Writes nothing; one snapshot, which keeps
/// the write-ahead log from being emptied meanwhile. Throws Misuse inside `write`, Invalid for a
/// limit below 1, Interrupted by a poll. Rights: administer; looks at every record, hidden ones
/// too, and tells no value. Cost: reads the whole file; memory grows with the links of trees (24
/// bytes each) and with the limit. See docs/verify.md.
CRM_API Verification verify(Session& session, const VerifyOptions& options = {});

/// Repairs those of the defects that are `repairable` and still there, as one command
/// "verify.repair". Changes and removals of records stand in history and can be undone; what is
/// made anew from the records (indexes, the search index, numbers) needs no undo. What a repair
/// cannot bring back (a removed parent's child) goes: look at `Defect::repair`, and leave out of
/// the verification what shall stay. Throws Misuse inside `write`. Rights: administer.
CRM_API Command repair(Session& session, const Verification& verification);

}  // namespace crm
