#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/digest.hpp"
#include "crm/error.hpp"
#include "crm/money.hpp"
#include "crm/text.hpp"
#include "kernel/named.hpp"
#include "kernel/verify.hpp"

namespace crm::kernel {
namespace {

bool has_table(storage::Connection& connection, std::string_view name) {
    auto row = connection.use("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1");
    return row.bind(1, name).step();
}

// ---- structure

/// "row 3 missing from index party_by_name": the index at the end, where it is one of the file's.
std::string index_in(storage::Connection& connection, std::string_view finding) {
    const auto space = finding.rfind(' ');
    if (finding.find("index") == std::string_view::npos || space == std::string_view::npos)
        return {};
    const std::string name(finding.substr(space + 1));
    auto row = connection.use(
        "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?1 AND sql IS NOT NULL");
    return row.bind(1, std::string_view{name}).step() ? name : std::string{};
}

// ---- foreign keys

/// What is a record, or a part of one, is looked at with the records, in their own words.
std::vector<std::string> tables_of_no_kind(Verifying& at) {
    std::set<std::string> of_kinds;
    for (const Kind& kind : at.kinds()) {
        of_kinds.emplace(kind.name);
        for (auto& side : side_tables_of(at.connection(), kind)) of_kinds.insert(std::move(side));
    }
    std::vector<std::string> tables;
    auto rows = at.connection().use(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
        "AND sql LIKE 'CREATE TABLE%REFERENCES%'");
    while (rows.step())
        if (std::string name(rows.text(0)); !of_kinds.contains(name))
            tables.push_back(std::move(name));
    return tables;
}

void check_foreign_keys(Verifying& at, const std::string& table) {
    at.begin("foreign_keys", table);
    auto rows = at.connection().use("SELECT rowid, parent FROM pragma_foreign_key_check(?1)");
    rows.bind(1, std::string_view{table});
    while (rows.step())
        at.add({.check = "foreign_keys",
                .field = table,
                .text = "row " +
                        std::string(rows.is_null(0) ? "without a number"
                                                    : std::to_string(rows.integer(0))) +
                        " refers to a row of " + std::string(rows.text(1)) + " that is not there",
                .repair = std::string(restore_backup)});
}

// ---- meta

class Facts {
public:
    explicit Facts(Verifying& at) : at_(at) {}

    void check() {
        at_.begin("meta");
        const auto number = fact("copy_number");
        if (!number.is_integer() || number.integer() < 0 || number.integer() > Ref::max_copy)
            refuse("copy_number", "is no number of a copy", "make the file a new copy");
        if (!fact("copy_uuid").is_string()) refuse("copy_uuid", "is missing", "make it a new copy");
        if (const auto epoch = fact("epoch"); !epoch.is_integer() || epoch.integer() < 1)
            refuse("epoch", "is no number", "begins to count anew", true);
        if (const auto version = fact("fold_version"); version != Json(std::int64_t{fold_version}))
            refuse("fold_version", "is not that of the keys and words of this release",
                   "sets it; what was made by another version is told as derived and search", true);
        require_text("country",
                     [](const std::string& text) { return text.empty() || is_country(text); });
        require_text("zone", [](const std::string& text) { return Zone{text}.name() == text; });
        require_text("currency", [](const std::string& text) {
            return text.empty() || Currency{text}.code() == text;
        });
        require_text("language", [](const std::string& text) { return text.size() == 2; });
    }

private:
    Json fact(std::string_view key) {
        auto row = at_.connection().use("SELECT value FROM meta WHERE key = ?1");
        return row.bind(1, key).step() ? Json(row.value(0)) : Json{};
    }

    template <class Test>
    void require_text(std::string_view key, const Test& is_sound) {
        const Json value = fact(key);
        bool sound = false;
        try {
            sound = is_sound(value.is_string() ? value.string() : std::string{});
        } catch (const Invalid&) {}
        if (!sound) refuse(key, "is none that the library knows", restore_backup);
    }

    void refuse(std::string_view key, std::string_view text, std::string_view repair,
                bool repairable = false) {
        at_.add({.check = "meta",
                 .field = std::string(key),
                 .text = "the fact " + std::string(key) + " " + std::string(text),
                 .repair = std::string(repair),
                 .repairable = repairable});
    }

    Verifying& at_;
};

// ---- side tables

void check_side_tables(Verifying& at, const Kind& kind) {
    for (const std::string& table : side_tables_of(at.connection(), kind)) {
        at.begin("bodies", table);
        const std::string column = record_column_of(at.connection(), table);
        auto rows = at.connection().use(scanning(
            "DISTINCT s." + column + " FROM " + table + " AS s WHERE NOT EXISTS (SELECT 1 FROM " +
            std::string(kind.name) + " AS t WHERE t.id = s." + column + ")"));
        while (rows.step())
            at.add({.check = "bodies",
                    .record = Ref{rows.integer(0)},
                    .field = table,
                    .text = "a part of a record that is not there",
                    .repair = "deletes it",
                    .repairable = true});
    }
}

// ---- unique values

void check_unique(Verifying& at, const Kind& kind) {
    at.begin("unique", kind.name);
    for (const Column& column : kind.columns) {
        if (!column.has(unique)) continue;
        const std::string by(column.key.empty() ? column.name : column.key);
        auto rows =
            at.connection().use(scanning("max(id) FROM " + table_of(kind, column) + " WHERE " + by +
                                         " IS NOT NULL GROUP BY " + by + " HAVING count(*) > 1"));
        while (rows.step())
            at.add({.check = "unique",
                    .record = Ref{rows.integer(0)},
                    .field = std::string(column.name),
                    .text = "another record has the same value",
                    .repair = "change one of them"});
    }
}

// ---- trees

/// Finds the circles of a tree: every link once.
class Circles {
public:
    Circles(storage::Connection& connection, const Kind& kind, const Column& column) {
        auto rows = connection.use(scanning("id, " + std::string(column.name) + " FROM " +
                                            std::string(kind.name) + " WHERE " +
                                            std::string(column.name) + " IS NOT NULL"));
        while (rows.step()) above_.emplace(rows.integer(0), Link{rows.integer(1)});
    }

    /// One record of each circle: the last that was made.
    std::vector<Ref> find() {
        std::vector<Ref> found;
        std::int64_t walk = 0;
        for (auto& [id, link] : above_)
            if (const std::int64_t met = climb(id, ++walk)) found.push_back(last_of(met));
        return found;
    }

private:
    struct Link {
        std::int64_t to = 0;
        std::int64_t walk = 0;  // that came by; 0: none yet
    };

    /// A record where the walk meets itself; 0 where it ends, or meets an earlier one.
    std::int64_t climb(std::int64_t id, std::int64_t walk) {
        for (auto at = above_.find(id); at != above_.end(); at = above_.find(at->second.to)) {
            if (at->second.walk == walk) return at->first;
            if (at->second.walk != 0) return 0;
            at->second.walk = walk;
        }
        return 0;
    }

    Ref last_of(std::int64_t start) const {
        std::int64_t last = start;
        for (auto id = above_.at(start).to; id != start; id = above_.at(id).to)
            last = std::max(last, id);
        return Ref{last};
    }

    std::unordered_map<std::int64_t, Link> above_;
};

void check_trees(Verifying& at, const Kind& kind) {
    for (const Column* column : tree_columns_of(kind)) {
        at.begin("trees", kind.name);
        for (const Ref record : Circles(at.connection(), kind, *column).find())
            at.add({.check = "trees",
                    .record = record,
                    .field = std::string(column->name),
                    .text = "closes a circle: the record stands below itself",
                    .repair = column->has(required) ? std::string(restore_backup)
                                                    : "clears the reference",
                    .repairable = !column->has(required)});
    }
}

// ---- contents of files

void check_contents(Verifying& at) {
    at.begin("contents", "file_content");
    auto rows = at.connection().use(scanning("id, digest, size, bytes FROM file_content"));
    while (rows.step()) {
        const std::string_view bytes = rows.value(3).text();
        if (rows.integer(2) == std::ssize(bytes) && rows.text(1) == base::fingerprint(bytes))
            continue;
        at.add(
            {.check = "contents",
             .field = "file_content",
             .text = "content " + std::to_string(rows.integer(0)) + " is not what its digest says",
             .repair = std::string(restore_backup)});
    }
}

void check_administrator(Verifying& at) {
    at.begin("administrator");
    if (exists(at.connection(), "access_right.administrator", {})) return;
    at.add({.check = "administrator",
            .text = "no active user has the right to administer",
            .repair = "gives it to the user who repairs",
            .repairable = true});
}

}  // namespace

std::vector<std::string> side_tables_of(storage::Connection& connection, const Kind& kind) {
    std::vector<std::string> tables;
    for (const char* part : {"_body", "_property"})
        if (std::string name = std::string(kind.name) + part; has_table(connection, name))
            tables.push_back(std::move(name));
    return tables;
}

std::string record_column_of(storage::Connection& connection, const std::string& table) {
    auto row = connection.use("SELECT name FROM pragma_table_info(?1) WHERE cid = 0");
    row.bind(1, std::string_view{table}).step();
    return std::string(row.text(0));
}

std::vector<const Column*> tree_columns_of(const Kind& kind) {
    std::vector<const Column*> found;
    for (const Column& column : kind.columns)
        if (column.type == FieldType::reference && column.target == kind.number &&
            !column.is_property())
            found.push_back(&column);
    return found;
}

void verify_structure(Verifying& at) {
    at.begin("structure");
    auto rows = at.connection().use("PRAGMA integrity_check(" + std::to_string(at.limit()) + ")");
    while (rows.step()) {
        if (rows.text(0) == "ok") return;
        const std::string index = index_in(at.connection(), rows.text(0));
        at.add({.check = "structure",
                .field = index,
                .text = std::string(rows.text(0)),
                .repair = index.empty() ? std::string(restore_backup) : "makes the index anew",
                .repairable = !index.empty()});
    }
    at.leave_out();  // SQLite counts its findings itself, and may have ended there
}

void verify_file(Verifying& at) {
    Facts(at).check();
    for (const std::string& table : tables_of_no_kind(at)) check_foreign_keys(at, table);
    for (const Kind& kind : at.kinds()) {
        check_side_tables(at, kind);
        check_unique(at, *at.transaction().plan(kind).kind);
        check_trees(at, *at.transaction().plan(kind).kind);
    }
    check_contents(at);
    check_administrator(at);
}

}  // namespace crm::kernel
