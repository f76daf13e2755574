/// Breaks: the first page of a unit of ten users in a large file, under the rights of its head,
/// against the best hand-written SQL for the same rows and rights. See docs/performance.md.
#include "bench.hpp"
#include "crm/crm.hpp"
#include "people.hpp"
#include "raw.hpp"

namespace {

using namespace bench;
using namespace crm;

constexpr int units = 20, users_a_unit = 10, page = 50, rounds = 50;

/// A firm of many units, in each of which everybody sees what is the unit's.
class Company {
public:
    explicit Company(Database& database)
        : database_(database), ana_(database.trusted_session("ana")) {
        ana_.write("bench.company", [&](Work&) {
            for (int unit = 0; unit < units; ++unit) add_unit(unit);
        });
    }

    /// Every user writes firms of his own in turn until the file is full.
    void fill(const std::filesystem::path& path, int mb, int rows) {
        People people;
        for (std::size_t at = 0; std::filesystem::file_size(path) < std::uintmax_t(mb) << 20;
             ++at) {
            Session session = database_.trusted_session(logins_[at % logins_.size()]);
            Writer writer(session);
            session.write("bench.fill", [&](Work&) {
                Id<Party> earlier;
                for (int left = rows; left > 0;) {
                    Firm firm = people.firm(earlier);
                    if (!earlier) firm.activities.pop_back();
                    writer.write(firm);
                    earlier = firm.party.head.id;
                    left -= static_cast<int>(firm.rows());
                }
            });
        }
    }
    const std::string& somebody() const { return logins_[logins_.size() / 2]; }

private:
    void add_unit(int number) {
        const auto unit =
            Units(ana_).add({.name = "Unit " + std::to_string(number), .parent = ana_.unit()});
        for (int i = 0; i < users_a_unit; ++i) {
            logins_.push_back("user" + std::to_string(number) + "_" + std::to_string(i));
            const auto user = Users(ana_).add({.login = logins_.back(), .unit = unit.head.id});
            for (const char* action : {"read", "create", "change"})
                Rights(ana_).grant(user.head.id, "*", action, "unit");
        }
    }

    Database& database_;
    Session ana_;
    std::vector<std::string> logins_;
};

constexpr const char* of_a_unit =
    "SELECT p.id, p.name, p.name_key,"
    " (SELECT a.id FROM activity AS a WHERE a.party_id = p.id AND a.state = 'completed'"
    "  AND +a.unit_id = ?1 ORDER BY a.start_at DESC, a.id DESC LIMIT 1)"
    " FROM party AS p INDEXED BY party_by_unit_name WHERE p.unit_id = ?1"
    " AND (p.status IS NULL OR p.status = 'active') AND ";
constexpr const char* nothing_planned =
    "NOT EXISTS (SELECT 1 FROM activity AS a INDEXED BY activity_open_by_party WHERE a.party_id = "
    "p.id AND a.state IN ('planned', 'started') AND +a.unit_id = ?1)";
constexpr const char* nothing_done =
    "NOT EXISTS (SELECT 1 FROM activity AS a WHERE a.party_id = p.id AND a.start_at > ?2"
    " AND a.state = 'completed' AND +a.unit_id = ?1)";

/// What a page of ours tells; the last activity's time costs the twin a look-up more.
std::size_t read(raw::Statement& rows, raw::Statement& time, std::int64_t unit,
                 std::int64_t since) {
    std::size_t found = 0;
    std::string text;
    rows.start() << unit << since;
    while (rows.step()) {
        text = reinterpret_cast<const char*>(sqlite3_column_text(rows.handle(), 1));
        time.start() << std::int64_t{sqlite3_column_int64(rows.handle(), 3)};
        time.step();
        time.reset();
        ++found;
    }
    rows.reset();
    return found;
}

Line measure(const char* name, const Session& session, const BreakQuery& query,
             const raw::Connection& file, const std::string& condition, int runs) {
    raw::Statement rows(file, of_a_unit + condition + " ORDER BY p.name_key, p.id LIMIT " +
                                  std::to_string(query.limit));
    raw::Statement time(file, "SELECT start_at FROM activity WHERE id = ?1");
    const auto since = (session.now() - std::chrono::days{query.silent_days.value_or(0)})
                           .time_since_epoch()
                           .count();
    const Interactions interactions(session);
    std::size_t ours = 0, theirs = 0;
    Pairs pairs;
    for (int run = 0; run < runs; ++run)
        pairs.add(timed([&] {
                      for (int i = 0; i < rounds; ++i)
                          ours = interactions.breaks(query).rows.size();
                  }),
                  timed([&] {
                      for (int i = 0; i < rounds; ++i)
                          theirs = read(rows, time, query.unit.value(), since);
                  }));
    Line line = bench::line(name, "ms", pairs, rounds, 1e3, 5);
    std::printf("%-44s %8.3f ms %8.3f ms raw %6.2f, %zu rows (%zu), %8.3f ms on the wall\n", name,
                line.crm, line.raw, line.ratio, ours, theirs, median(pairs.wall) / rounds * 1e3);
    return line;
}

}  // namespace

int main(int count, char** values) {
    const Arguments arguments = Arguments::parse(count, values);
    const Scratch scratch(arguments.dir / "bench_interaction.crm");
    Database database = create(scratch.path(), {.admin = "ana"});
    Company company(database);
    company.fill(scratch.path(), arguments.mb, arguments.rows);
    auto ana = database.trusted_session("ana");
    Session head = database.trusted_session(company.somebody());
    const raw::Connection file(scratch.path().string(), false);
    std::printf("%lld parties, %lld activities, load %s\n",
                static_cast<long long>(Parties(ana).count({}, 10'000'000).rows),
                static_cast<long long>(Activities(ana).count({}, 10'000'000).rows), load().c_str());
    const BreakQuery unplanned{.unit = head.unit(), .limit = page};
    measure("nothing planned, first page", head, unplanned, file, nothing_planned, arguments.runs);
    BreakQuery silent{.unit = head.unit(), .unplanned = false, .silent_days = 700, .limit = page};
    measure("silent for 700 days, first page", head, silent, file, nothing_done, arguments.runs);
    silent.silent_days = 36'000;
    measure("silent for ever: none, 1,000 looked at", head, silent, file, nothing_done,
            arguments.runs);
}
