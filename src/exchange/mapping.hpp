/// Mapping: where each column of a source goes. Worked out once, before the first row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crm/import.hpp"
#include "crm/kind.hpp"
#include "kernel/state.hpp"

namespace crm::exchange {

inline constexpr std::size_t no_source = static_cast<std::size_t>(-1);

/// How a cell names the record it refers to.
enum class Naming : std::uint8_t { id, key, code, name };

/// Where the cells of one column go.
struct Target {
    enum class Place : std::uint8_t { column, owner, unit, person, part };
    Place place = Place::column;
    std::size_t source = 0;          ///< position in the row
    const Column* column = nullptr;  ///< of the kind, a person's contact or the part; null for
                                     ///< owner and unit
    Naming naming = Naming::id;      ///< for references
    std::size_t currency_source = no_source;  ///< for money: the cell with its currency
    std::size_t group = 0;                    ///< for a part: position in `Mapping::groups`
};

/// One kind of child that parts make.
struct Group {
    const Kind* kind = nullptr;
    const Part* part = nullptr;  ///< the first one of it: its match, and its preset if it has one
    const Column* parent = nullptr;
    const Column* preset = nullptr;  ///< set to `preset_value` unless a cell says otherwise
    std::string_view preset_value{};
    bool one_each = false;  ///< each cell makes a child of its own
};

struct Mapping {
    const Kind* kind = nullptr;
    std::vector<std::string> header;
    std::vector<Target> targets;  ///< in order of the header
    std::vector<Group> groups;
    std::size_t key = no_source;
    std::vector<std::string> not_imported;
    std::vector<ImportColumn> columns;  ///< as used, headings of the kind's own names included
};

/// Throws Invalid("import", …) for an unknown kind, a column that the header has not, an unknown
/// target, and one named twice.
Mapping map_columns(const kernel::Catalogue& catalogue, const std::vector<std::string>& header,
                    const ImportOptions& options);

}  // namespace crm::exchange
