#include "domain/reminder_outlook.hpp"

#include <map>

#include "crm/contact.hpp"
#include "crm/kinship.hpp"
#include "crm/memorable_date.hpp"
#include "domain/memorable_date.hpp"
#include "domain/records.hpp"
#include "domain/recurring.hpp"
#include "domain/work_state.hpp"

namespace crm::domain {
namespace {

namespace number = kernel::number;

constexpr std::chrono::microseconds microsecond{1};

std::optional<Coming> earlier(std::optional<Coming> one, std::optional<Coming> other) {
    if (!one || !other) return one ? one : other;
    return one->due <= other->due ? one : other;
}

std::string joined(const std::set<std::string>& types) {
    std::string text;
    for (const std::string& type : types) (text += text.empty() ? "" : ", ") += type;
    return text;
}

}  // namespace

std::optional<Coming> Outlook::next(Time from, const HandedOut& before) const {
    if (reminder_.at) return next_instant(before.event);
    return is_of_activity() ? next_start(from, before) : next_day(from, before.event);
}
std::optional<Coming> Outlook::at(Time event) const {
    if (reminder_.at) return *reminder_.at == event ? next_instant({}) : std::nullopt;
    const auto coming = is_of_activity() ? start_at(event) : next_day(event, {});
    return coming && coming->event == event ? coming : std::nullopt;
}

bool Outlook::is_of_activity() const { return reminder_.record.kind() == number::activity; }

std::optional<Coming> Outlook::next_instant(const std::optional<Time>& handed) const {
    if (handed == reminder_.at) return std::nullopt;
    return Coming{*reminder_.at, *reminder_.at, *reminder_.at, {}};
}

std::optional<Activity> Outlook::activity() const {
    auto activity = load(work_, Id<Activity>{reminder_.record});
    if (activity && is_over(activity->state)) activity.reset();
    return activity;
}

std::optional<Coming> Outlook::next_start(Time from, const HandedOut& before) const {
    const auto activity = this->activity();
    if (!activity) return std::nullopt;
    if (recurs(*activity))
        return earlier(next_by_rule(*activity, from, before), next_touched(*activity, from));
    const Time start = activity->start;
    if (start < from || before.starts.contains({start, start})) return std::nullopt;
    return coming(start, start);
}

/// Cost: a look-up for each occurrence that was touched, a step for each handed out ahead.
std::optional<Coming> Outlook::next_by_rule(const Activity& series, Time from,
                                            const HandedOut& before) const {
    const auto anchor = anchor_of(series);
    while (true) {
        const auto at = next_occurrence(series.recurrence, anchor.start, anchor.zone, from);
        if (!at) return std::nullopt;
        if (!before.starts.contains({*at, *at}) && touched(series, *at).empty())
            return coming(*at, *at);
        from = *at + microsecond;
    }
}

/// Wherever it was moved from. Cost: grows with the touched occurrences of the series.
std::optional<Coming> Outlook::next_touched(const Activity& series, Time from) const {
    kernel::Reading reading(work_.transaction().session());
    auto row = kernel::named_query(reading, "reminder.moved",
                                   {{":series", series.head.id.value()},
                                    {":id", reminder_.head.id.value()},
                                    {":from", instant(from)}});
    if (!row.step() || row.is_null(1)) return std::nullopt;
    return coming(row.time(0), row.time(1));
}

/// The start that an event stands for now.
std::optional<Coming> Outlook::start_at(Time event) const {
    const auto activity = this->activity();
    if (!activity) return std::nullopt;
    if (!recurs(*activity)) return coming(activity->start, activity->start);
    for (const Ref own : touched(*activity, event)) {
        const auto occurrence = load(work_, Id<Activity>{own});
        if (is_over(occurrence->state)) return std::nullopt;
        return coming(event, occurrence->start);
    }
    if (!takes_place_at(*activity, event)) return std::nullopt;
    return coming(event, event);
}

/// The activity of an occurrence that was touched.
std::vector<Ref> Outlook::touched(const Activity& series, Time at) const {
    return refs(work_, "reminder.occurrence",
                {{":series", series.head.id.value()}, {":at", instant(at)}});
}

Coming Outlook::coming(Time event, Time start) const {
    return {event, start - std::chrono::minutes{*reminder_.before}, start, {}};
}

std::optional<Coming> Outlook::next_day(Time from, const std::optional<Time>& handed) const {
    const Zone zone = zone_of_user();
    const Date today = zone.date_of(from);
    std::map<Date, std::set<std::string>> days;  // and what they are
    for (const auto& [month_day, type] : occasions())
        for (const int year : {today.year(), today.year() + 1, today.year() + 2}) {
            const Date day = date_in(year, month_day);
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
Time Outlook::due_before(const Date& day, const Zone& zone) const {
    const std::chrono::minutes before{*reminder_.before};
    const auto days = std::chrono::ceil<std::chrono::days>(before);
    return zone.from_local(Date::from_days(day.days() - days), days - before);
}

Zone Outlook::zone_of_user() const {
    kernel::Reading reading(work_.transaction().session());
    auto row =
        kernel::named_query(reading, "reminder.zone_of", {{":user", reminder_.user.value()}});
    if (!row.step() || row.is_null(0)) return work_.transaction().database().zone();
    return Zone{row.text(0)};
}

/// What of the year the user may know: month and day, and what it is.
std::vector<std::pair<std::string, std::string>> Outlook::occasions() const {
    auto& transaction = work_.transaction();
    const auto rights =
        kernel::Rights::resolve(transaction.database(), transaction.connection(), reminder_.user);
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

/// What was due before now, nobody asked for, and still is to be as it was.
std::optional<Coming> Outlook::untaken(Time now, const HandedOut& before) const {
    if (!before.due || *before.due > now || before.due_event == before.event) return std::nullopt;
    const auto coming = at(*before.due_event);
    return coming && coming->due == before.due ? coming : std::nullopt;
}

std::optional<Coming> Outlook::due_next(Time now, const HandedOut& before) const {
    if (auto due = untaken(now, before)) return due;
    const auto first = next(now, before);
    if (!before.snoozed_until || (first && first->due <= *before.snoozed_until)) return first;
    auto again = at(*before.snoozed_event);
    if (!again) return first;
    again->due = *before.snoozed_until;
    return again;
}

}  // namespace crm::domain
