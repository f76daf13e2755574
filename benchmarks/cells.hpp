/// Rows read in plain C: every column of a table taken out of the statement and copied, as a
/// program must that keeps them beyond the next step.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "raw.hpp"

namespace bench::raw {

struct Text {
    char* data;
    int size;
};

/// One row: its integers, then its texts, in the order of the SELECT.
template <int integer_count, int text_count>
struct Row {
    std::int64_t integers[integer_count];
    Text texts[text_count];

    void take(const Statement& from, int at = 0) {
        sqlite3_stmt* statement = from.handle();
        for (auto& integer : integers) integer = sqlite3_column_int64(statement, at++);
        for (auto& text : texts) {
            const auto* data = sqlite3_column_text(statement, at);
            text.size = sqlite3_column_bytes(statement, at++);
            text.data = nullptr;
            if (!data) continue;
            text.data = static_cast<char*>(std::malloc(static_cast<std::size_t>(text.size) + 1));
            std::memcpy(text.data, data, static_cast<std::size_t>(text.size) + 1);
        }
    }
    void free() {
        for (auto& text : texts) std::free(text.data);
    }
};

using PartyRow = Row<10, 20>;
using PlainPartyRow = Row<10, 18>;  // without the body
using ContactRow = Row<9, 17>;
using MemberRow = Row<9, 20>;  // with position and period
using PointRow = Row<6, 4>;
using AddressRow = Row<5, 7>;
using BankAccountRow = Row<6, 7>;
using LinkRow = Row<10, 22>;  // the other party, with what the link says
using ProjectRow = Row<9, 12>;
using ConsentRow = Row<6, 4>;
using SegmentRow = Row<8, 5>;
using ActivityRow = Row<23, 15>;
using NoteRow = Row<7, 2>;

inline constexpr const char* party_columns =
    "p.id, p.version, p.created_in, p.changed_in, p.owner_id, p.unit_id, p.territory_id, "
    "p.employees, "
    "p.annual_revenue_minor, p.purchasing_budget_minor, p.name, p.name_key, p.code, p.code_key, "
    "p.nature, p.type, p.status, p.industry, p.source, p.tax_code, "
    "p.register_number, p.country, p.annual_revenue_currency, p.source_note, p.loyalty, "
    "p.attitude, p.prospects, p.purchasing_budget_currency";
inline constexpr const char* contact_columns =
    "c.id, c.version, c.created_in, c.changed_in, c.owner_id, c.unit_id, c.territory_id, "
    "c.person_id, c.purchasing_budget_minor, c.first_name, "
    "c.last_name, c.patronymic, c.name, c.nick_name, c.name_key, c.first_key, c.title, c.type, "
    "c.status, c.sex, "
    "c.born_on, c.occupation, c.income_level, c.attitude, c.prospects, "
    "c.purchasing_budget_currency";
inline constexpr const char* point_columns =
    "id, version, created_in, changed_in, record_id, is_primary, type, value, normalized, label";
inline constexpr const char* address_columns =
    "id, version, created_in, changed_in, record_id, type, street, city, region, postal_code, "
    "country, country_name";
inline constexpr const char* activity_columns =
    "a.id, a.version, a.created_in, a.changed_in, a.owner_id, a.unit_id, a.territory_id, "
    "a.party_id, a.contact_id, "
    "a.start_at, a.end_at, a.completed_at, a.parent_id, a.follow_up_of_id, a.project_id, "
    "a.lead_id, a.call_id, a.planned_minutes, a.recurs_until, a.series_id, a.recurrence_id, "
    "a.is_todo, a.assigned_by_id, a.subject, a.kind, a.stage, a.direction, a.priority, a.status, "
    "a.state, a.zone, a.next_contact_on, a.recurrence, b.result, b.questions, b.problems, "
    "b.events, b.description";
inline constexpr const char* bank_account_columns =
    "id, version, created_in, changed_in, party_id, is_primary, number, iban, number_key, "
    "bank_name, bic, currency, note";
inline constexpr const char* project_columns =
    "j.id, j.version, j.created_in, j.changed_in, j.owner_id, j.unit_id, j.territory_id, "
    "j.party_id, j.parent_id, j.code, j.code_key, j.name, j.name_key, j.type, j.status, "
    "j.priority, j.state, j.start_on, j.due_on, j.ended_on, b.description";
inline constexpr const char* consent_columns =
    "c.id, c.version, c.created_in, c.changed_in, c.record_id, c.stated_at, c.channel, c.state, "
    "c.source, b.evidence";
inline constexpr const char* segment_columns =
    "s.id, s.version, s.created_in, s.changed_in, s.owner_id, s.unit_id, s.territory_id, "
    "s.is_shared, s.kind, s.name, s.name_key, s.condition, s.description";
inline constexpr const char* note_columns =
    "n.id, n.version, n.created_in, n.changed_in, n.record_id, n.author_id, n.written_at, n.title, "
    "b.text";

/// A party by its id, with its long text.
class PartyReader {
public:
    explicit PartyReader(const Connection& connection)
        : statement_(connection, "SELECT " + std::string(party_columns) +
                                     ", b.description, b.preferences FROM party AS p LEFT JOIN "
                                     "party_body AS b ON b.id = p.id "
                                     "WHERE p.id = ?1") {}
    bool read(std::int64_t id, PartyRow& row) {
        const bool found = (statement_.start() << id).step();
        if (found) row.take(statement_);
        statement_.reset();
        return found;
    }

private:
    Statement statement_;
};

/// A page of parties by one hand-written SELECT.
class PageReader {
public:
    PageReader(const Connection& connection, const std::string& from)
        : statement_(connection, "SELECT " + std::string(party_columns) + from) {}
    Statement& statement() { return statement_.start(); }
    /// Reads 50 and learns whether there is another.
    void read(std::vector<PlainPartyRow>& rows) {
        while (rows.size() < 51 && statement_.step()) {
            if (rows.size() == 50) break;
            rows.emplace_back().take(statement_);
        }
        statement_.reset();
    }

private:
    Statement statement_;
};

/// Everything on the card of a party, a statement a section, in one snapshot.
class CardReader {
public:
    struct Card {
        PartyRow party{};
        Text owner{};
        std::vector<Text> roles{};
        std::vector<PointRow> points{}, points_of_people{};
        std::vector<AddressRow> addresses{};
        std::vector<BankAccountRow> bank_accounts{};
        std::vector<MemberRow> people{};
        std::vector<LinkRow> links{};
        std::vector<ConsentRow> consents{};
        std::vector<SegmentRow> groups{};
        std::vector<ProjectRow> projects{};
        std::vector<ActivityRow> planned{}, chronicle{};
        std::vector<NoteRow> notes{};
        std::size_t rows() const {
            return 1 + roles.size() + points.size() + points_of_people.size() + addresses.size() +
                   bank_accounts.size() + people.size() + links.size() + groups.size() +
                   projects.size() + planned.size() + chronicle.size() + notes.size();
        }
        void free() {
            party.free(), std::free(owner.data);
            for (auto& each : roles) std::free(each.data);
            const auto all = [](auto& rows) {
                for (auto& row : rows) row.free();
            };
            all(points), all(points_of_people), all(addresses), all(bank_accounts), all(people);
            all(links), all(consents), all(groups), all(projects), all(planned), all(chronicle);
            all(notes);
        }
    };

    explicit CardReader(const Connection& connection) : connection_(connection) {}

    void read(std::int64_t party, Card& card) {
        (begin_.start()).run();
        party_.read(party, card.party);
        (owner_.start() << card.party.integers[4]).step();
        card.owner = copy(owner_);
        owner_.reset();
        roles_.start() << party;
        while (roles_.step()) card.roles.push_back(copy(roles_));
        roles_.reset();
        all(points_, party, card.points);
        all(addresses_, party, card.addresses);
        all(people_, party, card.people);
        for (const auto& person : card.people)
            all(points_, person.integers[0], card.points_of_people);
        all(bank_accounts_, party, card.bank_accounts);
        all(links_, party, card.links);
        all(consents_, party, card.consents);
        all(groups_, party, card.groups);
        all(projects_, party, card.projects);
        all(planned_, party, card.planned);
        all(chronicle_, party, card.chronicle);
        all(notes_, party, card.notes);
        (commit_.start()).run();
    }

private:
    static Text copy(const Statement& from) {
        const int size = sqlite3_column_bytes(from.handle(), 0);
        auto* data = static_cast<char*>(std::malloc(static_cast<std::size_t>(size) + 1));
        std::memcpy(data, sqlite3_column_text(from.handle(), 0),
                    static_cast<std::size_t>(size) + 1);
        return {data, size};
    }
    template <class Rows>
    static void all(Statement& statement, std::int64_t of, Rows& rows) {
        statement.start() << of;
        while (rows.size() < 20 && statement.step()) rows.emplace_back().take(statement);
        statement.reset();
    }
    static std::string activities(const char* where) {
        return "SELECT " + std::string(activity_columns) +
               " FROM activity AS a LEFT JOIN activity_body AS b ON b.id = a.id WHERE a.party_id = "
               "?1 AND " +
               where;
    }

    const Connection& connection_;
    Statement begin_{connection_, "BEGIN"}, commit_{connection_, "COMMIT"};
    PartyReader party_{connection_};
    Statement owner_{connection_, "SELECT name FROM user WHERE id = ?1"};
    Statement roles_{connection_, "SELECT role FROM party_role WHERE party_id = ?1 ORDER BY id"};
    Statement points_{connection_,
                      "SELECT " + std::string(point_columns) +
                          " FROM point WHERE record_id = ?1 ORDER BY is_primary DESC, id"};
    Statement addresses_{connection_, "SELECT " + std::string(address_columns) +
                                          " FROM address WHERE record_id = ?1 ORDER BY id"};
    Statement people_{
        connection_,
        "SELECT " + std::string(contact_columns) +
            ", m.position, m.starts_on, m.ends_on FROM membership AS m CROSS JOIN contact "
            "AS c ON c.id = m.contact_id WHERE m.party_id = ?1 ORDER BY m.id DESC LIMIT 21"};
    Statement bank_accounts_{connection_, "SELECT " + std::string(bank_account_columns) +
                                              " FROM bank_account WHERE party_id = ?1 ORDER BY id"};
    static std::string linked(const char* own, const char* other, const char* is_inverse) {
        return "SELECT " + std::string(party_columns) + ", l.type, l.starts_on, l.ends_on, " +
               is_inverse + " FROM party_link AS l JOIN party AS p ON p.id = l." + other +
               " WHERE l." + own + " = ?1";
    }
    Statement links_{connection_, linked("party_id", "other_id", "0") + " UNION ALL " +
                                      linked("other_id", "party_id", "1") + " LIMIT 21"};
    Statement consents_{connection_,
                        "SELECT " + std::string(consent_columns) +
                            " FROM consent AS c LEFT JOIN consent_body AS b ON b.id = c.id "
                            "WHERE c.record_id IN (SELECT ?1 UNION ALL SELECT k.id FROM contact AS "
                            "k WHERE k.person_id = ?1) ORDER BY c.stated_at DESC"};
    Statement groups_{connection_,
                      "SELECT " + std::string(segment_columns) +
                          " FROM segment_member AS m CROSS JOIN segment AS s ON s.id = "
                          "m.segment_id WHERE m.record_id = ?1 ORDER BY s.name_key"};
    Statement projects_{connection_,
                        "SELECT " + std::string(project_columns) +
                            " FROM project AS j LEFT JOIN project_body AS b ON b.id = j.id "
                            "WHERE j.party_id = ?1 ORDER BY j.ended_on, j.due_on, j.id LIMIT 21"};
    Statement planned_{
        connection_,
        activities("a.state IN ('planned', 'started') ORDER BY a.start_at, a.id LIMIT 21")};
    Statement chronicle_{
        connection_,
        activities("a.state = 'completed' ORDER BY a.start_at DESC, a.id DESC LIMIT 21")};
    Statement notes_{
        connection_,
        "SELECT " + std::string(note_columns) +
            " FROM note AS n LEFT JOIN note_body AS b ON b.id = n.id WHERE n.record_id = ?1 "
            "ORDER BY n.written_at DESC, n.id DESC LIMIT 21"};
};

}  // namespace bench::raw
