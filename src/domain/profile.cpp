#include "crm/profile.hpp"

#include "domain/records.hpp"

namespace crm::inline v1 {
namespace {

template <class Record>
std::optional<Record> found(kernel::Reading& reading, Id<Record> id) {
    const auto any = id ? kernel::find(reading, id) : std::nullopt;
    return any ? std::optional(any->template as<Record>()) : std::nullopt;
}

User require_user(kernel::Reading& reading, Id<User> id) {
    const bool is_user = id.ref().kind() == kernel::number::user;
    if (auto user = is_user ? found(reading, id) : std::nullopt) return std::move(*user);
    throw NotFound("user: no such record");
}

}  // namespace

Profile Users::profile(Id<User> id, int tasks) const {
    domain::require_page_limit(tasks);
    kernel::Reading reading(session().state());
    const Value user{id.value()}, one_more{std::int64_t{tasks} + 1};
    Profile profile{.user = require_user(reading, id)};
    profile.unit = found(reading, profile.user.unit).value_or(Unit{});
    profile.position = found(reading, profile.user.position);
    profile.groups = domain::records<UserGroup>(reading, "profile.groups", {{":user", user}});
    profile.skills = domain::records<UserSkill>(reading, "profile.skills", {{":user", user}});
    profile.territories =
        domain::records<Territory>(reading, "profile.territories", {{":user", user}});
    profile.tasks = domain::records<Activity>(reading, "profile.tasks",
                                              {{":user", user}, {":limit", one_more}});
    profile.more_tasks = domain::cut(profile.tasks, tasks);
    return profile;
}

}  // namespace crm
