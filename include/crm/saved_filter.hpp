/// Saved filters: conditions on one kind of record under a name, a user's own or shared.
#pragma once

#include <string>
#include <string_view>

#include "crm/filter.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// A named filter. Used as `Filter::saved`, it means what it says at that moment, under the rights
/// of who uses it; relative dates stay relative.
///
/// A personal kind (see `Personal`): rights are not given for it. Everybody makes filters and
/// changes, removes and exports their own; nobody else but administrators sees them, unless they
/// are shared: then whoever may read records of the kind may use them.
struct SavedFilter {
    Head head{};
    std::string kind{};         ///< name of the kind that it filters, "party"; fixed
    std::string name{};         ///< unique for its owner and kind, blind to case
    std::string name_key{};     ///< derived: folded
    std::string condition{};    ///< the JSON form of the filter, at most 100,000 bytes
    std::string description{};  ///< what it is for
    bool is_shared = false;
    bool operator==(const SavedFilter&) const = default;
};

/// Saved filters.
///
/// However one is written, its condition is tried against its kind, under the rights of who writes
/// it, and Invalid or Denied thrown where it does not hold: an unknown field, one that is hidden
/// from the writer, a saved filter inside (a condition says all itself). Should a field go later,
/// or be hidden from who uses the filter, its use throws, naming filter and field: no condition is
/// ever left out.
class CRM_API SavedFilters : public Records<SavedFilter> {
public:
    using Records::Records;
    /// Saves a filter on records of a kind under a name: makes one, or changes the user's own of
    /// that name. One command "saved_filter.save".
    SavedFilter save(std::string_view kind, std::string_view name, const Filter& where,
                     bool is_shared = false);
    /// The one that `Filter::saved(name)` means for a kind: the user's own, else the one that is
    /// shared under that name. Throws NotFound where there is none, Conflict where several share
    /// one; `SavedFilter::head` tells them apart.
    SavedFilter named(std::string_view kind, std::string_view name) const;
};

template <>
CRM_API const Kind& kind_of<SavedFilter>();

}  // namespace crm
