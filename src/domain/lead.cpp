#include "crm/lead.hpp"

#include "crm/contact.hpp"
#include "crm/note.hpp"
#include "crm/text.hpp"
#include "crm/user.hpp"
#include "domain/lead.hpp"
#include "domain/person.hpp"
#include "domain/records.hpp"
#include "domain/suppression.hpp"
#include "kernel/engine.hpp"

namespace crm::kernel {

template <>
struct Codes<LeadState> {
    static constexpr std::array<std::string_view, 5> all{"new", "queued", "taken", "converted",
                                                         "unpromising"};
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::Action;
using kernel::column;
namespace number = kernel::number;

constexpr std::string_view lead_names[] = {"first_name", "last_name", "patronymic", "nick_name",
                                           "company"};

constexpr Column lead_columns[] = {
    column<&Lead::first_name>("first_name", personal | on_card),
    column<&Lead::last_name>("last_name", personal | on_card),
    column<&Lead::patronymic>("patronymic", personal | on_card),
    column<&Lead::name>("name", derived | searchable | quick | personal | on_card,
                        {.key = "name_key", .max_length = 2'000, .made_of = lead_names}),
    column<&Lead::company>("company", searchable | quick | on_card, {.key = "company_key"}),
    column<&Lead::nick_name>("nick_name", searchable | personal | on_card),
    column<&Lead::name_key>("name_key", derived | personal, {.max_length = 4'000}),
    column<&Lead::first_key>("first_key", derived | quick | personal,
                             {.max_length = 4'000, .made_of = lead_names}),
    column<&Lead::company_key>("company_key", derived, {.max_length = 1'000}),
    column<&Lead::job_title>("job_title", searchable | personal | on_card),
    column<&Lead::tax_code>("tax_code", on_card, {.max_length = 50}),
    column<&Lead::source>("source", on_card, {.list = "source"}),
    column<&Lead::source_note>("source_note", personal | on_card),
    column<&Lead::score>("score", on_card),
    column<&Lead::state>("state", required | fixed | always_shown | on_card),
    column<&Lead::reason>("reason", fixed | on_card, {.list = "lead_reason"}),
    column<&Lead::reason_note>("reason_note", fixed | personal | on_card),
    column<&Lead::queue>("queue_id", fixed | on_card, {.target = number::lead_queue}),
    column<&Lead::queued_at>("queued_at", fixed | on_card),
    column<&Lead::queued_by>("queued_by_id", fixed, {.target = number::user}),
    column<&Lead::taken_at>("taken_at", fixed | on_card),
    column<&Lead::party>("party_id", fixed | on_card,
                         {.target = number::party, .on_delete = OnDelete::clears}),
    column<&Lead::contact>("contact_id", fixed | on_card,
                           {.target = number::contact, .on_delete = OnDelete::clears}),
    column<&Lead::project>("project_id", fixed | on_card,
                           {.target = number::project, .on_delete = OnDelete::clears}),
    column<&Lead::description>("description", searchable | body | personal | on_card),
};

constexpr Order lead_orders[] = {{"name", "name_key"}};

constexpr std::string_view by_lead_point[] = {"type", "normalized"};
constexpr std::string_view by_lead_address[] = {"type"};
constexpr std::string_view by_lead_note[] = {"text"};

constexpr Part lead_parts[] = {
    {"phone", number::point, "value", "", "type", "phone", by_lead_point},
    {"mobile", number::point, "value", "", "type", "mobile", by_lead_point},
    {"email", number::point, "value", "", "type", "email", by_lead_point},
    {"url", number::point, "value", "", "type", "url", by_lead_point},
    {"address.street", number::address, "street", "address", "type", "registered_office",
     by_lead_address},
    {"address.city", number::address, "city", "address", "type", "registered_office",
     by_lead_address},
    {"address.region", number::address, "region", "address", "type", "registered_office",
     by_lead_address},
    {"address.postal_code", number::address, "postal_code", "address", "type", "registered_office",
     by_lead_address},
    {"address.country", number::address, "country_name", "address", "type", "registered_office",
     by_lead_address},
    {"address.type", number::address, "type", "address", "", "", by_lead_address},
    {"note", number::note, "text", "", "", "", by_lead_note},
};

bool is_open_state(LeadState state) {
    return state != LeadState::converted && state != LeadState::unpromising;
}

// ---- rules

void derive_lead(Work&, void* record) {
    auto& lead = *static_cast<Lead*>(record);
    auto person = domain::name_of(domain::contact_of(lead));
    lead.company_key = fold(lead.company);
    lead.name = person.name.empty() ? lead.company : std::move(person.name);
    lead.name_key = person.key.empty() ? lead.company_key : std::move(person.key);
    lead.first_key = person.first_key.empty() ? lead.company_key : std::move(person.first_key);
}

/// A queue is entered by `enqueue` only, which asks for the right to give the lead away; and by the
/// reason, which comes and goes with the state, history tells when a lead was given up.
void check_made(const Lead& lead) {
    if (lead.state == LeadState::queued)
        throw Invalid("lead", "state", "a new lead waits in no queue: put it there by `enqueue`");
    if (lead.queue) throw Invalid("lead", "queue_id", "is set by `enqueue`");
    if (!lead.reason.empty() && lead.state != LeadState::unpromising)
        throw Invalid("lead", "reason", "is that of an unpromising lead");
}

void check_lead(Work& work, const void* record, const void* earlier) {
    const auto& lead = *static_cast<const Lead*>(record);
    const auto* before = static_cast<const Lead*>(earlier);
    if (lead.name.empty())
        throw Invalid("lead", "last_name", "a lead needs the name of a person or of a company");
    if (lead.score && (*lead.score < 0 || *lead.score > 100))
        throw Invalid("lead", "score", "must be 0 to 100");
    if (!before && work.transaction().created_here(lead.head.id)) check_made(lead);
    domain::refuse_suppressed(work, lead, before);
}

Kind make_lead_kind() {
    Kind kind = kernel::kind<Lead>(number::lead, "lead", Role::root, lead_columns);
    kind.orders = lead_orders;
    kind.parts = lead_parts;
    kind.rules = {.derive = derive_lead, .check = check_lead};
    return kind;
}

// ---- what is planned for a lead

void set_activity_state(Work& work, Ref activity, std::string_view state) {
    const Assignment field{"state", state};
    kernel::update(work.transaction(), kind_of<Activity>(), activity, any_version, {&field, 1},
                   nullptr, kernel::Authority::engine);
}

void cancel_open_work(Work& work, Id<Lead> id) {
    for (const Ref activity : domain::refs(work, "lead.open_work", {{":lead", id.value()}}))
        set_activity_state(work, activity, "cancelled");
}

/// What was cancelled when the lead was given up, and by nobody else since.
void resume_work(Work& work, Id<Lead> id) {
    std::vector<std::pair<Ref, std::string>> cancelled;
    {
        kernel::Reading reading(work.transaction().session());
        auto rows = kernel::named_query(reading, "lead.cancelled_with", {{":lead", id.value()}});
        while (rows.step()) cancelled.emplace_back(Ref{rows.integer(0)}, rows.text(1));
    }
    for (const auto& [activity, state] : cancelled) set_activity_state(work, activity, state);
}

}  // namespace

template <>
const Kind& kind_of<Lead>() {
    static const Kind kind = make_lead_kind();
    return kind;
}

Lead Leads::mark_unpromising(Id<Lead> id, std::string_view reason, std::string_view note) {
    Lead given_up;
    session().write("lead.mark_unpromising", [&](Work& work) {
        domain::require_open(work, domain::require_lead(work, id, Action::change));
        if (reason.empty()) throw Invalid("lead", "reason", "is required: say why");
        kernel::Transaction::Part part(work.transaction());
        cancel_open_work(work, id);
        given_up = domain::set_lead(work, id,
                                    {{"state", kernel::code_of(LeadState::unpromising)},
                                     {"reason", reason},
                                     {"reason_note", domain::optional(note)}});
        part.keep();
    });
    return given_up;
}

Lead Leads::revive(Id<Lead> id) {
    Lead revived;
    session().write("lead.revive", [&](Work& work) {
        const Lead lead = domain::require_lead(work, id, Action::change);
        if (lead.state != LeadState::unpromising)
            throw domain::already(work, kind_of<Lead>(), id, kernel::code_of(lead.state));
        const LeadState back = lead.taken_at ? LeadState::taken : LeadState::fresh;
        kernel::Transaction::Part part(work.transaction());
        // Before its work: that may come back only with it.
        domain::set_lead(work, id,
                         {{"state", kernel::code_of(back)}, {"reason", {}}, {"reason_note", {}}});
        resume_work(work, id);
        revived = get(id);
        part.keep();
    });
    return revived;
}

}  // namespace crm

namespace crm::domain {

Lead require_lead(Work& work, Id<Lead> id, Action action) {
    auto& transaction = work.transaction();
    const Kind& kind = kind_of<Lead>();
    kernel::Reading reading(transaction.session());
    if (id.ref().kind() != kind.number || !kernel::find(reading, id))
        throw NotFound("lead: no such record");
    Lead lead = *load(work, id);
    if (!transaction.rights().covers(transaction.connection(), kind, action, &lead))
        throw Denied("lead: the right to " + std::string(kernel::name_of(action)) +
                     " this record is missing");
    return lead;
}

void require_open(Work& work, const Lead& lead) {
    if (!is_open_state(lead.state))
        throw already(work, kind_of<Lead>(), lead.head.id, kernel::code_of(lead.state));
}

Lead set_lead(Work& work, Id<Lead> id, const std::vector<Assignment>& fields) {
    auto& transaction = work.transaction();
    AnyRecord after(*transaction.kind(number::lead));
    for (const Assignment& field : fields)
        if (const Column* column = after.kind().find(field.field);
            column &&
            transaction.rights().locked(after.kind()).test(after.kind().index_of(*column)))
            throw Denied("lead." + std::string(field.field) + ": is locked for you");
    kernel::update(transaction, after.kind(), id, any_version, fields, after.data(),
                   kernel::Authority::engine);
    kernel::Reading reading(transaction.session());
    if (auto visible = kernel::find(reading, id)) return visible->as<Lead>();
    kernel::conceal(reading, after);
    return after.as<Lead>();
}

Lead give_lead(Work& work, Id<Lead> id, Id<User> user, Time taken_at) {
    const auto owner = load(work, user);
    if (!owner) throw Invalid("lead", "owner_id", "there is no such user");
    return set_lead(work, id,
                    {{"owner_id", user.value()},
                     {"unit_id", owner->unit.value()},
                     {"state", kernel::code_of(LeadState::taken)},
                     {"taken_at", instant(taken_at)}});
}

bool names_person(const Lead& lead) { return !name_of(contact_of(lead)).name.empty(); }

Contact contact_of(const Lead& lead) {
    return {.first_name = lead.first_name,
            .last_name = lead.last_name,
            .patronymic = lead.patronymic,
            .nick_name = lead.nick_name,
            .title = lead.job_title};
}

bool still_speaks(const Session& session, const Membership& membership) {
    const Date today = session.state().database->zone().date_of(session.now());
    return !membership.ends_on || *membership.ends_on >= today;
}

Id<Party> party_of(Session& session, const Contact& contact) {
    if (contact.person) return contact.person;
    for (const Membership& membership : Contacts(session).memberships(contact.head.id))
        if (still_speaks(session, membership)) return membership.party;
    return {};
}

}  // namespace crm::domain
