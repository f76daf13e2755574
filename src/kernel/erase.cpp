#include "kernel/erase.hpp"

#include <algorithm>

#include "crm/text.hpp"
#include "kernel/column.hpp"
#include "kernel/content.hpp"
#include "kernel/engine.hpp"
#include "kernel/named.hpp"
#include "kernel/select.hpp"
#include "kernel/standing.hpp"

namespace crm::kernel {
namespace {

constexpr std::size_t shortest_text = 5;  // in bytes: what is shorter names nobody

Ref ref_in(const Json::Object& fields, std::string_view name) {
    for (const auto& [field, value] : fields)
        if (field == name && value.is_integer()) return Ref{value.integer()};
    return {};
}

/// The record goes where what this column refers to goes: the other half of a person, and what can
/// only be with it. A root is the house's, and what it must say can be cleared of a property.
bool goes_along(const Kind& kind, const Column& column) {
    if (kind.role == Role::root) return column.has(twin);
    return column.has(parent) || column.has(link) || column.on_delete == OnDelete::takes_along ||
           (column.has(required) && !column.is_property());
}

/// The record belongs to what this column refers to, also when it is removed.
bool belongs_by(const Column& column) { return column.has(parent) || column.has(twin); }

}  // namespace

Erasing::Erasing(Transaction& transaction, std::span<const Ref> records)
    : transaction_(transaction) {
    for (const Ref record : records)
        if (going_.insert(record).second) waiting_.push_back(record);
    while (!waiting_.empty()) {
        const Ref record = waiting_.back();
        waiting_.pop_back();
        gather(record);
    }
    std::erase_if(references_, [&](const Reference& from) { return going_.contains(from.first); });
    std::erase_if(takers_, [&](const auto& taker) { return going_.contains(taker.first); });
    std::erase_if(taken_, [&](const TakenValue& taken) { return going_.contains(taken.record); });
}

void Erasing::gather(Ref record) {
    const Kind& kind = transaction_.kind_of(record);
    AnyRecord stored(kind);
    if (load(connection(), transaction_.plan(kind), record, stored.data())) {
        stored_.push_back(record);
        commands_.insert(static_cast<std::int64_t>(stored.head().created_in));
        note(record, stored_row(transaction_.plan(kind), stored.data()));
    }
    for (const Step& step : steps_of(connection(), record)) {
        commands_.insert(static_cast<std::int64_t>(step.command));
        if (step.before.is_object()) note(record, step.before.object());
        if (is_removal(step.before)) gather_takers(kind, step);
    }
    gather_merged(record);
    gather_referring(kind, record);
    gather_removed(record);
}

/// What was merged into it is the same person, unless the merge was turned back.
void Erasing::gather_merged(Ref record) {
    const Standing standing(connection());
    auto rows = connection().use("SELECT id, command_id FROM merged WHERE into_id = ?1");
    rows.bind(1, record.value());
    while (rows.step()) {
        const Ref before{rows.integer(0)};
        if (standing.stands(CommandId{rows.integer(1)}, before, {}, Standing::When::before) &&
            is_gone_for_good(before) && going_.insert(before).second)
            waiting_.push_back(before);
    }
}

/// Records of the kind that the command which removed one changed.
void Erasing::gather_takers(const Kind& kind, const Step& removal) {
    std::vector<Ref> changed;
    {
        auto rows = connection().use(
            "SELECT ref FROM change WHERE command_id = ?1 AND ref & 255 = ?2 AND substr(before, 1, "
            "6) <> '{\"id\":' AND before <> 'null'");
        rows.bind(1, static_cast<std::int64_t>(removal.command)).bind(2, std::int64_t{kind.number});
        while (rows.step()) changed.emplace_back(rows.integer(0));
    }
    for (const Ref taker : changed) {
        const auto [at, fresh] = takers_.emplace(taker, removal.command);
        at->second = std::min(at->second, removal.command);
        find_taken(taker, removal.command, removal.before.object());
    }
}

void Erasing::find_taken(Ref taker, CommandId since, const Json::Object& removed) {
    auto row = connection().use("SELECT before FROM change WHERE command_id = ?1 AND ref = ?2");
    if (!row.bind(1, static_cast<std::int64_t>(since)).bind(2, taker.value()).step()) return;
    const Json before = Json::parse(row.text(0));
    for (const auto& [field, value] : removed) {
        const Column* column = transaction_.kind_of(taker).find(field);
        if (column && column->type != FieldType::reference && before.find(field) &&
            value_after(*column, taker, since) == value)
            taken_.push_back({taker, column, since, value});
    }
}

/// What stood in a field when a command had ended.
Json Erasing::value_after(const Column& column, Ref record, CommandId command) const {
    for (const Step& step : steps_of(connection(), record)) {
        if (step.command <= command) continue;
        if (const Json* value = step.before.is_object() ? step.before.find(column.name) : nullptr)
            return *value;
        if (is_removal(step.before)) return {};
    }
    AnyRecord stored(transaction_.kind_of(record));
    if (!load(connection(), transaction_.plan(stored.kind()), record, stored.data())) return {};
    return Json(column.get(stored.data()));
}

void Erasing::note(Ref record, const Json::Object& fields) {
    const Kind& kind = transaction_.kind_of(record);
    for (const auto& [name, value] : fields) {
        const Column* column = kind.find(name);
        if (name == "created_in" && value.is_integer()) commands_.insert(value.integer());
        if (column && column->has(personal) && value.is_string() &&
            value.string().size() >= shortest_text)
            if (auto text = words(value.string()); !text.empty()) texts_.insert(std::move(text));
    }
    remnants_.push_back({record, fields});
}

void Erasing::gather_referring(const Kind& kind, Ref record) {
    for (const auto& [from, name] : referring_to(transaction_, kind, record)) {
        const Kind& referring = transaction_.kind_of(from);
        if (!goes_along(referring, referring.column(name)))
            references_.emplace(from, name);
        else if (going_.insert(from).second)
            waiting_.push_back(from);
    }
}

/// Children of earlier days, and the removed half of a person.
void Erasing::gather_removed(Ref record) {
    Reading reading(transaction_.session());
    auto rows = named_query(reading, "erasure.removed_of", {{":record", record.value()}});
    while (rows.step()) {
        const Ref removed{rows.integer(1)};
        const Json before = Json::parse(rows.text(2));
        const bool belongs =
            std::ranges::any_of(transaction_.kind_of(removed).columns, [&](const Column& column) {
                return belongs_by(column) && ref_in(before.object(), column.name) == record;
            });
        if (belongs && going_.insert(removed).second) waiting_.push_back(removed);
    }
}

bool Erasing::is_gone_for_good(Ref record) const {
    const Kind* kind = transaction_.kind(record.kind());
    if (!kind) return false;
    AnyRecord stored(*kind);
    if (load(connection(), transaction_.plan(*kind), record, stored.data())) return false;
    const auto steps = steps_of(connection(), record);
    return !steps.empty() && is_removal(steps.back().before);
}

EraseCounts Erasing::run() {
    forget_taken();
    blank_history();
    delete_rows();
    free_files();
    clear_references();
    blank_commands();
    blank_sources();
    return counts_;
}

void Erasing::delete_rows() {
    for (const Ref record : stored_) {
        const Kind& kind = transaction_.kind_of(record);
        AnyRecord stored(kind);
        load(connection(), transaction_.plan(kind), record, stored.data());
        delete_row(transaction_, transaction_.plan(kind), stored);
        transaction_.keep_removed(record, Json::parse(erased_values).object());
        ++counts_.records;
        counts_.external_keys += kind.number == number::external_key;
    }
}

/// Of what was removed earlier too.
void Erasing::free_files() {
    const std::vector<Ref> records(going_.begin(), going_.end());
    free_contents(connection(), records);
}

/// That it was cleared is history, and what stood there is not.
void Erasing::clear_references() {
    for (const auto& [from, name] : references_) {
        const Column& column = transaction_.kind_of(from).column(name);
        clear(from, column);
        clear_in_history(from, name);
        ++counts_.cleared;
    }
}

void Erasing::clear(Ref record, const Column& column) {
    const Kind& kind = transaction_.kind_of(record);
    if (column.is_property())
        return put_back(transaction_, kind, record, {{std::string(column.name), Json{}}});
    connection()
        .use("UPDATE " + std::string(kind.name) + " SET " + std::string(column.name) +
             " = NULL, version = version + 1, changed_in = ?2 WHERE id = ?1")
        .bind(1, record.value())
        .bind(2, static_cast<std::int64_t>(transaction_.command()))
        .run();
    transaction_.count_write();
    transaction_.keep_changed(record, {{std::string(column.name), Json{}}});
}

void Erasing::clear_in_history(Ref record, std::string_view field) {
    for (const Step& step : steps_of(connection(), record)) {
        if (!step.before.is_object() || !going_.contains(ref_in(step.before.object(), field)))
            continue;
        Json::Object fields = step.before.object();
        for (auto& [name, value] : fields)
            if (name == field) value = Json{};
        keep_step(record, step, std::move(fields));
    }
}

void Erasing::keep_step(Ref record, const Step& step, Json::Object fields) {
    const std::string text = Json(std::move(fields)).dump();
    connection()
        .use("UPDATE change SET before = ?3 WHERE command_id = ?1 AND ref = ?2")
        .bind(1, static_cast<std::int64_t>(step.command))
        .bind(2, record.value())
        .bind(3, std::string_view{text})
        .run();
}

/// What others took over goes from their history, too, with the names that were made of it.
void Erasing::forget_taken() {
    Texts texts;
    for (const TakenValue& taken : taken_)
        if (taken.value.is_string())
            if (auto text = words(taken.value.string()); !text.empty())
                texts.insert(std::move(text));
    for (const auto& [taker, since] : takers_)
        for (const Step& step : steps_of(connection(), taker))
            if (step.command > since && step.before.is_object()) forget_taken(taker, step, texts);
}

/// The fields go from the line whole: it tells of no change, and the past shows what came after.
void Erasing::forget_taken(Ref taker, const Step& step, const Texts& texts) {
    Json::Object fields = step.before.object();
    const auto count = std::erase_if(fields, [&](const auto& field) {
        return was_taken(taker, field.first, step, field.second, texts);
    });
    if (count == 0) return;
    keep_step(taker, step, std::move(fields));
    ++counts_.history_rows;
}

bool Erasing::was_taken(Ref taker, std::string_view field, const Step& step, const Json& value,
                        const Texts& texts) const {
    const Column* column = transaction_.kind_of(taker).find(field);
    if (!column || (is_removal(step.before) && (column->has(required) || column->has(derived))))
        return false;  // a row that may come back from the trash stays whole
    if (column->has(derived) || !column->made_of.empty())
        return value.is_string() && names_any(texts, value.string());
    return std::ranges::any_of(taken_, [&](const TakenValue& taken) {
        return taken.record == taker && taken.column == column && taken.since < step.command &&
               taken.value == value;
    });
}

void Erasing::blank_history() {
    auto update = connection().use("UPDATE change SET before = ?2 WHERE ref = ?1");
    for (const Ref record : going_) {
        update.bind(1, record.value()).bind(2, erased_values).run();
        counts_.history_rows += connection().changes();
        update.reset();
    }
}

void Erasing::blank_commands() {
    auto update = connection().use(
        "UPDATE command SET key = NULL, arguments_hash = NULL, result = NULL WHERE id = ?1 AND "
        "(key "
        "IS NOT NULL OR result IS NOT NULL)");
    for (const std::int64_t command : commands_) {
        update.bind(1, command).run();
        counts_.commands += connection().changes();
        update.reset();
    }
}

/// Names of files and options of imports are few; those that name the person go.
void Erasing::blank_sources() {
    std::vector<std::int64_t> naming;
    {
        auto rows = connection().use("SELECT id, source, arguments FROM run");
        while (rows.step())
            if (names_any(texts_, rows.text(1)) || names_any(texts_, rows.text(2)))
                naming.push_back(rows.integer(0));
    }
    for (const std::int64_t run : naming) {
        connection()
            .use("UPDATE run SET source = NULL, source_hash = NULL, arguments = NULL WHERE id = ?1")
            .bind(1, run)
            .run();
        ++counts_.sources;
    }
}

/// Whether all words of one of the texts stand in another.
bool Erasing::names_any(const Texts& texts, std::string_view text) {
    const std::vector<std::string> cut = words(text);
    const std::set<std::string> there(cut.begin(), cut.end());
    return std::ranges::any_of(texts, [&](const std::vector<std::string>& wanted) {
        return std::ranges::all_of(wanted,
                                   [&](const std::string& word) { return there.contains(word); });
    });
}

}  // namespace crm::kernel
