/// Rights: who may do what with which records and fields, and single records shared besides.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// A right: who may do what with which kind of root record, and with which of them. What one holds
/// as a user, by groups and by a position adds up.
struct AccessRight {
    Head head{};
    Ref holder{};          ///< a user, a group or a position
    std::string kind{};    ///< name of a root kind, or "*"
    std::string action{};  ///< read, create, change, delete, export, assign; with kind "*" and
                           ///< scope "all" also a function: run_imports, send_campaigns,
                           ///< change_catalogue, undo_others, or administer, which includes the
                           ///< others
    std::string scope{};   ///< own, unit, units_below, territory, shared, given, all
    bool operator==(const AccessRight&) const = default;
};

/// A field that a holder may not see, or not change. The strictest of what one holds counts, for
/// administrators too.
struct FieldRight {
    Head head{};
    Ref holder{};         ///< a user, a group or a position
    std::string kind{};   ///< of a root or child kind, or "user"
    std::string field{};  ///< name of a column; what is made of it goes with it
    std::string level{};  ///< hidden or locked
    bool operator==(const FieldRight&) const = default;
};

/// One record shown to one user, group or position besides their scopes; effective where they hold
/// the scope "shared".
struct Share {
    Head head{};
    Ref record{};
    Ref grantee{};                  ///< a user, a group or a position
    std::string level{};            ///< read or change
    std::optional<Date> ends_on{};  ///< the last day, in the file's zone; absent: for good
    bool operator==(const Share&) const = default;
};

/// Rights and shares.
class CRM_API Rights : public Records<AccessRight> {
public:
    using Records::Records;
    /// Gives a right; a no-op where it is there. Rights: administer.
    void grant(Ref holder, std::string_view kind, std::string_view action, std::string_view scope);
    /// Takes a right away; a no-op where it is not there. Rights: administer.
    void revoke(Ref holder, std::string_view kind, std::string_view action, std::string_view scope);
    /// Whether the session's user may use a function ("run_imports"). Throws Invalid for an unknown
    /// one.
    bool may(std::string_view function) const;

    /// Hides a field of a kind ("party", "annual_revenue_minor") from a holder: it reads as empty,
    /// is listed in `Head::hidden`, is never written, and filters and sorts by it are refused.
    /// Throws Invalid for a field that lists or rights stand on. Rights: administer.
    void hide(Ref holder, std::string_view kind, std::string_view field);
    /// Lets a holder see a field but not set it. A required field can still be given to a new
    /// record. Rights: administer.
    void lock(Ref holder, std::string_view kind, std::string_view field);
    /// Takes either back; a no-op where there is none. Rights: administer.
    void unlock(Ref holder, std::string_view kind, std::string_view field);

    /// Shows one record, to read or to change, for good or until a day (in the file's zone, that
    /// day included). A share that is there takes the new level and end. Rights: change on the
    /// record.
    Share share(Ref record, Ref grantee, std::string_view level = "read",
                const std::optional<Date>& ends_on = {});
    /// Ends a share; a no-op where there is none. Rights: change on the record.
    void unshare(Ref record, Ref grantee);
};

template <>
CRM_API const Kind& kind_of<AccessRight>();
template <>
CRM_API const Kind& kind_of<FieldRight>();
template <>
CRM_API const Kind& kind_of<Share>();

}  // namespace crm
