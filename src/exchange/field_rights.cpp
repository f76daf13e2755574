#include "exchange/field_rights.hpp"

#include <string>

#include "crm/contact.hpp"
#include "crm/error.hpp"
#include "crm/external_key.hpp"
#include "crm/user.hpp"

namespace crm::exchange {
namespace {

std::string name_of(const Kind& kind, const Column& column) {
    return std::string(kind.name) + "." + std::string(column.name);
}

/// The columns of one source, one after the other.
class FieldCheck {
public:
    FieldCheck(const Mapping& mapping, const kernel::DatabaseState& database,
               const kernel::Rights& rights, bool updates)
        : mapping_(mapping), database_(database), rights_(rights), updates_(updates) {}

    void check() const {
        for (const Target& target : mapping_.targets) check(target);
        if (mapping_.key != no_source) check_key();
    }

private:
    void check(const Target& target) const {
        switch (target.place) {
            case Target::Place::owner: return;
            case Target::Place::unit: return require_shown(kind_of<Unit>(), "name", target.source);
            default: break;
        }
        const Kind& kind = kind_set_by(target);
        require_free(kind, *target.column, target.source);
        if (const Column* currency = kind.find(target.column->companion))
            require_free(kind, *currency, target.source);
        if (target.place == Target::Place::part) check_group(target);
        if (const Kind* to = database_.kind(target.column->target)) check_naming(*to, target);
    }

    void check_key() const {
        const Kind& keys = kind_of<ExternalKey>();
        for (const char* name : {"system", "key"})
            require_free(keys, keys.column(name), mapping_.key);
    }

    /// What the child is known by counts as looked at.
    void check_group(const Target& target) const {
        const Group& group = mapping_.groups[target.group];
        if (group.preset) require_free(*group.kind, *group.preset, target.source);
        for (const std::string_view name : group.part->match)
            require_shown(*group.kind, name, target.source);
    }

    void check_naming(const Kind& to, const Target& target) const {
        switch (target.naming) {
            case Naming::id: return;
            case Naming::key: return require_shown(kind_of<ExternalKey>(), "key", target.source);
            case Naming::code: return require_shown(to, "code", target.source);
            case Naming::name: return require_shown(to, "name", target.source);
        }
    }

    const Kind& kind_set_by(const Target& target) const {
        if (target.place == Target::Place::part) return *mapping_.groups[target.group].kind;
        return target.place == Target::Place::person ? kind_of<Contact>() : *mapping_.kind;
    }

    void require_free(const Kind& kind, const Column& column, std::size_t source) const {
        require_shown(kind, column.name, source);
        const bool is_locked = rights_.locked(kind).test(kind.index_of(column));
        if (is_locked && (updates_ || !column.has(required)))
            refuse(kind, column, "is locked for you", source);
    }

    void require_shown(const Kind& kind, std::string_view name, std::size_t source) const {
        const Column& column = kind.column(name);
        if (rights_.hides(kind, column)) refuse(kind, column, "is hidden from you", source);
    }

    [[noreturn]] void refuse(const Kind& kind, const Column& column, const char* why,
                             std::size_t source) const {
        const std::string& heading = mapping_.header[source];
        throw Denied("import: " + name_of(kind, column) + " " + why + "; leave the column \"" +
                     heading + "\" out (map it to \"-\"), or ask an administrator for the field");
    }

    const Mapping& mapping_;
    const kernel::DatabaseState& database_;
    const kernel::Rights& rights_;
    bool updates_;
};

}  // namespace

void require_fields(const Mapping& mapping, const kernel::DatabaseState& database,
                    const kernel::Rights& rights, bool updates) {
    FieldCheck(mapping, database, rights, updates).check();
}

}  // namespace crm::exchange
