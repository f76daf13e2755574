#include "domain/reminder_due.hpp"

#include "domain/records.hpp"

namespace crm::domain {
namespace {

std::optional<Time> optional_instant(const storage::Use& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return row.time(column);
}

}  // namespace

std::vector<DueRow> due_rows(kernel::Reading& reading, Id<User> user, Time now, int limit) {
    auto rows = kernel::named_query(
        reading, "reminder.due",
        {{":user", user.value()}, {":now", instant(now)}, {":limit", std::int64_t{limit}}});
    std::vector<DueRow> due;
    while (rows.step()) due.push_back({Ref{rows.integer(0)}, rows.time(1), rows.time(2)});
    return due;
}

void write_due(Work& work, const Reminder& reminder, const std::optional<Coming>& coming) {
    work.transaction()
        .connection()
        .use(
            "INSERT INTO reminder_due (reminder_id, user_id, due_at, event_at)"
            " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (reminder_id)"
            " DO UPDATE SET due_at = excluded.due_at, event_at = excluded.event_at")
        .bind(1, reminder.head.id.value())
        .bind(2, reminder.user.value())
        .bind(3, coming ? instant(coming->due) : Value{})
        .bind(4, coming ? instant(coming->event) : Value{})
        .run();
    work.transaction().count_write();
}

void write_handed(Work& work, Ref reminder, Time event) {
    work.transaction()
        .connection()
        .use(
            "UPDATE reminder_due SET handed_event_at = ?2, handed_at = ?3, snoozed_until = NULL,"
            " snoozed_event_at = NULL WHERE reminder_id = ?1")
        .bind(1, reminder.value())
        .bind(2, instant(event))
        .bind(3, instant(work.now()))
        .run();
}

void write_handed_start(Work& work, Ref reminder, const Coming& coming) {
    auto& connection = work.transaction().connection();
    connection.use("DELETE FROM reminder_handed WHERE reminder_id = ?1 AND starts_at < ?2")
        .bind(1, reminder.value())
        .bind(2, instant(work.now()))
        .run();
    connection
        .use(
            "INSERT INTO reminder_handed (reminder_id, event_at, starts_at) VALUES (?1, ?2, ?3)"
            " ON CONFLICT DO NOTHING")
        .bind(1, reminder.value())
        .bind(2, instant(coming.event))
        .bind(3, instant(coming.takes_place))
        .run();
}

void write_snooze(Work& work, Ref reminder, Time until) {
    work.transaction()
        .connection()
        .use(
            "UPDATE reminder_due SET snoozed_until = ?2, snoozed_event_at = handed_event_at"
            " WHERE reminder_id = ?1")
        .bind(1, reminder.value())
        .bind(2, instant(until))
        .run();
}

void switch_off(Work& work, Ref reminder) {
    work.transaction()
        .connection()
        .use("UPDATE reminder_due SET due_at = NULL, event_at = NULL WHERE reminder_id = ?1")
        .bind(1, reminder.value())
        .run();
}

HandedOut handed_out(Work& work, Ref reminder) {
    kernel::Reading reading(work.transaction().session());
    HandedOut before;
    auto row = kernel::named_query(reading, "reminder.handed", {{":id", reminder.value()}});
    if (!row.step()) return before;
    before.event = optional_instant(row, 0);
    before.due = optional_instant(row, 1);
    before.due_event = optional_instant(row, 2);
    before.snoozed_until = optional_instant(row, 3);
    before.snoozed_event = optional_instant(row, 4);
    auto starts =
        kernel::named_query(reading, "reminder.handed_starts", {{":id", reminder.value()}});
    while (starts.step()) before.starts.emplace(starts.time(0), starts.time(1));
    return before;
}

void copy_handed_out(Work& work, Ref from, Ref to, Time since) {
    auto& connection = work.transaction().connection();
    connection
        .use(
            "INSERT INTO reminder_due (reminder_id, user_id, handed_event_at, handed_at,"
            " snoozed_until, snoozed_event_at)"
            " SELECT ?1, user_id, handed_event_at, handed_at, snoozed_until, snoozed_event_at"
            " FROM reminder_due WHERE reminder_id = ?2 AND handed_event_at >= ?3")
        .bind(1, to.value())
        .bind(2, from.value())
        .bind(3, instant(since))
        .run();
    connection
        .use(
            "INSERT INTO reminder_handed (reminder_id, event_at, starts_at)"
            " SELECT ?1, event_at, starts_at FROM reminder_handed"
            " WHERE reminder_id = ?2 AND event_at >= ?3")
        .bind(1, to.value())
        .bind(2, from.value())
        .bind(3, instant(since))
        .run();
}

}  // namespace crm::domain
