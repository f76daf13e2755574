/// Segments: groups of records of one kind, by hand or by what they are like.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crm/filter.hpp"
#include "crm/query.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// A group of parties, contacts or records of another root kind. Static: its members are put in by
/// hand, each in any number of segments. Dynamic: its members are what fulfils its condition at the
/// moment of asking; relative dates stay relative.
///
/// In filters `segment` is a field of every such kind, also at the end of a path: `field("segment")
/// == "VIP"`, `field("contact.party.segment").in({"VIP", "East"})`, by name, blind to case, or by
/// id. Personal as saved filters are (see `Personal`): seen by its owner and administrators, and,
/// where it is shared, by whoever may read records of its kind.
struct Segment {
    Head head{};
    std::string kind{};         ///< name of the kind of its members, "party"; fixed
    std::string name{};         ///< unique for its owner and kind, blind to case
    std::string name_key{};     ///< derived: folded
    std::string condition{};    ///< dynamic: the JSON form of a filter, at most 100,000 bytes;
                                ///< static: empty. A segment stays what it was made as
    std::string description{};  ///< what it is for
    bool is_shared = false;
    bool operator==(const Segment&) const = default;
};

/// One member of a static segment. Absent where the record or the segment is hidden; goes along
/// with either. Written by who may change the segment and read the record.
struct SegmentMember {
    Head head{};
    Ref record{};
    Id<Segment> segment{};
    bool operator==(const SegmentMember&) const = default;
};

/// Segments and their members. What is said of members is said of those that the session sees: a
/// segment of hidden records is empty.
class CRM_API Segments : public Records<Segment> {
public:
    using Records::Records;
    /// Makes a static segment without members. Throws Invalid for a kind that has none, Conflict
    /// where the name is taken.
    Segment make(std::string_view kind, std::string_view name, bool is_shared = false);
    /// Makes a dynamic one. The condition may stand neither on a saved filter nor on a segment.
    /// Throws Invalid, Denied or Conflict as `SavedFilters::save` does.
    Segment make(std::string_view kind, std::string_view name, const Filter& where,
                 bool is_shared = false);
    /// The one that a name means: the user's own, else the one that is shared under it. Throws
    /// NotFound where there is none, Conflict where several share one.
    Segment named(std::string_view kind, std::string_view name) const;

    /// A page of its members, in the orders of their kind; `which.where` is asked of them besides.
    Page<AnyRecord> members(Id<Segment> segment, const Query& which = {}) const;
    /// How many there are, counted up to `limit`.
    Count count_members(Id<Segment> segment, const Filter& where = {},
                        std::int64_t limit = 10'000) const;
    /// The static segments that a record is in, by name. Throws NotFound.
    std::vector<Segment> of(Ref record) const;

    /// Puts records into a static segment, one command "segment.add_members"; those that are in it
    /// stay. How many came. Throws NotFound for a hidden record, and puts none in; Invalid for one
    /// of another kind and for a dynamic segment. Rights: change on the segment, read on the
    /// records.
    std::int64_t add_members(Id<Segment> segment, const std::vector<Ref>& records);
    /// The same with all that fulfils a filter at this moment.
    std::int64_t add_members(Id<Segment> segment, const Filter& where);
    /// Takes records out, one command "segment.remove_members"; those that are not in it are no
    /// fault. How many went. Rights: change on the segment, read on the records.
    std::int64_t remove_members(Id<Segment> segment, const std::vector<Ref>& records);
    std::int64_t remove_members(Id<Segment> segment, const Filter& where);
};

template <>
CRM_API const Kind& kind_of<Segment>();
template <>
CRM_API const Kind& kind_of<SegmentMember>();

}  // namespace crm
