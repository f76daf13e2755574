#include <crm/crm.hpp>

int main() {
    auto db = crm::create(
        "firm.crm", {.admin = "ana", .country = "MD", .zone = "Europe/Chisinau", .language = "ro"});
    auto me = db.trusted_session("ana");
    crm::Parties parties(me);
    crm::Activities activities(me);
    auto acme = parties.add({.name = "Acme SRL", .type = "customer"});
    auto visit = activities.plan(
        {.subject = "Demo", .kind = "meeting", .party = acme.head.id, .start = me.now()});
    activities.complete(
        visit.head.id, "liked it",
        crm::Plan{.subject = "Call back", .start = me.now() + std::chrono::days(3)});
    return activities.chain(visit.head.id).size() == 2 ? 0 : 1;
}
