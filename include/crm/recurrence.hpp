/// Recurrence: when something that repeats takes place, in the words of RFC 5545 (RRULE, RDATE,
/// EXDATE), and its occurrences in a window of time.
///
///     const auto weekly = Recurrence::parse("RRULE:FREQ=WEEKLY;BYDAY=MO,TH");
///     for (Time at : occurrences(weekly, start, Zone{"Europe/Chisinau"}, monday, next_monday)) …
///
/// A meeting at 10:00 stays at 10:00 by the clock of its zone. A wall time that the clocks skip in
/// spring counts by the offset before the change (02:30 takes place when the clock shows 03:30),
/// one that they repeat in autumn is the first of the two: RFC 5545 §3.3.5. Days that a month lacks
/// are left out (the 31st of April), unless SKIP of RFC 7529 moves them.
///
/// Everything here may be used from any thread at once.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// A rule, further dates and excepted dates, without the start they are counted from. A value: it
/// is kept as its canonical text, and equal where that is equal.
class CRM_API Recurrence {
public:
    /// Takes place once, at its start.
    Recurrence() = default;

    /// Reads lines RRULE, RDATE and EXDATE of RFC 5545, folded or not, or a bare rule ("FREQ=…").
    ///
    /// One RRULE at most, with every part of RFC 5545; of RFC 7529 RSCALE=GREGORIAN and SKIP beside
    /// BYMONTH and BYMONTHDAY of monthly and yearly rules. INTERVAL goes to 32,767, COUNT to
    /// 1,000,000,000, the text to 64 KB. Dates are DATE or DATE-TIME: in UTC, with a TZID of IANA,
    /// or by the clock of the start. Throws Invalid (kind "recurrence", field the part or line) for
    /// everything else, EXRULE, DTSTART and periods of time among it.
    static Recurrence parse(std::string_view text);

    /// The canonical text: lines joined by "\n", lists sorted, without what is a default. Empty for
    /// what takes place once. `parse` reads it back as an equal value.
    const std::string& text() const noexcept { return text_; }
    /// Whether the rule goes on for ever, without COUNT and UNTIL.
    bool is_endless() const;
    bool operator==(const Recurrence&) const = default;

private:
    std::string text_{};
};

/// The most occurrences that one call gives.
inline constexpr std::size_t most_occurrences = 100'000;

/// The occurrences in the window [since, until), in order and each once; the first `limit` of them.
///
/// `start` is DTSTART; its wall time in `zone` is what repeats. It is an occurrence itself only
/// where the rule gives it or there is no rule; excepted dates count towards COUNT. UNTIL is
/// included; as a date it means all of that day. An EXDATE that is a date excepts all of the day,
/// an RDATE that is one takes place at the start's time of day.
///
/// Nothing is walked but the window, so one far from the start costs no more; only a rule with
/// COUNT is counted from its start. Years 1583 to 2582 are searched, none beyond. Throws Invalid
/// for a start outside of them, for `until` before `since` and for a `limit` of 0; LimitExceeded
/// for a `limit` beyond `most_occurrences` and after some ten million times that were looked at:
/// make the window smaller. Throws Misuse where the rule is monthly or yearly and the library was
/// built without libical (CRM_WITH_ICAL).
CRM_API std::vector<Time> occurrences(const Recurrence& recurrence, Time start, const Zone& zone,
                                      Time since, Time until, std::size_t limit = 1'000);

/// The same for what lasts whole days: dates, which no zone moves. Of RDATE, EXDATE and UNTIL the
/// date counts as it is written, and BYHOUR, BYMINUTE and BYSECOND are ignored, as RFC 5545
/// demands. Throws Invalid too where the rule is hourly, minutely or secondly.
CRM_API std::vector<Date> occurrences(const Recurrence& recurrence, const Date& start,
                                      const Date& since, const Date& until,
                                      std::size_t limit = 1'000);

/// The first occurrence at `at` or after it; nothing where none comes within a hundred years of it
/// and of the start.
/// Throws as `occurrences` does.
CRM_API std::optional<Time> next_occurrence(const Recurrence& recurrence, Time start,
                                            const Zone& zone, Time at);
/// The first day that is `at` or after it.
CRM_API std::optional<Date> next_occurrence(const Recurrence& recurrence, const Date& start,
                                            const Date& at);

}  // namespace crm
