/// The past and the feed: a record with 100 changes as of its beginning, counts as of a moment by
/// what changed since, and the feed of many changes, against plain C that reads the same rows. See
/// docs/past_and_feed.md.
#include "bench.hpp"
#include "crm/crm.hpp"
#include "raw.hpp"

namespace {

using namespace bench;
using namespace crm;

constexpr int parties = 20'000, rounds = 5, feed_page = 100'000;

CommandId last_command(Session& session) { return session.commands(1).front().id; }

/// A file in which every party was changed `rounds` times, 1,000 a command.
std::vector<Ref> fill(Session& me) {
    std::vector<Ref> all;
    me.write("bench.add", [&](Work&) {
        for (int i = 0; i < parties; ++i)
            all.push_back(Parties(me).add({.name = "Party " + std::to_string(i)}).head.id);
    });
    for (int round = 0; round < rounds; ++round) {
        const std::string status = "round " + std::to_string(round);
        for (std::size_t from = 0; from < all.size(); from += 1'000)
            me.write("bench.change", [&](Work&) {
                for (std::size_t i = from; i < from + 1'000; ++i)
                    me.change(all[i], any_version, {{"tax_code", Value{std::string_view{status}}}});
            });
    }
    return all;
}

/// Reads the rows of the log that the feed reads, and classifies them.
std::int64_t walk(const raw::Connection& file, std::int64_t after) {
    raw::Statement rows(file, "SELECT command_id, ref, before FROM change WHERE command_id > " +
                                  std::to_string(after) + " ORDER BY command_id, ref");
    std::int64_t sum = 0;
    while (rows.step()) {
        sum += sqlite3_column_int64(rows.handle(), 0) + sqlite3_column_int64(rows.handle(), 1);
        const auto* before = sqlite3_column_text(rows.handle(), 2);
        sum += before[0] == 'n' || before[1] == '"';
    }
    return sum;
}

void tell(const char* what, double seconds, double per_second, double ratio) {
    std::printf("%-44s %10.3f ms", what, seconds * 1e3);
    if (per_second > 0) std::printf(" %12.0f a second", per_second);
    if (ratio > 0) std::printf(" %6.2f x raw", ratio);
    std::printf("\n");
}

void feed(Session& me, const std::string& path, const std::string& start, std::int64_t after,
          int runs) {
    const raw::Connection file(path, false);
    std::vector<double> ours, ratios;
    std::size_t entries = 0;
    for (int run = 0; run < runs; ++run) {
        const double raw = timed([&] { walk(file, after); }).cpu;
        const double crm =
            timed([&] { entries = Feed(me).read(start, {.limit = feed_page}).entries.size(); }).cpu;
        ours.push_back(crm), ratios.push_back(crm / raw);
    }
    tell(("feed, " + std::to_string(entries) + " changes").c_str(), median(ours),
         static_cast<double>(entries) / median(ours), median(ratios));
}

template <class Body>
void past(const char* what, int runs, const Body& body) {
    std::vector<double> seconds;
    for (int run = 0; run < runs; ++run) seconds.push_back(timed(body).cpu);
    tell(what, median(seconds), 0, 0);
}

}  // namespace

int main(int count, char** values) {
    const Arguments arguments = Arguments::parse(count, values);
    const auto path = arguments.dir / "bench_past.crm";
    for (const char* suffix : {"", "-wal", "-shm", "-gate"})
        std::filesystem::remove(path.string() + suffix);
    auto db = create(path, {.admin = "ana"});
    auto me = db.trusted_session("ana");
    const std::string beginning = Feed(me).now();
    const auto all = fill(me);
    const auto made = static_cast<std::int64_t>(Past(me, last_command(me)).moment()) - rounds * 20;
    const std::string start = beginning.substr(0, beginning.find('.') + 1) + std::to_string(made);
    feed(me, path.string(), start, made, arguments.runs);

    const Ref often = all.front();
    const auto before = last_command(me);
    for (int i = 0; i < 100; ++i)
        me.change(often, any_version,
                  {{"register_number", Value{std::string_view{std::to_string(i)}}}});
    const Past of_one(me, before);
    past("as of, a record with 100 changes since", 50, [&] { of_one.get(often); });
    past("as of, count where 1 record was touched", arguments.runs,
         [&] { of_one.count<Party>(field("name").starts_with("Party 1")); });
    const Past of_many(me, CommandId{made});
    past("as of, count where 20,000 were touched", 3,
         [&] { of_many.count<Party>(field("name").starts_with("Party 1")); });
    past("count now", arguments.runs,
         [&] { Parties(me).count(field("name").starts_with("Party 1")); });
}
