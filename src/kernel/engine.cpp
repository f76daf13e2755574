#include "kernel/engine.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include "crm/error.hpp"
#include "crm/text.hpp"
#include "kernel/check.hpp"
#include "kernel/column.hpp"
#include "kernel/history.hpp"
#include "kernel/search.hpp"
#include "kernel/select.hpp"

namespace crm::kernel {

namespace {

using storage::Use;

std::string named(const Kind& kind) { return std::string(kind.name); }

Head& head_of(void* record) { return *static_cast<Head*>(record); }
const Head& head_of(const void* record) { return *static_cast<const Head*>(record); }

Value optional(Ref ref) { return ref ? Value{ref.value()} : Value{}; }

/// The heads of roots have three columns more.
std::size_t head_columns(const Kind& kind) { return kind.role == Role::root ? 7 : 4; }

std::string marks(std::size_t count) {
    std::string text;
    for (std::size_t i = 1; i <= count; ++i) (text += i == 1 ? "?" : ", ?") += std::to_string(i);
    return text;
}

std::string insert_text(const Plan& plan) {
    std::string text = "INSERT INTO " + named(*plan.kind) + " (id, version, created_in, changed_in";
    if (plan.kind->role == Role::root) text += ", owner_id, unit_id, territory_id";
    for (const Column* column : plan.row) (text += ", ") += column->name;
    return text + ") VALUES (" + marks(head_columns(*plan.kind) + plan.row.size()) + ")";
}

std::string upsert_text(const std::string& table, const std::vector<const Column*>& columns) {
    std::string text = "INSERT INTO " + table + " (id";
    std::string update;
    for (const Column* column : columns) {
        (text += ", ") += column->name;
        ((update += update.empty() ? "" : ", ") += column->name) +=
            " = excluded." + std::string(column->name);
    }
    return text + ") VALUES (" + marks(1 + columns.size()) + ") ON CONFLICT (id) DO UPDATE SET " +
           update;
}

void write_row(Transaction& transaction, const Plan& plan, const void* record) {
    const Head& head = head_of(record);
    Use use = transaction.connection().use(plan.slots->insert, [&] { return insert_text(plan); });
    use.bind(1, head.id.value()).bind(2, head.version);
    use.bind(3, static_cast<std::int64_t>(head.created_in))
        .bind(4, static_cast<std::int64_t>(head.changed_in));
    int at = 5;
    if (plan.kind->role == Role::root) {
        use.bind(5, head.owner.value())
            .bind(6, head.unit.value())
            .bind(7, optional(head.territory));
        at = 8;
    }
    for (const Column* column : plan.row) use.bind(at++, column->get(record));
    use.run();
    transaction.count_write();
}

/// Long texts and properties have rows of their own, under the same id.
void write_side_row(Use use, const std::vector<const Column*>& columns, const void* record) {
    use.bind(1, head_of(record).id.value());
    int at = 2;
    for (const Column* column : columns) use.bind(at++, column->get(record));
    use.run();
}

void write_body(Transaction& transaction, const Plan& plan, const void* record) {
    const auto text = [&] { return upsert_text(named(*plan.kind) + "_body", plan.body); };
    write_side_row(transaction.connection().use(plan.slots->insert_body, text), plan.body, record);
}

void write_properties(Transaction& transaction, const Plan& plan, const void* record) {
    const auto text = [&] { return upsert_text(named(*plan.kind) + "_property", plan.properties); };
    write_side_row(transaction.connection().use(plan.slots->insert_properties, text),
                   plan.properties, record);
}

bool has_long_text(const Plan& plan, const void* record) {
    return std::any_of(plan.body.begin(), plan.body.end(),
                       [&](auto* column) { return !column->get(record).is_null(); });
}

/// Runs what writes rows, with a unique clash told in the kind's own words.
template <class Body>
void tell_clashes(const Kind& kind, const Body& body) {
    try {
        body();
    } catch (const Conflict& clash) {
        throw taken(kind, clash.conflicts.empty() ? "" : clash.conflicts.front().field);
    }
}

void write_all(Transaction& transaction, const Plan& plan, const void* record) {
    tell_clashes(*plan.kind, [&] { write_row(transaction, plan, record); });
    if (!head_of(record).properties.empty())
        tell_clashes(*plan.kind, [&] { write_properties(transaction, plan, record); });
    if (has_long_text(plan, record)) write_body(transaction, plan, record);
    index_row(transaction.connection(), plan, record);
}

/// The root that a child belongs to; the record itself otherwise.
Ref parent_of(const Kind& kind, const void* record) {
    const Column* column = kind.parent_column();
    return column ? Ref{column->get(record).integer()} : Ref{};
}

/// A link whose far end is hidden does not exist for whoever sees the parent: it leaves no trace
/// there.
void touch_parent(Transaction& transaction, const Kind& kind, const void* record) {
    if (std::ranges::any_of(kind.columns, [](const Column& c) { return c.has(link); })) return;
    const Ref parent = parent_of(kind, record);
    if (!parent || transaction.created_here(parent) || transaction.restored_here(parent)) return;
    const std::string table = named(transaction.kind_of(parent));
    transaction.connection()
        .use("UPDATE " + table + " SET changed_in = ?2 WHERE id = ?1 AND changed_in <> ?2")
        .bind(1, parent.value())
        .bind(2, static_cast<std::int64_t>(transaction.command()))
        .run();
}

AnyRecord loaded(Transaction& transaction, const Kind& kind, Ref id) {
    AnyRecord record(kind);
    if (id.kind() != kind.number ||
        !load(transaction.connection(), transaction.plan(kind), id, record.data()))
        throw NotFound(named(kind) + ": no such record");
    return record;
}

// ---- rights

void require_function(const Transaction& transaction, const Kind& kind) {
    if (transaction.rights().may_change_common(kind)) return;
    throw Denied(named(kind) +
                 ": only administrators change this; ask one, or get the function \"" +
                 std::string(kind.function.empty() ? "administer" : kind.function) + "\"");
}

bool covers(Transaction& transaction, const Kind& kind, Action action, const void* record) {
    return transaction.rights().covers(transaction.connection(), kind, action, record);
}

/// What one may not see is not there for any other action either.
void require(Transaction& transaction, const Kind& kind, Action action, const void* record) {
    if (action != Action::create && !covers(transaction, kind, Action::read, record))
        throw NotFound(named(kind) + ": no such record");
    if (covers(transaction, kind, action, record)) return;
    throw Denied(named(kind) + ": the right to " + std::string(name_of(action)) +
                 " this record is missing");
}

/// What is a part of somebody's own, such as a member of a segment, is its owner's to write; of the
/// parent it is as little as a mark in a list.
void require_personal(Transaction& transaction, const Kind& kind, const Column& column,
                      const void* record, bool adding) {
    if (!adding && !covers(transaction, kind, Action::read, record))
        throw NotFound(named(kind) + ": no such record");
    for (const auto& [ref, action] : {std::pair{Ref{column.get(record).integer()}, Action::change},
                                      std::pair{parent_of(kind, record), Action::read}}) {
        const Kind& owner = transaction.kind_of(ref);
        if (!transaction.created_here(ref))
            require(transaction, owner, action, loaded(transaction, owner, ref).data());
    }
}

/// A child follows its parent: `change` there, or `read` where readers may add. One that is hidden
/// is told of as one that never was, and not by the name of its parent.
void require_parent(Transaction& transaction, const Kind& kind, const void* record, bool adding) {
    if (const Column* own = transaction.catalogue().link_to_personal(kind))
        return require_personal(transaction, kind, *own, record, adding);
    const Ref parent = parent_of(kind, record);
    const Kind& owner = transaction.kind_of(parent);
    if (transaction.created_here(parent)) return;
    if (!adding && !transaction.rights().sees_all(kind.number) &&
        !covers(transaction, kind, Action::read, record))
        throw NotFound(named(kind) + ": no such record");
    const AnyRecord root = loaded(transaction, owner, parent);
    const bool own =
        kind.readers_add && (adding || created_by_session(transaction, head_of(record).created_in));
    require(transaction, owner, own ? Action::read : Action::change, root.data());
}

/// A record that says by a reference with the trait `self` whose it is: its user keeps it.
bool is_own(const Transaction& transaction, const Kind& kind, const void* record) {
    return std::ranges::any_of(kind.columns, [&](const Column& column) {
        return column.has(self) && column.target == number::user &&
               column.get(record).integer() == transaction.session().user.value();
    });
}

/// What users change of themselves: nothing but fields with the trait `self`.
bool is_own_profile(const Transaction& transaction, const Kind& kind, Ref id,
                    std::span<const Assignment> fields) {
    return kind.number == number::user && id == transaction.session().user.ref() &&
           std::ranges::all_of(fields, [&](const Assignment& assignment) {
               return kind.column(assignment.field).has(self);
           });
}

void require_right(Transaction& transaction, const Kind& kind, Action action, const void* record,
                   Authority authority) {
    if (authority == Authority::engine) return;
    if (kind.role == Role::common) {
        if (!is_own(transaction, kind, record)) require_function(transaction, kind);
        return;
    }
    if (kind.role == Role::child)
        return require_parent(transaction, kind, record, action == Action::create);
    require(transaction, kind, action, record);
}

// ---- heads

std::int64_t unit_of_user(Transaction& transaction, Id<User> user) {
    auto row = transaction.connection().use("SELECT unit_id FROM user WHERE id = ?1 AND is_active");
    row.bind(1, user.value());
    if (!row.step())
        throw Invalid("user", "owner", "no such active user: records belong to one of us");
    return row.integer(0);
}

void require_row(Transaction& transaction, const Kind& kind, std::string_view table,
                 std::string_view field, Ref id) {
    auto row =
        transaction.connection().use("SELECT 1 FROM " + std::string(table) + " WHERE id = ?1");
    if (!row.bind(1, id.value()).step())
        throw Invalid(named(kind), std::string(field), "there is no such " + std::string(table));
}

void require_place(Transaction& transaction, const Kind& kind, const Head& head) {
    require_row(transaction, kind, "unit", "unit_id", head.unit);
    if (head.territory) require_row(transaction, kind, "territory", "territory_id", head.territory);
}

/// A new record belongs to the session's user and that user's unit; any other owner needs the right
/// to assign.
void settle_owner(Transaction& transaction, const Kind& kind, void* record, Authority authority) {
    Head& head = head_of(record);
    const Id<User> me = transaction.session().user;
    const Id<Unit> my_unit{transaction.rights().unit()};
    if (!head.owner) head.owner = me;
    const std::int64_t unit =
        head.owner == me ? my_unit.value() : unit_of_user(transaction, head.owner);
    if (!head.unit) head.unit = Id<Unit>{unit};
    if (head.owner == me && head.unit == my_unit && !head.territory) return;
    require_place(transaction, kind, head);
    if (head.owner == me && head.unit == my_unit) return;
    if (authority == Authority::session && !covers(transaction, kind, Action::assign, record))
        throw Denied(named(kind) +
                     ": the right to assign records to that owner or unit is missing");
}

void begin_head(Transaction& transaction, const Kind& kind, void* record, Authority authority) {
    Head& head = head_of(record);
    head.id = transaction.next_id(kind);
    head.version = 1;
    head.created_in = head.changed_in = transaction.command();
    head.hidden = 0;
    if (kind.role == Role::root)
        settle_owner(transaction, kind, record, authority);
    else
        head.owner = {}, head.unit = {}, head.territory = {};
}

Denied locked_field(const Rights& rights, const Kind& kind, const Column& column) {
    return Denied(named(kind) + "." + std::string(column.name) +
                  (rights.hides(kind, column) ? ": is hidden from you, so you cannot set it"
                                              : ": is locked for you"));
}

void run_rule(void (*rule)(Work&, const void*, const void*), Transaction& transaction,
              const void* record, const void* before) {
    if (!rule) return;
    Work work(transaction);
    rule(work, record, before);
}

void derive(Transaction& transaction, const Kind& kind, void* record) {
    if (!kind.rules.derive) return;
    Work work(transaction);
    kind.rules.derive(work, record);
}

/// A new record is given no field that its maker may not set; only what is required must be.
void require_open_fields(const Transaction& transaction, const Kind& kind, const void* record,
                         Authority authority) {
    const FieldSet& locked = transaction.rights().locked(kind);
    if (authority == Authority::engine || locked.none()) return;
    const AnyRecord empty(kind);
    for (const Column& column : kind.columns)
        if (locked.test(kind.index_of(column)) && !column.has(required) && !column.has(derived) &&
            !(column.get(record) == column.get(empty.data())))
            throw locked_field(transaction.rights(), kind, column);
}

[[noreturn]] void refuse_unknown(const Kind& kind, const std::string& name) {
    kind.column(name);
    throw Invalid(named(kind), name, "is no custom property");
}

/// What was given by name is looked at here for the first time: that there is such a property, and
/// that it holds such values.
void take_properties(const Plan& plan, void* record) {
    PropertyValues& properties = head_of(record).properties;
    for (const auto& [name, value] : properties.values())
        if (const auto at = std::ranges::lower_bound(plan.properties, name, {}, &Column::name);
            at == plan.properties.end() || (*at)->name != name)
            refuse_unknown(*plan.kind, name);
    if (plan.properties.empty()) return;
    for (const Column* column : plan.properties)
        if (const Value value = column->get(record); !value.is_null())
            set_value(*plan.kind, *column, record, value);
    properties.read_as(*plan.kind);
}

/// A default whose code was retired since is none any more.
bool is_in_use(Transaction& transaction, const Column& column, const Json& value) {
    if (column.type != FieldType::code) return true;
    const auto list = transaction.lists().lists.find(std::string(column.list));
    if (list == transaction.lists().lists.end()) return false;
    const auto code = list->second.find(value.string());
    return code != list->second.end() && !code->second.is_retired;
}

/// An amount and its currency go together; one without the other is in the file's, or none.
void pair_amounts(const Transaction& transaction, const Plan& plan, void* record) {
    for (const Column* amount : plan.properties) {
        if (amount->type != FieldType::money) continue;
        const Column& currency = plan.kind->column(amount->companion);
        if (amount->get(record).is_null())
            currency.set(record, {});
        else if (currency.get(record).is_null())
            currency.set(record, std::string_view{transaction.database().currency()});
    }
}

void fill_properties(Transaction& transaction, const Plan& plan, void* record) {
    for (const auto& [column, value] : plan.defaults)
        if (column->get(record).is_null() && is_in_use(transaction, *column, value))
            set_value(*plan.kind, *column, record, value.value());
    pair_amounts(transaction, plan, record);
}

bool may_refuse_written(const Kind& kind) {
    return kind.rules.written && kind.rules.may_refuse_written;
}

void create(Transaction& transaction, const Kind& kind, void* record, Authority authority) {
    const Plan& plan = transaction.plan(kind);
    take_properties(plan, record);
    clean(kind, record);
    require_open_fields(transaction, kind, record, authority);
    fill_properties(transaction, plan, record);
    derive(transaction, kind, record);
    check_values(transaction, plan, record, nullptr, authority);
    require_right(transaction, kind, Action::create, record, authority);
    run_rule(kind.rules.check, transaction, record, nullptr);
    write_all(transaction, plan, record);
    if (kind.role == Role::child) touch_parent(transaction, kind, record);
    run_rule(kind.rules.written, transaction, record, nullptr);
}

// ---- changes

struct Difference {
    std::vector<const Column*> row, properties, body;
    bool owner = false, unit = false, territory = false, searchable = false;
    bool moves() const { return owner || unit || territory; }
    bool any() const { return !row.empty() || !properties.empty() || !body.empty() || moves(); }
};

Difference difference(const Plan& plan, const void* before, const void* after) {
    Difference found;
    const auto look = [&](const std::vector<const Column*>& columns,
                          std::vector<const Column*>& into) {
        for (const Column* column : columns)
            if (!(column->get(before) == column->get(after))) {
                into.push_back(column);
                found.searchable |= column->has(searchable);
            }
    };
    look(plan.row, found.row);
    look(plan.properties, found.properties);
    look(plan.body, found.body);
    found.owner = head_of(before).owner != head_of(after).owner;
    found.unit = head_of(before).unit != head_of(after).unit;
    found.territory = head_of(before).territory != head_of(after).territory;
    return found;
}

Json::Object values_before(const Difference& difference, const void* before) {
    Json::Object values;
    const Head& head = head_of(before);
    if (difference.owner) values.emplace_back("owner_id", Json(optional(head.owner)));
    if (difference.unit) values.emplace_back("unit_id", Json(optional(head.unit)));
    if (difference.territory) values.emplace_back("territory_id", Json(optional(head.territory)));
    for (const auto* columns : {&difference.row, &difference.properties, &difference.body})
        for (const Column* column : *columns)
            values.emplace_back(column->name, Json(column->get(before)));
    return values;
}

std::string update_text(const Kind& kind, const Difference& difference) {
    std::string text = "UPDATE " + named(kind) + " SET version = ?2, changed_in = ?3";
    int at = 4;
    const auto set = [&](std::string_view column) {
        ((text += ", ") += column) += " = ?" + std::to_string(at++);
    };
    if (difference.owner) set("owner_id");
    if (difference.unit) set("unit_id");
    if (difference.territory) set("territory_id");
    for (const Column* column : difference.row) set(column->name);
    return text + " WHERE id = ?1";
}

void update_row(Transaction& transaction, const Kind& kind, const Difference& difference,
                const void* after) {
    const Head& head = head_of(after);
    Use use = transaction.connection().use(update_text(kind, difference));
    use.bind(1, head.id.value())
        .bind(2, head.version)
        .bind(3, static_cast<std::int64_t>(head.changed_in));
    int at = 4;
    if (difference.owner) use.bind(at++, head.owner.value());
    if (difference.unit) use.bind(at++, head.unit.value());
    if (difference.territory) use.bind(at++, optional(head.territory));
    for (const Column* column : difference.row) use.bind(at++, column->get(after));
    use.run();
    transaction.count_write();
}

/// Writes what differs, with history and search; the head of `after` gets its new version.
void write_difference(Transaction& transaction, const Plan& plan, const Difference& difference,
                      const void* before, void* after) {
    const Kind& kind = *plan.kind;
    Head& head = head_of(after);
    head.version = head_of(before).version + 1;
    head.changed_in = transaction.command();
    tell_clashes(kind, [&] { update_row(transaction, kind, difference, after); });  // first: it can
                                                                                    // clash
    if (!difference.properties.empty())
        tell_clashes(kind, [&] { write_properties(transaction, plan, after); });
    if (difference.searchable) unindex_row(transaction.connection(), plan, before);
    if (!difference.body.empty()) write_body(transaction, plan, after);
    if (difference.searchable) index_row(transaction.connection(), plan, after);
    transaction.keep_changed(head.id, values_before(difference, before));
    if (kind.role == Role::child) touch_parent(transaction, kind, after);
}

bool assign_head(const Kind& kind, Head& head, const Assignment& assignment) {
    const auto& field = assignment.field;
    if (kind.role != Role::root || !is_place(field)) return false;
    if (!assignment.value.is_null() && assignment.value.type() != Value::Type::integer)
        throw Invalid(named(kind), std::string(field), "must be the id of a record");
    const Ref value{assignment.value.integer()};
    if (field == "owner_id") head.owner = value;
    if (field == "unit_id") head.unit = value;
    if (field == "territory_id") head.territory = value;
    return true;
}

void assign(const Rights& rights, const Kind& kind, void* record, const Assignment& assignment,
            Authority authority) {
    if (assign_head(kind, head_of(record), assignment)) return;
    const Column& column = kind.column(assignment.field);
    const bool locked = rights.locked(kind).test(kind.index_of(column));
    // Of a hidden field not even that it would stay the same is told.
    if (locked && authority == Authority::session &&
        (rights.hides(kind, column) || !(column.get(record) == assignment.value)))
        throw locked_field(rights, kind, column);
    const bool refused =
        (column.has(derived) || column.has(fixed)) && authority == Authority::session;
    if (refused && !(column.get(record) == assignment.value))
        throw Invalid(named(kind), std::string(column.name),
                      column.has(derived) ? "is derived by the engine and cannot be set"
                                          : "is fixed when the record is created");
    set_value(kind, column, record, assignment.value);
}

void require_version(Transaction& transaction, const AnyRecord& current, std::int64_t version) {
    if (version == any_version || version == current.head().version) return;
    throw stale(transaction, current, version);
}

/// Moving a record needs the right to assign it, and an owner that is one of us, to whose unit it
/// goes; the engine says itself to which.
void require_assign(Transaction& transaction, const Kind& kind, const Difference& difference,
                    const AnyRecord& before, AnyRecord& after, Authority authority) {
    if (difference.owner) {
        const std::int64_t unit = unit_of_user(transaction, after.head().owner);
        if (!difference.unit && authority == Authority::session) after.head().unit = Id<Unit>{unit};
    }
    require_place(transaction, kind, after.head());
    if (authority == Authority::session) require(transaction, kind, Action::assign, before.data());
}

// ---- removal

std::vector<Ref> referring(Transaction& transaction, const Incoming& incoming, Ref id) {
    std::vector<Ref> found;
    auto rows = transaction.connection().use("SELECT id FROM " + incoming.table() + " WHERE " +
                                             std::string(incoming.column->name) + " = ?1");
    rows.bind(1, id.value());
    while (rows.step()) found.push_back(Ref{rows.integer(0)});
    return found;
}

void let_go(Transaction& transaction, const Kind& kind, const Incoming& incoming, Ref id,
            Ref from) {
    const Column& column = *incoming.column;
    if (column.has(parent) || column.has(link) || column.on_delete == OnDelete::takes_along)
        return remove(transaction, *incoming.kind, from, any_version, Authority::engine);
    if (column.on_delete == OnDelete::refuses)
        throw Conflict(named(kind) + ": cannot be removed while a record of kind " +
                           named(*incoming.kind) + " refers to it by \"" +
                           std::string(column.name) + "\"; remove or change that first",
                       id);
    const Assignment cleared{column.name, {}};
    update(transaction, *incoming.kind, from, any_version, {&cleared, 1}, nullptr,
           Authority::engine);
}

void release_referring(Transaction& transaction, const Plan& plan, Ref id) {
    for (const Incoming& incoming : plan.incoming)
        for (const Ref from : referring(transaction, incoming, id)) {
            AnyRecord still(*incoming.kind);  // an earlier removal may have taken it along
            if (load(transaction.connection(), transaction.plan(*incoming.kind), from,
                     still.data()))
                let_go(transaction, *plan.kind, incoming, id, from);
        }
}

}  // namespace

namespace {

/// For many records one statement a table: the savepoint that each DELETE sets costs more than a
/// row.
void delete_stored(Transaction& transaction, const Plan& plan, std::span<const AnyRecord> records) {
    if (records.empty()) return;
    const bool is_one = records.size() == 1;
    Json::Array ids;
    for (const AnyRecord& record : records) ids.emplace_back(record.head().id.value());
    const std::string list = is_one ? std::string{} : Json(ids).dump();
    const Value which = is_one ? Value{ids.front().integer()} : Value{std::string_view{list}};
    const auto take_from = [&](std::string_view side) {
        transaction.count_write();
        transaction.connection()
            .use("DELETE FROM " + named(*plan.kind) + std::string(side) + " WHERE id " +
                 (is_one ? "= ?1" : "IN (SELECT value FROM json_each(?1))"))
            .bind(1, which)
            .run();
    };
    if (!plan.properties.empty()) take_from("_property");
    if (!plan.body.empty()) take_from("_body");
    take_from({});
}

}  // namespace

void delete_row(Transaction& transaction, const Plan& plan, const AnyRecord& record) {
    unindex_row(transaction.connection(), plan, record.data());
    delete_stored(transaction, plan, {&record, 1});
}

namespace {

void refuse_if_owning(Transaction& transaction, const Kind& kind, Ref id) {
    for (const Incoming& owned : transaction.plan(kind).owned) {
        const std::string column{owned.column->name};
        auto row = transaction.connection().use("SELECT 1 FROM " + named(*owned.kind) + " WHERE " +
                                                column + " = ?1 LIMIT 1");
        if (row.bind(1, id.value()).step())
            throw Conflict(
                named(kind) + ": records of kind " + named(*owned.kind) +
                    " still belong to it; hand them over first, or set is_active to false",
                id);
    }
}

/// Each DELETE makes FTS5 write what it holds in memory, for the savepoint of the statement: all
/// rows go first, and then their words.
void take_out_rows(Transaction& transaction, const Plan& plan, std::span<const AnyRecord> records) {
    delete_stored(transaction, plan, records);
    for (const AnyRecord& record : records) {
        transaction.keep_removed(record.head().id, stored_row(plan, record.data()));
        if (plan.kind->role == Role::child) touch_parent(transaction, *plan.kind, record.data());
    }
    for (const AnyRecord& record : records)
        unindex_row(transaction.connection(), plan, record.data());
    if (!plan.kind->rules.gone) return;
    Work work(transaction);
    for (const AnyRecord& record : records) plan.kind->rules.gone(work, record.data());
}

Value stored(const Json::Object& object, std::string_view name) {
    for (const auto& [member, value] : object)
        if (member == name) return value.value();
    return {};
}

}  // namespace

void insert(Transaction& transaction, const Kind& given, void* record, Authority authority) {
    const Kind& kind = *transaction.plan(given).kind;  // the file's: rules of the domain,
                                                       // properties
    begin_head(transaction, kind, record, authority);
    const Ref id = head_of(record).id;
    try {
        if (!may_refuse_written(kind)) return create(transaction, kind, record, authority);
        Transaction::Part part(transaction);
        create(transaction, kind, record, authority);
        part.keep();
    } catch (...) {
        transaction.give_back(id);
        throw;
    }
}

bool update(Transaction& transaction, const Kind& given, Ref id, std::int64_t version,
            std::span<const Assignment> fields, void* out, Authority authority) {
    const Plan& plan = transaction.plan(given);
    const Kind& kind = *plan.kind;
    const AnyRecord before = loaded(transaction, kind, id);
    if (!is_own_profile(transaction, kind, id, fields))
        require_right(transaction, kind, Action::change, before.data(), authority);
    require_version(transaction, before, version);
    AnyRecord after = before;
    for (const Assignment& assignment : fields)
        assign(transaction.rights(), kind, after.data(), assignment, authority);
    clean(kind, after.data());
    pair_amounts(transaction, plan, after.data());
    derive(transaction, kind, after.data());
    Difference found = difference(plan, before.data(), after.data());
    if (found.moves()) {
        require_assign(transaction, kind, found, before, after, authority);
        found = difference(plan, before.data(), after.data());
    }
    if (found.any()) {
        check_values(transaction, plan, after.data(), before.data(), authority);
        run_rule(kind.rules.check, transaction, after.data(), before.data());
        std::optional<Transaction::Part> part;  // FTS5 writes to disk at every savepoint: only
                                                // where a rule may refuse after
        if (may_refuse_written(kind)) part.emplace(transaction);
        write_difference(transaction, plan, found, before.data(), after.data());
        run_rule(kind.rules.written, transaction, after.data(), before.data());
        if (part) part->keep();
    }
    if (out) kind.copy(out, after.data());
    return found.any();
}

void remove(Transaction& transaction, const Kind& given, Ref id, std::int64_t version,
            Authority authority) {
    const Plan& plan = transaction.plan(given);
    const Kind& kind = *plan.kind;
    const AnyRecord record = loaded(transaction, kind, id);
    require_right(transaction, kind, Action::remove, record.data(), authority);
    require_version(transaction, record, version);
    Transaction::Part part(transaction);
    refuse_if_owning(transaction, kind, id);
    release_referring(transaction, plan, id);
    AnyRecord last = loaded(transaction, kind, id);  // what was let go may have changed it
    take_out_rows(transaction, plan, {&last, 1});
    if (kind.rules.removed) {
        Work work(transaction);
        kind.rules.removed(work, last.data());
    }
    part.keep();
}

void restore(Transaction& transaction, const Kind& given, Ref id, const Json::Object& row) {
    const Plan& plan = transaction.plan(given);
    const Kind& kind = *plan.kind;
    AnyRecord record(kind);
    Head& head = record.head();
    head.id = id;
    head.version = stored(row, "version").integer() + 1;
    head.created_in = CommandId{stored(row, "created_in").integer()};
    head.changed_in = transaction.command();
    for (const auto& [name, value] : row)
        if (!assign_head(kind, head, {name, value.value()}))
            if (const Column* column = kind.find(name)) column->set(record.data(), value.value());
    run_rule(kind.rules.check, transaction, record.data(), nullptr);
    write_all(transaction, plan, record.data());
    transaction.keep_restored(id);
    if (kind.role == Role::child) touch_parent(transaction, kind, record.data());
    if (kind.role == Role::common) transaction.rights_changed();
}

void put_back(Transaction& transaction, const Kind& given, Ref id, const Json::Object& fields,
              bool derives) {
    const Plan& plan = transaction.plan(given);
    const Kind& kind = *plan.kind;
    const AnyRecord before = loaded(transaction, kind, id);
    AnyRecord after = before;
    for (const auto& [name, value] : fields)
        if (!assign_head(kind, after.head(), {name, value.value()}))
            kind.column(name).set(after.data(), value.value());
    if (derives) derive(transaction, kind, after.data());
    const Difference found = difference(plan, before.data(), after.data());
    if (!found.any()) return;
    write_difference(transaction, plan, found, before.data(), after.data());
    run_rule(kind.rules.check, transaction, after.data(), before.data());
    if (kind.role == Role::common) transaction.rights_changed();
}

Json::Object stored_row(const Plan& plan, const void* record) {
    const Head& head = head_of(record);
    Json::Object row{{"id", head.id.value()},
                     {"version", head.version},
                     {"created_in", static_cast<std::int64_t>(head.created_in)},
                     {"changed_in", static_cast<std::int64_t>(head.changed_in)}};
    if (plan.kind->role == Role::root) {
        row.emplace_back("owner_id", head.owner.value());
        row.emplace_back("unit_id", head.unit.value());
        if (head.territory) row.emplace_back("territory_id", head.territory.value());
    }
    for (const Column& column : plan.kind->columns)
        if (const Value value = column.get(record); !value.is_null())
            row.emplace_back(column.name, Json(value));
    return row;
}

void take_out(Transaction& transaction, const Kind& given, std::span<const AnyRecord> records) {
    const Kind& kind = *transaction.plan(given).kind;
    take_out_rows(transaction, transaction.plan(kind), records);
    if (kind.role == Role::common && !records.empty()) transaction.rights_changed();
}

std::vector<std::pair<Ref, std::string>> referring_to(Transaction& transaction, const Kind& kind,
                                                      Ref id) {
    std::vector<std::pair<Ref, std::string>> found;
    for (const Incoming& incoming : transaction.plan(kind).incoming)
        for (const Ref from : referring(transaction, incoming, id))
            found.emplace_back(from, incoming.column->name);
    return found;
}

namespace {

/// What fails half done inside a unit of work spoils it, caught or not.
Command join(Transaction& transaction, std::string_view verb,
             const std::function<void(Work&)>& body, const WriteOptions& options) {
    if (!options.key.empty() || options.run != RunId{})
        throw Misuse("a key or a run belongs to the outermost command, and this one joins another");
    Work work(transaction);
    const auto writes = transaction.writes();
    try {
        body(work);
    } catch (...) {
        if (transaction.writes() != writes) transaction.spoil();
        throw;
    }
    return Command{transaction.command(),
                   work.now(),
                   transaction.session().user,
                   std::string(verb),
                   {},
                   {},
                   {},
                   {},
                   false};
}

}  // namespace

Command write(SessionState& session, std::string_view verb, const std::function<void(Work&)>& body,
              const WriteOptions& options, storage::File::Durability durability) {
    if (session.transaction) return join(*session.transaction, verb, body, options);
    if (session.database->closed) throw Misuse("the database was closed");
    Transaction transaction(session, durability);
    if (auto done = transaction.known(verb, options)) return *done;
    transaction.begin(verb, options);
    Work work(transaction);
    body(work);
    transaction.finish();
    Command command{transaction.command(),
                    transaction.now(),
                    session.user,
                    std::string(verb),
                    options.key,
                    transaction.result(),
                    {},
                    options.run,
                    false};
    transaction.commit();
    return command;
}

namespace {

/// At most so many records are compared with all others, and so many duplicates told.
constexpr std::size_t most_compared = 1'000, most_duplicates = 1'000;

std::vector<Duplicate> duplicates_of(Transaction& transaction, const Effects& effects) {
    std::vector<Ref> records = effects.created;
    for (const auto& changed : effects.changed) records.push_back(changed.record);
    Reading reading(transaction.session());
    std::vector<Duplicate> found;
    std::size_t compared = 0;
    for (const Ref record : records) {
        const auto alike = transaction.kind_of(record).rules.alike;
        if (!alike) continue;
        if (++compared > most_compared || found.size() >= most_duplicates) break;
        if (const auto stored = find(reading, record)) alike(reading, stored->data(), found);
    }
    if (found.size() > most_duplicates) found.resize(most_duplicates);
    return found;
}

}  // namespace

Effects rehearsed(Transaction& transaction, const std::function<void()>& work) {
    std::vector<Effects::Denial> denials;
    try {
        work();
        transaction.finish();
    } catch (const Denied& denied) {
        denials.push_back({denied.what()});
    }
    Effects effects = transaction.effects();
    effects.denials = std::move(denials);
    effects.duplicates = duplicates_of(transaction, effects);
    return effects;
}

Effects rehearse(SessionState& session, const std::function<void(Work&)>& body) {
    if (session.transaction) throw Misuse("a rehearsal cannot begin inside a unit of work");
    if (session.database->closed) throw Misuse("the database was closed");
    Transaction transaction(session, storage::File::Durability::full);
    transaction.begin("rehearsal", {});
    return rehearsed(transaction, [&] {
        Work work(transaction);
        body(work);
    });
}

}  // namespace crm::kernel
