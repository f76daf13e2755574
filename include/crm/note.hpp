/// Notes: what anyone has to say about a record, with author and time from its command.
#pragma once

#include <string>

#include "crm/query.hpp"
#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

struct User;

/// A note on any root record; seen by everybody who sees that.
struct Note {
    Head head{};
    Ref record{};
    std::string title{};
    Id<User> author{};   ///< derived
    Time written_at{};   ///< derived
    std::string text{};  ///< long text
    bool operator==(const Note&) const = default;
};

class CRM_API Notes : public Records<Note> {
public:
    using Records::Records;
    /// Writes a note. Rights: read on the record it is about.
    Note write(Ref about, std::string_view text, std::string_view title = {});
    /// The notes on a record, newest first, with their texts.
    Page<Note> about(Ref record, int limit = 50, const std::string& after = {}) const;
};

template <>
CRM_API const Kind& kind_of<Note>();

}  // namespace crm
