/// Login: whose password it is, and the count of failures that keeps guessing slow in all
/// processes.
#pragma once

#include <memory>
#include <string_view>

#include "kernel/state.hpp"

namespace crm::kernel {

/// As Database::login.
Session login(const std::shared_ptr<DatabaseState>& database, std::string_view login,
              std::string_view password);
/// As Session::change_password.
void change_password(SessionState& session, std::string_view old, std::string_view fresh);
/// As Users::set_password.
void set_password(SessionState& session, Id<User> user, std::string_view password);
/// As Users::remove_password.
void remove_password(SessionState& session, Id<User> user);

}  // namespace crm::kernel
