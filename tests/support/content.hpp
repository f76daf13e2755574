/// What stands in a file, to compare before and after.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "crm/crm.hpp"

namespace test {

/// Every record that the session sees, by its id, without versions and command ids.
inline std::map<std::int64_t, std::string> content(crm::Session& session) {
    std::map<std::int64_t, std::string> all;
    for (const crm::Kind& kind : crm::all_kinds()) {
        crm::Query query{.order = "id", .limit = 1000, .bodies = true};
        do {
            auto page = session.list(kind, query);
            for (auto& row : page.rows) {
                row.head().version = 0;
                row.head().created_in = row.head().changed_in = crm::CommandId{};
                all[row.head().id.value()] = std::string(kind.name) + " " + row.json().dump();
            }
            query.after = page.next;
        } while (!query.after.empty());
    }
    return all;
}

}  // namespace test
