/// Attachments: files that belong to records, inside the CRM file or at a path outside it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/record.hpp"
#include "crm/session.hpp"
#include "crm/time.hpp"

namespace crm::inline v1 {

/// A file of a record of any root kind. Seen by who sees the record. Its content either stands in
/// the CRM file, and then has a digest, or outside it at `path`, which the library never opens.
///
/// Equal contents stand in the file once, known by their digest. A content cannot be had by its
/// digest: whoever attaches it brings the bytes, and reading asks for sight of an attachment.
struct Attachment {
    Head head{};
    Ref record{};
    std::string file_name{};             ///< "offer.pdf"
    std::string media_type{};            ///< "application/pdf"; as given, never guessed
    std::optional<std::int64_t> size{};  ///< derived: bytes of the content in the file
    std::string digest{};                ///< derived: BLAKE2b-256 of it, 64 hexadecimal digits
    std::string path{};  ///< where the file stands, if not in the CRM file; at most 4,096 bytes
    bool operator==(const Attachment&) const = default;
};

/// What `free_removed` took out.
struct FreedContent {
    std::int64_t attachments = 0;  ///< that can no longer be restored
    std::int64_t contents = 0;     ///< that no attachment has any more
    std::int64_t bytes = 0;        ///< of those
    bool operator==(const FreedContent&) const = default;
};

/// Attachments and their contents. Rights: change on the record; read to read.
///
/// One by path is added as any record (`add`, with a file name and a path).
class CRM_API Attachments : public Records<Attachment> {
public:
    using Records::Records;
    /// The longest content that goes into the CRM file: 16 MiB.
    static constexpr std::size_t most_bytes = std::size_t{16} << 20;

    /// Attaches a content. Throws LimitExceeded beyond `most_bytes`: attach that by path.
    Attachment attach(Ref record, std::string_view file_name, std::string_view content,
                      std::string_view media_type = {});
    /// Reads a file and attaches its content under its own name. Throws LimitExceeded as above,
    /// IoError where it cannot be read, Invalid where it is the CRM file itself.
    Attachment attach_file(Ref record, const std::filesystem::path& file,
                           std::string_view media_type = {});
    /// The attachments of a record, oldest first; at most 1,000.
    std::vector<Attachment> of(Ref record) const;
    /// The content. Throws NotFound also where the attachment is hidden, Denied where its digest
    /// is, Invalid for one by path.
    std::string read(Id<Attachment> id) const;
    /// Writes the content to a new file, which appears whole or not at all. Throws Conflict where
    /// there is such a file.
    void write_to(Id<Attachment> id, const std::filesystem::path& file) const;

    /// Contents of removed attachments stay, so that the removal can be undone. This lets go of
    /// those of attachments removed before a time; to restore one of them is a Conflict then.
    /// Erasing a person frees what was attached to it at once. One command
    /// "attachment.free_removed", which cannot be undone. Rights: administer. Cost: looks at every
    /// content that was ever attached and not freed.
    FreedContent free_removed(Time before);
};

template <>
CRM_API const Kind& kind_of<Attachment>();

}  // namespace crm
