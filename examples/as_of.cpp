// A funnel of activities as it stood at the end of each of some past days: no report was kept, the
// file remembers.
#include <crm/crm.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace crm;

constexpr std::chrono::hours day{24};

/// A week of a seller: calls planned on Monday, done and moved on the days after.
void work_a_week(Session& me, Time& now) {
    Parties parties(me);
    Activities activities(me);
    std::vector<Id<Activity>> calls;
    for (const char* name : {"Acme", "Beta", "Codru", "Delta", "Egeea", "Floreni"}) {
        const auto party = parties.add({.name = name});
        calls.push_back(activities
                            .plan({.subject = std::string("Call ") + name,
                                   .kind = "call",
                                   .party = party.head.id,
                                   .start = now + day})
                            .head.id);
    }
    now += day;
    activities.complete(calls[0], "wants an offer",
                        Plan{.subject = "Offer", .start = now + 2 * day});
    activities.start(calls[1]);
    now += day;
    activities.complete(calls[1], "not now");
    activities.complete(calls[2], "asked for a demo", Plan{.subject = "Demo", .start = now + day});
    activities.cancel(calls[3], "went out of business");
    now += day;
    activities.complete(calls[4], "bought");
    me.remove(calls[5]);  // a mistake; the days before still know it
}

}  // namespace

int main() {
    auto now = std::make_shared<Time>(parse_time("2026-03-02T08:00:00Z"));
    CreateOptions options{.admin = "ana", .country = "MD", .zone = "Europe/Chisinau"};
    options.open.clock = [now] { return *now; };
    auto db = create("funnel.crm", options);
    auto me = db.trusted_session("ana");
    work_a_week(me, *now);

    constexpr const char* states[] = {"planned", "started", "completed", "cancelled"};
    std::printf("%-12s", "end of");
    for (const char* state : states) std::printf("%11s", state);
    for (unsigned i = 2; i <= 5; ++i) {
        const Date today(2026, 3, i), tomorrow(2026, 3, i + 1);
        const Past past(me, me.zone().start_of(tomorrow) - std::chrono::microseconds{1});
        std::printf("\n%-12s", std::string(today.text()).c_str());
        for (const char* state : states)
            std::printf("%11d",
                        static_cast<int>(past.count<Activity>(field("state") == state).rows));
    }
    std::printf("\n");
}
