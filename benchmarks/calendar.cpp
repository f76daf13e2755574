/// The calendar week of a user, against plain C with hand-written SQL for the same rows and rights,
/// and what series, many users and free/busy cost. See docs/performance.md.
#include "bench.hpp"
#include "cells.hpp"
#include "sellers.hpp"

namespace {

using namespace bench;

constexpr int reads = 100;              // a measurement
constexpr int mb_of_a_seller = 5;       // some 26 activities a week of each, whatever the size
constexpr int series_of_each = 10;      // of every second seller
constexpr int taken_part_in = 1'000;    // activities of others, of the first seller
constexpr auto two_years = 60'000'000;  // seconds over which the activities are strewn

void add_series(crm::Session& session, crm::Id<crm::User> owner, Random& random) {
    constexpr std::string_view rules[] = {"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH",
                                          "FREQ=MONTHLY;BYDAY=1MO", "FREQ=WEEKLY;INTERVAL=2"};
    for (int i = 0; i < series_of_each; ++i) {
        crm::Activity master;
        master.head.owner = owner;
        master.subject = "Stand-up";
        master.kind = "meeting";
        master.start = crm::parse_time("2023-11-13T08:00:00Z") + std::chrono::minutes(30 * i);
        master.end = master.start + std::chrono::minutes(30);
        master.zone = "Europe/Chisinau";
        master.recurrence = crm::Recurrence::parse(random.of(rules));
        crm::Activities(session).plan(master);
    }
}

/// Every tenth declined.
void take_part(crm::Session& session, crm::Id<crm::User> user, crm::Id<crm::User> with) {
    const auto others = crm::Activities(session).list(
        {.where = crm::field("owner_id") == crm::Json(with.value()), .limit = taken_part_in});
    session.write("invitations", [&](crm::Work&) {
        int number = 0;
        for (const crm::Activity& each : others.rows) {
            crm::Participant participant{.activity = each.head.id, .user = user};
            participant.acceptance =
                ++number % 10 == 0 ? crm::Acceptance::declined : crm::Acceptance::accepted;
            crm::Participants(session).add(participant);
        }
    });
}

double size_of(const std::string& path) {
    const raw::Connection file(path, false);
    raw::Statement pages(file, "PRAGMA page_count");
    pages.step();
    return static_cast<double>(pages.integer(0)) * 8192;
}

std::vector<crm::Id<crm::User>> make_file(const std::filesystem::path& path, int mb) {
    crm::Database database = make_firm(path);
    crm::Session session = database.trusted_session("ana");
    const auto users =
        hire(session, static_cast<std::size_t>(std::max(4, mb / mb_of_a_seller / 2 * 2)));
    for (const auto user : users) crm::Rights(session).grant(user, "activity", "read", "shared");
    Writer writer(session);
    People people;
    Random random(7);
    while (size_of(path.string()) < mb * 1e6)
        session.write("firms.load", [&](crm::Work&) {
            for (int i = 0; i < 100; ++i) {
                Firm firm = people.firm({});
                firm.party.head.owner = random.of(users);
                for (auto& activity : firm.activities) activity.head.owner = firm.party.head.owner;
                writer.write(firm);
            }
        });
    session.write("series", [&](crm::Work&) {
        for (std::size_t i = 1; i < users.size(); i += 2) add_series(session, users[i], random);
    });
    take_part(session, users[0], users[2]);
    return users;
}

/// What stands in a week of one user, by the three SELECTs that find it fastest. Parties and
/// activities of others are those that the reader sees.
class WeekReader {
public:
    WeekReader(const raw::Connection& connection, const std::string& party_condition,
               const std::string& activity_condition)
        : week_(connection, select(party_condition,
                                   "a.start_at >= ?2 - 86400000000 AND a.start_at < ?3 AND "
                                   "max(a.start_at + 1, ifnull(a.end_at, 0)) > ?2")),
          long_(connection, select(party_condition,
                                   "a.end_at > ?2 AND a.start_at < ?2 - 86400000000 AND "
                                   "a.end_at - a.start_at > 86400000000")),
          part_(connection,
                entry + "participant AS t CROSS JOIN activity AS a ON a.id = t.activity_id " +
                    with_party(party_condition) +
                    "WHERE t.user_id = ?1 AND t.acceptance <> 'declined' AND a.owner_id <> ?1 AND "
                    "a.is_todo = 0 AND a.state <> 'cancelled' AND a.recurrence IS NULL AND "
                    "a.start_at < ?3 AND max(a.start_at + 1, ifnull(a.end_at, 0)) > ?2 AND " +
                    activity_condition) {}
    using Entry = raw::Row<6, 7>;

    void read(std::int64_t owner, const crm::TimeRange& window, std::vector<Entry>& entries) {
        for (raw::Statement* statement : {&week_, &long_, &part_}) {
            statement->start() << owner << raw_time(window.start) << raw_time(window.end);
            while (statement->step()) entries.emplace_back().take(*statement);
            statement->reset();
        }
    }

private:
    static std::int64_t raw_time(crm::Time time) { return time.time_since_epoch().count(); }
    static std::string select(const std::string& party_condition, const char* where) {
        return entry + "activity AS a " + with_party(party_condition) +
               "WHERE a.owner_id = ?1 AND a.state <> 'cancelled' AND a.recurrence IS NULL AND " +
               where;
    }
    static std::string with_party(const std::string& condition) {
        return "LEFT JOIN party AS p ON p.id = a.party_id AND " + condition + " ";
    }
    static inline const std::string entry =
        "SELECT a.id, a.start_at, a.end_at, a.series_id, a.recurrence_id, p.id, a.subject, a.kind, "
        "a.status, a.priority, a.state, a.zone, p.name FROM ";
    raw::Statement week_, long_, part_;
};

class Weeks {
public:
    Weeks(const Arguments& arguments, const std::string& path,
          std::vector<crm::Id<crm::User>> users)
        : arguments_(arguments),
          users_(std::move(users)),
          raw_(path, false),
          database_(crm::open(path)) {}

    /// Of one who has no series.
    Line week(const char* name, const std::string& login, const std::string& party_condition,
              const std::string& activity_condition) {
        crm::Session session = database_.trusted_session(login);
        const crm::Calendar calendar(session);
        WeekReader twin(raw_, party_condition, activity_condition);
        const auto owner = users_.front();
        Pairs pairs;
        for (int run = -1; run < arguments_.runs; ++run) {
            std::size_t ours = 0, theirs = 0;
            const Seconds crm = timed([&] {
                for (int i = 0; i < reads; ++i)
                    ours += calendar.agenda({owner}, week_at(i), {.working_hours = false})
                                .entries.size();
            });
            const Seconds raw = timed([&] {
                for (int i = 0; i < reads; ++i) {
                    std::vector<WeekReader::Entry> entries;
                    twin.read(owner.value(), week_at(i), entries);
                    theirs += entries.size();
                    for (auto& entry : entries) entry.free();
                }
            });
            if (ours != theirs) {
                std::fprintf(stderr, "%s: crm read %zu entries, raw %zu\n", name, ours, theirs);
                std::exit(1);
            }
            if (run >= 0) pairs.add(crm, raw);
            entries_ = ours / reads;
        }
        return line(std::string(name) + ", " + std::to_string(entries_) + " entries", "us", pairs,
                    reads, 1e6, 1.5);
    }

    /// What has no twin; `target` in microseconds.
    template <class Read>
    Line alone(const char* name, double target, const Read& read) {
        crm::Session session = database_.trusted_session("ana");
        const crm::Calendar calendar(session);
        std::vector<double> cpu;
        for (int run = 0; run < arguments_.runs; ++run)
            cpu.push_back(timed([&] {
                              for (int i = 0; i < reads; ++i) read(calendar, week_at(i));
                          }).cpu);
        return {.name = name, .unit = "us", .crm = median(cpu) / reads * 1e6, .target = target};
    }

    static crm::TimeRange week_at(int number) {
        const auto start = crm::parse_time("2023-11-20T00:00:00Z");
        const auto weeks = two_years / (7 * 86'400);
        return {start + std::chrono::days(7 * (number % weeks)),
                start + std::chrono::days(7 * (number % weeks) + 7)};
    }
    const std::vector<crm::Id<crm::User>>& users() const { return users_; }

private:
    const Arguments& arguments_;
    std::vector<crm::Id<crm::User>> users_;
    const raw::Connection raw_;
    crm::Database database_;
    std::size_t entries_ = 0;
};

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    const Scratch file(arguments.dir / "crm-bench-calendar.crm");
    auto users = make_file(file.path(), arguments.mb);
    if (!arguments.json)
        std::printf("%d MB, %zu sellers; load %s\n", arguments.mb, users.size(), load().c_str());
    Weeks weeks(arguments, file.path().string(), users);
    std::vector<Line> lines;
    lines.push_back(
        weeks.week("week of a user who sees his own", seller(0), "p.owner_id = ?1",
                   "EXISTS (SELECT 1 FROM share AS s WHERE s.record_id = a.id AND s.grantee_id = ?1"
                   " AND (s.ends_on IS NULL OR s.ends_on >= date()))"));
    lines.push_back(weeks.week("week of a user, by one who sees all", "ana", "1", "1"));
    const std::vector one{users[1]};
    users.resize(std::min<std::size_t>(users.size(), 10));
    lines.push_back(weeks.alone("week with 10 series", 1'000, [&](const auto& calendar, auto week) {
        calendar.agenda(one, week, {.working_hours = false});
    }));
    lines.push_back(
        weeks.alone("the same with working hours", 1'500,
                    [&](const auto& calendar, auto week) { calendar.agenda(one, week); }));
    lines.push_back(
        weeks.alone("free/busy of up to 10 users", 10'000,
                    [&](const auto& calendar, auto week) { calendar.free_busy(users, week); }));
    print(lines, arguments.json);
}
