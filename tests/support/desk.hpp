/// A desk to test at: a new file with an administrator, two sellers of different units, and a clock
/// of its own.
#pragma once

#include <stdlib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crm/crm.hpp"

namespace test {

/// 2026-03-02 08:00 in UTC, 10:00 in Chișinău: the moment at which every desk begins.
inline const crm::Time monday = crm::parse_time("2026-03-02T08:00:00Z");
inline const crm::Time friday = crm::parse_time("2026-03-06T08:00:00Z");
inline constexpr std::chrono::hours hour{1}, day{24};

/// A folder that is gone at the end.
class Folder {
public:
    Folder() {
        auto name = (std::filesystem::temp_directory_path() / "crm-desk-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// A clock that stands still until it is set.
class SetClock {
public:
    crm::Time now() const { return crm::Time{std::chrono::microseconds{*microseconds_}}; }
    void set(crm::Time time) { *microseconds_ = time.time_since_epoch().count(); }
    template <class Duration>
    void advance(Duration by) {
        set(now() + by);
    }
    crm::Clock function() const {
        return [time = microseconds_] { return crm::Time{std::chrono::microseconds{*time}}; };
    }

private:
    std::shared_ptr<std::atomic<std::int64_t>> microseconds_ =
        std::make_shared<std::atomic<std::int64_t>>(monday.time_since_epoch().count());
};

/// Sessions on one new file. `ana` administers; `ion` sells in the unit Sales: he sees what is the
/// unit's, adds and changes it, and removes his own; `petru` does the same in the unit Service.
/// Areas are those of `ion`.
class Desk {
public:
    Folder folder{};
    SetClock clock{};
    crm::Database database;
    crm::Session ana;
    crm::Session ion, petru;
    crm::Parties parties{ion};
    crm::Contacts contacts{ion};
    crm::Activities activities{ion};
    crm::Points points{ion};
    crm::Addresses addresses{ion};
    crm::Notes notes{ion};

    Desk()
        : database(crm::create(folder.path() / "desk.crm", options())),
          ana(database.trusted_session("ana")),
          ion(seller("ion", "Ion Rusu", "Sales")),
          petru(seller("petru", "Petru Lupu", "Service")) {}
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    std::filesystem::path path() const { return folder.path() / "desk.crm"; }

private:
    crm::CreateOptions options() const {
        crm::CreateOptions options{.admin = "ana",
                                   .admin_name = "Ana Ursu",
                                   .country = "MD",
                                   .zone = "Europe/Chisinau",
                                   .language = "ro",
                                   .currency = "MDL",
                                   .unit = "Firma"};
        options.open.clock = clock.function();
        return options;
    }

    crm::Session seller(const char* login, const char* name, const char* unit_name) {
        const auto unit = crm::Units(ana).add({.name = unit_name, .parent = ana.unit()});
        const auto user = crm::Users(ana).add({.login = login, .name = name, .unit = unit.head.id});
        crm::Rights rights(ana);
        for (const char* action : {"read", "create", "change"})
            rights.grant(user.head.id, "*", action, "unit");
        for (const char* action : {"read", "change"})
            rights.grant(user.head.id, "*", action, "shared");
        rights.grant(user.head.id, "*", "delete", "own");
        return database.trusted_session(login);
    }
};

inline Desk desk() { return Desk{}; }

inline crm::Id<crm::Party> acme(Desk& desk) {
    return desk.parties.add({.name = "Acme SRL"}).head.id;
}

/// A planned call on a party.
inline crm::Activity call(crm::Id<crm::Party> party, std::string subject = "Call",
                          crm::Time start = monday) {
    return {.subject = std::move(subject), .kind = "call", .party = party, .start = start};
}

inline std::vector<std::string> subjects(const std::vector<crm::Activity>& activities) {
    std::vector<std::string> subjects;
    for (const auto& activity : activities) subjects.push_back(activity.subject);
    return subjects;
}

/// "party.code: reason" of the Invalid that a body throws; "accepted" where it throws none.
template <class Body>
std::string refusal(const Body& body) {
    try {
        body();
    } catch (const crm::Invalid& error) {
        return error.kind + "." + error.field + ": " + error.reason;
    }
    return "accepted";
}

/// The same without the reason.
template <class Body>
std::string refused_field(const Body& body) {
    const auto text = refusal(body);
    return text.substr(0, text.find(':'));
}

}  // namespace test
