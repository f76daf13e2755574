/// What is coming up in a month among 100,000 contacts, for who sees all and for a seller who sees
/// one in a hundred, against plain C with hand-written SQL for the same rows and rights. See
/// docs/performance.md.
#include "bench.hpp"
#include "cells.hpp"
#include "sellers.hpp"

namespace {

using namespace bench;

constexpr std::size_t sellers = 100;
constexpr int reads = 20, page = 50, month = 31;  // reads a measurement, rows, days

void make_file(const std::filesystem::path& path, int mb) {
    crm::Database database = make_firm(path);
    crm::Session session = database.trusted_session("ana");
    const auto users = hire(session, sellers);
    Writer writer(session);
    People people;
    Random random(9);
    for (std::size_t made = 0; std::filesystem::file_size(path) < std::uintmax_t(mb) << 20;)
        session.write("firms.load", [&](crm::Work&) {
            for (int i = 0; i < 100; ++i, ++made) {
                Firm firm = people.firm({});
                give(firm, users[made % sellers]);
                for (auto& member : firm.members)
                    member.contact.born_on = crm::Date(1950 + static_cast<int>(random.below(60)),
                                                       1 + static_cast<int>(random.below(12)),
                                                       1 + static_cast<int>(random.below(28)));
                writer.write(firm);
            }
        });
}

constexpr const char* birthdays =
    "SELECT c.id, CAST(substr(c.born_on, 1, 4) AS INTEGER), c.name, substr(c.born_on, 6) "
    "FROM contact AS c ";
constexpr const char* in_march =
    "substr(c.born_on, 6) >= '03-01' AND substr(c.born_on, 6) <= '03-31' AND c.born_on IS NOT NULL "
    "ORDER BY substr(c.born_on, 6), c.id LIMIT ?1";

/// A page of birthdays, by the SELECT that finds it fastest, copied out.
std::size_t read(raw::Statement& statement, int limit) {
    std::vector<raw::Row<2, 2>> rows;
    statement.start() << std::int64_t{limit};
    while (statement.step()) rows.emplace_back().take(statement);
    statement.reset();
    for (auto& row : rows) row.free();
    return rows.size();
}

Line measure(const char* name, crm::Session session, const raw::Connection& file,
             const std::string& sql, int limit, int runs) {
    const crm::MemorableDates dates(session);
    raw::Statement statement(file, sql);
    std::size_t ours = 0, theirs = 0;
    Pairs pairs;
    for (int run = -1; run < runs; ++run) {
        const Seconds crm = timed([&] {
            for (int i = 0; i < reads; ++i)
                ours = dates.upcoming(crm::Date(2026, 3, 1), month, limit).rows.size();
        });
        const Seconds raw = timed([&] {
            for (int i = 0; i < reads; ++i) theirs = read(statement, limit);
        });
        if (run >= 0) pairs.add(crm, raw);
    }
    if (ours != theirs) {
        std::fprintf(stderr, "%s: crm told %zu dates, raw %zu\n", name, ours, theirs);
        std::exit(1);
    }
    Line result = line(name, "ms", pairs, reads, 1e3, 5);
    result.ratio = 0;  // the target is 5 ms
    return result;
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    const Scratch scratch(arguments.dir / "crm-bench-dates.crm");
    make_file(scratch.path(), arguments.mb);
    const crm::Database database = crm::open(scratch.path());
    const raw::Connection file(scratch.path().string(), false);
    const auto all = [&] { return database.trusted_session("ana"); };
    const auto own = [&] { return database.trusted_session(seller(0)); };
    if (!arguments.json) {
        crm::Session session = all();
        std::printf("%d MB, %lld contacts; load %s\n", arguments.mb,
                    static_cast<long long>(crm::Contacts(session).count({}, 10'000'000).rows),
                    load().c_str());
    }
    const std::string by_day = std::string(birthdays) + "INDEXED BY contact_by_birthday WHERE ";
    const std::string of_one = std::string(birthdays) +
                               "INDEXED BY contact_by_owner_name WHERE c.owner_id = " +
                               std::to_string(own().user().value()) + " AND ";
    std::vector<Line> lines;
    lines.push_back(measure("a month's first 50, by one who sees all", all(), file,
                            by_day + in_march, page, arguments.runs));
    lines.push_back(measure("a month's first 50, by one who sees 1 %", own(), file,
                            of_one + in_march, page, arguments.runs));
    lines.push_back(measure("a month's, by one who sees 1 %", own(), file, of_one + in_march, 1'000,
                            arguments.runs));
    print(lines, arguments.json);
}
