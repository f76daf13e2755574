#include "kernel/check.hpp"

#include <algorithm>

#include "crm/money.hpp"
#include "crm/text.hpp"
#include "kernel/column.hpp"
#include "kernel/select.hpp"

namespace crm::kernel {

namespace {

[[noreturn]] void refuse(const Kind& kind, const Column& column, std::string reason) {
    throw Invalid(std::string(kind.name), std::string(column.name), std::move(reason));
}

void check_code(Transaction& transaction, const Kind& kind, const Column& column,
                std::string_view code) {
    const auto& lists = transaction.lists().lists;
    const auto list = lists.find(std::string(column.list));
    if (list == lists.end())
        refuse(kind, column, "there is no list \"" + std::string(column.list) + "\"");
    const auto value = list->second.find(std::string(code));
    if (value == list->second.end())
        refuse(kind, column,
               "\"" + std::string(code) + "\" is not a value of the list " +
                   std::string(column.list) + "; add it to the list or take one of its codes");
    if (value->second.is_retired && !column.has(historic))
        refuse(kind, column, "\"" + std::string(code) + "\" is retired and not for new use");
}

bool is_reachable(Transaction& transaction, const Kind& target, Ref ref, Authority authority) {
    const bool filtered = authority == Authority::session && target.role != Role::common &&
                          !transaction.created_here(ref);
    const std::string table{target.name};
    std::string predicate = filtered ? transaction.rights().predicate(target, "t") : "1";
    auto row = transaction.connection().use("SELECT 1 FROM " + table +
                                            " AS t WHERE t.id = :id AND " + predicate);
    row.bind_named(":id", ref.value());
    if (predicate != "1") transaction.rights().bind(row);
    return row.step();
}

/// What stands alone has children of its own kinds only.
bool may_have_children(const Kind& target, const Column& column) {
    return target.role == Role::root && (!target.stands_alone() || column.target == target.number);
}

void check_reference(Transaction& transaction, const Kind& kind, const Column& column, Ref ref,
                     Authority authority) {
    const Kind* target = transaction.kind(ref.kind());
    if (!target || (column.target != 0 && column.target != target->number))
        refuse(kind, column, "refers to a record of another kind");
    if (column.has(parent) && !may_have_children(*target, column))
        refuse(kind, column, "does not belong to such a record");
    if (!is_reachable(transaction, *target, ref, authority))
        refuse(kind, column, "there is no such " + std::string(target->name));
}

void check_length(const Kind& kind, const Column& column, std::string_view text) {
    if (text.size() > column.max_length)
        refuse(kind, column,
               "is " + std::to_string(text.size()) + " bytes long; at most " +
                   std::to_string(column.max_length) + " fit");
}

void check_value(Transaction& transaction, const Kind& kind, const Column& column,
                 const Value& value, Authority authority) {
    switch (column.type) {
        case FieldType::code: return check_code(transaction, kind, column, value.text());
        case FieldType::reference:
            return check_reference(transaction, kind, column, Ref{value.integer()}, authority);
        case FieldType::country:
            if (!is_country(value.text()))
                refuse(kind, column, "is no country code of ISO 3166-1, such as MD");
            return;
        case FieldType::zone: {
            try {
                Zone{value.text()};
            } catch (const Invalid&) {
                refuse(kind, column, "is no time zone of IANA, such as Europe/Chisinau");
            }
            return;
        }
        case FieldType::text: return check_length(kind, column, value.text());
        default: return;
    }
}

/// A property is asked of people: what the engine writes of its own has none, and a record from
/// before the property was required, or was there, may be changed without it.
bool may_be_absent(const Column& column, const void* before, Authority authority) {
    if (!column.is_property()) return false;
    return before ? column.get(before).is_null() : authority == Authority::engine;
}

/// Looked up before the first row is written; the index stands behind it.
void check_property(Transaction& transaction, const Kind& kind, const Column& column,
                    const void* record) {
    if (column.has(out_of_use)) refuse(kind, column, "is retired and takes no new values");
    if (!column.has(unique)) return;
    const std::string name(kind.name);
    auto other = transaction.connection().use("SELECT 1 FROM " + name + "_property WHERE " +
                                              std::string(column.name) + " = ?1 AND id <> ?2");
    other.bind(1, column.get(record));
    if (other.bind(2, static_cast<const Head*>(record)->id.value()).step())
        throw taken(kind, column.name);
}

bool is_text(FieldType type) {
    return type == FieldType::text || type == FieldType::code || type == FieldType::country ||
           type == FieldType::zone;
}

}  // namespace

void clean(const Kind& kind, void* record) {
    for (const Column& column : kind.columns) {
        if (!is_text(column.type)) continue;
        const std::string_view text = column.get(record).text();
        if (text.empty() || is_clean(text)) continue;
        try {
            column.set(record, Value{std::string_view{clean_text(text)}});
        } catch (const Invalid& bad) {
            refuse(kind, column, bad.reason);
        }
    }
}

void set_value(const Kind& kind, const Column& column, void* record, const Value& value) {
    try {
        column.set(record, value);
    } catch (const Invalid& bad) {
        refuse(kind, column, bad.reason);
    }
}

void check_values(Transaction& transaction, const Plan& plan, const void* record,
                  const void* before, Authority authority) {
    for (const Column& column : plan.kind->columns) {
        const Value value = column.get(record);
        if (value.is_null()) {
            if (column.has(required) && !may_be_absent(column, before, authority))
                refuse(*plan.kind, column, "is required");
        } else if (!before || !(column.get(before) == value)) {
            check_value(transaction, *plan.kind, column, value, authority);
            if (column.is_property()) check_property(transaction, *plan.kind, column, record);
        }
    }
}

Conflict taken(const Kind& kind, std::string_view columns) {
    std::string fields;
    while (!columns.empty()) {
        const auto end = std::min(columns.find(", "), columns.size());
        std::string_view field = columns.substr(0, end);
        field.remove_prefix(field.rfind('.') + 1);  // npos + 1 is 0
        for (const Column& column : kind.columns)
            if (column.key == field) field = column.name;
        (fields += fields.empty() ? "" : " and ") += field;
        columns.remove_prefix(std::min(end + 2, columns.size()));
    }
    return Conflict(std::string(kind.name) + ": another record has this " +
                    (fields.empty() ? "value" : fields) + " already" +
                    (kind.role == Role::common ? "" : ", perhaps a hidden one") +
                    "; choose another, or change that one");
}

Conflict stale(Transaction& transaction, const AnyRecord& current, std::int64_t version) {
    Reading reading(transaction.session());
    const auto visible = find(reading, current.head().id);
    return Conflict(std::string(current.kind().name) + ": was changed meanwhile (version " +
                        std::to_string(current.head().version) + ", you had " +
                        std::to_string(version) + "); read it again and repeat",
                    current.head().id, visible ? visible->json().dump() : std::string{});
}

bool created_by_session(Transaction& transaction, CommandId command) {
    auto row = transaction.connection().use("SELECT user_id FROM command WHERE id = ?1");
    row.bind(1, static_cast<std::int64_t>(command));
    return row.step() && row.integer(0) == transaction.session().user.value();
}

}  // namespace crm::kernel
