#include "kernel/past.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "crm/error.hpp"
#include "kernel/history.hpp"
#include "kernel/select.hpp"
#include "kernel/sight.hpp"

namespace crm::kernel {
namespace {

constexpr std::size_t most_touched = 200'000;

std::int64_t number_of(CommandId command) { return static_cast<std::int64_t>(command); }

void refuse_unit_of_work(const SessionState& session) {
    if (session.transaction)
        throw Misuse("the past is of what is committed: read it before the unit of work, or after");
}

// ---- moments

/// The newest command up to a number, and when it was given; 0 where there is none.
std::pair<std::int64_t, Time> command_up_to(storage::Connection& connection, std::int64_t id) {
    auto row = connection.use("SELECT id, at FROM command WHERE id <= ?1 ORDER BY id DESC LIMIT 1");
    if (!row.bind(1, id).step()) return {};
    return {row.integer(0), row.time(1)};
}

/// Times never go backwards along the numbers of commands: the last one at or before `at` is found
/// by halving.
std::int64_t last_command_by(storage::Connection& connection, Time at) {
    std::int64_t known = 0, beyond = command_up_to(connection, INT64_MAX).first + 1;
    while (beyond - known > 1) {
        const std::int64_t middle = known + (beyond - known) / 2;
        const auto [id, given] = command_up_to(connection, middle);
        if (id == 0 || given <= at)
            known = middle;
        else
            beyond = id;
    }
    return command_up_to(connection, known).first;
}

// ---- one record

/// The last change of the record itself up to a moment, its creation included.
CommandId changed_by(storage::Connection& connection, const Head& head, CommandId moment) {
    auto row =
        connection.use("SELECT max(command_id) FROM change WHERE ref = ?1 AND command_id <= ?2");
    row.bind(1, head.id.value()).bind(2, number_of(moment)).step();
    return row.is_null(0) ? head.created_in : CommandId{row.integer(0)};
}

/// Empties what the session may not see now of a record of then. What a reference leads to may have
/// been removed since.
void conceal_past(Reading& reading, Sight& sight, AnyRecord& record) {
    const Kind& kind = record.kind();
    const Rights& rights = reading.rights();
    for (const Column& column : kind.columns) {
        const Value value = column.get(record.data());
        const bool unseen = may_be_hidden(kind, column, rights) && !value.is_null() &&
                            !sight.sees(Ref{value.integer()});
        if (!unseen && !rights.hides(kind, column)) continue;
        column.set(record.data(), Value{});
        record.head().hidden.set(kind.index_of(column));
    }
}

// ---- all of them

/// The columns of a table, in order, and of which types they are declared.
struct TableShape {
    std::vector<std::string> names, types;
};

/// The tables of a kind, in the order in which a copy has their columns.
enum class Part { row, properties, body };

std::vector<Part> parts_of(const Plan& plan) {
    std::vector<Part> parts{Part::row};
    if (!plan.properties.empty()) parts.push_back(Part::properties);
    if (!plan.body.empty()) parts.push_back(Part::body);
    return parts;
}

std::string table_of(const Kind& kind, Part part) {
    const std::string name(kind.name);
    if (part == Part::row) return name;
    return name + (part == Part::body ? "_body" : "_property");
}

const std::vector<const Column*>& columns_of(const Plan& plan, Part part) {
    if (part == Part::row) return plan.row;
    return part == Part::body ? plan.body : plan.properties;
}

/// The columns of one of the kind's tables, with the types of schema/.
TableShape shape(const Kind& kind, const Plan& plan, Part part) {
    TableShape found{{"id"}, {}};
    if (part == Part::row) {
        found.names.insert(found.names.end(), {"version", "created_in", "changed_in"});
        if (kind.role == Role::root)
            found.names.insert(found.names.end(), {"owner_id", "unit_id", "territory_id"});
    }
    found.types.resize(found.names.size(), "INTEGER");
    for (const Column* column : columns_of(plan, part)) {
        found.names.emplace_back(column->name);
        found.types.emplace_back(stored_type(column->type));
    }
    return found;
}

std::string copy_of(const Kind& kind) { return "temp.past_" + std::string(kind.name); }

/// Copies in the temporary schema of what the records were that commands since changed or removed.
class PastCopies {
public:
    PastCopies(Reading& reading, CommandId moment)
        : reading_(reading), moment_(moment), sight_(reading) {}

    /// Of which kinds there are copies, by number.
    std::bitset<256> make() {
        std::bitset<256> copied;
        const auto all = touched();
        if (!all.empty())
            connection().execute("CREATE TEMP TABLE past_touched (id INTEGER PRIMARY KEY)");
        for (const auto& [kind, refs] : all) {
            copy(*kind, refs);
            copied.set(kind->number);
        }
        return copied;
    }

private:
    storage::Connection& connection() const { return reading_.connection(); }

    /// The records that commands since changed or removed, by kind.
    std::map<const Kind*, std::vector<Ref>> touched() const {
        std::map<const Kind*, std::vector<Ref>> found;
        if (moment_ == CommandId{}) return found;  // nothing was there
        std::vector<Ref> refs;
        auto rows = connection().use("SELECT ref FROM change WHERE command_id > ?1");
        rows.bind(1, number_of(moment_));
        while (rows.step()) {
            refs.emplace_back(rows.integer(0));
            if (refs.size() == 2 * most_touched) make_distinct(refs);
        }
        make_distinct(refs);
        for (const Ref ref : refs)
            if (const Kind* kind = reading_.kind(ref.kind())) found[kind].push_back(ref);
        return found;
    }

    static void make_distinct(std::vector<Ref>& refs) {
        std::ranges::sort(refs);
        const auto [first, last] = std::ranges::unique(refs);
        refs.erase(first, last);
        if (refs.size() > most_touched)
            throw LimitExceeded(
                "the past: more than 200,000 records were changed or removed since; ask for a "
                "later "
                "moment, or for single records");
    }

    void copy(const Kind& kind, const std::vector<Ref>& refs) {
        const Plan& plan = reading_.plan(kind);
        std::vector<TableShape> shapes;
        for (const Part part : parts_of(plan)) shapes.push_back(shape(kind, plan, part));
        connection().execute("CREATE TEMP TABLE past_" + std::string(kind.name) + " (" +
                             declared(shapes) + ")");
        const std::string insert = insert_text(kind, shapes);
        for (const Ref ref : refs) {
            connection()
                .use("INSERT INTO temp.past_touched VALUES (?1)")
                .bind(1, ref.value())
                .run();
            if (!sight_.sees(ref)) continue;
            if (const auto record = state_at(reading_, ref, moment_)) add(kind, insert, *record);
        }
        if (refs.size() > most_unindexed) index_references(kind);
    }

    /// "id" is the first column of every part.
    static std::string declared(const std::vector<TableShape>& shapes) {
        std::string columns = "id INTEGER PRIMARY KEY";
        for (const TableShape& shape : shapes)
            for (std::size_t i = 1; i < shape.names.size(); ++i)
                ((columns += ", ") += shape.names[i]) += ' ' + shape.types[i];
        return columns;
    }

    static std::string insert_text(const Kind& kind, const std::vector<TableShape>& shapes) {
        std::string text = "INSERT INTO " + copy_of(kind) + " VALUES (?1";
        int at = 1;
        for (const TableShape& shape : shapes)
            for (std::size_t i = 1; i < shape.names.size(); ++i)
                text += ", ?" + std::to_string(++at);
        return text + ")";
    }

    void add(const Kind& kind, const std::string& insert, const AnyRecord& record) const {
        const Plan& plan = reading_.plan(kind);
        const Head& head = record.head();
        auto use = connection().use(insert);
        use.bind(1, head.id.value()).bind(2, head.version);
        use.bind(3, number_of(head.created_in)).bind(4, number_of(head.changed_in));
        int at = 5;
        if (kind.role == Role::root) {
            use.bind(5, head.owner.value()).bind(6, head.unit.value());
            use.bind(7, head.territory ? Value{head.territory.value()} : Value{});
            at = 8;
        }
        for (const auto* columns : {&plan.row, &plan.properties, &plan.body})
            for (const Column* column : *columns) use.bind(at++, column->get(record.data()));
        use.run();
    }

    /// Making an index takes longer than looking through so many rows a few times.
    static constexpr std::size_t most_unindexed = 100;

    /// Paths and cards come by references.
    void index_references(const Kind& kind) const {
        const std::string table = "past_" + std::string(kind.name);
        for (const Column& column : kind.columns)
            if (column.type == FieldType::reference)
                connection().execute("CREATE INDEX temp." + table + "_by_" +
                                     std::string(column.name) + " ON " + table + " (" +
                                     std::string(column.name) + ")");
    }

    Reading& reading_;
    const CommandId moment_;
    Sight sight_;
};

/// Views in the place of the kinds' tables, made where a text first names one: the rows that were
/// not touched since the moment, under the rights of now, and beside them their copies.
class PastViews {
public:
    PastViews(const Rights& rights, CommandId moment, const std::bitset<256>& copied)
        : rights_(rights.in_views()), moment_(moment), is_copied_(copied) {}

    void make_named_in(std::string_view sql, storage::Connection& connection) {
        for (const Kind& kind : rights_->catalogue().kinds()) {
            if (is_made_.test(kind.number) || sql.find(kind.name) == sql.npos) continue;
            make_views(kind, connection);
            is_made_.set(kind.number);
        }
    }

private:
    std::string moment() const { return std::to_string(number_of(moment_)); }

    void make_views(const Kind& kind, storage::Connection& connection) const {
        const std::string predicate = rights_->written_out(rights_->predicate(kind, "v"));
        std::string where = "v.created_in <= " + moment() + " AND " + predicate;
        if (is_copied_.test(kind.number))
            where += " AND (v.changed_in <= " + moment() + " OR " + std::string(untouched) + ")";
        const Plan& plan = rights_->catalogue().plan(kind);
        for (const Part part : parts_of(plan))
            connection.execute(view(kind, shape(kind, plan, part), table_of(kind, part),
                                    part == Part::row              ? where
                                    : is_copied_.test(kind.number) ? std::string(untouched)
                                                                   : "1"));
    }

    static constexpr std::string_view untouched =
        "NOT EXISTS (SELECT 1 FROM temp.past_touched AS x WHERE x.id = v.id)";

    /// Both halves have columns of the same affinities, or SQLite would not look into either.
    std::string view(const Kind& kind, const TableShape& shape, const std::string& table,
                     const std::string& where) const {
        std::string then, now;
        for (const std::string& name : shape.names) {
            const std::string separator = then.empty() ? "" : ", ";
            then += separator + (name == "changed_in" ? "CAST(p.changed_in AS INTEGER)"
                                 : name == "version"  ? "0"
                                                      : "p." + name);
            now += separator + stored(name) + " AS " + name;
        }
        std::string view = "CREATE TEMP VIEW " + table + " AS SELECT " + now + " FROM main." +
                           table + " AS v WHERE " + where;
        if (is_copied_.test(kind.number))
            view += " UNION ALL SELECT " + then + " FROM " + copy_of(kind) + " AS p";
        return view;
    }

    /// Children that were touched since have moved the `changed_in` of what did not change itself.
    std::string stored(const std::string& name) const {
        if (name == "version") return "0";
        if (name != "changed_in") return "v." + name;
        return "CAST(CASE WHEN v.changed_in <= " + moment() +
               " THEN v.changed_in ELSE COALESCE((SELECT max(c.command_id) FROM main.change AS c"
               " WHERE c.ref = v.id AND c.command_id <= " +
               moment() + "), v.created_in) END AS INTEGER)";
    }

    const std::shared_ptr<const Rights> rights_;
    const CommandId moment_;
    const std::bitset<256> is_copied_;  // by kind number
    std::bitset<256> is_made_;
};

}  // namespace

std::optional<AnyRecord> state_at(Reading& reading, Ref id, CommandId moment) {
    const Kind& kind = reading.kind_of(id);
    storage::Connection& connection = reading.connection();
    AnyRecord record(kind);
    bool is_there = load(connection, reading.plan(kind), id, record.data());
    auto rows = connection.use(
        "SELECT before FROM change WHERE ref = ?1 AND command_id > ?2 ORDER BY command_id DESC");
    rows.bind(1, id.value()).bind(2, number_of(moment));
    while (rows.step()) {
        const Json before = Json::parse(rows.text(0));
        if (is_removal(before)) record = record_from(kind, id, before.object());
        if (before.is_object() && !is_removal(before)) set_fields(record, before.object());
        is_there = before.is_object() && (is_there || is_removal(before));
    }
    Head& head = record.head();
    if (!is_there || head.created_in > moment) return std::nullopt;
    head.version = 0;
    if (head.changed_in > moment) head.changed_in = changed_by(connection, head, moment);
    return record;
}

Reading read_past(SessionState& session, CommandId moment) {
    refuse_unit_of_work(session);
    Reading reading(session, session.database->file->read_with_views());
    const auto copied = PastCopies(reading, moment).make();
    reading.connection().set_before_use(
        [views = PastViews(reading.rights(), moment, copied), &connection = reading.connection()](
            std::string_view sql) mutable { views.make_named_in(sql, connection); });
    reading.read_views();
    return reading;
}

}  // namespace crm::kernel

namespace crm::inline v1 {

Past::Past(Session& session, Time at) : session_(&session), moment_{}, at_(at) {
    kernel::Reading reading(session.state());
    moment_ = CommandId{kernel::last_command_by(reading.connection(), at)};
}

Past::Past(Session& session, CommandId command) : session_(&session), moment_(command) {
    kernel::Reading reading(session.state());
    const auto [id, at] = kernel::command_up_to(reading.connection(), kernel::number_of(command));
    if (id == 0 || id != kernel::number_of(command))
        throw NotFound("command " + std::to_string(kernel::number_of(command)) +
                       ": no such command");
    at_ = at;
}

AnyRecord Past::get(Ref id) const {
    if (auto record = find(id)) return std::move(*record);
    throw NotFound(std::to_string(id.value()) + ": no such record at that moment");
}

std::optional<AnyRecord> Past::find(Ref id) const {
    kernel::refuse_unit_of_work(session_->state());
    kernel::Reading reading(session_->state());
    kernel::Sight sight(reading);
    if (!sight.sees(id)) return std::nullopt;
    auto record = kernel::state_at(reading, id, moment_);
    if (record) kernel::conceal_past(reading, sight, *record);
    return record;
}

Page<AnyRecord> Past::list(const Kind& kind, const Query& query) const {
    kernel::Reading reading = kernel::read_past(session_->state(), moment_);
    return kernel::list(reading, kind, query);
}

Count Past::count(const Kind& kind, const Filter& where, std::int64_t limit) const {
    kernel::Reading reading = kernel::read_past(session_->state(), moment_);
    return kernel::count(reading, kind, where, limit);
}

}  // namespace crm
