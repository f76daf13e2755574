#include "crm/text.hpp"

#include <doctest/doctest.h>
#include <utf8proc.h>

#include <cstdlib>

#include "base/utf8.hpp"
#include "crm/error.hpp"
#include "support/random.hpp"

using namespace crm;
using namespace std::string_literals;

namespace {

using Words = std::vector<std::string>;

std::string utf8(char32_t code) {
    char bytes[4];
    return {bytes, base::encode(code, bytes)};
}

std::string normalized(const std::string& text, int form) {
    utf8proc_uint8_t* result = nullptr;
    const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &result,
                                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | form));
    REQUIRE(size >= 0);
    const std::string out{reinterpret_cast<const char*>(result), static_cast<std::size_t>(size)};
    std::free(result);
    return out;
}
std::string nfc(const std::string& text) { return normalized(text, UTF8PROC_COMPOSE); }
std::string nfd(const std::string& text) { return normalized(text, UTF8PROC_DECOMPOSE); }

bool is_valid_utf8(std::string_view text) {
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at != end;) {
        const auto next = base::decode(at, end);
        if (next.size == 0) return false;
        at += next.size;
    }
    return true;
}

std::string refusal(std::string_view text) {
    try {
        clean_text(text);
    } catch (const Invalid& error) {
        return error.reason;
    }
    return "accepted";
}

// The letters of which names in Europe are made, and the marks that follow them. Not U+0338, which
// makes other symbols of symbols: = and ≠ are not the same in any key.
std::string random_letters(test::Random& random) {
    static constexpr char32_t blocks[][2] = {{0x20, 0x7e},     {0xc0, 0x24f},   {0x300, 0x337},
                                             {0x386, 0x3ff},   {0x400, 0x52f},  {0x1e00, 0x1eff},
                                             {0x1f00, 0x1f15}, {0x4e00, 0x4eff}};
    std::string text;
    for (auto n = test::between(random, 0, 12); n > 0; --n) {
        const auto& block = blocks[test::between(random, 0, std::size(blocks) - 1)];
        text += utf8(static_cast<char32_t>(test::between(random, block[0], block[1])));
    }
    return text;
}

}  // namespace

TEST_CASE("Clean text comes back as it was") {
    for (auto text : {"", "a", "Acme SRL", "Întreprinderea „Ștefan”", "ТОВ «Їжак»", "日本語",
                      "😀 ok", "two\nlines\tand a tab", "longer than eight bytes, all ASCII"})
        CHECK(clean_text(text) == text);
}

TEST_CASE("White space of any kind goes at both ends and stays inside") {
    CHECK(clean_text("  a  b \t\n") == "a  b");
    CHECK(clean_text("\u00a0\u2003a\u00a0b\u3000\u2028") == "a\u00a0b");
    CHECK(clean_text("\ufeffname") == "name");
    CHECK(clean_text(" \t\r\n ").empty());
}

TEST_CASE("Controls go, and the line ends of Windows and old Macs are newlines") {
    CHECK(clean_text("a\r\nb\rc\nd") == "a\nb\nc\nd");
    CHECK(clean_text("a\x01\x1f"s + "b") == "ab");
    CHECK(clean_text("\x01 a \x02") == "a");
}

TEST_CASE("Decomposed letters are composed") {
    CHECK(clean_text("e\u0301") == "é");
    CHECK(clean_text("S\u0326tefan") == "Ștefan");
    CHECK(clean_text("и\u0306") == "й");
    CHECK(clean_text("\u212b\u2126\u212a") == "ÅΩK");
    CHECK(clean_text("\u1112\u1161\u11ab") == "한");
    CHECK(clean_text("e\x01\u0301") == "é");
}

TEST_CASE("What is not UTF-8 is refused with the byte where it begins") {
    CHECK(refusal("abc\xff") == "invalid UTF-8 at byte 3");
    CHECK(refusal("a\0b"s) == "a NUL at byte 1");
    CHECK(refusal("é\xc0\x80") == "invalid UTF-8 at byte 2");
    for (auto text : {"\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
                      "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80",
                      "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3(", "\xe2\x28\xa1", "12345678\xfe"})
        CHECK(refusal(text).starts_with("invalid UTF-8"));
    CHECK(refusal("\xf4\x8f\xbf\xbf") == "accepted");
    CHECK(refusal("\xed\x9f\xbf") == "accepted");
}

TEST_CASE("A pile of marks that would take for ever to sort is refused") {
    std::string text = "a";
    for (int i = 0; i < 100'000; ++i) text += "\u0301\u0323";
    CHECK(refusal(text).starts_with("more than 64 combining marks"));
}

TEST_CASE("Cleaning gives what Unicode calls NFC, for every code point after a letter") {
    for (char32_t code = 0x80; code < 0x20000; ++code) {
        if (code >= 0xd800 && code <= 0xdfff) continue;
        const std::string text = "a" + utf8(code) + "b";
        CAPTURE(std::uint32_t{code});
        REQUIRE(clean_text(text) == nfc(text));
    }
}

TEST_CASE("Clean text is clean") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    for (int i = 0; i < 20'000; ++i) {
        const std::string text = i % 2 ? random_letters(random) : test::bytes(random, 40);
        try {
            const std::string clean = clean_text(text);
            REQUIRE(is_valid_utf8(clean));
            REQUIRE(clean_text(clean) == clean);
            REQUIRE(nfc(clean) == clean);
        } catch (const Invalid& error) {
            REQUIRE(error.kind == "text");
        }
    }
}

TEST_CASE("Folding is blind to case and to the diacritics of Latin") {
    CHECK(fold("ȘTEFAN cel Mare") == "stefan cel mare");
    CHECK(fold("Şşţţ ȘșȚț ĂăÂâÎî") == "sstt sstt aaaaii");
    CHECK(fold("Müller Strauß STRAẞE") == "muller strauss strasse");
    CHECK(fold("Łódź Ørsted Đặng Ðuro ŉ") == "lodz orsted dang duro n");
    CHECK(fold("Æsop Œuvre Þór Ĳsselmeer Ǆ") == "aesop oeuvre thor ijsselmeer dz");
    CHECK(fold("İstanbul Iğdır") == "istanbul igdir");
    CHECK(fold("Nguyễn Văn Ưu") == "nguyen van uu");
    CHECK(fold("ﬁnal ﬂow oﬃce") == "final flow office");
    CHECK(fold("K Å") == "k a");
}

TEST_CASE("Folding is blind to the letters that Ukrainian, Belarusian and Russian tell apart") {
    CHECK(fold("Ёлка Йод") == "елка иод");
    CHECK(fold("Київ Ґалаґан Єва Їжак Іван") == "киив галаган ева ижак иван");
    CHECK(fold("Быхаў") == "быхау");
    CHECK(fold("Щёлково ОБЪЁМ") == "щелково объем");
}

TEST_CASE("Greek loses its accents and capitals") {
    CHECK(fold("Αθήνα ΑΘΗΝΑΣ Ϋ ΐ") == "αθηνα αθηνασ υ ι");
    CHECK(fold("λόγος") == fold("ΛΌΓΟΣ"));
}

TEST_CASE("White space is one space, apostrophes and soft hyphens vanish, the rest stays") {
    CHECK(fold("  a \u00a0\t\n b  ") == "a b");
    CHECK(fold("O'Brien O’Brien OʼBrien O`Brien") == "obrien obrien obrien obrien");
    CHECK(fold("м'ята м’ята мʼята") == "мята мята мята");
    CHECK(fold("a ' b") == "a b");
    CHECK(fold("co\u00adop") == "coop");
    CHECK(fold("A & B, 50% (x-y) №7 €") == "a & b, 50% (x-y) №7 €");
    CHECK(fold("日本 한국 עברית ქართული") == "日本 한국 עברית ქართული");
    CHECK(fold("'").empty());
    CHECK(fold("").empty());
}

TEST_CASE("Folding appends to what is there") {
    std::string key = "x ";
    fold_into(" Ana  Rusu ", key);
    CHECK(key == "x ana rusu");
}

TEST_CASE("A key of bytes that are not UTF-8 is a text nevertheless") {
    CHECK(fold("a\xff\xc3 b") == "a?? b");
    CHECK(fold("\xc3'\xa9") == "??");
}

TEST_CASE("Every code point folds to what folds to itself, composed or not") {
    for (char32_t code = 1; code < 0x20000; ++code) {
        if (code >= 0xd800 && code <= 0xdfff) continue;
        const std::string key = fold(utf8(code));
        CAPTURE(std::uint32_t{code});
        REQUIRE(fold(key) == key);
        if (code < 0x600 || (code >= 0x1e00 && code < 0x2180))
            REQUIRE(fold(nfd(utf8(code))) == key);
    }
}

TEST_CASE("Folding twice is folding once, and blind to how letters are composed") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    for (int i = 0; i < 20'000; ++i) {
        const std::string text = random_letters(random);
        const std::string key = fold(text);
        CAPTURE(text);
        REQUIRE(fold(key) == key);
        REQUIRE(fold(nfd(text)) == fold(nfc(text)));
        REQUIRE(words(nfd(text)) == words(nfc(text)));
    }
}

TEST_CASE("Text is cut into folded words of letters and digits") {
    CHECK(words("Hello, World! 42") == Words{"hello", "world", "42"});
    CHECK(words("Întreprinderea „Ștefan cel Mare” SRL") ==
          Words{"intreprinderea", "stefan", "cel", "mare", "srl"});
    CHECK(words("ана@пример.бел +373-22") == Words{"ана", "пример", "бел", "373", "22"});
    CHECK(words("a_b c/d") == Words{"a", "b", "c", "d"});
    CHECK(words("").empty());
    CHECK(words(" .,-— \u00a0").empty());
}

TEST_CASE("An apostrophe inside a word is dropped, one beside it is not part of it") {
    CHECK(words("O'Brien м’ята") == Words{"obrien", "мята"});
    CHECK(words("'quoted' ’it’") == Words{"quoted", "it"});
    CHECK(words("' '").empty());
}

TEST_CASE("Letters without a table are words as they are, and each ideograph is one") {
    CHECK(words("東京タワー2") == Words{"東", "京", "タワー2"});
    CHECK(words("ab東c") == Words{"ab", "東", "c"});
    CHECK(words("שלום עולם") == Words{"שלום", "עולם"});
    CHECK(words("مرحبا، ქართული. հայերեն") == Words{"مرحبا", "ქართული", "հայերեն"});
    CHECK(words("한국어 हिन्दी") == Words{"한국어", "हिन्दी"});
    CHECK(words("ok😀ok ❤️") == Words{"ok", "ok"});
    CHECK(words("𠀀𠀁") == Words{"𠀀", "𠀁"});
}

TEST_CASE("Invalid UTF-8 ends a word") {
    CHECK(words("ab\xff"s + "cd\xc3") == Words{"ab", "cd"});
    CHECK(words("\xe2\x82").empty());
}

TEST_CASE("Tokens say where they stood in the text") {
    const std::string text = " Łódź, O'Brien' и\u0306 東";
    std::vector<std::string_view> found;
    struct Context {
        std::string_view text;
        std::vector<std::string_view>& found;
    } context{text, found};
    tokenize(
        text,
        [](void* given, const Token& token) {
            auto& [whole, places] = *static_cast<Context*>(given);
            places.push_back(whole.substr(token.begin, token.end - token.begin));
            return true;
        },
        &context);
    CHECK(found == std::vector<std::string_view>{"Łódź", "O'Brien", "и", "東"});
}

TEST_CASE("The reader of tokens can stop") {
    int count = 0;
    const auto stop_at_two = [](void* context, const Token&) {
        return ++*static_cast<int*>(context) < 2;
    };
    tokenize("a b c d", stop_at_two, &count);
    CHECK(count == 2);
    count = 0;
    tokenize("東京都", stop_at_two, &count);
    CHECK(count == 2);
}

TEST_CASE("Long words are cut at 64 bytes, never inside a letter") {
    CHECK(words(std::string(1'000, 'x') + " y") == Words{std::string(64, 'x'), "y"});
    std::string cyrillic = "x";
    for (int i = 0; i < 40; ++i) cyrillic += "ж";
    CHECK(words(cyrillic + "x").at(0) == cyrillic.substr(0, 63));
    CHECK(words(std::string(63, 'x') + "ß").at(0) == std::string(63, 'x'));
    CHECK(words(std::string(63, 'x') + "ßa").at(0) == std::string(63, 'x'));
}

TEST_CASE("Words of any bytes are short, valid, ordered, and folded") {
    test::Random random{test::seed()};
    CAPTURE(test::seed());
    for (int i = 0; i < 20'000; ++i) {
        const std::string text = test::bytes(random, 200);
        struct Check {
            std::size_t size, last;
        } check{text.size(), 0};
        tokenize(
            text,
            [](void* context, const Token& token) {
                auto& [size, last] = *static_cast<Check*>(context);
                REQUIRE(token.begin >= last);
                REQUIRE(token.end > token.begin);
                REQUIRE(token.end <= size);
                REQUIRE(!token.text.empty());
                REQUIRE(token.text.size() <= 64);
                REQUIRE(is_valid_utf8(token.text));
                REQUIRE(fold(token.text) == token.text);
                last = token.end;
                return true;
            },
            &check);
        const std::string key = fold(text);
        REQUIRE(is_valid_utf8(key));
        REQUIRE(key.size() <= text.size());
        REQUIRE(fold(key) == key);
    }
}
