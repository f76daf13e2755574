/// The shape of filters: what holds whatever the kind of record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crm/filter.hpp"
#include "crm/time.hpp"

namespace crm::kernel {

inline constexpr std::size_t max_filter_depth = 32;
inline constexpr std::size_t max_filter_operands = 10'000;

/// Depth, number of operands, and an operand of the right form for each operator. Throws
/// LimitExceeded, or Invalid("filter", where, reason).
void check_shape(const Filter& filter);

/// "starts_with", "and", …
std::string_view name_of(Filter::Op op);

/// A number, or one in a text, as ids stand in JSON.
std::optional<std::int64_t> id_in(const Json& value);

/// A period of civil days: from the first to the day after the last.
struct Days {
    Date from, to;
};
bool is_relative(const Json& operand);
/// The days that a relative date stands for. Throws Invalid("filter", field, reason).
Days days_of(const Json& relative, Date today, const std::string& field);

}  // namespace crm::kernel
