/// Finding duplicates, merging them, and taking a merge apart again.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "crm/api.hpp"
#include "crm/duplicate.hpp"
#include "crm/id.hpp"

namespace crm::inline v1 {

class AnyRecord;
class Session;
struct Effects;
struct Undone;

/// What to look for beside one record.
struct LookUp {
    double min_score = 0.5;  ///< 0 to 1; more likely one than not
    int limit = 20;          ///< 1 to 1,000
    bool dismissed = false;  ///< those too of which somebody said that they are not the same
};

/// What to look for in the whole file.
struct DuplicateQuery {
    std::string kind = "party";  ///< party or contact
    double min_score = 0.5;      ///< 0 to 1
    CommandId since{};           ///< only pairs of which one was made or changed after this command
    int limit = 1'000;           ///< pairs, 1 to 100,000
    bool dismissed = false;
};

/// Pairs, likeliest first; pairs of one score in order of ids.
struct DuplicatePage {
    std::vector<Duplicate> pairs{};
    bool incomplete = false;         ///< there are more pairs than `limit`
    std::size_t blocks_skipped = 0;  ///< groups with something in common that were too large: in
                                     ///< them only those were compared whose names stand close
};

/// How to merge.
struct MergeOptions {
    /// A field, and the record its value is taken from ("tax_code", other). Of a natural person
    /// "contact.born_on" is a field of its contact. Fields not named stay the survivor's.
    std::vector<std::pair<std::string, Ref>> fields{};
    bool fill_empty = true;  ///< the survivor's empty fields get what the others have, in their
                             ///< order
};

/// What a merge did.
struct Merged {
    CommandId command{};
    Ref survivor{};
    std::size_t moved = 0;    ///< records that now refer to the survivor or belong to it
    std::size_t dropped = 0;  ///< those that went, because the survivor has the same
};

/// Duplicates of parties and contacts. A natural person is compared as a party; its contact is
/// compared with contacts that are nobody's, never with its own party. Everything is computed from
/// what the session sees: hidden records and fields are neither compared nor looked up by.
class CRM_API Duplicates {
public:
    explicit Duplicates(Session& session) : session_(&session) {}

    /// The records that may be the same as one, likeliest first. Cost: some thirty look-ups by
    /// index of at most 50 rows each, whatever the size of the file; so what shares neither a
    /// phone, an e-mail, a tax code nor the beginning of a name is found by `find` only. Throws
    /// NotFound, Invalid for another kind than party or contact.
    std::vector<Duplicate> of(Ref record, const LookUp& options = {}) const;
    /// The same for a record that is not stored yet, with what is to belong to it: points,
    /// addresses, and of a natural person its contact.
    std::vector<Duplicate> of(const AnyRecord& draft, const std::vector<AnyRecord>& parts = {},
                              const LookUp& options = {}) const;
    /// All pairs of the file. Cost: reads every visible record once, in one snapshot, and compares
    /// those that have something in common; memory about 1.5 KB a record. Throws Invalid.
    DuplicatePage find(const DuplicateQuery& query = {}) const;

    /// Remembers for everybody that two records are not the same; a no-op where that is known.
    /// Rights: read on both. One command "duplicate.dismiss".
    void dismiss(Ref a, Ref b);
    /// Forgets that. Rights: change on the record with the smaller id, or to have dismissed the
    /// pair.
    void undismiss(Ref a, Ref b);

    /// Makes one record of several of one kind: what refers to the others, or belongs to them, is
    /// moved to the survivor, which keeps owner, unit and territory; the others go. See
    /// docs/duplicates.md for what moves and what is dropped. Of natural persons the contacts are
    /// merged too. One command "party.merge" or "contact.merge". Throws Invalid for an organisation
    /// with a person, for a person's contact that is not the survivor, for more than 100 others;
    /// Conflict where something hidden from the session refers to one of the others. Rights: change
    /// on the survivor and on every record whose reference is moved, delete on the others; no
    /// column by which they refer may be locked.
    Merged merge(Ref survivor, const std::vector<Ref>& others, const MergeOptions& options = {});
    /// What that would do; keeps nothing.
    Effects rehearse_merge(Ref survivor, const std::vector<Ref>& others,
                           const MergeOptions& options = {});
    /// Takes a merge apart again, at any later time: what the merge did is turned back, what was
    /// changed since stays as it is and is listed. Rights: as for an undo. Throws Invalid for a
    /// command that is no merge.
    Undone unmerge(CommandId merge);
    /// The same for the merge in which a record went. Throws NotFound where it was not merged.
    Undone unmerge(Ref old);
    /// The record that now stands for one that went in a merge, at the end of the chain where that
    /// was merged in turn; empty where there is none that the session sees.
    Ref merged_into(Ref old) const;

private:
    Session* session_;
};

}  // namespace crm
