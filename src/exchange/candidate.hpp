/// A row of a source as the records it would become.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crm/record.hpp"
#include "exchange/conversion.hpp"
#include "exchange/mapping.hpp"
#include "exchange/matching.hpp"

namespace crm::exchange {

/// Thrown for a row that cannot be taken, and caught by who writes rows.
struct Rejection {
    std::size_t source = no_source;  ///< the column to blame
    std::string reason;
};

/// One record in the making.
struct Draft {
    explicit Draft(const Kind& kind) : record(kind) {}
    AnyRecord record;
    FieldSet given{};  ///< the columns that the row fills
    Target::Place place = Target::Place::column;
    const Group* group = nullptr;    ///< of a part
    std::size_t source = no_source;  ///< the first cell that fills it

    const Kind& kind() const { return record.kind(); }
    bool has(const Column& column) const { return given.test(kind().index_of(column)); }
    void give(const Column& column) { given.set(kind().index_of(column)); }
    void take(const Column& column) { given.reset(kind().index_of(column)); }
};

/// Holds the records of one row after the other in the same memory.
class Candidate {
public:
    Candidate(const Mapping& mapping, const ImportOptions& options);
    /// Fills everything from a row. Throws Rejection.
    void fill(std::span<const Value> fields, Conversion& conversion, Matcher& matcher);

    Draft& record() { return record_; }
    const Draft& record() const { return record_; }
    Draft& contact() {
        return contact_;
    }  ///< of a natural person; meant only where names are given
    std::span<Draft* const> children() const { return children_; }
    const std::string& key() const { return key_; }
    bool owner_is_given() const { return owner_is_given_; }
    bool unit_is_given() const { return unit_is_given_; }
    /// The source column that fills a column of a draft, the draft's first one where none does.
    std::size_t source_of(const Draft& draft, std::string_view column) const;

private:
    void clear();
    void read_key(std::span<const Value> fields);
    void place(const Target& target, const Value& cell, std::string_view text,
               std::span<const Value> fields);
    void place_owner(std::string_view login);
    void place_part(const Target& target, const Value& cell, std::string_view text,
                    std::span<const Value> fields);
    void put(Draft& draft, const Target& target, const Value& cell, std::string_view text,
             std::span<const Value> fields);
    void put_amount(Draft& draft, const Target& target, const Value& cell, std::string_view text,
                    std::span<const Value> fields);
    void put_reference(Draft& draft, const Target& target, std::string_view text);
    void use_default_owner();
    Draft& draft_of(const Target& target);
    Draft& new_child(std::size_t group);

    const Mapping& mapping_;
    const std::string& default_owner_;
    Conversion* conversion_ = nullptr;
    Matcher* matcher_ = nullptr;
    Draft record_, contact_;
    AnyRecord blank_contact_;
    AnyRecord blank_;
    std::vector<std::deque<Draft>> pools_;  // by group; addresses stay
    std::vector<std::size_t> used_;         // of each pool
    std::vector<AnyRecord> blank_children_;
    std::vector<Draft*> children_;
    std::string key_, buffer_, clean_;
    bool owner_is_given_ = false, unit_is_given_ = false;
};

}  // namespace crm::exchange
