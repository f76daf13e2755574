// Sweeps over every kind: a kind that is added to kinds.cpp is tested here without another line.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <set>

#include "support/desk.hpp"

using namespace crm;
using namespace std::literals;
using Strings = std::vector<std::string>;

namespace {

struct TableColumn {
    std::string name, type;
    bool not_null = false;
};

/// Reads the file as any SQLite tool would.
class RawFile {
public:
    explicit RawFile(const std::filesystem::path& path) {
        REQUIRE(sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READONLY, nullptr) ==
                SQLITE_OK);
    }
    ~RawFile() { sqlite3_close(handle_); }
    RawFile(const RawFile&) = delete;
    RawFile& operator=(const RawFile&) = delete;

    std::vector<TableColumn> columns(std::string_view table) {
        sqlite3_stmt* statement = nullptr;
        const auto sql =
            "SELECT name, type, \"notnull\" FROM pragma_table_info('" + std::string(table) + "')";
        REQUIRE(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
        std::vector<TableColumn> columns;
        while (sqlite3_step(statement) == SQLITE_ROW)
            columns.push_back(
                {text(statement, 0), text(statement, 1), sqlite3_column_int(statement, 2) != 0});
        sqlite3_finalize(statement);
        return columns;
    }

private:
    static std::string text(sqlite3_stmt* statement, int column) {
        return reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    }
    sqlite3* handle_ = nullptr;
};

std::set<std::string> head_of(const Kind& kind) {
    std::set<std::string> head{"id", "version", "created_in", "changed_in"};
    if (kind.role == Role::root) head.insert({"owner_id", "unit_id", "territory_id"});
    return head;
}

std::string_view stored_type(FieldType type) {
    switch (type) {
        case FieldType::integer:
        case FieldType::flag:
        case FieldType::time:
        case FieldType::money:
        case FieldType::reference: return "INTEGER";
        case FieldType::real: return "REAL";
        default: return "TEXT";
    }
}

/// The columns of a list that are in one table of the kind, as "name TYPE".
std::set<std::string> listed(const Kind& kind, bool in_body) {
    std::set<std::string> names;
    for (const Column& column : kind.columns)
        if (column.has(body) == in_body)
            names.insert(std::string(column.name) + " " + std::string(stored_type(column.type)));
    return names;
}

std::set<std::string> in_table(RawFile& file, const std::string& table,
                               const std::set<std::string>& head) {
    std::set<std::string> names;
    for (const auto& column : file.columns(table))
        if (!head.contains(column.name)) names.insert(column.name + " " + column.type);
    return names;
}

/// One record of every kind, each able to refer to the others.
class Samples {
public:
    explicit Samples(test::Desk& desk) : session_(desk.ana) {
        unit_ = Units(session_).add({.name = "Sample unit"}).head.id;
        user_ = Users(session_).add({.login = "sample", .unit = unit_}).head.id;
        group_ = Records<UserGroup>(session_).add({.name = "Sample group"}).head.id;
        party_ = Parties(session_).add({.name = "Sample party"}).head.id;
        contact_ = Contacts(session_).add({.last_name = "Sample"}).head.id;
        territory_ = Records<Territory>(session_).add({.name = "Sample region"}).head.id;
        activity_ = Activities(session_)
                        .plan({.subject = "Sample", .kind = "call", .start = test::monday})
                        .head.id;
        call_ = Calls(session_).ring({.number = "022123456"}).head.id;
        property_ = Properties(session_).define({.kind = "party", .name = "x_sample"}).head.id;
    }

    /// Makes a record of a kind with its required fields, and besides every free one filled by
    /// `fill`.
    AnyRecord make(const Kind& kind, Value (*fill)(const Column&)) {
        AnyRecord record(kind);
        for (const Column& column : kind.columns)
            if (!column.has(derived)) record.set(column.name, value_of(kind, column, fill));
        session_.add(record);
        return session_.get(record.head().id);
    }

private:
    Value value_of(const Kind& kind, const Column& column, Value (*fill)(const Column&)) {
        const auto& all = specials();
        if (const auto special = all.find({kind.name, column.name}); special != all.end())
            return special->second;
        if (column.type == FieldType::reference) return reference(column);
        if (column.type == FieldType::code) return code(column);
        if (column.type == FieldType::state) return column.states.front();
        return fill(column);
    }

    /// What the rules of single kinds ask for.
    const std::map<std::pair<std::string_view, std::string_view>, Value>& specials() {
        using Text = std::string_view;
        unique_ = "u" + std::to_string(++count_);
        unique_property_ = "x_" + unique_;
        const Text unique{unique_};
        day_ = Date::from_days(Date(2026, 3, 1).days() + std::chrono::days{count_}).text();
        specials_ = {{{"unit", "name"}, unique},
                     {{"unit", "parent_id"}, unit_.value()},
                     {{"user", "login"}, unique},
                     {{"user", "unit_id"}, unit_.value()},
                     {{"user", "language"}, Text{"ro"}},
                     {{"user_group", "name"}, unique},
                     {{"territory", "parent_id"}, Value{}},
                     {{"list_value", "list"}, Text{"industry"}},
                     {{"list_value", "code"}, unique},
                     {{"list_label", "value_id"}, Value{}},
                     {{"list_label", "language"}, Text{"fr"}},
                     {{"property", "kind"}, Text{"party"}},
                     {{"property", "name"}, std::string_view{unique_property_}},
                     {{"property", "type"}, Text{"text"}},
                     {{"property", "list"}, Value{}},
                     {{"property", "target"}, Value{}},
                     {{"property", "is_required"}, std::int64_t{0}},
                     {{"property", "default_value"}, Text{"\"unknown\""}},
                     {{"property_label", "language"}, Text{"fr"}},
                     {{"access_right", "kind"}, Text{"party"}},
                     {{"access_right", "action"}, Text{"read"}},
                     {{"access_right", "scope"}, Text{"own"}},
                     {{"access_right", "holder_id"}, user_.value()},
                     {{"share", "grantee_id"}, user_.value()},
                     {{"share", "level"}, Text{"read"}},
                     {{"share", "ends_on"}, Text{"2030-12-31"}},
                     {{"field_right", "holder_id"}, user_.value()},
                     {{"field_right", "kind"}, Text{"party"}},
                     {{"field_right", "field"}, Text{"tax_code"}},
                     {{"field_right", "level"}, Text{"locked"}},
                     {{"territory_member", "holder_id"}, user_.value()},
                     {{"user_skill", "skill"}, unique},
                     {{"user_skill", "level"}, std::int64_t{3}},
                     {{"user_group", "parent_id"}, Value{}},
                     {{"external_key", "system"}, unique},
                     {{"external_key", "key"}, unique},
                     {{"saved_filter", "kind"}, Text{"party"}},
                     {{"saved_filter", "name"}, unique},
                     {{"saved_filter", "condition"}, Text{"{}"}},
                     {{"segment", "kind"}, Text{"party"}},
                     {{"segment", "name"}, unique},
                     {{"segment", "condition"}, Value{}},
                     {{"party", "code"}, unique},
                     {{"project", "code"}, unique},
                     {{"party", "nature"}, Text{"organisation"}},
                     {{"contact", "person_id"}, Value{}},
                     {{"contact", "last_name"}, Text{"Sample"}},
                     {{"lead", "last_name"}, Text{"Sample"}},
                     {{"lead", "state"}, Text{"unpromising"}},
                     {{"contact", "born_on"}, Text{"1980-01-31"}},
                     {{"point", "type"}, Text{"messenger"}},
                     {{"membership", "starts_on"}, Text{"2020-01-01"}},
                     {{"membership", "ends_on"}, Text{"2020-12-31"}},
                     {{"bank_account", "number"}, Text{"2224 7014 9811"}},
                     {{"bank_account", "bic"}, Text{"AGRNMD2X"}},
                     {{"party_link", "starts_on"}, Text{"2020-01-01"}},
                     {{"party_link", "ends_on"}, Text{"2020-12-31"}},
                     {{"memorable_date", "month"}, std::int64_t{2}},
                     {{"memorable_date", "day"}, std::int64_t{29}},
                     {{"memorable_date", "year"}, std::int64_t{2000}},
                     {{"loyalty_movement", "from_grade"}, Text{"loyal"}},
                     {{"loyalty_movement", "to_grade"}, Text{"lost"}},
                     {{"kinship", "kin_id"}, Value{}},
                     {{"kinship", "name"}, Text{"Vlad"}},
                     {{"kinship", "born_on"}, Text{"2015-05-06"}},
                     {{"consent", "record_id"}, contact_.value()},
                     {{"consent", "state"}, Text{"withdrawn"}},
                     {{"consent", "stated_at"}, test::monday.time_since_epoch().count()},
                     {{"working_hours", "unit_id"}, Value{}},
                     {{"working_hours", "weekday"}, Text{"WE"}},
                     {{"working_hours", "starts"}, Text{"09:00"}},
                     {{"working_hours", "ends"}, Text{"17:30"}},
                     {{"holiday", "worked_as"}, Text{"SA"}},
                     {{"schedule_entry", "starts_on"}, std::string_view{day_}},
                     {{"schedule_entry", "ends_on"}, std::string_view{day_}},
                     {{"schedule_entry", "starts"}, Text{"10:00"}},
                     {{"schedule_entry", "ends"}, Text{"24:00"}},
                     {{"hourly_rate", "starts_on"}, std::string_view{day_}},
                     {{"reminder", "remind_at"}, Value{}},
                     {{"reminder", "before"}, std::int64_t{42}},
                     {{"participant", "activity_id"}, activity_.value()},
                     {{"participant", "user_id"}, Value{}},
                     {{"participant", "contact_id"}, contact_.value()},
                     {{"participant", "role"}, Text{"chair"}},
                     {{"participant", "acceptance"}, Text{"accepted"}},
                     {{"cost", "activity_id"}, activity_.value()},
                     {{"attachment", "path"}, Text{"/srv/offer.pdf"}},
                     {{"project", "code"}, unique},
                     {{"project", "state"}, Text{"planned"}},
                     {{"project", "start_on"}, Text{"2026-01-01"}},
                     {{"project", "due_on"}, Text{"2026-06-30"}},
                     {{"project", "ended_on"}, Value{}},
                     {{"project", "parent_id"}, Value{}},
                     {{"lead_queue", "name"}, unique},
                     {{"routing_rule", "role"}, Value{}},
                     {{"routing_rule", "user_id"}, user_.value()},
                     {{"routing_rule", "unit_id"}, Value{}},
                     {{"call", "called_at"}, test::monday.time_since_epoch().count()},
                     {{"call", "answered_at"}, test::friday.time_since_epoch().count()},
                     {{"call", "ended_at"}, test::friday.time_since_epoch().count()},
                     {{"activity", "state"}, Text{"planned"}},
                     {{"activity", "start_at"}, test::monday.time_since_epoch().count()},
                     {{"activity", "end_at"}, test::friday.time_since_epoch().count()},
                     {{"activity", "parent_id"}, Value{}},
                     {{"activity", "recurrence"}, Value{}},
                     {{"activity", "series_id"}, Value{}},
                     {{"activity", "recurrence_id"}, Value{}},
                     {{"activity", "follow_up_of_id"}, Value{}}};
        if (const auto value = Lists(session_).list({.where = field("code") == "winemaking"});
            !value.rows.empty())
            specials_[{"list_label", "value_id"}] = value.rows[0].head.id.value();
        return specials_;
    }

    Value reference(const Column& column) {
        static const std::map<std::string_view, Ref Samples::*> named{
            {"unit", &Samples::unit_},         {"user", &Samples::user_},
            {"user_group", &Samples::group_},  {"party", &Samples::party_},
            {"contact", &Samples::contact_},   {"territory", &Samples::territory_},
            {"property", &Samples::property_}, {"activity", &Samples::activity_},
            {"call", &Samples::call_},
        };
        if (column.name == "other_id")  // of a pair: not the first one
            return Parties(session_).add({.name = "Other"}).head.id.value();
        if (column.target == kind_of<Segment>().number)
            return Segments(session_).make("party", "Sample " + unique_).head.id.value();
        if (column.target == kind_of<LeadQueue>().number && column.has(required))
            return LeadQueues(session_).add({.name = "Sample " + unique_}).head.id.value();
        if (column.target == 0) return party_.value();
        const auto known = named.find(kind_numbered(column.target).name);
        return known == named.end() ? Value{} : Value{(this->*known->second).value()};
    }

    Value code(const Column& column) {
        code_ = Lists(session_).items(column.list).front().code;
        return std::string_view{code_};
    }

    Session& session_;
    Ref unit_, user_, group_, territory_, party_, contact_, activity_, property_, call_;
    std::map<std::pair<std::string_view, std::string_view>, Value> specials_;
    std::string unique_, unique_property_, code_, day_;
    int count_ = 0;
};

/// Some value of each type.
Value some(const Column& column) {
    using Text = std::string_view;
    switch (column.type) {
        case FieldType::integer:
        case FieldType::money: return std::int64_t{42};
        case FieldType::flag: return std::int64_t{1};
        case FieldType::real: return 2.5;
        case FieldType::date: return Text{"2026-03-31"};
        case FieldType::time: return std::int64_t{1'772'438'400'000'000};
        case FieldType::currency: return Text{"MDL"};
        case FieldType::country: return Text{"MD"};
        case FieldType::zone: return Text{"Europe/Chisinau"};
        default: return Text{"Șapte їжаків №7"};
    }
}

/// Only what must be there.
Value least(const Column& column) {
    return column.has(required) || column.type == FieldType::flag ? some(column) : Value{};
}

/// The longest text that fits.
Value huge(const Column& column) {
    static const std::string text(1'000'000, 'z');
    if (column.type != FieldType::text) return some(column);
    return std::string_view{text}.substr(0, column.max_length);
}

/// A field of a kind that anyone may change to another text.
const Column* changeable(const Kind& kind) {
    for (const Column& column : kind.columns)
        if (column.type == FieldType::text && !column.has(fixed) && !column.has(derived) &&
            column.name != "starts" && column.name != "ends")  // times of day
            return &column;
    return nullptr;
}

/// Kinds whose records stay: their values are retired instead.
bool stays(const Kind& kind) {
    return kind.name == "user" || kind.name == "list_value" || kind.name == "property";
}

}  // namespace

TEST_CASE("every kind's columns are those of its tables, by name and type") {
    auto desk = test::desk();
    const auto path = desk.path();
    desk.database.backup(desk.folder.path() / "copy.crm");
    RawFile file(desk.folder.path() / "copy.crm");
    for (const Kind& kind : all_kinds()) {
        CAPTURE(kind.name);
        const std::string table{kind.name};
        CHECK(in_table(file, table, head_of(kind)) == listed(kind, false));
        CHECK(in_table(file, table + "_body", {"id"}) == listed(kind, true));
        for (const auto& column : file.columns(table))
            if (const Column* known = kind.find(column.name); known && known->has(required))
                CHECK_MESSAGE(column.not_null, column.name);
    }
}

TEST_CASE("kinds are sorted, named and numbered, and fit what stands behind them") {
    const auto kinds = all_kinds();
    CHECK(std::ranges::adjacent_find(kinds, std::ranges::greater_equal{}, &Kind::number) ==
          kinds.end());
    for (const Kind& kind : kinds) {
        CAPTURE(kind.name);
        CHECK(&kind_named(kind.name) == &kind);
        CHECK(&kind_numbered(kind.number) == &kind);
        CHECK(kind.columns.size() <= 64);
        CHECK((kind.role == Role::child) == (kind.parent_column() != nullptr));
        for (const Order& order : kind.orders) CHECK(kind.find(order.column));
        for (const Part& part : kind.parts) {
            const Kind& child = kind_numbered(part.child);
            CHECK(child.find(part.column));
            CHECK((part.preset_column.empty() || child.find(part.preset_column)));
            for (const auto match : part.match) CHECK(child.find(match));
        }
        for (const Column& column : kind.columns) {
            if (!column.key.empty()) CHECK(kind.find(column.key));
            if (!column.companion.empty()) CHECK(kind.find(column.companion));
        }
    }
    CHECK_THROWS_AS(kind_named("unicorn"), Invalid);
    CHECK_THROWS_AS(kind_numbered(255), NotFound);
}

TEST_CASE(
    "a record of every kind is read as it was written, full, bare and with the longest texts") {
    auto desk = test::desk();
    Samples samples(desk);
    for (const auto fill : {some, least, huge})
        for (const Kind& kind : all_kinds()) {
            CAPTURE(kind.name);
            if (kind.name == "party_role" && fill != some) continue;  // a role is there once
            if (kind.name == "list_label" && fill != some) continue;
            if (kind.name == "property_label" && fill != some) continue;
            if (kind.name == "access_right" && fill != some) continue;
            if (kind.name == "share" && fill != some) continue;
            if (kind.name == "field_right" && fill != some) continue;
            if (kind.name == "territory_member" && fill != some) continue;
            if (kind.name == "user_group_member" && fill != some) continue;
            if (kind.name == "membership" && fill != some) continue;
            if (kind.name == "participant" && fill != some) continue;
            const AnyRecord record = samples.make(kind, fill);
            CHECK(record.head().version == 1);
            CHECK(desk.ana.get(record.head().id) == record);
            AnyRecord copy = record;
            for (const Column& column : kind.columns)
                copy.set(column.name, record.get(column.name));
            CHECK(copy == record);
        }
}

TEST_CASE("a record of every kind is shown as JSON with its id and all its fields") {
    auto desk = test::desk();
    Samples samples(desk);
    for (const Kind& kind : all_kinds()) {
        CAPTURE(kind.name);
        const AnyRecord record = samples.make(kind, some);
        const Json json = Json::parse(record.json().dump());
        CHECK(json["id"].string() == std::to_string(record.head().id.value()));
        for (const Column& column : kind.columns)
            if (!record.get(column.name).is_null())
                CHECK_MESSAGE(json.find(column.name), column.name);
    }
}

TEST_CASE("a record of every kind is changed, remembered, put back, removed and brought back") {
    auto desk = test::desk();
    Samples samples(desk);
    for (const Kind& kind : all_kinds()) {
        CAPTURE(kind.name);
        const AnyRecord record = samples.make(kind, some);
        const Ref id = record.head().id;
        CHECK(desk.ana.history(id).size() == 1);

        if (const Column* column = changeable(kind); column && kind.name != "share" &&
                                                     kind.name != "field_right" &&
                                                     kind.name != "property") {
            const std::string before{record.get(column->name).text()};
            const auto changed =
                desk.ana.change(id, 1, {{column->name, std::string_view{"other"}}});
            CHECK(changed.get(column->name).text() == "other");
            CHECK(changed.head().version == 2);
            CHECK_THROWS_AS(desk.ana.change(id, 1, {{column->name, std::string_view{"third"}}}),
                            Conflict);
            desk.ana.undo(desk.ana.commands(1).front().id);
            CHECK(desk.ana.get(id).get(column->name).text() == before);
            CHECK(desk.ana.history(id).size() == 3);
        }
        if (stays(kind)) {
            CHECK_THROWS_AS(desk.ana.remove(id), Conflict);
            continue;
        }
        const AnyRecord last = desk.ana.get(id);
        desk.ana.remove(id);
        CHECK_FALSE(desk.ana.find(id));
        desk.ana.undo(desk.ana.commands(1).front().id);
        const AnyRecord back = desk.ana.get(id);
        for (const Column& column : kind.columns)
            CHECK_MESSAGE(back.get(column.name) == last.get(column.name), column.name);
    }
}
