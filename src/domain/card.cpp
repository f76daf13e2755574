#include <algorithm>

#include "crm/party.hpp"
#include "crm/user.hpp"
#include "domain/records.hpp"
#include "kernel/past.hpp"

namespace crm::inline v1 {
namespace {

/// Puts a card together in one snapshot, by one statement a section and none a row.
class CardReader {
public:
    CardReader(kernel::Reading& reading, Id<Party> party, int limit)
        : reading_(reading), party_(party), limit_(limit) {}

    Card read() {
        Card card;
        card.party = party();
        card.owner_name = first_text("party.owner", {{":user", card.party.head.owner.value()}});
        card.roles = roles();
        card.points = all<Point>("point.of", ":record");
        card.addresses = all<Address>("address.of", ":record");
        card.bank_accounts = all<BankAccount>("bank_account.of", ":party");
        card.people = people(card.party.nature, card.more_people);
        card.planned = first<Activity>("party.planned", card.more_planned);
        card.chronicle = first<Activity>("party.chronicle", card.more_chronicle);
        card.notes = first<Note>("party.notes", card.more_notes);
        return card;
    }

private:
    Value party_id() const { return party_.value(); }
    Value one_more() const { return std::int64_t{limit_} + 1; }

    Party party() {
        auto found = party_.ref().kind() == kernel::number::party ? kernel::find(reading_, party_)
                                                                  : std::nullopt;
        if (!found) throw NotFound("party: no such record");
        return std::move(*static_cast<Party*>(found->data()));
    }

    std::string first_text(std::string_view query, domain::Parameters parameters) {
        auto row = kernel::named_query(reading_, query, parameters);
        return row.step() ? std::string(row.text(0)) : std::string{};
    }

    std::vector<std::string> roles() {
        auto rows = kernel::named_query(reading_, "party.roles", {{":party", party_id()}});
        std::vector<std::string> roles;
        while (rows.step()) roles.emplace_back(rows.text(0));
        return roles;
    }

    template <class Record>
    std::vector<Record> all(std::string_view query, const char* parameter) {
        return domain::records<Record>(reading_, query, {{parameter, party_id()}});
    }

    template <class Record>
    std::vector<Record> first(std::string_view query, bool& more) {
        auto rows = domain::records<Record>(reading_, query,
                                            {{":party", party_id()}, {":limit", one_more()}}, true);
        more = domain::cut(rows, limit_);
        return rows;
    }

    std::vector<Card::Person> people(PartyNature nature, bool& more) {
        auto people = members();
        if (nature == PartyNature::person)
            for (auto& contact : all<Contact>("party.person", ":party"))
                people.insert(people.begin(), {.contact = std::move(contact)});
        more = people.size() > static_cast<std::size_t>(limit_);
        if (more) people.resize(static_cast<std::size_t>(limit_));
        if (!people.empty()) add_points(people);
        return people;
    }

    std::vector<Card::Person> members() {
        const domain::Parameters parameters{{":party", party_id()}, {":limit", one_more()}};
        auto contacts = domain::records<Contact>(reading_, "party.people", parameters);
        std::vector<Card::Person> people;
        people.reserve(contacts.size() + 1);
        auto rows = kernel::named_query(reading_, "party.people", parameters);
        for (auto& contact : contacts) {
            rows.step();
            people.push_back(
                {std::move(contact), std::string(rows.text(1)), date(rows, 2), date(rows, 3), {}});
        }
        return people;
    }

    static std::optional<Date> date(const storage::Use& row, int column) {
        return row.is_null(column) ? std::nullopt : std::optional(Date::parse(row.text(column)));
    }

    void add_points(std::vector<Card::Person>& people) {
        std::string ids = "[";
        for (const auto& person : people)
            (ids += ids.size() > 1 ? "," : "") += std::to_string(person.contact.head.id.value());
        auto points = domain::records<Point>(reading_, "party.points_of_people",
                                             {{":people", std::string_view{ids += "]"}}});
        for (auto& person : people) {
            const auto own =
                std::ranges::equal_range(points, person.contact.head.id, {}, &Point::record);
            person.points.assign(own.begin(), own.end());
        }
    }

    kernel::Reading& reading_;
    Id<Party> party_;
    int limit_;
};

}  // namespace

Card Parties::card(Id<Party> party, const CardOptions& options) const {
    domain::require_page_limit(options.limit);
    kernel::Reading reading(session().state());
    return CardReader(reading, party, options.limit).read();
}

Card card(const Past& past, Id<Party> party, const CardOptions& options) {
    domain::require_page_limit(options.limit);
    kernel::Reading reading = kernel::read_past(past.session().state(), past.moment());
    return CardReader(reading, party, options.limit).read();
}

}  // namespace crm
