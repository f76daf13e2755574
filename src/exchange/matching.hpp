/// Matching: which stored record a row means, and which ones its cells name. Under the session's
/// rights.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "crm/record.hpp"
#include "crm/user.hpp"
#include "exchange/mapping.hpp"
#include "kernel/named.hpp"
#include "kernel/transaction.hpp"

namespace crm::exchange {

/// What cells name, looked up within a batch. Each look-up is one by an index; repetitions cost
/// none.
class Matcher {
public:
    /// `remembers`: the batches are rolled back, so that keys of earlier ones are kept here, as 8
    /// bytes each.
    Matcher(std::string system, const Kind& kind, bool remembers);
    /// From now on in this unit of work. What was found in the one before is forgotten: it may have
    /// changed.
    void begin(kernel::Transaction& transaction);

    const std::string& system() const { return system_; }
    const Kind* kind(KindNumber number) const { return transaction_->kind(number); }
    std::optional<Ref> by_key(const Kind& kind, std::string_view key);
    std::optional<Ref> by_code(const Kind& kind, std::string_view code);
    /// The record that a cell names. None where it is a row of an earlier batch that was rolled
    /// back; throws Invalid, with a reason only, where there is no such record, or more than one.
    Ref reference(const Kind& to, Naming naming, std::string_view text);
    /// Nothing where there is no such login.
    std::optional<User> user(std::string_view login);
    /// Throws Invalid, with a reason only, where there is no such unit.
    Id<Unit> unit(std::string_view name);
    /// A child of `parent` with the same values in the columns of `match`; 0 where there is none.
    /// `found` receives it.
    Ref child_like(const AnyRecord& child, Ref parent, std::span<const std::string_view> match,
                   AnyRecord& found);
    /// A key that a record has in the system already.
    std::optional<std::string> key_of(Ref record);

    /// Whether a row of an earlier batch, since rolled back, had this key or code.
    bool was_seen(Naming naming, std::string_view text) const;
    void remember(Naming naming, std::string_view text);

private:
    std::optional<Ref> find(const Kind& to, Naming naming, std::string_view text);
    std::optional<Ref> by_name(const Kind& kind, std::string_view name);
    /// The only row's id; 0 where there are several.
    std::optional<Ref> only(std::string_view query,
                            std::initializer_list<kernel::Parameter> parameters);

    std::string system_;
    const Kind& kind_;
    bool remembers_;
    kernel::Transaction* transaction_ = nullptr;
    std::unordered_map<std::string, Ref> found_;  // "kind, naming, text" of this batch
    std::unordered_map<std::string, std::optional<User>> users_;
    std::unordered_map<std::string, Id<Unit>> units_;
    std::unordered_set<std::uint64_t> seen_;
    std::string folded_, known_;
};

}  // namespace crm::exchange
