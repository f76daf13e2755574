/// Users, units, positions and groups: who works with the file, and where in the company.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/filter.hpp"
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

/// A post in the company ("Head of sales, north"); positions form a tree. Who holds one has its
/// rights, and no others for those above or below it.
struct Position {
    Head head{};
    std::string name{};
    std::string name_key{};  ///< derived: folded
    Id<Unit> unit{};
    Id<Position> parent{};  ///< the post it answers to
    bool operator==(const Position&) const = default;
};

/// One of us, with the profile that colleagues see.
struct User {
    Head head{};
    std::string login{};      ///< unique, blind to case
    std::string login_key{};  ///< derived: folded
    std::string name{};       ///< the login if empty
    Id<Unit> unit{};
    std::string language{};  ///< empty: the file's
    std::string zone{};      ///< empty: the file's
    bool is_active = true;
    Id<Position> position{};
    std::string phone{}, mobile{}, email{};
    std::string interests{};  ///< free text; users keep this and their contact data themselves
    bool operator==(const User&) const = default;
};

/// What a user knows: "German", "wine law". Users keep their own.
struct UserSkill {
    Head head{};
    Id<User> user{};
    std::string skill{};      ///< once for each user, blind to case
    std::string skill_key{};  ///< derived: folded
    std::int64_t level = 0;   ///< 1 (knows of it) to 5 (teaches it); 0: not said
    bool operator==(const UserSkill&) const = default;
};

/// Users who share rights. Groups form a tree: members of a group have the rights of every group
/// above it.
struct UserGroup {
    Head head{};
    std::string name{};      ///< unique, blind to case
    std::string name_key{};  ///< derived: folded
    Id<UserGroup> parent{};
    bool operator==(const UserGroup&) const = default;
};

/// A user's place in a group.
struct UserGroupMember {
    Head head{};
    Id<UserGroup> group{};
    Id<User> user{};
    bool operator==(const UserGroupMember&) const = default;
};

struct Profile;  // crm/profile.hpp

/// What of a user is handed over: everything, unless said otherwise.
struct HandOver {
    std::vector<std::string> kinds{};  ///< names of root kinds ("party"); empty: every one but
                                       ///< the personal ones ("saved_filter")
    Filter where{};                    ///< only what fulfils it; goes with exactly one kind
    bool keep_unit = false;            ///< records stay in their units; else they go to that of the
                                       ///< new owner
};

/// What was handed over.
struct HandedOver {
    std::vector<std::pair<std::string, std::int64_t>> records{};  ///< by kind; kinds without any
                                                                  ///< are left out
    std::int64_t total() const;
};

/// Users: added and retired by administrators, seen by everybody.
class CRM_API Users : public Records<User> {
public:
    using Records::Records;
    /// Throws NotFound.
    User by_login(std::string_view login) const;
    /// A user with position, unit, groups, skills, territories and the first of the open tasks that
    /// the session may see, soonest first; one snapshot. `tasks`: 1 to 1,000. Throws NotFound.
    Profile profile(Id<User> user, int tasks = 20) const;
    /// Active users with a skill that begins with `skill`, blind to case and diacritics, at
    /// `min_level` or above; best first, then by login. `limit`: 1 to 1,000.
    std::vector<User> skilled(std::string_view skill, std::int64_t min_level = 0,
                              int limit = 50) const;

    /// Sets the password of a user, of 8 to 1,024 bytes, and forgets failed logins. Throws Invalid
    /// for another length, NotFound. Rights: administer. One command "user.set_password", which
    /// cannot be undone: no password is kept in history.
    void set_password(Id<User> user, std::string_view password);
    /// From now on no password opens a session of that user; a no-op where there is none. Rights:
    /// administer. Cannot be undone.
    void remove_password(Id<User> user);

    /// Makes `to` the owner of all root records of `from` that the session sees, or of a part of
    /// them, as one command "user.hand_over" with history, which can be undone. The two halves of a
    /// natural person go together; each is counted where its kind was asked for. Throws Denied,
    /// and hands over nothing, where the right to assign is missing for any of them; Invalid where
    /// `to` is not active, is `from`, or the selection makes no sense. Rights: assign. Cost: some
    /// ten microseconds a record.
    HandedOver hand_over(Id<User> from, Id<User> to, const HandOver& what = {});
};

/// Units of the company.
class CRM_API Units : public Records<Unit> {
public:
    using Records::Records;
    /// By name, blind to case; throws NotFound.
    Unit named(std::string_view name) const;
};

template <>
CRM_API const Kind& kind_of<Unit>();
template <>
CRM_API const Kind& kind_of<Position>();
template <>
CRM_API const Kind& kind_of<User>();
template <>
CRM_API const Kind& kind_of<UserSkill>();
template <>
CRM_API const Kind& kind_of<UserGroup>();
template <>
CRM_API const Kind& kind_of<UserGroupMember>();

}  // namespace crm
