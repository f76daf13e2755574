#include <algorithm>
#include <array>

#include "crm/error.hpp"
#include "kernel/history.hpp"
#include "kernel/verify.hpp"

namespace crm::kernel {
namespace {

std::string command_named(std::int64_t id) { return "command " + std::to_string(id); }

// ---- commands

void check_commands(Verifying& at) {
    at.begin("commands");
    std::int64_t last_at = INT64_MIN;
    auto rows = at.connection().use(scanning("id, at, undo_of FROM command ORDER BY id"));
    while (rows.step()) {
        const auto tell = [&](const char* field, const char* text) {
            at.add({.check = "commands",
                    .field = field,
                    .text = command_named(rows.integer(0)) + " " + text,
                    .repair = std::string(restore_backup)});
        };
        if (rows.integer(1) < last_at) tell("at", "is older than the one before");
        if (rows.integer(2) >= rows.integer(0)) tell("undo_of", "undoes one that came later");
        last_at = std::max(last_at, rows.integer(1));
    }
}

// ---- what commands created

/// Looks at the ranges of ids of one kind, in order of ids.
class Ranges {
public:
    Ranges(Verifying& at, const Kind& kind) : at_(at), kind_(kind) {}

    void look() {
        auto rows = at_.connection().use(
            scanning("command_id, first_id, last_id FROM created WHERE kind = ?1 "
                     "ORDER BY first_id"));
        rows.bind(1, std::int64_t{kind_.number});
        while (rows.step()) {
            command_ = rows.integer(0);
            look_at(Ref{rows.integer(1)}, Ref{rows.integer(2)});
        }
    }

private:
    void look_at(Ref first, Ref last) {
        if (first.kind() != kind_.number || last.kind() != kind_.number ||
            first.copy() != last.copy() || last < first)
            return tell(first, "is no range of ids of this kind");
        if (first <= last_) tell(first, "begins within the range of another command");
        last_ = std::max(last_, last);
        if (count_between(first, last) < last.sequence() - first.sequence() + 1)
            find_lost(first, last);
    }

    std::int64_t count_between(Ref first, Ref last) {
        auto row = at_.connection().use("SELECT /* verifies all */ count(*) FROM " +
                                        std::string(kind_.name) + " WHERE id BETWEEN ?1 AND ?2");
        row.bind(1, first.value()).bind(2, last.value()).step();
        return row.integer(0);
    }

    /// What was created and is not there must have been removed.
    void find_lost(Ref first, Ref last) {
        for (auto sequence = first.sequence(); sequence <= last.sequence(); ++sequence) {
            const Ref id = Ref::make(kind_.number, sequence, first.copy());
            if (!is_there(id) && !is_removed(id))
                at_.add({.check = "created",
                         .record = id,
                         .field = std::string(kind_.name),
                         .text = command_named(command_) +
                                 " created it; it is not there, and nothing removed it",
                         .repair = std::string(restore_backup)});
        }
    }

    bool is_there(Ref id) {
        auto row =
            at_.connection().use("SELECT 1 FROM " + std::string(kind_.name) + " WHERE id = ?1");
        return row.bind(1, id.value()).step();
    }

    bool is_removed(Ref id) {
        auto row = at_.connection().use("SELECT 1 FROM change WHERE ref = ?1 LIMIT 1");
        return row.bind(1, id.value()).step();  // how its life ended is looked at with its changes
    }

    void tell(Ref first, const char* text) {
        at_.add({.check = "created",
                 .record = first,
                 .field = std::string(kind_.name),
                 .text = "what " + command_named(command_) + " created " + text,
                 .repair = std::string(restore_backup)});
    }

    Verifying& at_;
    const Kind& kind_;
    std::int64_t command_ = 0;
    Ref last_{};
};

// ---- what commands changed

/// Follows each record through what changed it, oldest first.
class Lives {
public:
    explicit Lives(Verifying& at) : at_(at) {}

    void look() {
        at_.begin("changes");
        auto rows = at_.connection().use(
            scanning("ref, command_id, before FROM change INDEXED BY change_by_ref "
                     "ORDER BY ref, command_id"));
        while (rows.step()) {
            if (Ref{rows.integer(0)} != record_) begin(Ref{rows.integer(0)});
            look_at(rows.integer(1), rows.text(2));
        }
        end();
    }

private:
    void begin(Ref record) {
        end();
        record_ = record;
        is_there_ = true;
        is_sound_ = true;
        kind_ = at_.transaction().kind(record.kind());
        if (!kind_) tell("is of no kind that the library knows");
    }

    void look_at(std::int64_t command, std::string_view text) {
        if (!kind_) return;
        Json before;
        try {
            before = Json::parse(text);
        } catch (const Invalid&) {
            return tell(command_named(command) + " kept what is no JSON");
        }
        if (!before.is_null() && !before.is_object())
            return tell(command_named(command) + " kept neither values nor null");
        if (is_erased(before)) {  // whatever it was: nothing comes after
            is_there_ = false;
            return;
        }
        look_at_fields(command, before);
        take(command, before);
    }

    void look_at_fields(std::int64_t command, const Json& before) {
        if (!before.is_object()) return;
        for (const auto& member : before.object())
            if (!is_known(member.first))
                tell(command_named(command) + " kept a value of no known field", member.first);
    }

    bool is_known(std::string_view field) const {
        static constexpr std::array<std::string_view, 8> others{
            "id",       "version", "created_in",   "changed_in",
            "owner_id", "unit_id", "territory_id", "password"};  // of which only that it was set
        return kind_->find(field) || at_.transaction().plan(*kind_).kind->find(field) ||
               std::ranges::find(others, field) != others.end();
    }

    void take(std::int64_t command, const Json& before) {
        const bool comes_back = before.is_null();
        if (comes_back == is_there_)
            tell(command_named(command) +
                 (comes_back ? " brought back what was there" : " changed what was not there"));
        is_there_ = comes_back || !is_removal(before);
    }

    /// At the end of its life in history it is there, or it is not.
    void end() {
        if (!record_ || !kind_ || !is_sound_) return;
        auto row =
            at_.connection().use("SELECT 1 FROM " + std::string(kind_->name) + " WHERE id = ?1");
        const bool is_there = row.bind(1, record_.value()).step();
        if (is_there == is_there_) return;
        at_.add({.check = "changes",
                 .record = record_,
                 .text = is_there ? "is there, though history says that it was removed"
                                  : "is not there, though history does not say that it was removed",
                 .repair = is_there ? "notes that it came back" : std::string(restore_backup),
                 .repairable = is_there});
    }

    void tell(std::string text, std::string_view field = {}) {
        is_sound_ = false;
        at_.add({.check = "changes",
                 .record = record_,
                 .field = std::string(field),
                 .text = std::move(text),
                 .repair = std::string(restore_backup)});
    }

    Verifying& at_;
    Ref record_{};
    const Kind* kind_ = nullptr;
    bool is_there_ = true;
    bool is_sound_ = true;
};

// ---- runs

void check_runs(Verifying& at) {
    at.begin("runs");
    auto rows = at.connection().use(scanning(
        "r.id, r.rows, r.created + r.updated + r.unchanged + r.skipped + r.rejected, r.created, "
        "r.cursor, (SELECT coalesce(sum((c.last_id - c.first_id) / 256 + 1), 0) FROM command AS k "
        "JOIN created AS c ON c.command_id = k.id WHERE k.run_id = r.id) FROM run AS r"));
    while (rows.step()) {
        const auto tell = [&](const char* field, const char* text) {
            at.add(
                {.check = "runs",
                 .field = field,
                 .text = "run " + std::to_string(rows.integer(0)) + " " + text,
                 .repair = "none: its counts stand for themselves, the records are not touched"});
        };
        if (rows.integer(1) != rows.integer(2)) tell("rows", "counts other rows than outcomes");
        if (rows.integer(3) > rows.integer(5))
            tell("created", "counts more records than its commands created");
    }
}

}  // namespace

void verify_history(Verifying& at) {
    check_commands(at);
    for (const Kind& kind : at.kinds()) {
        at.begin("created", kind.name);
        Ranges(at, kind).look();
    }
    Lives(at).look();
    check_runs(at);
}

}  // namespace crm::kernel
