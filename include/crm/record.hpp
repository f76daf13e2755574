/// Records: the head that every one begins with, and a record whose kind is known at run time only.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/api.hpp"
#include "crm/id.hpp"
#include "crm/json.hpp"
#include "crm/kind.hpp"
#include "crm/value.hpp"

namespace crm::inline v1 {

struct User;
struct Unit;
struct Territory;

/// The custom properties of one record that have a value, by the names of their columns:
/// "x_rating", of a reference "x_mentor_id", of an amount "x_budget_minor" and "x_budget_currency".
class CRM_API PropertyValues {
public:
    /// Borrowed; null where the property has no value.
    Value get(std::string_view name) const noexcept;
    /// Null takes the value away. Checked against the property when the record is written.
    void set(std::string_view name, const Value& value);
    bool empty() const { return values_.empty(); }
    /// In order of names.
    const std::vector<std::pair<std::string, Json>>& values() const { return values_; }
    /// The kind with its properties as the file had it when the record was read; nullptr where it
    /// had none, or for a record that was not read.
    const Kind* kind() const { return kind_; }
    /// For the engine: remembers that kind, which must last as long as the process.
    void read_as(const Kind& kind) { kind_ = &kind; }
    bool operator==(const PropertyValues& other) const { return values_ == other.values_; }

private:
    std::vector<std::pair<std::string, Json>> values_;
    const Kind* kind_ = nullptr;
};

/// What every record begins with. Written by the engine; only owner, unit and territory may be
/// given, and only with the right to assign.
struct Head {
    Ref id{};
    std::int64_t version = 0;  ///< 1 on creation, +1 with every change
    CommandId created_in{};    ///< the command tells time, user and purpose
    CommandId changed_in{};    ///< last change of the record or, for a root, of one of its children
    Id<User> owner{};          ///< roots only
    Id<Unit> unit{};           ///< roots only
    Id<Territory> territory{};  ///< roots only
    FieldSet hidden{};  ///< columns that are set but hidden from this session: read as empty
    FieldSet unread{};  ///< long texts that a list left out (`Query::bodies`)
    PropertyValues properties{};  ///< values of custom properties
    bool operator==(const Head&) const = default;
};

/// A new value for one field; borrows text.
struct Assignment {
    std::string_view field{};
    Value value{};
};

/// Says "whatever version it has" where a version is asked for: the last writer wins.
inline constexpr std::int64_t any_version = -1;

/// A record of a kind known at run time; owns it.
class CRM_API AnyRecord {
public:
    explicit AnyRecord(const Kind& kind);
    AnyRecord(const AnyRecord& other);
    AnyRecord(AnyRecord&& other) noexcept;
    AnyRecord& operator=(AnyRecord other) noexcept;
    ~AnyRecord();

    const Kind& kind() const { return *kind_; }
    Head& head() { return *static_cast<Head*>(data_); }
    const Head& head() const { return *static_cast<const Head*>(data_); }
    void* data() { return data_; }
    const void* data() const { return data_; }

    /// Borrowed from the record. Throws Invalid for an unknown field.
    Value get(std::string_view field) const;
    void set(std::string_view field, const Value& value);
    /// The typed record; the type must be the kind's.
    template <class Record>
    const Record& as() const {
        return *static_cast<const Record*>(data_);
    }
    /// Ids as strings, instants as ISO 8601, money as decimal text; hidden fields left out and
    /// named in "hidden".
    Json json() const;
    bool operator==(const AnyRecord& other) const;

private:
    const Kind* kind_;
    void* data_;
};

/// A record as JSON, as `AnyRecord::json`.
CRM_API Json to_json(const Kind& kind, const void* record);

}  // namespace crm
