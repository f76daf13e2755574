#include <doctest/doctest.h>

#include "domain/notice.hpp"
#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;

namespace {

/// Tells the user as a part of the library would.
Command tell(Session& from, Session& to, std::string_view reason, Ref record,
             std::string_view text = {}) {
    return from.write("test.tell", [&](Work& work) {
        domain::notify(work, to.user(), reason, record, text);
    });
}

std::vector<std::string> texts(const std::vector<Notice>& notices) {
    std::vector<std::string> all;
    for (const Notice& notice : notices) all.push_back(notice.text);
    return all;
}

}  // namespace

TEST_CASE("NOT-01 a notice is handed out once, oldest first, and stays in the list") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    tell(desk.ana, desk.ion, "message", acme, "one");
    tell(desk.ana, desk.ion, "message", acme, "two");
    Notices notices(desk.ion);
    CHECK(texts(notices.unread()) == std::vector{"one"s, "two"s});
    CHECK(texts(notices.take(1)) == std::vector{"one"s});
    desk.clock.advance(test::hour);
    const auto second = notices.take();
    REQUIRE(texts(second) == std::vector{"two"s});
    CHECK(second[0].record == acme);
    CHECK(second[0].from == desk.ana.user());
    CHECK(second[0].noticed_at == test::monday);
    CHECK(second[0].read_at == test::monday + test::hour);
    CHECK(notices.take().empty());
    CHECK(texts(notices.list().rows) == std::vector{"two"s, "one"s});
    CHECK(texts(notices.list(1, notices.list(1).next).rows) == std::vector{"one"s});
}

TEST_CASE("NOT-01 a user is told neither of what he did himself nor the same twice") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    tell(desk.ion, desk.ion, "message", acme);
    desk.ana.write("test.tell", [&](Work& work) {
        for (int i = 0; i < 2; ++i) domain::notify(work, desk.ion.user(), "message", acme);
    });
    CHECK(Notices(desk.ion).take().size() == 1);
}

TEST_CASE("NOT-01 a notice is its user's alone, and of a hidden record tells not which") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    tell(desk.ana, desk.petru, "assignment", acme);
    const auto taken = Notices(desk.petru).unread();
    REQUIRE(taken.size() == 1);
    CHECK_FALSE(taken[0].record);  // of another unit
    CHECK(Notices(desk.ana).list().rows.empty());
    CHECK_THROWS_AS(Notices(desk.ana).mark_read(taken[0].id), NotFound);
    Notices(desk.petru).mark_read(taken[0].id);
    CHECK(Notices(desk.petru).unread().empty());
}

TEST_CASE("NOT-01 an undo takes back what is unread, and having read is not undone") {
    auto desk = test::desk();
    const auto acme = test::acme(desk);
    const auto first = tell(desk.ana, desk.ion, "message", acme, "one");
    Notices notices(desk.ion);
    CHECK(notices.take().size() == 1);
    desk.ion.undo(desk.ion.commands(1).front().id);
    CHECK(notices.take().empty());
    desk.ana.undo(first.id);
    CHECK(texts(notices.list().rows) == std::vector{"one"s});
    desk.ana.undo(tell(desk.ana, desk.ion, "message", acme, "two").id);
    CHECK(notices.unread().empty());
    CHECK(notices.take().empty());
    CHECK(notices.list().rows.size() == 1);
}
