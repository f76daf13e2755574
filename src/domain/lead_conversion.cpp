#include <algorithm>
#include <utility>

#include "crm/address.hpp"
#include "crm/duplicates.hpp"
#include "crm/error.hpp"
#include "crm/lead.hpp"
#include "crm/note.hpp"
#include "crm/party.hpp"
#include "crm/point.hpp"
#include "domain/lead.hpp"
#include "domain/records.hpp"
#include "kernel/engine.hpp"

// What becomes of a lead: contact and party, found or made, and all that hung on it.
namespace crm::inline v1 {
namespace {

using How = Became::How;
using kernel::Action;
using kernel::Authority;

// A full name alone is no proof of a human (0.89); that of an organisation is, where nothing else
// speaks against it (0.8, 0.74 with another phone).
constexpr double sure_of_contact = 0.9, sure_of_organisation = 0.7;

template <class Record>
AnyRecord any_of(const Record& record) {
    AnyRecord any(kind_of<Record>());
    any.kind().copy(any.data(), &record);
    return any;
}

/// One lead on its way, within an open unit of work.
class Converting {
public:
    Converting(Work& work, Session& session, const Lead& lead, const Conversion& wanted)
        : work_(work),
          session_(session),
          lead_(lead),
          wanted_(wanted),
          points_(Points(session).of(lead.head.id)) {}

    Converted run() {
        take_given();
        if (!has(contact_) && domain::names_person(lead_)) find_contact();
        if (!has(party_)) find_party();
        make_what_is_missing();
        join();
        make_project();
        carry_over();
        return {close(), party_, contact_, project_};
    }

private:
    static bool has(const Became& became) { return became.how != How::nothing; }
    Id<Party> party() const { return Id<Party>{party_.record}; }
    Id<Contact> contact() const { return Id<Contact>{contact_.record}; }

    // ---- what there is

    void take_given() {
        if (wanted_.contact) {
            Contacts(session_).get(wanted_.contact);
            contact_ = {How::given, wanted_.contact};
        }
        if (!wanted_.party) return;
        const Party given = Parties(session_).get(wanted_.party);
        party_ = {How::given, wanted_.party};
        if (given.nature != PartyNature::person) return;
        const auto person =
            domain::refs(work_, "contact.of_person", {{":party", wanted_.party.value()}});
        if (has(contact_) && contact_.record != person.front())
            throw Invalid("conversion", "contact", "is another one than the party's own");
        contact_ = {How::given, person.front()};
    }

    void find_contact() {
        std::vector<AnyRecord> parts;
        for (const Point& point : points_) parts.push_back(any_of(point));
        contact_ = match(any_of(domain::contact_of(lead_)), parts, sure_of_contact);
    }

    /// Without a company the party is the one that the contact is, or speaks for.
    void find_party() {
        if (!lead_.company.empty()) return find_organisation();
        if (!has(contact_)) return;
        if (const auto of = domain::party_of(session_, Contacts(session_).get(contact())))
            party_ = {contact_.how, of, contact_.score, contact_.reasons};
    }

    /// A mailbox is a person's, and says nothing of the organisation.
    void find_organisation() {
        std::vector<AnyRecord> parts;
        for (const Point& point : points_)
            if (point.type != "email") parts.push_back(any_of(point));
        party_ = match(any_of(organisation()), parts, sure_of_organisation);
    }

    Became match(const AnyRecord& draft, const std::vector<AnyRecord>& parts, double sure) const {
        if (!wanted_.match) return {};
        const auto found = Duplicates(session_).of(draft, parts, {.min_score = sure, .limit = 1});
        if (found.empty()) return {};
        const Duplicate& best = found.front();
        const Ref known = best.record == draft.head().id ? best.other : best.record;
        return {How::matched, known, best.score, best.reasons};
    }

    // ---- what is made

    /// What is made belongs to the lead's owner.
    Head head() const {
        Head head{.territory = lead_.head.territory};
        if (lead_.head.owner != session_.user()) head.owner = lead_.head.owner;
        return head;
    }

    /// What the caller leaves open follows from the lead.
    void complete(Head& given) const {
        const Head own = head();
        if (!given.owner) given.owner = own.owner;
        if (!given.territory) given.territory = own.territory;
    }

    Party organisation() const {
        Party party = source();
        party.name = lead_.company;
        party.tax_code = lead_.tax_code;
        return party;
    }

    Party source() const {
        return {.head = head(),
                .source = lead_.source,
                .source_note = lead_.source_note,
                .description = lead_.description};
    }

    Contact person() const {
        Contact contact = domain::contact_of(lead_);
        contact.head = head();
        return contact;
    }

    void make_what_is_missing() {
        const bool is_human = !has(contact_) && domain::names_person(lead_);
        if (!has(party_) && !lead_.company.empty())
            party_ = {How::made, Parties(session_).add(organisation()).head.id};
        if (!is_human) return;
        if (has(party_)) {
            contact_ = {How::made, Contacts(session_).add(person()).head.id};
            return;
        }
        const Person made = Parties(session_).add_person(person(), source());
        party_ = {How::made, made.party.head.id};
        contact_ = {How::made, made.contact.head.id};
    }

    void join() {
        if (!has(party_) || !has(contact_)) return;
        const Contact speaker = Contacts(session_).get(contact());
        if (speaker.person == party()) return;
        const auto speaks = [&](const Membership& membership) {
            return membership.party == party() && domain::still_speaks(session_, membership);
        };
        if (std::ranges::none_of(Contacts(session_).memberships(contact()), speaks))
            Contacts(session_).join(contact(), party(), lead_.job_title);
    }

    void make_project() {
        if (!wanted_.project) return;
        Project project = *wanted_.project;
        if (!project.party) project.party = party();
        complete(project.head);
        project_ = {How::made, Projects(session_).add(project).head.id};
    }

    // ---- what hung on the lead

    bool may_change(Ref record) const {
        auto& transaction = work_.transaction();
        if (transaction.created_here(record)) return true;
        AnyRecord stored(transaction.kind_of(record));
        kernel::load(transaction.connection(), transaction.plan(stored.kind()), record,
                     stored.data());
        return transaction.rights().covers(transaction.connection(), stored.kind(), Action::change,
                                           stored.data());
    }

    void carry_over() {
        const Ref target = has(contact_) ? contact_.record : party_.record;
        if (!may_change(target))
            throw Denied("lead: the right to change the " +
                         std::string(work_.transaction().kind_of(target).name) +
                         " that it would become is missing; ask somebody who has it, give another "
                         "one, or convert without matching");
        move("lead.points", kind_of<Point>(), target);
        move("lead.notes", kind_of<Note>(), target);
        move("lead.consents", kind_of<Consent>(), target);
        const bool at_party = has(party_) && may_change(party_.record);
        move("lead.addresses", kind_of<Address>(), at_party ? party_.record : target);
        carry_activities();
    }

    /// Children of the lead, seen or not; those that say nothing new go.
    void move(std::string_view query, const Kind& kind, Ref to) {
        std::vector<std::pair<Ref, bool>> children;
        {
            kernel::Reading reading(session_.state());
            auto rows = kernel::named_query(
                reading, query, {{":lead", lead_.head.id.value()}, {":to", to.value()}});
            while (rows.step()) children.emplace_back(Ref{rows.integer(0)}, rows.integer(1) != 0);
        }
        const Assignment parent{"record_id", to.value()};
        auto& transaction = work_.transaction();
        for (const auto& [child, is_known] : children)
            if (is_known)
                kernel::remove(transaction, kind, child, any_version, Authority::engine);
            else
                kernel::update(transaction, kind, child, any_version, {&parent, 1}, nullptr,
                               Authority::engine);
    }

    /// They stay the lead's, and are the party's and the contact's besides where they name none.
    void carry_activities() {
        for (const Ref id :
             domain::refs(work_, "lead.activities", {{":lead", lead_.head.id.value()}})) {
            const auto activity = domain::load(work_, Id<Activity>{id});
            std::vector<Assignment> fields;
            if (!activity->party && !activity->parent && has(party_))  // the others follow
                fields.push_back({"party_id", party().value()});
            if (!activity->contact && has(contact_))
                fields.push_back({"contact_id", contact().value()});
            kernel::update(work_.transaction(), kind_of<Activity>(), id, any_version, fields,
                           nullptr, Authority::engine);
        }
    }

    Lead close() {
        const auto reference = [](const Became& became) {
            return has(became) ? Value{became.record.value()} : Value{};
        };
        return domain::set_lead(work_, lead_.head.id,
                                {{"state", "converted"},
                                 {"party_id", reference(party_)},
                                 {"contact_id", reference(contact_)},
                                 {"project_id", reference(project_)}});
    }

    Work& work_;
    Session& session_;
    const Lead& lead_;
    const Conversion& wanted_;
    const std::vector<Point> points_;
    Became party_{}, contact_{}, project_{};
};

}  // namespace

Converted Leads::convert(Id<Lead> id, const Conversion& conversion) {
    Converted converted;
    session().write("lead.convert", [&](Work& work) {
        const Lead lead = domain::require_lead(work, id, Action::change);
        domain::require_open(work, lead);
        kernel::Transaction::Part part(work.transaction());  // all or nothing, also in another
                                                             // command
        converted = Converting(work, session(), lead, conversion).run();
        part.keep();
    });
    return converted;
}

}  // namespace crm
