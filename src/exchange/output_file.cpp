#include "exchange/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "crm/error.hpp"
#include "storage/open_rules.hpp"
#include "storage/registry.hpp"

namespace crm::exchange {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path) {
    throw IoError(path.string() + ": " + std::strerror(errno));
}

fs::path checked(const fs::path& path, std::string_view kind) {
    if (storage::is_held(path))
        throw Invalid(std::string(kind), "to",
                      path.string() + " is the CRM file itself, or belongs to it");
    return path;
}

/// What takes a file's place is for the eyes of no more people than that was.
void take_permissions(int descriptor, const fs::path& of) {
    struct stat status {};
    if (::stat(of.c_str(), &status) == 0) ::fchmod(descriptor, status.st_mode & 0777);
}

}  // namespace

OutputFile::OutputFile(const fs::path& path, bool replaces, std::string_view kind)
    : replaces_(replaces),
      place_(storage::find_place(checked(path, kind), replaces)),
      temporary_(place_) {
    descriptor_ = ::open(temporary_.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail(place_);
    if (replaces) take_permissions(descriptor_, place_);
}

OutputFile::~OutputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void OutputFile::write(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(descriptor_, text.data(), text.size());
        if (written < 0 && errno != EINTR) fail(place_);
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void OutputFile::publish() {
    if (::fsync(descriptor_) != 0) fail(place_);
    temporary_.publish(replaces_);
}

}  // namespace crm::exchange
