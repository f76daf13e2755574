#include "crm/open.hpp"

#include "crm/kinds.hpp"
#include "kernel/state.hpp"

namespace crm::inline v1 {

Database create(const std::filesystem::path& path, const CreateOptions& options) {
    return kernel::create(path, options, all_kinds());
}

Database open(const std::filesystem::path& path, const OpenOptions& options) {
    return kernel::open(path, options, all_kinds());
}

}  // namespace crm
