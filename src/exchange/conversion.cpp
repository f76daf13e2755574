#include "exchange/conversion.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "crm/error.hpp"
#include "crm/text.hpp"

namespace crm::exchange {
namespace {

// Folded, in the languages that the headings are known in.
constexpr std::string_view yes_words[] = {"1", "true", "yes", "y", "да", "так", "da", "ja", "t"};
constexpr std::string_view no_words[] = {"0", "false", "no", "n", "нет", "ни", "nu", "nein", "f"};

[[noreturn]] void refuse_cell(std::string reason) {
    throw Invalid("import", "", std::move(reason));
}

bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
    return text;
}

template <class Number>
std::string_view written(Number number, std::string& buffer) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    buffer.assign(digits.data(), end);
    return buffer;
}

std::int64_t whole_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec == std::errc::result_out_of_range)
        refuse_cell("is too large for a whole number of 64 bits");
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size())
        refuse_cell("is no whole number; write digits only, without grouping");
    return number;
}

std::int64_t yes_or_no(std::string_view text, std::string& folded) {
    folded.clear();
    fold_into(text, folded);
    if (std::ranges::find(yes_words, folded) != std::end(yes_words)) return 1;
    if (std::ranges::find(no_words, folded) != std::end(no_words)) return 0;
    refuse_cell("is neither yes nor no; write true or false, yes or no, 1 or 0");
}

std::string in_ascii_case(std::string_view text, char first, char last, int step) {
    std::string changed(text);
    for (char& c : changed)
        if (c >= first && c <= last) c = static_cast<char>(c + step);
    return changed;
}
std::string ascii_lower(std::string_view text) { return in_ascii_case(text, 'A', 'Z', 'a' - 'A'); }
std::string ascii_upper(std::string_view text) { return in_ascii_case(text, 'a', 'z', 'A' - 'a'); }

/// Two values of one label make it say nothing.
void add_name(std::unordered_map<std::string, std::string>& codes, std::string_view name,
              const std::string& code) {
    const auto [at, fresh] = codes.try_emplace(fold(name), code);
    if (!fresh && at->second != code) at->second.clear();
}

bool has_time_zone(std::string_view text) {
    return text.size() > 16 &&
           (text.ends_with('Z') || text.find_first_of("+-", 16) != std::string_view::npos);
}

}  // namespace

std::string_view cell_text(const Value& cell, std::string& buffer) {
    switch (cell.type()) {
        case Value::Type::null: return {};
        case Value::Type::integer: return written(cell.integer(), buffer);
        case Value::Type::real: return written(cell.real(), buffer);
        default: return trimmed(cell.text());
    }
}

Conversion::Conversion(const ImportOptions& options, Zone zone, Currency currency)
    : decimal_(options.decimal), zone_(std::move(zone)), currency_(currency) {
    if (!options.date_format.empty()) format_.emplace(options.date_format);
    if (decimal_ != '.' && decimal_ != ',')
        throw Invalid("import", "decimal", "must be \".\" or \",\"");
}

void Conversion::use_lists(const kernel::ListCache& lists) {
    lists_ = &lists;
    if (epoch_ != lists.epoch) codes_.clear();
    epoch_ = lists.epoch;
}

void Conversion::set(const Column& column, void* record, std::string_view text) {
    switch (column.type) {
        case FieldType::integer: return column.set(record, whole_number(text));
        case FieldType::real: return column.set(record, real(text));
        case FieldType::flag: return column.set(record, yes_or_no(text, folded_));
        case FieldType::code: return column.set(record, code(column.list, text));
        case FieldType::state: return column.set(record, std::string_view{ascii_lower(text)});
        case FieldType::date: return column.set(record, date(text).text());
        case FieldType::time:
            return column.set(record, std::int64_t{instant(text).time_since_epoch().count()});
        case FieldType::country: return column.set(record, std::string_view{ascii_upper(text)});
        case FieldType::reference: return column.set(record, whole_number(text));
        default: return column.set(record, text);
    }
}

Money Conversion::money(std::string_view amount, std::string_view currency, bool typed) const {
    const Currency of = currency.empty() ? currency_ : Currency(currency);
    return Money::parse(amount, of, typed ? '.' : decimal_);
}

std::string_view Conversion::code(std::string_view list, std::string_view text) {
    const Codes& codes = codes_of(list);
    folded_.clear();
    fold_into(text, folded_);
    const auto found = codes.find(folded_);
    if (found == codes.end())
        refuse_cell("\"" + std::string(text) + "\" is no value of the list " + std::string(list) +
                    "; add it to the list, or take one of its codes or labels");
    if (found->second.empty())
        refuse_cell("\"" + std::string(text) + "\" is the label of several values of the list " +
                    std::string(list) + "; take the code of one");
    return found->second;
}

const Conversion::Codes& Conversion::codes_of(std::string_view list) {
    const auto [at, fresh] = codes_.try_emplace(list);
    const auto values = lists_->lists.find(std::string(list));
    if (!fresh || values == lists_->lists.end()) return at->second;
    for (const auto& [code, entry] : values->second)
        for (const auto& [language, label] : entry.labels)
            if (!entry.is_retired) add_name(at->second, label, code);
    for (const auto& [code, entry] : values->second) at->second.insert_or_assign(fold(code), code);
    return at->second;
}

std::optional<WallTime> Conversion::wall_time(std::string_view text) const {
    return format_ ? format_->read(text) : read_iso(text);
}

Date Conversion::date(std::string_view text) const {
    if (format_) {
        if (const auto wall = format_->read(text)) return wall->date;
        refuse_cell("\"" + std::string(text) + "\" is no date in the form " + format_->text());
    }
    if (const auto read = Date::try_parse(text)) return *read;
    refuse_cell("\"" + std::string(text) +
                "\" is no date; write YYYY-MM-DD, or name the date format");
}

Time Conversion::instant(std::string_view text) const {
    if (!format_ && has_time_zone(text)) return parse_time(text);
    if (const auto wall = wall_time(text)) return zone_.from_local(wall->date, wall->time_of_day);
    if (format_)
        refuse_cell("\"" + std::string(text) + "\" is no time in the form " + format_->text());
    refuse_cell("\"" + std::string(text) +
                "\" is no time; write YYYY-MM-DDThh:mm, or name the date format");
}

double Conversion::real(std::string_view text) const {
    std::string plain(text);
    if (decimal_ == ',') std::ranges::replace(plain, ',', '.');
    double number = 0;
    const auto read = std::from_chars(plain.data(), plain.data() + plain.size(), number);
    if (read.ec != std::errc{} || read.ptr != plain.data() + plain.size())
        refuse_cell("is no number");
    return number;
}

}  // namespace crm::exchange
