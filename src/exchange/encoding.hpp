/// Encodings: the bytes of older programs into UTF-8, and whether bytes are UTF-8 at all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace crm::exchange {

/// The first byte that is not part of well-formed UTF-8, or npos. Surrogates and overlong forms
/// are not well-formed.
std::size_t invalid_utf8(std::string_view text) noexcept;

/// Whether the whole of a text is well-formed UTF-8.
inline bool is_utf8(std::string_view text) noexcept {
    return invalid_utf8(text) == std::string_view::npos;
}

/// Decodes one stream of bytes, piece by piece.
///
/// What the encoding does not define becomes the byte 0xFF, which UTF-8 never holds: whoever checks
/// the result by `invalid_utf8` finds it, and nobody is shown a made-up character.
class Decoder {
public:
    /// How many bytes of UTF-8 a byte may become.
    static constexpr std::size_t growth = 3;

    struct Progress {
        std::size_t taken = 0;  ///< bytes decoded; the rest, at most 3, goes before the next piece
        std::size_t made = 0;   ///< bytes of UTF-8 written
    };

    /// By name: see CsvOptions. Throws Invalid("encoding", …) for an unknown one.
    explicit Decoder(std::string_view encoding);
    /// The name as this project spells it.
    std::string_view name() const noexcept { return name_; }
    /// Whether there is nothing to do: the bytes are UTF-8 (and still to be checked).
    bool is_identity() const noexcept { return form_ == Form::utf8; }
    /// Decodes `in` to `out`, which has room for `growth` times as much. With `last` nothing is
    /// left over. Throws Invalid where UTF-16 begins without a byte order mark.
    Progress decode(std::string_view in, char* out, bool last);

private:
    enum class Form : std::uint8_t { utf8, utf16, bytes };
    enum class Order : std::uint8_t { unknown, little, big };
    struct Letter {
        std::array<char, 4> text{};
        std::uint8_t size = 0;
    };

    Progress decode_bytes(std::string_view in, char* out) const noexcept;
    Progress decode_utf16(std::string_view in, char* out, bool last);
    void read_mark(std::string_view in);
    char16_t unit(const char* at) const noexcept;

    std::string_view name_;
    Form form_ = Form::utf8;
    Order order_ = Order::unknown;
    std::array<Letter, 256> letters_{};
};

/// A whole text as UTF-8, without a byte order mark. Throws Invalid("encoding", …) for an unknown
/// encoding and for bytes that are not of it.
std::string to_utf8(std::string_view bytes, std::string_view encoding);

}  // namespace crm::exchange
