/// Bank accounts of parties: any number of them, at any bank, in any currency.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crm/money.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"

namespace crm::inline v1 {

struct Party;

/// One account. A natural person has accounts through the party that it is.
struct BankAccount {
    Head head{};
    Id<Party> party{};
    std::string number{};  ///< as given; one that begins like an IBAN (ISO 13616) must be a right
                           ///< one
    std::string iban{};    ///< derived: the IBAN without blanks, upper case; empty of other numbers
    std::string number_key{};  ///< derived: letters and digits only, folded; what look-up uses
    std::string bank_name{};
    std::string bic{};    ///< ISO 9362, 8 or 11 characters; upper case
    Currency currency{};  ///< absent: not told, or an account in several
    bool is_primary = false;
    std::string note{};
    bool operator==(const BankAccount&) const = default;
};

/// Accounts and who holds them. A number is refused (Invalid, "bank_account.number") where it
/// begins with a country of the IBAN registry and two digits, has twelve letters and digits or
/// more, or the word IBAN before it, and has not the length of that country's IBANs or the check
/// digits are wrong (mod 97). Every other number is kept as it is.
class CRM_API BankAccounts : public Records<BankAccount> {
public:
    using Records::Records;
    /// The accounts of a party, primary ones first, then oldest first.
    std::vector<BankAccount> of(Id<Party> party) const;
    /// The accounts with that number, however it is grouped and written ("IBAN MD24 …", "MD24…"),
    /// oldest first, at most 1,000: whose they are says `BankAccount::party`. Cost: one indexed
    /// look-up.
    std::vector<BankAccount> with_number(std::string_view number) const;
};

template <>
CRM_API const Kind& kind_of<BankAccount>();

}  // namespace crm
