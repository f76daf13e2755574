/// Rights: who may do what with which records and fields, and single records shared besides.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
                           ///< change_catalogue, undo_others, manage_lead_queues, or administer,
                           ///< which includes the others
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

/// Why a user may do something with a record, or not.
struct Explanation {
    /// A right that the user holds, and whether it applies to the record.
    struct Grant {
        Ref holder{};               ///< the user, or the group or position it is held by
        std::string holder_name{};  ///< "ana", "Sellers"
        std::string kind{};         ///< as granted: a kind or "*"
        std::string scope{};
        bool applies = false;
    };
    struct Verdict {
        std::string action{};  ///< read, change, delete, export, assign
        bool allowed = false;
        std::vector<Grant> grants{};  ///< all that the user holds for the action
    };
    struct Field {
        std::string field{};
        std::string level{};  ///< hidden or locked
    };
    Id<User> user{};
    Ref record{};
    Ref decides{};          ///< the record whose rights count: of a child its parent
    bool is_active = true;  ///< one who is not active may do nothing
    std::vector<Verdict> verdicts{};
    std::vector<Field> fields{};  ///< of the record's kind, what follows from others included
    /// The same in plain English, one line an action.
    CRM_API std::string text() const;
};

/// Something about rights that looks wrong.
struct Finding {
    std::string what{};  ///< group_without_members, holder_without_effect, nobody_sees,
                         ///< share_ended, share_without_effect, owner_inactive, sees_everything,
                         ///< sees_nothing
    Ref subject{};       ///< the group, right, record, share or user
    std::string text{};  ///< what it is, and what to do
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

    /// Why a user sees or may change a record, or not. Throws NotFound for a record that the
    /// session does not see itself, Denied for another user without the right to administer.
    Explanation explain(Id<User> user, Ref record) const;
    /// What looks wrong: groups and positions without members that hold rights, shares that ended
    /// or have no effect, inactive users who own records, users who see everything without
    /// administering or nothing at all, records that nobody sees. At most 1,000 of each.
    /// Rights: administer. Cost: reads every record of the kinds that nobody sees whole.
    std::vector<Finding> audit() const;
};

template <>
CRM_API const Kind& kind_of<AccessRight>();
template <>
CRM_API const Kind& kind_of<FieldRight>();
template <>
CRM_API const Kind& kind_of<Share>();

}  // namespace crm
