/// Users, units, groups, territories, rights and shares: who works with the file and what they may
/// see and do.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// A department of the company; units form a tree.
struct Unit {
    Head head{};
    std::string name{};      ///< unique, blind to case
    std::string name_key{};  ///< derived: folded
    Id<Unit> parent{};
    bool is_active = true;
    bool operator==(const Unit&) const = default;
};

/// One of us.
struct User {
    Head head{};
    std::string login{};      ///< unique, blind to case
    std::string login_key{};  ///< derived: folded
    std::string name{};       ///< the login if empty
    Id<Unit> unit{};
    std::string language{};  ///< empty: the file's
    std::string zone{};      ///< empty: the file's
    bool is_active = true;
    bool operator==(const User&) const = default;
};

/// Users who share rights.
struct UserGroup {
    Head head{};
    std::string name{};      ///< unique, blind to case
    std::string name_key{};  ///< derived: folded
    bool operator==(const UserGroup&) const = default;
};

/// A user's place in a group.
struct UserGroupMember {
    Head head{};
    Id<UserGroup> group{};
    Id<User> user{};
    bool operator==(const UserGroupMember&) const = default;
};

/// A sales region. Records refer to one; rights by territory come with a later release.
struct Territory {
    Head head{};
    std::string name{};
    Id<Territory> parent{};
    bool operator==(const Territory&) const = default;
};

/// A right: who may do what with which kind of root record, and with which of them.
struct AccessRight {
    Head head{};
    Ref holder{};          ///< a user or a group
    std::string kind{};    ///< name of a root kind, or "*"
    std::string action{};  ///< read, create, change, delete, export, assign; with kind "*" also the
                           ///< function administer
    std::string scope{};   ///< own, unit, units_below, shared, all
    bool operator==(const AccessRight&) const = default;
};

/// One record shown to one user or group besides their scopes; effective where they hold the scope
/// "shared".
struct Share {
    Head head{};
    Ref record{};
    Ref grantee{};        ///< a user or a group
    std::string level{};  ///< read or change
    bool operator==(const Share&) const = default;
};

/// Users: added and retired by administrators, seen by everybody.
class CRM_API Users : public Records<User> {
public:
    using Records::Records;
    /// Throws NotFound.
    User by_login(std::string_view login) const;
};

/// Units of the company.
class CRM_API Units : public Records<Unit> {
public:
    using Records::Records;
    /// By name, blind to case; throws NotFound.
    Unit named(std::string_view name) const;
};

/// Rights and shares.
class CRM_API Rights : public Records<AccessRight> {
public:
    using Records::Records;
    /// Gives a right; a no-op where it is there. Rights: administer.
    void grant(Ref holder, std::string_view kind, std::string_view action, std::string_view scope);
    /// Takes a right away; a no-op where it is not there. Rights: administer.
    void revoke(Ref holder, std::string_view kind, std::string_view action, std::string_view scope);
    /// Shows one record to a user or group. Rights: change on the record.
    Share share(Ref record, Ref grantee, std::string_view level = "read");
};

template <>
CRM_API const Kind& kind_of<Unit>();
template <>
CRM_API const Kind& kind_of<User>();
template <>
CRM_API const Kind& kind_of<UserGroup>();
template <>
CRM_API const Kind& kind_of<UserGroupMember>();
template <>
CRM_API const Kind& kind_of<Territory>();
template <>
CRM_API const Kind& kind_of<AccessRight>();
template <>
CRM_API const Kind& kind_of<Share>();

}  // namespace crm
