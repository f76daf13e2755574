/// A hash of bytes as they pass, to know a file again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace crm::exchange {

/// MurmurHash3 in its 128-bit form for 64-bit machines (Austin Appleby, public domain), fed piece
/// by piece. Tells files apart that were not made to deceive; it is no signature.
class Murmur128 {
public:
    void add(std::string_view bytes);
    /// 32 hexadecimal digits. Nothing can be added after it.
    std::string hex();

private:
    static constexpr std::size_t block_size = 16;
    void mix(const char* block);
    void mix_tail();

    std::uint64_t first_ = 0, second_ = 0, size_ = 0;
    std::array<char, block_size> rest_{};
    std::size_t kept_ = 0;
};

}  // namespace crm::exchange
