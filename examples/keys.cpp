// Commands with a key are done once, however often a client that saw no answer sends them again.
#include <crm/crm.hpp>

#include <iostream>

namespace {

// What a web form or a queue would call: `key` comes from the sender and names this order for ever.
crm::Command take_order(crm::Session& me, crm::Id<crm::Party> party, const std::string& key,
                        const std::string& goods) {
    return me.write("order.take",
                    [&](crm::Work& work) {
                        crm::Activities activities(me);
                        const auto call =
                            activities.plan({.subject = "Deliver: " + goods,
                                             .kind = "task",
                                             .party = party,
                                             .start = work.now() + std::chrono::days(2)});
                        work.set_result(std::to_string(call.head.id.value()));
                    },
                    {.key = key, .arguments = goods});
}

}  // namespace

int main() {
    auto db = crm::create("keys.crm", {.admin = "ana"});
    auto me = db.trusted_session("ana");
    crm::Parties parties(me);
    crm::Activities activities(me);
    const auto acme = parties.add({.name = "Acme"});

    const auto first = take_order(me, acme.head.id, "order-17", "two pumps");
    const auto again = take_order(me, acme.head.id, "order-17", "two pumps");
    std::cout << "command " << static_cast<long>(first.id) << " made activity " << first.result
              << "; sent again: command " << static_cast<long>(again.id)
              << (again.replayed ? ", nothing done\n" : ", done twice!\n");

    bool refused = false;
    try {
        take_order(me, acme.head.id, "order-17", "three pumps");
    } catch (const crm::Conflict& conflict) {
        refused = true;
        std::cout << "other goods under the same key: " << conflict.what() << '\n';
    }
    return refused && again.replayed && first.id == again.id && activities.count().rows == 1 ? 0
                                                                                             : 1;
}
