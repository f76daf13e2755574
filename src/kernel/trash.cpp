#include "crm/trash.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include "crm/error.hpp"
#include "kernel/column.hpp"
#include "kernel/command_filter.hpp"
#include "kernel/history.hpp"
#include "kernel/page_key.hpp"
#include "kernel/removal.hpp"
#include "kernel/search.hpp"
#include "kernel/select.hpp"
#include "kernel/standing.hpp"
#include "kernel/undo.hpp"
#include "kernel/undo_plan.hpp"

namespace crm::kernel {

namespace {

constexpr std::size_t most_along = 100;

/// A place among all removals, which are walked downwards.
struct RemovalKey {
    std::int64_t command = INT64_MAX, record = INT64_MAX;

    std::string text() const { return std::to_string(command) + ":" + std::to_string(record); }
    static RemovalKey parse(std::string_view text) {
        if (text.empty()) return {};
        PageKeyParts parts(text, "trash");
        RemovalKey key{.command = parts.integer(), .record = parts.integer()};
        parts.end();
        return key;
    }
};

/// Walks over removals, last first, and makes items of those asked for.
class TrashWalk {
public:
    TrashWalk(Reading& reading, const TrashQuery& query)
        : reading_(reading), query_(query), standing_(reading.connection()) {
        if (query.limit < 1 || query.limit > 1'000)
            throw Invalid("trash", "limit", "must be 1 to 1,000");
        if (!query.kind.empty()) kind_ = reading.kind_named(query.kind).number;
        from_ = RemovalKey::parse(query.after);
        if (query.until) end_ = first_since(reading.connection(), *query.until);
        if (query.since) first_ = first_since(reading.connection(), *query.since);
    }

    Page<TrashItem> page() {
        Page<TrashItem> page;
        // Named, because the primary key has the same order and all changes besides.
        auto rows = reading_.connection().use(
            "SELECT r.command_id, r.ref, r.before FROM change AS r INDEXED BY change_removal "
            "WHERE substr(r.before, 1, 6) = '{\"id\":' AND r.command_id >= ?1 AND "
            "r.command_id < ?2 AND (r.command_id, r.ref) < (?3, ?4) "
            "ORDER BY r.command_id DESC, r.ref DESC");
        rows.bind(1, first_).bind(2, end_).bind(3, from_.command).bind(4, from_.record);
        while (rows.step()) {
            const RemovalKey key{rows.integer(0), rows.integer(1)};
            auto item = item_of(CommandId{key.command}, Ref{key.record}, rows.text(2));
            if (!item) continue;
            if (static_cast<int>(page.rows.size()) == query_.limit) {
                page.next = last_.text();
                break;
            }
            page.rows.push_back(std::move(*item));
            last_ = key;
        }
        return page;
    }

private:
    std::optional<TrashItem> item_of(CommandId id, Ref record, std::string_view row) {
        const Kind* kind = reading_.kind(record.kind());
        if (!kind || (kind_ != 0 && kind->number != kind_) || !is_last_step(id, record)) return {};
        const auto command = command_row(reading_.connection(), id);
        if (!command || (query_.removed_by && command->user != query_.removed_by) ||
            (!query_.undone && standing_.is_undo(id)))
            return {};
        AnyRecord last = record_from(*kind, record, Json::parse(row).object());
        if (!was_visible(reading_, last)) return {};
        TrashItem item{std::move(last), {}, *command, {}, {}};
        conceal_all(item.record);
        item.title = title_of_removed(item.record);
        item.command.key.clear();  // the caller's own business
        item.command.result.clear();
        item.user_login = login_of(reading_.connection(), command->user);
        item.along = along(removal(id), record);
        return item;
    }

    /// As in history: hidden fields are empty, and so are references to what is hidden or gone.
    void conceal_all(AnyRecord& record) {
        const Kind& kind = record.kind();
        for (const Column& column : kind.columns) {
            const bool is_hidden = reading_.rights().hides(kind, column);
            const Value value = column.get(record.data());
            const bool is_lost = column.type == FieldType::reference && !value.is_null() &&
                                 !find(reading_, Ref{value.integer()});
            if (is_hidden || is_lost) column.set(record.data(), Value{});
            if (is_hidden) record.head().hidden.set(kind.index_of(column));
        }
    }

    /// Nothing has happened to it since: it is not there again.
    bool is_last_step(CommandId command, Ref record) {
        auto row = reading_.connection().use(
            "SELECT 1 FROM change WHERE ref = ?1 AND command_id > ?2 LIMIT 1");
        return !row.bind(1, record.value()).bind(2, static_cast<std::int64_t>(command)).step();
    }

    std::string title_of_removed(const AnyRecord& record) const {
        const Plan& plan = reading_.plan(record.kind());
        if (plan.searchable.empty()) return {};
        const std::string_view title = plan.searchable.front()->get(record.data()).text();
        const Column* parent = record.kind().parent_column();
        if (!title.empty() || !parent) return std::string(title);
        return title_of(reading_, Ref{parent->get(record.data()).integer()});
    }

    /// Items of one command come one after the other.
    const Removal& removal(CommandId command) {
        if (!removal_ || removal_->command() != command)
            removal_ = std::make_unique<Removal>(reading_, command);
        return *removal_;
    }

    std::vector<TrashItem::Along> along(const Removal& removal, Ref record) {
        std::vector<TrashItem::Along> found;
        const auto records = removal.with_all_along(record);
        for (const Ref other : records)
            if (other != record && found.size() < most_along && was_seen(removal, other))
                found.push_back({other, {}});
        for (const auto& [other, field] : removal.cleared(records))
            if (found.size() < most_along && is_seen(other, field)) found.push_back({other, field});
        return found;
    }

    bool is_seen(Ref record, const std::string& field) {
        const Kind& kind = reading_.kind_of(record);
        return !reading_.rights().hides(kind, kind.column(field)) &&
               find(reading_, record).has_value();
    }

    /// A child that went with its parent was seen where that was.
    bool was_seen(const Removal& removal, Ref record) {
        const auto at = removal.removed().find(record);
        if (at == removal.removed().end()) return find(reading_, record).has_value();
        const Kind& kind = reading_.kind_of(record);
        const AnyRecord last = record_from(kind, record, at->second.object());
        if (kind.role != Role::child) return was_visible(reading_, last);
        return std::ranges::all_of(kind.columns, [&](const Column& column) {
            return (!column.has(parent) && !column.has(link)) ||
                   was_seen(removal, Ref{column.get(last.data()).integer()});
        });
    }

    Reading& reading_;
    const TrashQuery& query_;
    Standing standing_;
    KindNumber kind_ = 0;
    RemovalKey from_{}, last_{};
    std::int64_t first_ = 0, end_ = INT64_MAX;
    std::unique_ptr<Removal> removal_;
};

/// What the command that removed a record did to it and because of it.
void choose_removal(Transaction& transaction, Standing& standing, Ref record) {
    const auto steps = steps_of(transaction.connection(), record);
    const Removal removal(transaction, steps.back().command);
    const auto records = removal.with_all_along(record);
    for (const Ref each : records) standing.choose(removal.command(), each);
    std::map<Ref, std::set<Standing::Slot>> cleared;
    for (const auto& [other, field] : removal.cleared(records))
        cleared[other].insert(slot_of(transaction.kind_of(other), field));
    for (const auto& [other, slots] : cleared) {
        standing.choose(removal.command(), other);
        for (const std::string& field : removal.changed_fields(other))
            if (const auto slot = slot_of(transaction.kind_of(other), field); !slots.contains(slot))
                standing.leave(removal.command(), other, slot);
    }
}

void require_removed(SessionState& session, Ref record) {
    Reading reading(session);
    const auto last = last_visible(reading, record);
    if (!last) throw NotFound("trash: no such record");
    if (find(reading, record))
        throw Conflict(std::string(last->kind().name) + ": is there; there is nothing to restore",
                       record);
}

Undone restore_from_trash(SessionState& session, Ref record) {
    if (session.transaction)
        throw Misuse("a restore is a command of its own and cannot join a unit of work");
    if (session.database->closed) throw Misuse("the database was closed");
    constexpr std::string_view verb = "trash.restore";
    Transaction transaction(session, storage::File::Durability::full);
    require_removed(session, record);
    transaction.begin(verb, {});
    Standing standing(transaction.connection());
    choose_removal(transaction, standing, record);
    Undone undone;
    undone.conflicts = undo(transaction, standing, {.skip_conflicts = true});
    AnyRecord back(transaction.kind_of(record));
    if (!load(transaction.connection(), transaction.plan(back.kind()), record, back.data()))
        throw Conflict("cannot be restored: something stands in the way", record, {},
                       std::move(undone.conflicts));
    transaction.finish();
    undone.commands = standing.chosen();
    undone.command = Command{transaction.command(),
                             transaction.now(),
                             session.user,
                             std::string(verb),
                             {},
                             {},
                             {},
                             {},
                             false};
    transaction.commit();
    return undone;
}

}  // namespace

}  // namespace crm::kernel

namespace crm::inline v1 {

Page<TrashItem> Trash::list(const TrashQuery& query) const {
    kernel::Reading reading(session_->state());
    return kernel::TrashWalk(reading, query).page();
}

Undone Trash::restore(Ref record) { return kernel::restore_from_trash(session_->state(), record); }

}  // namespace crm
