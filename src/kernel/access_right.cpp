#include "crm/access_right.hpp"

#include <algorithm>

#include "crm/text.hpp"
#include "kernel/common.hpp"
#include "kernel/engine.hpp"
#include "kernel/select.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
using kernel::common;
namespace number = kernel::number;

constexpr Column right_columns[] = {
    column<&AccessRight::holder>("holder_id", required | fixed,
                                 {.on_delete = OnDelete::takes_along}),
    column<&AccessRight::kind>("kind", required | fixed),
    column<&AccessRight::action>("action", required | fixed),
    column<&AccessRight::scope>("scope", required | fixed),
};

constexpr Column field_columns[] = {
    column<&FieldRight::holder>("holder_id", required | fixed,
                                {.on_delete = OnDelete::takes_along}),
    column<&FieldRight::kind>("kind", required | fixed),
    column<&FieldRight::field>("field", required | fixed),
    column<&FieldRight::level>("level", required),
};

constexpr Column share_columns[] = {
    column<&Share::record>("record_id", required | fixed | parent,
                           {.on_delete = OnDelete::takes_along}),
    column<&Share::grantee>("grantee_id", required | fixed | always_shown,
                            {.on_delete = OnDelete::takes_along}),
    column<&Share::level>("level", required | always_shown),
    column<&Share::ends_on>("ends_on", always_shown),
};

constexpr std::string_view scopes[] = {"own",    "unit",  "units_below", "territory",
                                       "shared", "given", "all"};
constexpr std::string_view share_levels[] = {"read", "change"};
constexpr std::string_view field_levels[] = {"hidden", "locked"};

void check_root_kind(Work& work, const std::string& kind) {
    if (kind == "*") return;
    const auto is_it = [&](const Kind& known) {
        return known.role == Role::root && !known.is_personal() && known.name == kind;
    };
    if (std::ranges::none_of(work.transaction().database().kinds, is_it))
        throw Invalid(
            "access_right", "kind",
            "\"" + kind +
                "\" is no kind of root record that rights are given for; \"*\" stands for all");
}

std::vector<std::string_view> known_actions() {
    std::vector<std::string_view> names(kernel::action_names().begin(),
                                        kernel::action_names().end());
    names.insert(names.end(), kernel::function_names().begin(), kernel::function_names().end());
    return names;
}

void check_right(Work& work, const void* record, const void*) {
    const auto& right = *static_cast<const AccessRight*>(record);
    kernel::require_holder(right.holder, "access_right", "holder_id");
    check_root_kind(work, right.kind);
    kernel::require_one_of(scopes, right.scope, "access_right", "scope");
    kernel::require_one_of(known_actions(), right.action, "access_right", "action");
    if (kernel::function_named(right.action) && (right.kind != "*" || right.scope != "all"))
        throw Invalid("access_right", "action",
                      right.action + " goes with kind \"*\" and scope \"all\" only");
}

/// Fields that others stand on, and those that follow from one that can be hidden itself.
void check_field(const Kind& kind, const Column& column) {
    const auto refuse = [&](const std::string& reason) {
        throw Invalid("field_right", "field",
                      std::string(kind.name) + "." + std::string(column.name) + " " + reason);
    };
    if (column.has(always_shown) || column.has(parent) || column.has(link) || column.has(twin) ||
        column.has(gives) || column.has(part_of))
        refuse("cannot be hidden or locked: lists, references or rights stand on it");
    if (column.has(derived) && !column.made_of.empty())
        refuse("is made of others: hide or lock " + std::string(column.made_of.front()));
    const auto source = std::ranges::find(kind.columns, column.name, &Column::key);
    if (source != kind.columns.end())
        refuse("follows from another: hide or lock " + std::string(source->name));
}

void check_field_right(Work& work, const void* record, const void*) {
    const auto& right = *static_cast<const FieldRight*>(record);
    kernel::require_holder(right.holder, "field_right", "holder_id");
    kernel::require_one_of(field_levels, right.level, "field_right", "level");
    const Kind& kind = work.transaction().kind_named(right.kind);
    if (kind.role == Role::common && kind.number != number::user)
        throw Invalid("field_right", "kind",
                      "records of kind " + right.kind + " are seen whole by everybody");
    check_field(kind, kind.column(right.field));
}

/// Who has a record by a share only can neither pass it on nor prolong it.
void check_sharer(Work& work, Ref record) {
    auto& transaction = work.transaction();
    if (transaction.created_here(record)) return;
    const Kind& kind = transaction.kind_of(record);
    AnyRecord root(kind);
    if (kernel::load(transaction.connection(), transaction.plan(kind), record, root.data()) &&
        !transaction.rights().covers_without_share(transaction.connection(), kind,
                                                   kernel::Action::change, root.data()))
        throw Denied("share: what was shared with you can be shared on by those who gave it only");
}

void check_share(Work& work, const void* record, const void*) {
    const auto& share = *static_cast<const Share*>(record);
    check_sharer(work, share.record);
    kernel::require_holder(share.grantee, "share", "grantee_id");
    kernel::require_one_of(share_levels, share.level, "share", "level");
}

}  // namespace

template <>
const Kind& kind_of<AccessRight>() {
    static const Kind kind = common<AccessRight>(number::access_right, "access_right",
                                                 right_columns, {.check = check_right});
    return kind;
}

template <>
const Kind& kind_of<FieldRight>() {
    static const Kind kind = common<FieldRight>(number::field_right, "field_right", field_columns,
                                                {.check = check_field_right});
    return kind;
}

template <>
const Kind& kind_of<Share>() {
    static const Kind kind = [] {
        Kind made = kernel::kind<Share>(number::share, "share", Role::child, share_columns);
        made.rules = {.check = check_share};
        return made;
    }();
    return kind;
}

// ---- the area

namespace {

std::optional<AccessRight> find_right(Session& session, const AccessRight& right) {
    return kernel::first_of<AccessRight>(session, "access_right.right",
                                         {{":holder", Value{right.holder.value()}},
                                          {":kind", Value{std::string_view{right.kind}}},
                                          {":action", Value{std::string_view{right.action}}},
                                          {":scope", Value{std::string_view{right.scope}}}});
}

AccessRight right_of(Ref holder, std::string_view kind, std::string_view action,
                     std::string_view scope) {
    return {.head = {},
            .holder = holder,
            .kind = std::string(kind),
            .action = std::string(action),
            .scope = std::string(scope)};
}

std::optional<FieldRight> find_field_right(Session& session, Ref holder, std::string_view kind,
                                           std::string_view field) {
    return kernel::first_of<FieldRight>(
        session, "access_right.field_right",
        {{":holder", Value{holder.value()}}, {":kind", Value{kind}}, {":field", Value{field}}});
}

std::optional<Share> find_share(Session& session, Ref record, Ref grantee) {
    return kernel::first_of<Share>(
        session, "access_right.share",
        {{":grantee", Value{grantee.value()}}, {":record", Value{record.value()}}});
}

/// Sets the level of a field right, which is made where it is not there.
void set_level(Session& session, Ref holder, std::string_view kind, std::string_view field,
               std::string_view level) {
    session.write("field_right.set", [&](Work& work) {
        if (const auto known = find_field_right(session, holder, kind, field)) {
            const Assignment change{"level", Value{level}};
            kernel::update(work.transaction(), kind_of<FieldRight>(), known->head.id, any_version,
                           {&change, 1});
            return;
        }
        FieldRight right{.holder = holder,
                         .kind = std::string(kind),
                         .field = std::string(field),
                         .level = std::string(level)};
        kernel::insert(work.transaction(), kind_of<FieldRight>(), &right);
    });
}

}  // namespace

void Rights::grant(Ref holder, std::string_view kind, std::string_view action,
                   std::string_view scope) {
    session().write("access_right.grant", [&](Work& work) {
        AccessRight right = right_of(holder, kind, action, scope);
        if (!find_right(session(), right))
            kernel::insert(work.transaction(), kind_of<AccessRight>(), &right);
    });
}

void Rights::revoke(Ref holder, std::string_view kind, std::string_view action,
                    std::string_view scope) {
    session().write("access_right.revoke", [&](Work& work) {
        if (const auto right = find_right(session(), right_of(holder, kind, action, scope)))
            kernel::remove(work.transaction(), kind_of<AccessRight>(), right->head.id);
    });
}

bool Rights::may(std::string_view function) const {
    const auto named = kernel::function_named(function);
    if (!named)
        throw Invalid("access_right", "action", "\"" + std::string(function) + "\" is no function");
    return kernel::Reading(session().state()).rights().may(*named);
}

namespace {

/// A field by its column, or as records show it; an unknown name is refused where the right is
/// written.
std::string column_named(std::string_view kind, std::string_view field, Session& session) {
    const kernel::Reading reading(session.state());
    const Column* column = reading.kind_named(kind).find_shown(field);
    return std::string(column ? column->name : field);
}

}  // namespace

void Rights::hide(Ref holder, std::string_view kind, std::string_view field) {
    set_level(session(), holder, kind, column_named(kind, field, session()), "hidden");
}

void Rights::lock(Ref holder, std::string_view kind, std::string_view field) {
    set_level(session(), holder, kind, column_named(kind, field, session()), "locked");
}

void Rights::unlock(Ref holder, std::string_view kind, std::string_view field) {
    session().write("field_right.remove", [&](Work& work) {
        const std::string column = column_named(kind, field, session());
        if (const auto known = find_field_right(session(), holder, kind, column))
            kernel::remove(work.transaction(), kind_of<FieldRight>(), known->head.id);
    });
}

Share Rights::share(Ref record, Ref grantee, std::string_view level,
                    const std::optional<Date>& ends_on) {
    Share share{
        .record = record, .grantee = grantee, .level = std::string(level), .ends_on = ends_on};
    session().write("record.share", [&](Work& work) {
        const auto known = find_share(session(), record, grantee);
        if (!known) return kernel::insert(work.transaction(), kind_of<Share>(), &share);
        const Assignment changes[] = {{"level", Value{level}},
                                      {"ends_on", ends_on ? Value{ends_on->text()} : Value{}}};
        kernel::update(work.transaction(), kind_of<Share>(), known->head.id, any_version, changes,
                       &share);
    });
    return share;
}

void Rights::unshare(Ref record, Ref grantee) {
    session().write("record.unshare", [&](Work& work) {
        if (const auto known = find_share(session(), record, grantee))
            kernel::remove(work.transaction(), kind_of<Share>(), known->head.id);
    });
}

}  // namespace crm
