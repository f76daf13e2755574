#include "kernel/search.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <tuple>

#include "crm/error.hpp"
#include "kernel/rank.hpp"

namespace crm::kernel {
namespace {

using namespace std::chrono_literals;
using Moment = std::chrono::steady_clock::time_point;
using storage::File;

constexpr auto search_patience = 500ms;  // for walking over hidden rows
constexpr std::size_t most_ranked = 1'000;
constexpr std::size_t most_terms = 32;  // that an unfinished word is replaced by

// Settings of FTS5, with its defaults. A merge step writes about 8 MB.
constexpr std::int64_t bulk_hash_size = 64 << 20, usual_hash_size = 1 << 20;
constexpr std::int64_t bulk_automerge = 0, usual_automerge = 4;
constexpr std::int64_t pages_a_step = 2'000;

std::string insert_text(const Plan& plan, std::string_view command) {
    const std::string index = index_of(*plan.kind);
    std::string text = "INSERT INTO " + index + " (rowid";
    std::string marks = "?1";
    for (std::size_t i = 0; i < plan.searchable.size(); ++i) {
        (text += ", ") += plan.searchable[i]->name;
        marks += ", ?" + std::to_string(i + 2);
    }
    if (command.empty()) return text + ") VALUES (" + marks + ")";
    return text + ", " + index + ") VALUES (" + marks + ", '" + std::string(command) + "')";
}

void run_for(storage::Use use, const Plan& plan, const void* record) {
    use.bind(1, static_cast<const Head*>(record)->id.value());
    int at = 2;
    for (const Column* column : plan.searchable) use.bind(at++, column->get(record));
    use.run();
}

void configure(storage::Connection& connection, const Kind& kind, std::string_view option,
               std::int64_t value) {
    const std::string index = index_of(kind);
    connection.use("INSERT INTO " + index + " (" + index + ", rank) VALUES (?1, ?2)")
        .bind(1, option)
        .bind(2, value)
        .run();
}

void configure_all(File& file, std::span<const Kind> kinds, std::int64_t hash_size,
                   std::int64_t automerge) {
    auto writer = file.write();
    for (const Kind& kind : kinds) {
        if (!kind.is_searchable()) continue;
        configure(writer.connection(), kind, "hashsize", hash_size);
        configure(writer.connection(), kind, "automerge", automerge);
    }
    writer.commit();
}

/// False where there was nothing left to merge.
bool merge_step(File& file, const Kind& kind) {
    auto writer = file.write(File::Durability::bulk);
    storage::Connection& connection = writer.connection();
    const auto changes = [&] { return connection.integer("SELECT total_changes()"); };
    const std::int64_t before = changes();
    configure(connection, kind, "merge", pages_a_step);
    const bool merged = changes() - before >= 2;
    writer.commit();
    return merged;
}

// ---- full text

std::string literal(std::string_view word) { return '"' + std::string(word) + '"'; }

/// The words of the index that begin so, ORed; empty where there are none. FTS5 collects every row
/// of a prefix before it gives the first, but walks the rows of whole words: that is 0.1 ms against
/// 12 at 100,000 rows. Only where the words are many is it asked for the prefix.
std::string words_beginning(const std::string& start, storage::Connection& connection,
                            const Kind& kind) {
    const std::string terms = vocabulary_of(kind), end = start + "\U0010FFFF";
    auto next =
        connection.use("SELECT term FROM " + terms + " WHERE term >= ?1 AND term < ?2 LIMIT 1");
    std::string from = start, match;
    for (std::size_t i = 0; i < most_terms; ++i) {
        if (!next.bind(1, std::string_view{from}).bind(2, std::string_view{end}).step())
            return match.empty() ? match : "(" + match + ")";
        from = next.text(0);
        next.reset();
        (match += match.empty() ? "" : " OR ") += literal(from);
        from += '\1';
    }
    return literal(start) + " *";
}

/// "{subject result} : (…)" where some columns are hidden; empty where all are.
std::string in_shown_columns(const std::string& match, const Rights& rights, const Plan& plan) {
    std::string shown;
    std::size_t count = 0;
    for (const Column* column : plan.searchable) {
        if (rights.hides(*plan.kind, *column)) continue;
        (shown += ' ') += column->name;
        ++count;
    }
    if (count == plan.searchable.size() || match.empty()) return match;
    return count == 0 ? std::string{} : "{" + shown + " } : (" + match + ")";
}

/// Single quoted words, ANDed: the index keeps no positions, so that phrases are impossible. Empty
/// where nothing can match.
std::string match_of(const Typed& typed, storage::Connection& connection, const Kind& kind) {
    std::string match;
    for (const auto& word : typed.words) (match += match.empty() ? "" : " AND ") += literal(word);
    if (typed.begun.empty()) return match;
    const std::string begun = words_beginning(typed.begun, connection, kind);
    return begun.empty() || match.empty() ? begun : match + " AND " + begun;
}

/// The visible hits of one kind, newest first.
class Cursor {
public:
    Cursor(const Reading& reading, const Kind& kind, std::string match)
        : match_(std::make_unique<std::string>(std::move(match))),
          rows_(reading.connection().use(text(reading, kind))) {
        rows_.bind_named(":match", Value{std::string_view{*match_}});
        reading.rights().bind(rows_);
    }

    /// Moves to the next visible row; false at the end, or where the way over hidden ones took too
    /// long.
    bool advance(Moment deadline) {
        while (rows_.step()) {
            if (rows_.integer(2) != 0) return true;
            if (std::chrono::steady_clock::now() < deadline) continue;
            gave_up_ = true;
            break;
        }
        return false;
    }
    Ref record() const { return Ref{rows_.integer(0)}; }
    std::int64_t created_in() const { return rows_.integer(1); }
    bool gave_up() const { return gave_up_; }

private:
    static std::string text(const Reading& reading, const Kind& kind) {
        const std::string index = index_of(kind);
        return "SELECT t.id, t.created_in, (" + reading.rights().predicate(kind, "t") + ") FROM " +
               index + " AS f CROSS JOIN " + std::string(kind.name) +
               " AS t ON t.id = f.rowid WHERE f." + index + " MATCH :match ORDER BY f.rowid DESC";
    }

    std::unique_ptr<std::string> match_;  // bound without copying: must stay where it is
    storage::Use rows_;
    bool gave_up_ = false;
};

std::vector<const Kind*> searched_kinds(const Catalogue& catalogue,
                                        const std::vector<std::string>& names) {
    std::vector<const Kind*> kinds;
    for (const Kind& kind : catalogue.kinds())
        if (names.empty() && kind.is_searchable()) kinds.push_back(&kind);
    for (const auto& name : names) {
        const Kind& kind = catalogue.kind_named(name);
        if (!kind.is_searchable())
            throw Invalid("search", "kinds", "records of kind " + name + " have no full text");
        if (std::ranges::find(kinds, &kind) == kinds.end()) kinds.push_back(&kind);
    }
    return kinds;
}

/// A hit, and the command that made it.
struct Found {
    Ref record;
    std::int64_t created_in = 0;
    double rank = 0;
};

/// Merges the cursors by the command that made a record.
class Merging {
public:
    Merging(const Reading& reading, const std::vector<const Kind*>& kinds, const Typed& typed) {
        cursors_.reserve(kinds.size());
        if (!typed.begun.empty()) open_vocabularies(reading);
        for (const Kind* kind : kinds)
            if (auto match = in_shown_columns(match_of(typed, reading.connection(), *kind),
                                              reading.rights(), reading.plan(*kind));
                !match.empty())
                cursors_.emplace_back(reading, *kind, std::move(match));
        for (Cursor& cursor : cursors_)
            if (advance(cursor)) ready_.push_back(&cursor);
    }

    bool at_end() const { return ready_.empty(); }
    bool gave_up() const { return gave_up_; }
    bool is_out_of_time() const { return std::chrono::steady_clock::now() >= deadline_; }
    Found take() {
        const auto newest = std::ranges::max_element(ready_, {}, &Cursor::created_in);
        const Found found{(*newest)->record(), (*newest)->created_in()};
        if (!advance(**newest)) ready_.erase(newest);
        return found;
    }

private:
    bool advance(Cursor& cursor) {
        const bool has_row = cursor.advance(deadline_);
        gave_up_ |= cursor.gave_up();
        return has_row;
    }

    const Moment deadline_ = std::chrono::steady_clock::now() + search_patience;
    std::vector<Cursor> cursors_{};
    std::vector<Cursor*> ready_{};
    bool gave_up_ = false;
};

std::vector<Found> newest(Merging& merging, std::size_t limit) {
    std::vector<Found> found;
    while (!merging.at_end() && found.size() < limit) found.push_back(merging.take());
    return found;
}

/// The best of the newest, best first.
std::vector<Found> ranked(Merging& merging, Appraiser& appraiser) {
    std::vector<Found> found;
    while (!merging.at_end() && found.size() < most_ranked && !merging.is_out_of_time()) {
        found.push_back(merging.take());
        found.back().rank = appraiser.rank(found.back().record);
    }
    std::ranges::sort(found, std::greater{}, [](const Found& each) {
        return std::tuple(each.rank, each.created_in, each.record.value());
    });
    return found;
}

}  // namespace

std::string index_of(const Kind& kind) { return std::string(kind.name) + "_fts"; }

std::string vocabulary_of(const Kind& kind) { return "temp." + std::string(kind.name) + "_terms"; }

void open_vocabularies(const Reading& reading) {
    storage::Connection& connection = reading.connection();
    if (connection.use("SELECT 1 FROM temp.sqlite_schema LIMIT 1").step()) return;
    for (const Kind& kind : reading.kinds())
        if (kind.is_searchable())
            connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS " + vocabulary_of(kind) +
                               " USING fts5vocab(main, " + index_of(kind) + ", instance)");
}

void index_row(storage::Connection& connection, const Plan& plan, const void* record) {
    if (plan.searchable.empty()) return;
    run_for(connection.use(plan.slots->search_insert, [&] { return insert_text(plan, {}); }), plan,
            record);
}

void unindex_row(storage::Connection& connection, const Plan& plan, const void* record) {
    if (plan.searchable.empty()) return;
    run_for(connection.use(plan.slots->search_remove, [&] { return insert_text(plan, "delete"); }),
            plan, record);
}

void begin_bulk_indexing(File& file, std::span<const Kind> kinds) {
    configure_all(file, kinds, bulk_hash_size, bulk_automerge);
}

void end_bulk_indexing(File& file, std::span<const Kind> kinds) {
    configure_all(file, kinds, usual_hash_size, usual_automerge);
    for (const Kind& kind : kinds)
        while (kind.is_searchable() && merge_step(file, kind)) {}
}

std::string title_of(const Reading& reading, Ref record) {
    const Kind& kind = reading.kind_of(record);
    const Plan& plan = reading.plan(kind);
    if (plan.searchable.empty()) return {};
    const Column* parent = kind.parent_column();
    const Column& title = *plan.searchable.front();
    const bool is_hidden = reading.rights().hides(kind, title);
    auto row = reading.connection().use("SELECT " + (is_hidden ? "NULL" : std::string(title.name)) +
                                        ", " + (parent ? std::string(parent->name) : "NULL") +
                                        " FROM " + std::string(kind.name) + " WHERE id = ?1");
    if (!row.bind(1, record.value()).step()) return {};
    const bool has_title = row.is_null(1) || !row.text(0).empty();
    return has_title ? std::string(row.text(0)) : title_of(reading, Ref{row.integer(1)});
}

void require_limit(int limit) {
    if (limit < 1 || limit > 1'000) throw Invalid("search", "limit", "must be from 1 to 1,000");
}

Hits search(Reading& reading, std::string_view text, const SearchOptions& options) {
    require_limit(options.limit);
    const auto searched = searched_kinds(reading.catalogue(), options.kinds);
    const Typed typed = typed_in(text);
    Merging merging(reading, searched, typed);
    Appraiser appraiser(reading, typed);
    const auto limit = static_cast<std::size_t>(options.limit);
    auto found = options.order == SearchOptions::Order::rank ? ranked(merging, appraiser)
                                                             : newest(merging, limit);
    Hits hits;
    hits.incomplete = merging.gave_up() || !merging.at_end() || found.size() > limit;
    found.resize(std::min(found.size(), limit));
    for (const Found& each : found) {
        Hit& hit = hits.rows.emplace_back(Hit{each.record, title_of(reading, each.record)});
        if (options.snippets) hit.snippet = appraiser.snippet(each.record);
    }
    return hits;
}

}  // namespace crm::kernel
