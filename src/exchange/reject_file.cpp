#include "exchange/reject_file.hpp"

#include <algorithm>
#include <charconv>

#include "crm/error.hpp"
#include "exchange/conversion.hpp"

namespace crm::exchange {
namespace {

constexpr std::string_view own_columns[] = {"row", "field", "reason"};

bool is_own_column(const std::string& name) {
    return std::ranges::find(own_columns, name) != std::end(own_columns);
}

std::int64_t row_number(const CsvRow& row) {
    const std::string_view text = row.fields[row.fields.size() - std::size(own_columns)];
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

RejectFile::RejectFile(const std::filesystem::path& path, const std::vector<std::string>& header,
                       std::int64_t cursor, bool guarded)
    : path_(path),
      width_(header.size()),
      is_guarded_(guarded),
      csv_(text_, {.formula_safe = guarded}) {
    if (path_.empty()) return;
    for (std::size_t i = 0; i < header.size(); ++i)
        if (!is_own_column(header[i])) columns_.push_back(i);
    std::error_code ignored;
    if (cursor > 0 && std::filesystem::exists(path_, ignored))
        read_kept(cursor);
    else
        write_header(header);
    open();
}

void RejectFile::write_header(const std::vector<std::string>& header) {
    for (const std::size_t column : columns_) csv_.field(header[column]);
    for (const std::string_view name : own_columns) csv_.field(name);
    csv_.end_row();
}

/// A killed import may have left rows that were not committed, the last one torn.
void RejectFile::read_kept(std::int64_t cursor) {
    CsvReader reader(path_, {.delimiter = ',', .formula_safe = is_guarded_});
    const auto& header = reader.header();
    csv_.row(header);
    for (CsvRow row;
         reader.next(row) && row.fields.size() == header.size() && row_number(row) <= cursor;)
        csv_.row(row.fields);
}

void RejectFile::open() {
    file_.open(path_, std::ios::binary | std::ios::trunc);
    if (!file_)
        throw IoError(path_.string() +
                      ": cannot be written; name another file for the rejected rows");
    write();
    keep();
}

void RejectFile::add(const SourceRow& row, const RowOutcome& outcome) {
    if (path_.empty() || outcome.result != RowResult::rejected) return;
    for (const std::size_t column : columns_) {
        std::string text;
        if (column < row.fields.size()) text = cell_text(row.fields[column], buffer_);
        // What a ragged row has too much stands in its last column, where it can be seen and
        // mended.
        for (std::size_t more = width_; column + 1 == width_ && more < row.fields.size(); ++more)
            (text += ',') += cell_text(row.fields[more], buffer_);
        csv_.field(text);
    }
    csv_.row({std::to_string(outcome.row), outcome.field, outcome.reason});
}

void RejectFile::write() {
    if (path_.empty()) return;
    file_.seekp(kept_);
    file_.write(text_.data(), static_cast<std::streamsize>(text_.size())).flush();
    text_.clear();
    if (!file_) throw IoError(path_.string() + ": cannot be written");
}

void RejectFile::keep() {
    if (!path_.empty()) kept_ = file_.tellp();
}

}  // namespace crm::exchange
