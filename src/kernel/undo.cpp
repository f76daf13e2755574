#include "kernel/undo.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "crm/error.hpp"
#include "kernel/check.hpp"
#include "kernel/column.hpp"
#include "kernel/command_filter.hpp"
#include "kernel/engine.hpp"
#include "kernel/history.hpp"
#include "kernel/run.hpp"
#include "kernel/select.hpp"
#include "kernel/undo_plan.hpp"

namespace crm::kernel {

namespace {

using When = Standing::When;
using Outcome = UndoPlan::Outcome;

constexpr int rows_a_step = 4096;  // of untouched records, read before they are taken out

/// Does what a plan says.
class Undoing {
public:
    Undoing(Transaction& transaction, Standing& standing, const UndoOptions& options)
        : transaction_(transaction),
          standing_(standing),
          skips_(options.skip_conflicts),
          obstacles_(transaction),
          plan_(transaction, standing, obstacles_, skips_),
          own_(std::ranges::all_of(standing.chosen(),
                                   [&](CommandId command) { return is_own(command); })) {}

    std::vector<FieldConflict> run() {
        standing_.keep(transaction_.command());
        if (skips_)
            run_as_far_as_possible();
        else
            run_whole();
        standing_.keep_left(transaction_.command());
        return obstacles_.told();
    }

private:
    storage::Connection& connection() const { return transaction_.connection(); }

    void run_whole() {
        plan_.make();
        require_rights();
        obstacles_.refuse();
        apply();
        obstacles_.refuse();
    }

    /// What only shows in the doing is left too, and all begun again without it.
    void run_as_far_as_possible() {
        do {
            plan_.make();
            require_rights();
            failed_.clear();
            Transaction::Part part(transaction_);
            apply();
            if (failed_.empty()) part.keep();
            const auto known = standing_.leaving();
            for (const Ref record : failed_) plan_.stay(record);
            if (!failed_.empty() && standing_.leaving() == known) obstacles_.refuse();
        } while (!failed_.empty());
    }

    bool is_own(CommandId command) const {
        const auto row = command_row(connection(), command);
        if (!row)
            throw NotFound("command " + std::to_string(static_cast<std::int64_t>(command)) +
                           ": no such command");
        return row->user == transaction_.session().user;
    }

    // ---- rights

    void require_rights() {
        for (const auto& [record, outcome] : plan_.outcomes()) {
            const bool is_idle = !outcome.actual.exists && !outcome.wanted.exists;
            if (!outcome.is_touched || is_idle) continue;
            const Kind& kind = transaction_.kind_of(record);
            const auto& fields =
                outcome.actual.exists ? outcome.actual.fields : outcome.wanted.fields;
            AnyRecord given = record_from(kind, record, {fields.begin(), fields.end()});
            given.head().created_in = outcome.creation;
            require_right(kind, given);
            if (outcome.wanted.exists && transaction_.rights().locked(kind).any())
                require_open(kind, differing(outcome.actual.exists ? outcome.actual.fields
                                                                   : plan_.last_fields(record),
                                             outcome.wanted.fields));
        }
    }

    /// Needs the right to change what the command touched, as it is or as it would come back; of a
    /// child its parent's.
    void require_right(const Kind& kind, const AnyRecord& given) const {
        if (kind.role == Role::common)
            return require(transaction_.rights().may_change_common(kind));
        if (is_of_own(kind, given)) return;
        Action action = Action::change;
        Ref record = given.head().id;
        if (const Column* parent = kind.parent_column()) {
            if (kind.readers_add && own_ &&
                created_by_session(transaction_, given.head().created_in))
                action = Action::read;
            record = Ref{parent->get(given.data()).integer()};
            if (plan_.is_going(record)) return;  // looked at for itself
        }
        const Kind& root = transaction_.kind_of(record);
        if (may_all(root, action)) return;
        AnyRecord stored(root);
        if (load(connection(), transaction_.plan(root), record, stored.data()))
            return require(may(root, action, stored.data()));
        if (root.number == kind.number) require(may(root, action, given.data()));
    }

    /// Whether a child is a part of what is the session's own, as a member is of its segment.
    bool is_of_own(const Kind& kind, const AnyRecord& given) const {
        const Column* own = transaction_.catalogue().link_to_personal(kind);
        if (!own) return false;
        const Ref to{own->get(given.data()).integer()};
        const auto known = plan_.outcomes().find(to);
        const bool comes_or_goes = known != plan_.outcomes().end() &&
                                   known->second.actual.exists != known->second.wanted.exists;
        if (comes_or_goes || plan_.is_going(to)) return true;  // looked at for itself
        AnyRecord stored(transaction_.kind_of(to));
        return load(connection(), transaction_.plan(stored.kind()), to, stored.data()) &&
               may(stored.kind(), Action::change, stored.data());
    }

    /// Whoever may do it to every record of a kind is not asked record by record.
    bool may_all(const Kind& kind, Action action) const {
        const auto is_all = [&](Action each) {
            return std::ranges::all_of(transaction_.rights().scopes(kind, each), &Scope::all);
        };
        return is_all(Action::read) && is_all(action);
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

    /// What the session may not set is not turned back by it either.
    void require_open(const Kind& kind, const Json::Object& fields) const {
        for (const auto& [name, value] : fields)
            if (const Column* column = kind.find(name);
                column && transaction_.rights().locked(kind).test(kind.index_of(*column)))
                throw Denied("undo: the field " + std::string(kind.name) + "." + name +
                             " is hidden from you or locked, so you cannot turn it back");
    }

    // ---- doing it

    void apply() {
        late_.clear();
        for (const auto& [record, outcome] : plan_.outcomes())
            if (outcome.actual.exists && outcome.wanted.exists)
                put_back_now_or_late(record, outcome);
        for (const auto& [record, outcome] : plan_.outcomes())
            if (outcome.actual.exists && !outcome.wanted.exists) take_out_touched(record);
        take_out_untouched();
        for (const Ref record : late_) free_unique_values(record);
        for (const Ref record : late_)
            attempt(record, [&] { put_back_fields(record, plan_.outcomes().at(record)); });
        for (const bool children : {false, true}) bring_back(children);
    }

    void bring_back(bool children) {
        for (const auto& [record, outcome] : plan_.outcomes()) {
            if (outcome.actual.exists || !outcome.wanted.exists) continue;
            const Kind& kind = transaction_.kind_of(record);
            if ((kind.role == Role::child) != children) continue;
            attempt(record, [&] {
                restore(transaction_, kind, record, plan_.row_to_restore(record, outcome.wanted));
            });
        }
    }

    /// A value that another record has taken, or a rule that does not hold any more.
    template <class Body>
    void attempt(Ref record, const Body& body) {
        try {
            body();
        } catch (const Conflict& conflict) {
            fail(record, conflict.what());
        } catch (const Invalid& invalid) {
            fail(record, invalid.what());
        }
    }

    void fail(Ref record, std::string reason) {
        obstacles_.add(record, {}, {}, std::move(reason));
        failed_.insert(record);
    }

    static Json::Object differing(const StoredFields& actual, const StoredFields& wanted) {
        Json::Object fields;
        for (const auto& [name, value] : wanted)
            if (const auto at = actual.find(name); at == actual.end() || !(at->second == value))
                fields.emplace_back(name, value);
        for (const auto& [name, value] : actual)
            if (!wanted.contains(name)) fields.emplace_back(name, Json{});
        return fields;
    }

    static Json::Object differing(const Outcome& outcome) {
        return differing(outcome.actual.fields, outcome.wanted.fields);
    }

    void put_back_fields(Ref record, const Outcome& outcome) {
        put_back(transaction_, transaction_.kind_of(record), record, differing(outcome),
                 outcome.is_derived);
    }

    /// Properties stand in a table of their own, which may clash when the record's row is written.
    bool may_clash_late(Ref record, const Outcome& outcome) const {
        const Kind& kind = transaction_.kind_of(record);
        return std::ranges::any_of(differing(outcome), [&](const auto& member) {
            const Column* column = kind.find(member.first);
            return column && column->is_property() && column->has(unique);
        });
    }

    void put_back_apart(Ref record, const Outcome& outcome) {
        Transaction::Part part(transaction_);
        put_back_fields(record, outcome);
        part.keep();
    }

    /// A unique value may still be held by a record that is about to go: then nothing is written
    /// yet.
    void put_back_now_or_late(Ref record, const Outcome& outcome) {
        if (outcome.actual == outcome.wanted) return;
        const auto writes = transaction_.writes();
        attempt(record, [&] {
            try {
                if (may_clash_late(record, outcome))
                    put_back_apart(record, outcome);
                else
                    put_back_fields(record, outcome);
            } catch (const Conflict&) {
                if (transaction_.writes() != writes) throw;
                late_.push_back(record);
            }
        });
    }

    /// Two records may have to exchange what is unique: each lets go of it first, for a value that
    /// nobody types.
    void free_unique_values(Ref record) {
        const Kind& kind = transaction_.kind_of(record);
        Json::Object placeholders;
        for (const auto& [field, value] : differing(plan_.outcomes().at(record)))
            if (const Column* column = kind.find(field); column && column->has(unique)) {
                const auto held = column->key.empty() ? column->name : column->key;
                if (column->is_property())
                    placeholders.emplace_back(column->name, Json{});
                else if (kind.column(held).type == FieldType::text)
                    placeholders.emplace_back(held, "\x01" + std::to_string(record.value()));
            }
        if (!placeholders.empty()) put_back(transaction_, kind, record, placeholders);
    }

    void take_out_touched(Ref record) {
        const Kind& kind = transaction_.kind_of(record);
        AnyRecord stored(kind);
        if (load(connection(), transaction_.plan(kind), record, stored.data()))
            take_out(transaction_, kind, {&stored, 1});
    }

    /// The common case, an import: nobody changed what it created. Parents go first, as they come
    /// back first: their children find nothing more to mark as changed.
    void take_out_untouched() {
        for (const bool children : {false, true})
            for (const UndoPlan::Fresh& range : plan_.fresh())
                if ((transaction_.kind(range.kind)->role == Role::child) == children)
                    take_out_range(*transaction_.kind(range.kind), Ref{range.first},
                                   Ref{range.last});
    }

    void take_out_range(const Kind& kind, Ref first, Ref last) {
        constexpr std::int64_t next = 1 << Ref::kind_bits;
        const Plan& plan = transaction_.plan(kind);
        while (first <= last) {
            auto records = load_range(connection(), plan, first, last, rows_a_step);
            const bool is_last = static_cast<int>(records.size()) < rows_a_step;
            if (!is_last) first = Ref{records.back().head().id.value() + next};
            std::erase_if(records, [&](const AnyRecord& record) {
                return !plan_.goes_untouched(record.head().id);
            });
            for (const AnyRecord& record : records) require_right(kind, record);
            take_out(transaction_, kind, records);
            if (is_last) return;
        }
    }

    Transaction& transaction_;
    Standing& standing_;
    const bool skips_;
    Obstacles obstacles_;
    UndoPlan plan_;
    const bool own_;
    std::vector<Ref> late_;
    std::set<Ref> failed_;
};

void refuse_again(bool undone) {
    if (undone) throw Conflict("is undone already; undo the undo to bring it back");
}

/// Runs that one command turns back as a whole.
void mark_runs(Transaction& transaction, const Standing& standing,
               const std::vector<RunId>& named) {
    std::set<RunId> runs(named.begin(), named.end());
    const auto chosen = standing.chosen();
    for (const CommandId command : chosen)
        if (const auto row = command_row(transaction.connection(), command);
            row && row->run != RunId{})
            runs.insert(row->run);
    for (const RunId run : runs) {
        const auto commands = commands_of(transaction.connection(), run);
        const bool is_whole = std::ranges::includes(chosen, commands);
        if (!is_whole && std::ranges::find(named, run) == named.end()) continue;
        transaction.connection()
            .use("UPDATE run SET undone_in = ?2 WHERE id = ?1")
            .bind(1, static_cast<std::int64_t>(run))
            .bind(2, static_cast<std::int64_t>(transaction.command()))
            .run();
    }
}

/// An undo as a command of its own, from the choice to the last check.
class UndoCommand {
public:
    UndoCommand(SessionState& session, const UndoOptions& options)
        : session_(session), options_(options) {
        if (session.transaction)
            throw Misuse("an undo is a command of its own and cannot join a unit of work");
        if (session.database->closed) throw Misuse("the database was closed");
        transaction_.emplace(session, storage::File::Durability::full);
        standing_.emplace(transaction_->connection());
    }

    void choose(const CommandFilter& which) {
        if (means_all(which))
            throw Invalid("undo", "which",
                          "is empty, which would mean every command: say which of them");
        Reading reading(session_);
        auto commands = chosen_commands(reading, which);
        if (commands.empty() && which.runs.empty())
            throw NotFound("undo: there is no such command");
        refuse_again(std::ranges::any_of(which.runs, [&](RunId run) {
            return commands.empty() && run_row(reading, run).run.state == "undone";
        }));
        const bool any = !commands.empty();
        choose_standing(*standing_, std::move(commands));
        refuse_again(any && standing_->chosen().empty());
        runs_ = which.runs;
    }

    Undone run() {
        Undone undone;
        begin();
        undone.conflicts = work();
        finish();
        undone.commands = standing_->chosen();
        undone.command = Command{transaction_->command(),
                                 transaction_->now(),
                                 session_.user,
                                 "undo",
                                 {},
                                 {},
                                 undo_of(),
                                 {},
                                 false};
        transaction_->commit();
        return undone;
    }

    Effects rehearse() {
        begin();
        return rehearsed(*transaction_, [&] { work(); });
    }

private:
    /// A rule that looks at the whole at the end is an obstacle like others.
    void finish() {
        try {
            transaction_->finish();
        } catch (const Conflict& conflict) {
            if (!conflict.conflicts.empty()) throw;
            throw Conflict(conflict.what(), conflict.record, conflict.current,
                           {{conflict.record, {}, {}, {}, {}, conflict.what()}});
        }
    }

    void begin() { transaction_->begin("undo", {}, undo_of()); }

    std::vector<FieldConflict> work() {
        auto conflicts = undo(*transaction_, *standing_, options_);
        mark_runs(*transaction_, *standing_, runs_);
        return conflicts;
    }

    CommandId undo_of() const {
        const auto chosen = standing_->chosen();
        return chosen.size() == 1 ? chosen.front() : CommandId{};
    }

    SessionState& session_;
    UndoOptions options_;
    std::optional<Transaction> transaction_;
    std::optional<Standing> standing_;
    std::vector<RunId> runs_;
};

}  // namespace

std::vector<CommandId> commands_of(storage::Connection& connection, RunId run) {
    std::vector<CommandId> commands;
    auto rows = connection.use("SELECT id FROM command WHERE run_id = ?1 ORDER BY id");
    rows.bind(1, static_cast<std::int64_t>(run));
    while (rows.step()) commands.push_back(CommandId{rows.integer(0)});
    return commands;
}

void choose_standing(Standing& standing, std::vector<CommandId> commands) {
    std::ranges::sort(commands, std::greater{});
    for (const CommandId command : commands)
        if (!standing.is_undone(command, When::after)) standing.choose(command);
}

std::vector<FieldConflict> undo(Transaction& transaction, Standing& standing,
                                const UndoOptions& options) {
    return Undoing(transaction, standing, options).run();
}

void undo(Transaction& transaction, std::vector<CommandId> commands) {
    Standing standing(transaction.connection());
    choose_standing(standing, std::move(commands));
    refuse_again(standing.chosen().empty());
    undo(transaction, standing);
}

Undone undo(SessionState& session, const CommandFilter& which, const UndoOptions& options) {
    UndoCommand command(session, options);
    command.choose(which);
    return command.run();
}

Command undo(SessionState& session, CommandId command) {
    return undo(session, CommandFilter{.commands = {command}}, {}).command;
}

Command undo(SessionState& session, RunId run) {
    return undo(session, CommandFilter{.runs = {run}}, {}).command;
}

Effects rehearse_undo(SessionState& session, const CommandFilter& which,
                      const UndoOptions& options) {
    UndoCommand command(session, options);
    command.choose(which);
    return command.rehearse();
}

}  // namespace crm::kernel
