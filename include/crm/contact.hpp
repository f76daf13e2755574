/// Contacts: the people who speak for parties, or for nobody.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crm/money.hpp"
#include "crm/point.hpp"
#include "crm/query.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

struct ContactCard;
struct Party;

/// A person. The one contact of a natural-person party has that party's owner, unit and territory,
/// and is moved and deleted with it.
struct Contact {
    Head head{};
    std::string first_name{};
    std::string last_name{};
    std::string patronymic{};
    std::string nick_name{};
    std::string name{};      ///< derived: first, patronymic, last
    std::string name_key{};  ///< derived: folded "last first patronymic", for sorting and the quick
                             ///< filter
    std::string first_key{};  ///< derived: folded "first last", for the quick filter
    std::string title{};      ///< position in general; that in one company stands in the membership
    std::string type{};       ///< list contact_type
    std::string status{};     ///< list contact_status
    std::string sex{};        ///< list sex
    std::optional<Date> born_on{};
    Id<Party> person{};          ///< the natural-person party that this contact is; fixed
    std::string occupation{};    ///< what the person does, whoever it speaks for
    std::string income_level{};  ///< list income_level
    std::string attitude{};      ///< list attitude: theirs to us
    std::string prospects{};     ///< list prospects: what we may expect of them
    std::optional<Money> purchasing_budget{};  ///< a year, by what we know
    std::string preferences{};                 ///< and habits; long text
    std::string description{};                 ///< long text
    bool operator==(const Contact&) const = default;
};

/// A contact's place in a party, with position and period. Absent where the party is hidden.
struct Membership {
    Head head{};
    Id<Contact> contact{};
    Id<Party> party{};
    std::string position{};
    std::optional<Date> starts_on{};
    std::optional<Date> ends_on{};  ///< the last day
    bool operator==(const Membership&) const = default;
};

/// The register of contacts.
class CRM_API Contacts : public Records<Contact> {
public:
    using Records::Records;
    /// Makes the contact speak for a party. Throws Conflict where a membership of the same party
    /// with an overlapping period exists. Rights: change on the contact, read on the party.
    Membership join(Id<Contact> contact, Id<Party> party, std::string_view position = {},
                    std::optional<Date> starts_on = {}, std::optional<Date> ends_on = {});
    /// Ends a membership on a day.
    Membership leave(Id<Membership> membership, Date ends_on);
    /// Where the contact speaks for whom, oldest first.
    std::vector<Membership> memberships(Id<Contact> contact) const;
    Point add_point(Id<Contact> contact, const Point& point);
    /// The card, see `crm/card.hpp`. Throws NotFound. Cost: a dozen indexed look-ups, whatever the
    /// size of the file.
    ContactCard card(Id<Contact> contact, const CardOptions& options = {}) const;
};

template <>
CRM_API const Kind& kind_of<Contact>();
template <>
CRM_API const Kind& kind_of<Membership>();

}  // namespace crm
