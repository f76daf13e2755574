/// The reader connections of a file, lent for one call each.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/connection_impl.hpp"

namespace crm::storage {

/// Thread-safe. Makes a connection when all are out, and closes what is beyond its size afterwards.
class ReaderPool {
public:
    ReaderPool(ConnectionSetup setup, int size) : setup_(std::move(setup)), size_(size) {}

    Connection& borrow();
    /// Ends the connection's transaction, where views are made or users' SQL ran with what was made
    /// in the temporary schema, and takes it back.
    void give_back(Connection& connection) noexcept;
    /// Replaces the connections, so that new statistics are read: idle ones now, others when back.
    void renew();
    /// Interrupts, now and for the rest of their loan, those that are out for longer than `age`.
    void expire(std::chrono::milliseconds age);
    void close();

private:
    struct Member {
        std::unique_ptr<Connection> connection;
        std::uint64_t generation = 0;
        Clock::time_point lent_at{};
        bool is_lent = true;
    };
    Connection* lend_idle();

    const ConnectionSetup setup_;
    const int size_;
    std::mutex mutex_{};
    std::uint64_t generation_ = 0;
    std::vector<Member> members_{};
};

}  // namespace crm::storage
