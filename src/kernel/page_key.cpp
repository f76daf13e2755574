#include "kernel/page_key.hpp"

#include <charconv>
#include <utility>

#include "crm/error.hpp"

namespace crm::kernel {

std::int64_t PageKeyParts::integer() {
    const std::string_view part = word();
    std::int64_t number = 0;
    const auto read = std::from_chars(part.data(), part.data() + part.size(), number);
    if (read.ec != std::errc{} || read.ptr != part.data() + part.size()) refuse();
    return number;
}

std::string_view PageKeyParts::word() {
    if (!has_more_) refuse();
    const auto colon = left_.find(':');
    const std::string_view part = left_.substr(0, colon);
    has_more_ = colon != left_.npos;
    left_.remove_prefix(has_more_ ? colon + 1 : left_.size());
    return part;
}

std::string_view PageKeyParts::rest() {
    if (!std::exchange(has_more_, false)) refuse();
    return std::exchange(left_, {});
}

void PageKeyParts::end() const {
    if (has_more_) refuse();
}

void PageKeyParts::refuse() const { throw Invalid(asked_, "after", "is not the `next` of a page"); }

}  // namespace crm::kernel
