#include "kernel/login.hpp"

#include <algorithm>
#include <chrono>

#include "base/password.hpp"
#include "crm/error.hpp"
#include "crm/text.hpp"
#include "crm/user.hpp"
#include "kernel/column.hpp"
#include "kernel/engine.hpp"

namespace crm::kernel {
namespace {

using base::Password;
using std::chrono::microseconds;

constexpr std::int64_t free_failures = 5;
constexpr microseconds first_delay = std::chrono::seconds{1},
                       longest_delay = std::chrono::minutes{15},
                       quiet = std::chrono::hours{24};  // after it failures are forgotten
/// So many counters stand for all logins that are nobody's: a bounded table, and too many to fill.
constexpr std::uint64_t unknown_buckets = 65'536;

microseconds delay_after(std::int64_t failures) {
    if (failures <= free_failures) return {};
    const auto doublings = std::min<std::int64_t>(failures - free_failures - 1, 20);
    return std::min(first_delay * (std::int64_t{1} << doublings), longest_delay);
}

microseconds now_in(const DatabaseState& database) { return database.now().time_since_epoch(); }

Denied wrong_password() {
    return Denied("the login or the password is wrong, or this user has none or is not active");
}

// ---- attempts

/// One try at a password, counted as failed before it is made.
struct Attempt {
    std::int64_t bucket = 0;  ///< id of the user; negative for a login that is nobody's
    std::string hash{};       ///< what the password must fit; empty where nothing does
};

struct Failures {
    std::int64_t count = 0;
    microseconds free_at{};
};

Failures failures_of(storage::Connection& connection, std::int64_t bucket) {
    auto row = connection.use("SELECT failures, free_at FROM login_attempt WHERE bucket = ?1");
    if (!row.bind(1, bucket).step()) return {};
    return {row.integer(0), microseconds{row.integer(1)}};
}

/// Throws TooManyAttempts where it is too early; a clock that was set back locks nobody out.
void require_free(const Failures& failures, microseconds now) {
    const microseconds wait = failures.free_at - now;
    if (wait > microseconds{} && wait <= longest_delay) throw TooManyAttempts(wait);
}

void count_failure(storage::Connection& connection, std::int64_t bucket, microseconds now) {
    const Failures known = failures_of(connection, bucket);
    require_free(known, now);
    const std::int64_t count = now - known.free_at > quiet ? 1 : known.count + 1;
    connection
        .use(
            "INSERT INTO login_attempt (bucket, failures, free_at) VALUES (?1, ?2, ?3) "
            "ON CONFLICT DO UPDATE SET failures = excluded.failures, free_at = excluded.free_at")
        .bind(1, bucket)
        .bind(2, count)
        .bind(3, (now + delay_after(count)).count())
        .run();
}

void forget_failures(storage::Connection& connection, std::int64_t bucket) {
    connection.use("DELETE FROM login_attempt WHERE bucket = ?1").bind(1, bucket).run();
}

/// Nobody outside can tell which logins share a counter, so none is known by another's delay.
std::int64_t bucket_of_unknown(const DatabaseState& database, std::string_view login_key) {
    const auto hash = base::keyed_hash(login_key, database.copy_uuid());
    return -1 - static_cast<std::int64_t>(hash % unknown_buckets);
}

/// `of` is a login key or the id of a user.
Attempt attempt_by(storage::Connection& connection, std::string_view condition, const Value& of) {
    auto row = connection.use(
        "SELECT user.id, CASE WHEN user.is_active THEN credential.hash END FROM user "
        "LEFT JOIN credential ON credential.user_id = user.id WHERE user." +
        std::string(condition) + " = ?1");
    if (!row.bind(1, of).step()) return {};
    return {row.integer(0), std::string(row.text(1))};
}

/// Counts before the slow check, so that many processes guessing at once gain nothing by it.
template <class Find>
Attempt reserve(DatabaseState& database, const Find& find) {
    auto writer = database.file->write();
    Attempt attempt = find(writer.connection());
    count_failure(writer.connection(), attempt.bucket, now_in(database));
    writer.commit();
    return attempt;
}

Attempt reserve(DatabaseState& database, std::string_view login) {
    const std::string key = fold(login);
    return reserve(database, [&](storage::Connection& connection) {
        Attempt attempt = attempt_by(connection, "login_key", std::string_view{key});
        if (attempt.bucket == 0) attempt.bucket = bucket_of_unknown(database, key);
        return attempt;
    });
}

Attempt reserve(DatabaseState& database, Id<User> user) {
    return reserve(database, [&](storage::Connection& connection) {
        return attempt_by(connection, "id", user.value());
    });
}

/// As slow where there is nothing to fit.
bool fits(const DatabaseState& database, const Attempt& attempt,
          const std::optional<Password>& password) {
    if (!password) return false;
    if (!attempt.hash.empty()) return password->matches(attempt.hash);
    password->matches(base::decoy_hash(database.password_cost));
    return false;
}

/// Whether the hash that was checked still is the user's, and the user active.
bool holds(storage::Connection& connection, const Attempt& attempt) {
    return attempt_by(connection, "id", attempt.bucket).hash == attempt.hash;
}

// ---- keeping

void store(storage::Connection& connection, std::int64_t user, const std::string& hash,
           microseconds now) {
    connection
        .use(
            "INSERT INTO credential (user_id, hash, changed_at) VALUES (?1, ?2, ?3) "
            "ON CONFLICT DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at")
        .bind(1, user)
        .bind(2, hash)
        .bind(3, now.count())
        .run();
}

/// The hash to keep from now on: that of the file, or a new one where the cost was raised.
std::string renewed(const DatabaseState& database, const Attempt& attempt,
                    const Password& password) {
    const PasswordCost kept = base::cost_of(attempt.hash), wanted = database.password_cost;
    if (kept.memory >= wanted.memory && kept.passes >= wanted.passes) return attempt.hash;
    return password.hash({.memory = std::max(kept.memory, wanted.memory),
                          .passes = std::max(kept.passes, wanted.passes)});
}

/// Takes the failure back that was counted ahead; false where the password was changed meanwhile.
bool settle(DatabaseState& database, const Attempt& attempt, const Password& password) {
    const std::string hash = renewed(database, attempt, password);
    auto writer = database.file->write();
    if (!holds(writer.connection(), attempt)) return false;
    forget_failures(writer.connection(), attempt.bucket);
    if (hash != attempt.hash) store(writer.connection(), attempt.bucket, hash, now_in(database));
    writer.commit();
    return true;
}

/// History keeps that a password was set, and no value.
void keep_that_set(Transaction& transaction, Id<User> user) {
    transaction.keep_changed(user, {{"password", Json{}}});
    forget_failures(transaction.connection(), user.value());
    transaction.count_write();
}

void require_administrator(const Rights& rights) {
    if (!rights.administers())
        throw Denied(
            "user: only administrators set the passwords of others; your own you change "
            "with change_password");
}

void require_user(Transaction& transaction, Id<User> user) {
    auto row = transaction.connection().use("SELECT 1 FROM user WHERE id = ?1");
    if (!row.bind(1, user.value()).step()) throw NotFound("user: no such record");
}

void require_writable(const DatabaseState& database) {
    if (database.file->read_only())
        throw ReadOnly(
            "logging in counts failures in the file, which is open for reading only: open it for "
            "writing, or identify the user yourself and take trusted_session");
}

}  // namespace

Session login(const std::shared_ptr<DatabaseState>& database, std::string_view login,
              std::string_view typed) {
    if (database->closed) throw Misuse("the database was closed");
    require_writable(*database);
    const Attempt attempt = reserve(*database, login);
    const auto password = Password::parse(typed);
    if (!fits(*database, attempt, password) || !settle(*database, attempt, *password))
        throw wrong_password();
    return trusted_session(database, login);
}

void change_password(SessionState& session, std::string_view old, std::string_view fresh) {
    if (session.transaction)
        throw Misuse("a change of password is a command of its own and cannot join a unit of work");
    DatabaseState& database = *session.database;
    const Password wanted(fresh);
    const Attempt attempt = reserve(database, session.user);
    if (!fits(database, attempt, Password::parse(old))) throw wrong_password();
    const std::string hash = wanted.hash(database.password_cost);
    write(session, "user.set_password",
          [&](Work& work) {
              Transaction& transaction = work.transaction();
              if (!holds(transaction.connection(), attempt)) throw wrong_password();
              store(transaction.connection(), attempt.bucket, hash, work.now().time_since_epoch());
              keep_that_set(transaction, session.user);
          },
          {});
}

void set_password(SessionState& session, Id<User> user, std::string_view typed) {
    require_administrator(Reading(session).rights());
    const std::string hash = Password(typed).hash(session.database->password_cost);
    write(session, "user.set_password",
          [&](Work& work) {
              Transaction& transaction = work.transaction();
              require_administrator(transaction.rights());
              require_user(transaction, user);
              store(transaction.connection(), user.value(), hash, work.now().time_since_epoch());
              keep_that_set(transaction, user);
          },
          {});
}

void remove_password(SessionState& session, Id<User> user) {
    write(
        session, "user.remove_password",
        [&](Work& work) {
            Transaction& transaction = work.transaction();
            require_administrator(transaction.rights());
            require_user(transaction, user);
            auto& connection = transaction.connection();
            connection.use("DELETE FROM credential WHERE user_id = ?1").bind(1, user.value()).run();
            if (connection.changes() > 0) keep_that_set(transaction, user);
        },
        {});
}

}  // namespace crm::kernel
