/// A firm of sellers, each of whom sees what is his own.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "people.hpp"

namespace bench {

inline crm::Database make_firm(const std::filesystem::path& path) {
    crm::CreateOptions options;
    options.admin = "ana";
    options.country = "MD";
    options.unit = "Firm";
    return crm::create(path, options);
}

/// The login of one.
inline std::string seller(std::size_t number) { return "seller" + std::to_string(number); }

inline std::vector<crm::Id<crm::User>> hire(crm::Session& session, std::size_t sellers) {
    std::vector<crm::Id<crm::User>> users;
    session.write("staff", [&](crm::Work&) {
        for (std::size_t i = 0; i < sellers; ++i) {
            crm::User user;
            user.login = seller(i);
            user.unit = session.unit();
            users.emplace_back(crm::Users(session).add(user).head.id);
            crm::Rights(session).grant(users.back(), "*", "read", "own");
        }
    });
    return users;
}

inline void give(Firm& firm, crm::Id<crm::User> owner) {
    firm.party.head.owner = owner;
    for (auto& member : firm.members) member.contact.head.owner = owner;
    for (auto& activity : firm.activities) activity.head.owner = owner;
}

}  // namespace bench
