#include "domain/telling.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "crm/text.hpp"
#include "crm/user.hpp"
#include "domain/call.hpp"
#include "domain/notice.hpp"
#include "domain/records.hpp"
#include "domain/recurring.hpp"
#include "domain/work_state.hpp"

namespace crm::domain {
namespace {

constexpr std::string_view assignment = "assignment", completion = "completion", to_do = "to_do";

using Logins = std::set<std::string>;  // folded

// Bytes beyond ASCII are letters here: logins may be written in any script.
bool is_of_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) || byte >= 0x80 || c == '_';
}
bool is_of_login(char c) { return is_of_word(c) || c == '.' || c == '-'; }

/// The login after an "@" that begins a word; empty where it is part of an e-mail address.
std::string_view login_at(std::string_view text, std::size_t at) {
    if (at > 0 && is_of_login(text[at - 1])) return {};
    std::size_t end = at + 1;
    while (end < text.size() && is_of_login(text[end])) ++end;
    while (end > at + 1 && !is_of_word(text[end - 1])) --end;  // "ask @ion." ends a sentence
    return text.substr(at + 1, end - at - 1);
}

Logins mentioned_in(std::initializer_list<std::string_view> texts) {
    Logins logins;
    for (const std::string_view text : texts)
        for (auto at = text.find('@'); at != text.npos; at = text.find('@', at + 1))
            if (const auto login = login_at(text, at); !login.empty()) logins.insert(fold(login));
    return logins;
}

Logins mentioned_in(const Activity& activity) {
    return mentioned_in({activity.result, activity.questions, activity.problems, activity.events,
                         activity.description});
}
Logins mentioned_in(const Note& note) { return mentioned_in({note.title, note.text}); }

/// What a mention in it is about: a note tells of its parent.
Ref told_of(const Activity& activity) { return activity.head.id; }
Ref told_of(const Note& note) { return note.record; }

/// Of all changes of one unit of work the first is asked what stood before it, and the end what
/// stands after it.
template <class Record>
void tell_mentioned(Work& work, const Record& record, Logins before) {
    if (before.empty() && mentioned_in(record).empty()) return;
    const Id<Record> id = record.head.id;
    work.transaction().at_end("tell of mentions", id.value(), [=](Work& ending) {
        const auto stored = load(ending, id);
        if (!stored || is_silent(ending)) return;
        const Ref about = told_of(*stored);
        for (const std::string& login : mentioned_in(*stored))
            if (!before.contains(login))
                for (const Ref user :
                     refs(ending, "user.by_login", {{":login", std::string_view{login}}}))
                    if (sees(ending, user, about)) notify(ending, user, "mention", about);
    });
}

/// Of what is not over the owner that it had not before.
template <class Record>
void tell_owner(Work& work, const Record& record, const Record* before) {
    const Id<User> from = before ? before->head.owner : Id<User>{};
    if (record.head.owner == from || record.head.owner == work.transaction().session().user ||
        is_over(record.state))
        return;
    const Id<Record> id = record.head.id;
    work.transaction().at_end("tell of assignment", id.value(), [id, from](Work& ending) {
        const auto stored = load(ending, id);
        if (stored && !is_over(stored->state) && stored->head.owner != from && !is_silent(ending))
            notify(ending, stored->head.owner, assignment, id);
    });
}

Id<User> maker_of(Work& work, CommandId command) {
    const auto found =
        refs(work, "notice.maker", {{":command", static_cast<std::int64_t>(command)}});
    return found.empty() ? Id<User>{} : Id<User>{found.front()};
}

Id<User> responsible_for(Work& work, Id<Project> id) {
    const auto project = id ? load(work, id) : std::nullopt;
    return project ? project->head.owner : Id<User>{};
}

void tell_of_to_do(Work& work, Id<Activity> id) {
    work.transaction().at_end("tell of a to-do", id.value(), [id](Work& ending) {
        const auto stored = load(ending, id);
        if (!stored || is_over(stored->state) || is_silent(ending)) return;
        for (const Id<User> user : {stored->head.owner, responsible_for(ending, stored->project)})
            notify(ending, user, to_do, id);
    });
}

void tell_of_completion(Work& work, Id<Activity> id) {
    work.transaction().at_end("tell of completion", id.value(), [id](Work& ending) {
        const auto stored = load(ending, id);
        if (!stored || stored->state != ActivityState::completed || is_silent(ending)) return;
        std::vector<Id<User>> told{stored->assigned_by, maker_of(ending, stored->head.created_in)};
        if (const auto series = load(ending, stored->series))
            told.push_back(maker_of(ending, series->head.created_in));
        if (stored->is_todo) told.push_back(responsible_for(ending, stored->project));
        for (const Id<User> user : told)
            if (user != stored->head.owner) notify(ending, user, completion, id);
    });
}

bool is_completed_now(const Activity& activity, const Activity* before) {
    return before && before->state != ActivityState::completed &&
           activity.state == ActivityState::completed;
}

}  // namespace

bool sees(Work& work, Id<User> user, Ref record) {
    auto& transaction = work.transaction();
    const Kind* kind = transaction.kind(record.kind());
    if (!kind) return false;
    AnyRecord stored(*kind);
    if (!kernel::load(transaction.connection(), transaction.plan(*kind), record, stored.data()))
        return false;
    return kernel::Rights::resolve(transaction.database(), transaction.connection(), user)
        ->covers(transaction.connection(), *kind, kernel::Action::read, stored.data());
}

bool is_silent(Work& work) {
    return work.transaction().reads_only() ||
           exists(work, "notice.is_silent",
                  {{":command", static_cast<std::int64_t>(work.command())}});
}

void tell_of(Work& work, const Activity& activity, const Activity* before) {
    const Id<Activity> id{activity.head.id};
    if (!comes_of_series(work, activity) && !is_entry(work, activity)) {
        if (!before && activity.is_todo)
            tell_of_to_do(work, id);
        else
            tell_owner(work, activity, before);
    }
    if (is_completed_now(activity, before)) tell_of_completion(work, id);
    const auto origin = before ? std::nullopt : origin_of(work, activity);
    const Activity* earlier = origin ? &*origin : before;
    tell_mentioned(work, activity, earlier ? mentioned_in(*earlier) : Logins{});
}

void tell_of(Work& work, const Project& project, const Project* before) {
    tell_owner(work, project, before);
}

void tell_of(Work& work, const Note& note, const Note* before) {
    tell_mentioned(work, note, before ? mentioned_in(*before) : Logins{});
}

void tell_of_invitation(Work& work, Id<Activity> id, Id<User> user) {
    if (is_copying(work)) return;
    const auto activity = load(work, id);
    if (activity && !is_over(activity->state) && !is_silent(work))
        notify(work, user, assignment, id);
}

}  // namespace crm::domain
