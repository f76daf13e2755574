/// What stands in the way of an undo, told as far as the session may know it.
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "crm/error.hpp"
#include "kernel/transaction.hpp"

namespace crm::kernel {

/// Collects conflicts, each once. All that concern hidden records are told as one, which names
/// nothing; of more than 1,000 the rest is only counted.
class Obstacles {
public:
    explicit Obstacles(Transaction& transaction) : transaction_(transaction) {}

    /// `by`: the later command, none where it is not one command.
    void add(Ref record, std::string field, CommandId by, std::string reason);
    bool any() const { return count_ > 0; }
    const std::vector<FieldConflict>& told() const { return told_; }
    /// Throws Conflict with all of them where there are any.
    void refuse() const;

private:
    void add_hidden(std::string reason);
    void keep(FieldConflict conflict);

    Transaction& transaction_;
    std::vector<FieldConflict> told_;
    std::size_t count_ = 0;
    std::set<std::tuple<Ref, std::string, CommandId>> known_;
    bool tells_hidden_ = false;
};

}  // namespace crm::kernel
