// Attachments from files and to files.
#include <fstream>
#include <iterator>
#include <system_error>

#include "crm/attachment.hpp"
#include "crm/error.hpp"
#include "exchange/output_file.hpp"
#include "storage/registry.hpp"

namespace crm::inline v1 {
namespace {

/// One byte more than may be attached is enough to refuse it.
std::string content_of(const std::filesystem::path& file) {
    if (storage::is_held(file))
        throw Invalid("attachment", "file",
                      file.string() + " is the CRM file itself, or belongs to it");
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        throw IoError(file.string() + ": is a directory");
    std::ifstream stream(file, std::ios::binary);
    std::string content(Attachments::most_bytes + 1, '\0');
    if (stream) stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!stream.eof() && !stream) throw IoError(file.string() + ": cannot be read");
    content.resize(static_cast<std::size_t>(stream.gcount()));
    return content;
}

}  // namespace

Attachment Attachments::attach_file(Ref record, const std::filesystem::path& file,
                                    std::string_view media_type) {
    return attach(record, file.filename().string(), content_of(file), media_type);
}

void Attachments::write_to(Id<Attachment> id, const std::filesystem::path& file) const {
    const std::string content = read(id);
    exchange::OutputFile output(file, false, "attachment");
    output.write(content);
    output.publish();
}

}  // namespace crm
