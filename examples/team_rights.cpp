// A team's rights at work: one file, a head, two sellers of different units, and an assistant who
// sees no telephone numbers.
#include <crm/crm.hpp>

#include <iostream>
#include <string>

namespace {

using namespace crm;

/// A user in a unit, with a predefined set of rights.
Id<User> hire(Session& ana, const char* login, Id<Unit> unit, Id<UserGroup> group) {
    const auto user = Users(ana).add({.login = login, .unit = unit});
    Records<UserGroupMember>(ana).add({.group = group, .user = user.head.id});
    return user.head.id;
}

std::string names(Session& session) {
    std::string names;
    for (const auto& party : Parties(session).list().rows)
        (names += names.empty() ? "" : ", ") += party.name;
    return names.empty() ? "nothing" : names;
}

}  // namespace

int main() {
    auto db = create("team.crm", {.admin = "ana", .country = "MD", .zone = "Europe/Chisinau"});
    auto ana = db.trusted_session("ana");

    // A company: sales with two regions below, and sets of rights made on request.
    const auto sales = Units(ana).add({.name = "Sales", .parent = ana.unit()}).head.id;
    const auto north = Units(ana).add({.name = "North", .parent = sales}).head.id;
    const auto south = Units(ana).add({.name = "South", .parent = sales}).head.id;
    const auto heads = add_right_set(ana, "head_of_sales").head.id;
    const auto sellers = add_right_set(ana, "seller").head.id;
    const auto assistants = add_right_set(ana, "assistant").head.id;
    hire(ana, "doina", sales, heads);
    const auto ion = hire(ana, "ion", north, sellers);
    const auto petru = hire(ana, "petru", south, sellers);
    hire(ana, "vera", north, assistants);
    Rights(ana).hide(assistants, "point", "value");

    // Everybody works; each sees what is theirs to see.
    auto of_ion = db.trusted_session("ion"), of_petru = db.trusted_session("petru");
    auto of_doina = db.trusted_session("doina"), of_vera = db.trusted_session("vera");
    const auto acme = Parties(of_ion).add({.name = "Acme"});
    Parties(of_ion).add_point(acme.head.id, {.type = "phone", .value = "022 123 456"});
    Parties(of_petru).add({.name = "Beta"});
    std::cout << "doina sees " << names(of_doina) << "; ion " << names(of_ion) << "; petru "
              << names(of_petru) << "\n";

    const auto phone = Points(of_vera).of(acme.head.id).front();
    std::cout << "vera sees Acme's phone as \"" << phone.value << "\"\n";

    // A share until a day, and what somebody's task shows them; both are known at the next call.
    Rights(of_ion).share(acme.head.id, petru, "read", Date(2100, 12, 31));
    std::cout << "shared, petru sees " << names(of_petru) << "\n";
    Rights(of_ion).unshare(acme.head.id, petru);
    Activities(of_doina).plan({.head = {.owner = petru},
                               .subject = "Help with Acme",
                               .kind = "task",
                               .party = acme.head.id,
                               .start = of_doina.now()});
    std::cout << "with a task for it, petru sees " << names(of_petru) << ", because\n"
              << Rights(ana).explain(petru, acme.head.id).text();

    // What is hidden cannot be asked for either.
    bool refused = false;
    try {
        of_vera.count(kind_of<Point>(), field("value").starts_with("022"));
    } catch (const Denied& denied) {
        refused = true;
        std::cout << "vera asks by number: " << denied.what() << "\n";
    }
    for (const auto& finding : Rights(ana).audit()) std::cout << "audit: " << finding.text << "\n";
    return refused && phone.value.empty() && names(of_petru) == "Acme, Beta" && ion ? 0 : 1;
}
