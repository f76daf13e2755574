/// Sight: whether a session sees a record, there or removed.
#pragma once

#include <unordered_map>

#include "kernel/state.hpp"

namespace crm::kernel {

/// Answers for one reading, and remembers. Of a record that was removed it answers whether the
/// session would see it as it was last; a child is seen with its parent and the far ends of its
/// links, there or removed.
class Sight {
public:
    explicit Sight(Reading& reading) : reading_(reading) {}

    bool sees(Ref id);
    /// Whether it would be seen in this state, whatever its state is.
    bool would_see(const AnyRecord& record);

private:
    bool look(const Kind& kind, Ref id);

    Reading& reading_;
    std::unordered_map<Ref, bool> seen_;
};

}  // namespace crm::kernel
