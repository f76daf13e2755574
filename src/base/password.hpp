/// Passwords: checked and kept as argon2id hashes, in memory that is wiped. By libsodium.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/password.hpp"

namespace crm::base {

/// A password in memory, in NFC so that every keyboard types the same; wiped when it goes.
class Password {
public:
    static constexpr std::size_t min_bytes = 8, max_bytes = 1'024;

    /// Throws Invalid("user", "password", …) outside these lengths and for what is not UTF-8.
    explicit Password(std::string_view typed);
    Password(Password&&) = default;
    Password(const Password&) = delete;
    Password& operator=(const Password&) = delete;
    ~Password();
    /// nullopt where the constructor would throw: no stored password can be that.
    static std::optional<Password> parse(std::string_view typed);

    /// Salted anew each time. Throws IoError where the memory is not to be had.
    std::string hash(const PasswordCost& cost) const;
    /// Whether a hash is of this password; costs what that hash says. Throws IoError where the
    /// memory is not to be had, or the text is no hash.
    bool matches(const std::string& hash) const;

private:
    std::string_view text() const;
    std::vector<std::int32_t> buffer_;  // as utf8proc needs it, so that nothing is copied once more
    std::size_t size_ = 0;
};

/// Throws Invalid("open", "password_cost", …) for less than the floor, or for more than a mistake.
void require_sound(const PasswordCost& cost);
/// What a hash was made at.
PasswordCost cost_of(const std::string& hash);
/// A hash that no password has, as slow to check as those of that cost.
std::string decoy_hash(const PasswordCost& cost);
/// How many hashes were checked in this process.
std::uint64_t checks_made();

/// A hash of a text that whoever does not know the key (16 to 64 bytes) cannot foretell.
std::uint64_t keyed_hash(std::string_view text, std::string_view key);

}  // namespace crm::base
