// People who stand in the file twice: found, merged after a look, worked on, and taken apart again.
#include <crm/crm.hpp>

#include <iostream>

int main() {
    using namespace crm;
    auto db = create("merge.crm", {.admin = "ana", .country = "MD", .zone = "Europe/Chisinau"});
    auto me = db.trusted_session("ana");
    Parties parties(me);
    Duplicates duplicates(me);
    const Date born(1980, 5, 17);
    const auto ivan =
        parties.add_person({.first_name = "Иван", .last_name = "Петров", .born_on = born}).party;
    const auto john =
        parties.add_person({.first_name = "Ivan", .last_name = "Petrov", .born_on = born}).party;
    parties.add_point(john.head.id, {.type = "email", .value = "ivan@petrov.md"});
    Activities(me).plan(
        {.subject = "Demo", .kind = "meeting", .party = john.head.id, .start = me.now()});

    for (const auto& pair : duplicates.find({.kind = "party"}).pairs) {
        std::cout << pair.score;
        for (const auto& reason : pair.reasons)
            std::cout << "  " << reason.what << ": " << reason.text;
        std::cout << "\n";
    }

    const auto preview = duplicates.rehearse_merge(ivan.head.id, {john.head.id});
    std::cout << "a merge would change " << preview.changed.size() << " and remove "
              << preview.removed.size() << " records\n";
    const auto merged = duplicates.merge(ivan.head.id, {john.head.id},
                                         {.fields = {{"contact.first_name", john.head.id}}});
    std::cout << "now: " << parties.get(ivan.head.id).name << "\n";

    // A later edit stays when the merge is taken apart.
    parties.add_point(ivan.head.id, {.type = "phone", .value = "022 123 456"});
    duplicates.unmerge(merged.command);
    const auto points = Points(me).of(ivan.head.id);
    std::cout << "apart: " << parties.get(ivan.head.id).name << " (" << points.at(0).value
              << ") and " << parties.get(john.head.id).name << "\n";
    duplicates.dismiss(ivan.head.id, john.head.id);
    return points.size() == 1 && duplicates.find({.kind = "party"}).pairs.empty() ? 0 : 1;
}
