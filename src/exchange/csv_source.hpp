/// CSV as a source of rows for the import pipeline.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "crm/csv.hpp"
#include "crm/import.hpp"

namespace crm::exchange {

/// The rows of a CSV file. Without a heading the columns are called "1", "2", … Fields are read as
/// text.
class CsvRows : public RowSource {
public:
    /// Throws NotFound, IoError, and Invalid for options or a heading that cannot be used.
    CsvRows(const std::filesystem::path& path, const CsvOptions& options);
    const std::vector<std::string>& header() const override { return header_; }
    bool next(SourceRow& row) override;
    std::string name() const override { return path_.filename().string(); }
    /// Of the bytes: 128 bits in hexadecimal. Empty for what is no regular file and cannot be read
    /// twice.
    std::string hash() const override;

private:
    bool read();

    std::filesystem::path path_;
    CsvReader reader_;
    CsvRow row_;
    bool waiting_ = false;  // the first row was read to count the columns
    std::vector<std::string> header_;
    std::vector<Value> values_;
};

}  // namespace crm::exchange
