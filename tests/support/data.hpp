/// Files of the shared test data, which are not part of the repository: absent is not an error.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

namespace crm::test {

/// The path of a file or folder of the test data (CRM_TEST_DATA, else ../shared/data beside the
/// sources); nothing where it is absent: the test then says so with MESSAGE and ends.
inline std::optional<std::filesystem::path> data(std::string_view relative) {
    const char* root = std::getenv("CRM_TEST_DATA");
    auto path = std::filesystem::path{root != nullptr ? root : CRM_SOURCE_DIR "/../shared/data"};
    path /= relative;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return {};
    return path;
}

}  // namespace crm::test
