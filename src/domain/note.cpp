#include "crm/note.hpp"

#include "domain/records.hpp"
#include "domain/telling.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

constexpr Column note_columns[] = {
    column<&Note::record>("record_id", required | fixed | parent,
                          {.on_delete = OnDelete::takes_along}),
    column<&Note::title>("title", searchable | on_card),
    column<&Note::author>("author_id", derived | always_shown | on_card, {.target = number::user}),
    column<&Note::written_at>("written_at", derived | always_shown | on_card),
    column<&Note::text>("text", required | searchable | body | on_card),
};

constexpr Order note_orders[] = {{"written", "written_at"}};

void derive_note(Work& work, void* record) {
    auto& note = *static_cast<Note*>(record);
    if (!work.transaction().created_here(note.head.id)) return;
    note.author = work.transaction().session().user;
    note.written_at = work.now();
}

void check_note(Work& work, const void* record, const void* before) {
    const auto& note = *static_cast<const Note*>(record);
    const Kind* about = work.transaction().kind(note.record.kind());
    if (!about || about->role != Role::root)
        throw Invalid("note", "record_id", "must be a record with an owner, such as a party");
    domain::tell_of(work, note, static_cast<const Note*>(before));
}

Kind make_note_kind() {
    Kind kind = kernel::kind<Note>(number::note, "note", Role::child, note_columns);
    kind.orders = note_orders;
    kind.rules = {.derive = derive_note, .check = check_note};
    kind.readers_add = true;
    return kind;
}

}  // namespace

template <>
const Kind& kind_of<Note>() {
    static const Kind kind = make_note_kind();
    return kind;
}

Note Notes::write(Ref about, std::string_view text, std::string_view title) {
    const Note note{.record = about, .title = std::string(title), .text = std::string(text)};
    Note written;
    session().write("note.write", [&](Work&) { written = add(note); });
    return written;
}

Page<Note> Notes::about(Ref record, int limit, const std::string& after) const {
    domain::require_page_limit(limit);
    const auto key = domain::PageKey::parse(after);
    Page<Note> page;
    page.rows = domain::records<Note>(session(), "note.about",
                                      {{":record", record.value()},
                                       {":at", domain::instant(key.at)},
                                       {":id", key.id},
                                       {":limit", std::int64_t{limit} + 1}},
                                      true);
    if (domain::cut(page.rows, limit))
        page.next =
            domain::PageKey{page.rows.back().written_at, page.rows.back().head.id.value()}.text();
    return page;
}

}  // namespace crm
