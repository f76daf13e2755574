#include "crm/memorable_date.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "crm/contact.hpp"
#include "crm/kinship.hpp"
#include "domain/memorable_date.hpp"
#include "domain/records.hpp"
#include "domain/reminder.hpp"
#include "kernel/page_key.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr std::string_view of_the_year[] = {"month", "day"};
constexpr std::string_view leap_day = "02-29", day_before = "02-28";
constexpr int longest_window = 366;

constexpr Column date_columns[] = {
    column<&MemorableDate::record>("record_id", required | fixed | parent,
                                   {.on_delete = OnDelete::takes_along}),
    column<&MemorableDate::type>("type", required | on_card, {.list = "memorable_date_type"}),
    column<&MemorableDate::month>("month", required | personal | on_card),
    column<&MemorableDate::day>("day", required | personal | on_card),
    column<&MemorableDate::year>("year", personal | on_card),
    column<&MemorableDate::month_day>("month_day", derived | personal, {.made_of = of_the_year}),
    column<&MemorableDate::label>("label", personal | on_card),
};

bool is_leap(int year) { return std::chrono::year{year}.is_leap(); }

void require_day(const MemorableDate& date) {
    constexpr std::int64_t some_leap_year = 2000;
    const auto year = date.year.value_or(some_leap_year);
    if (year < 1 || year > 9999) throw Invalid("memorable_date", "year", "must be 1 to 9999");
    if (date.month < 1 || date.month > 12)
        throw Invalid("memorable_date", "month", "must be 1 to 12");
    const std::chrono::year_month_day day{std::chrono::year{static_cast<int>(year)},
                                          std::chrono::month{static_cast<unsigned>(date.month)},
                                          std::chrono::day{static_cast<unsigned>(date.day)}};
    if (date.day < 1 || date.day > 31 || !day.ok())
        throw Invalid("memorable_date", "day", "is no day of that month");
}

std::string month_day_of(const MemorableDate& date) {
    const auto two = [](std::int64_t number) {
        return (number < 10 ? "0" : "") + std::to_string(number);
    };
    return two(date.month) + "-" + two(date.day);
}

void derive_date(Work&, void* record) {
    auto& date = *static_cast<MemorableDate*>(record);
    require_day(date);
    date.month_day = month_day_of(date);
}

void follow_date_reminders(Work& work, const void* record) {
    domain::follow_reminders(work, static_cast<const MemorableDate*>(record)->record);
}

void check_date(Work& work, const void* record, const void*) {
    domain::require_party_or_contact(static_cast<const MemorableDate*>(record)->record,
                                     "memorable_date");
    follow_date_reminders(work, record);
}

Kind make_date_kind() {
    Kind kind = kernel::kind<MemorableDate>(number::memorable_date, "memorable_date", Role::child,
                                            date_columns);
    kind.rules = {.derive = derive_date, .check = check_date, .gone = follow_date_reminders};
    return kind;
}

// ---- what is coming up

/// The part of a window that lies in one year.
struct Stretch {
    int year = 0;
    std::string first{}, last{};  ///< "MM-DD"; in order of the calendar, both included
};

std::vector<Stretch> stretches_of(Date from, Date to) {
    std::vector<Stretch> stretches;
    for (int year = from.year(); year <= to.year(); ++year) {
        Stretch stretch{year, year == from.year() ? std::string(from.text().substr(5)) : "01-01",
                        year == to.year() ? std::string(to.text().substr(5)) : "12-31"};
        if (stretch.last == day_before && !is_leap(year)) stretch.last = leap_day;
        stretches.push_back(std::move(stretch));
    }
    return stretches;
}

/// A place among occasions: the year of the stretch, month and day as they stand, the record.
struct OccasionKey {
    int year = 0;
    std::string month_day{};
    std::int64_t id = 0;

    static OccasionKey parse(std::string_view text) {
        if (text.empty()) return {};
        kernel::PageKeyParts parts(text);
        OccasionKey key{.year = static_cast<int>(parts.integer()),
                        .month_day = std::string(parts.word()),
                        .id = parts.integer()};
        parts.end();
        return key;
    }
    std::string text() const {
        return std::to_string(year) + ":" + month_day + ":" + std::to_string(id);
    }
};

/// An occasion and where it stands in order.
struct Found {
    std::string month_day{};
    Occasion occasion{};
};

/// The year as dates begin with it.
std::string text_of(int year) { return std::string(Date(year, 1, 1).text().substr(0, 4)); }

class OccasionReader {
public:
    OccasionReader(kernel::Reading& reading, int limit) : reading_(reading), limit_(limit) {}

    /// The first occasions of a stretch after a key, by date.
    std::vector<Found> of(const Stretch& stretch, const OccasionKey& after) {
        found_.clear();
        read<Contact>("memorable_date.birthdays", "born_on", stretch, after,
                      [](Occasion& occasion, const storage::Use&) { occasion.type = "birthday"; });
        read<MemorableDate>("memorable_date.upcoming", "month_day", stretch, after,
                            [](Occasion& occasion, const storage::Use& row) {
                                occasion.type = row.text(5);
                                occasion.label = row.text(6);
                            });
        read<Kinship>("memorable_date.kin_birthdays", "born_on", stretch, after,
                      [](Occasion& occasion, const storage::Use& row) {
                          occasion.type = "kin_birthday";
                          occasion.relation = row.text(5);
                          occasion.label = row.text(6);
                      });
        std::ranges::sort(found_, {}, [](const Found& each) {
            return std::pair(std::string_view(each.month_day), each.occasion.source.value());
        });
        return std::move(found_);
    }

private:
    /// Who may not see the dates of a kind is told none.
    template <class Record, class Fill>
    void read(std::string_view query, std::string_view shown_by, const Stretch& stretch,
              const OccasionKey& after, const Fill& fill) {
        const Kind& kind = *reading_.plan(kind_of<Record>()).kind;
        if (reading_.rights().hides(kind, kind.column(shown_by))) return;
        const bool goes_on = after.year == stretch.year;
        const std::string year = text_of(stretch.year);
        auto rows = kernel::named_query(
            reading_, query,
            {{":month_day", std::string_view(goes_on ? after.month_day : stretch.first)},
             {":id", goes_on ? after.id : 0},
             {":last", std::string_view(stretch.last)},
             {":year", std::string_view(year)},
             {":limit", std::int64_t{limit_} + 1}});
        while (rows.step()) {
            Found& found = found_.emplace_back(std::string(rows.text(0)));
            Occasion& occasion = found.occasion;
            occasion.on = domain::date_in(stretch.year, found.month_day);
            occasion.source = Ref{rows.integer(1)};
            occasion.record = Ref{rows.integer(2)};
            occasion.name = rows.text(3);
            if (!rows.is_null(4)) occasion.years = stretch.year - static_cast<int>(rows.integer(4));
            fill(occasion, rows);
        }
    }

    kernel::Reading& reading_;
    int limit_;
    std::vector<Found> found_;
};

}  // namespace

template <>
const Kind& kind_of<MemorableDate>() {
    static const Kind kind = make_date_kind();
    return kind;
}

std::vector<MemorableDate> MemorableDates::of(Ref record) const {
    return domain::records<MemorableDate>(session(), "memorable_date.of",
                                          {{":record", record.value()}});
}

Page<Occasion> MemorableDates::upcoming(Date from, int days, int limit,
                                        const std::string& after) const {
    domain::require_page_limit(limit);
    if (days < 1 || days > longest_window)
        throw Invalid(
            "memorable_date", "days",
            "must be 1 to " + std::to_string(longest_window) + ": ask for the rest apart");
    const auto key = OccasionKey::parse(after);
    const Date to = Date::from_days(from.days() + std::chrono::days{days - 1});
    kernel::Reading reading(session().state());
    OccasionReader calendar(reading, limit);
    Page<Occasion> page;
    OccasionKey last;
    for (const Stretch& stretch : stretches_of(from, to)) {
        if (stretch.year < key.year) continue;
        for (Found& found : calendar.of(stretch, key)) {
            if (std::ssize(page.rows) == limit) {
                page.next = last.text();
                return page;
            }
            last = {stretch.year, std::move(found.month_day), found.occasion.source.value()};
            page.rows.push_back(std::move(found.occasion));
        }
    }
    return page;
}

}  // namespace crm

namespace crm::domain {

Date date_in(int year, std::string_view month_day) {
    if (month_day == leap_day && !is_leap(year)) month_day = day_before;
    return Date::parse(text_of(year) + "-" + std::string(month_day));
}

}  // namespace crm::domain
