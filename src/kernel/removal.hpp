/// Removals: what one command took away, and what of it hangs together.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crm/json.hpp"
#include "crm/kind.hpp"
#include "storage/connection.hpp"

namespace crm::kernel {

/// All that one command removed and changed.
class Removal {
public:
    using Kinds = std::function<const Kind*(KindNumber)>;
    /// `source`: a transaction or a reading, which outlives it.
    template <class Source>
    Removal(const Source& source, CommandId command)
        : Removal([&source](KindNumber number) { return source.kind(number); }, source.connection(),
                  command) {}

    CommandId command() const { return command_; }
    /// The rows of removed records, as history kept them.
    const std::map<Ref, Json>& removed() const { return removed_; }
    /// A removed record with those that went because of it: what belonged to it or was taken along,
    /// and its twin. What belonged to another removed record as well waits for that.
    std::set<Ref> with_all_along(Ref record) const;
    /// References to some records that the command cleared: record and field.
    std::vector<std::pair<Ref, std::string>> cleared(const std::set<Ref>& records) const;
    /// The fields that the command changed of a record that it did not remove.
    std::vector<std::string> changed_fields(Ref record) const;

private:
    Removal(Kinds kinds, storage::Connection& connection, CommandId command);
    bool hangs_on(const Kind& kind, const Json& row, const std::set<Ref>& records) const;
    bool waits(const Kind& kind, const Json& row, const std::set<Ref>& records) const;
    void add_twin(Ref record, std::set<Ref>& records) const;

    Kinds kinds_;
    CommandId command_;
    std::map<Ref, Json> removed_, changed_;
};

}  // namespace crm::kernel
