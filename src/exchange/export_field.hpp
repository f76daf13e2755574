/// The fields of an export: which ones a session may have, and what stands in them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crm/export.hpp"
#include "crm/record.hpp"
#include "kernel/state.hpp"

namespace crm::exchange {

/// A field of the head, as people name it.
enum class HeadField : std::uint8_t {
    id,
    version,
    owner,
    unit,
    territory,
    created_at,
    created_by,
    changed_at,
    changed_by,
};

/// One column of an export.
struct ExportField {
    std::string name;                ///< as headed
    const Column* column = nullptr;  ///< null: of the head
    HeadField head = HeadField::id;
};

/// The fields asked for, in order; where none are named, all that the session sees and that repeat
/// no other. Throws Invalid for an unknown name and one named twice, Denied for a hidden field.
std::vector<ExportField> export_fields(const Kind& kind, const std::vector<std::string>& names,
                                       const kernel::Rights& rights);

/// Reads what stands in the fields of records. What records refer to is looked up once.
class FieldReader {
public:
    FieldReader(kernel::Reading& reading, bool labels);

    /// A field as text; empty where it is absent or hidden. Borrowed from the record or from here,
    /// until the next call.
    std::string_view text(const ExportField& field, const AnyRecord& record);
    /// As `text`, but a flag is a flag and a number a number.
    Json json(const ExportField& field, const AnyRecord& record);
    /// A record as `AnyRecord::json`, with labels if they are asked for.
    Json json(const AnyRecord& record);

private:
    std::string_view of_column(const Column& column, const AnyRecord& record);
    std::string_view of_head(HeadField field, const Head& head);
    std::string_view keep(std::string text) { return buffer_ = std::move(text); }
    std::string_view name(Ref record, std::string_view field);
    const Command& command(CommandId id);
    std::string_view code(const Column& column, std::string_view code);

    kernel::Reading& reading_;
    std::shared_ptr<const kernel::ListCache> lists_;  // null: codes stay codes
    std::unordered_map<std::int64_t, std::string> names_;
    Command command_;  // the one asked for last: neighbours were often made together
    std::string buffer_;
};

/// Whether a field holds words, which a spreadsheet could take for a formula.
bool is_words(const ExportField& field);

}  // namespace crm::exchange
