#include <algorithm>
#include <array>
#include <set>

#include "crm/access_right.hpp"
#include "crm/error.hpp"
#include "crm/list.hpp"
#include "crm/money.hpp"
#include "crm/text.hpp"
#include "kernel/column.hpp"
#include "kernel/engine.hpp"
#include "kernel/history.hpp"
#include "kernel/named.hpp"
#include "kernel/search.hpp"
#include "kernel/select.hpp"
#include "kernel/verify.hpp"

namespace crm::kernel {
namespace {

/// Repairs defects one by one. Each is looked at again: what was set right meanwhile stays.
class Repairing {
public:
    explicit Repairing(Transaction& transaction)
        : transaction_(transaction), connection_(transaction.connection()) {}

    void repair(const std::vector<Defect>& defects) {
        for (const Defect& defect : defects)
            if (defect.repairable && asks_for_search(defect)) make_search(defect);
        for (const Step& step : steps)
            for (const Defect& defect : defects)
                if (defect.repairable && defect.check == step.check) (this->*step.repair)(defect);
    }

private:
    struct Step {
        std::string_view check;
        void (Repairing::*repair)(const Defect&);
    };
    static const std::array<Step, 13> steps;

    // ---- help

    /// nullptr where the record is not there (any more) or is of no kind.
    const Kind* kind_of_existing(Ref record) const {
        const Kind* kind = transaction_.kind(record.kind());
        if (!kind) return nullptr;
        auto row = connection_.use("SELECT 1 FROM " + std::string(kind->name) + " WHERE id = ?1");
        return row.bind(1, record.value()).step() ? transaction_.plan(*kind).kind : nullptr;
    }

    void change(const Kind& kind, Ref record, std::span<const Assignment> fields) {
        update(transaction_, kind, record, any_version, fields, nullptr, Authority::engine);
    }

    void empty(const Kind& kind, Ref record, std::string_view field) {
        const Assignment nothing{field, {}};
        change(kind, record, {&nothing, 1});
    }

    /// Without the engine, which cannot read the record: its new version is all that history tells.
    void set_stored(const Kind& kind, const Column& column, Ref record, const char* value) {
        const std::string name(kind.name), side = table_of(kind, column);
        connection_
            .use("UPDATE " + side + " SET " + std::string(column.name) + " = " + value +
                 " WHERE id = ?1")
            .bind(1, record.value())
            .run();
        connection_.use("UPDATE " + name + " SET version = version + 1 WHERE id = ?1")
            .bind(1, record.value())
            .run();
        note_change(kind, record);
        if (kind.role == Role::common) transaction_.rights_changed();
    }

    /// A root was changed when its children were.
    void note_change(const Kind& kind, Ref record) {
        connection_.use("UPDATE " + std::string(kind.name) + " SET changed_in = ?2 WHERE id = ?1")
            .bind(1, record.value())
            .bind(2, static_cast<std::int64_t>(transaction_.command()))
            .run();
        if (const Column* up = kind.parent_column())
            if (const Ref root = referred(kind, up->name, record); kind_of_existing(root))
                note_change(transaction_.kind_of(root), root);
    }

    Json stored(const Kind& kind, const Column& column, Ref record) {
        auto row = connection_.use("SELECT " + std::string(column.name) + " FROM " +
                                   table_of(kind, column) + " WHERE id = ?1");
        return row.bind(1, record.value()).step() ? Json(row.value(0)) : Json{};
    }

    // ---- steps

    void make_index(const Defect& defect) {
        auto row =
            connection_.use("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?1");
        if (row.bind(1, std::string_view{defect.field}).step() && !is_done(defect.field))
            connection_.execute("REINDEX " + defect.field);
    }

    void set_fact(const Defect& defect) {
        if (defect.field != "fold_version" && defect.field != "epoch") return;
        // An epoch that no cache can know.
        const std::int64_t value = defect.field == "fold_version"
                                       ? fold_version
                                       : transaction_.now().time_since_epoch().count();
        connection_
            .use(
                "INSERT INTO meta (key, value) VALUES (?1, ?2) "
                "ON CONFLICT DO UPDATE SET value = excluded.value")
            .bind(1, std::string_view{defect.field})
            .bind(2, value)
            .run();
    }

    void drop_part(const Defect& defect) {
        if (kind_of_existing(defect.record)) return;
        for (const Kind& kind : transaction_.kinds())
            for (const auto& table : side_tables_of(connection_, kind))
                if (table == defect.field)
                    connection_
                        .use("DELETE FROM " + table + " WHERE " +
                             record_column_of(connection_, table) + " = ?1")
                        .bind(1, defect.record.value())
                        .run();
    }

    void set_head(const Defect& defect) {
        const Kind* kind = kind_of_existing(defect.record);
        if (!kind) return;
        connection_
            .use("UPDATE " + std::string(kind->name) +
                 " SET version = max(version, 1) WHERE id = ?1")
            .bind(1, defect.record.value())
            .run();
        note_change(*kind, defect.record);
    }

    void mend_value(const Defect& defect) {
        const Kind* kind = kind_of_existing(defect.record);
        const Column* column = kind ? kind->find(defect.field) : nullptr;
        if (!column) return;
        if (column->type == FieldType::currency && mend_money(*kind, *column, defect.record))
            return;
        const Json value = stored(*kind, *column, defect.record);
        const auto fault = value.is_null() ? std::nullopt : fault_of(*column, value.value());
        if (!fault) return;
        switch (fault->mend) {
            case Fault::Mend::none: return;
            case Fault::Mend::clean: return change(*kind, defect.record, {});
            case Fault::Mend::empty: return empty(*kind, defect.record, column->name);
            case Fault::Mend::set_one: return set_stored(*kind, *column, defect.record, "1");
            case Fault::Mend::erase: set_stored(*kind, *column, defect.record, "NULL");
        }
        if (column->type == FieldType::currency) mend_money(*kind, *column, defect.record);
    }

    /// A currency stands beside an amount, and only there.
    bool mend_money(const Kind& kind, const Column& currency, Ref record) {
        const auto amount = std::ranges::find(kind.columns, currency.name, &Column::companion);
        if (amount == kind.columns.end()) return false;
        const bool has_amount = !stored(kind, *amount, record).is_null();
        const bool has_currency = !stored(kind, currency, record).is_null();
        if (has_amount == has_currency) return false;
        if (has_currency) {
            set_stored(kind, currency, record, "NULL");
            return true;
        }
        const Assignment files{currency.name, std::string_view{transaction_.database().currency()}};
        change(kind, record, {&files, 1});
        return true;
    }

    void admit_code(const Defect& defect) {
        const Kind* kind = kind_of_existing(defect.record);
        const Column* column = kind ? kind->find(defect.field) : nullptr;
        if (!column || column->type != FieldType::code) return;
        const std::string code(stored(*kind, *column, defect.record).value().text());
        if (code.empty() || !is_unknown_code(transaction_, *column, code)) return;
        if (!is_possible_code(code)) return empty(*kind, defect.record, column->name);
        ListValue value{
            .head = {}, .list = std::string(column->list), .code = code, .is_retired = true};
        insert(transaction_, crm::kind_of<ListValue>(), &value, Authority::engine);
    }

    void mend_reference(const Defect& defect) {
        const Kind* kind = kind_of_existing(defect.record);
        if (!kind) return;
        const auto references = references_of(*kind);
        const auto found = std::ranges::find(references, defect.field, &Reference::name);
        if (found == references.end()) return;
        const Ref to = referred(*kind, found->name, defect.record);
        if (!to || fault_of_reference(transaction_, *found, to).empty()) return;
        if (!found->column) return mend_place(*kind, found->name, defect.record);
        if (goes_along(*found->column))
            return remove(transaction_, *kind, defect.record, any_version, Authority::engine);
        empty(*kind, defect.record, found->name);
    }

    Ref referred(const Kind& kind, std::string_view column, Ref record) {
        const Column* own = kind.find(column);
        auto row = connection_.use("SELECT " + std::string(column) + " FROM " +
                                   (own ? table_of(kind, *own) : std::string(kind.name)) +
                                   " WHERE id = ?1");
        return row.bind(1, record.value()).step() ? Ref{row.integer(0)} : Ref{};
    }

    void mend_place(const Kind& kind, std::string_view field, Ref record) {
        if (field == "territory_id") return empty(kind, record, field);
        const Assignment mine[] = {{"owner_id", transaction_.session().user.value()},
                                   {"unit_id", transaction_.rights().unit()}};
        change(kind, record, mine);
    }

    void derive_anew(const Defect& defect) {
        if (const Kind* kind = kind_of_existing(defect.record)) change(*kind, defect.record, {});
    }

    /// What they ask for is written when the command ends.
    void apply_rules(const Defect& defect) {
        const Kind* kind = kind_of_existing(defect.record);
        if (!kind) return;
        AnyRecord record(*kind);
        if (load(connection_, transaction_.plan(*kind), defect.record, record.data()))
            run_rules(transaction_, *kind, record.data());
    }

    void open_circle(const Defect& defect) {
        const Kind* kind = kind_of_existing(defect.record);
        const Column* column = kind ? kind->find(defect.field) : nullptr;
        if (!column || column->has(required)) return;
        std::set<Ref> met;
        for (Ref at = defect.record; at && met.insert(at).second;)
            if (at = referred(*kind, column->name, at); at == defect.record)
                return empty(*kind, defect.record, column->name);
    }

    void note_return(const Defect& defect) {
        if (!kind_of_existing(defect.record)) return;
        const auto steps = steps_of(connection_, defect.record);
        if (!steps.empty() && is_removal(steps.back().before))
            transaction_.keep_restored(defect.record);
    }

    void go_on_after(const Defect& defect) {
        connection_
            .use(
                "INSERT INTO sequence (copy_number, kind, next) VALUES (?1, ?2, ?3) "
                "ON CONFLICT DO UPDATE SET next = max(next, excluded.next)")
            .bind(1, defect.record.copy())
            .bind(2, std::int64_t{defect.record.kind()})
            .bind(3, defect.record.sequence() + 1)
            .run();
    }

    void appoint(const Defect&) {
        if (exists(connection_, "access_right.administrator", {})) return;
        AccessRight right{.head = {},
                          .holder = transaction_.session().user,
                          .kind = "*",
                          .action = "administer",
                          .scope = "all"};
        insert(transaction_, crm::kind_of<AccessRight>(), &right, Authority::engine);
    }

    /// Of a text that was changed behind the engine's back the index knows nothing: it could not
    /// take the words out.
    bool asks_for_search(const Defect& defect) const {
        if (defect.check == "search") return true;
        if (defect.check != "values" && defect.check != "derived" && defect.check != "rules")
            return false;
        const Kind* kind = transaction_.kind(defect.record.kind());
        const Column* column = kind ? kind->find(defect.field) : nullptr;
        return !column || column->has(searchable);
    }

    void make_search(const Defect& defect) {
        for (const Kind& kind : transaction_.kinds()) {
            const std::string index = index_of(kind);
            const bool is_meant = defect.field == index || defect.record.kind() == kind.number;
            if (!kind.is_searchable() || !is_meant || is_done(index)) continue;
            connection_.execute("INSERT INTO " + index + " (" + index + ") VALUES ('rebuild')");
        }
    }

    /// Whether an index was made anew already; it is, from now on.
    bool is_done(const std::string& index) { return !done_.insert(index).second; }

    Transaction& transaction_;
    storage::Connection& connection_;
    std::set<std::string> done_{};  // indexes that were made anew
};

// What others stand on comes first.
const std::array<Repairing::Step, 13> Repairing::steps{{{"structure", &Repairing::make_index},
                                                        {"meta", &Repairing::set_fact},
                                                        {"sequences", &Repairing::go_on_after},
                                                        {"administrator", &Repairing::appoint},
                                                        {"bodies", &Repairing::drop_part},
                                                        {"values", &Repairing::mend_value},
                                                        {"trees", &Repairing::open_circle},
                                                        {"references", &Repairing::mend_reference},
                                                        {"codes", &Repairing::admit_code},
                                                        {"derived", &Repairing::derive_anew},
                                                        {"changes", &Repairing::note_return},
                                                        {"rules", &Repairing::apply_rules},
                                                        {"heads", &Repairing::set_head}}};

}  // namespace

Command repair(SessionState& session, const Verification& verification) {
    return write(session, "verify.repair",
                 [&](Work& work) { Repairing(work.transaction()).repair(verification.defects); },
                 {});
}

}  // namespace crm::kernel
