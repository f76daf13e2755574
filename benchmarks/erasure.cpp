/// Erasing people of 1,000 records each (activities, points, notes, history) in a file of --mb MB,
/// and the scrub after it. See docs/erasure.md.
#include <filesystem>
#include <string>
#include <vector>

#include "bench.hpp"
#include "crm/crm.hpp"
#include "people.hpp"

namespace {

using namespace bench;

constexpr int people_a_command = 500;
constexpr int each_sort = 250;  // of activities, points, notes and changes

std::string text(Random& random) {
    static const std::vector<std::string> vocabulary = [] {
        std::vector<std::string> words;
        for (int i = 0; i < 20'000; ++i) words.push_back("cuvânt" + std::to_string(i * 7));
        return words;
    }();
    std::string made;
    for (int i = 0; i < 20; ++i) (made += random.of(vocabulary)) += " ";
    return made;
}

void add_others(crm::Session& session, Random& random) {
    session.write("load", [&](crm::Work&) {
        for (int i = 0; i < people_a_command; ++i) {
            const std::string name =
                std::string(random.of(tongues[0].last)) + std::to_string(random.below(1'000'000));
            const auto person = crm::Parties(session).add_person(
                {.first_name = std::string(random.of(tongues[0].first)), .last_name = name}, {});
            crm::Parties(session).add_point(person.party.head.id,
                                            {.type = "email", .value = name + "@example.com"});
            crm::Notes(session).add({.record = person.contact.head.id, .text = text(random)});
            crm::Contacts(session).change(person.contact.head.id, crm::any_version,
                                          {{"title", "director"}});
        }
    });
}

/// A person with 1,000 records.
crm::Ref add_victim(crm::Session& session, Random& random, int number) {
    const auto person = crm::Parties(session).add_person(
        {.first_name = "Ion", .last_name = "Vântuleasa" + std::to_string(number)}, {});
    const auto party = person.party.head.id;
    for (int i = 0; i < each_sort; ++i) {
        session.write("life", [&](crm::Work&) {
            crm::Activities(session).plan({.subject = "Visit " + std::to_string(i),
                                           .kind = "meeting",
                                           .party = party,
                                           .contact = person.contact.head.id,
                                           .start = session.now()});
            crm::Parties(session).add_point(
                party, {.type = "email",
                        .value = "a" + std::to_string(number) + "." + std::to_string(i) + "@x.md"});
            crm::Notes(session).add({.record = party, .text = text(random)});
        });
        const std::string title = "director " + std::to_string(i);
        crm::Contacts(session).change(person.contact.head.id, crm::any_version,
                                      {{"title", std::string_view{title}}});
    }
    return party;
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    const Scratch scratch(arguments.dir / "crm-erasure.crm");
    crm::Database database = crm::create(scratch.path(), {.admin = "ana"});
    crm::Session session = database.trusted_session("ana");
    Random random(5);
    while (std::filesystem::file_size(scratch.path()) < (std::uintmax_t(arguments.mb) << 20))
        add_others(session, random);
    std::vector<crm::Ref> victims;
    for (int i = 0; i < std::min(arguments.runs, 5); ++i)
        victims.push_back(add_victim(session, random, i));

    crm::Erasures erasures(session);
    std::vector<double> erasing, scrubbing, waits;
    for (const crm::Ref victim : victims) {
        erasing.push_back(timed([&] { erasures.erase(victim, {.reason = "measured"}); }).wall);
        double scrub = 0, longest = 0;
        for (bool done = false; !done;) {  // a step at a time: as long as others wait for the gate
            const auto step =
                timed([&] { done = erasures.scrub(std::chrono::milliseconds{1}); }).wall;
            scrub += step;
            longest = std::max(longest, step);
        }
        scrubbing.push_back(scrub);
        waits.push_back(longest);
    }
    print({{.name = "erasure of a person with 1,000 records",
            .unit = "s",
            .crm = median(erasing),
            .target = 2},
           {.name = "the scrub after it", .unit = "s", .crm = median(scrubbing), .target = 600},
           {.name = "its longest step", .unit = "s", .crm = median(waits), .target = 1}},
          arguments.json);
}
