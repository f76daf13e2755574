/// Reminders: what a user wants to be told some time before an activity or a memorable date.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// A user's wish to be reminded of a record: some minutes before what is to come, or at an instant.
///
/// Of an activity what is to come is its start, of a series each occurrence as it stands; the
/// reminder follows when it moves, past others too, and is off while that is completed or
/// cancelled; what moves after it was handed out is handed out again before its new start. Of a
/// party or contact it is each birthday, memorable date and birthday of kin, every year, from 00:00
/// on of that day in the user's zone: `before` is by the clock there, so that 3 days less 9 hours
/// are 09:00 three days ahead. 29 February falls on the 28th in years that have none.
///
/// Seen by who sees the record. Who may read that keeps his own; one for another user takes the
/// right to change the record.
struct Reminder {
    Head head{};
    Ref record{};
    Id<User> user{};  ///< who is reminded; the session's user if none; fixed
    /// Minutes: 0 to 525,600 of activities; of parties and contacts from -1,439, which is 23:59 on
    /// the day itself. Absent where `at` is given.
    std::optional<std::int64_t> before{};
    std::optional<Time> at{};  ///< this instant, whatever the record is
    std::string text{};        ///< what to think of
    bool operator==(const Reminder&) const = default;
};

/// A reminder that is due, as it is handed out.
struct DueReminder {
    Id<Reminder> reminder{};
    Ref record{};
    std::string name{};      ///< subject of the activity, name of the party or contact
    Time due_at{};           ///< when it was to be handed out
    Time event_at{};         ///< what it is about: the start, the beginning of the day, or `at`
    std::string occasion{};  ///< of a party or contact: "birthday", "kin_birthday" or types of list
                             ///< memorable_date_type, several of one day parted by ", "
    std::string text{};
    bool operator==(const DueReminder&) const = default;
};

/// Reminders of records, and those of the session's user that are due by the database's clock.
class CRM_API Reminders : public Records<Reminder> {
public:
    using Records::Records;
    /// Reminds the user before what is to come. Throws Invalid where the record is hidden or not
    /// there, for one of another kind and for minutes out of range. Rights: read on the record.
    Reminder set(Ref record, std::chrono::minutes before, std::string_view text = {});
    /// Reminds the user of any record at an instant; at once where that is past.
    Reminder set_at(Ref record, Time at, std::string_view text = {});
    /// The reminders of a record, oldest first.
    std::vector<Reminder> of(Ref record) const;

    /// Hands out what is due, soonest first, one command "reminder.take", none where nothing is.
    /// Each occurrence is handed out once over all sessions and processes, also after a restart;
    /// of occurrences that went by unasked only the first is. What the user may no longer see is
    /// passed over. An undo of the command hands nothing out again. `limit`: 1 to 1,000.
    std::vector<DueReminder> take(int limit = 100);
    /// When the next one of the user is due, perhaps in the past; nothing where none is. An
    /// embedder may sleep until then, or until the file was changed. Cost: one indexed look-up, and
    /// one for each that comes before and is hidden by now.
    std::optional<Time> next_due() const;
    /// Hands one that was handed out out again at `until`, unless its next occurrence is due before
    /// that or it is over by then; what else becomes of its record or of other occurrences leaves
    /// it put off. Throws NotFound unless it is the user's own, Conflict where it was not handed
    /// out yet, Invalid where `until` is not to come. No undo: set it again.
    void snooze(Id<Reminder> reminder, Time until);
};

template <>
CRM_API const Kind& kind_of<Reminder>();

}  // namespace crm
