#include "domain/records.hpp"

#include <charconv>

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
    transaction.at_end(purpose, record.value(), std::move(check));
}

void require_party_or_contact(Ref parent, std::string_view child) {
    const auto kind = parent.kind();
    if (kind == kernel::number::party || kind == kernel::number::contact) return;
    throw Invalid(std::string(child), "record_id", "must be a party or a contact");
}

void require_page_limit(int limit) {
    if (limit < 1 || limit > 1'000) throw Invalid("query", "limit", "must be 1 to 1,000");
}

std::string PageKey::text() const {
    return std::to_string(at.time_since_epoch().count()) + ":" + std::to_string(id);
}

PageKey PageKey::parse(std::string_view text) {
    if (text.empty()) return {};
    const char* end = text.data() + text.size();
    std::int64_t at = 0, id = 0;
    const auto time = std::from_chars(text.data(), end, at);
    const char* colon = time.ptr;
    const bool two = time.ec == std::errc{} && colon != end && *colon == ':';
    const auto rest = two ? std::from_chars(colon + 1, end, id) : time;
    if (!two || rest.ec != std::errc{} || rest.ptr != end)
        throw Invalid("query", "after", "is not the `next` of a page");
    return {Time{std::chrono::microseconds{at}}, id};
}

}  // namespace crm::domain
