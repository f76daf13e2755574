#include "storage/migration.hpp"

#include "crm/error.hpp"

namespace crm::storage {
namespace {

using Log = std::function<void(std::string_view)>;

std::int64_t version_of(Connection& connection) {
    return connection.integer("PRAGMA user_version");
}

/// Looks at the version only behind the gate: another process may be upgrading too.
bool take_step(File& file, const Migration& step, const Log& log) {
    auto writer = file.write();
    auto& connection = writer.connection();
    if (version_of(connection) >= step.to_version) return false;
    if (log) log("upgrading the file: " + std::string{step.what});
    connection.execute(step.sql);
    connection.execute("PRAGMA user_version = " + std::to_string(step.to_version));
    writer.commit();
    connection.forget_statements();
    return true;
}

void refuse_unknown(std::int64_t version, const Schema& schema) {
    if (version < schema.version)
        throw Error{"no upgrade leads from schema " + std::to_string(version) + " to " +
                    std::to_string(schema.version)};
}

}  // namespace

void upgrade(Connection& copy, const Schema& schema) {
    for (const auto& step : schema.migrations) {
        if (version_of(copy) >= step.to_version) continue;
        copy.execute("BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = 1");
        copy.execute(step.sql);
        copy.execute("PRAGMA user_version = " + std::to_string(step.to_version) + "; COMMIT");
        copy.forget_statements();
    }
    refuse_unknown(version_of(copy), schema);
}

bool upgrade(File& file, const Schema& schema, const Log& log) {
    bool is_upgraded = false;
    for (const auto& step : schema.migrations) is_upgraded |= take_step(file, step, log);
    const auto reader = file.read();
    refuse_unknown(version_of(reader.connection()), schema);
    return is_upgraded;
}

}  // namespace crm::storage
