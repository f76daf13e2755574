#include "storage/file.hpp"

#include <unistd.h>

#include <utility>

#include "crm/error.hpp"
#include "storage/backup.hpp"
#include "storage/file_impl.hpp"
#include "storage/migration.hpp"
#include "storage/open_rules.hpp"
#include "storage/temporary_file.hpp"

namespace crm::storage {
namespace {

namespace fs = std::filesystem;

const Slot begin_read_slot;

ConnectionSetup reader_setup(const File& file, ConnectionSetup::Purpose purpose) {
    const bool is_still =
        file.read_only() && is_on_read_only_media(file.path()) && !is_in_use(file.path());
    return {.path = file.path(), .purpose = purpose, .immutable = is_still};
}

void build(const fs::path& path, const Schema& schema, int page_size,
           const std::function<void(Connection&)>& fill) {
    const auto connection = open_connection({.path = path,
                                             .mode = Connection::Mode::write,
                                             .purpose = ConnectionSetup::Purpose::build,
                                             .page_size = page_size});
    connection->execute("BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = 1");
    connection->execute(schema.sql);
    if (fill) fill(*connection);
    connection->execute("PRAGMA application_id = " + std::to_string(application_id) +
                        "; PRAGMA user_version = " + std::to_string(schema.version) + "; COMMIT");
    make_wal_file(*connection);
}

}  // namespace

void SharedPoll::set(std::function<bool()> poll) {
    const std::lock_guard lock{mutex_};
    poll_ = std::move(poll);
    ++version_;
}

std::function<bool()> SharedPoll::get() {
    if (version_ == 0) return {};
    const std::lock_guard lock{mutex_};
    return poll_;
}

void SharedPoll::hand_to(Connection::Impl& connection) {
    if (connection.poll_version == version_) return;
    const std::lock_guard lock{mutex_};
    connection.poll = poll_;
    connection.poll_version = version_;
}

File::Impl::Impl(fs::path place, const Schema& schema, const FileOptions& wanted)
    : path(std::move(place)), options(wanted), process(::getpid()), claim(path) {
    const auto admission = admit(path, schema);
    read_only = options.read_only || !admission.may_write;
    if (read_only && admission.version < schema.version)
        throw ReadOnly{path.string() +
                       " is of an older release; open it once for writing, which"
                       " upgrades it"};
    if (!read_only && !is_writable(path))
        throw IoError{path.string() +
                      ": no right to write it, or to make files beside it; open it"
                      " read-only or ask for the right"};
    if (!admission.may_write) warn("the file is of a newer release: opened read-only");
    if (const auto copies = other_sqlite_copies(); !copies.empty())
        warn("several copies of SQLite in this process, which drop each other's locks: " + copies);
}

bool File::Impl::is_forked() const { return ::getpid() != process; }

void File::Impl::refuse_fork() const {
    if (is_forked()) throw Misuse{"the file was opened before fork(): open it in the child"};
}

void File::Impl::warn(std::string_view what) const {
    if (options.log) options.log(what);
}

void File::Impl::renew_readers() {
    for (auto* pool : pools()) pool->renew();
}

Connection& File::Impl::begin_read(ReaderPool& pool) {
    refuse_fork();
    auto& connection = pool.borrow();
    try {
        poll.hand_to(connection.impl());
        connection.set_deadline(Clock::now() + options.statement_deadline);
        connection.use(begin_read_slot, [] { return "BEGIN"; }).run();
    } catch (...) {
        pool.give_back(connection);
        throw;
    }
    return connection;
}

File::File(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
    using Purpose = ConnectionSetup::Purpose;
    impl_->readers.emplace(reader_setup(*this, Purpose::work), impl_->options.readers);
    impl_->view_readers.emplace(reader_setup(*this, Purpose::views), 1);
    impl_->user_readers.emplace(reader_setup(*this, Purpose::user_sql), 1);
    if (!impl_->read_only) impl_->open_for_writing();
}

std::shared_ptr<File> File::create(const fs::path& path, const Schema& schema,
                                   const FileOptions& options,
                                   const std::function<void(Connection&)>& fill) {
    const auto place = find_place(path);
    refuse_network_share(place.parent_path());
    TemporaryFile temporary{place};
    build(temporary.path(), schema, options.page_size, fill);
    temporary.publish();
    return open(place, schema, options);
}

std::shared_ptr<File> File::open(const fs::path& path, const Schema& schema,
                                 const FileOptions& options) {
    const auto place = find_file(path);
    refuse_network_share(place);
    std::shared_ptr<File> file{new File{std::make_unique<Impl>(place, schema, options)}};
    if (!file->read_only()) file->impl_->is_upgraded = upgrade(*file, schema, options.log);
    return file;
}

File::~File() {
    // In a forked child nothing may be closed: the locks and the WAL are the parent's.
    if (impl_->is_forked())
        static_cast<void>(impl_.release());
    else
        impl_->close();
}

File::Reader File::read() {
    auto& pool = *impl_->readers;
    return Reader{&pool, &impl_->begin_read(pool), impl_->options.statement_deadline};
}

File::Reader File::read_with_views() {
    auto& pool = *impl_->view_readers;
    return Reader{&pool, &impl_->begin_read(pool), impl_->options.statement_deadline};
}

File::Reader File::read_for_users() {
    auto& pool = *impl_->user_readers;
    Reader reader{&pool, &impl_->begin_read(pool), impl_->options.statement_deadline};
    reader.connection().impl().bound_memory();
    return reader;
}

File::Reader::Reader(Reader&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      connection_(other.connection_),
      allowed_(other.allowed_) {}

File::Reader::~Reader() {
    if (pool_) pool_->give_back(*connection_);
}

void File::Reader::renew_deadline() { connection_->set_deadline(Clock::now() + allowed_); }

std::vector<std::string> File::quick_check() {
    const auto reader = read();
    reader.connection().clear_deadline();
    return storage::quick_check(reader.connection());
}

void File::analyze() {
    auto writer = write();
    writer.connection().execute("PRAGMA analysis_limit = 1000; ANALYZE");
    writer.commit();
    impl_->renew_readers();
}

const fs::path& File::path() const { return impl_->path; }

bool File::read_only() const { return impl_->read_only; }

bool File::upgraded() const { return impl_->is_upgraded; }

std::string File::identity() const { return identity_of(impl_->path); }

void File::set_poll(std::function<bool()> poll) { impl_->poll.set(std::move(poll)); }

}  // namespace crm::storage
