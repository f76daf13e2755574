/// What the areas of the domain share: records by named query, pages by time, and help for rules.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/error.hpp"
#include "crm/money.hpp"
#include "crm/session.hpp"
#include "kernel/column.hpp"
#include "kernel/named.hpp"
#include "kernel/select.hpp"
#include "kernel/transaction.hpp"

namespace crm::domain {

using Parameters = std::initializer_list<kernel::Parameter>;

/// The records that a named query answers, in its order.
template <class Record>
std::vector<Record> records(kernel::Reading& reading, std::string_view query, Parameters parameters,
                            bool bodies = false) {
    auto found = kernel::records_of(reading, kind_of<Record>(), query, parameters, bodies);
    std::vector<Record> records;
    records.reserve(found.size());
    for (auto& any : found) records.push_back(std::move(*static_cast<Record*>(any.data())));
    return records;
}
template <class Record>
std::vector<Record> records(const Session& session, std::string_view query, Parameters parameters,
                            bool bodies = false) {
    kernel::Reading reading(session.state());
    return records<Record>(reading, query, parameters, bodies);
}

/// Cuts the row that was asked for beyond the limit; true where there was one.
template <class Row>
bool cut(std::vector<Row>& rows, int limit) {
    const bool more = rows.size() > static_cast<std::size_t>(limit);
    if (more) rows.pop_back();
    return more;
}

/// A record whatever the rights, with long texts, for rules; nullopt where there is none.
template <class Record>
std::optional<Record> load(Work& work, Id<Record> id) {
    auto& transaction = work.transaction();
    const auto& plan = transaction.plan(kind_of<Record>());
    std::optional<Record> record{std::in_place};
    if (!kernel::load(transaction.connection(), plan, id, &*record)) record.reset();
    return record;
}

/// The same of a record that the session sees; nullopt else, for values that follow from it.
template <class Record>
std::optional<Record> load_seen(Work& work, Id<Record> id) {
    if (!id) return std::nullopt;
    kernel::Reading reading(work.transaction().session());
    return kernel::find(reading, id) ? load(work, id) : std::nullopt;
}

/// Whether an unfiltered query has a row, for rules.
bool exists(Work& work, std::string_view query, Parameters parameters);
/// The ids that an unfiltered query answers, for rules.
std::vector<Ref> refs(Work& work, std::string_view query, Parameters parameters);
/// Whether the command turns others back: what was true before may pass through states that are
/// not.
bool is_undo(Work& work);

/// Runs a check of relations between records: at once, so that the one to blame is refused; in an
/// undo when everything is put back.
void check_relation(Work& work, std::string_view purpose, Ref record,
                    std::function<void(Work&)> check);

/// Throws Invalid where `id` is to hang on `other`, by `field`, and `other` hangs on it already:
/// where the unfiltered query, which walks up from :other and stops at :id, ends there.
void check_circle(Work& work, const Kind& kind, std::string_view field, Ref id, Ref other,
                  std::string_view query);

/// A record is in a state already in which it cannot be asked for; carries it as the session sees
/// it.
Conflict already(Work& work, const Kind& kind, Ref id, std::string_view state);

/// A code of our own for a record without one: a letter and the number of its id, and more where
/// somebody has typed that. The unfiltered query says whether :key is taken.
std::string free_code(Work& work, Ref id, char letter, std::string_view taken);

/// An amount without a currency is one in the file's.
void settle_currency(Work& work, std::optional<Money>& amount);
/// Throws Invalid for an amount below 0.
void require_not_negative(std::string_view kind, std::string_view field,
                          const std::optional<Money>& amount);

/// Throws Invalid unless a child belongs to a party or a contact.
void require_party_or_contact(Ref parent, std::string_view child);
/// The same for what a lead has too.
void require_reachable(Ref parent, std::string_view child);
/// Throws Invalid outside 1 to 1,000.
void require_page_limit(int limit);

inline Value instant(Time time) { return Value{std::int64_t{time.time_since_epoch().count()}}; }
inline Value optional(std::string_view text) { return text.empty() ? Value{} : Value{text}; }
inline Value optional(const std::optional<Date>& date) {
    return date ? Value{date->text()} : Value{};
}

/// A place in a list, newest first, as its pages hand it out.
struct PageKey {
    Time at = Time::max();
    std::int64_t id = std::numeric_limits<std::int64_t>::max();
    /// The beginning where the text is empty; throws Invalid where it is the key of no page.
    static PageKey parse(std::string_view text);
    std::string text() const;
};

}  // namespace crm::domain
