/// Parties: the organisations and natural persons we deal with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/address.hpp"
#include "crm/contact.hpp"
#include "crm/money.hpp"
#include "crm/point.hpp"
#include "crm/query.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

struct Card;

enum class PartyNature : std::uint8_t { organisation, person };

/// An organisation, or a natural person. A person's name stands in its one contact; `name` repeats
/// it.
struct Party {
    Head head{};
    std::string code{};      ///< unique, blind to case; made from the id where none is given
    std::string name{};      ///< of a person: derived from its contact
    std::string name_key{};  ///< derived: folded
    std::string code_key{};  ///< derived: folded
    PartyNature nature = PartyNature::organisation;  ///< fixed
    std::string type{};                              ///< list party_type
    std::string status{};                            ///< list party_status
    std::string industry{};                          ///< list industry
    std::string source{};                            ///< list source: how they came to us
    std::string source_note{};                       ///< who, where, when: what explains the source
    std::string tax_code{};
    std::string register_number{};  ///< in the trade register
    std::string country{};          ///< ISO 3166-1 alpha-2
    std::optional<std::int64_t> employees{};
    std::optional<Money> annual_revenue{};
    std::string loyalty{};    ///< list loyalty_grade; each change of it leaves a LoyaltyMovement
    std::string attitude{};   ///< list attitude: theirs to us
    std::string prospects{};  ///< list prospects: what we may expect of them
    std::optional<Money> purchasing_budget{};  ///< a year, by what we know
    std::string preferences{};                 ///< and habits; long text
    std::string description{};                 ///< long text
    bool operator==(const Party&) const = default;
};

/// One of the roles a party plays for us, at the same time as others.
struct PartyRole {
    Head head{};
    Id<Party> party{};
    std::string role{};  ///< list party_role: client, prospect, supplier, partner, competitor,
                         ///< contractor, other …
    bool operator==(const PartyRole&) const = default;
};

/// A natural person with its contact.
struct Person {
    Party party{};
    Contact contact{};
};

/// The register of parties.
class CRM_API Parties : public Records<Party> {
public:
    using Records::Records;
    /// A natural person: the party and its one contact, in one command. Names stand in `contact`.
    Person add_person(const Contact& contact, const Party& party = {});
    /// By code, blind to case.
    std::optional<Party> by_code(std::string_view code) const;
    /// Adds a role; a no-op where it has it.
    void add_role(Id<Party> party, std::string_view role);
    void remove_role(Id<Party> party, std::string_view role);
    std::vector<std::string> roles(Id<Party> party) const;
    /// Our own companies, whatever else they are to us (suppliers …): the parties with the role
    /// own_company, by name; at most 1,000.
    std::vector<Party> own_companies() const;
    Point add_point(Id<Party> party, const Point& point);
    Address add_address(Id<Party> party, const Address& address);
    /// The card, see `crm/card.hpp`. Throws NotFound. Cost: a dozen indexed look-ups, whatever the
    /// size of the file.
    Card card(Id<Party> party, const CardOptions& options = {}) const;
};

template <>
CRM_API const Kind& kind_of<Party>();
template <>
CRM_API const Kind& kind_of<PartyRole>();

}  // namespace crm
