#include "domain/records.hpp"

#include "crm/text.hpp"
#include "kernel/page_key.hpp"

namespace crm::domain {

bool exists(Work& work, std::string_view query, Parameters parameters) {
    return kernel::exists(work.transaction().connection(), query, parameters);
}

std::vector<Ref> refs(Work& work, std::string_view query, Parameters parameters) {
    kernel::Reading reading(work.transaction().session());
    auto rows = kernel::named_query(reading, query, parameters);
    std::vector<Ref> refs;
    while (rows.step()) refs.emplace_back(rows.integer(0));
    return refs;
}

bool is_undo(Work& work) {
    return exists(work, "record.is_undo",
                  {{":command", static_cast<std::int64_t>(work.command())}});
}

void check_relation(Work& work, std::string_view purpose, Ref record,
                    std::function<void(Work&)> check) {
    auto& transaction = work.transaction();
    if (transaction.created_here(record) || !is_undo(work)) return check(work);
    transaction.at_end(purpose, record.value(), std::move(check),
                       kernel::Transaction::AtEnd::relations);
}

namespace {

void refuse_circle(Work& work, const Kind& kind, std::string_view field, Ref id, Ref other,
                   std::string_view query) {
    const auto path = refs(work, query, {{":id", id.value()}, {":other", other.value()}});
    if (id == other)
        throw Invalid(std::string(kind.name), std::string(field),
                      "must be another record: nothing hangs on itself");
    if (path.empty() || path.back() != id) return;
    throw Invalid(std::string(kind.name), std::string(field),
                  "would close a circle: " + std::to_string(other.value()) + " hangs on " +
                      std::to_string(id.value()) + " already");
}

std::string code_from(Ref id, char letter) {
    const auto sequence = std::to_string(id.sequence());
    std::string code(1, letter);
    if (id.copy() != 0) code += std::to_string(id.copy()) + "-";
    code.append(sequence.size() < 6 ? 6 - sequence.size() : 0, '0');
    return code + sequence;
}

}  // namespace

void check_circle(Work& work, const Kind& kind, std::string_view field, Ref id, Ref other,
                  std::string_view query) {
    check_relation(work, field, id,
                   [=, &kind](Work& at) { refuse_circle(at, kind, field, id, other, query); });
}

Conflict already(Work& work, const Kind& kind, Ref id, std::string_view state) {
    kernel::Reading reading(work.transaction().session());
    const auto current = kernel::find(reading, id);
    return Conflict(std::string(kind.name) + ": is " + std::string(state) + " already", id,
                    current ? current->json().dump() : std::string{});
}

std::string free_code(Work& work, Ref id, char letter, std::string_view taken) {
    const std::string made = code_from(id, letter);
    std::string code = made;
    for (int next = 2; exists(work, taken, {{":key", std::string_view{fold(code)}}}); ++next)
        code = made + "-" + std::to_string(next);
    return code;
}

void settle_currency(Work& work, std::optional<Money>& amount) {
    if (amount && !amount->currency)
        amount->currency = Currency(work.transaction().database().currency());
}

void require_not_negative(std::string_view kind, std::string_view field,
                          const std::optional<Money>& amount) {
    if (amount && amount->minor < 0)
        throw Invalid(std::string(kind), std::string(field), "must be 0 or more");
}

void require_party_or_contact(Ref parent, std::string_view child) {
    const auto kind = parent.kind();
    if (kind == kernel::number::party || kind == kernel::number::contact) return;
    throw Invalid(std::string(child), "record_id", "must be a party or a contact");
}

void require_reachable(Ref parent, std::string_view child) {
    if (parent.kind() == kernel::number::lead) return;
    require_party_or_contact(parent, child);
}

void require_page_limit(int limit) {
    if (limit < 1 || limit > 1'000) throw Invalid("query", "limit", "must be 1 to 1,000");
}

std::string PageKey::text() const {
    return std::to_string(at.time_since_epoch().count()) + ":" + std::to_string(id);
}

PageKey PageKey::parse(std::string_view text) {
    if (text.empty()) return {};
    kernel::PageKeyParts parts(text);
    const Time at{std::chrono::microseconds{parts.integer()}};
    const std::int64_t id = parts.integer();
    parts.end();
    return {at, id};
}

}  // namespace crm::domain
