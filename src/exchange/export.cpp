#include "crm/export.hpp"

#include <algorithm>
#include <memory>

#include "crm/csv.hpp"
#include "crm/error.hpp"
#include "exchange/export_field.hpp"
#include "exchange/output_file.hpp"
#include "kernel/select.hpp"

namespace crm::inline v1 {
namespace {

using exchange::ExportField;
using exchange::FieldReader;
using kernel::Action;

constexpr int page_rows = 1'000;
constexpr std::size_t piece_bytes = std::size_t{64} << 10;  // a piece is handed on from so many
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// How records are written, row after row, behind a text.
class Format {
public:
    virtual ~Format() = default;
    virtual void begin() = 0;
    virtual void row(const AnyRecord& record) = 0;
    virtual void end() = 0;
    virtual bool wants_bodies() const = 0;
    virtual std::vector<std::string> columns() const = 0;
};

using Fields = std::vector<ExportField>;

std::vector<std::string> names_of(const Fields& fields) {
    std::vector<std::string> names;
    for (const ExportField& field : fields) names.push_back(field.name);
    return names;
}

bool has_body(const Fields& fields) {
    return std::ranges::any_of(
        fields, [](const ExportField& field) { return field.column && field.column->has(body); });
}

class CsvTable : public Format {
public:
    CsvTable(Fields fields, FieldReader& reader, const ExportOptions& options, std::string& text)
        : fields_(std::move(fields)),
          reader_(reader),
          options_(options),
          text_(text),
          csv_(text, {options.delimiter, options.crlf, options.formula_safe}) {}

    void begin() override {
        if (options_.byte_order_mark) text_ += byte_order_mark;
        if (options_.header) csv_.row(names_of(fields_));
    }
    void row(const AnyRecord& record) override {
        for (const ExportField& field : fields_) {
            const std::string_view text = reader_.text(field, record);
            exchange::is_words(field) ? csv_.field(text) : csv_.typed_field(text);
        }
        csv_.end_row();
    }
    void end() override {}
    bool wants_bodies() const override { return has_body(fields_); }
    std::vector<std::string> columns() const override { return names_of(fields_); }

private:
    const Fields fields_;
    FieldReader& reader_;
    const ExportOptions& options_;
    std::string& text_;
    CsvWriter csv_;
};

class JsonArray : public Format {
public:
    /// `fields` empty: whole records.
    JsonArray(Fields fields, FieldReader& reader, std::string& text)
        : fields_(std::move(fields)), reader_(reader), text_(text) {}

    void begin() override { text_ += '['; }
    void row(const AnyRecord& record) override {
        text_ += is_first_ ? "\n" : ",\n";
        is_first_ = false;
        text_ += (fields_.empty() ? reader_.json(record) : chosen(record)).dump();
    }
    void end() override { text_ += "\n]\n"; }
    bool wants_bodies() const override { return fields_.empty() || has_body(fields_); }
    std::vector<std::string> columns() const override { return names_of(fields_); }

private:
    Json chosen(const AnyRecord& record) {
        Json::Object members;
        Json::Array hidden;
        for (const ExportField& field : fields_)
            if (is_hidden(field, record))
                hidden.emplace_back(field.name);
            else
                members.emplace_back(field.name, reader_.json(field, record));
        if (!hidden.empty()) members.emplace_back("hidden", std::move(hidden));
        return members;
    }
    static bool is_hidden(const ExportField& field, const AnyRecord& record) {
        return field.column && record.head().hidden.test(record.kind().index_of(*field.column));
    }

    const Fields fields_;
    FieldReader& reader_;
    std::string& text_;
    bool is_first_ = true;
};

enum class FormatName { csv, json };

/// One export: its snapshot, and the rows in it.
class Export {
public:
    /// Finds all that can be refused before a row is read.
    Export(Session& session, std::string_view kind, const Query& query,
           const ExportOptions& options, FormatName format)
        : reading_(session.state()),
          kind_(reading_.kind_named(kind)),
          query_(query),
          most_(options.max_rows),
          reader_(reading_, options.labels) {
        if (most_ < 0) throw Invalid("export", "max_rows", "is a number of rows, or 0 for all");
        require_right();
        format_ = made(format, options);
        query_.bodies = format_->wants_bodies();
    }

    ExportReport run(const ExportSink& sink) {
        ExportReport report{.columns = format_->columns()};
        format_->begin();
        while (add_page(report, sink)) reading_.renew_deadline();
        format_->end();
        sink(text_);
        return report;
    }

private:
    void require_right() const {
        const kernel::Rights& rights = reading_.rights();
        if (!rights.may_ever(kind_, Action::read) || !rights.may_ever(kind_, Action::exporting))
            throw Denied("export: the right to export records of kind " + std::string(kind_.name) +
                         " is missing; ask an administrator");
    }

    std::unique_ptr<Format> made(FormatName format, const ExportOptions& options) {
        const bool whole = format == FormatName::json && options.columns.empty();
        Fields fields;
        if (!whole) fields = exchange::export_fields(kind_, options.columns, reading_.rights());
        if (format == FormatName::json)
            return std::make_unique<JsonArray>(std::move(fields), reader_, text_);
        return std::make_unique<CsvTable>(std::move(fields), reader_, options, text_);
    }

    std::int64_t rows_left(const ExportReport& report) const {
        return most_ == 0 ? page_rows : most_ - report.rows;
    }

    /// False on the last page.
    bool add_page(ExportReport& report, const ExportSink& sink) {
        query_.limit = static_cast<int>(std::min<std::int64_t>(page_rows, rows_left(report)));
        auto page = kernel::list(reading_, kind_, query_, Action::exporting);
        for (const AnyRecord& record : page.rows) {
            format_->row(record);
            if (text_.size() >= piece_bytes) hand_on(sink);
        }
        report.rows += std::ssize(page.rows);
        query_.after = std::move(page.next);
        return !query_.after.empty() && rows_left(report) > 0;
    }

    void hand_on(const ExportSink& sink) {
        sink(text_);
        text_.clear();
    }

    kernel::Reading reading_;
    const Kind& kind_;
    Query query_;
    std::int64_t most_;  // 0: all
    FieldReader reader_;
    std::string text_;  // rows on their way to the sink
    std::unique_ptr<Format> format_;
};

ExportReport export_to_file(Session& session, std::string_view kind, const Query& query,
                            const std::filesystem::path& target, const ExportOptions& options,
                            FormatName format) {
    Export rows(session, kind, query, options, format);
    exchange::OutputFile file(target, options.replace, "export");
    auto report = rows.run([&](std::string_view piece) { file.write(piece); });
    file.publish();
    return report;
}

}  // namespace

ExportReport export_csv(Session& session, std::string_view kind, const Query& query,
                        const ExportSink& sink, const ExportOptions& options) {
    return Export(session, kind, query, options, FormatName::csv).run(sink);
}

ExportReport export_csv(Session& session, std::string_view kind, const Query& query,
                        const std::filesystem::path& target, const ExportOptions& options) {
    return export_to_file(session, kind, query, target, options, FormatName::csv);
}

ExportReport export_json(Session& session, std::string_view kind, const Query& query,
                         const ExportSink& sink, const ExportOptions& options) {
    return Export(session, kind, query, options, FormatName::json).run(sink);
}

ExportReport export_json(Session& session, std::string_view kind, const Query& query,
                         const std::filesystem::path& target, const ExportOptions& options) {
    return export_to_file(session, kind, query, target, options, FormatName::json);
}

}  // namespace crm
