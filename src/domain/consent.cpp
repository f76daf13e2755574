#include "domain/consent.hpp"

#include <algorithm>
#include <array>

#include "domain/records.hpp"

namespace crm::kernel {

template <>
struct Codes<ConsentState> {
    static constexpr std::array<std::string_view, 2> all{"given", "withdrawn"};
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr std::string_view channels = "consent_channel", any_channel = "any";

// What may be done stands on all of them but the proof.
constexpr Column consent_columns[] = {
    column<&Consent::record>("record_id", required | fixed | parent,
                             {.on_delete = OnDelete::takes_along}),
    column<&Consent::channel>("channel", required | fixed | always_shown | on_card,
                              {.list = channels}),
    column<&Consent::state>("state", required | fixed | always_shown | on_card),
    column<&Consent::stated_at>("stated_at", required | fixed | always_shown | on_card),
    column<&Consent::source>("source", personal | on_card),
    column<&Consent::evidence>("evidence", body | personal | on_card),
};

void derive_consent(Work& work, void* record) {
    auto& consent = *static_cast<Consent*>(record);
    if (!consent.stated_at) consent.stated_at = work.now();
}

bool may_state(Ref record) {
    const auto kind = record.kind();
    return kind == number::party || kind == number::contact || kind == number::lead;
}

void require_subject(Ref record) {
    if (!may_state(record))
        throw Invalid("consent", "record_id", "must be a party, a contact or a lead");
}

void check_consent(Work& work, const void* record, const void* before) {
    const auto& consent = *static_cast<const Consent*>(record);
    require_subject(consent.record);
    if (!before && consent.stated_at > work.now())
        throw Invalid("consent", "stated_at", "lies in the future");
}

Kind make_consent_kind() {
    Kind kind = kernel::kind<Consent>(number::consent, "consent", Role::child, consent_columns);
    kind.rules = {.derive = derive_consent, .check = check_consent};
    return kind;
}

std::vector<Consent> statements(kernel::Reading& reading, Ref record) {
    return domain::records<Consent>(reading, "consent.of", {{":record", record.value()}}, true);
}

void require_visible(kernel::Reading& reading, Ref record) {
    if (!may_state(record) || !kernel::find(reading, record))
        throw NotFound("consent: no such party, contact or lead");
}

/// Of statements, newest first.
const Consent* newest(const std::vector<Consent>& statements, std::string_view channel) {
    const auto found = std::ranges::find(statements, channel, &Consent::channel);
    return found == statements.end() ? nullptr : &*found;
}

/// An opt-out counts before any consent.
const Consent* deciding(const std::vector<Consent>& statements, std::string_view channel) {
    const Consent* own = newest(statements, channel);
    const Consent* any = newest(statements, any_channel);
    if (!own || !any) return own ? own : any;
    return any->state == ConsentState::withdrawn ? any : own;
}

ConsentSummary summary_of(const std::vector<Consent>& statements, const std::string& channel) {
    const Consent* decides = deciding(statements, channel);
    if (!decides) return {channel};
    return {channel, decides->state == ConsentState::given, *decides};
}

}  // namespace

template <>
const Kind& kind_of<Consent>() {
    static const Kind kind = make_consent_kind();
    return kind;
}

bool Consents::may_contact(Ref record, std::string_view channel) const {
    kernel::Reading reading(session().state());
    const auto lists = reading.lists();
    const auto known = lists->lists.find(std::string(channels));
    if (known == lists->lists.end() || !known->second.contains(std::string(channel)))
        throw Invalid("consent", "channel",
                      "\"" + std::string(channel) + "\" is not in the list consent_channel");
    require_visible(reading, record);
    return summary_of(statements(reading, record), std::string(channel)).may_contact;
}

std::vector<ConsentSummary> Consents::summary(Ref record) const {
    kernel::Reading reading(session().state());
    require_visible(reading, record);
    return domain::consent_summary(reading, record);
}

std::vector<Consent> Consents::of(Ref record) const {
    kernel::Reading reading(session().state());
    return statements(reading, record);
}

}  // namespace crm

namespace crm::domain {

std::vector<ConsentSummary> consent_summary(kernel::Reading& reading, Ref record) {
    const auto all = statements(reading, record);
    const auto lists = reading.lists();
    std::vector<ConsentSummary> summaries;
    for (const auto channel : lists->codes(channels))
        if (channel != any_channel) summaries.push_back(summary_of(all, std::string(channel)));
    return summaries;
}

}  // namespace crm::domain
