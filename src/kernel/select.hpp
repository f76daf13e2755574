/// Reading records under rights: by id, as lists by key, as bounded counts; and unfiltered for the
/// engine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/query.hpp"
#include "crm/record.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

/// Where a column's value stands in a select over `alias` of the kind's table and what `body_join`
/// joins: "t.name", "b.description", "x.x_rating".
std::string stored_in(const Kind& kind, const Column& column, std::string_view alias,
                      bool from_views = false);
/// The columns of a select for a kind as the reading has it: head, row columns, properties, then
/// (with `bodies`) long ones, then a 0/1 for every reference whose target may be hidden. `read_row`
/// reads exactly this.
std::string select_list(const Kind& kind, const Rights& rights, std::string_view alias,
                        bool bodies);
/// "party AS t" or, with bodies, "party AS t LEFT JOIN party_body AS b ON b.id = t.id", and the
/// same for properties where the kind has some. Over views there is nothing to join: the select
/// list looks such values up itself.
std::string from_clause(const Kind& kind, std::string_view alias, bool bodies,
                        const Rights* rights = nullptr);
/// The second half of that; properties are joined without bodies too.
std::string body_join(const Kind& kind, std::string_view alias, bool bodies,
                      const Rights* rights = nullptr);
/// Reads a row of `select_list` from column `first` on, into a fresh record.
void read_row(const storage::Use& use, int first, const Kind& kind, const Rights& rights,
              bool bodies, void* record);

/// A record as one of another copy of its kind: of the one with properties, as the reading has it.
AnyRecord recast(const Kind& kind, AnyRecord record);

/// A visible record by id, with bodies unless told otherwise; nullopt where there is none or it is
/// hidden.
std::optional<AnyRecord> find(Reading& reading, Ref id, bool bodies = true);
/// Empties what the session may not see of a record that did not come from `find`: one just
/// written.
void conceal(Reading& reading, AnyRecord& record);
/// `also`: what else must be allowed on each row.
Page<AnyRecord> list(Reading& reading, const Kind& kind, const Query& query,
                     Action also = Action::read);
Count count(Reading& reading, const Kind& kind, const Filter& where, std::int64_t limit);

/// Any record by id, whatever the rights, with bodies; false where there is none. For the engine
/// only.
bool load(storage::Connection& connection, const Plan& plan, Ref id, void* record);

/// Up to `limit` records by id from `first` to `last`, ascending, as `load`.
std::vector<AnyRecord> load_range(storage::Connection& connection, const Plan& plan, Ref first,
                                  Ref last, int limit);

/// Whether a reference can be set though its target is hidden.
bool may_be_hidden(const Kind& kind, const Column& column, const Rights& rights);

/// The ids of all rows of a kind that the session sees, found by the indexes of its scopes.
struct VisibleIds {
    std::string sql;  ///< a SELECT of `id`; empty where there are none
    std::vector<std::int64_t> places{};
    void bind(const Rights& rights, storage::Use& use) const;
};
VisibleIds visible_ids(const Reading& reading, const Kind& kind);

/// A condition as SQL over the alias "t" of a kind, and the operands it binds as :f0, :f1 …
struct Condition {
    std::string sql;
    std::vector<Json> operands;
    bool anchored = false;  ///< an index finds what fulfils it: rights are then checked row by row
    void bind(storage::Use& use) const;
};
/// Checks a filter against a kind and compiles it under rights. Throws Invalid("filter", path,
/// reason).
Condition compile(const Filter& filter, const Kind& kind, Reading& reading);

}  // namespace crm::kernel
