#include "exchange/time_format.hpp"

#include <algorithm>
#include <array>

#include "crm/error.hpp"

namespace crm::exchange {
namespace {

constexpr std::string_view month_names[] = {"january",   "february", "march",    "april",
                                            "may",       "june",     "july",     "august",
                                            "september", "october",  "november", "december"};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool is_letter(char c) { return lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z'; }

/// What is left of a text to read, and what was read of it so far.
struct TimeReader {
    std::string_view rest;
    int year = -1, month = -1, day = -1, hour = 0, minute = 0, second = 0;
    int half = -1;  // 0: am, 1: pm
    bool twelve_hours = false;
    std::chrono::microseconds fraction{0};

    void skip_blanks() {
        while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
    }

    bool skip(char c) {
        if (!rest.starts_with(c)) return false;
        rest.remove_prefix(1);
        return true;
    }

    bool number(int& value, std::size_t least, std::size_t most) {
        std::size_t size = 0;
        for (value = 0; size < most && size < rest.size() && is_digit(rest[size]); ++size)
            value = value * 10 + (rest[size] - '0');
        rest.remove_prefix(size);
        return size >= least;
    }

    bool short_year() {
        if (!number(year, 2, 2)) return false;
        year += year < 69 ? 2000 : 1900;
        return true;
    }

    bool month_name() {
        std::string word;
        for (; !rest.empty() && is_letter(rest.front()); rest.remove_prefix(1))
            word += lower_ascii(rest.front());
        skip('.');
        const auto fits = [&](std::string_view name) {
            return word.size() >= 3 && name.starts_with(word);
        };
        const auto found = std::ranges::find_if(month_names, fits);
        month = static_cast<int>(found - std::begin(month_names)) + 1;
        return found != std::end(month_names);
    }

    bool half_of_day() {
        if (rest.size() < 2 || lower_ascii(rest[1]) != 'm') return false;
        half = lower_ascii(rest[0]) == 'p' ? 1 : lower_ascii(rest[0]) == 'a' ? 0 : -1;
        rest.remove_prefix(2);
        return half >= 0;
    }

    bool field(char letter) {
        switch (letter) {
            case 'd': return number(day, 1, 2);
            case 'm': return number(month, 1, 2);
            case 'y': return short_year();
            case 'Y': return number(year, 4, 4);
            case 'b': return month_name();
            case 'H': return number(hour, 1, 2);
            case 'I': return twelve_hours = true, number(hour, 1, 2) && hour >= 1 && hour <= 12;
            case 'M': return number(minute, 1, 2);
            case 'S': return number(second, 1, 2);
            case 'p': return half_of_day();
            default: return skip(letter);
        }
    }

    std::optional<WallTime> result() const {
        const int of_day = twelve_hours ? hour % 12 + (half == 1 ? 12 : 0) : hour;
        if (of_day > 23 || minute > 59 || second > 59) return std::nullopt;
        const auto m = static_cast<unsigned>(month), d = static_cast<unsigned>(day);
        const bool is_day =
            (std::chrono::year(year) / std::chrono::month(m) / std::chrono::day(d)).ok();
        if (!is_day || year < 1 || year > 9999) return std::nullopt;
        return WallTime{Date(year, m, d), std::chrono::hours(of_day) +
                                              std::chrono::minutes(minute) +
                                              std::chrono::seconds(second) + fraction};
    }

    /// ".25" as microseconds; digits beyond the sixth are dropped.
    bool read_fraction() {
        std::int64_t value = 0;
        int digits = 0;
        for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1), ++digits)
            if (digits < 6) value = value * 10 + (rest.front() - '0');
        for (int i = digits; i < 6; ++i) value *= 10;
        fraction = std::chrono::microseconds(value);
        return digits > 0;
    }

    bool iso_date() {
        return number(year, 4, 4) && skip('-') && number(month, 2, 2) && skip('-') &&
               number(day, 2, 2);
    }

    bool iso_time() {
        if (!number(hour, 2, 2) || !skip(':') || !number(minute, 2, 2)) return false;
        if (!skip(':')) return true;
        return number(second, 2, 2) && ((!skip('.') && !skip(',')) || read_fraction());
    }
};

[[noreturn]] void refuse_format(std::string_view format, const std::string& reason) {
    throw Invalid("import", "date_format", "\"" + std::string(format) + "\" " + reason);
}

bool mentions(std::string_view format, std::string_view letters) {
    for (std::size_t i = 0; i + 1 < format.size(); ++i)
        if (format[i] == '%' && letters.find(format[++i]) != std::string_view::npos) return true;
    return false;
}

}  // namespace

TimeFormat::TimeFormat(std::string_view format) : format_(format) {
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') continue;
        if (++i == format.size() ||
            std::string_view("dmyYbHMSIp%").find(format[i]) == std::string_view::npos)
            refuse_format(format, "may use %d %m %y %Y %b %H %M %S %I %p and %% only");
    }
    if (!mentions(format, "d") || !mentions(format, "mb") || !mentions(format, "yY"))
        refuse_format(format, "must name day, month and year, as in %d.%m.%Y");
    if (mentions(format, "I") != mentions(format, "p"))
        refuse_format(format, "needs %I and %p together");
}

std::optional<WallTime> TimeFormat::read(std::string_view text) const {
    TimeReader reader{text};
    for (std::size_t i = 0; i < format_.size(); ++i) {
        const char c = format_[i];
        if (is_blank(c))
            reader.skip_blanks();
        else if (c != '%' ? !reader.skip(c) : !reader.field(format_[++i]))
            return std::nullopt;
    }
    if (!reader.rest.empty()) return std::nullopt;
    return reader.result();
}

std::optional<WallTime> read_iso(std::string_view text) {
    TimeReader reader{text};
    if (!reader.iso_date()) return std::nullopt;
    if (!reader.rest.empty() && (!(reader.skip('T') || reader.skip(' ')) || !reader.iso_time()))
        return std::nullopt;
    if (!reader.rest.empty()) return std::nullopt;
    return reader.result();
}

}  // namespace crm::exchange
