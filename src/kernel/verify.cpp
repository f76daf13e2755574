#include "kernel/verify.hpp"

#include <algorithm>

#include "crm/error.hpp"

namespace crm::kernel {
namespace {

void require_administrator(const Rights& rights, const char* what) {
    if (!rights.administers())
        throw Denied(std::string(what) +
                     ": looks at every record, so it needs the function "
                     "\"administer\"");
}

void require_outside_write(const SessionState& session, const char* what) {
    if (session.transaction)
        throw Misuse(std::string(what) + " is work of its own and cannot join a unit of work");
    if (session.database->closed) throw Misuse("the database was closed");
}

}  // namespace

void Verifying::begin(std::string_view check, std::string_view of) {
    if (std::ranges::find(found_.checks, check) == found_.checks.end())
        found_.checks.emplace_back(check);
    if (options_.progress) options_.progress(check, of);
}

void Verifying::add(Defect defect) {
    ++count_;
    if (++counts_[defect.check] > options_.limit)
        found_.incomplete = true;
    else
        found_.defects.push_back(std::move(defect));
}

}  // namespace crm::kernel

namespace crm::inline v1 {

Verification verify(Session& session, const VerifyOptions& options) {
    if (options.limit < 1) throw Invalid("verify", "limit", "must be 1 or more");
    kernel::require_outside_write(session.state(), "verify");
    kernel::Reading reading(session.state());
    kernel::require_administrator(reading.rights(), "verify");
    reading.connection().clear_deadline();  // it reads the whole file
    Verification found;
    kernel::Transaction snapshot(reading);
    kernel::Verifying verifying(snapshot, options, found);
    if (options.structure) kernel::verify_structure(verifying);
    kernel::verify_file(verifying);
    kernel::verify_records(verifying);
    kernel::verify_history(verifying);
    if (options.search) kernel::verify_search(verifying);
    return found;
}

Command repair(Session& session, const Verification& verification) {
    kernel::require_outside_write(session.state(), "repair");
    kernel::require_administrator(kernel::Reading(session.state()).rights(), "repair");
    return kernel::repair(session.state(), verification);
}

}  // namespace crm
