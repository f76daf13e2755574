#include "base/recurrence_edit.hpp"

#include <algorithm>
#include <utility>

#include "base/recurrence_rule.hpp"
#include "crm/error.hpp"

namespace crm::inline v1::recurrence {
namespace {

using namespace std::chrono;

Stamp stamp_of(Wall wall, std::string zone) {
    const auto day = floor<days>(wall);
    return {std::move(zone), Date::from_days(day), floor<seconds>(wall - day)};
}

Wall wall_in(const Stamp& stamp) { return stamp.date.days() + stamp.time.value_or(seconds{0}); }

Time instant_in(const Stamp& stamp, const Zone& zone) {
    return instant_of(wall_in(stamp), stamp.zone.empty() ? zone : Zone{stamp.zone}).at;
}

/// By the clock of the start where that names the instant: the second of two times that look the
/// same it does not.
Stamp stamp_at(Time at, const Zone& zone) {
    const Wall wall = wall_of(at, zone);
    return instant_of(wall, zone).at == at ? stamp_of(wall, {}) : stamp_of(at, "UTC");
}

Recurrence made_of(const Content& content) { return Recurrence::parse(write(content)); }

/// How often the rule itself comes to pass before an instant; excepted dates count.
int count_before(const Rule& rule, const Anchor& anchor, Time at) {
    const Content alone{.rule = rule};
    const auto all =
        occurrences(made_of(alone), anchor.start, anchor.zone, anchor.start, at, most_occurrences);
    if (all.size() == most_occurrences)
        throw LimitExceeded("a series is divided within its first 100,000 occurrences");
    return static_cast<int>(all.size());
}

/// Whether a rule that ends by UNTIL, of which a date is the whole day, goes on to an instant.
bool reaches(const Stamp& until, const Zone& zone, Time at) {
    if (until.time) return instant_in(until, zone) >= at;
    return zone.start_of(Date::from_days(until.date.days() + days{1})) > at;
}

void divide_rule(Content& before, Content& from, const Anchor& anchor, Time at) {
    if (!before.rule) return;
    if (!before.rule->count) {
        if (before.rule->until && !reaches(*before.rule->until, anchor.zone, at))
            from.rule.reset();
        else
            before.rule->until = stamp_of(at - seconds{1}, "UTC");
        return;
    }
    const int all = *before.rule->count, past = count_before(*before.rule, anchor, at);
    before.rule->count = past;
    from.rule->count = all - past;
    if (past == 0) before.rule.reset();
    if (all == past) from.rule.reset();
}

void keep_from(std::vector<Stamp>& stamps, const Zone& zone, Time at, bool later) {
    const Date day = zone.date_of(at);
    std::erase_if(stamps, [&](const Stamp& stamp) {
        const bool is_later = stamp.time ? instant_in(stamp, zone) >= at : stamp.date >= day;
        return is_later != later;
    });
}

/// Whether what goes on is what would have gone on, as far as a look ahead tells.
bool goes_on(const Recurrence& whole, const Anchor& anchor, const Recurrence& from, Time at) {
    const Time end = at + years{100};
    constexpr std::size_t ahead = 100;
    return occurrences(whole, anchor.start, anchor.zone, at, end, ahead) ==
           occurrences(from, at, anchor.zone, at, end, ahead);
}

}  // namespace

Recurrence without(const Recurrence& recurrence, const Zone& zone, Time at) {
    Content content = read(recurrence.text());
    content.excepted.push_back(stamp_at(at, zone));
    return made_of(content);
}

Halves divided(const Recurrence& recurrence, const Anchor& anchor, Time at) {
    Content before = read(recurrence.text()), from = before;
    divide_rule(before, from, anchor, at);
    for (auto* stamps : {&before.added, &before.excepted})
        keep_from(*stamps, anchor.zone, at, false);
    for (auto* stamps : {&from.added, &from.excepted}) keep_from(*stamps, anchor.zone, at, true);
    // What takes place once only still recurs, by its own date: it stays a series.
    for (const auto& [half, start] : {std::pair{&before, anchor.start}, std::pair{&from, at}})
        if (!half->rule && half->added.empty()) half->added = {stamp_at(start, anchor.zone)};
    Halves halves{made_of(before), made_of(from)};
    if (!goes_on(recurrence, anchor, halves.from, at))
        throw Invalid("recurrence", "",
                      "the rule cannot go on from an occurrence that is not its own (RDATE), or "
                      "that the clocks or SKIP moved: divide the series at the next one");
    return halves;
}

Move::Move(Anchor from, Anchor to)
    : from_(std::move(from)),
      to_(std::move(to)),
      by_(wall_of(to_.start, to_.zone) - wall_of(from_.start, from_.zone)),
      days_(floor<days>(wall_of(to_.start, to_.zone)) -
            floor<days>(wall_of(from_.start, from_.zone))) {}

Time Move::operator()(Time at) const {
    if (at == from_.start) return to_.start;
    return instant_of(wall_of(at, from_.zone) + by_, to_.zone).at;
}

Recurrence Move::operator()(const Recurrence& recurrence) const {
    Content content = read(recurrence.text());
    const auto move = [&](Stamp& stamp) {
        if (!stamp.time)
            stamp.date = Date::from_days(stamp.date.days() + days_);
        else if (stamp.zone.empty())
            stamp = stamp_of(wall_in(stamp) + by_, {});
        else
            stamp = stamp_of(wall_of((*this)(instant_in(stamp, from_.zone)), Zone{stamp.zone}),
                             stamp.zone);
    };
    for (auto* stamps : {&content.added, &content.excepted})
        for (Stamp& stamp : *stamps) move(stamp);
    if (content.rule && content.rule->until) move(*content.rule->until);
    return made_of(content);
}

}  // namespace crm::recurrence
