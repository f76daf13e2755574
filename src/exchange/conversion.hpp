/// Conversion: a cell as the value of a column. The column's type decides, never the look of the
/// data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crm/import.hpp"
#include "crm/kind.hpp"
#include "crm/money.hpp"
#include "crm/time.hpp"
#include "crm/value.hpp"
#include "exchange/time_format.hpp"
#include "kernel/state.hpp"

namespace crm::exchange {

/// A cell as text, without white space at its ends; typed values as the text that stands for them.
/// `buffer` holds what had to be made.
std::string_view cell_text(const Value& cell, std::string& buffer);

/// Used by one thread, for one import.
class Conversion {
public:
    Conversion(const ImportOptions& options, Zone zone, Currency currency);
    /// The lists as the next rows see them.
    void use_lists(const kernel::ListCache& lists);
    /// Sets a column from a text that is not empty. Throws Invalid, with a reason only, where it is
    /// none of that type.
    void set(const Column& column, void* record, std::string_view text);
    /// An amount and its currency, the file's where that is empty.
    Money money(std::string_view amount, std::string_view currency, bool typed) const;

private:
    using Codes = std::unordered_map<std::string, std::string>;  // folded label or code → code; ""
                                                                 // where several fit

    std::string_view code(std::string_view list, std::string_view text);
    const Codes& codes_of(std::string_view list);
    std::optional<WallTime> wall_time(std::string_view text) const;
    Date date(std::string_view text) const;
    Time instant(std::string_view text) const;
    double real(std::string_view text) const;

    std::optional<TimeFormat> format_;
    char decimal_;
    Zone zone_;
    Currency currency_;
    const kernel::ListCache* lists_ = nullptr;
    std::int64_t epoch_ = -1;
    std::unordered_map<std::string_view, Codes> codes_;  // by the list's name in its column
    std::string folded_;
};

}  // namespace crm::exchange
