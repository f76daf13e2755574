#include "kernel/suppression.hpp"

#include "base/digest.hpp"

namespace crm::kernel {
namespace {

/// Empty before the first erasure.
std::string key_of(storage::Connection& connection) {
    auto row = connection.use("SELECT value FROM meta WHERE key = 'suppression_key'");
    return row.step() ? std::string(row.value(0).text()) : std::string{};
}

std::string key_for_ever(storage::Connection& connection) {
    std::string key = key_of(connection);
    if (!key.empty()) return key;
    key = base::random_key();
    connection.use("INSERT INTO meta (key, value) VALUES ('suppression_key', ?1)")
        .bind(1, Value::blob(key))
        .run();
    return key;
}

}  // namespace

void suppress(Transaction& transaction, std::int64_t erasure,
              const std::set<std::string>& identifiers) {
    storage::Connection& connection = transaction.connection();
    const std::string key = key_for_ever(connection);
    auto insert = connection.use("INSERT INTO suppression (hash, erasure_id) VALUES (?1, ?2)");
    for (const std::string& identifier : identifiers) {
        const std::string hash = base::keyed_digest(key, identifier);
        insert.bind(1, Value::blob(hash)).bind(2, erasure).run();
        insert.reset();
    }
    transaction.rights_changed();  // every session looks for suppressions from now on
}

bool is_suppressed(storage::Connection& connection, std::string_view identifier) {
    const std::string key = key_of(connection);
    if (key.empty()) return false;
    const std::string hash = base::keyed_digest(key, identifier);
    auto row = connection.use("SELECT 1 FROM suppression WHERE hash = ?1");
    return row.bind(1, Value::blob(hash)).step();
}

void lift_suppression(Transaction& transaction, std::int64_t erasure) {
    transaction.connection()
        .use("DELETE FROM suppression WHERE erasure_id = ?1")
        .bind(1, erasure)
        .run();
    transaction.rights_changed();
}

}  // namespace crm::kernel
