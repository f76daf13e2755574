#include <algorithm>
#include <utility>

#include "crm/consent.hpp"
#include "crm/error.hpp"
#include "crm/json.hpp"
#include "crm/lead.hpp"
#include "crm/party.hpp"
#include "crm/point.hpp"
#include "crm/text.hpp"
#include "crm/user.hpp"
#include "domain/lead.hpp"
#include "domain/notice.hpp"
#include "domain/person.hpp"
#include "domain/point.hpp"
#include "domain/records.hpp"
#include "kernel/engine.hpp"

// What people leave on a site, taken in once for each key.
namespace crm::inline v1 {
namespace {

using kernel::Authority;

/// Of one kind by one address or number. With as many or more nobody is known without doubt.
constexpr std::size_t most_known = 50;

void require_intake(const Intake& intake) {
    const auto require = [](bool given, const char* field, const char* reason) {
        if (!given) throw Invalid("intake", field, reason);
    };
    require(!intake.key.empty(), "key", "is required, so that nothing is taken in twice");
    require(!intake.subject.empty(), "subject",
            "is required: what was left, such as \"Order 1042\"");
    require(!intake.email.empty() || !intake.phone.empty(), "email",
            "or a phone is required: nobody is known without");
}

Json told(const std::optional<Time>& time) { return time ? Json(to_text(*time)) : Json{}; }

/// What the key stands for. Only a hash of it is kept.
std::string arguments_of(const Intake& intake) {
    Json::Array consents;
    for (const auto& each : intake.consents)
        consents.emplace_back(Json::Array{each.channel, each.state == ConsentState::given,
                                          told(each.stated_at), each.source, each.evidence});
    return Json(Json::Array{intake.subject, intake.kind, intake.text, intake.first_name,
                            intake.last_name, intake.company, intake.job_title, intake.email,
                            intake.phone, intake.source, intake.source_note, std::move(consents),
                            intake.queue.value()})
        .dump();
}

std::string json_of(const Received& received) {
    return Json(Json::Array{received.lead.value(), received.contact.value(), received.party.value(),
                            received.activity.value(), received.is_new})
        .dump();
}

Received received_from(const std::string& result) {
    const Json all = Json::parse(result);
    const auto id = [&](std::size_t at) { return Ref{all.array()[at].integer()}; };
    return {id(0), id(1), id(2), id(3), all.array()[4].boolean()};
}

/// One intake, within its unit of work.
class Receiving {
public:
    Receiving(Work& work, Session& session, const Intake& intake)
        : work_(work),
          session_(session),
          intake_(intake),
          name_(domain::name_of(
              Contact{.first_name = intake.first_name, .last_name = intake.last_name})) {}

    Received run() {
        require_right();
        const bool is_known = find_by("email", intake_.email, false) ||
                              find_by("phone", intake_.phone, !name_.key.empty());
        if (!is_known) make_lead();
        if (is_sure_) add_points();
        state_consents();
        register_activity();
        if (received_.is_new && intake_.queue)
            Leads(session_).enqueue(received_.lead, intake_.queue);
        return received_;
    }

private:
    /// The activity may go to another owner: whoever may make one of his own may take in.
    void require_right() const {
        Activity own = activity();
        own.head.owner = session_.user();
        own.head.unit = session_.unit();
        const auto& transaction = work_.transaction();
        if (!transaction.rights().covers(transaction.connection(), kind_of<Activity>(),
                                         kernel::Action::create, &own))
            throw Denied("activity: the right to create this record is missing");
    }

    // ---- who is known

    std::string normalized(const char* type, const std::string& typed) const {
        try {
            auto value = domain::normal_form({.type = type, .value = typed},
                                             work_.transaction().database().country());
            if (!value.empty()) return value;
        } catch (const Invalid& error) {
            throw Invalid("intake", type, error.reason);
        }
        throw Invalid("intake", type, "has nothing of a " + std::string(type));
    }

    template <class Record>
    std::vector<Record> reached(std::string_view query, std::string_view value) const {
        return domain::records<Record>(session_, query,
                                       {{":value", value}, {":limit", std::int64_t{most_known}}});
    }

    /// Of those reached so the one of the same name, else the oldest. A phone is many people's:
    /// with another name it is nobody's who is known. Who states consent must be known without
    /// doubt: it would count before what somebody else has stated.
    bool find_by(const char* type, const std::string& typed, bool same_name) {
        if (typed.empty()) return false;
        const std::string value = normalized(type, typed);
        const auto contacts = reached<Contact>("lead.contacts_known", value);
        const auto leads = reached<Lead>("lead.leads_known", value);
        const auto organisations = reached<Party>("lead.organisations_known", value);
        is_sure_ = name_.key.empty() ? contacts.size() + leads.size() == 1 && organisations.empty()
                                     : namesakes(contacts) + namesakes(leads) == 1 &&
                                           std::max(contacts.size(), leads.size()) < most_known;
        const Contact* contact = namesake(contacts);
        const Lead* lead = contact ? nullptr : namesake(leads);
        if (!contact && !lead && !same_name) {
            contact = first(contacts);
            lead = contact ? nullptr : first(leads);
        }
        if (!is_sure_ && !intake_.consents.empty()) contact = nullptr, lead = nullptr;
        if (contact) {
            received_.contact = contact->head.id;
            received_.party = domain::party_of(session_, *contact);
            responsible_ = contact->head.owner;
        } else if (lead) {
            received_.lead = lead->head.id;
            responsible_ = lead->head.owner;
        } else if (!organisations.empty() && speaks_for_organisation()) {
            received_.party = organisations.front().head.id;
            responsible_ = organisations.front().head.owner;
        }
        return received_.contact || received_.lead || received_.party;
    }

    auto has_the_name() const {
        return [this](const auto& each) {
            return !name_.key.empty() &&
                   (each.name_key == name_.key || each.first_key == name_.key);
        };
    }
    template <class Record>
    std::int64_t namesakes(const std::vector<Record>& all) const {
        return std::ranges::count_if(all, has_the_name());
    }
    template <class Record>
    const Record* namesake(const std::vector<Record>& all) const {
        const auto found = std::ranges::find_if(all, has_the_name());
        return found == all.end() ? nullptr : &*found;
    }
    template <class Record>
    static const Record* first(const std::vector<Record>& all) {
        return all.empty() ? nullptr : &all.front();
    }

    /// It is not the person who writes, and can consent to nothing.
    bool speaks_for_organisation() const { return name_.key.empty() && intake_.consents.empty(); }

    Ref known() const {
        if (received_.contact) return received_.contact;
        if (received_.lead) return received_.lead;
        return received_.party;
    }
    bool has(const char* type, const std::string& typed) const {
        const std::string value = normalized(type, typed);
        return domain::exists(work_, "lead.is_reached_by",
                              {{":record", known().value()}, {":value", std::string_view{value}}});
    }

    // ---- what is written

    void make_lead() {
        Lead lead{.first_name = intake_.first_name,
                  .last_name = intake_.last_name,
                  .company = intake_.company,
                  .job_title = intake_.job_title,
                  .source = intake_.source,
                  .source_note = intake_.source_note};
        if (name_.key.empty() && intake_.company.empty())
            lead.nick_name = intake_.email.empty() ? intake_.phone : intake_.email;
        received_.lead = Leads(session_).add(lead).head.id;
        received_.is_new = is_sure_ = true;
        responsible_ = session_.user();
    }

    void add_points() {
        add_point("email", intake_.email);
        add_point("phone", intake_.phone);
    }

    /// Whatever the session may change of a known record.
    void add_point(const char* type, const std::string& typed) {
        if (typed.empty() || has(type, typed)) return;
        Point point{.record = known(), .type = type, .value = typed};
        kernel::insert(work_.transaction(), kind_of<Point>(), &point,
                       received_.is_new ? Authority::session : Authority::engine);
    }

    /// What the person said stands, whatever the session may change.
    void state_consents() {
        for (const auto& each : intake_.consents) {
            Consent consent{.record = known(),
                            .channel = each.channel,
                            .state = each.state,
                            .stated_at = each.stated_at,
                            .source = each.source,
                            .evidence = each.evidence};
            kernel::insert(work_.transaction(), kind_of<Consent>(), &consent, Authority::engine);
        }
    }

    Activity activity() const {
        return {.subject = intake_.subject,
                .kind = intake_.kind,
                .direction = "inbound",
                .state = ActivityState::completed,
                .party = received_.party,
                .contact = received_.contact,
                .start = work_.now(),
                .end = work_.now(),
                .lead = received_.lead};
    }

    /// What was written, and what there is no other place for.
    std::string text() const {
        std::string text = intake_.text;
        const auto add = [&text](std::string_view field, const std::string& value) {
            if (value.empty()) return;
            if (!text.empty()) text += '\n';
            text.append(field).append(": ").append(value);
        };
        if (received_.is_new) return text;
        if (!is_sure_) {
            add("name", name_.name);
            if (!intake_.email.empty() && !has("email", intake_.email)) add("email", intake_.email);
            if (!intake_.phone.empty() && !has("phone", intake_.phone)) add("phone", intake_.phone);
        }
        add("company", intake_.company);
        add("job_title", intake_.job_title);
        add("source", intake_.source);
        add("source_note", intake_.source_note);
        return text;
    }

    /// It belongs to who is responsible for whom is known, and who still works here.
    void register_activity() {
        Activity activity = this->activity();
        activity.description = text();
        const auto owner = domain::load(work_, responsible_);
        activity.head.owner = owner && owner->is_active ? responsible_ : session_.user();
        kernel::insert(work_.transaction(), kind_of<Activity>(), &activity, Authority::engine);
        received_.activity = activity.head.id;
        domain::notify(work_, activity.head.owner, "message", received_.activity);
    }

    Work& work_;
    Session& session_;
    const Intake& intake_;
    const domain::PersonName name_;
    Received received_{};
    Id<User> responsible_{};
    bool is_sure_ = false;  // nobody else can be meant
};

}  // namespace

Received Leads::intake(const Intake& intake) {
    require_intake(intake);
    const Command command = session().write(
        "lead.intake",
        [&](Work& work) { work.set_result(json_of(Receiving(work, session(), intake).run())); },
        {.key = intake.key, .arguments = arguments_of(intake)});
    return received_from(command.result);
}

}  // namespace crm
