// An import that was a mistake: turned back as a whole; where somebody has worked with what it
// made, that is told and left; and brought again by undoing the undo.
#include <crm/crm.hpp>

#include <fstream>
#include <iostream>

namespace {

using namespace crm;

void tell(const std::vector<FieldConflict>& conflicts) {
    for (const auto& conflict : conflicts)
        std::cout << "  " << conflict.record.value() << " " << conflict.field << ": "
                  << conflict.reason
                  << (conflict.user.empty()
                          ? ""
                          : ", by " + conflict.user + " at " + to_text(conflict.at))
                  << "\n";
}

std::int64_t parties(Session& session) { return session.count(kind_of<Party>(), {}).rows; }

}  // namespace

int main() {
    auto db =
        create("undo_import_cpp.crm", {.admin = "ana", .country = "MD", .zone = "Europe/Chisinau"});
    auto ana = db.trusted_session("ana");
    std::ofstream("companies.csv") << "No,name,phone\n"
                                      "17,Acme SRL,0231 61 234\n"
                                      "18,Bacarat SA,022 123 456\n"
                                      "19,Cricova SA,022 654 321\n";
    const auto report = import_csv(ana, "companies.csv", {}, {.kind = "party", .key = "No"});
    std::cout << report.created << " companies imported\n";

    // Meanwhile somebody plans a visit to one of them.
    const auto acme = ExternalKeys(ana).lookup("import", "party", "17");
    Activities(ana).plan(
        {.subject = "Demo", .kind = "call", .party = Id<Party>{*acme}, .start = ana.now()});

    const CommandFilter import{.runs = {report.run}};
    try {
        ana.undo(import);
    } catch (const Conflict& conflict) {
        std::cout << conflict.what() << "\n";
        tell(conflict.conflicts);
    }

    const auto effects = ana.rehearse_undo(import, {.skip_conflicts = true});
    std::cout << "without those, " << effects.removed.size() << " records would go\n";
    const auto undone = ana.undo(import, {.skip_conflicts = true});
    std::cout << parties(ana) << " company is left, because of " << undone.conflicts.size()
              << " conflicts\n";

    ana.undo(undone.command.id);
    std::cout << "after the redo there are " << parties(ana) << " again, Acme under its id "
              << (ana.find(*acme) ? "still" : "no more") << "\n";
    return parties(ana) == 3 ? 0 : 1;
}
