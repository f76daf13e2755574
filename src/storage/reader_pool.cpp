#include "storage/reader_pool.hpp"

#include <algorithm>

#include "crm/error.hpp"

namespace crm::storage {
namespace {

const Slot keep_slot, drop_slot;

/// What ordinary reading makes in the temporary schema is made once and kept: dropping it would
/// expire every statement of the connection. What was made for one call goes with the transaction.
void end_transaction(Connection& connection, ConnectionSetup::Purpose purpose) noexcept try {
    if (!connection.in_transaction()) return;
    if (purpose != ConnectionSetup::Purpose::work)
        connection.use(drop_slot, [] { return "ROLLBACK"; }).run();
    else
        connection.use(keep_slot, [] { return "COMMIT"; }).run();
} catch (...) {
    // Closing the connection in give_back() ends it too.
}

void make_fresh(Connection::Impl& connection) {
    connection.deadline = Clock::time_point::max();
    connection.before_use = nullptr;
    connection.expired = false;
    connection.memory_ceiling = Connection::Impl::no_ceiling;
    connection.is_over_ceiling = false;
    connection.poll_error = nullptr;
}

}  // namespace

Connection& ReaderPool::borrow() {
    if (auto* idle = lend_idle()) return *idle;
    auto made = open_connection(setup_);
    const std::lock_guard lock{mutex_};
    members_.push_back({std::move(made), generation_, Clock::now()});
    return *members_.back().connection;
}

Connection* ReaderPool::lend_idle() {
    const std::lock_guard lock{mutex_};
    for (auto& member : members_) {  // the first are the warmest
        if (member.is_lent) continue;
        member.is_lent = true;
        member.lent_at = Clock::now();
        return member.connection.get();
    }
    return nullptr;
}

void ReaderPool::give_back(Connection& connection) noexcept {
    end_transaction(connection, setup_.purpose);
    std::unique_ptr<Connection> surplus;  // closed after the lock is free
    const std::lock_guard lock{mutex_};
    const auto member = std::find_if(members_.begin(), members_.end(), [&](const Member& each) {
        return each.connection.get() == &connection;
    });
    make_fresh(connection.impl());
    member->is_lent = false;
    const bool is_surplus = members_.size() > static_cast<std::size_t>(size_);
    if (!is_surplus && member->generation == generation_ && !connection.in_transaction()) return;
    surplus = std::move(member->connection);
    members_.erase(member);
}

void ReaderPool::renew() {
    const std::lock_guard lock{mutex_};
    ++generation_;
    std::erase_if(members_, [](const Member& member) { return !member.is_lent; });
}

void ReaderPool::expire(std::chrono::milliseconds age) {
    const auto now = Clock::now();
    const std::lock_guard lock{mutex_};
    for (auto& member : members_) {
        if (!member.is_lent || now - member.lent_at < age) continue;
        member.connection->impl().expired = true;
        member.connection->interrupt();
    }
}

void ReaderPool::close() {
    const std::lock_guard lock{mutex_};
    members_.clear();
}

}  // namespace crm::storage
