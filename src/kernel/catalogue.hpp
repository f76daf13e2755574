/// The kinds of a file as of an epoch: those of the release, with the custom properties that the
/// file defines as further columns.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/json.hpp"
#include "crm/kind.hpp"
#include "crm/property.hpp"
#include "storage/connection.hpp"

namespace crm::kernel {

/// How schema/ declares a column of a type.
std::string_view stored_type(FieldType type);

/// The table that a column stands in: the kind's own, or that of its properties or long texts.
std::string table_of(const Kind& kind, const Column& column);

/// A column of another kind that refers to this one.
struct Incoming {
    const Kind* kind;
    const Column* column;
    std::string table() const { return table_of(*kind, *column); }
};

/// The statements of a kind that have one text for the life of the process.
struct PlanSlots {
    storage::Slot insert, insert_body, insert_properties, search_insert, load;
    storage::Slot search_remove;
};

/// What the engine needs of a kind at every row, computed once.
struct Plan {
    const Kind* kind = nullptr;
    std::vector<Incoming> incoming;  ///< columns that can refer to this kind, parents of children
                                     ///< too
    std::vector<Incoming> owned;     ///< of users, units, territories: the heads that name them
    std::vector<const Column*> row, body;   ///< columns of the table and of <kind>_body
    std::vector<const Column*> properties;  ///< columns of <kind>_property, by name
    std::vector<const Column*> searchable;  ///< in order of <kind>_fts
    std::vector<std::pair<const Column*, Json>> defaults;  ///< of properties in use
    std::shared_ptr<const PlanSlots> slots;
};

/// Immutable. One without properties lives as long as its database; one with properties as long as
/// the process, because records keep pointers to their kinds.
class Catalogue {
public:
    /// The kinds as the release has them. They must last as long as the process.
    static std::shared_ptr<const Catalogue> bare(std::span<const Kind> kinds);
    /// The same with the properties that a file defines, as a connection's snapshot has them.
    static std::shared_ptr<const Catalogue> read(const std::shared_ptr<const Catalogue>& bare,
                                                 storage::Connection& connection);

    Catalogue(std::span<const Kind> kinds, const std::vector<Property>& properties);
    Catalogue(const Catalogue&) = delete;
    Catalogue& operator=(const Catalogue&) = delete;

    /// Ascending by number.
    std::span<const Kind> kinds() const { return kinds_; }
    /// Of the kind with that number, whichever catalogue it is from.
    const Plan& plan(const Kind& kind) const { return *plans_[kind.number]; }
    /// nullptr for a number that is no kind's.
    const Kind* kind(KindNumber number) const {
        return plans_[number] ? plans_[number]->kind : nullptr;
    }
    /// Throws NotFound.
    const Kind& kind_of(Ref ref) const;
    /// Throws Invalid.
    const Kind& kind_named(std::string_view name) const;
    /// The link of a child to a record of a personal kind, or nullptr: who changes that writes the
    /// child, and needs no more than to read the parent.
    const Column* link_to_personal(const Kind& kind) const;

private:
    void add_properties(Kind& kind, const std::vector<Property>& properties);
    void add_columns(const Property& property, std::vector<Column>& columns);
    void make_plan(const Kind& kind, const std::vector<Property>& properties);
    void plan_references(Plan& plan) const;
    std::string_view keep(std::string text);

    std::span<const Kind> kinds_;
    std::vector<Kind> extended_;  // where there are properties, all kinds stand here
    std::deque<std::vector<Column>> columns_;
    std::deque<std::string> texts_;                   // names, where they stay
    std::array<std::unique_ptr<Plan>, 256> plans_{};  // by kind number
};

/// The column that a property is stored in; of an amount, the one of its minor units.
std::string column_of(const Property& property);
/// What columns of a property hold.
FieldType field_type(PropertyType type);

/// Brings the tables in step with what was defined since `before`: adds columns, makes and drops
/// unique indexes, and makes the search index of a kind anew where another text is searched. Throws
/// Conflict where a property would go.
void store_properties(storage::Connection& connection, const Catalogue& before,
                      const Catalogue& after);

}  // namespace crm::kernel
