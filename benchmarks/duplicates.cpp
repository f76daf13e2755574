/// Finding duplicates among 200,000 contacts, one in twenty written down twice with a slip: all at
/// once, since a command, and beside one record. See docs/duplicates.md.
#include <sys/resource.h>

#include <cmath>
#include <optional>

#include "bench.hpp"
#include "crm/crm.hpp"
#include "crm/duplicates.hpp"
#include "people.hpp"

namespace {

using namespace bench;

constexpr int contacts = 200'000, batch = 2'000;

/// Names of syllables; the first ones of a list are met far more often than the last.
class Names {
public:
    Names(Random& random, std::size_t count, int syllables) {
        static constexpr std::string_view starts[] = {"b",  "c",  "d",  "f",  "g", "l",  "m",
                                                      "n",  "p",  "r",  "s",  "t", "v",  "st",
                                                      "tr", "gr", "br", "ch", "",  "sh", "z"};
        static constexpr std::string_view ends[] = {"a",  "e",  "i",  "o",  "u",  "an", "en", "in",
                                                    "on", "ar", "er", "or", "ul", "as", "es", "ov"};
        for (std::size_t i = 0; i < count; ++i) {
            std::string name;
            for (int s = 0; s < syllables; ++s) (name += random.of(starts)) += random.of(ends);
            all_.push_back(std::move(name));
        }
    }
    const std::string& any(Random& random) const {
        const double at = static_cast<double>(random.below(1'000'000)) / 1e6;
        return all_[static_cast<std::size_t>(std::pow(at, 2.5) * static_cast<double>(all_.size()))];
    }

private:
    std::vector<std::string> all_;
};

struct Human {
    std::string first, last, phone, email, city;
    crm::Date born;
};

class People {
public:
    explicit People(Random& random)
        : random_(random),
          first_(random, 600, 2),
          last_(random, 12'000, 3),
          city_(random, 300, 2) {}

    Human human(int number) {
        Human human{first_.any(random_), last_.any(random_), {}, {}, city_.any(random_), born()};
        human.phone = "+3736" + std::to_string(9'000'000 + number);
        human.email = human.first + "." + human.last + std::to_string(number % 1'000) + "@mail.md";
        return human;
    }
    /// The same one, written down again by somebody else.
    Human again(Human human) {
        std::string& name = random_.chance(50) ? human.first : human.last;
        if (name.size() > 2) std::swap(name[name.size() - 1], name[name.size() - 2]);
        if (random_.chance(50)) human.email.clear();
        if (random_.chance(50)) human.phone.clear();
        return human;
    }

private:
    crm::Date born() {
        return {1940 + static_cast<int>(random_.below(65)), 1 + static_cast<int>(random_.below(12)),
                1 + static_cast<int>(random_.below(28))};
    }
    Random& random_;
    Names first_, last_, city_;
};

void add(crm::Session& session, const Human& human) {
    const auto id =
        crm::Contacts(session)
            .add({.first_name = human.first, .last_name = human.last, .born_on = human.born})
            .head.id;
    crm::Points points(session);
    if (!human.phone.empty()) points.add({.record = id, .type = "mobile", .value = human.phone});
    if (!human.email.empty()) points.add({.record = id, .type = "email", .value = human.email});
    crm::Addresses(session).add({.record = id, .type = "home", .city = human.city});
}

void make_file(const std::filesystem::path& path) {
    crm::Database database = crm::create(path, {.admin = "ana"});
    crm::Session session = database.trusted_session("ana");
    Random random(7);
    People people(random);
    for (int done = 0; done < contacts; done += batch)
        session.write("load", [&](crm::Work&) {
            for (int i = done; i < done + batch; i += 20) {
                Human last;
                for (int n = 0; n < 19; ++n) add(session, last = people.human(i + n));
                add(session, people.again(last));
            }
        });
}

double megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    const bool keeps = !arguments.file.empty();
    const std::string path = keeps ? arguments.file : arguments.dir / "crm-duplicates.crm";
    std::optional<Scratch> scratch;
    if (!keeps) scratch.emplace(path);
    if (!std::filesystem::exists(path)) make_file(path);
    crm::Database database = crm::open(path);
    crm::Session session = database.trusted_session("ana");
    crm::Duplicates duplicates(session);
    std::vector<Line> lines;

    crm::DuplicatePage page;
    const Seconds all =
        timed([&] { page = duplicates.find({.kind = "contact", .limit = 20'000}); });
    lines.push_back({.name = "find, 200,000 contacts", .unit = "s", .crm = all.wall, .target = 60});
    std::fprintf(stderr, "%zu pairs, %zu large blocks, %.0f MB at most\n", page.pairs.size(),
                 page.blocks_skipped, megabytes());

    const auto then = session.commands(1).front().id;
    session.write("touch", [&](crm::Work&) {
        for (int i = 0; i < 100; ++i)
            crm::Contacts(session).change(page.pairs.at(static_cast<std::size_t>(i)).record,
                                          crm::any_version, {{"title", std::string_view{"x"}}});
    });
    const Seconds some = timed([&] { duplicates.find({.kind = "contact", .since = then}); });
    lines.push_back(
        {.name = "find since, 100 changed", .unit = "s", .crm = some.wall, .target = 5});

    std::size_t at = 0;
    std::vector<double> each;
    for (; at < 200 && at < page.pairs.size(); ++at)
        each.push_back(timed([&] { duplicates.of(page.pairs[at].record); }).wall);
    lines.push_back(
        {.name = "of one record", .unit = "ms", .crm = median(each) * 1e3, .target = 10});
    print(lines, arguments.json);
}
