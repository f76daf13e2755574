/// What the kernel's tests share: a new file that is gone when the test ends, and its administrator
/// at work.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "crm/crm.hpp"

namespace crm::test {

/// A folder that is gone when the test ends.
class Folder {
public:
    Folder() {
        auto name = (std::filesystem::temp_directory_path() / "crm-kernel-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
    std::filesystem::path path_{};
};

/// A new file of a firm in Moldova, and ana, who may do everything.
class Desk {
public:
    explicit Desk(std::string language = "en")
        : database_(create(folder_ / "desk.crm", {.admin = "ana",
                                                  .admin_name = "Ana Rusu",
                                                  .country = "MD",
                                                  .zone = "Europe/Chisinau",
                                                  .language = std::move(language),
                                                  .unit = "Head office"})),
          session_(database_.trusted_session("ana")) {}

    Session& me() { return session_; }
    Session as(std::string_view login) { return database_.trusted_session(login); }
    Database& database() { return database_; }

    User add_user(const std::string& login, Id<Unit> unit = {}) {
        return Users(session_).add({.login = login, .unit = unit ? unit : session_.unit()});
    }
    Unit add_unit(const std::string& name, Id<Unit> parent = {}) {
        return Units(session_).add({.name = name, .parent = parent});
    }
    Party add_party(const std::string& name, const std::string& code = {}) {
        return Parties(session_).add({.code = code, .name = name});
    }

private:
    Folder folder_{};
    Database database_;
    Session session_;
};

}  // namespace crm::test
