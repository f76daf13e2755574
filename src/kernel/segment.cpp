#include "crm/segment.hpp"

#include "kernel/column.hpp"
#include "kernel/compile.hpp"
#include "kernel/condition.hpp"
#include "kernel/engine.hpp"
#include "kernel/segment.hpp"
#include "kernel/transaction.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr std::string_view segment_in_words = "segment", segment_by_name = "segment.named";

constexpr Column segment_columns[] = {
    column<&Segment::kind>("kind", required | fixed | always_shown),
    column<&Segment::name>("name", required | always_shown, {.key = "name_key"}),
    column<&Segment::name_key>("name_key", derived | always_shown),
    column<&Segment::condition>("condition", always_shown,
                                {.max_length = kernel::longest_condition}),
    column<&Segment::description>("description", no_trait, {.max_length = 2'000}),
    column<&Segment::is_shared>("is_shared", always_shown),
};
constexpr Order segment_orders[] = {{"name", "name_key"}};

constexpr Column segment_member_columns[] = {
    column<&SegmentMember::record>("record_id", required | fixed | parent,
                                   {.on_delete = OnDelete::takes_along}),
    column<&SegmentMember::segment>(
        "segment_id", required | fixed | link,
        {.target = number::segment, .on_delete = OnDelete::takes_along}),
};

void derive_segment(Work&, void* record) {
    auto& segment = *static_cast<Segment*>(record);
    segment.name_key = fold(segment.name);
}

[[noreturn]] void refuse_segment(const char* field, std::string reason) {
    throw Invalid("segment", field, std::move(reason));
}

// That its fields are there is asked when it is written, as of saved filters.
void check_segment(Work& work, const void* record, const void* earlier) {
    const auto& segment = *static_cast<const Segment*>(record);
    const auto* before = static_cast<const Segment*>(earlier);
    if (!kernel::may_be_in_segments(work.transaction().kind_named(segment.kind)))
        refuse_segment("kind", "records of kind " + segment.kind + " are in no segments");
    if (before && before->condition.empty() != segment.condition.empty())
        refuse_segment("condition",
                       "a segment stays dynamic or static: make another one in its place");
    if (!segment.condition.empty())
        kernel::check_condition("segment", segment.condition, kernel::StandsOn::nothing);
    kernel::require_free_name(work, segment_in_words, "segment.same_name", segment);
}

void try_segment(Work& work, const void* record, const void* earlier) {
    const auto& segment = *static_cast<const Segment*>(record);
    const auto* before = static_cast<const Segment*>(earlier);
    if (!segment.condition.empty() && (!before || before->condition != segment.condition))
        kernel::try_condition(work, segment.kind, segment.condition);
}

void check_member(Work& work, const void* record, const void*) {
    const auto& member = *static_cast<const SegmentMember*>(record);
    auto& transaction = work.transaction();
    Segment segment;
    if (!kernel::load(transaction.connection(), transaction.plan(kind_of<Segment>()),
                      member.segment, &segment))
        return;  // an undo that is yet to bring it back
    if (!segment.condition.empty())
        refuse_segment("condition",
                       "a dynamic segment has no members by hand: its condition says"
                       " who is in it");
    if (transaction.kind_of(member.record).name != segment.kind)
        throw Invalid("segment_member", "record_id", "must be a " + segment.kind);
    if (kernel::exists(transaction.connection(), "segment.same_member",
                       {{":segment", Value{member.segment.value()}},
                        {":record", Value{member.record.value()}},
                        {":id", Value{member.head.id.value()}}}))
        throw Conflict("segment_member: the record is in the segment already");
}

Filter is_in(Id<Segment> segment) {
    return field(std::string(kernel::segment_field)) == Json(segment.value());
}

/// The member by which a record is in a segment, if it is.
std::optional<Ref> member_of(kernel::Reading& reading, Id<Segment> segment, Ref record) {
    auto row = kernel::named_query(
        reading, "segment.member",
        {{":segment", Value{segment.value()}}, {":record", Value{record.value()}}});
    return row.step() ? std::optional(Ref{row.integer(0)}) : std::nullopt;
}

const Kind& kind_of_members(const Session& session, const Segment& segment) {
    return session.state().database->kind_named(segment.kind);
}

/// All that fulfils a filter, page by page.
std::vector<Ref> all_of(Session& session, const Segment& segment, const Filter& where) {
    std::vector<Ref> found;
    Query query{.where = where, .order = "id", .limit = 1'000};
    do {
        const auto page = session.list(kind_of_members(session, segment), query);
        for (const AnyRecord& record : page.rows) found.push_back(record.head().id);
        query.after = page.next;
    } while (!query.after.empty());
    return found;
}

}  // namespace

template <>
const Kind& kind_of<Segment>() {
    static const Kind kind = [] {
        Kind made = kernel::kind<Segment>(number::segment, "segment", Role::root, segment_columns);
        made.orders = segment_orders;
        made.personal = {.shared = "is_shared", .about = "kind"};
        made.rules = {.derive = derive_segment, .check = check_segment, .written = try_segment};
        return made;
    }();
    return kind;
}

template <>
const Kind& kind_of<SegmentMember>() {
    static const Kind kind = [] {
        Kind made = kernel::kind<SegmentMember>(number::segment_member, "segment_member",
                                                Role::child, segment_member_columns);
        made.rules = {.check = check_member};
        return made;
    }();
    return kind;
}

Segment Segments::make(std::string_view kind, std::string_view name, bool is_shared) {
    return add({.kind = std::string(kind), .name = std::string(name), .is_shared = is_shared});
}

Segment Segments::make(std::string_view kind, std::string_view name, const Filter& where,
                       bool is_shared) {
    return add({.kind = std::string(kind),
                .name = std::string(name),
                .condition = where.json().dump(),
                .is_shared = is_shared});
}

Segment Segments::named(std::string_view kind, std::string_view name) const {
    return kernel::the_named<Segment>(session(), segment_in_words, segment_by_name, kind, name);
}

Page<AnyRecord> Segments::members(Id<Segment> segment, const Query& which) const {
    Query query = which;
    query.where = is_in(segment) && which.where;
    return session().list(kind_of_members(session(), get(segment)), query);
}

Count Segments::count_members(Id<Segment> segment, const Filter& where, std::int64_t limit) const {
    return session().count(kind_of_members(session(), get(segment)), is_in(segment) && where,
                           limit);
}

std::vector<Segment> Segments::of(Ref record) const {
    kernel::Reading reading(session().state());
    if (!kernel::find(reading, record, false))
        throw NotFound("there is no record " + std::to_string(record.value()));
    std::vector<Segment> found;
    for (const AnyRecord& each : kernel::records_of(reading, kind_of<Segment>(), "segment.of",
                                                    {{":record", Value{record.value()}}}, false))
        found.push_back(each.as<Segment>());
    return found;
}

std::int64_t Segments::add_members(Id<Segment> segment, const std::vector<Ref>& records) {
    std::int64_t added = 0;
    session().write("segment.add_members", [&](Work& work) {
        added = 0;
        get(segment);
        for (const Ref record : records) {
            kernel::Reading reading(session().state());
            if (member_of(reading, segment, record)) continue;
            SegmentMember member{.record = record, .segment = segment};
            kernel::insert(work.transaction(), kind_of<SegmentMember>(), &member);
            ++added;
        }
    });
    return added;
}

std::int64_t Segments::add_members(Id<Segment> segment, const Filter& where) {
    std::int64_t added = 0;
    session().write("segment.add_members", [&](Work&) {
        added = add_members(segment, all_of(session(), get(segment), where));
    });
    return added;
}

std::int64_t Segments::remove_members(Id<Segment> segment, const std::vector<Ref>& records) {
    std::int64_t removed = 0;
    session().write("segment.remove_members", [&](Work& work) {
        removed = 0;
        get(segment);
        for (const Ref record : records) {
            kernel::Reading reading(session().state());
            const auto member = member_of(reading, segment, record);
            if (!member) continue;
            kernel::remove(work.transaction(), kind_of<SegmentMember>(), *member, any_version);
            ++removed;
        }
    });
    return removed;
}

std::int64_t Segments::remove_members(Id<Segment> segment, const Filter& where) {
    std::int64_t removed = 0;
    session().write("segment.remove_members", [&](Work&) {
        removed = remove_members(segment, all_of(session(), get(segment), is_in(segment) && where));
    });
    return removed;
}

}  // namespace crm

namespace crm::kernel {

bool may_be_in_segments(const Kind& kind) {
    return kind.role == Role::root && !kind.stands_alone();
}

FoundSegment segment(Reading& reading, const std::string& field, const Kind& kind,
                     const Json& which) {
    const auto id = id_in(which);
    const bool is_name =
        which.is_string() &&
        (!id || !of_name<Segment>(reading, segment_by_name, kind.name, which.string()).empty());
    const auto found = by_operand<Segment>(reading, segment_in_words, segment_by_name, field, kind,
                                           id && !is_name ? Json(*id) : which);
    if (found.condition.empty()) return {found.head.id, found.name, {}};
    return {found.head.id, found.name, Filter::parse(found.condition)};
}

}  // namespace crm::kernel
