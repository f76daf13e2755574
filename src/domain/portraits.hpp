/// Portraits: reads records of people and organisations as they are compared, under rights.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "crm/record.hpp"
#include "domain/likeness.hpp"
#include "kernel/state.hpp"

namespace crm::domain {

/// Reads portraits of parties or of contacts in one snapshot. What is hidden is not in them.
class Portraits {
public:
    Portraits(kernel::Reading& reading, KindNumber kind) : reading_(reading), kind_(kind) {}

    /// The visible ones among some records.
    std::vector<Portrait> among(std::span<const Ref> ids);
    /// The next ones after an id, at most 1,000; of those changed after a command, if one is given.
    std::vector<Portrait> after(Ref last, CommandId since = {});
    /// Of a record as it is given, stored or not: with what belongs to it in the file, and with the
    /// points, addresses and contact given.
    Portrait of(const AnyRecord& record, std::span<const AnyRecord> parts = {});

private:
    std::vector<Portrait> drawn(std::vector<AnyRecord> roots);
    Portrait& add(std::vector<Portrait>& portraits, const AnyRecord& root);
    void add_people(std::vector<Portrait>& portraits);
    void add_belongings(std::vector<Portrait>& portraits);
    AnyRecord seen(const AnyRecord& given);

    kernel::Reading& reading_;
    KindNumber kind_;
    std::unordered_map<Ref, std::size_t> places_;  ///< of records, and of the other halves of
                                                   ///< persons: which portrait they belong to
};

/// "[1,2,3]", for a query with json_each.
std::string json_of(std::span<const Ref> ids);

}  // namespace crm::domain
