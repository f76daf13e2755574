/// Lists: filtered, sorted, paged by key, never by offset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "crm/filter.hpp"
#include "crm/record.hpp"

namespace crm::inline v1 {

/// What to list.
struct Query {
    Filter where{};
    /// A declared order of the kind ("name"), or any column; "-" in front for descending; empty for
    /// the kind's first. Declared orders cost the same at any size; others sort what matches, under
    /// the deadline. Absent values come last, either way. Ties are in order of id.
    std::string order{};
    int limit = 50;       ///< rows a page, 1 to 1,000
    std::string after{};  ///< `Page::next` of the page before; opaque
    bool bodies = false;  ///< long texts too; left empty otherwise
};

/// One page. Each page is a snapshot of its own.
template <class Record>
struct Page {
    std::vector<Record> rows{};
    std::string next{};  ///< for `Query::after`; empty on the last page
};

/// How much of a card to read.
struct CardOptions {
    int limit = 20;  ///< rows of each long part, 1 to 1,000
};

/// A count that stops counting: `at_least` says there are more.
struct Count {
    std::int64_t rows = 0;
    bool at_least = false;
    bool operator==(const Count&) const = default;
};

/// How to search the full text.
struct SearchOptions {
    enum class Order : std::uint8_t {
        newest,
        rank,  ///< what says most of the words first, see `Session::search`
    };
    std::vector<std::string> kinds{};  ///< empty: every kind with searchable text
    int limit = 50;                    ///< hits, 1 to 1,000
    Order order = Order::newest;
    bool snippets = false;  ///< `Hit::snippet` too
};

/// The piece of a text in which a search found its words.
struct Snippet {
    std::string field{};  ///< the column it is cut from; empty where there is no snippet
    std::string text{};   ///< about 160 bytes as they were written, "…" where more stands
    std::vector<std::pair<std::size_t, std::size_t>> matches{};  ///< first byte of each word in
                                                                 ///< `text`, and the one after it
    bool operator==(const Snippet&) const = default;
};

/// One hit of the quick filter or the full-text search.
struct Hit {
    Ref record{};
    std::string title{};    ///< name or subject
    std::string field{};    ///< quick filter: the column that matched ("name", "normalized" …)
    std::string matched{};  ///< quick filter: its value as typed
    Snippet snippet{};      ///< search: where `SearchOptions::snippets` asks for it
};

/// Hits, in the order asked for of a search, by key of the quick filter.
struct Hits {
    std::vector<Hit> rows{};
    bool incomplete = false;  ///< the walk met its deadline or the cap; there may be more
};

}  // namespace crm
