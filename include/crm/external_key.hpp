/// External keys: what a record is called in the systems it came from.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// A key of a record in another system; unique by (system, kind, key), several to a record.
struct ExternalKey {
    Head head{};
    Ref record{};
    std::string system{};
    std::string key{};
    std::int64_t kind = 0;  ///< kind of the record; derived
    bool operator==(const ExternalKey&) const = default;
};

/// External keys.
class CRM_API ExternalKeys : public Records<ExternalKey> {
public:
    using Records::Records;
    /// The visible record of that key.
    std::optional<Ref> lookup(std::string_view system, std::string_view kind,
                              std::string_view key) const;
};

template <>
CRM_API const Kind& kind_of<ExternalKey>();

}  // namespace crm
