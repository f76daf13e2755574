/// The past: the file as it stood at a moment, read with the rights of now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "crm/query.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// The file as it stood just after a command. Refers to the session and must not outlive it; used
/// by one thread at a time. Each call is a snapshot of its own and reads what is committed; throws
/// Misuse inside `Session::write`.
///
/// Rights are those of now: a record is there where the session sees it now or, of one that was
/// removed since, would see it as it was last; fields hidden now are hidden; a reference to a
/// record hidden now reads as empty. Users, units and lists are as they were then, the rights
/// themselves are not asked.
///
/// Of the head, `version` is 0: a record of the past is written back by nobody. `changed_in` of a
/// record that was changed since is the last change of the record itself, without its children.
///
/// Cost: `get` and `find` are a few indexed look-ups and one step back for each change of the
/// record since, below 1 ms for 100. `list`, `count` and the card first put together every record
/// of the file that was changed or removed since the moment, about 30 µs each and at most 200,000,
/// at each call; records made since cost nothing. Then they cost what they cost now, and the
/// records put together are sorted and walked.
class CRM_API Past {
public:
    /// After the last command given at or before `at`: of a moment in the future, all commands so
    /// far; before the first command, an empty file.
    Past(Session& session, Time at);
    /// Just after a command, whoever gave it. Throws NotFound where there is no such command.
    Past(Session& session, CommandId command);

    /// The last command whose effects are seen; 0 before the first.
    CommandId moment() const { return moment_; }
    /// The moment as given, or the time of the command given.
    Time at() const { return at_; }
    Session& session() const { return *session_; }

    /// Any record by reference, with long texts. Throws NotFound where it was not there then or is
    /// hidden now.
    AnyRecord get(Ref id) const;
    std::optional<AnyRecord> find(Ref id) const;
    template <class Record>
    Record get(Id<Record> id) const {
        if (id.ref().kind() == kind_of<Record>().number) return get(id.ref()).template as<Record>();
        throw NotFound(std::string(kind_of<Record>().name) + ": no such record");
    }
    template <class Record>
    std::optional<Record> find(Id<Record> id) const {
        if (id.ref().kind() != kind_of<Record>().number) return std::nullopt;
        auto any = find(id.ref());
        return any ? std::optional<Record>(any->template as<Record>()) : std::nullopt;
    }

    /// As `Session::list`: filters, paths and orders see the records, and what they refer to, as
    /// they were then. Throws LimitExceeded for more than 200,000 records changed or removed since.
    Page<AnyRecord> list(const Kind& kind, const Query& query = {}) const;
    template <class Record>
    Page<Record> list(const Query& query = {}) const {
        auto any = list(kind_of<Record>(), query);
        Page<Record> page{{}, std::move(any.next)};
        page.rows.reserve(any.rows.size());
        for (auto& row : any.rows) page.rows.push_back(row.template as<Record>());
        return page;
    }
    /// As `Session::count`.
    Count count(const Kind& kind, const Filter& where = {}, std::int64_t limit = 10'000) const;
    template <class Record>
    Count count(const Filter& where = {}, std::int64_t limit = 10'000) const {
        return count(kind_of<Record>(), where, limit);
    }

private:
    Session* session_;
    CommandId moment_;
    Time at_;
};

}  // namespace crm
