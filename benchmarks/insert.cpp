/// Inserting parties with contacts, points, memberships and activities: the C++ API with every rule
/// on, against plain C that writes the same rows, ready-made, into the same schema. See
/// docs/performance.md.
#include "bench.hpp"
#include "compare.hpp"
#include "kernel/state.hpp"
#include "storage/functions.hpp"
#include "twin.hpp"

namespace {

using namespace bench;

/// The kinds without full text: their columns are not searchable, so that the engine keeps no
/// index.
class Kinds {
public:
    explicit Kinds(bool full_text) {
        const auto all = crm::all_kinds();
        kinds_.assign(all.begin(), all.end());
        columns_.reserve(all.size());
        for (crm::Kind& kind : kinds_) {
            auto& columns = columns_.emplace_back(kind.columns.begin(), kind.columns.end());
            for (crm::Column& column : columns)
                if (!full_text) column.traits &= ~static_cast<std::uint32_t>(crm::searchable);
            kind.columns = columns;
        }
    }
    std::span<const crm::Kind> all() const { return kinds_; }

private:
    std::vector<std::vector<crm::Column>> columns_;
    std::vector<crm::Kind> kinds_;
};

crm::CreateOptions options() {
    crm::CreateOptions options;
    options.admin = "ana";
    options.country = "MD";
    options.unit = "Firm";
    options.open.clock = [] { return crm::Time{std::chrono::microseconds{1'780'000'000'000'000}}; };
    return options;
}

/// The reference tokenizer in place of ours; all other settings of the index stay.
void use_reference_tokenizer(const raw::Connection& file) {
    crm::storage::register_functions(file.handle());  // to drop the index of ours
    for (const char* kind : {"party", "contact", "activity", "note"}) {
        const std::string index = std::string(kind) + "_fts";
        raw::Statement read(file, "SELECT sql FROM sqlite_schema WHERE name = '" + index + "'");
        read.step();
        std::string sql = reinterpret_cast<const char*>(sqlite3_column_text(read.handle(), 0));
        read.reset();
        const std::string_view ours = "tokenize='crm'";
        sql.replace(sql.find(ours), ours.size(), "tokenize='unicode61 remove_diacritics 2'");
        file.run(("DROP TABLE " + index).c_str());
        file.run(sql.c_str());
    }
}

struct Result {
    Pairs pairs;
    std::int64_t rows = 0, commits = 0, compared = 0;
    double bytes = 0;
    Seconds crm, raw;
};

/// Fills two files in turns, commit by commit; the file's growth is measured in `runs` parts.
Result fill(const Arguments& arguments, bool full_text) {
    const Scratch ours(arguments.dir / "crm-insert-ours.crm"),
        twins(arguments.dir / "crm-insert-twin.crm");
    const Kinds kinds(full_text);
    (void)crm::kernel::create(twins.path(), options(), kinds.all());
    raw::Connection twin_file(twins.path(), true);
    if (full_text) use_reference_tokenizer(twin_file);
    raw::InsertTwin twin(twin_file, full_text);

    crm::Database database = crm::kernel::create(ours.path(), options(), kinds.all());
    crm::Session session = database.trusted_session("ana");
    Writer writer(session);
    People people;
    Random random(7);
    std::vector<crm::Id<crm::Party>> known;
    const double full = arguments.mb * 1e6, part = full / arguments.runs;
    Result result;
    raw::Statement pages(twin_file, "PRAGMA page_count");
    Seconds crm_part, raw_part;
    double next = part;
    while (result.bytes < full) {
        std::vector<Firm> firms;
        for (std::size_t rows = 0; rows < static_cast<std::size_t>(arguments.rows);
             rows += firms.back().rows())
            firms.push_back(people.firm(known.empty() ? crm::Id<crm::Party>{} : random.of(known)));
        crm::Command command;
        crm_part += timed([&] {
            command = session.write("firms.load", [&](crm::Work&) {
                for (Firm& firm : firms) writer.write(firm);
            });
        });
        raw_part += timed([&] {
            twin.begin(static_cast<std::int64_t>(command.id), raw::micros(command.at),
                       session.user().value());
            for (const Firm& firm : firms) twin.write(firm);
            twin.commit();
        });
        for (const Firm& firm : firms) {
            known.push_back(firm.party.head.id);
            result.rows += static_cast<std::int64_t>(firm.rows());
        }
        ++result.commits;
        pages.step();
        result.bytes = static_cast<double>(pages.integer(0)) * 8192;
        pages.reset();
        if (result.bytes < std::min(next, full)) continue;
        next = result.bytes + part;
        result.pairs.add(crm_part, raw_part);
        result.crm += crm_part, result.raw += raw_part;
        crm_part = raw_part = {};
    }
    result.compared = raw::equal_rows(ours.path(), twins.path());
    return result;
}

Line report(const Arguments& arguments, bool full_text, bool& equal) {
    const Result result = fill(arguments, full_text);
    equal &= result.compared >= 0;
    if (!arguments.json)
        std::printf(
            "%s full text: %lld rows in %lld commits, %.0f MB; %s; crm %.1f s (%.1f s of "
            "processor), raw %.1f s "
            "(%.1f s)\n",
            full_text ? "with" : "without", static_cast<long long>(result.rows),
            static_cast<long long>(result.commits), result.bytes / 1e6,
            result.compared < 0
                ? "BASE TABLES DIFFER"
                : ("base tables equal row by row (" + std::to_string(result.compared) + ")")
                      .c_str(),
            result.crm.wall, result.crm.cpu, result.raw.wall, result.raw.cpu);
    const double count =
        static_cast<double>(result.rows) / static_cast<double>(result.pairs.crm.size());
    return line(full_text ? "insert, with full text" : "insert, without full text", "us/row",
                result.pairs, count, 1e6, full_text ? 1.2 : 1.6);
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);  // it runs for minutes
    bool equal = true;
    if (!arguments.json) std::printf("load %s\n", load().c_str());
    std::vector<Line> lines;
    for (const bool full_text : {false, true}) lines.push_back(report(arguments, full_text, equal));
    print(lines, arguments.json);
    return equal ? 0 : 1;
}
