#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "crm/contact.hpp"
#include "crm/erasure.hpp"
#include "crm/error.hpp"
#include "crm/external_key.hpp"
#include "crm/lead.hpp"
#include "crm/party.hpp"
#include "exchange/output_file.hpp"
#include "kernel/column.hpp"
#include "kernel/history.hpp"
#include "kernel/named.hpp"
#include "kernel/run.hpp"
#include "kernel/select.hpp"

namespace crm::inline v1 {
namespace {

constexpr int page_rows = 1'000;

std::string id_text(Ref ref) { return std::to_string(ref.value()); }
template <class Number>
std::string number_text(Number number) {
    return std::to_string(static_cast<std::int64_t>(number));
}

std::string_view name_of(HistoryEntry::What what) {
    constexpr std::string_view names[] = {"created", "changed", "removed", "restored"};
    return names[static_cast<std::size_t>(what)];
}

/// All data of one person in one snapshot.
class Subject {
public:
    Subject(Session& session, Ref person) : reading_(session.state()), session_(session) {
        find_person(person);
        find_leads();
        for (const AnyRecord& half : halves_) require_export(half);
    }

    std::string text() {
        for (const AnyRecord& half : halves_) add_children(half);
        for (const AnyRecord& half : halves_) told_.insert(half.head().id);
        for (const AnyRecord& half : halves_) add_activities(half);
        for (const AnyRecord& half : halves_) add_history_of(half.head().id);
        for (const AnyRecord& half : halves_) add_removed(half.head().id);
        for (const Ref child : children_) add_history_of(child);
        return Json(Json::Object{{"exported_at", to_text(session_.now())},
                                 {"exported_by", session_.login()},
                                 {"copy", reading_.database().copy_uuid()},
                                 {"person", halves()},
                                 {"records", std::move(records_)},
                                 {"activities", std::move(activities_)},
                                 {"history", std::move(history_)},
                                 {"sources", sources()},
                                 {"consents", std::move(consents_)},
                                 {"files", std::move(files_)}})
                   .dump() +
               "\n";
    }

private:
    /// A lead that became nobody is all there is of the person.
    void find_person(Ref person) {
        if (person.kind() != kernel::number::lead) return find_halves(person);
        auto lead = kernel::find(reading_, person);
        if (!lead) throw NotFound("lead: no such record");
        const Ref became = lead->as<Lead>().contact;
        halves_.push_back(std::move(*lead));
        if (became && kernel::find(reading_, became)) find_halves(became);
    }

    void find_leads() {
        for (std::size_t half = 0, count = halves_.size(); half < count; ++half)
            for (AnyRecord& lead :
                 kernel::records_of(reading_, *reading_.kind(kernel::number::lead), "lead.became",
                                    {{":record", halves_[half].head().id.value()}}, true))
                if (std::ranges::find(halves_, lead.head().id, [](const AnyRecord& known) {
                        return known.head().id;
                    }) == halves_.end())
                    halves_.push_back(std::move(lead));
    }

    void find_halves(Ref person) {
        const Kind* kind = reading_.kind(person.kind());
        const bool may_be = kind && (kind->number == kernel::number::party ||
                                     kind->number == kernel::number::contact);
        if (!may_be) throw Invalid("subject", "person", "must be a party, a contact or a lead");
        auto found = kernel::find(reading_, person);
        if (!found) throw NotFound(std::string(kind->name) + ": no such record");
        Ref other;
        if (kind->number == kernel::number::contact) {
            other = found->as<Contact>().person;
        } else {
            if (found->as<Party>().nature != PartyNature::person)
                throw Invalid("subject", "person", "is an organisation, not a natural person");
            auto row = kernel::named_query(reading_, "party.person", {{":party", person.value()}});
            if (row.step()) other = Ref{row.integer(0)};
        }
        halves_.push_back(std::move(*found));
        if (!other) return;
        if (auto half = kernel::find(reading_, other)) halves_.push_back(std::move(*half));
    }

    void require_export(const AnyRecord& half) const {
        if (!reading_.rights().covers(reading_.connection(), half.kind(), kernel::Action::exporting,
                                      half.data()))
            throw Denied(std::string(half.kind().name) +
                         ": the right to export this record is missing");
    }

    Json halves() const {
        Json::Object all;
        Json::Array leads;
        for (const AnyRecord& half : halves_)
            if (half.kind().number == kernel::number::lead)
                leads.emplace_back(half.json());
            else
                all.emplace_back(std::string(half.kind().name), half.json());
        if (!leads.empty()) all.emplace_back("leads", std::move(leads));
        return all;
    }

    /// Every visible record of a kind that refers to another by a column.
    template <class Each>
    void each_referring(const Kind& kind, const Column& column, Ref to, const Each& each) {
        if (reading_.rights().hides(kind, column)) return;
        Query query{.where = field(std::string(column.name)) == Json(to.value()),
                    .limit = page_rows,
                    .bodies = true};
        do {
            auto page = kernel::list(reading_, kind, query);
            for (const AnyRecord& record : page.rows) each(record);
            query.after = std::move(page.next);
            reading_.renew_deadline();
        } while (!query.after.empty());
    }

    static bool may_refer(const Column& column, const AnyRecord& half) {
        return column.type == FieldType::reference &&
               (column.target == half.kind().number || (column.target == 0 && column.has(parent)));
    }

    static Json::Object told(const AnyRecord& record) {
        return {{"kind", record.kind().name}, {"record", record.json()}};
    }

    /// Of others no more than that they refer to the person: the rest is their own.
    static Json::Object named(const AnyRecord& record, const Column& by) {
        return {{"kind", record.kind().name},
                {"record", Json::Object{{"id", id_text(record.head().id)}}},
                {"field", by.name}};
    }

    void add_children(const AnyRecord& half) {
        for (const Kind& kind : reading_.kinds()) {
            const Column* column = kind.parent_column();
            if (!column || !may_refer(*column, half)) continue;
            each_referring(kind, *column, half.head().id, [&](const AnyRecord& child) {
                children_.push_back(child.head().id);
                if (kind.number == kernel::number::consent)
                    return void(consents_.emplace_back(child.json()));
                if (kind.number == kernel::number::attachment)
                    return void(files_.emplace_back(child.json()));
                records_.emplace_back(told(child));
                if (kind.number == kernel::number::external_key)
                    keys_.emplace_back(Json::Object{{"system", child.as<ExternalKey>().system},
                                                    {"key", child.as<ExternalKey>().key}});
            });
        }
    }

    /// Roots that refer to the person and are not the person itself.
    void add_activities(const AnyRecord& half) {
        for (const Kind& kind : reading_.kinds()) {
            if (kind.role != Role::root) continue;
            for (const Column& column : kind.columns) {
                if (!may_refer(column, half) || column.has(twin)) continue;
                each_referring(kind, column, half.head().id, [&](const AnyRecord& record) {
                    if (told_.insert(record.head().id).second)
                        activities_.emplace_back(kind.number == kernel::number::activity ||
                                                         kind.number == kernel::number::call
                                                     ? told(record)
                                                     : named(record, column));
                });
            }
        }
    }

    void add_removed(Ref half) {
        std::vector<Ref> removed;
        {
            auto rows =
                kernel::named_query(reading_, "erasure.removed_of", {{":record", half.value()}});
            while (rows.step()) removed.emplace_back(rows.integer(1));
        }
        for (const Ref ref : removed) add_history_of(ref);
    }

    /// Of what the session may not see there is none.
    void add_history_of(Ref record) try {
        if (!told_history_.insert(record).second) return;
        reading_.renew_deadline();
        for (const HistoryEntry& entry : kernel::history(reading_, record)) {
            Json::Array fields;
            for (const FieldChange& change : entry.fields)
                fields.emplace_back(Json::Object{
                    {"field", change.field}, {"from", change.from}, {"to", change.to}});
            history_.emplace_back(Json::Object{{"record", id_text(record)},
                                               {"kind", reading_.kind_of(record).name},
                                               {"command", number_text(entry.command.id)},
                                               {"at", to_text(entry.command.at)},
                                               {"by", entry.user_login},
                                               {"what", name_of(entry.what)},
                                               {"fields", std::move(fields)}});
            commands_.emplace(entry.command.id, entry);
        }
    } catch (const NotFound&) {}

    Json sources() {
        Json::Array commands, runs;
        std::set<RunId> of;
        for (const auto& [id, entry] : commands_) {
            commands.emplace_back(Json::Object{{"command", number_text(id)},
                                               {"at", to_text(entry.command.at)},
                                               {"by", entry.user_login},
                                               {"verb", entry.command.verb}});
            if (entry.command.run != RunId{}) of.insert(entry.command.run);
        }
        for (const RunId run : of) runs.emplace_back(run_json(run));
        return Json::Object{{"commands", std::move(commands)},
                            {"imports", std::move(runs)},
                            {"external_keys", std::move(keys_)}};
    }

    /// Another user's import is told by its number only.
    Json run_json(RunId id) try {
        const Run run = kernel::run_row(reading_, id).run;
        return Json::Object{{"run", number_text(id)},
                            {"verb", run.verb},
                            {"source", run.source},
                            {"started_at", to_text(run.started_at)}};
    } catch (const NotFound&) {
        return Json::Object{{"run", number_text(id)}};
    }

    kernel::Reading reading_;
    Session& session_;
    std::vector<AnyRecord> halves_;
    std::vector<Ref> children_;
    Json::Array records_, activities_, history_, keys_, consents_, files_;
    std::set<Ref> told_, told_history_;
    std::map<CommandId, HistoryEntry> commands_;
};

}  // namespace

void export_subject(Session& session, Ref person, const std::filesystem::path& target) {
    Subject subject(session, person);
    exchange::OutputFile file(target, false, "subject");
    file.write(subject.text());
    file.publish();
}

}  // namespace crm
