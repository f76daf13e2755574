#include "exchange/mapping.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "base/edits.hpp"
#include "crm/contact.hpp"
#include "crm/error.hpp"
#include "kernel/column.hpp"

namespace crm::exchange {
namespace {

namespace number = kernel::number;

constexpr std::string_view not_for_import = "-";
constexpr std::string_view person_columns[] = {"first_name", "last_name", "patronymic", "sex",
                                               "born_on"};
constexpr std::size_t most_listed = 40;

[[noreturn]] void refuse_import(std::string_view field, std::string reason) {
    throw Invalid("import", std::string(field), std::move(reason));
}

std::string listed(std::span<const std::string> names) {
    std::string text;
    for (const auto& name : names.first(std::min(names.size(), most_listed)))
        (text += text.empty() ? "" : ", ") += name.empty() ? "\"\"" : name;
    return names.size() > most_listed ? text + ", …" : text;
}

std::string_view cut_suffix(std::string_view name, std::string_view suffix) {
    return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size())
                                  : std::string_view{};
}

bool named_by_name(KindNumber kind) {
    return kind == number::party || kind == number::contact || kind == number::unit;
}

bool named_by_code(const Kind* kind) { return kind && kind->number == number::party; }

/// Reads targets of one kind.
class TargetReader {
public:
    TargetReader(const kernel::Catalogue& catalogue, Mapping& mapping)
        : catalogue_(catalogue), mapping_(mapping) {}

    /// What the text of a target means; nothing for an unknown one.
    std::optional<Target> read(std::string_view text) {
        if (auto target = of_head(text)) return target;
        const auto colon = text.find(':');
        if (colon != std::string_view::npos)
            return of_reference(text.substr(0, colon), text.substr(colon + 1));
        if (auto target = of_column(text)) return target;
        if (auto target = of_person(text)) return target;
        return of_part(text, Naming::id);
    }

    std::string unknown(std::string_view text) const {
        const auto names = all();
        const auto near = std::ranges::min_element(
            names, {}, [&](const std::string& name) { return base::edits_between(name, text); });
        const std::string start = std::string(kind().name) + " has no such field";
        if (near != names.end() &&
            base::edits_between(*near, text) <= std::max<std::size_t>(2, text.size() / 3))
            return start + "; did you mean " + *near + "?";
        return start + "; it has " + listed(names);
    }

private:
    const Kind& kind() const { return *mapping_.kind; }

    std::optional<Target> of_head(std::string_view text) {
        if (kind().role != Role::root)
            return text == "unit" ? of_reference("unit", "name") : std::nullopt;
        if (text == "owner" || text == "owner:login" || text == "owner:user:login")
            return Target{.place = Target::Place::owner};
        if (text == "unit" || text == "unit:name") return Target{.place = Target::Place::unit};
        return std::nullopt;
    }

    /// "party:key" by its column party_id, else by a part of that name.
    std::optional<Target> of_reference(std::string_view name, std::string_view by) {
        const auto naming = naming_of(by);
        if (!naming) return std::nullopt;
        std::optional<Target> target;
        if (const Column* column = kind().find(std::string(name) + "_id");
            column && is_free(*column))
            target = Target{.column = column, .naming = *naming};
        else
            target = of_part(name, *naming);
        if (!target || target->column->type != FieldType::reference) return std::nullopt;
        const KindNumber to = target->column->target;
        if (*naming == Naming::name && !named_by_name(to)) return std::nullopt;
        if (*naming == Naming::code && !named_by_code(catalogue_.kind(to))) return std::nullopt;
        return target;
    }

    static std::optional<Naming> naming_of(std::string_view by) {
        if (by == "key") return Naming::key;
        if (by == "code") return Naming::code;
        if (by == "name") return Naming::name;
        return std::nullopt;
    }

    // A person's contact comes with its party.
    bool is_free(const Column& column) const {
        return !column.has(derived) && !column.has(out_of_use) &&
               !(kind().number == number::contact && column.name == "person_id");
    }

    std::optional<Target> of_column(std::string_view text) const {
        const Column* column = kind().find(text);
        if (!column) column = kind().find(std::string(text) + "_minor");
        if (!column || !is_free(*column)) return std::nullopt;
        if ((column->type == FieldType::money) == (column->name == text)) return std::nullopt;
        return Target{.column = column};
    }

    std::optional<Target> of_person(std::string_view text) const {
        if (kind().number != number::party ||
            std::ranges::find(person_columns, text) == std::end(person_columns))
            return std::nullopt;
        return Target{.place = Target::Place::person, .column = kind_of<Contact>().find(text)};
    }

    std::optional<Target> of_part(std::string_view text, Naming naming) {
        const auto part = std::ranges::find(kind().parts, text, &Part::name);
        if (part == kind().parts.end()) return std::nullopt;
        const Kind* child = catalogue_.kind(part->child);
        const Column& column = child->column(part->column);
        if (column.type == FieldType::reference && naming == Naming::id) return std::nullopt;
        return Target{.place = Target::Place::part,
                      .column = &column,
                      .naming = naming,
                      .group = group_of(*part)};
    }

    std::size_t group_of(const Part& part) {
        auto& groups = mapping_.groups;
        const auto same = [&](const Group& group) {
            return part.group.empty()
                       ? group.part == &part
                       : group.part->group == part.group && group.kind->number == part.child;
        };
        auto group = std::ranges::find_if(groups, same);
        if (group == groups.end()) {
            const Kind* child = catalogue_.kind(part.child);
            groups.push_back(
                {child, &part, child->parent_column(), nullptr, {}, part.group.empty()});
            group = groups.end() - 1;
        }
        if (!part.preset_column.empty()) {
            group->preset = group->kind->find(part.preset_column);
            group->preset_value = part.preset;
        }
        return static_cast<std::size_t>(group - groups.begin());
    }

    std::vector<std::string> all() const {
        std::vector<std::string> names;
        for (const Column& column : kind().columns)
            if (is_free(column)) add_names(column, names);
        if (kind().number == number::party)
            names.insert(names.end(), std::begin(person_columns), std::end(person_columns));
        for (const Part& part : kind().parts) add_part_names(part, names);
        if (kind().role == Role::root) names.insert(names.end(), {"owner", "unit"});
        return names;
    }

    void add_names(const Column& column, std::vector<std::string>& names) const {
        const std::string name(column.name);
        if (column.type == FieldType::reference)
            return add_reference_names(cut_suffix(name, "_id"), column.target, names);
        names.emplace_back(column.type == FieldType::money ? cut_suffix(name, "_minor") : name);
    }

    void add_part_names(const Part& part, std::vector<std::string>& names) const {
        const Column& column = catalogue_.kind(part.child)->column(part.column);
        if (column.type == FieldType::reference)
            add_reference_names(part.name, column.target, names);
        else
            names.emplace_back(part.name);
    }

    void add_reference_names(std::string_view base, KindNumber to,
                             std::vector<std::string>& names) const {
        const std::string name(base);
        names.push_back(name + ":key");
        if (named_by_code(catalogue_.kind(to))) names.push_back(name + ":code");
        if (named_by_name(to)) names.push_back(name + ":name");
    }

    const kernel::Catalogue& catalogue_;
    Mapping& mapping_;
};

/// Maps column after column, each place once.
class Mapper {
public:
    Mapper(const kernel::Catalogue& catalogue, const std::vector<std::string>& header,
           const ImportOptions& options)
        : options_(options), reader_(catalogue, mapping_), is_named_(header.size()) {
        mapping_.kind = &catalogue.kind_named(options.kind);
        mapping_.header = header;
    }

    Mapping map() {
        for (const ImportColumn& column : options_.columns) map_named(column);
        if (!options_.key.empty()) map_key();
        for (std::size_t i = 0; i < is_named_.size(); ++i)
            if (!is_named_[i]) map_unnamed(i);
        if (mapping_.targets.empty()) refuse_nothing_mapped();
        pair_amounts();
        in_order();
        return std::move(mapping_);
    }

private:
    std::size_t position(const std::string& source) const {
        const auto found = std::ranges::find(mapping_.header, source);
        if (found != mapping_.header.end())
            return static_cast<std::size_t>(found - mapping_.header.begin());
        refuse_import(source, mapping_.header.empty()
                                  ? "no such column; the file has no heading at all"
                                  : "no such column; the file has " + listed(mapping_.header));
    }

    void map_key() {
        mapping_.key = position(options_.key);
        if (mapping_.kind->role != Role::root)
            refuse_import("key", "only records with an owner, such as parties, have external keys");
    }

    void map_named(const ImportColumn& column) {
        const std::size_t source = position(column.source);
        if (is_named_[source]) refuse_import(column.source, "is mapped twice");
        is_named_[source] = true;
        if (column.target == not_for_import) return mapping_.not_imported.push_back(column.source);
        auto target = reader_.read(column.target);
        if (!target) refuse_import(column.target, reader_.unknown(column.target));
        if (is_taken(*target)) refuse_import(column.target, "is the target of two columns");
        add(*target, source, column.target);
    }

    /// Ids of another system are no ids of ours: "party_id" is taken only where it is asked for.
    void map_unnamed(std::size_t source) {
        const std::string& heading = mapping_.header[source];
        const auto target = reader_.read(heading);
        const bool is_own_id = target && target->column &&
                               target->column->type == FieldType::reference &&
                               target->naming == Naming::id;
        if (target && !is_own_id && !is_taken(*target))
            add(*target, source, heading);
        else if (source != mapping_.key)
            mapping_.not_imported.push_back(heading);
    }

    bool is_taken(const Target& target) const {
        if (target.place == Target::Place::part && mapping_.groups[target.group].one_each)
            return false;
        return std::ranges::any_of(mapping_.targets, [&](const Target& other) {
            return other.place == target.place && other.column == target.column &&
                   other.group == target.group;
        });
    }

    void add(Target target, std::size_t source, const std::string& text) {
        target.source = source;
        mapping_.targets.push_back(target);
        mapping_.columns.push_back({mapping_.header[source], text});
    }

    [[noreturn]] void refuse_nothing_mapped() const {
        if (mapping_.header.empty())
            refuse_import("", "there is nothing to import: no heading, no rows");
        refuse_import("",
                      "none of the columns goes anywhere; map some of " + listed(mapping_.header));
    }

    /// A currency goes with its amount and never without one.
    void pair_amounts() {
        for (Target& target : mapping_.targets) {
            if (!target.column || target.column->type != FieldType::money) continue;
            const auto pair = find_currency(target);
            if (pair == mapping_.targets.end()) continue;
            target.currency_source = pair->source;
        }
        std::erase_if(mapping_.targets,
                      [&](const Target& target) { return is_currency_of_amount(target); });
    }

    std::vector<Target>::const_iterator find_currency(const Target& amount) const {
        return std::ranges::find_if(mapping_.targets, [&](const Target& other) {
            return other.place == amount.place && other.column &&
                   other.column->name == amount.column->companion;
        });
    }

    bool is_currency_of_amount(const Target& target) const {
        if (target.place != Target::Place::column) return false;
        const auto amount =
            std::ranges::find(mapping_.kind->columns, target.column->name, &Column::companion);
        if (amount == mapping_.kind->columns.end()) return false;
        const bool has_amount = std::ranges::any_of(mapping_.targets, [&](const Target& other) {
            return other.currency_source == target.source;
        });
        if (!has_amount)
            refuse_import(target.column->name, "is a currency without its amount; map that too");
        return true;
    }

    void in_order() {
        std::ranges::stable_sort(mapping_.targets, {}, &Target::source);
        const auto place = [&](const std::string& name) { return position(name); };
        std::ranges::stable_sort(mapping_.columns, {},
                                 [&](const auto& column) { return place(column.source); });
        std::ranges::stable_sort(mapping_.not_imported, {}, place);
    }

    const ImportOptions& options_;
    Mapping mapping_;
    TargetReader reader_;
    std::vector<bool> is_named_;
};

}  // namespace

Mapping map_columns(const kernel::Catalogue& catalogue, const std::vector<std::string>& header,
                    const ImportOptions& options) {
    return Mapper(catalogue, header, options).map();
}

}  // namespace crm::exchange
