#include "kernel/merge.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "crm/error.hpp"
#include "kernel/engine.hpp"
#include "kernel/history.hpp"
#include "kernel/select.hpp"
#include "kernel/standing.hpp"

namespace crm::kernel {

namespace {

std::string kind_name(const Kind& kind) { return std::string(kind.name); }

AnyRecord record_at(Transaction& transaction, const Kind& kind, Ref id) {
    AnyRecord record(kind);
    if (id.kind() != kind.number ||
        !load(transaction.connection(), transaction.plan(kind), id, record.data()))
        throw NotFound(kind_name(kind) + ": no such record");
    return record;
}

/// One record that refers to one of the others.
struct Reference {
    const Kind* kind;
    const Column* column;
    Ref from;
};

bool is_nothing(const Column& column, const Value& value) {
    return value.is_null() || (column.type == FieldType::flag && value.integer() == 0);
}

/// Whether another column repeats this one in the form that look-up uses: that one is compared.
bool is_repeated(const Kind& kind, const Column& column) {
    return std::ranges::any_of(kind.columns, [&](const Column& other) {
        return other.has(quick) && other.has(derived) &&
               std::ranges::find(other.made_of, column.name) != other.made_of.end();
    });
}

/// Whether two children that differ in a column say different things.
bool is_compared(const Kind& kind, const Column& column, const Column& moving) {
    return &column != &moving && column.type != FieldType::flag && !is_repeated(kind, column);
}

/// Whether a child says nothing that another of the survivor's does not say.
bool repeats(const Kind& kind, const void* child, const void* known, const Column& moving) {
    return std::ranges::all_of(kind.columns, [&](const Column& column) {
        const Value value = column.get(child);
        return !is_compared(kind, column, moving) || is_nothing(column, value) ||
               value == column.get(known);
    });
}

class Merging {
public:
    Merging(Transaction& transaction, const Kind& kind, Ref survivor,
            const std::vector<Ref>& others, const MergeChoice& choice)
        : transaction_(transaction),
          plan_(transaction.plan(kind)),
          kind_(*plan_.kind),
          survivor_(survivor),
          others_(others),
          choice_(choice) {}

    MergeCount run() {
        require_rights();
        require_open_references();
        for (const Ref other : others_) gone_.push_back(record_at(transaction_, kind_, other));
        const auto values = values_taken();
        for (const Ref other : others_) move_references(other);
        for (const Ref other : others_) {
            remove(transaction_, kind_, other, any_version, Authority::engine);
            remember(other);
        }
        change_survivor(values);
        return count_;
    }

private:
    storage::Connection& connection() const { return transaction_.connection(); }

    // ---- rights

    void require(const Kind& kind, Action action, const AnyRecord& record) const {
        const Rights& rights = transaction_.rights();
        if (!rights.covers(connection(), kind, Action::read, record.data()))
            throw NotFound(kind_name(kind) + ": no such record");
        if (!rights.covers(connection(), kind, action, record.data()))
            throw Denied(kind_name(kind) + ": the right to " + std::string(name_of(action)) +
                         " a record that the merge would " +
                         (action == Action::remove ? "remove" : "change") + " is missing");
    }

    void require_rights() const {
        require(kind_, Action::change, record_at(transaction_, kind_, survivor_));
        for (const Ref other : others_)
            require(kind_, Action::remove, record_at(transaction_, kind_, other));
    }

    /// Whether there is such a reference or not: nothing is told of locked fields.
    void require_open_references() const {
        for (const Incoming& incoming : plan_.incoming)
            if (transaction_.rights()
                    .locked(*incoming.kind)
                    .test(incoming.kind->index_of(*incoming.column)))
                throw Denied(kind_name(kind_) + ": cannot be merged by you, because " +
                             kind_name(*incoming.kind) + "." + std::string(incoming.column->name) +
                             " is locked for you and could not be moved");
    }

    /// What belongs to the others goes along, seen or not, as it would when they are removed.
    /// Whatever else refers to them must be the session's to change.
    void require_reference(const Reference& reference, const AnyRecord& from) const {
        if (reference.column->has(parent)) return;
        if (!transaction_.rights().covers(connection(), *reference.kind, Action::read, from.data()))
            throw Conflict(kind_name(kind_) + ": cannot be merged while a record of kind " +
                           kind_name(*reference.kind) + " that you may not see refers to it by \"" +
                           std::string(reference.column->name) + "\"; ask somebody who sees it");
        require(*reference.kind, Action::change, from);
    }

    // ---- references

    std::vector<Ref> referring(const Kind& kind, const Column& column, Ref to) const {
        std::vector<Ref> found;
        auto rows = connection().use("SELECT id FROM " + table_of(kind, column) + " WHERE " +
                                     std::string(column.name) + " = ?1");
        rows.bind(1, to.value());
        while (rows.step()) found.push_back(Ref{rows.integer(0)});
        return found;
    }

    std::vector<Reference> references_to(Ref other) const {
        std::vector<Reference> found;
        for (const Incoming& incoming : plan_.incoming)
            for (const Ref from : referring(*incoming.kind, *incoming.column, other))
                found.push_back({incoming.kind, incoming.column, from});
        return found;
    }

    /// A rule may look at another record that is yet to move (a sub-activity stands with the party
    /// of its parent): such a one waits for the others.
    void move_references(Ref other) {
        auto waiting = references_to(other);
        std::exception_ptr refusal;
        while (!waiting.empty()) {
            const std::size_t before = waiting.size();
            std::erase_if(waiting, [&](const Reference& reference) {
                return settle(reference, other, refusal);
            });
            if (waiting.size() == before) std::rethrow_exception(refusal);
        }
    }

    bool settle(const Reference& reference, Ref other, std::exception_ptr& refusal) {
        AnyRecord from(*reference.kind);
        if (!load(connection(), transaction_.plan(*reference.kind), reference.from, from.data()) ||
            Ref{reference.column->get(from.data()).integer()} != other)
            return true;  // moved or taken along with another one
        if (is_let_go(reference)) return true;
        require_reference(reference, from);
        try {
            if (is_child(reference) &&
                (would_link_itself(reference, from) || is_known(reference, from)))
                drop(reference, from);
            else
                move(reference, from);
        } catch (const Invalid&) {
            refusal = std::current_exception();
            return false;
        }
        return true;
    }

    static bool is_child(const Reference& reference) {
        return reference.column->has(parent) || reference.column->has(link);
    }

    /// A child of something else that goes with what it refers to, such as a participant.
    static bool goes_along(const Reference& reference) {
        return reference.kind->role == Role::child &&
               reference.column->on_delete == OnDelete::takes_along;
    }

    /// What is emptied when the other goes: a reference that would lead from the survivor to
    /// itself, and one by a retired property, which takes no new value.
    bool is_let_go(const Reference& reference) const {
        const Column& column = *reference.column;
        return column.on_delete == OnDelete::clears && !column.has(required) &&
               (is_one_of_them(reference.from) || column.has(out_of_use));
    }

    bool is_one_of_them(Ref record) const {
        return record == survivor_ || std::ranges::find(others_, record) != others_.end();
    }

    /// A link between two records that become one leads nowhere.
    bool would_link_itself(const Reference& reference, const AnyRecord& from) const {
        return std::ranges::any_of(reference.kind->columns, [&](const Column& column) {
            if (&column == reference.column || (!column.has(parent) && !column.has(link)))
                return false;
            return is_one_of_them(Ref{column.get(from.data()).integer()});
        });
    }

    /// What was dropped would tell whether hidden fields are the same.
    bool may_compare(const Reference& reference) const {
        const Kind& kind = *reference.kind;
        return std::ranges::none_of(kind.columns, [&](const Column& column) {
            return transaction_.rights().hides(kind, column) &&
                   is_compared(kind, column, *reference.column);
        });
    }

    bool is_known(const Reference& reference, const AnyRecord& from) const {
        if (!may_compare(reference)) return false;
        const auto known = referring(*reference.kind, *reference.column, survivor_);
        return std::ranges::any_of(known, [&](Ref id) {
            const AnyRecord record = record_at(transaction_, *reference.kind, id);
            return repeats(*reference.kind, from.data(), record.data(), *reference.column);
        });
    }

    void move(const Reference& reference, const AnyRecord& from) {
        const bool is_told = is_visible(reference, from);
        const Assignment moved{reference.column->name, survivor_.value()};
        try {
            Transaction::Part part(transaction_);
            update(transaction_, *reference.kind, reference.from, any_version, {&moved, 1}, nullptr,
                   Authority::engine);
            part.keep();
            count_.moved += is_told;
        } catch (const Conflict&) {
            if (!is_child(reference) && !goes_along(reference)) throw;
            drop(reference, from);  // the survivor has one that excludes it
        }
    }

    void drop(const Reference& reference, const AnyRecord& from) {
        count_.dropped += is_visible(reference, from);
        remove(transaction_, *reference.kind, reference.from, any_version, Authority::engine);
    }

    bool is_visible(const Reference& reference, const AnyRecord& from) const {
        return transaction_.rights().covers(connection(), *reference.kind, Action::read,
                                            from.data());
    }

    // ---- values

    /// A value that the survivor gets, as it stands in another.
    struct Taken {
        const Column* column;
        const AnyRecord* from;
    };

    /// What may be taken over at all: of an amount the currency goes with it.
    bool may_be_set(const Column& column) const {
        return !column.has(derived) && !column.has(fixed) && !column.has(parent) &&
               !transaction_.rights().locked(kind_).test(kind_.index_of(column));
    }

    /// A retired code stays where it is and is for no other record; a reference between records
    /// that become one leads nowhere.
    bool is_usable(const Column& column, const Value& value) const {
        if (column.type == FieldType::reference) return !is_one_of_them(Ref{value.integer()});
        if (column.type != FieldType::code) return true;
        const auto& lists = transaction_.lists().lists;
        const auto list = lists.find(std::string(column.list));
        if (list == lists.end()) return false;
        const auto entry = list->second.find(std::string(value.text()));
        return entry != list->second.end() && !entry->second.is_retired;
    }

    std::vector<Taken> values_taken() {
        std::vector<Taken> taken;
        for (const auto& [field, from] : choice_.fields) choose(field, from, taken);
        if (choice_.fill_empty) fill(taken);
        return taken;
    }

    void choose(const std::string& field, Ref from, std::vector<Taken>& taken) {
        const Column* column = kind_.find_shown(field);
        if (!column) kind_.column(field);  // refuses it in its own words
        if (!may_be_set(*column)) {
            if (transaction_.rights().locked(kind_).test(kind_.index_of(*column)))
                throw Denied(kind_name(kind_) + "." + field + ": is hidden from you or locked");
            throw Invalid(kind_name(kind_), field, "cannot be chosen: it is derived or fixed");
        }
        if (chosen_.contains(column)) throw Invalid(kind_name(kind_), field, "is chosen twice");
        const AnyRecord* record = from == survivor_ ? nullptr : &other(field, from);
        take(*column, record, taken);
    }

    const AnyRecord& other(const std::string& field, Ref id) const {
        const auto found =
            std::ranges::find(gone_, id, [](const AnyRecord& record) { return record.head().id; });
        if (found != gone_.end()) return *found;
        throw Invalid(kind_name(kind_), field,
                      "must be taken from one of the records that are merged");
    }

    /// `from` null: the survivor's stays.
    void take(const Column& column, const AnyRecord* from, std::vector<Taken>& taken) {
        for (const Column* each : {&column, kind_.find(column.companion)}) {
            if (!each) continue;
            chosen_.insert(each);
            if (from) taken.push_back({each, from});
        }
    }

    void fill(std::vector<Taken>& taken) {
        const AnyRecord survivor = record_at(transaction_, kind_, survivor_);
        for (const Column& column : kind_.columns) {
            if (!may_be_set(column) || column.has(out_of_use) || chosen_.contains(&column) ||
                column.type == FieldType::currency || !column.get(survivor.data()).is_null())
                continue;
            const auto from = std::ranges::find_if(gone_, [&](const AnyRecord& other) {
                const Value value = column.get(other.data());
                return !value.is_null() && is_usable(column, value);
            });
            if (from != gone_.end()) take(column, &*from, taken);
        }
    }

    void change_survivor(const std::vector<Taken>& taken) {
        std::vector<Assignment> fields;
        for (const Taken& value : taken)
            fields.push_back({value.column->name, value.column->get(value.from->data())});
        if (update(transaction_, kind_, survivor_, any_version, fields, nullptr, Authority::engine))
            return;
        // Its history shows the merge all the same.
        connection()
            .use("UPDATE " + kind_name(kind_) +
                 " SET version = version + 1, changed_in = ?2 WHERE id = ?1")
            .bind(1, survivor_.value())
            .bind(2, static_cast<std::int64_t>(transaction_.command()))
            .run();
        transaction_.keep_changed(survivor_, {});
    }

    void remember(Ref other) {
        connection()
            .use(
                "INSERT INTO merged (id, into_id, command_id) VALUES (?1, ?2, ?3) ON CONFLICT (id) "
                "DO UPDATE SET into_id = excluded.into_id, command_id = excluded.command_id")
            .bind(1, other.value())
            .bind(2, survivor_.value())
            .bind(3, static_cast<std::int64_t>(transaction_.command()))
            .run();
    }

    Transaction& transaction_;
    const Plan& plan_;
    const Kind& kind_;
    const Ref survivor_;
    const std::vector<Ref>& others_;
    const MergeChoice& choice_;
    std::vector<AnyRecord> gone_;
    std::set<const Column*> chosen_;
    MergeCount count_;
};

/// One step of the chain: where a record went, and by which command.
struct Merger {
    Ref into;
    CommandId command;
};

std::optional<Merger> last_merger(storage::Connection& connection, Ref old) {
    auto row = connection.use("SELECT into_id, command_id FROM merged WHERE id = ?1");
    if (!row.bind(1, old.value()).step()) return std::nullopt;
    return Merger{Ref{row.integer(0)}, CommandId{row.integer(1)}};
}

/// Only while the record is gone, not erased, and the merge stands: it may have been turned back.
std::optional<Merger> merger_of(storage::Connection& connection, Ref old) {
    const auto merger = last_merger(connection, old);
    const bool holds =
        merger && last_row(connection, old) &&
        Standing(connection).stands(merger->command, old, {}, Standing::When::before);
    return holds ? merger : std::nullopt;
}

}  // namespace

MergeCount merge(Transaction& transaction, const Kind& kind, Ref survivor,
                 const std::vector<Ref>& others, const MergeChoice& choice) {
    Transaction::Part part(transaction);
    const MergeCount count = Merging(transaction, kind, survivor, others, choice).run();
    part.keep();
    return count;
}

Ref merged_into(storage::Connection& connection, Ref old) {
    Ref now{};
    for (auto next = merger_of(connection, old); next; next = merger_of(connection, now))
        now = next->into;
    return now;
}

CommandId merge_of(storage::Connection& connection, Ref old) {
    const auto merger = merger_of(connection, old);
    return merger ? merger->command : CommandId{};
}

}  // namespace crm::kernel
