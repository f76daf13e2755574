/// Kinship: the family of contacts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crm/contact.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// "kin is <relation> of contact": another contact, or somebody known by name only.
struct Kinship {
    Head head{};
    Id<Contact> contact{};
    std::string relation{};  ///< list kinship_relation: spouse, child, parent, sibling, other;
                             ///< how the kin sees it: kinship_relation_inverse
    Id<Contact> kin{};       ///< goes with that contact; reads as none where it is hidden
    std::string name{};      ///< of kin that is no contact
    std::optional<Date> born_on{};  ///< the same; that of a contact stands there
    std::string note{};
    bool operator==(const Kinship&) const = default;
};

/// The family of contacts. Rights: change on the contact, read on the kin.
class CRM_API Kinships : public Records<Kinship> {
public:
    using Records::Records;
    /// The kinship of a contact, also that in which it is the kin of another, oldest first.
    std::vector<Kinship> of(Id<Contact> contact) const;
};

template <>
CRM_API const Kind& kind_of<Kinship>();

}  // namespace crm
