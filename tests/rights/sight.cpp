#include "rights/sight.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace crm::test::rights {
namespace {

struct Numbered {
    int number;
    std::string_view kind;
};
// clang-format off
constexpr Numbered numbers[] = {
    {9, "share"},
    {10, "external_key"},
    {16, "party"},
    {17, "party_role"},
    {18, "contact"},
    {19, "membership"},
    {20, "point"},
    {21, "address"},
    {22, "note"},
    {23, "activity"},
    {25, "distinct_pair"},
    {26, "project"},
    {27, "bank_account"},
    {28, "party_link"},
    {29, "memorable_date"},
    {30, "consent"},
    {31, "kinship"},
    {32, "segment"},
    {33, "segment_member"},
    {34, "saved_filter"},
    {52, "loyalty_movement"},
    {49, "schedule_entry"},
    {50, "time_entry"},
    {51, "hourly_rate"},
    {38, "participant"},
    {39, "cost"},
    {40, "attachment"},
    {42, "reminder"},
    {35, "lead"},
    {44, "call"},
    {45, "call_forward"},
};
// clang-format on

/// What shows a field besides the field itself: its key, its currency, what is made of it.
struct Shows {
    std::string_view kind, field, in_kind, in_field;
};
constexpr Shows shows[] = {
    {"party", "name", "party", "name_key"},
    {"party", "code", "party", "code_key"},
    {"party", "annual_revenue_minor", "party", "annual_revenue_currency"},
    {"party", "purchasing_budget_minor", "party", "purchasing_budget_currency"},
    {"contact", "first_name", "contact", "name"},
    {"contact", "last_name", "contact", "name"},
    {"contact", "patronymic", "contact", "name"},
    {"contact", "nick_name", "contact", "name"},
    {"contact", "name", "contact", "name_key"},
    {"contact", "name", "contact", "first_key"},
    {"contact", "name", "party", "name"},
    {"point", "value", "point", "normalized"},
    {"bank_account", "number", "bank_account", "iban"},
    {"bank_account", "number", "bank_account", "number_key"},
    {"memorable_date", "month", "memorable_date", "month_day"},
    {"memorable_date", "day", "memorable_date", "month_day"},
    {"activity", "end_at", "activity", "completed_at"},
    {"activity", "end_at", "activity", "recurs_until"},
    {"cost", "amount_minor", "cost", "amount_currency"},
    {"attachment", "digest", "attachment", "size"},
    {"project", "name", "project", "name_key"},
    {"project", "code", "project", "code_key"},
    {"lead", "first_name", "lead", "name"},
    {"lead", "last_name", "lead", "name"},
    {"lead", "patronymic", "lead", "name"},
    {"lead", "nick_name", "lead", "name"},
    {"lead", "company", "lead", "name"},
    {"lead", "company", "lead", "company_key"},
    {"lead", "name", "lead", "name_key"},
    {"lead", "name", "lead", "first_key"},
    {"call", "number", "call", "number_key"},
    {"party", "x_budget_minor", "party", "x_budget_currency"},
    {"hourly_rate", "rate_minor", "hourly_rate", "rate_currency"},
};

constexpr std::string_view functions[] = {"run_imports", "send_campaigns",     "change_catalogue",
                                          "undo_others", "manage_lead_queues", "administer"};

/// The columns by which a child stands and falls with other records.
std::vector<std::string> ends_of(std::string_view kind) {
    if (kind == "party_role" || kind == "bank_account" || kind == "loyalty_movement")
        return {"party_id"};
    if (kind == "party_link") return {"party_id", "other_id"};
    if (kind == "participant" || kind == "cost") return {"activity_id"};
    if (kind == "kinship") return {"contact_id"};
    if (kind == "membership") return {"contact_id", "party_id"};
    if (kind == "distinct_pair") return {"record_id", "other_id"};
    if (kind == "segment_member") return {"record_id", "segment_id"};
    if (kind == "time_entry") return {"activity_id"};
    if (kind == "call_forward") return {"call_id"};
    return {"record_id"};
}

template <class Range>
bool contains(const Range& range, const auto& value) {
    return std::ranges::find(range, value) != std::end(range);
}

/// Everything below `start`, itself included, by a column that names the one above.
std::set<std::int64_t> below(const std::vector<Row>& rows, std::set<std::int64_t> start) {
    for (std::size_t before = 0; before != start.size();) {
        before = start.size();
        for (const Row& row : rows)
            if (start.contains(integer_in(row, "parent_id"))) start.insert(integer_in(row, "id"));
    }
    return start;
}

}  // namespace

std::string_view kind_of_id(std::int64_t id) {
    const auto found = std::ranges::find(numbers, static_cast<int>(id & 255), &Numbered::number);
    return found == std::end(numbers) ? std::string_view{} : found->kind;
}

bool is_reference(std::string_view kind, std::string_view column) {
    if (column.starts_with("x_")) return column.ends_with("_id");
    if (kind == "kinship") return column == "kin_id";
    if (kind == "loyalty_movement") return column == "competitor_id";
    if (kind == "schedule_entry") return column == "party_id";
    if (kind == "participant") return column == "contact_id";
    if (kind == "activity" && column == "call_id") return true;
    return (kind == "activity" || kind == "project" || kind == "lead" || kind == "call") &&
           contains(references, column);
}

Sight::Sight(RawFile& file, std::int64_t user, std::string today)
    : user_(user), today_(std::move(today)) {
    read_records(file);
    read_holders(file);
    read_places(file);
    read_rights(file);
    read_fields(file);
}

void Sight::read_records(RawFile& file) {
    const auto read = [&](std::string_view kind) {
        for (Row& row : file.rows("SELECT * FROM " + std::string(kind))) {
            const auto id = integer_in(row, "id");
            rows_.emplace(id, std::move(row));
        }
    };
    for (const auto kind : root_kinds) read(kind);
    for (const auto kind : child_kinds) read(kind);
    for (const auto kind : kinds_with_properties)
        for (Row& row : file.rows("SELECT * FROM " + std::string(kind) + "_property"))
            rows_.at(integer_in(row, "id")).merge(row);
    for (const Row& step : file.rows("SELECT ref, before FROM change ORDER BY command_id")) {
        const auto id = integer_in(step, "ref");
        const Json before = Json::parse(text_in(step, "before"));
        if (rows_.contains(id) || !before.is_object() || !before.find("id")) continue;
        Row& row = removed_[id];
        for (const auto& [name, value] : before.object()) row[name] = value;
    }
}

void Sight::read_holders(RawFile& file) {
    holders_ = {user_};
    for (const Row& row : file.rows("SELECT * FROM user")) {
        if (integer_in(row, "id") != user_) continue;
        is_active_ = integer_in(row, "is_active") != 0;
        unit_ = integer_in(row, "unit_id");
        if (is_active_ && integer_in(row, "position_id") != 0)
            holders_.push_back(integer_in(row, "position_id"));
    }
    std::set<std::int64_t> groups;
    for (const Row& row : file.rows("SELECT * FROM user_group_member"))
        if (integer_in(row, "user_id") == user_) groups.insert(integer_in(row, "group_id"));
    const auto all = file.rows("SELECT * FROM user_group");
    for (std::size_t before = 0; before != groups.size();) {
        before = groups.size();
        for (const Row& row : all)
            if (groups.contains(integer_in(row, "id")) && integer_in(row, "parent_id") != 0)
                groups.insert(integer_in(row, "parent_id"));
    }
    holders_.insert(holders_.end(), groups.begin(), groups.end());
}

void Sight::read_places(RawFile& file) {
    units_below_ = below(file.rows("SELECT * FROM unit"), {unit_});
    std::set<std::int64_t> mine;
    for (const Row& row : file.rows("SELECT * FROM territory_member"))
        if (holds(integer_in(row, "holder_id"))) mine.insert(integer_in(row, "territory_id"));
    territories_ = below(file.rows("SELECT * FROM territory"), mine);
}

void Sight::read_rights(RawFile& file) {
    for (const Row& row : file.rows("SELECT * FROM access_right")) {
        const std::string kind = text_in(row, "kind"), action = text_in(row, "action");
        if (!holds(integer_in(row, "holder_id")) || contains(functions, action)) continue;
        for (const auto root : root_kinds)
            if (kind == root || (kind == "*" && !contains(confidential_kinds, root)))
                scopes_[std::string(root)][action].insert(text_in(row, "scope"));
    }
}

void Sight::read_fields(RawFile& file) {
    for (const Row& row : file.rows("SELECT * FROM field_right")) {
        if (!holds(integer_in(row, "holder_id"))) continue;
        const std::string kind = text_in(row, "kind"), field = text_in(row, "field");
        locked_[kind].insert(field);
        if (text_in(row, "level") == "hidden") hidden_[kind].insert(field);
    }
    for (bool grows = true; grows;) {
        grows = false;
        for (const Shows& each : shows)
            if (hides(each.kind, each.field))
                grows |= hidden_[std::string(each.in_kind)].emplace(each.in_field).second;
    }
    for (const auto& [kind, fields] : hidden_) locked_[kind].insert(fields.begin(), fields.end());
}

const std::set<std::string>& Sight::hidden(std::string_view kind) const {
    static const std::set<std::string> none;
    const auto found = hidden_.find(kind);
    return found == hidden_.end() ? none : found->second;
}

const std::set<std::string>& Sight::locked(std::string_view kind) const {
    static const std::set<std::string> none;
    const auto found = locked_.find(kind);
    return found == locked_.end() ? none : found->second;
}

bool Sight::holds(std::int64_t holder) const { return contains(holders_, holder); }

bool Sight::sees(std::int64_t id) const {
    const auto there = rows_.find(id);
    const auto gone = removed_.find(id);
    if (there == rows_.end() && gone == removed_.end()) return false;
    const Row& row = there != rows_.end() ? there->second : gone->second;
    const auto kind = kind_of_id(id);
    if (contains(root_kinds, kind)) return is_in_reach(id, row, "read");
    return std::ranges::all_of(ends_of(kind), [&](const std::string& column) {
        return sees_existing(integer_in(row, column));
    });
}

bool Sight::may_export(std::int64_t id) const {
    if (!sees_existing(id)) return false;
    const Row& row = rows_.at(id);
    const auto kind = kind_of_id(id);
    if (contains(root_kinds, kind)) return is_in_reach(id, row, "export");
    return may_export(integer_in(row, ends_of(kind).front()));  // the parent
}

bool Sight::may_change(std::int64_t id) const {
    const auto found = rows_.find(id);
    return found != rows_.end() && is_in_reach(id, found->second, "change");
}

/// Whether rights could show a record of a kind: children are of all roots but those below.
bool Sight::may_read_some(const std::string& kind) const {
    static const std::map<std::string, std::vector<std::string>> roots{
        {"party", {"party"}},
        {"contact", {"contact", "party"}},  // a natural person's is seen as its party is
        {"activity", {"activity"}},
        {"project", {"project"}},
        {"lead", {"lead"}},
        {"party_role", {"party"}},
        {"membership", {"contact", "party"}},
        {"note", {"party", "contact", "activity", "project", "lead", "call", "schedule_entry"}}};
    return std::ranges::any_of(roots.at(kind), [&](const std::string& root) {
        const auto by_action = scopes_.find(root);
        if (by_action == scopes_.end() || !by_action->second.contains("read")) return false;
        const bool is_ever_given = root != "call" && root != "schedule_entry";
        return std::ranges::any_of(by_action->second.at("read"), [&](const std::string& scope) {
            if (scope == "territory") return !territories_.empty();  // of none, nothing is seen
            return scope != "given" || is_ever_given;
        });
    });
}

/// One's own, and to look at what others share on a kind of which one may read something. No right
/// says anything of these.
bool Sight::is_in_personal_reach(const Row& row, const std::string& action) const {
    if (integer_in(row, "owner_id") == user_) return true;
    return (action == "read" || action == "export") && integer_in(row, "is_shared") != 0 &&
           may_read_some(text_in(row, "kind"));
}

/// A natural person's contact is seen as its party is.
bool Sight::is_in_reach(std::int64_t id, const Row& row, const std::string& action) const {
    if (!is_active_) return false;
    std::string kind(kind_of_id(id));
    if (contains(personal_kinds, kind)) return is_in_personal_reach(row, action);
    if (const auto person = integer_in(row, "person_id"); person != 0) {
        if (rows_.contains(person)) return is_in_reach(person, rows_.at(person), action);
        kind = "party";
    }
    const auto by_action = scopes_.find(kind);
    if (by_action == scopes_.end()) return false;
    const auto scopes = by_action->second.find(action);
    return scopes != by_action->second.end() &&
           std::ranges::any_of(scopes->second, [&](const std::string& scope) {
               return is_within(scope, id, row, action);
           });
}

bool Sight::is_within(const std::string& scope, std::int64_t id, const Row& row,
                      const std::string& action) const {
    if (scope == "all") return true;
    if (scope == "own") return integer_in(row, "owner_id") == user_;
    if (scope == "unit") return integer_in(row, "unit_id") == unit_;
    if (scope == "units_below") return units_below_.contains(integer_in(row, "unit_id"));
    if (scope == "territory") return territories_.contains(integer_in(row, "territory_id"));
    if (scope == "shared") return is_shared(id, action);
    return scope == "given" && is_given(id, row);
}

bool Sight::is_shared(std::int64_t id, const std::string& action) const {
    return std::ranges::any_of(rows_, [&](const auto& each) {
        const auto& [share, row] = each;
        const std::string ends_on = text_in(row, "ends_on");
        return kind_of_id(share) == "share" && integer_in(row, "record_id") == id &&
               holds(integer_in(row, "grantee_id")) && (ends_on.empty() || ends_on >= today_) &&
               (action == "read" || text_in(row, "level") == "change");
    });
}

/// The other half of a natural person; 0 where there is none.
std::int64_t Sight::twin_of(std::int64_t id, const Row& row) const {
    if (const auto person = integer_in(row, "person_id"); person != 0) return person;
    for (const auto& [other, contact] : rows_)
        if (kind_of_id(other) == "contact" && integer_in(contact, "person_id") == id) return other;
    return 0;
}

/// What an activity or project of mine names, or its twin; and what is part of one of mine, or of
/// a lead of mine. A lead names what it became and gives nothing of that; calls neither give nor
/// are given.
bool Sight::is_given(std::int64_t id, const Row& row) const {
    const auto twin = twin_of(id, row);
    const auto names = [&](const Row& task, std::string_view column) {
        const auto named = integer_in(task, column);
        return named != 0 && (named == id || named == twin);
    };
    const auto is_part_of = [&](std::int64_t whole) {
        return kind_of_id(id) != "lead" && kind_of_id(id) != "call" &&
               (integer_in(row, "parent_id") == whole || integer_in(row, "project_id") == whole ||
                integer_in(row, "lead_id") == whole);
    };
    return std::ranges::any_of(rows_, [&](const auto& each) {
        const auto& [other, task] = each;
        const auto task_kind = kind_of_id(other);
        const bool gives = task_kind == "activity" || task_kind == "project";
        if (!gives && task_kind != "lead") return false;
        if (integer_in(task, "owner_id") != user_) return false;
        return is_part_of(other) ||
               (gives && (names(task, "party_id") || names(task, "contact_id") ||
                          names(task, "project_id") || names(task, "lead_id")));
    });
}

}  // namespace crm::test::rights
