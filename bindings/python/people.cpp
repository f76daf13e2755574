#include <pybind11/pybind11.h>

#include "area.hpp"

namespace crm::python {

namespace {

struct UsersFace : Area {
    using Area::Area;

    /// A user by login, or as any record is meant.
    Id<User> user(const py::object& given) const {
        if (!py::isinstance<py::str>(given)) return ref(given);
        const auto login = text_from(given, {"user", "login"});
        return call([&](Session& session) { return Users(session).by_login(login).head.id; });
    }
};
struct UnitsFace : Area {
    using Area::Area;
};

// ---- Profiles

struct ProfileFace {
    py::object user, unit, position;
    py::list groups, skills, territories, tasks;
    bool more_tasks;
};

ProfileFace profile_face(const Profile& profile) {
    return {record_to_python(profile.user),
            record_to_python(profile.unit),
            profile.position ? record_to_python(*profile.position) : py::none(),
            records(profile.groups),
            records(profile.skills),
            records(profile.territories),
            list_of(profile.tasks,
                    [](const Activity& task) {
                        AnyRecord any(kind_of<Activity>());
                        any.kind().copy(any.data(), &task);
                        return to_python(Record{std::move(any), true});
                    }),
            profile.more_tasks};
}

void bind_profile(py::module_& module) {
    py::class_<ProfileFace>(module, "Profile", "What colleagues see of a user, put together.")
        .def_readonly("user", &ProfileFace::user, "User.")
        .def_readonly("unit", &ProfileFace::unit, "Unit.")
        .def_readonly("position", &ProfileFace::position, "Position, or None.")
        .def_readonly("groups", &ProfileFace::groups,
                      "list of UserGroup: by name, those above the user's own too.")
        .def_readonly("skills", &ProfileFace::skills, "list of UserSkill: best first.")
        .def_readonly("territories", &ProfileFace::territories,
                      "list of Territory: by name; of the user, its groups and its position.")
        .def_readonly("tasks", &ProfileFace::tasks,
                      "list of Activity: planned or started, soonest first.")
        .def_readonly("more_tasks", &ProfileFace::more_tasks, "bool: whether tasks were cut.");
}

// ---- Hand-over

HandOver hand_over_from(const py::object& kinds, const py::object& where, bool keep_unit) {
    HandOver what{.where = filter_from(where), .keep_unit = keep_unit};
    if (kinds.is_none()) return what;
    const Place place{"hand_over", "kinds"};
    if (py::isinstance<py::str>(kinds))
        what.kinds.emplace_back(text_from(kinds, place));
    else
        for (const py::handle kind : kinds) what.kinds.emplace_back(text_from(kind, place));
    return what;
}

py::dict counts(const HandedOver& done) {
    py::dict counts;
    for (const auto& [kind, count] : done.records) counts[py::str(kind)] = count;
    return counts;
}

void bind_users(py::module_& module) {
    py::class_<UsersFace, Area>(module, "Users",
                                "Users: added and retired by administrators, seen by everybody. "
                                "Users keep their own phone, "
                                "mobile, e-mail, interests, language, zone and skills themselves.")
        .def(
            "by_login",
            [](const UsersFace& self, const std::string& login) {
                return record_to_python(
                    self.call([&](Session& session) { return Users(session).by_login(login); }));
            },
            py::arg("login"), R"doc(by_login(self, login)
--

The user of that login, blind to case. Raises NotFound.)doc")
        .def(
            "profile",
            [](const UsersFace& self, const py::object& user, int tasks) {
                const Id<User> id = self.user(user);
                return profile_face(
                    self.call([&](Session& session) { return Users(session).profile(id, tasks); }));
            },
            py::arg("user"), py::kw_only(), py::arg("tasks") = 20,
            R"doc(profile(self, user, *, tasks=20)
--

A user with position, unit, groups, skills, territories and the first of the open tasks that this session may see, all
as of one moment. tasks: 1 to 1,000. A login will do for the user. Raises NotFound.)doc")
        .def(
            "skilled",
            [](const UsersFace& self, const std::string& skill, std::int64_t min_level, int limit) {
                return records(self.call([&](Session& session) {
                    return Users(session).skilled(skill, min_level, limit);
                }));
            },
            py::arg("skill"), py::kw_only(), py::arg("min_level") = 0, py::arg("limit") = 50,
            R"doc(skilled(self, skill, *, min_level=0, limit=50)
--

Active users with a skill of that beginning, blind to case and diacritics, at that level (1 to 5) or above; best first.)doc")
        .def(
            "set_password",
            [](const UsersFace& self, const py::object& user, const py::object& password) {
                const Id<User> id = self.user(user);
                const auto text = text_from(password, {"user", "password"});
                self.call([&](Session& session) { Users(session).set_password(id, text); });
            },
            py::arg("user"), py::arg("password"), R"doc(set_password(self, user, password)
--

Sets the password of a user, of 8 to 1,024 bytes, and forgets failed logins. One command, which cannot be undone: no
password is kept in history. Rights: administer. Raises Invalid for another length.)doc")
        .def(
            "remove_password",
            [](const UsersFace& self, const py::object& user) {
                const Id<User> id = self.user(user);
                self.call([&](Session& session) { Users(session).remove_password(id); });
            },
            py::arg("user"), R"doc(remove_password(self, user)
--

From now on no password opens a session of that user; nothing happens where there is none. Rights: administer.)doc")
        .def(
            "hand_over",
            [](const UsersFace& self, const py::object& from, const py::object& to,
               const py::object& kinds, const py::object& where, bool keep_unit) {
                const Id<User> giver = self.user(from), taker = self.user(to);
                const HandOver what = hand_over_from(kinds, where, keep_unit);
                return counts(self.call([&](Session& session) {
                    return Users(session).hand_over(giver, taker, what);
                }));
            },
            py::arg("from_user"), py::arg("to_user"), py::kw_only(), py::arg("kinds") = py::none(),
            py::arg("where") = py::none(), py::arg("keep_unit") = false,
            R"doc(hand_over(self, from_user, to_user, *, kinds=None, where=None, keep_unit=False)
--

Makes to_user the owner of all records of from_user that this session sees, or of a part of them, as one command with
history, which can be undone. Returns {kind: number of records}. Logins will do for users.

kinds: a kind or several, None for every one that has owners. where: a condition, with exactly one kind. keep_unit:
records stay in their units instead of going to that of the new owner. The two halves of a natural person go together.

Raises Denied, and hands over nothing, where the right to assign is missing for any of the records; Invalid where
to_user is not active.)doc");
}

void bind_units(py::module_& module) {
    py::class_<UnitsFace, Area>(module, "Units", "Units of the company, a tree.")
        .def(
            "named",
            [](const UnitsFace& self, const std::string& name) {
                return record_to_python(
                    self.call([&](Session& session) { return Units(session).named(name); }));
            },
            py::arg("name"), R"doc(named(self, name)
--

The unit of that name, blind to case. Raises NotFound.)doc");
}

}  // namespace

void bind_people(py::module_& module, SessionClass& session) {
    bind_profile(module);
    bind_users(module);
    bind_units(module);
    bind_property<UsersFace, User>(session, "users", "Users.");
    bind_property<UnitsFace, Unit>(session, "units", "Units of the company.");
    bind_property<Area, UserGroup>(session, "user_groups",
                                   "Area: groups of users that share rights.");
}

}  // namespace crm::python
