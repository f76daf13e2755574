#include "crm/user.hpp"

#include "crm/error.hpp"
#include "crm/text.hpp"
#include "kernel/common.hpp"
#include "kernel/language.hpp"
#include "kernel/login.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
using kernel::common;
namespace number = kernel::number;

constexpr Column unit_columns[] = {
    column<&Unit::name>("name", required | unique, {.key = "name_key"}),
    column<&Unit::name_key>("name_key", derived),
    column<&Unit::parent>("parent_id", no_trait, {.target = number::unit}),
    column<&Unit::is_active>("is_active"),
};
constexpr Order unit_orders[] = {{"name", "name_key"}};

constexpr Column position_columns[] = {
    column<&Position::name>("name", required, {.key = "name_key"}),
    column<&Position::name_key>("name_key", derived),
    column<&Position::unit>("unit_id", no_trait, {.target = number::unit}),
    column<&Position::parent>("parent_id", no_trait, {.target = number::position}),
};
constexpr Order position_orders[] = {{"name", "name_key"}};

constexpr Column user_columns[] = {
    column<&User::login>("login", required | unique | fixed | always_shown, {.key = "login_key"}),
    column<&User::login_key>("login_key", derived | always_shown),
    column<&User::name>("name", always_shown),
    column<&User::unit>("unit_id", required | always_shown, {.target = number::unit}),
    column<&User::language>("language", self | always_shown),
    column<&User::zone>("zone", self | always_shown, {.type = FieldType::zone}),
    column<&User::is_active>("is_active", always_shown),
    column<&User::position>("position_id", always_shown, {.target = number::position}),
    column<&User::phone>("phone", self | personal),
    column<&User::mobile>("mobile", self | personal),
    column<&User::email>("email", self | personal),
    column<&User::interests>("interests", self | personal, {.max_length = 2'000}),
};
constexpr Order user_orders[] = {{"login", "login_key"}};

constexpr Column skill_columns[] = {
    column<&UserSkill::user>("user_id", required | fixed | self,
                             {.target = number::user, .on_delete = OnDelete::takes_along}),
    column<&UserSkill::skill>("skill", required, {.key = "skill_key", .max_length = 200}),
    column<&UserSkill::skill_key>("skill_key", derived),
    column<&UserSkill::level>("level"),
};
constexpr Order skill_orders[] = {{"skill", "skill_key"}};

constexpr Column group_columns[] = {
    column<&UserGroup::name>("name", required | unique, {.key = "name_key"}),
    column<&UserGroup::name_key>("name_key", derived),
    column<&UserGroup::parent>("parent_id", no_trait, {.target = number::user_group}),
};
constexpr Order group_orders[] = {{"name", "name_key"}};

constexpr Column member_columns[] = {
    column<&UserGroupMember::group>(
        "group_id", required | fixed,
        {.target = number::user_group, .on_delete = OnDelete::takes_along}),
    column<&UserGroupMember::user>("user_id", required | fixed,
                                   {.target = number::user, .on_delete = OnDelete::takes_along}),
};

template <class Record>
void derive_name_key(Work&, void* record) {
    auto& named = *static_cast<Record*>(record);
    named.name_key = fold(named.name);
}

void derive_user(Work&, void* record) {
    auto& user = *static_cast<User*>(record);
    user.login_key = fold(user.login);
    if (user.name.empty()) user.name = user.login;
}

void derive_skill(Work&, void* record) {
    auto& skill = *static_cast<UserSkill*>(record);
    skill.skill_key = fold(skill.skill);
}

void check_unit(Work& work, const void* record, const void*) {
    const auto& unit = *static_cast<const Unit*>(record);
    kernel::refuse_cycle(work, unit.head.id, unit.parent, "unit", "user.unit_is_below");
}

void check_position(Work& work, const void* record, const void*) {
    const auto& position = *static_cast<const Position*>(record);
    kernel::refuse_cycle(work, position.head.id, position.parent, "position",
                         "user.position_is_below");
}

void check_group(Work& work, const void* record, const void*) {
    const auto& group = *static_cast<const UserGroup*>(record);
    kernel::refuse_cycle(work, group.head.id, group.parent, "user_group", "user.group_is_below");
}

void check_user(Work&, const void* record, const void*) {
    const auto& user = *static_cast<const User*>(record);
    if (!user.language.empty()) kernel::require_language(user.language, "user", "language");
}

void check_skill(Work&, const void* record, const void*) {
    const auto& skill = *static_cast<const UserSkill*>(record);
    if (skill.level < 0 || skill.level > 5)
        throw Invalid("user_skill", "level", "is 1 (knows of it) to 5 (teaches it), or 0 for none");
}

/// Commands name their user for ever.
void user_removed(Work& work, const void* record) {
    const auto& user = *static_cast<const User*>(record);
    if (!work.transaction().created_here(user.head.id))
        throw Conflict("user: stays in the history of the file; set is_active to false instead",
                       user.head.id);
    kernel::rights_removed(work, record);
}

}  // namespace

template <>
const Kind& kind_of<Unit>() {
    static const Kind kind =
        common<Unit>(number::unit, "unit", unit_columns,
                     {.derive = derive_name_key<Unit>, .check = check_unit}, unit_orders);
    return kind;
}

template <>
const Kind& kind_of<Position>() {
    static const Kind kind = common<Position>(
        number::position, "position", position_columns,
        {.derive = derive_name_key<Position>, .check = check_position}, position_orders);
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
const Kind& kind_of<UserSkill>() {
    static const Kind kind =
        common<UserSkill>(number::user_skill, "user_skill", skill_columns,
                          {.derive = derive_skill, .check = check_skill}, skill_orders);
    return kind;
}

template <>
const Kind& kind_of<UserGroup>() {
    static const Kind kind = common<UserGroup>(
        number::user_group, "user_group", group_columns,
        {.derive = derive_name_key<UserGroup>, .check = check_group}, group_orders);
    return kind;
}

template <>
const Kind& kind_of<UserGroupMember>() {
    static const Kind kind =
        common<UserGroupMember>(number::user_group_member, "user_group_member", member_columns, {});
    return kind;
}

// ---- areas

User Users::by_login(std::string_view login) const {
    const std::string key = fold(clean_text(login));
    if (auto user = kernel::first_of<User>(session(), "user.by_login",
                                           {{":login", Value{std::string_view{key}}}}))
        return *user;
    throw NotFound("user: there is no login \"" + std::string(login) + "\"");
}

std::vector<User> Users::skilled(std::string_view skill, std::int64_t min_level, int limit) const {
    if (limit < 1 || limit > 1'000) throw Invalid("query", "limit", "must be 1 to 1,000");
    const std::string from = fold(clean_text(skill)), to = from + "\U0010FFFF";
    kernel::Reading reading(session().state());
    const auto found = kernel::records_of(reading, kind_of<User>(), "user.skilled",
                                          {{":from", Value{std::string_view{from}}},
                                           {":to", Value{std::string_view{to}}},
                                           {":min_level", min_level},
                                           {":limit", std::int64_t{limit}}},
                                          false);
    std::vector<User> users;
    users.reserve(found.size());
    for (const auto& any : found) users.push_back(any.as<User>());
    return users;
}

void Users::set_password(Id<User> user, std::string_view password) {
    kernel::set_password(session().state(), user, password);
}

void Users::remove_password(Id<User> user) { kernel::remove_password(session().state(), user); }

Unit Units::named(std::string_view name) const {
    const std::string key = fold(clean_text(name));
    if (auto unit = kernel::first_of<Unit>(session(), "user.unit_named",
                                           {{":name", Value{std::string_view{key}}}}))
        return *unit;
    throw NotFound("unit: there is none named \"" + std::string(name) + "\"");
}

}  // namespace crm
