#include "domain/reminder.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "crm/activity.hpp"
#include "crm/contact.hpp"
#include "crm/kinship.hpp"
#include "crm/memorable_date.hpp"
#include "crm/reminder.hpp"
#include "crm/user.hpp"
#include "domain/memorable_date.hpp"
#include "domain/records.hpp"
#include "domain/recurring.hpp"
#include "domain/task.hpp"
#include "domain/telling.hpp"
#include "kernel/engine.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr std::int64_t minutes_of_day = 24 * 60, most_minutes = 365 * minutes_of_day;

constexpr Column reminder_columns[] = {
    column<&Reminder::record>("record_id", required | fixed | parent,
                              {.on_delete = OnDelete::takes_along}),
    column<&Reminder::user>("user_id", required | fixed | always_shown, {.target = number::user}),
    column<&Reminder::before>("before", on_card),
    column<&Reminder::at>("remind_at", on_card),
    column<&Reminder::text>("text", on_card),
};

[[noreturn]] void refuse_reminder(const char* field, const char* reason) {
    throw Invalid("reminder", field, reason);
}

constexpr std::chrono::microseconds microsecond{1};

Time instant_of(std::int64_t microseconds) { return Time{std::chrono::microseconds{microseconds}}; }

// ---- what is to come
// ---------------------------------------------------------------------------------------------

/// One occurrence of what a reminder is about.
struct Coming {
    Time event{};  ///< by which it is known: of a series when it was to start at first
    Time due{};
    Time takes_place{};
    std::string occasion{};
};

/// What became of a reminder so far.
struct Past {
    std::optional<Time> handed{};  ///< the event handed out last
    std::optional<Time> due{};
    std::optional<Time> snoozed_until{}, snoozed_event{};
    std::set<std::pair<Time, Time>> starts{};  ///< handed out and to come yet: event, start
};

/// Works out what is to come of one reminder, for its user.
class Outlook {
public:
    Outlook(Work& work, const Reminder& reminder) : work_(work), reminder_(reminder) {}

    /// The first occurrence at `from` or later that was not handed out.
    std::optional<Coming> next(Time from, const Past& past) const {
        if (reminder_.at) return next_instant(past.handed);
        return is_of_activity() ? next_start(from, past) : next_day(from, past.handed);
    }
    /// The occurrence of an instant, if it still is one.
    std::optional<Coming> at(Time event) const {
        if (reminder_.at) return *reminder_.at == event ? next_instant({}) : std::nullopt;
        const auto coming = is_of_activity() ? start_at(event) : next_day(event, {});
        return coming && coming->event == event ? coming : std::nullopt;
    }

private:
    bool is_of_activity() const { return reminder_.record.kind() == number::activity; }

    std::optional<Coming> next_instant(const std::optional<Time>& handed) const {
        if (handed == reminder_.at) return std::nullopt;
        return Coming{*reminder_.at, *reminder_.at, *reminder_.at, {}};
    }

    std::optional<Activity> activity() const {
        auto activity = domain::load(work_, Id<Activity>{reminder_.record});
        if (activity && domain::is_over(*activity)) activity.reset();
        return activity;
    }

    std::optional<Coming> next_start(Time from, const Past& past) const {
        const auto activity = this->activity();
        if (!activity) return std::nullopt;
        if (domain::recurs(*activity))
            return earlier(next_by_rule(*activity, from, past), next_touched(*activity, from));
        const Time start = activity->start;
        if (start < from || past.starts.contains({start, start})) return std::nullopt;
        return before(start, start);
    }

    /// Cost: a look-up for each occurrence that was touched, a step for each handed out ahead.
    std::optional<Coming> next_by_rule(const Activity& series, Time from, const Past& past) const {
        const auto anchor = domain::anchor_of(series);
        while (true) {
            const auto at = next_occurrence(series.recurrence, anchor.start, anchor.zone, from);
            if (!at) return std::nullopt;
            if (!past.starts.contains({*at, *at}) && touched(series, *at).empty())
                return before(*at, *at);
            from = *at + microsecond;
        }
    }

    /// Wherever it was moved from. Cost: grows with the touched occurrences of the series.
    std::optional<Coming> next_touched(const Activity& series, Time from) const {
        kernel::Reading reading(work_.transaction().session());
        auto row = kernel::named_query(reading, "reminder.moved",
                                       {{":series", series.head.id.value()},
                                        {":id", reminder_.head.id.value()},
                                        {":from", domain::instant(from)}});
        if (!row.step() || row.is_null(1)) return std::nullopt;
        return before(instant_of(row.integer(0)), instant_of(row.integer(1)));
    }

    static std::optional<Coming> earlier(std::optional<Coming> one, std::optional<Coming> other) {
        if (!one || !other) return one ? one : other;
        return one->due <= other->due ? one : other;
    }

    /// The start that an event stands for now.
    std::optional<Coming> start_at(Time event) const {
        const auto activity = this->activity();
        if (!activity) return std::nullopt;
        if (!domain::recurs(*activity)) return before(activity->start, activity->start);
        for (const Ref own : touched(*activity, event)) {
            const auto occurrence = domain::load(work_, Id<Activity>{own});
            if (domain::is_over(*occurrence)) return std::nullopt;
            return before(event, occurrence->start);
        }
        if (!domain::takes_place_at(*activity, event)) return std::nullopt;
        return before(event, event);
    }

    /// The activity of an occurrence that was touched.
    std::vector<Ref> touched(const Activity& series, Time at) const {
        return domain::refs(work_, "reminder.occurrence",
                            {{":series", series.head.id.value()}, {":at", domain::instant(at)}});
    }

    Coming before(Time event, Time start) const {
        return {event, start - std::chrono::minutes{*reminder_.before}, start, {}};
    }

    std::optional<Coming> next_day(Time from, const std::optional<Time>& handed) const {
        const Zone zone = zone_of_user();
        const Date today = zone.date_of(from);
        std::map<Date, std::set<std::string>> days;  // and what they are
        for (const auto& [month_day, type] : occasions())
            for (const int year : {today.year(), today.year() + 1, today.year() + 2}) {
                const Date day = domain::date_in(year, month_day);
                if (day < today || (handed && zone.start_of(day) <= *handed)) continue;
                days[day].insert(type);
                break;
            }
        if (days.empty()) return std::nullopt;
        const auto& [day, types] = *days.begin();
        const Time begins = zone.start_of(day);
        return Coming{begins, due_before(day, zone), begins, joined(types)};
    }

    /// By the clock of the zone, so that a change of the clocks moves nothing.
    Time due_before(const Date& day, const Zone& zone) const {
        const std::chrono::minutes before{*reminder_.before};
        const auto days = std::chrono::ceil<std::chrono::days>(before);
        return zone.from_local(Date::from_days(day.days() - days), days - before);
    }

    static std::string joined(const std::set<std::string>& types) {
        std::string text;
        for (const std::string& type : types) (text += text.empty() ? "" : ", ") += type;
        return text;
    }

    Zone zone_of_user() const {
        kernel::Reading reading(work_.transaction().session());
        auto row =
            kernel::named_query(reading, "reminder.zone_of", {{":user", reminder_.user.value()}});
        if (!row.step() || row.is_null(0)) return work_.transaction().database().zone();
        return Zone{row.text(0)};
    }

    /// What of the year the user may know: month and day, and what it is.
    std::vector<std::pair<std::string, std::string>> occasions() const {
        auto& transaction = work_.transaction();
        const auto rights = kernel::Rights::resolve(transaction.database(),
                                                    transaction.connection(), reminder_.user);
        const auto shows = [&](const Kind& kind, std::string_view field) {
            const Kind& stored = *transaction.plan(kind).kind;
            return Value{std::int64_t{!rights->hides(stored, stored.column(field))}};
        };
        kernel::Reading reading(transaction.session());
        auto rows = kernel::named_query(reading, "reminder.occasions",
                                        {{":record", reminder_.record.value()},
                                         {":dates", shows(kind_of<MemorableDate>(), "month_day")},
                                         {":birthdays", shows(kind_of<Contact>(), "born_on")},
                                         {":kin", shows(kind_of<Kinship>(), "born_on")}});
        std::vector<std::pair<std::string, std::string>> found;
        while (rows.step()) found.emplace_back(rows.text(0), rows.text(1));
        return found;
    }

    Work& work_;
    const Reminder& reminder_;
};

// ---- the schedule
// ------------------------------------------------------------------------------------------------

void write_due(Work& work, const Reminder& reminder, const std::optional<Coming>& coming) {
    work.transaction()
        .connection()
        .use(
            "INSERT INTO reminder_due (reminder_id, user_id, due_at, event_at)"
            " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (reminder_id)"
            " DO UPDATE SET due_at = excluded.due_at, event_at = excluded.event_at")
        .bind(1, reminder.head.id.value())
        .bind(2, reminder.user.value())
        .bind(3, coming ? domain::instant(coming->due) : Value{})
        .bind(4, coming ? domain::instant(coming->event) : Value{})
        .run();
    work.transaction().count_write();
}

/// Whatever is handed out ends a snooze.
void write_handed(Work& work, Ref reminder, Time event) {
    work.transaction()
        .connection()
        .use(
            "UPDATE reminder_due SET handed_event_at = ?2, handed_at = ?3, snoozed_until = NULL,"
            " snoozed_event_at = NULL WHERE reminder_id = ?1")
        .bind(1, reminder.value())
        .bind(2, domain::instant(event))
        .bind(3, domain::instant(work.now()))
        .run();
}

/// Only starts to come are asked for again: earlier ones go.
void write_handed_start(Work& work, Ref reminder, const Coming& coming) {
    auto& connection = work.transaction().connection();
    connection.use("DELETE FROM reminder_handed WHERE reminder_id = ?1 AND starts_at < ?2")
        .bind(1, reminder.value())
        .bind(2, domain::instant(work.now()))
        .run();
    connection
        .use(
            "INSERT INTO reminder_handed (reminder_id, event_at, starts_at) VALUES (?1, ?2, ?3)"
            " ON CONFLICT DO NOTHING")
        .bind(1, reminder.value())
        .bind(2, domain::instant(coming.event))
        .bind(3, domain::instant(coming.takes_place))
        .run();
}

void write_snooze(Work& work, Ref reminder, Time until) {
    work.transaction()
        .connection()
        .use(
            "UPDATE reminder_due SET snoozed_until = ?2, snoozed_event_at = handed_event_at"
            " WHERE reminder_id = ?1")
        .bind(1, reminder.value())
        .bind(2, domain::instant(until))
        .run();
}

void switch_off(Work& work, Ref reminder) {
    work.transaction()
        .connection()
        .use("UPDATE reminder_due SET due_at = NULL, event_at = NULL WHERE reminder_id = ?1")
        .bind(1, reminder.value())
        .run();
}

std::optional<Time> optional_instant(const storage::Use& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return instant_of(row.integer(column));
}

Past past_of(Work& work, Ref reminder) {
    kernel::Reading reading(work.transaction().session());
    Past past;
    auto row = kernel::named_query(reading, "reminder.handed", {{":id", reminder.value()}});
    if (!row.step()) return past;
    past.handed = optional_instant(row, 0);
    past.due = optional_instant(row, 1);
    past.snoozed_until = optional_instant(row, 2);
    past.snoozed_event = optional_instant(row, 3);
    auto starts =
        kernel::named_query(reading, "reminder.handed_starts", {{":id", reminder.value()}});
    while (starts.step())
        past.starts.emplace(instant_of(starts.integer(0)), instant_of(starts.integer(1)));
    return past;
}

/// What is due next: what is to come, or before that what was put off, where it still is to be.
std::optional<Coming> due_next(const Outlook& outlook, Time now, const Past& past) {
    const auto coming = outlook.next(now, past);
    if (!past.snoozed_until || (coming && coming->due <= *past.snoozed_until)) return coming;
    auto again = outlook.at(*past.snoozed_event);
    if (!again) return coming;
    again->due = *past.snoozed_until;
    return again;
}

/// What its user may not see is not scheduled, until something of the record changes.
void schedule(Work& work, Id<Reminder> id) {
    const auto reminder = domain::load(work, id);
    if (!reminder || !domain::sees(work, reminder->user, reminder->record))
        return switch_off(work, id);
    write_due(work, *reminder, due_next(Outlook(work, *reminder), work.now(), past_of(work, id)));
}

// ---- rules
// ----------------------------------------------------------------------------------------------------

void derive_reminder(Work& work, void* record) {
    auto& reminder = *static_cast<Reminder*>(record);
    if (!reminder.user) reminder.user = work.transaction().session().user;
}

void check_moment(const Reminder& reminder) {
    const auto kind = reminder.record.kind();
    const bool is_of_days = kind == number::party || kind == number::contact;
    if (reminder.at.has_value() == reminder.before.has_value())
        refuse_reminder("before", "give either the minutes before or an instant");
    if (!reminder.before) return;
    if (!is_of_days && kind != number::activity)
        refuse_reminder("record_id",
                        "must be an activity, a party or a contact: of others give an instant");
    if (*reminder.before > most_minutes || *reminder.before < (is_of_days ? 1 - minutes_of_day : 0))
        refuse_reminder("before", is_of_days ? "must be -1,439 to 525,600 minutes"
                                             : "must be 0 to 525,600 minutes");
}

/// Who may read the record reminds himself; whoever else is reminded, by who may change it.
void check_user(Work& work, const Reminder& reminder) {
    auto& transaction = work.transaction();
    if (reminder.user == transaction.session().user || domain::is_undo(work) ||
        domain::Copying::is_on())
        return;
    const Kind& kind = transaction.kind_of(reminder.record);
    AnyRecord record(kind);
    if (kernel::load(transaction.connection(), transaction.plan(kind), reminder.record,
                     record.data()) &&
        !transaction.rights().covers(transaction.connection(), kind, kernel::Action::change,
                                     record.data()))
        throw Denied("reminder: reminding others takes the right to change the record");
}

void check_reminder(Work& work, const void* record, const void* before) {
    const auto& reminder = *static_cast<const Reminder*>(record);
    const Kind* about = work.transaction().kind(reminder.record.kind());
    if (!about || about->role != Role::root)
        refuse_reminder("record_id", "must be a record with an owner, such as an activity");
    check_moment(reminder);
    if (!before) check_user(work, reminder);
    const Id<Reminder> id = reminder.head.id;
    if (work.transaction().reads_only()) return;
    work.transaction().at_end("schedule", id.value(), [id](Work& at) { schedule(at, id); });
}

void reminder_removed(Work& work, const void* record) {
    switch_off(work, static_cast<const Reminder*>(record)->head.id);
}

Kind make_reminder_kind() {
    Kind kind = kernel::kind<Reminder>(number::reminder, "reminder", Role::child, reminder_columns);
    kind.rules = {.derive = derive_reminder, .check = check_reminder, .removed = reminder_removed};
    kind.readers_add = true;
    return kind;
}

// ---- handing out
// -----------------------------------------------------------------------------------------------

struct DueRow {
    Id<Reminder> reminder;
    Time due, event;
};

std::vector<DueRow> due_rows(kernel::Reading& reading, Id<User> user, Time now, int limit) {
    auto rows = kernel::named_query(
        reading, "reminder.due",
        {{":user", user.value()}, {":now", domain::instant(now)}, {":limit", std::int64_t{limit}}});
    std::vector<DueRow> due;
    while (rows.step())
        due.push_back(
            {Ref{rows.integer(0)}, instant_of(rows.integer(1)), instant_of(rows.integer(2))});
    return due;
}

std::string name_in(const AnyRecord& record) {
    for (const std::string_view field : {"subject", "name"})
        if (record.kind().find(field))
            if (const Value name = record.get(field); !name.is_null())
                return std::string(name.text());
    return {};
}

/// A due reminder as its user may see it; nothing where it is no longer to be handed out.
std::optional<DueReminder> as_seen(Work& work, const DueRow& row,
                                   const std::optional<Coming>& coming) {
    kernel::Reading reading(work.transaction().session());
    const auto reminder = kernel::find(reading, row.reminder);
    if (!reminder) return std::nullopt;
    const auto& shown = reminder->as<Reminder>();
    const auto record = kernel::find(reading, shown.record, false);
    if (!record || !coming) return std::nullopt;
    return DueReminder{.reminder = row.reminder,
                       .record = shown.record,
                       .name = name_in(*record),
                       .due_at = row.due,
                       .event_at = coming->takes_place,
                       .occasion = coming->occasion,
                       .text = shown.text};
}

void hand_out(Work& work, const DueRow& row, std::vector<DueReminder>& handed) {
    const auto stored = domain::load(work, row.reminder);
    const auto coming = stored ? Outlook(work, *stored).at(row.event) : std::nullopt;
    auto due = as_seen(work, row, coming);
    write_handed(work, row.reminder, row.event);
    if (coming && stored->before && stored->record.kind() == number::activity)
        write_handed_start(work, row.reminder, *coming);
    if (due) handed.push_back(std::move(*due));
    schedule(work, row.reminder);
}

}  // namespace

template <>
const Kind& kind_of<Reminder>() {
    static const Kind kind = make_reminder_kind();
    return kind;
}

Reminder Reminders::set(Ref record, std::chrono::minutes before, std::string_view text) {
    Reminder set{.record = record, .before = before.count(), .text = std::string(text)};
    session().write("reminder.set", [&](Work&) { set = add(set); });
    return set;
}

Reminder Reminders::set_at(Ref record, Time at, std::string_view text) {
    Reminder set{.record = record, .at = at, .text = std::string(text)};
    session().write("reminder.set", [&](Work&) { set = add(set); });
    return set;
}

std::vector<Reminder> Reminders::of(Ref record) const {
    return domain::records<Reminder>(session(), "reminder.of", {{":record", record.value()}});
}

std::optional<Time> Reminders::next_due() const {
    kernel::Reading reading(session().state());
    auto row =
        kernel::named_query(reading, "reminder.next_due", {{":user", session().user().value()}});
    while (row.step())
        if (kernel::find(reading, Ref{row.integer(1)}, false)) return instant_of(row.integer(0));
    return std::nullopt;
}

std::vector<DueReminder> Reminders::take(int limit) {
    domain::require_page_limit(limit);
    std::vector<DueReminder> handed;
    const auto first = next_due();
    if (!first || *first > session().now()) return handed;
    session().write("reminder.take", [&](Work& work) {
        handed.clear();
        while (std::ssize(handed) < limit) {
            kernel::Reading reading(session().state());
            const auto rows = due_rows(reading, session().user(), work.now(),
                                       limit - static_cast<int>(handed.size()));
            if (rows.empty()) break;
            for (const DueRow& row : rows) hand_out(work, row, handed);
        }
    });
    return handed;
}

void Reminders::snooze(Id<Reminder> reminder, Time until) {
    session().write("reminder.snooze", [&](Work& work) {
        if (get(reminder).user != session().user())
            throw NotFound("reminder: it is another user's");
        if (until <= work.now()) refuse_reminder("until", "must be to come");
        const Past past = past_of(work, reminder);
        if (!past.handed) throw Conflict("reminder: it was not handed out yet", reminder);
        if (past.due && *past.due <= until && past.due != past.snoozed_until) return;
        write_snooze(work, reminder, until);
        schedule(work, reminder);
    });
}

}  // namespace crm

namespace crm::domain {

void follow_reminders(Work& work, Ref record) {
    if (!record || work.transaction().reads_only()) return;
    if (!exists(work, "reminder.of_record", {{":record", record.value()}})) return;
    work.transaction().at_end("follow reminders", record.value(), [record](Work& ending) {
        for (const Ref reminder : refs(ending, "reminder.of_record", {{":record", record.value()}}))
            schedule(ending, reminder);
    });
}

void copy_reminders(Work& work, Ref from, Ref to, Time since) {
    auto& connection = work.transaction().connection();
    for (const Ref each : refs(work, "reminder.of_record", {{":record", from.value()}})) {
        Reminder copy = *load(work, Id<Reminder>{each});
        if (!copy.before) continue;
        copy.head = {};
        copy.record = to;
        kernel::insert(work.transaction(), kind_of<Reminder>(), &copy, kernel::Authority::engine);
        connection
            .use(
                "INSERT INTO reminder_due (reminder_id, user_id, handed_event_at, handed_at,"
                " snoozed_until, snoozed_event_at)"
                " SELECT ?1, user_id, handed_event_at, handed_at, snoozed_until, snoozed_event_at"
                " FROM reminder_due WHERE reminder_id = ?2 AND handed_event_at >= ?3")
            .bind(1, copy.head.id.value())
            .bind(2, each.value())
            .bind(3, instant(since))
            .run();
        connection
            .use(
                "INSERT INTO reminder_handed (reminder_id, event_at, starts_at)"
                " SELECT ?1, event_at, starts_at FROM reminder_handed"
                " WHERE reminder_id = ?2 AND event_at >= ?3")
            .bind(1, copy.head.id.value())
            .bind(2, each.value())
            .bind(3, instant(since))
            .run();
    }
}

}  // namespace crm::domain
