/// Who calls: a number known in a large file, with the last five interactions, under rights,
/// against plain C with hand-written SQL for the same rows and rights. See docs/performance.md.
#include "bench.hpp"
#include "cells.hpp"
#include "sellers.hpp"

namespace {

using namespace bench;

constexpr int interactions = 5;
constexpr std::size_t sellers = 20;
constexpr std::size_t looked_up = 500;  // numbers a measurement

/// Telephones of contacts, those of the first seller and of others, from all over the file.
struct Numbers {
    std::vector<std::string> own, all;
};

Numbers make_file(const std::filesystem::path& path, int mb) {
    crm::Database database = make_firm(path);
    crm::Session session = database.trusted_session("ana");
    const auto users = hire(session, sellers);
    Writer writer(session);
    People people;
    Numbers numbers;
    for (std::size_t made = 0; std::filesystem::file_size(path) < std::uintmax_t(mb) << 20;)
        session.write("firms.load", [&](crm::Work&) {
            for (int i = 0; i < 100; ++i, ++made) {
                Firm firm = people.firm({});
                give(firm, users[made % sellers]);
                writer.write(firm);
                for (const auto& member : firm.members) {
                    if (member.phone.type != "mobile") continue;
                    if (made % sellers == 0) numbers.own.push_back(member.phone.normalized);
                    numbers.all.push_back(member.phone.normalized);
                }
            }
        });
    return numbers;
}

/// What a caller is, by the SELECTs that find it fastest.
class CallerReader {
public:
    /// `own`: a condition on the owner, with the alias in place of %.
    CallerReader(const raw::Connection& file, const std::string& own)
        : holders_(file,
                   "SELECT p.record_id FROM point AS p JOIN contact AS c ON c.id = "
                   "p.record_id WHERE p.normalized = ?1 AND " +
                       on("c", own) + " ORDER BY p.created_in DESC, p.id DESC"),
          contact_(file, select(raw::contact_columns, "contact AS c WHERE c.id = ?1")),
          party_(file,
                 select(raw::party_columns,
                        "party AS p WHERE p.id = (SELECT m.party_id FROM membership AS m WHERE "
                        "m.contact_id = ?1 AND m.ends_on IS NULL LIMIT 1) AND " +
                            on("p", own))),
          last_(file, select(raw::activity_columns,
                             "activity AS a LEFT JOIN activity_body AS b ON b.id = a.id WHERE "
                             "a.contact_id = ?1 AND a.state = 'completed' AND " +
                                 on("a", own) + " ORDER BY a.start_at DESC, a.id DESC LIMIT ?2")) {}

    /// How many interactions there were.
    std::size_t read(const std::string& number) {
        holders_.start() << number;
        if (!holders_.step()) return holders_.reset(), 0;
        const std::int64_t contact = holders_.integer(0);
        holders_.reset();
        take(contact_, contact, contact_row_);
        take(party_, contact, party_row_);
        last_.start() << contact << std::int64_t{interactions};
        rows_.clear();
        while (last_.step()) rows_.emplace_back().take(last_);
        last_.reset();
        for (auto& row : rows_) row.free();
        return rows_.size();
    }

private:
    static std::string on(const char* alias, const std::string& own) {
        return own.empty() ? "1" : std::string("+") + alias + "." + own;
    }
    static std::string select(const char* columns, const std::string& from) {
        return std::string("SELECT ") + columns + " FROM " + from;
    }
    template <class Row>
    void take(raw::Statement& statement, std::int64_t id, Row& row) {
        if ((statement.start() << id).step()) {
            row.take(statement);
            row.free();
        }
        statement.reset();
    }
    raw::Statement holders_, contact_, party_, last_;
    raw::ContactRow contact_row_{};
    raw::PlainPartyRow party_row_{};
    std::vector<raw::ActivityRow> rows_;
};

Line measure(const char* name, crm::Session session, const std::vector<std::string>& numbers,
             const raw::Connection& file, const std::string& own, int runs) {
    const crm::Calls calls(session);
    CallerReader twin(file, own);
    const std::size_t stride = std::max<std::size_t>(1, numbers.size() / looked_up);
    std::size_t ours = 0, theirs = 0;
    Pairs pairs;
    for (int run = -1; run < runs; ++run) {
        ours = theirs = 0;
        const Seconds crm = timed([&] {
            for (std::size_t i = 0; i < looked_up; ++i)
                ours += calls.who(numbers[i * stride % numbers.size()], interactions)
                            .interactions.size();
        });
        const Seconds raw = timed([&] {
            for (std::size_t i = 0; i < looked_up; ++i)
                theirs += twin.read(numbers[i * stride % numbers.size()]);
        });
        if (run >= 0) pairs.add(crm, raw);
    }
    if (ours != theirs) {
        std::fprintf(stderr, "%s: crm told %zu interactions, raw %zu\n", name, ours, theirs);
        std::exit(1);
    }
    return line(name, "us", pairs, looked_up, 1e6, 2);
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    const Scratch scratch(arguments.dir / "crm-bench-callers.crm");
    const Numbers numbers = make_file(scratch.path(), arguments.mb);
    const crm::Database database = crm::open(scratch.path());
    const raw::Connection file(scratch.path().string(), false);
    if (!arguments.json)
        std::printf("%d MB, %zu numbers; load %s\n", arguments.mb, numbers.all.size(),
                    load().c_str());
    std::vector<Line> lines;
    lines.push_back(measure("who calls, by one who sees all", database.trusted_session("ana"),
                            numbers.all, file, {}, arguments.runs));
    crm::Session own = database.trusted_session(seller(0));
    const std::string mine = "owner_id = " + std::to_string(own.user().value());
    lines.push_back(measure("who calls, by one who sees his own", std::move(own), numbers.own, file,
                            mine, arguments.runs));
    for (const std::size_t at : {0, 1})  // the second target: microseconds of each
        lines.push_back(
            {.name = lines[at].name, .unit = "us", .crm = lines[at].crm, .target = 200});
    print(lines, arguments.json);
}
