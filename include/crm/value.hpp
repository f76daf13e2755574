/// Borrowed values: SQLite's five storage classes as the one interchange value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "crm/api.hpp"

namespace crm::inline v1 {

/// A value that borrows what it shows: text and blob point into memory owned by somebody else and
/// are valid only as long as that.
class Value {
public:
    enum class Type : std::uint8_t { null, integer, real, text, blob };

    constexpr Value() = default;
    constexpr Value(std::int64_t integer) : type_(Type::integer), integer_(integer) {}
    constexpr Value(double real) : type_(Type::real), real_(real) {}
    constexpr Value(std::string_view text)
        : type_(Type::text), size_(text.size()), data_(text.data()) {}
    constexpr Value(const char* text) : Value(std::string_view{text}) {}
    static constexpr Value blob(std::string_view bytes) {
        Value value{bytes};
        value.type_ = Type::blob;
        return value;
    }

    constexpr Type type() const { return type_; }
    constexpr bool is_null() const { return type_ == Type::null; }
    /// The integer; 0 where the value is not one.
    constexpr std::int64_t integer() const { return type_ == Type::integer ? integer_ : 0; }
    /// The number; 0 where the value is none.
    constexpr double real() const {
        return type_ == Type::real      ? real_
               : type_ == Type::integer ? static_cast<double>(integer_)
                                        : 0.0;
    }
    /// The text or the bytes; empty where the value is neither.
    constexpr std::string_view text() const {
        return type_ == Type::text || type_ == Type::blob ? std::string_view{data_, size_}
                                                          : std::string_view{};
    }
    friend constexpr bool operator==(const Value& a, const Value& b) {
        if (a.type_ != b.type_) return false;
        switch (a.type_) {
            case Type::null: return true;
            case Type::integer: return a.integer_ == b.integer_;
            case Type::real: return a.real_ == b.real_;
            default: return a.text() == b.text();
        }
    }

private:
    Type type_ = Type::null;
    std::size_t size_ = 0;
    union {
        std::int64_t integer_ = 0;
        double real_;
        const char* data_;
    };
};

}  // namespace crm
