/// Sessions: a user at work; every read and every write goes through one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/database.hpp"
#include "crm/error.hpp"
#include "crm/history.hpp"
#include "crm/query.hpp"
#include "crm/record.hpp"
#include "crm/sql.hpp"
#include "crm/time.hpp"

namespace crm::kernel {
struct SessionState;
class Transaction;
}

namespace crm::inline v1 {

/// One unit of work: a transaction that becomes one command. Handed to the body of
/// `Session::write`.
class CRM_API Work {
public:
    explicit Work(kernel::Transaction& transaction) : transaction_(&transaction) {}
    CommandId command() const;
    /// The command's time; the same for the whole unit of work.
    Time now() const;
    /// Kept with the command and given back when its key is seen again. At most 1 MB.
    void set_result(std::string result);
    kernel::Transaction& transaction() const { return *transaction_; }

private:
    kernel::Transaction* transaction_;
};

/// What a command may carry besides its verb.
struct WriteOptions {
    std::string key{};        ///< idempotency key: the same (user, verb, key) is done once
    std::string arguments{};  ///< what the key stands for; other arguments under one key are a
                              ///< Conflict
    RunId run{};
};

/// A user's session. Cheap; owns no connection. Used by one thread at a time; movable. Rights are
/// those of the moment of each call: changes take effect at the next one, also from other
/// processes.
class CRM_API Session {
public:
    explicit Session(std::unique_ptr<kernel::SessionState> state);
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    ~Session();

    Id<User> user() const;
    const std::string& login() const;
    Id<Unit> unit() const;
    /// The user's zone, else the file's.
    const Zone& zone() const;
    /// The user's language, else the file's: "en", "ro", "ru", "uk".
    const std::string& language() const;
    /// The file's currency, for amounts given without one.
    const std::string& currency() const;
    Database database() const;
    Time now() const;

    /// Runs `body` in one transaction as one command. Inside another `write` it joins that command.
    /// The body may be run again and must have no effect outside the file. Nothing is kept where it
    /// throws. Throws Busy at the write deadline, ReadOnly, Conflict (key with other arguments).
    Command write(std::string_view verb, const std::function<void(Work&)>& body,
                  const WriteOptions& options = {});
    /// Runs `body`, tells what it did, and keeps nothing. What rights do not allow is told among
    /// the effects, with what was done before it; other errors are thrown.
    Effects rehearse(const std::function<void(Work&)>& body);

    /// Any record by reference. Throws NotFound, also where it is hidden.
    AnyRecord get(Ref id) const;
    std::optional<AnyRecord> find(Ref id) const;
    /// Creates a record; the head of `record` is filled. Rights: create. One command "<kind>.add".
    void add(AnyRecord& record);
    /// Changes the given fields; the engine derives the rest. No change, no new version. Throws
    /// Conflict where the record has another version. Rights: change; of the parent for a child;
    /// assign for owner, unit, territory.
    AnyRecord change(Ref id, std::int64_t version, const std::vector<Assignment>& fields);
    /// Removes a record with its children and what `takes_along`. Throws Conflict where something
    /// refers to it.
    void remove(Ref id, std::int64_t version = any_version);
    Page<AnyRecord> list(const Kind& kind, const Query& query) const;
    /// Counts up to `limit` rows and then says "at least".
    Count count(const Kind& kind, const Filter& where, std::int64_t limit = 10'000) const;

    /// Everything visible whose name, code, phone or e-mail begins with what was typed; each word
    /// of several must match something of the record. Blind to case and diacritics. `kind` empty:
    /// parties and contacts.
    Hits quick(std::string_view typed, std::string_view kind = {}, int limit = 20) const;
    /// Full text over every searchable field, newest first; all words must occur in one record, the
    /// last may be unfinished. `kinds` empty: all.
    Hits search(std::string_view text, const std::vector<std::string>& kinds = {},
                int limit = 50) const;
    /// The same in the order asked for, with snippets if asked for.
    ///
    /// The rank of a hit is made of its own texts that the session sees, so that no other record
    /// moves it: for each word its column's weight (name or subject 8, other short texts 3, long
    /// ones 1) times 1 + log2 of how often it stands there; a longer word that the unfinished one
    /// begins counts half, once. The sum is halved with each year since the record was made. Equal
    /// ranks: newest first. Ranked are the newest 1,000 hits, for half a second at most; where that
    /// is not all, `incomplete` says so. Cost: one look-up and the cutting of its texts for each
    /// hit ranked, about 10 µs for short ones, whatever the size of the file. Throws Invalid for an
    /// unknown kind or one without searchable text and a limit that is none, LimitExceeded beyond
    /// 32 words.
    Hits search(std::string_view text, const SearchOptions& options) const;

    /// Runs one SELECT of the user's own over the rows and fields that the session sees: hidden
    /// rows are not there, hidden fields and references to hidden records are NULL. Every session
    /// may. Reads what is committed, in one snapshot; throws Misuse inside `write`. Throws Invalid
    /// ("sql") for what SQLite refuses, also while running; Denied for statements, tables and
    /// functions other than those of reading; LimitExceeded for a text beyond 100 KB, a value
    /// beyond 1 MB, more rows to copy than `SqlOptions::copied`, 256 MB of memory or a result of 64
    /// MB; Interrupted at the statement deadline. Cost: kinds that the session sees whole are read
    /// where they are; of every other kind that the text names, all visible rows are copied first.
    SqlResult sql(std::string_view text, const std::vector<SqlParameter>& parameters = {},
                  const SqlOptions& options = {}) const;

    /// The life of a record, oldest first; also of a removed one, if it would be visible.
    std::vector<HistoryEntry> history(Ref id) const;
    /// The newest commands, newest first; those of others need the function undo_others.
    std::vector<Command> commands(int limit = 50, CommandId before = {}) const;
    /// Those that a filter means, newest first.
    std::vector<Command> commands(const CommandFilter& which, int limit = 50,
                                  CommandId before = {}) const;
    Command command(CommandId id) const;
    Run run(RunId id) const;
    std::vector<Run> runs(int limit = 50) const;
    /// Turns a command back. Where a field was changed since, or something depends on what would
    /// go, nothing is done and Conflict lists all that stands in the way. Ids survive. Rights:
    /// change on all it touches, no field of it locked, and undo_others for others' commands.
    Command undo(CommandId id);
    /// Turns back every command of a run, as one command.
    Command undo(RunId id);
    /// Turns back any set of commands and runs as one command, newest first; those that are undone
    /// already are left out. A field that was changed since by a command outside the set stands in
    /// the way, and so does what depends on a record that would go: all of it is listed, with who
    /// and when, by the Conflict thrown, or in the answer with `skip_conflicts`. Ids survive, also
    /// a redo, which is an undo of the undo. Fires no rule that writes other records. Throws
    /// Invalid for a filter that means every command, NotFound where it means none that the session
    /// may see, Misuse inside `write`. Rights: change on all that is touched, and undo_others for
    /// commands of others. Cost: grows with what the commands changed; memory with the distinct
    /// records changed.
    Undone undo(const CommandFilter& which, const UndoOptions& options = {});
    /// What that undo would do and leave; keeps nothing.
    Effects rehearse_undo(const CommandFilter& which, const UndoOptions& options = {});

    /// Sets the user's own password to `fresh`, of 8 to 1,024 bytes. A wrong `old` is Denied and
    /// counts as a failed login (see `Database::login`), so TooManyAttempts may be thrown. Throws
    /// Invalid for a password too short or too long, Misuse inside a unit of work. One command
    /// "user.set_password", which cannot be undone: no password is kept in history.
    void change_password(std::string_view old, std::string_view fresh);

    /// Facts about the file; row counts only for administrators.
    Info info() const;

    kernel::SessionState& state() const { return *state_; }

private:
    std::unique_ptr<kernel::SessionState> state_;
};

/// The typed face of the engine for one kind of record; the areas (`Parties`, `Activities` …) add
/// their verbs. Refers to the session and must not outlive it.
template <class Record>
class Records {
public:
    explicit Records(Session& session) : session_(&session) {}

    /// Creates a record and returns it as stored.
    Record add(const Record& record) {
        AnyRecord any(kind_of<Record>());
        any.kind().copy(any.data(), &record);
        session_->add(any);
        return any.template as<Record>();
    }
    /// Throws NotFound, also where it is hidden.
    Record get(Id<Record> id) const { return typed(id).template as<Record>(); }
    std::optional<Record> find(Id<Record> id) const {
        if (id.ref().kind() != kind_of<Record>().number) return std::nullopt;
        auto any = session_->find(id);
        return any ? std::optional<Record>(any->template as<Record>()) : std::nullopt;
    }
    /// Writes back what differs from the stored record of the same version; what was hidden, and
    /// long text that a list did not read, stays as it is.
    Record update(const Record& record) {
        return session_->change(record.head.id, record.head.version, assignments(record))
            .template as<Record>();
    }
    Record change(Id<Record> id, std::int64_t version, const std::vector<Assignment>& fields) {
        return session_->change(id, version, fields).template as<Record>();
    }
    void remove(Id<Record> id, std::int64_t version = any_version) {
        session_->remove(id, version);
    }
    Page<Record> list(const Query& query = {}) const {
        auto any = session_->list(kind_of<Record>(), query);
        Page<Record> page{{}, std::move(any.next)};
        page.rows.reserve(any.rows.size());
        for (auto& row : any.rows) page.rows.push_back(row.template as<Record>());
        return page;
    }
    Count count(const Filter& where = {}, std::int64_t limit = 10'000) const {
        return session_->count(kind_of<Record>(), where, limit);
    }

protected:
    Session& session() const { return *session_; }

private:
    AnyRecord typed(Id<Record> id) const {
        if (id.ref().kind() == kind_of<Record>().number) return session_->get(id);
        throw NotFound(std::string(kind_of<Record>().name) + ": no such record");
    }
    static std::vector<Assignment> assignments(const Record& record) {
        std::vector<Assignment> all;
        const PropertyValues& properties = record.head.properties;
        const Kind& kind = properties.kind() ? *properties.kind() : kind_of<Record>();
        for (const Column& column : kind.columns) {
            const bool kept = (record.head.hidden | record.head.unread).test(kind.index_of(column));
            if (!kept && !column.has(derived)) all.push_back({column.name, column.get(&record)});
        }
        for (const auto& [name, value] : properties.values())
            if (!kind.find(name)) all.push_back({name, value.value()});
        if (kind.role != Role::root) return all;
        if (record.head.owner) all.push_back({"owner_id", record.head.owner.value()});
        if (record.head.unit) all.push_back({"unit_id", record.head.unit.value()});
        all.push_back({"territory_id",
                       record.head.territory ? Value{record.head.territory.value()} : Value{}});
        return all;
    }
    Session* session_;
};

}  // namespace crm
