#include "rights/redaction.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "crm/id.hpp"

namespace crm::test::rights {
namespace {

/// Columns that stand in <kind>_body.
struct Bodies {
    std::string_view kind, columns;
};
constexpr Bodies bodies[] = {{"party", " description "},
                             {"contact", " description "},
                             {"project", " description "},
                             {"lead", " description "},
                             {"activity", " result questions problems events description "},
                             {"note", " text "},
                             {"consent", " evidence "}};

std::string table_of(const std::string& kind, const std::string& column) {
    if (column.starts_with("x_")) return kind + "_property";
    for (const Bodies& each : bodies)
        if (each.kind == kind && each.columns.find(" " + column + " ") != std::string_view::npos)
            return kind + "_body";
    return kind;
}

bool has_properties(std::string_view kind) {
    return std::ranges::find(kinds_with_properties, kind) != std::end(kinds_with_properties);
}

bool has_body(std::string_view kind) {
    return std::ranges::find(bodies, kind, &Bodies::kind) != std::end(bodies);
}

class Redaction {
public:
    Redaction(RawFile& file, const Sight& sight) : file_(file), sight_(sight) {}

    void run() {
        file_.run("BEGIN");
        let_fields_be_empty();
        for (const auto kind : root_kinds) take_out(std::string(kind));
        for (const auto kind : child_kinds) take_out(std::string(kind));
        forget_references();
        for (const auto kind : root_kinds) empty_fields(std::string(kind));
        for (const auto kind : child_kinds) empty_fields(std::string(kind));
        empty_fields("user");
        rewrite_history();
        shrink_creations();
        give_everything();
        for (const Row& index :
             file_.rows("SELECT name FROM sqlite_schema WHERE sql LIKE '%USING fts5%'"))
            rebuild(text_in(index, "name"));
        file_.run("COMMIT");
    }

private:
    /// What is hidden may be required: the copy's tables do not insist.
    void let_fields_be_empty() {
        std::string tables = "'user'";
        const auto add = [&](std::string_view kind) {
            if (!sight_.hidden(kind).empty())
                ((tables += ", '").append(kind) += "', '").append(kind) += "_body'";
        };
        for (const auto kind : root_kinds) add(kind);
        for (const auto kind : child_kinds) add(kind);
        if (tables == "'user'") return;
        file_.run(
            "PRAGMA writable_schema = ON;"
            "UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')"
            " WHERE type = 'table' AND name IN (" +
            tables + ");PRAGMA writable_schema = RESET");
    }

    void take_out(const std::string& kind) {
        std::string ids;
        for (const auto& [id, row] : sight_.rows())
            if (kind_of_id(id) == kind && !sight_.sees(id))
                (ids += ids.empty() ? "" : ", ") += std::to_string(id);
        if (ids.empty()) return;
        if (has_properties(kind))
            file_.run("DELETE FROM " + kind + "_property WHERE id IN (" + ids + ")");
        file_.run("DELETE FROM " + kind + " WHERE id IN (" + ids + ")");
        if (has_body(kind)) file_.run("DELETE FROM " + kind + "_body WHERE id IN (" + ids + ")");
    }

    void forget_references() {
        for (const auto& [id, row] : sight_.rows()) {
            if (!sight_.sees(id)) continue;
            const std::string kind(kind_of_id(id));
            for (const auto& [column, value] : row)
                if (is_reference(kind, column) && value.is_integer() &&
                    !sight_.sees_existing(value.integer()))
                    file_.run("UPDATE " + table_of(kind, column) + " SET " + column +
                                  " = NULL WHERE id = ?1",
                              {Json(id)});
        }
    }

    void empty_fields(const std::string& kind) {
        for (const auto& column : sight_.hidden(kind))
            file_.run("UPDATE " + table_of(kind, column) + " SET " + column + " = NULL");
    }

    void rewrite_history() {
        for (const Row& step : file_.rows("SELECT command_id, ref, before FROM change")) {
            const auto id = integer_in(step, "ref");
            const Json command = step.at("command_id");
            const auto kind = kind_of_id(id);
            if (kind.empty() && (id & 255) != 1) continue;
            if (!kind.empty() && !sight_.sees(id)) {
                file_.run("DELETE FROM change WHERE command_id = ?1 AND ref = ?2",
                          {command, Json(id)});
                continue;
            }
            const Json before = Json::parse(text_in(step, "before"));
            if (!before.is_object()) continue;
            const std::string after = shown_part(kind.empty() ? "user" : kind, before).dump();
            if (after != text_in(step, "before"))
                file_.run("UPDATE change SET before = ?3 WHERE command_id = ?1 AND ref = ?2",
                          {command, Json(id), Json(after)});
        }
    }

    Json shown_part(std::string_view kind, const Json& before) const {
        Json::Object shown;
        for (const auto& [name, value] : before.object()) {
            if (sight_.hides(kind, name)) continue;
            const bool refers = is_reference(kind, name) && value.is_integer();
            shown.emplace_back(name,
                               refers && !sight_.sees_existing(value.integer()) ? Json{} : value);
        }
        return shown;
    }

    /// Of the ranges of ids that commands made, what is seen.
    void shrink_creations() {
        for (const Row& range : file_.rows("SELECT * FROM created")) {
            if (kind_of_id(integer_in(range, "first_id")).empty()) continue;
            std::int64_t first = 0, last = 0;
            const auto meet = [&](const auto& records) {
                for (const auto& [id, row] : records) {
                    if ((id & 255) != integer_in(range, "kind") || !sight_.sees(id)) continue;
                    if (id < integer_in(range, "first_id") || id > integer_in(range, "last_id"))
                        continue;
                    first = first == 0 ? id : std::min(first, id);
                    last = std::max(last, id);
                }
            };
            meet(sight_.rows());
            meet(sight_.removed());
            const std::string where = " WHERE command_id = ?1 AND kind = ?2";
            if (first == 0)
                file_.run("DELETE FROM created" + where,
                          {range.at("command_id"), range.at("kind")});
            else
                file_.run("UPDATE created SET first_id = ?3, last_id = ?4" + where,
                          {range.at("command_id"), range.at("kind"), Json(first), Json(last)});
        }
    }

    void give_everything() {
        std::string holders;
        for (const auto holder : sight_.holders())
            (holders += holders.empty() ? "" : ", ") += std::to_string(holder);
        file_.run("DELETE FROM access_right WHERE holder_id IN (" + holders +
                  ") AND action IN ('read', 'create', 'change', 'delete', 'export', 'assign');"
                  "DELETE FROM field_right WHERE holder_id IN (" +
                  holders + ");UPDATE meta SET value = value + 1 WHERE key = 'epoch'");
        std::int64_t number = 1'000'000;
        std::vector<std::string> kinds{"*"};
        kinds.insert(kinds.end(), std::begin(confidential_kinds), std::end(confidential_kinds));
        for (const std::string& kind : kinds)
            for (const char* action : {"read", "create", "change", "delete", "export", "assign"})
                file_.run(
                    "INSERT INTO access_right (id, version, created_in, changed_in, holder_id, "
                    "kind,"
                    " action, scope) VALUES (?1, 1, 1, 1, ?2, ?4, ?3, 'all')",
                    {Json(Ref::make(8, ++number).value()), Json(sight_.user()), Json(action),
                     Json(kind)});
    }

    void rebuild(const std::string& index) {
        file_.run("INSERT INTO " + index + " (" + index + ") VALUES ('rebuild')");
    }

    RawFile& file_;
    const Sight& sight_;
};

}  // namespace

void redact(RawFile& file, const Sight& sight) { Redaction(file, sight).run(); }

}  // namespace crm::test::rights
