#include <algorithm>
#include <chrono>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "crm/error.hpp"
#include "crm/text.hpp"
#include "kernel/search.hpp"

// The quick filter. What was typed is looked up as a prefix of the columns with the trait `quick`,
// or of their keys: folded keys ("…_key") of roots, and normalised values of their children. Every
// look-up walks one index in order and ends early. Several words are "several characteristics at
// once": whatever begins with one of them is examined for the others.
namespace crm::kernel {
namespace {

using namespace std::chrono_literals;
using Moment = std::chrono::steady_clock::time_point;

// For rows that are hidden or do not match; the shorter one where there are hits enough already.
constexpr auto patience = 100ms, short_patience = 5ms;
constexpr std::size_t most_pieces = 16;
constexpr std::size_t most_examined = 2'000;
constexpr int shortest_phone = 3, longest_phone = 15;

// ---- spellings

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_phone_like(std::string_view typed) {
    constexpr std::string_view between = " +-()./";
    const auto belongs = [&](char c) { return is_digit(c) || between.find(c) != between.npos; };
    const auto digits = std::ranges::count_if(typed, is_digit);
    return digits >= shortest_phone && digits <= longest_phone &&
           std::ranges::all_of(typed, belongs);
}

std::string digits_of(std::string_view typed) {
    std::string digits;
    std::ranges::copy_if(typed, std::back_inserter(digits), is_digit);
    return digits;
}

std::string lower(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return out;
}

void add_spelling(std::vector<std::string>& spellings, std::string spelling) {
    if (!spelling.empty() && std::ranges::find(spellings, spelling) == spellings.end())
        spellings.push_back(std::move(spelling));
}

/// A number typed in part is read as a whole one, filled up with fives, which are no trunk prefix
/// anywhere and are taken off again: "069" of Moldova is "+37369".
void add_phones(std::vector<std::string>& spellings, std::string_view typed,
                std::string_view country) {
    add_spelling(spellings, digits_of(typed));
    add_spelling(spellings, "+" + digits_of(typed));
    for (std::size_t missing = 0; missing < 12; ++missing) {
        const std::string full =
            normalize_phone(std::string(typed) + std::string(missing, '5'), country);
        if (full.starts_with('+')) add_spelling(spellings, full.substr(0, full.size() - missing));
    }
}

/// How phones, e-mails, URLs and names that begin with what was typed may begin where they are kept
/// normalised.
std::vector<std::string> spellings_of(std::string_view typed, std::string_view country) {
    std::vector<std::string> spellings;
    add_spelling(spellings, lower(typed));
    add_spelling(spellings, fold(typed));
    add_spelling(spellings, normalize_url(typed));
    if (is_phone_like(typed)) add_phones(spellings, typed, country);
    return spellings;
}

/// One of the words typed.
struct Piece {
    std::string folded;
    std::vector<std::string> words, spellings;
};

std::vector<Piece> pieces_of(const std::string& folded, std::string_view country) {
    std::vector<Piece> pieces;
    for (std::size_t from = 0; from < folded.size();) {
        const std::size_t to = std::min(folded.find_first_of(" \t\n", from), folded.size());
        const std::string piece = folded.substr(from, to - from);
        from = to + 1;
        if (auto found = words(piece); !found.empty())
            pieces.push_back({piece, std::move(found), spellings_of(piece, country)});
    }
    if (pieces.size() > most_pieces)
        throw LimitExceeded("quick filter: at most " + std::to_string(most_pieces) +
                            " words at once");
    std::ranges::stable_sort(pieces, std::greater{},
                             [](const Piece& piece) { return piece.folded.size(); });
    return pieces;
}

// ---- what a record must have

/// Whether every word typed begins some word of a record, or one of its normalised values.
class Wanted {
public:
    explicit Wanted(const std::vector<Piece>& pieces) : pieces_(&pieces) {
        for (const Piece& piece : pieces) count_ += piece.words.size();
        met_.resize(count_);
    }

    void start_over() { met_.assign(count_, false), open_ = count_; }
    bool all_met() const { return open_ == 0; }
    void meet_words(std::string_view text) {
        const auto meet = [](void* wanted, const Token& token) {
            static_cast<Wanted*>(wanted)->meet_word(token.text);
            return true;
        };
        if (!all_met()) tokenize(text, meet, this);
    }
    void meet_value(std::string_view normalized) {
        each([&](const Piece& piece, std::size_t, std::size_t at) {
            if (begins_any(normalized, piece.spellings)) tick(at);
        });
    }

private:
    static bool begins_any(std::string_view text, const std::vector<std::string>& prefixes) {
        return std::ranges::any_of(prefixes,
                                   [&](const auto& prefix) { return text.starts_with(prefix); });
    }
    void meet_word(std::string_view word) {
        each([&](const Piece& piece, std::size_t i, std::size_t at) {
            if (word.starts_with(piece.words[i])) tick(at);
        });
    }
    template <class Do>
    void each(const Do& what) {
        std::size_t at = 0;
        for (const Piece& piece : *pieces_)
            for (std::size_t i = 0; i < piece.words.size(); ++i) what(piece, i, at++);
    }
    void tick(std::size_t at) {
        if (!met_[at]) met_[at] = true, --open_;
    }

    const std::vector<Piece>* pieces_;
    std::vector<bool> met_{};
    std::size_t count_ = 0, open_ = 0;
};

bool is_folded(const Column& column) { return column.name.ends_with("_key"); }
bool is_normalised(const Column& column) {
    return column.has(Trait::quick) && column.key.empty() && !is_folded(column);
}

bool is_shown_text(const Column& column) {
    return column.type == FieldType::text && !column.has(body) && !column.is_property() &&
           (column.has(searchable) || column.has(on_card));
}

/// The statement that reads the texts of a record: `normalized` first, then those made of words.
struct Texts {
    std::string sql;
    int normalized = 0;
    bool under_rights = false;
};

Texts texts_of(const Kind& kind, std::string_view by, const Rights& rights,
               const std::string& predicate) {
    std::string values, texts;
    Texts found;
    for (const Column& column : kind.columns) {
        if (rights.hides(kind, column)) continue;
        if (is_normalised(column)) ++found.normalized;
        if (is_normalised(column))
            (values += ", t.") += column.name;
        else if (is_shown_text(column))
            (texts += ", t.") += column.name;
    }
    if (values.empty() && texts.empty()) return found;
    found.under_rights = predicate != "1";
    found.sql = "SELECT " + (values + texts).substr(2) + " FROM " + std::string(kind.name) +
                " AS t WHERE t." + std::string(by) + " = :id AND " +
                (found.under_rights ? "(" + predicate + ")" : "1");
    return found;
}

// ---- the filter

/// A column that is looked into.
struct Field {
    const Kind* kind;
    const Column* column;  ///< with the trait
    const Column* key;     ///< walked: the column itself or its key
    const Column* shown;   ///< what people typed there
    bool is_of_child() const { return kind->role == Role::child; }
};

/// What stands behind a key: the column it is the key of, else the record's name, else the text
/// that a normalised value follows in the list of columns.
const Column& shown_for(const Kind& kind, const Column& key) {
    const auto source = std::ranges::find(kind.columns, key.name, &Column::key);
    if (source != kind.columns.end()) return *source;
    const auto name =
        std::ranges::find_if(kind.columns, [](const Column& c) { return c.has(searchable); });
    if (name != kind.columns.end()) return *name;
    const Column* typed = &key;
    while (typed != kind.columns.data() && (typed->has(derived) || typed->type != FieldType::text))
        --typed;
    return *typed;
}

/// Declared orders stand on indexes by owner and by unit as well.
bool has_scope_indexes(const Field& field) {
    return std::ranges::find(field.kind->orders, field.key->name, &Order::column) !=
           field.kind->orders.end();
}

bool has_quick(const Kind& kind) {
    return std::ranges::any_of(kind.columns,
                               [](const Column& column) { return column.has(Trait::quick); });
}

/// One walk in the order of an index: over all rows, or over those of one owner or unit.
struct Branch {
    std::string from, condition;
    std::int64_t value = 0;
    bool few = false;  ///< what was shared: sorted, so limited
};

class QuickFilter {
public:
    QuickFilter(const Reading& reading, std::string_view kind, int limit)
        : reading_(reading), limit_(static_cast<std::size_t>(limit)) {
        choose_kinds(kind);
        choose_fields();
    }

    Hits run(std::string_view typed) {
        const std::string text = clean_text(typed), folded = fold(text),
                          &country = reading_.database().country();
        if (folded.empty()) return {};
        const auto pieces = pieces_of(folded, country);
        walk_whole(folded, spellings_of(text, country));
        if (pieces.size() > 1 && found_.size() <= limit_) walk_pieces(pieces);
        return sorted();
    }

private:
    enum Rank { exact, prefix, several };
    struct Found {
        Rank rank;
        std::string key, matched;
        std::string_view field;
    };
    /// A row of a walk that the session sees.
    struct Row {
        Ref record;
        std::string_view key, shown;
    };

    void choose_kinds(std::string_view name) {
        const DatabaseState& database = reading_.database();
        for (const Kind& kind : database.kinds)
            if (kind.role == Role::root && has_quick(kind) && (name.empty() || kind.name == name))
                kinds_.push_back(&kind);
        if (!kinds_.empty() || name.empty()) return;
        throw Invalid("search", "kind",
                      "records of kind " + std::string(database.kind_named(name).name) +
                          " have no quick filter; search their text instead");
    }

    void choose_fields() {
        for (const Kind* kind : kinds_) add_fields(*kind);
        for (const Kind& kind : reading_.database().kinds)
            if (kind.role == Role::child) add_fields(kind);
        std::ranges::stable_partition(fields_,
                                      [](const Field& field) { return has_scope_indexes(field); });
    }

    void add_fields(const Kind& kind) {
        for (const Column& column : kind.columns) {
            if (!column.has(Trait::quick)) continue;
            const Column& key = column.key.empty() ? column : kind.column(column.key);
            const Column& shown = shown_for(kind, key);
            const auto hides = [&](const Column& c) { return reading_.rights().hides(kind, c); };
            if (!hides(column) && !hides(key) && !hides(shown))
                fields_.push_back({&kind, &column, &key, &shown});
        }
    }

    bool is_wanted(Ref record) const {
        return std::ranges::any_of(kinds_,
                                   [&](const Kind* kind) { return kind->number == record.kind(); });
    }

    bool is_late() {
        const auto wait = found_.size() > limit_ ? short_patience : patience;
        const bool late = std::chrono::steady_clock::now() >= begun_ + wait;
        incomplete_ |= late;
        return late;
    }

    /// What began with the whole of what was typed; each walk gives its first hits and one more.
    void walk_whole(const std::string& folded, const std::vector<std::string>& spellings) {
        for (const Field& field : fields_)
            for (const auto& start : is_folded(*field.key) ? std::vector{folded} : spellings)
                walk_whole(field, start);
    }

    void walk_whole(const Field& field, const std::string& start) {
        for (const Branch& branch : branches(field)) {
            std::unordered_set<Ref> seen;
            walk(field, branch, start, [&](const Row& row) {
                if (!seen.insert(row.record).second) return !is_late();
                keep(field, row, row.key == start ? exact : prefix);
                return seen.size() <= limit_;
            });
        }
    }

    void walk_pieces(const std::vector<Piece>& pieces) {
        Wanted wanted(pieces);
        std::unordered_set<Ref> seen;
        for (const Piece& piece : pieces) {
            const std::size_t most = seen.size() + most_examined / pieces.size();
            for (const Field& field : fields_)
                for (const auto& start :
                     is_folded(*field.key) ? std::vector{piece.folded} : piece.spellings)
                    walk_piece(field, start, wanted, seen, most);
        }
    }

    void walk_piece(const Field& field, const std::string& start, Wanted& wanted,
                    std::unordered_set<Ref>& seen, std::size_t most) {
        for (const Branch& branch : branches(field))
            walk(field, branch, start, [&](const Row& row) {
                if (is_late() || found_.size() > limit_) return false;
                if (found_.contains(row.record) || !seen.insert(row.record).second) return true;
                if (has_all(row.record, wanted)) keep(field, row, several);
                incomplete_ |= seen.size() >= most;
                return seen.size() < most;
            });
    }

    /// Calls `take` with each visible row whose key begins with `start`, until it answers false.
    template <class Take>
    void walk(const Field& field, const Branch& branch, const std::string& start,
              const Take& take) {
        const std::string end = start + "\U0010FFFF";
        auto rows = reading_.connection().use(walk_text(field, branch));
        reading_.rights().bind(rows);
        rows.bind_named(":low", Value{std::string_view{start}})
            .bind_named(":high", Value{std::string_view{end}});
        rows.bind_named(":branch", Value{branch.value})
            .bind_named(":most", Value{std::int64_t{2'000}});
        while (rows.step()) {
            const Row row{Ref{rows.integer(0)}, rows.text(1), rows.text(2)};
            const bool visible = rows.integer(3) != 0 && is_wanted(row.record);
            if (visible ? !take(row) : is_late()) return;
        }
    }

    std::string walk_text(const Field& field, const Branch& branch) const {
        const std::string key = "t." + std::string(field.key->name);
        const std::string id =
            field.is_of_child() ? std::string(field.kind->parent_column()->name) : "id";
        const std::string shown = "t." + std::string(field.shown->name);
        const std::string predicate = "(" + reading_.rights().predicate(*field.kind, "t") + ")";
        return "SELECT t." + id + ", " + key + ", " + shown + ", " + predicate + " FROM " +
               branch.from + " WHERE " + branch.condition + key + " >= :low AND " + key +
               " < :high ORDER BY " + key + (branch.few ? " LIMIT :most" : "");
    }

    /// A column with indexes by owner and unit is walked by each of them: the rows of a narrow user
    /// may be few among many.
    std::vector<Branch> branches(const Field& field) const {
        const std::string table = std::string(field.kind->name) + " AS t";
        if (field.is_of_child() || !has_scope_indexes(field)) return {{table, {}}};
        std::vector<Branch> all;
        for (const Scope* scope : reading_.rights().scopes(*field.kind, Action::read)) {
            if (scope->all) return {{table, {}}};
            add_branches(*field.kind, *scope, table, all);
        }
        return all;
    }

    void add_branches(const Kind& kind, const Scope& scope, const std::string& table,
                      std::vector<Branch>& all) const {
        const Rights& rights = reading_.rights();
        const auto add_few = [&](const std::string& ids) {
            if (!ids.empty()) all.push_back({table, "t.id IN (" + ids + ") AND ", 0, true});
        };
        if (scope.own) all.push_back({table, "t.owner_id = :branch AND ", rights.user()});
        for (const std::int64_t unit : scope.units)
            all.push_back({table, "t.unit_id = :branch AND ", unit});
        for (const std::int64_t territory : scope.territories)
            all.push_back({table, "t.territory_id = :branch AND ", territory});
        if (scope.shared) add_few(rights.shared_ids(kind));
        if (scope.given) add_few(rights.given_ids(kind));
    }

    void keep(const Field& field, const Row& row, Rank rank) {
        const auto [at, fresh] = found_.try_emplace(row.record);
        if (!fresh && at->second.rank <= rank) return;
        at->second = {rank, std::string(row.key), std::string(row.shown), field.column->name};
    }

    // ---- several words

    const std::vector<Texts>& texts(const Kind& kind) {
        const auto [at, fresh] = texts_.try_emplace(kind.number);
        if (!fresh) return at->second;
        at->second.push_back(texts_of(kind, "id", reading_.rights(), "1"));
        for (const auto& [child, column] : reading_.plan(kind).incoming)
            if (column->has(parent) && !child->is_searchable())
                at->second.push_back(texts_of(*child, column->name, reading_.rights(),
                                              reading_.rights().predicate(*child, "t")));
        std::erase_if(at->second, [](const Texts& texts) { return texts.sql.empty(); });
        return at->second;
    }

    bool has_all(Ref record, Wanted& wanted) {
        wanted.start_over();
        for (const Texts& texts : texts(reading_.kind_of(record))) {
            read_texts(record, texts, wanted);
            if (wanted.all_met()) return true;
        }
        return false;
    }

    void read_texts(Ref record, const Texts& texts, Wanted& wanted) const {
        auto rows = reading_.connection().use(texts.sql);
        if (texts.under_rights) reading_.rights().bind(rows);
        rows.bind_named(":id", Value{record.value()});
        while (!wanted.all_met() && rows.step())
            for (int i = 0; i < rows.columns(); ++i)
                i < texts.normalized ? wanted.meet_value(rows.text(i))
                                     : wanted.meet_words(rows.text(i));
    }

    Hits sorted() {
        std::vector<std::pair<Ref, Found*>> order;
        for (auto& [record, found] : found_) order.emplace_back(record, &found);
        std::ranges::sort(order, {}, [](const auto& at) {
            return std::tie(at.second->rank, at.second->key, at.first);
        });
        Hits hits{{}, incomplete_ || order.size() > limit_};
        if (order.size() > limit_) order.resize(limit_);
        for (const auto& [record, found] : order)
            hits.rows.push_back({record, title_of(reading_, record), std::string(found->field),
                                 std::move(found->matched)});
        return hits;
    }

    const Reading& reading_;
    const std::size_t limit_;
    const Moment begun_ = std::chrono::steady_clock::now();
    std::vector<const Kind*> kinds_{};
    std::vector<Field> fields_{};
    std::unordered_map<Ref, Found> found_{};
    std::unordered_map<KindNumber, std::vector<Texts>> texts_{};
    bool incomplete_ = false;
};

}  // namespace

Hits quick(Reading& reading, std::string_view typed, std::string_view kind, int limit) {
    require_limit(limit);
    return QuickFilter(reading, kind, limit).run(typed);
}

}  // namespace crm::kernel
