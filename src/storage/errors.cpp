#include <sqlite3.h>

#include <new>

#include "crm/error.hpp"
#include "storage/connection.hpp"

namespace crm::storage {
namespace {

std::string message_of(sqlite3* handle, int code) {
    const bool is_last = handle && (sqlite3_errcode(handle) & 0xff) == (code & 0xff);
    return is_last ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
}

/// What follows the last ": " of SQLite's message: "UNIQUE constraint failed: party.code".
std::string subject_of(const std::string& message) {
    const auto colon = message.rfind(": ");
    return colon == std::string::npos ? std::string{} : message.substr(colon + 2);
}

[[noreturn]] void throw_taken(const std::string& message) {
    const std::string field = subject_of(message);
    throw Conflict{"this value is taken already: " + field,
                   {},
                   {},
                   {{.field = field, .reason = "must be unique"}}};
}

[[noreturn]] void throw_constraint(int code, const std::string& message) {
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID: throw_taken(message);
        case SQLITE_CONSTRAINT_NOTNULL: throw Invalid{"storage", subject_of(message), message};
        default: throw Invalid{"storage", "", message};
    }
}

[[noreturn]] void throw_io(int code, const std::string& text) {
    if (code == SQLITE_IOERR_NOMEM) throw std::bad_alloc{};
    if (code == SQLITE_IOERR_CORRUPTFS || code == SQLITE_IOERR_DATA)
        throw Corrupt{text + "; restore a backup"};
    throw IoError{text + "; check the disk's space and permissions"};
}

}  // namespace

void throw_sqlite(sqlite3* handle, int code, std::string_view doing) {
    const std::string message = message_of(handle, code);
    const std::string text = message + " (" + std::string{doing.substr(0, 300)} + ")";
    switch (code & 0xff) {
        case SQLITE_NOMEM: throw std::bad_alloc{};
        case SQLITE_BUSY:
        case SQLITE_LOCKED: throw Busy{"the file is in use, try again: " + text};
        case SQLITE_READONLY: throw ReadOnly{text};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: throw Corrupt{"the file is damaged, restore a backup: " + text};
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_NOLFS: throw_io(code, text);
        case SQLITE_INTERRUPT: throw Interrupted{"a statement was interrupted"};
        case SQLITE_CONSTRAINT: throw_constraint(code, message);
        case SQLITE_MISMATCH: throw Invalid{"storage", "", message};
        case SQLITE_TOOBIG: throw LimitExceeded{text};
        case SQLITE_AUTH: throw Denied{text};
        case SQLITE_MISUSE:
        case SQLITE_RANGE: throw Misuse{text};
        default: throw Error{text};
    }
}

}  // namespace crm::storage
