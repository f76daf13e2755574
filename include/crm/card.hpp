/// Cards: everything about one party, or one contact, in one call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crm/activity.hpp"
#include "crm/address.hpp"
#include "crm/bank_account.hpp"
#include "crm/consent.hpp"
#include "crm/contact.hpp"
#include "crm/kinship.hpp"
#include "crm/memorable_date.hpp"
#include "crm/note.hpp"
#include "crm/party.hpp"
#include "crm/point.hpp"
#include "crm/project.hpp"
#include "crm/query.hpp"
#include "crm/segment.hpp"

namespace crm::inline v1 {

class Past;

/// Everything about one party in one call. Long parts are cut at `CardOptions::limit`.
struct Card {
    struct Person {
        Contact contact{};
        std::string position{};
        std::optional<Date> starts_on{}, ends_on{};
        std::vector<Point> points{};
    };
    /// "party is <type> other", or the other way round.
    struct Link {
        Party other{};
        std::string type{};  ///< list party_link_type; of an inverse one party_link_type_inverse
        bool is_inverse = false;  ///< "other is <type> party"
        std::optional<Date> starts_on{}, ends_on{};
    };
    Party party{};
    std::string owner_name{};
    std::vector<std::string> roles{};
    std::vector<Point> points{};
    std::vector<Address> addresses{};
    std::vector<BankAccount> bank_accounts{};
    std::vector<Person> people{};
    std::vector<Link> links{};               ///< by type, oldest first
    std::vector<ConsentSummary> consents{};  ///< how it stands to each channel
    std::vector<Segment> groups{};    ///< the static segments it is in, by name; those of a natural
                                      ///< person's contact stand on the contact's card
    std::vector<Project> projects{};  ///< first those that are not over, by due date; then the
                                      ///< others, the last to end first
    std::vector<Activity> planned{};  ///< what is to come or under way, soonest first
    std::vector<Activity> chronicle{};  ///< what was, newest first
    std::vector<Note> notes{};          ///< newest first
    bool more_people = false, more_links = false, more_projects = false, more_planned = false;
    bool more_chronicle = false, more_notes = false;
};

/// Everything about one contact in one call, as rich as the card of a party. Long parts are cut at
/// `CardOptions::limit`. From here to a party: `companies` and `person`; from its
/// card back: `Card::people`.
struct ContactCard {
    struct Company {
        Party party{};
        std::string position{};
        std::optional<Date> starts_on{}, ends_on{};
    };
    Contact contact{};
    std::string owner_name{};
    std::optional<Party> person{};     ///< the natural-person party that it is
    std::vector<Company> companies{};  ///< last joined first
    std::vector<Point> points{};
    std::vector<Address> addresses{};
    std::vector<Kinship> family{};
    std::vector<MemorableDate> dates{};      ///< by month and day; the birthday stands in `contact`
    std::vector<ConsentSummary> consents{};  ///< how it stands to each channel
    std::vector<Segment> groups{};           ///< the static segments it is in, by name
    std::vector<Activity> planned{};         ///< what is to come or under way, soonest first
    std::vector<Activity> chronicle{};       ///< what was, newest first
    std::vector<Note> notes{};               ///< newest first
    bool more_companies = false, more_planned = false, more_chronicle = false, more_notes = false;
};

/// The card as it was at a moment, within the rights of now. Throws NotFound. Cost: as of
/// `Past::list`.
CRM_API Card card(const Past& past, Id<Party> party, const CardOptions& options = {});
CRM_API ContactCard contact_card(const Past& past, Id<Contact> contact,
                                 const CardOptions& options = {});

}  // namespace crm
