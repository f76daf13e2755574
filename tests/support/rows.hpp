/// Rows of text as a source for an import.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crm/crm.hpp"

namespace test {

/// Counts how many rows were asked for.
class TextRows : public crm::RowSource {
public:
    TextRows(std::vector<std::string> header, std::vector<std::vector<std::string>> rows)
        : header_(std::move(header)), rows_(std::move(rows)) {}
    const std::vector<std::string>& header() const override { return header_; }
    bool next(crm::SourceRow& row) override {
        if (read == rows_.size()) return false;
        values_.clear();
        for (const std::string& text : rows_[read]) values_.emplace_back(std::string_view{text});
        row = {static_cast<std::int64_t>(++read), values_, {}};
        return true;
    }
    std::string name() const override { return "rows"; }
    std::size_t read = 0;

private:
    std::vector<std::string> header_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<crm::Value> values_;
};

}  // namespace test
