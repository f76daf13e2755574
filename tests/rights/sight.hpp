/// What a user may see of a file, worked out naively: plain loops over all rows, by the words of
/// docs/design.md §6 and of the headers, sharing no code with src/kernel.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rights/raw_file.hpp"

namespace crm::test::rights {

/// Names of kinds by their role, as the tables are called.
inline constexpr std::string_view root_kinds[] = {
    "party", "contact",      "activity", "project",        "lead",
    "call",  "saved_filter", "segment",  "schedule_entry", "hourly_rate",
};
/// Those of them for which "*" does not stand, and to which nothing belongs.
inline constexpr std::string_view confidential_kinds[] = {
    "hourly_rate",
};
/// Those of them that are their owners', whatever rights say.
inline constexpr std::string_view personal_kinds[] = {
    "saved_filter",
    "segment",
};
// clang-format off
inline constexpr std::string_view child_kinds[] = {
    "party_role",
    "membership",
    "point",
    "address",
    "note",
    "share",
    "external_key",
    "distinct_pair",
    "bank_account",
    "loyalty_movement",
    "party_link",
    "memorable_date",
    "kinship",
    "consent",
    "participant",
    "cost",
    "attachment",
    "reminder",
    "segment_member",
    "time_entry",
    "call_forward",
};
// clang-format on
/// The columns by which roots refer to roots, and so may refer to what is hidden.
inline constexpr std::string_view references[] = {
    "party_id", "contact_id", "parent_id", "follow_up_of_id", "project_id", "lead_id", "series_id"};

/// Kinds whose records have properties in the worlds, each in the table <kind>_property.
inline constexpr std::string_view kinds_with_properties[] = {"party", "contact", "activity",
                                                             "point"};
/// Whether a column of a kind may refer to what is hidden: properties too.
bool is_reference(std::string_view kind, std::string_view column);

/// The kind a table's ids are of; "" for a number that is none of a root or child kind.
std::string_view kind_of_id(std::int64_t id);

class Sight {
public:
    /// Reads everything of the file. `today`: the date in the file's zone.
    Sight(RawFile& file, std::int64_t user, std::string today);

    std::int64_t user() const { return user_; }
    const std::vector<std::int64_t>& holders() const { return holders_; }
    /// Whether a root or child record may be read; one that was removed, if it would be.
    bool sees(std::int64_t id) const;
    /// The same of records that are there.
    bool sees_existing(std::int64_t id) const { return rows_.contains(id) && sees(id); }
    /// Whether a root or child record may be read and exported.
    bool may_export(std::int64_t id) const;
    /// Whether a root record may be changed.
    bool may_change(std::int64_t id) const;
    /// Columns that read as empty, what is made of them included.
    const std::set<std::string>& hidden(std::string_view kind) const;
    /// Columns that may not be set.
    const std::set<std::string>& locked(std::string_view kind) const;
    bool hides(std::string_view kind, std::string_view column) const {
        return hidden(kind).contains(std::string(column));
    }

    /// All root and child records, by id.
    const std::map<std::int64_t, Row>& rows() const { return rows_; }
    /// Those that were removed, as history kept them.
    const std::map<std::int64_t, Row>& removed() const { return removed_; }

private:
    void read_records(RawFile& file);
    void read_holders(RawFile& file);
    void read_places(RawFile& file);
    void read_rights(RawFile& file);
    void read_fields(RawFile& file);
    bool may_read_some(const std::string& kind) const;
    bool is_in_personal_reach(const Row& row, const std::string& action) const;
    bool is_in_reach(std::int64_t id, const Row& row, const std::string& action) const;
    bool is_within(const std::string& scope, std::int64_t id, const Row& row,
                   const std::string& action) const;
    bool is_shared(std::int64_t id, const std::string& action) const;
    bool is_given(std::int64_t id, const Row& row) const;
    bool holds(std::int64_t holder) const;
    std::int64_t twin_of(std::int64_t id, const Row& row) const;

    std::int64_t user_, unit_ = 0;
    bool is_active_ = false;
    std::string today_;
    std::vector<std::int64_t> holders_;
    std::set<std::int64_t> units_below_, territories_;
    std::map<std::int64_t, Row> rows_, removed_;
    /// kind → action → scopes
    std::map<std::string, std::map<std::string, std::set<std::string>>, std::less<>> scopes_;
    std::map<std::string, std::set<std::string>, std::less<>> hidden_, locked_;
};

}  // namespace crm::test::rights
