/// Contact points: phones, e-mails, faxes, URLs of parties, contacts and leads.
#pragma once

#include <string>

#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

/// One way to reach a party, a contact or a lead.
struct Point {
    Head head{};
    Ref record{};              ///< the party, contact or lead
    std::string type{};        ///< list point_type: phone, mobile, fax, email, url, messenger
    std::string value{};       ///< as typed
    std::string normalized{};  ///< derived: what look-up uses (text.hpp); phones by the file's
                               ///< country
    std::string label{};       ///< "reception", "home"
    bool is_primary = false;
    bool operator==(const Point&) const = default;
};

class CRM_API Points : public Records<Point> {
public:
    using Records::Records;
    /// The points of a record, primary ones first, then oldest first.
    std::vector<Point> of(Ref record) const;
};

template <>
CRM_API const Kind& kind_of<Point>();

}  // namespace crm
