/// Digests: hashes of cryptographic strength: BLAKE2b of libsodium, with a secret key or without.
#pragma once

#include <string>
#include <string_view>

namespace crm::base {

/// 32 random bytes.
std::string random_key();
/// 32 bytes that tell nothing of the text to whoever lacks the key (of 32 bytes).
std::string keyed_digest(std::string_view key, std::string_view text);
/// 64 hexadecimal digits by which a text is known again.
std::string fingerprint(std::string_view text);

}  // namespace crm::base
