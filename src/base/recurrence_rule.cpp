#include "base/recurrence_rule.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "crm/error.hpp"

namespace crm::inline v1::recurrence {
namespace {

using namespace std::chrono;

constexpr std::size_t longest_text = 64 * 1024;
constexpr std::array<std::string_view, 7> frequency_names{"SECONDLY", "MINUTELY", "HOURLY", "DAILY",
                                                          "WEEKLY",   "MONTHLY",  "YEARLY"};
constexpr std::array<std::string_view, 3> skip_names{"OMIT", "BACKWARD", "FORWARD"};
constexpr std::array<std::string_view, 7> weekday_names{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

[[noreturn]] void refuse(std::string_view field, const std::string& reason) {
    throw Invalid("recurrence", std::string{field}, reason);
}

std::string quoted(std::string_view text) { return '"' + std::string{text.substr(0, 100)} + '"'; }

std::string upper(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (;;) {
        const auto end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == text.npos) return pieces;
        text.remove_prefix(end + 1);
    }
}

// ---- Numbers and days of the week

std::optional<int> number_of(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.starts_with('+')) return {};
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

int read_number(std::string_view part, std::string_view text, int first, int last) {
    const auto value = number_of(text);
    if (!value || *value < first || *value > last)
        refuse(part, quoted(text) + " is no number from " + std::to_string(first) + " to " +
                         std::to_string(last));
    return *value;
}

template <class T>
void sort_unique(std::vector<T>& values) {
    std::ranges::sort(values);
    const auto rest = std::ranges::unique(values);
    values.erase(rest.begin(), rest.end());
}

// Signed lists count from the end too, and have no 0.
std::vector<int> read_numbers(std::string_view part, std::string_view text, int first, int last) {
    std::vector<int> values;
    for (const auto piece : split(text, ',')) {
        values.push_back(read_number(part, trimmed(piece), first, last));
        if (first < 0 && values.back() == 0) refuse(part, "0 is no position: count from 1 or -1");
    }
    sort_unique(values);
    return values;
}

template <std::size_t n>
std::size_t read_name(std::string_view part, std::string_view text,
                      const std::array<std::string_view, n>& names) {
    const auto found = std::ranges::find(names, upper(trimmed(text)));
    if (found == names.end()) {
        std::string known;
        for (const auto name : names) known.append(known.empty() ? "" : ", ").append(name);
        refuse(part, quoted(text) + " is none of " + known);
    }
    return static_cast<std::size_t>(found - names.begin());
}

int read_day(std::string_view part, std::string_view text) {
    return static_cast<int>(read_name(part, text, weekday_names)) + 1;
}

std::vector<Weekday> read_weekdays(std::string_view part, std::string_view text) {
    std::vector<Weekday> days;
    for (auto piece : split(text, ',')) {
        piece = trimmed(piece);
        const auto name = piece.substr(piece.size() < 2 ? 0 : piece.size() - 2);
        const auto nth = trimmed(piece.substr(0, piece.size() - name.size()));
        days.push_back({nth.empty() ? 0 : read_number(part, nth, -53, 53), read_day(part, name)});
        if (!nth.empty() && days.back().nth == 0)
            refuse(part, "0 is no position: count from 1 or -1");
    }
    sort_unique(days);
    return days;
}

// ---- Dates and times

std::optional<Date> date_of(std::string_view text) {
    if (text.size() != 8) return {};
    return Date::try_parse(std::string{text.substr(0, 4)}
                               .append("-")
                               .append(text.substr(4, 2))
                               .append("-")
                               .append(text.substr(6, 2)));
}

std::optional<seconds> time_of(std::string_view text) {
    if (text.size() != 6 || text.find_first_not_of("0123456789") != text.npos) return {};
    const int hour = *number_of(text.substr(0, 2)), minute = *number_of(text.substr(2, 2)),
              second = *number_of(text.substr(4, 2));
    if (hour > 23 || minute > 59 || second > 60) return {};
    return hours{hour} + minutes{minute} + seconds{std::min(second, 59)};  // §3.3.12: a leap second
}

Stamp read_stamp(std::string_view part, std::string_view text, std::string_view zone = {}) {
    text = trimmed(text);
    const auto date = date_of(text.substr(0, 8));
    std::string_view rest = text.substr(std::min<std::size_t>(text.size(), 8));
    if (date && rest.empty() && zone.empty()) return {{}, *date, {}};
    const bool utc = rest.ends_with('Z') || rest.ends_with('z');
    if (utc) rest.remove_suffix(1);
    const bool timed = rest.starts_with('T') || rest.starts_with('t');
    const auto time = timed ? time_of(rest.substr(1)) : std::nullopt;
    if (!date || !time || (utc && !zone.empty()))
        refuse(part, quoted(text) +
                         " is no date like 20260302 or date and time like "
                         "20260302T100000 or 20260302T080000Z");
    return {utc ? "UTC" : std::string{zone}, *date, time};
}

// The 60th second is taken for the 59th, as §3.3.12 takes it.
std::vector<int> without_leap(std::vector<int> values) {
    for (int& value : values) value = std::min(value, 59);
    sort_unique(values);
    return values;
}

// ---- The rule

void read_part(Rule& rule, std::string_view name, std::string_view value) {
    if (name == "FREQ")
        rule.frequency = static_cast<Frequency>(read_name(name, value, frequency_names));
    else if (name == "INTERVAL")
        rule.interval = read_number(name, value, 1, 32'767);
    else if (name == "COUNT")
        rule.count = read_number(name, value, 1, 1'000'000'000);
    else if (name == "UNTIL")
        rule.until = read_stamp(name, value);
    else if (name == "BYSECOND")
        rule.seconds = without_leap(read_numbers(name, value, 0, 60));
    else if (name == "BYMINUTE")
        rule.minutes = read_numbers(name, value, 0, 59);
    else if (name == "BYHOUR")
        rule.hours = read_numbers(name, value, 0, 23);
    else if (name == "BYDAY")
        rule.weekdays = read_weekdays(name, value);
    else if (name == "BYMONTHDAY")
        rule.month_days = read_numbers(name, value, -31, 31);
    else if (name == "BYYEARDAY")
        rule.year_days = read_numbers(name, value, -366, 366);
    else if (name == "BYWEEKNO")
        rule.weeks = read_numbers(name, value, -53, 53);
    else if (name == "BYMONTH")
        rule.months = read_numbers(name, value, 1, 12);
    else if (name == "BYSETPOS")
        rule.positions = read_numbers(name, value, -366, 366);
    else if (name == "WKST")
        rule.week_start = read_day(name, value);
    else if (name == "SKIP")
        rule.skip = static_cast<Skip>(read_name(name, value, skip_names));
    else if (name == "RSCALE") {
        if (upper(value) != "GREGORIAN") refuse(name, "only GREGORIAN is known");
    } else
        refuse(name, "no part of a recurrence rule (RFC 5545 section 3.3.10)");
}

bool is_selective(const Rule& rule) {
    return !(rule.seconds.empty() && rule.minutes.empty() && rule.hours.empty() &&
             rule.weekdays.empty() && rule.month_days.empty() && rule.year_days.empty() &&
             rule.weeks.empty() && rule.months.empty());
}

void check_frequency(const Rule& rule) {
    const auto frequency = rule.frequency;
    const bool within_days = frequency < Frequency::daily, yearly = frequency == Frequency::yearly;
    const bool monthly = frequency == Frequency::monthly;
    if (!rule.weeks.empty() && !yearly) refuse("BYWEEKNO", "goes only with FREQ=YEARLY");
    if (!rule.year_days.empty() && !yearly && !within_days)
        refuse("BYYEARDAY", "does not go with FREQ=DAILY, WEEKLY or MONTHLY");
    if (!rule.month_days.empty() && frequency == Frequency::weekly)
        refuse("BYMONTHDAY", "does not go with FREQ=WEEKLY");
    const bool numbered = std::ranges::any_of(rule.weekdays, [](auto day) { return day.nth != 0; });
    if (numbered && !monthly && !yearly)
        refuse("BYDAY", "numbered days such as 2MO go only with FREQ=MONTHLY or YEARLY");
    if (numbered && !rule.weeks.empty()) refuse("BYDAY", "numbered days do not go with BYWEEKNO");
    if (rule.skip == Skip::omit) return;
    if (!monthly && !yearly) refuse("SKIP", "goes only with FREQ=MONTHLY or YEARLY");
    if (!(rule.weekdays.empty() && rule.year_days.empty() && rule.weeks.empty() &&
          rule.positions.empty()))
        refuse("SKIP", "of the BY parts only BYMONTH, BYMONTHDAY and times of day go with it");
}

Rule read_rule(std::string_view text) {
    Rule rule;
    std::vector<std::string> seen;
    for (const auto piece : split(text, ';')) {
        if (piece.empty() && !seen.empty()) continue;  // a last semicolon is common
        const auto equals = piece.find('=');
        const auto name = upper(trimmed(piece.substr(0, equals)));
        if (equals == piece.npos || name.empty())
            refuse("RRULE", quoted(piece) + " is no part such as FREQ=WEEKLY");
        if (std::ranges::find(seen, name) != seen.end()) refuse(name, "stands twice in one rule");
        read_part(rule, seen.emplace_back(name), trimmed(piece.substr(equals + 1)));
    }
    const auto has = [&](std::string_view name) { return std::ranges::count(seen, name) > 0; };
    if (!has("FREQ")) refuse("FREQ", "is missing: a rule says how often, such as FREQ=WEEKLY");
    if (has("COUNT") && has("UNTIL")) refuse("UNTIL", "a rule has COUNT or UNTIL, not both");
    if (has("SKIP") && !has("RSCALE")) refuse("SKIP", "needs RSCALE=GREGORIAN (RFC 7529)");
    if (has("BYSETPOS") && !is_selective(rule)) refuse("BYSETPOS", "needs another BY part");
    check_frequency(rule);
    return rule;
}

// ---- Lines

// Long lines go on in the next one behind a space or tab: §3.1.
std::vector<std::string> unfolded_lines(std::string_view text) {
    std::vector<std::string> lines;
    for (auto line : split(text, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!lines.empty() && (line.starts_with(' ') || line.starts_with('\t')))
            lines.back() += line.substr(1);
        else if (!trimmed(line).empty())
            lines.emplace_back(trimmed(line));
    }
    return lines;
}

// "RDATE;TZID=Europe/Kyiv:20260302T100000", divided.
struct Line {
    std::string name;
    std::string zone{};
    bool dates_only = false;
    std::string_view value{};
};

void read_parameter(Line& line, std::string_view text) {
    const auto equals = text.find('=');
    const auto name = upper(text.substr(0, equals));
    auto value = equals == text.npos ? std::string_view{} : text.substr(equals + 1);
    if (value.size() > 1 && value.starts_with('"') && value.ends_with('"'))
        value = value.substr(1, value.size() - 2);
    if (name == "TZID")
        line.zone = Zone{value}.name();
    else if (name == "VALUE" && (upper(value) == "DATE" || upper(value) == "DATE-TIME"))
        line.dates_only = upper(value) == "DATE";
    else
        refuse(line.name, "the parameter " + quoted(text) + " is none of TZID, VALUE=DATE, " +
                              "VALUE=DATE-TIME");
}

Line read_line(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos && text.find('=') != text.npos) return {.name = "RRULE", .value = text};
    const auto head = split(text.substr(0, colon), ';');
    Line line{.name = upper(head.front())};
    if (colon == text.npos ||
        (line.name != "RRULE" && line.name != "RDATE" && line.name != "EXDATE"))
        refuse(colon == text.npos ? "" : line.name.substr(0, 100),
               quoted(text) + " is no line RRULE:, RDATE: or EXDATE:" +
                   (line.name == "EXRULE"    ? "; RFC 5545 has no EXRULE: list the days in EXDATE"
                    : line.name == "DTSTART" ? "; the start is given beside the recurrence"
                                             : ""));
    line.value = text.substr(colon + 1);
    for (std::size_t i = 1; i < head.size(); ++i) read_parameter(line, head[i]);
    return line;
}

void add_dates(std::vector<Stamp>& stamps, const Line& line) {
    for (const auto piece : split(line.value, ',')) {
        stamps.push_back(read_stamp(line.name, piece, line.zone));
        if (line.dates_only && stamps.back().time)
            refuse(line.name, quoted(piece) + " has a time, and VALUE=DATE says that it has none");
    }
}

// ---- Writing

std::string digits(int value, std::size_t width) {
    const auto text = std::to_string(value);
    return std::string(width - std::min(width, text.size()), '0') + text;
}

std::string text_of(const Stamp& stamp) {
    std::string text{stamp.date.text()};
    std::erase(text, '-');
    if (!stamp.time) return text;
    const hh_mm_ss clock{*stamp.time};
    text += 'T' + digits(static_cast<int>(clock.hours().count()), 2) +
            digits(static_cast<int>(clock.minutes().count()), 2) +
            digits(static_cast<int>(clock.seconds().count()), 2);
    return stamp.zone == "UTC" ? text + 'Z' : text;
}

std::string text_of(int value) { return std::to_string(value); }

std::string text_of(const Weekday& day) {
    const std::string name{weekday_names[static_cast<std::size_t>(day.day - 1)]};
    return day.nth == 0 ? name : std::to_string(day.nth) + name;
}

template <class T>
void put_list(std::string& text, std::string_view name, const std::vector<T>& values) {
    for (const auto& value : values) {
        text += &value == &values.front() ? ';' + std::string{name} + '=' : ",";
        text += text_of(value);
    }
}

std::string text_of(const Rule& rule) {
    std::string text{rule.skip == Skip::omit ? "RRULE:FREQ=" : "RRULE:RSCALE=GREGORIAN;FREQ="};
    text += frequency_names[static_cast<std::size_t>(rule.frequency)];
    if (rule.until) text += ";UNTIL=" + text_of(*rule.until);
    if (rule.count) text += ";COUNT=" + std::to_string(*rule.count);
    if (rule.interval != 1) text += ";INTERVAL=" + std::to_string(rule.interval);
    put_list(text, "BYMONTH", rule.months);
    put_list(text, "BYWEEKNO", rule.weeks);
    put_list(text, "BYYEARDAY", rule.year_days);
    put_list(text, "BYMONTHDAY", rule.month_days);
    put_list(text, "BYDAY", rule.weekdays);
    put_list(text, "BYHOUR", rule.hours);
    put_list(text, "BYMINUTE", rule.minutes);
    put_list(text, "BYSECOND", rule.seconds);
    put_list(text, "BYSETPOS", rule.positions);
    if (rule.week_start != 1) text += ";WKST=" + text_of(Weekday{0, rule.week_start});
    if (rule.skip != Skip::omit)
        text.append(";SKIP=").append(skip_names[static_cast<std::size_t>(rule.skip)]);
    return text + '\n';
}

// Stamps are sorted by zone, then dates before times: those of one kind share a line.
std::string text_of(std::string_view name, const std::vector<Stamp>& stamps) {
    std::string text;
    const Stamp* before = nullptr;
    for (const Stamp& stamp : stamps) {
        if (before != nullptr && before->zone == stamp.zone && !before->time == !stamp.time)
            text.back() = ',';
        else if (text += name; !stamp.time)
            text += ";VALUE=DATE:";
        else
            text += stamp.zone.empty() || stamp.zone == "UTC" ? ":" : ";TZID=" + stamp.zone + ':';
        text += text_of(stamp) + '\n';
        before = &stamp;
    }
    return text;
}

void sort_stamps(std::vector<Stamp>& stamps) {
    sort_unique(stamps);
    std::ranges::stable_partition(stamps, [](const Stamp& stamp) { return !stamp.time; });
}

}  // namespace

Content read(std::string_view text) {
    if (text.size() > longest_text)
        throw LimitExceeded("the text of a recurrence has at most 64 KB");
    Content content;
    for (const auto& text_line : unfolded_lines(text)) {
        const Line line = read_line(text_line);
        if (line.name != "RRULE") {
            add_dates(line.name == "RDATE" ? content.added : content.excepted, line);
            continue;
        }
        if (content.rule) refuse("RRULE", "stands twice: a recurrence has one rule");
        content.rule = read_rule(line.value);
    }
    sort_stamps(content.added);
    sort_stamps(content.excepted);
    return content;
}

std::string write(const Content& content) {
    std::string text = content.rule ? text_of(*content.rule) : std::string{};
    text += text_of("RDATE", content.added);
    text += text_of("EXDATE", content.excepted);
    if (!text.empty()) text.pop_back();
    return text;
}

}  // namespace crm::recurrence
