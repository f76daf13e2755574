/// SQL of the user's own: reads what the session may see, and nothing else.
///
/// Every kind is a table (`party`, `contact`, `user`, `list_value` …), its long texts are in
/// `<kind>_body` under the same id. Values are as stored: instants in microseconds UTC, dates as
/// text, amounts in minor units, flags 0 or 1, references as numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crm/api.hpp"
#include "crm/value.hpp"

namespace crm::inline v1 {

/// Bytes that are no text.
struct Blob {
    std::string bytes{};
    bool operator==(const Blob&) const = default;
};

/// One value of a result: nothing for NULL.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

/// A value for `?`, in order, or for `:name`. Borrows both.
struct SqlParameter {
    SqlParameter(Value given) : value(given) {}
    SqlParameter(std::string_view name, Value given) : name(name), value(given) {}
    std::string_view name{};  ///< without the colon; empty: by place
    Value value{};
};

/// Bounds of one query.
struct SqlOptions {
    int limit = 1'000;  ///< rows of the result, 1 to 100,000; what is beyond sets `SqlResult::more`
    /// Rows that may be copied in all, of kinds that the session does not see whole.
    std::int64_t copied = 200'000;
};

/// The rows of a query, in its order.
struct SqlResult {
    std::vector<std::string> columns{};
    std::vector<std::vector<SqlValue>> rows{};
    bool more = false;  ///< there are rows beyond the limit
};

}  // namespace crm
