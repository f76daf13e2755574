/// Likeness: what two records of people or organisations have in common, weighed. Values; nothing
/// of it knows where the records come from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crm/duplicate.hpp"
#include "crm/id.hpp"

namespace crm::domain {

/// An address as it is compared: parts as `base::latin` writes them.
struct Place {
    std::string street{};  ///< its words, without numbers
    std::string number{};  ///< what has a digit in it: house, flat
    std::string city{}, region{}, postal_code{};
    std::string shown{};  ///< as a reason tells it
};
/// Cuts an address into what is compared.
Place place_of(std::string_view street, std::string_view city, std::string_view region,
               std::string_view postal_code);

/// A record as it is compared: what the session sees of it, and nothing else.
struct Portrait {
    Ref record{};
    bool is_person = true;  ///< a natural person or contact, else an organisation
    bool is_half = false;   ///< the contact of a natural person: as a party it is compared anyway
    CommandId changed_in{};
    std::string shown{};                          ///< its name as written
    std::string name_key{}, first_key{};          ///< folded, as its table's indexes hold them
    std::string given{}, family{}, patronymic{};  ///< latin; an organisation's name, without its
                                                  ///< legal form, is its family's
    std::string born_on{};                        ///< YYYY-MM-DD
    std::string tax_code{};                       ///< its letters and digits
    std::string tax_code_typed{};                 ///< as stored
    std::vector<std::string> phones{}, emails{}, urls{};  ///< normalised
    std::vector<Place> places{};
};

/// The name of an organisation as it is compared: latin, words in order, legal form left out where
/// something else remains.
std::string organisation_key(std::string_view name);
/// The letters and digits of a code, folded.
std::string code_key(std::string_view code);

/// Two portraits of records of one kind and nature compared; `score` is the probability that they
/// are one. Reasons only where asked for: they cost.
Duplicate compared(const Portrait& a, const Portrait& b, bool with_reasons);

/// Two records that may be one share at least one of these, as hashes: the blocks of a bulk search.
std::vector<std::uint64_t> blocking_keys(const Portrait& portrait);

}  // namespace crm::domain
