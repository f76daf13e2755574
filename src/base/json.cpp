#include "crm/json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "crm/error.hpp"

namespace crm::inline v1 {
namespace {

constexpr std::size_t max_depth = 64;

// Receives the parser's events and builds our value. Answering false stops the parser, so that
// none of its exceptions is ever thrown; what went wrong is kept for ours.
class Builder {
public:
    bool null() { return add(Json{}); }
    bool boolean(bool value) { return add(value); }
    bool number_integer(std::int64_t value) { return add(value); }
    bool number_unsigned(std::uint64_t value) {
        return std::in_range<std::int64_t>(value) ? add(static_cast<std::int64_t>(value))
                                                  : add(static_cast<double>(value));
    }
    bool number_float(double value, const std::string&) { return add(value); }
    bool string(std::string& value) { return add(std::move(value)); }
    bool binary(std::vector<std::uint8_t>&) { return fail("no binary values in JSON"); }
    bool key(std::string& name) {
        open_.back().name = std::move(name);
        return true;
    }
    bool start_object(std::size_t) { return open(Json::Object{}); }
    bool start_array(std::size_t) { return open(Json::Array{}); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool parse_error(std::size_t byte, const std::string& token, const std::exception&) {
        return fail("not JSON at byte " + std::to_string(byte) +
                    (token.empty() ? "" : ", after " + token));
    }

    const std::string& error() const { return error_; }
    Json take() { return std::move(root_); }

private:
    struct Level {
        std::variant<Json::Array, Json::Object> content;
        std::string name{};  // of the member whose value comes next
    };

    bool open(std::variant<Json::Array, Json::Object> content) {
        if (open_.size() == max_depth)
            return fail("nested deeper than " + std::to_string(max_depth) + " levels");
        open_.push_back({std::move(content)});
        return true;
    }
    bool close() {
        auto content = std::move(open_.back().content);
        open_.pop_back();
        return std::visit([this](auto&& done) { return add(Json{std::move(done)}); },
                          std::move(content));
    }
    bool add(Json value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (auto* array = std::get_if<Json::Array>(&open_.back().content)) {
            array->push_back(std::move(value));
        } else {
            std::get<Json::Object>(open_.back().content)
                .emplace_back(std::move(open_.back().name), std::move(value));
        }
        return true;
    }
    bool fail(std::string reason) {
        error_ = std::move(reason);
        return false;
    }

    Json root_;
    std::vector<Level> open_;
    std::string error_;
};

void dump_string(std::string_view text, std::string& out) {
    static constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (byte >= 0x20)
                    out += c;
                else
                    out.append("\\u00") += {hex[byte >> 4], hex[byte & 15]};
        }
    }
    out += '"';
}

template <class Number>
void dump_number(Number number, std::string& out) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

// JSON knows no infinity and no NaN; a whole double keeps its point, so that it is read as one.
void dump_real(double real, std::string& out) {
    if (!std::isfinite(real)) {
        out += "null";
        return;
    }
    const auto begin = out.size();
    dump_number(real, out);
    if (out.find_first_of(".e", begin) == std::string::npos) out += ".0";
}

void dump_into(const Json& json, std::string& out);

void dump_array(const Json::Array& array, std::string& out) {
    char before = '[';
    for (const auto& element : array) {
        out += std::exchange(before, ',');
        dump_into(element, out);
    }
    out += array.empty() ? "[]" : "]";
}

void dump_object(const Json::Object& object, std::string& out) {
    char before = '{';
    for (const auto& [name, value] : object) {
        out += std::exchange(before, ',');
        dump_string(name, out);
        out += ':';
        dump_into(value, out);
    }
    out += object.empty() ? "{}" : "}";
}

void dump_into(const Json& json, std::string& out) {
    if (json.is_null())
        out += "null";
    else if (json.is_bool())
        out += json.boolean() ? "true" : "false";
    else if (json.is_integer())
        dump_number(json.integer(), out);
    else if (json.is_real())
        dump_real(json.real(), out);
    else if (json.is_string())
        dump_string(json.string(), out);
    else if (json.is_array())
        dump_array(json.array(), out);
    else
        dump_object(json.object(), out);
}

std::string_view type_name(const Json& json) {
    if (json.is_null()) return "null";
    if (json.is_bool()) return "a truth value";
    if (json.is_integer()) return "an integer";
    if (json.is_real()) return "a number";
    if (json.is_string()) return "a string";
    return json.is_array() ? "an array" : "an object";
}

[[noreturn]] void mismatch(std::string_view wanted, const Json& found) {
    throw Invalid("json", "",
                  std::string{wanted} + " is needed here, not " + std::string{type_name(found)});
}

template <class T, class Variant>
const T& get(const Variant& data, std::string_view wanted, const Json& json) {
    if (const auto* value = std::get_if<T>(&data)) return *value;
    mismatch(wanted, json);
}

}  // namespace

Json::Json(const Value& value) {
    switch (value.type()) {
        case Value::Type::null: break;
        case Value::Type::integer: data_ = value.integer(); break;
        case Value::Type::real: data_ = value.real(); break;
        case Value::Type::text:
        case Value::Type::blob: data_ = std::string{value.text()}; break;
    }
}

Json Json::parse(std::string_view text) {
    Builder builder;
    if (!nlohmann::json::sax_parse(text, &builder)) throw Invalid("json", "", builder.error());
    return builder.take();
}

std::string Json::dump() const {
    std::string out;
    dump_into(*this, out);
    return out;
}

bool Json::boolean() const { return get<bool>(data_, "a truth value", *this); }
std::int64_t Json::integer() const { return get<std::int64_t>(data_, "an integer", *this); }
double Json::real() const { return get<double>(data_, "a number with a fraction", *this); }
const std::string& Json::string() const { return get<std::string>(data_, "a string", *this); }
const Json::Array& Json::array() const { return get<Array>(data_, "an array", *this); }
const Json::Object& Json::object() const { return get<Object>(data_, "an object", *this); }

const Json* Json::find(std::string_view name) const {
    const auto* members = std::get_if<Object>(&data_);
    if (members == nullptr) return nullptr;
    for (const auto& [key, value] : *members)
        if (key == name) return &value;
    return nullptr;
}

const Json& Json::operator[](std::string_view name) const {
    if (!is_object()) mismatch("an object", *this);
    if (const Json* member = find(name)) return *member;
    throw Invalid("json", std::string{name}, "this member is missing");
}

void Json::add(std::string name, Json value) {
    if (is_null()) data_ = Object{};
    auto* members = std::get_if<Object>(&data_);
    if (members == nullptr) mismatch("an object", *this);
    members->emplace_back(std::move(name), std::move(value));
}

Value Json::value() const {
    switch (data_.index()) {
        case 0: return {};
        case 1: return std::int64_t{boolean()};
        case 2: return integer();
        case 3: return real();
        case 4: return std::string_view{string()};
        default: mismatch("a single value", *this);
    }
}

}  // namespace crm
