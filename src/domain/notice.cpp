#include "domain/notice.hpp"

#include <limits>
#include <map>

#include "crm/notice.hpp"
#include "crm/user.hpp"
#include "domain/records.hpp"
#include "kernel/standing.hpp"

namespace crm::domain {

void notify(Work& work, Id<User> to, std::string_view reason, Ref record, std::string_view text) {
    auto& transaction = work.transaction();
    if (!to || to == transaction.session().user) return;
    transaction.connection()
        .use(
            "INSERT INTO notice (user_id, command_id, reason, record_id, text)"
            " SELECT id, ?2, ?3, ?4, ?5 FROM user WHERE id = ?1 AND is_active"
            " ON CONFLICT DO NOTHING")
        .bind(1, to.value())
        .bind(2, static_cast<std::int64_t>(work.command()))
        .bind(3, reason)
        .bind(4, record.value())
        .bind(5, optional(text))
        .run();
    transaction.count_write();
}

}  // namespace crm::domain

namespace crm::inline v1 {
namespace {

Notice notice_in(const storage::Use& row) {
    Notice notice{.id = row.integer(0),
                  .reason = std::string(row.text(1)),
                  .record = Ref{row.integer(2)},
                  .text = std::string(row.text(3)),
                  .from = Ref{row.integer(4)},
                  .command = CommandId{row.integer(5)},
                  .noticed_at = row.time(6)};
    if (!row.is_null(7)) notice.read_at = row.time(7);
    return notice;
}

/// Reads notices of one user, without those that an undo took back.
class Inbox {
public:
    explicit Inbox(Session& session) : session_(session), reading_(session.state()) {}

    /// The first that a query answers, as the user may see them.
    std::vector<Notice> first(std::string_view query, std::int64_t before, int limit) {
        std::vector<Notice> notices;
        {
            auto rows = kernel::named_query(
                reading_, query, {{":user", session_.user().value()}, {":before", before}});
            while (std::ssize(notices) < limit && rows.step()) {
                Notice notice = notice_in(rows);
                if (notice.read_at || !is_undone(notice.command))
                    notices.push_back(std::move(notice));
            }
        }
        for (Notice& notice : notices)
            if (notice.record && !kernel::find(reading_, notice.record, false)) notice.record = {};
        return notices;
    }

private:
    bool is_undone(CommandId command) {
        const auto [at, fresh] = undone_.try_emplace(command);
        if (fresh) at->second = kernel::is_undone(reading_.connection(), command);
        return at->second;
    }

    Session& session_;
    kernel::Reading reading_;
    std::map<CommandId, bool> undone_;
};

void set_read(Work& work, std::int64_t id) {
    work.transaction()
        .connection()
        .use("UPDATE notice SET read_at = ?2 WHERE id = ?1 AND read_at IS NULL")
        .bind(1, id)
        .bind(2, domain::instant(work.now()))
        .run();
    work.transaction().count_write();
}

}  // namespace

std::vector<Notice> Notices::unread(int limit) const {
    domain::require_page_limit(limit);
    return Inbox(*session_).first("notice.unread", 0, limit);
}

std::vector<Notice> Notices::take(int limit) {
    std::vector<Notice> taken = unread(limit);
    if (taken.empty()) return taken;
    session_->write("notice.take", [&](Work& work) {
        taken = unread(limit);  // others may have taken some meanwhile
        for (Notice& notice : taken) {
            set_read(work, notice.id);
            notice.read_at = work.now();
        }
    });
    return taken;
}

Page<Notice> Notices::list(int limit, const std::string& after) const {
    domain::require_page_limit(limit);
    const auto before =
        after.empty() ? std::numeric_limits<std::int64_t>::max() : domain::PageKey::parse(after).id;
    Page<Notice> page;
    page.rows = Inbox(*session_).first("notice.newest", before, limit + 1);
    if (domain::cut(page.rows, limit))
        page.next = domain::PageKey{page.rows.back().noticed_at, page.rows.back().id}.text();
    return page;
}

void Notices::mark_read(std::int64_t id) {
    session_->write("notice.read", [&](Work& work) {
        if (!domain::exists(work, "notice.mine",
                            {{":id", id}, {":user", session_->user().value()}}))
            throw NotFound("notice " + std::to_string(id) + ": no such notice of yours");
        set_read(work, id);
    });
}

}  // namespace crm
