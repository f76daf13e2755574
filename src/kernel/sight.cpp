#include "kernel/sight.hpp"

#include <algorithm>

#include "kernel/history.hpp"
#include "kernel/select.hpp"

namespace crm::kernel {

bool Sight::sees(Ref id) {
    const Kind* kind = reading_.kind(id.kind());
    if (!kind || reading_.rights().sees_none(kind->number)) return false;
    if (kind->role == Role::common || reading_.rights().sees_all(kind->number)) return true;
    if (const auto known = seen_.find(id); known != seen_.end()) return known->second;
    return seen_[id] = look(*kind, id);
}

bool Sight::look(const Kind& kind, Ref id) {
    if (find(reading_, id, false)) return true;
    AnyRecord record(kind);
    if (load(reading_.connection(), reading_.plan(kind), id, record.data())) return false;
    const auto row = last_row(reading_.connection(), id);
    return row && would_see(record_from(kind, id, *row));
}

bool Sight::would_see(const AnyRecord& record) {
    const Kind& kind = record.kind();
    if (kind.role == Role::common) return true;
    if (kind.role == Role::root)
        return reading_.rights().covers(reading_.connection(), kind, Action::read, record.data());
    return std::ranges::all_of(kind.columns, [&](const Column& column) {
        return (!column.has(parent) && !column.has(link)) ||
               sees(Ref{column.get(record.data()).integer()});
    });
}

}  // namespace crm::kernel
