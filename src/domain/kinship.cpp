#include "crm/kinship.hpp"

#include "domain/records.hpp"
#include "domain/reminder.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr Column kinship_columns[] = {
    column<&Kinship::contact>("contact_id", required | fixed | parent,
                              {.target = number::contact, .on_delete = OnDelete::takes_along}),
    column<&Kinship::relation>("relation", required | personal | on_card,
                               {.list = "kinship_relation"}),
    column<&Kinship::kin>("kin_id", personal | on_card,
                          {.target = number::contact, .on_delete = OnDelete::takes_along}),
    column<&Kinship::name>("name", personal | on_card),
    column<&Kinship::born_on>("born_on", personal | on_card),
    column<&Kinship::note>("note", personal | on_card),
};

void refuse(const char* field, const char* reason) { throw Invalid("kinship", field, reason); }

void check_birth(Work& work, Date born_on) {
    if (born_on.year() < 1800) refuse("born_on", "lies before 1800");
    if (born_on > work.transaction().session().zone.date_of(work.now()))
        refuse("born_on", "lies in the future");
}

void follow_kin_reminders(Work& work, const void* record) {
    domain::follow_reminders(work, static_cast<const Kinship*>(record)->contact);
}

void check_kinship(Work& work, const void* record, const void* earlier) {
    const auto& kinship = *static_cast<const Kinship*>(record);
    const auto* before = static_cast<const Kinship*>(earlier);
    if (kinship.kin == kinship.contact) refuse("kin_id", "must be another contact");
    if (!kinship.kin && kinship.name.empty())
        refuse("name", "is needed of kin that is no contact; else give kin_id");
    if (kinship.kin && !kinship.name.empty())
        refuse("name", "stands in the contact that kin_id is");
    if (kinship.kin && kinship.born_on)
        refuse("born_on", "stands in the contact that kin_id is: set it there");
    if (kinship.born_on && (!before || before->born_on != kinship.born_on))
        check_birth(work, *kinship.born_on);
    follow_kin_reminders(work, record);
}

Kind make_kinship_kind() {
    Kind kind = kernel::kind<Kinship>(number::kinship, "kinship", Role::child, kinship_columns);
    kind.rules = {.check = check_kinship, .gone = follow_kin_reminders};
    return kind;
}

}  // namespace

template <>
const Kind& kind_of<Kinship>() {
    static const Kind kind = make_kinship_kind();
    return kind;
}

std::vector<Kinship> Kinships::of(Id<Contact> contact) const {
    return domain::records<Kinship>(session(), "kinship.of", {{":contact", contact.value()}});
}

}  // namespace crm
