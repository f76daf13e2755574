#include "kernel/run.hpp"

#include "crm/error.hpp"
#include "kernel/standing.hpp"

namespace crm::kernel {

namespace {

constexpr std::string_view columns =
    "SELECT r.id, r.verb, r.user_id, r.started_at, r.ended_at, r.source, r.rows, r.created, "
    "r.updated, r.unchanged, "
    "r.skipped, r.rejected, r.cursor, r.arguments, r.undone_in FROM run AS r ";

RunRow read(storage::Connection& connection, const storage::Use& row) {
    RunRow result;
    Run& run = result.run;
    run.id = RunId{row.integer(0)};
    run.verb = row.text(1);
    run.user = Id<User>{row.integer(2)};
    run.started_at = row.time(3);
    if (!row.is_null(4)) run.ended_at = row.time(4);
    run.source = row.text(5);
    run.rows = row.integer(6), run.created = row.integer(7), run.updated = row.integer(8);
    run.unchanged = row.integer(9), run.skipped = row.integer(10), run.rejected = row.integer(11);
    result.cursor = row.integer(12);
    result.arguments = row.text(13);
    const bool undone = !row.is_null(14) && !is_undone(connection, CommandId{row.integer(14)});
    run.state = undone ? "undone" : run.ended_at ? "done" : "running";
    return result;
}

bool may_see(const Reading& reading, const Run& run) {
    return reading.rights().may(Function::undo_others) || run.user == reading.session().user;
}

}  // namespace

RunId start_run(Transaction& transaction, const RunStart& start) {
    auto insert = transaction.connection().use(
        "INSERT INTO run (verb, user_id, started_at, source, source_hash, arguments) VALUES (?1, "
        "?2, ?3, ?4, ?5, ?6)");
    insert.bind(1, start.verb).bind(2, transaction.session().user.value());
    insert.bind(3, transaction.database().now().time_since_epoch().count()).bind(4, start.source);
    insert.bind(5,
                start.source_hash.empty() ? Value{} : Value{std::string_view{start.source_hash}});
    insert.bind(6, start.arguments).run();
    return RunId{transaction.connection().last_insert_rowid()};
}

void advance_run(Transaction& transaction, RunId run, const Run& counts, std::int64_t cursor) {
    auto update = transaction.connection().use(
        "UPDATE run SET rows = rows + ?2, created = created + ?3, updated = updated + ?4, "
        "unchanged = unchanged + ?5, "
        "skipped = skipped + ?6, rejected = rejected + ?7, cursor = ?8 WHERE id = ?1");
    update.bind(1, static_cast<std::int64_t>(run)).bind(2, counts.rows).bind(3, counts.created);
    update.bind(4, counts.updated)
        .bind(5, counts.unchanged)
        .bind(6, counts.skipped)
        .bind(7, counts.rejected);
    update.bind(8, cursor).run();
}

void end_run(Transaction& transaction, RunId run) {
    auto update = transaction.connection().use("UPDATE run SET ended_at = ?2 WHERE id = ?1");
    update.bind(1, static_cast<std::int64_t>(run));
    update.bind(2, transaction.database().now().time_since_epoch().count()).run();
}

std::optional<RunRow> run_of_source(Reading& reading, std::string_view verb,
                                    std::string_view source_hash) {
    auto rows = reading.connection().use(
        std::string(columns) + "WHERE r.source_hash = ?1 AND r.verb = ?2 ORDER BY r.id DESC");
    rows.bind(1, source_hash).bind(2, verb);
    while (rows.step())
        if (RunRow row = read(reading.connection(), rows); row.run.state != "undone") return row;
    return std::nullopt;
}

RunRow run_row(Reading& reading, RunId id) {
    auto row = reading.connection().use(std::string(columns) + "WHERE r.id = ?1");
    row.bind(1, static_cast<std::int64_t>(id));
    if (row.step())
        if (RunRow found = read(reading.connection(), row); may_see(reading, found.run))
            return found;
    throw NotFound("run " + std::to_string(static_cast<std::int64_t>(id)) + ": no such run");
}

std::vector<Run> newest_runs(Reading& reading, int limit) {
    std::vector<Run> runs;
    auto rows = reading.connection().use(std::string(columns) + "ORDER BY r.id DESC");
    while (static_cast<int>(runs.size()) < limit && rows.step())
        if (RunRow row = read(reading.connection(), rows); may_see(reading, row.run))
            runs.push_back(std::move(row.run));
    return runs;
}

}  // namespace crm::kernel
