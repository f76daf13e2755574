// Why somebody may do something with a record, or not: told from the rights as they were resolved,
// so that the answer is what the engine would do.
#include <algorithm>

#include "crm/access_right.hpp"
#include "crm/error.hpp"
#include "kernel/column.hpp"
#include "kernel/select.hpp"

namespace crm::inline v1 {
namespace {

using kernel::Action;
using Resolved = kernel::Rights;

constexpr Action explained[] = {Action::read, Action::change, Action::remove, Action::exporting,
                                Action::assign};

std::string_view name_column(Ref holder) {
    return holder.kind() == kernel::number::user ? "login" : "name";
}

class Explaining {
public:
    Explaining(kernel::Reading& reading, Id<User> user, Ref record)
        : reading_(reading),
          rights_(Resolved::resolve(reading.database(), reading.connection(), user)) {
        explanation_.user = user;
        explanation_.record = record;
        explanation_.is_active = rights_->unit() != 0;
    }

    Explanation run() {
        require_seen(explanation_.record);
        const AnyRecord record = stored(explanation_.record);
        const AnyRecord root = root_of(record);
        explanation_.decides = root.head().id;
        for (const Action action : explained)
            explanation_.verdicts.push_back(verdict(record, root, action));
        add_fields(record.kind());
        return std::move(explanation_);
    }

private:
    void require_seen(Ref ref) {
        if (kernel::find(reading_, ref)) return;
        throw NotFound("record " + std::to_string(ref.value()) + ": no such record");
    }

    AnyRecord root_of(const AnyRecord& record) {
        const Column* parent = record.kind().parent_column();
        return parent ? stored(Ref{record.get(parent->name).integer()}) : stored(record.head().id);
    }

    /// As it is, and not as the asking session sees it.
    AnyRecord stored(Ref ref) {
        AnyRecord record(reading_.kind_of(ref));
        kernel::load(reading_.connection(), reading_.plan(record.kind()), ref, record.data());
        return record;
    }

    Explanation::Verdict verdict(const AnyRecord& record, const AnyRecord& root, Action action) {
        Explanation::Verdict verdict{std::string(kernel::name_of(action)), false, {}};
        const Kind& kind = record.kind();
        if (const Column* own = reading_.catalogue().link_to_personal(kind);
            own && action != Action::read) {
            const AnyRecord list = stored(Ref{own->get(record.data()).integer()});
            verdict.allowed = covers(record, Action::read) && covers(list, Action::change);
            return verdict;
        }
        const bool as_root = kind.role == Role::child && action != Action::read;
        verdict.allowed = kind.role == Role::common
                              ? action == Action::read || rights_->may_change_common(kind)
                              : covers(as_root ? root : record, as_changed(kind, action)) ||
                                    (as_root && keeps_own(record, action));
        if (root.kind().role == Role::root && !root.kind().is_personal())
            add_grants(root, as_changed(kind, action), verdict);
        return verdict;
    }

    /// Removing a child is a change of its parent.
    static Action as_changed(const Kind& kind, Action action) {
        return kind.role == Role::child && action == Action::remove ? Action::change : action;
    }

    /// Of kinds to which readers add: what the user added itself.
    bool keeps_own(const AnyRecord& record, Action action) {
        if (!record.kind().readers_add || as_changed(record.kind(), action) != Action::change)
            return false;
        auto row = reading_.connection().use("SELECT user_id FROM command WHERE id = ?1");
        row.bind(1, static_cast<std::int64_t>(record.head().created_in));
        return row.step() && row.integer(0) == rights_->user() && covers(record, Action::read);
    }

    /// What one may not see is not there for any other action either.
    bool covers(const AnyRecord& record, Action action) {
        if (action != Action::read && !covers(record, Action::read)) return false;
        return rights_->covers(reading_.connection(), record.kind(), action, record.data());
    }

    void add_grants(const AnyRecord& root, Action action, Explanation::Verdict& verdict) {
        const Kind& scoped = rights_->kind_of_scopes(root.kind(), root.data());
        for (const std::int64_t holder : rights_->holders()) {
            auto rows = reading_.connection().use(
                "SELECT kind, scope FROM access_right WHERE holder_id = ?1 AND kind IN (?4, ?2) "
                "AND"
                " action = ?3 ORDER BY kind, scope");
            const std::string_view all = scoped.is_confidential ? scoped.name : "*";
            rows.bind(1, holder).bind(2, scoped.name).bind(3, kernel::name_of(action)).bind(4, all);
            while (rows.step())
                verdict.grants.push_back({Ref{holder}, name_of(Ref{holder}),
                                          std::string(rows.text(0)), std::string(rows.text(1)),
                                          applies(root, action, rows.text(1))});
        }
    }

    bool applies(const AnyRecord& root, Action action, std::string_view scope) {
        return explanation_.is_active &&
               rights_->covers(reading_.connection(), root.kind(), action, root.data(), scope);
    }

    std::string name_of(Ref holder) {
        auto row = reading_.connection().use("SELECT " + std::string(name_column(holder)) +
                                             " FROM " + std::string(reading_.kind_of(holder).name) +
                                             " WHERE id = ?1");
        return row.bind(1, holder.value()).step() ? std::string(row.text(0)) : std::string{};
    }

    void add_fields(const Kind& kind) {
        for (const Column& column : kind.columns)
            if (rights_->locked(kind).test(kind.index_of(column)))
                explanation_.fields.push_back(
                    {std::string(column.name), rights_->hides(kind, column) ? "hidden" : "locked"});
    }

    kernel::Reading& reading_;
    std::shared_ptr<const Resolved> rights_;
    Explanation explanation_;
};

std::string meaning_of(std::string_view scope) {
    if (scope == "own") return "own: the user is responsible for it";
    if (scope == "unit") return "unit: it belongs to the user's unit";
    if (scope == "units_below") return "units_below: it belongs to the user's unit or one below";
    if (scope == "territory") return "territory: it stands in a territory of the user";
    if (scope == "shared") return "shared: it is shared with the user";
    if (scope == "given") return "given: it belongs to a task of the user";
    return "all: every record";
}

std::string line_of(const Explanation::Verdict& verdict) {
    std::string reasons, others;
    for (const auto& grant : verdict.grants)
        if (grant.applies)
            (reasons += reasons.empty() ? "" : "; ") +=
                meaning_of(grant.scope) + " (held by " + grant.holder_name + ")";
        else
            (others += others.empty() ? "" : ", ") += grant.scope;
    if (verdict.allowed)
        return verdict.action + ": yes" + (reasons.empty() ? "" : ", by " + reasons);
    return verdict.action + ": no" +
           (others.empty() ? ", no right to it is held"
                           : ", the scopes held do not reach it: " + others);
}

}  // namespace

std::string Explanation::text() const {
    std::string text;
    if (!is_active) text += "the user is not active, and so may do nothing\n";
    if (decides != record)
        text +=
            "the record belongs to " + std::to_string(decides.value()) + ", whose rights count\n";
    for (const auto& verdict : verdicts) text += line_of(verdict) + "\n";
    for (const auto& field : fields) text += field.field + ": " + field.level + "\n";
    return text;
}

Explanation Rights::explain(Id<User> user, Ref record) const {
    kernel::Reading reading(session().state());
    if (user != session().user() && !reading.rights().administers())
        throw Denied("explain: another user's rights are shown to administrators only");
    if (user.ref().kind() != kernel::number::user || !kernel::find(reading, user))
        throw NotFound("user: no such record");
    return Explaining(reading, user, record).run();
}

}  // namespace crm
