#include "domain/clock_time.hpp"

#include "crm/error.hpp"

namespace crm::domain {

using std::chrono::minutes;

std::optional<minutes> clock_time(std::string_view text) {
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
        return std::nullopt;
    const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
    const minutes time{two(0) * 60 + two(3)};
    return two(3) < 60 && time <= a_day ? std::optional(time) : std::nullopt;
}

Shift Shift::parse(std::string_view starts, std::string_view ends, const Zone& zone) {
    const auto read = [](std::string_view text) {
        if (const auto time = clock_time(text)) return *time;
        throw Invalid("time of day", "", "\"" + std::string(text) + "\" is not HH:MM");
    };
    return {read(starts), read(ends), zone};
}

TimeRange Shift::on(const Date& date) const {
    const auto instant = [&](minutes time) {
        return time < a_day ? zone.from_local(date, time)
                            : zone.from_local(next_day(date), time - a_day);
    };
    return {instant(starts), instant(ends)};
}

void require_hours(const std::string& starts, const std::string& ends, const char* kind) {
    const auto first = clock_time(starts), last = clock_time(ends);
    if (!first || *first == a_day) throw Invalid(kind, "starts", "must be HH:MM, 00:00 to 23:59");
    if (!last) throw Invalid(kind, "ends", "must be HH:MM, 00:00 to 24:00");
    if (first == last)
        throw Invalid(kind, "ends", "must differ from starts: a whole day is 00:00 to 24:00");
}

void require_given(const Date& date, const char* kind, const char* field) {
    if (date == Date{}) throw Invalid(kind, field, "is required");
}

void require_window(const Date& from, const Date& to, std::chrono::days longest, const char* kind) {
    if (to < from) throw Invalid(kind, "to", "lies before from");
    if (to.days() - from.days() > longest)
        throw Invalid(kind, "to",
                      "lies more than " + std::to_string(longest.count()) + " days after from");
}

}  // namespace crm::domain
