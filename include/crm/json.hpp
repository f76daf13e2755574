/// JSON values: what filters, history and reports are written in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crm/api.hpp"
#include "crm/value.hpp"

namespace crm::inline v1 {

/// A JSON value that owns its content. Objects keep the order of their members. Integers are kept
/// exactly (64 bits); numbers with a fraction or beyond are doubles.
class CRM_API Json {
public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    Json() = default;
    Json(std::nullptr_t) {}
    Json(bool value) : data_(value) {}
    Json(int value) : data_(std::int64_t{value}) {}
    Json(std::int64_t value) : data_(value) {}
    Json(double value) : data_(value) {}
    Json(std::string value) : data_(std::move(value)) {}
    Json(std::string_view value) : data_(std::string{value}) {}
    Json(const char* value) : data_(std::string{value}) {}
    Json(Array value) : data_(std::move(value)) {}
    Json(Object value) : data_(std::move(value)) {}
    /// From a borrowed value; a blob becomes its text.
    explicit Json(const Value& value);

    /// Throws Invalid with the byte where it stops making sense; nesting is limited to 64.
    static Json parse(std::string_view text);
    /// Compact text; non-ASCII stays UTF-8.
    std::string dump() const;

    bool is_null() const { return data_.index() == 0; }
    bool is_bool() const { return data_.index() == 1; }
    bool is_integer() const { return data_.index() == 2; }
    bool is_real() const { return data_.index() == 3; }
    bool is_string() const { return data_.index() == 4; }
    bool is_array() const { return data_.index() == 5; }
    bool is_object() const { return data_.index() == 6; }

    /// Each throws Invalid where the value is of another type.
    bool boolean() const;
    std::int64_t integer() const;
    double real() const;
    const std::string& string() const;
    const Array& array() const;
    const Object& object() const;

    /// The member of an object, or nullptr.
    const Json* find(std::string_view name) const;
    /// The member; throws Invalid where it is missing.
    const Json& operator[](std::string_view name) const;
    /// Appends a member without looking for an older one of that name.
    void add(std::string name, Json value);
    /// A scalar as a borrowed value (bool as 0 or 1); throws Invalid for arrays and objects.
    Value value() const;

    bool operator==(const Json&) const = default;

private:
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> data_;
};

}  // namespace crm
