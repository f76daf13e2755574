/// A process of its own that works and tells what it found.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace test {

/// Runs a function that returns text in a forked process; the text comes back through a pipe.
class Worker {
public:
    template <class Work>
    explicit Worker(const Work& work) {
        int ends[2];
        if (::pipe(ends) != 0) throw std::runtime_error("no pipe for a worker");
        process_ = ::fork();
        if (process_ == 0) {
            ::close(ends[0]);
            const std::string text = work();
            const bool whole =
                ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
            ::_exit(whole ? 0 : 1);
        }
        ::close(ends[1]);
        from_ = ends[0];
    }

    /// Waits for its end. Throws std::runtime_error where that was no good one.
    std::string text() const {
        std::string text;
        char buffer[4096];
        for (ssize_t size; (size = ::read(from_, buffer, sizeof buffer)) > 0;)
            text.append(buffer, static_cast<std::size_t>(size));
        ::close(from_);
        int status = 0;
        ::waitpid(process_, &status, 0);
        if (status != 0)
            throw std::runtime_error("a worker ended with status " + std::to_string(status));
        return text;
    }

private:
    pid_t process_ = 0;
    int from_ = 0;
};

}  // namespace test
