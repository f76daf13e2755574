/// The gate: one writer at a time, in this process and across processes.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

namespace crm::storage {

/// A mutex that threads get in the order they asked for it, or not at all by their deadline.
class FairMutex {
public:
    bool lock_until(std::chrono::steady_clock::time_point deadline);
    void unlock();

private:
    using Turn = std::condition_variable*;
    bool is_turn(Turn turn) const { return !held_ && waiting_.front() == turn; }
    void wake_next();

    std::mutex mutex_;
    std::deque<Turn> waiting_;
    bool held_ = false;
};

/// The writer gate of a file: the mutex, then an OFD lock on `FILE-gate`, which is made where it is
/// missing and never deleted. One descriptor for the life of the gate.
class Gate {
public:
    /// Throws IoError where the gate file cannot be opened.
    explicit Gate(const std::filesystem::path& database);
    ~Gate();
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    using Poll = std::function<bool()>;
    /// False where the gate was not free by the deadline; a deadline in the past tries once. While
    /// another process is inside, `poll` is asked: true, or a throw, gives up (Interrupted).
    bool enter(std::chrono::steady_clock::time_point deadline, const Poll& poll = {});
    bool try_enter() { return enter({}); }
    void leave() noexcept;
    bool held_by_this_thread() const { return holder_ == std::this_thread::get_id(); }

private:
    bool enter_process_gate(std::chrono::steady_clock::time_point deadline, const Poll& poll);
    bool wait_until(std::chrono::steady_clock::time_point deadline, const Poll& poll);
    bool set_lock(short type, long byte) const;
    bool others_wait() const;

    int descriptor_;
    bool gave_way_ = true;  // whether another process had its chance since we left
    FairMutex threads_{};
    std::atomic<std::thread::id> holder_{};
};

}  // namespace crm::storage
