/// The insert twin: plain C that writes the same rows into the same schema, with every value
/// ready-made.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "people.hpp"
#include "raw.hpp"

namespace bench::raw {

inline std::int64_t micros(crm::Time time) { return time.time_since_epoch().count(); }
inline std::string_view text(const std::optional<crm::Date>& date) {
    return date ? date->text() : std::string_view{};
}
inline std::optional<std::int64_t> optional(const std::optional<crm::Time>& time) {
    return time ? std::optional(micros(*time)) : std::nullopt;
}

inline std::string insert(std::string_view table, std::string_view columns, int count) {
    std::string sql =
        "INSERT INTO " + std::string(table) + " (" + std::string(columns) + ") VALUES (";
    for (int i = 1; i <= count; ++i) (sql += i > 1 ? ", ?" : "?") += std::to_string(i);
    return sql + ")";
}

/// With the columns that every record, or every root, begins with.
inline std::string insert_child(std::string_view table, std::string_view columns, int count) {
    return insert(table, "id, version, created_in, changed_in, " + std::string(columns), count);
}
inline std::string insert_root(std::string_view table, std::string_view columns, int count) {
    return insert_child(table, "owner_id, unit_id, territory_id, " + std::string(columns), count);
}

class InsertTwin {
public:
    InsertTwin(Connection& connection, bool full_text) : connection_(connection) {
        if (!full_text) return;
        party_fts_.emplace(connection, insert("party_fts", "rowid, name, code, description", 4));
        contact_fts_.emplace(
            connection, insert("contact_fts", "rowid, name, nick_name, title, description", 5));
        activity_fts_.emplace(
            connection,
            insert("activity_fts",
                   "rowid, subject, result, questions, problems, events, description", 7));
    }

    void begin(std::int64_t command, std::int64_t at, std::int64_t user) {
        connection_.begin();
        command_ = command;
        (command_row_.start() << command << at << user << std::string_view("firms.load")).run();
    }

    void write(const Firm& firm) {
        write(firm.party);
        for (const auto& point : firm.points) write(point);
        for (const auto& member : firm.members) {
            write(member.contact);
            write(member.phone);
            write(member.membership);
        }
        for (const auto& activity : firm.activities) write(activity);
    }

    void commit() {
        for (const auto& [kind, range] : ranges_) {
            (created_.start() << command_ << std::int64_t{kind} << range.first << range.second)
                .run();
            (sequence_.start() << std::int64_t{kind} << crm::Ref(range.second).sequence() + 1)
                .run();
        }
        ranges_.clear();
        connection_.commit();
    }

private:
    /// Binds the columns that every record begins with.
    Statement& head(Statement& into, const crm::Head& head, bool root) {
        auto& range =
            ranges_.try_emplace(head.id.kind(), head.id.value(), head.id.value()).first->second;
        range.second = head.id.value();
        into.start() << head.id << head.version << static_cast<std::int64_t>(head.created_in)
                     << static_cast<std::int64_t>(head.changed_in);
        return root ? into << head.owner.ref() << head.unit.ref() << head.territory.ref() : into;
    }

    void write(const crm::Party& at) {
        const auto& revenue = at.annual_revenue;
        const auto& budget = at.purchasing_budget;
        (head(party_, at.head, true)
         << at.name << at.name_key << at.code << at.code_key
         << std::string_view(at.nature == crm::PartyNature::person ? "person" : "organisation")
         << at.type << at.status << at.industry << at.source << at.tax_code << at.register_number
         << at.country << at.employees << (revenue ? std::optional(revenue->minor) : std::nullopt)
         << (revenue ? revenue->currency.code() : std::string_view{}) << at.source_note
         << at.loyalty << at.attitude << at.prospects
         << (budget ? std::optional(budget->minor) : std::nullopt)
         << (budget ? budget->currency.code() : std::string_view{}))
            .run();
        if (!at.description.empty() || !at.preferences.empty())
            (party_body_.start() << at.head.id << at.description << at.preferences).run();
        if (party_fts_)
            (party_fts_->start() << at.head.id << at.name << at.code << at.description).run();
    }

    void write(const crm::Contact& at) {
        const auto& budget = at.purchasing_budget;
        (head(contact_, at.head, true)
         << at.first_name << at.last_name << at.patronymic << at.name << at.nick_name << at.name_key
         << at.first_key << at.title << at.type << at.status << at.sex << text(at.born_on)
         << at.person.ref() << at.occupation << at.income_level << at.attitude << at.prospects
         << (budget ? std::optional(budget->minor) : std::nullopt)
         << (budget ? budget->currency.code() : std::string_view{}))
            .run();
        if (!at.description.empty() || !at.preferences.empty())
            (contact_body_.start() << at.head.id << at.description << at.preferences).run();
        if (contact_fts_)
            (contact_fts_->start()
             << at.head.id << at.name << at.nick_name << at.title << at.description)
                .run();
    }

    void write(const crm::Point& at) {
        (head(point_, at.head, false) << at.record << at.type << at.value << at.normalized
                                      << at.label << std::int64_t{at.is_primary})
            .run();
    }

    void write(const crm::Membership& at) {
        (head(membership_, at.head, false) << at.contact.ref() << at.party.ref() << at.position
                                           << text(at.starts_on) << text(at.ends_on))
            .run();
    }

    void write(const crm::Activity& at) {
        static constexpr std::string_view states[] = {"planned", "started", "completed",
                                                      "cancelled"};
        (head(activity_, at.head, true)
         << at.subject << at.kind << at.stage << at.direction << at.priority << at.status
         << states[static_cast<std::size_t>(at.state)] << at.party.ref() << at.contact.ref()
         << micros(at.start) << optional(at.end) << optional(at.completed_at) << at.zone
         << text(at.next_contact_on) << at.parent.ref() << at.follow_up_of.ref() << at.project.ref()
         << at.lead.ref() << at.call.ref() << at.planned_minutes << std::string_view{}
         << optional(at.recurs_until) << at.series.ref() << optional(at.recurrence_id)
         << std::int64_t{at.is_todo} << at.assigned_by.ref())
            .run();
        if (!at.result.empty() || !at.questions.empty() || !at.problems.empty() ||
            !at.events.empty() || !at.description.empty())
            (activity_body_.start() << at.head.id << at.result << at.questions << at.problems
                                    << at.events << at.description)
                .run();
        if (activity_fts_)
            (activity_fts_->start() << at.head.id << at.subject << at.result << at.questions
                                    << at.problems << at.events << at.description)
                .run();
    }

    Connection& connection_;
    Statement command_row_{connection_, insert("command", "id, at, user_id, verb", 4)};
    Statement created_{connection_, insert("created", "command_id, kind, first_id, last_id", 4)};
    Statement sequence_{connection_,
                        "INSERT INTO sequence (copy_number, kind, next) VALUES (0, ?1, ?2) "
                        "ON CONFLICT DO UPDATE SET next = excluded.next"};
    Statement party_{
        connection_,
        insert_root("party",
                    "name, name_key, code, code_key, nature, type, status, industry, source, "
                    "tax_code, register_number, country, employees, annual_revenue_minor, "
                    "annual_revenue_currency, source_note, loyalty, attitude, prospects, "
                    "purchasing_budget_minor, purchasing_budget_currency",
                    28)};
    Statement party_body_{connection_, insert("party_body", "id, description, preferences", 3)};
    Statement contact_{
        connection_,
        insert_root("contact",
                    "first_name, last_name, patronymic, name, nick_name, name_key, first_key, "
                    "title, type, status, sex, born_on, person_id, occupation, income_level, "
                    "attitude, prospects, purchasing_budget_minor, purchasing_budget_currency",
                    26)};
    Statement contact_body_{connection_, insert("contact_body", "id, description, preferences", 3)};
    Statement point_{
        connection_,
        insert_child("point", "record_id, type, value, normalized, label, is_primary", 10)};
    Statement membership_{
        connection_,
        insert_child("membership", "contact_id, party_id, position, starts_on, ends_on", 9)};
    Statement activity_{
        connection_,
        insert_root("activity",
                    "subject, kind, stage, direction, priority, status, state, party_id, "
                    "contact_id, start_at, end_at, completed_at, zone, next_contact_on, "
                    "parent_id, follow_up_of_id, project_id, lead_id, call_id, planned_minutes, "
                    "recurrence, recurs_until, series_id, recurrence_id, is_todo, assigned_by_id",
                    33)};
    Statement activity_body_{
        connection_,
        insert("activity_body", "id, result, questions, problems, events, description", 6)};
    std::optional<Statement> party_fts_{}, contact_fts_{}, activity_fts_{};
    std::int64_t command_ = 0;
    std::map<crm::KindNumber, std::pair<std::int64_t, std::int64_t>> ranges_{};  // first and last
                                                                                 // id
};

}  // namespace bench::raw
