/// Errors: one tree, every leaf typed and actionable.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"
#include "crm/id.hpp"

namespace crm::inline v1 {

/// The root of everything the library throws. `what()` says what happened and what to do.
class CRM_API Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
    ~Error() override;
};

/// No such record, list value, user, command or file; also: not visible to this session.
class CRM_API NotFound : public Error {
public:
    using Error::Error;
    ~NotFound() override;
};

/// A value that the rules refuse. Nothing was changed.
class CRM_API Invalid : public Error {
public:
    Invalid(std::string kind, std::string field, std::string reason);
    ~Invalid() override;
    std::string kind;    ///< record kind, or the concept ("filter", "csv", "money"); never empty
    std::string field;   ///< column or option; empty where the whole is wrong
    std::string reason;  ///< what is wrong and what would be right
};

/// One field that stands in the way of an undo or an update.
struct FieldConflict {
    Ref record{};
    std::string field{};     ///< empty where the record as a whole is meant
    CommandId changed_in{};  ///< the later command, 0 where it is not one command
    std::string user{};      ///< login of who gave that command
    std::chrono::sys_time<std::chrono::microseconds> at{};  ///< and when
    std::string reason{};
    bool operator==(const FieldConflict&) const = default;
};

/// The record was changed meanwhile, a unique value is taken, a key was used with other arguments,
/// or an undo meets later changes. Nothing was changed.
class CRM_API Conflict : public Error {
public:
    explicit Conflict(const std::string& message, Ref record = {}, std::string current = {},
                      std::vector<FieldConflict> conflicts = {});
    ~Conflict() override;
    Ref record{};                            ///< the record in question, if one and if visible
    std::string current{};                   ///< that record as it is now, as JSON; may be empty
    std::vector<FieldConflict> conflicts{};  ///< for undo: everything that stands in the way
};

/// The same source was imported before and was refused.
class CRM_API AlreadyImported : public Conflict {
public:
    explicit AlreadyImported(const std::string& message);
    ~AlreadyImported() override;
};

/// What would be written names a person who was erased on request and is not to come back. Lift the
/// suppression (`Erasures::lift`) where the person asks for it.
class CRM_API Suppressed : public Conflict {
public:
    explicit Suppressed(const std::string& message);
    ~Suppressed() override;
};

/// A position in the feed of changes that this file does not know, or that one's rights have
/// changed under: read everything anew and go on from `Feed::now`.
class CRM_API Resync : public Error {
public:
    using Error::Error;
    ~Resync() override;
};

/// The session's user lacks a right.
class CRM_API Denied : public Error {
public:
    using Error::Error;
    ~Denied() override;
};

/// Too many wrong passwords of late for one login: nothing was tried, and until `retry_after` has
/// passed even the right password is refused. Does not tell whether there is such a user.
class CRM_API TooManyAttempts : public Denied {
public:
    explicit TooManyAttempts(std::chrono::microseconds retry_after);
    ~TooManyAttempts() override;
    std::chrono::microseconds retry_after;  ///< from now; at most 15 minutes
};

/// The write gate was not free before the deadline (10 s unless set otherwise). Try again.
class CRM_API Busy : public Error {
public:
    using Error::Error;
    ~Busy() override;
};

/// A statement passed its deadline, or was interrupted.
class CRM_API Interrupted : public Error {
public:
    using Error::Error;
    ~Interrupted() override;
};

/// The file, or the way it was opened, does not allow writing.
class CRM_API ReadOnly : public Error {
public:
    using Error::Error;
    ~ReadOnly() override;
};

/// A stated limit was passed (filter depth, list length, page size, overflow).
class CRM_API LimitExceeded : public Error {
public:
    using Error::Error;
    ~LimitExceeded() override;
};

/// The file cannot be opened as a CRM file. It was not touched.
class CRM_API CannotOpen : public Error {
public:
    using Error::Error;
    ~CannotOpen() override;
};
/// Not a CRM file: text, empty, a directory, another application's database.
class CRM_API NotACrmFile : public CannotOpen {
public:
    using CannotOpen::CannotOpen;
    ~NotACrmFile() override;
};
/// Written by a newer release that this one must not read, or not write.
class CRM_API NewerFile : public CannotOpen {
public:
    using CannotOpen::CannotOpen;
    ~NewerFile() override;
};
/// On a network file system, where SQLite's locks and shared memory cannot be trusted.
class CRM_API NetworkShare : public CannotOpen {
public:
    using CannotOpen::CannotOpen;
    ~NetworkShare() override;
};

/// The file is damaged: restore a backup.
class CRM_API Corrupt : public Error {
public:
    using Error::Error;
    ~Corrupt() override;
};

/// The operating system failed: disk full, permission, I/O error.
class CRM_API IoError : public Error {
public:
    using Error::Error;
    ~IoError() override;
};

/// The library was used against its rules (a session in two threads, a handle after fork).
class CRM_API Misuse : public Error {
public:
    using Error::Error;
    ~Misuse() override;
};

}  // namespace crm
