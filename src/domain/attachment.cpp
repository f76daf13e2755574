#include "crm/attachment.hpp"

#include "domain/records.hpp"
#include "kernel/content.hpp"
#include "kernel/engine.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr std::string_view content_digest[] = {"digest"};

constexpr Column attachment_columns[] = {
    column<&Attachment::record>("record_id", required | fixed | parent,
                                {.on_delete = OnDelete::takes_along}),
    column<&Attachment::file_name>("file_name", required | personal | on_card),
    column<&Attachment::media_type>("media_type", on_card),
    column<&Attachment::size>("size", derived | on_card, {.made_of = content_digest}),
    column<&Attachment::digest>("digest", derived),
    column<&Attachment::path>("path", personal | on_card, {.max_length = 4'096}),
};

/// A new one has the content that its command brought for it; what is asked for by digest is not.
void derive_attachment(Work& work, void* record) {
    auto& attachment = *static_cast<Attachment*>(record);
    auto& transaction = work.transaction();
    if (!transaction.created_here(attachment.head.id)) return;
    if (!transaction.brought_content() &&
        !kernel::content_of(transaction.connection(), attachment.head.id))
        attachment.size.reset(), attachment.digest.clear();
}

void check_attachment(Work& work, const void* record, const void* before) {
    const auto& attachment = *static_cast<const Attachment*>(record);
    if (attachment.path.empty() == attachment.digest.empty())
        throw Invalid("attachment", "path",
                      attachment.path.empty() ? "is needed where no content is attached"
                                              : "stands outside the file: attach one or the other");
    auto& transaction = work.transaction();
    const bool is_brought = !before && transaction.brought_content();
    if (!attachment.digest.empty() && !is_brought &&
        !kernel::content_of(transaction.connection(), attachment.head.id))
        throw Conflict("attachment: its content was let go of and cannot come back",
                       attachment.head.id);
}

void attachment_written(Work& work, const void* record, const void* before) {
    auto& transaction = work.transaction();
    const std::int64_t content = transaction.brought_content();
    if (before || !content) return;
    kernel::use_content(transaction.connection(), static_cast<const Attachment*>(record)->head.id,
                        content);
    transaction.bring_content(0);
}

Kind make_attachment_kind() {
    Kind kind =
        kernel::kind<Attachment>(number::attachment, "attachment", Role::child, attachment_columns);
    kind.rules = {
        .derive = derive_attachment, .check = check_attachment, .written = attachment_written};
    return kind;
}

/// For the one record that is made meanwhile.
class Brought {
public:
    Brought(kernel::Transaction& transaction, std::int64_t content) : transaction_(transaction) {
        transaction_.bring_content(content);
    }
    ~Brought() { transaction_.bring_content(0); }
    Brought(const Brought&) = delete;
    Brought& operator=(const Brought&) = delete;

private:
    kernel::Transaction& transaction_;
};

Attachment attach_content(Attachments& attachments, Work& work, Attachment attachment,
                          std::string_view bytes) {
    auto& transaction = work.transaction();
    kernel::Transaction::Part part(transaction);  // no content without its attachment
    const auto content = kernel::keep_content(transaction.connection(), bytes);
    const Brought brought(transaction, content.id);
    attachment.digest = content.digest;
    attachment.size = content.size;
    attachment = attachments.add(attachment);
    part.keep();
    return attachment;
}

}  // namespace

template <>
const Kind& kind_of<Attachment>() {
    static const Kind kind = make_attachment_kind();
    return kind;
}

Attachment Attachments::attach(Ref record, std::string_view file_name, std::string_view content,
                               std::string_view media_type) {
    if (content.size() > most_bytes)
        throw LimitExceeded("attachment: " + std::to_string(content.size()) + " bytes; at most " +
                            std::to_string(most_bytes) +
                            " go into the CRM file: attach it by its path");
    Attachment attached{.record = record,
                        .file_name = std::string(file_name),
                        .media_type = std::string(media_type)};
    session().write("attachment.attach",
                    [&](Work& work) { attached = attach_content(*this, work, attached, content); });
    return attached;
}

std::vector<Attachment> Attachments::of(Ref record) const {
    return domain::records<Attachment>(session(), "attachment.of", {{":record", record.value()}});
}

std::string Attachments::read(Id<Attachment> id) const {
    kernel::Reading reading(session().state());
    const bool is_one = id.ref().kind() == number::attachment;
    const auto found = is_one ? kernel::find(reading, id) : std::nullopt;
    if (!found) throw NotFound("attachment: no such record");
    const Kind& kind = found->kind();
    reading.rights().require_shown(kind, kind.column("digest"));
    if (found->as<Attachment>().digest.empty())
        throw Invalid("attachment", "path", "stands outside the CRM file: open it there");
    return kernel::bytes_of(reading.connection(), id);
}

FreedContent Attachments::free_removed(Time before) {
    FreedContent freed;
    session().write("attachment.free_removed", [&](Work& work) {
        auto& transaction = work.transaction();
        if (!transaction.rights().administers())
            throw Denied("attachment: only administrators let go of removed files");
        const auto removed =
            domain::refs(work, "attachment.removed_before", {{":before", domain::instant(before)}});
        const auto contents = kernel::free_contents(transaction.connection(), removed);
        if (!removed.empty()) transaction.count_write();
        freed = {std::ssize(removed), contents.contents, contents.bytes};
    });
    return freed;
}

}  // namespace crm
