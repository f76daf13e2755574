#include <sqlite3.h>

#include <system_error>
#include <vector>

#include "crm/error.hpp"
#include "storage/connection_impl.hpp"
#include "storage/file_impl.hpp"
#include "storage/page.hpp"

namespace crm::storage {
namespace {

using namespace std::chrono_literals;

constexpr auto readers_patience = 50ms;
constexpr std::int64_t pages_a_read = 64;
/// From here on the number of a page could make one of another sort look like one of a b-tree.
constexpr std::int64_t most_pages = std::int64_t{2} << 24;

void check(int code, const char* doing) {
    if (code != SQLITE_OK) throw_sqlite(nullptr, code, doing);
}

/// Nothing in the WAL, and with the write lock held nothing can come: then nobody copies pages.
bool is_empty(const std::filesystem::path& wal) {
    std::error_code none;
    const auto size = std::filesystem::file_size(wal, none);
    return none || size == 0;
}

/// Pages `first` to `end` (exclusive) of the database file itself.
void clean(sqlite3_file& file, std::int64_t first, std::int64_t end, std::size_t page_size) {
    std::vector<unsigned char> bytes;
    while (first < end) {
        const auto count = std::min(pages_a_read, end - first);
        bytes.resize(static_cast<std::size_t>(count) * page_size);
        const auto offset = (first - 1) * static_cast<std::int64_t>(page_size);
        check(file.pMethods->xRead(&file, bytes.data(), static_cast<int>(bytes.size()), offset),
              "reading pages");
        for (std::int64_t i = 0; i < count; ++i) {
            const auto at = static_cast<std::size_t>(i) * page_size;
            const std::span page{bytes.data() + at, page_size};
            if (clean_page(page, first + i == 1))
                check(file.pMethods->xWrite(&file, page.data(), static_cast<int>(page_size),
                                            offset + static_cast<std::int64_t>(at)),
                      "cleaning a page");
        }
        first += count;
    }
}

void require_plain(Connection& writer, std::int64_t pages) {
    if (pages < most_pages && writer.integer("PRAGMA auto_vacuum") == 0) return;
    throw LimitExceeded(
        "the pages of a file this large, or one that shrinks by itself, cannot be cleaned in "
        "place: "
        "make a backup, which holds nothing of what was removed, and go on with that");
}

}  // namespace

bool File::empty_wal() {
    impl_->enter();
    const Impl::Leave leave_at_end{impl_.get()};
    impl_->ready_writer();
    return truncate_wal(*impl_->writer, readers_patience);
}

std::optional<std::int64_t> File::clean_pages(
    std::int64_t first, std::int64_t count,
    const std::function<void(Connection&, std::int64_t)>& keep) {
    Impl& impl = *impl_;
    const auto deadline = impl.enter();
    const Impl::Leave leave_at_end{&impl};
    impl.ready_writer();
    impl.set_durability(Durability::full);
    Connection& writer = *impl.writer;
    if (!truncate_wal(writer, readers_patience)) return std::nullopt;
    impl.begin(deadline);
    std::int64_t next = 0;
    try {
        if (!is_empty(impl.path.string() + "-wal")) {  // of a program that writes without the gate
            impl.rollback();
            return std::nullopt;
        }
        const std::int64_t pages = writer.integer("PRAGMA page_count");
        require_plain(writer, pages);
        const std::int64_t end = std::min(pages + 1, first + count);
        clean(database_file(writer.handle()), first, end, static_cast<std::size_t>(impl.page_size));
        sync_file(writer.handle());
        next = end > pages ? 0 : end;
        keep(writer, next);
        impl.commit();  // others see a change and forget the pages they have, uncleaned, in memory
    } catch (...) {
        impl.rollback();
        throw;
    }
    sqlite3_db_release_memory(writer.handle());  // and so do we
    return next;
}

}  // namespace crm::storage
