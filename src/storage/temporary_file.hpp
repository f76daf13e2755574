/// A file made under a temporary name beside its target, which appears complete or not at all.
#pragma once

#include <filesystem>

namespace crm::storage {

/// The name is free when made; the destructor removes whatever was not published.
class TemporaryFile {
public:
    explicit TemporaryFile(std::filesystem::path target);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// Gives the file its name, for good after a power failure. Throws Conflict where another file
    /// has the name meanwhile, unless it `replaces` that.
    void publish(bool replaces = false);

private:
    std::filesystem::path target_;
    std::filesystem::path path_;
};

}  // namespace crm::storage
