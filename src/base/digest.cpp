#include "base/digest.hpp"

#include <sodium.h>

#include "crm/error.hpp"

namespace crm::base {
namespace {

constexpr std::size_t hash_bytes = 32;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

void require_sodium() {
    if (sodium_init() < 0) throw IoError("libsodium found no source of random numbers");
}

std::string hash(std::string_view key, std::string_view text) {
    require_sodium();
    std::string made(hash_bytes, '\0');
    const int failed = crypto_generichash(reinterpret_cast<unsigned char*>(made.data()),
                                          made.size(), bytes_of(text), text.size(),
                                          key.empty() ? nullptr : bytes_of(key), key.size());
    if (failed != 0) throw Corrupt("the key of the suppressions is damaged: restore a backup");
    return made;
}

}  // namespace

std::string random_key() {
    require_sodium();
    std::string key(hash_bytes, '\0');
    randombytes_buf(key.data(), key.size());
    return key;
}

std::string keyed_digest(std::string_view key, std::string_view text) { return hash(key, text); }

std::string fingerprint(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const unsigned char byte : hash({}, text)) (hex += digits[byte >> 4]) += digits[byte & 15];
    return hex;
}

}  // namespace crm::base
