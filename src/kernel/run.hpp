/// Runs: many commands that belong together and are turned back together.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crm/history.hpp"
#include "kernel/state.hpp"
#include "kernel/transaction.hpp"

namespace crm::kernel {

/// What a run starts with.
struct RunStart {
    std::string verb;         ///< "import"
    std::string source;       ///< name of what is read
    std::string source_hash;  ///< of its bytes; empty: never refused
    std::string arguments;    ///< JSON, compared when a killed run is to resume
};

/// A run as its row says, with what resuming needs.
struct RunRow {
    Run run;
    std::string arguments;
    std::int64_t cursor = 0;  ///< rows committed
};

/// Writes the row of a new run, in the transaction of its first command.
RunId start_run(Transaction& transaction, const RunStart& start);
/// Adds to the counters and sets the cursor, in the transaction of a batch. `counts` holds what
/// this batch did.
void advance_run(Transaction& transaction, RunId run, const Run& counts, std::int64_t cursor);
/// Marks the end.
void end_run(Transaction& transaction, RunId run);
/// The newest run over the same bytes that was not turned back.
std::optional<RunRow> run_of_source(Reading& reading, std::string_view verb,
                                    std::string_view source_hash);
/// Throws NotFound, also for others' runs without the right to administer.
RunRow run_row(Reading& reading, RunId id);
std::vector<Run> newest_runs(Reading& reading, int limit);

}  // namespace crm::kernel
