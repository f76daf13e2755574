#include <algorithm>

#include "crm/error.hpp"
#include "kernel/catalogue.hpp"

namespace crm::kernel {
namespace {

/// Follows one kind from one catalogue to the next.
class Follower {
public:
    Follower(storage::Connection& connection, const Plan& before, const Plan& after,
             const Catalogue& catalogue)
        : connection_(connection),
          before_(before),
          after_(after),
          catalogue_(catalogue),
          name_(after.kind->name),
          table_(name_ + "_property") {}

    void follow() {
        for (const Column* column : before_.properties)
            if (!after_.kind->find(column->name))
                throw Conflict("property: " + name_ + "." + std::string(column->name) +
                               " cannot be taken back, records may have values; retire it");
        if (before_.properties.empty() && !after_.properties.empty()) make_table();
        for (const Column* column : after_.properties) follow(*column);
        if (before_.searchable.size() != after_.searchable.size()) index_anew();
    }

private:
    void make_table() {
        connection_.execute("CREATE TABLE " + table_ + " (id INTEGER PRIMARY KEY REFERENCES " +
                            name_ + ") STRICT");
    }

    void follow(const Column& column) {
        const Column* known = before_.kind->find(column.name);
        if (!known) add(column);
        const bool was_indexed = known && is_indexed(*known);
        const bool is_same = known && known->has(unique) == column.has(unique);
        if (was_indexed && !is_same) connection_.execute("DROP INDEX " + index(column));
        if (is_indexed(column) && !is_same)
            connection_.execute(std::string(column.has(unique) ? "CREATE UNIQUE" : "CREATE") +
                                " INDEX " + index(column) + " ON " + table_ + " (" +
                                std::string(column.name) + ") WHERE " + std::string(column.name) +
                                " IS NOT NULL");
    }

    static bool is_indexed(const Column& column) {
        return column.has(unique) || column.type == FieldType::reference;
    }
    std::string index(const Column& column) const {
        return table_ + "_by_" + std::string(column.name);
    }

    void add(const Column& column) {
        std::string sql = "ALTER TABLE " + table_ + " ADD COLUMN " + std::string(column.name) +
                          " " + std::string(stored_type(column.type));
        if (column.type == FieldType::reference)
            sql += " REFERENCES " + std::string(catalogue_.kind(column.target)->name);
        connection_.execute(sql);
    }

    /// FTS5 has no way to add a column. The settings are those of the schema.
    void index_anew() {
        std::string names, texts;
        for (const Column* column : after_.searchable) {
            (names += column->name) += ", ";
            texts += std::string(column->is_property() ? ", x."
                                 : column->has(body)   ? ", b."
                                                       : ", t.") +
                     std::string(column->name);
        }
        const std::string fts = name_ + "_fts", view = name_ + "_text",
                          body_table = name_ + "_body";
        connection_.execute("DROP TABLE " + fts);
        connection_.execute("DROP VIEW " + view);
        connection_.execute(
            "CREATE VIEW " + view + " AS SELECT t.id" + texts + " FROM " + name_ + " t" +
            (after_.kind->has_body() ? " LEFT JOIN " + body_table + " b ON b.id = t.id" : "") +
            " LEFT JOIN " + table_ + " x ON x.id = t.id");
        connection_.execute(
            "CREATE VIRTUAL TABLE " + fts + " USING fts5(" + names + "content='" + view +
            "', content_rowid='id', detail='column', columnsize=0, tokenize='crm')");
        connection_.execute("INSERT INTO " + fts + " (" + fts + ") VALUES ('rebuild')");
    }

    storage::Connection& connection_;
    const Plan& before_;
    const Plan& after_;
    const Catalogue& catalogue_;
    std::string name_, table_;
};

}  // namespace

void store_properties(storage::Connection& connection, const Catalogue& before,
                      const Catalogue& after) {
    for (const Kind& kind : after.kinds())
        Follower(connection, before.plan(kind), after.plan(kind), after).follow();
}

}  // namespace crm::kernel
