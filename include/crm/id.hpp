/// Ids: 64-bit, unique across kinds and copies of a file, and saying what they point at.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "crm/api.hpp"

namespace crm::inline v1 {

/// The number of a record kind, 1 to 255. Never reused.
using KindNumber = std::uint8_t;

/// A reference to a record of any kind, or to none (0).
///
/// Layout, from the low end: 8 bits kind, 33 bits sequence within the kind, 22 bits number of the
/// copy of the file that made it. Ids of the original file (copy 0) stay below 2^41. An id is never
/// reused and carries no order of time: "newest" is a time column.
class Ref {
public:
    static constexpr int kind_bits = 8;
    static constexpr int sequence_bits = 33;
    static constexpr std::int64_t max_sequence = (std::int64_t{1} << sequence_bits) - 1;
    static constexpr std::int64_t max_copy = (std::int64_t{1} << 22) - 1;

    constexpr Ref() = default;
    constexpr explicit Ref(std::int64_t value) : value_(value) {}
    /// Composes an id; the parts must be within their ranges.
    static constexpr Ref make(KindNumber kind, std::int64_t sequence, std::int64_t copy = 0) {
        return Ref{(copy << (kind_bits + sequence_bits)) | (sequence << kind_bits) | kind};
    }

    constexpr std::int64_t value() const { return value_; }
    constexpr KindNumber kind() const { return static_cast<KindNumber>(value_ & 0xff); }
    constexpr std::int64_t sequence() const { return (value_ >> kind_bits) & max_sequence; }
    constexpr std::int64_t copy() const { return value_ >> (kind_bits + sequence_bits); }
    constexpr explicit operator bool() const { return value_ != 0; }
    friend constexpr auto operator<=>(Ref, Ref) = default;

private:
    std::int64_t value_ = 0;
};

/// A reference to a record of one kind, or to none. Conversion from `Ref` is implicit; the engine
/// answers NotFound where the kind does not match.
template <class Record>
class Id {
public:
    constexpr Id() = default;
    constexpr Id(Ref ref) : ref_(ref) {}
    constexpr explicit Id(std::int64_t value) : ref_(value) {}

    constexpr std::int64_t value() const { return ref_.value(); }
    constexpr Ref ref() const { return ref_; }
    constexpr operator Ref() const { return ref_; }
    constexpr explicit operator bool() const { return static_cast<bool>(ref_); }
    friend constexpr auto operator<=>(Id, Id) = default;

private:
    Ref ref_;
};

/// The number of a command: the file's own counter. 0 is none.
enum class CommandId : std::int64_t {};
/// The number of a run, a group of commands that belong together (an import). 0 is none.
enum class RunId : std::int64_t {};

}  // namespace crm

template <>
struct std::hash<crm::Ref> {
    std::size_t operator()(crm::Ref ref) const noexcept {
        return std::hash<std::int64_t>{}(ref.value());
    }
};
template <class Record>
struct std::hash<crm::Id<Record>> {
    std::size_t operator()(crm::Id<Record> id) const noexcept {
        return std::hash<std::int64_t>{}(id.value());
    }
};
