/// Text: what every stored text goes through, and the folded key that search and sorting use.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"

namespace crm::inline v1 {

/// Valid UTF-8, in NFC, without NUL and other C0 controls but tab and newline, trimmed of white
/// space at both ends. Throws Invalid("text", "", reason) for what cannot be made so (invalid
/// UTF-8, NUL). Already clean text is returned as it came, without an allocation beyond the copy.
CRM_API std::string clean_text(std::string_view text);

/// Whether `clean_text` would return the text as it is. Never throws; false where it would.
CRM_API bool is_clean(std::string_view text) noexcept;

/// The folded key of a text, blind to case and diacritics, for sorting, uniqueness and prefix
/// search: lower case, Latin letters without diacritics (ș ş ț ţ ă â î é ö …→ base letter, ß→ss,
/// æ→ae, ł→l), Cyrillic with ё→е, й→и, і→и, ї→и, є→е, ґ→г, ў→у; white space runs are one space;
/// apostrophes vanish (O'Brien → obrien); other characters stay. By a printed table of our own.
CRM_API std::string fold(std::string_view text);
/// Appends the folded key to `out` (no allocation beyond its growth).
CRM_API void fold_into(std::string_view text, std::string& out);
/// The version of the folding table and tokenizer; kept in every file.
inline constexpr int fold_version = 1;

/// One word of a text: its folded form and where it stood.
struct Token {
    std::string_view text{};  ///< folded; points into the tokenizer's buffer, valid for the call
    std::size_t begin = 0;    ///< byte offsets in the original text
    std::size_t end = 0;
};

/// Cuts text into folded words: runs of letters, digits and combining marks; an apostrophe inside a
/// word is dropped and does not end it. Invalid UTF-8 ends a word. `each` answers false to stop.
CRM_API void tokenize(std::string_view text, bool (*each)(void* context, const Token&),
                      void* context);
/// The folded words of a text, owned.
CRM_API std::vector<std::string> words(std::string_view text);

/// A phone number as lookup uses it: "+" and digits in international form where that can be told
/// (typed with + or the international prefix, or national of the given country), otherwise the bare
/// digits. An extension ("x12", "ext. 12", "доб. 12") is left out. Empty where there is no digit.
/// `country`: ISO 3166-1 alpha-2, upper case, or empty.
CRM_API std::string normalize_phone(std::string_view typed, std::string_view country);
/// An e-mail address as lookup uses it: trimmed, "mailto:" and display name removed, lower case.
/// Throws Invalid where there is no "@" with text on both sides.
CRM_API std::string normalize_email(std::string_view typed);
/// A URL as lookup uses it: scheme and "www." removed, host in lower case, no trailing slash.
CRM_API std::string normalize_url(std::string_view typed);

/// Whether a text is a country's ISO 3166-1 alpha-2 code (upper case).
CRM_API bool is_country(std::string_view code) noexcept;

}  // namespace crm
