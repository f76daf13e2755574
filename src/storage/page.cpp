#include "storage/page.hpp"

#include <algorithm>

namespace crm::storage {
namespace {

constexpr std::size_t file_header = 100;
constexpr std::size_t block_header = 4;

using Page = std::span<unsigned char>;

std::size_t number_at(Page page, std::size_t at) {
    return static_cast<std::size_t>(page[at]) << 8 | page[at + 1];
}

bool is_leaf(unsigned char type) { return type == 10 || type == 13; }
bool is_interior(unsigned char type) { return type == 2 || type == 5; }

bool zero(Page page, std::size_t begin, std::size_t end) {
    const auto piece = page.subspan(begin, end - begin);
    if (std::ranges::all_of(piece, [](unsigned char byte) { return byte == 0; })) return false;
    std::ranges::fill(piece, static_cast<unsigned char>(0));
    return true;
}

/// Free blocks are a list in order of their places.
bool clean_blocks(Page page, std::size_t block, std::size_t content) {
    bool found = false;
    while (block != 0) {
        if (block < content || block + block_header > page.size()) return found;
        const std::size_t next = number_at(page, block), size = number_at(page, block + 2);
        if (size < block_header || block + size > page.size()) return found;
        found |= zero(page, block + block_header, block + size);
        if (next <= block) return found;
        block = next;
    }
    return found;
}

}  // namespace

bool clean_page(Page page, bool first) {
    const std::size_t header = first ? file_header : 0;
    const unsigned char type = page[header];
    if (!is_leaf(type) && !is_interior(type)) return false;
    const std::size_t cells = number_at(page, header + 3), start = number_at(page, header + 5);
    const std::size_t content = start == 0 ? 65'536 : start;
    const std::size_t end_of_list = header + (is_leaf(type) ? 8 : 12) + 2 * cells;
    if (end_of_list > content || content > page.size()) return false;  // not what it looked like
    const bool gap = zero(page, end_of_list, content);
    return clean_blocks(page, number_at(page, header + 1), content) || gap;
}

}  // namespace crm::storage
