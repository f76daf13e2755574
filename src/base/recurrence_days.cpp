#include "base/recurrence_days.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <string>

#ifdef CRM_WITH_ICAL
#include <libical/ical.h>
#endif

#include "crm/error.hpp"

namespace crm::inline v1::recurrence {

std::chrono::sys_days week_start(const Rule& rule, std::chrono::sys_days day) {
    using std::chrono::weekday;
    return day - (weekday{day} - weekday{static_cast<unsigned>(rule.week_start)});
}

namespace {

using namespace std::chrono;

// ---- What excludes a day

bool holds(const std::vector<int>& values, int value) {
    return std::ranges::binary_search(values, value);
}

// Position `value` of `count`, counted from either end.
bool holds(const std::vector<int>& values, unsigned value, unsigned count) {
    return values.empty() || holds(values, static_cast<int>(value)) ||
           holds(values, static_cast<int>(value) - static_cast<int>(count) - 1);
}

int iso_day(sys_days day) { return static_cast<int>(weekday{day}.iso_encoding()); }

bool is_weekday_of(const Rule& rule, sys_days day) {
    return rule.weekdays.empty() ||
           std::ranges::count(rule.weekdays, iso_day(day), &Weekday::day) > 0;
}

bool is_year_day_of(const Rule& rule, sys_days day, year in) {
    if (rule.year_days.empty()) return true;
    const auto before = day - sys_days{in / January / 1};
    return holds(rule.year_days, static_cast<unsigned>(before.count() + 1),
                 in.is_leap() ? 366 : 365);
}

// Whether BYMONTH, BYMONTHDAY, BYYEARDAY and BYDAY leave a day in. Numbers in BYDAY are not looked
// at, and days that SKIP moved never come here.
bool leaves_in(const Rule& rule, sys_days day) {
    const year_month_day date{day};
    const auto last = year_month_day_last{date.year(), month_day_last{date.month()}}.day();
    return (rule.months.empty() || holds(rule.months, static_cast<int>(unsigned{date.month()}))) &&
           holds(rule.month_days, unsigned{date.day()}, unsigned{last}) &&
           is_weekday_of(rule, day) && is_year_day_of(rule, day, date.year());
}

// ---- Days and weeks: arithmetic

// The last of start, start + step … that is not after `from`; `start` where `from` is before it.
template <class Steps>
Steps whole_steps(Steps distance, Steps step) {
    return distance < step ? Steps{0} : distance - distance % step;
}

class EachDay final : public Days {
public:
    EachDay(const Rule& rule, sys_days start, sys_days from, sys_days last)
        : rule_(rule), step_(rule.frequency == Frequency::daily ? rule.interval : 1), last_(last) {
        next_ = start + whole_steps(from - start, step_);
    }
    std::optional<sys_days> next() override {
        while (next_ <= last_) {
            const auto day = next_;
            next_ += step_;
            if (leaves_in(rule_, day)) return day;
        }
        return {};
    }

private:
    const Rule& rule_;
    days step_;
    sys_days next_{}, last_;
};

class WeekDays final : public Days {
public:
    WeekDays(const Rule& rule, sys_days start, sys_days from, sys_days last)
        : rule_(rule), last_(last) {
        for (const auto& day : rule.weekdays) offsets_.push_back(offset(day.day));
        if (offsets_.empty()) offsets_.push_back(offset(iso_day(start)));
        std::ranges::sort(offsets_);
        week_ = week_start(rule, start);
        week_ += whole_steps(from - week_, days{7 * rule.interval});
    }
    std::optional<sys_days> next() override {
        while (week_ <= last_) {
            if (at_ == offsets_.size()) {
                at_ = 0;
                week_ += days{7 * rule_.interval};
                continue;
            }
            const auto day = week_ + offsets_[at_++];
            const auto month = static_cast<int>(unsigned{year_month_day{day}.month()});
            if (rule_.months.empty() || holds(rule_.months, month)) return day;
        }
        return {};
    }

private:
    days offset(int day) const { return days{(day - rule_.week_start + 7) % 7}; }

    const Rule& rule_;
    std::vector<days> offsets_{};
    std::size_t at_ = 0;
    sys_days week_{}, last_;
};

// Days of numbered weeks. libical 3.0 loses those that lie in another year than their week does.
class NumberedWeeks final : public Days {
public:
    NumberedWeeks(const Rule& rule, sys_days start, sys_days from, sys_days last)
        : rule_(rule), weekday_(iso_day(start)), last_(last) {
        year_ = counted_from(start);
        year_ += whole_steps(year_of(std::max(start, from)) - year_, years{rule.interval});
        fill();
    }
    std::optional<sys_days> next() override {
        while (at_ == days_.size()) {
            if (first_week(year_) > last_) return {};
            year_ += years{rule_.interval};
            fill();
        }
        return days_[at_] <= last_ ? std::optional{days_[at_++]} : std::nullopt;
    }

private:
    // Week 1 is the first that has four days of the year: that of 4 January.
    sys_days first_week(year in) const { return week_start(rule_, in / January / 4); }
    year year_of(sys_days day) const {
        return year_month_day{week_start(rule_, day) + days{3}}.year();
    }

    // A start at the turn of the year may lie in another year than its week: INTERVAL counts from
    // the first of both that has days left, as newer releases of libical do.
    year counted_from(sys_days start) {
        const auto one = year_of(start), other = year_month_day{start}.year();
        year_ = std::min(one, other);
        fill();
        return days_.empty() || days_.back() < start ? std::max(one, other) : year_;
    }

    void fill() {
        days_.clear();
        at_ = 0;
        const auto begin = first_week(year_);
        const auto count = static_cast<int>((first_week(year_ + years{1}) - begin) / days{7});
        for (int number = 1; number <= count; ++number)
            if (holds(rule_.weeks, static_cast<unsigned>(number), static_cast<unsigned>(count)))
                add_week(begin + days{7 * (number - 1)});
    }
    void add_week(sys_days begin) {
        const bool any =
            !(rule_.weekdays.empty() && rule_.month_days.empty() && rule_.year_days.empty());
        for (auto day = begin; day < begin + days{7}; day += days{1})
            if (any ? leaves_in(rule_, day) : leaves_in(rule_, day) && iso_day(day) == weekday_)
                days_.push_back(day);
    }

    const Rule& rule_;
    int weekday_;
    sys_days last_;
    year year_{};
    std::vector<sys_days> days_{};  // of the year
    std::size_t at_ = 0;
};

// ---- Months and years: libical

#ifdef CRM_WITH_ICAL

// What libical is asked: the BY parts that make days. Those that only take some away again are
// looked at here, by `leaves_in`: some of these combinations libical 3.0 does not know, in others
// it would look for a day that never comes to the year 20000.
Rule question(const Rule& rule, year_month_day start) {
    Rule asked;
    asked.frequency = rule.frequency;
    asked.interval = rule.interval;
    asked.week_start = rule.week_start;
    asked.skip = rule.skip;
    const bool numbered = std::ranges::any_of(rule.weekdays, [](auto day) { return day.nth != 0; });
    const bool has_dates = !rule.month_days.empty() || !rule.year_days.empty();
    if (numbered || (!rule.weekdays.empty() && !has_dates)) {
        asked.months = rule.months;
        asked.weekdays = rule.weekdays;
    } else if (!rule.year_days.empty()) {
        asked.year_days = rule.year_days;
    } else {
        asked.months = rule.months;
        if (asked.months.empty() && rule.frequency == Frequency::yearly)  // as libical reads RFC
                                                                          // 5545
            asked.months = {static_cast<int>(unsigned{start.month()})};
        asked.month_days = rule.month_days;
        if (asked.month_days.empty()) asked.month_days = {static_cast<int>(unsigned{start.day()})};
    }
    return asked;
}

// Whether there is ever such a day, so that nobody looks for a 30 February.
bool can_ever_be(const Rule& asked) {
    static constexpr std::array<int, 12> lengths{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (!asked.weekdays.empty()) {
        const bool in_months = asked.frequency == Frequency::monthly || !asked.months.empty();
        return !in_months || std::ranges::any_of(asked.weekdays, [](const Weekday& day) {
            return std::abs(day.nth) <= 5;
        });
    }
    if (asked.months.empty() || asked.month_days.empty() || asked.skip != Skip::omit) return true;
    int longest = 0;
    for (const int month : asked.months)
        longest = std::max(longest, lengths[static_cast<std::size_t>(month - 1)]);
    return std::ranges::any_of(asked.month_days, [&](int day) { return std::abs(day) <= longest; });
}

icaltimetype ical_date(sys_days day) {
    const year_month_day date{day};
    icaltimetype time{};  // icaltime_null_date has times of -1, which make libical repeat a day
    time.is_date = 1;
    time.year = int{date.year()};
    time.month = static_cast<int>(unsigned{date.month()});
    time.day = static_cast<int>(unsigned{date.day()});
    return time;
}

icalrecurrencetype ical_rule(const Rule& asked, sys_days last) {
    static std::once_flag once;
    std::call_once(once, [] { icalerror_set_errors_are_fatal(false); });
    // Of what `write` gives, libical understands all but the name and SKIP without a freed RSCALE.
    Rule plain = asked;
    plain.skip = Skip::omit;
    const auto text = write({.rule = plain}).substr(std::string_view{"RRULE:"}.size());
    icalrecurrencetype rule = icalrecurrencetype_from_string(text.c_str());
    if (rule.freq == ICAL_NO_RECURRENCE)
        throw Invalid("recurrence", "RRULE", "libical does not take \"" + text + "\"");
    rule.until = ical_date(last);
    return rule;
}

class IcalDays final : public Days {
public:
    IcalDays(const Rule& rule, sys_days start, sys_days from, sys_days last)
        : rule_(rule), last_(std::min(last, sys_days{last_year / December / 31})) {
        const auto asked = question(rule, start);
        const auto first = first_period(start, from);
        if (first > last_ || !can_ever_be(asked)) return;
        auto ical = ical_rule(asked, last_);
        if (rule.skip != Skip::omit) {
            ical.rscale = calendar_.data();
            ical.skip = rule.skip == Skip::backward ? ICAL_SKIP_BACKWARD : ICAL_SKIP_FORWARD;
        }
        iterator_.reset(icalrecur_iterator_new(ical, ical_date(first)));
    }
    std::optional<sys_days> next() override {
        while (iterator_) {
            const auto time = icalrecur_iterator_next(iterator_.get());
            if (icaltime_is_null_time(time)) return {};
            const sys_days day{year{time.year} / time.month / time.day};
            if (day > last_) return {};
            if (rule_.skip != Skip::omit || leaves_in(rule_, day)) return day;
        }
        return {};
    }
    int cost() const override { return 20; }

private:
    struct Free {
        void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
    };

    // One earlier than that of `from`, because moved days reach into the next.
    sys_days first_period(sys_days start, sys_days from) const {
        const year_month_day first{start}, wanted{std::max(start, from)};
        if (rule_.frequency == Frequency::yearly) {
            const auto steps = whole_steps(wanted.year() - first.year() - years{rule_.interval},
                                           years{rule_.interval});
            return (first.year() + steps) / January / 1;
        }
        const year_month begin{first.year(), first.month()}, end{wanted.year(), wanted.month()};
        const auto steps =
            whole_steps(end - begin - months{rule_.interval}, months{rule_.interval});
        return (begin + steps) / 1;
    }

    const Rule& rule_;
    sys_days last_;
    std::array<char, 10> calendar_{"GREGORIAN"};  // libical writes into it
    std::unique_ptr<icalrecur_iterator, Free> iterator_{};
};

#endif

}  // namespace

std::unique_ptr<Days> days_of(const Rule& rule, sys_days start, sys_days from, sys_days last) {
    if (rule.frequency <= Frequency::daily)
        return std::make_unique<EachDay>(rule, start, from, last);
    if (rule.frequency == Frequency::weekly)
        return std::make_unique<WeekDays>(rule, start, from, last);
    if (!rule.weeks.empty()) return std::make_unique<NumberedWeeks>(rule, start, from, last);
#ifdef CRM_WITH_ICAL
    return std::make_unique<IcalDays>(rule, start, from, last);
#else
    throw Misuse(
        "monthly and yearly recurrence is expanded by libical, and this crm was built "
        "without: install libical-dev and configure with -DCRM_WITH_ICAL=ON");
#endif
}

}  // namespace crm::recurrence
