/// Random sequences of work with undo of random subsets, each compared with the model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace crm::test::history {

/// How sequences are run; the breaks are for controls, which must be found.
struct Conduct {
    enum class Break {
        none,
        deaf_model,  ///< the model does not hear of some changes of status
        forged_log,  ///< what history keeps of names is changed behind the library's back
        lax_model,   ///< the model takes every undo for possible
    };
    std::uint32_t seed = 0;
    Break broken = Break::none;
    std::size_t commands = 11;  ///< of each sequence
};

struct Tally {
    std::size_t sequences = 0, commands = 0, undos = 0, accepted = 0, refused = 0, redone = 0,
                skipping = 0, left = 0, unjudged = 0;
    std::vector<std::string> failures;
    void add(const Tally& other);
};

/// Sequences `first` to `first + count`, in a process for each core.
Tally run_sequences(const Conduct& conduct, std::size_t first, std::size_t count);

}  // namespace crm::test::history
