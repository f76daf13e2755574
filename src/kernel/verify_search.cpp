#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_set>

#include "base/fnv.hpp"
#include "crm/text.hpp"
#include "kernel/search.hpp"
#include "kernel/verify.hpp"

namespace crm::kernel {
namespace {

std::uint64_t mixed(std::uint64_t value) {
    value ^= value >> 30, value *= 0xbf58476d1ce4e5b9u;
    value ^= value >> 27, value *= 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

/// A word that stands in a column of a record.
struct Standing {
    std::int64_t record = 0;
    std::size_t column = 0;
    std::string word{};
    auto operator<=>(const Standing&) const = default;
};

std::uint64_t hash_of(std::int64_t record, std::size_t column, std::string_view word) {
    return mixed(base::fnv1a(word) ^ mixed(static_cast<std::uint64_t>(record) * 64 + column + 1));
}

/// The words of a column, each once.
std::set<std::string> words_of(std::string_view text) {
    std::set<std::string> found;
    const auto add = [](void* context, const Token& token) {
        static_cast<std::set<std::string>*>(context)->emplace(token.text);
        return true;
    };
    tokenize(text, add, &found);
    return found;
}

/// Compares the search index of one kind with the texts it was made of. Both sides are added up by
/// record, in a fixed number of sums, whatever the order; what differs is then looked at word by
/// word.
class Index {
public:
    Index(Verifying& at, const Kind& kind)
        : at_(at), connection_(at.connection()), kind_(kind), name_(index_of(kind)) {
        auto rows = connection_.use("SELECT name FROM pragma_table_info(?1)");
        rows.bind(1, std::string_view{name_});
        while (rows.step()) columns_.emplace_back(rows.text(0));
    }

    void look() {
        std::vector<std::uint64_t> sums(sum_count);
        each_in_texts([&](std::int64_t record, std::size_t column, const std::string& word) {
            sums[sum_of(record)] += hash_of(record, column, word);
        });
        each_in_index([&](std::int64_t record, std::size_t column, std::string_view word) {
            sums[sum_of(record)] -= hash_of(record, column, word);
        });
        if (find_differing(sums); !differing_.empty()) compare();
    }

private:
    static constexpr std::size_t sum_count = std::size_t{1} << 18;

    static std::size_t sum_of(std::int64_t record) {
        return mixed(static_cast<std::uint64_t>(record)) % sum_count;
    }

    template <class Body>
    void each_in_texts(const Body& body) {
        std::string list;
        for (const std::string& column : columns_) (list += ", ") += column;
        auto rows =
            connection_.use(scanning("id" + list + " FROM " + std::string(kind_.name) + "_text"));
        while (rows.step())
            for (std::size_t i = 0; i < columns_.size(); ++i)
                for (const std::string& word : words_of(rows.text(static_cast<int>(i) + 1)))
                    body(rows.integer(0), i, word);
    }

    template <class Body>
    void each_in_index(const Body& body) {
        auto rows = connection_.use(scanning("doc, col, term FROM " + vocabulary_of(kind_)));
        while (rows.step()) {
            const auto column = std::ranges::find(columns_, rows.text(1));
            body(rows.integer(0), static_cast<std::size_t>(column - columns_.begin()),
                 rows.text(2));
        }
    }

    void find_differing(const std::vector<std::uint64_t>& sums) {
        for (std::size_t i = 0; i < sums.size(); ++i) {
            if (sums[i] == 0) continue;
            if (std::ssize(differing_) == at_.limit()) return at_.leave_out();
            differing_.insert(i);
        }
    }

    void compare() {
        std::set<Standing> wanted, held;
        const auto into = [&](std::set<Standing>& all) {
            return [&](std::int64_t record, std::size_t column, std::string_view word) {
                if (differing_.contains(sum_of(record)))
                    all.insert({record, column, std::string(word)});
            };
        };
        each_in_texts(into(wanted));
        each_in_index(into(held));
        tell_absent(wanted, held, "a word of the text is missing in the search index");
        tell_absent(held, wanted, "the search index has a word that is not in the text");
    }

    /// Those of `all` that `others` has not, one for each field.
    void tell_absent(const std::set<Standing>& all, const std::set<Standing>& others,
                     const char* text) {
        std::pair<std::int64_t, std::size_t> last{};
        for (const Standing& each : all) {
            if (others.contains(each) || last == std::pair(each.record, each.column)) continue;
            last = {each.record, each.column};
            at_.add({.check = "search",
                     .record = Ref{each.record},
                     .field = field_of(each),
                     .text = text,
                     .repair = "makes the search index of " + std::string(kind_.name) + " anew",
                     .repairable = true});
        }
    }

    /// The index where it is of no record of this kind.
    const std::string& field_of(const Standing& standing) const {
        const bool is_of_kind = Ref{standing.record}.kind() == kind_.number;
        return is_of_kind && standing.column < columns_.size() ? columns_[standing.column] : name_;
    }

    Verifying& at_;
    storage::Connection& connection_;
    const Kind& kind_;
    const std::string name_;
    std::vector<std::string> columns_{};
    std::unordered_set<std::size_t> differing_{};
};

}  // namespace

void verify_search(Verifying& at) {
    open_vocabularies(Reading(at.transaction().session()));
    for (const Kind& kind : at.kinds()) {
        if (!kind.is_searchable()) continue;
        at.begin("search", kind.name);
        Index(at, kind).look();
    }
}

}  // namespace crm::kernel
