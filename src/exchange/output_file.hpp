/// A file that somebody asked for: written beside its place, and in it only when it is whole.
#pragma once

#include <filesystem>
#include <string_view>

#include "storage/temporary_file.hpp"

namespace crm::exchange {

class OutputFile {
public:
    /// Throws Conflict where the file exists, unless it `replaces` that; Invalid(kind, "to", …) for
    /// a CRM file that this process has open, or what stands beside it; IoError.
    OutputFile(const std::filesystem::path& path, bool replaces, std::string_view kind);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    /// Throws IoError.
    void write(std::string_view text);
    /// Puts the file into its place, for good after a power failure. Throws IoError, and Conflict
    /// where another one has appeared there meanwhile.
    void publish();

private:
    bool replaces_;
    std::filesystem::path place_;
    storage::TemporaryFile temporary_;
    int descriptor_ = -1;
};

}  // namespace crm::exchange
