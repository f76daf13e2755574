#include "kernel/content.hpp"

#include "base/digest.hpp"
#include "crm/error.hpp"

namespace crm::kernel {
namespace {

std::optional<std::int64_t> id_of(storage::Connection& connection, std::string_view digest) {
    auto row = connection.use("SELECT id FROM file_content WHERE digest = ?1");
    if (!row.bind(1, digest).step()) return std::nullopt;
    return row.integer(0);
}

std::int64_t store(storage::Connection& connection, std::string_view digest,
                   std::string_view bytes) {
    auto row = connection.use(
        "INSERT INTO file_content (digest, size, bytes) VALUES (?1, ?2, ?3) RETURNING id");
    row.bind(1, digest).bind(2, static_cast<std::int64_t>(bytes.size()));
    row.bind(3, Value::blob(bytes)).step();
    const std::int64_t id = row.integer(0);
    row.step();
    return id;
}

/// The content that a record had.
std::optional<std::int64_t> take_from(storage::Connection& connection, Ref record) {
    auto row = connection.use("DELETE FROM file_use WHERE record_id = ?1 RETURNING content_id");
    if (!row.bind(1, record.value()).step()) return std::nullopt;
    const std::int64_t content = row.integer(0);
    row.step();
    return content;
}

std::int64_t size_if_unused(storage::Connection& connection, std::int64_t content) {
    auto row = connection.use(
        "SELECT size FROM file_content AS c WHERE id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM file_use AS u WHERE u.content_id = c.id)");
    return row.bind(1, content).step() ? row.integer(0) : -1;
}

}  // namespace

Content keep_content(storage::Connection& connection, std::string_view bytes) {
    Content content{.digest = base::fingerprint(bytes),
                    .size = static_cast<std::int64_t>(bytes.size())};
    const auto known = id_of(connection, content.digest);
    content.id = known ? *known : store(connection, content.digest, bytes);
    return content;
}

void use_content(storage::Connection& connection, Ref record, std::int64_t content) {
    connection.use("INSERT INTO file_use (record_id, content_id) VALUES (?1, ?2)")
        .bind(1, record.value())
        .bind(2, content)
        .run();
}

std::optional<Content> content_of(storage::Connection& connection, Ref record) {
    auto row = connection.use(
        "SELECT c.id, c.digest, c.size FROM file_use AS u CROSS JOIN file_content AS c"
        " ON c.id = u.content_id WHERE u.record_id = ?1");
    if (!row.bind(1, record.value()).step()) return std::nullopt;
    return Content{row.integer(0), std::string(row.text(1)), row.integer(2)};
}

std::string bytes_of(storage::Connection& connection, Ref record) {
    auto row = connection.use(
        "SELECT c.digest, c.bytes FROM file_use AS u CROSS JOIN file_content AS c"
        " ON c.id = u.content_id WHERE u.record_id = ?1");
    if (!row.bind(1, record.value()).step()) throw NotFound("the content of this file is gone");
    std::string bytes(row.value(1).text());
    if (base::fingerprint(bytes) != row.text(0))
        throw Corrupt("a content is not what its digest says: restore a backup");
    return bytes;
}

Freed free_contents(storage::Connection& connection, std::span<const Ref> records) {
    Freed freed;
    for (const Ref record : records) {
        const auto content = take_from(connection, record);
        const std::int64_t size = content ? size_if_unused(connection, *content) : -1;
        if (size < 0) continue;
        connection.use("DELETE FROM file_content WHERE id = ?1").bind(1, *content).run();
        ++freed.contents;
        freed.bytes += size;
    }
    return freed;
}

}  // namespace crm::kernel
