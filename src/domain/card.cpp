#include "crm/card.hpp"

#include <algorithm>

#include "crm/user.hpp"
#include "domain/consent.hpp"
#include "domain/records.hpp"
#include "kernel/past.hpp"

namespace crm::inline v1 {
namespace {

std::optional<Date> date(const storage::Use& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(Date::parse(row.text(column)));
}

/// What cards are put together of: one snapshot, one statement a section and none a row. Queries
/// call the root by its kind, ":party".
class Sections {
public:
    Sections(kernel::Reading& reading, Ref root, const char* parameter, int limit)
        : reading_(reading), root_(root), parameter_(parameter), limit_(limit) {}

    template <class Record>
    Record root() {
        const Kind& kind = kind_of<Record>();
        auto found = root_.kind() == kind.number ? kernel::find(reading_, root_) : std::nullopt;
        if (!found) throw NotFound(std::string(kind.name) + ": no such record");
        return std::move(*static_cast<Record*>(found->data()));
    }

    std::string owner_name(const Head& head) {
        auto row = kernel::named_query(reading_, "party.owner", {{":user", head.owner.value()}});
        return row.step() ? std::string(row.text(0)) : std::string{};
    }

    template <class Record>
    std::vector<Record> all(std::string_view query, const char* parameter) {
        return domain::records<Record>(reading_, query, {{parameter, root_.value()}});
    }
    template <class Record>
    std::vector<Record> all(std::string_view query) {
        return all<Record>(query, parameter_);
    }

    template <class Record>
    std::vector<Record> first(std::string_view query, bool& more) {
        auto rows = domain::records<Record>(
            reading_, query, {{parameter_, root_.value()}, {":limit", one_more()}}, true);
        more = domain::cut(rows, limit_);
        return rows;
    }

    /// The records at the other ends of something, each with what `take` reads of it from its row.
    template <class End, class Record, class Take>
    std::vector<End> ends(std::string_view query, Record End::*record, const Take& take) {
        const domain::Parameters parameters{{parameter_, root_.value()}, {":limit", one_more()}};
        auto others = domain::records<Record>(reading_, query, parameters);
        if (others.empty()) return {};
        auto rows = kernel::named_query(reading_, query, parameters);
        std::vector<End> ends(others.size());
        for (std::size_t i = 0; i < ends.size() && rows.step(); ++i) {
            ends[i].*record = std::move(others[i]);
            take(ends[i], rows);
        }
        return ends;
    }

    /// The other ends of memberships, with position and period.
    template <class Member, class Record>
    std::vector<Member> members(std::string_view query, Record Member::*record) {
        return ends(query, record, [](Member& member, const storage::Use& row) {
            member.position = row.text(1);
            member.starts_on = date(row, 2);
            member.ends_on = date(row, 3);
        });
    }

    template <class Row>
    bool cut(std::vector<Row>& rows) const {
        const bool more = rows.size() > static_cast<std::size_t>(limit_);
        if (more) rows.resize(static_cast<std::size_t>(limit_));
        return more;
    }

    kernel::Reading& reading() { return reading_; }

private:
    Value one_more() const { return std::int64_t{limit_} + 1; }

    kernel::Reading& reading_;
    Ref root_;
    const char* parameter_;
    int limit_;
};

// ---- of a party

std::vector<std::string> roles(kernel::Reading& reading, Id<Party> party) {
    auto rows = kernel::named_query(reading, "party.roles", {{":party", party.value()}});
    std::vector<std::string> roles;
    while (rows.step()) roles.emplace_back(rows.text(0));
    return roles;
}

void add_points(kernel::Reading& reading, std::vector<Card::Person>& people) {
    std::string ids = "[";
    for (const auto& person : people)
        (ids += ids.size() > 1 ? "," : "") += std::to_string(person.contact.head.id.value());
    auto points = domain::records<Point>(reading, "party.points_of_people",
                                         {{":people", std::string_view{ids += "]"}}});
    for (auto& person : people) {
        const auto own =
            std::ranges::equal_range(points, person.contact.head.id, {}, &Point::record);
        person.points.assign(own.begin(), own.end());
    }
}

std::vector<Card::Person> people(Sections& sections, PartyNature nature, bool& more) {
    auto people = sections.members("party.people", &Card::Person::contact);
    if (nature == PartyNature::person)
        for (auto& contact : sections.all<Contact>("party.person"))
            people.insert(people.begin(), {.contact = std::move(contact)});
    more = sections.cut(people);
    if (!people.empty()) add_points(sections.reading(), people);
    return people;
}

std::vector<Card::Link> links(Sections& sections, bool& more) {
    auto links = sections.ends("party.links", &Card::Link::other, [](auto& link, const auto& row) {
        link.type = row.text(1);
        link.is_inverse = row.integer(2) != 0;
        link.starts_on = date(row, 3);
        link.ends_on = date(row, 4);
    });
    more = sections.cut(links);
    return links;
}

Card read_card(kernel::Reading& reading, Id<Party> party, const CardOptions& options) {
    domain::require_page_limit(options.limit);
    Sections sections(reading, party, ":party", options.limit);
    Card card;
    card.party = sections.root<Party>();
    card.owner_name = sections.owner_name(card.party.head);
    card.roles = roles(reading, party);
    card.points = sections.all<Point>("point.of", ":record");
    card.addresses = sections.all<Address>("address.of", ":record");
    card.bank_accounts = sections.all<BankAccount>("bank_account.of");
    card.people = people(sections, card.party.nature, card.more_people);
    card.links = links(sections, card.more_links);
    card.consents = domain::consent_summary(reading, party);
    card.groups = sections.all<Segment>("segment.of", ":record");
    card.projects = sections.first<Project>("party.projects", card.more_projects);
    card.planned = sections.first<Activity>("party.planned", card.more_planned);
    card.chronicle = sections.first<Activity>("party.chronicle", card.more_chronicle);
    card.notes = sections.first<Note>("party.notes", card.more_notes);
    return card;
}

// ---- of a contact

std::optional<Party> person(kernel::Reading& reading, Id<Party> party) {
    auto found = party ? kernel::find(reading, party) : std::nullopt;
    return found ? std::optional(std::move(*static_cast<Party*>(found->data()))) : std::nullopt;
}

ContactCard read_card(kernel::Reading& reading, Id<Contact> contact, const CardOptions& options) {
    domain::require_page_limit(options.limit);
    Sections sections(reading, contact, ":contact", options.limit);
    ContactCard card;
    card.contact = sections.root<Contact>();
    card.owner_name = sections.owner_name(card.contact.head);
    card.person = person(reading, card.contact.person);
    card.companies = sections.members("contact.companies", &ContactCard::Company::party);
    card.more_companies = sections.cut(card.companies);
    card.points = sections.all<Point>("point.of", ":record");
    card.addresses = sections.all<Address>("address.of", ":record");
    card.family = sections.all<Kinship>("kinship.of");
    card.dates = sections.all<MemorableDate>("memorable_date.of", ":record");
    card.consents = domain::consent_summary(reading, contact);
    card.groups = sections.all<Segment>("segment.of", ":record");
    card.planned = sections.first<Activity>("contact.planned", card.more_planned);
    card.chronicle = sections.first<Activity>("contact.chronicle", card.more_chronicle);
    card.notes = sections.first<Note>("contact.notes", card.more_notes);
    return card;
}

template <class Record>
auto card_of_past(const Past& past, Id<Record> root, const CardOptions& options) {
    kernel::Reading reading = kernel::read_past(past.session().state(), past.moment());
    return read_card(reading, root, options);
}

}  // namespace

Card Parties::card(Id<Party> party, const CardOptions& options) const {
    kernel::Reading reading(session().state());
    return read_card(reading, party, options);
}

ContactCard Contacts::card(Id<Contact> contact, const CardOptions& options) const {
    kernel::Reading reading(session().state());
    return read_card(reading, contact, options);
}

Card card(const Past& past, Id<Party> party, const CardOptions& options) {
    return card_of_past(past, party, options);
}

ContactCard contact_card(const Past& past, Id<Contact> contact, const CardOptions& options) {
    return card_of_past(past, contact, options);
}

}  // namespace crm
