/// What was typed into a search, and what a hit says of it: its rank, and the snippet that shows
/// it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/query.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {

/// What was typed, folded: words, and the one that may be unfinished.
struct Typed {
    std::vector<std::string> words;
    std::string begun;
};
/// Throws LimitExceeded beyond 32 words.
Typed typed_in(std::string_view text);

/// Where words stand in a text: first byte and the one after the last, ascending.
using Spans = std::vector<std::pair<std::size_t, std::size_t>>;
/// The piece of a text that holds most of some words: at most 160 bytes, cut between words, and "…"
/// where it was cut. Its `field` is left empty.
Snippet cut(std::string_view text, const Spans& words);

/// Looks at the texts of hits as the session sees them: at no hidden record or column, and at each
/// hit alone, so that nothing hidden moves it.
class Appraiser {
public:
    Appraiser(const Reading& reading, const Typed& typed);
    /// What a visible hit is worth.
    double rank(Ref hit);
    /// Of the column that is worth most.
    Snippet snippet(Ref hit);

private:
    /// How the texts of a kind are read.
    struct Source {
        std::vector<const Column*> columns;  ///< searchable and shown
        std::string sql;                     ///< when the record ?1 was made, and these
    };
    const Source& source(const Kind& kind);
    /// Calls `use(column, weight, text)` for each text of a hit that is shown; answers when the
    /// record was made.
    template <class Use>
    Time read(Ref hit, const Use& use);

    const Reading& reading_;
    const Typed& typed_;
    Time now_;
    std::map<KindNumber, Source> sources_;
};

}  // namespace crm::kernel
