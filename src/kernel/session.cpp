#include "crm/session.hpp"

#include "crm/error.hpp"
#include "kernel/command_filter.hpp"
#include "kernel/engine.hpp"
#include "kernel/history.hpp"
#include "kernel/login.hpp"
#include "kernel/run.hpp"
#include "kernel/search.hpp"
#include "kernel/select.hpp"
#include "kernel/sql.hpp"
#include "kernel/undo.hpp"

namespace crm::inline v1 {

using kernel::Reading;
using kernel::SessionState;
using kernel::Transaction;

CommandId Work::command() const { return transaction_->command(); }
Time Work::now() const { return transaction_->now(); }

void Work::set_result(std::string result) {
    constexpr std::size_t limit = 1 << 20;
    if (result.size() > limit) throw LimitExceeded("the result of a command is at most 1 MB");
    transaction_->set_result(std::move(result));
}

Session::Session(std::unique_ptr<SessionState> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Id<User> Session::user() const { return state_->user; }
const std::string& Session::login() const { return state_->login; }
Id<Unit> Session::unit() const { return state_->unit; }
const Zone& Session::zone() const { return state_->zone; }
const std::string& Session::language() const { return state_->language; }
const std::string& Session::currency() const { return state_->database->currency(); }
Database Session::database() const { return Database(state_->database); }
Time Session::now() const {
    return state_->transaction ? state_->transaction->now() : state_->database->now();
}

Command Session::write(std::string_view verb, const std::function<void(Work&)>& body,
                       const WriteOptions& options) {
    if (verb.empty() || verb == "undo" || verb.size() > 100)
        throw Invalid("command", "verb",
                      "is a name of its own of at most 100 bytes, such as \"deal.win\"");
    return kernel::write(*state_, verb, body, options);
}

Effects Session::rehearse(const std::function<void(Work&)>& body) {
    return kernel::rehearse(*state_, body);
}

AnyRecord Session::get(Ref id) const {
    if (auto record = find(id)) return std::move(*record);
    if (!id) throw NotFound("no record is meant by an empty reference");
    throw NotFound(std::string(state_->database->kind_of(id).name) + " " +
                   std::to_string(id.value()) + ": no such record");
}

std::optional<AnyRecord> Session::find(Ref id) const {
    Reading reading(*state_);
    return kernel::find(reading, id);
}

void Session::add(AnyRecord& record) {
    const Kind& kind = record.kind();
    kernel::write(*state_, std::string(kind.name) + ".add",
                  [&](Work& work) { kernel::insert(work.transaction(), kind, record.data()); }, {});
    const bool is_seen_whole = kind.role == Role::common && !record.head().properties.kind();
    if (is_seen_whole) return;
    Reading reading(*state_);
    kernel::conceal(reading, record);
}

AnyRecord Session::change(Ref id, std::int64_t version, const std::vector<Assignment>& fields) {
    const Kind& kind = state_->database->kind_of(id);
    AnyRecord after(kind);
    std::uint64_t writes = 0;
    kernel::write(*state_, std::string(kind.name) + ".change",
                  [&](Work& work) {
                      auto& transaction = work.transaction();
                      const auto before = transaction.writes();
                      kernel::update(transaction, kind, id, version, fields, after.data());
                      writes = transaction.writes() - before;
                  },
                  {});
    Reading reading(*state_);
    // Inside a unit of work, where no rule of the kind wrote anything besides, and who sees every
    // record still sees this one, it need not be read again.
    const bool is_known =
        state_->transaction && writes <= 1 && !kind.stands_alone() && reading.rights().sees_all(0);
    if (!is_known)
        if (auto visible = kernel::find(reading, id)) return std::move(*visible);
    kernel::conceal(reading, after);  // else its own change took it out of its sight
    return after;
}

void Session::remove(Ref id, std::int64_t version) {
    const Kind& kind = state_->database->kind_of(id);
    kernel::write(*state_, std::string(kind.name) + ".remove",
                  [&](Work& work) { kernel::remove(work.transaction(), kind, id, version); }, {});
}

Page<AnyRecord> Session::list(const Kind& kind, const Query& query) const {
    Reading reading(*state_);
    return kernel::list(reading, kind, query);
}

Count Session::count(const Kind& kind, const Filter& where, std::int64_t limit) const {
    Reading reading(*state_);
    return kernel::count(reading, kind, where, limit);
}

Hits Session::quick(std::string_view typed, std::string_view kind, int limit) const {
    Reading reading(*state_);
    return kernel::quick(reading, typed, kind, limit);
}

Hits Session::search(std::string_view text, const std::vector<std::string>& kinds,
                     int limit) const {
    return search(text, SearchOptions{.kinds = kinds, .limit = limit});
}

Hits Session::search(std::string_view text, const SearchOptions& options) const {
    Reading reading(*state_);
    return kernel::search(reading, text, options);
}

SqlResult Session::sql(std::string_view text, const std::vector<SqlParameter>& parameters,
                       const SqlOptions& options) const {
    return kernel::sql(*state_, text, parameters, options);
}

std::vector<HistoryEntry> Session::history(Ref id) const {
    Reading reading(*state_);
    return kernel::history(reading, id);
}

std::vector<Command> Session::commands(int limit, CommandId before) const {
    Reading reading(*state_);
    return kernel::commands(reading, {}, limit, before);
}

std::vector<Command> Session::commands(const CommandFilter& which, int limit,
                                       CommandId before) const {
    Reading reading(*state_);
    return kernel::commands(reading, which, limit, before);
}

Command Session::command(CommandId id) const {
    Reading reading(*state_);
    return kernel::command(reading, id);
}

Run Session::run(RunId id) const {
    Reading reading(*state_);
    return kernel::run_row(reading, id).run;
}

std::vector<Run> Session::runs(int limit) const {
    Reading reading(*state_);
    return kernel::newest_runs(reading, limit);
}

Command Session::undo(CommandId id) { return kernel::undo(*state_, id); }
Command Session::undo(RunId id) { return kernel::undo(*state_, id); }

Undone Session::undo(const CommandFilter& which, const UndoOptions& options) {
    return kernel::undo(*state_, which, options);
}

Effects Session::rehearse_undo(const CommandFilter& which, const UndoOptions& options) {
    return kernel::rehearse_undo(*state_, which, options);
}

void Session::change_password(std::string_view old, std::string_view fresh) {
    kernel::change_password(*state_, old, fresh);
}

Info Session::info() const {
    Reading reading(*state_);
    return kernel::info(reading);
}

}  // namespace crm
