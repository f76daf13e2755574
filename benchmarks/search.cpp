/// Searching 100,000 activities: newest first, by rank, and with snippets, for words that few and
/// that all of them have. See docs/performance.md.
#include <optional>

#include "bench.hpp"
#include "crm/crm.hpp"
#include "people.hpp"

namespace {

using namespace bench;

constexpr int activities = 100'000, batch = 1'000;

/// Texts of some hundred bytes, as notes of a visit are: "offer" in each, "turbine" in one of 50.
std::string text(Random& random, int number) {
    static const std::vector<std::string> vocabulary = [] {
        std::vector<std::string> words;
        for (int i = 0; i < 3'000; ++i) words.push_back("cuvânt" + std::to_string(i * 7));
        return words;
    }();
    std::string made;
    for (int i = 0; i < 40; ++i) (made += random.of(vocabulary)) += i == 17 ? " offer, " : " ";
    return number % 50 == 0 ? made + "turbine" : made;
}

void make_file(const std::filesystem::path& path) {
    crm::CreateOptions options;
    options.admin = "ana";
    crm::Database database = crm::create(path, options);
    crm::Session session = database.trusted_session("ana");
    Random random(5);
    for (int done = 0; done < activities; done += batch)
        session.write("load", [&](crm::Work&) {
            for (int i = done; i < done + batch; ++i) {
                crm::Activity activity;
                activity.subject = "Visit " + std::to_string(i) + (i % 7 == 0 ? " offer" : "");
                activity.kind = "meeting";
                activity.start = session.now();
                activity.description = text(random, i);
                crm::Activities(session).plan(activity);
            }
        });
}

Line searched(const Arguments& arguments, crm::Session& session, const std::string& name,
              const char* typed, const crm::SearchOptions& options, double target) {
    std::vector<double> wall;
    for (int i = -1; i < arguments.runs; ++i) {
        const Seconds taken = timed([&] { session.search(typed, options); });
        if (i >= 0) wall.push_back(taken.cpu);
    }
    return {.name = name, .unit = "ms", .crm = median(wall) * 1e3, .target = target};
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    const bool keeps = !arguments.file.empty();
    const std::string path = keeps ? arguments.file : arguments.dir / "crm-search.crm";
    std::optional<Scratch> scratch;
    if (!keeps) scratch.emplace(path);
    if (!std::filesystem::exists(path)) make_file(path);
    crm::Database database = crm::open(path);
    crm::Session session = database.trusted_session("ana");
    using Order = crm::SearchOptions::Order;
    std::vector<Line> lines;
    for (const auto& [found, typed] :
         {std::pair{"100,000 hits", "offer "}, std::pair{"2,000 hits", "turbin"}}) {
        const auto line = [&](const char* how, const crm::SearchOptions& options, double target) {
            lines.push_back(searched(arguments, session, std::string(how) + ", " + found, typed,
                                     options, target));
        };
        line("newest 50", {}, 2);
        line("by rank", {.order = Order::rank}, 20);
        line("by rank, with snippets", {.order = Order::rank, .snippets = true}, 20);
    }
    print(lines, arguments.json);
}
