#include <sqlite3.h>

#include <utility>

#include "crm/error.hpp"
#include "storage/file_impl.hpp"
#include "storage/open_rules.hpp"

namespace crm::storage {
namespace {

using namespace std::chrono_literals;

const Slot begin_write_slot;
const Slot commit_slot;
const Slot rollback_slot;

constexpr auto checkpoint_patience = 50ms;
constexpr auto long_read = 1'000ms;

/// This pragma works when it is prepared; running it would also expire every prepared statement of
/// the connection, to be prepared anew in each unit of work.
void defer_foreign_keys(sqlite3* handle) {
    std::string_view sql = "PRAGMA defer_foreign_keys = 1";
    const StatementCache::Entry prepared{prepare_next(handle, sql)};
}

}  // namespace

void File::Impl::open_for_writing() {
    gate.emplace(path);
    ready_writer();
    page_size = static_cast<int>(writer->integer("PRAGMA page_size"));
    if (writer->text("PRAGMA journal_mode") == "wal") return;
    enter();
    const Leave leave_at_end{this};
    if (writer->text("PRAGMA journal_mode = WAL") != "wal")
        throw IoError{path.string() + ": cannot keep a write-ahead log here"};
}

void File::Impl::ready_writer() {
    if (is_poisoned) writer.reset();
    is_poisoned = false;
    if (writer) return;
    writer = open_connection({.path = path, .mode = Connection::Mode::write});
    durability = Durability::full;
}

void File::Impl::set_durability(Durability wanted) {
    if (durability == wanted) return;
    writer->execute(wanted == Durability::full ? "PRAGMA synchronous = FULL"
                                               : "PRAGMA synchronous = NORMAL");
    durability = wanted;
}

Clock::time_point File::Impl::enter() {
    refuse_fork();
    if (read_only) throw ReadOnly{path.string() + " is open for reading only"};
    if (gate->held_by_this_thread()) throw Misuse{"this thread is writing already"};
    const auto deadline = Clock::now() + options.write_deadline;
    if (!gate->enter(deadline, poll.get())) throw Busy{"others are writing to the file; try again"};
    return deadline;
}

Connection& File::Impl::begin_write(Durability wanted) {
    const auto deadline = enter();
    try {
        ready_writer();
        set_durability(wanted);
        begin(deadline);
    } catch (...) {
        leave();
        throw;
    }
    return *writer;
}

void File::Impl::begin(Clock::time_point deadline) {
    poll.hand_to(writer->impl());
    writer->clear_deadline();
    writer->impl().busy_wait = deadline - Clock::now();  // for programs that write without the gate
    writer->use(begin_write_slot, [] { return "BEGIN IMMEDIATE"; }).run();
    defer_foreign_keys(writer->handle());
}

void File::Impl::commit() {
    if (!writer->in_transaction()) throw Error{"an error rolled this unit of work back already"};
    try {
        writer->use(commit_slot, [] { return "COMMIT"; }).run();
    } catch (const IoError& error) {
        is_poisoned = true;
        throw IoError{std::string{error.what()} +
                      "; whether this commit took effect is unknown: look its key up"};
    }
    has_written = true;
    checkpoint_if_due();
}

void File::Impl::rollback() noexcept try {
    if (writer->in_transaction()) writer->use(rollback_slot, [] { return "ROLLBACK"; }).run();
} catch (...) {
    is_poisoned = true;  // closing the connection rolls back
}

/// The commit stands whatever happens here.
void File::Impl::checkpoint_if_due() noexcept try {
    const auto bytes = wal_bytes(*writer, page_size);
    if (!plan.is_due(bytes)) return;
    plan.put_off(bytes);
    if (truncate_wal(*writer, checkpoint_patience)) return;
    if (bytes < wal_limits().readers) return;
    for (auto* pool : pools()) pool->expire(long_read);
} catch (const std::exception& error) {
    warn(std::string{"checkpoint: "} + error.what());
}

/// Does not wait: whoever is inside the gate, or still reads, leaves the WAL to the next one.
void File::Impl::close() noexcept try {
    for (auto* pool : pools()) pool->close();
    if (!writer || is_poisoned || !gate->try_enter()) return;
    const Leave leave_at_end{this};
    close_writer();
} catch (const std::exception& error) {
    warn(std::string{"closing: "} + error.what());
}

void File::Impl::close_writer() {
    if (has_written) writer->execute("PRAGMA analysis_limit = 1000; PRAGMA optimize");
    // With an empty WAL SQLite's own close has nothing left to checkpoint; it removes -wal and -shm
    // if nobody else has the file open.
    if (truncate_wal(*writer, 0ms))
        sqlite3_db_config(writer->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    writer.reset();
}

File::Writer File::write(Durability durability) {
    auto& connection = impl_->begin_write(durability);
    return Writer{this, &connection, &*impl_->gate};
}

void File::end_bulk() {
    impl_->enter();
    const Impl::Leave leave_at_end{impl_.get()};
    impl_->ready_writer();
    impl_->set_durability(Durability::full);
    auto& writer = *impl_->writer;
    if (!truncate_wal(writer, checkpoint_patience)) sync_wal(writer.handle());
}

File::Writer::Writer(File* file, Connection* connection, void* gate)
    : file_(file), connection_(connection), gate_(gate) {}

File::Writer::Writer(Writer&& other) noexcept
    : file_(other.file_),
      connection_(other.connection_),
      gate_(std::exchange(other.gate_, nullptr)) {}

File::Writer::~Writer() { rollback(); }

void File::Writer::commit() {
    if (!gate_) throw Misuse{"this unit of work has ended already"};
    file_->impl_->commit();
    gate_ = nullptr;
    file_->impl_->leave();
}

void File::Writer::rollback() noexcept {
    if (!std::exchange(gate_, nullptr)) return;
    file_->impl_->rollback();
    file_->impl_->leave();
}

}  // namespace crm::storage
