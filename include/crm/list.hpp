/// Lists (dictionaries): the values that codes are drawn from, with labels in several languages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// One value of a list. Records store its code, which never changes; retired codes stay valid on
/// old records and are refused on new ones.
struct ListValue {
    Head head{};
    std::string list{};  ///< "party_type"
    std::string code{};  ///< "customer"; lower case letters, digits, "_"
    std::int64_t position = 0;
    bool is_retired = false;
    bool operator==(const ListValue&) const = default;
};

/// The text of a value in one language.
struct ListLabel {
    Head head{};
    Id<ListValue> value{};
    std::string language{};
    std::string label{};
    bool operator==(const ListLabel&) const = default;
};

/// A value as it is shown: its label in the session's language, else English, else the code.
struct ListItem {
    std::string code{};
    std::string label{};
    bool is_retired = false;
};

/// Lists. Seen by everybody, changed by administrators.
class CRM_API Lists : public Records<ListValue> {
public:
    using Records::Records;
    /// The values of a list in order. Throws NotFound for an unknown list.
    std::vector<ListItem> items(std::string_view list, bool with_retired = false) const;
    /// Label of a code in the session's language; the code itself where it is unknown.
    std::string label(std::string_view list, std::string_view code) const;
    /// Adds a value with labels by language ("en" → "Dealer").
    ListValue add_value(std::string_view list, std::string_view code,
                        const std::vector<std::pair<std::string, std::string>>& labels);
    /// Refused on new records from now on; old ones keep it.
    void retire(std::string_view list, std::string_view code);
    /// Sets the label in one language.
    void set_label(std::string_view list, std::string_view code, std::string_view language,
                   std::string_view label);
};

template <>
CRM_API const Kind& kind_of<ListValue>();
template <>
CRM_API const Kind& kind_of<ListLabel>();

}  // namespace crm
