#include "kernel/undo.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

#include "crm/error.hpp"
#include "kernel/column.hpp"
#include "kernel/engine.hpp"
#include "kernel/history.hpp"
#include "kernel/run.hpp"
#include "kernel/select.hpp"

namespace crm::kernel {

namespace {

using Fields = std::map<std::string, Json, std::less<>>;

/// A record at some moment.
struct State {
    bool exists = false;
    Fields fields;
    bool operator==(const State&) const = default;
};

struct Range {
    std::int64_t first, last;
};

bool is_bookkeeping(std::string_view field) {
    return field == "id" || field == "version" || field == "created_in" || field == "changed_in";
}

bool is_owner_field(std::string_view field) {
    return field == "owner_id" || field == "unit_id" || field == "territory_id";
}

Fields fields_of(const Json::Object& object) {
    Fields fields;
    for (const auto& [name, value] : object)
        if (!is_bookkeeping(name) && !value.is_null()) fields.emplace(name, value);
    return fields;
}

Json value_in(const Fields& fields, std::string_view name) {
    const auto at = fields.find(name);
    return at == fields.end() ? Json{} : at->second;
}

void set(Fields& fields, const std::string& name, const Json& value) {
    if (value.is_null())
        fields.erase(name);
    else
        fields.insert_or_assign(name, value);
}

/// Works out what undoing means, record by record, then does it.
class Undoing {
public:
    Undoing(Transaction& transaction, std::vector<CommandId> commands)
        : transaction_(transaction), commands_(commands.begin(), commands.end()) {
        std::sort(commands.begin(), commands.end());
        for (const CommandId command : commands) collect(command);
        for (const CommandId command : commands) own_ &= is_own(command);
    }

    void run() {
        put_back_changed();
        remove_created();
        put_back_late();
        restore_removed();
        if (!conflicts_.empty())
            throw Conflict(
                "cannot be undone: " + std::to_string(conflicts_.size()) +
                    " later changes or dependent records stand in the way; undo those first",
                conflicts_.front().record, {}, conflicts_);
    }

private:
    storage::Connection& connection() const { return transaction_.connection(); }
    bool in_set(CommandId command) const { return commands_.contains(command); }

    bool is_own(CommandId command) const {
        auto row = connection().use("SELECT user_id FROM command WHERE id = ?1");
        row.bind(1, static_cast<std::int64_t>(command));
        if (!row.step())
            throw NotFound("command " + std::to_string(static_cast<std::int64_t>(command)) +
                           ": no such command");
        return row.integer(0) == transaction_.session().user.value();
    }

    void collect(CommandId command) {
        auto created =
            connection().use("SELECT kind, first_id, last_id FROM created WHERE command_id = ?1");
        created.bind(1, static_cast<std::int64_t>(command));
        while (created.step())
            created_[static_cast<KindNumber>(created.integer(0))].push_back(
                {created.integer(1), created.integer(2)});
        auto changed = connection().use("SELECT ref FROM change WHERE command_id = ?1");
        changed.bind(1, static_cast<std::int64_t>(command));
        while (changed.step()) touched_.insert(Ref{changed.integer(0)});
    }

    bool was_created(Ref ref) const {
        const auto at = created_.find(ref.kind());
        if (at == created_.end()) return false;
        return std::any_of(at->second.begin(), at->second.end(), [&](const Range& range) {
            return ref.value() >= range.first && ref.value() <= range.last;
        });
    }

    std::vector<Step> steps_of(Ref ref) const {
        return kernel::steps_of(connection(), ref, transaction_.command());
    }

    State current(const Kind& kind, Ref ref) const {
        AnyRecord record(kind);
        if (!load(connection(), transaction_.plan(kind), ref, record.data())) return {};
        return {true, fields_of(stored_row(transaction_.plan(kind), record.data()))};
    }

    /// The step after `i` that touched a field, or none.
    static const Step* next_touching(const std::vector<Step>& steps, std::size_t i,
                                     std::string_view field) {
        for (std::size_t next = i; next < steps.size(); ++next)
            if (is_removal(steps[next].before) ||
                (steps[next].before.is_object() && steps[next].before.find(field)))
                return &steps[next];
        return nullptr;
    }

    /// What a field held before step `i` (or at the end), as the log has it.
    static Json value_before(const std::vector<Step>& steps, std::size_t i,
                             const std::string& field, const State& actual) {
        const Step* step = next_touching(steps, i, field);
        if (!step) return value_in(actual.fields, field);
        const Json* value = step->before.find(field);
        return value ? *value : Json{};
    }

    void stand_in_way(Ref ref, std::string field, const Step* step, std::string reason) {
        const Kind& kind = transaction_.kind_of(ref);
        const Column* column = kind.find(field);
        if (column && is_shadow(*column)) return;  // its source stands in the way too
        Reading reading(transaction_.session());
        const bool visible = find(reading, ref).has_value();
        if (!visible && std::exchange(tells_hidden_, true))
            return;  // that there is something is enough
        const bool is_told = visible && !(column && reading.rights().hides(kind, *column));
        conflicts_.push_back({visible ? ref : Ref{}, is_told ? std::move(field) : std::string{},
                              step ? step->command : CommandId{}, std::move(reason)});
    }

    /// Whether history has the values of a field: of a password it knows only that it was set.
    bool is_kept(Ref ref, std::string_view field) const {
        const Kind& kind = transaction_.kind_of(ref);
        return kind.find(field) || (kind.role == Role::root && is_owner_field(field));
    }

    /// Turns one changing step back in `state`, or notes the fields that were changed since.
    void turn_back_change(Ref ref, const std::vector<Step>& steps, std::size_t i,
                          const State& actual, State& state) {
        for (const auto& [field, before] : steps[i].before.object())
            if (!is_kept(ref, field))
                stand_in_way(ref, field, &steps[i], "is not kept in history: set it anew");
            else if (state.exists &&
                     value_in(state.fields, field) == value_before(steps, i + 1, field, actual))
                set(state.fields, field, before);
            else
                stand_in_way(ref, field, next_touching(steps, i + 1, field), "was changed since");
    }

    void turn_back(Ref ref, const std::vector<Step>& steps, std::size_t i, const State& actual,
                   State& state) {
        const Json& before = steps[i].before;
        if (before.is_null()) return vanish(ref, steps, i + 1, actual, state);
        if (!is_removal(before)) return turn_back_change(ref, steps, i, actual, state);
        if (state.exists) return stand_in_way(ref, {}, nullptr, "is there again");
        state = {true, fields_of(before.object())};
    }

    /// Undoes a creation or a coming back: the record must be as it was made.
    void vanish(Ref ref, const std::vector<Step>& steps, std::size_t i, const State& actual,
                State& state) {
        if (!state.exists) return;  // gone already
        bool same = true;
        for (std::size_t later = i; later < steps.size(); ++later) {
            if (in_set(steps[later].command) || !steps[later].before.is_object()) continue;
            for (const auto& [field, before] : steps[later].before.object()) {
                if (is_bookkeeping(field)) continue;
                if (value_in(state.fields, field) == value_before(steps, i, field, actual))
                    continue;
                stand_in_way(ref, field, &steps[later], "was changed since it was created");
                same = false;
            }
        }
        if (same) state = {};
    }

    State wanted(Ref ref, const std::vector<Step>& steps, const State& actual) {
        State state = actual;
        for (std::size_t i = steps.size(); i-- > 0;)
            if (in_set(steps[i].command)) turn_back(ref, steps, i, actual, state);
        if (was_created(ref)) vanish(ref, steps, 0, actual, state);
        return state;
    }

    /// Needs the right to change what the command touched, as it is or as it would come back; of a
    /// child its parent's.
    void require_right(const Kind& kind, Ref ref, const Fields& fields) const {
        if (kind.role == Role::common) return require(transaction_.rights().administers());
        Action action = Action::change;
        if (const Column* parent = kind.parent_column()) {
            if (kind.readers_add && own_) action = Action::read;
            ref = Ref{value_in(fields, parent->name).value().integer()};
            if (was_created(ref)) return;  // looked at for itself
        }
        const Kind& root = transaction_.kind_of(ref);
        AnyRecord record(root);
        if (load(connection(), transaction_.plan(root), ref, record.data()))
            return require(may(root, action, record.data()));
        if (root.number == kind.number)
            require(
                may(root, action, record_from(root, ref, {fields.begin(), fields.end()}).data()));
    }

    bool may(const Kind& kind, Action action, const void* record) const {
        const Rights& rights = transaction_.rights();
        return rights.covers(connection(), kind, Action::read, record) &&
               rights.covers(connection(), kind, action, record);
    }

    static void require(bool allowed) {
        if (!allowed)
            throw Denied("undo: the right to change all that the command touched is missing");
    }

    void put_back_changed() {
        for (const Ref ref : touched_) {
            const Kind& kind = transaction_.kind_of(ref);
            const auto steps = steps_of(ref);
            if (is_erased(steps)) {
                stand_in_way(ref, {}, &steps.back(), "was erased");
                continue;
            }
            const State actual = current(kind, ref);
            const State state = wanted(ref, steps, actual);
            require_right(kind, ref, actual.exists ? actual.fields : state.fields);
            if (!actual.exists && state.exists && is_orphan(kind, state)) {
                stand_in_way(ref, {}, nullptr, "belongs to a record that is gone");
                continue;
            }
            if (state == actual) continue;
            if (!state.exists)
                gone_.insert(ref);
            else if (!actual.exists)
                returning_.emplace(ref, state.fields);
            else
                put_back_now_or_late(kind, ref, actual, state);
        }
    }

    /// A child whose parent neither exists nor comes back with it.
    bool is_orphan(const Kind& kind, const State& state) const {
        const Column* column = kind.parent_column();
        if (!column) return false;
        const Ref parent{value_in(state.fields, column->name).value().integer()};
        return !touched_.contains(parent) &&
               !current(transaction_.kind_of(parent), parent).exists;
    }

    static Json::Object differing(const State& actual, const State& state) {
        Json::Object fields;
        for (const auto& [name, value] : state.fields)
            if (!(value_in(actual.fields, name) == value)) fields.emplace_back(name, value);
        for (const auto& [name, value] : actual.fields)
            if (!state.fields.contains(name)) fields.emplace_back(name, Json{});
        return fields;
    }

    /// What the session may not set is not turned back by it either.
    void require_open(const Kind& kind, const Json::Object& fields) const {
        for (const auto& [name, value] : fields)
            if (const Column* column = kind.find(name);
                column && transaction_.rights().locked(kind).test(kind.index_of(*column)))
                throw Denied("undo: the field " + std::string(kind.name) + "." + name +
                             " is hidden from you or locked, so you cannot turn it back");
    }

    /// A unique value may still be held by a record that is about to go.
    void put_back_now_or_late(const Kind& kind, Ref ref, const State& actual, const State& state) {
        const Json::Object fields = differing(actual, state);
        require_open(kind, fields);
        try {
            Transaction::Part part(transaction_);
            put_back(transaction_, kind, ref, fields);
            part.keep();
        } catch (const Conflict&) {
            late_.emplace_back(ref, fields);
        }
    }

    void put_back_late() {
        for (const auto& [ref, fields] : late_)
            put_back(transaction_, transaction_.kind_of(ref), ref, fields);
    }

    void remove_created() {
        for (const Ref ref : gone_) take_out_with_dependants(ref);
        for (auto kind = created_.rbegin(); kind != created_.rend(); ++kind)
            for (auto range = kind->second.rbegin(); range != kind->second.rend(); ++range)
                for (std::int64_t id = range->last; id >= range->first; id -= 1 << Ref::kind_bits)
                    if (!touched_.contains(Ref{id})) remove_untouched(Ref{id});
    }

    /// The common case, an import: nothing of ours changed it after it was created.
    void remove_untouched(Ref ref) {
        const Kind& kind = transaction_.kind_of(ref);
        const State actual = current(kind, ref);
        if (!actual.exists) return;
        const auto steps = steps_of(ref);
        require_right(kind, ref, actual.fields);
        State state = actual;
        if (!steps.empty()) vanish(ref, steps, 0, actual, state);
        if (steps.empty() || !state.exists) take_out_with_dependants(ref);
    }

    void take_out_with_dependants(Ref ref) {
        const Kind& kind = transaction_.kind_of(ref);
        bool free = true;
        for (const auto& [referring, column] : referring_to(transaction_, kind, ref)) {
            if (was_created(referring) || gone_.contains(referring)) {
                if (referring != ref) take_out_with_dependants(referring);
                continue;
            }
            stand_in_way(referring, column, nullptr,
                         "was added since and depends on what would go");
            free = false;
        }
        if (kind.number == number::user && has_worked(ref)) {
            stand_in_way(ref, {}, nullptr, "has worked with the file since");
            free = false;
        }
        AnyRecord still(kind);
        if (free && load(connection(), transaction_.plan(kind), ref, still.data()))
            take_out(transaction_, kind, ref);
    }

    bool has_worked(Ref user) const {
        auto row = connection().use("SELECT 1 FROM command WHERE user_id = ?1 AND id < ?2 LIMIT 1");
        return row.bind(1, user.value())
            .bind(2, static_cast<std::int64_t>(transaction_.command()))
            .step();
    }

    void restore_removed() {
        for (const auto& [ref, fields] : returning_) {
            if (!conflicts_.empty()) return;  // nothing will be kept anyway
            Json::Object row = removed_row(ref);
            for (auto& [name, value] : row)
                if (!is_bookkeeping(name)) value = value_in(fields, name);
            restore(transaction_, transaction_.kind_of(ref), ref, row);
        }
    }

    Json::Object removed_row(Ref ref) const {
        const auto steps = steps_of(ref);
        for (auto step = steps.rbegin(); step != steps.rend(); ++step)
            if (is_removal(step->before)) return step->before.object();
        throw Corrupt(
            "history has no removal of a record that is not there: run quick_check and restore a "
            "backup");
    }

    Transaction& transaction_;
    std::unordered_set<CommandId> commands_;
    std::map<KindNumber, std::vector<Range>> created_;
    std::unordered_set<Ref> touched_;
    bool own_ = true;
    std::unordered_set<Ref> gone_;  // came back by one of the commands
    std::vector<std::pair<Ref, Json::Object>> late_;
    std::map<Ref, Fields> returning_;  // in any order: foreign keys wait for the end
    std::vector<FieldConflict> conflicts_;
    bool tells_hidden_ = false;  // one conflict stands for all hidden ones
};

}  // namespace

std::vector<CommandId> commands_of(storage::Connection& connection, RunId run) {
    std::vector<CommandId> commands;
    auto rows = connection.use("SELECT id FROM command WHERE run_id = ?1 ORDER BY id");
    rows.bind(1, static_cast<std::int64_t>(run));
    while (rows.step()) commands.push_back(CommandId{rows.integer(0)});
    return commands;
}

bool is_undone(storage::Connection& connection, CommandId command) {
    std::vector<CommandId> undoings;
    {
        auto rows = connection.use("SELECT id FROM command WHERE undo_of = ?1");
        rows.bind(1, static_cast<std::int64_t>(command));
        while (rows.step()) undoings.push_back(CommandId{rows.integer(0)});
    }
    return std::any_of(undoings.begin(), undoings.end(),
                       [&](CommandId by) { return !is_undone(connection, by); });
}

void undo(Transaction& transaction, std::vector<CommandId> commands) {
    Undoing(transaction, std::move(commands)).run();
}

namespace {

/// Checks, then does it, as one command of its own.
template <class Check, class Body>
Command as_command(SessionState& session, CommandId undo_of, const Check& check, const Body& body) {
    if (session.transaction)
        throw Misuse("an undo is a command of its own and cannot join a unit of work");
    if (session.database->closed) throw Misuse("the database was closed");
    Transaction transaction(session, storage::File::Durability::full);
    Reading reading(session);
    check(reading);
    transaction.begin("undo", {}, undo_of);
    body(transaction);
    transaction.finish();
    Command command{
        transaction.command(), transaction.now(), session.user, "undo", {}, {}, undo_of, {}, false};
    transaction.commit();
    return command;
}

void refuse_again(bool undone) {
    if (undone) throw Conflict("is undone already; undo the undo to bring it back");
}

}  // namespace

Command undo(SessionState& session, CommandId id) {
    const auto check = [&](Reading& reading) {
        command(reading, id);  // must be the session's to see
        refuse_again(is_undone(reading.connection(), id));
    };
    return as_command(session, id, check,
                      [&](Transaction& transaction) { undo(transaction, std::vector{id}); });
}

Command undo(SessionState& session, RunId run) {
    const auto check = [&](Reading& reading) {
        refuse_again(run_row(reading, run).run.state == "undone");
    };
    return as_command(session, {}, check, [&](Transaction& transaction) {
        undo(transaction, commands_of(transaction.connection(), run));
        transaction.connection()
            .use("UPDATE run SET undone_in = ?2 WHERE id = ?1")
            .bind(1, static_cast<std::int64_t>(run))
            .bind(2, static_cast<std::int64_t>(transaction.command()))
            .run();
    });
}

}  // namespace crm::kernel
