#include "domain/duplicate_search.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_set>

#include "base/similarity.hpp"
#include "domain/records.hpp"
#include "kernel/column.hpp"
#include "kernel/named.hpp"

namespace crm::domain {
namespace {

namespace number = kernel::number;
using Reading = kernel::Reading;
using Pair = std::pair<Ref, Ref>;

/// Rows taken of each look-up by index.
constexpr std::int64_t rows_looked_up = 50;
/// Of names, to either side of the one that is looked up.
constexpr std::int64_t names_looked_up = 25;

bool likelier(const Duplicate& a, const Duplicate& b) {
    if (a.score != b.score) return a.score > b.score;
    return Pair{a.record, a.other} < Pair{b.record, b.other};
}

/// A natural person is compared as a party: not once more as a contact.
bool comparable(const Portrait& a, const Portrait& b) {
    return a.is_person == b.is_person && !(a.is_half && b.is_half) && a.record != b.record;
}

void append(storage::Use rows, std::vector<Ref>& found) {
    while (rows.step()) found.emplace_back(rows.integer(0));
}

// ---- beside one record

/// The first letters of a key: what bounds the walk along an index.
std::string_view beginning_of(std::string_view key) {
    constexpr int letters = 3;
    std::size_t at = 0;
    for (int i = 0; i < letters && at < key.size(); ++i)
        for (++at; at < key.size() && (static_cast<unsigned char>(key[at]) & 0xc0) == 0x80;) ++at;
    return key.substr(0, at);
}

bool is_cyrillic(std::string_view folded) { return base::latin(folded) != folded; }

/// A folded key as the other script writes it; empty where that makes no difference.
std::string in_other_script(const std::string& key) {
    const std::string latin = base::latin(key);
    std::string other = is_cyrillic(key) ? latin : base::cyrillic(latin);
    return other == key ? std::string{} : other;
}

/// Gathers by indexes what is worth comparing with a portrait.
class Candidates {
public:
    Candidates(Reading& reading, KindNumber kind, const Portrait& portrait)
        : reading_(reading), kind_(kind), portrait_(portrait) {}

    std::vector<Ref> all() {
        by_points();
        by_tax_code();
        by_names();
        std::ranges::sort(found_);
        found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
        return std::move(found_);
    }

private:
    void by_points() {
        std::vector<Ref> owners;
        for (const auto* values : {&portrait_.phones, &portrait_.emails, &portrait_.urls})
            for (const auto& value : *values)
                append(kernel::named_query(
                           reading_, "duplicate.by_point",
                           {{":value", std::string_view{value}}, {":limit", rows_looked_up}}),
                       owners);
        add_owners(owners);
    }

    /// Parties and contacts that have a point, and the other halves of persons.
    void add_owners(const std::vector<Ref>& owners) {
        const std::string ids = json_of(owners);
        const auto* other_half =
            kind_ == number::party ? "duplicate.persons_of_contacts" : "duplicate.people_of";
        append(kernel::named_query(reading_, other_half, {{":ids", std::string_view{ids}}}),
               found_);
        std::ranges::copy_if(owners, std::back_inserter(found_),
                             [&](Ref owner) { return owner.kind() == kind_; });
    }

    void by_tax_code() {
        if (kind_ != number::party || portrait_.tax_code_typed.empty()) return;
        append(kernel::named_query(reading_, "duplicate.by_tax_code",
                                   {{":code", std::string_view{portrait_.tax_code_typed}},
                                    {":limit", rows_looked_up}}),
               found_);
    }

    void by_names() {
        std::set<std::string> keys{portrait_.name_key, portrait_.first_key};
        if (!portrait_.is_person) keys.insert(portrait_.family);
        for (const auto& key : std::vector(keys.begin(), keys.end()))
            keys.insert(in_other_script(key));
        keys.erase("");
        if (!shows_names(portrait_.is_person ? number::contact : number::party)) return;
        if (!portrait_.is_person) return near_all("parties_from", "parties_before", keys, found_);
        std::vector<Ref> contacts;
        near_all("contacts_from", "contacts_before", keys, contacts);
        near_all("contacts_from_first", "contacts_before_first", keys, contacts);
        add_owners(contacts);
    }

    /// A hidden key is not looked up by: it reads as empty in every row, and no index says so.
    bool shows_names(KindNumber number) const {
        const Kind& kind = *reading_.kind(number);
        return !reading_.rights().hides(kind, kind.column("name_key"));
    }

    void near_all(const std::string& from, const std::string& before,
                  const std::set<std::string>& keys, std::vector<Ref>& into) {
        for (const std::string& key : keys) {
            const std::string begin(beginning_of(key)), end = begin + "\xf4\x8f\xbf\xbf";
            append(kernel::named_query(reading_, "duplicate." + from,
                                       {{":key", std::string_view{key}},
                                        {":end", std::string_view{end}},
                                        {":limit", names_looked_up}}),
                   into);
            append(kernel::named_query(reading_, "duplicate." + before,
                                       {{":key", std::string_view{key}},
                                        {":begin", std::string_view{begin}},
                                        {":limit", names_looked_up}}),
                   into);
        }
    }

    Reading& reading_;
    KindNumber kind_;
    const Portrait& portrait_;
    std::vector<Ref> found_;
};

std::unordered_set<Ref> dismissed_with(Reading& reading, Ref record) {
    std::vector<Ref> others;
    if (record)
        append(kernel::named_query(reading, "duplicate.dismissed", {{":record", record.value()}}),
               others);
    return {others.begin(), others.end()};
}

// ---- in the whole file

/// Neighbours by name that a record is compared with in each of its blocks.
constexpr std::size_t reach = 20;
/// Records changed since that are looked up one by one; more are found by reading everything.
constexpr std::size_t few = 1'000;

std::set<Pair> dismissed_pairs(Reading& reading) {
    std::set<Pair> pairs;
    constexpr std::int64_t page = 10'000;
    for (std::int64_t last = 0, rows = page; rows == page;) {
        rows = 0;
        auto use =
            kernel::named_query(reading, "duplicate.pairs", {{":after", last}, {":limit", page}});
        for (; use.step(); ++rows, last = use.integer(0))
            pairs.emplace(Ref{use.integer(1)}, Ref{use.integer(2)});
    }
    return pairs;
}

std::vector<Portrait> read_all(Reading& reading, KindNumber kind, CommandId since,
                               std::size_t most = SIZE_MAX) {
    std::vector<Portrait> all;
    Portraits portraits(reading, kind);
    for (Ref last; all.size() <= most;) {
        auto page = portraits.after(last, since);
        if (page.empty()) break;
        last = page.back().record;
        std::ranges::move(page, std::back_inserter(all));
        reading.renew_deadline();
    }
    return all;
}

/// Keeps the best pairs, in bounded memory.
class Best {
public:
    struct Scored {
        double score;
        Pair pair;
        std::uint32_t a, b;
    };
    explicit Best(std::size_t limit) : limit_(limit) {}

    void add(Scored scored) {
        all_.push_back(scored);
        if (all_.size() >= 4 * limit_ + 1'000) cut();
    }
    std::vector<Scored> take(bool& incomplete) && {
        cut();
        incomplete = has_cut_;
        return std::move(all_);
    }

private:
    void cut() {
        const auto order = [](const Scored& one, const Scored& other) {
            return one.score != other.score ? one.score > other.score : one.pair < other.pair;
        };
        std::ranges::sort(all_, order);
        if (all_.size() <= limit_) return;
        all_.resize(limit_);
        has_cut_ = true;
    }

    std::size_t limit_;
    std::vector<Scored> all_;
    bool has_cut_ = false;
};

/// The records of a file in blocks: in each, those that share one key, in order of names.
class Blocks {
public:
    explicit Blocks(const std::vector<Portrait>& portraits) {
        for (std::uint32_t i = 0; i < portraits.size(); ++i)
            for (const std::uint64_t key : blocking_keys(portraits[i]))
                entries_.push_back({key, i});
        std::ranges::sort(entries_);
        begins_.resize(portraits.size() + 1);
        for (const Entry& entry : entries_) ++begins_[entry.record + 1];
        std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
        places_.resize(entries_.size());
        auto next = begins_;
        for (std::size_t at = 0; at < entries_.size(); ++at)
            places_[next[entries_[at].record]++] = static_cast<std::uint32_t>(at);
        count_large();
    }

    /// Each record that follows one closely in a block of both.
    template <class Each>
    void each_neighbour(std::uint32_t record, Each each) const {
        for (std::size_t i = begins_[record]; i < begins_[record + 1]; ++i) {
            const std::size_t place = places_[i];
            const std::size_t end = std::min(entries_.size(), place + 1 + reach);
            for (std::size_t at = place + 1; at < end && entries_[at].key == entries_[place].key;
                 ++at)
                each(entries_[at].record);
        }
    }
    std::size_t large() const { return large_; }

private:
    struct Entry {
        std::uint64_t key;
        std::uint32_t record;
        auto operator<=>(const Entry&) const = default;
    };
    void count_large() {
        std::size_t size = 0;
        for (std::size_t at = 0; at < entries_.size(); ++at) {
            size = at > 0 && entries_[at].key == entries_[at - 1].key ? size + 1 : 1;
            large_ += size == reach + 2;
        }
    }

    std::vector<Entry> entries_;
    std::vector<std::size_t> begins_;    ///< by record: where its places begin
    std::vector<std::uint32_t> places_;  ///< positions in `entries_`
    std::size_t large_ = 0;
};

class Sweep {
public:
    Sweep(Reading& reading, KindNumber kind, const DuplicateQuery& query)
        : query_(query), portraits_(read_all(reading, kind, {})) {
        if (!query.dismissed) dismissed_ = dismissed_pairs(reading);
        // By name: so that neighbours in a block are alike.
        std::ranges::sort(portraits_, [](const Portrait& a, const Portrait& b) {
            return std::tie(a.family, a.given, a.record) < std::tie(b.family, b.given, b.record);
        });
    }

    DuplicatePage page(const std::unordered_set<Ref>* changed) {
        const Blocks blocks(portraits_);
        DuplicatePage page;
        page.blocks_skipped = blocks.large();
        for (const auto& best : scored(blocks, changed).take(page.incomplete))
            page.pairs.push_back(compared(portraits_[best.a], portraits_[best.b], true));
        return page;
    }

private:
    Best scored(const Blocks& blocks, const std::unordered_set<Ref>* changed) const {
        Best best(static_cast<std::size_t>(query_.limit));
        std::vector<std::uint32_t> met(portraits_.size(), UINT32_MAX);
        for (std::uint32_t i = 0; i < portraits_.size(); ++i)
            blocks.each_neighbour(i, [&](std::uint32_t j) {
                if (std::exchange(met[j], i) != i) weigh(i, j, changed, best);
            });
        return best;
    }

    void weigh(std::uint32_t i, std::uint32_t j, const std::unordered_set<Ref>* changed,
               Best& best) const {
        const Portrait *a = &portraits_[i], *b = &portraits_[j];
        if (!comparable(*a, *b)) return;
        if (changed && !changed->contains(a->record) && !changed->contains(b->record)) return;
        if (b->record < a->record) std::swap(a, b), std::swap(i, j);
        const double score = compared(*a, *b, false).score;
        if (score >= query_.min_score && !dismissed_.contains({a->record, b->record}))
            best.add({score, {a->record, b->record}, i, j});
    }

    const DuplicateQuery& query_;
    std::vector<Portrait> portraits_;
    std::set<Pair> dismissed_;
};

/// Pairs of a few records, each looked up by indexes.
DuplicatePage find_beside(Reading& reading, KindNumber kind, const std::vector<Portrait>& changed,
                          const DuplicateQuery& query) {
    const LookUp options{query.min_score, static_cast<int>(rows_looked_up), query.dismissed};
    DuplicatePage page;
    for (const Portrait& portrait : changed)
        for (Duplicate& found : look_up(reading, kind, portrait, options)) {
            if (found.other < found.record) std::swap(found.record, found.other);
            page.pairs.push_back(std::move(found));
        }
    std::ranges::sort(page.pairs, likelier);
    const auto same = [](const Duplicate& a, const Duplicate& b) {
        return a.record == b.record && a.other == b.other;
    };
    page.pairs.erase(std::unique(page.pairs.begin(), page.pairs.end(), same), page.pairs.end());
    page.incomplete = page.pairs.size() > static_cast<std::size_t>(query.limit);
    if (page.incomplete) page.pairs.resize(static_cast<std::size_t>(query.limit));
    return page;
}

}  // namespace

std::vector<Duplicate> look_up(Reading& reading, KindNumber kind, const Portrait& portrait,
                               const LookUp& options) {
    const auto ids = Candidates(reading, kind, portrait).all();
    const auto left_out =
        options.dismissed ? std::unordered_set<Ref>{} : dismissed_with(reading, portrait.record);
    std::vector<Duplicate> found;
    for (const Portrait& other : Portraits(reading, kind).among(ids)) {
        if (!comparable(portrait, other) || left_out.contains(other.record)) continue;
        if (auto duplicate = compared(portrait, other, true); duplicate.score >= options.min_score)
            found.push_back(std::move(duplicate));
    }
    std::ranges::sort(found, likelier);
    if (found.size() > static_cast<std::size_t>(options.limit))
        found.resize(static_cast<std::size_t>(options.limit));
    return found;
}

DuplicatePage find_all(Reading& reading, KindNumber kind, const DuplicateQuery& query) {
    if (query.since == CommandId{}) return Sweep(reading, kind, query).page(nullptr);
    const auto changed = read_all(reading, kind, query.since, few);
    if (changed.size() <= few) return find_beside(reading, kind, changed, query);
    std::unordered_set<Ref> ids;
    for (const Portrait& portrait : read_all(reading, kind, query.since))
        ids.insert(portrait.record);
    return Sweep(reading, kind, query).page(&ids);
}

}  // namespace crm::domain
