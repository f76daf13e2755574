/// Custom properties: fields that the administrator of a file adds to its kinds of record.
///
///     Properties(ana).define({.kind = "party", .name = "x_rating", .type = PropertyType::integer},
///                            {{"en", "Rating"}});
///     party.head.properties.set("x_rating", std::int64_t{5});
///     parties.list({.where = field("x_rating") >= 4});
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// What a property holds; fixed for ever.
enum class PropertyType : std::uint8_t {
    text,       ///< at most 500 bytes of UTF-8
    long_text,  ///< at most 1 MB; left out of lists like every long text
    integer,    ///< 64-bit
    real,       ///< double
    date,       ///< civil date
    time,       ///< instant, microseconds UTC
    flag,       ///< true, false or absent
    choice,     ///< a code of a list
    reference,  ///< a record of one kind; emptied when that is removed
    money,      ///< an amount and its currency
};

/// The definition of one property of one kind. Kind, name, type, list, target and is_searchable
/// never change; the rest may. A definition is never removed, only retired.
struct Property {
    Head head{};
    std::string kind{};  ///< "party"
    /// "x_" and 1 to 38 lower case letters, digits and "_"; not ending in _id, _minor or _currency.
    /// The record's column has this name, of a reference with "_id" behind it, of an amount with
    /// "_minor", and "_currency" for its currency.
    std::string name{};
    PropertyType type = PropertyType::text;
    std::string list{};        ///< for a choice: the list its codes are of; empty: one of its own,
                               ///< "<kind>_<name>"
    std::string target{};      ///< for a reference: a root kind, "user", "unit" or "territory"
    bool is_required = false;  ///< asked for at creation, and never emptied after; not of what
                               ///< the engine writes besides: entries of calls, occurrences, copies
    bool is_unique = false;    ///< no two records have the same value, byte by byte
    bool is_searchable = false;  ///< texts of kinds that have full text: found by it
    /// What new records get where nothing is given, as JSON: 5, "abc", "2026-01-31"; of a flag 0 or
    /// 1, of a time its microseconds. Empty: nothing. References and amounts have none.
    std::string default_value{};
    std::int64_t position = 0;  ///< of forms; 0 on creation: behind the others
    bool is_retired = false;    ///< old values are read on, new ones are refused
    bool operator==(const Property&) const = default;
};

/// The name of a property as people read it, in one language.
struct PropertyLabel {
    Head head{};
    Id<Property> property{};
    std::string language{};
    std::string label{};
    bool operator==(const PropertyLabel&) const = default;
};

/// Texts by language: "en" → "Rating".
using Labels = std::vector<std::pair<std::string, std::string>>;

/// A value for the list of a new choice.
struct Choice {
    std::string code{};
    Labels labels{};
};

/// Custom properties. Seen by everybody, defined by administrators.
///
/// Root kinds, their children but shares and external keys, users and units can have them; a kind
/// has at most 256 columns, its own included (money takes two). Values stand in `Head::properties`
/// and behave like every other field: they are filtered, sorted, imported, exported, searched,
/// hidden and locked by their names, and kept in history.
class CRM_API Properties : public Records<Property> {
public:
    using Records::Records;

    /// Adds a property to a kind; every session and process has it from its next statement on. One
    /// command, "property.define", which cannot be undone: retire it instead. `choices` are added
    /// to the property's list. Throws Invalid for what does not fit together and a name in use,
    /// LimitExceeded for the 257th column, Denied without the function `administer`. Cost:
    /// constant; with `is_searchable` the search index of the kind is made anew, which takes about
    /// as long as indexing all its texts and keeps other writers waiting.
    Property define(const Property& property, const Labels& labels = {},
                    const std::vector<Choice>& choices = {});
    /// Throws NotFound.
    Property named(std::string_view kind, std::string_view name) const;
    /// Those of a kind, in order of position. Throws Invalid for an unknown kind.
    std::vector<Property> of_kind(std::string_view kind, bool with_retired = false) const;
    /// In the session's language, else in English, else the name without "x_".
    std::string label(const Property& property) const;
    /// Sets the label in one language.
    void set_label(std::string_view kind, std::string_view name, std::string_view language,
                   std::string_view label);
    /// From now on new values are refused; records keep theirs.
    void retire(std::string_view kind, std::string_view name);
    void reactivate(std::string_view kind, std::string_view name);
    /// Asked of new records and of changes from now on; records without a value stay as they are.
    void set_required(std::string_view kind, std::string_view name, bool is_required);
    /// Throws Conflict where records have the same value: up to 100 of those that the session sees
    /// are listed in `conflicts`. Cost: reads every value once.
    void set_unique(std::string_view kind, std::string_view name, bool is_unique);

    /// A kind as the file has it now, its properties among the columns; for what is built on
    /// columns, such as forms. Throws Invalid for an unknown name.
    const Kind& kind(std::string_view name) const;
};

template <>
CRM_API const Kind& kind_of<Property>();
template <>
CRM_API const Kind& kind_of<PropertyLabel>();

}  // namespace crm
