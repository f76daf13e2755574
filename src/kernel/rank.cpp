#include "kernel/rank.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/utf8.hpp"
#include "crm/error.hpp"
#include "crm/text.hpp"
#include "kernel/select.hpp"

namespace crm::kernel {
namespace {

constexpr std::size_t most_words = 32;
constexpr std::size_t snippet_bytes = 160;
constexpr std::string_view ellipsis = "…";
constexpr std::string_view spaces = " \t\n";

constexpr double title_weight = 8, short_weight = 3, long_weight = 1;
constexpr double longer_word = 0.5;   // less than any exact one
constexpr double most_halvings = 64;  // so that age makes nothing worthless

bool is_long_enough(std::string_view token) {
    return std::ranges::count_if(token, [](char c) { return !base::is_continuation(c); }) >= 2;
}

// ---- worth

/// The typed words in one text.
class Finds {
public:
    Finds(std::string_view text, const Typed& typed) : typed_(typed), times_(typed.words.size()) {
        tokenize(
            text,
            [](void* finds, const Token& token) {
                static_cast<Finds*>(finds)->look_at(token);
                return true;
            },
            this);
    }

    const Spans& spans() const { return spans_; }

    double worth() const {
        double sum = 0;
        for (const int times : times_) sum += damped(times);
        return sum + (begun_ == 0 && longer_ ? longer_word : damped(begun_));
    }

private:
    static double damped(int times) { return times == 0 ? 0 : 1 + std::log2(times); }

    void look_at(const Token& token) {
        bool is_typed = !typed_.begun.empty() && token.text.starts_with(typed_.begun);
        if (is_typed && token.text.size() == typed_.begun.size()) ++begun_;
        if (is_typed && token.text.size() > typed_.begun.size()) longer_ = true;
        for (std::size_t i = 0; i < times_.size(); ++i) {
            if (typed_.words[i] != token.text) continue;
            ++times_[i];
            is_typed = true;
        }
        if (is_typed) spans_.emplace_back(token.begin, token.end);
    }

    const Typed& typed_;
    std::vector<int> times_;  // of each word
    int begun_ = 0;           // of the unfinished one, as it is
    bool longer_ = false;     // a longer one begins with it
    Spans spans_;
};

double weight(const Column& column, const Plan& plan) {
    if (&column == plan.searchable.front()) return title_weight;
    return column.has(body) ? long_weight : short_weight;
}

/// Halved with each year.
double freshness(Time made, Time now) {
    using Years = std::chrono::duration<double, std::chrono::years::period>;
    return std::exp2(-std::clamp(Years(now - made).count(), 0.0, most_halvings));
}

// ---- snippets

/// The stretch that holds most words and is no longer than a snippet, unless it is one word.
std::pair<std::size_t, std::size_t> densest(const Spans& words) {
    std::size_t best = 0, most = 0;
    for (std::size_t first = 0, last = 0; first < words.size(); ++first) {
        last = std::max(last, first);
        while (last + 1 < words.size() &&
               words[last + 1].second - words[first].first <= snippet_bytes)
            ++last;
        if (last + 1 - first > most) best = first, most = last + 1 - first;
    }
    return most == 0 ? std::pair<std::size_t, std::size_t>{}
                     : std::pair{words[best].first, words[best + most - 1].second};
}

/// The first place from `at` on where nothing is torn, before `limit`: after a space, else between
/// two characters.
std::size_t begin_after(std::string_view text, std::size_t at, std::size_t limit) {
    if (at == 0) return 0;
    const auto space = text.find_first_of(spaces, at - 1);
    if (space < limit) return std::min(text.find_first_not_of(spaces, space), limit);
    while (at < limit && base::is_continuation(text[at])) ++at;
    return at;
}

/// The last such place up to `at`, not before `limit`.
std::size_t end_before(std::string_view text, std::size_t at, std::size_t limit) {
    if (at >= text.size()) return text.size();
    const auto space = text.find_last_of(spaces, at);
    if (space != text.npos && space >= limit && space > 0)
        return std::max(text.find_last_not_of(spaces, space) + 1, limit);
    while (at > limit && base::is_continuation(text[at])) --at;
    return at;
}

/// As much around a stretch as a snippet has room for, the same on both sides where there is as
/// much.
std::pair<std::size_t, std::size_t> widened(std::string_view text, std::size_t begin,
                                            std::size_t end) {
    const std::size_t room = snippet_bytes - std::min(snippet_bytes, end - begin);
    const std::size_t last = text.size() - std::min(text.size(), snippet_bytes);
    const std::size_t from = std::min(begin - std::min(begin, room / 2), last);
    const std::size_t to = std::min(text.size(), from + snippet_bytes);
    return {begin_after(text, from, begin), end_before(text, to, end <= to ? end : begin)};
}

}  // namespace

Typed typed_in(std::string_view text) {
    Typed typed{words(text), {}};
    if (typed.words.size() > most_words)
        throw LimitExceeded("search: at most " + std::to_string(most_words) + " words at once");
    if (typed.words.empty() || !is_long_enough(typed.words.back()) || base::is_space(text.back()))
        return typed;
    typed.begun = std::move(typed.words.back());
    typed.words.pop_back();
    return typed;
}

Snippet cut(std::string_view text, const Spans& words) {
    const auto [core, core_end] = densest(words);
    const auto [begin, end] = widened(text, core, core_end);
    const std::string_view before = begin > 0 ? ellipsis : "",
                           after = end < text.size() ? ellipsis : "";
    Snippet snippet;
    ((snippet.text += before) += text.substr(begin, end - begin)) += after;
    for (const auto& [first, last] : words)
        if (first >= begin && last <= std::max(end, core_end))
            snippet.matches.emplace_back(before.size() + first - begin,
                                         before.size() + std::min(last, end) - begin);
    return snippet;
}

Appraiser::Appraiser(const Reading& reading, const Typed& typed)
    : reading_(reading), typed_(typed), now_(reading.database().now()) {}

const Appraiser::Source& Appraiser::source(const Kind& kind) {
    const auto [at, fresh] = sources_.try_emplace(kind.number);
    Source& source = at->second;
    if (!fresh) return source;
    source.sql = "SELECT c.at";
    for (const Column* column : reading_.plan(kind).searchable) {
        if (reading_.rights().hides(kind, *column)) continue;
        source.columns.push_back(column);
        (source.sql += ", ") += stored_in(kind, *column, "t");
    }
    source.sql += " FROM " + from_clause(kind, "t", true) +
                  " CROSS JOIN command AS c ON c.id = t.created_in WHERE t.id = ?1";
    return source;
}

template <class Use>
Time Appraiser::read(Ref hit, const Use& use) {
    const Kind& kind = reading_.kind_of(hit);
    const Plan& plan = reading_.plan(kind);
    const Source& texts = source(kind);
    auto row = reading_.connection().use(texts.sql);
    if (!row.bind(1, hit.value()).step()) return {};
    int at = 0;
    for (const Column* column : texts.columns) use(*column, weight(*column, plan), row.text(++at));
    return row.time(0);
}

double Appraiser::rank(Ref hit) {
    double sum = 0;
    const Time made = read(hit, [&](const Column&, double weight, std::string_view text) {
        sum += weight * Finds(text, typed_).worth();
    });
    return sum * freshness(made, now_);
}

Snippet Appraiser::snippet(Ref hit) {
    Snippet best;
    double most = 0;
    read(hit, [&](const Column& column, double weight, std::string_view text) {
        const Finds finds(text, typed_);
        if (weight * finds.worth() <= most) return;
        most = weight * finds.worth();
        best = cut(text, finds.spans());
        best.field = column.name;
    });
    return best;
}

}  // namespace crm::kernel
