/// Memorable dates: where a day of the year falls.
#pragma once

#include <string_view>

#include "crm/time.hpp"

namespace crm::domain {

/// The day "MM-DD" of a year; 29 February falls on the 28th in years that have none.
Date date_in(int year, std::string_view month_day);

}  // namespace crm::domain
