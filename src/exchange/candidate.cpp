#include "exchange/candidate.hpp"

#include "crm/contact.hpp"
#include "crm/error.hpp"
#include "crm/text.hpp"

namespace crm::exchange {
namespace {

const Value absent{};

const Value& cell_at(std::span<const Value> fields, std::size_t source) {
    return source < fields.size() ? fields[source] : absent;
}

bool is_typed(const Value& cell) {
    return cell.type() == Value::Type::integer || cell.type() == Value::Type::real;
}

/// Keys and names are compared as they are stored.
std::string_view cleaned(std::string_view text, std::string& buffer) {
    if (is_clean(text)) return text;
    return buffer = clean_text(text);
}

void make_blank(Draft& draft, const AnyRecord& blank) {
    draft.kind().copy(draft.record.data(), blank.data());
    draft.given = 0;
    draft.source = no_source;
}

}  // namespace

Candidate::Candidate(const Mapping& mapping, const ImportOptions& options)
    : mapping_(mapping),
      default_owner_(options.default_owner),
      record_(*mapping.kind),
      contact_(kind_of<Contact>()),
      blank_contact_(kind_of<Contact>()),
      blank_(*mapping.kind),
      pools_(mapping.groups.size()),
      used_(mapping.groups.size()) {
    contact_.place = Target::Place::person;
    for (const Group& group : mapping.groups) {
        AnyRecord& blank = blank_children_.emplace_back(*group.kind);
        if (group.preset) group.preset->set(blank.data(), group.preset_value);
    }
}

void Candidate::fill(std::span<const Value> fields, Conversion& conversion, Matcher& matcher) {
    conversion_ = &conversion;
    matcher_ = &matcher;
    clear();
    std::size_t source = mapping_.key;
    try {
        read_key(fields);
        for (const Target& target : mapping_.targets) {
            source = target.source;
            const Value& cell = cell_at(fields, source);
            if (const auto text = cell_text(cell, buffer_); !text.empty())
                place(target, cell, text, fields);
        }
        source = no_source;
        use_default_owner();
    } catch (const Invalid& bad) {
        throw Rejection{source, bad.reason};
    } catch (const LimitExceeded& bad) {
        throw Rejection{source, bad.what()};
    }
}

void Candidate::clear() {
    make_blank(record_, blank_);
    make_blank(contact_, blank_contact_);
    children_.clear();
    std::fill(used_.begin(), used_.end(), 0);
    key_.clear();
    owner_is_given_ = unit_is_given_ = false;
}

void Candidate::read_key(std::span<const Value> fields) {
    if (mapping_.key == no_source) return;
    key_ = cleaned(cell_text(cell_at(fields, mapping_.key), buffer_), clean_);
    if (key_.empty()) throw Invalid("import", "", "the row has no key: every row needs one");
}

void Candidate::place(const Target& target, const Value& cell, std::string_view text,
                      std::span<const Value> fields) {
    switch (target.place) {
        case Target::Place::column: return put(record_, target, cell, text, fields);
        case Target::Place::person: return put(contact_, target, cell, text, fields);
        case Target::Place::part: return place_part(target, cell, text, fields);
        case Target::Place::owner: return place_owner(cleaned(text, clean_));
        case Target::Place::unit:
            record_.record.head().unit = matcher_->unit(cleaned(text, clean_));
            unit_is_given_ = true;
    }
}

void Candidate::place_owner(std::string_view login) {
    const auto user = matcher_->user(login);
    if (user && user->is_active) {
        record_.record.head().owner = user->head.id;
        owner_is_given_ = true;
    } else if (default_owner_.empty()) {
        throw Invalid("import", "",
                      "\"" + std::string(login) + "\" is no login of " +
                          (user ? "an active user" : "a user") +
                          "; add the user, or name a default owner");
    }
}

void Candidate::use_default_owner() {
    if (owner_is_given_ || default_owner_.empty()) return;
    record_.record.head().owner = matcher_->user(default_owner_).value_or(User{}).head.id;
}

/// "client; partner": codes hold no semicolon, so that one cell can name several.
void Candidate::place_part(const Target& target, const Value& cell, std::string_view text,
                           std::span<const Value> fields) {
    if (!mapping_.groups[target.group].one_each || target.column->type != FieldType::code)
        return put(draft_of(target), target, cell, text, fields);
    while (!text.empty()) {
        const auto end = std::min(text.find(';'), text.size());
        std::string unused;
        if (const auto one = cell_text(text.substr(0, end), unused); !one.empty())
            put(draft_of(target), target, cell, one, fields);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

void Candidate::put(Draft& draft, const Target& target, const Value& cell, std::string_view text,
                    std::span<const Value> fields) {
    const Column& column = *target.column;
    if (draft.source == no_source) draft.source = target.source;
    if (column.type == FieldType::money) return put_amount(draft, target, cell, text, fields);
    if (target.naming != Naming::id) return put_reference(draft, target, text);
    if (column.type == FieldType::time && cell.type() == Value::Type::integer)
        column.set(draft.record.data(), cell);
    else
        conversion_->set(column, draft.record.data(), text);
    draft.give(column);
}

void Candidate::put_amount(Draft& draft, const Target& target, const Value& cell,
                           std::string_view text, std::span<const Value> fields) {
    if (cell.type() == Value::Type::real)
        throw Invalid(
            "import", "",
            "is a binary floating-point number; give the amount as a decimal or as its text");
    const std::string_view currency = cell_text(cell_at(fields, target.currency_source), clean_);
    const Money money = conversion_->money(text, currency, is_typed(cell));
    const Column& companion = draft.kind().column(target.column->companion);
    target.column->set(draft.record.data(), money.minor);
    companion.set(draft.record.data(), money.currency.code());
    draft.give(*target.column);
    draft.give(companion);
}

void Candidate::put_reference(Draft& draft, const Target& target, std::string_view text) {
    const Kind& to = *matcher_->kind(target.column->target);
    const Ref ref = matcher_->reference(to, target.naming, cleaned(text, clean_));
    if (!ref) return;
    target.column->set(draft.record.data(), ref.value());
    draft.give(*target.column);
}

Draft& Candidate::draft_of(const Target& target) {
    const Group& group = mapping_.groups[target.group];
    return group.one_each || used_[target.group] == 0 ? new_child(target.group)
                                                      : pools_[target.group].front();
}

Draft& Candidate::new_child(std::size_t group) {
    auto& pool = pools_[group];
    if (used_[group] == pool.size()) pool.emplace_back(*mapping_.groups[group].kind);
    Draft& draft = pool[used_[group]++];
    make_blank(draft, blank_children_[group]);
    draft.place = Target::Place::part;
    draft.group = &mapping_.groups[group];
    children_.push_back(&draft);
    return draft;
}

std::size_t Candidate::source_of(const Draft& draft, std::string_view column) const {
    if (draft.group && draft.group->one_each) return draft.source;
    for (const Target& target : mapping_.targets) {
        if (target.place != draft.place || !target.column) continue;
        if (draft.group && draft.group != &mapping_.groups[target.group]) continue;
        if (target.column->name == column) return target.source;
        if (target.column->companion == column && !column.empty())
            return target.currency_source == no_source ? target.source : target.currency_source;
    }
    return draft.source == no_source || draft.place == Target::Place::column ? no_source
                                                                             : draft.source;
}

}  // namespace crm::exchange
