/// What common kinds share: users, units, territories, rights; all of them are part of who sees
/// what.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crm/session.hpp"
#include "kernel/column.hpp"
#include "kernel/named.hpp"
#include "kernel/transaction.hpp"

namespace crm::kernel {

/// Rules of kinds on which rights stand: every change bumps the epoch.
void rights_written(Work& work, const void* record, const void* before);
void rights_removed(Work& work, const void* record);

/// Throws Invalid where a code is none of those known.
void require_one_of(std::span<const std::string_view> known, std::string_view given,
                    const char* kind, const char* field);
/// Throws Invalid unless it is a user, a group or a position.
void require_holder(Ref ref, const char* kind, const char* field);
/// Throws Invalid where a record of a tree would stand below itself. `query` is given :id and
/// :parent.
void refuse_cycle(Work& work, Ref id, Ref parent, const char* kind, std::string_view query);

/// A common kind; its rules are those given and those of rights.
template <class Record>
Kind common(KindNumber number, std::string_view name, std::span<const Column> columns, Rules rules,
            std::span<const Order> orders = {}) {
    Kind made = kind<Record>(number, name, Role::common, columns);
    made.rules = rules;
    made.rules.written = rights_written;
    if (!rules.removed) made.rules.removed = rights_removed;
    made.orders = orders;
    return made;
}

/// The first record that a named query answers.
template <class Record>
std::optional<Record> first_of(Session& session, std::string_view query,
                               std::initializer_list<Parameter> parameters) {
    Reading reading(session.state());
    const auto found = records_of(reading, kind_of<Record>(), query, parameters, false, 1);
    return found.empty() ? std::nullopt
                         : std::optional<Record>(found.front().template as<Record>());
}

}  // namespace crm::kernel
