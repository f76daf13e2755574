/// Changes of recurrences: an occurrence left out, a series divided, a start that moved.
#pragma once

#include "base/wall.hpp"
#include "crm/recurrence.hpp"

namespace crm::inline v1::recurrence {

/// The start and the zone that a recurrence is counted from.
struct Anchor {
    Time start{};
    Zone zone{};
};

/// Without the occurrence at an instant, by the clock of the zone, so that it goes along when the
/// series moves.
Recurrence without(const Recurrence& recurrence, const Zone& zone, Time at);

/// What takes place before an occurrence, counted from the start as it was, and what takes place
/// from it on, counted from that occurrence.
struct Halves {
    Recurrence before{}, from{};
};
/// Throws Invalid ("recurrence") where the rule could not go on from that occurrence as it was: it
/// is one of RDATE's, or was moved by the clocks or by SKIP.
Halves divided(const Recurrence& recurrence, const Anchor& anchor, Time at);

/// A start that moved: its occurrences go along by as much, on the wall.
class Move {
public:
    Move(Anchor from, Anchor to);
    bool is_forward() const { return by_ > std::chrono::microseconds{0}; }
    /// Where an occurrence takes place now.
    Time operator()(Time at) const;
    /// UNTIL, RDATE and EXDATE go along; the rest of the rule stays as it is.
    Recurrence operator()(const Recurrence& recurrence) const;

private:
    Anchor from_, to_;
    std::chrono::microseconds by_;
    std::chrono::days days_;
};

}  // namespace crm::recurrence
