/// Erasures: all data of one natural person removed for good, the proof of it, and who is not to
/// come back.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"
#include "crm/json.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// How a person is erased.
struct EraseOptions {
    std::string reason{};  ///< why, at most 500 bytes; kept in the file, so without personal data
    /// Other records that are the same human: removed duplicates whose history is to go as well.
    /// Those whose merge into the person stands are found without it.
    std::vector<Ref> also{};
};

/// A text of another record that may name the person, or a value that it took over from the person
/// in a merge: for a human to judge.
struct Mention {
    Ref record{};
    std::string field{};  ///< the column
    std::string text{};   ///< about 160 bytes of it
    bool operator==(const Mention&) const = default;
};

/// One person erased, or in a preview to be erased.
struct Erasure {
    std::int64_t id = 0;  ///< 0 in a preview
    CommandId command{};
    Ref person{};  ///< the id that was given, which nobody has any more
    Time erased_at{};
    Id<User> by{};
    std::string by_login{};
    std::string reason{};
    std::int64_t records = 0;  ///< rows: both halves of the person and all that belonged to them
    std::int64_t history_rows = 0;   ///< rows of history whose values went
    std::int64_t external_keys = 0;  ///< among the rows
    std::int64_t cleared = 0;        ///< references of other records, hidden ones too
    std::int64_t commands = 0;       ///< commands that lost key, arguments and result
    std::int64_t sources = 0;  ///< imports that lost the name of their source and their options
    std::optional<Time> scrub_ended_at{};
    bool is_lifted = false;  ///< the person may come back
    /// Only in the answer of `preview` and `erase`: kept nowhere.
    std::vector<Mention> mentions{};
    bool mentions_incomplete = false;  ///< there were more than could be looked for
};

/// Says that nothing of a person is left in this copy of the file, since when, and by whose order.
struct CRM_API Certificate {
    std::string number{};  ///< uuid of the copy and number of the erasure
    Erasure erasure{};
    std::string copy{};  ///< uuid of the copy of the file that it is about
    std::string hash{};  ///< BLAKE2b of the rest as JSON, 64 hexadecimal digits
    /// All of it; instants in ISO 8601 (UTC).
    Json json() const;
    /// The same in English, for paper.
    std::string text() const;
};

/// What a person may be known by. What is not given is not looked for.
struct Identity {
    std::string first_name{}, last_name{}, patronymic{};
    std::optional<Date> born_on{};  ///< counts with the name
    std::string phone{};            ///< counts with the name: families share one
    std::string email{};
    std::string tax_code{};
    std::string system{}, key{};  ///< an external key, of a party or a contact
};

/// Erasing natural persons on request. One thread at a time, as its session.
class CRM_API Erasures {
public:
    explicit Erasures(Session& session) : session_(&session) {}

    /// What `erase` would do, without doing it: counts, and the texts elsewhere that may name the
    /// person. Rights, errors and cost as `erase`.
    Erasure preview(Ref person, const EraseOptions& options = {}) const;
    /// Erases a natural person: a party of that nature with its contact, or a contact with its
    /// party if it has one; also one that was removed before. Rows, long texts, points, addresses,
    /// notes, memberships, roles, keys and shares go, also those removed earlier; their values go
    /// from history, where only who and when stays; so do keys and results of the commands that
    /// made or changed them, and names and options of imports that name the person. Other records
    /// lose their reference to the person, and their history what a merge turned back since had
    /// given them of the person's. What the person is known by is kept as keyed hashes, so
    /// that nobody brings them back (`Suppressed`). One command "person.erase" of its own, which
    /// cannot be undone. Words stay in the search index, and bytes between rows, until `scrub` has
    /// ended.
    ///
    /// Throws Invalid for who is no natural person and without a reason, Conflict for one erased
    /// before, Misuse inside a unit of work. Rights: the function administer, and to see and remove
    /// both halves. Cost: that of removing what the person has, about 50 µs a row.
    Erasure erase(Ref person, const EraseOptions& options);
    /// Overwrites what is left in the file of everybody erased so far, in steps of some 20 ms that
    /// let others write, until it is done or the time is up; any process may go on later. True when
    /// it is done. Rights: none, it shows nothing. Cost: that of writing the search index once and
    /// reading the file once, whoever was erased.
    bool scrub(std::chrono::milliseconds patience = std::chrono::minutes{10});
    /// Throws NotFound, Conflict while the scrub has not ended. Rights: administer.
    Certificate certificate(std::int64_t id) const;
    /// Newest first; the next page with the last id as `before`. Rights: administer.
    std::vector<Erasure> list(int limit = 50, std::int64_t before = 0) const;
    /// Whether any of what is given is an erased person's. Rights: administer.
    bool is_suppressed(const Identity& identity) const;
    /// Forgets what the person of an erasure is known by: they may be entered again. A command
    /// "person.lift", which cannot be undone. Throws NotFound, Conflict where it was done. Rights:
    /// administer.
    void lift(std::int64_t id);

private:
    Session* session_;
};

/// Writes all data of one natural person as JSON for that person: what is stored of both halves and
/// what belongs to them, activities, history, and where it came from; docs/erasure.md has the form.
/// Only what the session sees. The file appears complete or not at all. Rights: export of every
/// half and lead of the person that the session sees. Throws NotFound, Denied, Invalid for who is
/// no natural person, Conflict where the file exists, IoError.
CRM_API void export_subject(Session& session, Ref person, const std::filesystem::path& target);

}  // namespace crm
