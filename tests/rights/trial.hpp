/// The trial of one random world: the same reads on the file and on a copy without what is hidden.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crm/crm.hpp"
#include "rights/raw_file.hpp"
#include "rights/reads.hpp"
#include "support/desk.hpp"

namespace crm::test::rights {

/// What trials did, added up.
struct Tally {
    struct OfEntry {
        std::size_t reads = 0, partial = 0;  ///< partial of those weighed
    };
    std::size_t worlds = 0, reads = 0, refused = 0, mutations = 0;
    std::size_t weighed = 0;  ///< reads that an administrator made too, to tell how much was seen
    std::size_t partial = 0;  ///< of those: neither all nor nothing was
    std::map<std::string, OfEntry> by_entry;
    std::vector<std::string> failures;  ///< the first of each world

    void add(const Tally& other);
};

/// What a trial is made with; the controls tamper with it.
struct Conduct {
    std::uint32_t seed = 0;
    std::size_t reads = 60;
    std::size_t only_read = 0;     ///< from 1; 0: all
    std::filesystem::path keep{};  ///< an existing folder for the files of worlds that fail
    bool mutates = true;  ///< in every other world, changes a hidden record and reads again
    std::span<const Kind> kinds{};  ///< in place of the library's
    /// Runs on the open file behind the library's back, after the session under test has read and
    /// before the copy is made.
    std::function<void(RawFile&, std::int64_t user)> while_open{};
};

/// The files of one process, in a folder of its own; in memory where the system has a place for it.
class Arena {
public:
    Arena();
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    /// The trial of world `number`; adds what it did to `tally`.
    void trial(const Conduct& conduct, std::size_t number, Tally& tally);

private:
    class Trial;

    std::filesystem::path folder_;
    ::test::SetClock clock_;
    std::string template_;
};

/// `worlds` trials in as many processes as there are cores, from number `first` on.
Tally run_trials(const Conduct& conduct, std::size_t first, std::size_t worlds);

}  // namespace crm::test::rights
