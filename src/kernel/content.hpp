/// Contents of files: bytes that records have, each kept once and known by its digest. Outside
/// history, which keeps digests only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crm/id.hpp"
#include "storage/connection.hpp"

namespace crm::kernel {

struct Content {
    std::int64_t id = 0;
    std::string digest{};  ///< `base::fingerprint` of the bytes
    std::int64_t size = 0;
};

/// Stores bytes, or finds them where they stand already. Within a unit of work.
Content keep_content(storage::Connection& connection, std::string_view bytes);
/// Gives a record a content.
void use_content(storage::Connection& connection, Ref record, std::int64_t content);
/// What a record has, or had when it was removed; nullopt where it has none or none any more.
std::optional<Content> content_of(storage::Connection& connection, Ref record);
/// Throws NotFound where there are none, Corrupt where they are not what the digest says.
std::string bytes_of(storage::Connection& connection, Ref record);

struct Freed {
    std::int64_t contents = 0, bytes = 0;
};
/// Takes their contents from records; those that no other record has go.
Freed free_contents(storage::Connection& connection, std::span<const Ref> records);

}  // namespace crm::kernel
