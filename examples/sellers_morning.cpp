// A seller's morning: the agenda, what is due, the next lead, a call that comes in, and what is
// planned after it.
#include <crm/crm.hpp>

#include <chrono>
#include <iostream>
#include <string>

namespace {

using namespace crm;
using namespace std::chrono_literals;

const Zone zone{"Europe/Chisinau"};

/// "09:30" by the clock there.
std::string clock_time(Time time) { return to_text(time + zone.offset_at(time)).substr(11, 5); }

/// The evening before: the head of sales leaves a day's work for Ion.
void prepare(Session& head, Id<User> ion) {
    const auto acme = Parties(head).add({.head = {.owner = ion}, .name = "Acme SRL"}).head.id;
    const auto popa = Contacts(head).add({.head = {.owner = ion}, .last_name = "Popa"}).head.id;
    Contacts(head).join(popa, acme, "buyer");
    Contacts(head).add_point(popa, {.type = "phone", .value = "022 123 456"});

    Activities activities(head);
    activities.plan({.head = {.owner = ion},
                     .subject = "Sales meeting",
                     .kind = "meeting",
                     .start = parse_time("2026-03-02T07:30:00Z"),
                     .end = parse_time("2026-03-02T08:00:00Z"),
                     .zone = "Europe/Chisinau",
                     .recurrence = Recurrence::parse("RRULE:FREQ=WEEKLY;BYDAY=MO")});
    const auto offer = activities.plan({.head = {.owner = ion},
                                        .subject = "Offer to Acme",
                                        .kind = "offer",
                                        .party = acme,
                                        .contact = popa,
                                        .start = parse_time("2026-03-02T12:00:00Z")});
    Reminders(head).add({.record = offer.head.id, .user = ion, .before = 300});

    const auto queue = LeadQueues(head).add({.name = "Site"}).head.id;
    LeadQueues(head).add_member(queue, ion);
    const auto received = Leads(head).intake({.key = "form-1042",
                                              .subject = "Asked for a price list",
                                              .first_name = "Maria",
                                              .last_name = "Rusu",
                                              .email = "maria@example.md",
                                              .source = "website",
                                              .consents = {{.channel = "email"}},
                                              .queue = queue});
    Leads(head).change(received.lead, any_version, {{"score", std::int64_t{80}}});
}

void show_agenda(Session& me) {
    const auto today = day_of(zone.date_of(me.now()), zone);
    for (const CalendarEntry& entry : Calendar(me).agenda({me.user()}, today).entries)
        std::cout << "  " << clock_time(entry.start) << "  " << entry.subject << "\n";
}

void show_what_is_due(Session& me) {
    for (const DueReminder& due : Reminders(me).take())
        std::cout << "  reminder: " << due.name << " at " << clock_time(due.event_at) << "\n";
    for (const Notice& notice : Notices(me).take())
        std::cout << "  notice: " << notice.reason << " by " << Users(me).get(notice.from).name
                  << "\n";
}

Id<Activity> take_call(Session& me, const std::string& number) {
    Calls calls(me);
    const Caller caller = calls.who(number);
    std::cout << "  " << number << " is " << caller.contact->name << " of " << caller.party->name
              << "\n";
    const auto call = calls.ring({.number = number, .subject = "Delivery", .addressee = me.user()});
    calls.answer(call.head.id);
    calls.end(call.head.id, "wants 200 bottles by Easter");
    return Activities(me).chronicle(caller.party->head.id).rows.front().head.id;
}

}  // namespace

int main() {
    const Time nine = parse_time("2026-03-02T07:00:00Z");  // 09:00 in Chișinău
    auto db = create("morning.crm", {.admin = "ana",
                                     .country = "MD",
                                     .zone = "Europe/Chisinau",
                                     .open = {.clock = [nine] { return nine; }}});
    auto ana = db.trusted_session("ana");
    const auto sellers = add_right_set(ana, "seller").head.id;
    const auto ion = Users(ana).add({.login = "ion", .unit = ana.unit()}).head.id;
    Records<UserGroupMember>(ana).add({.group = sellers, .user = ion});
    prepare(ana, ion);

    auto me = db.trusted_session("ion");
    std::cout << "Agenda\n";
    show_agenda(me);
    std::cout << "Due\n";
    show_what_is_due(me);

    std::cout << "Next lead\n";
    const auto lead = Leads(me).take_next(LeadQueues(me).named("Site").head.id);
    std::cout << "  " << lead->name << ", score " << lead->score.value_or(0) << "\n";

    std::cout << "A call\n";
    const auto call = take_call(me, "+373 22 123456");
    const auto next = Activities(me).follow_up(
        call, {.subject = "Send the contract", .kind = "letter", .start = me.now() + 26h});
    std::cout << "  planned: " << next.subject << "\n";
    std::cout << "Tomorrow\n";
    const auto tomorrow = day_of(zone.date_of(me.now() + 24h), zone);
    for (const CalendarEntry& entry : Calendar(me).agenda({me.user()}, tomorrow).entries)
        std::cout << "  " << clock_time(entry.start) << "  " << entry.subject << "\n";
    return lead && Activities(me).chain(call).size() == 2 ? 0 : 1;
}
