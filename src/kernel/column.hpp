/// Builds column constants from member pointers: `column<&Party::name>("name", required |
/// searchable)`.
///
/// A path of members makes one member several columns: `column<&Party::annual_revenue,
/// &Money::minor>(…)`; an optional on the way makes the column nullable and is engaged by whichever
/// column is set first.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>

#include "crm/error.hpp"
#include "crm/kind.hpp"
#include "crm/money.hpp"
#include "crm/record.hpp"
#include "crm/time.hpp"

namespace crm::kernel {

/// The stored codes of an enumeration, in order of its values. Specialise beside the kind.
template <class Enum>
struct Codes;

template <class Enum>
std::string_view code_of(Enum value) {
    return Codes<Enum>::all[static_cast<std::size_t>(value)];
}

[[noreturn]] void refuse_type(std::string_view expected);

template <class T>
struct IdTarget : std::false_type {};
template <class T>
struct IdTarget<Id<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// How one type of member is moved into and out of a borrowed value.
template <class T>
struct Codec;

template <>
struct Codec<std::int64_t> {
    static constexpr FieldType type = FieldType::integer;
    static Value get(const std::int64_t& v) { return Value{v}; }
    static void set(std::int64_t& v, const Value& value) {
        if (value.type() != Value::Type::integer) refuse_type("an integer");
        v = value.integer();
    }
    static void clear(std::int64_t& v) { v = 0; }
};
template <>
struct Codec<bool> {
    static constexpr FieldType type = FieldType::flag;
    static Value get(const bool& v) { return Value{std::int64_t{v}}; }
    static void set(bool& v, const Value& value) {
        if (value.type() != Value::Type::integer || (value.integer() | 1) != 1)
            refuse_type("true or false");
        v = value.integer() != 0;
    }
    static void clear(bool& v) { v = false; }
};
template <>
struct Codec<double> {
    static constexpr FieldType type = FieldType::real;
    static Value get(const double& v) { return Value{v}; }
    static void set(double& v, const Value& value) {
        if (value.type() != Value::Type::real && value.type() != Value::Type::integer)
            refuse_type("a number");
        v = value.real();
    }
    static void clear(double& v) { v = 0; }
};
template <>
struct Codec<std::string> {
    static constexpr FieldType type = FieldType::text;
    static Value get(const std::string& v) {
        return v.empty() ? Value{} : Value{std::string_view{v}};
    }
    static void set(std::string& v, const Value& value) {
        if (value.type() != Value::Type::text) refuse_type("text");
        v.assign(value.text());
    }
    static void clear(std::string& v) { v.clear(); }
};
template <>
struct Codec<Date> {
    static constexpr FieldType type = FieldType::date;
    static Value get(const Date& v) { return Value{v.text()}; }
    static void set(Date& v, const Value& value) {
        if (value.type() != Value::Type::text) refuse_type("a date as YYYY-MM-DD");
        v = Date::parse(value.text());
    }
    static void clear(Date& v) { v = {}; }
};
template <>
struct Codec<Time> {
    static constexpr FieldType type = FieldType::time;
    static Value get(const Time& v) { return Value{std::int64_t{v.time_since_epoch().count()}}; }
    static void set(Time& v, const Value& value) {
        if (value.type() != Value::Type::integer) refuse_type("an instant in microseconds");
        v = Time{std::chrono::microseconds{value.integer()}};
    }
    static void clear(Time& v) { v = {}; }
};
template <>
struct Codec<Currency> {
    static constexpr FieldType type = FieldType::currency;
    static Value get(const Currency& v) { return v ? Value{v.code()} : Value{}; }
    static void set(Currency& v, const Value& value) {
        if (value.type() != Value::Type::text) refuse_type("an ISO 4217 currency code");
        v = Currency{value.text()};
    }
    static void clear(Currency& v) { v = {}; }
};
template <>
struct Codec<Ref> {
    static constexpr FieldType type = FieldType::reference;
    static Value get(const Ref& v) { return v ? Value{v.value()} : Value{}; }
    static void set(Ref& v, const Value& value) {
        if (value.type() != Value::Type::integer) refuse_type("the id of a record");
        v = Ref{value.integer()};
    }
    static void clear(Ref& v) { v = {}; }
};
template <class T>
struct Codec<Id<T>> {
    static constexpr FieldType type = FieldType::reference;
    static Value get(const Id<T>& v) { return Codec<Ref>::get(v.ref()); }
    static void set(Id<T>& v, const Value& value) {
        Ref ref;
        Codec<Ref>::set(ref, value);
        v = ref;
    }
    static void clear(Id<T>& v) { v = {}; }
};
template <class T>
requires std::is_enum_v<T>
struct Codec<T> {
    static constexpr FieldType type = FieldType::state;
    static Value get(const T& v) { return Value{code_of(v)}; }
    static void set(T& v, const Value& value) {
        for (std::size_t i = 0; i < Codes<T>::all.size(); ++i)
            if (value.type() == Value::Type::text && value.text() == Codes<T>::all[i]) {
                v = static_cast<T>(i);
                return;
            }
        refuse_state(Codes<T>::all);
    }
    static void clear(T& v) { v = T{}; }
    [[noreturn]] static void refuse_state(std::span<const std::string_view> all) {
        std::string list;
        for (auto code : all) (list += list.empty() ? "one of " : ", ") += code;
        refuse_type(list);
    }
};
template <class T>
struct Codec<std::optional<T>> {
    static constexpr FieldType type = Codec<T>::type;
    static Value get(const std::optional<T>& v) { return v ? Codec<T>::get(*v) : Value{}; }
    static void set(std::optional<T>& v, const Value& value) {
        T inner{};
        Codec<T>::set(inner, value);
        v = std::move(inner);
    }
    static void clear(std::optional<T>& v) { v.reset(); }
};

template <class T>
struct MemberOf;
template <class Record, class T>
struct MemberOf<T Record::*> {
    using record = Record;
    using type = T;
};

/// One member, or a member of an optional or plain member.
template <auto Member, auto... Inner>
struct Path {
    using Record = typename MemberOf<decltype(Member)>::record;
    using Type = typename MemberOf<decltype(Member)>::type;
    using Leaf = Type;
    static Value get(const void* record) {
        return Codec<Type>::get(static_cast<const Record*>(record)->*Member);
    }
    static void set(void* record, const Value& value) {
        auto& member = static_cast<Record*>(record)->*Member;
        value.is_null() ? Codec<Type>::clear(member) : Codec<Type>::set(member, value);
    }
};
template <auto Member, auto Inner>
struct Path<Member, Inner> {
    using Record = typename MemberOf<decltype(Member)>::record;
    using Outer = typename MemberOf<decltype(Member)>::type;
    using Leaf = typename MemberOf<decltype(Inner)>::type;
    static Value get(const void* record) {
        const auto& outer = static_cast<const Record*>(record)->*Member;
        if constexpr (IsOptional<Outer>::value)
            return outer ? Codec<Leaf>::get((*outer).*Inner) : Value{};
        else
            return Codec<Leaf>::get(outer.*Inner);
    }
    static void set(void* record, const Value& value) {
        auto& outer = static_cast<Record*>(record)->*Member;
        if constexpr (IsOptional<Outer>::value) {
            if (value.is_null()) return outer.reset();
            if (!outer) outer.emplace();
            Codec<Leaf>::set((*outer).*Inner, value);
        } else {
            value.is_null() ? Codec<Leaf>::clear(outer.*Inner)
                            : Codec<Leaf>::set(outer.*Inner, value);
        }
    }
};

template <class T>
consteval auto states_of() -> std::span<const std::string_view> {
    if constexpr (IsOptional<T>::value)
        return states_of<typename T::value_type>();
    else if constexpr (std::is_enum_v<T>)
        return Codes<T>::all;
    else
        return {};
}

/// What a column may say besides name and traits, by designated initialisers.
struct ColumnOptions {
    std::string_view list{};
    FieldType type = FieldType::text;  ///< country or zone in place of text; money in place of
                                       ///< integer
    KindNumber target = 0;
    OnDelete on_delete = OnDelete::refuses;
    std::string_view key{};
    std::string_view companion{};
    std::size_t max_length = 0;  ///< 0: 500 bytes, 1 MB for bodies
    std::span<const std::string_view> made_of{};
};

template <auto Member, auto... Inner>
consteval Column column(std::string_view name, std::uint32_t traits = no_trait,
                        ColumnOptions options = {}) {
    using At = Path<Member, Inner...>;
    Column column;
    column.name = name;
    column.type = Codec<typename At::Leaf>::type;
    if (options.type != FieldType::text) column.type = options.type;
    if (!options.list.empty()) column.type = FieldType::code;
    column.traits = traits;
    column.list = options.list;
    column.states = states_of<typename At::Leaf>();
    column.target = options.target;
    column.on_delete = options.on_delete;
    column.key = options.key;
    column.companion = options.companion;
    column.made_of = options.made_of;
    column.max_length = options.max_length ? options.max_length : (traits & body) ? 1'000'000 : 500;
    column.getter = &At::get;
    column.setter = &At::set;
    return column;
}

/// A kind of `Record`; the rest of its members are set by designated initialisers of `Traits`.
template <class Record>
constexpr Kind kind(KindNumber number, std::string_view name, Role role,
                    std::span<const Column> columns) {
    Kind kind;
    kind.number = number;
    kind.name = name;
    kind.role = role;
    kind.columns = columns;
    kind.make = []() -> void* { return new Record{}; };
    kind.destroy = [](void* record) { delete static_cast<Record*>(record); };
    kind.copy = [](void* to, const void* from) {
        *static_cast<Record*>(to) = *static_cast<const Record*>(from);
    };
    kind.equal = [](const void* a, const void* b) {
        return *static_cast<const Record*>(a) == *static_cast<const Record*>(b);
    };
    return kind;
}

/// Numbers of all kinds, here so that columns can name their targets. Never reused.
namespace number {
inline constexpr KindNumber user = 1, unit = 2, user_group = 3, user_group_member = 4,
                            territory = 5, list_value = 6, list_label = 7, access_right = 8,
                            share = 9, external_key = 10, position = 11, territory_member = 12,
                            field_right = 13, user_skill = 14, property = 15, property_label = 24;
inline constexpr KindNumber party = 16, party_role = 17, contact = 18, membership = 19, point = 20,
                            address = 21, note = 22, activity = 23, distinct_pair = 25,
                            project = 26, bank_account = 27, party_link = 28, memorable_date = 29,
                            consent = 30, kinship = 31, segment = 32, segment_member = 33,
                            saved_filter = 34;
inline constexpr KindNumber lead = 35, lead_queue = 36, lead_queue_member = 37;
inline constexpr KindNumber participant = 38, cost = 39, attachment = 40, file_content = 41;
inline constexpr KindNumber reminder = 42, notice = 43;
inline constexpr KindNumber call = 44, call_forward = 45, routing_rule = 46;
inline constexpr KindNumber working_hours = 47, holiday = 48, schedule_entry = 49, time_entry = 50,
                            hourly_rate = 51;
inline constexpr KindNumber loyalty_movement = 52;
}  // namespace number

}  // namespace crm::kernel
