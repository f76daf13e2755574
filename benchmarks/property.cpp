/// What custom properties cost: parties inserted and listed with 5 and 50 of them, all filled,
/// against the same parties in a file without. See docs/performance.md.
#include <memory>

#include "bench.hpp"
#include "crm/crm.hpp"

namespace {

using namespace bench;

constexpr int page = 100;

/// A new file with so many properties of parties.
class Firm {
public:
    Firm(const std::filesystem::path& path, int properties)
        : path_(path), database_(made(path)), me_(database_.trusted_session("ana")) {
        for (int i = 0; i < properties; ++i) {
            names_.push_back("x_p" + std::to_string(i));
            const bool is_text = i % 2 == 0;
            crm::Properties(me_).define(
                {.kind = "party",
                 .name = names_.back(),
                 .type = is_text ? crm::PropertyType::text : crm::PropertyType::integer});
        }
    }
    ~Firm() {
        database_.close();
        remove(path_);
    }
    Firm(const Firm&) = delete;
    Firm& operator=(const Firm&) = delete;

    Seconds insert(int rows) {
        return timed([&] {
            crm::Parties parties(me_);
            me_.write("bench", [&](crm::Work&) {
                for (int i = 0; i < rows; ++i) parties.add(party());
            });
        });
    }
    Seconds list(int times) {
        return timed([&] {
            for (int i = 0; i < times; ++i)
                rows_ += crm::Parties(me_).list({.limit = page}).rows.size();
        });
    }

private:
    static void remove(const std::filesystem::path& path) {
        for (const char* suffix : {"", "-wal", "-shm", "-gate"})
            std::filesystem::remove(path.string() + suffix);
    }
    static crm::Database made(const std::filesystem::path& path) {
        remove(path);
        return crm::create(path, {.admin = "ana"});
    }

    crm::Party party() {
        crm::Party party{.name = "Firm " + std::to_string(++made_), .industry = "retail"};
        for (std::size_t i = 0; i < names_.size(); ++i)
            party.head.properties.set(names_[i], i % 2 == 0 ? crm::Value{"a value of twenty byt"}
                                                            : crm::Value{std::int64_t{made_}});
        return party;
    }

    std::filesystem::path path_;
    crm::Database database_;
    crm::Session me_;
    std::vector<std::string> names_;
    std::int64_t made_ = 0;
    std::size_t rows_ = 0;
};

}  // namespace

int main(int count, char** values) {
    const Arguments arguments = Arguments::parse(count, values);
    constexpr int pages = 200;
    std::vector<Line> lines;
    for (const int properties : {5, 50}) {
        Firm with(arguments.dir / "crm-bench-properties.crm", properties),
            without(arguments.dir / "crm-bench-plain.crm", 0);
        Pairs inserts, lists;
        for (int run = 0; run <= arguments.runs; ++run) {
            const Seconds more = with.insert(arguments.rows),
                          plain = without.insert(arguments.rows);
            const Seconds listed = with.list(pages), plainly = without.list(pages);
            if (run == 0) continue;  // caches are cold
            inserts.add(more, plain);
            lists.add(listed, plainly);
        }
        const std::string what = std::to_string(properties) + " properties";
        lines.push_back(line("insert a party with " + what, "µs", inserts, arguments.rows, 1e6,
                             properties == 5 ? 2 : 5));
        lines.push_back(line("list a party with " + what, "µs", lists, pages * page, 1e6,
                             properties == 5 ? 3 : 10));
    }
    print(lines, arguments.json);
}
