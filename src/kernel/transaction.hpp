/// A unit of work in progress: one transaction, one command.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "crm/history.hpp"
#include "crm/session.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

/// Holds the writer from the command's first breath to its commit.
class Transaction {
public:
    Transaction(SessionState& session, storage::File::Durability durability);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    SessionState& session() const { return session_; }
    DatabaseState& database() const { return *session_.database; }
    storage::Connection& connection() const { return writer_.connection(); }
    const Rights& rights() const { return *rights_; }
    const ListCache& lists();
    CommandId command() const { return command_; }
    Time now() const { return now_; }

    /// Looks the key up: the command of then, if it was done; throws Conflict for other arguments.
    std::optional<Command> known(std::string_view verb, const WriteOptions& options);
    /// Writes the row of `command`.
    void begin(std::string_view verb, const WriteOptions& options, CommandId undo_of = {});
    void set_result(std::string result) { result_ = std::move(result); }

    /// The next id of a kind; contiguous within the command.
    Ref next_id(const Kind& kind);
    bool created_here(Ref ref) const;
    /// Keeps the values before a change or removal for history; the first one of a field wins. `removed`: `before`
    /// is the whole row. `restored`: it was not there before.
    void keep_before(Ref ref, Json::Object before, bool removed = false);
    void keep_restored(Ref ref);
    /// Bumps the epoch at commit: users, units, rights or lists changed. Rights are resolved anew at once.
    void rights_changed();
    /// Runs before commit, after the body; for rules that look at the whole unit of work. Once for each key.
    void at_end(std::int64_t key, std::function<void(Work&)> check);

    /// Runs what waits for the end, writes `created`, sequences and result.
    void finish();
    void commit();
    /// What was done so far, for a rehearsal.
    Effects effects();

private:
    struct Range {
        std::int64_t first = 0, next = 0;  // sequence numbers
    };
    Json::Object* pending_before(Ref ref);

    SessionState& session_;
    storage::File::Writer writer_;
    std::shared_ptr<const Rights> rights_;
    std::shared_ptr<const ListCache> lists_;
    CommandId command_{};
    Time now_{};
    std::string result_;
    bool epoch_bumped_ = false;
    std::unordered_map<KindNumber, Range> ranges_;
    struct Before {
        Json::Object fields;
        bool removed = false;
        bool restored = false;
    };
    std::unordered_map<Ref, Before> before_;
    std::vector<std::pair<std::int64_t, std::function<void(Work&)>>> at_end_;
};

}  // namespace crm::kernel
