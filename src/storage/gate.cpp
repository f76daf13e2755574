#include "storage/gate.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "crm/error.hpp"

namespace crm::storage {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr long gate_byte = 0;     // written by the one who is in
constexpr long waiting_byte = 1;  // read-locked by all who wait, so that the one inside can tell

/// Who waits longest looks most often; the newest gives way.
Clock::duration pause_after(Clock::duration waited) {
    return std::clamp<Clock::duration>(1ms - waited / 50, 100us, 1ms);
}

int open_gate(const std::filesystem::path& path) {
    const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return made >= 0 || errno != EEXIST ? made : ::open(path.c_str(), O_RDWR | O_CLOEXEC);
}

/// Whoever may write the database may use its gate; failing that it stays as it was made.
void share_like(int descriptor, const std::filesystem::path& database) {
    struct stat gate {
    }, file{};
    if (::fstat(descriptor, &gate) != 0 || ::stat(database.c_str(), &file) != 0) return;
    if (gate.st_uid != ::geteuid()) return;
    if ((gate.st_mode & 0666) != (file.st_mode & 0666))
        (void)!::fchmod(descriptor, file.st_mode & 0666);
    if (::geteuid() == 0 && (gate.st_uid != file.st_uid || gate.st_gid != file.st_gid))
        (void)!::fchown(descriptor, file.st_uid, file.st_gid);
}

}  // namespace

bool FairMutex::lock_until(Clock::time_point deadline) {
    std::unique_lock lock{mutex_};
    std::condition_variable turn;
    waiting_.push_back(&turn);
    if (turn.wait_until(lock, deadline, [&] { return is_turn(&turn); })) {
        waiting_.pop_front();
        return held_ = true;
    }
    std::erase(waiting_, &turn);
    wake_next();
    return false;
}

void FairMutex::unlock() {
    const std::lock_guard lock{mutex_};
    held_ = false;
    wake_next();
}

void FairMutex::wake_next() {
    if (!held_ && !waiting_.empty()) waiting_.front()->notify_one();
}

Gate::Gate(const std::filesystem::path& database) {
    const auto path = database.string() + "-gate";
    descriptor_ = open_gate(path);
    if (descriptor_ < 0)
        throw IoError{path + ": " + std::strerror(errno) +
                      "; writing needs the right to make files beside the database"};
    share_like(descriptor_, database);
}

Gate::~Gate() { ::close(descriptor_); }

bool Gate::enter(Clock::time_point deadline, const Poll& poll) {
    if (!threads_.lock_until(deadline)) return false;
    bool entered = false;
    try {
        entered = enter_process_gate(deadline, poll);
    } catch (...) {
        threads_.unlock();
        throw;
    }
    if (entered)
        holder_ = std::this_thread::get_id();
    else
        threads_.unlock();
    return entered;
}

void Gate::leave() noexcept {
    holder_ = std::thread::id{};
    gave_way_ = !others_wait();
    set_lock(F_UNLCK, gate_byte);
    threads_.unlock();
}

bool Gate::enter_process_gate(Clock::time_point deadline, const Poll& poll) {
    // Without the pause the process that just left would nearly always be first again.
    if (!gave_way_) std::this_thread::sleep_for(1ms);
    gave_way_ = true;
    if (set_lock(F_WRLCK, gate_byte)) return true;
    set_lock(F_RDLCK, waiting_byte);
    try {
        const bool entered = wait_until(deadline, poll);
        set_lock(F_UNLCK, waiting_byte);
        return entered;
    } catch (...) {
        set_lock(F_UNLCK, waiting_byte);
        throw;
    }
}

bool Gate::wait_until(Clock::time_point deadline, const Poll& poll) {
    const auto start = Clock::now();
    for (auto now = start; now < deadline; now = Clock::now()) {
        if (poll && poll()) throw Interrupted{"the wait for another writer was interrupted"};
        std::this_thread::sleep_for(std::min(pause_after(now - start), deadline - now));
        if (set_lock(F_WRLCK, gate_byte)) return true;
    }
    return false;
}

bool Gate::set_lock(short type, long byte) const {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = byte;
    lock.l_len = 1;
    return ::fcntl(descriptor_, F_OFD_SETLK, &lock) == 0;
}

bool Gate::others_wait() const {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = waiting_byte;
    lock.l_len = 1;
    return ::fcntl(descriptor_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace crm::storage
