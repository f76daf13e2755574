/// Parties: the organisations and natural persons we deal with, and the card that shows one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/activity.hpp"
#include "crm/address.hpp"
#include "crm/bank_account.hpp"
#include "crm/contact.hpp"
#include "crm/money.hpp"
#include "crm/note.hpp"
#include "crm/point.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

class Past;

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
    std::string description{};  ///< long text
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

/// Everything about one party in one call. Long parts are cut at `CardOptions::limit`, newest
/// first.
struct Card {
    struct Person {
        Contact contact{};
        std::string position{};
        std::optional<Date> starts_on{}, ends_on{};
        std::vector<Point> points{};
    };
    Party party{};
    std::string owner_name{};
    std::vector<std::string> roles{};
    std::vector<Point> points{};
    std::vector<Address> addresses{};
    std::vector<BankAccount> bank_accounts{};
    std::vector<Person> people{};
    std::vector<Activity> planned{};    ///< what is to come or under way, soonest first
    std::vector<Activity> chronicle{};  ///< what was, newest first
    std::vector<Note> notes{};          ///< newest first
    bool more_people = false, more_planned = false, more_chronicle = false, more_notes = false;
};

struct CardOptions {
    int limit = 20;  ///< rows of each long part, 1 to 1,000
};

/// A natural person with its contact.
struct Person {
    Party party{};
    Contact contact{};
};

/// The card as it was at a moment, within the rights of now. Throws NotFound. Cost: as of
/// `Past::list`.
CRM_API Card card(const Past& past, Id<Party> party, const CardOptions& options = {});

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
    /// Phones, e-mails, … of the party, oldest first.
    Point add_point(Id<Party> party, const Point& point);
    Address add_address(Id<Party> party, const Address& address);
    /// The card. Cost: a dozen indexed look-ups, whatever the size of the file.
    Card card(Id<Party> party, const CardOptions& options = {}) const;
};

template <>
CRM_API const Kind& kind_of<Party>();
template <>
CRM_API const Kind& kind_of<PartyRole>();

}  // namespace crm
