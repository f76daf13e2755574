#include "crm/reminder.hpp"

#include "domain/records.hpp"
#include "domain/recurring.hpp"
#include "domain/reminder.hpp"
#include "domain/reminder_due.hpp"
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

// ---- the schedule

/// Whether or not its user sees the record by now: that is asked when it is due.
void schedule(Work& work, Id<Reminder> id) {
    const auto reminder = domain::load(work, id);
    if (!reminder) return domain::switch_off(work, id);
    const domain::HandedOut before = domain::handed_out(work, id);
    domain::write_due(work, *reminder,
                      domain::Outlook(work, *reminder).due_next(work.now(), before));
}

// ---- rules

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
        domain::is_copying(work))
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

void reminder_gone(Work& work, const void* record) {
    domain::switch_off(work, static_cast<const Reminder*>(record)->head.id);
}

Kind make_reminder_kind() {
    Kind kind = kernel::kind<Reminder>(number::reminder, "reminder", Role::child, reminder_columns);
    kind.rules = {.derive = derive_reminder, .check = check_reminder, .gone = reminder_gone};
    kind.readers_add = true;
    return kind;
}

// ---- handing out

std::string name_in(const AnyRecord& record) {
    for (const std::string_view field : {"subject", "name"})
        if (record.kind().find(field))
            if (const Value name = record.get(field); !name.is_null())
                return std::string(name.text());
    return {};
}

/// A due reminder as its user may see it; nothing where it is no longer to be handed out.
std::optional<DueReminder> as_seen(Work& work, const domain::DueRow& row,
                                   const std::optional<domain::Coming>& coming) {
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

void hand_out(Work& work, const domain::DueRow& row, std::vector<DueReminder>& handed) {
    const auto stored = domain::load(work, row.reminder);
    const auto coming = stored ? domain::Outlook(work, *stored).at(row.event) : std::nullopt;
    auto due = as_seen(work, row, coming);
    domain::write_handed(work, row.reminder, row.event);
    if (coming && stored->before && stored->record.kind() == number::activity)
        domain::write_handed_start(work, row.reminder, *coming);
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
        if (kernel::find(reading, Ref{row.integer(1)}, false)) return row.time(0);
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
            const auto rows = domain::due_rows(reading, session().user(), work.now(),
                                               limit - static_cast<int>(handed.size()));
            if (rows.empty()) break;
            for (const domain::DueRow& row : rows) hand_out(work, row, handed);
        }
    });
    return handed;
}

void Reminders::snooze(Id<Reminder> reminder, Time until) {
    session().write("reminder.snooze", [&](Work& work) {
        if (get(reminder).user != session().user())
            throw NotFound("reminder: it is another user's");
        if (until <= work.now()) refuse_reminder("until", "must be to come");
        const auto before = domain::handed_out(work, reminder);
        if (!before.event) throw Conflict("reminder: it was not handed out yet", reminder);
        if (before.due && *before.due <= until && before.due != before.snoozed_until) return;
        domain::write_snooze(work, reminder, until);
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
    for (const Ref each : refs(work, "reminder.of_record", {{":record", from.value()}})) {
        Reminder copy = *load(work, Id<Reminder>{each});
        if (!copy.before) continue;
        copy.head = {};
        copy.record = to;
        kernel::insert(work.transaction(), kind_of<Reminder>(), &copy, kernel::Authority::engine);
        copy_handed_out(work, each, copy.head.id, since);
    }
}

}  // namespace crm::domain
