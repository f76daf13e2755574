#include <algorithm>
#include <map>

#include "crm/error.hpp"
#include "crm/money.hpp"
#include "crm/text.hpp"
#include "kernel/column.hpp"
#include "kernel/select.hpp"
#include "kernel/verify.hpp"

namespace crm::kernel {
namespace {

constexpr std::string_view of_head[] = {"owner_id", "unit_id", "territory_id"};

// ---- values

bool is_zone(std::string_view name) try {
    return Zone{name}.name() == name;
} catch (const Invalid&) {
    return false;
}

bool is_currency(std::string_view code) try {
    return Currency{code}.code() == code;
} catch (const Invalid&) {
    return false;
}

std::optional<Fault> fault_of_text(const Column& column, std::string_view text) {
    if (column.has(derived)) return {};  // told as derived, with what it follows from
    if (text.empty()) return Fault{"is empty where nothing should stand", Fault::Mend::erase};
    if (!is_clean(text)) return Fault{"is not clean text", Fault::Mend::clean};
    if (text.size() > column.max_length)
        return Fault{"is longer than " + std::to_string(column.max_length) + " bytes"};
    return {};
}

/// The file gives what a record cannot hold: it has to go before the record can be read.
std::optional<Fault> unless(bool sound, const char* text) {
    if (sound) return {};
    return Fault{text, Fault::Mend::erase};
}

// ---- one kind

/// Looks at every record of one kind.
class RecordsOfKind {
public:
    RecordsOfKind(Verifying& at, const Kind& kind)
        : at_(at),
          transaction_(at.transaction()),
          connection_(at.connection()),
          plan_(transaction_.plan(kind)),
          kind_(*plan_.kind),
          references_(references_of(kind_)) {
        for (const Column& column : kind_.columns)
            if (!column.is_property()) stored_.push_back(&column);
        std::ranges::stable_partition(stored_, [](auto* column) { return !column->has(body); });
    }

    void look() {
        for (const char* check :
             {"ids", "heads", "values", "codes", "references", "derived", "rules"})
            at_.begin(check, kind_.name);
        auto rows = connection_.use(select_text());
        while (rows.step()) look_at(rows);
        look_at_sequences();
    }

private:
    std::string select_text() const {
        std::string text = "t.id, t.version, t.created_in, t.changed_in";
        if (kind_.role == Role::root)
            for (const auto column : of_head) (text += ", t.") += column;
        for (const Column* column : stored_)
            ((text += column->has(body) ? ", b." : ", t.") += column->name);
        return scanning(text + " FROM " + from_clause(kind_, "t", kind_.has_body()));
    }

    void look_at(const storage::Use& row) {
        const std::size_t before = at_.count();
        id_ = Ref{row.integer(0)};
        look_at_id(CommandId{row.integer(2)});
        look_at_head(row);
        const bool readable = look_at_values(row);
        look_at_references(row);
        if (readable && look_at_derived() && at_.count() == before) look_at_rules();
    }

    void tell(const char* check, std::string_view field, std::string text,
              std::string_view repair = {}) {
        at_.add({.check = check,
                 .record = id_,
                 .field = std::string(field),
                 .text = std::move(text),
                 .repair = std::string(repair.empty() ? restore_backup : repair),
                 .repairable = !repair.empty()});
    }

    // ---- ids and heads

    void look_at_id(CommandId created_in) {
        if (id_.kind() != kind_.number || id_.sequence() == 0)
            return tell("ids", "id", "is no id of a record of this kind");
        auto& last = last_[id_.copy()];
        last = std::max(last, id_.sequence());
        if (!is_created_in(created_in))
            tell("ids", "created_in", "is not among what that command created");
    }

    /// What one command created stands together.
    bool is_created_in(CommandId command) {
        if (created_.command != command) {
            auto row = connection_.use(
                "SELECT first_id, last_id FROM created WHERE command_id = ?1 AND kind = ?2");
            row.bind(1, static_cast<std::int64_t>(command)).bind(2, std::int64_t{kind_.number});
            created_ = {command, 0, 0};
            if (row.step()) created_ = {command, row.integer(0), row.integer(1)};
        }
        return id_.value() >= created_.first && id_.value() <= created_.last;
    }

    void look_at_head(const storage::Use& row) {
        const std::int64_t created = row.integer(2), changed = row.integer(3);
        if (row.integer(1) < 1) tell("heads", "version", "is below 1", "sets it to 1");
        if (!is_command(created)) tell("heads", "created_in", "is no command");
        if (changed < created || !is_command(changed))
            tell("heads", "changed_in", "is no command since the record was made",
                 "sets it to the command that repairs");
    }

    bool is_command(std::int64_t id) {
        if (id == known_command_) return true;
        auto row = connection_.use("SELECT 1 FROM command WHERE id = ?1");
        if (!row.bind(1, id).step()) return false;
        known_command_ = id;
        return true;
    }

    // ---- values

    int first_column() const { return kind_.role == Role::root ? 7 : 4; }

    /// False where the record cannot be read with what stands there.
    bool look_at_values(const storage::Use& row) {
        bool readable = true;
        int at = first_column();
        for (const Column* column : stored_) {
            const Value value = row.value(at++);
            if (value.is_null()) {
                if (column->has(required)) tell("values", column->name, "is required");
                continue;
            }
            readable &= look_at_value(*column, value);
        }
        look_at_money(row);
        return readable;
    }

    bool look_at_value(const Column& column, const Value& value) {
        if (column.type == FieldType::code) look_at_code(column, value.text());
        const auto fault = fault_of(column, value);
        if (!fault) return true;
        switch (fault->mend) {
            case Fault::Mend::none: tell("values", column.name, fault->text); break;
            case Fault::Mend::clean: tell("values", column.name, fault->text, "cleans it"); break;
            case Fault::Mend::empty: tell("values", column.name, fault->text, "empties it"); break;
            case Fault::Mend::set_one: tell("values", column.name, fault->text, "sets it"); break;
            case Fault::Mend::erase:
                tell(
                    "values", column.name, fault->text,
                    column.has(required) ? "" : "empties it; history cannot hold what stood there");
        }
        return fault->mend != Fault::Mend::erase && fault->mend != Fault::Mend::set_one;
    }

    void look_at_code(const Column& column, std::string_view code) {
        if (!is_unknown_code(transaction_, column, code)) return;
        const std::string text = "is no value of the list " + std::string(column.list);
        if (is_possible_code(code))
            tell("codes", column.name, text, "adds it to the list, retired");
        else
            tell("codes", column.name, text, column.has(required) ? "" : "empties it");
    }

    void look_at_money(const storage::Use& row) {
        for (std::size_t i = 0; i < stored_.size(); ++i) {
            if (stored_[i]->companion.empty()) continue;
            const auto currency = std::ranges::find(stored_, stored_[i]->companion, &Column::name);
            if (currency == stored_.end()) continue;
            const int amount_at = first_column() + static_cast<int>(i);
            const int currency_at = first_column() + static_cast<int>(currency - stored_.begin());
            if (!row.is_null(amount_at) && row.is_null(currency_at))
                tell("values", (*currency)->name, "is missing beside an amount",
                     "sets it to the file's");
            if (row.is_null(amount_at) && !row.is_null(currency_at))
                tell("values", (*currency)->name, "stands there without an amount",
                     "empties it; history cannot hold what stood there");
        }
    }

    // ---- references

    void look_at_references(const storage::Use& row) {
        for (const Reference& reference : references_) {
            const Ref to{reference.column ? value_at(row, *reference.column)
                                          : row.integer(head_at(reference.name))};
            if (to) look_at_reference(reference, to, CommandId{row.integer(3)});
        }
    }

    std::int64_t value_at(const storage::Use& row, const Column& column) const {
        const auto found = std::ranges::find(stored_, &column);
        return row.integer(first_column() + static_cast<int>(found - stored_.begin()));
    }

    static int head_at(std::string_view name) {
        return 4 + static_cast<int>(std::ranges::find(of_head, name) - std::begin(of_head));
    }

    void look_at_reference(const Reference& reference, Ref to, CommandId changed) {
        if (std::string text = fault_of_reference(transaction_, reference, to); !text.empty())
            return tell("references", reference.name, std::move(text), mend_of(reference, to));
        if (reference.column && reference.column->has(parent) && touches_parent_)
            look_at_parent(to, changed);
    }

    std::string_view mend_of(const Reference& reference, Ref to) const {
        if (!reference.column)
            return reference.name == "territory_id" ? "clears it" : "gives it to who repairs";
        const Column& column = *reference.column;
        if (goes_along(column))
            return transaction_.kind(to.kind()) ? "removes the record, as it would have gone along"
                                                : "";
        return column.has(required) || column.has(derived) ? "" : "clears it";
    }

    /// A root tells when one of its children was last changed.
    void look_at_parent(Ref parent_record, CommandId changed) {
        auto row = connection_.use("SELECT changed_in FROM " +
                                   std::string(transaction_.kind_of(parent_record).name) +
                                   " WHERE id = ?1");
        row.bind(1, parent_record.value());
        if (!row.step() || CommandId{row.integer(0)} >= changed) return;
        at_.add({.check = "heads",
                 .record = parent_record,
                 .field = "changed_in",
                 .text = "is before the last change of a record that belongs to it",
                 .repair = "sets it to the command that repairs",
                 .repairable = true});
    }

    // ---- what follows from the rest

    /// False where the record could not be read.
    bool look_at_derived() try {
        AnyRecord record(kind_);
        if (!load(connection_, plan_, id_, record.data())) return false;
        look_at_properties(record);
        AnyRecord anew = record;
        if (kind_.rules.derive) {
            Work work(transaction_);
            kind_.rules.derive(work, anew.data());
        }
        for (const Column& column : kind_.columns)
            if (!(column.get(record.data()) == column.get(anew.data())))
                tell("derived", column.name, "is not what follows from the other fields",
                     "derives it anew");
        return true;
    } catch (const Invalid& error) {
        tell("derived", error.field, error.reason);
        return false;
    }

    /// Custom properties stand in the record, not in the row.
    void look_at_properties(const AnyRecord& record) {
        for (const Column& column : kind_.columns) {
            if (!column.is_property()) continue;
            const Value value = column.get(record.data());
            if (!value.is_null()) look_at_value(column, value);
            if (value.is_null() || column.type != FieldType::reference) continue;
            const Reference reference{column.name, column.target, &column};
            look_at_reference(reference, Ref{value.integer()}, record.head().changed_in);
        }
    }

    void look_at_rules() try {
        AnyRecord record(kind_);
        load(connection_, plan_, id_, record.data());
        run_rules(transaction_, kind_, record.data());
        transaction_.run_waiting();
    } catch (const ReadOnly&) {
        tell("rules", {}, "does not agree with a record that it is one with",
             "runs the rules, which change or remove what does not agree");
    } catch (const Invalid& error) {
        tell("rules", error.field, error.reason);
    } catch (const Denied&) {
        // A right of the session's, not a property of the record.
    } catch (const Conflict& error) {
        tell("rules", {}, error.what());
    } catch (const NotFound& error) {
        tell("rules", {}, error.what());
    }

    // ---- numbers

    void look_at_sequences() {
        at_.begin("sequences", kind_.name);
        for (const auto& [copy, last] : last_) {
            auto row =
                connection_.use("SELECT next FROM sequence WHERE copy_number = ?1 AND kind = ?2");
            row.bind(1, copy).bind(2, std::int64_t{kind_.number});
            if (row.step() && row.integer(0) > last) continue;
            at_.add({.check = "sequences",
                     .record = Ref::make(kind_.number, last, copy),
                     .field = std::string(kind_.name),
                     .text = "the next number of this kind was given already",
                     .repair = "goes on after the last one",
                     .repairable = true});
        }
    }

    struct Created {
        CommandId command{};
        std::int64_t first = 0, last = 0;
    };

    Verifying& at_;
    Transaction& transaction_;
    storage::Connection& connection_;
    const Plan& plan_;
    const Kind& kind_;
    const std::vector<Reference> references_;
    std::vector<const Column*> stored_{};  // those of the row, then those of the body
    // A link leaves no trace at its first end.
    const bool touches_parent_ =
        std::ranges::none_of(kind_.columns, [](const Column& column) { return column.has(link); });
    Ref id_{};
    Created created_{};
    std::int64_t known_command_ = 0;
    std::map<std::int64_t, std::int64_t> last_{};  // copy → last sequence number
};

}  // namespace

std::optional<Fault> fault_of(const Column& column, const Value& value) {
    switch (column.type) {
        case FieldType::text:
        case FieldType::code: return fault_of_text(column, value.text());
        case FieldType::flag:
            if ((value.integer() | 1) == 1) return {};
            return Fault{"is neither true nor false", Fault::Mend::set_one};
        case FieldType::state:
            return unless(std::ranges::find(column.states, value.text()) != column.states.end(),
                          "is none of the known states");
        case FieldType::date:
            return unless(Date::try_parse(value.text()).has_value(), "is no date");
        case FieldType::currency: return unless(is_currency(value.text()), "is no currency");
        case FieldType::country:
            if (is_country(value.text())) return {};
            return Fault{"is no country", Fault::Mend::empty};
        case FieldType::zone:
            if (is_zone(value.text())) return {};
            return Fault{"is no time zone", Fault::Mend::empty};
        default: return {};  // STRICT tables hold the right type
    }
}

std::vector<Reference> references_of(const Kind& kind) {
    std::vector<Reference> found;
    if (kind.role == Role::root)
        found = {{of_head[0], number::user, nullptr},
                 {of_head[1], number::unit, nullptr},
                 {of_head[2], number::territory, nullptr}};
    for (const Column& column : kind.columns)
        if (column.type == FieldType::reference && !column.is_property())
            found.push_back({column.name, column.target, &column});
    return found;
}

bool goes_along(const Column& column) {
    if (column.has(twin)) return false;
    return column.has(parent) || column.has(link) || column.on_delete == OnDelete::takes_along;
}

std::string fault_of_reference(Transaction& transaction, const Reference& reference, Ref to) {
    const Kind* target = transaction.kind(to.kind());
    if (!target || (reference.target != 0 && reference.target != target->number))
        return "refers to a record of another kind";
    if (reference.column && reference.column->has(parent) &&
        (target->role != Role::root || (target->stands_alone() && reference.target == 0)))
        return "belongs to what no record can belong to";
    auto row = transaction.connection().use("SELECT 1 FROM " + std::string(target->name) +
                                            " WHERE id = ?1");
    if (row.bind(1, to.value()).step()) return {};
    return "refers to a " + std::string(target->name) + " that is not there";
}

bool is_unknown_code(Transaction& transaction, const Column& column, std::string_view code) {
    const auto& lists = transaction.lists().lists;
    const auto list = lists.find(std::string(column.list));
    return list == lists.end() || !list->second.contains(std::string(code));
}

bool is_possible_code(std::string_view code) {
    return !code.empty() && code.size() <= 40 && std::ranges::all_of(code, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// A root is looked at as if it were just made, which asks for all that must be true of it; a child
// as it stands, because what makes it may move its parent.
void run_rules(Transaction& transaction, const Kind& kind, const void* record) {
    if (!kind.rules.check) return;
    Work work(transaction);
    kind.rules.check(work, record, kind.role == Role::root ? nullptr : record);
}

void verify_records(Verifying& at) {
    for (const Kind& kind : at.kinds()) RecordsOfKind(at, kind).look();
}

}  // namespace crm::kernel
