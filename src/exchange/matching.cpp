#include "exchange/matching.hpp"

#include <utility>

#include "base/fnv.hpp"
#include "crm/error.hpp"
#include "crm/external_key.hpp"
#include "crm/text.hpp"
#include "kernel/select.hpp"

namespace crm::exchange {
namespace {

std::string_view word_for(Naming naming) {
    switch (naming) {
        case Naming::key: return "key";
        case Naming::code: return "code";
        case Naming::name: return "name";
        default: return "id";
    }
}

[[noreturn]] void refuse_reference(const Kind& to, Naming naming, std::string_view text,
                                   std::string_view reason) {
    throw Invalid("import", "",
                  std::string(reason) + " " + std::string(to.name) + " of the " +
                      std::string(word_for(naming)) + " \"" + std::string(text) + "\"");
}

/// 64 bits tell the keys of one file apart well enough for a rehearsal.
std::uint64_t digest(Naming naming, std::string_view text) {
    return base::fnv1a(text, static_cast<std::uint64_t>(naming));
}

bool has_same(const AnyRecord& a, const AnyRecord& b, std::span<const std::string_view> columns) {
    for (const auto column : columns)
        if (!(a.get(column) == b.get(column))) return false;
    return true;
}

std::vector<Ref> children_of(kernel::Transaction& transaction, const Kind& kind, Ref parent) {
    std::vector<Ref> ids;
    // As the engine reads them: who sees the parent sees its children.
    auto rows =
        transaction.connection().use("SELECT id FROM " + std::string(kind.name) + " WHERE " +
                                     std::string(kind.parent_column()->name) + " = ?1");
    rows.bind(1, parent.value());
    while (rows.step()) ids.emplace_back(rows.integer(0));
    return ids;
}

}  // namespace

Matcher::Matcher(std::string system, const Kind& kind, bool remembers)
    : system_(std::move(system)), kind_(kind), remembers_(remembers) {}

void Matcher::begin(kernel::Transaction& transaction) {
    transaction_ = &transaction;
    found_.clear();
    users_.clear();
    units_.clear();
}

std::optional<Ref> Matcher::only(std::string_view query,
                                 std::initializer_list<kernel::Parameter> parameters) {
    kernel::Reading reading(transaction_->session());
    auto row = kernel::named_query(reading, query, parameters);
    if (!row.step()) return std::nullopt;
    const Ref ref{row.integer(0)};
    if (row.step()) return Ref{};
    return ref;
}

std::optional<Ref> Matcher::by_key(const Kind& kind, std::string_view key) {
    return only("external_key.record", {{":system", std::string_view{system_}},
                                        {":kind", std::int64_t{kind.number}},
                                        {":key", key}});
}

std::optional<Ref> Matcher::by_code(const Kind& kind, std::string_view code) {
    folded_.clear();
    fold_into(code, folded_);
    return only(std::string(kind.name) + ".by_code", {{":key", std::string_view{folded_}}});
}

std::optional<Ref> Matcher::by_name(const Kind& kind, std::string_view name) {
    folded_.clear();
    fold_into(name, folded_);
    return only("import." + std::string(kind.name) + "_by_name",
                {{":name", std::string_view{folded_}}});
}

std::optional<Ref> Matcher::find(const Kind& to, Naming naming, std::string_view text) {
    switch (naming) {
        case Naming::key: return by_key(to, text);
        case Naming::code: return by_code(to, text);
        default: return by_name(to, text);
    }
}

Ref Matcher::reference(const Kind& to, Naming naming, std::string_view text) {
    known_.assign({static_cast<char>(to.number), static_cast<char>(naming)}).append(text);
    if (const auto known = found_.find(known_); known != found_.end()) return known->second;
    const auto ref = find(to, naming, text);
    if (ref && *ref) return found_.emplace(known_, *ref).first->second;
    if (ref) refuse_reference(to, naming, text, "there are several records of kind");
    if (&to == &kind_ && was_seen(naming, text)) return {};
    refuse_reference(to, naming, text, "there is no");
}

std::optional<User> Matcher::user(std::string_view login) {
    const auto [at, fresh] = users_.try_emplace(fold(login));
    if (!fresh) return at->second;
    kernel::Reading reading(transaction_->session());
    const auto found =
        kernel::records_of(reading, kind_of<User>(), "user.by_login",
                           {{":login", Value{std::string_view{at->first}}}}, false, 1);
    if (!found.empty()) at->second = found.front().as<User>();
    return at->second;
}

Id<Unit> Matcher::unit(std::string_view name) {
    const auto [at, fresh] = units_.try_emplace(fold(name));
    if (fresh) at->second = by_name(kind_of<Unit>(), name).value_or(Ref{});
    if (!at->second) refuse_reference(kind_of<Unit>(), Naming::name, name, "there is no");
    return at->second;
}

Ref Matcher::child_like(const AnyRecord& child, Ref parent, std::span<const std::string_view> match,
                        AnyRecord& found) {
    const auto& plan = transaction_->plan(child.kind());
    for (const Ref id : children_of(*transaction_, child.kind(), parent)) {
        found = AnyRecord(child.kind());
        kernel::load(transaction_->connection(), plan, id, found.data());
        if (has_same(found, child, match)) return id;
    }
    return {};
}

std::optional<std::string> Matcher::key_of(Ref record) {
    AnyRecord wanted(kind_of<ExternalKey>()), found(kind_of<ExternalKey>());
    wanted.set("system", std::string_view{system_});
    constexpr std::string_view by_system[] = {"system"};
    if (!child_like(wanted, record, by_system, found)) return std::nullopt;
    return found.as<ExternalKey>().key;
}

bool Matcher::was_seen(Naming naming, std::string_view text) const {
    return remembers_ && seen_.contains(digest(naming, text));
}

void Matcher::remember(Naming naming, std::string_view text) {
    if (remembers_) seen_.insert(digest(naming, text));
}

}  // namespace crm::exchange
