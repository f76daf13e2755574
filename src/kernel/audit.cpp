// What looks wrong about rights.
#include <algorithm>

#include "crm/access_right.hpp"
#include "crm/error.hpp"
#include "kernel/column.hpp"
#include "kernel/named.hpp"

namespace crm::inline v1 {
namespace {

using kernel::Action;
using Resolved = kernel::Rights;

constexpr std::int64_t most_findings = 1'000;
constexpr std::size_t page = 1'000;

/// Holders, shares and owners are looked at by named queries; what users see, by their rights as
/// they are resolved.
class Auditing {
public:
    explicit Auditing(kernel::Reading& reading) : reading_(reading) {}

    std::vector<Finding> run() {
        add("group_without_members", "audit.groups_without_members",
            "holds rights but has no active members: add some or remove the group");
        add("holder_without_effect", "audit.positions_without_users",
            "holds rights but no active user holds the position");
        add("share_ended", "audit.shares_ended", "has ended: remove it or set a later day");
        add("share_without_effect", "audit.shares_of_inactive",
            "is for a user who is not active: remove it");
        look_at_inactive();
        resolve_users();
        for (const auto& rights : users_) look_at(*rights);
        look_at_shares();
        for (const Kind& kind : reading_.kinds())
            if (kind.role == Role::root) look_at(kind);
        return std::move(findings_);
    }

private:
    /// One finding for each row: id of the subject, its name.
    void add(const char* what, std::string_view query, const std::string& text) {
        const std::string today{reading_.rights().today()};
        auto rows = kernel::named_query(
            reading_, query,
            {{":today", Value{std::string_view{today}}}, {":limit", Value{most_findings}}});
        while (rows.step())
            findings_.push_back(
                {what, Ref{rows.integer(0)},
                 kind_of(Ref{rows.integer(0)}) + " " + std::string(rows.text(1)) + " " + text});
    }

    std::string kind_of(Ref ref) const { return std::string(reading_.kind_of(ref).name); }

    void look_at_inactive() {
        auto rows = kernel::named_query(reading_, "audit.inactive_users",
                                        {{":limit", Value{most_findings}}});
        while (rows.step())
            if (owns_something(Ref{rows.integer(0)}))
                findings_.push_back({"owner_inactive", Ref{rows.integer(0)},
                                     "user " + std::string(rows.text(1)) +
                                         " is not active and still owns records: hand them over"});
    }

    bool owns_something(Ref user) {
        return std::ranges::any_of(reading_.kinds(), [&](const Kind& kind) {
            if (kind.role != Role::root || kind.is_personal() || kind.is_of_owner) return false;
            auto row = reading_.connection().use("SELECT 1 FROM " + std::string(kind.name) +
                                                 " WHERE owner_id = ?1 LIMIT 1");
            return row.bind(1, user.value()).step();
        });
    }

    void resolve_users() {
        std::vector<Id<User>> active;
        {
            auto rows =
                reading_.connection().use("SELECT id FROM user WHERE is_active ORDER BY id");
            while (rows.step()) active.push_back(Id<User>{rows.integer(0)});
        }
        for (const auto user : active)
            users_.push_back(Resolved::resolve(reading_.database(), reading_.connection(), user));
    }

    void look_at(const Resolved& rights) {
        bool everything = true, nothing = true;
        for (const Kind& kind : reading_.kinds()) {
            if (kind.role != Role::root || kind.stands_alone()) continue;
            nothing &= rights.scope(kind, Action::read).none();
            for (const Action action : {Action::read, Action::change, Action::remove})
                everything &= rights.scope(kind, action).all;
        }
        const Ref user{rights.user()};
        if (everything && !rights.administers())
            findings_.push_back({"sees_everything", user,
                                 "user " + login(user) +
                                     " may read, change and delete every record without being an "
                                     "administrator"});
        if (nothing && !rights.administers())
            findings_.push_back(
                {"sees_nothing", user,
                 "user " + login(user) + " may read no record: give rights or deactivate"});
    }

    std::string login(Ref user) {
        auto row = reading_.connection().use("SELECT login FROM user WHERE id = ?1");
        return row.bind(1, user.value()).step() ? std::string(row.text(0)) : std::string{};
    }

    /// A share counts where somebody it is for holds the scope "shared".
    void look_at_shares() {
        std::string effective = "[";
        for (const Kind& kind : reading_.kinds())
            for (const auto& rights : users_)
                if (kind.role == Role::root && rights->scope(kind, Action::read).shared)
                    for (const auto holder : rights->holders())
                        (effective += effective.size() > 1 ? "," : "") +=
                            "[" + std::to_string(kind.number) + "," + std::to_string(holder) + "]";
        effective += "]";
        auto rows = kernel::named_query(
            reading_, "audit.shares_without_scope",
            {{":effective", Value{std::string_view{effective}}}, {":limit", Value{most_findings}}});
        while (rows.step())
            findings_.push_back(
                {"share_without_effect", Ref{rows.integer(0)},
                 "share of record " + std::to_string(rows.integer(1)) +
                     " is for nobody who holds the scope \"shared\": grant that, or "
                     "remove the share"});
    }

    bool is_seen_whole(const Kind& kind) const {
        return std::ranges::any_of(
            users_, [&](const auto& rights) { return rights->predicate(kind, "t") == "1"; });
    }

    /// Page by page: what is left when each user's sight is taken away is seen by nobody.
    void look_at(const Kind& kind) {
        if (is_seen_whole(kind)) return;
        std::int64_t found = 0;
        for (auto ids = page_after(kind, 0); !ids.empty() && found < most_findings;
             ids = page_after(kind, ids.back())) {
            for (const auto id : unseen(kind, ids)) {
                if (found++ == most_findings) return;
                findings_.push_back({"nobody_sees", Ref{id},
                                     std::string(kind.name) + " " + std::to_string(id) +
                                         " is seen by nobody: hand it over or widen a right"});
            }
        }
    }

    std::vector<std::int64_t> page_after(const Kind& kind, std::int64_t after) {
        auto rows = reading_.connection().use("SELECT id FROM " + std::string(kind.name) +
                                              " WHERE id > ?1 ORDER BY id LIMIT ?2");
        rows.bind(1, after).bind(2, static_cast<std::int64_t>(page));
        std::vector<std::int64_t> ids;
        while (rows.step()) ids.push_back(rows.integer(0));
        return ids;
    }

    std::vector<std::int64_t> unseen(const Kind& kind, std::vector<std::int64_t> ids) {
        for (const auto& rights : users_)
            if (!ids.empty())
                std::erase_if(ids, [seen = seen_by(*rights, kind, ids)](auto id) {
                    return std::ranges::binary_search(seen, id);
                });
        return ids;
    }

    std::vector<std::int64_t> seen_by(const Resolved& rights, const Kind& kind,
                                      const std::vector<std::int64_t>& ids) {
        std::string json = "[";
        for (const auto id : ids) (json += json.size() > 1 ? "," : "") += std::to_string(id);
        json += "]";
        auto rows = reading_.connection().use(
            "SELECT t.id FROM json_each(:ids) AS i CROSS JOIN " + std::string(kind.name) +
            " AS t ON t.id = i.value WHERE " + rights.predicate(kind, "t"));
        rights.bind(rows);
        rows.bind_named(":ids", std::string_view{json});
        std::vector<std::int64_t> seen;
        while (rows.step()) seen.push_back(rows.integer(0));
        std::ranges::sort(seen);
        return seen;
    }

    kernel::Reading& reading_;
    std::vector<std::shared_ptr<const Resolved>> users_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> Rights::audit() const {
    kernel::Reading reading(session().state());
    if (!reading.rights().administers())
        throw Denied("audit: rights are looked through by administrators only");
    return Auditing(reading).run();
}

}  // namespace crm
