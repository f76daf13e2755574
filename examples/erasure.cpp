// A person asks for their data and then to be forgotten: the export, the erasure with its
// certificate, and an import that would bring the person back.
#include <crm/crm.hpp>

#include <fstream>
#include <iostream>

using namespace crm;

int main() {
    auto db = create("erasure.crm", {.admin = "ana", .country = "MD", .zone = "Europe/Chisinau"});
    auto me = db.trusted_session("ana");

    // A person with a history.
    const auto rusu = Parties(me).add_person({.first_name = "Ion", .last_name = "Rusu"}, {});
    const auto id = rusu.party.head.id;
    Parties(me).add_point(id, {.type = "email", .value = "ion.rusu@example.com"});
    Notes(me).add({.record = id, .text = "Prefers letters"});
    Contacts(me).change(rusu.contact.head.id, any_version, {{"title", "director"}});
    Activities(me).plan(
        {.subject = "Write to Rusu", .kind = "letter", .party = id, .start = me.now()});

    // What we hold on them, for them.
    export_subject(me, id, "rusu.json");

    // What would go, what names them elsewhere; then it goes.
    Erasures erasures(me);
    for (const Mention& mention : erasures.preview(id).mentions)
        std::cout << "named elsewhere, in " << mention.field << ": " << mention.text << "\n";
    const auto erasure = erasures.erase(id, {.reason = "request of 2 March"});
    while (!erasures.scrub(std::chrono::seconds{1})) {}  // elsewhere work goes on
    std::cout << erasures.certificate(erasure.id).text();

    // The old list is imported once more.
    std::ofstream("old list.csv") << "first_name,last_name,email\n"
                                     "Ion,Rusu,ion.rusu@example.com\n"
                                     "Maria,Lupu,maria@example.com\n";
    const auto report = import_csv(me, "old list.csv", {}, {.kind = "contact"});
    std::cout << report.created << " created, " << report.rejected
              << " rejected: " << report.problems.front().reason << "\n";
    const bool fine = report.created == 1 && report.rejected == 1 && !me.find(id);
    return fine ? 0 : 1;
}
