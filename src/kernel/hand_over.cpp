#include <algorithm>

#include "crm/error.hpp"
#include "crm/user.hpp"
#include "kernel/engine.hpp"
#include "kernel/select.hpp"

namespace crm::inline v1 {
namespace {

using kernel::Action;

[[noreturn]] void refuse(const char* field, std::string reason) {
    throw Invalid("hand_over", field, std::move(reason));
}

/// The records of a kind that are to be handed over; of more than these ids nothing is kept.
struct Selected {
    const Kind* kind;
    std::vector<Ref> records{};
    std::int64_t refused = 0;  ///< that the session may not assign
};

/// Gives what one user answers for to another, within one command.
class HandingOver {
public:
    HandingOver(Work& work, Id<User> from, Id<User> to, const HandOver& what)
        : transaction_(work.transaction()),
          reading_(transaction_.session()),
          from_(from),
          to_(to),
          what_(what) {}

    HandedOver run() {
        require_users();
        std::vector<Selected> selected;  // before anything moves: what is seen may depend on it
        for (const Kind* kind : kinds()) selected.push_back(select(*kind));
        for (const Selected& each : selected) require_assign(each);
        HandedOver done;
        for (const Selected& each : selected) {
            if (each.records.empty()) continue;
            for (const Ref record : each.records) move(*each.kind, record);
            done.records.emplace_back(each.kind->name, each.records.size());
        }
        return done;
    }

private:
    void require_users() {
        unit_of(from_, "SELECT unit_id FROM user WHERE id = ?1", "from");
        unit_ = unit_of(to_, "SELECT unit_id FROM user WHERE id = ?1 AND is_active", "to");
        if (from_ == to_) refuse("to", "is who has the records already");
    }

    Id<Unit> unit_of(Id<User> user, std::string_view sql, const char* field) const {
        auto row = transaction_.connection().use(sql);
        if (row.bind(1, user.value()).step()) return Id<Unit>{row.integer(0)};
        refuse(field, field[0] == 't' ? "must be an active user" : "must be a user");
    }

    std::vector<const Kind*> kinds() const {
        if (!what_.where.matches_everything() && what_.kinds.size() != 1)
            refuse("where", "goes with exactly one kind: its fields are that kind's");
        std::vector<const Kind*> kinds;
        for (const Kind& kind : transaction_.catalogue().kinds())
            if (kind.role == Role::root && is_asked_for(kind)) kinds.push_back(&kind);
        for (const std::string& name : what_.kinds)
            if (std::ranges::find(kinds, name, &Kind::name) == kinds.end())
                refuse("kinds", "\"" + name + "\" is no kind of record that has an owner");
        return kinds;
    }

    bool is_asked_for(const Kind& kind) const {
        if (what_.kinds.empty()) return !kind.is_personal() && !kind.is_of_owner;
        return std::ranges::find(what_.kinds, kind.name) != what_.kinds.end();
    }

    Selected select(const Kind& kind) {
        const kernel::Condition condition = kernel::compile(what_.where, kind, reading_);
        auto rows = transaction_.connection().use(text(kind, condition));
        transaction_.rights().bind(rows);
        condition.bind(rows);
        rows.bind_named(":from", from_.value());
        Selected selected{&kind};
        while (rows.step()) {
            selected.records.emplace_back(rows.integer(0));
            selected.refused += rows.integer(1) == 0;
        }
        std::ranges::sort(selected.records);  // as they lie in the file
        return selected;
    }

    std::string text(const Kind& kind, const kernel::Condition& condition) const {
        const kernel::Rights& rights = transaction_.rights();
        const std::string name(kind.name), order(kind.orders.front().name);
        return "SELECT t.id, " + rights.predicate(kind, "t", Action::assign) + " FROM " + name +
               " AS t INDEXED BY " + name + "_by_owner_" + order +
               " WHERE t.owner_id = :from AND " + rights.predicate(kind, "t") + " AND " +
               condition.sql;
    }

    void require_assign(const Selected& selected) const {
        if (selected.refused == 0) return;
        throw Denied(std::string(selected.kind->name) + ": the right to assign is missing for " +
                     std::to_string(selected.refused) + " of " +
                     std::to_string(selected.records.size()) +
                     " records to be handed over; nothing was");
    }

    /// By the engine: assigning is what was asked for, not the right to change.
    void move(const Kind& kind, Ref record) {
        const Assignment fields[] = {{"owner_id", to_.value()}, {"unit_id", unit_.value()}};
        const std::span<const Assignment> all(fields);
        kernel::update(transaction_, kind, record, any_version,
                       what_.keep_unit ? all.first(1) : all, nullptr, kernel::Authority::engine);
    }

    kernel::Transaction& transaction_;
    kernel::Reading reading_;
    Id<User> from_, to_;
    const HandOver& what_;
    Id<Unit> unit_{};  // of `to`
};

}  // namespace

std::int64_t HandedOver::total() const {
    std::int64_t total = 0;
    for (const auto& [kind, count] : records) total += count;
    return total;
}

HandedOver Users::hand_over(Id<User> from, Id<User> to, const HandOver& what) {
    HandedOver done;
    session().write("user.hand_over",
                    [&](Work& work) { done = HandingOver(work, from, to, what).run(); });
    return done;
}

}  // namespace crm
