#include "kernel/transaction.hpp"

#include <algorithm>
#include <span>

#include "base/fnv.hpp"
#include "crm/error.hpp"
#include "kernel/history.hpp"
#include "kernel/named.hpp"
#include "kernel/select.hpp"

namespace crm::kernel {

namespace {

std::int64_t hash_of(std::string_view text) { return static_cast<std::int64_t>(base::fnv1a(text)); }

Value optional(std::string_view text) { return text.empty() ? Value{} : Value{text}; }
Value optional(std::int64_t number) { return number == 0 ? Value{} : Value{number}; }

Json* value_of(Json::Object& object, std::string_view name) {
    const auto found = std::ranges::find(object, name, &Json::Member::first);
    return found == object.end() ? nullptr : &found->second;
}

}  // namespace

Transaction::Transaction(SessionState& session, storage::File::Durability durability)
    : session_(session),
      writer_(session.database->file->write(durability)),
      connection_(writer_->connection()) {
    const std::int64_t epoch = epoch_of(connection());
    database().follow(connection(), epoch);
    copy_ = database().copy_number();
    if (!session.rights || session.rights->epoch() != epoch)
        session.rights = Rights::resolve(database(), connection(), session.user);
    rights_ = session.rights;
    session_.transaction = this;
}

Transaction::Transaction(Reading& snapshot)
    : session_(snapshot.session()),
      connection_(snapshot.connection()),
      rights_(snapshot.session().rights) {
    session_.transaction = this;
}

Transaction::~Transaction() {
    session_.transaction = nullptr;
    if (epoch_bumped_)
        session_.rights.reset();  // resolved inside a unit of work that may have gone
}

const ListCache& Transaction::lists() {
    if (!lists_) lists_ = lists_of(database(), connection());
    return *lists_;
}

std::optional<Command> Transaction::known(std::string_view verb, const WriteOptions& options) {
    if (options.key.empty()) return std::nullopt;
    auto row = connection().use(
        "SELECT id, at, arguments_hash, result, undo_of, run_id FROM command WHERE user_id = ?1 "
        "AND verb = ?2 AND "
        "key = ?3");
    row.bind(1, session_.user.value()).bind(2, verb).bind(3, options.key);
    if (!row.step()) return std::nullopt;
    if (row.integer(2) != hash_of(options.arguments))
        throw Conflict("the key \"" + options.key + "\" was used for " + std::string(verb) +
                       " with other arguments; take a new key for another piece of work");
    return Command{CommandId{row.integer(0)}, row.time(1),           session_.user,
                   std::string(verb),         options.key,           std::string(row.text(3)),
                   CommandId{row.integer(4)}, RunId{row.integer(5)}, true};
}

void Transaction::begin(std::string_view verb, const WriteOptions& options, CommandId undo_of) {
    static const storage::Slot last_slot, insert_slot;
    if (rights().unit() == 0)
        throw Denied("the user is not active any more: nothing can be changed in this session");
    std::int64_t last = 0, last_at = 0;
    {
        auto row = connection().use(
            last_slot, [] { return "SELECT id, at FROM command ORDER BY id DESC LIMIT 1"; });
        if (row.step()) last = row.integer(0), last_at = row.integer(1);
    }
    command_ = CommandId{last + 1};
    now_ = Time{
        std::chrono::microseconds{std::max(last_at, database().now().time_since_epoch().count())}};
    auto insert = connection().use(insert_slot, [] {
        return "INSERT INTO command (id, at, user_id, verb, key, arguments_hash, undo_of, run_id) "
               "VALUES (?1, ?2, ?3, "
               "?4, ?5, ?6, ?7, ?8)";
    });
    insert.bind(1, last + 1)
        .bind(2, now_.time_since_epoch().count())
        .bind(3, session_.user.value())
        .bind(4, verb);
    insert.bind(5, optional(options.key));
    insert.bind(6, options.key.empty() ? Value{} : Value{hash_of(options.arguments)});
    insert.bind(7, optional(static_cast<std::int64_t>(undo_of)));
    insert.bind(8, optional(static_cast<std::int64_t>(options.run)));
    insert.run();
}

Transaction::Range& Transaction::range_of(KindNumber kind) {
    auto [at, fresh] = ranges_.try_emplace(kind);
    if (fresh) {
        auto row =
            connection().use("SELECT next FROM sequence WHERE copy_number = ?1 AND kind = ?2");
        row.bind(1, copy_).bind(2, std::int64_t{kind});
        const std::int64_t next = row.step() ? row.integer(0) : 1;
        at->second = {next, next};
    }
    return at->second;
}

Ref Transaction::next_id(const Kind& kind) {
    auto& [first, next] = range_of(kind.number);
    if (next > Ref::max_sequence)
        throw LimitExceeded(std::string(kind.name) + ": ids of this copy are used up");
    return Ref::make(kind.number, next++, copy_);
}

void Transaction::give_back(Ref id) {
    auto& [first, next] = range_of(id.kind());
    if (id.sequence() == next - 1) --next;
}

bool Transaction::created_here(Ref ref) const {
    const auto at = ranges_.find(ref.kind());
    return at != ranges_.end() && ref.copy() == copy_ && ref.sequence() >= at->second.first &&
           ref.sequence() < at->second.second;
}

void Transaction::keep_changed(Ref ref, Json::Object before) {
    if (!created_here(ref)) before_.push_back({ref, Before::What::changed, std::move(before)});
}

void Transaction::keep_removed(Ref ref, Json::Object row) {
    before_.push_back({ref, Before::What::removed, std::move(row)});
}

void Transaction::keep_restored(Ref ref) {
    before_.push_back({ref, Before::What::restored, {}});
    restored_.insert(ref);
}

void Transaction::rights_changed() {
    epoch_bumped_ = true;
    connection().execute("UPDATE meta SET value = value + 1 WHERE key = 'epoch'");
    const auto before = rights_;
    read_rights();
    if (&before->catalogue() != &catalogue())
        store_properties(connection(), before->catalogue(), catalogue());
    // Whoever takes the last administrator away locks everybody out.
    const auto check = [](Work& work) {
        if (!exists(work.transaction().connection(), "access_right.administrator", {}))
            throw Conflict(
                "the file would be left without an active administrator; appoint another one "
                "first");
    };
    at_end("administrator", 0, check, AtEnd::checks);
}

void Transaction::read_rights() {
    rights_ = session_.rights = Rights::resolve(database(), connection(), session_.user);
    lists_.reset();
}

void Transaction::Waiting::add(std::string_view purpose, std::int64_t id,
                               std::function<void(Work&)> run) {
    if (keys_.emplace(purpose, id).second) all_.push_back({purpose, id, std::move(run)});
}

bool Transaction::Waiting::run_next(Work& work) {
    if (next_ == all_.size()) return false;
    const Each each = std::move(all_[next_++]);  // more may come while it runs
    keys_.erase({each.purpose, each.id});
    each.run(work);
    return true;
}

void Transaction::Waiting::forget(std::size_t since) {
    for (std::size_t i = std::max(since, next_); i < all_.size(); ++i)
        keys_.erase({all_[i].purpose, all_[i].id});
    all_.resize(since);
    next_ = std::min(next_, since);
}

void Transaction::at_end(std::string_view purpose, std::int64_t id, std::function<void(Work&)> run,
                         AtEnd when) {
    waiting_[static_cast<std::size_t>(when)].add(purpose, id, std::move(run));
}

void Transaction::forget_waiting(const std::array<std::size_t, 3>& since) {
    for (std::size_t i = 0; i < waiting_.size(); ++i) waiting_[i].forget(since[i]);
}

void Transaction::finish() {
    if (is_spoiled_)
        throw Error(
            "a command inside this unit of work failed half done and was caught: nothing is kept; "
            "let it "
            "fail the whole, or try it in a unit of its own");
    run_waiting();
    write_created();
    write_changes();
    if (result_.empty()) return;
    auto use = connection().use("UPDATE command SET result = ?2 WHERE id = ?1");
    use.bind(1, static_cast<std::int64_t>(command_)).bind(2, result_).run();
}

void Transaction::run_waiting() try {
    Work work(*this);
    const auto run_next = [&](Waiting& each) { return each.run_next(work); };
    while (std::ranges::any_of(waiting_, run_next)) {}
    forget_waiting({});
} catch (...) {
    forget_waiting({});
    throw;
}

void Transaction::write_created() {
    for (const auto& [kind, range] : ranges_) {
        const auto& [first, next] = range;
        if (first == next) continue;
        connection()
            .use(
                "INSERT INTO created (command_id, kind, first_id, last_id) VALUES (?1, ?2, ?3, ?4)")
            .bind(1, static_cast<std::int64_t>(command_))
            .bind(2, std::int64_t{kind})
            .bind(3, Ref::make(kind, first, copy_).value())
            .bind(4, Ref::make(kind, next - 1, copy_).value())
            .run();
        connection()
            .use(
                "INSERT INTO sequence (copy_number, kind, next) VALUES (?1, ?2, ?3) "
                "ON CONFLICT DO UPDATE SET next = excluded.next")
            .bind(1, copy_)
            .bind(2, std::int64_t{kind})
            .bind(3, next)
            .run();
    }
}

/// The values before a command of a record that it changed twice: those of the earlier change
/// stand. A removed row keeps the order of its fields: the id first, by which the file knows a
/// removal.
Json::Object Transaction::fields_before(const Before& earlier, const Before& later) {
    const bool is_removed = later.what == Before::What::removed;
    Json::Object fields = is_removed ? later.fields : earlier.fields;
    for (const auto& [name, value] : is_removed ? earlier.fields : later.fields)
        if (Json* known = value_of(fields, name); !known)
            fields.emplace_back(name, value);
        else if (is_removed)
            *known = value;
    return fields;
}

/// What was set and set back is no change.
void Transaction::drop_unchanged(Before& entry) const {
    const Kind& kind = kind_of(entry.ref);
    AnyRecord now(kind);
    load(connection(), plan(kind), entry.ref, now.data());
    std::erase_if(entry.fields, [&](const auto& field) {
        return is_kept(kind, field.first) && stored_value(now, field.first) == field.second;
    });
}

std::vector<Transaction::Before> Transaction::merged() const {
    std::vector<Before> all;
    std::unordered_map<Ref, std::size_t> at;
    std::set<std::size_t> several;
    all.reserve(before_.size());
    for (const Before& entry : before_) {
        const auto [found, fresh] = at.try_emplace(entry.ref, all.size());
        if (fresh) {
            all.push_back(entry);
            continue;
        }
        Before& known = all[found->second];
        several.insert(found->second);
        if (known.what == Before::What::restored) continue;
        known.fields = fields_before(known, entry);
        if (entry.what == Before::What::removed) known.what = entry.what;
    }
    for (const std::size_t i : several)
        if (all[i].what == Before::What::changed) drop_unchanged(all[i]);
    return all;
}

namespace {

std::string insert_changes(std::size_t rows) {
    std::string sql = "INSERT INTO change (command_id, ref, before) VALUES ";
    for (std::size_t row = 0; row < rows; ++row) sql += row ? ", (?1, ?, ?)" : "(?1, ?, ?)";
    return sql;
}

}  // namespace

void Transaction::write_changes() {
    if (before_.empty()) return;
    auto entries = merged();
    std::ranges::sort(entries, {}, &Before::ref);  // the order of the log: rows come behind the
                                                   // last
    constexpr std::size_t most = 32;  // of a statement, which costs as much as two rows
    for (std::size_t at = 0, rows; at < entries.size(); at += rows) {
        rows = entries.size() - at < most ? 1 : most;
        auto insert = connection().use(insert_changes(rows));
        insert.bind(1, static_cast<std::int64_t>(command_));
        std::vector<std::string> texts;
        texts.reserve(rows);  // the statement borrows them
        int place = 2;
        for (Before& entry : std::span(entries).subspan(at, rows)) {
            const bool restored = entry.what == Before::What::restored;
            texts.push_back(restored ? "null" : Json(std::move(entry.fields)).dump());
            insert.bind(place, entry.ref.value());
            insert.bind(place + 1, texts.back());
            place += 2;
        }
        insert.run();
    }
}

void Transaction::commit() {
    writer_->commit();
    if (epoch_bumped_) epoch_bumped_ = false;  // what was resolved inside holds now
}

Effects Transaction::effects() {
    Effects effects;
    Reading reading(session_);
    for (const auto& [kind, range] : ranges_)
        for (auto sequence = range.first; sequence < range.second; ++sequence)
            effects.created.push_back(Ref::make(kind, sequence, copy_));
    std::sort(effects.created.begin(), effects.created.end());
    for (Before& entry : merged()) {
        if (entry.what == Before::What::removed) {
            if (was_visible(reading, entry)) effects.removed.push_back(entry.ref);
            std::erase(effects.created, entry.ref);
        } else if (find(reading, entry.ref)) {
            if (entry.what == Before::What::restored)
                effects.created.push_back(entry.ref);
            else
                effects.changed.push_back(change_of(reading, entry));
        }
    }
    return effects;
}

/// Whether the session sees a record, or saw it before it was removed here.
bool Transaction::was_visible(Reading& reading, Ref ref) const {
    if (find(reading, ref)) return true;
    return std::ranges::any_of(before_, [&](const Before& entry) {
        return entry.ref == ref && entry.what == Before::What::removed &&
               was_visible(reading, entry);
    });
}

/// Whether the session saw a record that is removed now; a child with its parent and the far ends
/// of its links.
bool Transaction::was_visible(Reading& reading, const Before& entry) const {
    const Json row(entry.fields);
    const Kind& kind = kind_of(entry.ref);
    const auto ref = [&](std::string_view name) {
        return row.find(name) ? Ref{row[name].value().integer()} : Ref{};
    };
    if (kind.role == Role::child)
        return std::ranges::all_of(kind.columns, [&](const Column& column) {
            return (!column.has(parent) && !column.has(link)) ||
                   was_visible(reading, ref(column.name));
        });
    return kind.role == Role::common ||
           rights().covers(connection(), kind, Action::read,
                           record_from(kind, entry.ref, entry.fields).data());
}

/// A change as a rehearsal tells it: from what was kept to what stands there now.
Effects::Changed Transaction::change_of(Reading& reading, const Before& entry) const {
    const Kind& kind = kind_of(entry.ref);
    AnyRecord now(kind);
    load(connection(), plan(kind), entry.ref, now.data());
    Effects::Changed changed{entry.ref, {}};
    for (const auto& [field, from] : entry.fields)
        add_visible(reading, kind, {field, from, stored_value(now, field)}, changed.fields);
    return changed;
}

Transaction::Part::Part(Transaction& transaction)
    : transaction_(transaction),
      ranges_(transaction.ranges_),
      kept_(transaction.before_.size()),
      writes_(transaction.writes_) {
    std::ranges::transform(transaction.waiting_, waiting_.begin(), &Waiting::size);
    transaction_.connection().use("SAVEPOINT part").run();
}

void Transaction::Part::keep() {
    transaction_.connection().use("RELEASE part").run();
    done_ = true;
}

Transaction::Part::~Part() {
    if (done_) return;
    try {
        transaction_.connection().use("ROLLBACK TO part").run();
        transaction_.connection().use("RELEASE part").run();
    } catch (const Error&) {
        return;  // SQLite has rolled the whole transaction back: the commit will say so
    }
    // Ids that were handed out stay within the range only if their rows still exist.
    for (auto& [kind, range] : transaction_.ranges_)
        if (const auto old = ranges_.find(kind); old != ranges_.end())
            range = old->second;
        else
            range.second = range.first;
    transaction_.before_.resize(kept_);
    transaction_.forget_waiting(waiting_);
    transaction_.writes_ = writes_;
    if (transaction_.epoch_bumped_) transaction_.read_rights();  // those resolved inside have gone
}

}  // namespace crm::kernel
