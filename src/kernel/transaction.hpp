/// A unit of work in progress: one transaction, one command.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
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
    /// Shows rules what stands in a snapshot, as a unit of work would: nothing is begun, and
    /// whatever writes throws ReadOnly.
    explicit Transaction(Reading& snapshot);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    SessionState& session() const { return session_; }
    DatabaseState& database() const { return *session_.database; }
    storage::Connection& connection() const { return connection_; }
    const Rights& rights() const { return *rights_; }
    const ListCache& lists();
    /// The kinds as they are now, with their custom properties.
    const Catalogue& catalogue() const { return rights_->catalogue(); }
    std::span<const Kind> kinds() const { return catalogue().kinds(); }
    const Plan& plan(const Kind& kind) const { return catalogue().plan(kind); }
    /// nullptr for a number that is no kind's.
    const Kind* kind(KindNumber number) const { return catalogue().kind(number); }
    /// Throws NotFound.
    const Kind& kind_of(Ref ref) const { return catalogue().kind_of(ref); }
    /// Throws Invalid.
    const Kind& kind_named(std::string_view name) const { return catalogue().kind_named(name); }
    CommandId command() const { return command_; }
    Time now() const { return now_; }
    /// Whether it shows a snapshot to rules, which write nothing then.
    bool reads_only() const { return !writer_; }

    /// Looks the key up: the command of then, if it was done; throws Conflict for other arguments.
    std::optional<Command> known(std::string_view verb, const WriteOptions& options);
    /// Writes the row of `command`.
    void begin(std::string_view verb, const WriteOptions& options, CommandId undo_of = {});
    void set_result(std::string result) { result_ = std::move(result); }
    const std::string& result() const { return result_; }

    /// The next id of a kind; contiguous within the command.
    Ref next_id(const Kind& kind);
    bool created_here(Ref ref) const;
    bool restored_here(Ref ref) const { return restored_.contains(ref); }
    /// Gives the newest id back, after a creation that failed before its row was written.
    void give_back(Ref id);
    /// Keeps the values before a change for history; the first one of a field wins.
    void keep_changed(Ref ref, Json::Object before);
    /// Keeps the whole row of a removed record, with its id.
    void keep_removed(Ref ref, Json::Object row);
    /// Keeps that a record was not there before: it comes back under its old id.
    void keep_restored(Ref ref);
    /// Bumps the epoch at commit: users, units, rights or lists changed. Rights are resolved anew
    /// at once.
    void rights_changed();
    /// The content of a file that the next record made of it takes; 0 for none.
    std::int64_t brought_content() const { return brought_content_; }
    void bring_content(std::int64_t id) { brought_content_ = id; }
    /// What the next records are made out of, for rules that tell news from copies; none otherwise.
    Ref copied_from() const { return copied_from_; }
    void copy_from(Ref record) { copied_from_ = record; }
    /// What of the end comes first: checks of relations that an undo put back, which what follows
    /// relies on; what follows from the unit of work; whether the whole may stand.
    enum class AtEnd : std::uint8_t { relations, follows, checks };
    /// Runs before commit, after the body. Once for each key that waits; what runs may make it wait
    /// again.
    void at_end(std::string_view purpose, std::int64_t id, std::function<void(Work&)> run,
                AtEnd when = AtEnd::follows);
    /// Runs what waits for the end now, and forgets it, whatever it throws.
    void run_waiting();
    /// Counts a row written, changed or removed.
    void count_write() { ++writes_; }
    std::uint64_t writes() const { return writes_; }
    /// Something inside failed half done and was caught: nothing of the unit of work may be kept.
    void spoil() { is_spoiled_ = true; }

    /// Runs what waits for the end, writes `created`, sequences and result.
    void finish();
    void commit();
    /// What was done so far, for a rehearsal.
    Effects effects();

    /// Makes a part of the work atomic: what was done since its construction is undone unless kept.
    class Part {
    public:
        explicit Part(Transaction& transaction);
        ~Part();
        Part(const Part&) = delete;
        Part& operator=(const Part&) = delete;
        void keep();

    private:
        Transaction& transaction_;
        std::unordered_map<KindNumber, std::pair<std::int64_t, std::int64_t>> ranges_;
        std::size_t kept_;
        std::array<std::size_t, 3> waiting_;
        std::uint64_t writes_;
        bool done_ = false;
    };

private:
    using Range = std::pair<std::int64_t, std::int64_t>;  // first and next sequence number
    struct Before {
        enum class What : std::uint8_t { changed, removed, restored };
        Ref ref;
        What what;
        Json::Object fields;
    };
    /// Runs in the order in which it came.
    class Waiting {
    public:
        void add(std::string_view purpose, std::int64_t id, std::function<void(Work&)> run);
        /// False where nothing waits.
        bool run_next(Work& work);
        /// How much has come so far, run or not.
        std::size_t size() const { return all_.size(); }
        /// Forgets what has come since.
        void forget(std::size_t since);

    private:
        struct Each {
            std::string_view purpose;  // a literal
            std::int64_t id;
            std::function<void(Work&)> run;
        };
        std::vector<Each> all_;
        std::size_t next_ = 0;
        std::set<std::pair<std::string_view, std::int64_t>> keys_;  // of those that wait
    };
    Range& range_of(KindNumber kind);
    void forget_waiting(const std::array<std::size_t, 3>& since);
    static Json::Object fields_before(const Before& earlier, const Before& later);
    void drop_unchanged(Before& entry) const;
    std::vector<Before> merged() const;
    Effects::Changed change_of(Reading& reading, const Before& entry) const;
    bool was_visible(Reading& reading, Ref ref) const;
    bool was_visible(Reading& reading, const Before& entry) const;
    void read_rights();
    void write_created();
    void write_changes();

    SessionState& session_;
    std::optional<storage::File::Writer> writer_;  // none on a snapshot
    storage::Connection& connection_;
    std::shared_ptr<const Rights> rights_;
    std::shared_ptr<const ListCache> lists_;
    std::int64_t copy_ = 0;  // of the file, which nobody can restore meanwhile
    CommandId command_{};
    Time now_{};
    std::string result_;
    std::int64_t brought_content_ = 0;
    Ref copied_from_{};
    bool epoch_bumped_ = false;
    bool is_spoiled_ = false;
    std::uint64_t writes_ = 0;
    std::unordered_map<KindNumber, Range> ranges_;
    std::unordered_set<Ref> restored_;  // of a part taken back too: those are not there
    std::vector<Before> before_;  // in order of time; several entries for a record are merged at
                                  // the end
    std::array<Waiting, 3> waiting_;  // by AtEnd
};

}  // namespace crm::kernel
