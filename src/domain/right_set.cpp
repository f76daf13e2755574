#include "crm/right_set.hpp"

#include <algorithm>

#include "crm/access_right.hpp"
#include "crm/error.hpp"

namespace crm::inline v1 {
namespace {

using Right = RightSet::Right;

constexpr Right administrator[] = {
    {"*", "read", "all"},       {"*", "create", "all"}, {"*", "change", "all"},
    {"*", "delete", "all"},     {"*", "export", "all"}, {"*", "assign", "all"},
    {"*", "administer", "all"},
};

constexpr Right head_of_sales[] = {
    {"*", "read", "units_below"},   {"*", "read", "territory"},     {"*", "read", "shared"},
    {"*", "read", "own"},           {"*", "read", "given"},         {"*", "create", "units_below"},
    {"*", "change", "units_below"}, {"*", "change", "shared"},      {"*", "delete", "units_below"},
    {"*", "export", "units_below"}, {"*", "assign", "units_below"}, {"*", "run_imports", "all"},
    {"*", "undo_others", "all"},
};

constexpr Right seller[] = {
    {"*", "read", "unit"},     {"*", "read", "territory"}, {"*", "read", "shared"},
    {"*", "read", "given"},    {"*", "create", "own"},     {"*", "change", "own"},
    {"*", "change", "shared"}, {"*", "read", "own"},       {"*", "delete", "own"},
    {"*", "export", "own"},
};

constexpr Right marketer[] = {
    {"party", "read", "all"},       {"contact", "read", "all"},     {"activity", "read", "unit"},
    {"activity", "read", "shared"}, {"activity", "read", "given"},  {"activity", "read", "own"},
    {"*", "create", "own"},         {"*", "change", "own"},         {"*", "change", "shared"},
    {"*", "delete", "own"},         {"party", "export", "all"},     {"contact", "export", "all"},
    {"*", "run_imports", "all"},    {"*", "send_campaigns", "all"},
};

constexpr Right assistant[] = {
    {"*", "read", "unit"},   {"*", "read", "shared"}, {"*", "read", "given"},
    {"*", "create", "unit"}, {"*", "change", "own"},  {"*", "change", "shared"},
    {"*", "read", "own"},
};

constexpr Right read_only[] = {{"*", "read", "all"}};

constexpr RightSet sets[] = {
    {"administrator", "Administrators", "may do everything", administrator},
    {"head_of_sales", "Heads of sales",
     "works with all of the own unit and those below, hands over, imports and undoes",
     head_of_sales},
    {"seller", "Sellers", "sees what is the unit's, works with what is the seller's own", seller},
    {"marketer", "Marketers",
     "sees and exports every party and contact, imports and sends campaigns", marketer},
    {"assistant", "Assistants", "prepares the unit's work, deletes and exports nothing", assistant},
    {"read_only", "Readers", "sees everything and changes nothing", read_only},
};

const RightSet& set_named(std::string_view name) {
    const auto found = std::ranges::find(sets, name, &RightSet::name);
    if (found != std::end(sets)) return *found;
    std::string known;
    for (const RightSet& set : sets) (known += known.empty() ? "" : ", ") += set.name;
    throw NotFound("right set \"" + std::string(name) + "\": there is none; there are " + known);
}

}  // namespace

std::span<const RightSet> right_sets() noexcept { return sets; }

UserGroup add_right_set(Session& session, std::string_view name, std::string_view group_name) {
    const RightSet& set = set_named(name);
    UserGroup group;
    session.write("right_set.add", [&](Work&) {
        group = Records<UserGroup>(session).add(
            {.name = std::string(group_name.empty() ? set.title : group_name)});
        Rights rights(session);
        for (const Right& right : set.rights)
            rights.grant(group.head.id, right.kind, right.action, right.scope);
    });
    return group;
}

}  // namespace crm
