#include "crm/error.hpp"
#include "kernel/state.hpp"
#include "kernel/transaction.hpp"

namespace crm::kernel {
namespace {

/// Shares nothing: the unit of work outlives every read inside it.
template <class T>
std::shared_ptr<const T> borrowed(const T& object) {
    return {std::shared_ptr<const void>{}, &object};
}

std::shared_ptr<const ListCache> read_lists(storage::Connection& connection, std::int64_t epoch) {
    auto cache = std::make_shared<ListCache>();
    cache->epoch = epoch;
    auto rows = connection.use(
        "SELECT v.list, v.code, v.id, v.position, v.is_retired, l.language, l.label"
        " FROM main.list_value AS v LEFT JOIN main.list_label AS l ON l.value_id = v.id");
    while (rows.step()) {
        auto& codes = cache->lists[std::string(rows.text(0))];
        auto& entry =
            codes
                .try_emplace(
                    std::string(rows.text(1)),
                    ListCache::Entry{rows.integer(2), rows.integer(3), rows.integer(4) != 0, {}})
                .first->second;
        if (!rows.is_null(5)) entry.labels.emplace_back(rows.text(5), rows.text(6));
    }
    return cache;
}

std::shared_ptr<const ListCache> cached_lists(DatabaseState& database, std::int64_t epoch) {
    const std::lock_guard lock(database.lists_mutex);
    return database.lists && database.lists->epoch == epoch ? database.lists : nullptr;
}

std::shared_ptr<const ListCache> keep_lists(DatabaseState& database, storage::Connection& committed,
                                            std::int64_t epoch) {
    auto lists = read_lists(committed, epoch);
    const std::lock_guard lock(database.lists_mutex);
    return database.lists = std::move(lists);
}

}  // namespace

Reading::Reading(SessionState& session) : session_(&session) {
    if (session.transaction) {
        connection_ = &session.transaction->connection();
        rights_ = borrowed(session.transaction->rights());
        return;
    }
    read_on(session.database->file->read());
}

Reading::Reading(SessionState& session, storage::File::Reader reader) : session_(&session) {
    read_on(std::move(reader));
}

void Reading::read_on(storage::File::Reader reader) {
    reader_.emplace(std::move(reader));
    connection_ = &reader_->connection();
    const std::int64_t epoch = epoch_of(*connection_);
    session_->database->follow(*connection_, epoch);
    if (!session_->rights || session_->rights->epoch() != epoch)
        session_->rights = Rights::resolve(*session_->database, *connection_, session_->user);
    rights_ = session_->rights;
}

void Reading::read_views() { rights_ = rights_->over_views(); }

void Reading::renew_deadline() {
    if (reader_) reader_->renew_deadline();
}

std::string ListCache::Entry::label(std::string_view language, std::string_view code) const {
    for (const auto wanted : {language, std::string_view{"en"}})
        for (const auto& [of, text] : labels)
            if (of == wanted) return text;
    return std::string(code);
}

std::string ListCache::label(std::string_view list, std::string_view code,
                             std::string_view language) const {
    const auto values = lists.find(std::string(list));
    if (values == lists.end()) return std::string(code);
    const auto entry = values->second.find(std::string(code));
    return entry == values->second.end() ? std::string(code) : entry->second.label(language, code);
}

std::shared_ptr<const ListCache> Reading::lists() const {
    if (session_->transaction) return borrowed(session_->transaction->lists());
    return lists_of(database(), connection());
}

// A writer may stand on changes that are never committed: what it sees is kept only where a reader
// sees it too.
std::shared_ptr<const ListCache> lists_of(DatabaseState& database,
                                          storage::Connection& connection) {
    const auto epoch = epoch_of(connection);
    if (auto cached = cached_lists(database, epoch)) return cached;
    if (connection.mode() == storage::Connection::Mode::read)
        return keep_lists(database, connection, epoch);
    const auto reader = database.file->read();
    if (epoch_of(reader.connection()) != epoch) return read_lists(connection, epoch);
    return keep_lists(database, reader.connection(), epoch);
}

std::int64_t epoch_of(storage::Connection& connection) {
    static const storage::Slot slot;
    auto row = connection.use(
        slot, [] { return std::string("SELECT value FROM meta WHERE key = 'epoch'"); });
    return row.step() ? row.integer(0) : 0;
}

}  // namespace crm::kernel
