#include "storage/page.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "storage/support.hpp"

namespace {

using namespace test::storage;

constexpr std::size_t page_size = 8'192;

/// Leaves in a file what SQLite leaves when it moves rows: text between the list of cells and their
/// content, in every leaf that has room for it. How many there were.
int leave_behind(const fs::path& path, const std::string& text) {
    std::string bytes = bytes_of(path);
    int left = 0;
    for (std::size_t page = page_size; page + page_size <= bytes.size(); page += page_size) {
        const auto number = [&](std::size_t at) {
            return static_cast<std::size_t>(static_cast<unsigned char>(bytes[page + at])) << 8 |
                   static_cast<unsigned char>(bytes[page + at + 1]);
        };
        if (bytes[page] != 10 && bytes[page] != 13) continue;
        const std::size_t end_of_list = 8 + 2 * number(3);
        if (end_of_list + text.size() > number(5)) continue;
        bytes.replace(page + end_of_list, text.size(), text);
        ++left;
    }
    write_bytes(path, bytes);
    return left;
}

bool stands_in(const fs::path& path, const std::string& text) {
    return bytes_of(path).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("IMP-03 what SQLite leaves between rows that it moved is overwritten, rows stay") {
    const Folder folder;
    const auto path = folder / "moved.crm";
    std::mt19937 random(5);
    std::int64_t rows = 0;
    {
        const auto file = create(path);
        auto writer = file->write();
        for (int i = 0; i < 20'000; ++i)
            add_party(writer.connection(), std::to_string(random()) + "-" + std::to_string(i),
                      "party");
        for (std::int64_t id = 3; id <= 20'000; id += 3)
            writer.connection().use("DELETE FROM party WHERE id = ?1").bind(1, id).run();
        writer.commit();
        rows = count_parties(*file);
    }
    const std::string secret = "left behind";
    REQUIRE(leave_behind(path, secret) > 50);
    REQUIRE(stands_in(path, secret));
    {
        const auto file = open(path);
        std::int64_t next = 1, steps = 0;
        while (next != 0) {
            const auto keep = [](Connection& connection, std::int64_t) {
                connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'counter'");
            };
            const auto done = file->clean_pages(next, 20, keep);
            REQUIRE(done);
            next = *done;
            ++steps;
        }
        CHECK(steps > 3);
        CHECK(file->read().connection().integer("SELECT value FROM meta WHERE key = 'counter'") ==
              steps);
        CHECK(file->quick_check().empty());
        CHECK(file->read().connection().text("PRAGMA integrity_check") == "ok");
        CHECK(count_parties(*file) == rows);
    }
    CHECK(!stands_in(path, secret));
}

TEST_CASE("IMP-03 pages are not cleaned while a reader needs the WAL") {
    const Folder folder;
    const auto file = create(folder / "read.crm");
    {
        auto writer = file->write();
        add_party(writer.connection(), "a", "party");
        writer.commit();
    }
    const auto nothing = [](Connection&, std::int64_t) {};
    {
        const auto reader = file->read();
        reader.connection().integer("SELECT count(*) FROM party");
        auto writer = file->write();
        add_party(writer.connection(), "b", "party");
        writer.commit();
        CHECK(!file->clean_pages(1, 100, nothing));
        CHECK(!file->empty_wal());
    }
    CHECK(file->clean_pages(1, 100, nothing) == 0);
}

TEST_CASE("IMP-03 a page of another sort, or one that makes no sense, is left as it is") {
    std::vector<unsigned char> page(8'192, 0xAB);
    const auto same = page;
    for (const unsigned char type : {0, 1, 3, 0xAB}) {
        page[0] = type;
        CHECK(!clean_page(page, false));
    }
    page = same;
    page[0] = 13;  // a leaf, but of more cells than there is room for
    CHECK(!clean_page(page, false));
    std::ranges::fill(page, static_cast<unsigned char>(0));
    page[0] = 10;
    page[5] = 0x1F, page[6] = 0xF0;  // empty, its content beginning at 8,176
    page[100] = 'x';
    CHECK(clean_page(page, false));
    CHECK(page[100] == 0);
    CHECK(!clean_page(page, false));
}
