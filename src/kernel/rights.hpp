/// Rights, resolved: what a user may see and do, as small sets that every statement is bound with.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crm/id.hpp"
#include "crm/kind.hpp"
#include "crm/record.hpp"
#include "storage/connection.hpp"

namespace crm::kernel {

class Catalogue;
struct DatabaseState;

enum class Action : std::uint8_t { read, create, change, remove, exporting, assign };
inline constexpr std::size_t action_count = 6;
/// "read", "create", "change", "delete", "export", "assign".
std::span<const std::string_view> action_names();
std::string_view name_of(Action action);

/// What one may do besides working with single records.
enum class Function : std::uint8_t {
    run_imports,
    send_campaigns,
    change_catalogue,
    undo_others,
    manage_lead_queues,
    administer,  ///< includes the others
};
std::span<const std::string_view> function_names();
std::optional<Function> function_named(std::string_view name);

/// Which records of a root kind, as the union of scopes.
struct Scope {
    bool all = false;
    bool own = false;
    bool shared = false;
    bool given = false;                     ///< belongs to what the user is responsible for
    bool open = false;                      ///< of a personal kind: what others share with all
    std::vector<std::int64_t> units;        ///< ascending, of own unit / unit and below
    std::vector<std::int64_t> territories;  ///< ascending, of the user's territories and below
    bool none() const {
        return !all && !own && !shared && !given && !open && units.empty() && territories.empty();
    }
    bool operator==(const Scope&) const = default;
};

/// A user's rights as of an epoch. Immutable.
class Rights {
public:
    /// Reads and resolves them on a connection, in its snapshot.
    static std::shared_ptr<const Rights> resolve(const DatabaseState& database,
                                                 storage::Connection& connection, Id<User> user);

    std::int64_t epoch() const { return epoch_; }
    /// The kinds as of that epoch.
    const Catalogue& catalogue() const { return *catalogue_; }
    std::int64_t user() const { return user_; }
    /// The unit of the user; 0 for one who is not active.
    std::int64_t unit() const { return unit_; }
    bool administers() const { return may(Function::administer); }
    bool may(Function function) const {
        return functions_ & (1u << static_cast<unsigned>(function) |
                             1u << static_cast<unsigned>(Function::administer));
    }
    /// Whether records of a common kind may be made, changed and removed.
    bool may_change_common(const Kind& kind) const;
    /// The scope of a root kind. Child kinds have their parent's, common ones everything to read.
    const Scope& scope(const Kind& kind, Action action) const;
    /// The scopes under which the rows of a root kind stand: its own, and where it has twins of
    /// other scopes, those of their kind.
    std::vector<const Scope*> scopes(const Kind& kind, Action action) const;
    /// What rights, shares and territories may be held by: the user, its groups and those above
    /// them, its position.
    const std::vector<std::int64_t>& holders() const { return holders_; }
    bool holds(std::int64_t holder) const {
        return std::ranges::find(holders_, holder) != holders_.end();
    }

    /// Whether somebody was erased who is not to come back: rules look for that only then.
    bool suppresses() const { return suppresses_; }

    /// Columns that read as empty; with all that is made of them.
    const FieldSet& hidden(const Kind& kind) const { return hidden_[kind.number]; }
    /// Columns that the session may not set; hidden ones included.
    const FieldSet& locked(const Kind& kind) const { return locked_[kind.number]; }
    bool hides(const Kind& kind, const Column& column) const {
        return hidden(kind).test(kind.index_of(column));
    }
    /// Throws Denied where the column is hidden: it may be neither asked for nor sorted by.
    void require_shown(const Kind& kind, const Column& column) const;

    /// A row predicate on rows reached by key, for `alias` of the kind's table: "1" where the user
    /// sees all. Parents and the far ends of links included. Uses only the parameters that `bind`
    /// binds.
    std::string predicate(const Kind& kind, std::string_view alias,
                          Action action = Action::read) const;
    /// The same for a reference: true where `expression` is the id of a visible record of the kind
    /// `target`, or with 0 of any common kind or any root that does not stand alone.
    std::string predicate_of_ref(std::string_view expression, KindNumber target,
                                 Action action = Action::read) const;
    /// Whether every record of a kind, or with 0 of any kind but those that stand alone, may be
    /// read.
    bool sees_all(KindNumber target) const { return sees_all_[target]; }
    /// Whether no record of a kind may be read.
    bool sees_none(KindNumber kind) const { return sees_none_[kind]; }
    /// Rights of one shape make the same SQL for reading; for caches of SQL texts.
    std::uint32_t shape() const { return shape_; }
    /// Whether there can be a record of the kind for which the action is allowed; for a child, one
    /// of the kinds that its parent may be of.
    bool may_ever(const Kind& kind, Action action) const;
    /// Binds the parameters of predicates: :me, :holders, :today, :readable,
    /// :units_<kind>_<action>, :territories_<kind>_<action>.
    void bind(storage::Use& use) const;
    /// The day by which shares end, in the file's zone; lasts as long as the process.
    std::string_view today() const;

    /// The same rights for the body of a view that may have the name of a kind's table: their
    /// predicates name the tables of the file as such, and `written_out` puts the values in the
    /// place of parameters, which a view cannot have.
    std::shared_ptr<const Rights> in_views() const;
    std::string written_out(std::string_view sql) const;
    /// The same rights over views of the connection's own, named like the kinds and holding just
    /// what the user sees: every row of theirs may be read, and a reference leads to what is there.
    std::shared_ptr<const Rights> over_views() const;
    bool are_over_views() const { return are_over_views_; }

    /// Whether one record is within a scope: a root as given, stored or not; a child as stored.
    bool covers(storage::Connection& connection, const Kind& kind, Action action,
                const void* record) const;
    /// Whether a root is within one scope by its name ("unit"), if the user held that.
    bool covers(storage::Connection& connection, const Kind& kind, Action action,
                const void* record, std::string_view scope) const;
    /// Whether a root is within a scope by more than a share.
    bool covers_without_share(storage::Connection& connection, const Kind& kind, Action action,
                              const void* record) const;
    /// The kind by whose scopes a root stands: its own, or that of its twin.
    const Kind& kind_of_scopes(const Kind& kind, const void* record) const;

    /// The rows of a root kind that were given to the user, as a condition on `alias`.
    std::string given(const Kind& kind, const std::string& alias) const;
    /// The same as ids, for a list that begins with them.
    std::string given_ids(const Kind& kind) const;
    /// The rows that were shared with the user, as a condition on ids of a kind.
    std::string shared_ids(const Kind& kind) const;
    /// What the owners of records of a personal kind share, as a condition on `alias`.
    std::string open(const Kind& kind, const std::string& alias) const;

private:
    void resolve_holders(storage::Connection& connection);
    void resolve_scopes(storage::Connection& connection);
    void resolve_fields(storage::Connection& connection);
    void resolve_places(storage::Connection& connection);
    void open_personal_kinds();
    void open_confidential_kinds();
    void grant(std::string_view kind, Action action, std::string_view scope);
    void widen(Scope& scope, std::string_view by) const;
    bool is_within(storage::Connection& connection, const Kind& kind, Action action,
                   const void* record, const Scope& scope) const;
    void spread(std::array<FieldSet, 256>& fields) const;
    void settle();
    std::string predicate_of_root(const Kind& kind, std::string_view alias, Action action) const;
    std::string predicate_of_scope(const Kind& kind, const Scope& scope, const Kind& scoped,
                                   const std::string& row, Action action) const;
    std::string predicate_of_child(const Kind& kind, std::string_view alias, Action action) const;
    std::string predicate_of_any(std::string_view expression, Action action) const;
    bool is_shared(storage::Connection& connection, Ref record, Action action) const;
    bool is_given(storage::Connection& connection, const Kind& kind, const void* record) const;
    bool is_open(const Kind& kind, const void* record) const;

    std::string readable_kinds() const;
    std::string table_of(const Kind& kind) const;
    std::string parameter_value(std::string_view name) const;

    using Parameter = std::pair<std::string, std::string>;  // name → JSON array
    const DatabaseState* database_ = nullptr;
    std::shared_ptr<const Catalogue> catalogue_;
    std::int64_t epoch_ = 0;
    std::int64_t user_ = 0;
    std::int64_t unit_ = 0;
    unsigned functions_ = 0;
    std::vector<std::int64_t> units_below_, territories_;  // ascending
    std::vector<std::int64_t> holders_;
    std::string holders_json_;
    std::array<std::array<Scope, action_count>, 256> scopes_{};  // by kind number; roots only
    std::array<FieldSet, 256> hidden_{}, locked_{};
    std::array<bool, 256> sees_all_{}, sees_none_{};
    std::uint32_t shape_ = 0;
    bool uses_shares_ = false;
    bool suppresses_ = false;
    std::vector<Parameter> parameters_;  // only what predicates use
    std::string_view schema_;            // before the names of tables; a literal
    bool are_over_views_ = false;
};

}  // namespace crm::kernel
