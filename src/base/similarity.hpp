/// How alike two short texts are: for finding what was written twice. Values; internal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crm::base {

/// A text as it is compared across scripts: folded, Cyrillic (Ukrainian too) in Latin letters, and
/// the usual ways of spelling one Slavic sound in Latin made one ("Юрий", "Yuri" and "Iurii" are
/// "iuri"). Letters of other scripts stay. Words stand apart by one space; other signs are dropped.
std::string latin(std::string_view text);

/// The same name as a Cyrillic file would write it, as far as a table can guess; for looking one up
/// by its beginning. Of a text of `latin`.
std::string cyrillic(std::string_view latin);

/// How many different letters (roughly: by the low bits of bytes) stand in each of two texts and
/// not in the other. Most pairs of texts have little in common, and this tells so at once.
struct LettersApart {
    int only_a = 0, only_b = 0;
};
LettersApart letters_apart(std::string_view a, std::string_view b);

/// How many single letters were left out, added, mistaken or swapped with their neighbour to come
/// from one text to the other (optimal string alignment, in bytes); `limit` + 1 where it is more
/// than that. Cost: length × limit.
std::size_t slips_between(std::string_view a, std::string_view b, std::size_t limit);

/// Jaro's measure with Winkler's bonus for a common beginning, 0 to 1. Of at most 64 bytes each;
/// the rest is not looked at.
double jaro_winkler(std::string_view a, std::string_view b);

/// What is left of a word of `latin` when it is spelled as it sounds: at most six signs, the first
/// letter, then consonants by group, no vowels, none twice in a row. "smith" and "smyth" are one.
std::string skeleton(std::string_view word);

}  // namespace crm::base
