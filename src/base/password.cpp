#include "base/password.hpp"

#include <sodium.h>
#include <utf8proc.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "crm/error.hpp"
#include "crm/password.hpp"

namespace crm::base {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20, max_memory = 4'096 * mebibyte;
constexpr unsigned max_passes = 1'000;
/// Of what is typed: composing shortens a text, but no password this far.
constexpr std::size_t max_typed = 4 * Password::max_bytes;

std::atomic<std::uint64_t> checks{0};

[[noreturn]] void refuse(const std::string& reason) { throw Invalid("user", "password", reason); }

/// Safe from any thread, and cheap after the first time.
void start_sodium() {
    if (sodium_init() < 0) throw IoError("libsodium found no source of random numbers");
}

void wipe(std::vector<std::int32_t>& buffer) {
    sodium_memzero(buffer.data(), buffer.size() * sizeof(std::int32_t));
}

/// Puts the code points of a text, in NFC, into a buffer with room for one more; their number.
utf8proc_ssize_t compose(std::string_view typed, std::vector<std::int32_t>& buffer) {
    const auto* text = reinterpret_cast<const utf8proc_uint8_t*>(typed.data());
    const auto size = static_cast<utf8proc_ssize_t>(typed.size());
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    const auto room = utf8proc_decompose(text, size, nullptr, 0, options);
    if (room < 0) refuse("must be UTF-8");
    buffer.resize(static_cast<std::size_t>(room) + 1);
    utf8proc_decompose(text, size, buffer.data(), room, options);
    return room;
}

std::uint64_t number_after(std::string_view hash, std::string_view name) {
    std::uint64_t number = 0;
    const auto at = hash.find(name);
    if (at != hash.npos)
        std::from_chars(hash.data() + at + name.size(), hash.data() + hash.size(), number);
    return number;
}

}  // namespace

Password::Password(std::string_view typed) {
    if (typed.size() > max_typed) refuse("has more than 1,024 bytes");
    const auto count = compose(typed, buffer_);
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    size_ = static_cast<std::size_t>(utf8proc_reencode(buffer_.data(), count, options));
    if (size_ >= min_bytes && size_ <= max_bytes) return;
    wipe(buffer_);  // no destructor runs
    refuse(size_ < min_bytes ? "has fewer than 8 bytes" : "has more than 1,024 bytes");
}

Password::~Password() { wipe(buffer_); }

std::optional<Password> Password::parse(std::string_view typed) {
    try {
        return Password(typed);
    } catch (const Invalid&) {
        return std::nullopt;
    }
}

std::string_view Password::text() const {
    return {reinterpret_cast<const char*>(buffer_.data()), size_};
}

std::string Password::hash(const PasswordCost& cost) const {
    start_sodium();
    char hash[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str_alg(hash, text().data(), size_, cost.passes, cost.memory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw IoError("there is not enough memory to hash a password: lower password_cost");
    return hash;
}

bool Password::matches(const std::string& hash) const {
    start_sodium();
    ++checks;
    errno = 0;
    if (crypto_pwhash_str_verify(hash.c_str(), text().data(), size_) == 0) return true;
    if (errno == EINVAL) return false;  // what libsodium says of another password, and only then
    throw IoError("a password could not be checked: not enough memory, or its hash is damaged");
}

void require_sound(const PasswordCost& cost) {
    const auto refuse_cost = [](const char* reason) {
        throw Invalid("open", "password_cost", reason);
    };
    if (cost.memory < password_cost_floor.memory || cost.passes < password_cost_floor.passes)
        refuse_cost("is at least 19 MiB of memory and 2 passes");
    if (cost.memory > max_memory || cost.passes > max_passes)
        refuse_cost("is at most 4 GiB of memory and 1,000 passes");
}

PasswordCost cost_of(const std::string& hash) {
    return {.memory = static_cast<std::size_t>(number_after(hash, "$m=")) * 1'024,
            .passes = static_cast<unsigned>(number_after(hash, ",t="))};
}

std::string decoy_hash(const PasswordCost& cost) {
    // Salt and result are all zeros, which no password is known to give.
    return "$argon2id$v=19$m=" + std::to_string(cost.memory / 1'024) +
           ",t=" + std::to_string(cost.passes) + ",p=1$" + std::string(22, 'A') + '$' +
           std::string(43, 'A');
}

std::uint64_t checks_made() { return checks; }

std::uint64_t keyed_hash(std::string_view text, std::string_view key) {
    start_sodium();
    unsigned char bytes[crypto_generichash_BYTES_MIN];
    crypto_generichash(bytes, sizeof bytes, reinterpret_cast<const unsigned char*>(text.data()),
                       text.size(), reinterpret_cast<const unsigned char*>(key.data()), key.size());
    std::uint64_t hash = 0;
    std::memcpy(&hash, bytes, sizeof hash);
    return hash;
}

}  // namespace crm::base
