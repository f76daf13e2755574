#include "crm/error.hpp"

#include <utility>

namespace crm::inline v1 {
namespace {

std::string describe(std::string_view kind, std::string_view field, std::string_view reason) {
    std::string text{kind};
    if (!field.empty()) text.append(".").append(field);
    return text.append(": ").append(reason);
}

}  // namespace

Invalid::Invalid(std::string kind_, std::string field_, std::string reason_)
    : Error(describe(kind_, field_, reason_)),
      kind(std::move(kind_)),
      field(std::move(field_)),
      reason(std::move(reason_)) {}

Conflict::Conflict(const std::string& message, Ref record_, std::string current_,
                   std::vector<FieldConflict> conflicts_)
    : Error(message),
      record(record_),
      current(std::move(current_)),
      conflicts(std::move(conflicts_)) {}

AlreadyImported::AlreadyImported(const std::string& message) : Conflict(message) {}
Suppressed::Suppressed(const std::string& message) : Conflict(message) {}

TooManyAttempts::TooManyAttempts(std::chrono::microseconds retry_after_)
    : Denied("too many wrong passwords: try again in " +
             std::to_string(std::chrono::ceil<std::chrono::seconds>(retry_after_).count()) + " s"),
      retry_after(retry_after_) {}

// Destructors here are the key functions: type information is emitted once, so that an exception
// thrown inside the library is caught by type outside it.
Error::~Error() = default;
NotFound::~NotFound() = default;
Invalid::~Invalid() = default;
Conflict::~Conflict() = default;
AlreadyImported::~AlreadyImported() = default;
Suppressed::~Suppressed() = default;
Resync::~Resync() = default;
Denied::~Denied() = default;
TooManyAttempts::~TooManyAttempts() = default;
Busy::~Busy() = default;
Interrupted::~Interrupted() = default;
ReadOnly::~ReadOnly() = default;
LimitExceeded::~LimitExceeded() = default;
CannotOpen::~CannotOpen() = default;
NotACrmFile::~NotACrmFile() = default;
NewerFile::~NewerFile() = default;
NetworkShare::~NetworkShare() = default;
Corrupt::~Corrupt() = default;
IoError::~IoError() = default;
Misuse::~Misuse() = default;

}  // namespace crm
