/// The rejected rows of an import as a CSV file, to be mended and fed again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "crm/csv.hpp"
#include "crm/import.hpp"

namespace crm::exchange {

/// The columns of the source as read, then "row", "field" and "reason", which an import leaves out
/// by itself.
class RejectFile {
public:
    /// Begins a new file, or goes on with one, keeping its rows up to `cursor`. Does nothing
    /// without a path. `guarded`: as `CsvFormat::formula_safe`.
    RejectFile(const std::filesystem::path& path, const std::vector<std::string>& header,
               std::int64_t cursor, bool guarded);
    void add(const SourceRow& row, const RowOutcome& outcome);
    /// Puts what was added behind what was kept, replacing what was written and not kept. Throws
    /// IoError.
    void write();
    /// What was written stands: the batch was committed.
    void keep();

private:
    void write_header(const std::vector<std::string>& header);
    void read_kept(std::int64_t cursor);
    void open();

    std::filesystem::path path_;
    std::vector<std::size_t> columns_;  // those of the source that are repeated
    std::size_t width_;
    bool is_guarded_;
    std::ofstream file_;
    std::string text_;
    CsvWriter csv_;
    std::int64_t kept_ = 0;
    std::string buffer_;
};

}  // namespace crm::exchange
