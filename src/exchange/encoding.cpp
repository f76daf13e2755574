#include "exchange/encoding.hpp"

#include <algorithm>
#include <cstring>

#include "base/utf8.hpp"
#include "crm/error.hpp"

namespace crm::exchange {
namespace {

constexpr char undefined_byte = '\xff';

// The upper end of each code page; the bytes below map to themselves.
constexpr std::u16string_view cp1250 =
    u"€\uffff‚\uffff„…†‡\uffff‰Š‹ŚŤŽŹ\uffff‘’“”•–—\uffff™š›śťžź"
    u"\u00a0ˇ˘Ł¤Ą¦§¨©Ş«¬\u00ad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż"
    u"ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß"
    u"ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙";
constexpr std::u16string_view cp1251 =
    u"ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\uffff™љ›њќћџ"
    u"\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕї"
    u"АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
    u"абвгдежзийклмнопрстуфхцчшщъыьэюя";
constexpr std::u16string_view cp1252 =
    u"€\uffff‚ƒ„…†‡ˆ‰Š‹Œ\uffffŽ\uffff\uffff‘’“”•–—˜™š›œ\uffffžŸ"
    u"\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿"
    u"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß"
    u"àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";
constexpr std::u16string_view iso_8859_2 =
    u"\u00a0Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u00adŽŻ°ą˛ł´ľśˇ¸šşťź˝žż"
    u"ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß"
    u"ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙";
constexpr std::u16string_view koi8_r =
    u"─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u00a0⌡°²·÷"
    u"═║╒ё╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡Ё╢╣╤╥╦╧╨╩╪╫╬©"
    u"юабцдефгхийклмнопярстужвьызшэщчъ"
    u"ЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ";
static_assert(cp1250.size() == 128 && cp1251.size() == 128 && cp1252.size() == 128);
static_assert(iso_8859_2.size() == 96 && koi8_r.size() == 128);

struct Spelling {
    std::string_view key;  // lower case, letters and digits only
    std::string_view name;
    std::u16string_view upper{};
};
constexpr Spelling spellings[] = {
    {"utf8", "utf-8"},
    {"utf16", "utf-16"},
    {"cp1250", "cp1250", cp1250},
    {"windows1250", "cp1250", cp1250},
    {"cp1251", "cp1251", cp1251},
    {"windows1251", "cp1251", cp1251},
    {"cp1252", "cp1252", cp1252},
    {"windows1252", "cp1252", cp1252},
    {"iso88592", "iso-8859-2", iso_8859_2},
    {"latin2", "iso-8859-2", iso_8859_2},
    {"latin1", "latin1"},
    {"iso88591", "latin1"},
    {"koi8r", "koi8-r", koi8_r},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string key_of(std::string_view encoding) {
    std::string key;
    for (const char c : encoding)
        if (c != '-' && c != '_' && c != ' ') key += lower(c);
    return key;
}

const Spelling& find_encoding(std::string_view encoding) {
    const auto* found = std::ranges::find(spellings, key_of(encoding), &Spelling::key);
    if (found != std::end(spellings)) return *found;
    throw Invalid("encoding", "",
                  "unknown encoding '" + std::string{encoding} +
                      "'; known are utf-8, utf-16, cp1250, cp1251, cp1252, iso-8859-2, latin1, "
                      "koi8-r");
}

std::uint64_t eight_bytes(const char* at) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

bool is_high(char16_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(char16_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

char32_t join(char16_t high, char16_t low) {
    return 0x10000 + ((char32_t{high} - 0xd800) << 10) + (char32_t{low} - 0xdc00);
}

}  // namespace

std::size_t invalid_utf8(std::string_view text) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    const char* data = text.data();
    for (std::size_t at = 0; at < text.size();) {
        while (at + 8 <= text.size() && (eight_bytes(data + at) & high_bits) == 0) at += 8;
        if (at == text.size()) break;
        const std::size_t size = base::decode(data + at, data + text.size()).size;
        if (size == 0) return at;
        at += size;
    }
    return std::string_view::npos;
}

Decoder::Decoder(std::string_view encoding) {
    const Spelling& spelling = find_encoding(encoding);
    name_ = spelling.name;
    form_ = name_ == "utf-8" ? Form::utf8 : name_ == "utf-16" ? Form::utf16 : Form::bytes;
    const std::size_t upper_from = letters_.size() - spelling.upper.size();
    for (std::size_t byte = 0; byte < letters_.size(); ++byte) {
        Letter& letter = letters_[byte];
        const auto mapped =
            byte < upper_from ? static_cast<char16_t>(byte) : spelling.upper[byte - upper_from];
        letter.size = static_cast<std::uint8_t>(base::encode(mapped, letter.text.data()));
        if (mapped == 0xffff) letter = {{undefined_byte}, 1};
    }
}

Decoder::Progress Decoder::decode(std::string_view in, char* out, bool last) {
    if (form_ == Form::bytes) return decode_bytes(in, out);
    if (form_ == Form::utf16) return decode_utf16(in, out, last);
    std::ranges::copy(in, out);
    return {in.size(), in.size()};
}

Decoder::Progress Decoder::decode_bytes(std::string_view in, char* out) const noexcept {
    char* to = out;
    for (const char byte : in) {
        const Letter& letter = letters_[static_cast<unsigned char>(byte)];
        std::memcpy(to, letter.text.data(), growth);
        to += letter.size;
    }
    return {in.size(), static_cast<std::size_t>(to - out)};
}

char16_t Decoder::unit(const char* at) const noexcept {
    const auto first = static_cast<unsigned char>(at[0]);
    const auto second = static_cast<unsigned char>(at[1]);
    return static_cast<char16_t>(order_ == Order::little ? first | second << 8
                                                         : first << 8 | second);
}

void Decoder::read_mark(std::string_view in) {
    if (in.starts_with("\xff\xfe")) {
        order_ = Order::little;
    } else if (in.starts_with("\xfe\xff")) {
        order_ = Order::big;
    } else {
        throw Invalid("encoding", "", "this is not UTF-16 with a byte order mark");
    }
}

Decoder::Progress Decoder::decode_utf16(std::string_view in, char* out, bool last) {
    std::size_t at = 0;
    char* to = out;
    if (order_ == Order::unknown && (in.size() >= 2 || (last && !in.empty()))) {
        read_mark(in);
        at = 2;
    }
    for (; at + 2 <= in.size(); at += 2) {
        const char16_t first = unit(in.data() + at);
        if (!is_high(first) && !is_low(first)) {
            to += base::encode(first, to);
        } else if (is_high(first) && at + 4 > in.size() && !last) {
            break;
        } else if (is_high(first) && at + 4 <= in.size() && is_low(unit(in.data() + at + 2))) {
            to += base::encode(join(first, unit(in.data() + at + 2)), to);
            at += 2;
        } else {
            *to++ = undefined_byte;
        }
    }
    if (last && at < in.size()) {
        *to++ = undefined_byte;
        at = in.size();
    }
    return {at, static_cast<std::size_t>(to - out)};
}

std::string to_utf8(std::string_view bytes, std::string_view encoding) {
    Decoder decoder{encoding};
    if (decoder.is_identity() && bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
    std::string text(bytes.size() * (decoder.is_identity() ? 1 : Decoder::growth), '\0');
    text.resize(decoder.decode(bytes, text.data(), true).made);
    const std::size_t wrong = invalid_utf8(text);
    if (wrong == std::string_view::npos) return text;
    const std::string at = decoder.is_identity() ? " at byte " + std::to_string(wrong) : "";
    throw Invalid("encoding", "", "not valid " + std::string{decoder.name()} + at);
}

}  // namespace crm::exchange
