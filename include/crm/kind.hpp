/// Record kinds: what the library knows of each kind of record, as data.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"
#include "crm/id.hpp"
#include "crm/value.hpp"

namespace crm::kernel {
class Reading;
}

namespace crm::inline v1 {

class Work;
struct Head;
struct Duplicate;

/// Columns of one kind, as bits by their position in `Kind::columns`.
using FieldSet = std::bitset<256>;

/// What a column holds; fixes how it is read from text, shown and filtered.
enum class FieldType : std::uint8_t {
    integer,    ///< 64-bit integer
    real,       ///< double
    flag,       ///< 0 or 1
    text,       ///< cleaned UTF-8; empty is stored as NULL
    code,       ///< a value of the list named in `Column::list`
    state,      ///< one of the fixed codes in `Column::states`
    date,       ///< civil date, YYYY-MM-DD
    time,       ///< instant, microseconds UTC
    money,      ///< minor units of the currency in the column `Column::companion`
    currency,   ///< ISO 4217
    country,    ///< ISO 3166-1 alpha-2
    zone,       ///< IANA time zone
    reference,  ///< id of a record, of kind `Column::target` unless that is 0
};

/// What deleting the record referred to does to the record that refers.
enum class OnDelete : std::uint8_t { refuses, clears, takes_along };

/// Traits of a column, combined with `|`.
enum Trait : std::uint32_t {
    no_trait = 0,
    required = 1u << 0,    ///< never empty
    unique = 1u << 1,      ///< unique in the file (by the folded key where it has one)
    searchable = 1u << 2,  ///< a column of the kind's full-text index
    quick = 1u << 3,  ///< indexed folded or normalised key: the quick filter looks here by prefix
    personal = 1u << 4,  ///< personal data: part of a subject's export and erasure
    on_card = 1u << 5,   ///< shown on the card
    derived = 1u << 6,   ///< written by the engine only; refused as input
    fixed = 1u << 7,     ///< set at creation, never changed after
    body = 1u << 8,      ///< long text, kept in <kind>_body under the same id
    parent = 1u << 9,    ///< of a child kind: the record it belongs to
    link = 1u << 10,  ///< of a child kind: the other end; the child is absent where that is hidden
    always_shown = 1u << 11,  ///< no field right hides it: lists, chains and rights stand on it
    gives = 1u << 12,  ///< of a root: who is responsible for the record is given what it refers to
    part_of = 1u << 13,  ///< of a root: who is responsible for what it refers to is given the
                         ///< record
    twin = 1u << 14,  ///< of a root: one thing with what it refers to; same head, same rights, by
                      ///< the scopes of that kind
    self = 1u << 15,  ///< of users: the user may change it without the right to administer
    out_of_use = 1u << 16,  ///< a retired custom property: read on, given no new values
    historic = 1u << 17,    ///< a code of the past: may be a value that was retired since
};

/// One column of a kind. Two function pointers move a borrowed value out of and into the member
/// that it stands for; a custom property has no member and lives in `Head::properties`.
struct Column {
    std::string_view name{};
    FieldType type = FieldType::text;
    std::uint32_t traits = no_trait;
    std::string_view list{};                     ///< for `code`
    std::span<const std::string_view> states{};  ///< for `state`
    KindNumber target = 0;                       ///< for `reference`: the kind, 0 for any
    OnDelete on_delete = OnDelete::refuses;      ///< for `reference`
    std::string_view key{};                      ///< column with the folded key of this one, if any
    std::string_view companion{};                ///< for `money`: the currency's column
    std::span<const std::string_view> made_of{};  ///< columns ("last_name", "contact.last_name")
                                                  ///< that show in it: hidden where one of them is
    std::size_t max_length = 500;                 ///< in bytes, for text
    Value (*getter)(const void* record) = nullptr;  ///< nullptr for a custom property
    void (*setter)(void* record, const Value& value) = nullptr;

    /// Borrowed from the record.
    Value get(const void* record) const { return getter ? getter(record) : get_property(record); }
    /// Throws Invalid where the value is of another type or not a date, state, …
    void set(void* record, const Value& value) const {
        setter ? setter(record, value) : set_property(record, value);
    }
    constexpr bool is_property() const { return getter == nullptr; }
    constexpr bool has(Trait trait) const { return (traits & trait) != 0; }

private:
    CRM_API Value get_property(const void* record) const;
    CRM_API void set_property(void* record, const Value& value) const;
};

/// A sort order that stands on indexes (scope, key) and is fast at any size under any rights.
struct Order {
    std::string_view name{};    ///< as used in `Query::order`
    std::string_view column{};  ///< NOT NULL; ties by id
};

/// Fields of an import or a form that make a child record: "phone" on a party makes a point.
struct Part {
    std::string_view name{};           ///< as used in a mapping: "phone", "address.city"
    KindNumber child = 0;              ///< the kind it makes
    std::string_view column{};         ///< the column of the child it fills
    std::string_view group{};          ///< parts of one group fill one child; empty: one child each
    std::string_view preset_column{};  ///< set on the child besides, if not empty
    std::string_view preset{};
    std::span<const std::string_view> match{};  ///< columns by which an existing child is
                                                ///< recognised
};

/// What stands behind a kind beyond its columns. Every path that writes runs them, imports too.
struct Rules {
    /// Fills derived columns from the others. No access to the file.
    void (*derive)(Work&, void* record) = nullptr;
    /// Checks invariants; `before` is null on creation. Throws Invalid or Conflict. Runs on undo
    /// too.
    void (*check)(Work&, const void* record, const void* before) = nullptr;
    /// After the row was written: keeps other records true. Not run on undo.
    void (*written)(Work&, const void* record, const void* before) = nullptr;
    /// Whether `written` may throw for what the record says. The row is then undone by a savepoint,
    /// at which FTS5 writes out all it has gathered: an import of such a kind takes a third longer.
    bool may_refuse_written = true;
    /// After the row was removed. Not run on undo.
    void (*removed)(Work&, const void* record) = nullptr;
    /// After the row went, by an undo too: keeps true what no record holds, such as when a reminder
    /// is due. Writes no record.
    void (*gone)(Work&, const void* record) = nullptr;
    /// Adds the records that the session sees and that may be the same as one, stored or not.
    void (*alike)(kernel::Reading&, const void* record, std::vector<Duplicate>& found) = nullptr;
};

/// Roots have an owner and are seen by scope; children are seen with their parent; common records
/// (users, units, list values) are seen by every session and changed by administrators.
enum class Role : std::uint8_t { root, child, common };

/// Makes a root kind personal: no right is given for it, not by "*" either. Everybody may make such
/// records, and has each action on their own; others read what its owner shares; administrators
/// have all. Nothing belongs to such a record, and no reference to "any" record leads to it.
struct Personal {
    std::string_view shared{};  ///< the flag by which its owner shares a record
    std::string_view about{};  ///< the column that names a kind: shared is a record only with those
                               ///< who may read records of that
};

/// A record kind: a plain struct, its columns, and how to make, copy and compare one unseen.
struct Kind {
    KindNumber number = 0;
    std::string_view name{};  ///< also the table's name
    Role role = Role::root;
    std::span<const Column> columns{};  ///< without the head's; at most 256, custom
                                        ///< properties included
    std::span<const Order> orders{};
    std::span<const Part> parts{};
    Rules rules{};
    Personal personal{};          ///< root kinds
    std::string_view function{};  ///< common kinds: who holds this function may change them as
                                  ///< administrators do
    bool readers_add = false;  ///< child kinds: who sees the parent may add one and change its own
    bool is_confidential = false;  ///< root kinds: "*" does not stand for it. Rights are given by
                                   ///< its name, who may administer has all; nothing belongs to it
    bool is_of_owner = false;  ///< root kinds: tells something of its owner, so it is handed over
                               ///< to nobody unless it is named

    void* (*make)() = nullptr;
    void (*destroy)(void*) = nullptr;
    void (*copy)(void* to, const void* from) = nullptr;
    bool (*equal)(const void*, const void*) = nullptr;

    /// The column of that name, or nullptr.
    CRM_API const Column* find(std::string_view column) const noexcept;
    /// The column of that name, or that records show by it: "party" is of party_id,
    /// "annual_revenue" of its amount. nullptr where there is none.
    CRM_API const Column* find_shown(std::string_view field) const;
    /// The first column with a trait, or nullptr.
    CRM_API const Column* first_with(Trait trait) const noexcept;
    /// The column of that name; throws Invalid(kind, column, "no such field …").
    CRM_API const Column& column(std::string_view column) const;
    /// Position of a column of this kind: its bit in `Head::hidden`.
    std::size_t index_of(const Column& column) const {
        return static_cast<std::size_t>(&column - columns.data());
    }
    /// The column with trait `parent`, nullptr for roots and common kinds.
    CRM_API const Column* parent_column() const noexcept;
    CRM_API bool has_body() const noexcept;
    CRM_API bool is_searchable() const noexcept;
    constexpr bool is_personal() const { return !personal.shared.empty(); }
    /// Of a root: "*" does not stand for it in rights, and nothing of any other kind belongs to it.
    constexpr bool stands_alone() const { return is_personal() || is_confidential; }
};

/// The kind of a record type; specialised beside each type.
template <class Record>
const Kind& kind_of();

}  // namespace crm
