#include "crm/time.hpp"

#include <date/tz.h>

#include <algorithm>

#include "crm/error.hpp"

namespace crm::inline v1 {
namespace {

using namespace std::chrono;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads fixed-width fields from the front of a text; answers nothing where one does not fit.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    bool at_digit() const { return !rest_.empty() && is_digit(rest_.front()); }
    bool skip(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == any_of.npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::optional<int> number(std::size_t width) {
        if (rest_.size() < width) return {};
        int value = 0;
        for (char c : rest_.substr(0, width)) {
            if (!is_digit(c)) return {};
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(width);
        return value;
    }
    std::optional<int> number_up_to(std::size_t width, int limit) {
        const auto value = number(width);
        return value && *value <= limit ? value : std::nullopt;
    }
    std::string_view take(std::size_t size) {
        const auto front = rest_.substr(0, size);
        rest_.remove_prefix(front.size());
        return front;
    }

private:
    std::string_view rest_;
};

void put_number(std::string& out, std::int64_t value, std::size_t width) {
    const auto digits = std::to_string(value < 0 ? -value : value);
    if (value < 0) out += '-';
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

std::optional<microseconds> read_fraction(Reader& reader) {
    if (!reader.at_digit()) return {};
    std::int64_t value = 0;
    for (int unit = 100'000; reader.at_digit(); unit /= 10) value += *reader.number(1) * unit;
    return microseconds{value};
}

std::optional<microseconds> read_time_of_day(Reader& reader) {
    const auto hour = reader.number_up_to(2, 23);
    if (!hour || !reader.skip(":")) return {};
    const auto minute = reader.number_up_to(2, 59);
    if (!minute) return {};
    microseconds time = hours{*hour} + minutes{*minute};
    if (!reader.skip(":")) return time;
    const auto second = reader.number_up_to(2, 59);
    if (!second) return {};
    time += seconds{*second};
    if (!reader.skip(".,")) return time;
    const auto fraction = read_fraction(reader);
    if (!fraction) return {};
    return time + *fraction;
}

std::optional<minutes> read_offset(Reader& reader) {
    if (reader.skip("Zz")) return minutes{0};
    const bool west = reader.skip("-");
    if (!west && !reader.skip("+")) return {};
    const auto hour = reader.number_up_to(2, 23);
    if (!hour) return {};
    minutes offset = hours{*hour};
    if (reader.skip(":") || !reader.at_end()) {
        const auto minute = reader.number_up_to(2, 59);
        if (!minute) return {};
        offset += minutes{*minute};
    }
    return west ? -offset : offset;
}

std::optional<Time> try_parse_time(std::string_view text) {
    Reader reader{text};
    const auto date = Date::try_parse(reader.take(10));
    if (!date || !reader.skip("Tt ")) return {};
    const auto time = read_time_of_day(reader);
    if (!time) return {};
    const auto offset = read_offset(reader);
    if (!offset || !reader.at_end()) return {};
    return Time{date->days()} + *time - *offset;
}

// UTC needs no tzdata: a null pointer. Zones of the date library live as long as the process.
const date::time_zone& tz(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

// The system's zone files list changes of the clock to the end of 2037. Beyond, rules such as "last
// Sunday of March" go on, so an instant is looked up in a listed year whose days fall on the same
// days of the week: January and February by 1 January, the rest by 1 March, blind to leap years.
constexpr year last_listed_year{2037};

days shift_into_listed_years(sys_days day) {
    const year_month_day when{day};
    if (when.year() <= last_listed_year) return days{0};
    const auto anchor = when.month() < March ? January / 1 : March / 1;
    const sys_days from{when.year() / anchor};
    year listed = last_listed_year;
    while ((from - sys_days{listed / anchor}) % weeks{1} != days{0}) --listed;
    return from - sys_days{listed / anchor};
}

// Whether the zone goes on by rules after this one. Morocco's changes follow the moon and are
// listed to 2087: after the last of them no rule is known, and the clock stays.
bool is_last(const date::sys_info& info) {
    return info.end >= sys_days{year{9999} / 12 / 31} &&
           info.begin < sys_days{(last_listed_year + years{1}) / January / 1};
}

date::sys_info info_at(const date::time_zone& zone, sys_seconds at) {
    const auto info = zone.get_info(at);
    if (!is_last(info)) return info;
    return zone.get_info(at - shift_into_listed_years(floor<days>(at)));
}

Time instant_of(const date::time_zone& zone, date::local_time<microseconds> wall) {
    const auto second = floor<seconds>(wall);
    auto info = zone.get_info(second);
    days shift{0};
    if (info.result == date::local_info::unique && is_last(info.first)) {
        shift = shift_into_listed_years(floor<days>(sys_seconds{second.time_since_epoch()}));
        info = zone.get_info(second - shift);
    }
    if (info.result == date::local_info::nonexistent) return info.first.end + shift;
    return Time{wall.time_since_epoch() - info.first.offset};
}

const date::time_zone* find_zone(std::string_view name) {
    try {
        const auto* zone = date::locate_zone(name);
        zone->get_info(sys_seconds{});  // reads the zone's file now rather than at its first use
        return zone;
    } catch (const std::exception&) {
        return nullptr;
    }
}

}  // namespace

Date::Date(int year, unsigned month, unsigned day) {
    // Checked first: the calendar types keep only the low bits of what they are given.
    const bool in_range = year >= 1 && year <= 9999 && month <= 12 && day <= 31;
    const year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                              std::chrono::day{day}};
    if (!in_range || !date.ok())
        throw Invalid("date", "",
                      "there is no day " + std::to_string(year) + "-" + std::to_string(month) +
                          "-" + std::to_string(day));
    const auto digit = [](unsigned value) { return static_cast<char>('0' + value % 10); };
    const auto y = static_cast<unsigned>(year);
    text_ = {digit(y / 1000),   digit(y / 100), digit(y / 10), digit(y),        '-',
             digit(month / 10), digit(month),   '-',           digit(day / 10), digit(day)};
}

Date Date::parse(std::string_view text) {
    if (const auto date = try_parse(text)) return *date;
    throw Invalid("date", "", "\"" + std::string{text} + "\" is no day written as YYYY-MM-DD");
}

std::optional<Date> Date::try_parse(std::string_view text) noexcept {
    Reader reader{text};
    const auto year = reader.number(4);
    if (!year || !reader.skip("-")) return {};
    const auto month = reader.number(2);
    if (!month || !reader.skip("-")) return {};
    const auto day = reader.number(2);
    if (!day || !reader.at_end() || *year == 0) return {};
    const year_month_day date{std::chrono::year{*year}, std::chrono::month(unsigned(*month)),
                              std::chrono::day(unsigned(*day))};
    if (!date.ok()) return {};
    Date result;
    std::ranges::copy(text, result.text_.begin());
    return result;
}

int Date::year() const noexcept { return *Reader{text()}.number(4); }
unsigned Date::month() const noexcept {
    return static_cast<unsigned>(*Reader{text().substr(5)}.number(2));
}
unsigned Date::day() const noexcept {
    return static_cast<unsigned>(*Reader{text().substr(8)}.number(2));
}

sys_days Date::days() const noexcept {
    return std::chrono::year{year()} / std::chrono::month{month()} / std::chrono::day{day()};
}

Date Date::from_days(sys_days days) {
    const year_month_day date{days};
    return {int{date.year()}, unsigned{date.month()}, unsigned{date.day()}};
}

std::string to_text(Time time) {
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    std::string out;
    put_number(out, int{date.year()}, 4);
    put_number(out += '-', unsigned{date.month()}, 2);
    put_number(out += '-', unsigned{date.day()}, 2);
    put_number(out += 'T', clock.hours().count(), 2);
    put_number(out += ':', clock.minutes().count(), 2);
    put_number(out += ':', clock.seconds().count(), 2);
    if (const auto fraction = clock.subseconds().count(); fraction != 0) {
        put_number(out += '.', fraction, 6);
        out.resize(out.find_last_not_of('0') + 1);
    }
    return out += 'Z';
}

Time parse_time(std::string_view text) {
    if (const auto time = try_parse_time(text)) return *time;
    throw Invalid("time", "",
                  "\"" + std::string{text} +
                      "\" is no instant like 2026-03-02T09:00:00Z or 2026-03-02T11:00:00+02:00");
}

Zone::Zone() : name_("UTC") {}

Zone::Zone(std::string_view name) : name_(name) {
    if (name == "UTC") return;
    zone_ = find_zone(name);
    if (zone_ == nullptr)
        throw Invalid("zone", name_,
                      "no such time zone in the system's tzdata; names look like Europe/Chisinau");
}

seconds Zone::offset_at(Time time) const {
    if (zone_ == nullptr) return seconds{0};
    return info_at(tz(zone_), floor<seconds>(time)).offset;
}

Date Zone::date_of(Time time) const { return Date::from_days(floor<days>(time + offset_at(time))); }

Time Zone::start_of(Date date) const { return from_local(date, microseconds{0}); }

Time Zone::from_local(Date date, microseconds time_of_day) const {
    const Time as_utc = date.days() + time_of_day;
    if (zone_ == nullptr) return as_utc;
    return instant_of(tz(zone_), date::local_time<microseconds>{as_utc.time_since_epoch()});
}

}  // namespace crm
