#include "crm/user.hpp"

#include <algorithm>

#include "crm/text.hpp"
#include "kernel/column.hpp"
#include "kernel/engine.hpp"
#include "kernel/language.hpp"
#include "kernel/named.hpp"
#include "kernel/transaction.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr Column unit_columns[] = {
    column<&Unit::name>("name", required | unique, {.key = "name_key"}),
    column<&Unit::name_key>("name_key", derived),
    column<&Unit::parent>("parent_id", no_trait, {.target = number::unit}),
    column<&Unit::is_active>("is_active"),
};
constexpr Order unit_orders[] = {{"name", "name_key"}};

constexpr Column user_columns[] = {
    column<&User::login>("login", required | unique | fixed, {.key = "login_key"}),
    column<&User::login_key>("login_key", derived),
    column<&User::name>("name"),
    column<&User::unit>("unit_id", required, {.target = number::unit}),
    column<&User::language>("language"),
    column<&User::zone>("zone", no_trait, {.type = FieldType::zone}),
    column<&User::is_active>("is_active"),
};
constexpr Order user_orders[] = {{"login", "login_key"}};

constexpr Column group_columns[] = {
    column<&UserGroup::name>("name", required | unique, {.key = "name_key"}),
    column<&UserGroup::name_key>("name_key", derived),
};
constexpr Order group_orders[] = {{"name", "name_key"}};

constexpr Column member_columns[] = {
    column<&UserGroupMember::group>(
        "group_id", required | fixed,
        {.target = number::user_group, .on_delete = OnDelete::takes_along}),
    column<&UserGroupMember::user>("user_id", required | fixed,
                                   {.target = number::user, .on_delete = OnDelete::takes_along}),
};

constexpr Column territory_columns[] = {
    column<&Territory::name>("name", required),
    column<&Territory::parent>("parent_id", no_trait, {.target = number::territory}),
};

constexpr Column right_columns[] = {
    column<&AccessRight::holder>("holder_id", required | fixed,
                                 {.on_delete = OnDelete::takes_along}),
    column<&AccessRight::kind>("kind", required | fixed),
    column<&AccessRight::action>("action", required | fixed),
    column<&AccessRight::scope>("scope", required | fixed),
};

constexpr Column share_columns[] = {
    column<&Share::record>("record_id", required | fixed | parent,
                           {.on_delete = OnDelete::takes_along}),
    column<&Share::grantee>("grantee_id", required | fixed, {.on_delete = OnDelete::takes_along}),
    column<&Share::level>("level", required),
};

constexpr std::string_view administer = "administer";
constexpr std::string_view actions[] = {"read", "create", "change", "delete", "export", "assign"};
constexpr std::string_view scopes[] = {"own", "unit", "units_below", "shared", "all"};
constexpr std::string_view levels[] = {"read", "change"};

void require_one_of(std::span<const std::string_view> known, std::string_view given,
                    const char* kind, const char* field) {
    if (std::ranges::find(known, given) != known.end()) return;
    std::string list;
    for (const auto code : known) (list += list.empty() ? "" : ", ") += code;
    throw Invalid(kind, field, "\"" + std::string(given) + "\" is none of " + list);
}

void require_holder(Ref ref, const char* kind, const char* field) {
    if (ref.kind() != number::user && ref.kind() != number::user_group)
        throw Invalid(kind, field, "must be a user or a group");
}

/// Whoever takes the last administrator away locks everybody out: looked at when all is done.
void keep_an_administrator(Work& work) {
    work.transaction().at_end("administrator", 0, [](Work& ending) {
        if (!kernel::exists(ending.transaction().connection(), "user.administrator", {}))
            throw Conflict(
                "the file would be left without an active administrator; appoint another one "
                "first");
    });
}

template <class Record>
void refuse_cycle(Work& work, const Record& record, const char* kind, std::string_view query,
                  const char* self) {
    if (!record.parent) return;
    if (kernel::exists(
            work.transaction().connection(), query,
            {{":parent", Value{record.parent.value()}}, {self, Value{record.head.id.value()}}}))
        throw Invalid(kind, "parent_id", "would make it stand below itself");
}

// ---- rules
// ----------------------------------------------------------------------------------------------------

void derive_unit(Work&, void* record) {
    auto& unit = *static_cast<Unit*>(record);
    unit.name_key = fold(unit.name);
}

void derive_user(Work&, void* record) {
    auto& user = *static_cast<User*>(record);
    user.login_key = fold(user.login);
    if (user.name.empty()) user.name = user.login;
}

void derive_group(Work&, void* record) {
    auto& group = *static_cast<UserGroup*>(record);
    group.name_key = fold(group.name);
}

void check_unit(Work& work, const void* record, const void*) {
    refuse_cycle(work, *static_cast<const Unit*>(record), "unit", "user.unit_is_below", ":unit");
}

void check_territory(Work& work, const void* record, const void*) {
    refuse_cycle(work, *static_cast<const Territory*>(record), "territory",
                 "user.territory_is_below", ":territory");
}

void check_user(Work& work, const void* record, const void*) {
    const auto& user = *static_cast<const User*>(record);
    if (!user.language.empty()) kernel::require_language(user.language, "user", "language");
    keep_an_administrator(work);
}

void check_root_kind(Work& work, const std::string& kind) {
    if (kind == "*") return;
    const auto is_it = [&](const Kind& known) {
        return known.role == Role::root && known.name == kind;
    };
    if (std::ranges::none_of(work.transaction().database().kinds, is_it))
        throw Invalid("access_right", "kind",
                      "\"" + kind + "\" is no kind of root record; \"*\" stands for all");
}

void check_right(Work& work, const void* record, const void*) {
    const auto& right = *static_cast<const AccessRight*>(record);
    require_holder(right.holder, "access_right", "holder_id");
    check_root_kind(work, right.kind);
    require_one_of(scopes, right.scope, "access_right", "scope");
    if (right.action != administer)
        return require_one_of(actions, right.action, "access_right", "action");
    if (right.kind != "*" || right.scope != "all")
        throw Invalid("access_right", "action",
                      "administer goes with kind \"*\" and scope \"all\" only");
}

void check_share(Work&, const void* record, const void*) {
    const auto& share = *static_cast<const Share*>(record);
    require_holder(share.grantee, "share", "grantee_id");
    require_one_of(levels, share.level, "share", "level");
}

void rights_written(Work& work, const void*, const void*) { work.transaction().rights_changed(); }

void rights_removed(Work& work, const void*) {
    work.transaction().rights_changed();
    keep_an_administrator(work);
}

/// Commands name their user for ever.
void user_removed(Work& work, const void* record) {
    const auto& user = *static_cast<const User*>(record);
    if (!work.transaction().created_here(user.head.id))
        throw Conflict("user: stays in the history of the file; set is_active to false instead",
                       user.head.id);
    rights_removed(work, record);
}

constexpr Rules with_rights(Rules rules = {}) {
    rules.written = rights_written;
    if (!rules.removed) rules.removed = rights_removed;
    return rules;
}

template <class Record>
Kind common(KindNumber number, std::string_view name, std::span<const Column> columns, Rules rules,
            std::span<const Order> orders = {}) {
    Kind kind = kernel::kind<Record>(number, name, Role::common, columns);
    kind.rules = with_rights(rules);
    kind.orders = orders;
    return kind;
}

}  // namespace

template <>
const Kind& kind_of<Unit>() {
    static const Kind kind =
        common<Unit>(number::unit, "unit", unit_columns,
                     {.derive = derive_unit, .check = check_unit}, unit_orders);
    return kind;
}

template <>
const Kind& kind_of<User>() {
    static const Kind kind = common<User>(
        number::user, "user", user_columns,
        {.derive = derive_user, .check = check_user, .removed = user_removed}, user_orders);
    return kind;
}

template <>
const Kind& kind_of<UserGroup>() {
    static const Kind kind = common<UserGroup>(number::user_group, "user_group", group_columns,
                                               {.derive = derive_group}, group_orders);
    return kind;
}

template <>
const Kind& kind_of<UserGroupMember>() {
    static const Kind kind =
        common<UserGroupMember>(number::user_group_member, "user_group_member", member_columns, {});
    return kind;
}

template <>
const Kind& kind_of<Territory>() {
    static const Kind kind = common<Territory>(number::territory, "territory", territory_columns,
                                               {.check = check_territory});
    return kind;
}

template <>
const Kind& kind_of<AccessRight>() {
    static const Kind kind = common<AccessRight>(number::access_right, "access_right",
                                                 right_columns, {.check = check_right});
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

// ---- areas
// ----------------------------------------------------------------------------------------------------

namespace {

template <class Record>
std::optional<Record> first_of(Session& session, std::string_view query,
                               std::initializer_list<kernel::Parameter> parameters) {
    kernel::Reading reading(session.state());
    const auto found = kernel::records_of(reading, kind_of<Record>(), query, parameters, false, 1);
    return found.empty() ? std::nullopt
                         : std::optional<Record>(found.front().template as<Record>());
}

std::optional<AccessRight> find_right(Session& session, const AccessRight& right) {
    return first_of<AccessRight>(session, "user.right",
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

}  // namespace

User Users::by_login(std::string_view login) const {
    const std::string key = fold(clean_text(login));
    if (auto user =
            first_of<User>(session(), "user.by_login", {{":login", Value{std::string_view{key}}}}))
        return *user;
    throw NotFound("user: there is no login \"" + std::string(login) + "\"");
}

Unit Units::named(std::string_view name) const {
    const std::string key = fold(clean_text(name));
    if (auto unit =
            first_of<Unit>(session(), "user.unit_named", {{":name", Value{std::string_view{key}}}}))
        return *unit;
    throw NotFound("unit: there is none named \"" + std::string(name) + "\"");
}

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

Share Rights::share(Ref record, Ref grantee, std::string_view level) {
    Share share;
    session().write("record.share", [&](Work& work) {
        const auto known = first_of<Share>(
            session(), "user.share",
            {{":grantee", Value{grantee.value()}}, {":record", Value{record.value()}}});
        share = {.head = {}, .record = record, .grantee = grantee, .level = std::string(level)};
        if (!known) return kernel::insert(work.transaction(), kind_of<Share>(), &share);
        const Assignment change{"level", Value{level}};
        kernel::update(work.transaction(), kind_of<Share>(), known->head.id, any_version,
                       {&change, 1}, &share);
    });
    return share;
}

}  // namespace crm
