#include "crm/call.hpp"

#include <algorithm>
#include <array>

#include "crm/access_right.hpp"
#include "crm/text.hpp"
#include "domain/call.hpp"
#include "domain/notice.hpp"
#include "domain/records.hpp"
#include "domain/telling.hpp"
#include "kernel/engine.hpp"

namespace crm::kernel {

template <>
struct Codes<CallState> {
    static constexpr std::array<std::string_view, 4> all{"ringing", "answered", "missed", "ended"};
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::Action;
using kernel::Authority;
using kernel::column;
namespace number = kernel::number;

constexpr std::size_t longest_message = 4'000;
constexpr std::string_view dialled[] = {"number"};

constexpr Column call_columns[] = {
    column<&Call::channel>("channel", required | on_card, {.list = "call_channel"}),
    column<&Call::direction>("direction", required | on_card, {.list = "direction"}),
    column<&Call::number>("number", searchable | personal | on_card, {.max_length = 100}),
    column<&Call::number_key>("number_key", derived | personal, {.made_of = dialled}),
    column<&Call::caller_name>("caller_name", searchable | personal | on_card),
    column<&Call::party>("party_id", on_card,
                         {.target = number::party, .on_delete = OnDelete::clears}),
    column<&Call::contact>("contact_id", on_card,
                           {.target = number::contact, .on_delete = OnDelete::clears}),
    column<&Call::lead>("lead_id", on_card,
                        {.target = number::lead, .on_delete = OnDelete::clears}),
    column<&Call::subject>("subject", searchable | on_card),
    column<&Call::source>("source", on_card, {.list = "source"}),
    column<&Call::source_note>("source_note", on_card),
    column<&Call::addressee>("addressee_id", always_shown | on_card, {.target = number::user}),
    column<&Call::addressee_unit>("addressee_unit_id", always_shown | on_card,
                                  {.target = number::unit}),
    column<&Call::state>("state", required | always_shown | on_card),
    column<&Call::called_at>("called_at", required | always_shown | on_card),
    column<&Call::answered_at>("answered_at", on_card),
    column<&Call::ended_at>("ended_at", on_card),
    column<&Call::answered_by>("answered_by_id", on_card, {.target = number::user}),
};
constexpr Order call_orders[] = {{"called", "called_at"}};

constexpr Column forward_columns[] = {
    column<&CallForward::call>("call_id", required | fixed | parent,
                               {.target = number::call, .on_delete = OnDelete::takes_along}),
    column<&CallForward::from>("from_user_id", required | fixed | on_card,
                               {.target = number::user}),
    column<&CallForward::to>("to_user_id", required | fixed | on_card, {.target = number::user}),
    column<&CallForward::forwarded_at>("forwarded_at", required | fixed | on_card),
    column<&CallForward::reason>("reason", on_card),
};

// ---- rules

void identify(Work& work, Call& call) {
    kernel::Reading reading(work.transaction().session());
    const auto caller = domain::caller_of(reading, call.number_key,
                                          work.transaction().database().zone().date_of(work.now()));
    if (caller.contact) call.contact = caller.contact->head.id;
    if (caller.party) call.party = caller.party->head.id;
    if (caller.lead) call.lead = caller.lead->head.id;
}

void derive_call(Work& work, void* record) {
    auto& call = *static_cast<Call*>(record);
    call.number_key = normalize_phone(call.number, work.transaction().database().country());
    if (!work.transaction().created_here(call.head.id)) return;
    if (call.called_at == Time{}) call.called_at = work.now();
    if (!call.party && !call.contact && !call.lead) identify(work, call);
}

Conflict over_already(Work& work, const Call& call) {
    return domain::already(work, kind_of<Call>(), call.head.id, kernel::code_of(call.state));
}

void check_times(const Call& call) {
    if (call.answered_at && *call.answered_at < call.called_at)
        throw Invalid("call", "answered_at", "lies before called_at");
    if (call.ended_at && *call.ended_at < call.answered_at.value_or(call.called_at))
        throw Invalid("call", "ended_at", "lies before the call began");
}

/// Each step once; only an undo goes back.
void check_transition(Work& work, const Call& call, const Call& before) {
    const CallState from = before.state, to = call.state;
    const bool is_step =
        from == CallState::ringing || (from == CallState::answered && to == CallState::ended);
    if (from != to && !is_step && !domain::is_undo(work)) throw over_already(work, before);
}

void check_call(Work& work, const void* record, const void* before) {
    const auto& call = *static_cast<const Call*>(record);
    check_times(call);
    if (before) check_transition(work, call, *static_cast<const Call*>(before));
}

void call_written(Work& work, const void* record, const void* before) {
    domain::keep_entry(work, *static_cast<const Call*>(record), static_cast<const Call*>(before));
}

Kind make_call_kind() {
    Kind kind = kernel::kind<Call>(number::call, "call", Role::root, call_columns);
    kind.orders = call_orders;
    kind.rules = {.derive = derive_call, .check = check_call, .written = call_written};
    return kind;
}

// ---- verbs

/// A call whole, whatever of it is hidden. Throws NotFound where the session does not see it,
/// Denied without the right to change it.
Call require_call(Work& work, const Calls& calls, Id<Call> id) {
    calls.get(id);
    Call call = *domain::load(work, id);
    auto& transaction = work.transaction();
    if (!transaction.rights().covers(transaction.connection(), kind_of<Call>(), Action::change,
                                     &call))
        throw Denied("call: the right to change this record is missing");
    return call;
}

/// As the session sees it, also where it has just lost sight of it.
Call as_left(Work& work, Id<Call> id) {
    auto& transaction = work.transaction();
    kernel::Reading reading(transaction.session());
    if (auto visible = kernel::find(reading, id)) return visible->as<Call>();
    AnyRecord record(*transaction.kind(number::call));
    kernel::load(transaction.connection(), transaction.plan(record.kind()), id, record.data());
    kernel::conceal(reading, record);
    return record.as<Call>();
}

User require_active(Work& work, Id<User> id) {
    const auto user = domain::active_user(work, id);
    if (!user) throw Invalid("call", "addressee_id", "must be a user who works here");
    return *user;
}

/// One that there is already may have ended, or be for reading only.
void share(Work& work, Id<Call> call, Id<User> user, std::string_view level) {
    auto& transaction = work.transaction();
    const auto known = domain::refs(work, "contact.share_with",
                                    {{":grantee", user.value()}, {":record", call.value()}});
    if (known.empty()) {
        Share share{.record = call, .grantee = user, .level = std::string(level)};
        return kernel::insert(transaction, kind_of<Share>(), &share, Authority::engine);
    }
    std::vector<Assignment> lasting{{"ends_on", {}}};
    if (level == "change") lasting.push_back({"level", level});
    kernel::update(transaction, kind_of<Share>(), known.front(), any_version, lasting, nullptr,
                   Authority::engine);
}

/// Whoever passes a call on may still have the caller on the line.
void keep_sight(Work& work, const Call& passed_on) {
    auto& transaction = work.transaction();
    if (!transaction.rights().covers(transaction.connection(), kind_of<Call>(), Action::change,
                                     &passed_on))
        share(work, passed_on.head.id, transaction.session().user, "change");
}

/// Makes a user its addressee and owner, which the session need not be allowed to do by itself.
void hand_to(Work& work, Id<Call> id, const User& user, Id<Unit> unit) {
    Call call = *domain::load(work, id);
    call.head.owner = user.head.id;
    call.head.unit = user.unit;
    keep_sight(work, call);
    const Assignment place[] = {{"addressee_id", user.head.id.value()},
                                {"addressee_unit_id", unit ? Value{unit.value()} : Value{}},
                                {"owner_id", user.head.id.value()},
                                {"unit_id", user.unit.value()}};
    kernel::update(work.transaction(), kind_of<Call>(), id, any_version, place, nullptr,
                   Authority::engine);
}

/// To a department: whoever sees what is that unit's sees the call.
void hand_to_unit(Work& work, Id<Call> id, Id<Unit> unit) {
    Call call = *domain::load(work, id);
    call.head.unit = unit;
    keep_sight(work, call);
    const Assignment place{"unit_id", unit.value()};
    kernel::update(work.transaction(), kind_of<Call>(), id, any_version, {&place, 1}, nullptr,
                   Authority::engine);
}

void tell(Work& work, Id<Call> id, std::string_view text = {}) {
    const Call call = *domain::load(work, id);
    if (!domain::is_over(call.state)) domain::notify(work, call.addressee, "call", id, text);
}

/// To whom the rules name; false where none fits.
bool hand_by_rules(Work& work, const Call& call) {
    const auto [to, unit] = domain::route_of(work, domain::as_seen(work, call));
    if (!to) return false;
    hand_to(work, call.head.id, *domain::load(work, to), unit);
    return true;
}

/// To whom it is for, as told or by the rules.
void hand_over(Work& work, Id<Call> id) {
    const Call call = *domain::load(work, id);
    if (call.addressee) {
        if (const auto user = domain::active_user(work, call.addressee))
            hand_to(work, id, *user, call.addressee_unit);
    } else if (call.addressee_unit) {
        hand_to_unit(work, id, call.addressee_unit);
    } else if (call.direction != "outbound") {
        hand_by_rules(work, call);
    }
    tell(work, id);
}

Call registered(Session& session, std::string_view verb, const Call& given) {
    Call made;
    session.write(verb, [&](Work& work) {
        kernel::Transaction::Part part(work.transaction());
        const Id<Call> id{Calls(session).add(given).head.id};
        hand_over(work, id);
        made = as_left(work, id);
        part.keep();
    });
    return made;
}

/// Brings a call from one state into another. `told`: what else is known of it.
Call brought_into(Calls& calls, const Call& call, CallState to, std::vector<Assignment> told) {
    told.push_back({"state", kernel::code_of(to)});
    return calls.change(call.head.id, call.head.version, told);
}

void require_ringing(Work& work, const Call& call) {
    if (call.state != CallState::ringing) throw over_already(work, call);
}

void require_under_way(Work& work, const Call& call) {
    if (domain::is_over(call.state)) throw over_already(work, call);
}

Value since_call(Work& work, const Call& call) {
    return domain::instant(
        std::max({work.now(), call.called_at, call.answered_at.value_or(call.called_at)}));
}

void add_result(Work& work, const Call& call, std::string_view result) {
    const Id<Activity> entry = domain::entry_of(work, call);
    if (!entry)
        throw Conflict("call: its entry in the chronicle was removed; report an activity instead",
                       call.head.id);
    const Assignment field{"result", result};
    kernel::update(work.transaction(), kind_of<Activity>(), entry, any_version, {&field, 1},
                   nullptr, Authority::engine);
}

void keep_forward(Work& work, const Call& call, Id<User> to, std::string_view reason) {
    CallForward forward{.call = call.head.id,
                        .from = call.addressee ? call.addressee : call.head.owner,
                        .to = to,
                        .forwarded_at = work.now(),
                        .reason = std::string(reason)};
    kernel::insert(work.transaction(), kind_of<CallForward>(), &forward, Authority::engine);
}

std::string require_message(const Session& session, Id<User> to, std::string_view text) {
    std::string cleaned = clean_text(text);
    if (cleaned.empty()) throw Invalid("message", "text", "is required: what is to be said");
    if (cleaned.size() > longest_message)
        throw Invalid("message", "text", "must be at most 4,000 bytes long");
    if (to == session.user()) throw Invalid("message", "to", "must be somebody else");
    return cleaned;
}

/// So that he sees who called.
void give_sight(Work& work, Id<Call> call, Id<User> user) {
    if (!domain::sees(work, user, call)) share(work, call, user, "read");
}

}  // namespace

template <>
const Kind& kind_of<Call>() {
    static const Kind kind = make_call_kind();
    return kind;
}

template <>
const Kind& kind_of<CallForward>() {
    static const Kind kind = kernel::kind<CallForward>(number::call_forward, "call_forward",
                                                       Role::child, forward_columns);
    return kind;
}

Call Calls::ring(const Call& call) {
    Call ringing = call;
    ringing.state = CallState::ringing;
    return registered(session(), "call.ring", ringing);
}

Call Calls::report(const Call& call) {
    Call told = call;
    if (told.state == CallState::ringing) told.state = CallState::ended;
    return registered(session(), "call.report", told);
}

Call Calls::answer(Id<Call> id) {
    Call answered;
    session().write("call.answer", [&](Work& work) {
        const Call call = get(id);
        require_ringing(work, call);
        answered = brought_into(*this, call, CallState::answered,
                                {{"answered_at", since_call(work, call)},
                                 {"answered_by_id", session().user().value()}});
    });
    return answered;
}

Call Calls::end(Id<Call> id, std::string_view result) {
    Call ended;
    session().write("call.end", [&](Work& work) {
        const Call call = get(id);
        require_under_way(work, call);
        kernel::Transaction::Part part(work.transaction());
        ended = brought_into(*this, call, CallState::ended, {{"ended_at", since_call(work, call)}});
        if (!result.empty()) add_result(work, call, result);
        part.keep();
    });
    return ended;
}

Call Calls::miss(Id<Call> id) {
    Call missed;
    session().write("call.miss", [&](Work& work) {
        const Call call = get(id);
        require_ringing(work, call);
        missed =
            brought_into(*this, call, CallState::missed, {{"ended_at", since_call(work, call)}});
    });
    return missed;
}

Call Calls::route(Id<Call> id) {
    Call routed;
    session().write("call.route", [&](Work& work) {
        const Call call = require_call(work, *this, id);
        require_under_way(work, call);
        kernel::Transaction::Part part(work.transaction());
        if (hand_by_rules(work, call)) tell(work, id);
        routed = as_left(work, id);
        part.keep();
    });
    return routed;
}

Call Calls::forward(Id<Call> id, Id<User> to, std::string_view reason) {
    Call forwarded;
    session().write("call.forward", [&](Work& work) {
        const Call call = require_call(work, *this, id);
        require_under_way(work, call);
        const User user = require_active(work, to);
        if (call.addressee == to) throw Conflict("call: is his already", id);
        kernel::Transaction::Part part(work.transaction());
        keep_forward(work, call, to, reason);
        hand_to(work, id, user, {});
        tell(work, id, reason);
        forwarded = as_left(work, id);
        part.keep();
    });
    return forwarded;
}

std::vector<CallForward> Calls::forwards(Id<Call> call) const {
    return domain::records<CallForward>(session(), "call.forwards", {{":call", call.value()}});
}

void Calls::leave_message(Id<Call> id, Id<User> to, std::string_view text) {
    const std::string message = require_message(session(), to, text);
    session().write("call.leave_message", [&](Work& work) {
        get(id);
        require_active(work, to);
        give_sight(work, id, to);
        domain::notify(work, to, "message", id, message);
    });
}

}  // namespace crm
