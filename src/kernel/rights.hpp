/// Rights, resolved: what a user may see and do, as small sets that every statement is bound with.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crm/id.hpp"
#include "crm/kind.hpp"
#include "crm/record.hpp"
#include "storage/connection.hpp"

namespace crm::kernel {

struct DatabaseState;

enum class Action : std::uint8_t { read, create, change, remove, exporting, assign };
inline constexpr std::size_t action_count = 6;
/// "read", "create", "change", "delete", "export", "assign".
std::string_view name_of(Action action);

/// Which records of a root kind, as the union of scopes.
struct Scope {
    bool all = false;
    bool own = false;
    bool shared = false;
    std::vector<std::int64_t> units;  ///< ascending, of own unit / unit and below
    bool none() const { return !all && !own && !shared && units.empty(); }
    bool operator==(const Scope&) const = default;
};

/// A user's rights as of an epoch. Immutable.
class Rights {
public:
    /// Reads and resolves them on a connection, in its snapshot.
    static std::shared_ptr<const Rights> resolve(const DatabaseState& database,
                                                 storage::Connection& connection, Id<User> user);

    std::int64_t epoch() const { return epoch_; }
    std::int64_t user() const { return user_; }
    /// The unit of the user; 0 for one who is not active.
    std::int64_t unit() const { return unit_; }
    bool administers() const { return administers_; }
    /// The scope of a root kind. Child kinds have their parent's, common ones everything to read.
    const Scope& scope(const Kind& kind, Action action) const;
    /// Ids that shares may name: the user and its groups.
    const std::vector<std::int64_t>& grantees() const { return grantees_; }

    /// A row predicate on rows reached by key, for `alias` of the kind's table: "1" where the user
    /// sees all. Parents and the far ends of links included. Uses only the parameters that `bind`
    /// binds.
    std::string predicate(const Kind& kind, std::string_view alias,
                          Action action = Action::read) const;
    /// The same for a reference: true where `expression` is the id of a visible record of the kind
    /// `target`, or with 0 of any root or common kind.
    std::string predicate_of_ref(std::string_view expression, KindNumber target,
                                 Action action = Action::read) const;
    /// Whether every record of a kind, or with 0 of any kind, may be read.
    bool sees_all(KindNumber target) const { return sees_all_[target]; }
    /// Whether no record of a kind may be read.
    bool sees_none(KindNumber kind) const { return sees_none_[kind]; }
    /// Rights of one shape make the same SQL for reading; for caches of SQL texts.
    std::uint32_t shape() const { return shape_; }
    /// Binds the parameters of predicates: :me, :grantees, :units_<kind>_<action>.
    void bind(storage::Use& use) const;

    /// Whether one row, known by its head, is within a scope; `connection` serves for shares.
    bool covers(storage::Connection& connection, const Kind& kind, Action action,
                const Head& head) const;

private:
    void grant(std::string_view kind, Action action, std::string_view scope, std::int64_t unit,
               const std::vector<std::int64_t>& below);
    void settle();
    std::string predicate_of_root(const Kind& kind, std::string_view alias, Action action) const;
    std::string predicate_of_child(const Kind& kind, std::string_view alias, Action action) const;
    std::string predicate_of_any(std::string_view expression, Action action) const;
    bool is_shared(storage::Connection& connection, Ref record, Action action) const;

    const DatabaseState* database_ = nullptr;
    std::int64_t epoch_ = 0;
    std::int64_t user_ = 0;
    std::int64_t unit_ = 0;
    bool administers_ = false;
    std::vector<std::int64_t> grantees_;
    std::string grantees_json_;
    std::array<std::array<Scope, action_count>, 256> scopes_{};  // by kind number; roots only
    std::array<bool, 256> sees_all_{}, sees_none_{};
    std::uint32_t shape_ = 0;
    /// Parameter name → JSON array; only what predicates use.
    std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace crm::kernel
