#include "crm/bank_account.hpp"

#include <algorithm>

#include "base/iban.hpp"
#include "crm/party.hpp"
#include "crm/text.hpp"
#include "domain/records.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr std::string_view as_given[] = {"number"};

constexpr Column account_columns[] = {
    column<&BankAccount::party>("party_id", required | fixed | parent,
                                {.target = number::party, .on_delete = OnDelete::takes_along}),
    column<&BankAccount::number>("number", required | personal | on_card, {.max_length = 100}),
    column<&BankAccount::iban>("iban", derived | personal | on_card, {.made_of = as_given}),
    column<&BankAccount::number_key>("number_key", derived | personal,
                                     {.max_length = 400, .made_of = as_given}),
    column<&BankAccount::bank_name>("bank_name", on_card),
    column<&BankAccount::bic>("bic", on_card, {.max_length = 20}),
    column<&BankAccount::currency>("currency", on_card),
    column<&BankAccount::is_primary>("is_primary", on_card),
    column<&BankAccount::note>("note", personal | on_card),
};

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// A number without what groups and introduces it.
struct Compact {
    std::string text{};
    bool is_iban = false;
};

Compact compact(std::string_view number) {
    constexpr std::string_view introduction = "iban";
    Compact compact;
    for (const std::string& word : words(number)) compact.text += word;
    compact.is_iban = compact.text.starts_with(introduction);
    if (compact.is_iban) compact.text.erase(0, introduction.size());
    compact.is_iban |= begins_like_iban(compact.text);
    return compact;
}

void derive_account(Work&, void* record) {
    auto& account = *static_cast<BankAccount*>(record);
    std::erase(account.bic, ' ');
    std::ranges::transform(account.bic, account.bic.begin(), upper);
    auto [key, is_iban] = compact(account.number);
    account.iban.clear();
    if (is_iban) {
        if (const auto fault = fault_of_iban(key); !fault.empty())
            throw Invalid("bank_account", "number", fault);
        std::ranges::transform(key, std::back_inserter(account.iban), upper);
    }
    account.number_key = std::move(key);
}

bool is_bic(std::string_view bic) {
    const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto is_sign = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
    return (bic.size() == 8 || bic.size() == 11) && std::ranges::all_of(bic, is_sign) &&
           std::ranges::all_of(bic.substr(4, 2), is_letter);
}

void check_account(Work&, const void* record, const void*) {
    const auto& account = *static_cast<const BankAccount*>(record);
    if (account.number_key.empty())
        throw Invalid("bank_account", "number", "has no letter and no digit");
    if (!account.bic.empty() && !is_bic(account.bic))
        throw Invalid("bank_account", "bic",
                      "is no BIC: one has 8 or 11 letters and digits, a country at the fifth");
}

Kind make_account_kind() {
    Kind kind = kernel::kind<BankAccount>(number::bank_account, "bank_account", Role::child,
                                          account_columns);
    kind.rules = {.derive = derive_account, .check = check_account};
    return kind;
}

}  // namespace

template <>
const Kind& kind_of<BankAccount>() {
    static const Kind kind = make_account_kind();
    return kind;
}

std::vector<BankAccount> BankAccounts::of(Id<Party> party) const {
    return domain::records<BankAccount>(session(), "bank_account.of", {{":party", party.value()}});
}

std::vector<BankAccount> BankAccounts::with_number(std::string_view number) const {
    const std::string key = compact(clean_text(number)).text;
    return domain::records<BankAccount>(session(), "bank_account.with_number",
                                        {{":key", std::string_view{key}}});
}

}  // namespace crm
