#include "crm/participant.hpp"

#include <array>

#include "crm/access_right.hpp"
#include "domain/acceptance.hpp"
#include "domain/notice.hpp"
#include "domain/records.hpp"
#include "domain/telling.hpp"
#include "kernel/engine.hpp"

namespace crm::kernel {

template <>
struct Codes<ParticipantRole> {
    static constexpr std::array<std::string_view, 3> all{"chair", "required", "optional"};
};

}  // namespace crm::kernel

namespace crm::inline v1 {
namespace {

using kernel::Authority;
using kernel::column;
namespace number = kernel::number;

constexpr Column participant_columns[] = {
    column<&Participant::activity>(
        "activity_id", required | fixed | parent,
        {.target = number::activity, .on_delete = OnDelete::takes_along}),
    column<&Participant::contact>("contact_id", fixed | on_card,
                                  {.target = number::contact, .on_delete = OnDelete::takes_along}),
    column<&Participant::user>("user_id", fixed | always_shown | on_card,
                               {.target = number::user, .on_delete = OnDelete::takes_along}),
    column<&Participant::role>("role", required | always_shown | on_card),
    column<&Participant::acceptance>("acceptance", required | on_card),
};

void check_participant(Work&, const void* record, const void*) {
    const auto& participant = *static_cast<const Participant*>(record);
    if (bool(participant.contact) == bool(participant.user))
        throw Invalid("participant", "contact_id",
                      "or user_id is needed, and not both: a participant is one person");
}

// ---- the share by which a user sees what he takes part in

std::vector<Ref> shares(Work& work, std::string_view query, const Participant& participant) {
    return domain::refs(work, query,
                        {{":user", participant.user.value()},
                         {":activity", participant.activity.value()},
                         {":today", work.transaction().rights().today()},
                         {":command", static_cast<std::int64_t>(participant.head.created_in)}});
}

void end_shares(Work& work, std::string_view query, const Participant& participant) {
    for (const Ref share : shares(work, query, participant))
        kernel::remove(work.transaction(), kind_of<Share>(), share, any_version, Authority::engine);
}

void show_activity(Work& work, const Participant& participant) {
    end_shares(work, "participant.ended_share", participant);
    if (!shares(work, "participant.share_with", participant).empty()) return;
    Share share{.record = participant.activity, .grantee = participant.user, .level = "read"};
    kernel::insert(work.transaction(), kind_of<Share>(), &share, Authority::engine);
}

void participant_written(Work& work, const void* record, const void* before) {
    const auto& participant = *static_cast<const Participant*>(record);
    if (before || !participant.user) return;
    show_activity(work, participant);
    domain::tell_of_invitation(work, participant.activity, participant.user);
}

void participant_removed(Work& work, const void* record) {
    const auto& participant = *static_cast<const Participant*>(record);
    if (participant.user) end_shares(work, "participant.share_of_invitation", participant);
}

Kind make_participant_kind() {
    Kind kind = kernel::kind<Participant>(number::participant, "participant", Role::child,
                                          participant_columns);
    kind.rules = {
        .check = check_participant, .written = participant_written, .removed = participant_removed};
    return kind;
}

void require_open_answer(Work& work) {
    const auto& transaction = work.transaction();
    const Kind& kind = *transaction.plan(kind_of<Participant>()).kind;
    if (transaction.rights().locked(kind).test(kind.index_of(kind.column("acceptance"))))
        throw Denied("participant.acceptance: is locked for you");
}

}  // namespace

template <>
const Kind& kind_of<Participant>() {
    static const Kind kind = make_participant_kind();
    return kind;
}

Participant Participants::invite(Id<Activity> activity, Ref person, ParticipantRole role) {
    Participant invited{.activity = activity, .role = role};
    if (person.kind() == number::user)
        invited.user = person;
    else
        invited.contact = person;
    session().write("participant.invite", [&](Work&) { invited = add(invited); });
    return invited;
}

std::vector<Participant> Participants::of(Id<Activity> activity) const {
    return domain::records<Participant>(session(), "participant.of",
                                        {{":activity", activity.value()}});
}

Participant Participants::answer(Id<Activity> activity, Acceptance acceptance) {
    Participant answered;
    session().write("participant.answer", [&](Work& work) {
        require_open_answer(work);
        const auto mine = domain::records<Participant>(
            session(), "participant.of_user",
            {{":activity", activity.value()}, {":user", session().user().value()}});
        if (mine.empty()) throw NotFound("participant: you take part in no such activity");
        const Assignment answer{"acceptance", kernel::code_of(acceptance)};
        kernel::update(work.transaction(), kind_of<Participant>(), mine.front().head.id,
                       any_version, {&answer, 1}, nullptr, Authority::engine);
        answered = get(mine.front().head.id);
    });
    return answered;
}

std::vector<Participant> Participants::invitations(int limit) const {
    domain::require_page_limit(limit);
    return domain::records<Participant>(
        session(), "participant.waiting",
        {{":user", session().user().value()}, {":limit", std::int64_t{limit}}});
}

}  // namespace crm
