#include <doctest/doctest.h>
#include <sqlite3.h>

#include <fstream>

#include "support/desk.hpp"

using namespace crm;
using namespace ::test;
using namespace std::literals;

namespace {

/// What the file itself holds, read as any SQLite tool would.
std::int64_t stored(const Desk& desk, const std::string& what) {
    sqlite3* file = nullptr;
    sqlite3_stmt* row = nullptr;
    const auto copy = desk.folder.path() / "stored.crm";
    std::filesystem::remove(copy);
    Database database = desk.database;
    database.backup(copy);
    REQUIRE(sqlite3_open_v2(copy.c_str(), &file, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_prepare_v2(file, ("SELECT " + what).c_str(), -1, &row, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(row) == SQLITE_ROW);
    const auto number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    sqlite3_close(file);
    return number;
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

const std::string picture = "\x89PNG\r\n\x1a\n\0\0bytes of no text"s;

struct Cabinet {
    Desk desk;
    Id<Party> acme = test::acme(desk);
    Attachments attachments{desk.ion};

    Attachment attach(Ref record, std::string_view name = "picture.png") {
        return attachments.attach(record, name, picture, "image/png");
    }
};

}  // namespace

TEST_CASE(
    "DOC-06 a file stands in the CRM file with its name, size and digest, and comes out whole") {
    Cabinet cabinet;
    const auto made = cabinet.attach(cabinet.acme);
    CHECK(made.head.version == 1);
    CHECK(made.size == std::ssize(picture));
    CHECK(made.digest.size() == 64);
    CHECK(cabinet.attachments.of(cabinet.acme) == std::vector{made});
    CHECK(cabinet.attachments.read(made.head.id) == picture);
    const auto out = cabinet.desk.folder.path() / "out.png";
    cabinet.attachments.write_to(made.head.id, out);
    CHECK(text_of(out) == picture);
    CHECK_THROWS_AS(cabinet.attachments.write_to(made.head.id, out), Conflict);
    const auto again = cabinet.attachments.attach_file(cabinet.acme, out);
    CHECK(again.file_name == "out.png");
    CHECK(again.digest == made.digest);
    CHECK(cabinet.attachments.read(cabinet.attachments.attach(cabinet.acme, "empty", "").head.id)
              .empty());
    CHECK_THROWS_AS(cabinet.attachments.attach_file(cabinet.acme, "/no/such/file"), IoError);
    CHECK(refused_field([&] {
              cabinet.attachments.attach_file(cabinet.acme, cabinet.desk.path());
          }) == "attachment.file");
}

TEST_CASE("DOC-06 a file by path stays where it is, and one too large is to be attached so") {
    Cabinet cabinet;
    const auto made = cabinet.attachments.add(
        {.record = cabinet.acme, .file_name = "plan.dwg", .path = "/srv/plans/plan.dwg"});
    CHECK(made.digest.empty());
    CHECK(refused_field([&] { cabinet.attachments.read(made.head.id); }) == "attachment.path");
    CHECK(refused_field([&] {
              cabinet.attachments.add({.record = cabinet.acme, .file_name = "nothing"});
          }) == "attachment.path");
    const std::string large(Attachments::most_bytes + 1, 'x');
    CHECK_THROWS_AS(cabinet.attachments.attach(cabinet.acme, "large", large), LimitExceeded);
    const std::string_view most = std::string_view(large).substr(1);
    CHECK(cabinet.attachments.attach(cabinet.acme, "most", most).size == std::ssize(most));
    CHECK(stored(cabinet.desk, "count(*) FROM file_content") == 1);
}

TEST_CASE("DOC-06 equal contents stand in the file once, and history holds no bytes") {
    Cabinet cabinet;
    const auto call = cabinet.desk.activities.plan(test::call(cabinet.acme)).head.id;
    const auto first = cabinet.attach(cabinet.acme), second = cabinet.attach(call, "same.png");
    CHECK(first.digest == second.digest);
    CHECK(stored(cabinet.desk, "count(*) FROM file_content") == 1);
    cabinet.attachments.remove(first.head.id);
    CHECK(cabinet.attachments.read(second.head.id) == picture);
    CHECK(stored(cabinet.desk, "max(length(before)) FROM change") < 400);
}

TEST_CASE("DOC-06 nobody comes to a content by its digest, or without sight of an attachment") {
    Cabinet cabinet;
    const auto made = cabinet.attach(cabinet.acme);
    Attachments of_petru(cabinet.desk.petru);
    CHECK_THROWS_AS(of_petru.read(made.head.id), NotFound);
    const auto own = Parties(cabinet.desk.petru).add({.name = "Own"}).head.id;
    CHECK(refused_field([&] {
              of_petru.add(
                  {.record = own, .file_name = "stolen", .size = 9, .digest = made.digest});
          }) == "attachment.path");
    const auto mine = of_petru.add({.record = own, .file_name = "mine", .path = "/tmp/mine"});
    CHECK(refused_field([&] {
              of_petru.change(mine.head.id, 1, {{"digest", std::string_view{made.digest}}});
          }) == "attachment.digest");
    CHECK_THROWS_AS(of_petru.attach(cabinet.acme, "x", "y"), Error);
    CHECK(stored(cabinet.desk, "count(*) FROM file_content") == 1);  // nothing of a refused one
    Rights(cabinet.desk.ana).hide(cabinet.desk.ion.user(), "attachment", "digest");
    CHECK_THROWS_AS(cabinet.attachments.read(made.head.id), Denied);
}

TEST_CASE("DOC-06 a removal is undone with the content, until that is let go of") {
    Cabinet cabinet;
    Session& ion = cabinet.desk.ion;
    const auto made = cabinet.attach(cabinet.acme);
    cabinet.attachments.remove(made.head.id);
    const auto removal = ion.commands(1).front().id;
    CHECK_THROWS_AS(cabinet.attachments.read(made.head.id), NotFound);
    ion.undo(removal);
    CHECK(cabinet.attachments.read(made.head.id) == picture);
    cabinet.attachments.remove(made.head.id);
    const auto again = ion.commands(1).front().id;
    Attachments of_ana(cabinet.desk.ana);
    CHECK_THROWS_AS(cabinet.attachments.free_removed(friday), Denied);
    CHECK(of_ana.free_removed(monday) == FreedContent{});
    CHECK(of_ana.free_removed(friday) == FreedContent{1, 1, std::ssize(picture)});
    CHECK(stored(cabinet.desk, "count(*) FROM file_content") == 0);
    CHECK_THROWS_AS(ion.undo(again), Conflict);
    CHECK(verify(cabinet.desk.ana).defects.empty());
}

TEST_CASE("DOC-06 what stands is not let go of, also where another one of it was removed") {
    Cabinet cabinet;
    const auto first = cabinet.attach(cabinet.acme), second = cabinet.attach(cabinet.acme, "b");
    cabinet.attachments.remove(first.head.id);
    CHECK(Attachments(cabinet.desk.ana).free_removed(friday) == FreedContent{1, 0, 0});
    CHECK(cabinet.attachments.read(second.head.id) == picture);
}

TEST_CASE("DOC-06 erasing a person frees its files, removed ones too, and no one else's") {
    Cabinet cabinet;
    Session& ana = cabinet.desk.ana;
    const auto maria = Parties(ana).add_person({.last_name = "Maria"});
    Attachments attachments(ana);
    const auto removed = attachments.attach(maria.contact.head.id, "passport", "of Maria");
    attachments.remove(removed.head.id);
    attachments.attach(maria.contact.head.id, "photo", "her face");
    attachments.attach(maria.contact.head.id, "logo", picture);
    const auto other = cabinet.attach(cabinet.acme);
    CHECK(stored(cabinet.desk, "count(*) FROM file_content") == 3);
    Erasures(ana).erase(maria.contact.head.id, {.reason = "asked for"});
    CHECK(stored(cabinet.desk, "count(*) FROM file_content") == 1);
    CHECK(stored(cabinet.desk, "count(*) FROM file_use") == 1);
    CHECK(attachments.read(other.head.id) == picture);
}

TEST_CASE("DOC-06 HIS-08 verify() compares every content with its digest") {
    Cabinet cabinet;
    const auto made = cabinet.attach(cabinet.acme);
    CHECK(verify(cabinet.desk.ana).defects.empty());
    const auto copy = cabinet.desk.folder.path() / "copy.crm";
    cabinet.desk.database.backup(copy);
    sqlite3* file = nullptr;
    REQUIRE(sqlite3_open(copy.c_str(), &file) == SQLITE_OK);
    REQUIRE(sqlite3_exec(file, "UPDATE file_content SET bytes = x'00'", nullptr, nullptr,
                         nullptr) == SQLITE_OK);
    sqlite3_close(file);
    auto again = open(copy);
    auto ana = again.trusted_session("ana");
    const auto defects = verify(ana).defects;
    REQUIRE(defects.size() == 1);
    CHECK(defects[0].check == "contents");
    CHECK_THROWS_AS(Attachments(ana).read(made.head.id), Corrupt);
}
