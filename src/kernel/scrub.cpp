#include "kernel/scrub.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "crm/error.hpp"

namespace crm::kernel {
namespace {

using namespace std::chrono_literals;
using storage::Connection;
using storage::File;
using Moment = std::chrono::steady_clock::time_point;

constexpr std::int64_t pages_a_merge = 500, merges_a_step = 4;  // about 8 MB a step
constexpr std::int64_t small_index = 32;  // pages that are written anew at once
constexpr std::int64_t usual_usermerge = 4, thorough_usermerge = 2;
constexpr std::int64_t file_pages_a_step = 4'096;
constexpr std::string_view pages_part = "pages";
constexpr auto readers_pause = 20ms;

/// How far the scrub of a part of the file is. A round is under way while `begun_for` is ahead.
struct Progress {
    std::int64_t begun_for = 0, ended_for = 0, next_page = 0;
    bool is_under_way() const { return begun_for > ended_for; }
};

Progress progress_of(Connection& connection, std::string_view part) {
    auto row = connection.use("SELECT begun_for, ended_for, next_page FROM scrub WHERE part = ?1");
    if (!row.bind(1, part).step()) return {};
    return {row.integer(0), row.integer(1), row.integer(2)};
}

void keep(Connection& connection, std::string_view part, const Progress& progress) {
    connection
        .use(
            "INSERT INTO scrub (part, begun_for, ended_for, next_page) VALUES (?1, ?2, ?3, ?4) ON "
            "CONFLICT DO UPDATE SET begun_for = excluded.begun_for, ended_for = "
            "excluded.ended_for, next_page = excluded.next_page")
        .bind(1, part)
        .bind(2, progress.begun_for)
        .bind(3, progress.ended_for)
        .bind(4, progress.next_page)
        .run();
}

std::int64_t newest_erasure(Connection& connection) {
    return connection.integer("SELECT max(id) FROM erasure");
}

/// A program whose SQLite samples indexed values for its planner leaves some of the erased.
void drop_samples(Connection& connection) {
    for (const std::string table : {"sqlite_stat3", "sqlite_stat4"}) {
        const bool is_there = [&] {
            auto row = connection.use("SELECT 1 FROM sqlite_schema WHERE name = ?1");
            return row.bind(1, std::string_view{table}).step();
        }();
        if (is_there) connection.use("DELETE FROM " + table).run();
    }
}

// ---- a search index

/// FTS5 writes what is deleted as a mark beside the words and drops both only where it merges all
/// segments into one that has none older below it. A merge of many segments is done in steps that
/// FTS5 itself remembers.
class IndexScrub {
public:
    IndexScrub(Connection& connection, const Plan& plan)
        : connection_(connection), plan_(plan), index_(std::string(plan.kind->name) + "_fts") {}

    /// One step of one transaction; true where the words of all erasures are gone.
    bool step() {
        Progress progress = progress_of(connection_, index_);
        const std::int64_t newest = newest_erasure(connection_);
        if (!progress.is_under_way()) {
            if (progress.ended_for >= newest) return true;
            begin(progress, newest);
        }
        if (progress.is_under_way() && merge_on()) {
            progress.ended_for = progress.begun_for;
            command("usermerge", usual_usermerge);
        }
        keep(connection_, index_, progress);
        return progress.ended_for >= newest;
    }

private:
    void begin(Progress& progress, std::int64_t newest) {
        if (is_small()) {
            command("rebuild");
            progress.begun_for = progress.ended_for = newest;
            return;
        }
        command("usermerge", thorough_usermerge);
        add_segment();
        if (would_keep_marks()) return void(merge_on());
        command("merge", -pages_a_merge);
        progress.begun_for = newest;
    }

    bool is_small() {
        return connection_.integer("SELECT count(*) FROM (SELECT 1 FROM " + index_ +
                                   "_data LIMIT " + std::to_string(small_index + 1) + ")") <=
               small_index;
    }

    void command(std::string_view name) {
        connection_.use("INSERT INTO " + index_ + " (" + index_ + ") VALUES (?1)")
            .bind(1, name)
            .run();
    }
    void command(std::string_view name, std::int64_t argument) {
        connection_.use("INSERT INTO " + index_ + " (" + index_ + ", rank) VALUES (?1, ?2)")
            .bind(1, name)
            .bind(2, argument)
            .run();
    }

    /// A word put in and taken out again, so that there is something to merge with: FTS5 leaves an
    /// index of a single segment as it is.
    void add_segment() {
        const std::string column(plan_.searchable.front()->name);
        connection_.use("INSERT INTO " + index_ + " (rowid, " + column + ") VALUES (0, 'scrub')")
            .run();
        connection_
            .use("INSERT INTO " + index_ + " (" + index_ + ", rowid, " + column +
                 ") VALUES ('delete', 0, 'scrub')")
            .run();
        connection_.use("SAVEPOINT part").run();  // at which FTS5 writes out what it has gathered
        connection_.use("RELEASE part").run();
    }

    /// Whether all segments stand on one level with an empty one beyond the next: FTS5 would take
    /// that for one with older segments and keep the marks. Merged once they stand higher.
    bool would_keep_marks() {
        auto row = connection_.use("SELECT block FROM " + index_ + "_data WHERE id = 10");
        if (!row.step()) return false;
        std::string_view record = row.value(0).text();
        record.remove_prefix(std::min<std::size_t>(4, record.size()));  // a cookie
        const std::int64_t levels = varint(record), segments = varint(record);
        varint(record);  // writes so far
        for (std::int64_t level = 0; level < levels; ++level) {
            varint(record);  // of a merge under way
            const std::int64_t here = varint(record);
            if (here == segments) return segments > 1 && levels > level + 2;
            for (std::int64_t i = 0; i < 3 * here; ++i) varint(record);
        }
        return false;
    }

    /// A number as SQLite writes it, taken off the front.
    static std::int64_t varint(std::string_view& record) {
        std::int64_t number = 0;
        for (int i = 0; !record.empty(); ++i) {
            const auto byte = static_cast<unsigned char>(record.front());
            record.remove_prefix(1);
            if (i == 8) return number << 8 | byte;
            number = number << 7 | (byte & 0x7f);
            if (byte < 0x80) break;
        }
        return number;
    }

    /// True where nothing is left to merge.
    bool merge_on() {
        for (int i = 0; i < merges_a_step; ++i) {
            const auto before = connection_.integer("SELECT total_changes()");
            command("merge", pages_a_merge);
            if (connection_.integer("SELECT total_changes()") - before < 2) return true;
        }
        return false;
    }

    Connection& connection_;
    const Plan& plan_;
    const std::string index_;
};

// ---- the whole

class Scrub {
public:
    Scrub(DatabaseState& database, Moment deadline)
        : database_(database), file_(*database.file), deadline_(deadline) {}

    bool run() {
        while (const std::int64_t newest = unfinished()) {
            for (const Kind& kind : database_.kinds)
                if (kind.is_searchable() && !scrub_index(kind)) return false;
            if (!scrub_pages(newest)) return false;
            finish(newest);
        }
        file_.empty_wal();  // of nothing personal any more: no matter if readers stand in the way
        return true;
    }

private:
    bool is_late() const { return std::chrono::steady_clock::now() >= deadline_; }

    /// The newest erasure that has no end of the scrub yet; 0 where there is none.
    std::int64_t unfinished() {
        const auto reader = file_.read();
        return reader.connection().integer(
            "SELECT max(id) FROM erasure WHERE scrub_ended_at IS NULL");
    }

    bool scrub_index(const Kind& kind) {
        while (!is_late()) {
            auto writer = file_.write(File::Durability::bulk);
            const bool done =
                IndexScrub(writer.connection(), database_.catalogue->plan(kind)).step();
            writer.commit();
            if (done) return true;
        }
        return false;
    }

    /// Pages are cleaned when the indexes are: what these gave free is among them.
    bool scrub_pages(std::int64_t newest) {
        Progress progress = begun(newest);
        while (progress.ended_for < newest) {
            if (is_late()) return false;
            const auto keep_page = [&](Connection& connection, std::int64_t next) {
                Progress after = progress;
                after.next_page = next;
                if (next == 0) after.ended_for = after.begun_for;
                keep(connection, pages_part, after);
                progress = after;
            };
            if (!wait_for([&] {
                    return file_.clean_pages(progress.next_page, file_pages_a_step, keep_page)
                        .has_value();
                }))
                return false;
        }
        return true;
    }

    /// Goes on with a round that began for the newest erasure; else begins one.
    Progress begun(std::int64_t newest) {
        auto writer = file_.write(File::Durability::bulk);
        Progress progress = progress_of(writer.connection(), pages_part);
        if (progress.begun_for < newest) {
            progress.begun_for = newest, progress.next_page = 1;
            drop_samples(writer.connection());
            keep(writer.connection(), pages_part, progress);
            writer.commit();
        }
        return progress;
    }

    /// Tries again until readers have let go of the WAL, or the deadline comes.
    template <class Try>
    bool wait_for(const Try& attempt) {
        while (!attempt()) {
            if (is_late()) return false;
            std::this_thread::sleep_for(readers_pause);
        }
        return true;
    }

    void finish(std::int64_t newest) {
        auto writer = file_.write();
        writer.connection()
            .use("UPDATE erasure SET scrub_ended_at = ?2 WHERE id <= ?1 AND scrub_ended_at IS NULL")
            .bind(1, newest)
            .bind(2, database_.now().time_since_epoch().count())
            .run();
        writer.commit();
    }

    DatabaseState& database_;
    File& file_;
    Moment deadline_;
};

}  // namespace

bool scrub(DatabaseState& database, Moment deadline) { return Scrub(database, deadline).run(); }

}  // namespace crm::kernel
