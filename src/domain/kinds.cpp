#include "crm/kinds.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "crm/access_right.hpp"
#include "crm/activity.hpp"
#include "crm/address.hpp"
#include "crm/attachment.hpp"
#include "crm/bank_account.hpp"
#include "crm/call.hpp"
#include "crm/consent.hpp"
#include "crm/contact.hpp"
#include "crm/cost.hpp"
#include "crm/distinct_pair.hpp"
#include "crm/error.hpp"
#include "crm/external_key.hpp"
#include "crm/hourly_rate.hpp"
#include "crm/kinship.hpp"
#include "crm/lead.hpp"
#include "crm/lead_queue.hpp"
#include "crm/list.hpp"
#include "crm/loyalty.hpp"
#include "crm/memorable_date.hpp"
#include "crm/note.hpp"
#include "crm/participant.hpp"
#include "crm/party.hpp"
#include "crm/party_link.hpp"
#include "crm/point.hpp"
#include "crm/project.hpp"
#include "crm/property.hpp"
#include "crm/reminder.hpp"
#include "crm/routing_rule.hpp"
#include "crm/saved_filter.hpp"
#include "crm/schedule.hpp"
#include "crm/segment.hpp"
#include "crm/territory.hpp"
#include "crm/time_entry.hpp"
#include "crm/user.hpp"
#include "crm/working_hours.hpp"
#include "domain/person.hpp"
#include "domain/suppression.hpp"
#include "kernel/column.hpp"

namespace crm::inline v1 {
namespace {

template <class... Records>
std::vector<Kind> sorted_kinds_of() {
    std::vector<Kind> kinds{kind_of<Records>()...};
    std::ranges::sort(kinds, {}, &Kind::number);
    return kinds;
}

// The kernel knows no people: that a share of a person is one of its contact, and that a key may be
// an erased person's, is said here.
std::vector<Kind> with_domain_rules(std::vector<Kind> kinds) {
    const auto rules_of = [&](KindNumber number) -> Rules& {
        return std::ranges::find(kinds, number, &Kind::number)->rules;
    };
    Rules& share = rules_of(kernel::number::share);
    share.written = domain::share_written;
    share.removed = domain::share_removed;
    rules_of(kernel::number::external_key).check = domain::check_external_key;
    return kinds;
}

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all = with_domain_rules(
        // clang-format off
        // A line for each family.
        sorted_kinds_of<
            User, Unit, Position, UserSkill, UserGroup, UserGroupMember, Territory, TerritoryMember,
            ListValue, ListLabel, Property, PropertyLabel, SavedFilter,
            AccessRight, FieldRight, Share, ExternalKey,
            Point, Address, Note, Segment, SegmentMember,
            WorkingHours, Holiday, ScheduleEntry, TimeEntry, HourlyRate,
            Project,
            Lead, LeadQueue, LeadQueueMember,
            Activity,
            Call, CallForward, RoutingRule,
            Participant, Cost, Attachment,
            Reminder,
            Contact, Membership, MemorableDate, Kinship, Consent,
            LoyaltyMovement,
            Party, PartyRole, PartyLink, BankAccount, DistinctPair>());
    // clang-format on
    return all;
}

}  // namespace

std::span<const Kind> all_kinds() noexcept { return kinds(); }

const Kind& kind_named(std::string_view name) {
    const auto found = std::ranges::find(kinds(), name, &Kind::name);
    if (found != kinds().end()) return *found;
    throw Invalid("kind", "", "there is no kind \"" + std::string(name) + "\"");
}

const Kind& kind_numbered(KindNumber number) {
    const auto found = std::ranges::lower_bound(kinds(), number, {}, &Kind::number);
    if (found != kinds().end() && found->number == number) return *found;
    throw NotFound("there is no kind number " + std::to_string(number));
}

}  // namespace crm
