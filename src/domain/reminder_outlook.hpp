/// What is to come of a reminder.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crm/activity.hpp"
#include "crm/reminder.hpp"
#include "crm/session.hpp"

namespace crm::domain {

/// One occurrence of what a reminder is about.
struct Coming {
    Time event{};  ///< by which it is known: of a series when it was to start at first
    Time due{};
    Time takes_place{};
    std::string occasion{};
};

/// What became of a reminder so far.
struct HandedOut {
    std::optional<Time> event{};             ///< the one handed out last
    std::optional<Time> due{}, due_event{};  ///< the next one, as it was scheduled
    std::optional<Time> snoozed_until{}, snoozed_event{};
    std::set<std::pair<Time, Time>> starts{};  ///< handed out and to come yet: event, start
};

/// Works out what is to come of one reminder, for its user.
class Outlook {
public:
    Outlook(Work& work, const Reminder& reminder) : work_(work), reminder_(reminder) {}

    /// The first occurrence at `from` or later that was not handed out.
    std::optional<Coming> next(Time from, const HandedOut& before) const;
    /// The occurrence of an instant, if it still is one.
    std::optional<Coming> at(Time event) const;
    /// What is due next: what is due already and was not taken, else what is to come, or before
    /// that what was put off, where it still is to be.
    std::optional<Coming> due_next(Time now, const HandedOut& before) const;

private:
    bool is_of_activity() const;
    std::optional<Coming> untaken(Time now, const HandedOut& before) const;
    std::optional<Coming> next_instant(const std::optional<Time>& handed) const;
    std::optional<Activity> activity() const;
    std::optional<Coming> next_start(Time from, const HandedOut& before) const;
    std::optional<Coming> next_by_rule(const Activity& series, Time from,
                                       const HandedOut& before) const;
    std::optional<Coming> next_touched(const Activity& series, Time from) const;
    std::optional<Coming> start_at(Time event) const;
    std::vector<Ref> touched(const Activity& series, Time at) const;
    Coming coming(Time event, Time start) const;
    std::optional<Coming> next_day(Time from, const std::optional<Time>& handed) const;
    Time due_before(const Date& day, const Zone& zone) const;
    Zone zone_of_user() const;
    std::vector<std::pair<std::string, std::string>> occasions() const;

    Work& work_;
    const Reminder& reminder_;
};

}  // namespace crm::domain
