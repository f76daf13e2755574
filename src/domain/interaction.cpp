#include "crm/interaction.hpp"

#include <algorithm>

#include "crm/party.hpp"
#include "domain/records.hpp"
#include "domain/work_state.hpp"
#include "kernel/page_key.hpp"

namespace crm::inline v1 {
namespace {

constexpr int most_walked = 1'000;
constexpr int longest_silence = 36'500;
constexpr std::chrono::days longest_span{20 * 366};

// ---- whose breaks

/// Units or one user, walked one after the other, ascending.
struct Whose {
    std::vector<std::int64_t> ids{};
    bool is_user = false;
};

void check_query(const BreakQuery& query) {
    domain::require_page_limit(query.limit);
    if (query.unit && query.user)
        throw Invalid("query", "user", "goes without a unit: ask for one or the other");
    if (query.silent_days && (*query.silent_days < 1 || *query.silent_days > longest_silence))
        throw Invalid("query", "silent_days", "must be 1 to " + std::to_string(longest_silence));
}

Whose whose(kernel::Reading& reading, const Session& session, const BreakQuery& query) {
    if (!query.unit) return {{(query.user ? query.user : session.user()).value()}, true};
    Whose units;
    auto rows = kernel::named_query(reading, "interaction.units", {{":unit", query.unit.value()}});
    while (rows.step()) units.ids.push_back(rows.integer(0));
    return units;
}

/// The latest moment at which something done is silence long enough.
Time silent_since(const Session& session, const BreakQuery& query) {
    return session.now() - std::chrono::days{query.silent_days.value_or(0)};
}

bool is_active_party(const storage::Use& row, int status) {
    return row.is_null(status) || row.text(status) == "active";
}

// ---- pages

/// Where a page ends: whose, then where among theirs.
struct Place {
    std::int64_t whose = 0, id = 0;
    std::int64_t at = 0;     // of an activity
    std::string name_key{};  // of a party
    bool is_begun = false;

    static Place parse(std::string_view text) {
        if (text.empty()) return {};
        kernel::PageKeyParts key(text);
        Place place{.whose = key.integer(), .id = key.integer(), .at = key.integer()};
        place.name_key = key.rest();
        place.is_begun = true;
        return place;
    }
    std::string text() const {
        return std::to_string(whose) + ":" + std::to_string(id) + ":" + std::to_string(at) + ":" +
               name_key;
    }
};

struct Walked {
    int rows = 0;
    bool is_full = false;
};

/// Walks what each of them has, from a place on, until a page is full or enough was looked at:
/// `read(place, most)` reads the next rows and moves the place to the last of them. The place to go
/// on from; empty at the end.
template <class Read>
std::string walk(const Whose& whose, Place place, const Read& read) {
    int left = most_walked;
    for (const std::int64_t id : whose.ids) {
        if (place.is_begun && id < place.whose) continue;
        if (!place.is_begun || id > place.whose) place = Place{.whose = id};
        const Walked walked = read(place, left);
        left -= walked.rows;
        if (walked.is_full || left == 0) return place.text();
    }
    return {};
}

// ---- parties

class Breaks {
public:
    Breaks(const Session& session, const BreakQuery& query)
        : query_(query),
          reading_(session.state()),
          whose_(whose(reading_, session, query)),
          now_(session.now()),
          since_(silent_since(session, query)) {
        const Kind& party = *reading_.plan(kind_of<Party>()).kind;
        reading_.rights().require_shown(party, party.column("name_key"));
    }

    Page<Break> page() {
        Page<Break> page;
        page.next = walk(whose_, Place::parse(query_.after),
                         [&](Place& at, int most) { return read(at, most, page.rows); });
        for (Break& each : page.rows) complete(each);
        return page;
    }

private:
    Walked read(Place& at, int most, std::vector<Break>& found) {
        const Place from = at;  // bound while its rows are read
        auto rows = kernel::named_query(
            reading_,
            whose_.is_user ? "interaction.parties_of_user" : "interaction.parties_of_unit",
            {{":whose", from.whose},
             {":name", std::string_view{from.name_key}},
             {":id", from.id},
             {":unplanned", std::int64_t{query_.unplanned}},
             {":silent", std::int64_t{query_.silent_days.has_value()}},
             {":now", domain::instant(now_)},
             {":since", domain::instant(since_)},
             {":limit", std::int64_t{most}}});
        Walked walked;
        while (!walked.is_full && rows.step()) {
            ++walked.rows;
            at.id = rows.integer(0);
            at.name_key = rows.text(1);
            if (is_active_party(rows, 3) && rows.integer(4) != 0) {
                found.push_back({.party = Ref{rows.integer(0)}, .name = std::string(rows.text(2))});
                walked.is_full = std::ssize(found) == query_.limit;
            }
        }
        at.is_begun = true;
        return walked;
    }

    void complete(Break& found) {
        const auto look = [](storage::Use row, Id<Activity>& id, std::optional<Time>& at) {
            if (!row.step()) return;
            id = Ref{row.integer(0)};
            at = row.time(1);
        };
        const Value party = found.party.value();
        look(kernel::named_query(reading_, "interaction.last", {{":party", party}}), found.last,
             found.last_at);
        look(kernel::named_query(reading_, "interaction.next",
                                 {{":party", party}, {":now", domain::instant(now_)}}),
             found.planned, found.planned_at);
    }

    const BreakQuery& query_;
    kernel::Reading reading_;
    const Whose whose_;
    const Time now_, since_;
};

// ---- chains

class BrokenChains {
public:
    BrokenChains(const Session& session, const BreakQuery& query)
        : query_(query),
          reading_(session.state()),
          whose_(whose(reading_, session, query)),
          since_(silent_since(session, query)) {}

    Page<Activity> page() {
        Page<Activity> page;
        page.next = walk(whose_, Place::parse(query_.after),
                         [&](Place& at, int most) { return read(at, most, page.rows); });
        return page;
    }

private:
    Walked read(Place& at, int most, std::vector<Activity>& found) {
        const auto from = at.is_begun
                              ? domain::PageKey{Time{std::chrono::microseconds{at.at}}, at.id}
                              : domain::PageKey{};
        auto rows = kernel::named_query(
            reading_, whose_.is_user ? "interaction.ends_of_user" : "interaction.ends_of_unit",
            {{":whose", at.whose},
             {":since", domain::instant(since_)},
             {":at", domain::instant(from.at)},
             {":id", from.id},
             {":limit", std::int64_t{most}}});
        Walked walked;
        while (!walked.is_full && rows.step()) {
            ++walked.rows;
            at.id = rows.integer(0);
            at.at = rows.integer(1);
            if (rows.integer(2) != 0 && is_active_party(rows, 3)) look_at_chain(at.id, found);
            walked.is_full = std::ssize(found) == query_.limit;
        }
        at.is_begun = true;
        return walked;
    }

    void look_at_chain(std::int64_t end, std::vector<Activity>& found) {
        auto chain = domain::records<Activity>(reading_, "activity.chain", {{":id", end}});
        const auto is_over = [](ActivityState state) { return domain::is_over(state); };
        if (!std::ranges::all_of(chain, is_over, &Activity::state)) return;
        const auto last = std::ranges::find(
            chain, end, [](const Activity& each) { return each.head.id.value(); });
        if (last != chain.end()) found.push_back(std::move(*last));
    }

    const BreakQuery& query_;
    kernel::Reading reading_;
    const Whose whose_;
    const Time since_;
};

// ---- frequency

std::vector<Frequency::Month> months_between(Date from, Date to) {
    std::vector<Frequency::Month> months;
    const Date last = Date::from_days(to.days() - std::chrono::days{1});
    for (int year = from.year(), month = from.month();
         year < last.year() || (year == last.year() && month <= static_cast<int>(last.month()));) {
        months.push_back({year, month, 0});
        if (++month == 13) month = 1, ++year;
    }
    return months;
}

void require_span(Date from, Date to) {
    if (to <= from) throw Invalid("query", "to", "must lie after from");
    if (to.days() - from.days() > longest_span)
        throw Invalid("query", "to", "lies more than 20 years after from: ask for less");
}

void require_party(kernel::Reading& reading, Id<Party> party) {
    const bool is_party = party.ref().kind() == kernel::number::party;
    if (!is_party || !kernel::find(reading, party, false)) throw NotFound("party: no such record");
}

double days_of(Time::duration time) {
    return std::chrono::duration<double, std::chrono::days::period>(time).count();
}

}  // namespace

Page<Break> Interactions::breaks(const BreakQuery& query) const {
    check_query(query);
    if (!query.unplanned && !query.silent_days)
        throw Invalid("query", "unplanned", "or silent_days must be asked for");
    return Breaks(*session_, query).page();
}

Page<Activity> Interactions::broken_chains(const BreakQuery& query) const {
    check_query(query);
    return BrokenChains(*session_, query).page();
}

Frequency Interactions::frequency(Id<Party> party, Date from, Date to) const {
    require_span(from, to);
    const Zone& zone = session_->zone();
    kernel::Reading reading(session_->state());
    require_party(reading, party);
    Frequency frequency{.months = months_between(from, to)};
    auto rows = kernel::named_query(reading, "interaction.done",
                                    {{":party", party.value()},
                                     {":from", domain::instant(zone.start_of(from))},
                                     {":to", domain::instant(zone.start_of(to))}});
    std::optional<Time> first;
    Time last{};
    while (rows.step()) {
        last = rows.time(0);
        if (!first) first = last;
        const Date on = zone.date_of(last);
        const int month = (on.year() - from.year()) * 12 + static_cast<int>(on.month()) -
                          static_cast<int>(from.month());
        ++frequency.months[static_cast<std::size_t>(month)].interactions;
        ++frequency.interactions;
    }
    if (frequency.interactions > 1)
        frequency.mean_gap_days = days_of(last - *first) / (frequency.interactions - 1);
    return frequency;
}

}  // namespace crm
