/// Pages of the file as bytes: what SQLite leaves between the rows when it moves them.
#pragma once

#include <cstddef>
#include <span>

namespace crm::storage {

/// Zeroes what is not in use of a page of a b-tree: the space between its list of cells and their
/// content, and the inside of its free blocks. SQLite overwrites what is deleted, but not what it
/// copies elsewhere when it splits or joins pages. Leaves any other page as it is. `first` says
/// that it is page 1, which begins with the file's header. True where anything was there.
bool clean_page(std::span<unsigned char> page, bool first);

}  // namespace crm::storage
