/// Where a page ends, as text: the `next` of one and the `after` of the following.
#pragma once

#include <cstdint>
#include <string_view>

namespace crm::kernel {

/// Takes apart what was joined by ":". Throws Invalid (after) where a part is not there or no
/// number: what is given is not the `next` of a page.
class PageKeyParts {
public:
    /// `asked` is the kind of the error: whose pages they are.
    explicit PageKeyParts(std::string_view key, const char* asked = "query")
        : left_(key), asked_(asked) {}

    std::int64_t integer();   ///< the whole of the next part
    std::string_view word();  ///< the next part
    std::string_view rest();  ///< all parts that are left, as they stand
    void end() const;         ///< throws where anything is left

private:
    [[noreturn]] void refuse() const;

    std::string_view left_;
    const char* asked_;
    bool has_more_ = true;  // an empty part may follow
};

}  // namespace crm::kernel
