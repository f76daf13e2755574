#include "exchange/hash.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace crm::exchange {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the hash must be the same on every machine");

constexpr std::uint64_t c1 = 0x87c37b91114253d5u, c2 = 0x4cf5ad432745937fu;

std::uint64_t word(const char* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
}

std::uint64_t stirred_first(std::uint64_t k) { return std::rotl(k * c1, 31) * c2; }
std::uint64_t stirred_second(std::uint64_t k) { return std::rotl(k * c2, 33) * c1; }

std::uint64_t avalanche(std::uint64_t k) {
    k = (k ^ (k >> 33)) * 0xff51afd7ed558ccdu;
    k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53u;
    return k ^ (k >> 33);
}

void append_hex(std::string& text, std::uint64_t value) {
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(value >> shift) & 0xf];
}

}  // namespace

void Murmur128::add(std::string_view bytes) {
    size_ += bytes.size();
    if (kept_ > 0) {
        const std::size_t taken = bytes.copy(rest_.data() + kept_, block_size - kept_);
        bytes.remove_prefix(taken);
        kept_ += taken;
        if (kept_ < block_size) return;
        mix(rest_.data());
        kept_ = 0;
    }
    for (; bytes.size() >= block_size; bytes.remove_prefix(block_size)) mix(bytes.data());
    kept_ = bytes.copy(rest_.data(), bytes.size());
}

std::string Murmur128::hex() {
    mix_tail();
    first_ ^= size_, second_ ^= size_;
    first_ += second_, second_ += first_;
    first_ = avalanche(first_), second_ = avalanche(second_);
    first_ += second_, second_ += first_;
    std::string text;
    append_hex(text, first_);
    append_hex(text, second_);
    return text;
}

void Murmur128::mix(const char* block) {
    first_ ^= stirred_first(word(block));
    first_ = (std::rotl(first_, 27) + second_) * 5 + 0x52dce729u;
    second_ ^= stirred_second(word(block + 8));
    second_ = (std::rotl(second_, 31) + first_) * 5 + 0x38495ab5u;
}

void Murmur128::mix_tail() {
    std::fill(rest_.begin() + static_cast<std::ptrdiff_t>(kept_), rest_.end(), '\0');
    second_ ^= stirred_second(word(rest_.data() + 8));
    first_ ^= stirred_first(word(rest_.data()));
}

}  // namespace crm::exchange
