#include "crm/recurrence.hpp"

#include <algorithm>
#include <functional>

#include "base/recurrence_days.hpp"
#include "base/recurrence_rule.hpp"
#include "base/wall.hpp"
#include "crm/error.hpp"

namespace crm::inline v1 {
namespace recurrence {
namespace {

using namespace std::chrono;

// Takes an occurrence; answers whether it wants more.
using Visit = std::function<bool(Wall)>;

constexpr Time earliest{sys_days{first_year / January / 1}};
constexpr Time latest{sys_days{(last_year + years{1}) / January / 1}};
// What the clocks of a zone are ever set forward or back by, and more (a day, in Samoa in 2011).
constexpr days widest_change{2};
constexpr int most_looked_at = 10'000'000;

template <class T, class Unit>
std::vector<T> or_one(const std::vector<int>& values, Unit one) {
    std::vector<T> result;
    for (const int value : values) result.emplace_back(value);
    if (result.empty()) result.emplace_back(one);
    return result;
}

template <class T>
std::vector<T> or_all(const std::vector<int>& values, int count) {
    std::vector<T> result;
    for (const int value : values) result.emplace_back(value);
    for (int value = 0; values.empty() && value < count; ++value) result.emplace_back(value);
    return result;
}

// Every wall time of a rule, in order; COUNT and UNTIL are not its business, nor is the start but
// as that from which things are counted.
class Walk {
public:
    Walk(const Rule& rule, Wall start) : rule_(rule), start_(start) {
        const hh_mm_ss clock{start - floor<days>(start)};
        fraction_ = clock.subseconds();
        const auto frequency = rule.frequency;
        hours_ = frequency <= Frequency::hourly ? or_all<hours>(rule.hours, 24)
                                                : or_one<hours>(rule.hours, clock.hours());
        minutes_ = frequency <= Frequency::minutely
                       ? or_all<minutes>(rule.minutes, 60)
                       : or_one<minutes>(rule.minutes, clock.minutes());
        seconds_ = frequency == Frequency::secondly
                       ? or_all<seconds>(rule.seconds, 60)
                       : or_one<seconds>(rule.seconds, clock.seconds());
    }

    // Those of the days from `from` to `last`, and a few more on either side.
    void run(Wall from, Wall last, const Visit& visit) {
        // A whole period beyond the end: positions may be counted from its end.
        const auto reach = rule_.positions.empty() ? days{1} : days{367};
        auto all =
            days_of(rule_, floor<days>(start_), floor<days>(from), floor<days>(last) + reach);
        while (const auto day = all->next()) {
            spend(all->cost());
            if (!run_day(*day, visit)) return;
        }
        take_positions(visit);
    }

private:
    void spend(int cost) {
        looked_at_ += cost;
        if (looked_at_ > most_looked_at)
            throw LimitExceeded(
                "the recurrence has too many times to look at: make the window "
                "smaller, or bound the rule by UNTIL instead of COUNT");
    }

    bool run_day(sys_days day, const Visit& visit) {
        for (const auto hour : hours_) {
            if (!is_step<hours>(Frequency::hourly, day + hour)) continue;
            for (const auto minute : minutes_) {
                spend(1);
                if (!is_step<minutes>(Frequency::minutely, day + hour + minute)) continue;
                for (const auto second : seconds_) {
                    const Wall wall = day + hour + minute + second + fraction_;
                    spend(1);
                    if (!is_step<seconds>(Frequency::secondly, wall)) continue;
                    if (!(rule_.positions.empty() ? visit(wall) : collect(wall, visit)))
                        return false;
                }
            }
        }
        return true;
    }

    // Whether INTERVAL, for a rule of this unit, comes to a time.
    template <class Unit>
    bool is_step(Frequency frequency, Wall wall) const {
        if (rule_.frequency != frequency) return true;
        const auto steps = floor<Unit>(wall) - floor<Unit>(start_);
        return steps >= Unit{0} && steps.count() % rule_.interval == 0;
    }

    // --- BYSETPOS: some of each period ---

    bool collect(Wall wall, const Visit& visit) {
        const auto period = period_of(wall);
        const bool same = period_.empty() || period == period_of(period_.front());
        if (!same && !take_positions(visit)) return false;
        period_.push_back(wall);
        return true;
    }

    std::int64_t period_of(Wall wall) const {
        const auto day = floor<days>(wall);
        const year_month_day date{day};
        switch (rule_.frequency) {
            case Frequency::secondly: return floor<seconds>(wall).time_since_epoch().count();
            case Frequency::minutely: return floor<minutes>(wall).time_since_epoch().count();
            case Frequency::hourly: return floor<hours>(wall).time_since_epoch().count();
            case Frequency::daily: return day.time_since_epoch().count();
            case Frequency::weekly: return week_start(rule_, day).time_since_epoch().count();
            case Frequency::monthly: return int{date.year()} * 12 + int(unsigned{date.month()});
            case Frequency::yearly: break;
        }
        // A week belongs to the year in which its fourth day lies.
        if (rule_.weeks.empty()) return int{date.year()};
        return int{year_month_day{week_start(rule_, day) + days{3}}.year()};
    }

    bool take_positions(const Visit& visit) {
        const auto count = static_cast<int>(period_.size());
        const auto has = [&](int position) {
            return std::ranges::binary_search(rule_.positions, position);
        };
        bool more = true;
        for (int i = 0; i < count && more; ++i)
            if (has(i + 1) || has(i - count)) more = visit(period_[static_cast<std::size_t>(i)]);
        period_.clear();
        return more;
    }

    const Rule& rule_;
    Wall start_;
    microseconds fraction_{};
    std::vector<hours> hours_{};
    std::vector<minutes> minutes_{};
    std::vector<seconds> seconds_{};
    std::vector<Wall> period_{};  // the times of the period so far
    int looked_at_ = 0;
};

// Wall times become instants.
class Clockwork {
public:
    Clockwork(Time start, const Zone& zone)
        : zone_(zone), start_(start), wall_start_(start + zone.offset_at(start)) {}

    Wall start() const { return wall_start_; }
    const Zone& zone() const { return zone_; }

    // The start is itself, also where it is the second of two times that look the same.
    Instant instant_of(Wall wall) const {
        if (wall == wall_start_) return {start_, false};
        return recurrence::instant_of(wall, zone_);
    }
    Time time_of(const Stamp& stamp) const {
        const auto time =
            stamp.time ? microseconds{*stamp.time} : wall_start_ - floor<days>(wall_start_);
        const Wall wall = stamp.date.days() + time;
        return stamp.zone.empty() ? instant_of(wall).at
                                  : recurrence::instant_of(wall, Zone{stamp.zone}).at;
    }

private:
    const Zone& zone_;
    Time start_;
    Wall wall_start_;
};

// UNTIL, of which a date is the whole day.
class Until {
public:
    Until(const std::optional<Stamp>& stamp, const Clockwork& clock) : clock_(clock) {
        if (!stamp) return;
        const Wall day{stamp->date.days()};
        wall_ = stamp->time ? day + *stamp->time : day + days{1} - microseconds{1};
        if (stamp->zone.empty()) return;
        instant_ = wall_;
        wall_ += clock.zone().offset_at(wall_);
    }
    Wall last() const { return wall_; }
    bool is_before(Wall wall) const {
        // Far from it, walls tell; near it the clocks may change in between.
        if (!instant_ || abs(wall - wall_) > widest_change) return wall > wall_;
        return clock_.instant_of(wall).at > *instant_;
    }

private:
    const Clockwork& clock_;
    Wall wall_ = Wall::max() - days{10};
    std::optional<Time> instant_{};
};

// Gathers the occurrences of a window.
class Gathering {
public:
    Gathering(const Content& content, const Clockwork& clock, Time since, Time until,
              std::size_t limit)
        : content_(content), clock_(clock), since_(since), until_(until), limit_(limit) {
        for (const Stamp& stamp : content.excepted) {
            if (stamp.time)
                excepted_times_.push_back(clock.time_of(stamp));
            else
                excepted_days_.push_back(stamp.date.days());
        }
        std::ranges::sort(excepted_times_);
    }

    std::vector<Time> all() {
        if (content_.rule)
            follow(*content_.rule);
        else
            take(clock_.start());
        for (const Stamp& stamp : content_.added) {
            const Time at = clock_.time_of(stamp);
            take(at, floor<days>(at + clock_.zone().offset_at(at)));
        }
        std::ranges::sort(found_);
        const auto twice = std::ranges::unique(found_);
        found_.erase(twice.begin(), twice.end());
        if (found_.size() > limit_) found_.resize(limit_);
        return std::move(found_);
    }

private:
    void follow(const Rule& rule) {
        const Until end{rule.until, clock_};
        const Wall since = since_ + clock_.zone().offset_at(since_) - widest_change;
        const Wall until = until_ + clock_.zone().offset_at(until_) + widest_change;
        std::int64_t left = rule.count.value_or(-1);
        const Wall from = std::max(clock_.start(), rule.count ? clock_.start() : since);
        Walk{rule, clock_.start()}.run(from, std::min(until, end.last() + widest_change),
                                       [&](Wall wall) {
                                           if (wall < clock_.start()) return true;
                                           if (wall >= until || end.is_before(wall)) return false;
                                           if (wall >= since && !take(wall)) return false;
                                           return --left != 0;
                                       });
    }

    // Answers whether a later wall time may still be among the first.
    bool take(Wall wall) {
        const auto instant = clock_.instant_of(wall);
        // Only what came out of a gap can stand there already.
        const bool known =
            instant.at <= latest_found_ && std::ranges::find(found_, instant.at) != found_.end();
        if (!known) take(instant.at, floor<days>(wall));
        return found_.size() < limit_ || instant.moved || instant.at < latest_found_;
    }

    void take(Time at, sys_days day) {
        if (at < since_ || at >= until_ || is_excepted(at, day)) return;
        found_.push_back(at);
        latest_found_ = std::max(latest_found_, at);
    }

    bool is_excepted(Time at, sys_days day) const {
        return std::ranges::binary_search(excepted_days_, day) ||
               std::ranges::binary_search(excepted_times_, at);
    }

    const Content& content_;
    const Clockwork& clock_;
    Time since_, until_;
    std::size_t limit_;
    std::vector<sys_days> excepted_days_{};
    std::vector<Time> excepted_times_{}, found_{};
    Time latest_found_ = Time::min();
};

[[noreturn]] void refuse(std::string_view field, const char* reason) {
    throw Invalid("recurrence", std::string{field}, reason);
}

std::vector<Time> gather(const Content& content, Time start, const Zone& zone, Time since,
                         Time until, std::size_t limit) {
    if (start < earliest || start >= latest) refuse("start", "is outside the years 1583 to 2582");
    if (until < since) refuse("until", "the window ends before it begins");
    if (limit == 0) refuse("limit", "is at least 1");
    if (limit > most_occurrences)
        throw LimitExceeded(
            "at most 100,000 occurrences are given at once: ask for the next ones "
            "from the last one on");
    const Clockwork clock{start, zone};
    return Gathering{content, clock, std::clamp(since, earliest, latest),
                     std::clamp(until, earliest, latest), limit}
        .all();
}

// What lasts whole days is expanded as if it took place at midnight UTC.
Content of_days(Content content) {
    for (auto* stamps : {&content.added, &content.excepted})
        for (Stamp& stamp : *stamps) stamp = {{}, stamp.date, {}};
    if (!content.rule) return content;
    Rule& rule = *content.rule;
    if (rule.frequency < Frequency::daily)
        refuse("FREQ", "what repeats within a day needs a start with a time, not a date");
    rule.hours = rule.minutes = rule.seconds = {};  // §3.3.10: beside a date they are ignored
    if (rule.until) rule.until = {{}, rule.until->date, {}};
    std::ranges::sort(content.excepted);
    return content;
}

Time midnight(const Date& date) { return Time{date.days()}; }

}  // namespace

Instant instant_of(Wall wall, const Zone& zone) {
    const auto day = floor<days>(wall);
    const Time at = zone.from_local(Date::from_days(day), wall - day);
    if (at + zone.offset_at(at) == wall) return {at, false};
    return {wall - zone.offset_at(at - microseconds{1}), true};  // the offset before the gap
}

}  // namespace recurrence

Recurrence Recurrence::parse(std::string_view text) {
    Recurrence recurrence;
    recurrence.text_ = recurrence::write(recurrence::read(text));
    return recurrence;
}

bool Recurrence::is_endless() const {
    const auto rule = recurrence::read(text_).rule;
    return rule && !rule->count && !rule->until;
}

std::vector<Time> occurrences(const Recurrence& recurrence, Time start, const Zone& zone,
                              Time since, Time until, std::size_t limit) {
    return recurrence::gather(recurrence::read(recurrence.text()), start, zone, since, until,
                              limit);
}

std::vector<Date> occurrences(const Recurrence& recurrence, const Date& start, const Date& since,
                              const Date& until, std::size_t limit) {
    using namespace recurrence;
    const auto content = of_days(read(recurrence.text()));
    std::vector<Date> dates;
    for (const Time at :
         gather(content, midnight(start), Zone{}, midnight(since), midnight(until), limit))
        dates.push_back(Date::from_days(std::chrono::floor<std::chrono::days>(at)));
    return dates;
}

std::optional<Time> next_occurrence(const Recurrence& recurrence, Time start, const Zone& zone,
                                    Time at) {
    const Time from = std::clamp(std::max(at, start), recurrence::earliest, recurrence::latest);
    const auto found =
        occurrences(recurrence, start, zone, std::min(at, from), from + std::chrono::years{100}, 1);
    return found.empty() ? std::nullopt : std::optional{found.front()};
}

std::optional<Date> next_occurrence(const Recurrence& recurrence, const Date& start,
                                    const Date& at) {
    const Date& from = std::max(at, start);
    const Date end{std::min(from.year() + 100, 9999), from.month(), 1};
    const auto found = occurrences(recurrence, start, at, std::max(at, end), 1);
    return found.empty() ? std::nullopt : std::optional{found.front()};
}

}  // namespace crm
