#include "crm/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "base/utf8.hpp"

// The table below decides what is stored in every file and its index: a change of it is a new
// `fold_version`.
namespace crm::inline v1 {
namespace {

using base::Decoded;

struct Range {
    char32_t first;
    char32_t last;
};

// Consecutive code points and the letter each folds to; a space where it stays as it is.
struct Run {
    char32_t first;
    std::u32string_view folded;
};
constexpr Run runs[] = {
    {0x00B5, U"μ"},
    {0x00C0, U"aaaaaa ceeeeiiiidnooooo ouuuuy  aaaaaa ceeeeiiiidnooooo ouuuuy y"},
    {0x0100, U"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii  jjkkklllllll"},
    {0x0140, U"lllnnnnnnnŋ oooooo  rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"},
    {0x0180, U"bbbbƅ ɔccdddd ǝəɛffgɣ ɩikkl ɯnnɵooƣ ppʀƨ ʃ ttttuuʊvyyzzʒƹ   ƽ"},
    {0x01C7, U"ǉǉ ǌǌ aaiioouuuuuuuuuu aaaa  ggggkkooooʒʒjǳǳ ggƕƿnnaa  oo"},
    {0x0200, U"aaaaeeeeiiiioooorrrruuuussttȝ hhndȣ zzaaeeooooooooyylnt   acclts"},
    {0x0240, U"zɂ bʉʌeejjqqrryy   b cdd"},
    {0x0260, U"g     h i  lll   mnn"},
    {0x027C, U"rrr"},
    {0x0282, U"s     t  v    zz"},
    {0x029D, U"j  q"},
    {0x0370, U"ͱ ͳ ʹ ͷ       ;ϳ"},
    {0x0385, U"¨α·εηι ο υωιαβγδεζηθικλμνξοπρ στυφχψωιυαεηιυ"},
    {0x03C2, U"σ       ιυουωϗβθ ϒϒφπ ϙ ϛ ϝ ϟ ϡ ϣ ϥ ϧ ϩ ϫ ϭ ϯ κρσ θε ϸ σϻ  ͻͼͽ"},
    {0x0400, U"ееђгеѕиијљњћкиуџабвгдежзииклмнопрстуфхцчшщъыьэюя"},
    {0x0439, U"и"},
    {0x0450, U"ее ге ии    киу ѡ ѣ ѥ ѧ ѩ ѫ ѭ ѯ ѱ ѳ ѵ ѵѵѹ ѻ ѽ ѿ"},
    {0x0480, U"ҁ"},
    {0x048A, U"ҋ ҍ ҏ ггғ ҕ җ ҙ қ ҝ ҟ ҡ ң ҥ ҧ ҩ ҫ ҭ ү ұ ҳ ҵ ҷ ҹ һ ҽ ҿ"},
    {0x04C0, U"ӏжжӄ ӆ ӈ ӊ ӌ ӎ  ааааӕ ееә әәжжззӡ ииииооө өөээууууууччӷ ыыӻ ӽ ӿ"},
    {0x0500,
     U"ԁ ԃ ԅ ԇ ԉ ԋ ԍ ԏ ԑ ԓ ԕ ԗ ԙ ԛ ԝ ԟ ԡ ԣ ԥ ԧ ԩ ԫ ԭ ԯ  "
     U"աբգդեզէըթժիլխծկ"},
    {0x0540, U"հձղճմյնշոչպջռսվտրցւփքօֆ"},
    {0x1E00, U"aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"},
    {0x1E40, U"mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"},
    {0x1E80, U"wwwwwwwwwwxxxxyyzzzzzzhtwyas    aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"},
    {0x1EC0, U"eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyỻ ỽ yy"},
    {0x1F00, U"ααααααααααααααααεεεεεε  εεεεεε  ηηηηηηηηηηηηηηηηιιιιιιιιιιιιιιιι"},
    {0x1F40, U"οοοοοο  οοοοοο  υυυυυυυυ υ υ υ υωωωωωωωωωωωωωωωωααεεηηιιοουυωω"},
    {0x1F80, U"ααααααααααααααααηηηηηηηηηηηηηηηηωωωωωωωωωωωωωωωωααααα ααααααα ι"},
    {0x1FC1, U"¨ηηη ηηεεηηη᾿᾿᾿ιιιι  ιιιιιι ῾῾῾υυυυρρυυυυυυρ¨¨   ωωω ωωοοωωω"},
};

struct Expansion {
    char32_t code;
    std::string_view folded;
};
constexpr Expansion expansions[] = {
    {U'Æ', "ae"}, {U'æ', "ae"}, {U'Ǣ', "ae"},  {U'ǣ', "ae"},  {U'Ǽ', "ae"}, {U'ǽ', "ae"},
    {U'Œ', "oe"}, {U'œ', "oe"}, {U'Þ', "th"},  {U'þ', "th"},  {U'ß', "ss"}, {U'ẞ', "ss"},
    {U'Ĳ', "ij"}, {U'ĳ', "ij"}, {U'Ǆ', "dz"},  {U'ǅ', "dz"},  {U'ǆ', "dz"}, {U'ﬀ', "ff"},
    {U'ﬁ', "fi"}, {U'ﬂ', "fl"}, {U'ﬃ', "ffi"}, {U'ﬄ', "ffl"}, {U'ﬅ', "st"}, {U'ﬆ', "st"},
};

// ASCII, accents that mean one (also where Greek writes them), and the letters' own.
constexpr char32_t apostrophes[] = {'\'',   '`',    0x00b4, 0x02bb, 0x02bc,
                                    0x2018, 0x2019, 0x1fef, 0x1ffd};
constexpr char32_t soft_hyphen = 0xad;
constexpr Range combining_marks{0x0300, 0x036f};

// Beyond ASCII everything is part of a word but these: punctuation, symbols, formats and spaces.
constexpr Range separators[] = {
    {0x0080, 0x00A9}, {0x00AB, 0x00B1}, {0x00B4, 0x00B4}, {0x00B6, 0x00B8}, {0x00BB, 0x00BB},
    {0x00BF, 0x00BF}, {0x00D7, 0x00D7}, {0x00F7, 0x00F7}, {0x02C2, 0x02C5}, {0x02D2, 0x02DF},
    {0x02E5, 0x02EB}, {0x02ED, 0x02ED}, {0x02EF, 0x02FF}, {0x0375, 0x0375}, {0x037E, 0x037E},
    {0x0384, 0x0385}, {0x0387, 0x0387}, {0x03F6, 0x03F6}, {0x0482, 0x0482}, {0x055A, 0x055F},
    {0x0589, 0x058F}, {0x05BE, 0x05BE}, {0x05C0, 0x05C0}, {0x05C3, 0x05C3}, {0x05C6, 0x05C6},
    {0x05F3, 0x060F}, {0x061B, 0x061F}, {0x066A, 0x066D}, {0x06D4, 0x06D4}, {0x06DD, 0x06DE},
    {0x06E9, 0x06E9}, {0x06FD, 0x06FE}, {0x0700, 0x070F}, {0x07F6, 0x07F9}, {0x07FE, 0x07FF},
    {0x0830, 0x083E}, {0x085E, 0x085E}, {0x0888, 0x0888}, {0x0890, 0x0891}, {0x08E2, 0x08E2},
    {0x0964, 0x0965}, {0x0970, 0x0970}, {0x09F2, 0x09F3}, {0x09FA, 0x09FB}, {0x09FD, 0x09FD},
    {0x0A76, 0x0A76}, {0x0AF0, 0x0AF1}, {0x0B70, 0x0B70}, {0x0BF3, 0x0BFA}, {0x0C77, 0x0C77},
    {0x0C7F, 0x0C7F}, {0x0C84, 0x0C84}, {0x0D4F, 0x0D4F}, {0x0D79, 0x0D79}, {0x0DF4, 0x0DF4},
    {0x0E3F, 0x0E3F}, {0x0E4F, 0x0E4F}, {0x0E5A, 0x0E5B}, {0x0F01, 0x0F17}, {0x0F1A, 0x0F1F},
    {0x0F34, 0x0F34}, {0x0F36, 0x0F36}, {0x0F38, 0x0F38}, {0x0F3A, 0x0F3D}, {0x0F85, 0x0F85},
    {0x0FBE, 0x0FC5}, {0x0FC7, 0x0FDA}, {0x104A, 0x104F}, {0x109E, 0x109F}, {0x10FB, 0x10FB},
    {0x1360, 0x1368}, {0x1390, 0x1399}, {0x1400, 0x1400}, {0x166D, 0x166E}, {0x1680, 0x1680},
    {0x169B, 0x169C}, {0x16EB, 0x16ED}, {0x1735, 0x1736}, {0x17D4, 0x17D6}, {0x17D8, 0x17DB},
    {0x1800, 0x180A}, {0x180E, 0x180E}, {0x1940, 0x1945}, {0x19DE, 0x19FF}, {0x1A1E, 0x1A1F},
    {0x1AA0, 0x1AA6}, {0x1AA8, 0x1AAD}, {0x1B5A, 0x1B6A}, {0x1B74, 0x1B7E}, {0x1BFC, 0x1BFF},
    {0x1C3B, 0x1C3F}, {0x1C7E, 0x1C7F}, {0x1CC0, 0x1CC7}, {0x1CD3, 0x1CD3}, {0x1FBD, 0x1FBD},
    {0x1FBF, 0x1FC1}, {0x1FCD, 0x1FCF}, {0x1FDD, 0x1FDF}, {0x1FED, 0x1FEF}, {0x1FFD, 0x206F},
    {0x207A, 0x207E}, {0x208A, 0x208E}, {0x20A0, 0x2101}, {0x2103, 0x2106}, {0x2108, 0x2109},
    {0x2114, 0x2114}, {0x2116, 0x2118}, {0x211E, 0x2123}, {0x2125, 0x2125}, {0x2127, 0x2127},
    {0x2129, 0x2129}, {0x212E, 0x212E}, {0x213A, 0x213B}, {0x2140, 0x2144}, {0x214A, 0x214D},
    {0x214F, 0x214F}, {0x218A, 0x244A}, {0x249C, 0x24E9}, {0x2500, 0x2775}, {0x2794, 0x2BFF},
    {0x2CE5, 0x2CEA}, {0x2CF9, 0x2CFC}, {0x2CFE, 0x2CFF}, {0x2D70, 0x2D70}, {0x2E00, 0x2E2E},
    {0x2E30, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x3036, 0x3037}, {0x303D, 0x303F},
    {0x309B, 0x309C}, {0x30A0, 0x30A0}, {0x30FB, 0x30FB}, {0x3190, 0x3191}, {0x3196, 0x319F},
    {0x31C0, 0x31E3}, {0x3200, 0x321E}, {0x322A, 0x3247}, {0x3250, 0x3250}, {0x3260, 0x327F},
    {0x328A, 0x32B0}, {0x32C0, 0x33FF}, {0x4DC0, 0x4DFF}, {0xA490, 0xA4C6}, {0xA4FE, 0xA4FF},
    {0xA60D, 0xA60F}, {0xA673, 0xA673}, {0xA67E, 0xA67E}, {0xA6F2, 0xA716}, {0xA720, 0xA721},
    {0xA789, 0xA78A}, {0xA828, 0xA82B}, {0xA836, 0xA839}, {0xA874, 0xA877}, {0xA8CE, 0xA8CF},
    {0xA8F8, 0xA8FA}, {0xA8FC, 0xA8FC}, {0xA92E, 0xA92F}, {0xA95F, 0xA95F}, {0xA9C1, 0xA9CD},
    {0xA9DE, 0xA9DF}, {0xAA5C, 0xAA5F}, {0xAA77, 0xAA79}, {0xAADE, 0xAADF}, {0xAAF0, 0xAAF1},
    {0xAB5B, 0xAB5B}, {0xAB6A, 0xAB6B}, {0xABEB, 0xABEB}, {0xE000, 0xF8FF}, {0xFB29, 0xFB29},
    {0xFBB2, 0xFBC2}, {0xFD3E, 0xFD4F}, {0xFDCF, 0xFDCF}, {0xFDFC, 0xFE19}, {0xFE30, 0xFE6B},
    {0xFEFF, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFD},
};
constexpr Range far_separators[] = {{0x1d000, 0x1d35f}, {0x1f000, 0x1fbef}, {0xe0000, 0x10ffff}};
constexpr Range ideographs[] = {
    {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xf900, 0xfaff}, {0x20000, 0x3ffff}};

template <std::size_t count>
constexpr bool contains(const Range (&ranges)[count], char32_t code) {
    return std::ranges::any_of(ranges,
                               [code](Range r) { return code >= r.first && code <= r.last; });
}

enum class Kind : std::uint8_t { separator, letter, vanishing, space };

// What a code point becomes: up to three bytes.
struct Folded {
    char bytes[3]{};
    std::uint8_t size : 4 = 0;
    Kind kind : 4 = Kind::separator;

    constexpr std::string_view text() const { return {bytes, size}; }
    constexpr void set(std::string_view text) {
        std::ranges::copy(text, bytes);
        size = static_cast<std::uint8_t>(text.size());
    }
    constexpr void set(char32_t code) {
        char encoded[4]{};
        set(std::string_view{encoded, base::encode(code, encoded)});
    }
};
static_assert(sizeof(Folded) == 4);

// Two blocks in one table: up to U+07FF, then U+1E00 to U+1FFF.
constexpr char32_t first_block = 0x800;
constexpr Range second_block{0x1e00, 0x1fff};
constexpr std::size_t table_size = first_block + second_block.last - second_block.first + 1;

constexpr std::size_t slot(char32_t code) {
    if (code < first_block) return code;
    const bool inside = code >= second_block.first && code <= second_block.last;
    return inside ? code - second_block.first + first_block : table_size;
}

constexpr char32_t code_at(std::size_t slot) {
    const auto code = static_cast<char32_t>(slot);
    return code < first_block ? code : code - first_block + second_block.first;
}

constexpr bool is_ascii_letter(char32_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// One bit a code point of the basic plane: whether it belongs to a word.
constexpr auto word_bits = [] {
    std::array<std::uint64_t, 0x10000 / 64> bits{};
    bits.fill(~std::uint64_t{0});
    for (const auto& range : separators)
        for (char32_t code = range.first; code <= range.last; ++code)
            bits[code / 64] &= ~(std::uint64_t{1} << code % 64);
    return bits;
}();

constexpr bool is_in_word(char32_t code) {
    if (code >= 0x10000) return !contains(far_separators, code);
    return word_bits[code / 64] >> code % 64 & 1;
}

constexpr Kind kind_of(char32_t code) {
    if (base::is_space(code)) return Kind::space;
    if (code < 0x80) return is_ascii_letter(code) ? Kind::letter : Kind::separator;
    return is_in_word(code) ? Kind::letter : Kind::separator;
}

constexpr auto table = [] {
    std::array<Folded, table_size> folded{};
    for (std::size_t i = 0; i < table_size; ++i) {
        const char32_t code = code_at(i);
        folded[i].set(code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code);
        folded[i].kind = kind_of(code);
    }
    for (const auto& run : runs)
        for (std::size_t i = 0; i < run.folded.size(); ++i)
            if (const auto at = slot(run.first + i); at < table_size && run.folded[i] != ' ')
                folded[at].set(run.folded[i]);
    for (const auto& [code, text] : expansions)
        if (slot(code) < table_size) folded[slot(code)].set(text);
    const auto vanish = [&](char32_t code) {
        if (slot(code) >= table_size) return;
        folded[slot(code)].set(std::string_view{});
        folded[slot(code)].kind = Kind::vanishing;
    };
    for (char32_t code = combining_marks.first; code <= combining_marks.last; ++code) vanish(code);
    for (char32_t code : apostrophes) vanish(code);
    vanish(soft_hyphen);
    return folded;
}();

Kind far_kind_of(char32_t code) {
    if (base::is_space(code)) return Kind::space;
    if (code == U'‘' || code == U'’') return Kind::vanishing;
    return is_in_word(code) ? Kind::letter : Kind::separator;
}

// The few letters outside the table that fold.
std::string_view far_folded(char32_t code) {
    switch (code) {
        case 0x2126: return "ω";
        case 0x212a: return "k";
        case 0x212b: return "a";
        default: break;
    }
    if (code < 0xfb00 || code > 0xfb06) return {};
    return std::ranges::find(expansions, code, &Expansion::code)->folded;
}

// One step through a text: what stands at a place, folded.
struct Step {
    std::string_view folded{};
    std::size_t size = 1;  // of the original
    Kind kind = Kind::separator;
    bool is_ideograph = false;
};

// Outside the table. A byte that is not UTF-8 separates, and stands as "?" in keys, so that no key
// is longer than its text.
Step far_step(const char* at, Decoded next) {
    if (next.size == 0) return {.folded = "?"};
    const auto folded = far_folded(next.code);
    return {.folded = folded.empty() ? std::string_view{at, next.size} : folded,
            .size = next.size,
            .kind = far_kind_of(next.code),
            .is_ideograph = contains(ideographs, next.code)};
}

// What a two-byte sequence folds to; null where there is none, or none that is valid.
inline const Folded* two_bytes(const char* at, const char* end) {
    const auto lead = static_cast<unsigned char>(*at);
    if (lead < 0xc2 || lead > 0xdf || end - at < 2 || !base::is_continuation(at[1])) return nullptr;
    return &table[(lead & 0x1fu) << 6 | (static_cast<unsigned char>(at[1]) & 0x3fu)];
}

inline Step step(const char* at, const char* end) {
    const auto near_step = [](const Folded& folded, std::size_t size) {
        return Step{.folded = folded.text(), .size = size, .kind = folded.kind};
    };
    const auto lead = static_cast<unsigned char>(*at);
    if (lead < 0x80) return near_step(table[lead], 1);
    if (const Folded* folded = two_bytes(at, end)) return near_step(*folded, 2);
    const Decoded next = base::decode(at, end);
    if (next.size != 0 && slot(next.code) < table_size)
        return near_step(table[slot(next.code)], next.size);
    return far_step(at, next);
}

constexpr std::size_t max_token = 64;

// The word being read. What is beyond the longest token is left out of its text, not of its place.
class Word {
public:
    explicit Word(const char* text) : text_(text) {}

    // Takes the letters of one or two bytes that begin at `at`; answers where they end.
    const char* append_run(const char* at, const char* end);
    void append(std::string_view folded, const char* from, const char* to) {
        extend(from, to);
        if (size_ + folded.size() > limit_)
            limit_ = size_;
        else
            size_ += folded.copy(buffer_ + size_, folded.size());
    }
    bool is_open() const { return begin_ != nullptr; }
    Token take() {
        const Token token{{buffer_, size_},
                          static_cast<std::size_t>(begin_ - text_),
                          static_cast<std::size_t>(end_ - text_)};
        begin_ = nullptr;
        size_ = 0;
        limit_ = max_token;
        return token;
    }

private:
    void extend(const char* from, const char* to) {
        if (begin_ == nullptr) begin_ = from;
        end_ = to;
    }

    const char* text_;
    const char* begin_ = nullptr;
    const char* end_ = nullptr;
    std::size_t size_ = 0;
    std::size_t limit_ = max_token;
    char buffer_[max_token + sizeof(Folded)];  // room to copy all of a Folded at once
};

// Folded letter or digit; 0 for all other bytes.
constexpr auto ascii_letters = [] {
    std::array<char, 256> letters{};
    for (std::size_t c = 0; c < 0x80; ++c)
        if (table[c].kind == Kind::letter) letters[c] = table[c].bytes[0];
    return letters;
}();

inline char ascii_letter(char c) { return ascii_letters[static_cast<unsigned char>(c)]; }

inline const char* Word::append_run(const char* at, const char* end) {
    const char* const from = at;
    std::size_t size = size_;  // a local: what is written through the buffer cannot change it
    while (at != end) {
        if (const char letter = ascii_letter(*at)) {
            if (size < limit_) buffer_[size++] = letter;
            ++at;
            continue;
        }
        const Folded* folded = two_bytes(at, end);
        if (folded == nullptr || folded->kind != Kind::letter) break;
        std::memcpy(buffer_ + size, folded, sizeof *folded);
        if (size + folded->size > limit_)
            limit_ = size;
        else
            size += folded->size;
        at += 2;
    }
    size_ = size;
    if (at != from) extend(from, at);
    return at;
}

}  // namespace

void fold_into(std::string_view text, std::string& out) {
    const auto start = out.size();
    out.resize(start + text.size());
    char* const key = out.data() + start;
    char* to = key;
    bool space = false;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at != end;) {
        const Step next = step(at, end);
        at += next.size;
        if (next.kind == Kind::space) space = to != key;
        if (next.kind == Kind::space || next.kind == Kind::vanishing) continue;
        if (space) *to++ = ' ';
        space = false;
        for (char c : next.folded) *to++ = c;
    }
    out.resize(static_cast<std::size_t>(to - out.data()));
}

std::string fold(std::string_view text) {
    std::string out;
    fold_into(text, out);
    return out;
}

void tokenize(std::string_view text, bool (*each)(void* context, const Token&), void* context) {
    const char* const end = text.data() + text.size();
    Word word{text.data()};
    const auto flush = [&] { return !word.is_open() || each(context, word.take()); };
    for (const char* at = text.data(); at != end;) {
        at = word.append_run(at, end);
        if (at == end) break;
        const Step next = step(at, end);
        const char* const from = at;
        at += next.size;
        if (next.kind == Kind::vanishing) continue;  // neither begins a word nor ends one
        const bool ends_word = next.kind != Kind::letter || next.is_ideograph;
        if (ends_word && !flush()) return;
        if (next.kind == Kind::letter) word.append(next.folded, from, at);
        if (next.is_ideograph && !flush()) return;
    }
    flush();
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    const auto keep = [](void* context, const Token& token) {
        static_cast<std::vector<std::string>*>(context)->emplace_back(token.text);
        return true;
    };
    tokenize(text, keep, &found);
    return found;
}

}  // namespace crm
